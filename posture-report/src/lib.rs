//! Writes reports: as a table for terminals, as one page of HTML, and in the formats of other tools.
//!
//! A [`View`] is what is shown of a report; each [`Format`] writes it. Nothing is judged or left out here, but for what a filter of the
//! report hides, and
//! nothing but the writer is touched: no terminal, no file, no clock. What comes from a cloud may hold anything, and is made
//! harmless for the place where it is shown; see [`text`].
//!
//! ```
//! # use posture_core::params::Params;
//! # use posture_core::report::Report;
//! # use posture_report::{Format, Providers, View};
//! fn page(report: &Report<'_>, params: &Params, providers: Providers) -> std::io::Result<Vec<u8>> {
//!     let mut page = Vec::new();
//!     Format::Html.write(&View::new(report, params, providers), &mut page)?;
//!     Ok(page)
//! }
//! ```

mod comparison;
mod coverage;
pub mod diff;
mod filtered;
mod format;
pub mod frameworks;
mod providers;
mod shared;
mod short_ids;
pub mod stream;
pub mod style;
#[cfg(test)]
mod tests;
pub mod text;
pub mod trend;
mod verdict;
mod view;
mod words;

pub use comparison::Comparison;
pub use filtered::filtered;
pub use format::Format;
pub use providers::Providers;
pub use style::Canvas;
pub use view::{Depth, View};
pub use words::described;

/// HTML that is not a report.
pub mod html {
    pub use crate::format::html::{text, trend};
}

/// Messages for Slack.
pub mod slack {
    pub use crate::format::summary::{slack as summary, slack_text as text};
}
