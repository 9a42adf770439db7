//! The list of contacts: painted by visible rows only, whatever its length.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{Contact, age};
use crate::protocol::SyncState;
use crate::query::{self, By, Column, RowIx, RowRef};
use crate::text;

use super::super::model::{Model, Pane};
use super::super::review::of_row;
use super::filter;
use super::pane::{self, Titles};
use super::{LIST_HEAD, cells, grouped, mark, put, row};

/// How wide each column is; 0 where there is no room for it.
#[derive(Clone, Copy, Debug)]
struct Columns {
    name: usize,
    email: usize,
    company: usize,
    phone: usize,
    tags: usize,
    updated: usize,
}

impl Columns {
    /// Columns drop in the order company, e-mail, phone, tags, updated.
    fn new(width: usize) -> Self {
        const MARKER: usize = 2;
        let updated = if width >= 30 { 5 } else { 0 };
        let tags = match width {
            ..40 => 0,
            40..60 => 10,
            60..90 => 16,
            _ => 22,
        };
        let phone = if width >= 50 { 17 } else { 0 };
        let email = if width >= 96 { 28 } else { 0 };
        let company = if width >= 120 { 22 } else { 0 };
        let name = width.saturating_sub(MARKER + updated + tags + phone + email + company);
        Self { name, email, company, phone, tags, updated }
    }

    /// How wide a column is that can be sorted by; 0 where it is not shown.
    fn width_of(self, column: Column) -> usize {
        match column {
            Column::Name => self.name,
            Column::Email => self.email,
            Column::Company => self.company,
            Column::Phone => self.phone,
            Column::Tags => self.tags,
            Column::Updated => self.updated,
            Column::City | Column::Owner | Column::Source | Column::Added => 0,
        }
    }
}

/// Paints the pane; where a filter is typed, says where the text cursor belongs.
pub(super) fn paint(model: &Model, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let columns = Columns::new(usize::from(area.width.saturating_sub(2)));
    let titles = Titles {
        left: Line::styled("Contacts", model.theme.title.0),
        right: Line::styled(counted(model, columns), model.theme.dim.0),
        below: Line::default(),
    };
    let inner = pane::frame(model, Pane::Contacts, titles, area, buf);
    let cursor = filter::line(model, row(inner, 0), buf);
    match filter::misunderstood(model, usize::from(inner.width)) {
        Some(told) => put(buf, row(inner, 1), &told),
        None => head(model, columns, row(inner, 1), buf),
    }
    let list = Rect {
        y: inner.y.saturating_add(LIST_HEAD).min(inner.bottom()),
        height: inner.height.saturating_sub(LIST_HEAD),
        ..inner
    };
    let listing = &model.listing;
    if listing.rows.is_empty() {
        let (said, bad) = nothing(model);
        pane::words(model, &said, bad, list, buf);
        filter::paint_offers(model, inner, buf);
        return cursor;
    }
    let height = usize::from(list.height);
    let visible = listing.rows.iter().enumerate().skip(listing.offset).take(height);
    for (n, (at, ix)) in visible.enumerate() {
        let line = row(list, cells(n));
        contact(model, columns, *ix, at == listing.cursor, line, buf);
        if at == listing.cursor {
            pane::highlight(model, Pane::Contacts, line, buf);
        }
    }
    let bar = if model.focused() == Pane::Contacts { model.theme.focus.0 } else { model.theme.border.0 };
    pane::scrollbar(list, listing.offset, height, listing.rows.len(), bar, buf);
    filter::paint_offers(model, inner, buf);
    cursor
}

