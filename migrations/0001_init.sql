-- Everything carries its tenant. Money is decimal text. Times are RFC 3339 in UTC. The SQL keeps to what
-- SQLite and PostgreSQL share, but for the trigger at the end.

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE tenants (
  tenant TEXT PRIMARY KEY,
  state  TEXT NOT NULL                         -- TenantState as JSON
);

CREATE TABLE leases (
  tenant TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  fence  BIGINT NOT NULL,
  until  TEXT NOT NULL
);

CREATE TABLE cursors (
  tenant     TEXT NOT NULL,
  connection TEXT NOT NULL,
  kind       TEXT NOT NULL,
  cursor     TEXT NOT NULL,
  PRIMARY KEY (tenant, connection, kind)
);

-- What the source said, every version of it, compressed.
CREATE TABLE records (
  tenant     TEXT NOT NULL,
  connection TEXT NOT NULL,
  kind       TEXT NOT NULL,
  source_id  TEXT NOT NULL,
  version    TEXT NOT NULL,
  seen_at    TEXT NOT NULL,
  replaced_at TEXT,                            -- since when another version is the newest
  body       BLOB NOT NULL,
  PRIMARY KEY (tenant, kind, source_id, version)
);
-- Nothing but what was replaced, for retention.
CREATE INDEX records_replaced ON records (tenant, replaced_at) WHERE replaced_at IS NOT NULL;

-- Where each document stands.
CREATE TABLE documents (
  tenant     TEXT NOT NULL,
  kind       TEXT NOT NULL,
  source_id  TEXT NOT NULL,
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
  PRIMARY KEY (tenant, source_id, kind)        -- many questions name no kind
);
CREATE INDEX documents_open ON documents (tenant, day, source_id) WHERE open = 1;
CREATE INDEX documents_state ON documents (tenant, state, changed_at DESC, source_id);
CREATE INDEX documents_changed ON documents (tenant, changed_at DESC, source_id);
CREATE INDEX documents_number ON documents (tenant, number, source_id);
CREATE INDEX documents_also ON documents (tenant, also, source_id);

-- What explains the last decision on each document. Apart from the document, whose row is written far more often.
CREATE TABLE decisions (
  tenant    TEXT NOT NULL,
  kind      TEXT NOT NULL,
  source_id TEXT NOT NULL,
  facts     TEXT NOT NULL,                     -- hash of the ledger facts it used
  note      BLOB NOT NULL,
  PRIMARY KEY (tenant, kind, source_id)
);
CREATE INDEX decisions_facts ON decisions (tenant, facts);

-- The ledger facts decisions used, once per content.
CREATE TABLE facts (
  tenant TEXT NOT NULL,
  hash   TEXT NOT NULL,
  body   BLOB NOT NULL,
  left_at TEXT,                                -- when a document's last decision ceased to use them
  PRIMARY KEY (tenant, hash)
);
CREATE INDEX facts_left ON facts (tenant, left_at) WHERE left_at IS NOT NULL;

