//! What became of findings between two audits, and why: each change with its cause.

use std::collections::{BTreeMap, BTreeSet};

use crate::control::{Control, Severity, Subject};
use crate::gap::Gap;
use crate::judge::{Finding, Findings, Outcome};
use crate::provider::Provider;
use crate::resource::{FactId, Kind, Resource};
use crate::scope::{Scope, Visit};
use crate::snapshot::Snapshot;

/// Where a finding stands. An accepted failure is one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// The objective is met.
    Pass,
    /// It is not met.
    Fail,
    /// It is not met, and that was accepted.
    Excepted,
    /// It does not concern the resource.
    NotApplicable,
    /// It could not be decided.
    Unknown,
}

impl Stand {
    /// How a finding stands.
    pub fn of(finding: &Finding<'_>) -> Self {
        match finding.outcome {
            Outcome::Pass => Self::Pass,
            Outcome::Fail(_) if finding.exception.is_some() => Self::Excepted,
            Outcome::Fail(_) => Self::Fail,
            Outcome::NotApplicable(_) => Self::NotApplicable,
            Outcome::Unknown(_) => Self::Unknown,
        }
    }

    /// The stand in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Excepted => "excepted",
            Self::NotApplicable => "not applicable",
            Self::Unknown => "unknown",
        }
    }
}

/// Why a finding stands otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "cause")]
pub enum Cause {
    /// The account was not read before.
    AccountAppeared,
    /// The account is not read any more.
    AccountVanished,
    /// The resource was not there before.
    Appeared,
    /// The resource is not there any more.
    Vanished,
    /// Facts that the control reads have changed.
    Configuration {
        /// Each fact with what it was and what it is.
        facts: Vec<FactChange>,
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
    /// The control is judged otherwise: by other parameters, or by another version.
    Control,
}

impl Cause {
    /// What a gap that is there on one side only makes of it.
    fn reading(gap: &Gap) -> Self {
        Self::Reading { action: gap.action.clone(), reason: gap.reason.words().to_owned() }
    }

    /// The cause in words.
    pub fn words(&self) -> String {
        match self {
            Self::AccountAppeared => "the account was not read before".to_owned(),
            Self::AccountVanished => "the account is not read any more".to_owned(),
            Self::Appeared => "new".to_owned(),
            Self::Vanished => "gone".to_owned(),
            Self::Configuration { facts } => {
                let facts = facts
                    .iter()
                    .map(|fact| format!("{}: {} → {}", fact.fact, fact.before, fact.after));
                facts.collect::<Vec<_>>().join("; ")
            }
            Self::Reading { action, reason } => format!("{action} {reason}").trim().to_owned(),
            Self::Time => "time has passed over a limit".to_owned(),
            Self::ExceptionAdded => "it was accepted".to_owned(),
            Self::ExceptionEnded => "it is not accepted any more".to_owned(),
            Self::Control => "the control or its parameters changed".to_owned(),
        }
    }
}

/// A fact that was one and is another, in the form of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FactChange {
    /// The kind of resource and the fact.
    pub fact: String,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}

/// A finding that stands otherwise than before.
#[derive(Clone, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// The stable id of the finding.
    pub finding: String,
    /// The control.
    pub control: &'static str,
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
    /// How it stood; none where there was no such finding.
    pub before: Option<Stand>,
    /// How it stands; none where there is no such finding any more.
    pub after: Option<Stand>,
    /// Why.
    #[serde(flatten)]
    pub cause: Cause,
}

/// What one audit says, with what it read.
pub struct Side<'s> {
    /// What was read.
    pub snapshot: &'s Snapshot,
    /// What became of it.
    pub findings: &'s Findings<'s>,
}

/// Compares two audits. Where both were judged by the same controls and parameters, no change is laid to those.
pub fn diff(before: &Side<'_>, after: &Side<'_>, same_controls: bool) -> Vec<Change> {
    let (one, other) = (Index::new(before), Index::new(after));
    let mut changes = Vec::new();
    let ids: BTreeSet<&String> = one.findings.keys().chain(other.findings.keys()).collect();
    for id in ids {
        let (was, is) = (one.findings.get(id), other.findings.get(id));
        let stands = (was.map(Stand::of), is.map(Stand::of));
        if stands.0 == stands.1 {
            continue;
        }
        let Some(shown) = is.or(was) else { continue };
        let cause = match (was, is) {
            (None, None) => continue,
            (None, Some(is)) => one.missing(is, Cause::AccountAppeared, Cause::Appeared),
            (Some(was), None) => other.missing(was, Cause::AccountVanished, Cause::Vanished),
            (Some(was), Some(is)) => cause(was, is, &one, &other, same_controls),
        };
        changes.push(Change {
            finding: id.clone(),
            control: shown.control.id,
            severity: shown.control.severity,
            provider: shown.scope.provider,
            scope: shown.scope.id.clone(),
            resource: shown.subject.map(|subject| subject.id.to_owned()),
            name: shown.subject.map(|subject| subject.name.to_owned()),
            before: stands.0,
            after: stands.1,
            cause,
        });
    }
    changes.sort_by(|a, b| {
        let key = |change: &Change| {
            (std::cmp::Reverse(change.severity), change.control, change.scope.clone())
        };
        key(a).cmp(&key(b)).then_with(|| a.resource.cmp(&b.resource))
    });
    changes
}

