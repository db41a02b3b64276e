-- What one person proposes and another approves.

CREATE TABLE proposal (
    id VARCHAR NOT NULL PRIMARY KEY,
    kind VARCHAR,
    subject VARCHAR,
    state VARCHAR,
    body TEXT NOT NULL
);

CREATE INDEX ix_proposal_kind ON proposal (kind);
CREATE INDEX ix_proposal_subject ON proposal (subject);
CREATE INDEX ix_proposal_state ON proposal (state);
