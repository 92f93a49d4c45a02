//! Findings as events of the class [Compliance Finding](https://schema.ocsf.io/1.8.0/classes/compliance_finding) of
//! OCSF 1.8, one on each line.
//!
//! | Outcome | `compliance.status_id` | `status_id` | `severity_id` |
//! | --- | --- | --- | --- |
//! | pass | 1 Pass | 4 Resolved | 1 Informational |
//! | fail | 3 Fail | 1 New | that of the control |
//! | fail, excepted | 3 Fail | 99 Excepted | that of the control |
//! | not applicable | 99 Not Applicable | 4 Resolved | 1 Informational |
//! | unknown | 2 Warning: "did not yield a result due to missing information" | 1 New | that of the control |
//!
//! `compliance.status_id` is the result of the check. `status_id` is the
//! [life cycle of the finding](https://github.com/ocsf/ocsf-schema/blob/main/events/findings/finding.json) (read on
//! 2026-11-29): whether there is anything left to review or to do. A pass that is "New" would be in every queue of open
//! findings.
//!
//! Each requirement that the control maps to is one of `compliance.checks`, with its state over all that was
//! audited: no finding alone can show that a requirement is met. Requirements that no control maps to have no place in
//! findings.

mod event;
mod model;
mod rule;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io::{self, Write};

use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::report::Report;

use crate::providers::Providers;
use crate::shared::bearings;
use crate::stream::line;

use model::{Event, Rule};

/// Writes an event for every finding.
pub(crate) fn write(
    report: &Report<'_>,
    params: &Params,
    providers: Providers,
    mut out: impl Write,
) -> io::Result<()> {
    let bearings = bearings(report);
    let mut rules: HashMap<(Provider, &str), Rule> = HashMap::new();
    for provider in report.findings.providers() {
        for control in report.findings.controls() {
            let mapped = bearings.get(control.id).map_or(&[][..], Vec::as_slice);
            rules.insert((provider, control.id), Rule::new(provider, control, params, mapped));
        }
    }
    let none = Rule::default();
    let header = report.findings.header();
    for finding in report.findings.iter() {
        let rule = rules.get(&(finding.scope.provider, finding.control.id)).unwrap_or(&none);
        let mut event = Event::new(&finding, rule, &header.tool, providers);
        event.unmapped.partial = header.partial;
        line(&event, &mut out)?;
    }
    Ok(())
}
