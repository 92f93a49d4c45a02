//! What a filter keeps, and what stays as it was.

use std::collections::BTreeMap;

use super::*;
use crate::control::Control;
use crate::controls;
use crate::exception::{Exception, Place};
use crate::fact::{Fact, Known};
use crate::frameworks;
use crate::gap::{Gap, Reason};
use crate::judge::{Judge, Options, judge, uses};
use crate::notes::notes;
use crate::record::Record;
use crate::report::{Report, roll_up};
use crate::resource::Bucket;
use crate::scope::Scope;
use crate::snapshot::Snapshot;
use crate::time::Time;

const DAY: i64 = 86_400;

/// An account with four buckets, of which one has unread tags, and keys that could not be listed; and a subscription.
fn snapshot() -> Snapshot {
    let tags = |team: &str| Known(BTreeMap::from([("team".to_owned(), team.to_owned())]));
    let mut aws = Scope::empty(Provider::Aws, "111111111111");
    aws.name = Some("prod".to_owned());
    let denied = Gap::new("s3:GetBucketTagging", "arn:sealed", Reason::Denied);
    let denied = Fact::Gap(aws.add_gap(denied));
    let unread = aws.add_gap(Gap::new("kms:ListKeys", "", Reason::Denied));
    aws.keys.gaps.push(unread);
    let unread = Gap::new("s3:GetBucketVersioning", "arn:logs", Reason::Throttled);
    let unread = Fact::Gap(aws.add_gap(unread));
    let bucket = |id: &str, name: &str| Bucket::unread(id, name, None).versioning(Known(false));
    aws.buckets.items = vec![
        bucket("arn:web", "web").tags(tags("web")),
        bucket("arn:data", "data").tags(tags("data")).versioning(Known(true)),
        bucket("arn:logs", "logs").tags(tags("data")).versioning(unread),
        bucket("arn:sealed", "sealed").tags(denied),
    ];
    let mut azure = Scope::empty(Provider::Azure, "Sub-1");
    azure.buckets.items = vec![bucket("/sub-1/Web", "Web").tags(tags("Web"))];
    let now = Time::from_unix(0);
    let mut scopes = vec![aws, azure];
    scopes.iter_mut().for_each(Scope::canonicalise);
    Snapshot::new("test", now, now, scopes)
}

fn chosen() -> Vec<&'static Control> {
    let wanted = ["storage.versioning", "keys.rotation"];
    controls::ALL.iter().copied().filter(|control| wanted.contains(&control.id)).collect()
}

fn options() -> Options {
    let exception = Exception {
        controls: vec!["storage".to_owned()],
        place: Place { resource: Some(Pattern::new("arn:sealed")), ..Place::default() },
        owner: "web team".to_owned(),
        reason: "a test".to_owned(),
        expires: Time::from_unix(90 * DAY),
        ticket: None,
        compensating_control: None,
    };
    Options { exceptions: vec![exception], tags: vec!["team".to_owned()], ..Options::default() }
}

/// The report of scopes that are forgotten after each was judged, and of the snapshot as it is.
fn reports(see: impl Fn(Report<'_>)) {
    let (snapshot, chosen) = (snapshot(), chosen());
    see(roll_up(judge(&snapshot, &chosen, &options()), frameworks::all()));
    let mut judge = Judge::new(&chosen, options());
    for scope in snapshot.scopes.clone() {
        judge.add(scope);
    }
    see(roll_up(judge.finish(snapshot.header()), frameworks::all()));
}

fn named(report: &Report<'_>) -> Vec<String> {
    let name = |finding: Finding<'_>| match finding.subject {
        Some(subject) => subject.id.to_owned(),
        None => format!("the {} of {}", finding.kind().many(), finding.scope.id),
    };
    report.findings.iter().map(name).collect()
}

fn kept(filter: &Filter, expected: &[&str]) {
    reports(|mut report| {
        report.keep(filter.clone());
        assert_eq!(named(&report), expected, "{}", filter.words());
    });
}

fn tag(key: &str, value: Option<&str>) -> TagFilter {
    TagFilter { key: key.to_owned(), value: value.map(Pattern::new) }
}

fn tags(tags: &[TagFilter]) -> Filter {
    Filter { tags: tags.to_vec(), ..Filter::default() }
}

#[test]
fn each_part_of_a_filter_narrows() {
    let (keys, none) = ("the keys of 111111111111", "the keys of Sub-1");
    let all = [keys, "arn:data", "arn:logs", "arn:sealed", "arn:web", none, "/sub-1/Web"];
    kept(&Filter::default(), &all);
    let status = |status: &[FindingStatus]| Filter { status: status.to_vec(), ..Filter::default() };
    kept(&status(&[FindingStatus::Fail]), &["arn:web", "/sub-1/Web"]);
    kept(&status(&[FindingStatus::Excepted, FindingStatus::Pass]), &["arn:data", "arn:sealed"]);
    kept(&status(&[FindingStatus::Unknown]), &[keys, "arn:logs"]);
    kept(&status(&[FindingStatus::NotApplicable]), &[none]);
    let resources = |texts: &[&str]| Filter {
        resources: texts.iter().copied().map(Pattern::new).collect(),
        ..Filter::default()
    };
    // By id or name. Only Azure ignores case.
    kept(&resources(&["arn:web"]), &["arn:web"]);
    kept(&resources(&["web"]), &["arn:web", "/sub-1/Web"]);
    kept(&resources(&["ARN:*"]), &[]);
    kept(&resources(&["arn:l*", "data"]), &["arn:data", "arn:logs"]);
    let accounts = |text: &str| Filter { accounts: vec![Pattern::new(text)], ..Filter::default() };
    kept(&accounts("prod"), &all[..5]);
    kept(&accounts("1111*"), &all[..5]);
    kept(&accounts("sub-1"), &all[5..]);
    let service = ServiceFilter {
        name: "s3".to_owned(),
        controls: vec![(Provider::Aws, "storage.versioning")],
    };
    let services = Filter { services: vec![service], ..Filter::default() };
    kept(&services, &all[1..5]);
    kept(&Filter { status: vec![FindingStatus::Fail], ..services }, &["arn:web"]);
}

