-- Rows that say what was sent, or will be, carry a checksum of their other columns, in the order of the table: `row_sum`
-- is the program's own function. A row that is damaged already keeps its old sum when it changes, and so stays damaged.
-- A column that is added later is not covered until its table's triggers are made again.

ALTER TABLE outbox ADD COLUMN sum INTEGER;
UPDATE outbox SET sum = row_sum(seq, id, contact, edit, made_at, state, attempts, started_at, retry_at, probe, why, grp, clash, insist, sent, settle);
CREATE TRIGGER outbox_made AFTER INSERT ON outbox BEGIN
    UPDATE outbox SET sum = row_sum(NEW.seq, NEW.id, NEW.contact, NEW.edit, NEW.made_at, NEW.state, NEW.attempts, NEW.started_at, NEW.retry_at, NEW.probe, NEW.why, NEW.grp, NEW.clash, NEW.insist, NEW.sent, NEW.settle) WHERE seq = NEW.seq;
END;
CREATE TRIGGER outbox_changed AFTER UPDATE OF seq, id, contact, edit, made_at, state, attempts, started_at, retry_at, probe, why, grp, clash, insist, sent, settle ON outbox
WHEN OLD.sum = row_sum(OLD.seq, OLD.id, OLD.contact, OLD.edit, OLD.made_at, OLD.state, OLD.attempts, OLD.started_at, OLD.retry_at, OLD.probe, OLD.why, OLD.grp, OLD.clash, OLD.insist, OLD.sent, OLD.settle) BEGIN
    UPDATE outbox SET sum = row_sum(NEW.seq, NEW.id, NEW.contact, NEW.edit, NEW.made_at, NEW.state, NEW.attempts, NEW.started_at, NEW.retry_at, NEW.probe, NEW.why, NEW.grp, NEW.clash, NEW.insist, NEW.sent, NEW.settle) WHERE seq = NEW.seq;
END;

ALTER TABLE history ADD COLUMN sum INTEGER;
UPDATE history SET sum = row_sum(number, id, edit, made_at, ended_at, outcome, receipt, grp);
CREATE TRIGGER history_made AFTER INSERT ON history BEGIN
    UPDATE history SET sum = row_sum(NEW.number, NEW.id, NEW.edit, NEW.made_at, NEW.ended_at, NEW.outcome, NEW.receipt, NEW.grp) WHERE number = NEW.number;
END;
CREATE TRIGGER history_changed AFTER UPDATE OF number, id, edit, made_at, ended_at, outcome, receipt, grp ON history
WHEN OLD.sum = row_sum(OLD.number, OLD.id, OLD.edit, OLD.made_at, OLD.ended_at, OLD.outcome, OLD.receipt, OLD.grp) BEGIN
    UPDATE history SET sum = row_sum(NEW.number, NEW.id, NEW.edit, NEW.made_at, NEW.ended_at, NEW.outcome, NEW.receipt, NEW.grp) WHERE number = NEW.number;
END;

ALTER TABLE merges ADD COLUMN sum INTEGER;
UPDATE merges SET sum = row_sum(number, id, batch, plan, phase, progress, held, before, made_at, ended_at, purged_at, "left", remade, wiped, insist, seq);
CREATE TRIGGER merges_made AFTER INSERT ON merges BEGIN
    UPDATE merges SET sum = row_sum(NEW.number, NEW.id, NEW.batch, NEW.plan, NEW.phase, NEW.progress, NEW.held, NEW.before, NEW.made_at, NEW.ended_at, NEW.purged_at, NEW."left", NEW.remade, NEW.wiped, NEW.insist, NEW.seq) WHERE number = NEW.number;
