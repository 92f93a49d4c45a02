//! The passwords and certificates of applications and of their service principals in the tenant, and the identity providers
//! that applications trust.

pub(super) mod federated;

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Credential, FactId, Kind};
use posture_model::time::Time;
use serde_json::Value;

use super::body::{Body, Misfit, Read, View, field, same, senseless, word};
use super::context::Tenant;
use crate::client::{Items, RateLimit};
use crate::entry::{Action, TENANT, facts};

/// The facts about credentials.
const CREDENTIALS: &[FactId] = &[
    Credential::HOLDER,
    Credential::CERTIFICATE,
    Credential::SIGNS_TOKENS,
    Credential::STARTS,
    Credential::EXPIRES,
];

pub(crate) const APPLICATIONS: Action = Action {
    name: "/applications",
    own: &["Application.Read.All"],
    per: TENANT,
    lists: &[Kind::Credential, Kind::FederatedCredential],
    fills: facts![CREDENTIALS, federated::FACTS],
    command: "az ad app list --all --query \"[].{id: id, passwords: passwordCredentials, certificates: keyCredentials}\"",
};

pub(crate) const PRINCIPALS: Action = Action {
    name: "/servicePrincipals",
    own: &["Application.Read.All"],
    per: TENANT,
    lists: &[Kind::Credential],
    fills: CREDENTIALS,
    command: "az ad sp list --all --query \"[].{id: id, passwords: passwordCredentials, certificates: keyCredentials}\"",
};

/// Reads the credentials of applications and of their principals, and the federated ones of applications.
pub(crate) async fn read(tenant: &Tenant<'_>) -> Part {
    let (own, trusts) = (Kind::Credential, Kind::FederatedCredential);
    let (own, trusts) = (tenant.wanted.kind(own), tenant.wanted.kind(trusts));
    let applications = async {
        let mut query =
            String::from("?$select=id,displayName,passwordCredentials,keyCredentials&$top=999");
        if trusts {
            query.push_str(federated::EXPANDED);
        }
        tenant.graph_list(APPLICATIONS.name, &query, &RateLimit::Directory).await
    };
    let principals = async {
        let query = "?$select=id,displayName,servicePrincipalType,passwordCredentials,keyCredentials&$top=999";
        match own {
            true => tenant.graph_list(PRINCIPALS.name, query, &RateLimit::Directory).await,
            false => Items::default(),
        }
    };
    let (applications, principals) = futures::join!(applications, principals);
    let mut part = Part::default();
    if trusts {
        part.federated_credentials = federated::all(tenant, APPLICATIONS.name, &applications);
    }
    if own {
        part.credentials = of(tenant, APPLICATIONS.name, applications);
        part.credentials.merge(of(tenant, PRINCIPALS.name, principals));
    }
    part
}

fn of(tenant: &Tenant<'_>, action: &'static str, all: Items) -> Listing<Credential> {
    let Items { items, refused } = all;
    let mut found = Vec::new();
    let mut gaps: Vec<GapId> = Vec::new();
    for item in &items {
        let Some(id) = word(item, "id").filter(|id| !id.is_empty()) else {
            gaps.push(tenant.ask.gap(senseless(action, "")));
            continue;
        };
        let id = id.to_ascii_lowercase();
        let misfit = |Misfit(path): Misfit| {
            let mut gap = Gap::new(action, &id, Reason::Malformed);
            gap.detail = Some(format!("`{path}` has an unexpected type"));
            tenant.ask.gap(gap)
        };
        // The platform manages those of managed identities, and does not show them.
        match is_managed(View(item), action) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(path) => {
                gaps.push(misfit(path));
                continue;
            }
        }
        let holder = Body { ask: tenant.ask, action, id: &id, value: item };
        for (list, certificates) in [("passwordCredentials", false), ("keyCredentials", true)] {
            // It is requested and so always returned.
            let entries = match View(item).need(list, View::array) {
                Ok(entries) => entries,
                Err(path) => {
                    gaps.push(misfit(path));
                    continue;
                }
            };
            for entry in entries {
                if is_half(entry, item) {
                    continue;
                }
                match credential(&holder.within(entry), item, certificates) {
                    Some(credential) => found.push(credential),
                    None => gaps.push(tenant.ask.gap(senseless(action, &id))),
                }
            }
        }
    }
    gaps.extend(refused.map(|refused| tenant.ask.gap(refused.gap)));
    gaps.sort_unstable();
    gaps.dedup();
    Listing { items: found, gaps }
}

