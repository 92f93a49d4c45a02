-- The American spelling, as reports have it since.

ALTER TABLE run_frameworks RENAME COLUMN not_assessed_organisational TO not_assessed_organizational;

UPDATE requirements SET state = 'not-assessed-organizational' WHERE state = 'not-assessed-organisational';
