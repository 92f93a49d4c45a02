//! What the scopes of one run answer each other.
//!
//! The trail of an account may deliver to a bucket of another account, and its alarms may be in a third one. Such a control
//! cannot be decided in its own scope. It [asks](crate::control::Context::elsewhere), each scope adds what others may ask
//! about to the [`Index`] of the run when it is judged, and the findings that asked are decided at the close of the run. A
//! scope can be forgotten before: the index holds outcomes, not resources.
//!
//! What no scope of the run holds stays outside of the audited scope, and unknown.

use std::collections::HashMap;
use std::sync::Arc;

use sha2::Digest;

use crate::checks::alert;
use crate::control::{Context, Control, Evidence, Judged, Undecided, Verdict};
use crate::controls::logging::{
    audit_trail_storage_access_logging, audit_trail_storage_lock, audit_trail_storage_public,
    audit_trail_storage_tls, audit_trail_storage_versioning,
};
use crate::controls::storage::customer_managed_encryption;
use crate::gap::{Gap, Reason};
use crate::judge::NOT_OFFERED;
use crate::params::Params;
use crate::provider::Provider;
use crate::resource::{Bucket, EventClass, Key as EncryptionKey};
use crate::scope::Scope;

/// What is asked about, as a number that is the same in every scope. A run may name millions of buckets, and a name takes
/// more room than its number; 128 bits of SHA-256 do not meet by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key([u8; 16]);

impl Key {
    fn new(parts: &[&str]) -> Self {
        let mut hash = sha2::Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut key = [0; 16];
        key.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(key)
    }

    /// What a control finds of a bucket. Its name is [unique in its partition](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
    pub(crate) fn bucket(control: &Control, partition: &str, name: &str) -> Self {
        Self::new(&["bucket", control.id, partition, name])
    }

    /// What a control finds of an encryption key, by the ARN of the key.
    pub(crate) fn encryption_key(control: &Control, arn: &str) -> Self {
        Self::new(&["key", control.id, arn])
    }

    /// Whether an account has an alert for these events of its organization.
    pub(crate) fn alert(partition: &str, account: &str, class: EventClass) -> Self {
        Self::new(&["alert", partition, account, &format!("{class:?}")])
    }
}

/// A question of a control that its own scope cannot answer.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// What it is about. The answer is a pass where any of these passes.
    pub(crate) keys: Vec<Key>,
    /// The verdict where the run does not decide it.
    pub(crate) otherwise: Judged,
    /// Whether nothing else may hold what it asks for, so that a failure there is one here.
    pub(crate) decides: bool,
}

