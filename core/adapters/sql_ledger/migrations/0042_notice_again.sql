-- One notice of an incident and kind; one that told that water is back leaves room for another, for it may be
-- shut off again (WO-04), and so does one of an exercise that was taken back (ON-42).
DROP INDEX ux_notice_incident_kind;
CREATE UNIQUE INDEX ux_notice_incident_kind ON notice (incident, kind)
WHERE state <> 'restored' AND (status <> 'exercise' OR state <> 'withdrawn');
