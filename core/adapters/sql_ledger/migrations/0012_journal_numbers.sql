-- From here on the journal's numbers have no gaps: one that is missing is a row that was removed.
UPDATE sqlite_sequence SET seq = (SELECT coalesce(max(seq), 0) FROM journal) WHERE name = 'journal';
INSERT INTO cursor (name, "at") SELECT 'journal_whole_from', coalesce(max(seq), 0) FROM journal;