/// `14 of 4,812 · by name`.
fn counted(model: &Model, columns: Columns) -> String {
    let listing = &model.listing;
    if !listing.is_answered() {
        return String::new();
    }
    let (rows, all) = (listing.rows.len() as u64, listing.present() as u64);
    let order = order(model, columns);
    if !model.marks.is_empty() {
        let (marked, rows) = (grouped(model.marks.len() as u64), grouped(rows));
        return format!("{marked} marked · {rows} listed");
    }
    if listing.filter.trim().is_empty() {
        format!("{} · by {order}", grouped(all))
    } else if listing.is_ranked() {
        format!("{} of {} · best first", grouped(rows), grouped(all))
    } else {
        format!("{} of {} · by {order}", grouped(rows), grouped(all))
    }
}

/// By what the list is sorted. Which way is said where no column's head says it.
fn order(model: &Model, columns: Columns) -> String {
    let sort = model.listing.sort;
    let said = |by: By| match columns.width_of(by.column) {
        0 => format!("{} {}", by.column.label(), by.arrow()),
        _ => by.column.label().to_owned(),
    };
    let second = sort.second.map(|second| format!(", then {}", said(second))).unwrap_or_default();
    said(sort.first) + &second
}

fn head(model: &Model, columns: Columns, area: Rect, buf: &mut Buffer) {
    // `▲` for what is sorted by first, `▲²` for the second.
    let titled = |column: Column, name: &str| {
        let sorted = model.listing.sort.of(column).filter(|_| !model.listing.is_ranked());
        let Some((by, is_second)) = sorted else { return name.to_owned() };
        let arrow = format!("{}{}", by.arrow(), if is_second { "²" } else { "" });
        let spaced = format!("{name} {arrow}");
        if text::width(&spaced) <= columns.width_of(column) { spaced } else { format!("{name}{arrow}") }
    };
    let mut line = format!("  {}", text::pad(&titled(Column::Name, "Name"), columns.name));
    for (column, name) in
        [(Column::Email, "E-mail"), (Column::Company, "Company"), (Column::Phone, "Phone"), (Column::Tags, "Tags")]
    {
        let width = columns.width_of(column);
        if width > 0 {
            line.push_str(&text::pad(&titled(column, name), width));
        }
    }
    if columns.updated > 0 {
        let name = titled(Column::Updated, "Upd");
        line += &" ".repeat(columns.updated.saturating_sub(text::width(&name)));
        line += &name;
    }
    put(buf, area, &Line::styled(line, model.theme.dim.0));
}

fn contact(model: &Model, columns: Columns, ix: RowIx, here: bool, area: Rect, buf: &mut Buffer) {
    let theme = &model.theme;
    let shown = model.listing.shown.get(ix);
    // What an edit of ours left is seen before the list is matched anew.
    let latest = &model.listing.latest;
    let contact = latest.find(shown.id()).map_or(shown, |ix| latest.get(ix));
    let over = model.overlay.touches_contact(contact.id()).then(|| model.overlay.contact(&of_row(contact)));
    let marked = model.marks.has(contact.id());
    let lead = match (here, marked) {
        (true, true) => "▶●",
        (true, false) => "▶ ",
        (false, true) => " ●",
        (false, false) => "  ",
    };
    let mut spans = vec![Span::styled(lead, if marked { theme.accent.0 } else { theme.text.0 })];
    name(model, contact, over.as_ref(), columns.name, &mut spans);
    let mut column = |text: &str, width: usize| {
        if width > 0 {
            let clean = text::clean(text);
            let shown = if clean.trim().is_empty() { "—" } else { &*clean };
            spans.push(Span::styled(cell(shown, width), theme.dim.0));
        }
    };
    let of = |field: fn(&Contact) -> &Option<String>, listed: &str| match &over {
        Some(over) => field(over).clone().unwrap_or_default(),
        None => listed.to_owned(),
    };
    column(&of(|contact| &contact.email, contact.email()), columns.email);
    column(&of(|contact| &contact.company, contact.company()), columns.company);
    column(&of(|contact| &contact.phone, contact.phone()), columns.phone);
    let tags = over.as_ref().map_or_else(|| contact.tags().collect::<Vec<_>>().join(","), |over| over.tags.join(","));
    column(&tags, columns.tags);
    if columns.updated > 0 {
        let age = contact.updated().map(|at| age(at, model.now)).unwrap_or_default();
        spans.push(Span::styled(format!("{age:>width$}", width = columns.updated), theme.dim.0));
    }
    put(buf, area, &Line::from(spans));
}

