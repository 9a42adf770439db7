//! Paints the pictures of the README: the real dashboard on the real sandbox, without a terminal.
//!
//! `cargo run --example screenshot` writes `assets/screenshots/main.svg`. Seed and time are fixed, so the
//! same program paints the same picture.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ghl_tui::api::{self, ApiClient};
use ghl_tui::auth::TokenBroker;
use ghl_tui::config::{Depth, Keymap, Theme};
use ghl_tui::domain::{Access, Location, LocationId, MergeRules};
use ghl_tui::http::BaseUrl;
use ghl_tui::protocol::{self, Details, Event, Port, SyncState};
use ghl_tui::query;
use ghl_tui::sandbox;
use ghl_tui::store::{Cache, Folder, Ledger, Tuning};
use ghl_tui::ui::{self, Effect, Model, Msg, Start};
use ghl_tui::worker::{self, Pace};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

type Failure = Box<dyn std::error::Error>;

const SIZE: (u16, u16) = (120, 36);
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let now: Timestamp = "2026-11-24T18:32:00Z".parse()?;
    let options = sandbox::SandboxOptions { now: Some(now), ..sandbox::SandboxOptions::default() };
    let running = sandbox::start(options).await?;
    let home = tempfile::tempdir()?;
    let mut stage = Stage { port: connect(&running, home.path())?, model: model(&running, now), details: None, now };
    stage
        .until(|stage, event| matches!(event, Event::Sync(SyncState::Fresh { .. })) && stage.details.is_some())
        .await?;
    // Down the list to somebody with something in every pane, then complete a task.
    while !stage.details.as_ref().is_some_and(|details| is_busy(details, now)) {
        stage.press("j")?;
        stage.details = None;
        stage.until(|stage, _event| stage.details.is_some()).await?;
    }
    for key in ["tab", "tab", "j", "x"] {
        stage.press(key)?;
    }
    stage.until(|_stage, event| matches!(event, Event::Edit(protocol::EditEvent::Queued { .. }))).await?;
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1))?;
    terminal.draw(|frame| ui::view(&stage.model, frame))?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screenshots/main.svg");
    std::fs::write(&path, svg(terminal.backend().buffer()))?;
    running.stop().await;
    Ok(())
}

/// The dashboard with its worker, and the details that are shown.
struct Stage {
    port: Port,
    model: Model,
    details: Option<Arc<Details>>,
    now: Timestamp,
}

impl Stage {
    fn press(&mut self, key: &str) -> Result<(), Failure> {
        let key = key.parse()?;
        self.take(Msg::Key(key));
        Ok(())
    }

    fn take(&mut self, msg: Msg) {
        // The worker tells the time by the machine's clock, the picture by its own.
        let now = self.now;
        let msg = match msg {
            Msg::Event(Event::Sync(SyncState::Fresh { .. })) => Msg::Event(Event::Sync(SyncState::Fresh { at: now })),
            Msg::Event(Event::Details(details)) if details.fetched_at.is_some() => {
                let fetched = Details { fetched_at: Some(now), ..Details::clone(&details) };
                Msg::Event(Event::Details(Arc::new(fetched)))
            }
            other => other,
        };
        for effect in ui::update(&mut self.model, msg) {
            match effect {
                Effect::Send(command) => drop(self.port.try_send(command)),
                Effect::Match { seeker, generation, roster, query, facts, sort, users } => {
                    if let Some(matches) = query::listed(&roster, &query, &facts, sort, &users, &|| false) {
                        self.take(Msg::Matched { seeker, generation, roster, matches });
                    }
                }
                Effect::External { .. }
                | Effect::Count { .. }
                | Effect::Views(_)
                | Effect::Copy(_)
                | Effect::Open(_)
                | Effect::Suspend
                | Effect::Switch(_)
                | Effect::Connect(_)
                | Effect::Repaint
                | Effect::Quit => {}
            }
        }
    }

    async fn until(&mut self, done: impl Fn(&Self, &Event) -> bool) -> Result<(), Failure> {
        let waiting = async {
            while let Some(event) = self.port.next().await {
                if let Event::Details(details) = &event
                    && details.fetched_at.is_some()
                {
                    self.details = Some(details.clone());
                }
                self.take(Msg::Event(event.clone()));
                if done(self, &event) {
                    return Ok(());
                }
            }
            Err("the worker has ended".into())
        };
        tokio::time::timeout(PATIENCE, waiting).await?
    }
}

