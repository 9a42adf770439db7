//! The loop around the pure dashboard: waits, drains what is ready, paints once.
//!
//! There is no tick: it sleeps until the terminal, the worker or a match has something to say, or until the
//! moment at which the picture changes by itself.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::config::ViewsFile;
use crate::domain::LocationId;
use crate::protocol::{Command, DraftKey, Event, Port};
use crate::query;
use crate::ui::{self, Choice, Effect, Model, Msg, Seeker, Start, Welcome};

use super::browser;
use super::editor::Editing;
use super::interrupted;
use super::terminal::{Input, Screen};

/// What is ready is taken in before painting, but no more than this: keys must not wait for a flood.
const ROUND: usize = 256;
/// How long the worker may take to say good-bye after the terminal was given back.
const FAREWELL: Duration = Duration::from_millis(150);

struct Runtime<'a> {
    screen: &'a mut Screen,
    port: Port,
    model: Model,
    matched: (mpsc::UnboundedSender<Msg>, mpsc::UnboundedReceiver<Msg>),
    /// Tells the match under way that nobody waits for it any more, for the list and for the palette.
    matching: [Arc<AtomicBool>; 2],
    counting: Arc<AtomicBool>,
    views: ViewsFile,
    location: LocationId,
    /// Where a text lies while it is in the user's editor.
    folder: &'a Path,
    /// What goes to the user's editor as soon as everything else is done.
    external: Option<(DraftKey, Option<String>, String)>,
    ended: Option<Ended>,
}

/// How a dashboard was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Quit,
    /// Another account is to be opened.
    Switch(String),
    /// Somebody wants to sign in, to this account again where one is named.
    Connect(Option<String>),
}

/// Shows the dashboard until the user quits.
pub(super) async fn dashboard(
    screen: &mut Screen,
    port: Port,
    start: Start,
    folder: &Path,
    views: ViewsFile,
) -> io::Result<Ended> {
    let location = start.location.id.clone();
    let mut runtime = Runtime {
        screen,
        port,
        model: Model::new(start),
        matched: mpsc::unbounded_channel(),
        matching: [Arc::default(), Arc::default()],
        counting: Arc::default(),
        views,
        location,
        folder,
        external: None,
        ended: None,
    };
    let shown = runtime.show().await;
    let Runtime { port, ended, .. } = runtime;
    let ended = ended.unwrap_or(Ended::Quit);
    if shown.is_err() || ended == Ended::Quit {
        super::terminal::restore();
    }
    farewell(port).await;
    shown.map(|()| ended)
}

/// Shows the screen of a start without an account.
pub(super) async fn welcome(screen: &mut Screen, mut welcome: Welcome) -> io::Result<Choice> {
    let interrupted = interrupted();
    tokio::pin!(interrupted);
    loop {
        screen.draw(|frame| welcome.view(frame))?;
        let input = tokio::select! {
            input = screen.next() => input,
            () = &mut interrupted => return Ok(Choice::Quit),
        };
        match input {
            Input::Key(key) => {
                if let Some(choice) = welcome.press(key) {
                    return Ok(choice);
                }
            }
            Input::Closed => return Ok(Choice::Quit),
            Input::Paste(_) | Input::Resized { .. } | Input::Focused(_) => {}
        }
    }
}

