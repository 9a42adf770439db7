//! The list of contacts: painted by visible rows only, whatever its length.

mod columns;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{Contact, age};
use crate::normalise;
use crate::protocol::{DraftKey, SyncState};
use crate::query::{self, Column, RowIx, RowRef, SortBy};
use crate::text;
use crate::ui::state::layout::Pane;

use crate::ui::ink::pane_content::{PaneContent, Words, rows_in};
use crate::ui::ink::{cells, clean_or, grouped, inside, lead, record_mark};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::filter::paint as filter;
use crate::ui::screens::contacts::paint::pane::badge;
use crate::ui::screens::contacts::paint::views;
use crate::ui::screens::contacts::rules::contact_of;

use columns::Laid;

/// Above the first contact: the filter and the names of the columns.
const HEAD: u16 = 2;
/// Where the pane has fewer rows inside, saved views are not shown.
const ROOM_FOR_VIEWS: u16 = 8;

fn head_rows(model: &Model, inside: u16) -> u16 {
    HEAD + u16::from(!model.views.all.is_empty() && inside >= ROOM_FOR_VIEWS)
}

/// Rows above the first contact: the filter, saved views where there are any, the names of the columns.
pub(crate) fn list_head(model: &Model) -> usize {
    let inside = model.height_of(Pane::Contacts);
    usize::from(head_rows(model, cells(inside)))
}

/// The columns that suit the screen.
pub(crate) fn usual_columns(model: &Model) -> Vec<Column> {
    Laid::new(None, width(model)).columns().map(|(column, _)| column).collect()
}

fn width(model: &Model) -> usize {
    model.layout().pane(Pane::Contacts).map_or(0, |area| usize::from(area.width.saturating_sub(2)))
}

/// How wide each column is now; as wide as suits it where it is not shown.
pub(crate) fn column_widths(model: &Model) -> impl Fn(Column) -> u16 + use<> {
    let width = width(model);
    let laid = Laid::new(model.listing.columns.as_ref(), width);
    move |column| match laid.width_of(column) {
        0 => cells(columns::natural(column, width)),
        shown => cells(shown),
    }
}

/// The pane, with rows for those contacts alone that are seen: it is painted with every key.
pub(crate) fn content(model: &Model, area: Rect) -> PaneContent {
    let (listing, inner) = (&model.listing, inside(area));
    let width = usize::from(inner.width);
    let columns = &Laid::new(listing.columns.as_ref(), width);
    let (filter, typing_at) = filter::line(model, width);
    let mut head = vec![filter];
    head.extend((head_rows(model, inner.height) > HEAD).then(|| views::line(model, width)));
    head.push(filter::misunderstood(model, width).unwrap_or_else(|| column_names(model, columns)));
    let line = |ix: &RowIx, here| contact(model, columns, *ix, here);
    let mut title = vec![Span::styled("Contacts", model.theme.title.0)];
    title.extend(badge(model, model.drafts.waiting(DraftKey::NewContact).is_some()));
    PaneContent {
        title: Line::from(title),
        right: Line::styled(counted(model, columns), model.theme.dim.0),
        focused: model.focused() == Pane::Contacts,
        list: listing.cursor.rows(listing.rows.iter(), rows_in(area, head.len()), line).or(nothing(model)),
        head,
        typing_at,
        ..PaneContent::default()
    }
}

/// `14 of 4,812 · by name`.
fn counted(model: &Model, columns: &Laid) -> String {
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
    if listing.opening.is_some() {
        format!("{} · opening…", grouped(all))
    } else if listing.filter.trim().is_empty() {
        format!("{} · by {order}", grouped(all))
    } else if listing.is_ranked() {
        let more = if listing.more { "+" } else { "" };
        format!("{}{more} of {} · best first", grouped(rows), grouped(all))
    } else {
        format!("{} of {} · by {order}", grouped(rows), grouped(all))
    }
}

