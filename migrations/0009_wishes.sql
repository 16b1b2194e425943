-- What another verb asks of the process that works on the workspace (`crossfoot run`), and its answer. Asked again every
-- second for as long as somebody waits for it: what nobody waits for any more is not done.
CREATE TABLE wishes (
  wish    TEXT PRIMARY KEY,
  tenant  TEXT NOT NULL,
  ask     TEXT NOT NULL,                       -- SyncAsk as JSON
  state   TEXT NOT NULL CHECK (state IN ('asked', 'taken', 'done')),
  until   TEXT NOT NULL,                       -- somebody waits for it until then, in UTC
  answer  TEXT NOT NULL DEFAULT ''             -- WishAnswer as JSON, once it is done
);
CREATE INDEX wishes_open ON wishes (state, until);
