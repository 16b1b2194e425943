-- A thing in a book: everything that names one says which book it is in, what kind it is there, and its id. The tables
-- of the first stage are put aside; what they hold is moved when the database is opened, and they are dropped then.

DROP VIEW ready_writes;

DROP INDEX records_replaced;
DROP INDEX documents_open;
DROP INDEX documents_state;
DROP INDEX documents_changed;
DROP INDEX documents_number;
DROP INDEX documents_also;
DROP INDEX decisions_facts;
DROP INDEX writes_state;
DROP INDEX writes_document;
DROP INDEX writes_needs;
DROP INDEX writes_batch;
DROP INDEX writes_source;
DROP INDEX links_target;
DROP INDEX links_on;

ALTER TABLE cursors RENAME TO first_cursors;
ALTER TABLE records RENAME TO first_records;
ALTER TABLE documents RENAME TO first_documents;
ALTER TABLE decisions RENAME TO first_decisions;
ALTER TABLE writes RENAME TO first_writes;
ALTER TABLE links RENAME TO first_links;
ALTER TABLE ledger_contacts RENAME TO first_contacts;
ALTER TABLE mirrors RENAME TO first_mirrors;
ALTER TABLE bad_records RENAME TO first_bad_records;

-- What they hold waits to be moved.
INSERT INTO meta (name, value) VALUES ('first_stage', 'waits');

-- One account at one system. Its word is the name its connection had when the book was first used, and stays when the
-- connection is renamed. Empty is not known yet: the next run says it.
CREATE TABLE books (
  tenant       TEXT NOT NULL,
  book         TEXT NOT NULL,
  side         TEXT NOT NULL,                  -- of the tenant's flow: source or ledger
  system       TEXT NOT NULL,
  connection   TEXT NOT NULL,
  organisation TEXT NOT NULL,
  PRIMARY KEY (tenant, book)
);

-- A book's id, turned into a number once.
CREATE TABLE things (
  thing  INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  book   TEXT NOT NULL,
  kind   TEXT NOT NULL,
  id     TEXT NOT NULL,
  UNIQUE (tenant, book, kind, id)
);

CREATE TABLE cursors (
  tenant TEXT NOT NULL,
  book   TEXT NOT NULL,
  kind   TEXT NOT NULL,
  cursor TEXT NOT NULL,
  PRIMARY KEY (tenant, book, kind)
);

-- What a book said of a thing, every version of it, compressed.
CREATE TABLE records (
  tenant      TEXT NOT NULL,
  thing       BIGINT NOT NULL,
  version     TEXT NOT NULL,
  seen_at     TEXT NOT NULL,
  replaced_at TEXT,                            -- since when another version is the newest
  body        BLOB NOT NULL,
  PRIMARY KEY (tenant, thing, version)
);
-- Nothing but what was replaced, for retention.
CREATE INDEX records_replaced ON records (tenant, replaced_at) WHERE replaced_at IS NOT NULL;

-- Where each document stands.
CREATE TABLE documents (
  tenant     TEXT NOT NULL,
  thing      BIGINT NOT NULL,
  id         TEXT NOT NULL,                    -- the thing's id, by which documents of a day are put in order
  number     TEXT NOT NULL,
  also       TEXT NOT NULL,
  state      TEXT NOT NULL,
  reason     TEXT,
  day        TEXT,
  total      TEXT NOT NULL,
  currency   TEXT NOT NULL,
  contact    TEXT NOT NULL,
  version    TEXT NOT NULL,
  decided    TEXT,
  drafts     TEXT,
  approved   TEXT,
  changed_at TEXT NOT NULL,
  open       INTEGER NOT NULL,                 -- 1 while its newest version is not decided on
  PRIMARY KEY (tenant, thing)
);
CREATE INDEX documents_open ON documents (tenant, day, id) WHERE open = 1;
CREATE INDEX documents_state ON documents (tenant, state, changed_at DESC, id);
CREATE INDEX documents_changed ON documents (tenant, changed_at DESC, id);
CREATE INDEX documents_number ON documents (tenant, number, id);
CREATE INDEX documents_id ON documents (tenant, id, thing);
CREATE INDEX documents_also ON documents (tenant, also, id);

