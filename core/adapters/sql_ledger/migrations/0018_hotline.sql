-- Telephone calls as the exchange tells of them, and groups of reports that speak of one matter.
CREATE TABLE phone_call (
    id VARCHAR NOT NULL PRIMARY KEY,
    "call" VARCHAR NOT NULL,
    stage VARCHAR,
    incident VARCHAR,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX ux_phone_call_call ON phone_call ("call");
CREATE INDEX ix_phone_call_stage ON phone_call (stage);
CREATE INDEX ix_phone_call_incident ON phone_call (incident);
CREATE TABLE call_cluster (
    id VARCHAR NOT NULL PRIMARY KEY,
    zone VARCHAR,
    "group" VARCHAR,
    state VARCHAR,
    work_order VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_call_cluster_state ON call_cluster (state);
CREATE INDEX ix_call_cluster_zone ON call_cluster (zone);
CREATE INDEX ix_call_cluster_work_order ON call_cluster (work_order)
