//! The location's open tasks by day.

use jiff::civil::Date;
use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
};

use crate::config::{Action, Context};
use crate::domain::{ContactId, UserId, age, due};
use crate::protocol::Reading;
use crate::text;

use crate::ui::ink::pane_content::{PaneContent, Words, rows_in};
use crate::ui::ink::{clean_or, grouped, inside, lead, task_mark};
use crate::ui::model::Model;
use crate::ui::popups::search::paint as search;
use crate::ui::screens::open_tasks::state::{Day, Line as ListLine, Todo};

/// How late a task is, or how an appointment stands.
const STATE: usize = 9;

/// The columns of a list of tasks from the title on; 0 wide where there is no room for one.
#[derive(Clone, Copy)]
pub(crate) struct TaskColumns {
    title: usize,
    whom: usize,
    owner: usize,
}

impl TaskColumns {
    /// What stands before the title takes `lead` cells. The contact is named in lists of at least `whom` cells.
    pub(crate) fn new(width: usize, lead: usize, whom: usize, owner: usize) -> Self {
        let whom = if width >= whom { (width / 4).min(28) } else { 0 };
        let owner = owner.min(18);
        let gaps = 2 + 2 * usize::from(owner > 0) + 2 * usize::from(whom > 0);
        Self { title: width.saturating_sub(lead + STATE + owner + whom + gaps), whom, owner }
    }

    pub(crate) fn spans(
        self,
        model: &Model,
        (title, look): (&str, Style),
        contact: &ContactId,
        (state, style): (&str, Style),
        owner: Option<&UserId>,
    ) -> Vec<Span<'static>> {
        let dim = model.theme.dim.0;
        let title = text::pad(&text::cut(title, self.title), self.title);
        // The blank behind a title is not struck through.
        let (title, rest) = title.split_at(title.trim_end().len());
        let mut spans = vec![Span::styled(title.to_owned(), look), Span::raw(rest.to_owned())];
        if self.whom > 0 {
            let name = model.name_of(contact);
            let (name, style) = if name.is_empty() { ("(unknown contact)", dim) } else { (&*name, model.theme.text.0) };
            let name = text::pad(&text::cut(name, self.whom), self.whom);
            spans.extend([Span::raw("  "), Span::styled(name, style)]);
        }
        spans.extend([Span::raw("  "), Span::styled(text::pad(&text::cut(state, STATE), STATE), style)]);
        if self.owner > 0 {
            let owner = model.owner_name(owner);
            spans.extend([Span::raw("  "), Span::styled(text::cut(&owner, self.owner).into_owned(), dim)]);
        }
        spans
    }
}

pub(crate) fn content(model: &Model, area: Rect) -> PaneContent {
    let open_tasks = &model.open_tasks;
    let room = usize::from(area.width).saturating_sub(4 + "  Tasks  ".len());
    let width = usize::from(inside(area).width);
    let (filter, typing_at) = search::line(model, Context::Backlog, &open_tasks.filter, width);
    // Cursor, box, mark of an edit.
    let columns = TaskColumns::new(width, 8, 46, if width >= 70 { width / 7 } else { 0 });
    let line = |line: &ListLine, here| match line {
        ListLine::Day(day, count) => heading(model, *day, *count),
        ListLine::Task(task) => todo(model, task, columns, here),
    };
    PaneContent {
        title: Line::styled("Tasks", model.theme.title.0),
        right: status(model, room),
        focused: true,
        head: vec![filter],
        list: open_tasks.place.rows(open_tasks.lines.iter(), rows_in(area, 1), line).or(Some(nothing(model))),
        typing_at,
        ..PaneContent::default()
    }
}

/// How many there are and how well that is known: the longest of its forms that there is room for.
fn status(model: &Model, room: usize) -> Line<'static> {
    let (theme, open_tasks) = (&model.theme, &model.open_tasks);
    let count = |count: usize| grouped(count as u64);
    let listed = open_tasks.listed();
    let counts = if open_tasks.marks() > 0 {
        format!("{} marked · {} listed", count(open_tasks.marks()), count(listed))
    } else if open_tasks.filter.is_on() {
        format!("{} of {} open", count(listed), count(open_tasks.open))
    } else if open_tasks.late > 0 {
        format!("{} open · {} late", count(open_tasks.open), count(open_tasks.late))
    } else {
        format!("{} open", count(open_tasks.open))
    };
    let old = open_tasks.fetched_at.map(|at| age(at, model.now));
    let (forms, style) = match &open_tasks.reading {
        Reading::Running { done, before } => {
            let of = before.map(|before| format!(" of about {}", count(before))).unwrap_or_default();
            let reading = if *done == 0 { "reading…".to_owned() } else { format!("reading {}{of}", count(*done)) };
            (vec![format!("{counts} · {reading}"), counts], theme.dim.0)
        }
        Reading::Idle => match old.as_deref() {
            None => (vec![format!("{counts} · only of contacts you opened"), counts], theme.dim.0),
            Some("now") => (vec![format!("{counts} · up to date"), counts], theme.dim.0),
            Some(old) => (vec![format!("{counts} · {old} ago"), counts], theme.dim.0),
        },
        Reading::Failed(failure) => {
            let why = text::clean(&failure.why);
            let old = old.unwrap_or_else(|| "never".to_owned());
            let long = format!("{counts} · not read: {why} · data {old}");
            (vec![long, format!("{counts} · not read · data {old}"), format!("not read · data {old}")], theme.warn.0)
        }
        Reading::Missing(scope) => {
            let long = format!("{counts} · only of contacts you opened: the token lacks the scope {scope}");
            let short = format!("only of contacts you opened: no {scope}");
            (vec![long, short, format!("lacks {scope}")], theme.warn.0)
        }
    };
    let fits = forms.into_iter().find(|form| text::width(form) <= room).unwrap_or_default();
    Line::styled(fits, style)
}

