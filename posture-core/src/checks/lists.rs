//! Facts that list something: what must be empty, and what must not.

use crate::prelude::*;

/// The test of a control that fails where a fact lists anything: an entry for the example, and what is expected. Words before the
/// entries may say what is wrong with them.
macro_rules! names_none {
    ($kind:ident.$fact:ident, $entry:literal, $expected:expr $(,)?) => {
        $crate::checks::lists::names_none!($kind.$fact, $entry, "", $expected)
    };
    ($kind:ident.$fact:ident, $entry:literal, $words:literal, $expected:expr $(,)?) => {
        pastey::paste! {
            Test {
                reads: &[$kind::[<$fact:upper>]],
                params: &[],
                check: Check::$kind(|resource, _| {
                    let listed = ($kind::[<$fact:upper>], &resource.$fact);
                    $crate::checks::lists::none(listed, $words, $expected)
                }),
                examples: Examples {
                    pass: |scope| {
                        let example = $kind::unread("example", "example", None);
                        scope.add(example.$fact(Known(Default::default())));
                    },
                    fail: |scope| {
                        let example = $kind::unread("example", "example", None);
                        scope.add(example.$fact(Known([$entry.to_owned()].into())));
                    },
                },
            }
        }
    };
}
pub(crate) use names_none;

/// The test of a control that fails where a fact lists nothing: an entry for the example, what is found then, and what is expected.
macro_rules! names_some {
    ($kind:ident.$fact:ident, $entry:literal, $found:literal, $expected:literal $(,)?) => {
        pastey::paste! {
            Test {
                reads: &[$kind::[<$fact:upper>]],
                params: &[],
                check: Check::$kind(|resource, _| {
                    if *resource.$fact.any().known()? {
                        return pass();
                    }
                    fail($kind::[<$fact:upper>], $found, $expected)
                }),
                examples: Examples {
                    pass: |scope| {
                        let example = $kind::unread("example", "example", None);
                        scope.add(example.$fact(Known(vec![$entry.to_owned()])));
                    },
                    fail: |scope| {
                        let example = $kind::unread("example", "example", None);
                        scope.add(example.$fact(Known(Vec::new())));
                    },
                },
            }
        }
    };
}
pub(crate) use names_some;

/// Judges that nothing is listed. The words stand before what is.
pub(crate) fn none<L>(
    (fact, listed): (FactId, &Fact<L>),
    words: &'static str,
    expected: &'static str,
) -> CheckResult
where
    for<'l> &'l L: IntoIterator<Item = &'l String>,
{
    let listed: Vec<&str> = listed.known()?.into_iter().map(String::as_str).collect();
    if listed.is_empty() {
        return pass();
    }
    fail(fact, format!("{words}{}", listed.join(", ")), expected)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::controls::{identity, keys, logging, network, storage, vaults};

    #[test]
    fn what_must_be_empty_is() {
        let controls: [(&Control, FactId); 6] = [
            (&identity::classic_administrators::CONTROL, Account::CLASSIC_ADMINISTRATORS),
            (&identity::disabled_user_grants::CONTROL, Grant::DISABLED_USERS),
            (&identity::user_direct_policies::CONTROL, User::DIRECT_POLICIES),
            (&network::flow_log_search::CONTROL, Network::UNSEARCHABLE),
            (&network::subnet_groups::CONTROL, Network::UNFILTERED_SUBNETS),
            (&network::vpn_logs::CONTROL, VpnConnection::UNLOGGED),
        ];
        for (control, fact) in controls {
            assert_passes(control, but(control, [(fact, Known(json!([])))]));
            assert_fails(control, but(control, [(fact, Known(json!(["one", "two"])))]));
            assert_unknown(control, but(control, [(fact, denied())]));
            assert_not_applicable(control, but(control, [(fact, NotOffered)]));
        }
    }

    #[test]
    fn what_must_not_be_empty_is_not() {
        let controls: [(&Control, FactId); 9] = [
            (&identity::lock_role::CONTROL, Account::LOCK_ROLES),
            (&identity::trusted_networks::CONTROL, Directory::TRUSTED_NETWORKS),
            (&network::bastion::CONTROL, Account::BASTIONS),
            (&network::perimeter::CONTROL, Account::SERVICE_PERIMETERS),
            (&storage::delete_lock::CONTROL, Bucket::DELETE_LOCKS),
            (&storage::private_endpoint::CONTROL, Bucket::PRIVATE_ENDPOINTS),
            (&storage::read_only_lock::CONTROL, Bucket::READ_ONLY_LOCKS),
            (&vaults::access_logging::CONTROL, Vault::AUDIT_TARGETS),
            (&vaults::private_endpoint::CONTROL, Vault::PRIVATE_ENDPOINTS),
        ];
        for (control, fact) in controls {
            assert_passes(control, but(control, [(fact, Known(json!(["one"])))]));
            assert_fails(control, but(control, [(fact, Known(json!([])))]));
            assert_unknown(control, but(control, [(fact, denied())]));
            assert_not_applicable(control, but(control, [(fact, NotOffered)]));
        }
    }

    #[test]
    fn a_certain_grant_fails_and_a_possible_one_is_unknown() {
        let controls: [(&Control, FactId); 6] = [
            (&keys::policy_service_source::CONTROL, Key::SERVICES_WITHOUT_SOURCE),
            (&keys::public_policy::CONTROL, Key::POLICY_PUBLIC),
            (
                &logging::log_group_policy_service_source::CONTROL,
                LogPolicy::SERVICES_WITHOUT_SOURCE,
            ),
            (&logging::log_group_public_policy::CONTROL, LogPolicy::POLICY_PUBLIC),
            (&storage::policy_service_source::CONTROL, Bucket::SERVICES_WITHOUT_SOURCE),
            (&storage::public_policy::CONTROL, Bucket::POLICY_PUBLIC),
        ];
        for (control, fact) in controls {
            let with = |entries: Entries| but(control, [(fact, Known(json!(entries)))]);
            let one = || vec!["statement 1".to_owned()];
            assert_passes(control, with(Entries::none()));
            assert_fails(control, with(Entries::from(one())));
            assert_fails(control, with(Entries::new(one(), Some(DENIED))));
            assert_unknown(control, with(Entries::new(Vec::new(), Some(DENIED))));
            assert_unknown(control, but(control, [(fact, denied())]));
            assert_not_applicable(control, but(control, [(fact, NotOffered)]));
        }
    }
}
