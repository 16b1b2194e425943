-- Payments and refunds of documents that the ledger has or is to get, of those that are not posted: where the last
-- decision left each. By them an edit of the file finds what is to be decided again on posted documents, and what waits
-- for a person's word is counted.
CREATE TABLE loose_payments (
  tenant   TEXT NOT NULL,
  thing    BIGINT NOT NULL,                   -- the document
  payment  TEXT NOT NULL,                     -- the source's id of it
  day      TEXT NOT NULL,
  amount   TEXT NOT NULL,
  currency TEXT NOT NULL,
  state    TEXT NOT NULL,
  code     TEXT NOT NULL,                     -- of its reason, or empty
  released INTEGER NOT NULL,                  -- 1 once a person has let it go
  PRIMARY KEY (tenant, thing, payment)
);
CREATE INDEX loose_payments_code ON loose_payments (tenant, code, released, day);

-- What earlier decisions say is filled in when the database is opened.
INSERT INTO meta (name, value) VALUES ('loose_payments', 'waits');
