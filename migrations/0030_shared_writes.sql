-- Documents that wait for a write which stands in the journal as another document's: a contact is changed once for all of them.
CREATE TABLE shared_writes (
  tenant TEXT NOT NULL,
  natural_key TEXT NOT NULL,
  document INTEGER NOT NULL,
  PRIMARY KEY (tenant, natural_key, document)
);
CREATE INDEX shared_writes_document ON shared_writes (tenant, document, natural_key);