CREATE TABLE writes (
  id             INTEGER PRIMARY KEY,
  tenant         TEXT NOT NULL,
  natural_key    TEXT NOT NULL,
  marker         TEXT NOT NULL,
  kind           TEXT NOT NULL,
  level          INTEGER NOT NULL,
  day            TEXT NOT NULL,
  source_id      TEXT NOT NULL,
  document       TEXT NOT NULL,
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
CREATE INDEX writes_source ON writes (tenant, kind, source_id);

-- What may be sent as soon as its time has come: everything it needs is linked. A change waits for every earlier write
-- of the same document, be it ready or in doubt: whichever comes last puts its version over the other's. A payment
-- waits for the changes of its document: the ledger lets one that is paid be changed no more.
CREATE VIEW ready_writes AS
  SELECT w.*, c.target_id AS contact_target, d.target_id AS document_target
    FROM writes w
    LEFT JOIN writes c ON c.tenant = w.tenant AND c.natural_key = w.needs_contact
    LEFT JOIN writes d ON d.tenant = w.tenant AND d.natural_key = w.needs_document
   WHERE w.state = 'ready'
     AND (w.needs_contact = '' OR c.state = 'linked')
     AND (w.needs_document = '' OR d.state = 'linked')
     AND NOT EXISTS (SELECT 1 FROM writes o WHERE o.tenant = w.tenant AND o.kind = w.kind
           AND o.source_id = w.source_id AND o.id <> w.id
           AND (o.state IN ('sent','in_doubt','verifying') OR (o.state = 'ready' AND o.id < w.id)))
     AND NOT (w.kind = 'payment' AND EXISTS (SELECT 1 FROM writes u WHERE u.tenant = w.tenant AND u.kind = 'invoice'
           AND u.source_id = w.document AND u.is_update = 1
           AND u.state IN ('ready','sent','in_doubt','verifying')));

CREATE TABLE batches (
  id      INTEGER PRIMARY KEY,
  tenant  TEXT NOT NULL,
  key     TEXT NOT NULL,
  encoded BLOB NOT NULL,
  hash    TEXT NOT NULL,
  sent_at TEXT NOT NULL
);
CREATE INDEX batches_sent ON batches (tenant, sent_at);

CREATE TABLE links (
  tenant         TEXT NOT NULL,
  connection     TEXT NOT NULL,
  kind           TEXT NOT NULL,
  source_id      TEXT NOT NULL,
  target_id      TEXT NOT NULL,
  target_number  TEXT NOT NULL,
  target_version TEXT NOT NULL,
  draft          TEXT NOT NULL,
  amount         TEXT NOT NULL,                -- of a payment, to know what is owed without asking
  on_document    TEXT NOT NULL,                -- the ledger's id of the document a payment is on
  PRIMARY KEY (tenant, kind, source_id)
);
CREATE INDEX links_target ON links (tenant, kind, target_id);
CREATE INDEX links_on ON links (tenant, on_document);

-- Ids that came back to a worker that had lost its lease: for a person.
CREATE TABLE orphans (
  tenant    TEXT NOT NULL,
  at        TEXT NOT NULL,
  write_id  BIGINT NOT NULL,
  target_id TEXT NOT NULL
);

CREATE TABLE audit (
  seq    INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  at     TEXT NOT NULL,
  actor  TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  detail TEXT NOT NULL,
  prev   TEXT NOT NULL,
  hash   TEXT NOT NULL
);

-- The ledger's contacts, as far as matching needs them. Rows whose id begins with `write:` are planned.
CREATE TABLE ledger_contacts (
  tenant TEXT NOT NULL,
  id     TEXT NOT NULL,
  name   TEXT NOT NULL,
  email  TEXT NOT NULL,
  number TEXT NOT NULL,
  phone  TEXT NOT NULL,                        -- the digits alone
  mobile TEXT NOT NULL,
  body   TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX ledger_contacts_name ON ledger_contacts (tenant, name, id);
CREATE INDEX ledger_contacts_email ON ledger_contacts (tenant, email, id);
CREATE INDEX ledger_contacts_number ON ledger_contacts (tenant, number, id);
CREATE INDEX ledger_contacts_phone ON ledger_contacts (tenant, phone, id);
CREATE INDEX ledger_contacts_mobile ON ledger_contacts (tenant, mobile, id);

CREATE TABLE mirrors (
  tenant TEXT NOT NULL,
  what   TEXT NOT NULL,
  at     TEXT NOT NULL,
  body   BLOB NOT NULL,
  PRIMARY KEY (tenant, what)
);

CREATE TABLE runs (
  tenant  TEXT NOT NULL,
  run     TEXT NOT NULL,
  started TEXT NOT NULL,
  body    TEXT NOT NULL,
  lines   BLOB NOT NULL,
  PRIMARY KEY (tenant, run)
);
CREATE INDEX runs_started ON runs (tenant, started, run);

CREATE TABLE bad_records (
  tenant TEXT NOT NULL,
  place  TEXT NOT NULL,
  body   TEXT NOT NULL,
  PRIMARY KEY (tenant, place)
);

-- Secrets and tokens, sealed. `connection` is the name in connections.yaml.
CREATE TABLE tokens (
  connection TEXT PRIMARY KEY,
  system     TEXT NOT NULL,
  gen        BIGINT NOT NULL,
  status     TEXT NOT NULL,
  lease      TEXT,
  body       BLOB NOT NULL
);

CREATE TABLE day_counters (
  name TEXT NOT NULL,
  day  TEXT NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (name, day)
);

CREATE TABLE write_moves (
  from_state TEXT NOT NULL,
  to_state   TEXT NOT NULL,
  PRIMARY KEY (from_state, to_state)
);

CREATE TRIGGER writes_legal_moves BEFORE UPDATE OF state ON writes
WHEN OLD.state <> NEW.state AND NOT EXISTS (
  SELECT 1 FROM write_moves m WHERE m.from_state = OLD.state AND m.to_state = NEW.state
)
BEGIN
  SELECT RAISE(ABORT, 'this write may not move so');
END;

CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit rows are never changed');
END;
