-- The approved master alarm database, the changes that made it, and what was found to differ from it.

CREATE TABLE master_row (id VARCHAR NOT NULL PRIMARY KEY, version INTEGER, body TEXT NOT NULL);

CREATE TABLE master_edit (
    id VARCHAR NOT NULL PRIMARY KEY,
    proposal VARCHAR,
    "row" VARCHAR,
    version INTEGER,
    body TEXT NOT NULL
);

CREATE INDEX ix_master_edit_proposal ON master_edit (proposal);
CREATE INDEX ix_master_edit_row ON master_edit ("row");
CREATE INDEX ix_master_edit_version ON master_edit (version);

CREATE TABLE master_version (id VARCHAR NOT NULL PRIMARY KEY, body TEXT NOT NULL);

CREATE TABLE master_drift (id VARCHAR NOT NULL PRIMARY KEY, standing BOOLEAN, body TEXT NOT NULL);

CREATE INDEX ix_master_drift_standing ON master_drift (standing);
