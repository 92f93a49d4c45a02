//! What the tests of controls need.

use crate::control::{CheckResult, Context, Control, Undecided, Verdict};
use crate::fact::Fact;
use crate::gap::{Gap, GapId, Reason};
use crate::params::{Params, Value};
use crate::provider::Provider;
use crate::resource::{FactId, Resource};
use crate::scope::{Scope, VisitMut};

/// A gap that every scope of [`world`] has: a denied call.
pub(crate) fn denied<T>() -> Fact<T> {
    Fact::Gap(DENIED)
}

/// The number of the gap behind [`denied`].
pub(crate) const DENIED: GapId = GapId::new(2);

/// A scope in which everything was read and nothing exists, except what `fill` adds, judged on the day of the
/// examples.
pub(crate) fn world(fill: impl FnOnce(&mut Scope)) -> Scope {
    let mut scope = Scope::empty(Provider::Aws, "123456789012");
    scope.started = crate::control::EXAMPLE_TIME();
    scope.finished = scope.started;
    assert_eq!(scope.add_gap(Gap::new("test:Denied", "", Reason::Denied)), DENIED);
    fill(&mut scope);
    scope
}

/// The world of the control's example that passes, with these facts of its resources set otherwise.
pub(crate) fn but(
    control: &Control,
    facts: impl IntoIterator<Item = (FactId, Fact<serde_json::Value>)>,
) -> impl FnOnce(&mut Scope) {
    struct Change(Vec<(FactId, Fact<serde_json::Value>)>);
    impl VisitMut for Change {
        fn resources<R: Resource>(&mut self, resources: &mut [R], _: Option<&mut Vec<GapId>>) {
            for (id, fact) in self.0.iter().filter(|(id, _)| id.kind == R::KIND) {
                assert!(!resources.is_empty(), "no resource has {id}");
                for resource in &mut *resources {
                    let is_there = match fact {
                        Fact::Known(value) => resource.set(id.name, value.clone()).unwrap(),
                        Fact::NotOffered => resource.withdraw(id.name),
                        Fact::Gap(gap) => resource.hide(id.name, *gap),
                    };
                    assert!(is_there, "{id}");
                }
            }
        }
    }
    let pass = control.test.examples.pass;
    let mut change = Change(facts.into_iter().collect());
    move |scope| {
        pass(scope);
        scope.visit_mut(&mut change);
    }
}

/// The outcomes of the control for each resource of its kind in the world, and for what is missing from the listing. What
/// has no default has the value of its example.
pub(crate) fn judged(control: &Control, scope: &Scope) -> Vec<CheckResult> {
    let examples = control.test.params.iter();
    let params: Vec<_> =
        examples.filter_map(|param| Some((param.name(), param.example()?))).collect();
    judged_with(control, scope, &params)
}

/// The same with thresholds.
pub(crate) fn judged_with(
    control: &Control,
    scope: &Scope,
    params: &[(&'static str, Value)],
) -> Vec<CheckResult> {
    let context = Context::new(scope, params);
    let mut all = Vec::new();
    control.test.check.run(&context, |_, judged| {
        // A single scope has no other to ask.
        let asked = context.take_ask(&judged);
        all.push(asked.map_or(judged, |ask| ask.otherwise));
    });
    all.extend(
        scope
            .listing_gaps(control.test.check.kind())
            .iter()
            .map(|gap| Err(Undecided::Unknown(*gap))),
    );
    all
}

/// What decides a requirement, such as `cis-aws-7.0:2.12`, of each resource of the control's kind in the world.
pub(crate) fn row_of(
    control: &Control,
    requirement: &str,
    fill: impl FnOnce(&mut Scope),
) -> Vec<CheckResult> {
    let scope = world(fill);
    let mapping = control
        .satisfies
        .iter()
        .find(|mapping| mapping.requirement.to_string() == requirement)
        .unwrap_or_else(|| panic!("{} does not map to {requirement}", control.id));
    let params = Params::default().apart(control, mapping).unwrap_or_default();
    let context = Context::new(&scope, &params);
    let mut all = Vec::new();
    mapping.check().unwrap_or(control.test.check).run(&context, |_, judged| all.push(judged));
    all
}

/// Every resource of the control's kind passes, and there is one.
#[track_caller]
pub(crate) fn assert_passes(control: &Control, fill: impl FnOnce(&mut Scope)) {
    let all = judged(control, &world(fill));
    assert!(!all.is_empty() && all.iter().all(|j| *j == Ok(Verdict::Pass)), "{all:?}");
}

/// Some resource of the control's kind fails, with evidence.
#[track_caller]
pub(crate) fn assert_fails(control: &Control, fill: impl FnOnce(&mut Scope)) {
    let all = judged(control, &world(fill));
    let fails = |j: &CheckResult| matches!(j, Ok(Verdict::Fail(evidence)) if !evidence.is_empty());
    assert!(all.iter().any(fails), "{all:?}");
}

/// Some resource of the control's kind is unknown, and none fails.
#[track_caller]
pub(crate) fn assert_unknown(control: &Control, fill: impl FnOnce(&mut Scope)) {
    let all = judged(control, &world(fill));
    assert!(all.iter().any(|j| matches!(j, Err(Undecided::Unknown(_)))), "{all:?}");
    assert!(!all.iter().any(|j| matches!(j, Ok(Verdict::Fail(_)))), "{all:?}");
}

/// The control concerns no resource of the world.
#[track_caller]
#[allow(dead_code, reason = "for the controls that come")]
pub(crate) fn assert_not_applicable(control: &Control, fill: impl FnOnce(&mut Scope)) {
    let all = judged(control, &world(fill));
    let outside =
        |j: &CheckResult| matches!(j, Ok(Verdict::NotApplicable(_)) | Err(Undecided::NotOffered));
    assert!(all.iter().all(outside), "{all:?}");
}
