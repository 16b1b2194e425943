-- What people, or the source, did to what is posted, as far as it stands and nobody has ended it: a paper cancelled in the
-- ledger, another sum on it, a payment taken out, a document deleted at the source. With both figures, since when it is
-- known, and the run that told it first.
CREATE TABLE drifts (
  tenant   TEXT NOT NULL,
  document BIGINT NOT NULL,                   -- the document it concerns
  other    TEXT NOT NULL,                     -- the ledger's id of the paper it was seen on; empty for the source
  what     TEXT NOT NULL,                     -- its code; `unclear` where a write of the document was under way
  thing    BIGINT NOT NULL,                   -- the document itself, or the payment or refund of it
  body     TEXT NOT NULL,                     -- the rest of it, as JSON
  seen     TEXT NOT NULL,
  run      TEXT NOT NULL,                     -- empty until a run has told it
  PRIMARY KEY (tenant, document, other, what, thing)
);
CREATE INDEX drifts_what ON drifts (tenant, what, seen);
CREATE INDEX drifts_thing ON drifts (tenant, thing, what);

-- Which payments of ours are on a paper of the ledger.
CREATE INDEX links_upon ON links (tenant, upon);

-- What was done before this was looked for is found by reading the ledger's papers once more.
DELETE FROM mirrors WHERE what = 'papers:invoice';
UPDATE mirrors SET at = '1970-01-02T00:00:00.000000Z', hash = '' WHERE what = 'papers:credit_note';

-- Which of the source's posted documents were last asked for: the list is gone through a part at a time.
CREATE TABLE sweeps (
  tenant TEXT NOT NULL,
  book   TEXT NOT NULL,
  asked  BIGINT NOT NULL,                     -- the last thing that was asked for
  at     TEXT NOT NULL,                       -- when, or since when nobody asked
  PRIMARY KEY (tenant, book)
);
