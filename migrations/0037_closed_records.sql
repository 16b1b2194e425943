-- What could not be read and a person leaves out, as long as the source says the same there.
CREATE TABLE closed_records (
  tenant TEXT NOT NULL,
  book   TEXT NOT NULL,
  place  TEXT NOT NULL,                        -- as in bad_records
  said   TEXT NOT NULL,                        -- the hash of what the source says
  PRIMARY KEY (tenant, book, place)
);
