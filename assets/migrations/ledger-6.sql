-- How many requests of a write may have had an effect, and how long the newest of them may still take, in ms after it
-- left: by the kind of its answer; none while there was no answer.
ALTER TABLE outbox ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN settle INTEGER;
UPDATE outbox SET sent = 1 WHERE state = 'started';
ALTER TABLE merge_steps ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE merge_steps ADD COLUMN settle INTEGER;
UPDATE merge_steps SET sent = 1 WHERE state = 'started';

-- Records whose creation was sent more than once: a copy may still turn up, and is looked for.
CREATE TABLE late_looks (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    contact TEXT    NOT NULL,
    edit    TEXT    NOT NULL,                  -- JSON: what was sent
    known   TEXT    NOT NULL,                  -- JSON: ids that are no copies: those from before, and the one that counts
    sent_at INTEGER NOT NULL,                  -- not after the first request, in ms since 1970
    since   INTEGER NOT NULL,                  -- when the write was settled
    looks   INTEGER NOT NULL DEFAULT 0         -- how often a copy was looked for since
) STRICT;
