-- The first ledger: records, journal, outbox, cursors, counters and kept snapshots.
CREATE TABLE alarm (
  id VARCHAR NOT NULL,
  state VARCHAR,
  active BOOLEAN,
  zone VARCHAR,
  tag VARCHAR,
  incident VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_alarm_state ON alarm (state);
CREATE INDEX ix_alarm_active ON alarm (active);
CREATE INDEX ix_alarm_zone ON alarm (zone);
CREATE INDEX ix_alarm_tag ON alarm (tag);
CREATE INDEX ix_alarm_incident ON alarm (incident);
CREATE TABLE incident (
  id VARCHAR NOT NULL,
  kind VARCHAR,
  state VARCHAR,
  zone VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_incident_kind ON incident (kind);
CREATE INDEX ix_incident_state ON incident (state);
CREATE INDEX ix_incident_zone ON incident (zone);
CREATE TABLE work_order (
  id VARCHAR NOT NULL,
  incident VARCHAR,
  kind VARCHAR,
  state VARCHAR,
  zone VARCHAR,
  crew VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (incident, kind)
);
CREATE INDEX ix_work_order_incident ON work_order (incident);
CREATE INDEX ix_work_order_kind ON work_order (kind);
CREATE INDEX ix_work_order_state ON work_order (state);
CREATE INDEX ix_work_order_zone ON work_order (zone);
CREATE INDEX ix_work_order_crew ON work_order (crew);
CREATE TABLE notice (
  id VARCHAR NOT NULL,
  incident VARCHAR,
  kind VARCHAR,
  state VARCHAR,
  zone VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (incident, kind)
);
CREATE INDEX ix_notice_incident ON notice (incident);
CREATE INDEX ix_notice_kind ON notice (kind);
CREATE INDEX ix_notice_state ON notice (state);
CREATE INDEX ix_notice_zone ON notice (zone);
CREATE TABLE affected (
  id VARCHAR NOT NULL,
  notice VARCHAR,
  account VARCHAR,
  supply VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (notice, account)
);
CREATE INDEX ix_affected_notice ON affected (notice);
CREATE INDEX ix_affected_account ON affected (account);
CREATE INDEX ix_affected_supply ON affected (supply);
CREATE TABLE account (
  id VARCHAR NOT NULL,
  zone VARCHAR,
  node VARCHAR,
  street VARCHAR,
  address VARCHAR,
  building VARCHAR,
  tel VARCHAR,
  meter VARCHAR,
  segment VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_account_zone ON account (zone);
CREATE INDEX ix_account_node ON account (node);
CREATE INDEX ix_account_street ON account (street);
CREATE INDEX ix_account_address ON account (address);
CREATE INDEX ix_account_building ON account (building);
CREATE INDEX ix_account_tel ON account (tel);
CREATE INDEX ix_account_meter ON account (meter);
CREATE INDEX ix_account_segment ON account (segment);
CREATE TABLE user_account (
  id VARCHAR NOT NULL,
  role VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_user_account_role ON user_account (role);
CREATE TABLE session (
  id VARCHAR NOT NULL,
  user VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_session_user ON session (user);
CREATE TABLE access_record (
  id VARCHAR NOT NULL,
  user VARCHAR,
  account VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_access_record_user ON access_record (user);
CREATE INDEX ix_access_record_account ON access_record (account);
CREATE TABLE journal (
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  alarm VARCHAR NOT NULL,
  event VARCHAR NOT NULL,
  event_ns BIGINT NOT NULL,
  spool_seq BIGINT,
  body TEXT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  UNIQUE (alarm, spool_seq, event, event_ns)
);
CREATE INDEX ix_journal_alarm ON journal (alarm);
CREATE TABLE event (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  body TEXT NOT NULL
);
CREATE TABLE cursor (
  name VARCHAR NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (name)
);
CREATE TABLE counter (
  name VARCHAR NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (name)
);
CREATE TABLE kept (
  name VARCHAR NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (name)
);
