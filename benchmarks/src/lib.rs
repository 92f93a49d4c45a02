//! Accounts of any size, for benchmarks.

use std::collections::BTreeMap;

use posture_core::entries::Entries;
use posture_core::fact::Known;
use posture_core::provider::Provider;
use posture_core::resource::{
    AccessKey, Bucket, Encryption, Key, KeyOrigin, KeyState, LogGroup, Policy, PublicAccessBlock,
    Role, User,
};
use posture_core::scope::Scope;
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;

/// The time at which everything was read.
const NOW: i64 = 1_780_000_000;

const DAY: i64 = 86_400;

/// A snapshot of one account that holds this many resources, every fact of them known: users, keys of users, roles,
/// policies, buckets, log groups and encryption keys in turn, one in ten of them not as it should be.
pub fn snapshot(resources: usize) -> Snapshot {
    let mut scope = Scope::empty(Provider::Aws, "123456789012");
    let now = Time::from_unix(NOW);
    (scope.started, scope.finished) = (now, now);
    scope.account.public_access_block = Known(PublicAccessBlock::default());
    for n in 0..resources {
        let bad = n % 10 == 0;
        let named = |kind: &str| {
            (
                format!("arn:aws:test:eu-west-1:123456789012:{kind}/name-{n:07}"),
                format!("name-{n:07}"),
            )
        };
        let when = Time::from_unix(NOW - if bad { 400 * DAY } else { 3 * DAY });
        let statements =
            || Known(if bad { vec!["statement `Everything`".to_owned()] } else { Vec::new() });
        match n % 7 {
            0 => {
                let (id, name) = named("user");
                scope.users.items.push(
                    User::unread(id, name, None)
                        .created(Known(when))
                        .console_access(Known(true))
                        .mfa(Known(!bad))
                        .password_last_used(Known(Some(when)))
                        .password_last_changed(Known(Some(when)))
                        .active_keys(Known(1))
                        .groups(Known(vec!["people".to_owned()]))
                        .direct_policies(Known(Vec::new()))
                        .full_admin(statements())
                        .escalation_paths(Known(Entries::none()))
                        .decrypts_any_key(Known(Vec::new())),
                );
            }
            1 => {
                let (id, name) = named("access-key");
                scope.access_keys.items.push(
                    AccessKey::unread(id, name.clone(), None)
                        .user(Known(name))
                        .active(Known(true))
                        .rotated(Known(when))
                        .last_used(Known(Some(when))),
                );
            }
            2 => {
                let (id, name) = named("role");
                scope.roles.items.push(
                    Role::unread(id, name, None)
                        .service_linked(Known(false))
                        .created(Known(when))
                        .last_used(Known(Some(when)))
                        .attached_policies(Known(vec![
                            "arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned(),
                        ]))
                        .workload(Known(false))
                        .trusts_anyone(Known(Entries::none()))
                        .trusts_accounts(Known(Entries::none()))
                        .trusts_accounts_unconditionally(Known(Entries::none()))
                        .trusts_federation_without_subject(Known(Entries::none()))
                        .trusts_services_without_source(Known(Entries::none()))
                        .full_admin(statements())
                        .escalation_paths(Known(Entries::none()))
                        .decrypts_any_key(Known(Vec::new())),
                );
            }
            3 => {
                let (id, name) = named("policy");
                scope.policies.items.push(
                    Policy::unread(id, name, None)
                        .customer_managed(Known(true))
                        .attachments(Known(1))
                        .full_admin(statements())
                        .wildcard_services(Known(Entries::none()))
                        .decrypts_any_key(Known(Vec::new())),
                );
            }
            4 => {
                let (id, name) = named("bucket");
                scope.buckets.items.push(
                    Bucket::unread(id, name, Some("eu-west-1"))
                        .acls_disabled(Known(!bad))
                        .acl_public_read(Known(Entries::none()))
                        .acl_public_write(Known(Entries::none()))
                        .policy_public_read(Known(Entries::from(["statement `Everyone`"])))
                        .policy_public_write(Known(Entries::none()))
                        .external_accounts(Known(Entries::none()))
                        .services_without_source(Known(Entries::none()))
                        .tls_enforced(Known(!bad))
                        .public_access_block(Known(PublicAccessBlock::default()))
                        .encryption(Known(Encryption::Provider))
                        .versioning(Known(!bad))
                        .mfa_delete(Known(false))
                        .object_lock(Known(false))
                        .default_lock_days(Known(None))
                        .access_log_target(Known(Some("logs".to_owned())))
                        .lifecycle_rules(Known(1))
                        .replication_rules(Known(0))
                        .tags(Known(BTreeMap::from([("team".to_owned(), "data".to_owned())]))),
                );
            }
            5 => {
                let (id, name) = named("log-group");
                scope.log_groups.items.push(
                    LogGroup::unread(id, name, Some("eu-west-1"))
                        .retention_days(Known(Some(if bad { 1 } else { 400 })))
                        .key(Known(None)),
                );
            }
            _ => {
                let (id, name) = named("key");
                scope.keys.items.push(
                    Key::unread(id, name, Some("eu-west-1"))
                        .state(Known(KeyState::Enabled))
                        .origin(Known(KeyOrigin::Service))
                        .symmetric(Known(true))
                        .replica(Known(false))
                        .rotates(Known(!bad))
                        .rotation_days(Known(Some(365)))
                        .policy_public(Known(Entries::none()))
                        .external_accounts(Known(Entries::none()))
                        .services_without_source(Known(Entries::none())),
                );
            }
        }
    }
    Snapshot::new("benchmark", now, now, vec![scope])
}
