-- Which entries came of a spool row, so that a row told again is known at once.
CREATE INDEX ix_journal_spool_seq ON journal (spool_seq);
