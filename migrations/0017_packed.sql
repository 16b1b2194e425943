-- What is written and what a write needs are kept compressed, as everything else is of which there is much, and so are the
-- ledger's papers. What was kept as plain text before stays so until it is written again, and is read as it stands.
ALTER TABLE writes ADD COLUMN draft_packed BLOB;
ALTER TABLE writes ADD COLUMN needs_packed BLOB;
ALTER TABLE mirror_papers ADD COLUMN packed BLOB;

-- The views show every column of a write: made anew, so that they show these too.
DROP VIEW ready_writes;
DROP VIEW write_rows;
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
