-- Duties of planned cuts: of a notice instead of an incident.

ALTER TABLE duty RENAME TO duty_of_incidents;
DROP INDEX ix_duty_incident;
DROP INDEX ix_duty_state;
CREATE TABLE duty (
    id VARCHAR NOT NULL PRIMARY KEY,
    incident VARCHAR,
    account VARCHAR,
    state VARCHAR,
    due_ns BIGINT,
    notice VARCHAR,
    body TEXT NOT NULL
);
INSERT INTO duty (id, incident, account, state, due_ns, body)
SELECT id, incident, account, state, due_ns, body FROM duty_of_incidents;
DROP TABLE duty_of_incidents;
CREATE INDEX ix_duty_incident ON duty (incident);
CREATE INDEX ix_duty_notice ON duty (notice);
CREATE INDEX ix_duty_state ON duty (state);
