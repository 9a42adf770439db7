//! The loop around the pure dashboard: waits, takes in everything that is ready, paints once.
//!
//! There is no tick: it sleeps until a message from the terminal, the worker or a match arrives, or until the
//! next moment at which the screen changes with time.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rustix::process::{Signal, kill_process};
use tokio::sync::{mpsc, oneshot};

use crate::config::ViewsFile;
use crate::domain::LocationId;
use crate::protocol::{Command, DraftKey, Event, Port};
use crate::query;
use crate::ui::{self, Effect, Model, Msg, Seeker, Start, Welcome, WelcomeChoice};

use super::browser;
use super::editor::{self, Edited, Editing};
use super::terminal::{Input, TerminalScreen};

/// Messages taken in before painting; no more, so that keys do not wait behind a flood.
const ROUND: usize = 256;
/// How long the worker may take to finish after the terminal was given back.
const FAREWELL: Duration = Duration::from_millis(150);
/// How long the user's editor may take to end after it was asked to.
const EDITOR_FAREWELL: Duration = Duration::from_secs(1);

struct Runtime<'a> {
    screen: &'a mut TerminalScreen,
    port: Port,
    model: Model,
    matched: (mpsc::UnboundedSender<Msg>, mpsc::UnboundedReceiver<Msg>),
    /// Cancels the running match, one flag for the list and one for the palette.
    matching: [Arc<AtomicBool>; 2],
    counting: Arc<AtomicBool>,
    views: ViewsFile,
    location: LocationId,
    /// Where text is kept while it is in the user's editor.
    folder: &'a Path,
    /// Text to open in the user's editor once everything else is done.
    external: Option<(DraftKey, Option<String>, String)>,
    /// Files of texts that came back from the editor, until the ledger holds their drafts.
    edited: Vec<(DraftKey, PathBuf)>,
    ended: Option<DashboardEnd>,
}

/// Why a dashboard ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DashboardEnd {
    Quit,
    /// To open another account.
    Switch(String),
    /// To sign in; to this account again, if one is named.
    Connect(Option<String>),
}

/// Shows the dashboard until the user quits.
pub(super) async fn dashboard(
    screen: &mut TerminalScreen,
    port: Port,
    start: Start,
    folder: &Path,
    views: ViewsFile,
) -> io::Result<DashboardEnd> {
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
        edited: Vec::new(),
        ended: None,
    };
    let shown = runtime.show().await;
    let Runtime { port, ended, model, .. } = runtime;
    let ended = ended.unwrap_or(DashboardEnd::Quit);
    if shown.is_err() || ended == DashboardEnd::Quit {
        super::terminal::restore();
        // It stays in the shell, where it is read once the screen is gone. Nobody reads it where the window is gone too.
        if let Some(unsent) = ui::unsent(&model) {
            let _ = writeln!(io::stderr(), "{unsent}.");
        }
    }
    farewell(port).await;
    shown.map(|()| ended)
}

/// Shows the start screen for users without an account.
pub(super) async fn welcome(screen: &mut TerminalScreen, mut welcome: Welcome) -> io::Result<WelcomeChoice> {
    loop {
        screen.draw(|frame| welcome.view(frame))?;
        match screen.next().await {
            Input::Key(key) => {
                if let Some(choice) = welcome.press(key) {
                    return Ok(choice);
                }
            }
            Input::Closed => return Ok(WelcomeChoice::Quit),
            Input::Paste(_) | Input::Resized { .. } | Input::Focused(_) => {}
        }
    }
}

