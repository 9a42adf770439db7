-- Edits that were made at once, and whose they are, so that they can be taken back at once.
ALTER TABLE outbox ADD COLUMN grp TEXT;
ALTER TABLE history ADD COLUMN grp TEXT;
CREATE INDEX outbox_grp ON outbox (grp);
CREATE INDEX history_grp ON history (grp);
CREATE TABLE groups (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT    NOT NULL UNIQUE,
    seat    INTEGER,                             -- the dashboard that made it; none for a command
    made_at INTEGER NOT NULL,
    deed    TEXT    NOT NULL CHECK (deed IN ('edit', 'undo', 'redo')),
    of      TEXT                                 -- the group that was taken back or done again
) STRICT;
CREATE INDEX groups_seat ON groups (seat, number);

-- Somebody else changed the same fields.
ALTER TABLE outbox ADD COLUMN clash TEXT;                      -- JSON
ALTER TABLE outbox ADD COLUMN insist INTEGER NOT NULL DEFAULT 0; -- 1: the user saw both values and keeps ours

-- What was deleted or withdrawn and then made anew, by its old id: which edit made it.
CREATE TABLE remade (old TEXT PRIMARY KEY, by TEXT NOT NULL) STRICT, WITHOUT ROWID;
