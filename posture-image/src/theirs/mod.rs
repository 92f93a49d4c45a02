//! Reports of other scanners: [Trivy](https://trivy.dev) and [Grype](https://github.com/anchore/grype) about images, and
//! [kube-bench](https://github.com/aquasecurity/kube-bench) about nodes of Kubernetes.
//!
//! What they state is theirs: every value keeps the tool, and none of it changes what was found here. A report about an image
//! counts only for the image whose digest it states: [`Report::check`] fails for another one.

mod grype;
mod kube_bench;
mod trivy;

pub use kube_bench::{Benchmark, Controls, Outcome, Row};

use serde_json::Value;

use crate::document::{self, At};
use crate::image::{Claimed, Identity};
use crate::limits::Limits;
use crate::osv::severity::Rating;
use crate::time::Instant;
use crate::truth::{Cause, Gap, List};

/// A tool whose reports are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Trivy.
    Trivy,
    /// Grype.
    Grype,
    /// kube-bench.
    KubeBench,
}

impl Tool {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trivy => "Trivy",
            Self::Grype => "Grype",
            Self::KubeBench => "kube-bench",
        }
    }
}

/// A report about an image. Its texts are escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Where it is from, as the caller named it.
    pub name: String,
    /// The tool that made it.
    pub tool: Tool,
    /// The version of the tool, if the report states it.
    pub version: Option<String>,
    /// When the report was made.
    pub created: Option<Instant>,
    /// When the tool's data about vulnerabilities was built. Only Grype states it.
    pub data: Option<Instant>,
    /// What was scanned, as the user of the tool named it.
    pub target: String,
    /// The digests that it states for what was scanned.
    pub digests: Claimed,
    /// The vulnerabilities, also those that the tool's user or a statement hid.
    pub findings: List<Finding>,
    /// Findings of other kinds, such as secrets, which are not read.
    pub others: usize,
}

/// What the tool states about a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fix {
    /// A fixed version exists.
    Available,
    /// None exists so far.
    None,
    /// There will be none: the vendor decided so, or the release is not supported any more.
    Never,
    /// It does not state it.
    Unknown,
}

/// Why the tool does not count a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hidden {
    /// The status of a VEX statement; without one, the tool's user ignores it.
    pub vex: Option<String>,
    /// The reason that is stated.
    pub reason: Option<String>,
    /// The file or rule.
    pub by: Option<String>,
}

/// A vulnerability that a tool reports. Its texts are escaped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// The tool.
    pub tool: Tool,
    /// The path in the report.
    pub place: String,
    /// The name of the vulnerability.
    pub id: String,
    /// Other names.
    pub names: Vec<String>,
    /// The package.
    pub package: String,
    /// Its version.
    pub version: String,
    /// Its package URL, as written.
    pub purl: Option<String>,
    /// The path of the package's record in the image.
    pub path: Option<String>,
    /// The digest of the layer, as written.
    pub layer: Option<String>,
    /// The rating in words; none if the tool has none.
    pub rating: Option<Rating>,
    /// Whose rating it is, if stated.
    pub rated_by: Option<String>,
    /// The state of a fix.
    pub fix: Fix,
    /// The versions with a fix.
    pub fixed: Vec<String>,
    /// Why the tool does not count it, if it does not.
    pub hidden: Option<Hidden>,
}

impl Report {
    /// Whether the report is about an image.
    ///
    /// # Errors
    ///
    /// It is about another image, or does not state which by a digest.
    pub fn check(&self, identity: &Identity) -> Result<(), Gap> {
        identity.check(&self.digests, &self.name)
    }
}

/// A report of any of the tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Any {
    /// About an image.
    Image(Box<Report>),
    /// About nodes.
    Benchmark(Benchmark),
}

/// Reads a report of one of the tools. The name is used in findings and gaps.
///
/// # Errors
///
/// It is not JSON, not of one of the tools, of another form or version, too large, or not about an image. An entry that is
/// malformed is a gap of the list.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Any, Gap> {
    let name = document::shown(name);
    let value = document::parse(bytes, &name, limits)?;
    let root = At::root(&value, &name);
    let has = |member: &str| value.get(member).is_some();
    let first = value.as_array().and_then(|list| list.first()).unwrap_or(&value);
    if has("SchemaVersion") {
        trivy::read(&root, &name, limits).map(Box::new).map(Any::Image)
    } else if has("descriptor") && has("matches") {
        grype::read(&root, &name, limits).map(Box::new).map(Any::Image)
    } else if has("Controls") || first.get("node_type").and_then(Value::as_str).is_some() {
        kube_bench::read(&root, &name, limits).map(Any::Benchmark)
    } else {
        Err(root.gap(Cause::Unsupported, "not a report in JSON of Trivy, Grype or kube-bench"))
    }
}

/// A rating in the words that both tools use.
fn rating(at: &At<'_>, name: &str) -> Result<Option<Rating>, Gap> {
    let Some(word) = at.text_of(name)? else { return Ok(None) };
    match word.to_ascii_lowercase().as_str() {
        "critical" => Ok(Some(Rating::Critical)),
        "high" => Ok(Some(Rating::High)),
        "medium" => Ok(Some(Rating::Medium)),
        "low" | "negligible" => Ok(Some(Rating::Low)),
        "unknown" => Ok(None),
        _ => Err(at.malformed(format!("not a severity: {}", document::shown(word)))),
    }
}

/// The digest behind the `@` of a reference, or alone.
fn digest(at: &At<'_>) -> Result<crate::digest::Digest, Gap> {
    let text = at.text()?;
    let digest = text.rsplit_once('@').map_or(text, |(_, digest)| digest);
    crate::digest::Digest::parse(digest).map_err(|error| at.malformed(error.to_string()))
}

/// A time; the zero value of Go stands for none.
fn time(at: &At<'_>, name: &str) -> Result<Option<Instant>, Gap> {
    let Some(text) = at.text_of(name)?.filter(|text| !text.starts_with("0001-01-01")) else {
        return Ok(None);
    };
    Instant::parse(text)
        .map(Some)
        .ok_or_else(|| at.malformed(format!("`{name}` is not a time by RFC 3339")))
}

#[cfg(test)]
mod tests;
