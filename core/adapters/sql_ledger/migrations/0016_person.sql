-- Personal data in a table of its own, sealed. What accounts had of it is carried over by
-- core/adapters/sql_ledger/persons_carried.py, for which the cursor says how many accounts there are.
CREATE TABLE sealed_person (
  id VARCHAR NOT NULL,
  account_index VARCHAR,
  phone_index VARCHAR,
  last4_index VARCHAR,
  key_id VARCHAR,
  body TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_sealed_person_account_index ON sealed_person (account_index);
CREATE INDEX ix_sealed_person_phone_index ON sealed_person (phone_index);
CREATE INDEX ix_sealed_person_last4_index ON sealed_person (last4_index);
CREATE INDEX ix_sealed_person_key_id ON sealed_person (key_id);
DROP INDEX ix_account_tel;
ALTER TABLE account DROP COLUMN tel;
INSERT INTO cursor (name, "at") SELECT 'persons_to_carry', count(*) FROM account;
