-- Who was told what of a notice's version, and what came of it.
CREATE TABLE mailing (
    id VARCHAR NOT NULL PRIMARY KEY,
    notice VARCHAR,
    state VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_mailing_notice ON mailing (notice);
CREATE TABLE letter (
    id VARCHAR NOT NULL PRIMARY KEY,
    mailing VARCHAR,
    notice VARCHAR,
    person VARCHAR,
    change VARCHAR,
    state VARCHAR,
    channel VARCHAR,
    due_ns BIGINT,
    receipt VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_letter_due ON letter (mailing, channel, due_ns);
CREATE INDEX ix_letter_person ON letter (person, notice);
CREATE INDEX ix_letter_state ON letter (state, mailing);
CREATE INDEX ix_letter_receipt ON letter (receipt)
