//! Laws that hold for every control, checked mechanically over its two example worlds: there is nothing in here about
//! any one control, and a new one is covered by existing.
#![allow(clippy::unwrap_used, reason = "a test that panics fails")]

#[path = "../../tests/src/cases.rs"]
mod cases;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cases::cases;

use posture_core::control::{Check, Control, Examples, Test};
use posture_core::controls;
use posture_core::fact::Fact;
use posture_core::frameworks::{self, Class, Mapping, ResourceType, Strength};
use posture_core::gap::{Gap, GapId, Reason};
use posture_core::judge::{self, Outcome, Tally};
use posture_core::params::{Param, Params, Value};
use posture_core::presence;
use posture_core::provider::Provider;
use posture_core::report::roll_up;
use posture_core::resource::{ContainerImage, FactId, Kind, Resource};
use posture_core::scope::{Scope, VisitMut};
use posture_core::snapshot::Snapshot;
use posture_core::wanted::Wanted;

/// What became of a control, resource by resource; none for the listing as a whole.
fn outcomes(control: &'static Control, scope: &Scope) -> Vec<(Option<String>, Outcome)> {
    let (started, finished) = (scope.started, scope.finished);
    let snapshot = Snapshot::new("test", started, finished, vec![scope.clone(), beside()]);
    let params = Params::examples(&[control]);
    let options = judge::Options { params, ..judge::Options::default() };
    let findings = judge::judge(&snapshot, &[control], &options);
    findings
        .iter()
        .filter(|finding| finding.scope.id != BESIDE)
        .map(|finding| (finding.subject.map(|s| s.id.to_owned()), finding.outcome.clone()))
        .collect()
}

/// The ID of [`beside`].
const BESIDE: &str = "beside";

/// An image that is audited in the same run. Without one, workloads are not asked about the images that they run.
fn beside() -> Scope {
    Examples::world(Provider::Image, Kind::ContainerImage, |scope| {
        scope.id = BESIDE.to_owned();
        let image = ContainerImage::unread("image", "image", None);
        scope.container_images.items.push(
            image
                .digests(Fact::Known(vec![format!("sha256:{}", "0".repeat(64))]))
                .platform(Fact::Known("linux/amd64".to_owned())),
        );
    })
}

fn providers(control: &Control) -> impl Iterator<Item = Provider> {
    Provider::ALL.iter().copied().filter(|provider| control.judges(*provider))
}

/// Every control, and each check that a requirement brings as if it were one.
fn judging() -> Vec<&'static Control> {
    let mut all = controls::ALL.to_vec();
    for control in controls::ALL {
        for check in control.satisfies.iter().filter_map(|mapping| mapping.check()) {
            let test = Test { check, ..control.test };
            all.push(Box::leak(Box::new(Control { test, satisfies: &[], ..**control })));
        }
    }
    all
}

/// Every example world, with a name for messages.
fn worlds() -> Vec<(&'static Control, String, Scope)> {
    let mut worlds = Vec::new();
    for control in judging() {
        for provider in providers(control) {
            let pass = control.passing(provider);
            worlds.push((control, format!("{} passing on {provider}", control.id), pass));
            let fail = control.failing(provider);
            worlds.push((control, format!("{} failing on {provider}", control.id), fail));
        }
    }
    worlds
}

/// Puts a gap in place of the facts that are chosen, on every resource.
fn hide(scope: &Scope, mut choose: impl FnMut(FactId) -> bool) -> Scope {
    struct Hide<'c>(GapId, &'c mut dyn FnMut(FactId) -> bool);
    impl VisitMut for Hide<'_> {
        fn resources<R: Resource>(&mut self, resources: &mut [R], _: Option<&mut Vec<GapId>>) {
            for resource in resources {
                for fact in R::FACTS {
                    if (self.1)(FactId { kind: R::KIND, name: fact.name }) {
                        resource.hide(fact.name, self.0);
                    }
                }
            }
        }
    }
    let mut scope = scope.clone();
    let gap = scope.add_gap(Gap::new("test:Denied", "", Reason::Denied));
    scope.visit_mut(&mut Hide(gap, &mut choose));
    scope
}

