//! The long texts below the options in `--help`: what a newcomer looks up and an option's one line cannot hold.

macro_rules! environment {
    () => {
        "\
Environment:
  GHL_API_KEY        private integration token; with GHL_LOCATION_ID it is an
                     account of its own and outranks the profiles
  GHL_LOCATION_ID    the sub-account that the token belongs to
  GHL_BASE_URL       address of the API; counts only together with GHL_API_KEY
  GHL_CLIENT_SECRET  the secret of your own app, for login --oauth

Exit status:
  0 done   1 failed   2 wrong usage   3 not signed in or scope missing   4 not found
  5 rejected by the server   6 no network (an edit stays queued: do not repeat it)
  130 interrupted"
    };
}

/// Below `ghl-tui -h`.
pub(super) const SHORT: &str = environment!();

macro_rules! scripts {
    () => {
        "\
Scripts:
  ghl-tui contacts list --json                  one object per line, all contacts
  ghl-tui contacts list --filter 'tag:vip no:email' --sort company,-updated
  ghl-tui contacts update CONTACT_ID --set city=Oakland --dry-run
  ghl-tui tasks add CONTACT_ID --title \"Call back\" --due \"tomorrow 9am\"
  ghl-tui notes add CONTACT_ID --body \"Left voicemail\"
  ghl-tui sync --every 15m --find-duplicates    a job that keeps the copy fresh
  ghl-tui api GET /contacts/CONTACT_ID          any request, sent once, as it is
  The filter terms are in: ghl-tui contacts list --help"
    };
}

