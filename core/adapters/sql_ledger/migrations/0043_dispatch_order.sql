-- What the control room told stations and posts to do: issued, read back, done.
CREATE TABLE dispatch_order (
    id VARCHAR NOT NULL PRIMARY KEY,
    state VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_dispatch_order_state ON dispatch_order (state, id);