/// The same on single resources: what is chosen is a fact of the resource at a place of its list.
fn hide_one(scope: &Scope, mut choose: impl FnMut(FactId, usize) -> bool) -> Scope {
    struct Hide<'c>(GapId, &'c mut dyn FnMut(FactId, usize) -> bool);
    impl VisitMut for Hide<'_> {
        fn resources<R: Resource>(&mut self, resources: &mut [R], _: Option<&mut Vec<GapId>>) {
            for (place, resource) in resources.iter_mut().enumerate() {
                for fact in R::FACTS {
                    if (self.1)(FactId { kind: R::KIND, name: fact.name }, place) {
                        resource.hide(fact.name, self.0);
                    }
                }
            }
        }
    }
    let mut scope = scope.clone();
    let gap = scope.add_gap(Gap::new("test:Denied", "", Reason::Denied));
    scope.visit_mut(&mut Hide(gap, &mut choose));
    scope
}

/// Both example worlds of each control in one, the good before the bad and the other way round, so that a list holds
/// several resources, each of which may be known or not.
fn mixed() -> Vec<(&'static Control, String, Scope)> {
    let mut worlds = Vec::new();
    for control in controls::ALL {
        for provider in providers(control) {
            let (pass, fail) = (control.passing(provider), control.failing(provider));
            let both = [("good first", &pass, &fail), ("bad first", &fail, &pass)];
            for (order, first, second) in both {
                let name = format!("{} on {provider}, {order}", control.id);
                worlds.push((*control, name, joined(first, second)));
            }
        }
    }
    worlds
}

/// The first scope, with the resources of the second in its lists, under separate IDs.
fn joined(first: &Scope, second: &Scope) -> Scope {
    let mut all = serde_json::to_value(first).unwrap();
    let more = serde_json::to_value(second).unwrap();
    for (name, listing) in more.as_object().unwrap() {
        let Some(items) = listing.get("items").and_then(|items| items.as_array()) else { continue };
        for item in items {
            let mut item = item.clone();
            item["id"] = format!("{}-2", item["id"].as_str().unwrap()).into();
            if all.get(name).is_none() {
                all[name] = serde_json::json!({ "items": [] });
            }
            all[name]["items"].as_array_mut().unwrap().push(item);
        }
    }
    serde_json::from_value(all).unwrap()
}

/// A fixed sequence, so that a failure can be repeated. One in two is heads.
fn coin(seed: u64) -> impl FnMut() -> bool {
    let mut state = seed;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state & 4 == 0
    }
}

/// Marks a list of grants as possibly incomplete, on every resource; none if the fact is not such a list. The possible further
/// entry has this name, or none.
fn leave_open(scope: &Scope, fact: FactId, named: Option<&str>) -> Option<Scope> {
    struct Leave<'n>(GapId, FactId, Option<&'n str>, bool);
    impl VisitMut for Leave<'_> {
        fn resources<R: Resource>(&mut self, resources: &mut [R], _: Option<&mut Vec<GapId>>) {
            let Self(gap, fact, named, done) = self;
            for resource in resources.iter_mut().filter(|_| R::KIND == fact.kind) {
                let shown = resource.show(fact.name).unwrap_or_default();
                if let Some(certain) = shown.get("known").filter(|known| known.is_array()) {
                    let mut open = serde_json::json!({ "certain": certain, "undecided": gap });
                    if let Some(named) = named {
                        open["named"] = serde_json::json!([named]);
                    }
                    *done |= resource.set(fact.name, open).unwrap_or(false);
                }
            }
        }
    }
    let mut scope = scope.clone();
    let mut leave =
        Leave(scope.add_gap(Gap::new("test:Open", "", Reason::Undetermined)), fact, named, false);
    scope.visit_mut(&mut leave);
    leave.3.then_some(scope)
}

/// Makes the listings of the chosen kinds incomplete.
fn cut(scope: &Scope, mut choose: impl FnMut(Kind) -> bool) -> Scope {
    struct Cut<'c>(GapId, &'c mut dyn FnMut(Kind) -> bool);
    impl VisitMut for Cut<'_> {
        fn resources<R: Resource>(&mut self, _: &mut [R], gaps: Option<&mut Vec<GapId>>) {
            if let Some(gaps) = gaps
                && (self.1)(R::KIND)
            {
                gaps.push(self.0);
            }
        }
    }
    let mut scope = scope.clone();
    let gap = scope.add_gap(Gap::new("test:Denied", "", Reason::Denied));
    scope.visit_mut(&mut Cut(gap, &mut choose));
    scope
}

