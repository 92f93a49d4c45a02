//! The outcome for the permissions of a user, a role, a group or a policy.

use crate::control::Undecided;
use crate::prelude::*;

/// The test of a control of permissions: the kind, the facts that it judges with their values in the example that passes, how it
/// judges them, and the value of a fact in the example that fails. What the customer cannot change is left out.
macro_rules! judged {
    (
        $kind:ident { $( $fact:ident: $good:expr ),+ },
        |$holder:ident| $judged:expr,
        $bad:ident: $value:expr
    ) => {
        Test {
            reads: rights::reads!($kind { $( $fact ),+ }),
            params: &[],
            check: Check::$kind(|$holder, _| rights::if_own($holder, || $judged)),
            examples: Examples {
                pass: |scope| {
                    let example = <$kind as rights::Holds>::example();
                    scope.add(example$( .$fact(Known($good)) )+);
                },
                fail: |scope| {
                    let example = <$kind as rights::Holds>::example();
                    scope.add(example$( .$fact(Known($good)) )+.$bad(Known($value)));
                },
            },
        }
    };
}
pub(crate) use judged;

/// What such a control reads: these facts, and by what it knows whether it is the customer's to change.
macro_rules! reads {
    (Role { $( $fact:ident ),+ }) => {
        pastey::paste! { &[Role::SERVICE_LINKED, $( Role::[<$fact:upper>] ),+] }
    };
    (Policy { $( $fact:ident ),+ }) => {
        pastey::paste! { &[Policy::CUSTOMER_MANAGED, $( Policy::[<$fact:upper>] ),+] }
    };
    ($kind:ident { $( $fact:ident ),+ }) => {
        pastey::paste! { &[$( $kind::[<$fact:upper>] ),+] }
    };
}
pub(crate) use reads;

/// The test that a user or a role is not an administrator, neither by its own policies nor by a path through others.
macro_rules! not_an_administrator {
    ($kind:ident) => {
        rights::judged!(
            $kind { full_admin: Vec::new(), admin_paths: Vec::new() },
            |holder| rights::administers_nothing(
                ($kind::FULL_ADMIN, &holder.full_admin),
                ($kind::ADMIN_PATHS, &holder.admin_paths),
            ),
            full_admin: vec!["statement `Everything`".to_owned()]
        )
    };
}
pub(crate) use not_an_administrator;

/// The test that a group or a policy does not grant full administration.
macro_rules! no_full_admin {
    ($kind:ident) => {
        rights::judged!(
            $kind { full_admin: Vec::new() },
            |holder| $crate::checks::lists::none(
                ($kind::FULL_ADMIN, &holder.full_admin),
                "",
                "no administrator access",
            ),
            full_admin: vec!["statement `Everything`".to_owned()]
        )
    };
}
pub(crate) use no_full_admin;

/// The test that no service is allowed as a whole.
macro_rules! named_actions {
    ($kind:ident) => {
        rights::judged!(
            $kind { wildcard_services: Entries::none() },
            |holder| holder.wildcard_services.must_be_empty($kind::WILDCARD_SERVICES, "named actions"),
            wildcard_services: Entries::from(["s3 (embedded policy `example`, statement 1)"])
        )
    };
}
pub(crate) use named_actions;

/// The test that decryption is allowed with named keys only.
macro_rules! named_keys {
    ($kind:ident) => {
        rights::judged!(
            $kind { decrypts_any_key: Vec::new() },
            |holder| $crate::checks::lists::none(
                ($kind::DECRYPTS_ANY_KEY, &holder.decrypts_any_key),
                "",
                "decryption with named keys only",
            ),
            decrypts_any_key: vec!["statement `Everything`".to_owned()]
        )
    };
}
pub(crate) use named_keys;

/// The test that there is no escalation path, with what is expected, and the control that judges administrators.
macro_rules! no_escalation {
    ($kind:ident, $expected:literal, $elsewhere:literal $(,)?) => {
        rights::judged!(
            $kind { full_admin: Vec::new(), escalation_paths: Entries::none() },
            |holder| rights::escalates_nowhere(
                &holder.full_admin,
                ($kind::ESCALATION_PATHS, &holder.escalation_paths),
                $expected,
                $elsewhere,
            ),
            escalation_paths: Entries::from(["iam:AttachUserPolicy"])
        )
    };
}
pub(crate) use no_escalation;

