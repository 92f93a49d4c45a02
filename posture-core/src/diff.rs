//! What became of findings between two audits, and why: each change with its kind and its cause.

mod kind;
mod requirements;

pub use kind::{ChangeKind, Earlier, Sum, recall, to_recall};
pub use requirements::{RequirementChange, requirement_changes};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::control::{Control, Severity};
use crate::controls;
use crate::fact::{cut, in_words};
use crate::provider::Provider;
use crate::record::{FindingStatus, Record, RecordedFinding, Why};
use crate::resource::{FactId, Kind, Resource};
use crate::scope::{Scope, Visit};
use crate::snapshot::Snapshot;

/// Why a finding has another status than before.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "cause")]
pub enum Cause {
    /// The account was not read before.
    AccountAppeared,
    /// The account is not read any more.
    AccountVanished,
    /// The region of the resource was not read in one of the two: left out by request, or not enabled.
    RegionLeftOut,
    /// The resource was not there before.
    Appeared,
    /// The resource is not there any more.
    Vanished,
    /// Facts that the control reads have changed.
    Configuration {
        /// Each fact with what it was and what it is.
        facts: Vec<FactChange>,
        /// Whether the control or its parameters have changed as well.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        control_changed: bool,
    },
    /// Something became readable, or cannot be read any more.
    Reading {
        /// The action that does not answer now, or did not before.
        action: String,
        /// Why.
        reason: String,
    },
    /// The facts are as they were: time has passed over a limit.
    Time,
    /// A failure was accepted.
    ExceptionAdded,
    /// A failure is not accepted any more.
    ExceptionEnded,
    /// The control is judged with other parameters, or has another objective.
    Control,
    /// The control was not judged before.
    ControlAdded,
    /// The control is not judged any more.
    ControlRemoved,
    /// Another version judged it, and no other difference is known.
    Version {
        /// The version before. Its name is not that of the status before, beside which it is written.
        #[serde(rename = "version-before")]
        before: String,
        /// The version after.
        #[serde(rename = "version-after")]
        after: String,
    },
}

impl Cause {
    /// What a gap that is there on one side only makes of it.
    fn reading(finding: &RecordedFinding<'_>) -> Option<Self> {
        match &finding.why {
            Some(Why::Gap { action, reason }) => {
                Some(Self::Reading { action: action.clone(), reason: reason.clone() })
            }
            _ => None,
        }
    }

    /// The cause in words.
    pub fn words(&self) -> String {
        match self {
            Self::AccountAppeared => "the account was not read before".to_owned(),
            Self::AccountVanished => "the account is no longer read".to_owned(),
            Self::RegionLeftOut => "its region was not read in one of the two audits".to_owned(),
            Self::Appeared => "new".to_owned(),
            Self::Vanished => "gone".to_owned(),
            Self::Configuration { facts, control_changed } => {
                let facts = facts.iter().map(FactChange::words).collect::<Vec<_>>().join("; ");
                let facts = match facts.as_str() {
                    "" => "the configuration changed".to_owned(),
                    _ => facts,
                };
                if *control_changed {
                    format!("{facts}; the control or its parameters also changed")
                } else {
                    facts
                }
            }
            Self::Reading { action, reason } => format!("{action} {reason}").trim().to_owned(),
            Self::Time => "a time limit has passed".to_owned(),
            Self::ExceptionAdded => "an exception was added".to_owned(),
            Self::ExceptionEnded => "the exception ended".to_owned(),
            Self::Control => "the control or its parameters changed".to_owned(),
            Self::ControlAdded => "the control was not run before".to_owned(),
            Self::ControlRemoved => "the control is no longer run".to_owned(),
            Self::Version { before, after } => {
                format!("checked by posture {before} before, by {after} after")
            }
        }
    }
}

/// A fact that was one and is another, in the form of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FactChange {
    /// The kind of resource and the fact.
    pub fact: String,
    /// What it was; none if it was not recorded.
    pub before: Option<String>,
    /// What it is; none if it was not recorded.
    pub after: Option<String>,
}

impl FactChange {
    fn words(&self) -> String {
        let Self { fact, before, after } = self;
        match (before, after) {
            (Some(before), Some(after)) => format!("{fact}: {before} → {after}"),
            (None, Some(after)) => format!("{fact} is {after}"),
            (Some(before), None) => format!("{fact} was {before}"),
            (None, None) => fact.clone(),
        }
    }
}

