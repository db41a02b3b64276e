-- The audit: rows are added and never changed, which the file itself refuses.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ns BIGINT NOT NULL,
  who VARCHAR NOT NULL,
  body TEXT NOT NULL,
  hash VARCHAR NOT NULL
);
CREATE INDEX ix_audit_who ON audit (who);
CREATE TRIGGER audit_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_never_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = new.seq)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
