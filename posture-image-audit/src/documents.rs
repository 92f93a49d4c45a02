//! Documents of others that an audit takes in: statements about vulnerabilities (VEX), bills of materials (SBOM), reports of other
//! scanners, and probabilities of exploitation (EPSS).
//!
//! Each is somebody's word, and is shown as that. What a user names counts as the user trusts it: statements may excuse a
//! vulnerability, which then does not apply, and never passes. Bills of materials and reports add what they list, and never show that
//! something else is not there. A document counts for an image only if it names its digest.
//!
//! A document that cannot be read is an invalid file of every image, so that nobody takes the rest for the whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use posture_collect::files::{regular, shown};
use posture_image::limits::Limits;
use posture_image::priority::Epss;
use posture_image::sbom::{self, Sbom};
use posture_image::theirs::{self, Any};
use posture_image::vex::{self, Applied, Document};
use posture_image::{Cause, Gap as Open};
use posture_model::gap::{Gap, Reason};
use posture_model::time::Time;

use crate::database::age;
use crate::gaps::reason;
use crate::info::DOCUMENT;

/// Documents of others, by their files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documents {
    /// Statements about vulnerabilities: OpenVEX, or the analysis in CycloneDX.
    pub vex: Vec<PathBuf>,
    /// Bills of materials: CycloneDX or SPDX in JSON.
    pub sboms: Vec<PathBuf>,
    /// Reports of Trivy and Grype about images, in JSON.
    pub reports: Vec<PathBuf>,
    /// The scores of EPSS of a day.
    pub epss: Option<PathBuf>,
}

impl Documents {
    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the documents hold.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// Statements about vulnerabilities.
    pub(crate) vex: Vec<Document>,
    /// Bills of materials.
    pub(crate) sboms: Vec<Sbom>,
    /// Reports of other scanners.
    pub(crate) reports: Vec<theirs::Report>,
    /// The scores, or why they are too old.
    epss: Option<Result<Epss, Gap>>,
    /// What cannot be read.
    pub(crate) invalid: Vec<Gap>,
    /// What became of each document and statement in the images so far.
    heard: Mutex<Heard>,
}

/// By document: why it is joined with no image; none once it is. By document and place: why a statement covers nothing; none once it
/// covers something.
#[derive(Debug, Default)]
struct Heard {
    documents: BTreeMap<String, Option<String>>,
    statements: BTreeMap<(String, String), Option<String>>,
}

/// The most statements that are named one by one.
const NAMED: usize = 5;

impl Given {
    /// Reads the documents. Scores that are older than so many days are unknown.
    pub(crate) fn open(of: &Documents, now: Time, days: u32) -> Self {
        let limits = Limits::default();
        let mut given = Self::default();
        for path in &of.sboms {
            let sbom = given.read(path, |bytes, name| sbom::read(bytes, name, &limits));
            given.sboms.extend(sbom);
        }
        for path in &of.vex {
            let sboms = std::mem::take(&mut given.sboms);
            let document = given.read(path, |bytes, name| vex::read(bytes, name, &sboms, &limits));
            given.sboms = sboms;
            let Some(document) = document else { continue };
            let wrong = document.statements.gaps.iter();
            given.invalid.extend(wrong.map(|open| invalid(&document.name, open)));
            given.vex.push(document);
        }
        for path in &of.reports {
            let report =
                given.read(path, |bytes, name| match theirs::read(bytes, name, &limits)? {
                    Any::Image(report) => Ok(*report),
                    Any::Benchmark(_) => {
                        let detail =
                            "a report of kube-bench, which is about nodes and not about images";
                        Err(Open::new(Cause::Unsupported, name, detail))
                    }
                });
            let Some(report) = report else { continue };
            let wrong = report.findings.gaps.iter().filter(|open| open.cause == Cause::Malformed);
            given.invalid.extend(wrong.map(|open| invalid(&report.name, open)));
            given.reports.push(report);
        }
        if let Some(path) = &of.epss
            && let Some(epss) = given.read(path, |bytes, name| Epss::read(bytes, name, &limits))
        {
            given.epss = Some(fresh(epss, &shown(path), now, days));
        }
        given
    }

