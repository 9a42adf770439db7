//! A dashboard on a stage: a small business, a worker that only does what the test says, a clock that stands.

use std::collections::HashMap;
use std::sync::Arc;

use ghl_tui::config::{Depth, Keymap, Theme, View, ViewsFile};
use ghl_tui::domain::{
    Access, Appointment, AppointmentId, AppointmentStatus, AppointmentTime, Contact, ContactId, CustomField,
    CustomFieldId, CustomValue, Dnd, Edit, EditId, GroupId, Label, Location, LocationId, MergeRules, Note, NoteId,
    Task, TaskId, User, UserId,
};
use ghl_tui::protocol::{
    Command, Confirmed, Details, EditEvent, Event, Failure, FailureKind, Gauge, InView, NoteView, Outcome, Reversible,
    SyncState, Ticket,
};
use ghl_tui::query::{self, ContactRow, Roster};
use ghl_tui::text;
use ghl_tui::ui::{self, AccountRow, Effect, Model, Msg, Start};
use jiff::{SignedDuration, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use tempfile::TempDir;
use uuid::Uuid;

use super::frame;

pub(crate) const LARGE: (u16, u16) = (120, 36);
pub(crate) const SMALL: (u16, u16) = (80, 24);

pub(crate) struct Stage {
    pub(crate) model: Model,
    size: (u16, u16),
    pub(crate) now: Timestamp,
    /// What the worker was told to look at, the newest last.
    pub(crate) looks: Vec<InView>,
    details: HashMap<ContactId, Arc<Details>>,
    /// What was sent to the worker and not looked at yet, but for what it was told to look at.
    pub(crate) sent: Vec<Command>,
    /// What else was asked of the runtime.
    pub(crate) asked: Vec<Effect>,
    /// Matches wait here while they are held back.
    pub(crate) held: Option<Vec<Msg>>,
    /// The worker's queue is full: it takes nothing.
    pub(crate) full: bool,
    edits: u128,
    /// What is to be shown at the next start.
    pub(crate) shown: Option<String>,
    pub(crate) views: ViewsFile,
    _folder: TempDir,
}

/// Half past two in the afternoon in Los Angeles.
pub(crate) fn noon() -> Timestamp {
    "2026-11-24T22:30:00Z".parse().expect("a time")
}

pub(crate) fn location() -> Location {
    Location {
        name: "Acme Dental".to_owned(),
        time_zone: Some("America/Los_Angeles".to_owned()),
        country: Some("US".to_owned()),
        users: vec![
            User { id: UserId::new("u1"), name: "Kim Park".to_owned() },
            User { id: UserId::new("u2"), name: "Dr. Osei".to_owned() },
        ],
        custom_fields: vec![CustomField {
            id: CustomFieldId::new("f1"),
            name: "Insurance".to_owned(),
            key: Some("contact.insurance".to_owned()),
            data_type: Some("TEXT".to_owned()),
            options: Vec::new(),
        }],
        ..Location::unknown(LocationId::new("loc1"))
    }
}

/// A contact of whom only the name is known.
pub(crate) fn somebody(id: &str, first: &str, last: &str) -> Contact {
    Contact {
        first_name: Some(first.to_owned()),
        last_name: Some(last.to_owned()),
        added: Some(noon() - SignedDuration::from_hours(24 * 100)),
        updated: Some(noon() - SignedDuration::from_hours(3)),
        ..Contact::unknown(ContactId::new(id))
    }
}

pub(crate) fn people() -> Vec<Contact> {
    let ana = Contact {
        email: Some("ana.lopez@example.com".to_owned()),
        phone: Some("+14155550142".to_owned()),
        company: Some("Lopez Ortho".to_owned()),
        address1: Some("12 Grand Ave".to_owned()),
        city: Some("Oakland".to_owned()),
        state: Some("CA".to_owned()),
        time_zone: Some("America/New_York".to_owned()),
        source: Some("Facebook form".to_owned()),
        owner: Some(UserId::new("u1")),
        tags: vec!["vip".to_owned(), "web".to_owned()],
        dnd: Dnd { all: false, channels: Some(vec![("SMS".to_owned(), true), ("Email".to_owned(), false)]) },
        custom: vec![CustomValue { id: CustomFieldId::new("f1"), value: "Delta Dental".into() }],
        updated: Some(noon() - SignedDuration::from_mins(2)),
        ..somebody("c1", "Ana María", "López")
    };
    let with = |contact: Contact, email: &str, phone: &str| Contact {
        email: Some(email.to_owned()),
        phone: Some(phone.to_owned()),
        ..contact
    };
    vec![
        ana,
        with(somebody("c2", "Anand", "Rao"), "anand.rao@example.com", "+16285550117"),
        with(somebody("c3", "Anastasia", "Volk"), "volk@example.com", "+442079460958"),
        with(somebody("c4", "安奈", "田中"), "tanaka@example.com", "+81355500199"),
        with(somebody("c5", "Diana", "Prince"), "diana@example.com", "+12125550188"),
        with(somebody("c6", "محمد", "الأمين"), "amin@example.com", "+212520555019"),
        with(somebody("c7", "Zuzana", "Novák"), "zuzana@example.com", "+420225550191"),
    ]
}

pub(crate) fn task(id: &str, title: &str, completed: bool, due_in_hours: i64) -> Task {
    Task {
        id: TaskId::new(id),
        contact: ContactId::new("c1"),
        title: title.to_owned(),
        body: None,
        due: Some(noon() + SignedDuration::from_hours(due_in_hours)),
        completed,
        assigned_to: Some(UserId::new("u1")),
    }
}

pub(crate) fn note(id: &str, body: &str, hours_ago: i64) -> NoteView {
    let note = Note {
        id: NoteId::new(id),
        contact: ContactId::new("c1"),
        title: None,
        body: body.to_owned(),
        author: Some(UserId::new("u1")),
        added: Some(noon() - SignedDuration::from_hours(hours_ago)),
        pinned: false,
    };
    let text = text::rich(&note.body);
    NoteView { note, text }
}

fn appointment(id: &str, title: &str, start: &str, end: &str, status: AppointmentStatus) -> Appointment {
    let wall = |at: &str| Some(AppointmentTime::Wall(at.parse().expect("a wall time")));
    Appointment {
        id: AppointmentId::new(id),
        contact: ContactId::new("c1"),
        calendar: None,
        title: Some(title.to_owned()),
        start: wall(start),
        end: wall(end),
        status,
        assigned_to: Some(UserId::new("u2")),
        address: None,
    }
}

/// What belongs to somebody: to the first contact a lot, to the others nothing.
fn details(contact: &Contact) -> Details {
    let nothing = Details {
        contact: contact.clone(),
        tasks: Vec::new(),
        notes: Vec::new(),
        appointments: Vec::new(),
        fetched_at: Some(noon()),
        failure: None,
    };
    if contact.id.as_str() != "c1" {
        return nothing;
    }
    Details {
        tasks: vec![
            task("t1", "Call back about quote", false, -49),
            task("t2", "Send recall reminder", false, 18),
            task("t3", "Confirm insurance", true, -30),
        ],
        notes: vec![
            note("n1", "<p>Prefers <b>SMS</b> after 5pm. Wants a quote.</p>", 50),
            note("n2", "Left voicemail, asked for a call back", 220),
        ],
        appointments: vec![
            appointment("a1", "Consult", "2026-11-27T10:00", "2026-11-27T10:45", AppointmentStatus::Confirmed),
            appointment("a2", "X-ray", "2026-10-12T16:00", "2026-10-12T16:20", AppointmentStatus::Showed),
        ],
        ..nothing
    }
}

impl Stage {
    /// The dashboard of a small business, up to date.
    pub(crate) fn new(size: (u16, u16)) -> Self {
        let mut stage = Self::empty(size);
        stage.people(people());
        stage.event(Event::Sync(SyncState::Fresh { at: noon() }));
        let (remaining, max, interval_ms) = (Some(97), Some(100), Some(10_000));
        stage.event(Event::Gauge(Gauge {
            remaining,
            max,
            interval_ms,
            daily_remaining: Some(199_400),
            paused_until: None,
        }));
        stage
    }

    /// [`Stage::new`], with accounts to choose from.
    pub(crate) fn with_accounts(size: (u16, u16), accounts: Vec<AccountRow>) -> Self {
        let mut stage = Self::bare(size, accounts);
        stage.people(people());
        stage.event(Event::Sync(SyncState::Fresh { at: noon() }));
        stage
    }

    /// Before anything is known but the location.
    pub(crate) fn empty(size: (u16, u16)) -> Self {
        Self::bare(size, Vec::new())
    }

    /// Left and started again.
    pub(crate) fn resumed(size: (u16, u16), views: Vec<View>, shown: Option<String>) -> Self {
        let mut stage = Self::started(size, Vec::new(), Ok(views));
        stage.event(Event::Resumed { pending: Vec::new(), drafts: Vec::new(), shown });
        stage
    }

    fn bare(size: (u16, u16), accounts: Vec<AccountRow>) -> Self {
        Self::started(size, accounts, Ok(Vec::new()))
    }

    fn started(size: (u16, u16), accounts: Vec<AccountRow>, views: Result<Vec<View>, String>) -> Self {
        let model = Model::new(Start {
            now: noon(),
            size,
            demo: false,
            access: Access::READ_WRITE,
            accounts,
            notices: Vec::new(),
            location: Arc::new(location()),
            web_host: "https://app.example.com".to_owned(),
            hours: None,
            merge_rules: MergeRules::default(),
            views,
            theme: Theme::built_in(false, Depth::True),
            keymap: Keymap::default(),
        });
        let (details, sent, asked) = (HashMap::new(), Vec::new(), Vec::new());
        let folder = TempDir::new().expect("a folder");
        let views = ViewsFile::new(folder.path().join("views.toml"));
        Self {
            model,
            size,
            now: noon(),
            looks: Vec::new(),
            details,
            sent,
            asked,
            held: None,
            full: false,
            edits: 0,
            shown: None,
            views,
            _folder: folder,
        }
    }

    /// These are the contacts now.
    pub(crate) fn people(&mut self, people: Vec<Contact>) {
        let roster = Roster::from_rows(people.iter().map(ContactRow::from));
        for contact in people {
            let known = Arc::new(details(&contact));
            self.details.entry(contact.id).or_insert(known);
        }
        self.event(Event::Roster(Arc::new(roster)));
    }

    /// What the worker will tell of a contact from now on.
    pub(crate) fn set_details(&mut self, details: Details) {
        self.details.insert(details.contact.id.clone(), Arc::new(details));
    }

    /// The worker has nothing of a contact yet; what it will have.
    pub(crate) fn withhold(&mut self, contact: &str) -> Arc<Details> {
        self.details.remove(&ContactId::new(contact)).expect("it is known")
    }

    pub(crate) fn details_of(&self, contact: &str) -> Details {
        Details::clone(&self.details[&ContactId::new(contact)])
    }

    /// Presses keys, as the keymap writes them, separated by spaces.
    pub(crate) fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            let key = key.parse().unwrap_or_else(|error| panic!("{key}: {error}"));
            self.take(Msg::Key(key));
        }
    }

    /// Types text, a key for each character.
    pub(crate) fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.take(Msg::Key(ghl_tui::config::Key::char(c)));
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.take(Msg::Event(event));
    }

    /// Whether nothing has to be painted for this.
    pub(crate) fn knows(&self, msg: &Msg) -> bool {
        ui::is_known(&self.model, msg)
    }

    pub(crate) fn take(&mut self, msg: Msg) {
        let mut msgs = vec![msg];
        while !msgs.is_empty() {
            let msg = msgs.remove(0);
            self.model.now = self.now;
            for effect in ui::update(&mut self.model, msg) {
                match effect {
                    Effect::Send(command) if self.full => msgs.push(Msg::NotTaken(command)),
                    Effect::Send(Command::InView(look)) => {
                        msgs.extend(self.answers(&look));
                        self.looks.push(look);
                    }
                    Effect::Send(Command::Remember { shown, .. }) => self.shown = Some(shown),
                    Effect::Send(command) => self.sent.push(command),
                    Effect::Count { generation, roster, queries, facts } => {
                        let count = |(name, query): &(String, query::Query)| {
                            let count = query::count(&roster, query, &facts, &|| false).expect("nobody cancels");
                            (name.clone(), count as u64)
                        };
                        msgs.push(Msg::Counted { generation, counts: queries.iter().map(count).collect() });
                    }
                    Effect::Views(change) => {
                        let views = self.views.change(&change).and_then(|()| self.views.of(&location().id));
                        msgs.push(Msg::Views { change, result: views.map_err(|error| error.to_string()) });
                    }
                    Effect::Match { seeker, generation, roster, query, facts, sort, users } => {
                        let matches = query::listed(&roster, &query, &facts, sort, &users, &|| false);
                        let matches = matches.expect("nobody cancels");
                        let answer = Msg::Matched { seeker, generation, roster, matches };
                        match &mut self.held {
                            Some(held) => held.push(answer),
                            None => msgs.push(answer),
                        }
                    }
                    other => self.asked.push(other),
                }
            }
        }
    }

    /// What the worker looks at.
    pub(crate) fn look(&self) -> InView {
        self.looks.last().cloned().unwrap_or_default()
    }

    /// What the worker tells at once of what is looked at now.
    fn answers(&self, look: &InView) -> Vec<Msg> {
        let before = self.look();
        let contact = look.contact.as_ref().filter(|contact| before.contact.as_ref() != Some(contact));
        let details = contact.and_then(|contact| self.details.get(contact).cloned()).map(Event::Details);
        let around = (look.neighbours != before.neighbours).then(|| {
            Event::Neighbours(look.neighbours.iter().filter_map(|contact| self.details.get(contact).cloned()).collect())
        });
        details.into_iter().chain(around).map(Msg::Event).collect()
    }

    /// Lets time pass and wakes the dashboard as often as it wants to be woken; says how often that was.
    pub(crate) fn pass(&mut self, time: SignedDuration) -> u32 {
        let end = self.now + time;
        let mut woken = 0;
        while let Some(next) = ui::next_wakeup(&self.model).filter(|next| *next <= end) {
            assert!(next > self.now, "it asks to be woken in the past");
            self.now = next;
            self.take(Msg::Wake);
            woken += 1;
            assert!(woken < 10_000, "it never sleeps");
        }
        self.now = end;
        self.model.now = end;
        woken
    }

    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.take(Msg::Resized { columns: size.0, rows: size.1 });
    }

    pub(crate) fn buffer(&self) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).expect("a terminal");
        terminal.draw(|frame| ui::view(&self.model, frame)).expect("a frame");
        terminal.backend().buffer().clone()
    }

    /// The screen as text, trailing spaces cut.
    pub(crate) fn screen(&self) -> String {
        frame::whole(&self.buffer())
    }

    /// The pane or pop-up with this title, and nothing around it.
    #[track_caller]
    pub(crate) fn pane(&self, title: &str) -> String {
        let found = frame::framed(&self.buffer(), title);
        found.unwrap_or_else(|| panic!("no frame is called {title:?}\n{}", self.screen()))
    }

    /// All panes and what is said below them, without the header, the tabs and the footer.
    pub(crate) fn body(&self) -> String {
        frame::body(&self.buffer())
    }

    /// The whole screen at the usual size, [`Stage::body`] at others: one whole picture of each screen is enough.
    pub(crate) fn picture(&self) -> String {
        if self.size == LARGE { self.screen() } else { self.body() }
    }

    /// The header: the location, the state of the sync, the limits, the time.
    pub(crate) fn header(&self) -> String {
        self.screen().lines().next().unwrap_or_default().to_owned()
    }

    /// What is said between the panes and the footer's keys.
    pub(crate) fn told(&self) -> String {
        let screen = self.screen();
        let mut lines: Vec<&str> = screen.lines().collect();
        lines.pop();
        let from = lines.iter().rposition(|line| line.starts_with(['┗', '└'])).map_or(0, |at| at + 1);
        lines[from..].join("\n")
    }

    /// The line that says this.
    pub(crate) fn line(&self, words: &str) -> String {
        let screen = self.screen();
        let found = screen.lines().find(|line| line.contains(words)).map(str::to_owned);
        found.unwrap_or_else(|| panic!("no line says {words:?}\n{screen}"))
    }

    #[track_caller]
    pub(crate) fn assert_says(&self, words: &str) {
        let screen = self.screen();
        assert!(screen.contains(words), "it does not say {words:?}\n{screen}");
    }

    #[track_caller]
    pub(crate) fn assert_silent_about(&self, words: &str) {
        let screen = self.screen();
        assert!(!screen.contains(words), "it says {words:?}\n{screen}");
    }

    /// The edit that was just asked for, with its ticket.
    pub(crate) fn applied(&mut self) -> (Ticket, Edit) {
        let (ticket, mut edits) = self.applied_all();
        assert_eq!(edits.len(), 1, "{edits:?}");
        (ticket, edits.remove(0))
    }

    /// The edits that were just asked for at once, with their ticket.
    pub(crate) fn applied_all(&mut self) -> (Ticket, Vec<Edit>) {
        match self.sent.pop() {
            Some(Command::Apply { ticket, edits, .. }) => (ticket, edits),
            other => panic!("no edit was asked for: {other:?}\n{}", self.screen()),
        }
    }

    /// The worker promises the edit that was just asked for.
    pub(crate) fn promise(&mut self) -> (EditId, Edit) {
        let (ticket, edit) = self.applied();
        (self.queued(ticket, &edit), edit)
    }

    pub(crate) fn queued(&mut self, ticket: Ticket, edit: &Edit) -> EditId {
        let id = self.queued_all(Some(ticket), std::slice::from_ref(edit))[0];
        let undo =
            Some(Reversible { group: GroupId(Uuid::from_u128(id.0.as_u128() << 64)), label: Label::of(&[edit]) });
        self.event(Event::Reversible { undo, redo: None });
        id
    }

    /// The worker promises edits that were made at once.
    pub(crate) fn queued_all(&mut self, ticket: Option<Ticket>, edits: &[Edit]) -> Vec<EditId> {
        let first = self.edits + 1;
        self.edits += edits.len() as u128;
        let ids: Vec<EditId> = (first..=self.edits).map(|id| EditId(Uuid::from_u128(id))).collect();
        let (group, made_at) = (Some(GroupId(Uuid::from_u128(first << 64))), self.now);
        let edits = ids.iter().copied().zip(edits.iter().cloned()).collect();
        self.event(Event::Edit(EditEvent::Queued { ticket, group, edits, made_at }));
        ids
    }

    /// The worker takes an edit back by its inverse.
    pub(crate) fn reversed(&mut self, of: EditId, edit: &Edit) -> (EditId, Edit) {
        let Some(Command::Reverse { ticket, direction }) = self.sent.pop() else {
            panic!("no undo\n{}", self.screen())
        };
        let inverse = edit.inverse(of, None).remove(0);
        let queued = self.queued_all(None, std::slice::from_ref(&inverse));
        let label = Label::of(&[edit]);
        let group = GroupId(Uuid::from_u128(queued[0].0.as_u128() << 64));
        let queued_too = queued.clone();
        let told =
            EditEvent::Reversed { ticket, direction, group, label: label.clone(), withdrawn: 0, queued: queued_too };
        self.event(Event::Edit(told));
        self.event(Event::Reversible { undo: None, redo: Some(Reversible { group, label }) });
        (queued[0], inverse)
    }

    pub(crate) fn confirm(&mut self, id: EditId, edit: Edit, confirmed: Confirmed) {
        let outcome = Outcome::Confirmed(confirmed);
        self.event(Event::Edit(EditEvent::Settled { id, edit, outcome }));
    }

    pub(crate) fn reject(&mut self, id: EditId, edit: Edit, why: &str) {
        let what = edit.intent();
        let why = Failure { kind: FailureKind::Rejected, what, why: why.to_owned(), next: String::new() };
        self.event(Event::Edit(EditEvent::Settled { id, edit, outcome: Outcome::Rejected { why, existing: None } }));
    }
}
