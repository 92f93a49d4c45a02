//! From a report to text. Each format is a function from report to writer: nothing is sorted out, filtered or judged
//! here.

mod asff;
mod csv;
pub(crate) mod frameworks;
pub(crate) mod html;
mod junit;
mod markdown;
mod ndjson;
mod ocsf;
mod oscal;
mod sarif;
mod shared;
pub(crate) mod stream;
pub(crate) mod style;
pub(crate) mod table;
#[cfg(test)]
mod tests;
mod words;

use std::io::{self, Write};

use posture_core::control::Subject;
use posture_core::json::Document;
use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::report::Report;
use posture_core::resource::FactId;

use crate::args::Format;
use table::View;

/// Writes what a view shows in a format; only the table knows of more than the report.
pub(crate) fn write(
    format: Format,
    view: &View<'_>,
    params: &Params,
    out: &mut dyn Write,
) -> io::Result<()> {
    let report = view.report();
    match format {
        Format::Table => view.write(out),
        Format::Html => html::write(report, params, view.trend, out),
        Format::Markdown => markdown::write(report, out),
        Format::Json => json(report, params, out),
        Format::Ndjson => ndjson::write(report, params, out),
        Format::Csv => csv::write(report, out),
        Format::CsvRequirements => csv::requirements(report, out),
        Format::Junit => junit::write(report, out),
        Format::Sarif => sarif::write(report, params, out),
        Format::Ocsf => ocsf::write(report, params, out),
        Format::Asff => asff::write(report, out),
        Format::Oscal => oscal::write(report, params, out),
        Format::OscalPoam => oscal::write_poam(report, out),
    }
}

/// The commands that show a fact to a person.
pub(crate) fn commands(provider: Provider, fact: FactId, subject: &Subject<'_>) -> Vec<String> {
    match provider {
        Provider::Aws => posture_aws::action::commands(fact, subject),
        Provider::Azure => posture_azure::action::commands(fact, subject),
        _ => Vec::new(),
    }
}

/// The report as JSON; see `docs/report.schema.json`.
pub(crate) fn json(report: &Report<'_>, params: &Params, out: impl Write) -> io::Result<()> {
    stream::pretty(&Document::new(report, params, &commands), out)
}
