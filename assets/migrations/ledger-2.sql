-- Writes that were sent in the user's own words (`ghl-tui api`): neither queued nor repeated, but remembered.
CREATE TABLE raw_calls (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    method TEXT    NOT NULL,
    path   TEXT    NOT NULL,
    status INTEGER                             -- none when no answer came
) STRICT;
