-- What accounts are called, where they have a name; runs that were recorded before know none.

ALTER TABLE run_scopes ADD COLUMN name TEXT;
