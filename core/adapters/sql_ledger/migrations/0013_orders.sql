-- The order's life: what people reported, valves turned, parts and hours, what was found of the pipe.

CREATE TABLE report (
    id VARCHAR NOT NULL PRIMARY KEY,
    work_order VARCHAR,
    incident VARCHAR,
    account VARCHAR,
    zone VARCHAR,
    "call" VARCHAR,
    symptom VARCHAR,
    at_ns BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX ix_report_work_order ON report (work_order);
CREATE INDEX ix_report_incident ON report (incident);
CREATE INDEX ix_report_account ON report (account);
CREATE INDEX ix_report_zone ON report (zone);
CREATE INDEX ix_report_call ON report ("call");
CREATE TABLE valve_operation (
    id VARCHAR NOT NULL PRIMARY KEY,
    work_order VARCHAR,
    valve VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_valve_operation_work_order ON valve_operation (work_order);
CREATE TABLE part (
    id VARCHAR NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);
CREATE TABLE part_move (
    id VARCHAR NOT NULL PRIMARY KEY,
    part VARCHAR,
    place VARCHAR,
    work_order VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_part_move_work_order ON part_move (work_order);
CREATE INDEX ix_part_move_place ON part_move (place);
CREATE TABLE labour (
    id VARCHAR NOT NULL PRIMARY KEY,
    work_order VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_labour_work_order ON labour (work_order);
CREATE TABLE failure (
    id VARCHAR NOT NULL PRIMARY KEY,
    mode VARCHAR,
    zone VARCHAR,
    body TEXT NOT NULL
);
CREATE TABLE service (
    id VARCHAR NOT NULL PRIMARY KEY,
    kind VARCHAR,
    active BOOLEAN,
    body TEXT NOT NULL
);
CREATE TABLE flow_lock (
    id VARCHAR NOT NULL PRIMARY KEY,
    kind VARCHAR,
    body TEXT NOT NULL
);
CREATE TABLE grab_point (
    id VARCHAR NOT NULL PRIMARY KEY,
    crew VARCHAR,
    work_order VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_grab_point_crew ON grab_point (crew)
