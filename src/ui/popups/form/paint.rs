//! A form: labels on the left, what is typed beside them, what is wrong right below.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::text;

use crate::ui::ink::popup::{self, centred, text_area, titled};
use crate::ui::ink::{before_cursor, cells, inside, pane, put, row};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::form::rules::{business_key, hints, new_tags};
use crate::ui::popups::form::state::{FieldKind, Form, FormField};
use crate::ui::state::layout::Layout;

const LABEL: usize = 15;

/// A row of the form, before it is known which of them are seen.
enum FormRow<'a> {
    Heading(&'static str),
    Field(usize, &'a FormField),
    /// Further rows of a field of several lines.
    More,
    Said(String, Style),
    /// What could be meant, and the key that takes the first or the chosen one.
    Suggested(String, Option<String>),
}

/// Paints the form; says where the text cursor belongs.
pub(crate) fn paint(model: &Model, layout: &Layout, buf: &mut Buffer) -> Option<Position> {
    let Mode::Form(form) = &model.mode else { return None };
    let theme = &model.theme;
    let items = items(model, form);
    let area = centred(layout.body, 92, cells(items.len()).saturating_add(2).max(8));
    popup::paint(titled(theme, &form.title, &hints(model, form), area), theme, area, buf);
    let inner = inside(area);
    let height = usize::from(inner.height);
    let here = items.iter().position(|item| matches!(item, FormRow::Field(at, _) if *at == form.at)).unwrap_or(0);
    let end = items
        .iter()
        .skip(here + 1)
        .take_while(|item| !matches!(item, FormRow::Heading(_) | FormRow::Field(..)))
        .count()
        + here;
    let top =
        (end + 1).saturating_sub(height).max(here.saturating_sub(height / 2)).min(items.len().saturating_sub(height));
    let mut cursor = None;
    for (n, item) in items.iter().enumerate().skip(top).take(height) {
        let line = row(inner, cells(n - top));
        match item {
            FormRow::Heading(heading) => put(buf, line, &Line::styled(format!(" {heading}"), model.theme.title.0)),
            FormRow::Field(at, field) => {
                let is_here = *at == form.at;
                let found = self::field(model, form, field, is_here, line, inner, buf);
                cursor = cursor.or(found);
            }
            FormRow::More => {}
            FormRow::Said(said, style) => {
                let room = usize::from(line.width).saturating_sub(LABEL + 5);
                let indent = " ".repeat(LABEL + 4);
                put(buf, line, &Line::styled(format!("{indent}{}", text::cut(said, room)), *style));
            }
            FormRow::Suggested(said, key) => {
                let key = key.as_ref().map(|key| format!("{key} ")).unwrap_or_default();
                let room = usize::from(line.width).saturating_sub(LABEL + 5 + text::width(&key));
                let said = Span::styled(text::cut(said, room).into_owned(), model.theme.accent.0);
                let key = Span::styled(key, model.theme.key.0);
                put(buf, line, &Line::from(vec![Span::raw(" ".repeat(LABEL + 4)), key, said]));
            }
        }
    }
    pane::scrollbar(inner, top, height, items.len(), model.theme.focus.0, buf);
    cursor
}

fn items<'a>(model: &Model, form: &'a Form) -> Vec<FormRow<'a>> {
    let mut items = Vec::new();
    if let Some(error) = &form.error {
        items.push(FormRow::Said(format!("✗ {}", text::clean(error)), model.theme.bad.0));
    }
    for (at, field) in form.fields.iter().enumerate() {
        items.extend(field.heading.map(FormRow::Heading));
        items.push(FormRow::Field(at, field));
        items.extend((1..field.rows()).map(|_| FormRow::More));
        let options = if at == form.at { field.options(model.form_context()) } else { Vec::new() };
        match (&field.error, &field.kind) {
            // What could still become right is helped, not blamed.
            _ if !options.is_empty() => {
                let key = form.offered(model.form_context());
                let key = key.map(|_| model.key(Context::Form, Action::TakeSuggestion));
                items.push(FormRow::Suggested(suggested(&options, form.option), key));
            }
            (Some(error), _) => items.push(FormRow::Said(format!("✗ {}", text::clean(error)), model.theme.bad.0)),
            (None, FieldKind::Fixed(by)) => {
                items.extend(by.words(business_key(model)).map(|why| FormRow::Said(why, model.theme.dim.0)));
            }
            (None, _) => {}
        }
        items.extend(new_tags(model, field).map(|said| FormRow::Said(said, model.theme.warn.0)));
    }
    items
}

