-- What the user asked for and the server has not taken yet.
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    contact    TEXT    NOT NULL,               -- the lane: edits of one contact keep their order
    edit       TEXT    NOT NULL,               -- JSON
    made_at    INTEGER NOT NULL,               -- ms since 1970, as all times here
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'started', 'failed')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER,                        -- when the newest request that may have had an effect left
    retry_at   INTEGER,                        -- not before
    probe      TEXT,                           -- JSON: ids of equal items that were there before the write
    why        TEXT                            -- why it waits or failed
) STRICT;

-- What became of every edit.
CREATE TABLE history (
    id       TEXT    PRIMARY KEY,
    edit     TEXT    NOT NULL,
    made_at  INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    outcome  TEXT    NOT NULL CHECK (outcome IN ('confirmed', 'withdrawn', 'discarded')),
    receipt  TEXT                              -- JSON: what the server held afterwards
) STRICT;

-- What is being typed.
CREATE TABLE drafts (
    key      TEXT    PRIMARY KEY,
    text     TEXT    NOT NULL,
    saved_at INTEGER NOT NULL
) STRICT;
