-- Planned activities, which explain alarms while they go on.

CREATE TABLE activity (
    id VARCHAR NOT NULL PRIMARY KEY,
    kind VARCHAR,
    state VARCHAR,
    body TEXT NOT NULL
);

CREATE INDEX ix_activity_state ON activity (state);
