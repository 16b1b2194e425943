-- Papers of ours on which the ledger shows money that is not ours, or no more what was: what a backward half looks at next.
-- `seq` grows with every change, so that whoever has seen up to one number asks for what is above it.
CREATE TABLE paid_there (
  tenant TEXT NOT NULL,
  book TEXT NOT NULL,
  id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (tenant, book, id)
);
CREATE INDEX paid_there_next ON paid_there (tenant, book, seq);

-- What was mirrored before is looked at once.
INSERT INTO paid_there (tenant, book, id, seq)
  SELECT p.tenant, p.book, p.id, 1 FROM mirror_papers p
   WHERE p.kind = 'invoice' AND p.body LIKE '%"payments":[{%'
     AND EXISTS (SELECT 1 FROM things t JOIN links l ON l.tenant = t.tenant AND l.other = t.thing
       WHERE t.tenant = p.tenant AND t.book = p.book AND t.kind = p.kind AND t.id = p.id);
