//! The tasks of the contact: open ones by what is due first, then done ones.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{Pending, Task, due};
use crate::text;
use crate::ui::state::layout::{Pane, Section};

use crate::ui::ink::pane::{self, Titles};
use crate::ui::ink::{cells, mark, put, row};
use crate::ui::model::Model;
use crate::ui::screens::contacts::paint::pane as contact_pane;
use crate::ui::screens::contacts::state::panel::TaskLine;

/// Paints the pane.
pub(crate) fn paint(model: &Model, tabs: bool, area: Rect, buf: &mut Buffer) {
    let here = Pane::Section(Section::Tasks);
    let tasks = model.opened.as_ref().map(|opened| opened.task_lines(&model.overlay)).unwrap_or_default();
    let right = if tabs { contact_pane::whose(model, tabs) } else { counted(model, &tasks) };
    let titles =
        Titles { left: contact_pane::section_title(model, Section::Tasks, tabs), right, below: Line::default() };
    let inner = contact_pane::frame(model, here, titles, area, buf);
    if let Some((said, bad)) = contact_pane::not_there(model, "tasks").filter(|_| tasks.is_empty()) {
        pane::words(&model.theme, &said, bad, inner, buf);
        return;
    }
    if tasks.is_empty() {
        let key = model.keymap.key(Context::Tasks, Action::New).unwrap_or_default();
        let said = if model.access.may_write() { format!("No tasks. {key} makes one.") } else { "No tasks.".into() };
        pane::words(&model.theme, &said, false, inner, buf);
        return;
    }
    let Some(opened) = &model.opened else { return };
    let lines: Vec<Words> = tasks.iter().map(|line| Words::new(model, &line.value)).collect();
    let widest = |of: fn(&Words) -> usize, most: usize| lines.iter().map(of).max().unwrap_or(0).min(most);
    let due_width = widest(|words| text::width(&words.due), 16);
    let who_width = widest(|words| text::width(&words.who), usize::from(inner.width) / 5);
    let height = usize::from(inner.height);
    let shown = tasks.iter().zip(&lines).enumerate().skip(opened.tasks.offset).take(height);
    for (n, (at, (task, words))) in shown.enumerate() {
        let area = row(inner, cells(n));
        let cursor = at == opened.tasks.at;
        let line =
            line(model, &task.value, task.pending, words, [due_width, who_width], cursor, usize::from(inner.width));
        put(buf, area, &line);
        if cursor && model.focused() == here {
            contact_pane::highlight(model, here, area, buf);
        }
    }
    let bar = if model.focused() == here { model.theme.focus.0 } else { model.theme.border.0 };
    pane::scrollbar(inner, opened.tasks.offset, height, tasks.len(), bar, buf);
}

/// The words of a task beside its title.
struct Words {
    due: String,
    late: bool,
    who: String,
}

impl Words {
    fn new(model: &Model, task: &Task) -> Self {
        let due = task.due.map(|at| due(at, task.completed, model.now, &model.zone));
        let late = due.as_ref().is_some_and(|due| due.late);
        let who = task.assigned_to.as_ref().map(|id| model.user_name(id)).unwrap_or_default();
        Self { due: due.map(|due| due.text).unwrap_or_default(), late, who }
    }
}

fn line(
    model: &Model,
    task: &Task,
    pending: Option<&Pending>,
    words: &Words,
    [due_width, who_width]: [usize; 2],
    cursor: bool,
    width: usize,
) -> Line<'static> {
    let theme = &model.theme;
    let (symbol, style) = match mark(&model.theme, pending.map(|pending| pending.progress.state())) {
        (" ", _) if words.late => ("!", theme.warn.0),
        marked => marked,
    };
    let gap = |width: usize| if width == 0 { 0 } else { width + 2 };
    let room = width.saturating_sub(8 + gap(due_width) + gap(who_width) + 1);
    let title = text::clean(&task.title);
    let title = if title.trim().is_empty() { "(no title)".into() } else { title };
    let quiet = if task.completed { theme.dim.0 } else { theme.text.0 };
    let here = cursor && model.focused() == Pane::Section(Section::Tasks);
    let mut spans = vec![
        Span::raw(if here { "▶ " } else { "  " }),
        Span::styled(if task.completed { "[x]" } else { "[ ]" }, quiet),
        Span::raw(" "),
        Span::styled(symbol, style),
        Span::raw(" "),
        Span::styled(text::pad(&text::cut(&title, room), room), quiet),
    ];
    if due_width > 0 {
        let style = if words.late { theme.warn.0 } else { theme.dim.0 };
        spans.push(Span::styled(format!("  {}", text::pad(&words.due, due_width)), style));
    }
    if who_width > 0 {
        spans.push(Span::styled(format!("  {}", text::pad(&text::cut(&words.who, who_width), who_width)), theme.dim.0));
    }
    Line::from(spans)
}

fn counted(model: &Model, tasks: &[TaskLine<'_>]) -> Line<'static> {
    let open = tasks.iter().filter(|line| !line.value.completed).count();
    let is_late = |task: &Task| !task.completed && task.due.is_some_and(|at| at < model.now);
    let late = tasks.iter().filter(|line| is_late(&line.value)).count();
    if tasks.is_empty() {
        return Line::default();
    }
    let mut spans = vec![Span::styled(format!("{open} open"), model.theme.dim.0)];
    if late > 0 {
        spans.push(Span::styled(" · ", model.theme.dim.0));
        spans.push(Span::styled(format!("{late} late"), model.theme.warn.0));
    }
    Line::from(spans)
}
