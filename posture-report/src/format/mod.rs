//! From a report to text. Each format is a function from report to writer: nothing is dropped, filtered or judged
//! here. The properties of a format are in this file; its code is in its own file.

mod asff;
mod csv;
pub(crate) mod html;
mod junit;
pub(crate) mod markdown;
mod ndjson;
mod ocsf;
mod oscal;
mod sarif;
pub(crate) mod summary;
mod table;

use std::io::{self, Write};

use posture_core::json::Document;
use posture_core::params::Params;
use posture_core::report::Report;

use crate::providers::Providers;
use crate::stream::pretty;
use crate::view::View;
use crate::words::commands_by_fact;

/// What there is to know of a format.
struct Facts {
    id: &'static str,
    about: &'static str,
    media_type: &'static str,
    ending: &'static str,
    known_by: &'static [&'static str],
}

macro_rules! formats {
    ($( $name:ident { $about:literal, id: $id:literal, media_type: $media_type:expr, ending: $ending:literal, known_by: $known_by:expr } )*) => {
        /// A form of the report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Format {
            $(
                #[doc = $about]
                $name,
            )*
        }

        impl Format {
            /// Every format, in the order in which help lists them.
            pub const ALL: &'static [Self] = &[$( Self::$name, )*];

            const fn facts(self) -> Facts {
                match self {
                    $( Self::$name => Facts { id: $id, about: $about, media_type: $media_type, ending: $ending, known_by: $known_by }, )*
                }
            }
        }
    };
}

const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";
const CSV: &str = "text/csv; charset=utf-8";

formats! {
    Table { "Table, as wide as the terminal", id: "table", media_type: "text/plain; charset=utf-8", ending: "txt", known_by: &[] }
    Html { "One self-contained HTML page, for screen and print", id: "html", media_type: "text/html; charset=utf-8", ending: "html", known_by: &[".html"] }
    Markdown { "Markdown for pull requests and wikis", id: "markdown", media_type: "text/markdown; charset=utf-8", ending: "md", known_by: &[".md"] }
    Summary { "Summary for management in Markdown, about one page, with what changed", id: "summary", media_type: "text/markdown; charset=utf-8", ending: "summary.md", known_by: &[".summary.md"] }
    Json { "All data, as described by docs/report.schema.json", id: "json", media_type: JSON, ending: "json", known_by: &[".json"] }
    Ndjson { "The same data, one JSON object per line, for large reports and pipes", id: "ndjson", media_type: LINES, ending: "ndjson", known_by: &[".ndjson"] }
    Csv { "Findings, one row each", id: "csv", media_type: CSV, ending: "csv", known_by: &[".csv"] }
    CsvRequirements { "Requirements of the frameworks, one row each", id: "csv-requirements", media_type: CSV, ending: "csv", known_by: &[] }
    Junit { "JUnit XML for build servers, one test suite per control", id: "junit", media_type: "application/xml", ending: "xml", known_by: &[".xml"] }
    Sarif { "SARIF 2.1.0, for code scanning", id: "sarif", media_type: JSON, ending: "sarif", known_by: &[".sarif", ".sarif.json"] }
    Ocsf { "OCSF 1.8 compliance findings, one per line, for data lakes and SIEMs", id: "ocsf", media_type: LINES, ending: "ocsf.ndjson", known_by: &[".ocsf.ndjson"] }
    Asff { "AWS Security Finding Format (ASFF), for Security Hub; AWS findings only", id: "asff", media_type: JSON, ending: "asff.json", known_by: &[".asff.json"] }
    Oscal { "OSCAL assessment results", id: "oscal", media_type: JSON, ending: "oscal.json", known_by: &[".oscal.json"] }
    OscalPoam { "OSCAL plan of action and milestones (POA&M)", id: "oscal-poam", media_type: JSON, ending: "poam.json", known_by: &[".poam.json"] }
}

impl Format {
    /// The name as written in arguments and files.
    pub fn id(self) -> &'static str {
        self.facts().id
    }

    /// What it is and for which tools, in one line.
    pub fn about(self) -> &'static str {
        self.facts().about
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        self.facts().media_type
    }

    /// How the name of a file of it ends, without the first dot.
    pub fn ending(self) -> &'static str {
        self.facts().ending
    }

    /// Whether it shows the status over time.
    pub fn shows_trend(self) -> bool {
        self == Self::Html
    }

    /// Whether it shows what changed since an earlier audit.
    pub fn compares(self) -> bool {
        self == Self::Summary
    }

    /// Whether it says of itself that a filter hides some of its findings. The others have no place for it: a caller that writes
    /// them should [say so](crate::filtered).
    pub fn says_filter(self) -> bool {
        !matches!(self, Self::Csv | Self::CsvRequirements | Self::Ocsf | Self::Asff)
    }

    /// The format of a name as written in arguments and files, in letters of either case.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.id().eq_ignore_ascii_case(id))
    }

    /// The format for the name of a file, by the longest known extension.
    pub fn of_file_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let longest = |format: &Self| {
            let known = format.facts().known_by.iter();
            known.filter(|ending| name.ends_with(**ending)).map(|ending| ending.len()).max()
        };
        let formats = Self::ALL.iter().filter_map(|format| Some((longest(format)?, *format)));
        formats.max_by_key(|(length, _)| *length).map(|(_, format)| format)
    }

    /// Writes what a view shows.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(self, view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
        let View { report, params, providers, trend, .. } = *view;
        match self {
            Self::Table => table::write(view, out),
            Self::Html => html::write(report, params, providers, trend, out),
            Self::Markdown => markdown::write(report, providers, out),
            Self::Summary => summary::write(view, out),
            Self::Json => json(report, params, providers, out),
            Self::Ndjson => ndjson::write(report, params, providers, out),
            Self::Csv => csv::write(report, out),
            Self::CsvRequirements => csv::requirements(report, out),
            Self::Junit => junit::write(report, providers, out),
            Self::Sarif => sarif::write(report, params, providers, out),
            Self::Ocsf => ocsf::write(report, params, providers, out),
            Self::Asff => asff::write(report, providers, out),
            Self::Oscal => oscal::write(report, params, providers, out),
            Self::OscalPoam => oscal::write_poam(report, providers, out),
        }
    }
}

/// The report as JSON; see `docs/report.schema.json`.
fn json(
    report: &Report<'_>,
    params: &Params,
    providers: Providers,
    out: impl Write,
) -> io::Result<()> {
    pretty(&Document::new(report, params, &commands_by_fact(providers)), out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_one_format() {
        for format in Format::ALL {
            assert_eq!(Format::find(format.id()), Some(*format));
            assert_eq!(Format::find(&format.id().to_uppercase()), Some(*format));
            for ending in format.facts().known_by {
                assert_eq!(Format::of_file_name(&format!("Report{ending}")), Some(*format));
            }
        }
        assert_eq!(Format::of_file_name("a.oscal.json"), Some(Format::Oscal));
        assert_eq!(Format::of_file_name("week.summary.md"), Some(Format::Summary));
        assert_eq!(Format::of_file_name("a.OCSF.ndjson"), Some(Format::Ocsf));
        for unknown in ["report", "a.txt", "json", "a.json.gz"] {
            assert_eq!(Format::of_file_name(unknown), None, "{unknown}");
        }
        assert_eq!(Format::find("pdf"), None);
    }
}
