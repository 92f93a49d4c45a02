//! The results of an audit, without what it read: enough to compare it with another one, however long ago it was.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::control::{Control, Severity};
use crate::digest::digest_of;
use crate::gap::{Gap, Reason};
use crate::judge::{Finding, Findings, Judge, Outcome};
use crate::params::{Params, Value};
use crate::provider::Provider;
use crate::report::{FrameworkReport, State};
use crate::scope::Region;
use crate::time::Time;
use crate::{controls, finding_id, json};

pub use crate::digest::digest;
pub use crate::status::FindingStatus;

impl FindingStatus {
    /// The status of a finding.
    pub fn of(finding: &Finding<'_>) -> Self {
        match finding.outcome {
            Outcome::Pass => Self::Pass,
            Outcome::Fail(_) if finding.exception.is_some() => Self::Excepted,
            Outcome::Fail(_) => Self::Fail,
            Outcome::NotApplicable(_) => Self::NotApplicable,
            Outcome::Unknown(_) => Self::Unknown,
        }
    }
}

/// What decided a finding, in few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// What could not be read.
    Gap {
        /// The action that would have shown it.
        action: String,
        /// Why it did not, in words.
        reason: String,
    },
    /// The facts that failed, each with what was found. It may repeat the cloud's text and is as hostile as any.
    Facts(Vec<(String, String)>),
}

impl Why {
    /// That of something that could not be read.
    pub fn gap(gap: &Gap) -> Self {
        Self::Gap { action: gap.action.clone(), reason: gap.reason.words().to_owned() }
    }

    /// What decided a finding; passes have none.
    pub fn of(finding: &Finding<'_>) -> Option<Self> {
        match finding.outcome {
            Outcome::Fail(evidence) => Some(Self::Facts(
                evidence.iter().map(|e| (e.fact.to_owned(), e.found.to_string())).collect(),
            )),
            Outcome::Unknown(_) => finding.gap().map(Self::gap),
            Outcome::Pass | Outcome::NotApplicable(_) => None,
        }
    }
}

/// A finding as it was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedFinding<'a> {
    /// The stable id of the finding.
    pub id: String,
    /// The control, which need not be one of today's.
    pub control: Cow<'a, str>,
    /// Its severity.
    pub severity: Severity,
    /// The cloud.
    pub provider: Provider,
    /// The account, subscription or tenant.
    pub scope: Cow<'a, str>,
    /// The region of the resource, or that in which a list is not complete.
    pub region: Option<Cow<'a, str>>,
    /// The native id of the resource; none for the list of all.
    pub resource: Option<Cow<'a, str>>,
    /// Its name.
    pub name: Option<Cow<'a, str>>,
    /// Its status.
    pub status: FindingStatus,
    /// What decided it.
    pub why: Option<Why>,
}

impl<'a> RecordedFinding<'a> {
    /// The recorded form of a finding.
    pub fn of(finding: &Finding<'a>) -> Self {
        let subject = finding.subject;
        Self {
            id: finding.id(),
            control: finding.control.id.into(),
            severity: finding.control.severity,
            provider: finding.scope.provider,
            scope: finding.scope.id.as_str().into(),
            region: finding.region().map(Into::into),
            resource: subject.map(|subject| subject.id.into()),
            name: subject.map(|subject| subject.name.into()),
            status: FindingStatus::of(finding),
            why: Why::of(finding),
        }
    }

    /// The same, apart from where it came from.
    #[must_use]
    pub fn into_owned(self) -> RecordedFinding<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        RecordedFinding {
            id: self.id,
            control: owned(self.control),
            severity: self.severity,
            provider: self.provider,
            scope: owned(self.scope),
            region: self.region.map(owned),
            resource: self.resource.map(owned),
            name: self.name.map(owned),
            status: self.status,
            why: self.why,
        }
    }

    /// Whether it reports that a list is incomplete, so that what is missing from it may still exist.
    pub fn is_hole(&self) -> bool {
        self.resource.is_none() && self.status == FindingStatus::Unknown
    }

    /// The id that it had in earlier versions, where it reports that a list is incomplete. Several findings may share it.
    pub fn former_id(&self) -> Option<String> {
        let control = finding_id::first(&self.control);
        let id = || finding_id::former(control, self.provider, &self.scope);
        self.is_hole().then(id).filter(|id| *id != self.id)
    }
}

