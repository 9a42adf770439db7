-- The appointments of the whole location, month by month as they were read, and of contacts that were looked at.
CREATE TABLE agenda (
    id      TEXT PRIMARY KEY,
    contact TEXT NOT NULL,
    value   TEXT NOT NULL                      -- JSON of the domain
) STRICT, WITHOUT ROWID;
CREATE INDEX agenda_contact ON agenda (contact);
CREATE TABLE agenda_months (
    month   TEXT PRIMARY KEY,                  -- 2026-11
    read_at INTEGER NOT NULL                   -- ms: when its newest reading began
) STRICT, WITHOUT ROWID;
INSERT INTO agenda (id, contact, value) SELECT id, contact, value FROM records WHERE kind = 'appointment';