fn cause(
    was: &Finding<'_>,
    is: &Finding<'_>,
    one: &Index<'_>,
    other: &Index<'_>,
    same_controls: bool,
) -> Cause {
    match (Stand::of(was), Stand::of(is)) {
        (Stand::Fail, Stand::Excepted) => return Cause::ExceptionAdded,
        (Stand::Excepted, Stand::Fail) => return Cause::ExceptionEnded,
        _ => {}
    }
    if let Some(gap) = is.gap().or_else(|| was.gap()) {
        return Cause::reading(gap);
    }
    let facts = one.changed(other, was, is);
    if !facts.is_empty() {
        Cause::Configuration { facts }
    } else if same_controls {
        Cause::Time
    } else {
        Cause::Control
    }
}

/// The findings of an audit by their ids, and its resources.
struct Index<'s> {
    findings: BTreeMap<String, Finding<'s>>,
    scopes: BTreeMap<(Provider, &'s str), &'s Scope>,
}

impl<'s> Index<'s> {
    fn new(side: &Side<'s>) -> Self {
        let findings = side.findings.iter().map(|finding| (finding.id(), finding)).collect();
        let scopes = side.snapshot.scopes.iter();
        let scopes = scopes.map(|scope| ((scope.provider, scope.id.as_str()), scope)).collect();
        Self { findings, scopes }
    }

    /// Why a finding of the other side is not among these.
    fn missing(&self, finding: &Finding<'_>, account: Cause, resource: Cause) -> Cause {
        // A hole in a list is there or not by what could be read.
        if let Some(gap) = finding.gap().filter(|_| finding.subject.is_none()) {
            return Cause::reading(gap);
        }
        match self.scopes.get(&(finding.scope.provider, finding.scope.id.as_str())) {
            None => account,
            // Nothing was said of it because the list could not be read.
            Some(scope) => {
                let gap = scope.listing_gaps(finding.kind()).first();
                match gap.and_then(|gap| scope.gap(*gap)) {
                    Some(gap) => Cause::reading(gap),
                    None => resource,
                }
            }
        }
    }

    /// The facts that a control reads of a resource and of its account, where they have changed.
    fn changed(&self, other: &Self, was: &Finding<'_>, is: &Finding<'_>) -> Vec<FactChange> {
        let (Some(before), Some(after)) = (self.facts(was), other.facts(is)) else {
            return Vec::new();
        };
        let mut changes = Vec::new();
        for (fact, value) in &after {
            let old = before.get(fact);
            if old != Some(value) {
                changes.push(FactChange {
                    fact: fact.to_string(),
                    before: old.map_or("-".to_owned(), short),
                    after: short(value),
                });
            }
        }
        changes
    }

    /// What a control reads of a resource, and of what there is one of in its scope.
    fn facts(&self, finding: &Finding<'_>) -> Option<BTreeMap<FactId, serde_json::Value>> {
        struct Show<'c> {
            control: &'static Control,
            subject: Option<Subject<'c>>,
            shown: BTreeMap<FactId, serde_json::Value>,
        }
        impl Visit for Show<'_> {
            fn resources<R: Resource>(&mut self, resources: &[R], _: &[crate::gap::GapId]) {
                let own = self.subject.filter(|subject| subject.kind == R::KIND);
                for resource in resources {
                    let is = own.is_some_and(|subject| {
                        subject.id == resource.id() && subject.region == resource.region()
                    });
                    if !is && R::KIND != Kind::Account {
                        continue;
                    }
                    for fact in self.control.reads.iter().filter(|fact| fact.kind == R::KIND) {
                        let value = resource.show(fact.name);
                        self.shown.extend(value.map(|value| (*fact, value)));
                    }
                }
            }
        }
        let scope = self.scopes.get(&(finding.scope.provider, finding.scope.id.as_str()))?;
        let (control, subject) = (finding.control, finding.subject);
        let mut show = Show { control, subject, shown: BTreeMap::new() };
        scope.visit(&mut show);
        Some(show.shown)
    }
}

/// A fact in a few words.
fn short(value: &serde_json::Value) -> String {
    const MOST: usize = 80;
    let known = value.get("known").unwrap_or(value);
    let mut text = match known {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "none".to_owned(),
        serde_json::Value::Array(all) if all.is_empty() => "none".to_owned(),
        other => other.to_string(),
    };
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls;
    use crate::exception::{Exception, Pattern, Place};
    use crate::fact::{Fact, Known};
    use crate::gap::Reason;
    use crate::judge::{self, Options};
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
        let sides = [
            Side { snapshot: &before, findings: &one },
            Side { snapshot: &after, findings: &other },
        ];
        diff(&sides[0], &sides[1], true)
            .iter()
            .map(|change| {
                let word = |stand: Option<Stand>| stand.map_or("-", Stand::words);
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
            ["a fail → excepted: it was accepted"]
        );
        assert_eq!(
            changes(vec![], vec![one.clone()], None),
            ["a - → fail: the account was not read before"]
        );
        let mut cut = scope(&[]);
        let gap = cut.add_gap(Gap::new("s3:ListAllMyBuckets", "", Reason::Throttled));
        cut.buckets = crate::listing::Listing::unread(gap);
        let told = changes(vec![one], vec![cut], None);
        assert!(told.contains(&"a fail → -: s3:ListAllMyBuckets throttled".to_owned()), "{told:?}");
    }
}
