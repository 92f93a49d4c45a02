//! What the scopes of one run answer each other.
//!
//! The trail of an account may deliver to a bucket of another account, and its alarms may be in a third one. Such a control
//! cannot be decided in its own scope. It [asks](crate::control::Context::elsewhere), each scope adds what others may ask
//! about to the [`Index`] of the run when it is judged, and the findings that asked are decided at the end of the run. A
//! scope can be forgotten before: the index holds outcomes, not resources.
//!
//! An alert of a subscription may notify an action group of another one, and an activity log may be kept by a storage account of
//! another one, in the same way.
//!
//! A managed cluster of Kubernetes may be read from both sides, by its cloud and through its API server. Each side is asked about what
//! the other one does not show, by the host of the API server.
//!
//! A workload runs images, and images are scopes: what a workload runs is compared with the images that the run audited, by digest.
//!
//! What no scope of the run holds stays outside of the audited scope, and unknown.

mod clusters;
mod images;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::ask::{Ask, Counts, Key, subscription};
use crate::check::NOT_OFFERED;
use crate::checks::alert;
use crate::checks::names::Held;
use crate::control::{CheckResult, Context, Control, Evidence, Undecided, Verdict, fail};
use crate::controls::edge::{dangling_origin, missing_origin};
use crate::controls::logging::{
    audit_trail_encryption, audit_trail_storage_access_logging, audit_trail_storage_lock,
    audit_trail_storage_public, audit_trail_storage_tls, audit_trail_storage_versioning,
};
use crate::controls::storage::{
    access_point_cross_account_access, access_point_public_access, customer_managed_encryption,
};
use crate::fact::Fact;
use crate::frameworks::RequirementId;
use crate::gap::{Gap, GapId, Reason};
use crate::params::Params;
use crate::provider::Provider;
use crate::resource::{Alert, Bucket, EventClass, FactId, Key as EncryptionKey};
use crate::scope::{Level, Scope};

pub(crate) use clusters::reads_of_sides;
pub(crate) use images::{is_for, reads_of_images};

/// What a control answers in one scope to itself in another one.
#[derive(Clone, Copy)]
enum Share {
    /// For each bucket.
    Bucket(fn(&Bucket, &Context<'_>) -> CheckResult),
    /// For each encryption key.
    EncryptionKey(fn(&EncryptionKey) -> CheckResult),
    /// For each storage account of a subscription.
    StorageAccount(fn(&Bucket) -> CheckResult),
}

/// The facts that controls need only from other scopes, and on which provider.
static READS: &[(&Control, Provider, &[FactId])] =
    &[(&audit_trail_encryption::CONTROL, Provider::Azure, &[Bucket::ENCRYPTION])];

/// The facts that a control needs from other scopes besides those that it reads in its own.
pub(crate) fn reads(control: &Control, provider: Provider) -> &'static [FactId] {
    let own = READS.iter().find(|(known, of, _)| known.id == control.id && *of == provider);
    own.map_or(&[], |(_, _, facts)| facts)
}

/// The controls that ask about buckets and encryption keys of other scopes. No threshold changes these answers, so that they
/// are valid for requirements with their own number as well.
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
        &access_point_cross_account_access::CONTROL,
        Share::Bucket(access_point_cross_account_access::of_bucket),
    ),
    (&access_point_public_access::CONTROL, Share::Bucket(access_point_public_access::of_bucket)),
    (
        &customer_managed_encryption::CONTROL,
        Share::EncryptionKey(customer_managed_encryption::of_key),
    ),
    (
        &audit_trail_encryption::CONTROL,
        Share::StorageAccount(audit_trail_encryption::of_storage_account),
    ),
];

/// The controls that ask whether any account of the run has a resource of a name.
static BY_NAME: &[&Control] = &[&dangling_origin::CONTROL, &missing_origin::CONTROL];

/// What the scopes of a run answer.
#[derive(Debug, Default)]
pub(crate) struct Index(HashMap<Key, Answer>, images::Audited);

/// A verdict of another scope. Its gap is that scope's, so it comes along.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Pass,
    Fail(Arc<[Evidence]>),
    NotApplicable(Cow<'static, str>),
    Unknown(Arc<Gap>),
}

