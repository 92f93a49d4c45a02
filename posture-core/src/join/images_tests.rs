use crate::control::{Examples, Severity};
use crate::controls::workloads::image_audited::CONTROL;
use crate::exception::{Exception, Pattern, Place};
use crate::gap::{Gap, Reason};
use crate::judge::{Judge, Options, Outcome, judge};
use crate::prelude::*;
use crate::snapshot::Snapshot;

fn digest(of: char) -> String {
    format!("sha256:{}", of.to_string().repeat(64))
}

fn entry(of: char) -> String {
    format!("app: r.example/web@{} (linux/amd64)", digest(of))
}

/// A cluster with one workload.
fn cluster(images: Fact<Entries>) -> Scope {
    Examples::world(Kubernetes, Kind::Workload, |scope| {
        scope.id = "cluster".to_owned();
        let web = Workload::unread("Deployment/shop/web", "web", Some("shop"));
        scope.add(web.running_images(images));
    })
}

fn running(entries: &[String]) -> Scope {
    cluster(Known(entries.iter().map(String::as_str).collect()))
}

/// An image that was read, of which the health check is missing.
fn image(id: &str, digests: &[char], platform: &str) -> Scope {
    Examples::world(Image, Kind::ContainerImage, |scope| {
        scope.id = id.to_owned();
        let digests = digests.iter().map(|of| digest(*of)).collect();
        let image = ContainerImage::unread("image", "image", None);
        scope.add(
            image
                .digests(Known(digests))
                .platform(Known(platform.to_owned()))
                .health_check(Known(false)),
        );
    })
}

/// An image that could not be read.
fn refused(id: &str, reason: Reason) -> Scope {
    let gap = Gap::new("image configuration", id, reason);
    let mut scope = Scope::refused(Image, id, "image", EXAMPLE_TIME(), gap);
    scope.level = crate::scope::Level::Image;
    scope
}

/// What becomes of the workload, in whatever order the scopes are read.
fn asked(cluster: Scope, images: Vec<Scope>) -> (Outcome, Option<Gap>) {
    let controls = [&CONTROL, &crate::controls::images::healthcheck::CONTROL];
    let mut all = images;
    all.push(cluster);
    let of = |findings: &crate::judge::Findings<'_>| {
        let mut own = findings.iter().filter(|one| one.scope.id == "cluster");
        let finding = own.next().unwrap();
        assert!(own.next().is_none());
        (finding.outcome.clone(), finding.gap().cloned())
    };
    let snapshot = Snapshot::new("test", EXAMPLE_TIME(), EXAMPLE_TIME(), all.clone());
    let whole = of(&judge(&snapshot, &controls, &Options::default()));
    for _ in 0..all.len() {
        all.rotate_left(1);
        let mut judge = Judge::new(&controls, Options::default());
        all.iter().for_each(|scope| judge.add(scope.clone()));
        assert_eq!(of(&judge.finish(snapshot.header())), whole);
    }
    whole
}

fn found(outcome: &Outcome) -> &str {
    let Outcome::Fail(evidence) = outcome else { panic!("{outcome:?}") };
    &evidence[0].found
}

#[test]
fn an_image_is_audited_by_its_digest_alone() {
    let of = |images| asked(running(&[entry('a')]), images).0;
    assert!(matches!(of(vec![]), Outcome::NotApplicable(_)));
    assert_eq!(of(vec![image("r.example/web:1", &['a', 'b'], "linux/amd64")]), Outcome::Pass);
    // The name is the same, and the image another one.
    let other = of(vec![image("r.example/web:1", &['c'], "linux/amd64")]);
    assert!(found(&other).contains(&entry('a')), "{other:?}");
    assert!(found(&other).contains("was not audited in this run"));
}

#[test]
fn a_failure_also_names_what_was_audited_with_what_fails_there() {
    let both = running(&[entry('a'), entry('b')]);
    let (outcome, _) = asked(both, vec![image("i", &['a'], "linux/amd64")]);
    let text = found(&outcome);
    assert!(text.contains(&format!("{} was not audited", entry('b'))), "{text}");
    assert!(text.ends_with(&format!("{} was audited, 1 control fails", entry('a'))), "{text}");
}

#[test]
fn an_index_counts_for_the_platform_that_was_read() {
    let of = |platform: &str| asked(running(&[entry('a')]), vec![image("i", &['a'], platform)]).0;
    assert_eq!(of("linux/amd64"), Outcome::Pass);
    assert_eq!(of("linux/amd64/v2"), Outcome::Pass);
    for other in ["linux/arm64", "windows/amd64", "linux"] {
        assert!(found(&of(other)).contains("another platform"), "{other}");
    }
    let two = vec![image("i", &['a'], "linux/arm64"), image("j", &['a'], "linux/amd64")];
    assert_eq!(asked(running(&[entry('a')]), two).0, Outcome::Pass);
}