END;
CREATE TRIGGER merges_changed AFTER UPDATE OF number, id, batch, plan, phase, progress, held, before, made_at, ended_at, purged_at, "left", remade, wiped, insist, seq ON merges
WHEN OLD.sum = row_sum(OLD.number, OLD.id, OLD.batch, OLD.plan, OLD.phase, OLD.progress, OLD.held, OLD.before, OLD.made_at, OLD.ended_at, OLD.purged_at, OLD."left", OLD.remade, OLD.wiped, OLD.insist, OLD.seq) BEGIN
    UPDATE merges SET sum = row_sum(NEW.number, NEW.id, NEW.batch, NEW.plan, NEW.phase, NEW.progress, NEW.held, NEW.before, NEW.made_at, NEW.ended_at, NEW.purged_at, NEW."left", NEW.remade, NEW.wiped, NEW.insist, NEW.seq) WHERE number = NEW.number;
END;

ALTER TABLE merge_members ADD COLUMN sum INTEGER;
UPDATE merge_members SET sum = row_sum(merge, ord, contact, image, raw);
CREATE TRIGGER merge_members_made AFTER INSERT ON merge_members BEGIN
    UPDATE merge_members SET sum = row_sum(NEW.merge, NEW.ord, NEW.contact, NEW.image, NEW.raw) WHERE merge = NEW.merge AND ord = NEW.ord;
END;
CREATE TRIGGER merge_members_changed AFTER UPDATE OF merge, ord, contact, image, raw ON merge_members
WHEN OLD.sum = row_sum(OLD.merge, OLD.ord, OLD.contact, OLD.image, OLD.raw) BEGIN
    UPDATE merge_members SET sum = row_sum(NEW.merge, NEW.ord, NEW.contact, NEW.image, NEW.raw) WHERE merge = NEW.merge AND ord = NEW.ord;
END;

ALTER TABLE merge_steps ADD COLUMN sum INTEGER;
UPDATE merge_steps SET sum = row_sum(merge, phase, n, op, state, started_at, probe, reply, sent, settle);
CREATE TRIGGER merge_steps_made AFTER INSERT ON merge_steps BEGIN
    UPDATE merge_steps SET sum = row_sum(NEW.merge, NEW.phase, NEW.n, NEW.op, NEW.state, NEW.started_at, NEW.probe, NEW.reply, NEW.sent, NEW.settle) WHERE merge = NEW.merge AND phase = NEW.phase AND n = NEW.n;
END;
CREATE TRIGGER merge_steps_changed AFTER UPDATE OF merge, phase, n, op, state, started_at, probe, reply, sent, settle ON merge_steps
WHEN OLD.sum = row_sum(OLD.merge, OLD.phase, OLD.n, OLD.op, OLD.state, OLD.started_at, OLD.probe, OLD.reply, OLD.sent, OLD.settle) BEGIN
    UPDATE merge_steps SET sum = row_sum(NEW.merge, NEW.phase, NEW.n, NEW.op, NEW.state, NEW.started_at, NEW.probe, NEW.reply, NEW.sent, NEW.settle) WHERE merge = NEW.merge AND phase = NEW.phase AND n = NEW.n;
END;

ALTER TABLE late_looks ADD COLUMN sum INTEGER;
UPDATE late_looks SET sum = row_sum(number, contact, edit, known, sent_at, since, looks);
CREATE TRIGGER late_looks_made AFTER INSERT ON late_looks BEGIN
    UPDATE late_looks SET sum = row_sum(NEW.number, NEW.contact, NEW.edit, NEW.known, NEW.sent_at, NEW.since, NEW.looks) WHERE number = NEW.number;
END;
CREATE TRIGGER late_looks_changed AFTER UPDATE OF number, contact, edit, known, sent_at, since, looks ON late_looks
WHEN OLD.sum = row_sum(OLD.number, OLD.contact, OLD.edit, OLD.known, OLD.sent_at, OLD.since, OLD.looks) BEGIN
    UPDATE late_looks SET sum = row_sum(NEW.number, NEW.contact, NEW.edit, NEW.known, NEW.sent_at, NEW.since, NEW.looks) WHERE number = NEW.number;
END;
