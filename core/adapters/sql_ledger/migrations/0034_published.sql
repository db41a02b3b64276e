-- The published record: a row an area, parameter and Shanghai day (WQ-02, WQ-29).

CREATE TABLE published_day (
    id VARCHAR NOT NULL PRIMARY KEY,
    zone VARCHAR,
    month VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_published_day_zone_month ON published_day (zone, month);
