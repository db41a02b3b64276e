-- What laboratories found in samples of water.

CREATE TABLE lab_result (
    id VARCHAR NOT NULL PRIMARY KEY,
    month VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_lab_result_month ON lab_result (month, id);
