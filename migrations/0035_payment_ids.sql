-- A payment that is known within its document is named DOCUMENT/ID: by the ID it is found on whichever document it stands.
CREATE INDEX things_payment ON things (tenant, book, substr(id, instr(id, '/') + 1)) WHERE kind = 'payment';

CREATE VIEW payment_ids AS
  SELECT tenant, book, id, substr(id, instr(id, '/') + 1) AS own FROM things WHERE kind = 'payment';
