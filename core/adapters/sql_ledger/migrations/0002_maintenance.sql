-- Maintenance of sensors, with its end.
CREATE TABLE maintenance (
  id VARCHAR NOT NULL,
  subject VARCHAR,
  active BOOLEAN,
  body TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_maintenance_subject ON maintenance (subject);
CREATE INDEX ix_maintenance_active ON maintenance (active);
