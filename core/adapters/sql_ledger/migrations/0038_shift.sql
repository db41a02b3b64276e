-- The control room's shifts: what was noted during one, and its log as it was handed over and taken.

CREATE TABLE shift_note (
    id VARCHAR NOT NULL PRIMARY KEY,
    shift VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_shift_note_shift ON shift_note (shift, id);

CREATE TABLE shift_handover (
    id VARCHAR NOT NULL PRIMARY KEY,
    handed_ns BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX ix_shift_handover_handed_ns ON shift_handover (handed_ns);
