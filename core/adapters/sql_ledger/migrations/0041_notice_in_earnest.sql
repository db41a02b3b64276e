-- One notice of an incident and kind; one of an exercise that is over leaves room for another (ON-42).
CREATE TABLE notice_anew (
    id VARCHAR NOT NULL PRIMARY KEY,
    incident VARCHAR,
    kind VARCHAR,
    state VARCHAR,
    zone VARCHAR,
    status VARCHAR,
    body TEXT NOT NULL
);
INSERT INTO notice_anew (id, incident, kind, state, zone, status, body)
SELECT id, incident, kind, state, zone, coalesce(json_extract(body, '$.status'), 'actual'), body FROM notice;
DROP TABLE notice;
ALTER TABLE notice_anew RENAME TO notice;
CREATE INDEX ix_notice_incident ON notice (incident);
CREATE INDEX ix_notice_kind ON notice (kind);
CREATE INDEX ix_notice_state ON notice (state, id);
CREATE INDEX ix_notice_zone ON notice (zone, id);
CREATE INDEX ix_notice_status ON notice (status, id);
CREATE UNIQUE INDEX ux_notice_incident_kind ON notice (incident, kind)
WHERE status <> 'exercise' OR state NOT IN ('restored', 'withdrawn');
