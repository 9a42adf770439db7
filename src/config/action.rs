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
    Filter "filter" "Filter the contacts"
    Sort "sort" "Sort the contacts by the next column"
    Open "open" "Open what is under the cursor"
    Back "back" "Go back one step"
    ToggleTask "done" "Complete or reopen the task under the cursor"
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
    GoDuplicates "duplicates" "Show contacts that may be one person"
    GoSuspects "duplicates of it" "Show who else may be the contact under the cursor"
    NextMember "next contact" "Go to the next contact of the group"
    PreviousMember "previous contact" "Go to the previous contact of the group"
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
