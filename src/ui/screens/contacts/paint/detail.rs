//! Who the contact is: the fields people look for first, the others on demand.

use jiff::tz::TimeZone;
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{Contact, age, ago, value_text};
use crate::normalise;
use crate::text;
use crate::ui::state::layout::{Pane, Section};

use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::popup::scrolled;
use crate::ui::ink::{inside, mark};
use crate::ui::model::Model;
use crate::ui::screens::contacts::paint::pane::{badge, section_pane, waits};
use crate::ui::screens::contacts::state::panel::ContactPanel;
use crate::ui::screens::outbox::rules::progress;

const LABEL: usize = 9;

pub(crate) fn content(model: &Model, tabs: bool, area: Rect) -> PaneContent {
    let aside = model.listing.selected.as_ref().is_some_and(|id| model.merges.aside_in(id).is_some());
    let inner = inside(area);
    let top = model.opened.as_ref().map_or(0, |opened| opened.detail_top);
    let list = scrolled(lines(model, usize::from(inner.width)), top, usize::from(inner.height));
    let pane = section_pane(model, Section::Detail, tabs, candidates(model), list);
    PaneContent {
        title: if tabs { pane.title } else { heading(model) },
        right: if aside { candidates(model) } else { pane.right },
        below: freshness(model),
        ..pane
    }
}

/// How many lines the pane would show if it could.
pub(crate) fn detail_lines(model: &Model) -> usize {
    let area = model.layout().pane(Pane::Section(Section::Detail));
    area.map_or(0, |area| lines(model, usize::from(inside(area).width)).len())
}

fn heading(model: &Model) -> Line<'static> {
    let name = model.listing.selected.as_ref().map(|id| model.name_of(id)).unwrap_or_default();
    let name = if name.is_empty() { "Detail".to_owned() } else { name };
    let name = [Span::styled(text::cut(&name, 40).to_string(), model.theme.title.0)];
    name.into_iter().chain(badge(model, waits(model, Section::Detail))).collect()
}

/// Into whom it was merged; else how many others may be the same person, and the key that shows them.
fn candidates(model: &Model) -> Line<'static> {
    if let Some(merge) = model.listing.selected.as_ref().and_then(|id| model.merges.aside_in(id)) {
        let name = text::clean(&merge.plan.name()).into_owned();
        let name = if name.is_empty() { "another contact".to_owned() } else { name };
        return Line::styled(format!("merged into {}", text::cut(&name, 30)), model.theme.badge.0);
    }
    let others = model.listing.selected.as_ref().map_or(0, |contact| model.duplicates.others(contact));
    if others == 0 {
        return Line::default();
    }
    let key = model.key(Context::Main, Action::GoSuspects);
    let said = if others == 1 { "a duplicate?".to_owned() } else { format!("{others} duplicates?") };
    Line::styled(format!("≈ {said} {key}"), model.theme.dim.0)
}

/// How old the details are, once they are no longer new, and why no newer ones are here.
fn freshness(model: &Model) -> Line<'static> {
    let Some(details) = model.opened.as_ref().and_then(|opened| opened.details.as_ref()) else {
        return Line::default();
    };
    let Some(at) = details.fetched_at else { return Line::default() };
    match &details.failure {
        Some(failure) => {
            let why = text::clean(&failure.why);
            let key = model.keymap.key(Context::Main, Action::Refresh).unwrap_or_default();
            let said = format!("! as of {}: {} · {key} tries again", ago(at, model.now), text::cut(&why, 30));
            Line::styled(said, model.theme.warn.0)
        }
        None if age(at, model.now) == "now" => Line::default(),
        None => Line::styled(format!("as of {}", ago(at, model.now)), model.theme.dim.0),
    }
}

fn lines(model: &Model, width: usize) -> Vec<Line<'static>> {
    let Some(opened) = &model.opened else {
        return vec![Line::styled(" Choose a contact on the left.", model.theme.dim.0)];
    };
    let mut lines = match &opened.details {
        Some(details) => known(model, &model.overlay.contact(&details.contact), width),
        None => listed(model, width),
    };
    lines.extend(pending(model, opened, width));
    lines
}