/// Knowing less may make a verdict unknown, and does nothing else.
#[track_caller]
fn assert_only_less_certain(control: &'static Control, whole: &Scope, less: &Scope, what: &str) {
    let before = outcomes(control, whole);
    let after = outcomes(control, less);
    for (resource, outcome) in &after {
        let same = before.iter().any(|(r, o)| r == resource && same_verdict(o, outcome));
        let unknown = matches!(outcome, Outcome::Unknown(_));
        assert!(same || unknown, "{what}: {resource:?} became {outcome:?}, was {before:?}");
    }
    for (resource, _) in before.iter().filter(|(resource, _)| resource.is_some()) {
        assert!(after.iter().any(|(r, _)| r == resource), "{what}: {resource:?} is gone");
    }
}

fn same_verdict(a: &Outcome, b: &Outcome) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

#[test]
fn the_examples_pass_and_fail() {
    for control in judging() {
        for provider in providers(control) {
            let passing = outcomes(control, &control.passing(provider));
            let all_pass = passing.iter().all(|(_, outcome)| *outcome == Outcome::Pass);
            assert!(!passing.is_empty() && all_pass, "{}: {passing:?}", control.id);
            let failing = outcomes(control, &control.failing(provider));
            let fails = failing.iter().any(|(_, outcome)| matches!(outcome, Outcome::Fail(_)));
            assert!(fails, "{}: {failing:?}", control.id);
        }
    }
}

/// A control that reads one fact of its own kind does not apply to a resource whose provider does not offer that fact, and a
/// fact that is either true or false passes as the one and fails as the other.
#[test]
fn one_fact_decides_by_itself() {
    struct Put(FactId, serde_json::Value);
    impl VisitMut for Put {
        fn resources<R: Resource>(&mut self, resources: &mut [R], _: Option<&mut Vec<GapId>>) {
            for resource in resources.iter_mut().filter(|_| R::KIND == self.0.kind) {
                assert!(resource.set(self.0.name, self.1.clone()).unwrap());
            }
        }
    }
    struct Withdraw(FactId);
    impl VisitMut for Withdraw {
        fn resources<R: Resource>(&mut self, resources: &mut [R], _: Option<&mut Vec<GapId>>) {
            for resource in resources.iter_mut().filter(|_| R::KIND == self.0.kind) {
                assert!(resource.withdraw(self.0.name));
            }
        }
    }
    let (mut alone, mut flags) = (0, 0);
    for control in judging() {
        let [fact] = control.test.reads else { continue };
        if fact.kind != control.test.check.kind() || matches!(control.test.check, Check::Rule(_)) {
            continue;
        }
        alone += 1;
        for provider in providers(control) {
            let mut world = control.failing(provider);
            world.visit_mut(&mut Withdraw(*fact));
            for (_, outcome) in outcomes(control, &world) {
                let concerns = !matches!(outcome, Outcome::NotApplicable(_));
                assert!(!concerns, "{} without {fact}: {outcome:?}", control.id);
            }
            if fact.kind.accepts(fact.name, true.into()).is_err() {
                continue;
            }
            flags += 1;
            let of = |value: bool| {
                let mut world = control.failing(provider);
                world.visit_mut(&mut Put(*fact, value.into()));
                outcomes(control, &world).into_iter().map(|(_, outcome)| outcome)
            };
            let (yes, no): (Vec<_>, Vec<_>) = (of(true).collect(), of(false).collect());
            let passes = |all: &[Outcome]| all.iter().all(|one| *one == Outcome::Pass);
            assert_ne!(passes(&yes), passes(&no), "{}: {yes:?}, {no:?}", control.id);
        }
    }
    assert!(
        alone > 80 && flags > 40,
        "{alone} controls read one fact, {flags} a true or false one"
    );
}

