//! What the dashboard knows. Changed by `update` alone.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use ratatui::layout::Rect;
use tui_textarea::TextArea;

use crate::config::{Action, Context, Key, Keymap, Theme};
use crate::domain::{Access, ContactId, Edit, EditId, Location, NoteId, Overlay, Pending, PendingState};
use crate::protocol::{DraftKey, Gauge, SyncState, Ticket};
use crate::query::{RowIx, RowRef};
use crate::text;

use super::layout::{self, Layout};
use super::listing::Listing;
use super::opened::Opened;
use super::toast::{Level, Toast, Toasts};

/// What the dashboard starts with.
#[derive(Clone, Debug)]
pub struct Start {
    pub now: Timestamp,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Draw the DEMO badge.
    pub demo: bool,
    pub access: Access,
    pub location: Arc<Location>,
    /// Scheme and host of the web app, without a slash at its end: `https://app.gohighlevel.com`.
    pub web_host: String,
    pub theme: Theme,
    pub keymap: Keymap,
}

/// Which half of the screen the keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Focus {
    Contacts,
    Section,
}

/// What belongs to the contact under the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Detail,
    Tasks,
    Notes,
    Appointments,
}

impl Section {
    pub(super) const ALL: [Self; 4] = [Self::Detail, Self::Tasks, Self::Notes, Self::Appointments];

    /// Where the keys are looked up while it has the focus.
    pub(super) fn context(self) -> Context {
        match self {
            Self::Detail => Context::Detail,
            Self::Tasks => Context::Tasks,
            Self::Notes => Context::Notes,
            Self::Appointments => Context::Appointments,
        }
    }
}

/// A framed part of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pane {
    Contacts,
    Section(Section),
}

/// What the keys are for at the moment.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    Browse,
    Filter(FilterBox),
    Compose(Box<Composer>),
    Read(Reader),
    Help(HelpList),
}

/// The filter while it is typed.
#[derive(Clone, Debug)]
pub(super) struct FilterBox {
    pub(super) field: TextArea<'static>,
    /// What Esc goes back to.
    pub(super) before: String,
    pub(super) selected_before: Option<ContactId>,
}

/// A note while it is written.
#[derive(Clone, Debug)]
pub(super) struct Composer {
    pub(super) contact: ContactId,
    pub(super) name: String,
    pub(super) field: TextArea<'static>,
    /// Since when there is something that the ledger does not hold.
    pub(super) unsaved_since: Option<Timestamp>,
}

/// A note while it is read.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub(super) title: String,
    pub(super) text: text::RichText,
    pub(super) top: usize,
}

/// The list of keys while it is open.
#[derive(Clone, Debug)]
pub(super) struct HelpList {
    pub(super) field: TextArea<'static>,
    pub(super) cursor: usize,
}

/// An edit that was sent to the worker and not answered yet.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) ticket: Ticket,
    /// As it lies on the overlay.
    pub(super) edit: Edit,
    /// The edit that this one takes back.
    pub(super) undoes: Option<Undoable>,
}

/// An edit of this session that can be taken back.
#[derive(Clone, Debug)]
pub(super) struct Undoable {
    pub(super) id: EditId,
    pub(super) edit: Edit,
}

/// Everything the screen is painted from.
#[derive(Clone, Debug)]
pub struct Model {
    /// The time; set it before each `update`.
    pub now: Timestamp,
    pub(super) size: (u16, u16),
    pub(super) demo: bool,
    pub(super) web_host: String,
    pub(super) theme: Theme,
    pub(super) keymap: Arc<Keymap>,

    pub(super) location: Arc<Location>,
    pub(super) zone: TimeZone,
    pub(super) access: Access,
    pub(super) sync: SyncState,
    pub(super) gauge: Gauge,

    pub(super) listing: Listing,
    pub(super) opened: Option<Opened>,
    pub(super) overlay: Overlay,
    pub(super) asked: Vec<Asked>,
    pub(super) undo: Vec<Undoable>,
    /// The notes that our edits made, to take them back by.
    pub(super) made: HashMap<EditId, NoteId>,
    pub(super) drafts: HashMap<DraftKey, String>,
    pub(super) last_ticket: u64,

    pub(super) focus: Focus,
    pub(super) section: Section,
    pub(super) zoom: bool,
    pub(super) all_fields: bool,
    pub(super) mode: Mode,
    /// The keys of a sequence that has begun.
    pub(super) pressed: Vec<Key>,
    pub(super) toasts: Toasts,
}

