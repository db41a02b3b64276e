-- The control room's shifts: what was noted during one, and its log as it was handed over and taken.
-- IF NOT EXISTS: for an hour it had the number of the one before.

CREATE TABLE IF NOT EXISTS shift_note (
    id VARCHAR NOT NULL PRIMARY KEY,
    shift VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ix_shift_note_shift ON shift_note (shift, id);

CREATE TABLE IF NOT EXISTS shift_handover (
    id VARCHAR NOT NULL PRIMARY KEY,
    handed_ns BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ix_shift_handover_handed_ns ON shift_handover (handed_ns);