/// The test that a trust policy allows none of what the fact lists, with what is expected in its place.
macro_rules! trusts_no_one {
    ($fact:ident, $expected:literal $(,)?) => {
        pastey::paste! {
            rights::judged!(
                Role { $fact: Entries::none() },
                |role| role.$fact.must_be_empty(Role::[<$fact:upper>], $expected),
                $fact: Entries::from(["statement `Everything`"])
            )
        }
    };
}
pub(crate) use trusts_no_one;

/// What has permissions, or grants them.
pub(crate) trait Holds {
    /// One that is the customer's to change.
    fn example() -> Self;
    /// Why it is not the customer's to change, where it is not.
    ///
    /// # Errors
    /// [`Undecided`] where that is not known.
    fn of_the_provider(&self) -> Result<Option<&'static str>, Undecided>;
}

impl Holds for User {
    fn example() -> Self {
        Self::unread("arn:aws:iam::123456789012:user/example", "example", None)
    }

    fn of_the_provider(&self) -> Result<Option<&'static str>, Undecided> {
        Ok(None)
    }
}

impl Holds for Group {
    fn example() -> Self {
        Self::unread("arn:aws:iam::123456789012:group/example", "example", None)
    }

    fn of_the_provider(&self) -> Result<Option<&'static str>, Undecided> {
        Ok(None)
    }
}

impl Holds for Role {
    fn example() -> Self {
        Self::unread("arn:aws:iam::123456789012:role/example", "example", None)
            .service_linked(Known(false))
    }

    fn of_the_provider(&self) -> Result<Option<&'static str>, Undecided> {
        Ok(self.service_linked.known()?.then_some("a service of the provider owns it"))
    }
}

impl Holds for Policy {
    fn example() -> Self {
        Self::unread("arn:aws:iam::123456789012:policy/example", "example", None)
            .customer_managed(Known(true))
    }

    fn of_the_provider(&self) -> Result<Option<&'static str>, Undecided> {
        Ok((!self.customer_managed.known()?).then_some("the provider wrote it"))
    }
}

/// Judges what is the customer's to change.
pub(crate) fn if_own(holder: &impl Holds, judge: impl FnOnce() -> CheckResult) -> CheckResult {
    match holder.of_the_provider()? {
        Some(why) => not_applicable(why),
        None => judge(),
    }
}

/// No full administration, neither by its own policies nor by a path through others.
pub(crate) fn administers_nothing(
    full_admin: (FactId, &Fact<Vec<String>>),
    admin_paths: (FactId, &Fact<Vec<String>>),
) -> CheckResult {
    for ((name, fact), expected) in
        [(full_admin, "no administrator access"), (admin_paths, "no path to administrator access")]
    {
        if let Known(found) = fact
            && !found.is_empty()
        {
            return fail(name, found.join("; "), expected);
        }
    }
    full_admin.1.known()?;
    admin_paths.1.known()?;
    pass()
}

