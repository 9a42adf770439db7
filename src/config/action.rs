//! Everything a key can do on the dashboard, with the words that help and footer print.

use serde::Deserialize;

macro_rules! actions {
    ($($name:ident $short:literal $long:literal)*) => {
        /// Something a key does. In the keymap file the names are in kebab-case: `toggle-task`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Action { $($name),* }

        impl Action {
            /// Every action, in the order in which help lists them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// One or two words for the footer.
            pub fn short(self) -> &'static str {
                match self { $(Self::$name => $short),* }
            }

            /// A sentence for help.
            pub fn describe(self) -> &'static str {
                match self { $(Self::$name => $long),* }
            }
        }
    };
}

actions! {
    Down "down" "Move down"
    Up "up" "Move up"
    PageDown "page down" "Move down a page"
    PageUp "page up" "Move up a page"
    HalfPageDown "½ page down" "Move down half a page"
    HalfPageUp "½ page up" "Move up half a page"
    Top "top" "Go to the first line"
    Bottom "bottom" "Go to the last line"
    NextPane "next pane" "Go to the next pane"
    PreviousPane "previous pane" "Go to the previous pane"
    PaneLeft "left" "Go to the pane on the left"
    PaneRight "right" "Go to the pane on the right"
    NextSection "next section" "Show the next of Detail, Tasks, Notes, Appointments"
    PreviousSection "previous section" "Show the previous of Detail, Tasks, Notes, Appointments"
    GoContacts "contacts" "Go to the contacts"
    GoDetail "detail" "Go to the detail of the contact"
    GoTasks "tasks" "Go to the tasks of the contact"
    GoNotes "notes" "Go to the notes of the contact"
    GoAppointments "appointments" "Go to the appointments of the contact"
    Filter "filter" "Filter the contacts: words, and terms like tag:vip"
    Sort "sort" "Sort the contacts by the next column"
    SortBy "sort by" "Choose the columns that the contacts are sorted by"
    Open "open" "Open what is under the cursor"
    Back "back" "Go back one step"
    ToggleTask "done" "Complete or reopen the task under the cursor"
    Reschedule "when" "Give the task another due date"
    AddNote "add note" "Write a note for the contact"
    New "new" "New: a contact, or in their panes a task, a note, an appointment"
    Edit "edit" "Edit what is under the cursor: contact, task, note, appointment"
    Delete "delete" "Delete what is under the cursor: contact, task, note, appointment"
    Assign "assign" "Give the task or the contacts an owner"
    Tags "tags" "Change the tags of the contact, or add tags to the marked ones"
    Untag "untag" "Remove tags from the contacts"
    Pin "pin" "Pin or unpin the note"
    CancelAppointment "cancel appt" "Cancel the appointment"
    Followers "followers" "Choose who follows the contact"
    Business "business" "Put the contacts into a business, or out of one"
    StartWorkflow "start workflow" "Start a workflow for the contact: it may send messages"
    StopWorkflow "stop workflow" "Take the contact out of a workflow"
    StartCampaign "start campaign" "Start a campaign for the contact: it sends messages"
    StopCampaign "stop campaign" "Take the contact out of a campaign, or of all"
    CompleteTasks "complete tasks" "Complete the open tasks of the contacts"
    Mark "mark" "Mark the contact, or take its mark away"
    MarkRange "mark range" "Mark the contacts from the last mark to the cursor"
    MarkAll "mark all" "Mark every contact that the filter lets through"
    CancelBulk "stop" "Stop the change of many contacts that is under way"
    Undo "undo" "Take back your newest edit"
    Redo "redo" "Do again what was taken back"
    Decide "decide" "Decide where somebody else changed the same"
    EditAgain "edit again" "Open the failed edit in its form again"
    OpenExisting "open existing" "Go to the contact that has the address already"
    GoHome "contacts" "Show the contacts"
    GoAllTasks "all tasks" "Show the open tasks of the whole location"
    ByOwner "whose" "List the tasks of one user, of nobody or of everybody"
    GoDuplicates "duplicates" "Show contacts that may be one person"
    GoSuspects "duplicates of it" "Show who else may be the contact under the cursor"
    NextMember "next record" "Go to the next record of the group"
    PreviousMember "previous record" "Go to the previous record of the group"
    NextGroup "next group" "Go to the next group of the queue"
    PreviousGroup "previous group" "Go to the previous group of the queue"
    SourceLeft "value left" "Take the field's value from the record on the left"
    SourceRight "value right" "Take the field's value from the record on the right"
    CycleSource "other value" "Take the field's value from the next record"
    TakeColumn "whole record" "Take every value from the marked record"
    ByRule "by rule" "Let the rule choose the field's value again"
    TypeValue "type" "Type a value for the field"
    Master "keep this" "Keep the marked record, and merge the others into it"
    Exclude "leave out" "Leave the marked record out, or take it in again"
    EqualRows "equal fields" "Show equal and empty fields too, or hide them"
    Evidence "why" "Read all that speaks for and against"
    NotDuplicates "not dup" "Remember that these are not one person"
    Skip "skip" "Put the group behind the others for now"
    Merge "merge" "Merge the records into the one that is kept"
    DeleteAtOnce "delete at once" "Delete this merge's losers at once, or set them aside"
    MoveAppointments "appointments" "Book the losers' coming appointments anew, or leave them"
    Silence "silence" "Set this merge's losers to do not disturb, or not"
    BulkMerge "merge all ready" "Merge every group that the rule covers: dry run first"
    PauseMerges "pause" "Hold the merges under way, or let them go on"
    GoJournal "merges" "List the merges: undo, resume, purge"
    GoDecisions "not duplicates" "List who was said not to be one person"
    UndoMerge "undo" "Take the merge back"
    Resume "resume" "Let the merge go on"
    Purge "purge" "Delete what was set aside, for ever"
    LeaveAddress "leave it" "Go on, and leave the address with the loser"
    DeleteFirst "delete first" "Go on, and delete the loser before its address is taken"
    Reopen "reopen" "Make it an open question again"
    GoActivity "activity" "Show every request and message"
    GoOutbox "outbox" "Show the edits that wait or have failed"
    Palette "palette" "Find any action, screen or contact"
    Retry "retry" "Try the failed edit again"
    Discard "discard" "Give up the failed edit"
    CopyEmail "copy e-mail" "Copy the contact's e-mail address"
    CopyPhone "copy phone" "Copy the contact's phone number"
    CopyLink "copy link" "Copy the contact's address in the web app"
    Browse "web app" "Open the contact in the web app"
    AllFields "all fields" "Show all fields of the contact, or only the main ones"
    Accounts "accounts" "Open another account, or sign in to one"
    WhoAmI "who am I" "Say which of the location's users you are"
    Refresh "refresh" "Look for changes now"
    Zoom "zoom" "Give the focused pane the whole screen, or fold it back"
    Help "help" "List every key"
    Suspend "suspend" "Suspend, back to the shell"
    Quit "quit" "Quit"
    Accept "keep" "Keep the filter, or run the chosen action"
    Cancel "cancel" "Leave without doing it"
    Send "send" "Send what is written"
    External "editor" "Go on in $VISUAL or $EDITOR"
    NextOption "next option" "Go to the next suggestion"
    PreviousOption "previous option" "Go to the previous suggestion"
    Choose "choose" "Mark the line, or take its mark away"
    Yes "yes" "Do it"
    KeepOurs "mine" "Keep your values and send them"
    TakeTheirs "theirs" "Keep what the server has and give the edit up"
    CopyCurl "copy as curl" "Copy the request as a curl command, without the token"
}
