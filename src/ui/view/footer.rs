//! The two lines at the bottom: the newest message, and what the keys do here.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::text;

use super::super::layout::{Layout, Shape};
use super::super::model::{Focus, Model};
use super::super::toast::{Level, Toast};
use super::super::update::refusal;
use super::{put, row};

/// Paints the messages: the newest in its own line, older ones above it over the panes.
pub(super) fn paint_messages(model: &Model, layout: &Layout, buf: &mut Buffer) {
    for (n, toast) in model.toasts.iter().rev().enumerate() {
        let up = u16::try_from(n).unwrap_or(u16::MAX);
        let Some(y) = layout.status.y.checked_sub(up).filter(|y| *y > layout.header.y) else { return };
        let area = Rect { y, ..layout.status };
        if up > 0 {
            buf.set_string(area.x, y, " ".repeat(usize::from(area.width)), model.theme.text.0);
        }
        put(buf, area, &message(model, toast, usize::from(area.width)));
    }
}

fn message(model: &Model, toast: &Toast, width: usize) -> Line<'static> {
    let style = level_style(model, toast.level);
    let offers: String = toast
        .offers
        .iter()
        .filter_map(|action| Some((model.keymap.key(Context::Main, *action)?, action.short())))
        .flat_map(|(key, what)| ["  ".to_owned(), key, " ".to_owned(), what.to_owned()])
        .collect();
    // What can be done about it is never what gives way.
    let room = width.saturating_sub(4 + text::width(&offers));
    Line::from(vec![
        Span::styled(format!(" {} ", toast.level.symbol()), style),
        Span::styled(text::cut(&toast.text, room).into_owned(), style),
        Span::styled(offers, model.theme.key.0),
    ])
}

fn level_style(model: &Model, level: Level) -> Style {
    match level {
        Level::Queued => model.theme.accent.0,
        Level::Done => model.theme.good.0,
        Level::Hint => model.theme.dim.0,
        Level::Warn => model.theme.warn.0,
        Level::Bad => model.theme.bad.0,
    }
}

/// Paints what the keys do in the context that has the focus.
pub(super) fn paint_hints(model: &Model, area: Rect, buf: &mut Buffer) {
    let context = model.context();
    let last: &[Action] = if matches!(context, Context::Contacts) || model.focus == Focus::Section {
        &[Action::Help, Action::Quit]
    } else {
        &[]
    };
    let right = hints(model, context, last);
    let right_width = right.width();
    let room = usize::from(area.width).saturating_sub(right_width + 1);
    let mut left = Line::from(Span::raw(" "));
    for action in hinted(model, context) {
        let hint = hint(model, context, *action);
        if hint.width() > 0 && left.width() + hint.width() <= room {
            left.spans.extend(hint.spans);
        }
    }
    let area = row(area, 0);
    put(buf, area, &left);
    if right_width < usize::from(area.width) {
        let width = u16::try_from(right_width).unwrap_or(area.width);
        put(buf, Rect { x: area.right() - width, width, ..area }, &right);
    }
}

fn hints(model: &Model, context: Context, actions: &[Action]) -> Line<'static> {
    actions.iter().flat_map(|action| hint(model, context, *action).spans).collect()
}

/// `x done  `, dim where it would be refused.
fn hint(model: &Model, context: Context, action: Action) -> Line<'static> {
    let Some(key) = model.keymap.key(context, action) else { return Line::default() };
    let dead = refusal(model, action).is_some();
    let key_style = if dead { model.theme.dim.0 } else { model.theme.key.0 };
    // Leaving the composer loses nothing.
    let what = if (context, action) == (Context::Composer, Action::Cancel) { "keep as draft" } else { action.short() };
    Line::from(vec![Span::styled(key, key_style), Span::styled(format!(" {what}  "), model.theme.dim.0)])
}

/// The actions that are worth a place here, the most useful first.
fn hinted(model: &Model, context: Context) -> &'static [Action] {
    let single = matches!(model.layout().shape, Shape::Single | Shape::Stacked) || model.zoom;
    match context {
        Context::Contacts => &[
            Action::Down,
            Action::Up,
            Action::NextPane,
            Action::Filter,
            Action::Open,
            Action::AddNote,
            Action::Undo,
            Action::Sort,
            Action::Browse,
            Action::Zoom,
        ],
        Context::Tasks => &[
            Action::ToggleTask,
            Action::Undo,
            Action::Down,
            Action::Up,
            Action::NextPane,
            Action::AddNote,
            Action::Zoom,
            Action::Back,
        ],
        Context::Notes => &[
            Action::Open,
            Action::AddNote,
            Action::Undo,
            Action::Down,
            Action::Up,
            Action::NextPane,
            Action::Zoom,
            Action::Back,
        ],
        Context::Detail if single => {
            &[Action::NextSection, Action::AllFields, Action::NextPane, Action::Browse, Action::Zoom, Action::Back]
        }
        Context::Detail => &[
            Action::AllFields,
            Action::CopyEmail,
            Action::CopyPhone,
            Action::Browse,
            Action::NextPane,
            Action::Zoom,
            Action::Back,
        ],
        Context::Appointments => {
            &[Action::Down, Action::Up, Action::NextPane, Action::Browse, Action::Zoom, Action::Back]
        }
        Context::Filter => &[Action::Accept, Action::Cancel, Action::Down, Action::Up],
        // Its own frame says the rest.
        Context::Help => &[Action::Down, Action::Up],
        Context::Composer => &[Action::Send, Action::Cancel],
        Context::Reader => &[Action::Down, Action::Up, Action::Cancel],
        Context::Anywhere | Context::Main => &[],
    }
}
