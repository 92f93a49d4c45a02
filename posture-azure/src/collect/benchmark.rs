//! The security benchmark of Azure as a set of policies: whether it is assigned, and what of it is switched off.

use std::collections::{BTreeMap, BTreeSet};

use posture_core::fact::{Fact, Known};
use posture_core::gap::{Gap, Reason};
use serde_json::Value;

use super::body::{Body, field, same, senseless, word};
use super::subscription::Subscription;
use crate::client::{Items, Lane, Question};

pub(crate) const ASSIGNMENTS: &str = "Microsoft.Authorization/policyAssignments/read";
pub(crate) const DEFINITION: &str = "Microsoft.Authorization/policySetDefinitions/read";

/// The [Microsoft cloud security benchmark](https://learn.microsoft.com/en-us/azure/governance/policy/samples/azure-security-benchmark),
/// which bears the same number in every tenant.
const BENCHMARK: &str =
    "/providers/Microsoft.Authorization/policySetDefinitions/1f3afdf9-d0c9-4c3d-847f-89da613e70a8";

/// The most names that are kept.
const MOST: usize = 100;

/// What somebody switched off of the policies that are still current; none where the benchmark is not assigned to the
/// subscription or above it.
///
/// A policy is switched off where every assignment of the benchmark does so. What the benchmark itself leaves off is
/// its author's choice.
pub(crate) async fn disabled(audit: &Subscription<'_>) -> Fact<Option<Vec<String>>> {
    if !audit.calls(ASSIGNMENTS) {
        return Fact::not_collected();
    }
    // What is assigned to the subscription and above it, but not what is assigned within.
    let path = "providers/Microsoft.Authorization/policyAssignments?$filter=atScope()&api-version=2024-04-01";
    let Items { items, refused } = audit.list(ASSIGNMENTS, path).await;
    if let Some(refused) = refused {
        return audit.ask.unknown(refused.gap);
    }
    let mut all: Vec<Fact<Switched>> = Vec::new();
    for item in &items {
        let id = word(item, "id").unwrap_or_default();
        let body = Body { ask: audit.ask, action: ASSIGNMENTS, id, value: item };
        if !field(item, "properties").is_some_and(Value::is_object) {
            // It may be that of the benchmark.
            all.push(audit.ask.unknown(senseless(ASSIGNMENTS, id)));
            continue;
        }
        match body.text("properties.policyDefinitionId") {
            Known(Some(of)) if same(of, BENCHMARK) => all.extend(assignment(audit, &body)),
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

/// What an assignment of the benchmark switches off; none where it does not hold for the subscription.
fn assignment(audit: &Subscription<'_>, body: &Body<'_>) -> Option<Fact<Switched>> {
    let undetermined = |why: &str| {
        let mut gap = Gap::new(ASSIGNMENTS, body.id, Reason::Undetermined);
        gap.detail = Some(why.to_owned());
        Some(audit.ask.unknown(gap))
    };
    let own = format!("/subscriptions/{}", audit.id);
    match body.list("properties.notScopes") {
        Known(scopes) => {
            let mut scopes = scopes.iter().filter_map(Value::as_str);
            if scopes.clone().any(|scope| same(scope.trim_end_matches('/'), &own)) {
                return None;
            }
            if scopes.any(|scope| scope.to_ascii_lowercase().contains("/managementgroups/")) {
                return undetermined(
                    "it leaves out management groups that may hold the subscription",
                );
            }
        }
        Fact::NotOffered => {}
        Fact::Gap(gap) => return Some(Fact::Gap(gap)),
    }
    match body.list("properties.resourceSelectors") {
        Known([]) => {}
        Known(_) => return undetermined("it holds for some resources only"),
        Fact::NotOffered => {}
        Fact::Gap(gap) => return Some(Fact::Gap(gap)),
    }
    let mut switched = Switched::default();
    match body.at("properties.parameters") {
        None => {}
        Some(Value::Object(parameters)) => {
            let off = |(_, value): &(&String, &Value)| {
                word(value, "value").is_some_and(|value| same(value, "Disabled"))
            };
            let off = parameters.iter().filter(off).map(|(name, _)| name.to_ascii_lowercase());
            switched.parameters = off.collect();
        }
        Some(_) => return Some(body.malformed("properties.parameters")),
    }
    match body.list("properties.overrides") {
        Known(overrides) => {
            for value in overrides {
                let off = word(value, "kind").is_some_and(|kind| same(kind, "policyEffect"))
                    && word(value, "value").is_some_and(|value| same(value, "Disabled"));
                if off && !overridden(value, &mut switched) {
                    return undetermined("an override is narrowed in a way that is not known");
                }
            }
        }
        Fact::NotOffered => {}
        Fact::Gap(gap) => return Some(Fact::Gap(gap)),
    }
    Some(Known(switched))
}

/// Adds what an [override](https://learn.microsoft.com/en-us/azure/governance/policy/concepts/assignment-structure#overrides)
/// switches off; false where its selectors make no sense.
fn overridden(value: &Value, switched: &mut Switched) -> bool {
    let selectors = match field(value, "selectors") {
        None | Some(Value::Null) => &[],
        Some(Value::Array(selectors)) => selectors.as_slice(),
        Some(_) => return false,
    };
    if selectors.is_empty() {
        switched.all_but = Some(BTreeSet::new());
    }
    for selector in selectors {
        if !word(selector, "kind").is_some_and(|kind| same(kind, "policyDefinitionReferenceId")) {
            return false;
        }
        let names = |name: &str| -> Option<BTreeSet<String>> {
            let list = field(selector, name)?.as_array()?;
            list.iter().map(|name| Some(name.as_str()?.to_ascii_lowercase())).collect()
        };
        match (names("in"), names("notIn")) {
            (Some(these), None) => switched.references.extend(these),
            (None, Some(but)) => switched.all_but = Some(but),
            _ => return false,
        }
    }
    true
}

/// Asks for the set itself, to tell policies that are still current from those that its author gave up.
async fn current(audit: &Subscription<'_>, all: &[Switched]) -> Fact<Option<Vec<String>>> {
    let path = format!("{BENCHMARK}?api-version=2023-04-01");
    let lane = Lane::Subscription(audit.id.to_owned());
    let question = Question { action: DEFINITION, target: BENCHMARK, lane: &lane, path: &path };
    let answer = match audit.ask.get(question).await {
        Ok(answer) => answer,
        Err(refused) => return audit.ask.unknown(refused.gap),
    };
    let set = Body { ask: audit.ask, action: DEFINITION, id: BENCHMARK, value: &answer };
    let Some(Value::Object(parameters)) = set.at("properties.parameters") else {
        return set.malformed("properties.parameters");
    };
    let mut given_up = BTreeMap::new();
    for (name, parameter) in parameters {
        let parameter = set.within(parameter);
        match parameter.flag("metadata.deprecated") {
            Known(is) => given_up.insert(name.to_ascii_lowercase(), (name, is == Some(true))),
            Fact::NotOffered => continue,
            Fact::Gap(gap) => return Fact::Gap(gap),
        };
    }
    let policies = match set.list("properties.policyDefinitions") {
        Known(policies) => policies,
        Fact::NotOffered => &[],
        Fact::Gap(gap) => return Fact::Gap(gap),
    };
    let mut off = BTreeSet::new();
    for policy in policies {
        let Some(reference) = word(policy, "policyDefinitionReferenceId") else { continue };
        let effect = field(policy, "parameters").and_then(|p| field(p, "effect"));
        let effect = effect.and_then(|effect| word(effect, "value")).and_then(parameter_of);
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
    Known(Some(off.into_iter().take(MOST).collect()))
}

/// The parameter of the set that a parameter of a policy takes its value from: `[parameters('name')]`.
fn parameter_of(value: &str) -> Option<&str> {
    let inner = value.trim().strip_prefix("[parameters(")?.strip_suffix(")]")?;
    inner.trim().strip_prefix('\'')?.strip_suffix('\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_names_the_parameter_that_it_comes_from() {
        assert_eq!(parameter_of("[parameters('effect')]"), Some("effect"));
        assert_eq!(parameter_of("[ parameters('effect')]"), None);
        assert_eq!(parameter_of("Disabled"), None);
        assert_eq!(parameter_of("[parameters(')]"), None);
    }
}