/// Without the names that only the user can know, a control says nothing but how to set them, and asks for no call.
#[test]
fn without_the_names_that_only_the_user_knows_a_control_is_not_applicable() {
    let mut found = 0;
    for control in controls::ALL {
        let given = control.test.params.iter().filter_map(|param| match param {
            Param::Given(given) => Some(given),
            Param::Days(_) | Param::Count(_) | Param::Names(_) => None,
        });
        for given in given {
            found += 1;
            assert!(!given.example.is_empty(), "{}: no example", control.id);
            assert!(given.unset.contains(given.name), "{}: {}", control.id, given.unset);
        }
        let params = Params::default();
        if params.unset(control).is_none() {
            continue;
        }
        assert!(params.applicable(&[control]).is_empty());
        let options = judge::Options::default();
        for provider in providers(control) {
            assert_eq!(options.wanted(&[control], provider), Wanted::default(), "{}", control.id);
            for scope in [control.passing(provider), control.failing(provider)] {
                let (started, finished) = (scope.started, scope.finished);
                let snapshot = Snapshot::new("test", started, finished, vec![scope]);
                let findings = judge::judge(&snapshot, &[control], &options);
                let all: Vec<_> = findings.iter().collect();
                assert_eq!(all.len(), 1, "{}", control.id);
                let alone = all[0].subject.is_none();
                assert!(alone && matches!(all[0].outcome, Outcome::NotApplicable(_)));
            }
        }
    }
    assert!(found > 0);
}

#[test]
fn nothing_known_is_neither_pass_nor_failure() {
    for (control, name, world) in worlds() {
        let blank = cut(&hide(&world, |_| true), |_| true);
        for (resource, outcome) in outcomes(control, &blank) {
            let decided = matches!(outcome, Outcome::Pass | Outcome::Fail(_));
            assert!(!decided, "{name}: {resource:?} is {outcome:?}");
        }
    }
}

#[test]
fn what_was_not_read_is_neither_pass_nor_failure() {
    for control in judging() {
        for provider in providers(control) {
            let time = posture_core::time::Time::from_unix(0);
            let mut scope = Scope::unread(provider, "1", "aws", time);
            scope.level = control.passing(provider).level;
            for (_, outcome) in outcomes(control, &scope) {
                assert!(matches!(outcome, Outcome::Unknown(_)), "{}: {outcome:?}", control.id);
            }
        }
    }
}

#[test]
fn where_the_time_is_not_known_no_verdict_hangs_on_it() {
    for (control, name, scope) in worlds() {
        let at = |scope: &Scope, time: &str| {
            let mut scope = scope.clone();
            scope.time_unknown = Some(scope.add_gap(Gap::new("", "", Reason::Undetermined)));
            scope.finished = time.parse().unwrap();
            scope
        };
        let (early, late) =
            (at(&scope, "1990-01-01T00:00:00Z"), at(&scope, "2090-01-01T00:00:00Z"));
        assert_eq!(outcomes(control, &early), outcomes(control, &late), "{name}");
        assert_only_less_certain(control, &scope, &early, &name);
    }
}

#[test]
fn hiding_one_fact_never_reverses_a_verdict() {
    for (control, name, world) in worlds() {
        for fact in control.test.reads {
            let less = hide(&world, |id| id == *fact);
            let what = format!("{name} without {fact}");
            assert_only_less_certain(control, &world, &less, &what);
        }
    }
}

#[test]
fn hiding_any_facts_never_reverses_a_verdict() {
    let mut coin = coin(0x2545_f491_4f6c_dd1d);
    for (control, name, world) in worlds() {
        for _ in 0..cases(40_usize) {
            let hidden: BTreeSet<FactId> =
                control.test.reads.iter().copied().filter(|_| coin()).collect();
            let cut_kinds: BTreeSet<Kind> =
                control.kinds().into_iter().filter(|_| coin()).collect();
            let less = cut(&hide(&world, |id| hidden.contains(&id)), |k| cut_kinds.contains(&k));
            let what = format!("{name} without {hidden:?} and all {cut_kinds:?}");
            assert_only_less_certain(control, &world, &less, &what);
        }
    }
}