/// The results of an audit.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// The version of the program that judged.
    pub tool: Cow<'a, str>,
    /// When reading began.
    pub started: Time,
    /// When it ended.
    pub finished: Time,
    /// Whether it was stopped before its end.
    pub partial: bool,
    /// The accounts, subscriptions and tenants that were read.
    pub scopes: BTreeSet<(Provider, Cow<'a, str>)>,
    /// The regions of them that were not read, as they were left out by request, or as the account cannot use them. What is in
    /// these is not gone: to disable a region removes
    /// [access](https://docs.aws.amazon.com/accounts/latest/reference/API_DisableRegion.html) to what is there.
    pub excluded: BTreeSet<(Provider, Cow<'a, str>, Cow<'a, str>)>,
    /// The controls by which they were judged, each with a digest of its objective and parameters.
    pub controls: BTreeMap<Cow<'a, str>, String>,
    /// Every finding, each id once.
    pub findings: Vec<RecordedFinding<'a>>,
    /// The state of each requirement, by the id of its framework and its own; see [`states`].
    pub requirements: Requirements<'a>,
}

/// The states of requirements, by the id of the framework and that of the requirement.
pub type Requirements<'a> = BTreeMap<Cow<'a, str>, BTreeMap<Cow<'a, str>, State>>;

/// The states of the requirements of frameworks.
pub fn states<'f>(
    frameworks: impl IntoIterator<Item = &'f FrameworkReport>,
) -> Requirements<'static> {
    let states = |report: &FrameworkReport| {
        let rows = report.requirements.iter();
        rows.map(|row| (row.requirement.id.into(), row.state)).collect()
    };
    frameworks.into_iter().map(|report| (report.framework.id.into(), states(report))).collect()
}

/// Why a file is not a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It could not be read.
    #[error("cannot read the file")]
    Io(#[source] std::io::Error),
    /// It is something else.
    #[error("not a JSON report of posture")]
    NotAReport(#[source] Option<serde_json::Error>),
    /// It has a form that this version does not know.
    #[error("the report has format version {0}, which posture {tool} does not support", tool = env!("CARGO_PKG_VERSION"))]
    Version(u32),
    /// It does not hold every finding, so that those it leaves out would seem to be gone.
    #[error("the report is filtered and does not list every finding")]
    Filtered,
    /// It is larger than allowed.
    #[error("the report is larger than {0} bytes")]
    TooLarge(u64),
}

impl Record<'_> {
    /// Whether what is in the region of a finding was left out by request.
    pub fn leaves_out(&self, provider: Provider, scope: &str, region: Option<&str>) -> bool {
        region
            .is_some_and(|region| self.excluded.contains(&(provider, scope.into(), region.into())))
    }
}

impl<'a> Record<'a> {
    /// The results of findings, with the parameters by which they were judged here and now, and without requirements.
    pub fn of(findings: &'a Findings<'_>, params: &Params) -> Self {
        Self { findings: recorded(findings).collect(), ..Self::head(findings, params) }
    }

    /// The same without the findings.
    pub fn head(findings: &'a Findings<'_>, params: &Params) -> Self {
        let header = findings.header();
        let scopes = findings.scopes().iter().map(|examined| examined.scope());
        let excluded = scopes.clone().flat_map(|scope| {
            let left_out = scope.regions.iter().filter(|region| is_unread(region));
            left_out.map(|region| {
                (scope.provider, scope.id.as_str().into(), region.name.as_str().into())
            })
        });
        let controls = findings.controls().iter();
        Self {
            tool: env!("CARGO_PKG_VERSION").into(),
            started: header.started,
            finished: header.finished,
            partial: header.partial,
            scopes: scopes.map(|scope| (scope.provider, scope.id.as_str().into())).collect(),
            excluded: excluded.collect(),
            controls: controls
                .map(|control| (control.id.into(), digest(control, params)))
                .collect(),
            findings: Vec::new(),
            requirements: Requirements::new(),
        }
    }
}

fn is_unread(region: &Region) -> bool {
    region.excluded || !region.enabled
}

impl Judge {
    /// The findings of the scope that was judged last. One that another scope of the run may decide is unknown until
    /// [`Self::finish`].
    pub fn last_findings(&self) -> Vec<RecordedFinding<'static>> {
        self.last().map(|finding| RecordedFinding::of(&finding).into_owned()).collect()
    }
}

/// The findings, one after the other, those of one account together.
pub fn recorded<'a>(findings: &'a Findings<'_>) -> impl Iterator<Item = RecordedFinding<'a>> {
    findings.everything().map(|finding| RecordedFinding::of(&finding))
}

