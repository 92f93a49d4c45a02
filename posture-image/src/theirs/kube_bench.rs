//! `kube-bench --json` ([types](https://github.com/aquasecurity/kube-bench/blob/main/check/controls.go)).
//!
//! What a check printed on the node is not kept: it is a command line or a file, which may hold credentials.

use std::collections::BTreeMap;

use crate::document::{At, shown};
use crate::limits::Limits;
use crate::truth::{Cause, Gap, List};

/// The result of a row, as kube-bench states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The check passed.
    Pass,
    /// It failed.
    Fail,
    /// It could not be carried out, or a person has to.
    Warn,
    /// It is for information, or was skipped.
    Info,
}

impl Outcome {
    /// The word of kube-bench.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Warn => "WARN",
            Self::Info => "INFO",
        }
    }
}

/// A row of a benchmark. Its texts are escaped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// The number of the row, such as `1.2.1`.
    pub id: String,
    /// The title.
    pub text: String,
    /// The result.
    pub outcome: Outcome,
    /// Whether the benchmark scores it; others are advice.
    pub scored: bool,
    /// Whether a person has to check it.
    pub manual: bool,
    /// Why the result is what it is, if stated.
    pub reason: Option<String>,
    /// The path in the report.
    pub place: String,
}

/// The rows of one part of a benchmark for one kind of node. Its texts are escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controls {
    /// The number of the part.
    pub id: String,
    /// The benchmark, such as `cis-1.9`.
    pub benchmark: Option<String>,
    /// The version of Kubernetes that kube-bench found.
    pub detected: Option<String>,
    /// The kind of node, such as `master` or `etcd`.
    pub node: String,
    /// The title.
    pub text: String,
    /// The rows.
    pub rows: List<Row>,
}

/// A report of kube-bench. It does not name the node or the cluster that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Benchmark {
    /// Where it is from, as the caller named it.
    pub name: String,
    /// The parts.
    pub controls: Vec<Controls>,
}

pub(super) fn read(root: &At<'_>, name: &str, limits: &Limits) -> Result<Benchmark, Gap> {
    // Older versions print a list, or one part.
    let parts = match root.get("Controls") {
        Some(controls) => controls.entries(limits)?.collect(),
        None if root.value.is_array() => root.entries(limits)?.collect(),
        None => vec![root.clone()],
    };
    let mut controls = Vec::new();
    let mut left = limits.document_entries;
    for part in parts {
        controls.push(part_of(&part, &mut left, limits)?);
    }
    if controls.is_empty() {
        return Err(root.gap(Cause::Missing, "a report without controls"));
    }
    Ok(Benchmark { name: name.to_owned(), controls })
}

fn part_of(at: &At<'_>, left: &mut usize, limits: &Limits) -> Result<Controls, Gap> {
    at.object()?;
    let mut rows = List::default();
    for group in at.need("tests")?.entries(limits)? {
        for entry in group.need("results")?.entries(limits)? {
            if *left == 0 {
                rows.lacks(
                    at.gap(
                        Cause::Incomplete,
                        format!("more than {} rows", limits.document_entries),
                    ),
                );
                break;
            }
            *left -= 1;
            match row(&entry) {
                Ok(row) => rows.items.push(row),
                Err(gap) => rows.lacks(gap),
            }
        }
    }
    let mut counts: BTreeMap<Outcome, u64> = BTreeMap::new();
    for row in &rows.items {
        *counts.entry(row.outcome).or_default() += 1;
    }
    for (field, outcome) in [
        ("total_pass", Outcome::Pass),
        ("total_fail", Outcome::Fail),
        ("total_warn", Outcome::Warn),
        ("total_info", Outcome::Info),
    ] {
        let counted = counts.get(&outcome).copied().unwrap_or_default();
        if let Some(total) = at.get(field)
            && total.value.as_u64() != Some(counted)
        {
            rows.lacks(total.gap(
                Cause::Mismatch,
                format!("{counted} rows are {}, and it states another number", outcome.name()),
            ));
        }
    }
    Ok(Controls {
        id: at.shown("id")?.unwrap_or_default(),
        benchmark: at.shown("version")?,
        detected: at.shown("detected_version")?,
        node: shown(at.need_text("node_type")?),
        text: at.shown("text")?.unwrap_or_default(),
        rows,
    })
}

fn row(at: &At<'_>) -> Result<Row, Gap> {
    at.object()?;
    let outcome = match at.need_text("status")? {
        "PASS" => Outcome::Pass,
        "FAIL" => Outcome::Fail,
        "WARN" => Outcome::Warn,
        "INFO" => Outcome::Info,
        other => return Err(at.malformed(format!("not a status: {}", shown(other)))),
    };
    let scored = match at.get("scored") {
        Some(scored) => {
            scored.value.as_bool().ok_or_else(|| scored.malformed("not true or false"))?
        }
        None => true,
    };
    Ok(Row {
        id: shown(at.need_text("test_number")?),
        text: at.shown("test_desc")?.unwrap_or_default(),
        outcome,
        scored,
        manual: at.text_of("type")? == Some("manual"),
        reason: at.shown("reason")?,
        place: at.path().to_owned(),
    })
}
