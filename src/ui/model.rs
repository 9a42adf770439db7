//! What the dashboard knows. Changed by `update` alone.

mod fields;
pub(crate) mod room;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use ratatui::layout::Rect;

use crate::config::{Action, Context, Key, Keymap, Theme, View};
use crate::domain::{Access, Contact, ContactId, Edit, EditId, Hours, Location, MergeRules, Overlay, Pending, UserId};
use crate::protocol::{DraftKey, Gauge, SyncState, Ticket};
use crate::query::{self, Query, RowIx, RowRef};
use crate::text;
use crate::ui::state::layout::{self, Focus, Layout, Pane, Section};

use crate::ui::model::room::{Popup, Room};
use crate::ui::popups::columns::state::ColumnChooser;
use crate::ui::popups::confirm::state::Confirmation;
use crate::ui::popups::dry_run::state::DryRun;
use crate::ui::popups::filter::state::FilterBox;
use crate::ui::popups::form::state::{Form, FormContext};
use crate::ui::popups::help::state::HelpList;
use crate::ui::popups::inspect::state::RequestInspector;
use crate::ui::popups::note::state::NoteEditor;
use crate::ui::popups::palette::state::Palette;
use crate::ui::popups::picker::state::{CatalogueNames, Picker};
use crate::ui::popups::prompt::state::LinePrompt;
use crate::ui::popups::reader::state::TextReader;
use crate::ui::popups::search::state::TaskSearch;
use crate::ui::screens::activity::state::Activity;
use crate::ui::screens::agenda::state::Agenda;
use crate::ui::screens::contacts::state::listing::Listing;
use crate::ui::screens::contacts::state::neighbours::Neighbours;
use crate::ui::screens::contacts::state::panel::ContactPanel;
use crate::ui::screens::duplicates::state::Reviewing;
use crate::ui::screens::duplicates::state::queue::DuplicateQueue;
use crate::ui::screens::open_tasks::state::{Around, OpenTasksList};
use crate::ui::state::bulk::{Bulk, Marks};
use crate::ui::state::drafts::Drafts;
use crate::ui::state::facts::Gathered;
use crate::ui::state::in_view::WorkerView;
use crate::ui::state::list_cursor::ListCursor;
use crate::ui::state::merges::Merges;
use crate::ui::state::toast::{Level, Toast, Toasts};
use crate::ui::state::undo_stack::UndoStack;
use crate::ui::state::views::Views;

/// What the dashboard starts with.
#[derive(Clone, Debug)]
pub struct Start {
    pub now: Timestamp,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Draw the DEMO badge.
    pub demo: bool,
    pub access: Access,
    /// The accounts that can be opened, this one among them.
    pub accounts: Vec<AccountRow>,
    /// What was found and mended at the start.
    pub notices: Vec<String>,
    pub location: Arc<Location>,
    /// Scheme and host of the web app, without a slash at its end: `https://app.gohighlevel.com`.
    pub web_host: String,
    /// How times are written; unless it is said, as the location's country does.
    pub hours: Option<Hours>,
    /// What a merge keeps where nobody says otherwise.
    pub merge_rules: MergeRules,
    /// The saved views of this account, or why they could not be read.
    pub views: Result<Vec<View>, String>,
    pub theme: Theme,
    pub keymap: Keymap,
}

/// An account that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// What it is chosen by.
    pub label: String,
    /// The location's name, where it is known.
    pub location: String,
    /// It is the one that is open.
    pub open: bool,
    /// It was signed in to, and can be again; the environment's and the demo's cannot.
    pub kept: bool,
}

/// What the keys are for at the moment.
#[derive(Clone, Debug)]
pub(crate) enum Mode {
    Browse,
    /// The form of this contact opens as soon as the contact is loaded; any key ends the wait.
    AwaitForm(ContactId),
    Filter(FilterBox),
    Note(Box<NoteEditor>),
    Read(TextReader),
    Help(HelpList),
    Form(Box<Form>),
    Pick(Box<Picker>),
    /// The columns of the list are arranged.
    Columns(ColumnChooser),
    Palette(Box<Palette>),
    Confirm(Confirmation),
    /// A line is typed that something needs.
    Prompt(Box<LinePrompt>),
    DryRun(Box<DryRun>),
    /// Words that tasks are looked for by are typed.
    Search(TaskSearch),
    /// Whose values shall stay, where someone else changed the same fields.
    Decide(EditId),
    /// One request, whole.
    Inspect(RequestInspector),
}

