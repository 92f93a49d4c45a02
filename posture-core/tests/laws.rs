//! Laws that hold for every control, checked mechanically over its two example worlds: there is nothing in here about
//! any one control, and a new one is covered by existing.

use std::collections::BTreeSet;
use std::path::Path;

use posture_core::control::Control;
use posture_core::controls;
use posture_core::frameworks::{Class, Strength};
use posture_core::gap::{Gap, GapId, Reason};
use posture_core::judge::{self, Outcome};
use posture_core::provider::Provider;
use posture_core::resource::{FactId, Kind, Resource};
use posture_core::scope::{Scope, VisitMut};
use posture_core::snapshot::Snapshot;

/// What became of a control, resource by resource; none for the listing as a whole.
fn outcomes(control: &'static Control, scope: &Scope) -> Vec<(Option<String>, Outcome)> {
    let (started, finished) = (scope.started, scope.finished);
    let snapshot = Snapshot::new("test", started, finished, vec![scope.clone()]);
    let findings = judge::judge(&snapshot, &[control], &judge::Options::default());
    findings
        .iter()
        .map(|finding| (finding.subject.map(|s| s.id.to_owned()), finding.outcome.clone()))
        .collect()
}

fn providers(control: &Control) -> impl Iterator<Item = Provider> {
    Provider::ALL.iter().copied().filter(|provider| control.judges(*provider))
}

/// Every example world, with a name for messages.
fn worlds() -> Vec<(&'static Control, String, Scope)> {
    let mut worlds = Vec::new();
    for control in controls::ALL {
        for provider in providers(control) {
            let pass = control.passing(provider);
            worlds.push((*control, format!("{} passing on {provider}", control.id), pass));
            let fail = control.failing(provider);
            worlds.push((*control, format!("{} failing on {provider}", control.id), fail));
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
    for control in controls::ALL {
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
fn nobody_asked_is_neither_pass_nor_failure() {
    for control in controls::ALL {
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
        for fact in control.reads {
            let less = hide(&world, |id| id == *fact);
            let what = format!("{name} without {fact}");
            assert_only_less_certain(control, &world, &less, &what);
        }
    }
}

#[test]
fn hiding_any_facts_never_reverses_a_verdict() {
    // A fixed sequence, so that a failure can be repeated.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut coin = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state & 4 == 0
    };
    for (control, name, world) in worlds() {
        for _ in 0..40 {
            let hidden: BTreeSet<FactId> =
                control.reads.iter().copied().filter(|_| coin()).collect();
            let cut_kinds: BTreeSet<Kind> =
                control.kinds().into_iter().filter(|_| coin()).collect();
            let less = cut(&hide(&world, |id| hidden.contains(&id)), |k| cut_kinds.contains(&k));
            let what = format!("{name} without {hidden:?} and all {cut_kinds:?}");
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
        let less = hide(&world, |id| !control.reads.contains(&id));
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
                    let read = control.reads.iter().any(|fact| fact.name == evidence.fact);
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
            let condition = file.file_stem().unwrap().to_string_lossy().replace('_', "-");
            let id = format!("{}.{condition}", area.file_name().to_string_lossy());
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
        assert!(!control.reads.is_empty(), "{id}: reads");
        let reads: BTreeSet<_> = control.reads.iter().collect();
        assert_eq!(reads.len(), control.reads.len(), "{id} reads a fact twice");
        assert!(providers(control).next().is_some(), "{id}: no remedy for any provider");
        for (provider, remedy) in control.remediation {
            assert!(plain(remedy.text) && remedy.text.ends_with('.'), "{id}: remedy on {provider}");
            assert!(plain(remedy.console) && plain(remedy.command), "{id}: remedy on {provider}");
        }
        let mut params: Vec<&str> = control.params.iter().map(|param| param.name()).collect();
        params.sort_unstable();
        assert!(params.windows(2).all(|pair| pair[0] != pair[1]), "{id}: params");
        assert!(control.params.iter().all(|param| plain(param.doc())), "{id}: params");
    }
}

#[test]
fn mappings_are_honest() {
    for control in controls::ALL {
        let id = control.id;
        let all = control.mappings();
        let of = |framework: &str| all.iter().any(|m| m.requirement.framework().id == framework);
        assert!(of("csf-2.0"), "{id} maps to no CSF subcategory");
        assert!(of("ccm-4.1"), "{id} maps to no CCM control");
        let named: BTreeSet<_> = control.satisfies.iter().map(|m| m.requirement).collect();
        assert_eq!(named.len(), control.satisfies.len(), "{id} maps to a requirement twice");
        for mapping in control.satisfies {
            let requirement = mapping.requirement.get();
            let name = mapping.requirement;
            let class = requirement.class;
            assert_ne!(class, Some(Class::Organisational), "{id} maps to {name}");
            // What an interface shows in part only, no control can decide.
            let whole = class == Some(Class::Partial) && mapping.strength == Strength::Full;
            assert!(!whole, "{id} claims to decide {name}");
        }
    }
}
