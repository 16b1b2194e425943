-- Writes that may have left, and of which neither an answer nor a look-up has told yet what they did. The program's own word for
-- it is `WriteState::may_have_left`; a test holds the two to each other.
CREATE VIEW under_way AS
  SELECT tenant, id, document, batch FROM writes WHERE state IN ('claimed','sent','in_doubt','verifying');
