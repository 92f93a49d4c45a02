//! The rules about sign-ins: the policies of [conditional access](https://learn.microsoft.com/en-us/entra/identity/conditional-access/overview),
//! and the networks that they may trust.
//!
//! A tenant without the license can make no policies, and the list of them is empty. Those that were made while there was
//! a license [stay in force](https://learn.microsoft.com/en-us/entra/identity/conditional-access/overview#license-requirements)
//! and can be read. So where a license is the reason for no answer, it is not known that there are none.

pub(crate) mod actions;
mod conditions;
mod coverage;
mod grants;
#[cfg(test)]
mod laws;
mod members;
mod policy;
mod question;
mod region;
mod rules;
mod strength;
#[cfg(test)]
mod tests;
mod truth;

use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::part::Part;
use posture_model::resource::{Directory, SignInRule};
use serde_json::Value;

use super::body::{Misfit, Read, View, field, note, same, senseless, word};
use super::context::Tenant;
use super::principals::Principals;
use super::roles::Holders;
use crate::client::{Items, RateLimit};
use actions::{LOCATIONS, POLICIES, READ_LOCATIONS, READ_POLICIES, READ_STRENGTHS, STRENGTHS};
use members::{Memberships, Unread};
use policy::Policy;
use question::Question;
use region::Members;
use rules::Outcome;
use strength::Strengths;
use truth::Truth;

#[derive(Debug, Default)]
struct Rules {
    everyone: Fact<Vec<SignInRule>>,
    administrators: Fact<Vec<SignInRule>>,
    management: Fact<Vec<SignInRule>>,
    risky_sign_ins: Fact<Vec<SignInRule>>,
    legacy_protocols: Fact<Vec<SignInRule>>,
    device_codes: Fact<Vec<SignInRule>>,
    device_registration: Fact<Vec<SignInRule>>,
    count: Fact<u32>,
    decided: Fact<bool>,
}

/// Reads the rules that are wanted.
pub(crate) async fn read(
    tenant: &Tenant<'_>,
    principals: &Principals<'_>,
    holders: &Holders<'_>,
) -> Part {
    let (rules, trusted_networks) =
        futures::join!(rules(tenant, principals, holders), trusted_networks(tenant));
    Part::directory(|directory| {
        directory
            .mfa_for_everyone(rules.everyone)
            .mfa_for_administrators(rules.administrators)
            .mfa_for_management(rules.management)
            .mfa_for_risky_sign_ins(rules.risky_sign_ins)
            .legacy_protocols_blocked(rules.legacy_protocols)
            .device_codes_blocked(rules.device_codes)
            .mfa_for_device_registration(rules.device_registration)
            .sign_in_rules(rules.count)
            .sign_in_exclusions_decided(rules.decided)
            .trusted_networks(trusted_networks)
    })
}

async fn rules(tenant: &Tenant<'_>, principals: &Principals<'_>, holders: &Holders<'_>) -> Rules {
    if !tenant.calls(&READ_POLICIES) {
        return Rules::default();
    }
    let Items { mut items, refused } =
        tenant.graph_list(POLICIES, "", &RateLimit::ConditionalAccess).await;
    // The order says nothing, and must not decide which of several reasons is given.
    items.sort_by(|a, b| word(a, "id").cmp(&word(b, "id")));
    let mut missing = refused.map(|refused| refused.gap);
    let has_id = |item: &Value| View(item).need("id", View::text).is_ok();
    if !items.iter().all(has_id) {
        missing.get_or_insert_with(|| senseless(POLICIES, tenant.id));
    }
    items.retain(has_id);
    let strengths = strengths(tenant, &items).await;
    let policies = policies(tenant, &items, &strengths);
    let wanted: Vec<Question> = Question::ALL
        .iter()
        .copied()
        .filter(|question| tenant.wanted.fact(question.fact()))
        .collect();
    let judge = |members: &dyn Members| -> Vec<(Question, Result<Outcome<'_>, Gap>)> {
        let of = |question| rules::rules(&policies, question, missing.as_ref(), members);
        wanted.iter().map(|question| (*question, of(*question))).collect()
    };
    // Who is in groups and roles is read only where it decides something.
    let mut all = judge(&Unread);
    let asks: Vec<_> = all
        .iter()
        .filter_map(|(_, outcome)| outcome.as_ref().ok())
        .flat_map(|outcome| &outcome.asks)
        .collect();
    if !asks.is_empty() {
        let members = Memberships::read(holders, principals, &asks).await;
        all = judge(&members);
    }
    let doubt = all.iter().find_map(|(_, outcome)| outcome.as_ref().ok()?.doubt.clone());
    let mut rules = Rules {
        count: if tenant.wanted.fact(Directory::SIGN_IN_RULES) {
            fact_of(tenant, rules::count(&policies, missing.as_ref(), &Unread))
        } else {
            Fact::not_collected()
        },
        decided: if tenant.wanted.fact(Directory::SIGN_IN_EXCLUSIONS_DECIDED) {
            fact_of(tenant, doubt.map_or(Ok(true), Err))
        } else {
            Fact::not_collected()
        },
        ..Rules::default()
    };
    for (question, outcome) in all {
        *rules.of(question) = fact_of(tenant, outcome.map(|outcome| outcome.rules));
    }
    rules
}