impl Answer {
    fn of(judged: CheckResult, scope: &Scope) -> Self {
        match judged {
            Ok(Verdict::Pass) => Self::Pass,
            Ok(Verdict::Fail(evidence)) => Self::Fail(evidence.into()),
            Ok(Verdict::NotApplicable(why)) => Self::NotApplicable(why),
            Err(Undecided::NotOffered) => Self::NotApplicable(NOT_OFFERED.into()),
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
            self.share(*share, control, None, &Context::new(scope, params.of(control)));
            for mapping in control.satisfies {
                let Some(asked) = params.apart(control, mapping) else { continue };
                let context = Context::new(scope, &asked);
                self.share(*share, control, Some(mapping.requirement), &context);
            }
        }
        let by_name = |control: &&&'static Control| BY_NAME.iter().any(|one| one.id == control.id);
        if scope.provider == Provider::Aws && controls.iter().any(|control| by_name(&control)) {
            for name in Held::of(scope).names() {
                // Two accounts that have a resource of the same name agree that there is one.
                self.0.entry(Key::resource_name(&scope.partition, name)).or_insert(Answer::Pass);
            }
        }
        self.add_sides(scope, controls, params);
        if scope.provider == Provider::Azure {
            self.add_alert_targets(scope);
        }
        if scope.provider == Provider::Aws && scope.alerts.is_collected() {
            for class in EventClass::ALL {
                let judged = alert::of_members(scope, *class);
                let key = Key::alert(&scope.partition, &scope.id, *class);
                self.insert(key, Answer::of(judged, scope));
            }
        }
    }

    /// Adds the image of a scope, with the number of controls that fail on it.
    pub(crate) fn add_image(&mut self, scope: &Scope, failed: usize) {
        self.1.add(scope, failed);
    }

    /// Adds the outcome of a control, or of a requirement that asks by its own number.
    fn share(
        &mut self,
        share: Share,
        control: &Control,
        apart: Option<RequirementId>,
        context: &Context<'_>,
    ) {
        let scope = context.scope;
        let at = |key: Key| apart.map_or(key, |requirement| key.apart(requirement));
        match share {
            Share::Bucket(of) => {
                for bucket in &scope.buckets.items {
                    let key = at(Key::bucket(control.id, &scope.partition, &bucket.name));
                    self.insert(key, Answer::of(of(bucket, context), scope));
                }
            }
            Share::EncryptionKey(of) => {
                for key in &scope.keys.items {
                    let place = at(Key::encryption_key(control.id, &key.id));
                    self.insert(place, Answer::of(of(key), scope));
                }
            }
            Share::StorageAccount(of) => self.add_storage_accounts(scope, control, apart, of),
        }
    }

    /// Adds the storage accounts of a subscription. One that is missing from a complete list is gone.
    fn add_storage_accounts(
        &mut self,
        scope: &Scope,
        control: &Control,
        apart: Option<RequirementId>,
        of: fn(&Bucket) -> CheckResult,
    ) {
        if scope.provider != Provider::Azure
            || scope.level != Level::Account
            || !scope.buckets.is_collected()
        {
            return;
        }
        let at = |key: Key| apart.map_or(key, |requirement| key.apart(requirement));
        for bucket in &scope.buckets.items {
            let key = at(Key::storage_account(control.id, &bucket.id));
            self.insert(key, Answer::of(of(bucket), scope));
        }
        let rest = match scope.buckets.absence() {
            Fact::Gap(gap) => Answer::of(Err(Undecided::Unknown(gap)), scope),
            Fact::Known(_) | Fact::NotOffered => {
                let place = format!("/subscriptions/{}", scope.id);
                let mut gap = Gap::new("", place, Reason::Undetermined);
                gap.detail = Some("the storage account no longer exists".to_owned());
                Answer::Unknown(Arc::new(gap))
            }
        };
        self.insert(at(Key::storage_accounts(control.id, &scope.id)), rest);
    }