/// The tables of screens and pop-ups, as the model is given them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tables {
    pub(crate) room: fn(Screen) -> &'static Room,
    /// `None` while the keys go to the screen.
    pub(crate) popup: fn(&Mode) -> Option<&'static Popup>,
}

/// What fills the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    Contacts,
    /// The open tasks of the whole location.
    OpenTasks,
    /// Its tasks and appointments by day.
    Agenda,
    Duplicates,
    /// Merges, done and under way.
    Journal,
    /// Groups that are not duplicates.
    Decisions,
    Activity,
    Outbox,
}

impl Screen {
    /// Every screen, in the order of their tabs.
    pub(crate) const ALL: [Self; 8] = [
        Self::Contacts,
        Self::OpenTasks,
        Self::Agenda,
        Self::Duplicates,
        Self::Journal,
        Self::Decisions,
        Self::Activity,
        Self::Outbox,
    ];
}

/// An edit that was sent to the worker and not answered yet.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) ticket: Ticket,
    /// As they lie on the overlay.
    pub(crate) edits: Vec<Edit>,
    /// The refused edit that these repeat.
    pub(crate) replaces: Option<EditId>,
    /// What they were made of in a form or an editor: a draft again if the outbox refuses them.
    pub(crate) typed: Option<(DraftKey, String)>,
}

/// How the contacts stand to the server.
#[derive(Clone, Debug)]
pub(crate) struct Sync {
    pub(crate) state: SyncState,
    /// Fetching them is held by the user.
    pub(crate) held: bool,
}

/// Whether the user is about to leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Leaving {
    #[default]
    No,
    /// The last key asked to leave, and was told what has not been sent yet: the same key again leaves.
    Asked,
}

/// Everything the screen is painted from.
#[derive(Clone, Debug)]
pub struct Model {
    /// The time; set it before each `update`.
    pub now: Timestamp,
    tables: Tables,
    pub(crate) size: (u16, u16),
    pub(crate) demo: bool,
    pub(crate) web_host: String,
    hours: Option<Hours>,
    pub(crate) theme: Theme,
    pub(crate) keymap: Arc<Keymap>,

    pub(crate) location: Arc<Location>,
    pub(crate) zone: TimeZone,
    pub(crate) access: Access,
    pub(crate) accounts: Vec<AccountRow>,
    /// Which of the location's users we are.
    pub(crate) me: Option<UserId>,
    pub(crate) sync: Sync,
    pub(crate) gauge: Gauge,

    pub(crate) listing: Listing,
    pub(crate) views: Views,
    pub(crate) opened: Option<ContactPanel>,
    /// What the worker was told to look at.
    pub(crate) worker_view: WorkerView,
    pub(crate) neighbours: Neighbours,
    pub(crate) overlay: Overlay,
    pub(crate) asked: Vec<Asked>,
    /// What undo and redo would be about.
    pub(crate) undo: UndoStack,
    pub(crate) bulk: Option<Bulk>,
    pub(crate) marks: Marks,
    /// Contacts that went by a provisional id, and go by their own now.
    pub(crate) became: HashMap<ContactId, ContactId>,
    /// Who has the address that the newest refused edit wanted.
    pub(crate) existing: Option<ContactId>,
    /// A refused edit that is given up because it was sent again.
    pub(crate) replaced: Option<EditId>,
    pub(crate) leaving: Leaving,
    pub(crate) names: CatalogueNames,
    pub(crate) activity: Activity,
    pub(crate) outbox: ListCursor,
    pub(crate) open_tasks: OpenTasksList,
    pub(crate) agenda: Agenda,
    pub(crate) duplicates: DuplicateQueue,
    pub(crate) facts: Gathered,
    pub(crate) merges: Merges,
    pub(crate) merge_rules: MergeRules,
    pub(crate) reviewing: Reviewing,
    pub(crate) drafts: Drafts,
    pub(crate) last_ticket: u64,

    pub(crate) screen: Screen,
    pub(crate) focus: Focus,
    pub(crate) section: Section,
    pub(crate) zoom: bool,
    pub(crate) all_fields: bool,
    pub(crate) mode: Mode,
    /// The keys of a sequence that has begun.
    pub(crate) pressed: Vec<Key>,
    /// The key pressed last: an arrow and Tab may mean the same action, and are not the same to a text.
    pub(crate) last_key: Option<Key>,
    pub(crate) toasts: Toasts,
}

