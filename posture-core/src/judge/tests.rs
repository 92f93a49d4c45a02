//! Judging at once and scope by scope, the tallies, and what stays of a scope that was let go.

use super::*;
use crate::controls::{self, logging, storage};
use crate::exception::{Pattern, Place};
use crate::fact::{Fact, Known};
use crate::gap::Reason;
use crate::record::RecordedFinding;
use crate::resource::{AuditTrail, Bucket, Directory};
use crate::scope::{Level, VisitMut};
use crate::time::Time;

static VERSIONING: &Control = &storage::versioning::CONTROL;

fn bucket(name: &str, versioning: Fact<bool>) -> Bucket {
    Bucket::unread(format!("arn:aws:s3:::{name}"), name, Some("us-east-1")).versioning(versioning)
}

fn scope(provider: Provider, id: &str, buckets: Vec<Bucket>) -> Scope {
    let mut scope = Scope::empty(provider, id);
    scope.buckets.items = buckets;
    scope
}

fn snapshot(scopes: Vec<Scope>) -> Snapshot {
    Snapshot::new("test", Time::from_unix(0), Time::from_unix(9), scopes)
}

fn tally_of(pass: usize, fail: usize, excepted: usize, na: usize, unknown: usize) -> Tally {
    Tally { pass, fail, excepted, not_applicable: na, unknown }
}

#[test]
fn a_tally_counts_each_outcome_where_it_belongs() {
    let fail = || Outcome::Fail(Arc::from([]));
    let mut tally = Tally::default();
    let outcomes = [
        (Outcome::Pass, false, 1),
        (fail(), false, 2),
        (fail(), true, 3),
        (Outcome::NotApplicable("none".into()), false, 4),
        (Outcome::Unknown(GapId::NOT_COLLECTED), false, 5),
    ];
    for (outcome, excepted, times) in outcomes {
        for _ in 0..times {
            tally.add(&outcome, excepted);
        }
    }
    assert_eq!(tally, tally_of(1, 2, 3, 4, 5));
    let statuses = [
        FindingStatus::Pass,
        FindingStatus::Fail,
        FindingStatus::Excepted,
        FindingStatus::NotApplicable,
        FindingStatus::Unknown,
    ];
    assert_eq!(statuses.map(|status| tally.of(status)), [1, 2, 3, 4, 5]);
    assert_eq!(tally.total(), 15);
    assert_eq!(tally.and(tally_of(10, 20, 30, 40, 50)), tally_of(11, 22, 33, 44, 55));
}

#[test]
fn each_provider_has_a_tally_of_its_own() {
    // The opposite outcomes on the two providers: one must never replace the other.
    let aws = scope(Provider::Aws, "1", vec![bucket("a", Known(true)), bucket("b", Known(true))]);
    let azure = scope(Provider::Azure, "2", vec![bucket("c", Known(false))]);
    let unread = scope(Provider::Azure, "3", vec![bucket("d", Fact::not_collected())]);
    let snapshot = snapshot(vec![aws, azure, unread]);
    let findings = judge(&snapshot, &[VERSIONING], &Options::default());
    assert_eq!(findings.providers().collect::<Vec<_>>(), [Provider::Aws, Provider::Azure]);
    assert_eq!(findings.tally_on(0, Provider::Aws), tally_of(2, 0, 0, 0, 0));
    assert_eq!(findings.tally_on(0, Provider::Azure), tally_of(0, 1, 0, 0, 1));
    assert_eq!(findings.tally(0), tally_of(2, 1, 0, 0, 1));
    let one = vec![findings.scopes()[0].scope().clone()];
    let one = self::snapshot(one);
    let findings = judge(&one, &[VERSIONING], &Options::default());
    assert_eq!(findings.tally_on(0, Provider::Azure), Tally::default());
    assert_eq!(findings.tally_on(1, Provider::Aws), Tally::default());
}