#[test]
fn an_image_that_could_not_be_read_is_unknown_for_its_reason() {
    let of = |id: &str| {
        let others = vec![image("i", &['b'], "linux/amd64"), refused(id, Reason::Denied)];
        asked(running(&[entry('a')]), others)
    };
    for id in [
        format!("r.example/web@{}", digest('a')),
        format!("r.example/web@{} (linux/amd64)", digest('a')),
        // Which image a tag leads to was not seen.
        "r.example/web:1".to_owned(),
        "images beyond the first 200".to_owned(),
    ] {
        let (outcome, gap) = of(&id);
        assert!(matches!(outcome, Outcome::Unknown(_)), "{id}: {outcome:?}");
        assert_eq!(gap.unwrap().reason, Reason::Denied);
    }
    // Another image that is known by its digest decides nothing.
    let (outcome, _) = of(&format!("r.example/web@{}", digest('c')));
    assert!(matches!(outcome, Outcome::Fail(_)));
}

#[test]
fn a_failure_outranks_what_is_unknown_and_a_pass_needs_everything() {
    let mut open = cluster(Known(Entries::none()));
    let gap = open.add_gap(Gap::new("list nodes", "", Reason::Throttled));
    let mut with = |certain: &[String]| {
        let entries = Entries::new(certain.to_vec(), Some(gap));
        open.workloads.items[0].running_images = entries.into_fact();
        let others = vec![image("i", &['a'], "linux/amd64")];
        asked(open.clone(), others)
    };
    let unknown = |(outcome, gap): (Outcome, Option<Gap>)| {
        assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
        assert_eq!(gap.unwrap().reason, Reason::Throttled);
    };
    unknown(with(&[]));
    unknown(with(&[entry('a')]));
    // Its platform is not known.
    unknown(with(&[format!("app: r.example/web@{}", digest('a'))]));
    assert!(matches!(with(&[entry('a'), entry('b')]).0, Outcome::Fail(_)));
}

#[test]
fn an_image_without_what_identifies_it_may_be_any() {
    let mut unread = image("r.example/web:1", &['b'], "linux/amd64");
    let gap = unread.add_gap(Gap::new("", "", Reason::Malformed));
    unread.container_images.items[0].digests = Fact::Gap(gap);
    let (outcome, gap) = asked(running(&[entry('a')]), vec![unread.clone()]);
    assert!(matches!(outcome, Outcome::Unknown(_)));
    assert_eq!(gap.unwrap().reason, Reason::Malformed);
    unread.container_images = Listing::not_collected();
    let (outcome, _) = asked(running(&[entry('a')]), vec![unread]);
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
}

#[test]
fn an_exception_covers_what_other_scopes_decided() {
    assert_eq!(CONTROL.severity, Severity::Low);
    let exception = Exception {
        controls: vec![CONTROL.id.to_owned()],
        place: Place { scope: Some(Pattern::new("cluster")), ..Place::default() },
        owner: "security".to_owned(),
        reason: "audited elsewhere".to_owned(),
        expires: Time::from_unix(4_000_000_000),
        ticket: None,
        compensating_control: None,
    };
    let options = Options { exceptions: vec![exception], ..Options::default() };
    let mut judge = Judge::new(&[&CONTROL], options);
    judge.add(running(&[entry('a')]));
    judge.add(image("i", &['b'], "linux/amd64"));
    let header = Snapshot::new("test", EXAMPLE_TIME(), EXAMPLE_TIME(), Vec::new()).header();
    let tally = judge.finish(header).tally(0);
    assert_eq!((tally.excepted, tally.fail), (1, 0));
}

#[test]
fn an_image_names_the_workloads_that_run_it() {
    let healthcheck = &crate::controls::images::healthcheck::CONTROL;
    let of = |scopes: Vec<Scope>| {
        let controls = [&CONTROL, healthcheck];
        let snapshot = Snapshot::new("test", EXAMPLE_TIME(), EXAMPLE_TIME(), scopes.clone());
        let named = |findings: &crate::judge::Findings<'_>| {
            let own = findings.iter().find(|one| one.scope.provider == Image).unwrap();
            own.run_by.map(|all| (all.count, all.first.clone()))
        };
        let whole = named(&judge(&snapshot, &controls, &Options::default()));
        let mut judge = Judge::new(&controls, Options::default());
        scopes.into_iter().for_each(|scope| judge.add(scope));
        assert_eq!(named(&judge.finish(snapshot.header())), whole);
        whole
    };
    let read = || image("i", &['a', 'b'], "linux/amd64");
    let (count, first) = of(vec![running(&[entry('a'), entry('b')]), read()]).unwrap();
    assert_eq!(
        (count, first[0].id.as_str(), first[0].scope.as_str()),
        (1, "Deployment/shop/web", "cluster")
    );
    assert_eq!(of(vec![running(&[entry('c')]), read()]), None);
    // Another platform is another image behind the same index.
    assert_eq!(of(vec![running(&[entry('a')]), image("i", &['a'], "linux/arm64")]), None);
    let mut many = running(&[entry('a')]);
    for n in 0..30 {
        let mut web = many.workloads.items[0].clone();
        web.id = format!("Deployment/shop/web-{n:02}");
        many.workloads.items.push(web);
    }
    many.canonicalise();
    let (count, first) = of(vec![many, read()]).unwrap();
    assert_eq!((count, first.len()), (31, 20));
}
