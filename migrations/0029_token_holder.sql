-- Who renews a token: 'worker' is the process that holds the workspace's lock, of which there is one. What it left when it died
-- is free at the next start, and need not wait for the end of its lease.
ALTER TABLE tokens ADD COLUMN holder TEXT NOT NULL DEFAULT '';