macro_rules! data {
    () => {
        "\
Data, in $XDG_DATA_HOME/ghl-tui (or --data-dir), readable by you alone:
  vault.json                    tokens and client secrets; nothing else holds any
                                (with the feature keyring: the desktop's keyring)
  profiles.json                 the accounts you are signed in to
  locations/LOCATION/ledger.db  edits waiting to be sent, history, drafts; never
                                thrown away, not even when damaged
  locations/LOCATION/cache.db   the local copy of the contacts; if you delete it,
                                the next sync fetches everything again
  The log is $XDG_STATE_HOME/ghl-tui/ghl-tui.log; it holds no tokens and no
  contact data. The demo keeps everything in a temporary folder."
    };
}

macro_rules! config {
    () => {
        "\
Configuration, in $XDG_CONFIG_HOME/ghl-tui/config.toml (optional):
  web-host = \"https://app.example.com\"      the web app of an agency with its own name
  server = \"https://…\"                      the API for new sign-ins
  marketplace = \"https://…\"                 where your own app is authorized
  time = \"24h\"                              or \"12h\"; else as the location's country does
  find-duplicates = false                   compare nothing in the background
  [oauth]                                   your own app, for login --oauth
  client-id, redirect-uri, version-id
  [merge]                                   what a merge keeps; these are the defaults
  survivor = [\"most-complete\", \"oldest\"]    the first that tells two apart decides;
                                            also \"newest\", \"last-updated\"
  name = \"longest\"                          unless it is all capitals; or \"survivor\"
  address = \"newest\"                        e-mail and phone; or \"survivor\"
  value = \"survivor\"                        other fields, blanks filled; or \"newest\"
  keep = \"note\"                             a second phone and the like; or \"nowhere\",
                                            or { field = \"a custom text field\" }
  set-aside-tag = \"merged-duplicate\"        on archived contacts; \"\" for none
  set-aside-silent = false                  true sets archived contacts to do not disturb
  wipe-after-days = 90                      after a purge, how long undo still works
  bulk-score = 0.98                         merging many at once: the lowest score
  bulk-members = 10                         and the largest group
  Saved views: ghl-tui views --help. Keys: ? in the dashboard."
    };
}

/// Below `ghl-tui --help`.
pub(super) const LONG: &str = concat!(environment!(), "\n\n", scripts!(), "\n\n", data!(), "\n\n", config!());

/// Below `ghl-tui contacts list --help`: the terms of a filter.
pub(super) const FILTER: &str = "\
Filter:
  Words are searched in every field. Up to three letters must stand together; the letters of a longer word, or of
  one after ~ (~sbn), may stand apart, in this order. Terms search one field:
  tag:vip  tag:vi*                     a tag, or how it starts
  owner:NAME  owner:me  owner:none     the assigned user
  name: email: phone: company: city: source:   part of the value
  added:<7d  updated:>30d              in the last 7 days; more than 30 days ago
  added:today  added:2026-01..2026-02  day, month or range; also yesterday, week, month, year
  due:late  due:today  due:<7d         has an open task due then; also tomorrow, none, any
  cf.insurance-provider:delta          a custom field, by its name
  dnd:on  dnd:off                      do not disturb
  has:email  no:phone                  also tag, owner, company, city, source, name, task
  is:duplicate                         may be the same person as another contact
  is:set-aside                         archived by a merge
  A minus negates a term, quotes hold spaces together: -tag:\"hot lead\"
  All parts must match, up to 16 of them.";

/// Below `ghl-tui views --help`: the file of saved views.
pub(super) const VIEWS: &str = "\
Views are kept in $XDG_CONFIG_HOME/ghl-tui/views.toml. You can edit the file:
  [[view]]
  name = \"Hot leads\"
  location = \"ve9EPM428h8vShlRW1KT\"   leave it out to have the view in every account
  filter = \"tag:hot added:<30d\"
  sort = \"-added,name\"
  columns = [\"name\", \"phone:18\", \"tags\", \"added\"]
  tags = [\"call-first\"]               added to new matches by sync and views apply";

/// Below `ghl-tui duplicates --help`.
pub(super) const DUPLICATES: &str = "\
Examples:
  ghl-tui duplicates find                              the location's contacts
  ghl-tui duplicates find --input contacts.csv         any CSV file with an id column
  ghl-tui duplicates find --link a.csv b.csv --json    the same people in two files
  ghl-tui duplicates merge b3b678 --dry-run            every value, copy and request
  ghl-tui duplicates merge b3b678 --set city=Reno --from email=CONTACT_ID --exclude CONTACT_ID
  ghl-tui duplicates merge --rule default              all safe groups: a report first
  ghl-tui duplicates undo 217
  ghl-tui duplicates purge --older-than 30d            delete archived contacts, for good
  ghl-tui duplicates dismiss CONTACT_ID CONTACT_ID     not the same person

The API cannot merge, so ghl-tui copies what the others have to the contact that
stays, reads it back, and archives the others under a tag. Every step is in a
journal that survives a crash. Until a purge, undo restores everything; after it,
contacts come back with new ids.";

/// How dates are written wherever an option or a form takes one.
const DATES: &str = "\
Dates and times are those of the location's time zone. An option such as --due takes:
  today  tomorrow 9am  friday 14:30     a day by name; a weekday is the next one
  in 2 hours  in 3 days  +1w            counted from now
  17 jul  17 jul 2026 2pm  2026-07-17   a date, with a time or without
A filter takes periods: ghl-tui help filter. --json writes times as RFC 3339.";

/// What happens to an edit, and what cannot be undone.
const SAFETY: &str = "\
An edit is written to the outbox before it is sent, and leaves it when the server has confirmed it. Crashes, kills and
lost connections lose none; what may have arrived is read back before it is sent again.
  --dry-run            prints the requests and sends none
  --read-only          refuses every edit
  ghl-tui outbox list  what still waits, and why; retry, discard and undo work on it
  ghl-tui outbox undo  undoes the last command that made edits
  --yes                is required to delete where no terminal can be asked
Exit status 6 means that the edit is queued: repeating the command would add another. Deleting a contact at the server
takes its notes, tasks and appointments along, and purging merged contacts is final. `ghl-tui api` sends a request once
as it is: it is neither queued nor undone. Tokens are in vault.json alone, and in no log.";

/// What works without a network.
const OFFLINE: &str = "\
The dashboard opens with the local copy, and goes on with it without a network. Edits wait in the outbox, and are sent
when the server can be reached: by the dashboard, by ghl-tui sync, or by the next command that edits.
  ghl-tui contacts list --offline    reads the local copy alone
  ghl-tui contacts list              reads it where there is no network, says how old it is, exits with 6
  ghl-tui sync --every 15m           keeps the copy fresh
  ghl-tui sync --wait 2m             waits for what is queued as long as it moves; exits with 6 if some remains";

/// The topics of `ghl-tui help`, each with what it is about.
pub(super) const TOPICS: &[(&str, &str, &str)] = &[
    ("filter", "the terms of a filter", FILTER),
    ("dates", "how dates and times are written", DATES),
    ("views", "saved views and their file", VIEWS),
    ("duplicates", "finding and merging duplicates, and going back", DUPLICATES),
    ("safety", "what becomes of an edit, and what is final", SAFETY),
    ("offline", "what works without a network", OFFLINE),
    ("scripts", "examples for scripts", scripts!()),
    ("config", "the keys of config.toml", config!()),
    ("data", "where data is stored", data!()),
    ("environment", "environment variables and exit statuses", SHORT),
];