impl Runtime<'_> {
    async fn show(&mut self) -> io::Result<()> {
        let interrupted = interrupted();
        tokio::pin!(interrupted);
        let (mut seen, mut due) = (false, None);
        while self.ended.is_none() {
            if !seen {
                self.paint()?;
                due = None;
            }
            // What the picture was to change by is due although nothing was painted since.
            due = due.into_iter().chain(ui::next_wakeup(&self.model)).min();
            let msg = tokio::select! {
                biased;
                () = &mut interrupted => Msg::Terminate,
                input = self.screen.next() => message(input),
                Some(msg) = self.matched.1.recv() => msg,
                event = self.port.next() => worker_says(event)?,
                () = sleep_until(due) => Msg::Wake,
            };
            seen = ui::is_known(&self.model, &msg);
            self.take(msg)?;
            for _ in 0..ROUND {
                let Some(msg) = self.ready().await else { break };
                seen &= ui::is_known(&self.model, &msg);
                self.take(msg)?;
            }
            if let Some((draft, field, text)) = self.external.take() {
                let edited = self.edit(&draft, field.as_deref(), &text).await?;
                self.take(Msg::Edited(edited))?;
            }
        }
        Ok(())
    }

    /// Gives the terminal to the user's editor; the worker is listened to meanwhile.
    async fn edit(&mut self, draft: &DraftKey, field: Option<&str>, text: &str) -> io::Result<Result<String, String>> {
        self.screen.leave();
        let edited = match Editing::start(self.folder, draft, field, text) {
            Ok(editing) => {
                let mut waiting = tokio::task::spawn_blocking(move || editing.finish());
                loop {
                    tokio::select! {
                        ended = &mut waiting => break ended.unwrap_or_else(|error| Err(error.to_string())),
                        event = self.port.next() => {
                            let msg = worker_says(event)?;
                            self.take(msg)?;
                        }
                    }
                }
            }
            Err(error) => Err(format!("The editor could not be started ({error}): set VISUAL or EDITOR")),
        };
        self.screen.enter_again()?;
        let (columns, rows) = self.screen.size();
        self.take(Msg::Resized { columns, rows })?;
        Ok(edited)
    }

    fn paint(&mut self) -> io::Result<()> {
        self.model.now = Timestamp::now();
        let model = &self.model;
        self.screen.draw(|frame| ui::view(model, frame))
    }

    /// Something that happened already; keys go first.
    async fn ready(&mut self) -> Option<Msg> {
        let input = self.screen.ready().await;
        input.map(message).or_else(|| self.matched.1.try_recv().ok()).or_else(|| self.port.ready().map(Msg::Event))
    }

    fn take(&mut self, msg: Msg) -> io::Result<()> {
        let mut msgs = vec![msg];
        while let Some(msg) = msgs.pop() {
            self.model.now = Timestamp::now();
            for effect in ui::update(&mut self.model, msg) {
                msgs.extend(self.perform(effect)?);
            }
        }
        Ok(())
    }

    fn perform(&mut self, effect: Effect) -> io::Result<Option<Msg>> {
        match effect {
            Effect::Send(command) => {
                return Ok(self.port.try_send(command).err().map(|command| Msg::NotTaken(*command)));
            }
            Effect::Match { seeker, generation, roster, query, facts, sort, users } => {
                let cancelled = latest(&mut self.matching[usize::from(seeker == Seeker::Palette)]);
                let answer = self.matched.0.clone();
                tokio::task::spawn_blocking(move || {
                    let stop = || cancelled.load(Ordering::Relaxed);
                    for listed in [query::first_listed, query::listed] {
                        if let Some(matches) = listed(&roster, &query, &facts, sort, &users, &stop) {
                            let roster = Arc::clone(&roster);
                            let _ = answer.send(Msg::Matched { seeker, generation, roster, matches });
                        }
                    }
                });
            }
            Effect::Count { generation, roster, queries, facts } => {
                let cancelled = latest(&mut self.counting);
                let answer = self.matched.0.clone();
                tokio::task::spawn_blocking(move || {
                    let stop = || cancelled.load(Ordering::Relaxed);
                    let count = |(name, query): &(String, query::Query)| {
                        Some((name.clone(), query::count(&roster, query, &facts, &stop)? as u64))
                    };
                    if let Some(counts) = queries.iter().map(count).collect() {
                        let _ = answer.send(Msg::Counted { generation, counts });
                    }
                });
            }
            Effect::Views(change) => {
                let changed = self.views.change(&change).and_then(|()| self.views.of(&self.location));
                return Ok(Some(Msg::Views { change, result: changed.map_err(|error| error.to_string()) }));
            }
            Effect::Copy(text) => self.screen.copy(&text)?,
            Effect::Open(url) => return Ok(browser::open(&url).err().map(|_error| Msg::NotOpened(url))),
            Effect::External { draft, field, text } => self.external = Some((draft, field, text)),
            Effect::Suspend => {
                self.screen.suspend()?;
                let (columns, rows) = self.screen.size();
                return Ok(Some(Msg::Resized { columns, rows }));
            }
            Effect::Switch(account) => self.ended = Some(Ended::Switch(account)),
            Effect::Connect(again) => self.ended = Some(Ended::Connect(again)),
            Effect::Quit => self.ended = Some(Ended::Quit),
        }
        Ok(None)
    }
}

/// Tells the work of before that nobody waits for it any more; how the new one is told.
fn latest(work: &mut Arc<AtomicBool>) -> Arc<AtomicBool> {
    work.store(true, Ordering::Relaxed);
    *work = Arc::default();
    Arc::clone(work)
}

fn message(input: Input) -> Msg {
    match input {
        Input::Key(key) => Msg::Key(key),
        Input::Paste(text) => Msg::Paste(text),
        Input::Resized { columns, rows } => Msg::Resized { columns, rows },
        Input::Focused(focused) => Msg::Focused(focused),
        Input::Closed => Msg::Terminate,
    }
}

/// The worker ends only when it is told to.
fn worker_says(event: Option<Event>) -> io::Result<Msg> {
    event.map(Msg::Event).ok_or_else(|| io::Error::other("the worker has ended; see the log file"))
}

async fn sleep_until(at: Option<Timestamp>) {
    match at {
        Some(at) => {
            let left = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
            tokio::time::sleep(left).await;
        }
        None => std::future::pending().await,
    }
}

/// Tells the worker to stop. What it does not finish in time is read back at the next start.
async fn farewell(mut port: Port) {
    let goodbye = async {
        if port.send(Command::Stop).await {
            while !matches!(port.next().await, Some(Event::Stopped) | None) {}
        }
    };
    let _ = tokio::time::timeout(FAREWELL, goodbye).await;
}
