//! Laws about the states of requirements, over the mappings of the whole catalogue.
#![allow(clippy::unwrap_used, reason = "a test that panics fails")]

use std::collections::BTreeMap;

use posture_core::control::Control;
use posture_core::controls;
use posture_core::fact::Known;
use posture_core::frameworks::{self, ResourceType, Strength};
use posture_core::gap::{Gap, GapId, Reason};
use posture_core::judge::{self, Options};
use posture_core::presence;
use posture_core::provider::Provider;
use posture_core::report::{State, roll_up};
use posture_core::resource::{Account, FactId, Kind, Resource};
use posture_core::scope::{Scope, VisitMut};
use posture_core::snapshot::Snapshot;
use posture_core::tools::{Purpose, Tools};

/// The control with those that may hold in its place.
fn with_alternatives(control: &'static Control) -> Vec<&'static Control> {
    let groups: Vec<_> = control
        .satisfies
        .iter()
        .filter_map(|mapping| Some((mapping.requirement, mapping.alternatives()?)))
        .collect();
    let shares = |other: &&&'static Control| {
        other.satisfies.iter().any(|mapping| {
            mapping.alternatives().is_some_and(|any| groups.contains(&(mapping.requirement, any)))
        })
    };
    let others = controls::ALL.iter().filter(shares).filter(|other| other.id != control.id);
    std::iter::once(control).chain(others.copied()).collect()
}

/// The state of each requirement that the controls map to.
fn states(
    scope: &Scope,
    controls: &[&'static Control],
    tools: &Tools,
) -> BTreeMap<String, (State, Strength)> {
    let snapshot = Snapshot::new("test", scope.started, scope.finished, vec![scope.clone()]);
    let options = Options { tools: tools.clone(), ..Options::default() };
    // SP 800-53 follows from the CSF as supporting, with a thousand rows.
    let all: Vec<_> =
        frameworks::all().iter().filter(|of| of.id != "nist-800-53-r5").copied().collect();
    let report = roll_up(judge::judge(&snapshot, controls, &options), &all);
    let mut all = BTreeMap::new();
    for framework in &report.frameworks {
        for row in framework.requirements.iter().filter(|row| !row.controls.is_empty()) {
            let strongest = row.controls.iter().map(|bearing| bearing.strength).max().unwrap();
            let name = format!("{}:{}", framework.framework.id, row.requirement.id);
            all.insert(name, (row.state, strongest));
        }
    }
    all
}

/// Worlds in which a control passes and fails, where every type of resource is there, and where none is.
fn worlds(control: &Control) -> Vec<Scope> {
    let mut all = Vec::new();
    for provider in Provider::ALL.iter().filter(|provider| control.judges(**provider)) {
        for world in [control.passing(*provider), control.failing(*provider)] {
            for there in [true, false] {
                let mut world = world.clone();
                let types = presence::OF_AZURE.iter().map(|of| ((*of).to_owned(), there));
                world.account.resource_types = Known(types.collect());
                all.push(world);
            }
        }
    }
    all
}

/// Puts a gap in place of a fact, on every resource.
fn hide(scope: &Scope, fact: FactId) -> Scope {
    struct Hide(GapId, FactId);
    impl VisitMut for Hide {
        fn resources<R: Resource>(&mut self, resources: &mut [R], _: Option<&mut Vec<GapId>>) {
            for resource in resources.iter_mut().filter(|_| R::KIND == self.1.kind) {
                resource.hide(self.1.name, self.0);
            }
        }
    }
    let mut scope = scope.clone();
    let gap = scope.add_gap(Gap::new("test:Denied", "", Reason::Denied));
    scope.visit_mut(&mut Hide(gap, fact));
    scope
}

/// Says of no kind any longer that its list is complete.
fn cut(scope: &Scope, kind: Kind) -> Scope {
    struct Cut(GapId, Kind);
    impl VisitMut for Cut {
        fn resources<R: Resource>(&mut self, _: &mut [R], gaps: Option<&mut Vec<GapId>>) {
            if let Some(gaps) = gaps.filter(|_| R::KIND == self.1) {
                gaps.push(self.0);
            }
        }
    }
    let mut scope = scope.clone();
    let gap = scope.add_gap(Gap::new("test:Denied", "", Reason::Denied));
    scope.visit_mut(&mut Cut(gap, kind));
    scope
}

/// Where less is known, the state of a requirement is as before, or undecided.
#[test]
fn hiding_a_fact_never_improves_a_requirement() {
    let mut moved = 0;
    for control in controls::ALL {
        let chosen = with_alternatives(control);
        let conditions = || control.satisfies.iter().flat_map(|mapping| mapping.condition());
        for world in worlds(control) {
            let whole = states(&world, &chosen, &Tools::default());
            let facts = control.test.reads.iter().copied().chain([Account::RESOURCE_TYPES]);
            let kinds = conditions().filter_map(|of| match of {
                ResourceType::Listed(kind) => Some(*kind),
                ResourceType::Arn(..) | ResourceType::Arm(_) => None,
            });
            let less = facts.map(|fact| (fact.to_string(), hide(&world, fact)));
            let cuts = kinds.map(|kind| (kind.to_string(), cut(&world, kind)));
            for (what, less) in less.chain(cuts) {
                for (name, (state, _)) in states(&less, &chosen, &Tools::default()) {
                    let (before, _) = whole[&name];
                    let open = state == State::Indeterminate;
                    assert!(
                        state == before || open,
                        "{} {what} {name}: {before} {state}",
                        control.id
                    );
                    moved += usize::from(state != before);
                }
            }
        }
    }
    assert!(moved > 1_000, "{moved}");
}

/// A declared tool makes mappings supporting, and changes no row that asks for a setting by the letter.
#[test]
fn a_declared_tool_moves_no_row_of_a_benchmark() {
    let mut tools = Tools::default();
    for purpose in Purpose::ALL {
        tools.declare(*purpose, "product").unwrap();
    }
    let mut moved = 0;
    for control in controls::ALL {
        let chosen = with_alternatives(control);
        let of = |name: &str| {
            let all = control.satisfies.iter();
            all.clone().find(|mapping| mapping.requirement.to_string() == name)
        };
        for world in worlds(control) {
            let plain = states(&world, &chosen, &Tools::default());
            for (name, (state, strength)) in states(&world, &chosen, &tools) {
                let (before, strongest) = plain[&name];
                if of(&name).is_some_and(|mapping| mapping.is_literal()) {
                    assert_eq!((state, strength), (before, strongest), "{} {name}", control.id);
                }
                if of(&name).is_some_and(|mapping| mapping.tool().is_some()) && chosen.len() == 1 {
                    assert_eq!(strength, Strength::Supporting, "{} {name}", control.id);
                    assert_ne!(state, State::NotMet, "{} {name}", control.id);
                }
                moved += usize::from(state != before);
            }
        }
    }
    assert!(moved > 10, "{moved}");
}