impl Record<'_> {
    /// The same, apart from where it came from.
    #[must_use]
    pub fn into_owned(self) -> Record<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Record {
            tool: owned(self.tool),
            started: self.started,
            finished: self.finished,
            partial: self.partial,
            scopes: self.scopes.into_iter().map(|(p, scope)| (p, owned(scope))).collect(),
            excluded: self
                .excluded
                .into_iter()
                .map(|(provider, scope, region)| (provider, owned(scope), owned(region)))
                .collect(),
            controls: self.controls.into_iter().map(|(id, digest)| (owned(id), digest)).collect(),
            findings: self.findings.into_iter().map(RecordedFinding::into_owned).collect(),
            requirements: self
                .requirements
                .into_iter()
                .map(|(framework, states)| {
                    let states = states.into_iter().map(|(id, state)| (owned(id), state));
                    (owned(framework), states.collect())
                })
                .collect(),
        }
    }
}

impl Record<'static> {
    /// Reads a JSON report of at most `limit` bytes.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn read(input: impl Read, limit: u64) -> Result<Self, Error> {
        let mut text = Vec::new();
        input.take(limit.saturating_add(1)).read_to_end(&mut text).map_err(Error::Io)?;
        if text.len() as u64 > limit {
            return Err(Error::TooLarge(limit));
        }
        let document: Document =
            serde_json::from_slice(&text).map_err(|error| Error::NotAReport(Some(error)))?;
        if document.format != json::FORMAT {
            return Err(Error::NotAReport(None));
        }
        if document.version != json::VERSION {
            return Err(Error::Version(document.version));
        }
        if document.filter.is_some() {
            return Err(Error::Filtered);
        }
        let providers: BTreeMap<&str, Provider> =
            document.scopes.iter().map(|scope| (scope.id.as_str(), scope.provider)).collect();
        let severities: BTreeMap<&str, Severity> =
            document.controls.iter().map(|c| (c.id.as_str(), c.severity)).collect();
        let excluded = document.scopes.iter().flat_map(|scope| {
            let left_out = scope.regions.iter().filter(|region| is_unread(region));
            left_out
                .map(|region| (scope.provider, scope.id.clone().into(), region.name.clone().into()))
        });
        let excluded = excluded.collect();
        let mut seen = HashSet::new();
        let mut findings = Vec::with_capacity(document.findings.len());
        for finding in document.findings {
            let (Some(provider), Some(severity)) =
                (providers.get(finding.scope.as_str()), severities.get(finding.control.as_str()))
            else {
                // A finding of an account or a control that the report does not name.
                return Err(Error::NotAReport(None));
            };
            let finding = finding.into_recorded(*provider, *severity);
            if seen.insert(finding.id.clone()) {
                findings.push(finding);
            }
        }
        Ok(Self {
            tool: document.judged_by.unwrap_or(document.tool).into(),
            started: document.started,
            finished: document.finished,
            partial: document.partial,
            scopes: document.scopes.into_iter().map(|s| (s.provider, s.id.into())).collect(),
            excluded,
            controls: document
                .controls
                .into_iter()
                .map(|c| {
                    let digest = digest_of(&c.title, c.severity, &c.parameters, c.rule.as_deref());
                    (c.id.into(), digest)
                })
                .collect(),
            findings,
            requirements: document
                .frameworks
                .into_iter()
                .map(|framework| {
                    let rows = framework.requirements.into_iter();
                    let rows = rows.filter_map(|row| Some((row.id.into(), row.state.known()?)));
                    (framework.id.into(), rows.collect())
                })
                .collect(),
        })
    }
}

/// The parts of the JSON report that are read again. Others may be there: a newer version adds some.
#[derive(Deserialize)]
struct Document {
    format: String,
    version: u32,
    tool: String,
    /// Older reports do not have it.
    #[serde(rename = "judged-by")]
    judged_by: Option<String>,
    started: Time,
    finished: Time,
    partial: bool,
    scopes: Vec<ScopeRead>,
    controls: Vec<ControlRead>,
    filter: Option<serde::de::IgnoredAny>,
    findings: Vec<FindingRead>,
    #[serde(default)]
    frameworks: Vec<FrameworkRead>,
}

#[derive(Deserialize)]
struct FrameworkRead {
    id: String,
    requirements: Vec<RequirementRead>,
}

#[derive(Deserialize)]
struct RequirementRead {
    id: String,
    state: StateRead,
}

/// A newer version may know more states.
#[derive(Deserialize)]
#[serde(untagged)]
enum StateRead {
    Known(State),
    Other(serde::de::IgnoredAny),
}

impl StateRead {
    fn known(self) -> Option<State> {
        match self {
            Self::Known(state) => Some(state),
            Self::Other(_) => None,
        }
    }
}

#[derive(Deserialize)]
struct ScopeRead {
    provider: Provider,
    id: String,
    regions: Vec<Region>,
}