#[test]
fn what_is_not_there_does_not_pass() {
    let of = |scope: Scope| {
        let snapshot = snapshot(vec![scope]);
        let findings = judge(&snapshot, &[VERSIONING], &Options::default());
        findings.tally(0)
    };
    let empty = scope(Provider::Aws, "1", vec![]);
    assert_eq!(of(empty.clone()), tally_of(0, 0, 0, 1, 0));
    let mut denied = empty;
    let gap = denied.add_gap(Gap::new("s3:ListAllMyBuckets", "", Reason::Denied));
    denied.buckets.gaps.push(gap);
    assert_eq!(of(denied.clone()), tally_of(0, 0, 0, 0, 1));
    denied.buckets.items = vec![bucket("a", Known(true)), bucket("b", Fact::NotOffered)];
    assert_eq!(of(denied), tally_of(1, 0, 0, 1, 1));
}

#[test]
fn a_complete_list_of_flaws_without_any_passes_and_an_incomplete_one_is_unknown() {
    let control = &controls::images::critical_vulnerabilities::CONTROL;
    let judged = |gaps: Vec<GapId>| {
        let mut image = Scope::empty(Provider::Image, "app.tar");
        image.level = Level::Image;
        image.vulnerabilities.gaps = gaps;
        let snapshot = snapshot(vec![image]);
        let findings = judge(&snapshot, &[control], &Options::default());
        let all: Vec<_> = findings.iter().map(|finding| finding.outcome.clone()).collect();
        all
    };
    assert_eq!(judged(Vec::new()), [Outcome::Pass]);
    assert_eq!(judged(vec![GapId::OUTSIDE_SCOPE]), [Outcome::Unknown(GapId::OUTSIDE_SCOPE)]);
}

#[test]
fn flaws_that_a_control_does_not_ask_for_are_one_pass_of_the_scope() {
    let control = &controls::images::critical_vulnerabilities::CONTROL;
    let judged = |ratings: &[&str], gaps: Vec<GapId>| {
        let mut image = Scope::empty(Provider::Image, "app.tar");
        image.level = Level::Image;
        for (number, rating) in ratings.iter().enumerate() {
            let mut flaw = crate::checks::vulnerability::of(rating, &["2"]);
            flaw.id = format!("vulnerability/CVE-2026-{number}/debian/openssl");
            image.vulnerabilities.items.push(flaw);
        }
        image.vulnerabilities.gaps = gaps;
        let snapshot = snapshot(vec![image]);
        judge(&snapshot, &[control], &Options::default()).tally(0)
    };
    assert_eq!(judged(&["high", "low", "high"], Vec::new()), tally_of(1, 0, 0, 0, 0));
    assert_eq!(judged(&["high", "critical", "low"], Vec::new()), tally_of(0, 1, 0, 0, 0));
    let open = vec![GapId::OUTSIDE_SCOPE];
    assert_eq!(judged(&["high", "low"], open.clone()), tally_of(0, 0, 0, 0, 1));
    assert_eq!(judged(&["critical"], open), tally_of(0, 1, 0, 0, 1));
}