impl Model {
    pub fn new(start: Start) -> Self {
        Self {
            now: start.now,
            size: start.size,
            demo: start.demo,
            web_host: start.web_host,
            theme: start.theme,
            keymap: Arc::new(start.keymap),
            zone: start.location.zone(),
            location: start.location,
            access: start.access,
            sync: SyncState::Cached { at: None },
            gauge: Gauge::default(),
            listing: Listing::default(),
            opened: None,
            overlay: Overlay::default(),
            asked: Vec::new(),
            undo: Vec::new(),
            made: HashMap::new(),
            drafts: HashMap::new(),
            last_ticket: 0,
            focus: Focus::Contacts,
            section: Section::Detail,
            zoom: false,
            all_fields: false,
            mode: Mode::Browse,
            pressed: Vec::new(),
            toasts: Toasts::default(),
        }
    }

    pub(super) fn layout(&self) -> Layout {
        self.layout_of(Rect::new(0, 0, self.size.0, self.size.1))
    }

    pub(super) fn layout_of(&self, area: Rect) -> Layout {
        Layout::new(area, self.focus, self.section, self.zoom)
    }

    /// The rows inside a pane, where it is shown.
    pub(super) fn height_of(&self, pane: Pane) -> usize {
        self.layout().pane(pane).map_or(0, |area| usize::from(layout::inside(area).height))
    }

    pub(super) fn focused(&self) -> Pane {
        match self.focus {
            Focus::Contacts => Pane::Contacts,
            Focus::Section => Pane::Section(self.section),
        }
    }

    /// Where the keys are looked up.
    pub(super) fn context(&self) -> Context {
        match (&self.mode, self.focus) {
            (Mode::Filter(_), _) => Context::Filter,
            (Mode::Compose(_), _) => Context::Composer,
            (Mode::Read(_), _) => Context::Reader,
            (Mode::Help(_), _) => Context::Help,
            (Mode::Browse, Focus::Contacts) => Context::Contacts,
            (Mode::Browse, Focus::Section) => self.section.context(),
        }
    }

    /// A short form of a key for an action, as the keymap of this context has it.
    pub(super) fn key(&self, context: Context, action: Action) -> String {
        self.keymap.key(context, action).unwrap_or_default()
    }

    /// The row of the contact under the cursor.
    pub(super) fn selected_row(&self) -> Option<RowRef<'_>> {
        let ix: RowIx = self.listing.selected_ix()?;
        Some(self.listing.shown.get(ix))
    }

    /// A clean name for a contact: the fresh one, the listed one, or none.
    pub(super) fn name_of(&self, contact: &ContactId) -> String {
        let roster = &self.listing.latest;
        let listed = || roster.find(contact).map(|ix| roster.get(ix).name().to_owned());
        let opened = self.opened.as_ref().filter(|opened| opened.contact == *contact);
        let fresh = opened.and_then(|opened| opened.details.as_ref()).map(|details| details.contact.name());
        let name = fresh.filter(|name| !name.is_empty()).or_else(listed).unwrap_or_default();
        text::clean(&name).into_owned()
    }

    /// A clean name for a user of the location; the id where the name is not known.
    pub(super) fn user_name(&self, id: &crate::domain::UserId) -> String {
        let name = self.location.user(id).map_or(id.as_str(), |user| user.name.as_str());
        text::clean(name).into_owned()
    }

    pub(super) fn ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }

    pub(super) fn say(&mut self, level: Level, text: impl Into<String>) -> &mut Toast {
        self.toasts.push(self.now, level, text.into())
    }

    /// The failed edit that retry and discard are about: that of the item under the cursor, else of a
    /// message on screen, else the newest of the contact under the cursor.
    pub(super) fn failed_edit(&self) -> Option<&Pending> {
        let failed = |pending: &&Pending| pending.progress.state() == PendingState::Failed;
        let under_cursor = self.opened.as_ref().and_then(|opened| match (self.focus, self.section) {
            (Focus::Section, Section::Tasks) => opened.task(&self.overlay).and_then(|(_, pending)| pending),
            (Focus::Section, Section::Notes) => opened.note(&self.overlay).and_then(super::opened::NoteLine::pending),
            (Focus::Contacts, _) | (Focus::Section, Section::Detail | Section::Appointments) => None,
        });
        let told = || {
            let about: Vec<EditId> = self.toasts.iter().rev().filter_map(|toast| toast.about).collect();
            about.into_iter().find_map(|id| self.overlay.iter().find(|p| p.id == Some(id)).filter(failed))
        };
        let of_contact = || {
            let contact = self.listing.selected.as_ref()?;
            self.overlay.iter().filter(|pending| pending.edit.contact() == contact).filter(failed).last()
        };
        under_cursor.filter(failed).or_else(told).or_else(of_contact)
    }
}