/// If nothing could be decided without a list, a list with undecided entries must not pass either.
#[test]
fn what_is_undecided_of_a_list_never_passes() {
    let mut lists = BTreeSet::new();
    for (control, name, world) in worlds() {
        let reads = control.test.reads.iter();
        for (fact, named) in reads.flat_map(|fact| [(fact, None), (fact, Some("999999999999"))]) {
            let Some(open) = leave_open(&world, *fact, named) else { continue };
            lists.insert(*fact);
            let what = format!("{name} with more of {fact}, {named:?}");
            assert_only_less_certain(control, &world, &open, &what);
            let open = outcomes(control, &open);
            for (resource, hidden) in outcomes(control, &hide(&world, |id| id == *fact)) {
                let passes = open.iter().any(|(r, o)| *r == resource && *o == Outcome::Pass);
                let unknown = matches!(hidden, Outcome::Unknown(_));
                assert!(!(unknown && passes), "{what}: {resource:?} passes");
            }
        }
    }
    assert!(lists.len() >= 14, "{lists:?}");
}

#[test]
fn hiding_one_fact_of_one_resource_never_reverses_a_verdict() {
    for (control, name, world) in mixed() {
        for fact in control.test.reads {
            for place in 0..world.population(fact.kind) {
                let less = hide_one(&world, |id, at| id == *fact && at == place);
                let what = format!("{name} without {fact} of {} {place}", fact.kind);
                assert_only_less_certain(control, &world, &less, &what);
                let (before, after) = (outcomes(control, &world), outcomes(control, &less));
                // Flaws that a control does not ask for share one row, which becomes one of a flaw that may be asked for.
                let is_flaw = control.test.check.kind().is_flaw();
                let shared = is_flaw && before.len() + 1 == after.len();
                assert!(shared || before.len() == after.len(), "{what}: a row is gone");
            }
        }
    }
}

#[test]
fn hiding_any_facts_of_any_resources_never_reverses_a_verdict() {
    let mut coin = coin(0x9e37_79b9_7f4a_7c15);
    for (control, name, world) in mixed() {
        for _ in 0..cases(20_usize) {
            let mut hidden = BTreeSet::new();
            let less = hide_one(&world, |id, at| {
                let hides = control.test.reads.contains(&id) && coin();
                if hides {
                    hidden.insert((id, at));
                }
                hides
            });
            let what = format!("{name} without {hidden:?}");
            assert_only_less_certain(control, &world, &less, &what);
        }
    }
}

#[test]
fn an_incomplete_listing_never_reverses_a_verdict() {
    for (control, name, world) in worlds() {
        for kind in control.kinds() {
            let less = cut(&world, |k| k == kind);
            let what = format!("{name} without all {}", kind.many());
            assert_only_less_certain(control, &world, &less, &what);
        }
    }
}

#[test]
fn only_the_facts_named_in_reads_are_read() {
    for (control, name, world) in worlds() {
        let kinds = control.kinds();
        let less = hide(&world, |id| !control.test.reads.contains(&id));
        let less = cut(&less, |kind| !kinds.contains(&kind));
        let (before, after) = (outcomes(control, &world), outcomes(control, &less));
        assert_eq!(before, after, "{name} reads more than it says");
    }
}

#[test]
fn every_failure_carries_evidence_from_what_was_read() {
    for (control, name, world) in worlds() {
        for (_, outcome) in outcomes(control, &world) {
            if let Outcome::Fail(evidence) = outcome {
                assert!(!evidence.is_empty(), "{name}");
                for evidence in &*evidence {
                    let read = control.test.reads.iter().any(|fact| fact.name == evidence.fact);
                    assert!(read, "{name} shows `{}`, which it does not read", evidence.fact);
                    assert!(!evidence.found.is_empty() && !evidence.expected.is_empty(), "{name}");
                }
            }
        }
    }
}

