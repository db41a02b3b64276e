-- One notice of an incident and kind; one that was published and taken back leaves room for another, for its
-- incident may stand (ON-02), beside one that told that water is back and one of an exercise that is over.
DROP INDEX ux_notice_incident_kind;
CREATE UNIQUE INDEX ux_notice_incident_kind ON notice (incident, kind)
WHERE state <> 'restored'
  AND (state <> 'withdrawn' OR (status <> 'exercise' AND json_extract(body, '$.change') IS NOT 'cancelled'));