    /// Adds which targets of alerts of a subscription reach a recipient. For any other target, the rest of the list decides:
    /// it may be one that could not be read, otherwise it reaches no recipient or is gone.
    fn add_alert_targets(&mut self, scope: &Scope) {
        let targets = &scope.account.alert_targets;
        if targets.is_not_collected() || scope.level != Level::Account {
            return;
        }
        let not_notified = || {
            Answer::of(
                fail(
                    Alert::NOTIFIES,
                    format!("no target of the alert in subscription {} notifies anyone", scope.id),
                    "an enabled alert that fires at the first event and has a recipient",
                ),
                scope,
            )
        };
        let undecided = |gap| Answer::of(Err(Undecided::Unknown(gap)), scope);
        let rest = match targets {
            Fact::Known(targets) => {
                for id in targets.certain().iter().filter(|id| {
                    subscription(id).is_some_and(|held| held.eq_ignore_ascii_case(&scope.id))
                }) {
                    self.insert(Key::alert_target(id), Answer::Pass);
                }
                targets.undecided().map_or_else(not_notified, undecided)
            }
            Fact::Gap(gap) => undecided(*gap),
            Fact::NotOffered => return,
        };
        self.insert(Key::alert_targets(&scope.id), rest);
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
                gap.detail = Some("two accounts of the run list the same resource".to_owned());
                place.insert(Answer::Unknown(Arc::new(gap)));
            }
        }
    }

    /// The answer to a question; none where the run does not decide it.
    pub(crate) fn answer(&self, ask: &Ask) -> Option<Answer> {
        if let Some(running) = &ask.images {
            return self.1.answer(running);
        }
        let every = matches!(ask.counts, Counts::Every | Counts::AnyFailure);
        let mut missing = Vec::new();
        // What no number decides has one answer for all.
        let find = |key: &Key| {
            let own = ask.apart.and_then(|requirement| self.0.get(&key.apart(requirement)));
            own.or_else(|| self.0.get(key))
        };
        // Of those that do not decide by themselves, the one that outranks the others.
        let mut rest: Option<Answer> = None;
        for (place, about) in ask.about.iter().enumerate() {
            let held = || find(about.holder.as_ref()?);
            match (find(&about.key).or_else(held), &rest) {
                (None, _) => missing.push(place),
                (Some(Answer::Pass), _) if !every => return Some(Answer::Pass),
                (Some(Answer::Fail(evidence)), _) if every => {
                    return Some(Answer::Fail(evidence.clone()));
                }
                (Some(_), Some(Answer::Unknown(_))) => {}
                (Some(answer), _) => rest = Some(answer.clone()),
            }
        }
        let says_nothing = match ask.counts {
            Counts::Any | Counts::Every => false,
            Counts::AnyPass => matches!(rest, Some(Answer::Fail(_))),
            // Whatever is not known here stays so.
            Counts::AnyFailure => true,
        };
        if !missing.is_empty() {
            return not_held(ask, &missing);
        }
        if says_nothing { None } else { rest }
    }
}

/// How many of what no scope has are named.
const MOST_NAMED: usize = 5;