    fn read<T>(
        &mut self,
        path: &Path,
        parse: impl FnOnce(&[u8], &str) -> Result<T, Open>,
    ) -> Option<T> {
        let name = shown(path);
        let most = usize::try_from(Limits::default().document).unwrap_or(usize::MAX);
        let bytes = regular(path, most)
            .map_err(|error| Open::new(Cause::Malformed, &name, error.to_string()));
        match bytes.and_then(|bytes| parse(&bytes, &name)) {
            Ok(read) => Some(read),
            Err(open) => {
                self.invalid.push(invalid(&name, &open));
                None
            }
        }
    }

    /// The probability of the first of these names that has one, in millionths, with its day and percentile; none if no scores are
    /// given.
    pub(crate) fn epss<'n>(
        &self,
        mut names: impl Iterator<Item = &'n String>,
    ) -> Option<Result<(u32, String), Gap>> {
        let epss = match self.epss.as_ref()? {
            Ok(epss) => epss,
            Err(why) => return Some(Err(why.clone())),
        };
        let day = epss.day.as_deref().unwrap_or_default();
        let Some(score) = names.find_map(|name| epss.scores.get(name)) else {
            let detail = format!("the scores of {day} do not name it");
            return Some(Err(Gap::undetermined(DOCUMENT, "EPSS", &detail)));
        };
        // Both are from 0 to 1.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most a million"
        )]
        let millionths = (score.probability * 1e6).round() as u32;
        let percentile = score.percentile * 100.0;
        Some(Ok((millionths, format!("of {day}, percentile {percentile:.1}"))))
    }

    /// Notes what became of a document in an image.
    pub(crate) fn joined(&self, document: &str, with: &Result<(), Open>) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let why = with.as_ref().err().map(|open| open.detail.clone());
        let known = heard.documents.entry(document.to_owned()).or_insert_with(|| why.clone());
        if why.is_none() {
            *known = None;
        }
    }

    /// Notes what became of the statements in an image.
    pub(crate) fn applied(&self, applied: &Applied) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        for one in &applied.unmatched {
            let why = format!("{} of {}: {}", one.place, one.vulnerability, one.reason);
            heard.statements.entry((one.document.clone(), one.place.clone())).or_insert(Some(why));
        }
        for one in &applied.replaced {
            heard.statements.insert((one.document.clone(), one.place.clone()), None);
        }
    }

    /// Notes that a statement covers something.
    pub(crate) fn covers(&self, document: &str, place: &str) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.statements.insert((document.to_owned(), place.to_owned()), None);
    }

    /// The documents that are joined with no image, and the statements that cover nothing, in words.
    pub(crate) fn left(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left = Vec::new();
        for (document, why) in &heard.documents {
            let why = why.as_ref();
            left.extend(why.map(|why| format!("{document} is joined with no image: {why}")));
        }
        for document in &self.vex {
            let of = heard.statements.iter().filter(|((own, _), _)| *own == document.name);
            let whys: Vec<&String> = of.filter_map(|(_, why)| why.as_ref()).collect();
            left.extend(
                whys.iter()
                    .take(NAMED)
                    .map(|why| format!("{} covers nothing: {why}", document.name)),
            );
            if let Some(more @ 1..) = whys.len().checked_sub(NAMED) {
                left.push(format!("{}: {more} more statements cover nothing", document.name));
            }
        }
        left
    }
}

/// The scores, if their day shows that they are young enough.
fn fresh(epss: Epss, name: &str, now: Time, days: u32) -> Result<Epss, Gap> {
    let day = epss.day.as_ref().and_then(|day| format!("{day}T00:00:00Z").parse().ok());
    // Its words name the command for the database.
    let why =
        age(day, now, days).map(|why| why.replace(": update it with `posture db update`", ""));
    match why {
        None => Ok(epss),
        Some(why) => Err(Gap::undetermined(DOCUMENT, name, &why)),
    }
}