/// The mark of a contact that may be in the list twice.
const DOUBLED: &str = "≈";

/// Text in a column: cut to leave a gap to the next one.
fn cell(shown: &str, width: usize) -> String {
    text::pad(&text::cut(shown, width.saturating_sub(1)), width)
}

/// The name with the letters that the filter matched, and the mark of an edit on its way.
fn name(model: &Model, contact: RowRef<'_>, over: Option<&Contact>, width: usize, spans: &mut Vec<Span<'static>>) {
    let (symbol, style) = mark(model, model.overlay.of_contact(contact.id()));
    // Somebody else may be the same person; an edit on its way is more urgent to know.
    let doubled = symbol == " " && model.suspects.others(contact.id()) > 0;
    let (symbol, style) = if doubled { (DOUBLED, model.theme.dim.0) } else { (symbol, style) };
    let marked = if symbol == " " { 0 } else { 2 };
    let shown = over.map(|over| text::clean(&over.name()).into_owned()).filter(|name| !name.trim().is_empty());
    let shown = shown.unwrap_or_else(|| pane::row_name(contact));
    let shown = text::cut(&shown, width.saturating_sub(1 + marked)).to_string();
    let hits = if model.listing.filter.is_empty() || over.is_some() {
        Vec::new()
    } else {
        query::highlights(contact, &model.listing.query)
    };
    let used = text::width(&shown) + marked;
    if model.overlay.contact_deleted(contact.id()) {
        // On its way out.
        spans.push(Span::styled(shown, model.theme.dim.0.add_modifier(Modifier::CROSSED_OUT)));
    } else {
        spans.extend(emphasised(&shown, &hits, model.theme.hit.0));
    }
    if marked > 0 {
        spans.push(Span::raw(" "));
        spans.push(Span::styled(symbol, style));
    }
    spans.push(Span::raw(" ".repeat(width.saturating_sub(used))));
}

/// Splits text at the given byte ranges; those that do not lie on characters of it are left out.
fn emphasised(shown: &str, hits: &[Range<usize>], hit: Style) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut from = 0;
    for range in hits {
        let (Some(before), Some(inside)) = (shown.get(from..range.start), shown.get(range.clone())) else { break };
        if !before.is_empty() {
            spans.push(Span::raw(before.to_owned()));
        }
        spans.push(Span::styled(inside.to_owned(), hit));
        from = range.end;
    }
    spans.push(Span::raw(shown.get(from..).unwrap_or_default().to_owned()));
    spans
}

/// What is said where no contact is listed.
fn nothing(model: &Model) -> (String, bool) {
    let listing = &model.listing;
    let esc = model.keymap.key(Context::Main, Action::Back).unwrap_or_default();
    if !listing.latest.is_empty() && !listing.filter.is_empty() {
        let filter = text::clean(&listing.filter).into_owned();
        return (format!("No contact matches “{}”. {esc} clears the filter.", text::cut(&filter, 40)), false);
    }
    match &model.sync {
        SyncState::Listing { .. } => ("Fetching the contacts for the first time…".to_owned(), false),
        SyncState::Cached { .. } => ("Opening the contacts…".to_owned(), false),
        SyncState::Fresh { .. } if !listing.latest.is_empty() => (String::new(), false),
        SyncState::Fresh { .. } => ("This location has no contacts yet.".to_owned(), false),
        SyncState::Offline { why, .. } => {
            (format!("Offline, and nothing is stored here yet: {}", text::clean(why)), true)
        }
        SyncState::Blocked { why } => {
            (format!("{}: {}. {}", text::clean(&why.what), text::clean(&why.why), text::clean(&why.next)), true)
        }
    }
}
