//! How runs, findings and deliveries are shown.

use std::io::{self, Write};

use posture_core::catalogue::Catalogue;
use posture_core::json::TallyV1;
use posture_core::time::Time;
use posture_history::{Delivery, DeliveryState, Entry, Run};
use posture_report::Canvas;
use posture_report::frameworks::wrap;
use posture_report::text::{NAME, safe};
use serde::Serialize;

use crate::output::counted;

/// A run in JSON.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RunV1 {
    run: i64,
    started: Time,
    finished: Time,
    tool: String,
    partial: bool,
    accounts: usize,
    snapshot: Option<String>,
    findings: TallyV1,
    /// With the accounts that other runs had read.
    findings_of_all: TallyV1,
    began_to_fail: usize,
    fail_again: usize,
    fail_no_more: usize,
}

impl RunV1 {
    pub(super) fn new(run: &Run) -> Self {
        Self {
            run: run.id,
            started: run.started,
            finished: run.finished,
            tool: run.tool.clone(),
            partial: run.partial,
            accounts: run.scopes,
            snapshot: run.snapshot.as_ref().map(|kept| kept.name.clone()),
            findings: run.tally.into(),
            findings_of_all: run.all.into(),
            began_to_fail: run.failed,
            fail_again: run.reopened,
            fail_no_more: run.fixed,
        }
    }
}

/// A finding over time in JSON.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct EntryV1<'e> {
    finding: &'e str,
    control: &'e str,
    severity: posture_core::control::Severity,
    provider: posture_core::provider::Provider,
    scope: &'e str,
    region: Option<&'e str>,
    resource: Option<&'e str>,
    name: Option<&'e str>,
    state: &'static str,
    /// What is wrong where it fails, and the objective otherwise; none of a control that is not known any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'static str>,
    since: Time,
    first_seen: Time,
    last_seen: Time,
    failing_since: Option<Time>,
    fixed: Option<Time>,
    reopened: Option<Time>,
    reopenings: usize,
}

impl<'e> EntryV1<'e> {
    pub(super) fn new(entry: &'e Entry, catalogue: &Catalogue) -> Self {
        Self {
            finding: &entry.id,
            control: &entry.control,
            severity: entry.severity,
            provider: entry.provider,
            scope: &entry.scope,
            region: entry.region.as_deref(),
            resource: entry.resource.as_deref(),
            name: entry.name.as_deref(),
            state: entry.state.id(),
            summary: catalogue.headline(&entry.control, entry.state.fails()),
            since: entry.since,
            first_seen: entry.first_seen,
            last_seen: entry.last_seen,
            failing_since: entry.failing_since,
            fixed: entry.fixed,
            reopened: entry.reopened,
            reopenings: entry.reopenings,
        }
    }
}

/// What is wrong with a finding, and by which control; its control alone where that is not known any more.
pub(crate) fn headline(control: &str, fails: bool, catalogue: &Catalogue) -> String {
    let id = safe(control, NAME);
    match catalogue.headline(control, fails) {
        Some(text) => format!("{} ({id})", safe(text, NAME)),
        None => id.into_owned(),
    }
}

/// One of a list, with what does not fit into its line further in.
pub(crate) fn item(text: &str, canvas: Canvas, out: &mut dyn Write) -> io::Result<()> {
    for (place, line) in wrap(text, canvas.width.saturating_sub(4)).iter().enumerate() {
        writeln!(out, "{}{line}", if place == 0 { "  " } else { "    " })?;
    }
    Ok(())
}

/// For how long something has been failing, in words.
pub(crate) fn for_days(since: Time, now: Time) -> String {
    match since.days_before(now) {
        ..1 => "less than a day".to_owned(),
        days => counted(days, "day", "days"),
    }
}

/// Deliveries, their state, and the reason.
pub(crate) fn deliveries_table(deliveries: &[Delivery], canvas: Canvas) -> comfy_table::Table {
    let mut table = canvas.table(&[
        ("Run", true),
        ("Delivery", false),
        ("State", false),
        ("Attempts", true),
        ("Error", false),
    ]);
    for delivery in deliveries {
        let state = match delivery.state {
            DeliveryState::GivenUp => "given up",
            other => other.id(),
        };
        table.add_row(vec![
            delivery.run.to_string(),
            safe(&format!("{}: {}", delivery.job, delivery.sink), NAME).into_owned(),
            state.to_owned(),
            delivery.attempts.to_string(),
            safe(delivery.error.as_deref().unwrap_or_default(), NAME).into_owned(),
        ]);
    }
    table
}