impl Runtime<'_> {
    async fn show(&mut self) -> io::Result<()> {
        let (mut seen, mut due) = (false, None);
        while self.ended.is_none() {
            if !seen {
                self.paint()?;
                due = None;
            }
            // The change is due even though nothing was painted since.
            due = due.into_iter().chain(ui::next_wakeup(&self.model)).min();
            let msg = tokio::select! {
                biased;
                input = self.screen.next() => message(input),
                Some(msg) = self.matched.1.recv() => msg,
                event = self.port.next() => worker_says(event)?,
                () = sleep_until(due) => Msg::Wake,
            };
            seen = ui::is_known(&self.model, &msg);
            self.take(msg)?;
            for _ in 0..ROUND {
                // What is typed next is not for this screen any more.
                if self.external.is_some() || self.ended.is_some() {
                    break;
                }
                let Some(msg) = self.ready().await else { break };
                seen &= ui::is_known(&self.model, &msg);
                self.take(msg)?;
            }
            if let Some((draft, field, text)) = self.external.take() {
                self.edit(draft, field.as_deref(), &text).await?;
                seen = false;
            }
        }
        Ok(())
    }

    /// Gives the terminal to the user's editor, and keeps taking the worker's events meanwhile.
    async fn edit(&mut self, draft: DraftKey, field: Option<&str>, text: &str) -> io::Result<()> {
        self.screen.leave();
        let path = editor::file(self.folder, &draft, field);
        // The file is the editor's again.
        self.edited.retain(|(_, file)| *file != path);
        match Editing::start(path, text) {
            Ok(editing) => self.while_editing(draft, editing).await?,
            Err(error) => {
                let why = format!("Cannot start the editor ({error}): set VISUAL or EDITOR");
                self.take(Msg::Edited(Err(why)))?;
            }
        }
        self.screen.enter_again()?;
        let (columns, rows) = self.screen.size();
        self.take(Msg::Resized { columns, rows })
    }

    /// Waits for the editor. Its text is a draft before the terminal is taken again, which may be gone.
    async fn while_editing(&mut self, draft: DraftKey, editing: Editing) -> io::Result<()> {
        let process = editing.process();
        let (tell, mut ended) = oneshot::channel();
        // Detached: the program may have to end before the editor does.
        std::thread::spawn(move || tell.send(editing.finish()));
        let mut is_over = false;
        let edited = loop {
            tokio::select! {
                edited = &mut ended => break edited.ok(),
                event = self.port.next() => {
                    let msg = worker_says(event)?;
                    self.take(msg)?;
                }
                input = self.screen.next(), if !is_over => if matches!(input, Input::Closed) {
                    is_over = true;
                    let _ = process.map(|editor| kill_process(editor, Signal::HUP));
                },
                // The file stays, and is a draft at the next start.
                () = tokio::time::sleep(EDITOR_FAREWELL), if is_over => break None,
            }
        };
        if let Some(Edited { text, file }) = edited {
            self.edited.extend(file.map(|file| (draft.clone(), file)));
            self.take(Msg::Edited(text))?;
            // The next key may send the text: by then the file has made way for the draft.
            let patience = tokio::time::Instant::now() + EDITOR_FAREWELL;
            while !is_over && self.edited.iter().any(|(waiting, _)| *waiting == draft) {
                let event = tokio::time::timeout_at(patience, self.port.next());
                let Ok(event) = event.await else { break };
                self.take(worker_says(event)?)?;
            }
        }
        if is_over { self.take(Msg::Terminate) } else { Ok(()) }
    }

    fn paint(&mut self) -> io::Result<()> {
        self.model.now = Timestamp::now();
        let model = &self.model;
        self.screen.draw(|frame| ui::view(model, frame))
    }

    /// A message that is ready now; keys first.
    async fn ready(&mut self) -> Option<Msg> {
        let input = self.screen.ready().await;
        input.map(message).or_else(|| self.matched.1.try_recv().ok()).or_else(|| self.port.ready().map(Msg::Event))
    }

    fn take(&mut self, msg: Msg) -> io::Result<()> {
        if let Msg::Event(Event::DraftSaved(saved)) = &msg {
            self.edited.retain(|(draft, file)| draft != saved || std::fs::remove_file(file).is_err());
        }
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
            Effect::Open(url) => {
                let answer = self.matched.0.clone();
                tokio::spawn(async move {
                    if !browser::open(&url).await {
                        let _ = answer.send(Msg::NotOpened(url));
                    }
                });
            }
            Effect::External { draft, field, text } => self.external = Some((draft, field, text)),
            Effect::Repaint => self.screen.repaint(),
            Effect::Suspend => {
                self.screen.suspend()?;
                let (columns, rows) = self.screen.size();
                return Ok(Some(Msg::Resized { columns, rows }));
            }
            Effect::Switch(account) => self.ended = Some(DashboardEnd::Switch(account)),
            Effect::Connect(again) => self.ended = Some(DashboardEnd::Connect(again)),
            Effect::Quit => self.ended = Some(DashboardEnd::Quit),
        }
        Ok(None)
    }
}

/// Cancels the previous work; returns the flag that cancels the new one.
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

/// The worker ended although no one asked it to.
fn worker_says(event: Option<Event>) -> io::Result<Msg> {
    event.map(Msg::Event).ok_or_else(|| io::Error::other("the worker stopped unexpectedly; see the log file"))
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

/// Tells the worker to stop. The next start resumes what it does not finish in time.
async fn farewell(mut port: Port) {
    let goodbye = async {
        if port.send(Command::Stop).await {
            while !matches!(port.next().await, Some(Event::Stopped) | None) {}
        }
    };
    let _ = tokio::time::timeout(FAREWELL, goodbye).await;
}
