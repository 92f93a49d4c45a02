//! The security benchmark of Azure as a set of policies: whether it is assigned, and what of it is switched off.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, Reason};
use posture_model::part::Part;

use super::body::{Body, Misfit, Read, View, same, senseless, word};
use super::context::Subscription;
use crate::client::{Items, Question, RateLimit};
use crate::entry::{Action, SUBSCRIPTION, SWITCHED_OFF};
use posture_model::resource::Account;

pub(crate) const ASSIGNMENTS: Action = Action {
    name: "Microsoft.Authorization/policyAssignments/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[],
    fills: &[Account::BENCHMARK_DISABLED],
    command: "az policy assignment list --disable-scope-strict-match",
};

pub(crate) const DEFINITION: Action = Action {
    name: "Microsoft.Authorization/policySetDefinitions/read",
    own: &[],
    per: SWITCHED_OFF,
    lists: &[],
    fills: &[Account::BENCHMARK_DISABLED],
    command: "az policy set-definition show --name 1f3afdf9-d0c9-4c3d-847f-89da613e70a8",
};

/// The [Microsoft cloud security benchmark](https://learn.microsoft.com/en-us/azure/governance/policy/samples/azure-security-benchmark),
/// which has the same ID in every tenant.
const BENCHMARK: &str =
    "/providers/Microsoft.Authorization/policySetDefinitions/1f3afdf9-d0c9-4c3d-847f-89da613e70a8";

/// The most names that are kept.
const MOST: usize = 100;

/// Reads which policies of the benchmark were disabled.
pub(crate) async fn collect(audit: &Subscription<'_>) -> Part {
    let disabled = disabled(audit).await;
    Part::account(|account| account.benchmark_disabled(disabled))
}

/// The disabled ones of the policies that are still current; none if the benchmark is not assigned to the
/// subscription or above it.
///
/// A policy is switched off where every assignment of the benchmark does so. What the benchmark itself leaves off is
/// its author's choice.
async fn disabled(audit: &Subscription<'_>) -> Fact<Option<Vec<String>>> {
    if !audit.calls(&ASSIGNMENTS) {
        return Fact::not_collected();
    }
    // What is assigned to the subscription and above it, but not what is assigned within.
    let path = "providers/Microsoft.Authorization/policyAssignments?$filter=atScope()&api-version=2024-04-01";
    let Items { items, refused } = audit.list(ASSIGNMENTS.name, path).await;
    if let Some(refused) = refused {
        return audit.ask.unknown(refused.gap);
    }
    let mut all: Vec<Fact<Switched>> = Vec::new();
    for item in &items {
        let id = word(item, "id").unwrap_or_default();
        let body = Body { ask: audit.ask, action: ASSIGNMENTS.name, id, value: item };
        if !body.is_resource() {
            // It may be that of the benchmark.
            all.push(audit.ask.unknown(senseless(ASSIGNMENTS.name, id)));
            continue;
        }
        match body.need("properties.policyDefinitionId", View::text) {
            Known(of) if same(of, BENCHMARK) => all.extend(assignment(audit, &body)),
            Known(_) | Fact::NotOffered => {}
            Fact::Gap(gap) => all.push(Fact::Gap(gap)),
        }
    }
    if all.is_empty() {
        return Known(None);
    }
    // One assignment with everything on is enough, whatever the others do.
    if all.iter().any(|one| matches!(one, Known(one) if one.is_nothing())) {
        return Known(Some(Vec::new()));
    }
    let mut known = Vec::new();
    for one in all {
        match one {
            Known(one) => known.push(one),
            Fact::NotOffered => {}
            Fact::Gap(gap) => return Fact::Gap(gap),
        }
    }
    current(audit, &known).await
}

/// What an assignment switches off.
#[derive(Debug, Default)]
struct Switched {
    /// Parameters of the set that hold the effect of a policy.
    parameters: BTreeSet<String>,
    /// Policies of the set, by their reference.
    references: BTreeSet<String>,
    /// Every policy but these.
    all_but: Option<BTreeSet<String>>,
}

impl Switched {
    fn is_nothing(&self) -> bool {
        self.parameters.is_empty() && self.references.is_empty() && self.all_but.is_none()
    }
}

/// What an assignment of the benchmark disables; none if it does not apply to the subscription.
fn assignment(audit: &Subscription<'_>, body: &Body<'_>) -> Option<Fact<Switched>> {
    let undetermined = |why: &str| {
        let mut gap = Gap::new(ASSIGNMENTS.name, body.id, Reason::Undetermined);
        gap.detail = Some(why.to_owned());
        Some(audit.ask.unknown(gap))
    };
    let own = format!("/subscriptions/{}", audit.id);
    match body.texts("properties.notScopes") {
        Known(scopes) => {
            let mut scopes = scopes.iter();
            if scopes.clone().any(|scope| same(scope.trim_end_matches('/'), &own)) {
                return None;
            }
            if scopes.any(|scope| scope.to_ascii_lowercase().contains("/managementgroups/")) {
                return undetermined(
                    "it excludes management groups that may contain the subscription",
                );
            }
        }
        Fact::NotOffered => {}
        Fact::Gap(gap) => return Some(Fact::Gap(gap)),
    }
    match body.list("properties.resourceSelectors") {
        Known([]) => {}
        Known(_) => return undetermined("it applies to some resources only"),
        Fact::NotOffered => {}
        Fact::Gap(gap) => return Some(Fact::Gap(gap)),
    }
    let mut switched = Switched::default();
    match off_by_parameter(body.view()) {
        Ok(off) => switched.parameters = off,
        Err(Misfit(path)) => return Some(body.malformed(&path)),
    }
    match off_by_override(body.view(), &mut switched) {
        Ok(true) => {}
        Ok(false) => return undetermined("an override has an unknown selector"),
        Err(Misfit(path)) => return Some(body.malformed(&path)),
    }
    Some(Known(switched))
}