#[derive(Deserialize)]
struct ControlRead {
    #[serde(deserialize_with = "read_id")]
    id: String,
    title: String,
    severity: Severity,
    parameters: BTreeMap<String, Value>,
    rule: Option<String>,
}

#[derive(Deserialize)]
struct FindingRead {
    id: String,
    #[serde(deserialize_with = "read_id")]
    control: String,
    scope: String,
    resource: Option<ResourceRead>,
    outcome: json::OutcomeV1,
    evidence: Vec<EvidenceRead>,
    gap: Option<GapRead>,
    exception: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct ResourceRead {
    id: String,
    name: String,
    region: Option<String>,
}

#[derive(Deserialize)]
struct EvidenceRead {
    fact: String,
    found: String,
}

#[derive(Deserialize)]
struct GapRead {
    action: String,
    #[serde(default)]
    target: String,
    region: Option<String>,
    /// A newer version may know more reasons.
    reason: serde_json::Value,
}

impl FindingRead {
    fn into_recorded(self, provider: Provider, severity: Severity) -> RecordedFinding<'static> {
        let status = match self.outcome {
            json::OutcomeV1::Pass => FindingStatus::Pass,
            json::OutcomeV1::Fail if self.exception.is_some() => FindingStatus::Excepted,
            json::OutcomeV1::Fail => FindingStatus::Fail,
            json::OutcomeV1::NotApplicable => FindingStatus::NotApplicable,
            json::OutcomeV1::Unknown => FindingStatus::Unknown,
        };
        let (mut id, mut of_list) = (self.id, None);
        let why = match (status, self.gap) {
            (FindingStatus::Unknown, Some(gap)) => {
                if self.resource.is_none() {
                    let control = finding_id::first(&self.control);
                    let missing = Gap {
                        region: gap.region.clone(),
                        ..Gap::new(gap.action.clone(), gap.target, Reason::Undetermined)
                    };
                    // Earlier versions gave every part that is missing from a list the same id.
                    if id == finding_id::former(control, provider, &self.scope) {
                        id = finding_id::of_list(control, provider, &self.scope, Some(&missing));
                    }
                    of_list = missing.region;
                }
                let text = gap.reason.as_str().unwrap_or_default().to_owned();
                let reason = serde_json::from_value::<Reason>(gap.reason);
                let reason = reason.map_or(text, |reason| reason.words().to_owned());
                Some(Why::Gap { action: gap.action, reason })
            }
            (FindingStatus::Fail | FindingStatus::Excepted, _) => {
                Some(Why::Facts(self.evidence.into_iter().map(|e| (e.fact, e.found)).collect()))
            }
            _ => None,
        };
        let (resource, name, region) = match self.resource {
            None => (None, None, of_list),
            Some(resource) => (Some(resource.id), Some(resource.name), resource.region),
        };
        RecordedFinding {
            id,
            control: self.control.into(),
            severity,
            provider,
            scope: self.scope.into(),
            region: region.map(Into::into),
            resource: resource.map(Into::into),
            name: name.map(Into::into),
            status,
            why,
        }
    }
}

/// The id that a built-in control has now, given one that it has or had before; any other as it is. Reports and histories keep
/// the ids of their day.
pub fn current_id(id: String) -> String {
    current(id, controls::ALL)
}

