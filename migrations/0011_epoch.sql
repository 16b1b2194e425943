-- What the workspace knows of its own age. An epoch begins when something proves that the database knows less than the
-- world: it was put back, emptied or copied. The first has no row.
CREATE TABLE epochs (
  epoch   BIGINT PRIMARY KEY,
  began   TEXT NOT NULL,
  cause   TEXT NOT NULL,                       -- behind, forked, no_beacon, ledger, restored, said
  what    TEXT NOT NULL,                       -- the same in words
  stopped TEXT NOT NULL DEFAULT ''             -- why nothing is written until a person has said where it goes on
);

-- Stamps that the ledger bears and the journal did not know as sent, and those of what was under way when an epoch began.
CREATE TABLE stamps (
  tenant  TEXT NOT NULL,
  marker  TEXT NOT NULL,                       -- with `#` and the ledger's id: it stands a second time, on that
  epoch   BIGINT NOT NULL,
  label   TEXT NOT NULL,                       -- what bears it, in words
  written TEXT NOT NULL DEFAULT '',            -- when, as far as the ledger tells
  seen    TEXT NOT NULL DEFAULT '',            -- when it was seen there first; empty where it was not
  ours    INTEGER NOT NULL,                    -- 1 once it is known to be of this workspace
  PRIMARY KEY (tenant, marker)
);
CREATE INDEX stamps_epoch ON stamps (epoch, ours, tenant, marker);
CREATE INDEX writes_marker ON writes (tenant, marker);