/// What a control answers in one scope to itself in another one.
#[derive(Clone, Copy)]
enum Share {
    /// For each bucket.
    Bucket(fn(&Bucket, &Context<'_>) -> Judged),
    /// For each encryption key.
    EncryptionKey(fn(&EncryptionKey) -> Judged),
}

/// The controls that ask about buckets and encryption keys of other scopes.
static SHARED: &[(&Control, Share)] = &[
    (
        &audit_trail_storage_access_logging::CONTROL,
        Share::Bucket(audit_trail_storage_access_logging::of_bucket),
    ),
    (&audit_trail_storage_lock::CONTROL, Share::Bucket(audit_trail_storage_lock::of_bucket)),
    (&audit_trail_storage_public::CONTROL, Share::Bucket(audit_trail_storage_public::of_bucket)),
    (&audit_trail_storage_tls::CONTROL, Share::Bucket(audit_trail_storage_tls::of_bucket)),
    (
        &audit_trail_storage_versioning::CONTROL,
        Share::Bucket(audit_trail_storage_versioning::of_bucket),
    ),
    (
        &customer_managed_encryption::CONTROL,
        Share::EncryptionKey(customer_managed_encryption::of_key),
    ),
];

/// What the scopes of a run answer.
#[derive(Debug, Default)]
pub(crate) struct Index(HashMap<Key, Answer>);

/// A verdict of another scope. Its gap is that scope's, so it comes along.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Pass,
    Fail(Arc<[Evidence]>),
    NotApplicable(&'static str),
    Unknown(Arc<Gap>),
}

impl Answer {
    fn of(judged: Judged, scope: &Scope) -> Self {
        match judged {
            Ok(Verdict::Pass) => Self::Pass,
            Ok(Verdict::Fail(evidence)) => Self::Fail(evidence.into()),
            Ok(Verdict::NotApplicable(why)) => Self::NotApplicable(why),
            Err(Undecided::NotOffered) => Self::NotApplicable(NOT_OFFERED),
            Err(Undecided::Unknown(gap)) => {
                let gap = scope.gap(gap).cloned().unwrap_or_else(Gap::outside_scope);
                Self::Unknown(Arc::new(gap))
            }
        }
    }
}

impl Index {
    /// Adds what a scope answers to these controls.
    pub(crate) fn add(&mut self, scope: &Scope, controls: &[&'static Control], params: &Params) {
        for control in controls.iter().filter(|control| control.judges(scope.provider)) {
            let shared = SHARED.iter().find(|(known, _)| known.id == control.id);
            let Some((_, share)) = shared else { continue };
            let context = Context::new(scope, params.of(control));
            match share {
                Share::Bucket(of) => {
                    for bucket in &scope.buckets.items {
                        let key = Key::bucket(control, &scope.partition, &bucket.name);
                        self.insert(key, Answer::of(of(bucket, &context), scope));
                    }
                }
                Share::EncryptionKey(of) => {
                    for key in &scope.keys.items {
                        self.insert(
                            Key::encryption_key(control, &key.id),
                            Answer::of(of(key), scope),
                        );
                    }
                }
            }
        }
        if scope.provider == Provider::Aws && scope.alerts.is_collected() {
            for class in EventClass::ALL {
                let judged = alert::of_members(scope, *class);
                let key = Key::alert(&scope.partition, &scope.id, *class);
                self.insert(key, Answer::of(judged, scope));
            }
        }
    }

    /// Two scopes that answer the same question differently cannot both be right, so that neither counts. A bucket may have
    /// moved to another account while the run read both.
    fn insert(&mut self, key: Key, answer: Answer) {
        use std::collections::hash_map::Entry;
        match self.0.entry(key) {
            Entry::Vacant(place) => {
                place.insert(answer);
            }
            Entry::Occupied(mut place) => {
                let mut gap = Gap::new("", "", Reason::Undetermined);
                gap.detail = Some("two accounts of the run list it".to_owned());
                place.insert(Answer::Unknown(Arc::new(gap)));
            }
        }
    }

    /// The answer to a question; none where the run does not decide it. One pass is enough.
    pub(crate) fn answer(&self, ask: &Ask) -> Option<Answer> {
        let mut worst: Option<Answer> = None;
        let mut missing = false;
        for key in &ask.keys {
            match (self.0.get(key), &worst) {
                (Some(Answer::Pass), _) => return Some(Answer::Pass),
                (None, _) => missing = true,
                (Some(_), Some(Answer::Unknown(_))) => {}
                (Some(answer), _) => worst = Some(answer.clone()),
            }
        }
        let open = missing || (!ask.decides && matches!(worst, Some(Answer::Fail(_))));
        if open { None } else { worst }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exception::{Exception, Pattern, Place};
    use crate::gap::Gap;
    use crate::judge::{Findings, Judge, Options, Outcome, judge};
    use crate::prelude::{
        Alert, Aws, Bucket, EXAMPLE_TIME, Encryption, EventClass, Fact, GapId, KeyState, Known,
        Listing,
    };
    use crate::snapshot::Snapshot;
    use crate::time::Time;

    const MEMBER: &str = "111111111111";
    const ARCHIVE: &str = "222222222222";

    fn scope(id: &str, fill: impl FnOnce(&mut Scope)) -> Scope {
        let mut scope = Scope::empty(Aws, id);
        (scope.started, scope.finished) = (EXAMPLE_TIME(), EXAMPLE_TIME());
        fill(&mut scope);
        scope.canonicalise();
        scope
    }

    fn snapshot(scopes: Vec<Scope>) -> Snapshot {
        Snapshot::new("test", EXAMPLE_TIME(), EXAMPLE_TIME(), scopes)
    }

    /// The outcome of a control on the only resource of an account, and the reason where it is unknown.
    fn of(findings: &Findings<'_>, account: &str) -> (Outcome, Option<Gap>) {
        let mut found = findings.iter().filter(|finding| finding.scope.id == account);
        let finding = found.next().unwrap();
        assert!(found.next().is_none());
        (finding.outcome.clone(), finding.gap().cloned())
    }

    /// What a control finds of the member account, in whatever order the accounts are read.
    fn asked(
        control: &'static Control,
        member: Scope,
        others: Vec<Scope>,
    ) -> (Outcome, Option<Gap>) {
        let mut all = others;
        all.push(member);
        let snapshot = snapshot(all.clone());
        let whole = of(&judge(&snapshot, &[control], &Options::default()), MEMBER);
        for _ in 0..all.len() {
            all.rotate_left(1);
            let mut judge = Judge::new(&[control], Options::default());
            all.iter().for_each(|scope| judge.add(scope.clone()));
            let one_by_one = of(&judge.finish(snapshot.header()), MEMBER);
            assert_eq!(one_by_one, whole, "{}", control.id);
        }
        whole
    }

    fn with_trail(scope: &mut Scope) {
        scope.audit_trails.items.push(crate::checks::trail::trail());
    }

    const TLS: &Control = &audit_trail_storage_tls::CONTROL;

    fn bucket(tls: Fact<bool>) -> Bucket {
        crate::checks::trail::bucket().tls_enforced(tls)
    }

    #[test]
    fn the_account_that_has_the_bucket_of_a_trail_decides() {
        let of = |tls| {
            let archive = scope(ARCHIVE, |scope| scope.buckets.items.push(bucket(tls)));
            asked(TLS, scope(MEMBER, with_trail), vec![archive]).0
        };
        assert_eq!(of(Known(true)), Outcome::Pass);
        assert!(matches!(of(Known(false)), Outcome::Fail(_)));
    }

    #[test]
    fn what_that_account_could_not_read_is_unknown_for_its_reason() {
        let why = Gap::new("s3:GetBucketPolicy", "records", Reason::Denied);
        let archive = scope(ARCHIVE, |scope| {
            let gap = scope.add_gap(why.clone());
            scope.buckets.items.push(bucket(Fact::Gap(gap)));
        });
        let (outcome, gap) = asked(TLS, scope(MEMBER, with_trail), vec![archive]);
        assert!(matches!(outcome, Outcome::Unknown(_)));
        assert_eq!(gap, Some(why));
    }

    #[test]
    fn a_bucket_that_no_account_of_the_run_has_is_outside_of_it() {
        let other = scope(ARCHIVE, |scope| {
            scope.buckets.items.push(Bucket { name: "other".to_owned(), ..bucket(Known(true)) });
        });
        let (outcome, gap) = asked(TLS, scope(MEMBER, with_trail), vec![other]);
        assert_eq!(outcome, Outcome::Unknown(GapId::OUTSIDE_SCOPE));
        assert_eq!(gap, Some(Gap::outside_scope()));
        let china = scope(ARCHIVE, |scope| {
            scope.partition = "aws-cn".to_owned();
            scope.buckets.items.push(bucket(Known(true)));
        });
        assert!(matches!(
            asked(TLS, scope(MEMBER, with_trail), vec![china]).0,
            Outcome::Unknown(_)
        ));
    }

    #[test]
    fn a_bucket_that_two_accounts_list_is_judged_by_neither() {
        let archive = |id| scope(id, |scope| scope.buckets.items.push(bucket(Known(true))));
        let others = vec![archive(ARCHIVE), archive("333333333333")];
        let (outcome, _) = asked(TLS, scope(MEMBER, with_trail), others);
        assert!(matches!(outcome, Outcome::Unknown(_)));
    }

    #[test]
    fn an_account_judges_its_own_bucket_itself() {
        let member = scope(MEMBER, |scope| {
            with_trail(scope);
            scope.buckets.items.push(bucket(Known(false)));
        });
        let archive = scope(ARCHIVE, |scope| scope.buckets.items.push(bucket(Known(true))));
        assert!(matches!(asked(TLS, member, vec![archive]).0, Outcome::Fail(_)));
    }

    #[test]
    fn an_exception_covers_a_failure_that_another_account_decided() {
        let exception = Exception {
            controls: vec![TLS.id.to_owned()],
            place: Place { scope: Some(Pattern::new(MEMBER)), ..Place::default() },
            owner: "security".to_owned(),
            reason: "replaced next month".to_owned(),
            expires: Time::from_unix(4_000_000_000),
            ticket: None,
            compensating_control: None,
        };
        let options = Options { exceptions: vec![exception], ..Options::default() };
        let mut judge = Judge::new(&[TLS], options);
        judge.add(scope(MEMBER, with_trail));
        judge.add(scope(ARCHIVE, |scope| scope.buckets.items.push(bucket(Known(false)))));
        let findings = judge.finish(snapshot(Vec::new()).header());
        assert_eq!(findings.tally(0).excepted, 1);
        assert_eq!(findings.tally(0).fail, 0);
    }

    #[test]
    fn every_control_that_shares_a_bucket_is_decided_by_the_account_that_has_it() {
        for (control, share) in SHARED {
            let Share::Bucket(_) = share else { continue };
            for passes in [true, false] {
                let world = if passes { control.passing(Aws) } else { control.failing(Aws) };
                let archive = scope(ARCHIVE, |scope| {
                    scope.buckets = world.buckets.clone();
                    scope.account.public_access_block = world.account.public_access_block.clone();
                });
                let (outcome, _) = asked(control, scope(MEMBER, with_trail), vec![archive]);
                assert_eq!(outcome == Outcome::Pass, passes, "{}: {outcome:?}", control.id);
                assert!(!matches!(outcome, Outcome::Unknown(_)), "{}", control.id);
            }
        }
    }

    #[test]
    fn a_key_of_another_account_that_is_about_to_be_deleted_fails() {
        const CONTROL: &Control = &customer_managed_encryption::CONTROL;
        let arn = format!("arn:aws:kms:us-east-1:{ARCHIVE}:key/1234");
        let member = || {
            scope(MEMBER, |scope| {
                let bucket = crate::checks::trail::bucket();
                let key = Encryption::CustomerKey(arn.clone());
                scope.buckets.items.push(bucket.encryption(Known(key)));
            })
        };
        let owner = |state| {
            scope(ARCHIVE, |scope| {
                scope.keys.items.push(EncryptionKey::unread(&arn, "1234", None).state(state));
            })
        };
        let of = |state| asked(CONTROL, member(), vec![owner(state)]).0;
        assert_eq!(of(Known(KeyState::Enabled)), Outcome::Pass);
        assert!(matches!(of(Known(KeyState::PendingDeletion)), Outcome::Fail(_)));
        // Only a customer's key can be used from another account, whether or not the run reads that account.
        assert_eq!(asked(CONTROL, member(), vec![]).0, Outcome::Pass);
    }

    const ALERT: &Control = &crate::controls::logging::alert_root_use::CONTROL;

    /// A member account that sees the trail of its organization, whose log group is in another account.
    fn member_of_organization(scope: &mut Scope) {
        let log_group = format!("arn:aws:logs:us-east-1:{ARCHIVE}:log-group:trail");
        let gap = Gap::new("logs:DescribeMetricFilters", log_group, Reason::OutsideScope);
        let gap = scope.add_gap(gap);
        scope.alerts.gaps.push(gap);
    }

    fn alerting(alert: Alert) -> Scope {
        scope(ARCHIVE, |scope| scope.alerts.items.push(alert))
    }

    #[test]
    fn the_alerts_on_the_trail_of_an_organization_hold_for_its_members() {
        let working = || crate::checks::alert::working(EventClass::RootUse);
        let of = |alert: Alert| {
            asked(ALERT, scope(MEMBER, member_of_organization), vec![alerting(alert)]).0
        };
        assert_eq!(of(working().sees_members(Known(true))), Outcome::Pass);
        // An alert on a trail of that account alone does not see the member's events.
        assert!(matches!(of(working()), Outcome::Fail(_)));
        let quiet = working().sees_members(Known(true)).notifies(Known(false));
        assert!(matches!(of(quiet), Outcome::Fail(_)));
        let other = crate::checks::alert::working(EventClass::RouteChange);
        assert!(matches!(of(other.sees_members(Known(true))), Outcome::Fail(_)));
        let unread = scope(ARCHIVE, |scope| {
            let gap = scope.add_gap(Gap::new("logs:DescribeMetricFilters", "", Reason::Denied));
            scope.alerts = Listing::unread(gap);
        });
        let (outcome, gap) = asked(ALERT, scope(MEMBER, member_of_organization), vec![unread]);
        assert!(matches!(outcome, Outcome::Unknown(_)));
        assert_eq!(gap.unwrap().reason, Reason::Denied);
    }

    #[test]
    fn a_member_whose_organization_is_not_in_the_run_is_unknown_and_names_the_log_group() {
        let (outcome, gap) = asked(ALERT, scope(MEMBER, member_of_organization), vec![]);
        assert!(matches!(outcome, Outcome::Unknown(_)));
        assert!(gap.unwrap().target.contains(ARCHIVE));
    }

    #[test]
    fn a_gap_in_the_members_own_list_stays_unknown_beside_a_no_of_the_organization() {
        let member = scope(MEMBER, |scope| {
            member_of_organization(scope);
            let gap = scope.add_gap(Gap::new("logs:DescribeMetricFilters", "", Reason::Denied));
            scope.alerts.gaps.push(gap);
        });
        let working = crate::checks::alert::working(EventClass::RootUse);
        let of = |alert| asked(ALERT, member.clone(), vec![alerting(alert)]).0;
        assert!(matches!(of(working.clone()), Outcome::Unknown(_)));
        // One working alert is enough, whatever else there is.
        assert_eq!(of(working.sees_members(Known(true))), Outcome::Pass);
    }

    #[test]
    fn an_account_whose_alerts_nobody_read_answers_nothing() {
        let silent = scope(ARCHIVE, |scope| scope.alerts = Listing::default());
        let (outcome, gap) = asked(ALERT, scope(MEMBER, member_of_organization), vec![silent]);
        assert!(matches!(outcome, Outcome::Unknown(_)));
        // The reason is that of the member, and not that nobody asked elsewhere.
        assert_eq!(gap.unwrap().reason, Reason::OutsideScope);
    }
}
