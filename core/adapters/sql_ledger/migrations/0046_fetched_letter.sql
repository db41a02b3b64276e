-- What became of the letters that were fetched from the citizens' server: each once (F-17).
CREATE TABLE fetched_letter (
    id VARCHAR NOT NULL PRIMARY KEY,
    outcome VARCHAR,
    code VARCHAR,
    opened BOOLEAN,
    at_ns BIGINT,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX ux_fetched_letter_code ON fetched_letter (code);
CREATE INDEX ix_fetched_letter_outcome ON fetched_letter (outcome, at_ns);
CREATE INDEX ix_fetched_letter_opened ON fetched_letter (opened, at_ns);
