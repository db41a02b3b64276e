-- Publication of on-line quality, held by a person for four hours at most (WQ-06).
CREATE TABLE quality_hold (
    id VARCHAR NOT NULL PRIMARY KEY,
    zone VARCHAR,
    parameter VARCHAR,
    standing BOOLEAN,
    began_ns BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX ix_quality_hold_standing ON quality_hold (standing, id);
CREATE INDEX ix_quality_hold_began_ns ON quality_hold (began_ns);
