CREATE TABLE contacts (
    id         TEXT    PRIMARY KEY,
    seq        INTEGER NOT NULL,               -- grows with every change of the cache
    generation INTEGER NOT NULL,               -- of the listing that saw it last
    updated    INTEGER,                        -- dateUpdated, ms since 1970, as all times here
    full       INTEGER NOT NULL,               -- 1: from GET; 0: from a search, which lacks fields
    contact    TEXT    NOT NULL,               -- JSON of the domain
    raw        TEXT    NOT NULL                -- as received
) STRICT;
CREATE INDEX contacts_seq ON contacts (seq);
CREATE INDEX contacts_generation ON contacts (generation);

CREATE TABLE removed (id TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Tasks, notes and appointments of the contacts that were looked at.
CREATE TABLE records (
    kind    TEXT    NOT NULL CHECK (kind IN ('task', 'note', 'appointment')),
    id      TEXT    NOT NULL,
    contact TEXT    NOT NULL,
    ord     INTEGER NOT NULL,                  -- the server's order
    value   TEXT    NOT NULL,                  -- JSON of the domain
    raw     TEXT    NOT NULL,                  -- as received; empty after an edit, until the next fetch
    PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX records_contact ON records (contact, kind, ord);

CREATE TABLE details (
    contact    TEXT    PRIMARY KEY,
    seq        INTEGER NOT NULL,
    fetched_at INTEGER,
    edited_at  INTEGER NOT NULL DEFAULT 0      -- when an edit of ours was confirmed: older answers are stale
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
