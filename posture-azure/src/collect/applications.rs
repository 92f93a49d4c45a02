//! Web applications of a subscription, and what watches them from within.

use posture_core::fact::{Fact, Known};
use posture_core::gap::Gap;
use posture_core::resource::Account;
use serde_json::Value;

use super::body::{Body, View, name_of, same, senseless, word};
use super::subscription::Subscription;
use super::sweep::Rows;

pub(crate) const COMPONENTS: &str = "Microsoft.Insights/components/read";
pub(crate) const SITES: &str = "Microsoft.Web/sites/read";

pub(crate) const COMPONENTS_TYPE: &str = "microsoft.insights/components";
pub(crate) const SITES_TYPE: &str = "microsoft.web/sites";

/// Fills what is wanted of both into the account.
pub(crate) fn collect(
    audit: &Subscription<'_>,
    rows: &Result<Rows, Gap>,
    account: Account,
) -> Account {
    let of = |kind: &str, action: &'static str| {
        if !audit.calls(action) {
            return Fact::not_collected();
        }
        match audit.rows(rows, kind, action) {
            Ok(rows) => Known(rows),
            Err(gap) => audit.ask.unknown(gap),
        }
    };
    account
        .web_apps(of(SITES_TYPE, SITES).map(|sites| u32::try_from(sites.len()).unwrap_or(u32::MAX)))
        .application_monitors(
            of(COMPONENTS_TYPE, COMPONENTS).and_then(|components| working(audit, components)),
        )
}

/// The [components](https://learn.microsoft.com/en-us/rest/api/application-insights/components/list) of Application Insights
/// that work, by name. One is enough to know that there is one.
fn working(audit: &Subscription<'_>, components: &[Value]) -> Fact<Vec<String>> {
    const STATE: &str = "properties.provisioningState";
    let mut names = Vec::new();
    let mut gap = None;
    for component in components {
        let id = word(component, "id").unwrap_or_default();
        let body = Body { ask: audit.ask, action: COMPONENTS, id, value: component };
        let works = if body.is_resource() {
            body.need(STATE, View::text).and_then(|state| match *state {
                state if same(state, "Succeeded") => Known(true),
                state if ["Failed", "Canceled", "Deleting"].iter().any(|s| same(state, s)) => {
                    Known(false)
                }
                other => body.unsupported(other),
            })
        } else {
            audit.ask.unknown(senseless(COMPONENTS, id))
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
