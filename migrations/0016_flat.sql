-- What a link is upon is a thing like any other: one that is upon nothing is joined to its own thing, and `upon` says so. An
-- outer join would have a rehearsal, in which a table is the file's rows and its own, read all things there are.
DROP VIEW link_rows;
CREATE VIEW link_rows AS
  SELECT l.*, t.book AS of_book, t.kind AS of_kind, t.id AS of_id, o.book AS other_book, o.kind AS other_kind,
         o.id AS other_id, u.book AS upon_book, u.kind AS upon_kind, u.id AS upon_id
    FROM links l
    JOIN things t ON t.thing = l.thing
    JOIN things o ON o.thing = l.other
    JOIN things u ON u.thing = COALESCE(l.upon, l.thing);

-- The calls of the last moments under a key that is limited, so that processes that run one after another keep its windows.
CREATE TABLE recent_calls (
  name   TEXT NOT NULL,
  second BIGINT NOT NULL,                      -- since 1970
  calls  BIGINT NOT NULL,
  PRIMARY KEY (name, second)
);
