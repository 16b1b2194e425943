-- What persons have said of a document or of one payment of it: settled by hand, sent although another is there, left
-- out, made anew. One word a thing; the last one counts, and the audit log keeps them all.
CREATE TABLE words (
  tenant   TEXT NOT NULL,
  thing    BIGINT NOT NULL,                   -- the document, payment or refund it is about
  document BIGINT NOT NULL,                   -- the document it belongs to
  word     TEXT NOT NULL,
  body     TEXT NOT NULL,                     -- the rest of it, as JSON
  PRIMARY KEY (tenant, thing)
);
CREATE INDEX words_document ON words (tenant, document, thing);

-- Posted documents that an edit of the file or of a rule would make otherwise: looked at once an edit, some at a time.
CREATE TABLE edits (
  tenant TEXT NOT NULL PRIMARY KEY,
  config TEXT NOT NULL,                       -- the hash of file and rules that is looked at
  done   BIGINT NOT NULL
);
CREATE TABLE would_differ (
  tenant  TEXT NOT NULL,
  thing   BIGINT NOT NULL,
  by_what TEXT NOT NULL,                      -- accounts, tax, dates, text, amounts; empty where nothing would differ
  PRIMARY KEY (tenant, thing)
);
CREATE INDEX would_differ_by ON would_differ (tenant, by_what, thing);
