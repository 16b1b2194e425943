-- Money that people put to papers of ours before this was looked at is found by reading the ledger's papers once more.
DELETE FROM mirrors WHERE what = 'papers:invoice';