#[test]
fn ids_match_paths_and_are_sorted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/controls");
    let mut paths = BTreeSet::new();
    for area in std::fs::read_dir(&folder).unwrap() {
        let area = area.unwrap();
        if !area.file_type().unwrap().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(area.path()).unwrap() {
            let file = file.unwrap().path();
            let condition = file.file_stem().unwrap().to_string_lossy();
            let area = area.file_name();
            let id = format!("{}.{condition}", area.to_string_lossy()).replace('_', "-");
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.contains(&format!("id: \"{id}\"")), "{} holds another id", file.display());
            paths.insert(id);
        }
    }
    let ids: Vec<&str> = controls::ALL.iter().map(|control| control.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b));
    assert_eq!(paths, ids.iter().map(|&id| id.to_owned()).collect());
}

#[test]
fn the_metadata_is_whole() {
    for control in controls::ALL {
        let id = control.id;
        let plain = |text: &str| !text.is_empty() && text.trim() == text && !text.contains('\n');
        assert!(plain(control.title) && control.title.chars().count() <= 72, "{id}: title");
        assert!(!control.title.ends_with('.'), "{id}: title");
        assert!(plain(control.rationale) && control.rationale.ends_with('.'), "{id}: rationale");
        assert!(!control.references.is_empty(), "{id}: references");
        assert!(control.references.iter().all(|r| r.starts_with("https://")), "{id}: references");
        assert!(!control.test.reads.is_empty(), "{id}: reads");
        let reads: BTreeSet<_> = control.test.reads.iter().collect();
        assert_eq!(reads.len(), control.test.reads.len(), "{id} reads a fact twice");
        assert!(providers(control).next().is_some(), "{id}: no remedy for any provider");
        for (provider, remedy) in control.remediation {
            assert!(plain(remedy.text) && remedy.text.ends_with('.'), "{id}: remedy on {provider}");
            assert!(
                plain(remedy.console) && plain(remedy.command.line()),
                "{id}: remedy on {provider}"
            );
        }
        let mut params: Vec<&str> = control.test.params.iter().map(|param| param.name()).collect();
        params.sort_unstable();
        assert!(params.windows(2).all(|pair| pair[0] != pair[1]), "{id}: params");
        assert!(control.test.params.iter().all(|param| plain(param.doc())), "{id}: params");
    }
}

/// The controls that show nothing of any requirement of a framework: they are there for the rows of benchmarks.
const NOT_IN: &[(&str, &str)] = &[
    // That a key will be deleted does not show that keys are not destroyed when they are no longer needed.
    ("ccm-4.1", "keys.pending-deletion"),
    // Support cases are not how adverse events are found or reported.
    ("csf-2.0", "identity.support-role"),
    ("ccm-4.1", "identity.support-role"),
    // The named networks alone authenticate no one.
    ("csf-2.0", "identity.trusted-networks"),
    // It passes where the firewall lets more through.
    ("csf-2.0", "storage.trusted-services"),
    ("ccm-4.1", "storage.trusted-services"),
];

#[test]
fn mappings_are_honest() {
    for control in controls::ALL {
        let id = control.id;
        let all = control.mappings();
        let of = |framework: &str| all.iter().any(|m| m.requirement.framework().id == framework);
        let excused =
            |framework| NOT_IN.iter().any(|(of, control)| (*of, *control) == (framework, id));
        for framework in ["csf-2.0", "ccm-4.1"] {
            assert_ne!(of(framework), excused(framework), "{id} in {framework}");
        }
        assert!(!all.is_empty(), "{id} maps to nothing");
        let named: BTreeSet<_> = control.satisfies.iter().map(|m| m.requirement).collect();
        assert_eq!(named.len(), control.satisfies.len(), "{id} maps to a requirement twice");
        for mapping in control.satisfies {
            let requirement = mapping.requirement.get();
            let name = mapping.requirement;
            let class = requirement.class;
            assert_ne!(class, Some(Class::Organizational), "{id} maps to {name}");
            // What is in a file of a node, a control may support from what pods show, and decides nothing of.
            let decides = mapping.strength != Strength::Supporting;
            assert!(!(class == Some(Class::Node) && decides), "{id} claims to decide {name}");
            // What an interface shows in part only, no control can decide.
            let whole = class == Some(Class::Partial) && mapping.strength == Strength::Full;
            assert!(!whole, "{id} claims to decide {name}");
        }
    }
}

/// The kinds that are a provider's own tools, so that another product may do what they do.
const TOOLS: &[Kind] = &[Kind::Detector, Kind::Recorder, Kind::FindingHub, Kind::Analyzer];