/// What is said in place of an empty list.
fn nothing(model: &Model) -> Words {
    let open_tasks = &model.open_tasks;
    let key = |action| model.key(Context::Backlog, action);
    let (said, loud) = match &open_tasks.reading {
        _ if open_tasks.filter.is_on() && open_tasks.open > 0 => {
            (format!("No open task matches. {} shows all.", key(Action::Back)), false)
        }
        Reading::Running { .. } if open_tasks.fetched_at.is_none() => ("Reading the open tasks…".to_owned(), false),
        Reading::Failed(failure) if open_tasks.fetched_at.is_none() => {
            let (why, next) = (text::clean(&failure.why), text::clean(&failure.next));
            (format!("The open tasks could not be read: {why}. {next}"), true)
        }
        Reading::Missing(scope) => (
            format!(
                "The token lacks the scope {scope}: only tasks of contacts you opened can be listed, and none of those is \
                 open. Add the scope to the private integration in the location's settings, then press {}.",
                key(Action::Refresh)
            ),
            true,
        ),
        _ if open_tasks.fetched_at.is_none() => (String::new(), false),
        _ => {
            let (tasks, new) = (model.key(Context::Main, Action::GoTasks), model.key(Context::Tasks, Action::New));
            (format!("No open tasks. Add one from a contact ({tasks}, {new})."), false)
        }
    };
    Words { said, loud }
}

/// A day as a heading names it: `Today · Tue 24 Nov`, with the year where it is not this one.
pub(crate) fn day_words(model: &Model, date: Date) -> String {
    let today = model.zone.to_datetime(model.now).date();
    let days = today.until(date).map_or(i32::MAX, |span| span.get_days());
    let form = if date.year() == today.year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    let date = date.strftime(form);
    match days {
        -1 => format!("Yesterday · {date}"),
        0 => format!("Today · {date}"),
        1 => format!("Tomorrow · {date}"),
        _ => date.to_string(),
    }
}

fn heading(model: &Model, day: Day, count: usize) -> Line<'static> {
    let theme = &model.theme;
    let (said, style) = match day {
        Day::Late => ("Late".to_owned(), theme.warn.0),
        Day::Never => ("No date".to_owned(), theme.title.0),
        Day::On(date) => (day_words(model, date), theme.title.0),
    };
    headline(model, said, style, count)
}

/// The line above what stands on a day, and how much that is.
pub(crate) fn headline(model: &Model, said: String, style: Style, count: usize) -> Line<'static> {
    let count = if count == 0 { String::new() } else { format!("  {}", grouped(count as u64)) };
    Line::from(vec![Span::raw(" "), Span::styled(said, style), Span::styled(count, model.theme.dim.0)])
}

fn todo(model: &Model, todo: &Todo, columns: TaskColumns, here: bool) -> Line<'static> {
    let (theme, task) = (&model.theme, &todo.value);
    let words = task.due.map(|at| due(at, task.completed, model.now, &model.zone, model.hours()));
    let late = words.as_ref().is_some_and(|words| words.late);
    let draft = model.drafts.of_task(&task.contact, todo.target.as_ref()).is_some();
    let (symbol, style) = task_mark(theme, todo.state, draft, late);
    let title = clean_or(&task.title, "(no title)");
    let look = if task.completed { theme.dim.0.add_modifier(Modifier::CROSSED_OUT) } else { theme.text.0 };
    let quiet = theme.dim.0;
    // The heading says the day.
    let time = |at| model.hours().time(model.zone.to_datetime(at));
    let when = match (words, task.due) {
        (Some(words), _) if words.late => words.text,
        (_, Some(at)) if at < model.now => format!("{} ago", age(at, model.now)),
        (_, at) => at.map(time).unwrap_or_default(),
    };
    let marked = model.open_tasks.is_marked(todo);
    let lead = lead(here, if marked { '●' } else { ' ' });
    let mut spans = vec![
        Span::styled(lead, if marked { theme.accent.0 } else { theme.text.0 }),
        Span::styled(if task.completed { "[x]" } else { "[ ]" }, if task.completed { quiet } else { theme.text.0 }),
        Span::raw(" "),
        Span::styled(symbol, style),
        Span::raw(" "),
    ];
    let state = (&*when, if late { theme.warn.0 } else { quiet });
    spans.extend(columns.spans(model, (&title, look), &task.contact, state, task.assigned_to.as_ref()));
    Line::from(spans)
}
