//! What is shown of a report.

use posture_core::params::Params;
use posture_core::report::Report;

use crate::comparison::Comparison;
use crate::providers::Providers;
use crate::style::Canvas;
use crate::trend::Trend;

/// How much of a report the table shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// One line.
    Verdict,
    /// What fits a terminal of 24 lines, however much was audited.
    Screen,
    /// Every control that fails or is unknown, and the frameworks chapter by chapter.
    Controls,
    /// Every resource that fails or is unknown, with evidence and remedy, and the frameworks.
    Details,
}

/// A report with what is needed to show it. Only the table, the page of HTML and the summary know of more than the report.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// The report.
    pub report: &'a Report<'a>,
    /// The thresholds by which it was judged.
    pub params: &'a Params,
    /// The descriptions of providers.
    pub providers: Providers,
    /// The status over time, for HTML.
    pub trend: Option<&'a Trend>,
    /// What changed since an earlier audit, for the summary.
    pub comparison: Option<&'a Comparison>,
    /// For the table: whether every requirement of the frameworks is shown, rather than their chapters.
    pub full: bool,
    /// For the table: how many of the frameworks are shown.
    pub frameworks: usize,
    /// For the table: how much of the report is shown.
    pub depth: Depth,
    /// For the table: whether nothing is shortened, and calls are listed.
    pub verbose: bool,
    /// For the table: the command that shows the rest, such as `posture check FILE`.
    pub again: Option<String>,
    /// For the table: its width, and whether it has colors.
    pub canvas: Canvas,
}

impl<'a> View<'a> {
    /// The whole report, a hundred columns wide and without colors.
    pub fn new(report: &'a Report<'a>, params: &'a Params, providers: Providers) -> Self {
        Self {
            report,
            params,
            providers,
            trend: None,
            comparison: None,
            full: false,
            frameworks: report.frameworks.len(),
            depth: Depth::Screen,
            verbose: false,
            again: None,
            canvas: Canvas { width: 100, color: false },
        }
    }
}
