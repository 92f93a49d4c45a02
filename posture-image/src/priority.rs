//! What orders vulnerabilities beside their severity, from files of the user: [EPSS](https://www.first.org/epss/data_stats) of
//! FIRST, and the catalog of [known exploited vulnerabilities](https://www.cisa.gov/known-exploited-vulnerabilities-catalog) of CISA.
//!
//! Neither changes a severity. A vulnerability that is not in EPSS is unknown, not improbable; the catalog is complete as of its day.

use std::collections::HashMap;
use std::io::Read as _;

use crate::document::{self, At};
use crate::limits::Limits;
use crate::time::{self, Instant};
use crate::truth::{Cause, Gap, List};

/// How probable it is that a vulnerability is exploited in the 30 days after the day of the scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// From 0 to 1.
    pub probability: f64,
    /// The share of vulnerabilities with the same or a lower probability, from 0 to 1.
    pub percentile: f64,
}

/// The scores of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Epss {
    /// The day, as `YYYY-MM-DD`; unknown in files from before 2022.
    pub day: Option<String>,
    /// The version of the model.
    pub model: Option<String>,
    /// The scores, by CVE.
    pub scores: HashMap<String, Score>,
    /// Rows that could not be read, or that give a CVE another score again.
    pub malformed: usize,
}

/// An entry of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exploited {
    /// The day on which it was added, as `YYYY-MM-DD`.
    pub added: String,
    /// The day by which agencies of the United States have to act.
    pub due: Option<String>,
    /// Whether ransomware is known to use it; else that is not known.
    pub ransomware: bool,
}

/// The catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kev {
    /// The day of its release, as `YYYY-MM-DD`.
    pub day: String,
    /// The time of its release; none if only the day is stated.
    pub released: Option<Instant>,
    /// Its version.
    pub version: Option<String>,
    /// The entries, by CVE.
    pub entries: HashMap<String, Exploited>,
    /// What could not be read, one for each entry up to a few hundred.
    pub gaps: Vec<Gap>,
    /// Entries that could not be read.
    pub malformed: usize,
}

/// `CVE-YYYY-N…`, with four digits or more behind the year.
fn is_cve(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| {
        year.len() == 4 && digits(year) && (4..=19).contains(&number.len()) && digits(number)
    })
}

impl Epss {
    /// Reads the CSV of a day, which may be compressed with gzip.
    ///
    /// # Errors
    ///
    /// It is too large, damaged, not text, or its columns are others. A row that is malformed is counted.
    pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Self, Gap> {
        let name = document::shown(name);
        let gap = |cause, detail: &str| Gap::new(cause, &name, detail);
        let too_long =
            || Gap::new(Cause::Incomplete, &name, format!("more than {} bytes", limits.document));
        let mut plain = Vec::new();
        let bytes = if bytes.starts_with(b"\x1f\x8b") {
            let mut reader =
                flate2::read::MultiGzDecoder::new(bytes).take(limits.document.saturating_add(1));
            reader.read_to_end(&mut plain).map_err(|_| gap(Cause::Malformed, "damaged gzip"))?;
            plain.as_slice()
        } else {
            bytes
        };
        if bytes.len() as u64 > limits.document {
            return Err(too_long());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| gap(Cause::Malformed, "not UTF-8"))?;
        let mut lines = text.lines().map(|line| line.trim_end_matches('\r')).peekable();
        let mut epss = Self { day: None, model: None, scores: HashMap::new(), malformed: 0 };
        // `#model_version:v2025.03.14,score_date:2025-09-06T12:55:00Z`
        if let Some(comment) = lines.next_if(|line| line.starts_with('#')) {
            for field in comment.trim_start_matches('#').split(',') {
                match field.split_once(':') {
                    Some(("model_version", version)) => {
                        epss.model = Some(document::shown(version.trim()))
                    }
                    Some(("score_date", date)) => {
                        let day = time::day(date.trim())
                            .ok_or_else(|| gap(Cause::Malformed, "its day is not a date"))?;
                        epss.day = Some(day.to_owned());
                    }
                    _ => {}
                }
            }
        }
        if lines.next().map(str::trim) != Some("cve,epss,percentile") {
            return Err(gap(Cause::Malformed, "the columns are not `cve,epss,percentile`"));
        }
        for line in lines.filter(|line| !line.is_empty()) {
            if epss.scores.len() >= limits.document_entries.saturating_mul(4) {
                return Err(gap(Cause::Incomplete, "more rows than there are vulnerabilities"));
            }
            match row(line) {
                Some((cve, score)) => match epss.scores.get(cve) {
                    Some(own) if *own != score => {
                        epss.malformed += 1;
                        // The higher one puts it further up.
                        if score.probability > own.probability {
                            epss.scores.insert(cve.to_owned(), score);
                        }
                    }
                    Some(_) => {}
                    None => {
                        epss.scores.insert(cve.to_owned(), score);
                    }
                },
                None => epss.malformed += 1,
            }
        }
        Ok(epss)
    }
}