/// What the list knows, while the details are on their way.
fn listed(model: &Model, width: usize) -> Vec<Line<'static>> {
    let Some(row) = model.selected_row() else { return Vec::new() };
    let fields =
        [("E-mail", row.email()), ("Phone", &normalise::grouped_phone(row.phone())), ("Company", row.company())];
    fields.into_iter().map(|(label, value)| field(model, label, &text::clean(value), width)).collect()
}

/// All that is known of the contact.
fn known(model: &Model, contact: &Contact, width: usize) -> Vec<Line<'static>> {
    let plain =
        |value: &Option<String>| value.as_deref().map(|text| text::clean(text).into_owned()).unwrap_or_default();
    let email = more(&plain(&contact.email), contact.additional_emails.len());
    let left = [
        ("Phone", more(&normalise::grouped_phone(&plain(&contact.phone)), contact.additional_phones.len())),
        ("Company", plain(&contact.company)),
        ("Local", contact_time(model, contact)),
    ];
    let right = [
        ("Owner", model.owner_name(contact.owner.as_ref())),
        ("Source", plain(&contact.source)),
        ("Added", contact.added.map(|at| date(model, at)).unwrap_or_default()),
    ];
    // An address that is cut is of no use: it has the whole width.
    let mut lines = vec![field(model, "E-mail", &email, width)];
    if width >= 56 {
        let (first, second) = (width * 11 / 20, width - width * 11 / 20);
        for ((label, value), (other, other_value)) in left.into_iter().zip(right) {
            let mut line = field(model, label, &value, first);
            line.spans.extend(field(model, other, &other_value, second).spans);
            lines.push(line);
        }
    } else {
        lines.extend(left.into_iter().chain(right).map(|(label, value)| field(model, label, &value, width)));
    }
    lines.push(field(model, "DND", &dnd(contact), width));
    let tags: Vec<String> = contact.tags.iter().map(|tag| text::clean(tag).into_owned()).collect();
    lines.push(field(model, "Tags", &tags.join(" · "), width));
    lines.push(field(model, "Address", &address(contact), width));
    lines.extend(if model.all_fields { others(model, contact, width) } else { custom_line(model, contact, width) });
    lines
}

/// ` Label    value`, padded to `width`; what is not there is a dash.
fn field(model: &Model, label: &str, value: &str, width: usize) -> Line<'static> {
    let room = width.saturating_sub(1 + LABEL + 1);
    let value = if value.trim().is_empty() { "—" } else { value };
    let style = if value == "—" { model.theme.dim.0 } else { model.theme.text.0 };
    Line::from(vec![
        Span::styled(format!(" {}", text::pad(label, LABEL)), model.theme.dim.0),
        Span::styled(format!("{} ", text::pad(&text::cut(value, room), room)), style),
    ])
}

fn more(first: &str, others: usize) -> String {
    if others == 0 { first.to_owned() } else { format!("{first}  +{others}") }
}

fn date(model: &Model, at: jiff::Timestamp) -> String {
    model.zone.to_datetime(at).strftime("%-d %b %Y").to_string()
}

/// `14:32 (Los Angeles)`.
fn contact_time(model: &Model, contact: &Contact) -> String {
    let Some(name) = &contact.time_zone else { return String::new() };
    let Ok(zone) = TimeZone::get(name) else { return String::new() };
    let city = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
    let wall = zone.to_datetime(model.now);
    let day = wall.date().duration_since(model.zone.to_datetime(model.now).date()).as_hours() / 24;
    let day = match day {
        0 => "",
        1.. => ", tomorrow",
        _ => ", yesterday",
    };
    format!("{}{day} ({})", model.hours().time(wall), text::clean(&city))
}

/// Which channels are off limits.
fn dnd(contact: &Contact) -> String {
    if contact.dnd.all {
        return "ON for everything".to_owned();
    }
    match &contact.dnd.channels {
        None => String::new(),
        Some(channels) => {
            let on: Vec<String> =
                channels.iter().filter(|(_, on)| *on).map(|(name, _)| text::clean(name).into_owned()).collect();
            if on.is_empty() { "off".to_owned() } else { format!("ON for {}", on.join(", ")) }
        }
    }
}