fn current(id: String, all: &[&'static Control]) -> String {
    let renamed = |control: &&&Control| control.life.former.contains(&id.as_str());
    all.iter().find(renamed).map_or(id.clone(), |control| control.id.to_owned())
}

fn read_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(current_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Fact, Known};
    use crate::judge::{self, Options};
    use crate::report::roll_up;
    use crate::resource::Bucket;
    use crate::scope::Scope;
    use crate::snapshot::Snapshot;

    #[test]
    fn a_control_that_has_another_id_now_is_known_by_the_one_of_an_older_report() {
        let life = crate::control::since("0.1.0").formerly(&["storage.versions"]);
        let known = &controls::storage::versioning::CONTROL;
        let renamed: &'static Control = Box::leak(Box::new(Control { life, ..*known }));
        let now = |id: &str| current(id.to_owned(), &[renamed]);
        assert_eq!(now("storage.versions"), "storage.versioning");
        assert_eq!(now("storage.versioning"), "storage.versioning");
        assert_eq!(now("contoso.versions"), "contoso.versions");
    }

    fn snapshot() -> Snapshot {
        let mut scope = Scope::empty(Provider::Aws, "123456789012");
        let denied = scope.add_gap(Gap::new("s3:GetBucketVersioning", "", Reason::Denied));
        for (name, versioning) in
            [("a", Known(true)), ("b", Known(false)), ("c", Fact::Gap(denied))]
        {
            scope.buckets.items.push(Bucket::unread(name, name, None).versioning(versioning));
        }
        let time = Time::from_unix(0);
        Snapshot::new("0.0.9", time, time, vec![scope])
    }

    #[test]
    fn a_report_says_what_was_judged() {
        let (snapshot, params) = (snapshot(), Params::default());
        let findings = judge::judge(&snapshot, controls::ALL, &Options::default());
        let csf = crate::frameworks::find("csf").unwrap();
        let report = roll_up(findings, &[csf]);
        let document = json::Document::new(&report, &params, &|_, _, _| Vec::new());
        let text = serde_json::to_vec(&document).unwrap();
        let read = Record::read(text.as_slice(), 1 << 30).unwrap();
        let recorded = Record::of(&report.findings, &params);
        assert_eq!(read.findings, recorded.findings);
        assert_eq!(read.requirements, states(&report.frameworks));
        assert_eq!(read.requirements[csf.id].len(), csf.requirements.len());
        // A state that a newer version reports is left out.
        let newer = String::from_utf8(text.clone())
            .unwrap()
            .replace("\"not-assessed-organizational\"", "\"new\"");
        let newer = Record::read(newer.as_bytes(), 1 << 30).unwrap();
        assert!(newer.requirements[csf.id].len() < csf.requirements.len());
        assert_eq!((&read.scopes, &read.controls), (&recorded.scopes, &recorded.controls));
        assert_eq!(
            (&*read.tool, read.finished, read.partial),
            (&*recorded.tool, recorded.finished, false)
        );
        assert!(read.findings.iter().any(|finding| finding.status == FindingStatus::Fail));
        assert!(matches!(Record::read(text.as_slice(), 99), Err(Error::TooLarge(99))));
        // What a filter left out would seem to be gone.
        let mut report = report;
        let status = vec![FindingStatus::Fail];
        report.keep(crate::filter::Filter { status, ..Default::default() });
        let document = json::Document::new(&report, &params, &|_, _, _| Vec::new());
        let text = serde_json::to_vec(&document).unwrap();
        assert!(matches!(Record::read(text.as_slice(), 1 << 30), Err(Error::Filtered)));
    }

    #[test]
    fn an_older_report_has_the_ids_of_today() {
        let mut scope = Scope::empty(Provider::Aws, "123456789012");
        for region in ["eu-west-1", "us-east-1"] {
            let region = Some(region.to_owned());
            let gap = Gap { region, ..Gap::new("s3:List", "", Reason::Denied) };
            let gap = scope.add_gap(gap);
            scope.buckets.gaps.push(gap);
        }
        let time = Time::from_unix(0);
        let snapshot = Snapshot::new("0.0.9", time, time, vec![scope]);
        let control = controls::by_id("storage.versioning").unwrap();
        let findings = judge::judge(&snapshot, &[control], &Options::default());
        let report = roll_up(findings, &[]);
        let document = json::Document::new(&report, &Params::default(), &|_, _, _| Vec::new());
        let mut text = serde_json::to_string(&document).unwrap();
        let now = Record::of(&report.findings, &Params::default());
        assert_eq!(now.findings.len(), 2);
        for finding in report.findings.iter() {
            text = text.replace(&finding.id(), &finding.former_id().unwrap());
        }
        let read = Record::read(text.as_bytes(), 1 << 30).unwrap();
        assert_eq!(read.findings, now.findings);
    }

    #[test]
    fn other_parameters_make_another_digest() {
        let mut params = Params::default();
        let with = controls::ALL.iter().find(|control| !control.test.params.is_empty()).unwrap();
        let one = digest(with, &params);
        let name = with.test.params[0].name();
        let value = match with.test.params[0].default() {
            Value::Number(number) => Value::Number(number + 1),
            Value::Names(_) => Value::Names(vec!["x".to_owned()]),
        };
        params.set(with, name, value).unwrap();
        assert_ne!(digest(with, &params), one);
        let digests: BTreeSet<String> =
            controls::ALL.iter().map(|control| digest(control, &params)).collect();
        assert_eq!(digests.len(), controls::ALL.len());
    }

    #[test]
    fn what_is_not_a_report_is_rejected() {
        for text in ["", "{}", "[]", "null", r#"{"format":"posture-snapshot","version":2}"#] {
            let read = Record::read(text.as_bytes(), 1 << 20);
            assert!(matches!(read, Err(Error::NotAReport(_))), "{text}");
        }
    }
}
