-- What is being put into an archive for a run that is not recorded yet. A row is written before the object and goes in the
-- transaction that records the run, so that whatever is left of somebody who was killed in between can be found again.

CREATE TABLE puts (
    -- Of the object; no other object of any history has it.
    name TEXT NOT NULL PRIMARY KEY,
    -- The address of the archive.
    archive TEXT NOT NULL,
    -- Until when whoever put it there may still record the run.
    lease BIGINT NOT NULL
);
