-- The fire service is told of hydrants without water (ON-13).

CREATE TABLE fire_duty (
    id VARCHAR NOT NULL PRIMARY KEY,
    notice VARCHAR,
    incident VARCHAR,
    state VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_fire_duty_notice ON fire_duty (notice);
CREATE INDEX ix_fire_duty_incident ON fire_duty (incident);
CREATE INDEX ix_fire_duty_state ON fire_duty (state);
