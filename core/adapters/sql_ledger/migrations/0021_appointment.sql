-- Appointment windows of orders whose crew has to come in.

CREATE TABLE appointment (
    id VARCHAR NOT NULL PRIMARY KEY,
    "order" VARCHAR,
    slot VARCHAR,
    state VARCHAR,
    body TEXT NOT NULL
);
CREATE INDEX ix_appointment_order ON appointment ("order");
CREATE INDEX ix_appointment_slot ON appointment (slot, state);
