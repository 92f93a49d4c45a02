//! The report as one page of HTML for people: for a screen, a phone and paper.
//!
//! The page asks nothing of any network, and its content security policy says so: only the style sheet and the script
//! that are in it, known by their digests, may act. What comes from a cloud is text, whatever it holds. Without the
//! script everything is there to be read; the script filters, and opens what a link leads to.

mod completeness;
mod evidence;
mod exceptions;
mod findings;
mod look;
mod method;
mod page;
mod requirements;
mod results;
mod scope;
mod shell;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod trend;
mod words;

use std::io::{self, Write};

use posture_core::params::Params;
use posture_core::report::Report;

use crate::providers::Providers;
use crate::trend::Trend;

use page::Page;
use shell::end;
use words::{limits, words};

pub use text::text;
pub use trend::trend;

/// Writes the page. The thresholds are those that were applied; the trend is there where a history is.
pub(crate) fn write(
    report: &Report<'_>,
    params: &Params,
    providers: Providers,
    trend: Option<&Trend>,
    mut out: impl Write,
) -> io::Result<()> {
    Page { trend, ..Page::new(report, params, providers) }.write(&mut out)
}

impl Page<'_> {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.head(out)?;
        self.summary(out)?;
        self.scope(out)?;
        self.method(out)?;
        self.completeness(out)?;
        self.results(out)?;
        if let Some(trend) = self.trend {
            trend::section(trend, out)?;
        }
        self.findings(out)?;
        self.requirements(out)?;
        self.not_assessed(out)?;
        self.exceptions(out)?;
        self.evidence(out)?;
        self.responsibility(out)?;
        limits(out)?;
        words(out)?;
        end(out)
    }
}
