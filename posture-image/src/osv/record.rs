//! One record.
//!
//! Unknown fields are ignored. An event or range of an unknown form makes what depends on it unknown, not unaffected.

use serde_json::Value;

use crate::json;
use crate::text;

/// A record of a vulnerability.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Its ID, such as `GHSA-…` or `DEBIAN-CVE-…`.
    pub id: String,
    /// Other names of the same vulnerability.
    pub aliases: Vec<String>,
    /// The vulnerabilities that this record is about, for records of distributions. They are not other names of it.
    pub upstream: Vec<String>,
    /// Vulnerabilities that are related. The advisories of some distributions, such as AlmaLinux, name those that they fix here.
    pub related: Vec<String>,
    /// Whether it was withdrawn, so that it says nothing.
    pub withdrawn: bool,
    /// When it was changed last, as written.
    pub modified: String,
    /// A summary of its author.
    pub summary: String,
    /// Ratings of the vulnerability: type and value.
    pub severity: Vec<(String, String)>,
    /// The rating in words that the database adds.
    pub rating: Option<String>,
    /// What is affected.
    pub affected: Vec<Affected>,
}

/// A package that is affected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// The ecosystem, with the release if it has any.
    pub ecosystem: String,
    /// The name.
    pub name: String,
    /// Versions that are affected, as written.
    pub versions: Vec<String>,
    /// Ranges of versions that are affected.
    pub ranges: Vec<Range>,
    /// Ratings for this package.
    pub severity: Vec<(String, String)>,
    /// The urgency that Debian gives it, such as `unimportant`.
    pub urgency: Option<String>,
}

/// A range of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// How its versions compare.
    pub kind: RangeKind,
    /// The events, in the order of the record; or why they cannot be evaluated.
    pub events: Result<Vec<Event>, String>,
}

/// How the versions of a range compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeKind {
    /// As semantic versions.
    Semantic,
    /// By the rules of the ecosystem.
    Ecosystem,
    /// Commits, which only the repository can order.
    Git,
    /// Another kind than the schema has.
    Unknown(String),
}

/// Where a range begins or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Affected from here on; `0` is before everything.
    Introduced(String),
    /// Not affected from here on.
    Fixed(String),
    /// Affected up to this version.
    LastAffected(String),
    /// Nothing from here on is listed; `*` means that there is no limit.
    Limit(String),
}

impl Record {
    /// Reads the JSON of a record.
    ///
    /// # Errors
    ///
    /// It is not JSON, or it has no ID.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        Self::read(&json::parse_loose(bytes, 64)?)
    }

    /// Reads a record.
    ///
    /// # Errors
    ///
    /// It has no ID.
    pub fn read(value: &Value) -> Result<Self, String> {
        let id =
            value.get("id").and_then(Value::as_str).filter(|id| !id.is_empty() && id.len() <= 200);
        let specific = value.get("database_specific");
        Ok(Self {
            id: id.ok_or("a record without an ID")?.to_owned(),
            aliases: texts(value.get("aliases")),
            upstream: texts(value.get("upstream")),
            related: texts(value.get("related")),
            withdrawn: value.get("withdrawn").is_some_and(|withdrawn| !withdrawn.is_null()),
            modified: text(value, "modified"),
            summary: text(value, "summary"),
            severity: severity(value.get("severity")),
            rating: specific
                .and_then(|specific| specific.get("severity"))
                .and_then(Value::as_str)
                .map(str::to_owned),
            affected: array(value.get("affected")).iter().map(affected).collect(),
        })
    }
}

fn array(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn texts(value: Option<&Value>) -> Vec<String> {
    array(value).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn severity(value: Option<&Value>) -> Vec<(String, String)> {
    array(value).iter().map(|entry| (text(entry, "type"), text(entry, "score"))).collect()
}

fn affected(value: &Value) -> Affected {
    let package = value.get("package").unwrap_or(&Value::Null);
    let specific = value.get("ecosystem_specific");
    Affected {
        ecosystem: text(package, "ecosystem"),
        name: text(package, "name"),
        versions: texts(value.get("versions")),
        ranges: array(value.get("ranges")).iter().map(range).collect(),
        severity: severity(value.get("severity")),
        urgency: specific
            .and_then(|specific| specific.get("urgency"))
            .and_then(Value::as_str)
            .map(str::to_owned),
    }
}

fn range(value: &Value) -> Range {
    let kind = match value.get("type").and_then(Value::as_str) {
        Some("SEMVER") => RangeKind::Semantic,
        Some("ECOSYSTEM") => RangeKind::Ecosystem,
        Some("GIT") => RangeKind::Git,
        other => RangeKind::Unknown(text::clip(other.unwrap_or_default().as_bytes(), 40)),
    };
    Range { kind, events: events(array(value.get("events"))) }
}

fn events(list: &[Value]) -> Result<Vec<Event>, String> {
    let events: Vec<Event> = list
        .iter()
        .map(|event| {
            let mut entries = event.as_object().into_iter().flatten();
            let (Some((key, value)), None) = (entries.next(), entries.next()) else {
                return Err("an event that is not one thing".to_owned());
            };
            let value = value.as_str().ok_or("an event without a version")?.to_owned();
            match key.as_str() {
                "introduced" => Ok(Event::Introduced(value)),
                "fixed" => Ok(Event::Fixed(value)),
                "last_affected" => Ok(Event::LastAffected(value)),
                "limit" => Ok(Event::Limit(value)),
                other => Err(format!("an unknown event: {}", text::clip(other.as_bytes(), 40))),
            }
        })
        .collect::<Result<_, String>>()?;
    let has = |kind: fn(&Event) -> bool| events.iter().any(kind);
    if !has(|event| matches!(event, Event::Introduced(_))) {
        return Err("a range that begins nowhere".to_owned());
    }
    if has(|event| matches!(event, Event::Fixed(_)))
        && has(|event| matches!(event, Event::LastAffected(_)))
    {
        return Err("a range with `fixed` and `last_affected`".to_owned());
    }
    Ok(events)
}