/// That no scope of the run has some of what a question is about, which are named. Where its own scope knows another reason, that
/// one is.
fn not_held(ask: &Ask, missing: &[usize]) -> Option<Answer> {
    if ask.otherwise != Err(Undecided::Unknown(GapId::OUTSIDE_SCOPE)) {
        return None;
    }
    let mut named = missing.iter().filter_map(|place| ask.names.get(*place));
    let first: Vec<&str> = named.by_ref().take(MOST_NAMED).map(String::as_str).collect();
    let more = match named.count() {
        _ if first.is_empty() => return None,
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let detail = format!("no account of the run has it: {}{more}", first.join(", "));
    let detail = Some(detail);
    Some(Answer::Unknown(Arc::new(Gap { detail, ..Gap::outside_scope() })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{Check, Command, Examples, Remedy, Severity, Test, since};
    use crate::exception::{Exception, Pattern, Place};
    use crate::frameworks::{Claim, csf20};
    use crate::gap::Gap;
    use crate::judge::{Findings, Judge, Options, Outcome, judge};
    use crate::params::{Days, Param};
    use crate::prelude::{
        Alert, Aws, Azure, Bucket, EXAMPLE_TIME, Encryption, Entries, EventClass, Fact, Full,
        HostedZone, KeyState, Known, Listing, PublicAccessBlock, cis_azure6,
    };
    use crate::resource::AuditTrail;
    use crate::snapshot::Snapshot;
    use crate::time::Time;

    pub(super) const MEMBER: &str = "111111111111";
    pub(super) const ARCHIVE: &str = "222222222222";

    fn scope(id: &str, fill: impl FnOnce(&mut Scope)) -> Scope {
        let mut scope = Scope::empty(Aws, id);
        (scope.started, scope.finished) = (EXAMPLE_TIME(), EXAMPLE_TIME());
        fill(&mut scope);
        scope.canonicalise();
        scope
    }

    pub(super) fn snapshot(scopes: Vec<Scope>) -> Snapshot {
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
    pub(super) fn asked(
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

    fn zone(targets: &[&str]) -> HostedZone {
        HostedZone::unread("arn:aws:route53:::hostedzone/Z1", "example.com", None)
            .dead_targets(Known(Entries::none()))
            .targets(Known(targets.iter().copied().collect::<Entries>()))
    }

    #[test]
    fn a_record_may_lead_to_what_another_account_has() {
        const NAMES: [&str; 2] =
            ["a.example.com to app-1.eu-west-1.elb.amazonaws.com", "b.example.com to bucket b"];
        let with = |balancer: bool, bucket: bool| {
            let other = scope(ARCHIVE, |scope| {
                let name = Known("app-1.eu-west-1.elb.amazonaws.com".to_owned());
                let one = crate::checks::balancer::example().dns_name(name);
                scope.load_balancers.items.extend(balancer.then_some(one));
                let one = Bucket::unread("arn:aws:s3:::b", "b", None);
                scope.buckets.items.extend(bucket.then_some(one));
            });
            let member = scope(MEMBER, |scope| scope.hosted_zones.items.push(zone(&NAMES)));
            asked(&dangling_origin::CONTROL, member, vec![other])
        };
        assert_eq!(with(true, true).0, Outcome::Pass);
        let (outcome, gap) = with(true, false);
        assert!(matches!(outcome, Outcome::Unknown(_)));
        let gap = gap.unwrap();
        assert_eq!(gap.reason, Reason::OutsideScope);
        assert_eq!(
            gap.detail.as_deref(),
            Some("no account of the run has it: b.example.com to bucket b")
        );
        let detail = with(false, false).1.unwrap().detail.unwrap();
        assert!(detail.contains(NAMES[0]) && detail.contains(NAMES[1]), "{detail}");
        // Of many, some are named.
        let many: Vec<String> =
            (0..20).map(|n| format!("n{n}.example.com to x{n}.on.aws")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let member = scope(MEMBER, |scope| scope.hosted_zones.items.push(zone(&many)));
        let detail = asked(&dangling_origin::CONTROL, member, vec![]).1.unwrap().detail.unwrap();
        assert!(detail.ends_with(" and 15 more"), "{detail}");
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
            if control.test.check.kind() != crate::resource::Kind::AuditTrail {
                continue;
            }
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
    fn the_account_that_has_the_bucket_of_an_access_point_may_close_it() {
        let block = |on| {
            let off = PublicAccessBlock::default();
            Known(PublicAccessBlock { restrict_public_buckets: on, ..off })
        };
        let archive = |of_account, of_bucket: Fact<PublicAccessBlock>| {
            scope(ARCHIVE, |scope| {
                scope.account.public_access_block = block(of_account);
                let bucket = crate::checks::trail::bucket().public_access_block(of_bucket);
                scope.buckets.items.push(bucket);
            })
        };
        for control in
            [&access_point_public_access::CONTROL, &access_point_cross_account_access::CONTROL]
        {
            let member = |entry: &str| {
                scope(MEMBER, |scope| {
                    // It would block access to its own buckets.
                    scope.account.public_access_block = block(true);
                    let open = Entries::from([entry]);
                    let point = crate::checks::access_point::closed()
                        .bucket_account(Known(ARCHIVE.to_owned()))
                        .policy_public(Known(open.clone()))
                        .external_accounts(Known(open));
                    scope.access_points.items.push(point);
                })
            };
            let of = |others| asked(control, member("everyone"), others).0;
            assert_eq!(of(vec![archive(true, block(false))]), Outcome::Pass, "{}", control.id);
            assert_eq!(of(vec![archive(false, block(true))]), Outcome::Pass, "{}", control.id);
            let open = of(vec![archive(false, block(false))]);
            let Outcome::Fail(evidence) = open else { panic!("{}: {open:?}", control.id) };
            assert!(evidence[0].found.contains("`records`"), "{evidence:?}");
            let unread = of(vec![archive(false, Fact::Gap(GapId::NOT_COLLECTED))]);
            assert!(matches!(unread, Outcome::Unknown(_)), "{}", control.id);
            assert_eq!(of(vec![]), Outcome::Unknown(GapId::OUTSIDE_SCOPE), "{}", control.id);
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

    /// A control like the one on object lock, with a threshold that a requirement wants otherwise.
    static BY_NUMBER: Control = Control {
        id: "logging.audit-trail-storage-lock",
        life: since("0.1.0"),
        title: "",
        finding: "",
        keywords: &[],
        severity: Severity::Low,
        rationale: "",
        remediation: &[(Aws, Remedy { text: "", console: "", command: Command::Change("") })],
        references: &[],
        satisfies: &[
            csf20("PR.AA-05", Claim::Partial("a reason that is long enough")).with(DAYS.asked(7))
        ],
        test: Test {
            reads: &[],
            params: &[Param::Days(&DAYS)],
            check: Check::AuditTrail(by_number),
            examples: Examples { pass: |_| (), fail: |_| () },
        },
    };

    static DAYS: Days = Days { name: "days", doc: "", default: 1 };

    fn by_number(trail: &AuditTrail, context: &Context<'_>) -> CheckResult {
        let of_bucket = audit_trail_storage_lock::of_bucket;
        crate::checks::trail::by_bucket(&BY_NUMBER, trail, context, of_bucket)
    }

    #[test]
    fn a_requirement_with_a_number_of_its_own_is_decided_by_the_other_account() {
        let archive = |locks| {
            scope(ARCHIVE, |scope| {
                let bucket = crate::checks::trail::bucket().object_lock(locks);
                scope.buckets.items.push(bucket);
            })
        };
        let requirement = BY_NUMBER.satisfies[0].requirement;
        let tally = |others: Vec<Scope>| {
            let mut all = others;
            all.push(scope(MEMBER, with_trail));
            let snapshot = snapshot(all.clone());
            let whole = judge(&snapshot, &[&BY_NUMBER], &Options::default());
            assert!(whole.is_apart(0, requirement));
            let whole = whole.tally_for(0, requirement, Aws);
            for _ in 0..all.len() {
                all.rotate_left(1);
                let mut judge = Judge::new(&[&BY_NUMBER], Options::default());
                all.iter().for_each(|scope| judge.add(scope.clone()));
                let findings = judge.finish(snapshot.header());
                assert_eq!(findings.tally_for(0, requirement, Aws), whole);
            }
            (whole.pass, whole.fail, whole.unknown)
        };
        assert_eq!(tally(vec![archive(Known(true))]), (1, 0, 0));
        assert_eq!(tally(vec![archive(Known(false))]), (0, 1, 0));
        assert_eq!(tally(vec![archive(Fact::Gap(GapId::NOT_COLLECTED))]), (0, 0, 1));
        assert_eq!(tally(vec![]), (0, 0, 1));
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

    const PAYMENTS: &str = "11111111-0000-0000-0000-000000000001";
    const OPERATIONS: &str = "22222222-0000-0000-0000-000000000002";
    const NETWORK: &str = "33333333-0000-0000-0000-000000000003";

    /// A control that judges subscriptions by their alerts.
    const UPDATE: &Control = &crate::controls::logging::alert_security_group_update::CONTROL;

    fn subscription(id: &str, fill: impl FnOnce(&mut Scope)) -> Scope {
        let mut scope = Scope::empty(Azure, id);
        (scope.started, scope.finished) = (EXAMPLE_TIME(), EXAMPLE_TIME());
        fill(&mut scope);
        scope.canonicalise();
        scope
    }

    fn id_in(subscription: &str, kind: &str, name: &str) -> String {
        format!("/subscriptions/{subscription}/resourcegroups/main/providers/{kind}/{name}")
    }

    fn team(subscription: &str) -> String {
        id_in(subscription, "microsoft.insights/actiongroups", "team")
    }

    /// The outcomes of a control for the subscription that asks, in whatever order the subscriptions are read.
    fn asked_of(
        control: &'static Control,
        asks: Scope,
        others: Vec<Scope>,
    ) -> (Outcome, Option<Gap>) {
        let mut all = others;
        all.push(asks);
        let snapshot = snapshot(all.clone());
        let whole = of(&judge(&snapshot, &[control], &Options::default()), PAYMENTS);
        for _ in 0..all.len() {
            all.rotate_left(1);
            for turned in [false, true] {
                let mut judge = Judge::new(&[control], Options::default());
                let mut order: Vec<&Scope> = all.iter().collect();
                if turned {
                    order.reverse();
                }
                order.into_iter().for_each(|scope| judge.add(scope.clone()));
                let one_by_one = of(&judge.finish(snapshot.header()), PAYMENTS);
                assert_eq!(one_by_one, whole, "{}", control.id);
            }
        }
        whole
    }

    /// An alert that would notify action groups of other subscriptions.
    fn notifying(scope: &mut Scope, subscriptions: &[&str]) -> Alert {
        let ids: Vec<String> = subscriptions.iter().copied().map(team).collect();
        let why = Gap::new("Microsoft.Insights/actionGroups/read", &*ids[0], Reason::OutsideScope);
        let gap = scope.add_gap(why);
        crate::checks::alert::working(EventClass::SecurityGroupUpdate)
            .notifies(Fact::Gap(gap))
            .targets_elsewhere(Known(ids))
    }

    fn asking(subscriptions: &[&str]) -> Scope {
        subscription(PAYMENTS, |scope| {
            let alert = notifying(scope, subscriptions);
            scope.alerts.items.push(alert);
        })
    }

    fn with_targets(id: &str, names: &[&str]) -> Scope {
        subscription(id, |scope| {
            let id = |name: &&str| id_in(id, "Microsoft.Insights/actionGroups", name);
            scope.account.alert_targets = Known(names.iter().map(id).collect());
        })
    }

    fn denied_targets(id: &str) -> Scope {
        subscription(id, |scope| {
            let why = Gap::new("Microsoft.Insights/actionGroups/read", id, Reason::Denied);
            let gap = scope.add_gap(why);
            scope.account.alert_targets = Fact::Gap(gap);
        })
    }

    #[test]
    fn the_subscription_that_has_the_action_group_of_an_alert_decides() {
        let of = |others| asked_of(UPDATE, asking(&[OPERATIONS]), others).0;
        assert_eq!(of(vec![with_targets(OPERATIONS, &["team"])]), Outcome::Pass);
        // It is gone, disabled, or has no recipient.
        for none in [&[][..], &["other"]] {
            assert!(matches!(of(vec![with_targets(OPERATIONS, none)]), Outcome::Fail(_)));
        }
        // What another subscription reports about a group that is not its own does not count.
        let mut hostile = with_targets(NETWORK, &[]);
        hostile.account.alert_targets = Known([team(OPERATIONS)].into_iter().collect());
        assert!(matches!(of(vec![hostile]), Outcome::Unknown(_)));
    }

    #[test]
    fn an_action_group_that_no_subscription_of_the_run_has_is_outside_of_it() {
        for others in [vec![], vec![with_targets(NETWORK, &["team"])]] {
            let (outcome, gap) = asked_of(UPDATE, asking(&[OPERATIONS]), others);
            assert!(matches!(outcome, Outcome::Unknown(_)));
            let gap = gap.unwrap();
            assert_eq!((gap.reason, gap.target), (Reason::OutsideScope, team(OPERATIONS)));
        }
    }

    #[test]
    fn action_groups_that_could_not_be_read_are_unknown_for_their_reason() {
        let reason = |others, asks: &[&str]| {
            let (outcome, gap) = asked_of(UPDATE, asking(asks), others);
            assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
            gap.unwrap().reason
        };
        assert_eq!(reason(vec![denied_targets(OPERATIONS)], &[OPERATIONS]), Reason::Denied);
        let refused = {
            let why = Gap::new("", OPERATIONS, Reason::Throttled);
            Scope::refused(Azure, OPERATIONS, "azure", EXAMPLE_TIME(), why)
        };
        assert_eq!(reason(vec![refused], &[OPERATIONS]), Reason::Throttled);
        // One of several groups could not be read.
        let mut partly = with_targets(OPERATIONS, &["other"]);
        let gap = partly.add_gap(Gap::new("", "", Reason::Malformed));
        partly.account.alert_targets =
            Known(Entries::new(vec![id_in(OPERATIONS, "x", "other")], Some(gap)));
        assert_eq!(reason(vec![partly], &[OPERATIONS]), Reason::Malformed);
        // A no of one subscription says nothing of the other.
        let others = vec![with_targets(OPERATIONS, &[]), denied_targets(NETWORK)];
        assert_eq!(reason(others, &[OPERATIONS, NETWORK]), Reason::Denied);
        let others = vec![with_targets(OPERATIONS, &[])];
        assert_eq!(reason(others, &[OPERATIONS, NETWORK]), Reason::OutsideScope);
    }

    #[test]
    fn one_action_group_that_notifies_a_recipient_is_enough() {
        let with = |others| asked_of(UPDATE, asking(&[OPERATIONS, NETWORK]), others).0;
        let (yes, no) = (with_targets(NETWORK, &["team"]), with_targets(OPERATIONS, &[]));
        assert_eq!(with(vec![yes.clone(), no.clone()]), Outcome::Pass);
        assert_eq!(with(vec![yes.clone(), denied_targets(OPERATIONS)]), Outcome::Pass);
        assert_eq!(with(vec![yes]), Outcome::Pass);
        assert!(matches!(with(vec![no, with_targets(NETWORK, &[])]), Outcome::Fail(_)));
    }

    #[test]
    fn a_no_from_elsewhere_is_one_only_where_nothing_else_is_open() {
        let with = |fill: &dyn Fn(&mut Scope, Alert), target: bool| {
            let asks = subscription(PAYMENTS, |scope| {
                let alert = notifying(scope, &[OPERATIONS]);
                fill(scope, alert);
            });
            let names: &[&str] = if target { &["team"] } else { &[] };
            asked_of(UPDATE, asks, vec![with_targets(OPERATIONS, names)]).0
        };
        let denied = |scope: &mut Scope| scope.add_gap(Gap::new("x", "", Reason::Denied));
        type Fill<'f> = dyn Fn(&mut Scope, Alert) + 'f;
        // A second alert could not be read; a group of the subscription's own could not; more alerts may be there.
        let open: [&Fill<'_>; 3] = [
            &|scope, alert| {
                let gap = denied(scope);
                let working = crate::checks::alert::working(EventClass::SecurityGroupUpdate);
                let second = Alert { id: "second".to_owned(), ..working };
                scope.alerts.items.extend([alert, second.notifies(Fact::Gap(gap))]);
            },
            &|scope, alert| {
                let gap = denied(scope);
                scope.alerts.items.push(alert.notifies(Fact::Gap(gap)));
            },
            &|scope, alert| {
                let gap = denied(scope);
                scope.alerts.items.push(alert);
                scope.alerts.gaps.push(gap);
            },
        ];
        for fill in open {
            assert!(matches!(with(fill, false), Outcome::Unknown(_)));
            assert_eq!(with(fill, true), Outcome::Pass);
        }
        // An alert that sees too little or is off asks no other scope.
        let no: [&Fill<'_>; 3] = [
            &|scope, alert| scope.alerts.items.push(alert.sees_everything(Known(false))),
            &|scope, alert| scope.alerts.items.push(alert.notifies(Known(false))),
            &|scope, alert| scope.alerts.items.push(alert.events(Known([].into()))),
        ];
        for fill in no {
            assert!(matches!(with(fill, true), Outcome::Fail(_)));
        }
        // An alert that may see too little is not a pass.
        let narrow = |scope: &mut Scope, alert: Alert| {
            let gap = denied(scope);
            scope.alerts.items.push(alert.sees_everything(Fact::Gap(gap)));
        };
        assert!(matches!(with(&narrow, true), Outcome::Unknown(_)));
    }

    const ENCRYPTED: &Control = &audit_trail_encryption::CONTROL;

    fn store(subscription: &str) -> String {
        id_in(subscription, "microsoft.storage/storageaccounts", "records")
    }

    /// A subscription whose activity log other subscriptions keep, too.
    fn kept_by(key: Fact<Option<String>>, subscriptions: &[&str]) -> Scope {
        subscription(PAYMENTS, |scope| {
            let elsewhere = subscriptions.iter().copied().map(store).collect();
            let trail = crate::checks::trail::trail().key(key);
            scope.audit_trails.items.push(trail.storage_elsewhere(Known(elsewhere)));
        })
    }

    fn keeping(id: &str, encryption: Encryption) -> Scope {
        subscription(id, |scope| {
            let id = store(id).to_uppercase();
            scope
                .buckets
                .items
                .push(Bucket::unread(id, "records", None).encryption(Known(encryption)));
        })
    }

    fn own() -> Encryption {
        Encryption::CustomerKey("https://vault/keys/own".to_owned())
    }

    #[test]
    fn every_storage_account_that_keeps_an_activity_log_counts() {
        let outside = || Fact::Gap(GapId::OUTSIDE_SCOPE);
        let of = |asks: &[&str], others| asked_of(ENCRYPTED, kept_by(outside(), asks), others).0;
        let one = &[OPERATIONS][..];
        let two = &[OPERATIONS, NETWORK][..];
        assert_eq!(of(one, vec![keeping(OPERATIONS, own())]), Outcome::Pass);
        let providers = || keeping(OPERATIONS, Encryption::Provider);
        assert!(matches!(of(one, vec![providers()]), Outcome::Fail(_)));
        assert!(matches!(of(two, vec![providers()]), Outcome::Fail(_)));
        assert!(matches!(of(two, vec![keeping(OPERATIONS, own())]), Outcome::Unknown(_)));
        let both = || vec![keeping(OPERATIONS, own()), keeping(NETWORK, own())];
        assert_eq!(of(two, both()), Outcome::Pass);
        assert!(matches!(of(two, vec![providers(), keeping(NETWORK, own())]), Outcome::Fail(_)));
        assert!(matches!(of(one, vec![]), Outcome::Unknown(GapId::OUTSIDE_SCOPE)));
        // One that is gone is not known to have had a key.
        let gone = subscription(OPERATIONS, |_| {});
        assert!(matches!(of(one, vec![gone]), Outcome::Unknown(_)));
        let denied = subscription(OPERATIONS, |scope| {
            let gap = scope.add_gap(Gap::new("x", "", Reason::Denied));
            scope.buckets = Listing::unread(gap);
        });
        let (outcome, gap) = asked_of(ENCRYPTED, kept_by(outside(), one), vec![denied]);
        assert!(matches!(outcome, Outcome::Unknown(_)));
        assert_eq!(gap.unwrap().reason, Reason::Denied);
        // Of the subscription's own accounts, one without a key decides, and one that could not be read stays open.
        let with = |key, others| asked_of(ENCRYPTED, kept_by(key, one), others).0;
        assert!(matches!(with(Known(None), both()), Outcome::Fail(_)));
        let unread = || {
            let mut asks = kept_by(outside(), one);
            let gap = asks.add_gap(Gap::new("x", "", Reason::Throttled));
            asks.audit_trails.items[0].key = Fact::Gap(gap);
            asks
        };
        assert!(matches!(asked_of(ENCRYPTED, unread(), both()).0, Outcome::Unknown(_)));
        assert!(matches!(asked_of(ENCRYPTED, unread(), vec![providers()]).0, Outcome::Fail(_)));
    }

    /// Other scopes answer by the control's check. A requirement's own check demands something else.
    #[test]
    fn a_requirement_with_a_check_of_its_own_is_not_joined() {
        let mapping = cis_azure6("6.1.1.3", Full).by(ENCRYPTED.test.check);
        let requirement = mapping.requirement;
        let control: &'static Control = Box::leak(Box::new(Control {
            satisfies: Box::leak(Box::new([mapping])),
            ..*ENCRYPTED
        }));
        for other in [own(), Encryption::Provider] {
            let all = vec![
                keeping(OPERATIONS, other),
                kept_by(Fact::Gap(GapId::OUTSIDE_SCOPE), &[OPERATIONS]),
            ];
            let snapshot = snapshot(all);
            let findings = judge(&snapshot, &[control], &Options::default());
            assert!(findings.is_apart(0, requirement));
            let tally = findings.tally_for(0, requirement, Azure);
            assert_eq!((tally.pass, tally.fail, tally.unknown), (0, 0, 1));
        }
    }

    #[test]
    fn an_account_whose_alerts_were_not_read_answers_nothing() {
        let silent = scope(ARCHIVE, |scope| scope.alerts = Listing::default());
        let (outcome, gap) = asked(ALERT, scope(MEMBER, member_of_organization), vec![silent]);
        assert!(matches!(outcome, Outcome::Unknown(_)));
        // The reason is that of the member, and not that nothing was asked elsewhere.
        assert_eq!(gap.unwrap().reason, Reason::OutsideScope);
    }
}
