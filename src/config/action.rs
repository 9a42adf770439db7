//! Where a key can be pressed, and everything it can do: one row for each action.
//!
//! A row says what the action is called, where the palette offers it and what it needs. Footer, help, palette and
//! refusals all read it; how a need is met is for each screen to say.

use serde::Deserialize;

use crate::domain::Scope;

macro_rules! contexts {
    ($($(#[$doc:meta])* $name:ident)*) => {
        /// Where a key is pressed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Context { $($(#[$doc])* $name),* }

        impl Context {
            /// Every context.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

contexts! {
    /// Always.
    Anywhere
    /// On the main screen, whichever pane has the focus.
    Main
    Contacts
    Detail
    Tasks
    Notes
    Appointments
    /// Typing a filter; keys without an action are text.
    Filter
    /// Writing a note; keys without an action are text.
    Composer
    /// Reading a note.
    Reader
    /// In the list of keys; keys without an action filter it.
    Help
    /// In a form; keys without an action are text.
    Form
    /// Choosing from a list; keys without an action filter it.
    Picker
    /// Arranging the columns of the list.
    Columns
    /// In the palette; keys without an action filter it.
    Palette
    /// Asked whether to do it.
    Confirm
    /// Typing a value or a number; keys without an action are text.
    Prompt
    /// Asked whose values shall stay.
    Decide
    /// Looking at the open tasks of the whole location.
    Backlog
    /// Looking at tasks and appointments by day.
    Agenda
    /// Looking at contacts that may be one person.
    Duplicates
    /// Looking at merges.
    Journal
    /// Looking at who is not one person.
    Decisions
    /// Looking at requests.
    Activity
    /// Looking into one request.
    Inspect
    /// Looking at edits that wait or have failed.
    Outbox
}

impl Context {
    /// This context, then those whose keys hold in it too.
    pub fn chain(self) -> impl Iterator<Item = Self> {
        let pane = matches!(self, Self::Contacts | Self::Detail | Self::Tasks | Self::Notes | Self::Appointments);
        let wider = [pane.then_some(Self::Main), (self != Self::Anywhere).then_some(Self::Anywhere)];
        std::iter::once(self).chain(wider.into_iter().flatten())
    }
}

/// Where the palette offers an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    Everywhere,
    /// Only on screens where it has a key.
    OnItsScreens,
    /// It moves about or belongs to a pop-up: it makes no sense from the palette.
    Nowhere,
}

/// What must be there for an action to be of use, apart from the token's scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A contact under the cursor.
    Contact,
    /// Its details as well.
    LoadedContact,
    /// Contacts that tags can be changed of: one whose tags are known, or marked ones.
    TaggableContacts,
    Email,
    Phone,
    /// Another contact that may be the same person.
    Lookalike,
    /// A task that the server knows, or that are marked.
    Task,
    /// A note that the server knows.
    Note,
    /// An appointment that is not cancelled.
    Appointment,
    /// Something that can have an owner.
    Ownable,
    /// A pane that takes a new record, and what the record needs.
    NewRecord,
    /// A record that can be edited here, and the scope for it.
    Editable,
    /// A record that can be deleted here, and the scope for it.
    Deletable,
    /// Something that can be opened here.
    Openable,
    /// The location's users.
    Users,
    Undoable,
    Redoable,
    /// A change of many contacts that is under way.
    BulkEdit,
    FailedEdit,
    /// A failed edit that was typed in a form.
    TypedEdit,
    /// An edit that collides with someone else's.
    Conflict,
    /// The contact that already has the address a failed edit wanted.
    ExistingContact,
    /// A list whose order can be chosen.
    SortableList,
    SavedViews,
    ShownView,
    /// A draft that waits here.
    Draft,
    /// A shown view that adds tags, and a list that is up to date.
    ViewTags,
    Request,
    /// A group of duplicates.
    Group,
    /// At least two records of a group that take part.
    TwoRecords,
    /// A field of a group's merge.
    MergeField,
    /// A field whose value can be taken from another record.
    OtherValue,
    /// A field whose value can be typed.
    TypedValue,
    /// A group whose merge is complete and allowed.
    MergeableGroup,
    /// Groups that can be merged without a look at each.
    SafeGroups,
    RunningMerges,
    /// A merge in the journal.
    MergeRecord,
    UndoableMerge,
    HeldMerge,
    /// A merge whose archived contacts were not purged yet.
    ArchivedContacts,
    /// A merge that stopped at an address that another contact has.
    TakenAddress,
    /// A not-a-duplicate decision.
    Decision,
}

macro_rules! actions {
    ($($name:ident $short:literal $long:literal $offered:ident [$($scope:ident)*] [$($need:ident)*])*) => {
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

            /// A sentence for help, without its full stop.
            pub fn describe(self) -> &'static str {
                match self { $(Self::$name => $long),* }
            }

            /// Where the palette offers it.
            pub fn offered(self) -> Offered {
                match self { $(Self::$name => Offered::$offered),* }
            }

            /// What the token must be allowed.
            pub fn scopes(self) -> &'static [Scope] {
                match self { $(Self::$name => &[$(Scope::$scope),*]),* }
            }

            /// What must be there, the first to be said first.
            pub fn needs(self) -> &'static [Need] {
                match self { $(Self::$name => &[$(Need::$need),*]),* }
            }
        }
    };
}

