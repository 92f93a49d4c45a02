//! The report of a run that is delivered, made from the snapshot of the run so that a repeat is the same.

use posture_core::judge;
use posture_core::report::{Report, roll_up};
use posture_history::Run;
use posture_report::{Comparison, Format, View, slack};

use super::selected;
use crate::comparison::{Audit, scopes, with_report};
use crate::config::Config;
use crate::config::job::{Job, Sink, filled};
use crate::error::{Failure, Result};
use crate::history::{History, RUNS, Trend};
use crate::judging::{audited, options};

/// The report of a run in a format, as its recipient takes it.
pub(super) fn report(
    config: &Config,
    job: &Job,
    history: &History,
    run: &Run,
    format: Format,
    sink: &Sink,
) -> Result<Vec<u8>> {
    let snapshot = history
        .snapshot(run)?
        .ok_or_else(|| Failure::tool(format!("the snapshot of run {} was not kept", run.id)))?;
    let selected = selected(config, job)?;
    let findings = judge::judge(&snapshot, &selected.controls, &options(config));
    let frameworks = match selected.frameworks.as_slice() {
        [] => audited(&findings),
        named => named.to_vec(),
    };
    let trend = match format.shows_trend() {
        true => Some(Trend::read(history, &frameworks, RUNS)?.chart(&config.catalogue)),
        false => None,
    };
    let report = roll_up(findings, &frameworks);
    let comparison = match format.compares() {
        true => comparison(config, job, history, run, &report)?,
        false => None,
    };
    let mut view = View::new(&report, &config.params, posture::provider_info);
    view.again = Some(format!("posture report {}", run.id));
    view.trend = trend.as_ref();
    view.comparison = comparison.as_ref();
    let mut body = Vec::new();
    let written = match sink.is_slack() {
        true => slack::summary(&view, &mut body),
        false => format.write(&view, &mut body),
    };
    written.map_err(|error| Failure::tool("cannot write the report").cause(error))?;
    let link = job.link.as_ref().filter(|_| format.compares());
    if let Some(link) = link.map(|link| filled(link, &job.name, run.id, run.finished)) {
        // It was looked at when the configuration was read: nothing in it ends the link.
        let link = if sink.is_slack() { link.replace('&', "&amp;") } else { link };
        body.extend(format!("\nFull report: <{link}>\n").bytes());
    }
    if sink.is_slack() {
        let text = String::from_utf8_lossy(&body).into_owned();
        body = serde_json::to_vec(&serde_json::json!({ "text": text }))
            .map_err(|error| Failure::tool("cannot write the message").cause(error))?;
    }
    Ok(body)
}

/// What changed since the previous run of the job, or where that read other accounts, since the previous run that read the same.
fn comparison(
    config: &Config,
    job: &Job,
    history: &History,
    run: &Run,
    report: &Report<'_>,
) -> Result<Option<Comparison>> {
    let own = history.ask(|history| history.run_of_job_before(&job.name, run.id))?;
    if let Some(own) = own {
        let compared = since(config, history, &own, report)?;
        if compared.shared > 0 {
            return Ok(Some(compared));
        }
    }
    let previous = history.run_before(run.finished, &scopes(&report.findings))?;
    previous.map(|previous| since(config, history, &previous, report)).transpose()
}

fn since(config: &Config, history: &History, run: &Run, report: &Report<'_>) -> Result<Comparison> {
    let before = Audit::of_run(history, run)?;
    with_report(&before, report, &config.catalogue, &config.params, Some(history))
}
