-- Words that were said after the copy that this database is: what each kept back is held until it is said again.
CREATE INDEX words_lost ON words (word, tenant, thing);
-- Until when an epoch's database knew the world, where that is known: the time of its last audit row before.
ALTER TABLE epochs ADD COLUMN known TEXT NOT NULL DEFAULT '';