fn address(contact: &Contact) -> String {
    let parts = [&contact.address1, &contact.city, &contact.state, &contact.postal_code, &contact.country];
    let clean = parts.into_iter().flatten().map(|part| text::clean(part).trim().to_owned());
    clean.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn customs(model: &Model, contact: &Contact) -> Vec<(String, String)> {
    let named = contact.custom.iter().map(|custom| {
        let name = model.location.custom_field(&custom.id).map_or(custom.id.as_str(), |field| field.name.as_str());
        (text::clean(name).into_owned(), text::clean(&value_text(&custom.value)).into_owned())
    });
    named.filter(|(_, value)| !value.trim().is_empty()).collect()
}

/// As many custom fields as fit on a line, and how to see the others.
fn custom_line(model: &Model, contact: &Contact, width: usize) -> Vec<Line<'static>> {
    let all = customs(model, contact);
    let extra = contact.additional_emails.len() + contact.additional_phones.len();
    let hidden = extra + usize::from(contact.website.is_some()) + usize::from(contact.date_of_birth.is_some());
    if all.is_empty() && hidden == 0 {
        return vec![field(model, "Custom", "", width)];
    }
    let key = model.keymap.key(Context::Main, Action::AllFields).unwrap_or_default();
    let room = width.saturating_sub(1 + LABEL + 1);
    let said = |shown: usize| {
        let mut said =
            all[..shown].iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(" · ");
        let left = all.len() - shown + hidden;
        if left > 0 {
            said += if shown > 0 { "  " } else { "" };
            said.extend(["+", &left.to_string(), " more, ", &key, " shows"]);
        }
        said
    };
    let shown = (0..=all.len()).rev().find(|shown| text::width(&said(*shown)) <= room).unwrap_or(0);
    vec![field(model, "Custom", &said(shown), width)]
}

/// Everything else, one field a line.
fn others(model: &Model, contact: &Contact, width: usize) -> Vec<Line<'static>> {
    let clean = |text: &str| text::clean(text).into_owned();
    let mut fields: Vec<(String, String)> = Vec::new();
    fields.extend(contact.additional_emails.iter().map(|email| ("E-mail".to_owned(), clean(email))));
    fields.extend(
        contact
            .additional_phones
            .iter()
            .map(|phone| ("Phone".to_owned(), normalise::grouped_phone(&clean(phone)).into_owned())),
    );
    fields.extend(contact.website.iter().map(|website| ("Website".to_owned(), clean(website))));
    fields.extend(contact.date_of_birth.iter().map(|born| ("Born".to_owned(), clean(born))));
    if let Some(business) = &contact.business {
        let name = model.names.name(crate::protocol::Catalogue::Businesses, business.as_str());
        fields.push(("Business".to_owned(), clean(name.unwrap_or(business.as_str()))));
    }
    if !contact.followers.is_empty() {
        let names: Vec<String> = contact.followers.iter().map(|id| model.user_name(id)).collect();
        fields.push(("Followers".to_owned(), names.join(", ")));
    }
    let mut lines: Vec<Line<'static>> = fields.iter().map(|(label, value)| field(model, label, value, width)).collect();
    let customs = customs(model, contact);
    let names = customs.iter().map(|(name, _)| text::width(name)).max().unwrap_or(0).clamp(8, 24);
    lines.extend(customs.iter().map(|(name, value)| {
        let room = width.saturating_sub(names + 4);
        let label = text::pad(&text::cut(name, names), names);
        Line::from(vec![
            Span::styled(format!(" {label}  "), model.theme.dim.0),
            Span::raw(text::cut(value, room).to_string()),
        ])
    }));
    lines
}

/// The newest edit of this contact that is on its way or was refused.
fn pending(model: &Model, opened: &ContactPanel, width: usize) -> Option<Line<'static>> {
    let newest = model.overlay.of(&opened.contact).next_back()?;
    let (symbol, style) = mark(&model.theme, Some(newest.progress.state()));
    let what = text::clean(&newest.edit.intent()).into_owned();
    let how = progress(model, newest);
    let room = width.saturating_sub(4);
    let how = text::cut(&format!(" · {how}"), room.saturating_sub(text::width(&what)).max(room * 2 / 3)).into_owned();
    let what = text::cut(&what, room.saturating_sub(text::width(&how))).into_owned();
    Some(Line::from(vec![
        Span::styled(format!(" {symbol} "), style),
        Span::raw(what),
        Span::styled(how, model.theme.dim.0),
    ]))
}
