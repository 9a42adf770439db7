//! The tasks of the contact: open ones by what is due first, then done ones.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{Task, due};
use crate::text;
use crate::ui::state::layout::Section;

use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::{clean_or, inside, lead, task_mark};
use crate::ui::model::Model;
use crate::ui::screens::contacts::paint::pane::{nothing, rows, section_pane};
use crate::ui::screens::contacts::state::panel::TaskLine;
use crate::ui::state::list_cursor::ListCursor;

pub(crate) fn content(model: &Model, tabs: bool, area: Rect) -> PaneContent {
    let tasks = model.opened.as_ref().map(|opened| opened.task_lines(&model.overlay)).unwrap_or_default();
    let key = model.key(Context::Tasks, Action::New);
    let empty = if model.access.may_write() { format!("No tasks. {key} makes one.") } else { "No tasks.".into() };
    let place = model.opened.as_ref().map_or_else(ListCursor::default, |opened| opened.tasks.place);
    let right = counted(model, &tasks);
    let tasks: Vec<_> = tasks.into_iter().map(|line| (TaskWords::new(model, &line.value), line)).collect();
    let width = usize::from(inside(area).width);
    let widest = |of: fn(&TaskWords) -> usize, most: usize| {
        tasks.iter().map(|(words, _)| of(words)).max().unwrap_or(0).min(most)
    };
    let widths =
        [widest(|words| text::width(&words.due), 16), widest(|words| text::width(&words.who), width / 5), width];
    let line = |(words, task): &(TaskWords, TaskLine<'_>), here| line(model, task, words, widths, here);
    let list = rows(model, Section::Tasks, &tasks, place, area, line).or(nothing(model, "tasks", empty));
    section_pane(model, Section::Tasks, tabs, right, list)
}

/// The words of a task beside its title.
struct TaskWords {
    due: String,
    late: bool,
    who: String,
}

impl TaskWords {
    fn new(model: &Model, task: &Task) -> Self {
        let due = task.due.map(|at| due(at, task.completed, model.now, &model.zone, model.hours()));
        let late = due.as_ref().is_some_and(|due| due.late);
        let who = model.owner_name(task.assigned_to.as_ref());
        Self { due: due.map(|due| due.text).unwrap_or_default(), late, who }
    }
}

fn line(
    model: &Model,
    line: &TaskLine<'_>,
    words: &TaskWords,
    [due_width, who_width, width]: [usize; 3],
    here: bool,
) -> Line<'static> {
    let (theme, task) = (&model.theme, &line.value);
    let draft = model.drafts.of_task(&task.contact, line.target.as_ref()).is_some();
    let (symbol, style) = task_mark(theme, line.pending.map(|pending| pending.progress.state()), draft, words.late);
    let gap = |width: usize| if width == 0 { 0 } else { width + 2 };
    let room = width.saturating_sub(8 + gap(due_width) + gap(who_width) + 1);
    let title = clean_or(&task.title, "(no title)");
    let quiet = if task.completed { theme.dim.0 } else { theme.text.0 };
    let mut spans = vec![
        Span::raw(lead(here, ' ')),
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