/// No escalation path. An administrator has nothing more to gain, which is not a merit: whether there may be one is judged
/// by the control that `elsewhere` names.
pub(crate) fn escalates_nowhere(
    full_admin: &Fact<Vec<String>>,
    (fact, escalation_paths): (FactId, &Fact<Entries>),
    expected: &'static str,
    elsewhere: &'static str,
) -> CheckResult {
    // One certain path outranks what else is not decided.
    if escalation_paths.any() == Known(true) {
        let found = escalation_paths.known()?.evidence_with("; ");
        return fail(fact, found, expected);
    }
    if full_admin.any() == Known(true) {
        return not_applicable(elsewhere);
    }
    full_admin.known()?;
    escalation_paths.any().known()?;
    pass()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::controls::identity::{
        full_admin_policy, group_full_admin, group_privilege_escalation, group_service_wildcard,
        group_unrestricted_decrypt, policy_privilege_escalation, role_full_admin,
        role_privilege_escalation, role_service_wildcard, role_unrestricted_decrypt,
        service_wildcard_policy, trust_federation_audience, trust_federation_subject, trust_public,
        trust_service_source, trust_third_party, unrestricted_decrypt_policy, user_full_admin,
        user_privilege_escalation, user_service_wildcard, user_unrestricted_decrypt,
    };

    const FULL_ADMIN: &[&Control] = &[
        &user_full_admin::CONTROL,
        &role_full_admin::CONTROL,
        &group_full_admin::CONTROL,
        &full_admin_policy::CONTROL,
    ];

    const ESCALATION: &[&Control] = &[
        &user_privilege_escalation::CONTROL,
        &role_privilege_escalation::CONTROL,
        &group_privilege_escalation::CONTROL,
        &policy_privilege_escalation::CONTROL,
    ];

    const WILDCARD: &[&Control] = &[
        &user_service_wildcard::CONTROL,
        &role_service_wildcard::CONTROL,
        &group_service_wildcard::CONTROL,
        &service_wildcard_policy::CONTROL,
    ];

    const DECRYPT: &[&Control] = &[
        &user_unrestricted_decrypt::CONTROL,
        &role_unrestricted_decrypt::CONTROL,
        &group_unrestricted_decrypt::CONTROL,
        &unrestricted_decrypt_policy::CONTROL,
    ];

    /// The fact that decides each family.
    const FAMILIES: &[(&[&Control], &str)] = &[
        (FULL_ADMIN, "full_admin"),
        (ESCALATION, "escalation_paths"),
        (WILDCARD, "wildcard_services"),
        (DECRYPT, "decrypts_any_key"),
        (&[&trust_public::CONTROL], "trusts_anyone"),
        (&[&trust_third_party::CONTROL], "trusts_accounts_unconditionally"),
        (&[&trust_service_source::CONTROL], "trusts_services_without_source"),
        (&[&trust_federation_audience::CONTROL], "trusts_federation_without_audience"),
        (&[&trust_federation_subject::CONTROL], "trusts_federation_without_subject"),
    ];

    fn of(control: &Control, fact: &str) -> FactId {
        control.test.check.kind().fact(fact).unwrap()
    }

    fn bad() -> Fact<Value> {
        Known(json!(["statement 1"]))
    }

    #[test]
    fn one_statement_is_enough_to_fail() {
        for (controls, fact) in FAMILIES {
            for control in *controls {
                let fact = of(control, fact);
                assert_passes(control, but(control, []));
                assert_fails(control, but(control, [(fact, bad())]));
                assert_unknown(control, but(control, [(fact, denied())]));
            }
        }
    }

    #[test]
    fn what_is_the_providers_is_not_the_customers_to_change() {
        for (controls, fact) in FAMILIES {
            for control in *controls {
                let (whose, theirs) = match control.test.check.kind() {
                    Kind::Role => (Role::SERVICE_LINKED, true),
                    Kind::Policy => (Policy::CUSTOMER_MANAGED, false),
                    _ => continue,
                };
                let fact = (of(control, fact), bad());
                let theirs = (whose, Known(json!(theirs)));
                assert_not_applicable(control, but(control, [fact.clone(), theirs]));
                assert_unknown(control, but(control, [fact, (whose, denied())]));
            }
        }
    }

    #[test]
    fn a_path_to_administration_is_as_good_as_having_it() {
        for control in [&user_full_admin::CONTROL, &role_full_admin::CONTROL] {
            let (own, paths) = (of(control, "full_admin"), of(control, "admin_paths"));
            assert_fails(control, but(control, [(paths, bad())]));
            assert_unknown(control, but(control, [(paths, denied())]));
            assert_fails(control, but(control, [(own, denied()), (paths, bad())]));
            assert_fails(control, but(control, [(own, bad()), (paths, denied())]));
        }
    }

    #[test]
    fn a_certain_escalation_path_outranks_what_is_not_decided() {
        for control in ESCALATION {
            let (own, paths) = (of(control, "full_admin"), of(control, "escalation_paths"));
            let both = Known(json!({ "certain": ["iam:AttachUserPolicy"], "undecided": DENIED }));
            assert_fails(control, but(control, [(paths, both)]));
            assert_unknown(control, but(control, [(own, denied())]));
            assert_fails(control, but(control, [(own, denied()), (paths, bad())]));
        }
    }

    #[test]
    fn an_administrator_does_not_pass() {
        for control in ESCALATION {
            let (own, paths) = (of(control, "full_admin"), of(control, "escalation_paths"));
            assert_not_applicable(control, but(control, [(own, bad())]));
            assert_not_applicable(control, but(control, [(own, bad()), (paths, denied())]));
        }
    }
}
