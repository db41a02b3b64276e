-- Duties of a period are found by when each came out, or should have.
ALTER TABLE duty ADD COLUMN fell_ns BIGINT;
UPDATE duty SET fell_ns = coalesce(json_extract(body, '$.done_ns'), due_ns);
CREATE INDEX ix_duty_fell_ns ON duty (fell_ns, id)
