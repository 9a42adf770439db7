//! What lies over the panes: the note that is written or read, the list of keys, the keys that may follow.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
    text::{Line, Span},
    widgets::{BorderType, Clear, Widget},
};

use crate::config::{Action, Context};
use crate::text::{self, Emphasis};

use crate::ui::ink::pane::{self, Titles};
use crate::ui::ink::{cells, put, row};
use crate::ui::model::{HelpList, Model};
use crate::ui::popups::note::state::NoteEditor;
use crate::ui::popups::reader::state::TextReader;
use crate::ui::rules::matching_help;
use crate::ui::state::layout::{self, Layout};
use crate::ui::update::refusal;

/// The editor of a note; says where the text cursor belongs.
pub(crate) fn compose(model: &Model, composer: &NoteEditor, layout: &Layout, buf: &mut Buffer) -> Position {
    let area = centred(layout.body, 76, (layout.body.height * 2 / 3).clamp(8, 18));
    let whom = if composer.name.is_empty() { String::new() } else { format!(" for {}", composer.name) };
    let key = |action| model.key(Context::Composer, action);
    let (send, leave, editor) = (key(Action::Send), key(Action::Cancel), key(Action::External));
    let what = if composer.known.is_some() { "Edit note" } else { "Note" };
    let titles = Titles {
        left: Line::styled(text::cut(&format!("{what}{whom}"), 50).into_owned(), model.theme.title.0),
        right: Line::default(),
        below: keys(model, &[(&send, "send"), (&leave, "keep as draft"), (&editor, "editor")]),
    };
    Clear.render(area, buf);
    let inner = pane::boxed(BorderType::Thick, model.theme.focus.0, titles, area, buf);
    let mut field = composer.field.clone();
    field.set_cursor_line_style(Style::default());
    field.set_style(model.theme.text.0);
    // The terminal's own cursor is shown instead of a painted one.
    field.set_cursor_style(Style::default());
    if composer.field.lines().iter().all(String::is_empty) {
        field.set_placeholder_text("Write a note…");
        field.set_placeholder_style(model.theme.dim.0);
    }
    (&field).render(inner, buf);
    let at = field.screen_cursor();
    let (x, y) = (inner.x.saturating_add(cells(at.col)), inner.y.saturating_add(cells(at.row)));
    Position::new(x.min(inner.right().saturating_sub(1)), y.min(inner.bottom().saturating_sub(1)))
}

/// The area of a note that is read.
fn reader_area(body: Rect) -> Rect {
    centred(body, 90, body.height.saturating_sub(4).max(6))
}

/// Columns and rows for the text of a note that is read.
pub(crate) fn reader_room(size: (u16, u16)) -> (u16, usize) {
    let inner = layout::inside(reader_area(Rect::new(0, 0, size.0, size.1)));
    (inner.width.saturating_sub(2).max(1), usize::from(inner.height))
}

/// A note, whole.
pub(crate) fn read(model: &Model, reader: &TextReader, buf: &mut Buffer) {
    let area = reader_area(buf.area);
    let (width, height) = reader_room((buf.area.width, buf.area.height));
    let lines = reader.text.wrapped(width).lines;
    let (down, close) = (model.key(Context::Reader, Action::Down), model.key(Context::Reader, Action::Cancel));
    let more = lines.len() > height;
    let below: &[(&str, &str)] = if more { &[(&down, "more"), (&close, "close")] } else { &[(&close, "close")] };
    let titles = Titles {
        left: Line::styled(text::cut(&reader.title, 60).into_owned(), model.theme.title.0),
        right: Line::default(),
        below: keys(model, below),
    };
    Clear.render(area, buf);
    let inner = pane::boxed(BorderType::Thick, model.theme.focus.0, titles, area, buf);
    let text = Rect { x: inner.x.saturating_add(1), width: inner.width.saturating_sub(2), ..inner };
    for (n, line) in lines.iter().skip(reader.top).take(height).enumerate() {
        let spans = line.iter().map(|span| Span::styled(span.text.clone(), emphasis(model, span.emphasis)));
        put(buf, row(text, cells(n)), &spans.collect());
    }
    pane::scrollbar(inner, reader.top, height, lines.len(), model.theme.focus.0, buf);
}

fn emphasis(model: &Model, emphasis: Emphasis) -> Style {
    let mut style = if emphasis.link || emphasis.code { model.theme.accent.0 } else { model.theme.text.0 };
    for (on, modifier) in [
        (emphasis.bold, Modifier::BOLD),
        (emphasis.italic, Modifier::ITALIC),
        (emphasis.struck, Modifier::CROSSED_OUT),
        (emphasis.link, Modifier::UNDERLINED),
    ] {
        if on {
            style = style.add_modifier(modifier);
        }
    }
    style
}

