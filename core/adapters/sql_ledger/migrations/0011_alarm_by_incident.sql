-- Whether any alarm of an incident still stands is asked with each that clears.
DROP INDEX ix_alarm_incident;
CREATE INDEX ix_alarm_incident_active ON alarm (incident, active);