fn row(line: &str) -> Option<(&str, Score)> {
    let mut fields = line.split(',');
    let (cve, probability, percentile) = (fields.next()?.trim(), fields.next()?, fields.next()?);
    let number =
        |text: &str| text.trim().parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
    let score = Score { probability: number(probability)?, percentile: number(percentile)? };
    (fields.next().is_none() && is_cve(cve)).then_some((cve, score))
}

impl Kev {
    /// Reads the catalog in JSON.
    ///
    /// # Errors
    ///
    /// It is not JSON, too large, or has no day or no list. An entry that is malformed is counted, and a gap.
    pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Self, Gap> {
        let name = document::shown(name);
        let value = document::parse(bytes, &name, limits)?;
        let root = At::root(&value, &name);
        let released = root.need("dateReleased")?;
        let day = time::day(released.text()?).ok_or_else(|| released.malformed("not a date"))?;
        let list = root.need("vulnerabilities")?;
        let mut kev = Self {
            day: day.to_owned(),
            released: Instant::parse(released.text()?),
            version: root.shown("catalogVersion")?,
            entries: HashMap::new(),
            gaps: Vec::new(),
            malformed: 0,
        };
        let mut gaps = List::<()>::default();
        let mut number = 0_u64;
        for entry in list.entries(limits)? {
            number += 1;
            match exploited(&entry) {
                Ok((cve, exploited)) if !kev.entries.contains_key(&cve) => {
                    kev.entries.insert(cve, exploited);
                }
                Ok((cve, _)) => {
                    kev.malformed += 1;
                    gaps.lacks(entry.malformed(format!("{cve} is there twice")));
                }
                Err(gap) => {
                    kev.malformed += 1;
                    gaps.lacks(gap);
                }
            }
        }
        if let Some(count) = root.get("count")
            && count.value.as_u64() != Some(number)
        {
            gaps.lacks(
                count.gap(
                    Cause::Mismatch,
                    format!("{number} entries, and it states another number"),
                ),
            );
        }
        kev.gaps = gaps.gaps;
        Ok(kev)
    }
}

fn exploited(at: &At<'_>) -> Result<(String, Exploited), Gap> {
    at.object()?;
    let cve = at.need_text("cveID")?.trim();
    if !is_cve(cve) {
        return Err(at.malformed("`cveID` is not a CVE"));
    }
    let date = |name: &str| -> Result<Option<String>, Gap> {
        let Some(text) = at.text_of(name)? else { return Ok(None) };
        time::day(text)
            .map(|day| Some(day.to_owned()))
            .ok_or_else(|| at.malformed(format!("`{name}` is not a date")))
    };
    let added = date("dateAdded")?.ok_or_else(|| at.malformed("`dateAdded` is missing"))?;
    let ransomware = at.text_of("knownRansomwareCampaignUse")? == Some("Known");
    Ok((cve.to_owned(), Exploited { added, due: date("dueDate")?, ransomware }))
}

#[cfg(test)]
#[path = "priority_tests.rs"]
mod tests;
