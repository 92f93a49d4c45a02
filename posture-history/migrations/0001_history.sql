-- What audits said over time. It holds for SQLite and for PostgreSQL: texts and 64-bit integers only, times in
-- milliseconds since 1970, yes and no as 1 and 0.

-- By which controls a run judged: JSON of each control's id with a digest of its objective and parameters.
CREATE TABLE catalogues (
    digest TEXT NOT NULL PRIMARY KEY,
    controls TEXT NOT NULL
);

-- Numbered in the order in which they were recorded.
CREATE TABLE runs (
    id BIGINT NOT NULL PRIMARY KEY,
    started BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    tool TEXT NOT NULL,
    partial BIGINT NOT NULL,
    catalogue TEXT NOT NULL REFERENCES catalogues (digest),
    -- The name of the snapshot in the archive, and the SHA-256 digest of its bytes in hexadecimal.
    snapshot TEXT,
    sha256 TEXT,
    -- What the run itself said.
    pass BIGINT NOT NULL,
    fail BIGINT NOT NULL,
    excepted BIGINT NOT NULL,
    not_applicable BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    -- How everything stood after it, with the accounts that other runs read.
    all_pass BIGINT NOT NULL,
    all_fail BIGINT NOT NULL,
    all_excepted BIGINT NOT NULL,
    all_not_applicable BIGINT NOT NULL,
    all_unknown BIGINT NOT NULL,
    -- How many findings began to fail, for the first time or again, and how many ceased to.
    failed BIGINT NOT NULL,
    reopened BIGINT NOT NULL,
    fixed BIGINT NOT NULL
);

-- What each run read.
CREATE TABLE run_scopes (
    run BIGINT NOT NULL REFERENCES runs (id),
    provider TEXT NOT NULL,
    scope TEXT NOT NULL,
    -- The regions that were not read, left out by request or not enabled, as JSON.
    excluded TEXT NOT NULL,
    PRIMARY KEY (run, provider, scope)
);

CREATE INDEX run_scopes_by_scope ON run_scopes (provider, scope, run);

-- Each finding as it stands after the last run that had to do with it.
CREATE TABLE findings (
    id TEXT NOT NULL PRIMARY KEY,
    control TEXT NOT NULL,
    severity TEXT NOT NULL,
    provider TEXT NOT NULL,
    scope TEXT NOT NULL,
    region TEXT,
    resource TEXT,
    name TEXT,
    -- pass, fail, excepted, not-applicable, unknown or gone.
    state TEXT NOT NULL,
    -- When that began.
    since BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    -- Since when it fails, accepted or not, without having been seen otherwise; none where it does not fail.
    failing_since BIGINT,
    -- When it last ceased to fail.
    fixed BIGINT,
    -- When it last began to fail again, and how often it did.
    reopened BIGINT,
    reopenings BIGINT NOT NULL
);

CREATE INDEX findings_by_scope ON findings (provider, scope);

-- Each finding's state from a run on, until the next row of it.
CREATE TABLE changes (
    finding TEXT NOT NULL,
    run BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- What decided it, as JSON.
    why TEXT,
    PRIMARY KEY (finding, run)
);

CREATE INDEX changes_by_run ON changes (run);

-- How many requirements of a framework stood where in each run that judged all of its controls.
CREATE TABLE run_frameworks (
    framework TEXT NOT NULL,
    run BIGINT NOT NULL REFERENCES runs (id),
    met BIGINT NOT NULL,
    not_met BIGINT NOT NULL,
    partly_evidenced BIGINT NOT NULL,
    indeterminate BIGINT NOT NULL,
    not_applicable BIGINT NOT NULL,
    excepted BIGINT NOT NULL,
    not_assessed_organisational BIGINT NOT NULL,
    not_assessed_no_control BIGINT NOT NULL,
    PRIMARY KEY (framework, run)
);

-- Each requirement's state from a run on, until the next row of it.
CREATE TABLE requirements (
    framework TEXT NOT NULL,
    requirement TEXT NOT NULL,
    run BIGINT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (framework, requirement, run)
);