impl Rules {
    fn of(&mut self, question: Question) -> &mut Fact<Vec<SignInRule>> {
        match question {
            Question::Everyone => &mut self.everyone,
            Question::Administrators => &mut self.administrators,
            Question::Management => &mut self.management,
            Question::RiskySignIns => &mut self.risky_sign_ins,
            Question::LegacyProtocols => &mut self.legacy_protocols,
            Question::DeviceCodes => &mut self.device_codes,
            Question::DeviceRegistration => &mut self.device_registration,
        }
    }
}

fn policies<'a>(
    tenant: &Tenant<'_>,
    items: &'a [Value],
    strengths: &'a Strengths,
) -> Vec<Policy<'a>> {
    items.iter().map(|value| Policy { value, cloud: tenant.cloud, strengths }).collect()
}

/// The strengths of the tenant, where a policy that may be in force only names one.
async fn strengths(tenant: &Tenant<'_>, items: &[Value]) -> Strengths {
    let none = Strengths::default();
    let refers = |policy: &Policy<'_>| {
        let strength = policy.strength().ok().flatten();
        policy.is_on() != Truth::No && strength.is_some_and(strength::is_reference)
    };
    if !tenant.calls(&READ_STRENGTHS) || !policies(tenant, items, &none).iter().any(refers) {
        return none;
    }
    Strengths::new(tenant.graph_list(STRENGTHS, "", &RateLimit::ConditionalAccess).await)
}

fn fact_of<T>(tenant: &Tenant<'_>, result: Result<T, Gap>) -> Fact<T> {
    match result {
        Ok(value) => Known(value),
        Err(gap) => tenant.ask.unknown(gap),
    }
}

/// The names of the [locations](https://learn.microsoft.com/en-us/graph/api/resources/ipnamedlocation) that are networks and
/// marked as trusted. An unreadable one leaves it open whether there are any, if there are no others.
async fn trusted_networks(tenant: &Tenant<'_>) -> Fact<Vec<String>> {
    if !tenant.calls(&READ_LOCATIONS) {
        return Fact::not_collected();
    }
    let Items { items, refused } =
        tenant.graph_list(LOCATIONS, "", &RateLimit::ConditionalAccess).await;
    let (mut names, mut malformed) = (Vec::new(), None);
    for item in &items {
        match trusted(View(item)) {
            Ok(true) => {
                let name = word(item, "displayName").or(word(item, "id")).unwrap_or_default();
                names.push(name.to_owned());
            }
            Ok(false) => {}
            Err(_) => {
                note(&mut malformed, &senseless(LOCATIONS, word(item, "id").unwrap_or(tenant.id)));
            }
        }
    }
    names.sort_unstable();
    match refused.map(|refused| refused.gap).or(malformed) {
        Some(gap) if names.is_empty() => tenant.ask.unknown(gap),
        _ => Known(names),
    }
}

/// Whether a location is a trusted network.
fn trusted(location: View<'_>) -> Read<bool> {
    let marked = location.boolean("isTrusted")?;
    // Its name contains a dot, which is not a step into an object.
    let kind = match field(location.0, "@odata.type") {
        Some(Value::String(kind)) => kind,
        _ => return Err(Misfit("@odata.type".to_owned())),
    };
    match marked {
        // A country is not a network of the organization.
        _ if same(kind, "#microsoft.graph.countryNamedLocation") => Ok(false),
        Some(marked) if same(kind, "#microsoft.graph.ipNamedLocation") => Ok(marked),
        // A location that is not an IP network is not a trusted one, unless it is marked as trusted.
        Some(false) | None if !same(kind, "#microsoft.graph.ipNamedLocation") => Ok(false),
        _ => Err(Misfit("isTrusted".to_owned())),
    }
}