CREATE VIEW document_rows AS
  SELECT d.*, t.book, t.kind FROM documents d JOIN things t ON t.thing = d.thing;

-- What explains the last decision on each document. Apart from the document, whose row is written far more often.
CREATE TABLE decisions (
  tenant TEXT NOT NULL,
  thing  BIGINT NOT NULL,
  facts  TEXT NOT NULL,                        -- hash of the ledger facts it used
  note   BLOB NOT NULL,
  PRIMARY KEY (tenant, thing)
);
CREATE INDEX decisions_facts ON decisions (tenant, facts);

-- The charts decisions used, once per content.
CREATE TABLE charts (
  tenant TEXT NOT NULL,
  hash   TEXT NOT NULL,
  body   BLOB NOT NULL,
  PRIMARY KEY (tenant, hash)
);

-- What of a book was last read, and when; of its chart, which one it was.
CREATE TABLE mirrors (
  tenant TEXT NOT NULL,
  book   TEXT NOT NULL,
  what   TEXT NOT NULL,
  at     TEXT NOT NULL,
  hash   TEXT NOT NULL,
  PRIMARY KEY (tenant, book, what)
);

CREATE TABLE writes (
  id             INTEGER PRIMARY KEY,
  tenant         TEXT NOT NULL,
  natural_key    TEXT NOT NULL,
  marker         TEXT NOT NULL,
  kind           TEXT NOT NULL,
  level          INTEGER NOT NULL,
  day            TEXT NOT NULL,
  thing          BIGINT NOT NULL,              -- what it is of
  document       BIGINT NOT NULL,              -- on whose journey it goes
  version        TEXT NOT NULL,                -- the document's version that was decided on
  book           TEXT NOT NULL,                -- the book it goes to
  run            TEXT NOT NULL,                -- the run that planned it, and once it has left the one that sent it
  state          TEXT NOT NULL,
  draft          TEXT NOT NULL,
  draft_hash     TEXT NOT NULL,
  needs          TEXT NOT NULL,
  needs_contact  TEXT NOT NULL,
  needs_document TEXT NOT NULL,
  is_update      INTEGER NOT NULL,
  attempt        INTEGER NOT NULL,
  batch          BIGINT,
  first_sent     TEXT,
  last_sent      TEXT,
  not_before     TEXT,
  key_spent      INTEGER NOT NULL,
  target_id      TEXT NOT NULL,
  reason         TEXT,
  fence          BIGINT NOT NULL,
  wanted         INTEGER NOT NULL,             -- 0 once a newer decision does not hold it as it left
  UNIQUE (tenant, natural_key)
);
-- In the order in which writes are sent, so that the next batch is read without sorting what waits. Over every
-- state: a condition on it would keep the planner from using the index for some of them.
CREATE INDEX writes_state ON writes (tenant, state, level, kind, is_update, day, id);
CREATE INDEX writes_document ON writes (tenant, document);
CREATE INDEX writes_needs ON writes (tenant, needs_contact, state);
CREATE INDEX writes_batch ON writes (tenant, batch);
CREATE INDEX writes_thing ON writes (tenant, thing);

CREATE VIEW write_rows AS
  SELECT w.*, t.book AS of_book, t.id AS of_id, o.book AS on_book, o.kind AS on_kind, o.id AS on_id
    FROM writes w
    JOIN things t ON t.thing = w.thing
    JOIN things o ON o.thing = w.document;

