-- Of every contact what the list shows: read whole at each start, so apart from what is large.
CREATE TABLE listed (
    id      TEXT    PRIMARY KEY,
    first   TEXT    NOT NULL,                  -- empty text is none, as in all of these
    last    TEXT    NOT NULL,
    email   TEXT    NOT NULL,
    phone   TEXT    NOT NULL,
    company TEXT    NOT NULL,
    city    TEXT    NOT NULL,
    tags    TEXT    NOT NULL,                  -- JSON; empty where there are none
    owner   TEXT    NOT NULL,
    source  TEXT    NOT NULL,
    added   INTEGER,                           -- microseconds since 1970
    updated INTEGER,
    dnd     INTEGER NOT NULL                   -- 1: for every channel
) STRICT, WITHOUT ROWID;
-- Contacts that are here already are listed at the next start.
INSERT INTO meta (key, value) SELECT 'to_list', 'true' WHERE EXISTS (SELECT 1 FROM contacts);
