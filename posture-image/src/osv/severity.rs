//! Ratings: from CVSS vectors of every version, and from the words of distributions and databases.

use cvss::Cvss;

use super::record::{Affected, Record};
use crate::text;

/// A rating in words. Unrated is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rating {
    /// A score of 0.
    None,
    /// Up to 3.9; negligible ones too.
    Low,
    /// Up to 6.9.
    Medium,
    /// Up to 8.9.
    High,
    /// From 9.0 on. CVSS 2 has none.
    Critical,
}

/// A rating and where it is from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Severity {
    /// The rating.
    pub rating: Rating,
    /// The base score in tenths, if it is from a vector.
    pub tenths: Option<u16>,
    /// The source: `CVSS 3.1`, the distribution, or the database.
    pub source: String,
}

/// The base metrics that a vector must have.
const V2: [&str; 6] = ["AV", "AC", "Au", "C", "I", "A"];
const V3: [&str; 8] = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
const V4: [&str; 11] = ["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];

/// The severity of a vector: that of its base metrics.
///
/// # Errors
///
/// A mandatory metric is missing, one is there twice or is unknown, or the version of CVSS is another.
pub fn of_vector(vector: &str) -> Result<Severity, String> {
    let invalid = || format!("not a vector of CVSS: {}", text::clip(vector.as_bytes(), 100));
    // Vectors of version 2 occur in parentheses, and have no prefix.
    let bare = vector.trim().trim_start_matches('(').trim_end_matches(')');
    let (version, prefix, base): (&str, &str, &[&str]) =
        match bare.split_once('/').map(|(prefix, _)| prefix) {
            Some("CVSS:4.0") => ("4.0", "CVSS:4.0/", &V4),
            Some("CVSS:3.1") => ("3.1", "CVSS:3.1/", &V3),
            Some("CVSS:3.0") => ("3.0", "CVSS:3.0/", &V3),
            Some(first) if first.starts_with("AV:") => ("2.0", "", &V2),
            _ => return Err(invalid()),
        };
    bare.parse::<Cvss>().map_err(|_| invalid())?;
    let metrics: Vec<&str> = bare.strip_prefix(prefix).unwrap_or(bare).split('/').collect();
    let metric = |name: &&str| {
        let mut found = metrics.iter().filter(|metric| metric.split(':').next() == Some(name));
        found.next().filter(|_| found.next().is_none()).copied()
    };
    // Threat, temporal and environmental metrics change the score; the base is what is stated.
    let base: Option<Vec<&str>> = base.iter().map(metric).collect();
    let base = format!("{prefix}{}", base.ok_or_else(invalid)?.join("/"));
    let score = base.parse::<Cvss>().map_err(|_| invalid())?.score();
    if !(0.0..=10.0).contains(&score) {
        return Err(invalid());
    }
    let tenths = (0..=100_u16)
        .min_by_key(|tenths| ((f64::from(*tenths) - score * 10.0).abs() * 1e6).round() as u64);
    let tenths = tenths.unwrap_or_default();
    let rating = match tenths {
        0 if version != "2.0" => Rating::None,
        0..=39 => Rating::Low,
        40..=69 => Rating::Medium,
        70..=89 => Rating::High,
        _ if version == "2.0" => Rating::High,
        _ => Rating::Critical,
    };
    Ok(Severity { rating, tenths: Some(tenths), source: format!("CVSS {version}") })
}

/// The severity of a vulnerability for one package: the distribution's own rating, then that of the package, of the record, and of
/// the database. Among vectors the newest version counts, not the highest score. Nothing is unrated.
pub fn of_record(record: &Record, entry: Option<&Affected>) -> Option<Severity> {
    let words = |word: &str, source: &str| {
        of_words(word).map(|rating| Severity { rating, tenths: None, source: source.to_owned() })
    };
    let ubuntu = |list: &[(String, String)]| {
        list.iter().find(|(kind, _)| kind == "Ubuntu").and_then(|(_, word)| words(word, "Ubuntu"))
    };
    let vectors = |list: &[(String, String)]| {
        let mut kinds: Vec<&(String, String)> =
            list.iter().filter(|(kind, _)| kind.starts_with("CVSS_V")).collect();
        kinds.sort_by(|(one, _), (other, _)| other.cmp(one));
        kinds.iter().find_map(|(_, vector)| of_vector(vector).ok())
    };
    let of_entry = entry.and_then(|entry| {
        let debian = entry.urgency.as_deref().filter(|_| entry.ecosystem.starts_with("Debian"));
        let debian = debian.and_then(|urgency| words(urgency, "Debian"));
        debian
            .or_else(|| ubuntu(&entry.severity))
            .or_else(|| ubuntu(&record.severity))
            .or_else(|| vectors(&entry.severity))
    });
    let database = || record.rating.as_deref().and_then(|word| words(word, "the database"));
    of_entry.or_else(|| vectors(&record.severity)).or_else(database)
}

fn of_words(word: &str) -> Option<Rating> {
    match word.trim().trim_end_matches('*').to_ascii_lowercase().as_str() {
        "unimportant" | "negligible" | "low" => Some(Rating::Low),
        "medium" | "moderate" => Some(Rating::Medium),
        "high" | "important" => Some(Rating::High),
        "critical" => Some(Rating::Critical),
        _ => None,
    }
}

#[cfg(test)]
#[path = "severity_tests.rs"]
mod tests;