/// By what the list is sorted. Which way is said where no column's head says it.
fn order(model: &Model, columns: &Laid) -> String {
    let sort = model.listing.sort;
    let said = |by: SortBy| match columns.width_of(by.column) {
        0 => format!("{} {}", by.column.label(), by.arrow()),
        _ => by.column.label().to_owned(),
    };
    let second = sort.second.map(|second| format!(", then {}", said(second))).unwrap_or_default();
    said(sort.first) + &second
}

/// What stands above a column.
fn title(column: Column) -> &'static str {
    match column {
        Column::Name => "Name",
        Column::Email => "E-mail",
        Column::Phone => "Phone",
        Column::Company => "Company",
        Column::City => "City",
        Column::Owner => "Owner",
        Column::Source => "Source",
        Column::Tags => "Tags",
        Column::Added => "Add",
        Column::Updated => "Upd",
    }
}

/// Ages stand below each other at their units, with a gap to what follows.
fn aged(shown: &str, width: usize, is_last: bool) -> String {
    let gap = usize::from(!is_last);
    let cut = text::cut(shown, width.saturating_sub(gap));
    format!("{}{cut}{}", " ".repeat(width.saturating_sub(gap + text::width(&cut))), " ".repeat(gap.min(width)))
}

fn column_names(model: &Model, columns: &Laid) -> Line<'static> {
    // `▲` for what is sorted by first, `▲²` for the second.
    let titled = |column: Column, width: usize| {
        let name = title(column);
        let sorted = model.listing.sort.of(column).filter(|_| !model.listing.is_ranked());
        let Some((by, is_second)) = sorted else { return name.to_owned() };
        let arrow = format!("{}{}", by.arrow(), if is_second { "²" } else { "" });
        let spaced = format!("{name} {arrow}");
        if text::width(&spaced) <= width { spaced } else { format!("{name}{arrow}") }
    };
    let mut line = "  ".to_owned();
    let count = columns.columns().len();
    for (at, (column, width)) in columns.columns().enumerate() {
        let name = titled(column, width);
        line += &match column {
            Column::Added | Column::Updated => aged(&name, width, at + 1 == count),
            _ => text::pad(&text::cut(&name, width), width),
        };
    }
    Line::styled(line, model.theme.dim.0)
}

fn contact(model: &Model, columns: &Laid, ix: RowIx, here: bool) -> Line<'static> {
    let theme = &model.theme;
    let shown = model.listing.shown.get(ix);
    // What an edit of ours left is seen before the list is matched again.
    let latest = &model.listing.latest;
    let same = Arc::ptr_eq(latest, &model.listing.shown);
    let contact = if same { shown } else { latest.find(shown.id()).map_or(shown, |ix| latest.get(ix)) };
    let over = model.overlay.touches_contact(contact.id()).then(|| model.overlay.contact(&contact_of(contact)));
    let marked = model.marks.has(contact.id());
    let lead = lead(here, if marked { '●' } else { ' ' });
    let mut spans = vec![Span::styled(lead, if marked { theme.accent.0 } else { theme.text.0 })];
    let count = columns.columns().len();
    for (at, (column, width)) in columns.columns().enumerate() {
        let age = |then: Option<Timestamp>| {
            let age = then.map(|then| age(then, model.now)).unwrap_or_default();
            Span::styled(aged(&age, width, at + 1 == count), theme.dim.0)
        };
        match column {
            Column::Name => name(model, contact, over.as_ref(), width, &mut spans),
            Column::Added => spans.push(age(contact.added())),
            Column::Updated => spans.push(age(contact.updated())),
            column => {
                let value = value(model, column, contact, over.as_ref());
                let clean = text::clean(&value);
                // Grouped where all of it fits: of a number, every digit counts.
                let grouped = (column == Column::Phone).then(|| normalise::grouped_phone(&clean));
                let fits = grouped.as_deref().filter(|grouped| text::width(grouped) < width);
                let shown = if clean.trim().is_empty() { "—" } else { fits.unwrap_or(&clean) };
                spans.push(Span::styled(cell(shown, width), theme.dim.0));
            }
        }
    }
    Line::from(spans)
}

