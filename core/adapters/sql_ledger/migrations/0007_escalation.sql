-- Calls for help: their timers, who was told, and which ways to people are proven.
CREATE TABLE timer (
    id VARCHAR NOT NULL PRIMARY KEY,
    kind VARCHAR,
    subject VARCHAR,
    due_ns BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX ix_timer_due_ns ON timer (due_ns);
CREATE INDEX ix_timer_subject ON timer (subject);
CREATE TABLE call (
    id VARCHAR NOT NULL PRIMARY KEY,
    state VARCHAR,
    zone VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_call_state ON call (state);
CREATE TABLE notification (
    id VARCHAR NOT NULL PRIMARY KEY,
    call VARCHAR,
    key VARCHAR,
    kind VARCHAR,
    outcome VARCHAR,
    way VARCHAR,
    zone VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_notification_call ON notification (call);
CREATE INDEX ix_notification_key ON notification (key);
CREATE TABLE verified_way (
    id VARCHAR NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);
