-- What came first may be several: clocks cannot always tell. (first_out stands before location in the text.)
UPDATE incident SET body = REPLACE(REPLACE(REPLACE(body,
  '"first_out":null', '"first_out":[]'),
  '"first_out":"', '"first_out":["'),
  '","location":', '"],"location":');