-- What may be sent as soon as its time has come: everything it needs is linked. A change waits for every earlier write
-- of the same thing, be it ready or in doubt: whichever comes last puts its version over the other's. A payment waits
-- for the changes of its document: the ledger lets one that is paid be changed no more.
CREATE VIEW ready_writes AS
  SELECT w.*, t.book AS of_book, t.id AS of_id, o.book AS on_book, o.kind AS on_kind, o.id AS on_id,
         c.target_id AS contact_target, d.target_id AS document_target
    FROM writes w
    JOIN things t ON t.thing = w.thing
    JOIN things o ON o.thing = w.document
    LEFT JOIN writes c ON c.tenant = w.tenant AND c.natural_key = w.needs_contact
    LEFT JOIN writes d ON d.tenant = w.tenant AND d.natural_key = w.needs_document
   WHERE w.state = 'ready'
     AND (w.needs_contact = '' OR c.state = 'linked')
     AND (w.needs_document = '' OR d.state = 'linked')
     AND NOT EXISTS (SELECT 1 FROM writes e WHERE e.tenant = w.tenant AND e.thing = w.thing AND e.id <> w.id
           AND (e.state IN ('sent','in_doubt','verifying') OR (e.state = 'ready' AND e.id < w.id)))
     AND NOT (w.kind = 'payment' AND EXISTS (SELECT 1 FROM writes u WHERE u.tenant = w.tenant
           AND u.thing = w.document AND u.is_update = 1
           AND u.state IN ('ready','sent','in_doubt','verifying')));

-- That two things in two books are the same, and what they were last agreed to say.
CREATE TABLE links (
  tenant        TEXT NOT NULL,
  thing         BIGINT NOT NULL,
  other         BIGINT NOT NULL,
  made          TEXT NOT NULL,                 -- ours, matched, person
  number        TEXT NOT NULL,                 -- the other's, or empty
  version       TEXT NOT NULL,                 -- the thing's when it was agreed, or empty
  other_version TEXT NOT NULL,                 -- the other's after our last write
  draft         TEXT NOT NULL,                 -- hash of what was agreed; empty where nothing was
  agreed        BLOB,                          -- the draft that was agreed, where it is known
  amount        TEXT NOT NULL,                 -- of a payment, to know what is owed without asking
  upon          BIGINT,                        -- of a payment, the thing in the other's book that it is on
  PRIMARY KEY (tenant, thing)
);
CREATE INDEX links_other ON links (tenant, other);

CREATE VIEW link_rows AS
  SELECT l.*, t.book AS of_book, t.kind AS of_kind, t.id AS of_id, o.book AS other_book, o.kind AS other_kind,
         o.id AS other_id, u.book AS upon_book, u.kind AS upon_kind, u.id AS upon_id
    FROM links l
    JOIN things t ON t.thing = l.thing
    JOIN things o ON o.thing = l.other
    LEFT JOIN things u ON u.thing = l.upon;

-- A book's contacts, as far as matching needs them. Rows whose id begins with `write:` are planned, and no things yet.
CREATE TABLE mirror_contacts (
  tenant TEXT NOT NULL,
  book   TEXT NOT NULL,
  id     TEXT NOT NULL,
  name   TEXT NOT NULL,
  email  TEXT NOT NULL,
  number TEXT NOT NULL,
  phone  TEXT NOT NULL,                        -- the digits alone
  mobile TEXT NOT NULL,
  body   TEXT NOT NULL,
  PRIMARY KEY (tenant, book, id)
);
CREATE INDEX mirror_contacts_name ON mirror_contacts (tenant, book, name, id);
CREATE INDEX mirror_contacts_email ON mirror_contacts (tenant, book, email, id);
CREATE INDEX mirror_contacts_number ON mirror_contacts (tenant, book, number, id);
CREATE INDEX mirror_contacts_phone ON mirror_contacts (tenant, book, phone, id);
CREATE INDEX mirror_contacts_mobile ON mirror_contacts (tenant, book, mobile, id);

CREATE TABLE bad_records (
  tenant TEXT NOT NULL,
  book   TEXT NOT NULL,
  place  TEXT NOT NULL,
  body   TEXT NOT NULL,
  PRIMARY KEY (tenant, book, place)
);

CREATE TRIGGER write_moves_are_legal BEFORE UPDATE OF state ON writes
WHEN OLD.state <> NEW.state AND NOT EXISTS (
  SELECT 1 FROM write_moves m WHERE m.from_state = OLD.state AND m.to_state = NEW.state
)
BEGIN
  SELECT RAISE(ABORT, 'this write may not move so');
END;
