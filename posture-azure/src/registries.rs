//! The container registries of subscriptions, and the token that they exchange.
//!
//! Nothing of this is a fact of a subscription: the images are audited as such. What could not be read comes as gaps.

use std::collections::BTreeSet;
use std::fmt;

use posture_model::gap::{Gap, Reason};
use serde_json::Value;
use tokio::sync::watch;

use crate::client::{ApiClient, CallError};
use crate::cloud::Cloud;
use crate::entry::RESOURCE_GRAPH;
use crate::login::Session;

/// The permissions that list registries and their images, and pull them.
/// [Source](https://learn.microsoft.com/en-us/azure/container-registry/container-registry-rbac-built-in-roles-directory-reference), read on
/// 2026-12-01. A registry that has attribute-based permissions asks for data actions instead.
pub const PERMISSIONS: &[&str] = &[
    "Microsoft.ContainerRegistry/registries/metadata/read",
    "Microsoft.ContainerRegistry/registries/pull/read",
    "Microsoft.ContainerRegistry/registries/read",
];

/// The most subscriptions of one query.
const SUBSCRIPTIONS: usize = 200;

const QUERY: &str = "resources | where type =~ 'microsoft.containerregistry/registries' | project id, host = tostring(properties.loginServer) | order by id asc";

/// The registries of subscriptions.
#[derive(Debug, Default)]
pub struct Registries {
    /// Their hosts.
    pub hosts: Vec<String>,
    /// What they exchange for a token of their own.
    pub token: Option<Token>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// A token of Azure Resource Manager. Printing it shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// Finds the registries of these subscriptions. Resource Graph leaves out what the identity may not read.
pub async fn read(
    session: &Session,
    subscriptions: &[String],
    stop: watch::Receiver<bool>,
) -> Registries {
    let mut found = Registries::default();
    if session.is_simulated() {
        let gap = Gap::new(RESOURCE_GRAPH, session.tenant(), Reason::Unsupported);
        let detail = Some("a simulator has no registry".to_owned());
        found.gaps.push(Gap { detail, ..gap });
        return found;
    }
    let ask = ApiClient::new(&session.client, stop);
    let mut hosts = BTreeSet::new();
    for some in subscriptions.chunks(SUBSCRIPTIONS) {
        let rows = ask.query(some, QUERY).await;
        found.gaps.extend(rows.refused.map(CallError::into_gap));
        for row in &rows.items {
            match host(row, session.cloud()) {
                Some(host) => drop(hosts.insert(host.to_owned())),
                None => {
                    let id = row.get("id").and_then(Value::as_str).unwrap_or_default();
                    let what = "the registry has no host of Azure";
                    found.gaps.push(CallError::malformed(RESOURCE_GRAPH, id, what).into_gap());
                }
            }
        }
    }
    found.hosts = hosts.into_iter().collect();
    if !found.hosts.is_empty() {
        match session.management_token().await {
            Ok(token) => found.token = Some(Token(token)),
            Err(detail) => {
                let gap = Gap::new("", session.tenant(), Reason::Credentials);
                found.gaps.push(Gap { detail: Some(detail), ..gap });
            }
        }
    }
    found
}

/// The host of a registry. The token goes there, so that another host than one of Azure is none.
fn host(row: &Value, cloud: Cloud) -> Option<&str> {
    let host = row.get("host").and_then(Value::as_str)?;
    let name = host.strip_suffix(cloud.registries())?.strip_suffix('.')?;
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (!name.is_empty() && name.bytes().all(inner)).then_some(host)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_token_goes_to_registries_of_the_cloud_alone() {
        let of = |host: &str, cloud| super::host(&json!({ "host": host }), cloud).is_some();
        assert!(of("shop.azurecr.io", Cloud::Public));
        assert!(of("shop-ab12.azurecr.io", Cloud::Public));
        assert!(of("shop.azurecr.us", Cloud::UsGovernment));
        assert!(of("shop.azurecr.cn", Cloud::China));
        for host in [
            "",
            "azurecr.io",
            ".azurecr.io",
            "shop.azurecr.us",
            "shop.azurecr.io.evil.example",
            "evil.example/shop.azurecr.io",
            "evil.example#.azurecr.io",
            "shopazurecr.io",
            "a@b.azurecr.io",
        ] {
            assert!(!of(host, Cloud::Public), "{host}");
        }
        assert!(super::host(&json!({}), Cloud::Public).is_none());
        assert_eq!(format!("{:?}", Token("canary".to_owned())), "Token");
    }
}
