-- Merges: what was decided, and how far it has come.
CREATE TABLE merges (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    id        TEXT    NOT NULL UNIQUE,
    batch     TEXT    NOT NULL,                  -- those that were asked for at once
    plan      TEXT    NOT NULL,                  -- JSON
    phase     TEXT    NOT NULL CHECK (phase IN ('merge', 'undo', 'purge')),
    progress  TEXT    NOT NULL,                  -- JSON
    held      INTEGER NOT NULL,                  -- 1: no other merge may have its members
    before    TEXT,                              -- JSON: phase and progress that a refused undo or purge goes back to
    made_at   INTEGER NOT NULL,                  -- ms since 1970, as all times here
    ended_at  INTEGER,
    purged_at INTEGER,
    left      TEXT    NOT NULL DEFAULT '[]',     -- JSON: each loser's dateUpdated once it was set aside
    remade    TEXT    NOT NULL DEFAULT '[]',     -- JSON: old id and new id of what an undo made anew
    wiped     INTEGER NOT NULL DEFAULT 0,        -- 1: the pre-images are gone
    insist    INTEGER NOT NULL DEFAULT 0,        -- 1: the user saw what was in the way of the next step
    seq       INTEGER NOT NULL                   -- grows with every change of a merge
) STRICT;
CREATE INDEX merges_batch ON merges (batch);
CREATE INDEX merges_seq ON merges (seq);

-- Numbers that never fall, whatever is erased.
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('merges', 0);

-- Its members, survivor first, as they were before anything was written.
CREATE TABLE merge_members (
    merge   TEXT    NOT NULL,
    ord     INTEGER NOT NULL,
    contact TEXT    NOT NULL,
    image   TEXT,                                -- JSON of the domain; none until it was fetched, and when wiped
    raw     TEXT,                                -- JSON as received: contact, tasks, notes, appointments
    PRIMARY KEY (merge, ord)
) STRICT, WITHOUT ROWID;
CREATE INDEX merge_members_contact ON merge_members (contact);

CREATE TABLE merge_steps (
    merge      TEXT    NOT NULL,
    phase      TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    op         TEXT    NOT NULL,                 -- JSON
    state      TEXT    NOT NULL CHECK (state IN ('pending', 'started', 'done')),
    started_at INTEGER,                          -- when the newest request that may have had an effect left
    probe      TEXT,                             -- JSON: ids of equal records that were there before
    reply      TEXT,                             -- JSON
    PRIMARY KEY (merge, phase, n)
) STRICT, WITHOUT ROWID;

-- Pairs that people said are not one person.
CREATE TABLE decisions (
    a       TEXT    NOT NULL,                    -- the smaller id
    b       TEXT    NOT NULL,
    print_a INTEGER NOT NULL,                    -- fingerprints when it was said, as signed numbers
    print_b INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;

-- A batch of merges is taken back like a group of edits.
CREATE TABLE groups_5 (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT    NOT NULL UNIQUE,
    seat    INTEGER,                             -- the dashboard that made it; none for a command
    made_at INTEGER NOT NULL,
    deed    TEXT    NOT NULL CHECK (deed IN ('edit', 'undo', 'redo', 'merge')),
    of      TEXT                                 -- the group that was taken back or done again
) STRICT;
INSERT INTO groups_5 SELECT number, id, seat, made_at, deed, of FROM groups;
DROP TABLE groups;
ALTER TABLE groups_5 RENAME TO groups;
CREATE INDEX groups_seat ON groups (seat, number);