/// A finding with another status than before.
#[derive(Clone, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// The stable id of the finding.
    pub finding: String,
    /// The control.
    pub control: String,
    /// Its severity.
    pub severity: Severity,
    /// The cloud.
    pub provider: Provider,
    /// The account, subscription or tenant.
    pub scope: String,
    /// The native id of the resource; none for the list of all.
    pub resource: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its status before; none if there was no such finding.
    pub before: Option<FindingStatus>,
    /// Its status; none if the finding no longer exists.
    pub after: Option<FindingStatus>,
    /// What that means.
    pub kind: ChangeKind,
    /// Why.
    #[serde(flatten)]
    pub cause: Cause,
}

/// How many accounts, subscriptions and tenants both audits read. Where there is none, nothing shows a change.
pub fn shared_scopes(before: &Record<'_>, after: &Record<'_>) -> usize {
    before.scopes.iter().filter(|scope| after.scopes.contains(scope)).count()
}

/// The results of one audit, with what it read if that was kept.
#[derive(Clone, Copy)]
pub struct Side<'s> {
    /// Its results.
    pub record: &'s Record<'s>,
    /// What it read.
    pub snapshot: Option<&'s Snapshot>,
}

/// Compares two audits.
///
/// Facts show causes best. If a snapshot was not kept, what decided the failing side is used instead.
pub fn diff(before: &Side<'_>, after: &Side<'_>) -> Vec<Change> {
    let (one, other) = (Index::new(before), Index::new(after));
    let mut changes = Vec::new();
    let ids: BTreeSet<&str> = one.findings.keys().chain(other.findings.keys()).copied().collect();
    for id in ids {
        let (was, is) = (one.findings.get(id).copied(), other.findings.get(id).copied());
        let statuses = (was.map(|finding| finding.status), is.map(|finding| finding.status));
        if statuses.0 == statuses.1 {
            continue;
        }
        let Some(shown) = is.or(was) else { continue };
        let cause = match (was, is) {
            (None, None) => continue,
            (None, Some(is)) => {
                one.missing(is, [Cause::AccountAppeared, Cause::ControlAdded, Cause::Appeared])
            }
            (Some(was), None) => {
                other.missing(was, [Cause::AccountVanished, Cause::ControlRemoved, Cause::Vanished])
            }
            (Some(was), Some(is)) => cause(was, is, &one, &other),
        };
        changes.push(Change {
            finding: id.to_owned(),
            control: shown.control.to_string(),
            severity: shown.severity,
            provider: shown.provider,
            scope: shown.scope.to_string(),
            resource: shown.resource.as_deref().map(str::to_owned),
            name: shown.name.as_deref().map(str::to_owned),
            before: statuses.0,
            after: statuses.1,
            kind: ChangeKind::of(statuses.0, statuses.1, &cause),
            cause,
        });
    }
    changes.sort_by(|a, b| {
        let key = |change: &Change| {
            (std::cmp::Reverse(change.severity), change.control.clone(), change.scope.clone())
        };
        key(a).cmp(&key(b)).then_with(|| a.resource.cmp(&b.resource))
    });
    changes
}

fn cause(
    was: &RecordedFinding<'_>,
    is: &RecordedFinding<'_>,
    one: &Index<'_>,
    other: &Index<'_>,
) -> Cause {
    match (was.status, is.status) {
        (FindingStatus::Fail, FindingStatus::Excepted) => return Cause::ExceptionAdded,
        (FindingStatus::Excepted, FindingStatus::Fail) => return Cause::ExceptionEnded,
        _ => {}
    }
    if let Some(cause) = Cause::reading(is).or_else(|| Cause::reading(was)) {
        return cause;
    }
    let digest = |index: &Index<'_>| index.record.controls.get(&*is.control).cloned();
    let control_changed = digest(one) != digest(other);
    let versions = (&one.record.tool, &other.record.tool);
    let version =
        || Cause::Version { before: versions.0.to_string(), after: versions.1.to_string() };
    match one.changed(other, was, is) {
        Some(facts) if !facts.is_empty() => Cause::Configuration { facts, control_changed },
        _ if control_changed => Cause::Control,
        Some(_) if versions.0 != versions.1 => version(),
        Some(_) => Cause::Time,
        None if versions.0 != versions.1 => version(),
        None => Cause::Configuration { facts: failed_facts(was, is), control_changed: false },
    }
}

