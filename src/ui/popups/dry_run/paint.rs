//! A value while it is typed, and the report of a dry run while it is read.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::Line,
};

use crate::config::{Action, Context};
use crate::domain::MergePlan;
use crate::protocol::BulkReport;
use crate::text;

use crate::ui::ink::pane;
use crate::ui::ink::{cells, grouped, put, row};
use crate::ui::model::Model;
use crate::ui::popups::choose::{open, prompt};
use crate::ui::popups::dry_run::state::DryRun;
use crate::ui::popups::popup::centred;
use crate::ui::popups::value::state::MergeValuePrompt;
use crate::ui::screens::duplicates::paint::queue::score;

use crate::ui::state::layout::{self, Layout};

/// The line in which a value is typed; says where the text cursor belongs.
pub(crate) fn typing(model: &Model, typing: &MergeValuePrompt, layout: &Layout, buf: &mut Buffer) -> Position {
    let area = centred(layout.body, 66, 4);
    let (accept, cancel) = (model.key(Context::Prompt, Action::Accept), model.key(Context::Prompt, Action::Cancel));
    let title = format!("{} of the one that stays", typing.field.label);
    let inner = open(model, area, &title, &[(&accept, "take it"), (&cancel, "leave it")], buf);
    let position = prompt(model, &typing.field.input, "empty it", inner, buf);
    let stored = typing.field.echo(model.around(), &typing.country, None);
    let below = match &typing.field.error {
        Some(why) => Line::styled(format!(" ! {why}"), model.theme.warn.0),
        None => Line::styled(stored.map(|stored| format!(" → {stored}")).unwrap_or_default(), model.theme.dim.0),
    };
    put(buf, row(inner, 1), &below);
    position
}

fn report_area(area: Rect) -> Rect {
    centred(area, 100, area.height.saturating_sub(4).max(8))
}

/// The rows of the report itself: below them the number is typed.
fn report_inner(area: Rect) -> Rect {
    let inner = layout::inside(report_area(area));
    Rect { height: inner.height.saturating_sub(2), ..inner }
}

/// How many lines the report has, and how many are seen.
pub(crate) fn report_room(model: &Model, run: &DryRun) -> (usize, usize) {
    let inner = report_inner(Rect::new(0, 0, model.size.0, model.size.1));
    (lines(model, run, usize::from(inner.width)).len(), usize::from(inner.height))
}

/// What merging many groups would do; says where the text cursor belongs.
pub(crate) fn dry_run(model: &Model, run: &DryRun, buf: &mut Buffer) -> Option<Position> {
    let area = if run.report.is_some() { report_area(buf.area) } else { centred(buf.area, 66, 3) };
    let key = |action| model.key(Context::Prompt, action);
    let (accept, cancel, down) = (key(Action::Accept), key(Action::Cancel), key(Action::Down));
    let mergeable = run.report.as_ref().is_some_and(|report| !report.plans.is_empty());
    let below: &[(&str, &str)] = if mergeable {
        &[(&accept, "merge them"), (&cancel, "leave it"), (&down, "more")]
    } else {
        &[(&cancel, "close")]
    };
    let inner = open(model, area, "Merge every group that the rule covers: dry run", below, buf);
    let body = if run.report.is_some() { report_inner(buf.area) } else { inner };
    let lines = lines(model, run, usize::from(body.width));
    let height = usize::from(body.height);
    let top = run.top.min(lines.len().saturating_sub(height));
    for (n, line) in lines.iter().skip(top).take(height).enumerate() {
        put(buf, row(body, cells(n)), line);
    }
    pane::scrollbar(body, top, height, lines.len(), model.theme.focus.0, buf);
    let last = row(inner, inner.height.saturating_sub(1));
    let report = run.report.as_ref().filter(|report| !report.plans.is_empty())?;
    let said = match &run.error {
        Some(why) => Line::styled(format!(" ! {why}"), model.theme.warn.0),
        None => Line::styled(format!(" Type {} to merge them all:", report.plans.len()), model.theme.title.0),
    };
    put(buf, row(inner, inner.height.saturating_sub(2)), &said);
    Some(prompt(model, &run.field, "their number", last, buf))
}

fn lines(model: &Model, run: &DryRun, width: usize) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let Some(report) = &run.report else {
        let (done, total) = run.looked_at;
        let said = format!(" Looking at {} groups… {} of {}", grouped(run.groups as u64), done, total);
        return vec![Line::styled(said, theme.dim.0)];
    };
    let mut lines: Vec<Line<'static>> = Vec::new();
    let mut say = |said: &str, style| {
        let parts = text::wrap_words(said, width.saturating_sub(2));
        lines.extend(parts.into_iter().map(|part| Line::styled(format!(" {part}"), style)));
    };
    if let Some(failure) = &report.failure {
        let (why, next) = (text::clean(&failure.why), text::clean(&failure.next));
        say(&format!("! Not everything could be found out: {why}. {next}"), theme.warn.0);
    }
    say(&sum(report), theme.title.0);
    let one = |plan: &MergePlan| {
        let name = |contact: &crate::domain::Contact| {
            let name = text::clean(&contact.name()).into_owned();
            if name.trim().is_empty() { "(no name)".to_owned() } else { name }
        };
        let losers: Vec<String> = plan.losers.iter().filter_map(|id| plan.seen(id)).map(name).collect();
        let survivor = plan.seen(&plan.survivor).map(name).unwrap_or_default();
        let sure = plan.score.map(|sure| format!("{} ", score(sure))).unwrap_or_default();
        let fields = plan.patch.labels();
        let fields = if fields.is_empty() { String::new() } else { format!(" · sets {}", fields.join(", ")) };
        let said = format!(" {sure}{survivor} ← {}{fields}", losers.join(", "));
        Line::raw(text::cut(&said, width.saturating_sub(1)).into_owned())
    };
    lines.extend(report.plans.iter().map(one));
    if !report.left_out.is_empty() {
        lines.push(Line::default());
        lines.push(Line::styled(
            format!(" Left out, to be looked at one by one: {}", report.left_out.len()),
            theme.title.0,
        ));
        for (members, name, why) in &report.left_out {
            let (name, why) = (text::clean(name), text::clean(why));
            let said = format!(" {name} ×{}: {why}", members.len());
            lines.push(Line::styled(text::cut(&said, width.saturating_sub(1)).into_owned(), theme.dim.0));
        }
    }
    lines
}

/// What all of it takes.
fn sum(report: &BulkReport) -> String {
    let count = |count: usize| grouped(count as u64);
    let losers: usize = report.plans.iter().map(|plan| plan.losers.len()).sum();
    match report.plans.len() {
        0 => "Nothing would be merged.".to_owned(),
        plans => format!(
            "{} merges: {} contacts set aside, {} notes and {} tasks copied, about {} requests (at least {} s).",
            count(plans),
            count(losers),
            count(report.notes),
            count(report.tasks),
            count(report.requests),
            count(report.requests.div_ceil(10)),
        ),
    }
}
