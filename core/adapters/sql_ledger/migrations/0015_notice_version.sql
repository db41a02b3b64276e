-- What was said to the public, version by version, and whom each version concerned.
CREATE TABLE notice_version (
  id VARCHAR NOT NULL,
  notice VARCHAR,
  version INTEGER,
  state VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (notice, version)
);
CREATE INDEX ix_notice_version_state ON notice_version (state);
CREATE TABLE notice_reach (
  id VARCHAR NOT NULL,
  notice VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_notice_reach_notice ON notice_reach (notice);
