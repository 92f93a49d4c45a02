//! Findings as [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), for viewers and code
//! scanning.
//!
//! | Outcome | `kind` | `level` |
//! | --- | --- | --- |
//! | pass | `pass` | `none` |
//! | fail | `fail` | by severity: `error`, `warning`, `note` |
//! | fail, excepted | the same, with an accepted suppression | the same |
//! | not applicable | `notApplicable` | `none` |
//! | unknown | `open` | `none` |
//!
//! Every failure and every unknown is a result, the most severe first, and every gap a notification. GitHub makes an alert of
//! each result, whatever its kind ([PSRule #955](https://github.com/microsoft/PSRule/issues/955)) and even if it was accepted
//! ([codeql-action #1230](https://github.com/github/codeql-action/issues/1230)). So passes and what does not apply are results
//! only where a filter asks for their status. What is left out, by that or by the number of results that code scanning takes,
//! a notification says.

mod choice;
mod model;
mod results;
mod rules;
mod run;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use posture_core::params::Params;
use posture_core::report::Report;

use crate::providers::Providers;
use crate::stream::pretty;

use model::{Log, Run};

/// Where the schema is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// How many results GitHub takes of a run. It
/// [rejects](https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit) a file
/// with more, and keeps the 5,000 most severe (read on 2026-11-30).
const LIMIT: usize = 25_000;

/// Writes failures and unknowns, or the statuses that a filter asks for, and every gap.
pub(crate) fn write(
    report: &Report<'_>,
    params: &Params,
    providers: Providers,
    out: impl Write,
) -> io::Result<()> {
    limited(report, params, providers, LIMIT, out)
}

fn limited(
    report: &Report<'_>,
    params: &Params,
    providers: Providers,
    limit: usize,
    out: impl Write,
) -> io::Result<()> {
    let runs = [Run::new(report, params, providers, limit)];
    pretty(&Log { schema: SCHEMA, version: "2.1.0", runs }, out)
}
