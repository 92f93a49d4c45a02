//! Writes reports: as a table for terminals, as one page of HTML, and in the formats of other tools.
//!
//! A [`View`] is what is shown of a report; each [`Format`] writes it. Nothing is judged, filtered or left out here, and
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

mod coverage;
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
mod view;
mod words;

pub use format::Format;
pub use providers::Providers;
pub use style::Canvas;
pub use view::{Depth, View};
pub use words::described;

/// HTML that is not a report.
pub mod html {
    pub use crate::format::html::{text, trend};
}
