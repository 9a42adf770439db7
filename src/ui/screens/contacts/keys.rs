//! Keys on the screen of the contacts.

pub(crate) mod marks;
mod moves;
mod records;

use crate::config::Action;
use crate::protocol::BulkAction;
use crate::ui::state::layout::{Focus, Pane, Section};

use crate::ui::message::Effect;
use crate::ui::model::room::Handled;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::screens::contacts::paint::list::list_head;
use crate::ui::screens::contacts::rules;
use crate::ui::screens::contacts::state::panel::{ContactPanel, Heights};
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::verbs::sorting::next_sort;
use crate::ui::verbs::{filtering, forms, going, plans, tasks, views};

/// Runs an action of the contacts.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Handled {
    match action {
        Action::Filter
        | Action::Columns
        | Action::SaveView
        | Action::Reschedule
        | Action::Assign
        | Action::Tags
        | Action::Untag
        | Action::Followers
        | Action::Business
        | Action::StartWorkflow
        | Action::StopWorkflow
        | Action::StartCampaign
        | Action::StopCampaign
        | Action::SortBy
        | Action::GoView
        | Action::ViewTags => return Handled::Opens,
        action if list_cursor::is_move(action) => moves::cursor(model, action),
        Action::NextPane
        | Action::PreviousPane
        | Action::PaneLeft
        | Action::PaneRight
        | Action::NextSection
        | Action::PreviousSection
        | Action::GoContacts
        | Action::GoDetail
        | Action::GoTasks
        | Action::GoNotes
        | Action::GoAppointments => moves::pane(model, action),
        Action::Sort => next_sort(model, effects),
        Action::NextView => views::step(model, true, effects),
        Action::PreviousView => views::step(model, false, effects),
        Action::DeleteView => views::delete(model, effects),
        Action::ApplyView => views::apply(model, effects),
        Action::Open => open(model),
        Action::Back => back(model, effects),
        Action::ToggleTask => tasks::toggle(model, effects),
        Action::AddNote => records::add_note(model),
        Action::New => records::new(model, effects),
        Action::Edit => records::edit(model, effects),
        Action::Delete => records::delete(model, effects),
        Action::CompleteTasks => {
            let contacts = model.meant();
            plans::plan(model, contacts, BulkAction::CompleteTasks, effects);
        }
        Action::Pin => records::pin(model, effects),
        Action::CancelAppointment => records::cancel_appointment(model, effects),
        Action::Mark | Action::MarkRange | Action::MarkAll => marks::mark(model, action),
        Action::GoSuspects => go_to_lookalikes(model),
        Action::CopyEmail => copy(model, rules::email(model), effects),
        Action::CopyPhone => copy(model, rules::phone(model), effects),
        Action::CopyLink => {
            let link = model.listing.selected.as_ref().map(|contact| model.link_of(contact));
            copy(model, link, effects);
        }
        Action::AllFields => {
            model.all_fields = !model.all_fields;
            if let Some(opened) = &mut model.opened {
                opened.detail_top = 0;
            }
        }
        Action::Zoom => model.zoom = !model.zoom,
        _ => return Handled::Elsewhere,
    }
    Handled::Done
}

fn open(model: &mut Model) {
    match (model.focus, model.section) {
        (Focus::Contacts, _) => model.focus = Focus::Section,
        (Focus::Section, Section::Notes) => {
            if let Some(reader) = rules::reader(model) {
                model.mode = Mode::Read(reader);
            }
        }
        (Focus::Section, Section::Tasks) => {
            let task = model.opened.as_ref().and_then(|opened| opened.task(&model.overlay));
            if let Some(task) = task.map(|line| line.value) {
                tasks::read(model, &task);
            }
        }
        (Focus::Section, Section::Detail) => model.all_fields = !model.all_fields,
        (Focus::Section, Section::Appointments) => {}
    }
}

/// One step back: out of the zoom, out of the section, out of the filter.
fn back(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.zoom {
        model.zoom = false;
    } else if model.focus == Focus::Section {
        model.focus = Focus::Contacts;
    } else if model.views.chosen.is_some() {
        views::leave(model, effects);
    } else if !model.listing.filter.is_empty() {
        let selected = model.listing.follows();
        filtering::clear(model, selected, effects);
        views::remember(model, effects);
    } else {
        model.marks.clear();
    }
}

fn copy(model: &mut Model, text: Option<String>, effects: &mut Vec<Effect>) {
    if let Some(text) = text {
        // The terminal does not answer: no more is claimed than that the text was handed to it.
        model.say(Level::Hint, format!("Handed to the terminal's clipboard: {text}"));
        effects.push(Effect::Copy(text));
    }
}

/// Shows the contact under the cursor among those that may be the same person.
fn go_to_lookalikes(model: &mut Model) {
    let Some(contact) = model.listing.selected.clone() else { return };
    if model.duplicates.go_to(&contact) {
        model.reviewing.marked = Some(contact);
        going::go(model, Screen::Duplicates);
    }
}

/// Scrolls, and opens the contact under the cursor.
pub(crate) fn settle(model: &mut Model) {
    let list = model.height_of(Pane::Contacts).saturating_sub(list_head(model));
    model.listing.scroll(list);
    let selected = model.listing.selected.clone();
    if model.opened.as_ref().map(|opened| &opened.contact) != selected.as_ref() {
        model.opened = selected.map(|contact| ContactPanel::new(contact, model.now));
        if let Some(opened) = &mut model.opened
            && let Some(details) = model.neighbours.get(&opened.contact)
        {
            opened.set_details(details);
            forms::arrived(model);
        }
    }
    let height = |section| model.height_of(Pane::Section(section));
    let heights = Heights {
        tasks: height(Section::Tasks),
        notes: height(Section::Notes),
        appointments: height(Section::Appointments),
    };
    if let Some(opened) = &mut model.opened {
        opened.settle(&model.overlay, model.now, &model.zone, heights);
    }
}
