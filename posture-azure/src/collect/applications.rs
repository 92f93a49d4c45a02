//! Web applications of a subscription, and what watches them from within.

use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::part::Part;
use posture_model::resource::{Account, FactId};
use serde_json::Value;

use super::body::{Body, View, name_of, same, senseless, word};
use super::context::Subscription;
use super::sweep::Rows;
use crate::entry::{Action, ROW};

pub(crate) const COMPONENTS: Action = Action {
    name: "Microsoft.Insights/components/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::APPLICATION_MONITORS],
    command: "az resource list --resource-type Microsoft.Insights/components",
};

pub(crate) const SITES: Action = Action {
    name: "Microsoft.Web/sites/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::DATA_REGIONS, Account::RESOURCE_TYPES, Account::WEB_APPS],
    command: "az resource list --resource-type Microsoft.Web/sites",
};

pub(crate) const COMPONENTS_TYPE: &str = "microsoft.insights/components";
pub(crate) const SITES_TYPE: &str = "microsoft.web/sites";

/// Reads the wanted facts of both.
pub(crate) fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    let of = |kind: &str, action: &'static Action, fact: FactId| {
        if !audit.wanted.fact(fact) {
            return Fact::not_collected();
        }
        match audit.rows(rows, kind, action.name) {
            Ok(rows) => Known(rows),
            Err(gap) => audit.ask.unknown(gap),
        }
    };
    let sites = of(SITES_TYPE, &SITES, Account::WEB_APPS);
    let components = of(COMPONENTS_TYPE, &COMPONENTS, Account::APPLICATION_MONITORS);
    Part::account(|account| {
        account
            .web_apps(sites.map(|sites| u32::try_from(sites.len()).unwrap_or(u32::MAX)))
            .application_monitors(components.and_then(|components| working(audit, components)))
    })
}

/// The [components](https://learn.microsoft.com/en-us/rest/api/application-insights/components/list) of Application Insights
/// that work, by name. One is enough to know that there is one.
fn working(audit: &Subscription<'_>, components: &[Value]) -> Fact<Vec<String>> {
    const STATE: &str = "properties.provisioningState";
    let mut names = Vec::new();
    let mut gap = None;
    for component in components {
        let id = word(component, "id").unwrap_or_default();
        let body = Body { ask: audit.ask, action: COMPONENTS.name, id, value: component };
        let works = if body.is_resource() {
            body.need(STATE, View::text).and_then(|state| match *state {
                state if same(state, "Succeeded") => Known(true),
                state if ["Failed", "Canceled", "Deleting"].iter().any(|s| same(state, s)) => {
                    Known(false)
                }
                other => body.unsupported(other),
            })
        } else {
            audit.ask.unknown(senseless(COMPONENTS.name, id))
        };
        match works {
            Known(true) => names.push(name_of(component).to_owned()),
            Known(false) | Fact::NotOffered => {}
            Fact::Gap(unknown) => gap = gap.or(Some(unknown)),
        }
    }
    match gap {
        Some(gap) if names.is_empty() => Fact::Gap(gap),
        _ => Known(names),
    }
}

#[cfg(test)]
mod tests;