fn is_busy(details: &Details, now: Timestamp) -> bool {
    let open = details.tasks.iter().filter(|task| !task.completed);
    let late = open.clone().filter(|task| task.due.is_some_and(|due| due < now)).count();
    let plain = details.contact.name().is_ascii();
    plain && open.count() > 1 && late > 0 && details.notes.len() > 2 && details.appointments.len() > 1
}

fn connect(running: &sandbox::Running, home: &Path) -> Result<Port, Failure> {
    let options = api::ClientOptions {
        base: BaseUrl::parse(running.base_url())?,
        location: LocationId::new(running.location_id()),
        read_only: false,
        write_timeout: Duration::from_secs(10),
    };
    let http = ghl_tui::http::HttpClient::new(&options.base)?;
    let client = ApiClient::new(options, http, TokenBroker::fixed(&running.token().to_owned().into())?);
    let folder = Folder::open(home)?;
    let ledger = Ledger::open(&folder, Tuning::default())?;
    let cache = Cache::open(&folder)?;
    let (port, end) = protocol::channel();
    let pace = Pace { dwell: Duration::ZERO, rest: Duration::ZERO, ..Pace::default() };
    let access = Access::READ_WRITE;
    tokio::spawn(worker::run(
        end,
        worker::WorkerOptions {
            client,
            ledger,
            cache,
            folder,
            access,
            user: None,
            pace,
            session: None,
            merge_rules: ghl_tui::domain::MergeRules::default(),
            clock: worker::Clock::default(),
        },
    ));
    Ok(port)
}

fn model(running: &sandbox::Running, now: Timestamp) -> Model {
    Model::new(Start {
        now,
        size: SIZE,
        demo: true,
        access: Access::READ_WRITE,
        accounts: Vec::new(),
        notices: Vec::new(),
        location: Arc::new(Location::unknown(LocationId::new(running.location_id()))),
        web_host: "https://app.gohighlevel.com".to_owned(),
        hours: None,
        merge_rules: MergeRules::default(),
        views: Ok(Vec::new()),
        theme: Theme::built_in(false, Depth::True),
        keymap: Keymap::default(),
    })
}

/// The width of a cell; half its height, as terminal fonts have it.
const CELL: (f32, f32) = (8.4, 17.0);
const PAPER: &str = "#1b1f27";
const INK: &str = "#d5dae3";

/// A frame as an SVG picture: runs of one look as one text each, stretched to its cells.
fn svg(buffer: &Buffer) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let (width, height) = (f32::from(columns) * CELL.0 + 16.0, f32::from(rows) * CELL.1 + 16.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-size=\"14\" \
         font-family=\"'DejaVu Sans Mono','Menlo','Consolas',monospace\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{PAPER}\"/>\n"
    );
    for y in 0..rows {
        let mut x = 0;
        while x < columns {
            let look = Look::of(buffer, x, y);
            let start = x;
            let mut text = String::new();
            while x < columns && Look::of(buffer, x, y) == look {
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            look.paint(&text, (start, y), x - start, &mut out);
        }
    }
    out.push_str("</svg>\n");
    out
}

#[derive(PartialEq)]
struct Look {
    fg: Color,
    bg: Color,
    marks: Modifier,
}

impl Look {
    fn of(buffer: &Buffer, x: u16, y: u16) -> Self {
        let cell = &buffer[(x, y)];
        Self { fg: cell.fg, bg: cell.bg, marks: cell.modifier }
    }

    fn paint(&self, text: &str, (x, y): (u16, u16), cells: u16, out: &mut String) {
        let (left, top) = (f32::from(x) * CELL.0 + 8.0, f32::from(y) * CELL.1 + 8.0);
        let width = f32::from(cells) * CELL.0;
        if let Color::Rgb(r, g, b) = self.bg {
            let height = CELL.1;
            let _ = writeln!(
                out,
                "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height}\" fill=\"#{r:02x}{g:02x}{b:02x}\"/>"
            );
        }
        if text.trim().is_empty() {
            return;
        }
        let fill = if let Color::Rgb(r, g, b) = self.fg { format!("#{r:02x}{g:02x}{b:02x}") } else { INK.to_owned() };
        let bold = if self.marks.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
        let line = if self.marks.contains(Modifier::UNDERLINED) { " text-decoration=\"underline\"" } else { "" };
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let base = top + 13.0;
        let _ = writeln!(
            out,
            "<text x=\"{left:.1}\" y=\"{base:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
             fill=\"{fill}\"{bold}{line} xml:space=\"preserve\">{escaped}</text>"
        );
    }
}