/// Every key with what it does; says where the text cursor belongs.
pub(crate) fn help(model: &Model, help: &HelpList, layout: &Layout, buf: &mut Buffer) -> Position {
    let area = centred(layout.body, 84, layout.body.height.saturating_sub(2));
    let (run, close) = (model.key(Context::Help, Action::Accept), model.key(Context::Help, Action::Cancel));
    let titles = Titles {
        left: Line::styled("Keys", model.theme.title.0),
        right: Line::default(),
        below: keys(model, &[(&run, "do it"), (&close, "close")]),
    };
    Clear.render(area, buf);
    let inner = pane::boxed(BorderType::Thick, model.theme.focus.0, titles, area, buf);
    let typed = help.field.lines().concat();
    let prompt =
        if typed.is_empty() { Span::styled("type to search", model.theme.dim.0) } else { Span::raw(typed.clone()) };
    put(buf, row(inner, 0), &Line::from(vec![Span::raw(" "), prompt]));
    let list =
        Rect { y: inner.y.saturating_add(1).min(inner.bottom()), height: inner.height.saturating_sub(1), ..inner };
    let found = matching_help(model, help);
    if found.is_empty() {
        pane::words(model, "No key does that.", false, list, buf);
    }
    let height = usize::from(list.height);
    let offset = help.cursor.saturating_sub(height.saturating_sub(1));
    for (n, (at, (action, bound))) in found.iter().enumerate().skip(offset).take(height).enumerate() {
        let area = row(list, cells(n));
        put(buf, area, &help_line(model, *action, bound, usize::from(area.width)));
        if at == help.cursor {
            buf.set_style(area, model.theme.cursor.0);
        }
    }
    pane::scrollbar(list, offset, height, found.len(), model.theme.focus.0, buf);
    let before: String = typed.chars().take(help.field.cursor().1).collect();
    let x = inner.x.saturating_add(1 + cells(text::width(&before)));
    Position::new(x.min(inner.right().saturating_sub(1)), inner.y)
}

/// A disabled action stays in the list with its reason.
fn help_line(model: &Model, action: Action, bound: &[String], width: usize) -> Line<'static> {
    let why = refusal(model, action);
    let key_style = if why.is_some() { model.theme.dim.0 } else { model.theme.key.0 };
    let said = match &why {
        Some(why) => format!("{} — {why}", action.describe()),
        None => action.describe().to_owned(),
    };
    let style = if why.is_some() { model.theme.dim.0 } else { model.theme.text.0 };
    Line::from(vec![
        Span::styled(format!(" {}", text::pad(&bound.join("  "), 24)), key_style),
        Span::styled(text::cut(&said, width.saturating_sub(26)).into_owned(), style),
    ])
}

/// The keys that may follow the ones pressed.
pub(crate) fn next_keys(model: &Model, layout: &Layout, buf: &mut Buffer) {
    let next = model.keymap.next_keys(model.context(), &model.pressed);
    let widest = next.iter().map(|(key, action)| text::width(key) + 2 + text::width(action.describe())).max();
    let (width, height) = (cells(widest.unwrap_or(0)).saturating_add(4), cells(next.len()).saturating_add(2));
    let body = layout.body;
    let area = Rect {
        x: body.right().saturating_sub(width).max(body.x),
        y: body.bottom().saturating_sub(height).max(body.y),
        width: width.min(body.width),
        height: height.min(body.height),
    };
    let pressed: Vec<String> = model.pressed.iter().map(ToString::to_string).collect();
    let title = Line::styled(format!("{} …", pressed.join(" ")), model.theme.title.0);
    Clear.render(area, buf);
    let titles = Titles { left: title, right: Line::default(), below: Line::default() };
    let inner = pane::boxed(BorderType::Thick, model.theme.focus.0, titles, area, buf);
    for (n, (key, action)) in next.iter().enumerate() {
        let line = Line::from(vec![
            Span::styled(format!(" {key}  "), model.theme.key.0),
            Span::styled(action.describe(), model.theme.text.0),
        ]);
        put(buf, row(inner, cells(n)), &line);
    }
}

/// `^S send  Esc keep as draft`
pub(crate) fn keys(model: &Model, listed: &[(&str, &str)]) -> Line<'static> {
    let mut spans = Vec::new();
    for (n, (key, what)) in listed.iter().enumerate() {
        let gap = if n == 0 { "" } else { "  " };
        spans.push(Span::styled(format!("{gap}{key}"), model.theme.key.0));
        spans.push(Span::styled(format!(" {what}"), model.theme.dim.0));
    }
    Line::from(spans)
}

/// An area of at most this size in the middle.
pub(crate) fn centred(within: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(within.width), height.min(within.height));
    Rect { x: within.x + (within.width - width) / 2, y: within.y + (within.height - height) / 2, width, height }
}
