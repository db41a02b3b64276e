-- The journal asked by time: what happened in a period, and how every alarm stood at an instant.
ALTER TABLE journal ADD COLUMN commit_ns BIGINT;
UPDATE journal SET commit_ns = json_extract(body, '$.commit_ns');
CREATE INDEX ix_journal_commit_ns ON journal (commit_ns);
CREATE INDEX ix_journal_alarm_commit_ns ON journal (alarm, commit_ns);
