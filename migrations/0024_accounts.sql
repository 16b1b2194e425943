-- Whose ledger an account is: asked of all tenants, for each of their chunks.
CREATE INDEX books_account ON books (system, organisation, side);
