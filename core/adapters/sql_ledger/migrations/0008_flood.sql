-- Floods of alarms, by operator position.

CREATE TABLE flood (
    id VARCHAR NOT NULL PRIMARY KEY,
    position VARCHAR,
    open BOOLEAN,
    body TEXT NOT NULL
);

CREATE INDEX ix_flood_position ON flood (position);
CREATE INDEX ix_flood_open ON flood (open);
