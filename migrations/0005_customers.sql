-- Who the customers of a source are, by the values under which the ledger's contacts are looked for: a value that two of
-- them share proves nothing. From the documents' records, the newest word on each customer.
CREATE TABLE customers (
  tenant  TEXT NOT NULL,
  book    TEXT NOT NULL,
  id      TEXT NOT NULL,                       -- as links name it
  party   TEXT NOT NULL,                       -- who it is, where several ids stand for one customer; else the id
  name    TEXT NOT NULL,                       -- folded
  parent  TEXT NOT NULL,                       -- the folded name of the client of which it is a site, or empty
  email   TEXT NOT NULL,                       -- folded
  several INTEGER NOT NULL,                    -- 1 once it was seen with two e-mail addresses
  PRIMARY KEY (tenant, book, id)
);
CREATE INDEX customers_name ON customers (tenant, book, name, id);
CREATE INDEX customers_email ON customers (tenant, book, email, id);

-- The records of before are gone through when the database is opened.
INSERT INTO meta (name, value) VALUES ('customers', 'waits');
