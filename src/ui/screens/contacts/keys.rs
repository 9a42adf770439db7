//! Keys on the screen of the contacts.

pub(crate) mod marks;
mod moves;

use crate::config::Action;
use crate::protocol::BulkAction;
use crate::ui::state::layout::{Focus, Section};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::{columns, due_date, filter, form, note, picker, view_name};
use crate::ui::screens::contacts::rules;
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::update::{edits, finding, going, plans, single, views};

/// Runs an action of the contacts; false where it is none.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> bool {
    match action {
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
        Action::Filter => filter::keys::open(model),
        Action::Sort => finding::next_sort(model, effects),
        Action::Columns => columns::keys::open(model),
        Action::NextView => views::step(model, true, effects),
        Action::PreviousView => views::step(model, false, effects),
        Action::SaveView => view_name::keys::open(model),
        Action::DeleteView => views::delete(model, effects),
        Action::ApplyView => views::apply(model, effects),
        Action::Open => open(model),
        Action::Back => back(model, effects),
        Action::ToggleTask => edits::toggle_task(model, effects),
        Action::Reschedule => due_date::keys::open(model),
        Action::AddNote => note::keys::open(model),
        Action::New => form::keys::new(model, effects),
        Action::Edit => form::keys::edit(model, effects),
        Action::Delete => single::delete(model, effects),
        Action::Assign
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
        | Action::ViewTags => picker::keys::open(model, action, effects),
        Action::CompleteTasks => {
            let contacts = model.meant();
            plans::plan(model, contacts, BulkAction::CompleteTasks, effects);
        }
        Action::Pin => single::pin(model, effects),
        Action::CancelAppointment => single::cancel_appointment(model, effects),
        Action::Mark | Action::MarkRange | Action::MarkAll => marks::mark(model, action),
        Action::GoSuspects => going::go_to_suspects(model),
        Action::CopyEmail => copy(model, rules::email(model), effects),
        Action::CopyPhone => copy(model, rules::phone(model), effects),
        Action::CopyLink => copy(model, link(model), effects),
        Action::Browse => browse(model, effects),
        Action::AllFields => {
            model.all_fields = !model.all_fields;
            if let Some(opened) = &mut model.opened {
                opened.detail_top = 0;
            }
        }
        Action::Zoom => model.zoom = !model.zoom,
        _ => return false,
    }
    true
}

fn open(model: &mut Model) {
    match (model.focus, model.section) {
        (Focus::Contacts, _) => model.focus = Focus::Section,
        (Focus::Section, Section::Notes) => {
            if let Some(reader) = rules::reader(model) {
                model.mode = Mode::Read(reader);
            }
        }
        (Focus::Section, Section::Detail) => model.all_fields = !model.all_fields,
        (Focus::Section, Section::Tasks | Section::Appointments) => {}
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
        let selected = model.listing.selected.clone();
        finding::clear(model, selected, effects);
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

fn browse(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(url) = link(model) {
        model.say(Level::Hint, format!("Opening {url}"));
        effects.push(Effect::Open(url));
    }
}

fn link(model: &Model) -> Option<String> {
    model.listing.selected.as_ref().map(|contact| model.link_of(contact))
}