/// What asks for a setting of the provider's tool and not whether it is on.
const SETTINGS_OF_TOOLS: &[(&str, &str)] = &[("detection.update-checks", "mcsb-1:PV-6")];

/// Where another product may do what a provider's tool does, its being off shows nothing.
#[test]
fn another_tool_may_be_declared_where_a_control_asks_for_that_of_the_provider() {
    for control in controls::ALL {
        if !TOOLS.contains(&control.test.check.kind()) {
            continue;
        }
        for mapping in control.satisfies {
            let row = mapping.requirement.to_string();
            let part = mapping.strength == Strength::Partial && !mapping.is_literal();
            if part && !SETTINGS_OF_TOOLS.contains(&(control.id, row.as_str())) {
                assert!(mapping.tool().is_some(), "{}: {row}", control.id);
            }
        }
    }
}

/// A failure that decides says why it does, and not with the same words as the title.
#[test]
fn what_decides_says_why() {
    for control in controls::ALL {
        for mapping in control.satisfies {
            let decides = mapping.strength != Strength::Supporting;
            assert_eq!(mapping.because().is_some(), decides, "{} {:?}", control.id, mapping);
            let because = mapping.because().unwrap_or_default();
            assert!(
                !because.ends_with('.') && !because.contains("  "),
                "{}: {because}",
                control.id
            );
            assert!(!because.eq_ignore_ascii_case(control.title), "{}", control.id);
        }
    }
}

/// A type whose existence matters is one that the collectors look for.
#[test]
fn conditions_can_be_answered() {
    let mappings = controls::ALL.iter().flat_map(|control| control.satisfies);
    for of in mappings.flat_map(Mapping::condition) {
        match of {
            ResourceType::Arm(name) => {
                let name = name.to_ascii_lowercase();
                assert!(presence::OF_AZURE.contains(&name.as_str()), "{name}");
            }
            ResourceType::Listed(_) => {}
            ResourceType::Arn(..) => panic!("{of}: nothing says whether there is one"),
        }
    }
}

/// One alternative is none.
#[test]
fn alternatives_are_several() {
    let mut groups: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for mapping in controls::ALL.iter().flat_map(|control| control.satisfies) {
        if let Some(group) = mapping.alternatives() {
            *groups.entry((mapping.requirement.to_string(), group.0)).or_default() += 1;
        }
    }
    assert!(!groups.is_empty());
    for ((requirement, group), members) in groups {
        assert!(members > 1, "{requirement}: {group}");
    }
}

/// The frameworks whose rows are settings by the letter, many of them with a number.
const BENCHMARKS: &[&str] = &[
    "aws-fsbp",
    "cis-aks-1.8",
    "cis-aws-7.0",
    "cis-azure-6.0",
    "cis-docker-1.8",
    "cis-eks-1.8",
    "cis-kubernetes-2.0",
];

#[test]
fn the_benchmarks_are_known() {
    let all = frameworks::all().iter().filter(|framework| framework.benchmark);
    let known: BTreeSet<&str> = all.map(|framework| framework.id).collect();
    assert_eq!(known, BENCHMARKS.iter().copied().collect());
}

/// Thresholds that a row of a benchmark leaves to the user, with the reason.
const LEFT_TO_THE_USER: &[(&str, &str, &str)] = &[
    // Who needs to administer the cluster only its owner knows; the rows name no subjects.
    ("cis-aks-1.8:4.1.1", "identity.cluster-full-admin", "administrators"),
    ("cis-eks-1.8:4.1.1", "identity.cluster-full-admin", "administrators"),
    ("cis-kubernetes-2.0:5.1.1", "identity.cluster-full-admin", "administrators"),
    // Which registries are approved is the user's decision; the rows name none.
    ("cis-aks-1.8:5.1.4", "workloads.image-registries", "allowed-registries"),
    // Whom a policy may exclude, such as emergency accounts, is the customer's decision; the requirement names no number.
    ("cis-azure-6.0:5.1.2", "identity.device-registration-mfa", "accepted-exclusions"),
    // Which subscriptions hold nothing of production no interface shows; the row is about production.
    ("cis-azure-6.0:6.1.5", "resilience.basic-tiers", "not-production"),
    // Where an HSM is required no interface shows; the row is about what the user requires.
    ("cis-azure-6.0:8.3.10", "keys.managed-hsm", "required-in"),
    ("cis-docker-1.8:4.2", "images.registry", "allowed-registries"),
    // Whether a paid support is used only the user knows; the row names none.
    ("cis-docker-1.8:4.4", "images.os-support", "extended-support"),
    ("cis-eks-1.8:5.1.4", "workloads.image-registries", "allowed-registries"),
];

