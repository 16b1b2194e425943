-- Numbers that documents were given of a tenant's own series. One stays with its document, and nobody else gets it.
CREATE TABLE given_numbers (
  tenant TEXT NOT NULL,
  thing  BIGINT NOT NULL,                      -- the document
  book   TEXT NOT NULL,                        -- the ledger
  kind   TEXT NOT NULL,                        -- as which kind there
  series TEXT NOT NULL,                        -- what stands before the count
  place  BIGINT NOT NULL,
  number TEXT NOT NULL,
  PRIMARY KEY (tenant, thing)
);
CREATE UNIQUE INDEX given_numbers_place ON given_numbers (book, kind, series, place);
CREATE INDEX given_numbers_number ON given_numbers (tenant, number, thing);