/// What stands in a column of text: with the edits that are on their way, where there are any.
fn value<'a>(model: &Model, column: Column, contact: RowRef<'a>, over: Option<&Contact>) -> Cow<'a, str> {
    let of = |field: fn(&Contact) -> &Option<String>, listed: &'a str| match over {
        Some(over) => Cow::Owned(field(over).clone().unwrap_or_default()),
        None => Cow::Borrowed(listed),
    };
    match column {
        Column::Email => of(|contact| &contact.email, contact.email()),
        Column::Company => of(|contact| &contact.company, contact.company()),
        Column::Phone => of(|contact| &contact.phone, contact.phone()),
        Column::City => of(|contact| &contact.city, contact.city()),
        Column::Source => of(|contact| &contact.source, contact.source()),
        Column::Owner => {
            let owner = over.map_or(contact.owner(), |over| over.owner.as_ref());
            Cow::Owned(model.owner_name(owner))
        }
        Column::Tags => {
            Cow::Owned(over.map_or_else(|| contact.tags().collect::<Vec<_>>().join(","), |over| over.tags.join(",")))
        }
        // Painted in their own ways.
        Column::Name | Column::Added | Column::Updated => Cow::Borrowed(""),
    }
}

/// The mark of a contact that may be in the list twice.
const DOUBLED: &str = "≈";

/// Text in a column: cut to leave a gap to the next one.
fn cell(shown: &str, width: usize) -> String {
    text::pad(&text::cut(shown, width.saturating_sub(1)), width)
}

/// The name with the letters that the filter matched, and the mark of an edit on its way or a draft.
fn name(model: &Model, contact: RowRef<'_>, over: Option<&Contact>, width: usize, spans: &mut Vec<Span<'static>>) {
    let draft = model.drafts.of_contact(contact.id()).is_some();
    let (symbol, style) = record_mark(&model.theme, model.overlay.of_contact(contact.id()), draft);
    // Someone else may be the same person; an edit on its way is more urgent to know.
    let doubled = symbol == " " && model.duplicates.others(contact.id()) > 0;
    let (symbol, style) = if doubled { (DOUBLED, model.theme.dim.0) } else { (symbol, style) };
    let marked = if symbol == " " { 0 } else { 2 };
    let shown = over.map(|over| text::clean(&over.name()).into_owned()).filter(|name| !name.trim().is_empty());
    let shown = shown.unwrap_or_else(|| clean_or(contact.name(), "(no name)"));
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
fn nothing(model: &Model) -> Option<Words> {
    let listing = &model.listing;
    if !listing.rows.is_empty() {
        return None;
    }
    if !listing.latest.is_empty() && !listing.filter.is_empty() {
        // What could follow, or is wrong, may lie over a row of it, and Esc does not clear what is being typed.
        if matches!(model.mode, Mode::Filter(_)) {
            return Words::quiet("No contact matches.");
        }
        let (filter, esc) = (text::clean(&listing.filter), model.key(Context::Main, Action::Back));
        return Words::quiet(format!("No contact matches “{}”. {esc} clears the filter.", text::cut(&filter, 40)));
    }
    let loud = |said| Some(Words { said, loud: true });
    match &model.sync.state {
        SyncState::Listing(_) if model.sync.held => Words::quiet("Contacts load when the sync resumes."),
        SyncState::Listing(_) => Words::quiet("Loading contacts for the first time…"),
        SyncState::Cached { .. } => Words::quiet("Loading contacts…"),
        SyncState::Fresh { .. } if !listing.latest.is_empty() => None,
        SyncState::Fresh { .. } => {
            Words::quiet(format!("No contacts yet. Press {} to add one.", model.key(Context::Contacts, Action::New)))
        }
        SyncState::Offline { why, .. } => {
            loud(format!("Offline, and nothing is stored here yet: {}", text::clean(why)))
        }
        SyncState::Blocked { why } => {
            loud(format!("{}: {}. {}", text::clean(&why.what), text::clean(&why.why), text::clean(&why.next)))
        }
    }
}