#[test]
fn a_scope_is_judged_by_the_controls_of_its_provider_and_level() {
    let directory = controls::ALL
        .iter()
        .copied()
        .find(|control| control.test.check.kind() == Kind::Directory)
        .unwrap();
    let chosen: &[&'static Control] =
        &[VERSIONING, directory, &logging::object_write_events::CONTROL];
    let mut tenant = Scope::empty(Provider::Azure, "t");
    tenant.level = Level::Tenant;
    tenant.directories.items.push(Directory::unread("t", "Entra ID", None));
    let scopes = [Scope::empty(Provider::Aws, "1"), Scope::empty(Provider::Azure, "2"), tenant];
    let of = |scope: &Scope| jobs(scope, chosen).collect::<Vec<_>>();
    assert_eq!(scopes.each_ref().map(of), [vec![0, 2], vec![0], vec![1]]);
    let snapshot = snapshot(scopes.into());
    let findings = judge(&snapshot, chosen, &Options::default());
    let judged: Vec<(&str, &str)> =
        findings.iter().map(|f| (f.scope.id.as_str(), f.control.id)).collect();
    let writes = "logging.object-write-events";
    assert_eq!(
        judged,
        [
            ("1", "storage.versioning"),
            ("1", writes),
            ("2", "storage.versioning"),
            ("t", directory.id)
        ]
    );
    let of_control: Vec<&str> = findings.of_control(2).map(|f| f.control.id).collect();
    assert_eq!(of_control, [writes]);
    assert_eq!(findings.of_control(0).count(), 2);
}

#[test]
fn an_id_is_that_of_control_provider_scope_region_and_resource() {
    let scope = scope(Provider::Aws, "123456789012", vec![bucket("records", Known(true))]);
    let snapshot = snapshot(vec![scope.clone()]);
    let findings = judge(&snapshot, &[VERSIONING], &Options::default());
    let finding = findings.iter().next().unwrap();
    // Other people keep it: it must not change from version to version.
    assert_eq!(finding.id(), "9aa6cb78b2934214252c");
    assert_eq!(Finding { subject: None, ..finding }.id(), "c2ce7b0f27a839f2c89f");
    let mut ids = BTreeMap::new();
    let mut elsewhere = scope.clone();
    elsewhere.id = "210987654321".to_owned();
    let mut azure = scope.clone();
    azure.provider = Provider::Azure;
    let subject = finding.subject.unwrap();
    for (what, finding) in [
        ("same", finding),
        ("control", Finding { control: &storage::encryption::CONTROL, ..finding }),
        ("scope", Finding { scope: &elsewhere, ..finding }),
        ("provider", Finding { scope: &azure, ..finding }),
        ("region", Finding { subject: Some(Subject { region: None, ..subject }), ..finding }),
        ("resource", Finding { subject: Some(Subject { id: "x", ..subject }), ..finding }),
    ] {
        assert_eq!(ids.insert(finding.id(), what), None, "{what}");
    }
}

/// A list that misses these parts, each of an action, a target, a region and a reason.
fn missing(parts: &[(&str, &str, Option<&str>, Reason)]) -> Scope {
    let mut scope = scope(Provider::Aws, "123456789012", Vec::new());
    for (action, target, region, reason) in parts {
        let region = region.map(str::to_owned);
        let gap = scope.add_gap(Gap { region, ..Gap::new(*action, *target, *reason) });
        scope.buckets.gaps.push(gap);
    }
    scope
}

#[test]
fn each_missing_part_of_a_list_is_one_finding_with_an_id_of_its_own() {
    let (one, other) = (Some("eu-west-1"), Some("us-east-1"));
    let whole = missing(&[
        ("s3:List", "", one, Reason::Denied),
        // Two errors of one part.
        ("s3:List", "", one, Reason::Throttled),
        ("s3:List", "", other, Reason::Denied),
        ("s3:List", "", None, Reason::Denied),
        ("s3:ListMore", "", one, Reason::Denied),
        ("s3:List", "arn", one, Reason::Denied),
    ]);
    let snapshot = snapshot(vec![whole]);
    let findings = judge(&snapshot, &[VERSIONING], &Options::default());
    let ids: BTreeSet<String> = findings.iter().map(|finding| finding.id()).collect();
    assert_eq!((findings.iter().count(), ids.len()), (5, 5));
    assert_eq!(findings.tally(0).unknown, 5);
    let record = crate::record::Record::of(&findings, &Params::default());
    assert_eq!(record.findings.len(), 5);
    for (finding, recorded) in findings.iter().zip(&record.findings) {
        assert_eq!((finding.region(), &finding.id()), (recorded.region.as_deref(), &recorded.id));
        // That which all of them had.
        assert_eq!(finding.former_id().as_deref(), Some("c2ce7b0f27a839f2c89f"));
        assert_eq!(recorded.former_id(), finding.former_id());
    }
    // Why a part is missing does not change what is missing.
    let id = |reason| {
        let snapshot = super::tests::snapshot(vec![missing(&[("s3:List", "", one, reason)])]);
        let findings = judge(&snapshot, &[VERSIONING], &Options::default());
        findings.iter().next().unwrap().id()
    };
    assert_eq!(id(Reason::Denied), id(Reason::TimedOut));
    // Other people keep it: it must not change from version to version.
    assert_eq!(id(Reason::Denied), "aa573783cf91ed66529e");
}

#[test]
fn the_facts_of_a_failure_are_those_of_its_evidence() {
    let scope =
        scope(Provider::Aws, "1", vec![bucket("a", Known(false)), bucket("b", Known(true))]);
    let chosen: &[&'static Control] = &[VERSIONING, &logging::object_write_events::CONTROL];
    let snapshot = snapshot(vec![scope]);
    let findings = judge(&snapshot, chosen, &Options::default());
    let facts: Vec<Vec<(FactId, &str)>> = findings
        .iter()
        .map(|finding| finding.facts().map(|(fact, subject)| (fact, subject.id)).collect())
        .collect();
    assert_eq!(
        facts,
        [
            vec![(Bucket::VERSIONING, "arn:aws:s3:::a")],
            vec![],
            // A fact that the account does not have is shown with the account.
            vec![(AuditTrail::OBJECT_WRITES, "1")],
        ]
    );
    let invented: Arc<[Evidence]> =
        [Evidence { fact: "tags", found: "x".into(), expected: "y".into() }].into();
    let fail = Outcome::Fail(invented);
    let finding = findings.iter().next().unwrap();
    // A fact of the kind that the control does not read is still one of the resource.
    let other = Finding { outcome: &fail, ..finding };
    assert_eq!(other.facts().map(|(fact, _)| fact).collect::<Vec<_>>(), [Bucket::TAGS]);
    let of_the_list = Finding { subject: None, ..other };
    assert_eq!(of_the_list.facts().count(), 0);
    let invented: Arc<[Evidence]> =
        [Evidence { fact: "versioning", found: "x".into(), expected: "y".into() }].into();
    let fail = Outcome::Fail(invented);
    let account = Finding { control: chosen[1], outcome: &fail, ..finding };
    assert_eq!(account.facts().count(), 0);
}

/// Scopes of every shape: the example worlds of controls, some with a gap in a list, some with one on a fact.
fn shapes() -> Vec<Scope> {
    struct Damage(GapId, usize);
    impl VisitMut for Damage {
        fn resources<R: Resource>(&mut self, resources: &mut [R], gaps: Option<&mut Vec<GapId>>) {
            self.1 += 1;
            if let Some(gaps) = gaps
                && self.1.is_multiple_of(3)
            {
                gaps.push(self.0);
            }
            if let Some(fact) = R::FACTS.first()
                && let Some(last) = resources.last_mut()
            {
                last.hide(fact.name, self.0);
            }
        }
    }
    let mut all = Vec::new();
    for (number, control) in controls::ALL.iter().enumerate() {
        for provider in Provider::ALL.iter().copied().filter(|provider| control.judges(*provider)) {
            let mut scope = control.failing(provider);
            scope.id = format!("{number:03}");
            if number % 2 == 0 {
                let gap = scope.add_gap(Gap::new("test:Denied", "", Reason::Denied));
                scope.visit_mut(&mut Damage(gap, number));
            }
            scope.canonicalise();
            all.push(scope);
        }
    }
    // Not all of them against all controls, which would be half a million findings.
    let mut some: Vec<Scope> = all.into_iter().step_by(6).collect();
    // The bucket of its trail is in another account.
    let mut asking = Scope::empty(Provider::Aws, "asking");
    asking.add(crate::checks::trail::trail());
    some.push(asking);
    some
}

type Seen = (&'static str, String, Option<[String; 3]>, Outcome, Option<Gap>, bool);

fn seen(finding: Finding<'_>) -> Seen {
    let subject = finding.subject.map(|subject| {
        [subject.id, subject.name, subject.region.unwrap_or_default()].map(str::to_owned)
    });
    let excepted = finding.exception.is_some();
    let gap = finding.gap().cloned();
    (finding.control.id, finding.scope.id.clone(), subject, finding.outcome.clone(), gap, excepted)
}

#[test]
fn scope_by_scope_is_judged_as_all_at_once() {
    let scopes = shapes();
    let exceptions = vec![Exception {
        controls: vec!["storage".to_owned(), "identity".to_owned()],
        place: Place { scope: Some(Pattern::new("0*")), ..Place::default() },
        owner: "team".to_owned(),
        reason: "test".to_owned(),
        expires: Time::from_unix(i64::from(u32::MAX)),
        ticket: None,
        compensating_control: None,
    }];
    let options = Options { exceptions, ..Options::default() };
    let snapshot = snapshot(scopes.clone());
    let whole = judge(&snapshot, controls::ALL, &options);
    assert!(whole.covered()[0] > 0, "the exception covers nothing");

    let mut asking = 0;
    let mut judge = Judge::new(controls::ALL, options.clone());
    for scope in scopes.iter().rev() {
        assert!(!judge.has(scope));
        let earlier = judge.last_findings();
        judge.add(scope.clone());
        assert!(judge.has(scope));
        assert_ne!(judge.last_findings(), earlier);
        let own: Vec<RecordedFinding<'_>> = whole
            .iter()
            .filter(|f| f.scope.place() == scope.place())
            .map(|f| RecordedFinding::of(&f))
            .collect();
        // What asks about another scope is decided at the close, and nothing else is.
        let asks = format!("{:?}", Reason::OutsideScope.words());
        let alone = judge.last_findings();
        let (_, batch) = judge.judged.last().unwrap();
        let lengths = [alone.len(), batch.rows.len()];
        assert_eq!(lengths, [own.len(); 2], "{}", scope.id);
        for ((before, after), row) in alone.iter().zip(&own).zip(&batch.rows) {
            let asked = batch.pending.iter().any(|pending| {
                (pending.control, Some(pending.resource)) == (row.control, row.resource)
            });
            asking += usize::from(asked);
            // A scope that has the resource may answer with a gap of its own.
            let unknown = [before, after].iter().all(|one| one.status == FindingStatus::Unknown);
            let open = unknown || format!("{before:?}").contains(&asks);
            // Without an audited image in the run there is nothing to compare with, and only the close knows.
            let of_images = before.control == "workloads.image-audited";
            let open = open || (of_images && before.status == FindingStatus::NotApplicable);
            assert!(before == after || asked && open, "{before:?} {after:?}");
        }
    }
    assert!(asking > 0, "no control asks another scope");
    let one_by_one = judge.finish(snapshot.header());

    assert_eq!(one_by_one.header(), whole.header());
    assert_eq!(
        one_by_one.iter().map(seen).collect::<Vec<_>>(),
        whole.iter().map(seen).collect::<Vec<_>>()
    );
    assert_eq!(one_by_one.covered(), whole.covered());
    assert_eq!(one_by_one.exceptions(), options.exceptions);
    for (place, _) in controls::ALL.iter().enumerate() {
        for provider in Provider::ALL {
            let on = one_by_one.tally_on(place, *provider);
            assert_eq!(on, whole.tally_on(place, *provider));
        }
        assert_eq!(one_by_one.tally(place), whole.tally(place));
    }
    for (kept, read) in one_by_one.scopes().iter().zip(whole.scopes()) {
        assert_eq!(kept.scope().place(), read.scope().place());
        for kind in Kind::ALL {
            let count = kept.population(*kind);
            assert_eq!(count, read.population(*kind), "{kind} of {}", kept.scope().id);
            for place in 0..=count {
                let of = |examined: &Examined<'_>| {
                    examined.subject(*kind, place).map(|s| {
                        (s.kind, s.id.to_owned(), s.name.to_owned(), s.region.map(str::to_owned))
                    })
                };
                assert_eq!(of(kept), of(read), "{kind} {place} of {}", kept.scope().id);
            }
        }
        assert_eq!(kept.unread(), read.unread());
        assert_eq!(kept.lacks(), read.lacks());
        // Empty lists are not kept one by one.
        let names = &kept.kept.as_ref().unwrap().subjects;
        assert!(
            names.values().all(|names| !names.is_empty()) && !names.contains_key(&Kind::Account)
        );
    }
    assert!(one_by_one.scopes().iter().any(|kept| !kept.unread().is_empty()));
}

#[test]
fn nothing_is_recorded_before_anything_was_judged() {
    let judge = Judge::new(&[VERSIONING], Options::default());
    assert!(judge.last_findings().is_empty());
    assert!(!judge.has(&Scope::empty(Provider::Aws, "1")));
}

#[test]
fn equal_evidence_is_kept_once() {
    let mut judge = Judge::new(&[VERSIONING], Options::default());
    for id in ["1", "2"] {
        let mut scope =
            scope(Provider::Aws, id, vec![bucket("a", Known(false)), bucket("b", Known(false))]);
        scope.canonicalise();
        judge.add(scope);
    }
    let findings = judge.finish(snapshot(vec![]).header());
    let mut all = findings.iter().map(|finding| match finding.outcome {
        Outcome::Fail(evidence) => Arc::clone(evidence),
        other => panic!("{other:?}"),
    });
    let first = all.next().unwrap();
    assert!(all.all(|evidence| Arc::ptr_eq(&evidence, &first)));
}

#[test]
fn work_is_spread_over_threads_where_there_is_much_of_it_and_stays_in_order() {
    use std::thread::{ThreadId, available_parallelism, current};
    let jobs: Vec<u32> = (0..100).collect();
    let run = |jobs: &[u32], weight| parallel(jobs, weight, |job| (*job, current().id()));
    let here = |done: &[(u32, ThreadId)]| done.iter().all(|(_, thread)| *thread == current().id());
    let numbers = |done: &[(u32, ThreadId)]| done.iter().map(|(job, _)| *job).collect::<Vec<_>>();
    let little = run(&jobs, 4_999);
    assert!(here(&little) && numbers(&little) == jobs);
    let one = run(&jobs[..1], 5_000);
    assert!(here(&one) && numbers(&one) == [0]);
    let much = run(&jobs, 5_000);
    assert_eq!(numbers(&much), jobs);
    if available_parallelism().map_or(1, std::num::NonZero::get) > 1 {
        assert!(much.iter().all(|(_, thread)| *thread != current().id()));
    }
    assert!(run(&[], 5_000).is_empty());
}

#[test]
fn the_weight_of_a_scope_is_its_resources() {
    let one = scope(Provider::Aws, "1", vec![bucket("a", Known(true)), bucket("b", Known(true))]);
    // The account is one of them.
    assert_eq!(size(&one), 3);
}

#[test]
fn the_population_of_what_was_read_counts_each_resource() {
    let buckets = ["a", "b", "c"].map(|name| bucket(name, Known(true)));
    let snapshot = snapshot(vec![scope(Provider::Aws, "1", buckets.into())]);
    let findings = judge(&snapshot, &[VERSIONING], &Options::default());
    let examined = &findings.scopes()[0];
    let of = |kind| examined.population(kind);
    assert_eq!([Kind::Account, Kind::Bucket, Kind::User].map(of), [1, 3, 0]);
}
