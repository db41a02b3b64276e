-- Commands that came with a key and were done: sealed answers, each until it is forgotten.
CREATE TABLE command (
    id VARCHAR NOT NULL PRIMARY KEY,
    due_ns BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX ix_command_due_ns ON command (due_ns)