#[test]
fn tags_that_could_not_be_read_are_neither_there_nor_not() {
    kept(&tags(&[tag("team", None)]), &["arn:data", "arn:logs", "arn:web", "/sub-1/Web"]);
    kept(&tags(&[tag("team", Some("web"))]), &["arn:web"]);
    kept(&tags(&[tag("team", Some("*eb"))]), &["arn:web", "/sub-1/Web"]);
    kept(
        &tags(&[tag("team", Some("web")), tag("team", Some("data"))]),
        &["arn:data", "arn:logs", "arn:web"],
    );
    reports(|mut report| {
        report.keep(tags(&[tag("team", Some("web"))]));
        let filtered = report.findings.filtered().unwrap();
        assert_eq!((filtered.shown, filtered.tags_unread, filtered.total()), (1, 1, 7));
        // A list has no tags, so that none of them is unread.
        report.keep(Filter { status: vec![FindingStatus::Unknown], ..tags(&[tag("team", None)]) });
        assert_eq!(report.findings.filtered().unwrap().tags_unread, 0);
    });
    let (mut judge, snapshot) = (Judge::new(&chosen(), Options::default()), snapshot());
    for scope in snapshot.scopes.clone() {
        judge.add(scope);
    }
    let mut report = roll_up(judge.finish(snapshot.header()), &[]);
    report.keep(tags(&[tag("team", None)]));
    // What was not asked for was forgotten with the resources, so that it may still be there.
    assert_eq!(report.findings.filtered().unwrap().tags_unread, 5);
}

#[test]
fn every_key_has_to_fit_and_any_of_its_values() {
    let filter = tags(&[tag("a", Some("1")), tag("a", Some("2")), tag("b", None)]);
    let of =
        |a: Tagged, b: Tagged| filter.tagged(|key| if key == "a" { a.clone() } else { b.clone() });
    let value = |text: &str| Tagged::Value(text.to_owned());
    assert_eq!(of(value("2"), value("x")), Fits::Yes);
    assert_eq!(of(value("3"), value("x")), Fits::No);
    assert_eq!(of(value("1"), Tagged::Absent), Fits::No);
    assert_eq!(of(value("1"), Tagged::Unknown), Fits::Unknown);
    assert_eq!(of(Tagged::Unknown, Tagged::Unknown), Fits::Unknown);
    assert_eq!(of(Tagged::Unknown, Tagged::Absent), Fits::No);
}

#[test]
fn what_was_judged_stays_as_it_was() {
    let judged = |report: &Report<'_>| {
        let findings = &report.findings;
        let states: Vec<_> = report
            .frameworks
            .iter()
            .flat_map(|of| &of.requirements)
            .map(|of| (of.requirement.id, of.state, of.controls.len()))
            .collect();
        let tallies: Vec<_> =
            (0..findings.controls().len()).map(|place| findings.whole_tally(place)).collect();
        let covers: Vec<usize> = uses(findings).iter().map(|used| used.covers).collect();
        let providers: Vec<_> = findings.providers().collect();
        let mut ids: Vec<String> = findings.everything().map(|finding| finding.id()).collect();
        ids.sort_unstable();
        let params = crate::params::Params::default();
        let mut recorded: Vec<String> =
            Record::of(findings, &params).findings.into_iter().map(|one| one.id).collect();
        recorded.sort_unstable();
        let notes = format!("{:?}", notes(report));
        [
            format!("{states:?}"),
            format!("{tallies:?} {covers:?} {providers:?}"),
            format!("{ids:?}"),
            format!("{recorded:?}"),
            notes,
        ]
    };
    let nothing = Filter { resources: vec![Pattern::new("none")], ..Filter::default() };
    reports(|mut report| {
        let before = judged(&report);
        assert!(report.findings.filtered().is_none());
        report.keep(nothing.clone());
        for (now, before) in judged(&report).iter().zip(&before) {
            assert_eq!(now, before);
        }
        assert_eq!(report.findings.iter().count(), 0);
        assert_eq!(report.findings.tally(1).total(), 0);
        let filtered = report.findings.filtered().unwrap();
        assert_eq!((filtered.shown, filtered.hidden.total()), (0, 7));
        assert_eq!(filtered.hidden.fail, 2);
        // Another filter begins with everything again, in the order of before.
        report.keep(Filter { accounts: vec![Pattern::new("*")], ..Filter::default() });
        assert!(judged(&report) == before);
        assert_eq!(report.findings.filtered().unwrap().hidden.total(), 0);
        assert_eq!(named(&report)[1..3], ["arn:data", "arn:logs"]);
    });
}

#[test]
fn a_filter_is_shown_as_it_is_typed() {
    let filter = Filter {
        status: vec![FindingStatus::Fail, FindingStatus::NotApplicable],
        services: vec![ServiceFilter { name: "s3".to_owned(), controls: Vec::new() }],
        tags: vec![tag("env", None), tag("team", Some("w*"))],
        resources: vec![Pattern::new("arn:*")],
        accounts: vec![Pattern::new("prod")],
    };
    assert_eq!(
        filter.words(),
        "--status fail,not-applicable --service s3 --tag env --tag team=w* --resource arn:* --account prod"
    );
    assert!(!filter.is_empty() && Filter::default().is_empty());
    assert_eq!(filter.tag_keys(), ["env", "team"]);
}