impl Model {
    pub(crate) fn with(start: Start, tables: Tables) -> Self {
        let (notices, views) = (start.notices.clone(), start.views.clone());
        let mut model = Self::bare(start, tables);
        match views {
            Ok(views) => model.views.set(views, model.now),
            Err(why) => {
                model.say(Level::Warn, text::clean(&why).into_owned());
            }
        }
        for notice in notices {
            model.say(Level::Warn, text::clean(&notice).into_owned());
        }
        model
    }

    fn bare(start: Start, tables: Tables) -> Self {
        let mut listing = Listing::default();
        listing.set_users(&start.location.users);
        Self {
            now: start.now,
            tables,
            size: start.size,
            demo: start.demo,
            web_host: start.web_host,
            hours: start.hours,
            theme: start.theme,
            keymap: Arc::new(start.keymap),
            zone: start.location.zone(),
            location: start.location,
            access: start.access,
            accounts: start.accounts,
            me: None,
            sync: Sync { state: SyncState::Cached { at: None }, held: false },
            gauge: Gauge::default(),
            listing,
            views: Views::default(),
            opened: None,
            worker_view: WorkerView::default(),
            neighbours: Neighbours::default(),
            overlay: Overlay::default(),
            asked: Vec::new(),
            undo: UndoStack::default(),
            bulk: None,
            marks: Marks::default(),
            became: HashMap::new(),
            existing: None,
            replaced: None,
            names: CatalogueNames::default(),
            activity: Activity::default(),
            leaving: Leaving::default(),
            outbox: ListCursor::default(),
            open_tasks: OpenTasksList::default(),
            agenda: Agenda::default(),
            duplicates: DuplicateQueue::default(),
            facts: Gathered::default(),
            merges: Merges::default(),
            merge_rules: start.merge_rules,
            reviewing: Reviewing::default(),
            drafts: Drafts::default(),
            last_ticket: 0,
            screen: Screen::Contacts,
            focus: Focus::Contacts,
            section: Section::Detail,
            zoom: false,
            all_fields: false,
            mode: Mode::Browse,
            pressed: Vec::new(),
            last_key: None,
            toasts: Toasts::default(),
        }
    }

    pub(crate) fn screen_area(&self) -> Rect {
        Rect::new(0, 0, self.size.0, self.size.1)
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout_of(self.screen_area())
    }

    pub(crate) fn layout_of(&self, area: Rect) -> Layout {
        Layout::new(area, self.focus, self.section, self.zoom)
    }

    /// The rows inside a pane, where it is shown.
    pub(crate) fn height_of(&self, pane: Pane) -> usize {
        self.layout().pane(pane).map_or(0, |area| usize::from(layout::inside(area).height))
    }

    /// The rows that a list has which fills the screen, below its head.
    pub(crate) fn screen_height(&self) -> usize {
        usize::from(layout::inside(self.layout().body).height).saturating_sub(1)
    }

    pub(crate) fn focused(&self) -> Pane {
        match self.focus {
            Focus::Contacts => Pane::Contacts,
            Focus::Section => Pane::Section(self.section),
        }
    }

