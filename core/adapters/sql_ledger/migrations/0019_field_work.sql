-- Photos of repairs, what phones sent, and notes between field, desk and hotline.

CREATE TABLE photo (
    id VARCHAR NOT NULL PRIMARY KEY,
    "order" VARCHAR,
    stage VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_photo_order ON photo ("order");
CREATE TABLE order_note (
    id VARCHAR NOT NULL PRIMARY KEY,
    "order" VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_order_note_order ON order_note ("order");
CREATE TABLE field_act (
    id VARCHAR NOT NULL PRIMARY KEY,
    "order" VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_field_act_order ON field_act ("order");
