-- What was promised, what held it up, who had to be spoken to, and what it cost the customers.

CREATE TABLE service_clock (
    id VARCHAR NOT NULL PRIMARY KEY,
    "order" VARCHAR,
    clock VARCHAR,
    running BOOLEAN,
    body TEXT NOT NULL
);
CREATE INDEX ix_service_clock_order ON service_clock ("order");
CREATE INDEX ix_service_clock_running ON service_clock (running);
CREATE TABLE pause (
    id VARCHAR NOT NULL PRIMARY KEY,
    "order" VARCHAR,
    open BOOLEAN,
    body TEXT NOT NULL
);
CREATE INDEX ix_pause_order ON pause ("order");
CREATE TABLE duty (
    id VARCHAR NOT NULL PRIMARY KEY,
    incident VARCHAR,
    account VARCHAR,
    state VARCHAR,
    due_ns BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX ix_duty_incident ON duty (incident);
CREATE INDEX ix_duty_state ON duty (state);
CREATE TABLE callback (
    id VARCHAR NOT NULL PRIMARY KEY,
    "order" VARCHAR,
    day VARCHAR,
    open BOOLEAN,
    body TEXT NOT NULL
);
CREATE INDEX ix_callback_order ON callback ("order");
CREATE INDEX ix_callback_day ON callback (day);
CREATE INDEX ix_callback_open ON callback (open);
CREATE TABLE outage (
    id VARCHAR NOT NULL PRIMARY KEY,
    zone VARCHAR,
    kind VARCHAR,
    body TEXT NOT NULL
);
CREATE TABLE authority_report (
    id VARCHAR NOT NULL PRIMARY KEY,
    state VARCHAR,
    body TEXT NOT NULL
);