    /// The row of a screen.
    pub(crate) fn room_of(&self, screen: Screen) -> &'static Room {
        (self.tables.room)(screen)
    }

    /// The row of the screen that is shown.
    pub(crate) fn room(&self) -> &'static Room {
        self.room_of(self.screen)
    }

    /// The row of the pop-up that has the keys.
    pub(crate) fn popup(&self) -> Option<&'static Popup> {
        (self.tables.popup)(&self.mode)
    }

    /// Where the keys are looked up.
    pub(crate) fn context(&self) -> Context {
        self.popup().map_or_else(|| self.context_below(), |popup| popup.context)
    }

    /// Where the keys are looked up when no pop-up is open.
    pub(crate) fn context_below(&self) -> Context {
        (self.room().context)(self)
    }

    /// How times of day are written.
    pub(crate) fn hours(&self) -> Hours {
        self.hours.unwrap_or_else(|| Hours::of_country(self.location.country.as_deref()))
    }

    /// What the checks and readings of a form depend on.
    pub(crate) fn form_context(&self) -> FormContext<'_> {
        FormContext { now: self.now, zone: &self.zone, hours: self.hours(), location: &self.location }
    }

    /// What the lines of tasks and appointments depend on.
    pub(crate) fn around(&self) -> Around<'_> {
        let (now, zone, overlay) = (self.now, &self.zone, &self.overlay);
        Around { now, zone, overlay, aside: self.merges.aside(), roster: &self.listing.latest }
    }

    /// What a filter's words refer to.
    pub(crate) fn meanings(&self) -> query::FilterContext<'_> {
        let (users, me) = (self.location.users.as_slice(), self.me.as_ref());
        let custom_fields = self.location.custom_fields.as_slice();
        query::FilterContext { now: self.now, zone: &self.zone, users, me, custom_fields }
    }

    /// What a filter says now.
    pub(crate) fn understood(&self, filter: &str) -> Query {
        Query::parse(filter, &self.meanings())
    }

    /// How many marked contacts an action is about: marks count only while the list that shows them has the focus.
    pub(crate) fn marked(&self) -> usize {
        if (self.screen, self.focus) == (Screen::Contacts, Focus::Contacts) { self.marks.len() } else { 0 }
    }

    /// The contacts that an action is about: the marked ones, else the one under the cursor.
    pub(crate) fn meant(&self) -> Vec<ContactId> {
        if self.marked() == 0 { self.listing.selected.iter().cloned().collect() } else { self.marks.all() }
    }

    /// The contact under the cursor with the pending edits folded over it.
    pub(crate) fn contact(&self) -> Option<Contact> {
        let details = self.opened.as_ref()?.details.as_ref()?;
        Some(self.overlay.contact(&details.contact))
    }

    /// The edits of the outbox screen: what needs the user first, then the others, each the oldest first.
    pub(crate) fn outbox_lines(&self) -> Vec<&Pending> {
        let (mut failed, live): (Vec<&Pending>, Vec<&Pending>) =
            self.overlay.iter().partition(|pending| !pending.progress.is_live());
        failed.extend(live);
        failed
    }

    /// A short form of a key for an action, as the keymap of this context has it.
    pub(crate) fn key(&self, context: Context, action: Action) -> String {
        self.keymap.key(context, action).unwrap_or_default()
    }

    /// The row of the contact under the cursor.
    pub(crate) fn selected_row(&self) -> Option<RowRef<'_>> {
        let ix: RowIx = self.listing.selected_ix()?;
        Some(self.listing.shown.get(ix))
    }

    /// A clean name for a contact: the fresh one, the listed one, or none.
    pub(crate) fn name_of(&self, contact: &ContactId) -> String {
        let roster = &self.listing.latest;
        let listed = || roster.find(contact).map(|ix| roster.get(ix).name().to_owned());
        let opened = self.opened.as_ref().filter(|opened| opened.contact == *contact);
        let fresh = opened.and_then(|opened| opened.details.as_ref()).map(|details| details.contact.name());
        let name = fresh.filter(|name| !name.is_empty()).or_else(listed).unwrap_or_default();
        text::clean(&name).into_owned()
    }

    /// A clean name for a user of the location; the id where the name is not known.
    pub(crate) fn user_name(&self, id: &UserId) -> String {
        if self.me.as_ref() == Some(id) {
            return "me".to_owned();
        }
        let name = self.location.user(id).map_or(id.as_str(), |user| user.name.as_str());
        text::clean(name).into_owned()
    }

    /// A clean name of the owner; empty where there is none.
    pub(crate) fn owner_name(&self, owner: Option<&UserId>) -> String {
        owner.map(|id| self.user_name(id)).unwrap_or_default()
    }

    /// A contact's address in the web app; ids are opaque, so whatever could leave the path is taken out.
    pub(crate) fn link_of(&self, contact: &ContactId) -> String {
        let safe =
            |id: &str| -> String { id.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect() };
        let (host, location) = (&self.web_host, safe(self.location.id.as_str()));
        format!("{host}/v2/location/{location}/contacts/detail/{}", safe(contact.as_str()))
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }

    pub(crate) fn say(&mut self, level: Level, text: impl Into<String>) -> &mut Toast {
        let text = text.into();
        self.activity.message(self.now, level, text.clone());
        self.toasts.push(self.now, level, text)
    }
}
