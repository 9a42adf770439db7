//! Merging many groups: checked first, merged when the user types how many; paused and resumed.

use std::sync::Arc;

use crate::config::Action;
use crate::protocol::{BulkReport, Command, Ticket};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::dry_run::paint::lines;
use crate::ui::popups::dry_run::state::DryRun;

use crate::ui::state::how_many::HowMany;
use crate::ui::state::list_cursor::scroll;
use crate::ui::state::merges::Asked;
use crate::ui::verbs::merges;

/// Asks what merging every safe group would do.
pub(crate) fn start(model: &mut Model, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    let groups = model.duplicates.ready_groups();
    model.merges.ask(ticket, Asked::DryRun);
    model.mode = Mode::DryRun(Box::new(DryRun {
        ticket,
        groups: groups.len(),
        looked_at: (0, groups.len()),
        report: None,
        how_many: HowMany::of(0),
        top: 0,
    }));
    effects.push(Effect::Send(Command::DryRun { ticket, groups }));
}

fn dry_run(model: &mut Model, ticket: Ticket) -> Option<&mut DryRun> {
    match &mut model.mode {
        Mode::DryRun(run) if run.ticket == ticket => Some(run),
        _ => None,
    }
}

pub(crate) fn looked_at(model: &mut Model, ticket: Ticket, done: usize, total: usize) {
    if let Some(run) = dry_run(model, ticket) {
        run.looked_at = (done, total);
    }
}

pub(crate) fn report(model: &mut Model, ticket: Ticket, report: Arc<BulkReport>) {
    model.merges.answered(ticket);
    model.duplicates.leave_out(report.left_out.iter().map(|(members, ..)| members.clone()));
    if let Some(run) = dry_run(model, ticket) {
        run.how_many = HowMany::of(report.plans.len());
        run.report = Some(report);
    }
}

/// The dry run was not taken.
pub(crate) fn refused(model: &mut Model, ticket: Ticket) {
    if dry_run(model, ticket).is_some() {
        model.mode = Mode::Browse;
    }
}

/// An action while the report is read.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    let Mode::DryRun(run) = &mut model.mode else { return None };
    match action {
        Action::Cancel => model.mode = Mode::Browse,
        Action::Accept => {
            let report = run.report.clone().filter(|report| !report.plans.is_empty())?;
            if run.how_many.is_met() {
                model.mode = Mode::Browse;
                merges::send(model, report.plans.clone(), effects);
            }
        }
        action => {
            let (top, report) = (run.top, run.report.clone()?);
            let (lines, height) = lines(model, &report, model.screen_area());
            let to = scroll(top, lines.len(), height, action);
            if let Mode::DryRun(run) = &mut model.mode {
                run.top = to;
            }
        }
    }
    None
}
