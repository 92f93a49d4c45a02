//! The access policies of a vault.

use std::collections::BTreeMap;

use posture_model::fact::{Fact, Known, NotOffered};

use super::super::body::{Body, View, same};

/// Permissions with which keys, and what they encrypt, are lost.
const ADMINISTERS: &[&str] = &["delete", "purge", "all"];

/// Permissions that yield data.
const DECRYPTS: &[&str] = &["decrypt", "unwrapKey", "all"];

/// The principals that may both delete keys and decrypt with them, by the
/// [reference](https://learn.microsoft.com/en-us/rest/api/keyvault/keyvault/vaults/get#accesspolicyentry). With an application
/// ID, an entry is for that application on behalf of the principal. A vault with Azure RBAC ignores its access policies.
pub(super) fn administrators_who_decrypt(body: &Body<'_>) -> Fact<Vec<String>> {
    body.flag("properties.enableRbacAuthorization").and_then(|roles| match roles {
        Some(true) => NotOffered,
        Some(false) | None => body.need("properties.accessPolicies", View::array).and_then(|all| {
            let mut found: BTreeMap<String, (bool, bool)> = BTreeMap::new();
            for policy in *all {
                let policy = body.within(policy);
                let read = policy.need("objectId", View::text).and_then(|id| {
                    let id = id.to_ascii_lowercase();
                    policy.text("applicationId").and_then(|application| {
                        let who = match application {
                            Some(application) => format!("{id} through {application}"),
                            None => id.clone(),
                        };
                        // Without permissions for keys there are none.
                        policy.need("permissions", View::object).and_then(|_| {
                            policy.texts("permissions.keys").map(|keys| (who.clone(), keys.clone()))
                        })
                    })
                });
                let (who, keys) = match read {
                    Known(read) => read,
                    NotOffered => continue,
                    Fact::Gap(gap) => return Fact::Gap(gap),
                };
                let has = |names: &[&str]| {
                    keys.iter().any(|key| names.iter().any(|name| same(name, key)))
                };
                let may = found.entry(who).or_default();
                may.0 |= has(ADMINISTERS);
                may.1 |= has(DECRYPTS);
            }
            let both = found.into_iter().filter(|(_, may)| *may == (true, true));
            Known(both.map(|(who, _)| who).collect())
        }),
    })
}