/// Whether the platform keeps the credentials. An application has no type.
fn is_managed(holder: View<'_>, action: &str) -> Read<bool> {
    match holder.text("servicePrincipalType")? {
        Some(kind) => Ok(same(kind, "ManagedIdentity")),
        None if action == APPLICATIONS.name => Ok(false),
        None => Err(Misfit("servicePrincipalType".to_owned())),
    }
}

/// Whether this is shown by another entry of the same holder. A
/// [certificate that tokens are signed with](https://learn.microsoft.com/en-us/graph/application-saml-sso-configure-api)
/// is there up to three times: with its private key, with its public key, which has the same mark, and with the
/// password of the private key, which has the same id.
fn is_half(entry: &Value, holder: &Value) -> bool {
    let signs = |other: &&Value| word(other, "usage").is_some_and(|usage| same(usage, "Sign"));
    let keys = field(holder, "keyCredentials").and_then(Value::as_array).into_iter().flatten();
    let alike = |other: &Value, name: &str| {
        field(entry, name)
            .filter(|value| !value.is_null())
            .is_some_and(|own| field(other, name) == Some(own))
    };
    let same_time = |other: &Value| alike(other, "startDateTime") && alike(other, "endDateTime");
    let mut keys = keys.filter(signs);
    match word(entry, "usage") {
        Some(usage) if same(usage, "Verify") => {
            keys.any(|other| alike(other, "customKeyIdentifier") && same_time(other))
        }
        Some(_) => false,
        None => keys.any(|other| alike(other, "keyId") && same_time(other)),
    }
}

/// A credential; none if it has no ID, which is never its secret or a part of it.
fn credential(entry: &Body<'_>, holder: &Value, certificate: bool) -> Option<Credential> {
    let key = word(entry.value, "keyId").filter(|key| !key.is_empty())?.to_ascii_lowercase();
    let id = format!("{}/{key}", entry.id);
    let name = word(holder, "displayName").filter(|name| !name.is_empty());
    let body = Body { id: &id, ..*entry };
    let label = word(entry.value, "displayName").filter(|label| !label.is_empty());
    let what = label.unwrap_or(&key);
    let credential = Credential::unread_on(
        Provider::Azure,
        &id,
        format!("{}: {what}", name.unwrap_or(entry.id)),
        None,
    )
    .holder(name.map_or_else(|| body.malformed("displayName"), |name| Known(name.to_owned())))
    .certificate(Known(certificate))
    .signs_tokens(signs_tokens(&body))
    .starts(body.need("startDateTime", View::time))
    .expires(expires(&body));
    Some(credential)
}

/// Whether a key is one of those with which the directory [signs tokens](https://learn.microsoft.com/en-us/graph/api/serviceprincipal-addtokensigningcertificate)
/// for the application; with the others the application itself signs in. A password has no such word.
fn signs_tokens(body: &Body<'_>) -> Fact<bool> {
    body.text("usage").and_then(|usage| match usage {
        None => Known(false),
        Some(usage) if same(usage, "Verify") => Known(false),
        Some(usage) if same(usage, "Sign") => Known(true),
        Some(other) => body.unsupported(other),
    })
}

/// When a credential ends. One without an end has one that is null; one that does not report it may have any.
fn expires(body: &Body<'_>) -> Fact<Option<Time>> {
    body.fact(body.view().nullable("endDateTime", View::time))
}

#[cfg(test)]
mod tests;
