-- Letters are counted by what they tell: who is not affected after all is none of those whose water is back.
ALTER TABLE letter ADD COLUMN ending VARCHAR;
UPDATE letter SET ending = json_extract(body, '$.ending') WHERE change = 'restored'