// Name, words for the footer, words for help, where it is offered, scopes, needs.
actions! {
    Down "down" "Move down" Nowhere [] []
    Up "up" "Move up" Nowhere [] []
    PageDown "page down" "Move down a page" Nowhere [] []
    PageUp "page up" "Move up a page" Nowhere [] []
    HalfPageDown "½ page down" "Move down half a page" Nowhere [] []
    HalfPageUp "½ page up" "Move up half a page" Nowhere [] []
    Top "top" "Go to the first line" Nowhere [] []
    Bottom "bottom" "Go to the last line" Nowhere [] []

    NextPane "next pane" "Go to the next pane" Everywhere [] []
    PreviousPane "previous pane" "Go to the previous pane" Everywhere [] []
    PaneLeft "left" "Go to the pane on the left" Nowhere [] []
    PaneRight "right" "Go to the pane on the right" Nowhere [] []
    NextSection "next section" "Show the next of Detail, Tasks, Notes, Appointments" Everywhere [] []
    PreviousSection "previous section" "Show the previous of Detail, Tasks, Notes, Appointments" Everywhere [] []
    GoContacts "contacts" "Go to the list of contacts" Everywhere [] []
    GoDetail "detail" "Go to the contact's details" Everywhere [] []
    GoTasks "tasks" "Go to the contact's tasks" Everywhere [] []
    GoNotes "notes" "Go to the contact's notes" Everywhere [] []
    GoAppointments "appointments" "Go to the contact's appointments" Everywhere [] []

    Filter "filter" "Filter contacts by words and terms like tag:vip" Everywhere [] []
    Sort "sort" "Sort contacts by the next column" Everywhere [] [SortableList]
    SortBy "sort by" "Choose the columns to sort contacts by" Everywhere [] [SortableList]
    Columns "columns" "Choose the list's columns, their order and width" Everywhere [] []
    NextView "next view" "Next view" Everywhere [] [SavedViews]
    PreviousView "previous view" "Previous view" Everywhere [] [SavedViews]
    GoView "views" "Choose a saved view" Everywhere [] [SavedViews]
    SaveView "save view" "Save filter, order and columns as a view" Everywhere [] []
    DeleteView "delete view" "Delete the current view" Everywhere [] [ShownView]
    ViewTags "view's tags" "Choose the tags that the current view adds to its contacts" Everywhere [] [ShownView]
    ApplyView "add its tags" "Add the current view's tags to its contacts, once each" Everywhere
        [ContactsWrite] [ShownView ViewTags]

    Open "open" "Open the selected item" Everywhere [] [Openable]
    Back "back" "Back" Everywhere [] []
    ToggleTask "done" "Complete or reopen the task" Everywhere [ContactsWrite] [Task]
    Reschedule "due date" "Change the task's due date" OnItsScreens [ContactsWrite] [Task]
    Read "details" "Read the task in full, without editing it" OnItsScreens [] [Task]
    AddNote "add note" "Write a note about the contact" Everywhere [ContactsWrite] [Contact]
    New "new" "Add a contact, or in its pane a task, note or appointment" Everywhere [] [NewRecord]
    Edit "edit" "Edit the selected contact, task, note or appointment" Everywhere [] [Editable]
    Delete "delete" "Delete the selected contact, task, note or appointment" Everywhere [] [Deletable]
    Assign "assign" "Choose the owner of the task or contacts" Everywhere [ContactsWrite] [Ownable Users]
    Tags "tags" "Edit the contact's tags, or add tags to marked contacts" Everywhere
        [ContactsWrite] [TaggableContacts]
    Untag "remove tags" "Remove tags from contacts" Everywhere [ContactsWrite] [Contact]
    Pin "pin" "Pin or unpin the note" Everywhere [ContactsWrite] [Note]
    CancelAppointment "cancel appt" "Cancel the appointment" Everywhere [EventsWrite] [Appointment]
    Followers "followers" "Choose the contact's followers" Everywhere [ContactsWrite] [LoadedContact Users]
    Business "business" "Add contacts to a business, or remove them from it" Everywhere
        [ContactsWrite BusinessesReadonly] [Contact]
    StartWorkflow "start workflow" "Add the contact to a workflow; may send messages" Everywhere
        [ContactsWrite WorkflowsReadonly] [Contact]
    StopWorkflow "stop workflow" "Remove the contact from a workflow" Everywhere
        [ContactsWrite WorkflowsReadonly] [Contact]
    StartCampaign "start campaign" "Add the contact to a campaign; sends messages" Everywhere
        [ContactsWrite CampaignsReadonly] [Contact]
    StopCampaign "stop campaign" "Remove the contact from one campaign or all" Everywhere
        [ContactsWrite CampaignsReadonly] [Contact]
    CompleteTasks "complete tasks" "Complete all open tasks of the contacts" Everywhere [ContactsWrite] [Contact]
    Mark "mark" "Mark or unmark the line" Everywhere [] [Contact]
    MarkRange "mark range" "Mark from the last mark to the cursor" Everywhere [] [Contact]
    MarkAll "mark all" "Mark everything listed" Everywhere [] [Contact]
    CancelBulk "stop" "Stop the running bulk change" Everywhere [] [BulkEdit]
    DropDraft "drop draft" "Drop the draft that waits here" OnItsScreens [] [Draft]

    Undo "undo" "Undo what you did last" Everywhere [] [Undoable]
    Redo "redo" "Redo what you undid last" Everywhere [] [Redoable]
    Decide "resolve" "Resolve a conflict" Everywhere [] [Conflict]
    EditAgain "edit again" "Edit the failed edit in its form" Everywhere [ContactsWrite] [FailedEdit TypedEdit]
    OpenExisting "open existing" "Go to the contact that already has the address" Everywhere [] [ExistingContact]

    GoHome "contacts" "Contacts" Everywhere [] []
    GoAllTasks "open tasks" "Open tasks of all contacts" Everywhere [] []
    ByOwner "owner" "Filter tasks by owner" Everywhere [] []
    GoAgenda "agenda" "Agenda: tasks and appointments by day" Everywhere [] []
    PreviousDay "previous day" "Previous day" Everywhere [] []
    NextDay "next day" "Next day" Everywhere [] []
    PreviousWeek "previous week" "Same day of the previous week" Everywhere [] []
    NextWeek "next week" "Same day of the next week" Everywhere [] []
    PreviousMonth "previous month" "Same day of the previous month" Everywhere [] []
    NextMonth "next month" "Same day of the next month" Everywhere [] []
    Today "today" "Go to today" Everywhere [] []

    GoDuplicates "duplicates" "Duplicates: review contacts that may be the same person" Everywhere [] []
    GoSuspects "its duplicates" "Show this contact's duplicates" Everywhere [] [Contact Lookalike]
    NextMember "next record" "Next record of the group" Nowhere [] [Group]
    PreviousMember "previous record" "Previous record of the group" Nowhere [] [Group]
    NextGroup "next group" "Next group" Nowhere [] []
    PreviousGroup "previous group" "Previous group" Nowhere [] []
    SourceLeft "value left" "Take the value from the record on the left" Nowhere [] [OtherValue]
    SourceRight "value right" "Take the value from the record on the right" Nowhere [] [OtherValue]
    CycleSource "next value" "Take the value from the next record" OnItsScreens [] [MergeField OtherValue]
    TakeColumn "whole record" "Take every value from the selected record" OnItsScreens [] [Group]
    ByRule "by rule" "Let the rule choose the value again" OnItsScreens [] [MergeField]
    TypeValue "type" "Type a value for the field" OnItsScreens [] [MergeField TypedValue]
    Master "keep this" "Keep the selected record and merge the others into it" OnItsScreens [] [Group]
    Exclude "exclude" "Exclude the selected record, or include it again" OnItsScreens [] [Group]
    EqualRows "equal fields" "Show or hide equal and empty fields" OnItsScreens [] [Group]
    Evidence "why" "Show all evidence for and against" OnItsScreens [] [Group]
    NotDuplicates "not dup" "Not duplicates: remember that these are different people" OnItsScreens
        [] [Group TwoRecords]
    Skip "skip" "Move the group to the end of the queue" OnItsScreens [] [Group]
    Merge "merge" "Merge the records into the one you keep" OnItsScreens [ContactsWrite] [MergeableGroup]
    DeleteAtOnce "delete at once" "Delete merged records at once, or archive them" OnItsScreens
        [ContactsWrite] [Group]
    MoveAppointments "appointments" "Rebook upcoming appointments of merged records, or leave them" OnItsScreens
        [EventsWrite] [Group]
    Silence "silence" "Set merged records to do not disturb, or leave them" OnItsScreens [ContactsWrite] [Group]
    BulkMerge "merge safe" "Merge all safe groups (dry run)" Everywhere [ContactsWrite] [SafeGroups]
    PauseMerges "pause" "Pause or resume the running merges" Everywhere [] [RunningMerges]
    GoJournal "merges" "Merges: undo, resume, purge" Everywhere [] []
    GoDecisions "not duplicates" "Not-a-duplicate decisions" Everywhere [] []
    UndoMerge "undo" "Undo the merge" OnItsScreens [ContactsWrite] [MergeRecord UndoableMerge]
    Resume "resume" "Resume the merge" OnItsScreens [ContactsWrite] [MergeRecord HeldMerge]
    Purge "purge" "Delete the archived contacts for good" OnItsScreens [ContactsWrite] [MergeRecord ArchivedContacts]
    LeaveAddress "leave address" "Resume, and leave the address with the other contact" OnItsScreens
        [ContactsWrite] [MergeRecord TakenAddress]
    DeleteFirst "delete first" "Delete the merged contact first, then take its address" OnItsScreens
        [ContactsWrite] [MergeRecord TakenAddress]
    Reopen "reopen" "Reopen the decision" OnItsScreens [] [Decision]

    GoActivity "activity" "Activity: every request and message" Everywhere [] []
    GoOutbox "outbox" "Outbox: edits that wait or failed" Everywhere [] []
    Palette "palette" "Command palette" Nowhere [] []
    Retry "retry" "Retry" Everywhere [ContactsWrite] [FailedEdit]
    Discard "discard" "Discard the failed edit" Everywhere [] [FailedEdit]

    CopyEmail "copy e-mail" "Copy the contact's e-mail address" Everywhere [] [Contact Email]
    CopyPhone "copy phone" "Copy the contact's phone number" Everywhere [] [Contact Phone]
    CopyLink "copy link" "Copy a link to the contact in the web app" Everywhere [] [Contact]
    Browse "web app" "Open the contact in the web app" Everywhere [] [Contact]
    AllFields "all fields" "Show all fields of the contact, or the main ones" Everywhere [] [Contact]

    Accounts "accounts" "Switch account, or sign in to another" Everywhere [] []
    WhoAmI "who am I" "Tell ghl-tui who you are" Everywhere [] [Users]
    Refresh "refresh" "Refresh now" Everywhere [] []
    PauseSync "pause sync" "Pause or resume syncing" Everywhere [] []
    Zoom "zoom" "Zoom the focused pane, or shrink it back" Everywhere [] []
    Help "help" "Show all keys" Everywhere [] []
    Repaint "repaint" "Repaint the screen" Everywhere [] []
    Suspend "suspend" "Suspend ghl-tui and return to the shell" Everywhere [] []
    Quit "quit" "Quit" Everywhere [] []

    Accept "keep" "Keep the filter, or run the selected action" Nowhere [] []
    Cancel "cancel" "Cancel" Nowhere [] []
    Send "save" "Save" Nowhere [] []
    StartOver "discard changes" "Go back to what the server has, or bring back what you typed" Nowhere [] []
    External "editor" "Edit in $VISUAL or $EDITOR" Nowhere [] []
    TakeSuggestion "next" "Take the suggestion, or go to the next field" Nowhere [] []
    NextOption "next option" "Next suggestion" Nowhere [] []
    PreviousOption "previous option" "Previous suggestion" Nowhere [] []
    Choose "choose" "Mark or unmark the line" Nowhere [] []
    MoveDown "move down" "Move the column down" Nowhere [] []
    MoveUp "move up" "Move the column up" Nowhere [] []
    Wider "wider" "Make the column wider" Nowhere [] []
    Narrower "narrower" "Make the column narrower" Nowhere [] []
    Unsized "auto" "Size the column automatically" Nowhere [] []
    AsUsual "reset" "Reset to the usual columns" Nowhere [] []
    Yes "yes" "Yes" Nowhere [] []
    KeepOurs "mine" "Keep your values and send them" Nowhere [] []
    TakeTheirs "theirs" "Keep the server's values and discard the edit" Nowhere [] []
    EditsAlone "edits" "Show only edits and messages, or everything again" OnItsScreens [] []
    CopyCurl "copy as curl" "Copy the request as a curl command, without the token" Nowhere [] [Request]
}
