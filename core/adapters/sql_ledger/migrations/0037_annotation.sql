-- What people write beside trends.

CREATE TABLE annotation (
    id VARCHAR NOT NULL PRIMARY KEY,
    start_ns BIGINT,
    standing BOOLEAN,
    body TEXT NOT NULL
);
CREATE INDEX ix_annotation_start_ns ON annotation (start_ns);