/// A row with a number is decided by the row's own number, whatever the user sets.
#[test]
fn a_row_with_a_number_names_it() {
    let mut left = BTreeSet::new();
    for control in controls::ALL {
        for mapping in control.satisfies {
            let (id, row) = (control.id, mapping.requirement.to_string());
            for asked in mapping.asked() {
                let param = control.test.params.iter().find(|param| param.name() == asked.name());
                let param = param.unwrap_or_else(|| panic!("{id} has no {}", asked.name()));
                assert!(param.accepts(&asked.value()), "{id}: {row}");
            }
            if let Some(check) = mapping.check() {
                assert_eq!(check.kind(), control.test.check.kind(), "{id}: {row}");
                continue;
            }
            let benchmark = BENCHMARKS.contains(&mapping.requirement.framework().id);
            let decides = mapping.strength != Strength::Supporting && benchmark;
            if !decides && mapping.strength != Strength::Full {
                continue;
            }
            for param in control.test.params {
                if !mapping.asked().any(|asked| asked.name() == param.name()) {
                    left.insert((row.clone(), id, param.name()));
                }
            }
        }
    }
    let known: BTreeSet<_> =
        LEFT_TO_THE_USER.iter().map(|(row, id, param)| ((*row).to_owned(), *id, *param)).collect();
    assert_eq!(left, known, "say what the row asks, or why it leaves it to the user");
}

/// Neither a looser nor a stricter threshold moves a row that has a number, on any world.
#[test]
fn no_threshold_moves_a_row_with_a_number() {
    let mut rows = 0;
    for control in controls::ALL {
        let mapping_asks = |mapping: &Mapping| mapping.asked().next().is_some();
        if !control.satisfies.iter().any(mapping_asks) {
            continue;
        }
        for provider in providers(control) {
            for world in [control.passing(provider), control.failing(provider)] {
                let wanted = tallies(control, &world, &Params::default());
                for extreme in [0, 1, 7, 30, 3650, u32::MAX] {
                    let mut params = Params::default();
                    for param in control.test.params {
                        let value = match param {
                            Param::Days(_) | Param::Count(_) => Value::Number(extreme),
                            Param::Names(_) if extreme < 30 => Value::Names(vec![]),
                            Param::Names(_) | Param::Given(_) => {
                                Value::Names(vec!["other".to_owned()])
                            }
                        };
                        params.set(control, param.name(), value).unwrap();
                    }
                    assert_eq!(
                        tallies(control, &world, &params),
                        wanted,
                        "{} {extreme}",
                        control.id
                    );
                    rows += wanted.len();
                }
            }
        }
    }
    assert!(rows > 100, "{rows}");
}

/// What became of a control as each row that has a number asks.
fn tallies(control: &'static Control, world: &Scope, params: &Params) -> Vec<(String, Tally)> {
    let snapshot = Snapshot::new("test", world.started, world.finished, vec![world.clone()]);
    let options = judge::Options { params: params.clone(), ..judge::Options::default() };
    let report = roll_up(judge::judge(&snapshot, &[control], &options), frameworks::all());
    let asks = |row: &str| {
        let mut all = control.satisfies.iter();
        all.any(|m| m.requirement.to_string() == row && m.asked().next().is_some())
    };
    let mut all = Vec::new();
    for framework in &report.frameworks {
        for row in &framework.requirements {
            let name = format!("{}:{}", framework.framework.id, row.requirement.id);
            if asks(&name) {
                assert_eq!(row.controls.len(), 1);
                all.push((name, row.controls[0].tally));
            }
        }
    }
    all
}