/// A document that cannot be read, or a part of it.
fn invalid(name: &str, open: &Open) -> Gap {
    let reason = match open.cause {
        // What is beyond a bound is not wrong.
        Cause::Incomplete => reason(open.cause),
        _ => Reason::InvalidFile,
    };
    let place = open.place.strip_prefix(name).unwrap_or(&open.place);
    let place = place.trim_start_matches(':').trim();
    let detail = match place {
        "" | "$" => open.detail.clone(),
        place => format!("{place}: {}", open.detail),
    };
    Gap { detail: Some(detail), ..Gap::new(DOCUMENT, name, reason) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Time {
        "2026-12-01T12:00:00Z".parse().unwrap()
    }

    fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn what_cannot_be_read_is_an_invalid_file_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str, text: &str| file(folder.path(), name, text);
        let bad = r#"{"@context": "https://openvex.dev/ns", "@id": "x", "author": "a", "timestamp": "2026-11-30T00:00:00Z",
            "version": 1, "statements": [{"vulnerability": {"name": "CVE-2026-1"}, "status": "harmless", "products": [{"@id": "pkg:deb/debian/a"}]}]}"#;
        let documents = Documents {
            vex: vec![path("bad.json", bad), folder.path().join("none.json")],
            sboms: vec![path("text.json", "no JSON")],
            reports: vec![path("other.json", "{}"), folder.path().to_owned()],
            epss: Some(path("epss.csv", "cve,score\n")),
        };
        let given = Given::open(&documents, now(), 7);
        let words: Vec<String> = given.invalid.iter().map(Gap::words).collect();
        assert_eq!(given.invalid.len(), 6, "{words:?}");
        assert!(given.invalid.iter().all(|gap| gap.reason == Reason::InvalidFile), "{words:?}");
        assert!(words.iter().any(|text| text.contains("$.statements[0].status: not a status")));
        assert!(Documents::default().is_empty() && !documents.is_empty());
    }

    #[test]
    fn a_score_counts_by_its_day() {
        let folder = tempfile::tempdir().unwrap();
        let text = "#model_version:v2025.03.14,score_date:2026-11-30T12:55:00Z\ncve,epss,percentile\nCVE-2026-1111,0.04321,0.91\n";
        let documents =
            Documents { epss: Some(file(folder.path(), "e.csv", text)), ..Documents::default() };
        let names = ["DSA-1".to_owned(), "CVE-2026-1111".to_owned()];
        let given = Given::open(&documents, now(), 7);
        let (millionths, source) = given.epss(names.iter()).unwrap().unwrap();
        assert_eq!((millionths, source.as_str()), (43_210, "of 2026-11-30, percentile 91.0"));
        let unnamed = given.epss(names[..1].iter()).unwrap().unwrap_err();
        assert!(unnamed.words().contains("do not name it"), "{}", unnamed.words());
        let old = Given::open(&documents, "2027-01-01T00:00:00Z".parse().unwrap(), 7);
        let old = old.epss(names.iter()).unwrap().unwrap_err().words();
        assert!(old.contains("32 days old") && !old.contains("db update"), "{old}");
        // Files from before 2022 do not state their day.
        let (_, undated) = text.split_once('\n').unwrap();
        file(folder.path(), "e.csv", undated);
        let undated = Given::open(&documents, now(), 7).epss(names.iter()).unwrap();
        assert!(undated.unwrap_err().words().contains("not known"));
        assert!(Given::default().epss(names.iter()).is_none());
    }

    #[test]
    fn what_is_joined_with_one_image_is_not_left() {
        let given = Given::default();
        let other = || Err(Open::new(Cause::Mismatch, "r.json", "it is about another image"));
        given.joined("r.json", &other());
        assert_eq!(given.left(), ["r.json is joined with no image: it is about another image"]);
        given.joined("r.json", &Ok(()));
        given.joined("r.json", &other());
        assert!(given.left().is_empty());
    }
}