/// What is kept of facts without a snapshot: those that failed, on the sides where they did.
fn failed_facts(was: &RecordedFinding<'_>, is: &RecordedFinding<'_>) -> Vec<FactChange> {
    let mut facts: BTreeMap<&str, FactChange> = BTreeMap::new();
    for (finding, after) in [(was, false), (is, true)] {
        let Some(Why::Facts(found)) = &finding.why else { continue };
        for (fact, found) in found {
            let change = facts.entry(fact).or_insert_with(|| FactChange {
                fact: fact.clone(),
                before: None,
                after: None,
            });
            let side = if after { &mut change.after } else { &mut change.before };
            *side = Some(cut(found));
        }
    }
    facts.into_values().collect()
}

/// The findings of an audit by their ids, and its resources.
struct Index<'s> {
    record: &'s Record<'s>,
    findings: HashMap<&'s str, &'s RecordedFinding<'s>>,
    /// By control and account, the finding that the list is incomplete.
    holes: HashMap<(&'s str, Provider, &'s str), &'s RecordedFinding<'s>>,
    /// The accounts with what was read, where that was kept.
    scopes: Option<HashMap<(Provider, &'s str), &'s Scope>>,
}

impl<'s> Index<'s> {
    fn new(side: &Side<'s>) -> Self {
        let all = &side.record.findings;
        let holes = all.iter().filter(|finding| finding.is_hole());
        let holes =
            holes.map(|finding| ((&*finding.control, finding.provider, &*finding.scope), finding));
        let scopes = side.snapshot.map(|snapshot| {
            let scopes = snapshot.scopes.iter();
            scopes.map(|scope| ((scope.provider, scope.id.as_str()), scope)).collect()
        });
        Self {
            record: side.record,
            findings: all.iter().map(|finding| (finding.id.as_str(), finding)).collect(),
            holes: holes.collect(),
            scopes,
        }
    }

    /// Why a finding of the other side is not among these: for want of the account, of the control, or of the resource.
    fn missing(
        &self,
        finding: &RecordedFinding<'_>,
        [account, control, resource]: [Cause; 3],
    ) -> Cause {
        if !self.record.scopes.contains(&(finding.provider, finding.scope.clone())) {
            return account;
        }
        if !self.record.controls.contains_key(&*finding.control) {
            return control;
        }
        if self.record.leaves_out(finding.provider, &finding.scope, finding.region.as_deref()) {
            return Cause::RegionLeftOut;
        }
        // A hole in a list is there or not by what could be read.
        if let Some(cause) = Cause::reading(finding).filter(|_| finding.is_hole()) {
            return cause;
        }
        // It was not reported because the list could not be read.
        let hole = self.holes.get(&(&*finding.control, finding.provider, &*finding.scope));
        hole.and_then(|hole| Cause::reading(hole)).unwrap_or(resource)
    }

    /// The facts that a control reads of a resource and of its account, if they have changed; none if they were not
    /// kept.
    fn changed(
        &self,
        other: &Self,
        was: &RecordedFinding<'_>,
        is: &RecordedFinding<'_>,
    ) -> Option<Vec<FactChange>> {
        let (before, after) = (self.facts(was)?, other.facts(is)?);
        let mut changes = Vec::new();
        for (fact, value) in &after {
            let old = before.get(fact);
            if old != Some(value) {
                changes.push(FactChange {
                    fact: fact.to_string(),
                    before: old.map(in_words),
                    after: Some(in_words(value)),
                });
            }
        }
        Some(changes)
    }

