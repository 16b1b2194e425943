-- The papers of a book that is written to, as far as posting needs them: which number is taken by what, whose stamp
-- stands where, what was paid on it. Filled once, and brought up to date by lists of what changed.
CREATE TABLE mirror_papers (
  tenant  TEXT NOT NULL,
  book    TEXT NOT NULL,
  kind    TEXT NOT NULL,
  id      TEXT NOT NULL,
  number  TEXT NOT NULL,
  mark    TEXT NOT NULL,                       -- our stamp on it, or empty
  contact TEXT NOT NULL,
  seen    TEXT NOT NULL,                       -- since when it is known here
  body    TEXT NOT NULL,
  PRIMARY KEY (tenant, book, kind, id)
);
CREATE INDEX mirror_papers_number ON mirror_papers (tenant, book, kind, number, id);
CREATE INDEX mirror_papers_mark ON mirror_papers (tenant, book, kind, mark, id);
CREATE INDEX mirror_papers_contact ON mirror_papers (tenant, book, kind, contact, id);
