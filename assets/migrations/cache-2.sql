-- When each contact was added, to list them in stretches of time and to find which of them are gone.
ALTER TABLE contacts ADD COLUMN added INTEGER;
UPDATE contacts SET added = CAST(round(unixepoch(json_extract(contact, '$.added'), 'subsec') * 1000) AS INTEGER);
CREATE INDEX contacts_added ON contacts (added);