    /// What a control reads of a resource, and of the single objects of its scope.
    fn facts(&self, finding: &RecordedFinding<'_>) -> Option<BTreeMap<FactId, serde_json::Value>> {
        struct Show<'c> {
            control: &'static Control,
            finding: &'c RecordedFinding<'c>,
            shown: BTreeMap<FactId, serde_json::Value>,
        }
        impl Visit for Show<'_> {
            fn resources<R: Resource>(&mut self, resources: &[R], _: &[crate::gap::GapId]) {
                let own = self
                    .finding
                    .resource
                    .as_deref()
                    .filter(|_| self.control.test.check.kind() == R::KIND);
                if own.is_none() && R::KIND != Kind::Account {
                    return;
                }
                for resource in resources {
                    let is = own == Some(resource.id())
                        && self.finding.region.as_deref() == resource.region();
                    if !is && R::KIND != Kind::Account {
                        continue;
                    }
                    for fact in self.control.test.reads.iter().filter(|fact| fact.kind == R::KIND) {
                        let value = resource.show(fact.name);
                        self.shown.extend(value.map(|value| (*fact, value)));
                    }
                }
            }
        }
        let scope = self.scopes.as_ref()?.get(&(finding.provider, &*finding.scope))?;
        let mut show =
            Show { control: controls::by_id(&finding.control)?, finding, shown: BTreeMap::new() };
        scope.visit(&mut show);
        Some(show.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exception::{Exception, Pattern, Place};
    use crate::fact::{Fact, Known};
    use crate::gap::Gap;
    use crate::gap::Reason;
    use crate::judge::{self, Options};
    use crate::params::Params;
    use crate::resource::Bucket;
    use crate::time::Time;

    fn scope(buckets: &[(&str, Option<bool>)]) -> Scope {
        let mut scope = Scope::empty(Provider::Aws, "123456789012");
        let denied = scope.add_gap(Gap::new("s3:GetBucketVersioning", "", Reason::Denied));
        for (name, versioning) in buckets {
            let versioning = versioning.map_or(Fact::Gap(denied), Known);
            scope.buckets.items.push(Bucket::unread(*name, *name, None).versioning(versioning));
        }
        scope
    }

    fn changes(before: Vec<Scope>, after: Vec<Scope>, accepted: Option<&str>) -> Vec<String> {
        let now = Time::from_unix(0);
        let chosen: Vec<&'static Control> = controls::ALL
            .iter()
            .copied()
            .filter(|control| control.id == "storage.versioning")
            .collect();
        let exception = accepted.map(|id| Exception {
            controls: vec!["storage".to_owned()],
            place: Place { resource: Some(Pattern::new(id)), ..Place::default() },
            owner: "a".to_owned(),
            reason: "b".to_owned(),
            expires: Time::from_unix(9),
            ticket: None,
            compensating_control: None,
        });
        let (before, after) =
            (Snapshot::new("a", now, now, before), Snapshot::new("b", now, now, after));
        let with = Options { exceptions: exception.into_iter().collect(), ..Options::default() };
        let (one, other) = (
            judge::judge(&before, &chosen, &Options::default()),
            judge::judge(&after, &chosen, &with),
        );
        let params = Params::default();
        let records = [Record::of(&one, &params), Record::of(&other, &params)];
        let sides = [
            Side { record: &records[0], snapshot: Some(&before) },
            Side { record: &records[1], snapshot: Some(&after) },
        ];
        diff(&sides[0], &sides[1])
            .iter()
            .map(|change| {
                let word = |status: Option<FindingStatus>| status.map_or("-", FindingStatus::words);
                format!(
                    "{} {} → {}: {}",
                    change.name.as_deref().unwrap_or("all"),
                    word(change.before),
                    word(change.after),
                    change.cause.words()
                )
            })
            .collect()
    }

    #[test]
    fn every_change_has_its_cause() {
        let good = || scope(&[("a", Some(true)), ("b", Some(true)), ("c", Some(true))]);
        assert_eq!(changes(vec![good()], vec![good()], None), [""; 0]);
        let after = scope(&[("a", Some(false)), ("b", None), ("d", Some(true))]);
        assert_eq!(
            changes(vec![good()], vec![after], None),
            [
                "a pass → fail: bucket.versioning: true → false",
                "b pass → unknown: s3:GetBucketVersioning denied",
                "c pass → -: gone",
                "d - → pass: new",
            ]
        );
        let (none, one) = (scope(&[("a", None)]), scope(&[("a", Some(false))]));
        assert_eq!(
            changes(vec![none], vec![one.clone()], None),
            ["a unknown → fail: s3:GetBucketVersioning denied"]
        );
        assert_eq!(
            changes(vec![one.clone()], vec![one.clone()], Some("a")),
            ["a fail → excepted: an exception was added"]
        );
        assert_eq!(
            changes(vec![], vec![one.clone()], None),
            ["a - → fail: the account was not read before"]
        );
        let mut cut = scope(&[]);
        let gap = cut.add_gap(Gap::new("s3:ListAllMyBuckets", "", Reason::Throttled));
        cut.buckets = crate::listing::Listing::unread(gap);
        let found = changes(vec![one], vec![cut], None);
        assert!(
            found.contains(&"a fail → -: s3:ListAllMyBuckets throttled".to_owned()),
            "{found:?}"
        );
    }

    #[test]
    fn requirements_are_compared_where_both_audits_have_the_framework() {
        use crate::report::State::{Met, NotMet, PartlyEvidenced};
        let of = |framework: &'static str, states: &[(&'static str, crate::report::State)]| {
            let mut record = record(&[]);
            let states = states.iter().map(|(id, state)| ((*id).into(), *state)).collect();
            let framework = crate::frameworks::find(framework).unwrap();
            record.requirements.insert(framework.id.into(), states);
            record
        };
        let before = of("csf", &[("PR.AA-05", PartlyEvidenced), ("PR.DS-01", NotMet)]);
        let after = of("csf", &[("PR.AA-05", NotMet), ("PR.DS-01", NotMet), ("nothing", Met)]);
        let changes = requirement_changes(&before, &after);
        let [change] = changes.as_slice() else { panic!("{changes:?}") };
        assert_eq!((change.id, change.before, change.after), ("PR.AA-05", PartlyEvidenced, NotMet));
        assert!(change.is_worse() && !change.is_better());
        assert!(requirement_changes(&after, &before)[0].is_better());
        assert_eq!(requirement_changes(&before, &of("ccm", &[])), []);
    }

    #[test]
    fn audits_of_other_accounts_share_nothing() {
        let (one, mut other) = (record(&[]), record(&[]));
        assert_eq!(shared_scopes(&one, &other), 1);
        other.scopes = [(Provider::Aws, "2".into()), (Provider::Azure, "1".into())].into();
        assert_eq!(shared_scopes(&one, &other), 0);
    }

    fn record(statuses: &[(&str, FindingStatus, Option<Why>)]) -> Record<'static> {
        let time = Time::from_unix(0);
        let findings = statuses.iter().map(|(name, status, why)| RecordedFinding {
            id: (*name).to_owned(),
            control: "storage.versioning".into(),
            severity: Severity::Low,
            provider: Provider::Aws,
            scope: "1".into(),
            region: None,
            resource: (!name.starts_with('?')).then(|| (*name).to_owned().into()),
            name: (!name.starts_with('?')).then(|| (*name).to_owned().into()),
            status: *status,
            why: why.clone(),
        });
        Record {
            tool: "1".into(),
            started: time,
            finished: time,
            partial: false,
            scopes: [(Provider::Aws, "1".into())].into(),
            excluded: BTreeSet::new(),
            controls: [("storage.versioning".into(), "a".to_owned())].into(),
            findings: findings.collect(),
            requirements: BTreeMap::new(),
        }
    }

    fn words(before: &Record<'_>, after: &Record<'_>) -> Vec<String> {
        let side = |record| Side { record, snapshot: None };
        diff(&side(before), &side(after))
            .iter()
            .map(|change| format!("{}: {}", change.finding, change.cause.words()))
            .collect()
    }

    #[test]
    fn recorded_findings_show_causes_where_no_facts_were_kept() {
        use FindingStatus::{Fail, Pass, Unknown};
        let off = || Some(Why::Facts(vec![("versioning".to_owned(), "off".to_owned())]));
        let gap = || {
            let (action, reason) = ("s3:List".to_owned(), "denied".to_owned());
            Some(Why::Gap { action, reason })
        };
        let good = record(&[("a", Pass, None), ("b", Pass, None)]);
        let bad = record(&[("a", Fail, off()), ("?", Unknown, gap())]);
        let expected = ["?: s3:List denied", "a: versioning is off", "b: s3:List denied"];
        assert_eq!(words(&good, &bad), expected);
        // What is seen now is not reported as new where the list was not whole before.
        let expected = ["?: s3:List denied", "a: versioning was off", "b: s3:List denied"];
        assert_eq!(words(&bad, &good), expected);
        let mut other = record(&[("a", Fail, off())]);
        let one = record(&[("a", Pass, None)]);
        other.tool = "2".into();
        assert_eq!(words(&one, &other), ["a: checked by posture 1 before, by 2 after"]);
        other.controls.insert("storage.versioning".into(), "b".to_owned());
        assert_eq!(words(&one, &other), ["a: the control or its parameters changed"]);
        other.controls.clear();
        other.findings.clear();
        assert_eq!(words(&one, &other), ["a: the control is no longer run"]);
        assert_eq!(words(&other, &one), ["a: the control was not run before"]);
        other.scopes.clear();
        assert_eq!(words(&one, &other), ["a: the account is no longer read"]);
        // What is in a region that was left out is not gone, and not new afterwards.
        let (mut all, mut part) = (record(&[("a", Fail, off())]), record(&[]));
        all.findings[0].region = Some("eu-west-1".into());
        part.excluded.insert((Provider::Aws, "1".into(), "eu-west-1".into()));
        let expected = ["a: its region was not read in one of the two audits"];
        assert_eq!(words(&all, &part), expected);
        assert_eq!(words(&part, &all), expected);
    }
}
