-- What is done on a schedule, and what is delivered of it.

CREATE TABLE jobs (
    name TEXT NOT NULL PRIMARY KEY,
    -- The time for which the run that began last was due, and until when whoever began it has it for himself.
    claimed BIGINT,
    claimed_until BIGINT,
    -- The time for which the run that ended last was due, when it ended, its number, and what went wrong.
    done BIGINT,
    ended BIGINT,
    run BIGINT,
    error TEXT
);

CREATE TABLE deliveries (
    -- By which whoever receives it tells a repeat.
    id TEXT NOT NULL PRIMARY KEY,
    job TEXT NOT NULL,
    run BIGINT NOT NULL,
    -- Its place among the deliveries of the job, and what it goes to, in words without secrets.
    place BIGINT NOT NULL,
    sink TEXT NOT NULL,
    -- pending, delivered, unchanged or given-up.
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    error TEXT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

CREATE INDEX deliveries_by_state ON deliveries (state, job);