/// The parameters of an assignment that disable a policy. Their values have the types that the definition gives them; an
/// effect is text.
fn off_by_parameter(assignment: View<'_>) -> Read<BTreeSet<String>> {
    let mut off = BTreeSet::new();
    for (name, value) in assignment.object("properties.parameters")?.into_iter().flatten() {
        let misfit = || Misfit(format!("properties.parameters.{name}"));
        // Each is an object with a value.
        let value = View(value).need("value", View::at).map_err(|_| misfit())?;
        match value.as_str() {
            Some(value) if same(value, "Disabled") => off.insert(name.to_ascii_lowercase()),
            // One that should be an effect, and is none, may switch something off or not.
            None if name.to_ascii_lowercase().ends_with("effect") => return Err(misfit()),
            _ => continue,
        };
    }
    Ok(off)
}

/// Adds what [overrides](https://learn.microsoft.com/en-us/azure/governance/policy/concepts/assignment-structure#overrides)
/// switch off; false where the selectors of one are not known.
fn off_by_override(assignment: View<'_>, switched: &mut Switched) -> Read<bool> {
    for value in assignment.items("properties.overrides")? {
        let of_effect = same(value.need("kind", View::text)?, "policyEffect");
        if !of_effect || !same(value.need("value", View::text)?, "Disabled") {
            continue;
        }
        let selectors = value.items("selectors")?;
        if selectors.is_empty() {
            switched.all_but = Some(BTreeSet::new());
        }
        for selector in selectors {
            if !same(selector.need("kind", View::text)?, "policyDefinitionReferenceId") {
                return Ok(false);
            }
            let names = |name: &str| -> Read<Option<BTreeSet<String>>> {
                let words = selector.words(name)?;
                Ok(words.map(|all| all.iter().map(|name| name.to_ascii_lowercase()).collect()))
            };
            match (names("in")?, names("notIn")?) {
                (Some(these), None) => switched.references.extend(these),
                (None, Some(but)) => switched.all_but = Some(but),
                _ => return Ok(false),
            }
        }
    }
    Ok(true)
}

/// Requests the set itself, to distinguish policies that are still current from deprecated ones.
async fn current(audit: &Subscription<'_>, all: &[Switched]) -> Fact<Option<Vec<String>>> {
    let path = format!("{BENCHMARK}?api-version=2023-04-01");
    let lane = RateLimit::Subscription(audit.id.to_owned());
    let question =
        Question { action: DEFINITION.name, target: BENCHMARK, lane: &lane, path: &path };
    let answer = match audit.ask.get(question).await {
        Ok(answer) => answer,
        Err(refused) => return audit.ask.unknown(refused.gap),
    };
    let set = Body { ask: audit.ask, action: DEFINITION.name, id: BENCHMARK, value: &answer };
    set.fact(off_in(set.view(), all))
}

/// What of a set is switched off by every one of its assignments.
fn off_in(set: View<'_>, all: &[Switched]) -> Read<Option<Vec<String>>> {
    let mut given_up = BTreeMap::new();
    for (name, parameter) in set.need("properties.parameters", View::object)? {
        let deprecated = View(parameter).flag("metadata.deprecated")?;
        given_up.insert(name.to_ascii_lowercase(), (name, deprecated == Some(true)));
    }
    let mut off = BTreeSet::new();
    for policy in set.need("properties.policyDefinitions", View::listed)? {
        let reference = policy.need("policyDefinitionReferenceId", View::text)?;
        // A policy without such a parameter has an effect that cannot be chosen.
        let effect = policy.text("parameters.effect.value")?.and_then(parameter_of);
        let known = effect.and_then(|name| given_up.get(&name.to_ascii_lowercase()));
        if known.is_some_and(|(_, given_up)| *given_up) {
            continue;
        }
        let (reference, name) =
            (reference.to_ascii_lowercase(), effect.unwrap_or_default().to_ascii_lowercase());
        let everywhere = all.iter().all(|one| {
            one.parameters.contains(&name)
                || one.references.contains(&reference)
                || one.all_but.as_ref().is_some_and(|but| !but.contains(&reference))
        });
        if everywhere {
            off.insert(known.map_or(reference, |(name, _)| (*name).clone()));
        }
    }
    Ok(Some(off.into_iter().take(MOST).collect()))
}

/// The parameter of the set that supplies the value for a parameter of a policy: `[parameters('name')]`.
fn parameter_of(value: &str) -> Option<&str> {
    let inner = value.trim().strip_prefix("[parameters(")?.strip_suffix(")]")?;
    inner.trim().strip_prefix('\'')?.strip_suffix('\'')
}

#[cfg(test)]
mod tests;