/// The suggestions in a line, the chosen one marked; a long list moves along with it.
pub(crate) fn suggested(options: &[String], chosen: Option<usize>) -> String {
    let from = chosen.unwrap_or(0).saturating_sub(2);
    let shown = options
        .iter()
        .enumerate()
        .skip(from)
        .map(|(at, option)| if chosen == Some(at) { format!("▸{option}") } else { option.clone() });
    shown.collect::<Vec<_>>().join(" · ")
}

fn field(
    model: &Model,
    form: &Form,
    field: &FormField,
    is_here: bool,
    area: Rect,
    within: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    let theme = &model.theme;
    let label = if field.required { format!("{}*", field.label) } else { field.label.clone() };
    let mark = match (is_here, &field.error, field.is_changed()) {
        (true, ..) => Span::raw("▶ "),
        (false, Some(_), _) => Span::styled("✗ ", theme.bad.0),
        (false, None, true) => Span::styled("✎ ", theme.accent.0),
        (false, None, false) => Span::raw("  "),
    };
    let label_style = if is_here { theme.text.0 } else { theme.dim.0 };
    let label = text::pad(&text::cut(&text::clean(&label), LABEL), LABEL);
    put(buf, area, &Line::from(vec![mark, Span::styled(label, label_style)]));
    let left = cells(LABEL + 4).min(area.width);
    let input = Rect { x: area.x + left, width: area.width.saturating_sub(left + 1), ..area };
    match &field.kind {
        FieldKind::Toggle => {
            let on = field.text() == "on";
            let style = if on { theme.warn.0 } else { theme.dim.0 };
            put(buf, input, &Line::styled(if on { "[x] no messages" } else { "[ ]" }, style));
            is_here.then(|| Position::new(input.x.saturating_add(1), input.y))
        }
        FieldKind::Fixed(_) => {
            let text = field.text();
            let shown = if text.is_empty() { "—" } else { &text };
            put(buf, input, &Line::styled(text::cut(shown, usize::from(input.width)).into_owned(), theme.dim.0));
            None
        }
        FieldKind::Long => {
            let height = cells(field.rows()).min(within.bottom().saturating_sub(area.y));
            let at = text_area(field.input.clone(), theme, Rect { height, ..input }, buf);
            is_here.then_some(at)
        }
        _ => line_input(model, form, field, is_here, input, buf),
    }
}

/// A field of one line, shown from where its cursor is still seen, and behind it how it will be stored.
fn line_input(
    model: &Model,
    form: &Form,
    field: &FormField,
    is_here: bool,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    let typed = field.text();
    let before = before_cursor(&field.input);
    let room = usize::from(area.width).saturating_sub(1);
    let skip = if is_here { before.len() - text::tail(&before, room).len() } else { 0 };
    let seen = text::cut(typed.get(skip..).unwrap_or_default(), room).into_owned();
    let used = text::width(&seen);
    let echo = form.echo(field, model.form_context()).map(|echo| format!("  → {echo}")).unwrap_or_default();
    let style = if field.error.is_some() { model.theme.bad.0 } else { model.theme.text.0 };
    let mut spans = vec![Span::styled(seen, style)];
    if used + text::width(&echo) <= room {
        spans.push(Span::styled(echo, model.theme.dim.0));
    }
    put(buf, area, &Line::from(spans));
    is_here.then(|| {
        let x = area.x.saturating_add(cells(text::width(&before[skip..])));
        Position::new(x.min(area.right().saturating_sub(1)), area.y)
    })
}
