//! The report of a dry run, and the line in which the number of merges is typed.

use ratatui::{layout::Rect, text::Line};

use crate::config::{Action, Context, Theme};
use crate::domain::{Contact, MergePlan};
use crate::protocol::BulkReport;
use crate::text;

use crate::ui::ink::pane_content::PaneContent;
use crate::ui::ink::popup::{centred, scrolled, titled};
use crate::ui::ink::{clean_or, counted, grouped, inside};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::confirm::paint::how_many;
use crate::ui::screens::duplicates::paint::queue::score;
use crate::ui::state::layout::Layout;

/// Below the report: what to type, and the line to type it in.
const FOOT: u16 = 2;

fn area(screen: Rect) -> Rect {
    centred(screen, 100, screen.height.saturating_sub(4).max(8))
}

/// The lines of the report, and how many of them are seen at once.
pub(crate) fn lines(model: &Model, report: &BulkReport, screen: Rect) -> (Vec<Line<'static>>, usize) {
    let inner = inside(area(screen));
    (report_lines(&model.theme, report, usize::from(inner.width)), usize::from(inner.height.saturating_sub(FOOT)))
}

pub(crate) fn content(model: &Model, layout: &Layout) -> Option<(Rect, PaneContent)> {
    const TITLE: &str = "Merge all safe groups (dry run)";
    let Mode::DryRun(run) = &model.mode else { return None };
    let theme = &model.theme;
    let key = |action| model.key(Context::Prompt, action);
    let Some(report) = &run.report else {
        let area = centred(layout.area, 66, 3);
        let mut content = titled(theme, TITLE, &[(key(Action::Cancel), "close")], area);
        let (done, total) = run.looked_at;
        let said = format!(" Checking {} groups… {done} of {total}", grouped(run.groups as u64));
        content.head.push(Line::styled(said, theme.dim.0));
        return Some((area, content));
    };
    let area = area(layout.area);
    let (lines, height) = lines(model, report, layout.area);
    if report.plans.is_empty() {
        let mut content = titled(theme, TITLE, &[(key(Action::Cancel), "close")], area);
        content.list = scrolled(lines, run.top, height);
        content.foot = vec![Line::default(); usize::from(FOOT)];
        return Some((area, content));
    }
    let hints = [(key(Action::Accept), "merge"), (key(Action::Cancel), "cancel"), (key(Action::Down), "more")];
    let mut content = titled(theme, TITLE, &hints, area);
    content.list = scrolled(lines, run.top, height);
    how_many(&mut content, theme, &run.how_many, "merge");
    Some((area, content))
}

fn report_lines(theme: &Theme, report: &BulkReport, width: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    let mut say = |said: &str, style| {
        let parts = text::wrap_words(said, width.saturating_sub(2));
        lines.extend(parts.into_iter().map(|part| Line::styled(format!(" {part}"), style)));
    };
    if let Some(failure) = &report.failure {
        let (why, next) = (text::clean(&failure.why), text::clean(&failure.next));
        say(&format!("! Not everything could be checked: {why}. {next}"), theme.warn.0);
    }
    say(&sum(report), theme.title.0);
    let one = |plan: &MergePlan| {
        let name = |contact: &Contact| clean_or(&contact.name(), "(no name)");
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
        let (count, need) = (report.left_out.len(), if report.left_out.len() == 1 { "needs" } else { "need" });
        lines.push(Line::styled(format!(" {count} {need} review:"), theme.title.0));
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
    let losers: usize = report.plans.iter().map(|plan| plan.losers.len()).sum();
    match report.plans.len() {
        0 => "Nothing to merge.".to_owned(),
        plans => format!(
            "{}: {} archived, {} and {} copied, about {} (at least {} s).",
            counted(plans, "merge"),
            counted(losers, "contact"),
            counted(report.notes, "note"),
            counted(report.tasks, "task"),
            counted(report.requests, "request"),
            grouped(report.requests.div_ceil(10) as u64),
        ),
    }
}
