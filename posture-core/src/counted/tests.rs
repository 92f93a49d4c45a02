//! What counts, over every world of two buckets, and the laws of it.

use super::*;
use crate::control::is_true;
use crate::exception::{Exception, Pattern, Place};
use crate::frameworks::{self, Alternatives, ResourceType};
use crate::gap::GapId;
use crate::judge::{Judge, Options, judge};
use crate::listing::Listing;
use crate::prelude::*;
use crate::report::{RequirementReport, State, roll_up};
use crate::snapshot::Snapshot;
use crate::tools::Tools;

const WHY: &str = "a reason that is long enough";
const EITHER: Alternatives = Alternatives("one of both holds");
const ROW: &str = "PR.DS-01";

fn control(id: &'static str, mappings: Vec<Mapping>, test: Test) -> &'static Control {
    let known: &Control = controls::ALL.iter().find(|of| of.id == "storage.versioning").unwrap();
    Box::leak(Box::new(Control {
        id,
        satisfies: Box::leak(mappings.into_boxed_slice()),
        test,
        ..*known
    }))
}

const VERSIONS: Test = is_true!(Bucket.versioning, "off", "on");
const TLS: Test = is_true!(Bucket.tls_enforced, "off", "on");
const ROTATES: Test = is_true!(Key.rotates, "off", "on");

fn part() -> Mapping {
    csf20(ROW, Partial(WHY))
}

/// Something is known to hold, known not to, or not known.
const VALUES: [Option<bool>; 3] = [Some(true), Some(false), None];

fn fact(value: Option<bool>) -> Fact<bool> {
    value.map_or(Fact::Gap(GapId::NOT_COLLECTED), Known)
}

/// Two buckets, each with what is known of its versions and of TLS.
type Buckets = [(Option<bool>, Option<bool>); 2];

fn bucket(id: &str, region: &str, (versions, tls): (Option<bool>, Option<bool>)) -> Bucket {
    Bucket::unread(id, id, Some(region)).versioning(fact(versions)).tls_enforced(fact(tls))
}

fn world(buckets: Buckets) -> Scope {
    let mut scope = Scope::empty(Aws, "1");
    scope.buckets = Listing::complete(vec![
        bucket("arn:aws:s3:::a", "eu-west-1", buckets[0]),
        bucket("arn:aws:s3:::b", "us-east-1", buckets[1]),
    ]);
    scope
}

/// Every world, with each of the worlds in which one thing less is known.
fn worlds() -> impl Iterator<Item = (Buckets, Vec<Buckets>)> {
    (0..81_usize).map(|n| {
        let at = |place: u32| VALUES[n / 3_usize.pow(place) % 3];
        let all = [(at(0), at(1)), (at(2), at(3))];
        let less = (0..4).map(|place| {
            let mut less = all;
            match place {
                0 => less[0].0 = None,
                1 => less[0].1 = None,
                2 => less[1].0 = None,
                _ => less[1].1 = None,
            }
            less
        });
        (all, less.collect())
    })
}

fn row(scope: &Scope, controls: &[&'static Control], options: &Options) -> (State, Vec<Tally>) {
    let time = EXAMPLE_TIME();
    let snapshot = Snapshot::new("test", time, time, vec![scope.clone()]);
    let csf = frameworks::find("csf-2.0").unwrap();
    let of = |findings| {
        let report = roll_up(findings, &[csf]);
        let found = report.frameworks[0].requirements.iter().find(|of| of.requirement.id == ROW);
        let RequirementReport { state, controls, .. } = found.unwrap();
        (*state, controls.iter().map(|bearing| bearing.tally).collect::<Vec<_>>())
    };
    let whole = of(judge(&snapshot, controls, options));
    // Whether the resources are kept or forgotten makes no difference.
    let mut one_by_one = Judge::new(controls, options.clone());
    one_by_one.add(scope.clone());
    assert_eq!(of(one_by_one.finish(snapshot.header())), whole);
    whole
}

fn state(scope: &Scope, controls: &[&'static Control]) -> State {
    row(scope, controls, &Options::default()).0
}

/// Less is known, and so less is reported: nothing turns into a verdict.
fn assert_less_certain(whole: State, less: State, what: &dyn std::fmt::Debug) {
    assert!(less == whole || less == State::Indeterminate, "{what:?}: {whole} and then {less}");
}

/// The state by definition: the worst over the buckets, of which each takes the better of both.
fn expected(buckets: Buckets) -> State {
    let of = |(one, other): (Option<bool>, Option<bool>)| match (one, other) {
        (Some(true), _) | (_, Some(true)) => State::PartlyEvidenced,
        (None, _) | (_, None) => State::Indeterminate,
        (Some(false), Some(false)) => State::NotMet,
    };
    let both = buckets.map(of);
    [State::NotMet, State::Indeterminate]
        .into_iter()
        .find(|worst| both.contains(worst))
        .unwrap_or(State::PartlyEvidenced)
}

#[test]
fn one_alternative_suffices_on_each_resource() {
    let versions = control("a.a", vec![part().any_of(EITHER)], VERSIONS);
    let tls = control("a.b", vec![part().any_of(EITHER)], TLS);
    let other = control("a.b", vec![part().any_of(Alternatives("others"))], TLS);
    let alone = control("a.a", vec![part()], VERSIONS);
    let unmapped = control("a.b", vec![], TLS);
    let rank = |state: State| match state {
        State::NotMet => 0,
        State::Indeterminate => 1,
        _ => 2,
    };
    for (buckets, fewer) in worlds() {
        let scope = world(buckets);
        let both = state(&scope, &[versions, tls]);
        assert_eq!(both, expected(buckets), "{buckets:?}");
        assert_eq!(state(&scope, &[tls, versions]), both);
        for less in fewer {
            assert_less_certain(both, state(&world(less), &[versions, tls]), &(buckets, less));
        }
        // An alternative more is never worse, and another group is none.
        assert!(rank(both) >= rank(state(&scope, &[alone, unmapped])), "{buckets:?}");
        let apart = state(&scope, &[versions, other]);
        assert_eq!(apart, state(&scope, &[alone, control("a.b", vec![part()], TLS)]));
        assert!(rank(both) >= rank(apart));
    }
}

#[test]
fn an_alternative_of_another_kind_holds_for_the_account() {
    let versions = control("a.a", vec![part().any_of(EITHER)], VERSIONS);
    let rotates = control("a.b", vec![part().any_of(EITHER)], ROTATES);
    let with = |keys: &[Option<bool>]| {
        let mut scope = world([(Some(true), None), (Some(false), None)]);
        let key = |(place, value): (usize, &Option<bool>)| {
            Key::unread(format!("arn:{place}"), "k", None).rotates(fact(*value))
        };
        scope.keys = Listing::complete(keys.iter().enumerate().map(key).collect());
        row(&scope, &[versions, rotates], &Options::default())
    };
    assert_eq!(with(&[Some(true)]).0, State::PartlyEvidenced);
    assert_eq!(with(&[Some(true), Some(false)]).0, State::NotMet);
    assert_eq!(with(&[Some(true), None]).0, State::Indeterminate);
    // Without a key there is nothing that could hold in place of the bucket.
    assert_eq!(with(&[]).0, State::NotMet);
    let (_, tallies) = with(&[Some(true)]);
    assert_eq!(tallies.iter().map(|tally| tally.pass).sum::<usize>(), 3);
}

#[test]
fn an_alternative_that_was_not_selected_leaves_it_open() {
    let agentless = controls::ALL.iter().find(|c| c.id == "detection.agentless-scanning").unwrap();
    let agent = controls::ALL.iter().find(|c| c.id == "detection.machine-vulnerabilities").unwrap();
    let mut scope = Scope::empty(Azure, "1");
    scope.detectors = Listing::complete(vec![
        Detector::unread("d", "d", None)
            .agentless_scanning(Known(false))
            .machine_vulnerabilities(Known(false)),
    ]);
    let snapshot = Snapshot::new("t", EXAMPLE_TIME(), EXAMPLE_TIME(), vec![scope]);
    let mut mapping = *agentless.satisfies.iter().find(|m| m.alternatives().is_some()).unwrap();
    // Whether there are machines is another question.
    mapping = csf20("ID.RA-01", Partial(WHY)).any_of(mapping.alternatives().unwrap());
    let of = |chosen: &[&'static Control]| {
        let findings = judge(&snapshot, chosen, &Options::default());
        let mappings: Vec<Vec<Mapping>> = chosen.iter().map(|_| vec![mapping]).collect();
        Counter::new(&findings, &mappings).tally(0, &mapping, Azure)
    };
    let tally = of(&[agentless]);
    assert_eq!((tally.fail, tally.unknown), (0, 1));
    let tally = of(&[agentless, agent]);
    assert_eq!((tally.fail, tally.unknown), (1, 0));
}

#[test]
fn a_control_that_was_not_selected_leaves_nothing_open_unless_it_is_an_alternative() {
    let versions = control("a.a", vec![part().any_of(EITHER)], VERSIONS);
    let fails = world([(Some(false), Some(true)), (Some(true), Some(true))]);
    assert_eq!(state(&fails, &[versions]), State::NotMet);
    // Nor does one that passes and shows the same requirement, without being in the place of the other.
    let tls = control("a.b", vec![part()], TLS);
    assert_eq!(state(&fails, &[versions, tls]), State::NotMet);
}

#[test]
fn an_accepted_failure_stays_one_and_holds_for_no_other() {
    let versions = control("a.a", vec![part().any_of(EITHER)], VERSIONS);
    let tls = control("a.b", vec![part().any_of(EITHER)], TLS);
    let exception = Exception {
        controls: vec!["a.a".to_owned()],
        place: Place { resource: Some(Pattern::new("arn:aws:s3:::b")), ..Place::default() },
        owner: "team".to_owned(),
        reason: "accepted".to_owned(),
        expires: Time::from_unix(EXAMPLE_TIME().unix() + 1_000_000),
        ticket: None,
        compensating_control: None,
    };
    let options = Options { exceptions: vec![exception], ..Options::default() };
    let of = |tls_of_b| {
        let scope = world([(Some(true), Some(true)), (Some(false), tls_of_b)]);
        row(&scope, &[versions, tls], &options).0
    };
    assert_eq!(of(Some(false)), State::NotMet);
    assert_eq!(of(None), State::Indeterminate);
    assert_eq!(of(Some(true)), State::PartlyEvidenced);
}

#[test]
fn only_the_findings_of_the_type_count() {
    const BUCKETS: &[ResourceType] = &[Arn("s3", "")];
    const OTHERS: &[ResourceType] = &[Arn("rds", "db")];
    let buckets = control("a.a", vec![part().of(BUCKETS)], VERSIONS);
    let others = control("a.b", vec![part().of(OTHERS)], VERSIONS);
    for (all, fewer) in worlds() {
        let scope = world(all);
        let plain = state(&scope, &[control("a.c", vec![part()], VERSIONS)]);
        assert_eq!(state(&scope, &[buckets]), plain);
        // What fails elsewhere is another row's concern.
        assert_eq!(state(&scope, &[others]), State::NotApplicable);
        for less in fewer {
            assert_less_certain(plain, state(&world(less), &[buckets]), &less);
        }
    }
    // An id that does not show the type leaves it open, whatever became of the resource.
    for value in VALUES {
        let mut scope = world([(Some(true), None); 2]);
        scope.buckets.items.push(bucket("c", "eu-west-1", (value, None)));
        assert_eq!(state(&scope, &[buckets]), State::Indeterminate);
        assert_eq!(state(&scope, &[others]), State::Indeterminate);
    }
    // So does a list that is not complete.
    let mut scope = world([(Some(true), None); 2]);
    scope.buckets.gaps.push(GapId::NOT_COLLECTED);
    assert_eq!(state(&scope, &[others]), State::Indeterminate);
    let (_, tallies) = row(&world([(Some(true), None); 2]), &[others], &Options::default());
    assert_eq!((tallies[0].total(), tallies[0].not_applicable), (1, 1));
}

#[test]
fn a_number_of_the_requirement_counts_for_its_types_only() {
    static DAYS: Days = Days { name: "days", doc: "", default: 1 };
    fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
        if context.days(&DAYS) > 5 || *bucket.versioning.known()? {
            return pass();
        }
        fail(Bucket::VERSIONING, "off", "on")
    }
    static PARAMS: &[Param] = &[Param::Days(&DAYS)];
    let test = Test { check: Check::Bucket(check), params: PARAMS, ..VERSIONS };
    let scope = world([(Some(false), None), (None, None)]);
    let of =
        |mapping: Mapping| row(&scope, &[control("a.a", vec![mapping], test)], &Options::default());
    assert_eq!(of(part().with(DAYS.asked(7)).of(&[Arn("s3", "")])).0, State::PartlyEvidenced);
    assert_eq!(of(part().with(DAYS.asked(7)).of(&[Arn("rds", "db")])).0, State::NotApplicable);
    assert_eq!(of(part().with(DAYS.asked(2)).of(&[Arn("s3", "")])).0, State::NotMet);
    let mut scope = scope.clone();
    scope.buckets.items.push(bucket("?", "eu-west-1", (Some(true), None)));
    let asked = control("a.a", vec![part().with(DAYS.asked(7)).of(&[Arn("s3", "")])], test);
    assert_eq!(state(&scope, &[asked]), State::Indeterminate);
}

#[test]
fn without_such_a_resource_nothing_counts() {
    const WITH_KEYS: &[ResourceType] = &[Listed(Kind::Key)];
    let versions = control("a.a", vec![part().where_any(WITH_KEYS)], VERSIONS);
    let plain = control("a.a", vec![part()], VERSIONS);
    let key = |region| Key::unread("arn:aws:kms:x:1:key/1", "k", region);
    for (all, _) in worlds() {
        let mut scope = world(all);
        scope.keys = Listing::complete(vec![]);
        let none = state(&scope, &[versions]);
        assert_eq!(none, State::NotApplicable);
        scope.keys = Listing::not_collected();
        let open = state(&scope, &[versions]);
        assert_eq!(open, State::Indeterminate);
        scope.keys.items.push(key(None));
        let some = state(&scope, &[versions]);
        assert_eq!(some, state(&scope, &[plain]));
        // What is not known of the list makes it less certain, and never better.
        assert_less_certain(none, open, &all);
        assert_less_certain(some, open, &all);
    }
    // A key of another region is none of this one.
    let mut scope = world([(Some(false), None), (Some(true), None)]);
    scope.keys = Listing::complete(vec![key(Some("us-east-1"))]);
    let (state_of, tallies) = row(&scope, &[versions], &Options::default());
    assert_eq!(state_of, State::PartlyEvidenced);
    assert_eq!((tallies[0].pass, tallies[0].not_applicable), (1, 1));
    // A provider's type that nothing lists is open, on that provider.
    let of = |types| state(&scope, &[control("a.a", vec![part().where_any(types)], VERSIONS)]);
    assert_eq!(of(&[Arn("rds", "db")]), State::Indeterminate);
    assert_eq!(of(&[Arn("rds", "db"), Listed(Kind::Key)]), State::Indeterminate);
    assert_eq!(of(&[Arm("Microsoft.Sql/servers")]), State::NotApplicable);
    assert_eq!(of(&[Arn("s3", "")]), State::NotMet);
}

#[test]
fn a_type_of_azure_is_there_by_what_the_subscription_says() {
    const SITES: &[ResourceType] = &[Arm("Microsoft.Web/sites")];
    let versions = control("a.a", vec![part().where_any(SITES)], VERSIONS);
    let with = |types: Fact<std::collections::BTreeMap<String, bool>>| {
        let mut scope = Scope::empty(Azure, "1");
        scope.buckets = Listing::complete(vec![bucket("b", "westeurope", (Some(false), None))]);
        scope.account.resource_types = types;
        state(&scope, &[versions])
    };
    let of = |name: &str, there| Known([(name.to_owned(), there)].into());
    assert_eq!(with(of("microsoft.web/sites", true)), State::NotMet);
    assert_eq!(with(of("microsoft.web/sites", false)), State::NotApplicable);
    // An older snapshot did not ask for every type.
    assert_eq!(with(of("microsoft.sql/servers", false)), State::Indeterminate);
    assert_eq!(with(Fact::Gap(GapId::NOT_COLLECTED)), State::Indeterminate);
}

#[test]
fn a_declared_tool_makes_it_evidence_and_leaves_rows_of_benchmarks_alone() {
    let mappings = vec![part().or_tool(Purpose::Threats), cis_aws7("3.1.1", Full)];
    let control = control("a.a", mappings, VERSIONS);
    let mut options = Options::default();
    options.tools.declare(Purpose::Logs, "another").unwrap();
    let mut declared = Options::default();
    declared.tools.declare(Purpose::Threats, "product").unwrap();
    let cis = frameworks::find("cis-aws").unwrap();
    for (all, _) in worlds() {
        let scope = world(all);
        let plain = row(&scope, &[control], &Options::default());
        assert_eq!(row(&scope, &[control], &options), plain, "of another purpose");
        let with = row(&scope, &[control], &declared);
        assert_eq!(with.1, plain.1);
        let wanted = match plain.0 {
            State::NotMet | State::Indeterminate => State::Indeterminate,
            state => state,
        };
        assert_eq!(with.0, wanted, "{all:?}");
        let snapshot = Snapshot::new("t", EXAMPLE_TIME(), EXAMPLE_TIME(), vec![scope]);
        let literal = |options: &Options| {
            let report = roll_up(judge(&snapshot, &[control], options), &[cis]);
            let rows = &report.frameworks[0].requirements;
            let found = rows.iter().find(|row| row.requirement.id == "3.1.1").unwrap();
            assert!(found.controls[0].declared.is_none());
            found.state
        };
        assert_eq!(literal(&declared), literal(&Options::default()));
    }
    assert!(Tools::default().is_empty());
}
