-- The open tasks of the whole location, as the last reading of all of them and what was fetched since had them.
CREATE TABLE open_tasks (
    id      TEXT PRIMARY KEY,
    contact TEXT NOT NULL,
    value   TEXT NOT NULL                      -- JSON of the domain
) STRICT, WITHOUT ROWID;
CREATE INDEX open_tasks_contact ON open_tasks (contact);
INSERT INTO open_tasks (id, contact, value)
    SELECT id, contact, value FROM records WHERE kind = 'task' AND NOT coalesce(json_extract(value, '$.completed'), 0);
