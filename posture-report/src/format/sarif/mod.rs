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
//! Every finding is a result, and every gap a notification. GitHub makes an alert of each result, whatever its kind
//! ([PSRule #955](https://github.com/microsoft/PSRule/issues/955)) and whether it was accepted
//! ([codeql-action #1230](https://github.com/github/codeql-action/issues/1230)), and takes 25,000 of them. Before
//! uploading there, remove the others:
//! `jq '.runs[].results |= map(select(.kind == "fail" or .kind == "open"))'`.

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

/// Writes every finding and every gap.
pub(crate) fn write(
    report: &Report<'_>,
    params: &Params,
    providers: Providers,
    out: impl Write,
) -> io::Result<()> {
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [Run::new(report, params, providers)] };
    pretty(&log, out)
}
