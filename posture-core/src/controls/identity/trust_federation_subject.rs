//! `identity.trust-federation-subject`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "any workload of the identity provider, of any of its customers, can assume \
                     the role";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.trust-federation-subject",
    life: since("0.1.0"),
    title: "OIDC trust policies restrict the token subject",
    finding: "OIDC trust policy does not restrict the token subject",
    keywords: &[
        "IAM",
        "role",
        "trust policy",
        "OpenID Connect",
        "OIDC",
        "AssumeRoleWithWebIdentity",
        "GitHub Actions",
        "federation",
    ],
    severity: High,
    rationale: "Without a condition on the subject, every identity that the identity provider \
                knows can assume the role. With a public identity provider, that is everyone.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a condition on the subject of the token to the trust policy.",
            console: "IAM → Roles → the role → Trust relationships",
            command: Change(
                "aws iam update-assume-role-policy --role-name <role> \
                             --policy-document file://<trust.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
    ],
    satisfies: &[
        csf20("PR.AA-04", Partial(SHOWS)),
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        ccm41("IAM-13", Supporting),
    ],
    test: Test {
        reads: &[Role::SERVICE_LINKED, Role::TRUSTS_FEDERATION_WITHOUT_SUBJECT],
        params: &[],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(good()),
            fail: |scope| {
                scope.roles.items.push(good().trusts_federation_without_subject(Known(
                    Entries::from(["statement `Everything`"]),
                )))
            },
        },
    },
};

fn check(role: &Role, _: &Context<'_>) -> CheckResult {
    if *role.service_linked.known()? {
        return not_applicable("it is a service-linked role");
    }
    role.trusts_federation_without_subject
        .must_be_empty(Role::TRUSTS_FEDERATION_WITHOUT_SUBJECT, "a condition on the subject")
}

fn good() -> Role {
    Role::unread("arn:aws:iam::123456789012:role/example", "example", None)
        .service_linked(Known(false))
        .trusts_federation_without_subject(Known(Entries::none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(role: Role) -> impl FnOnce(&mut Scope) {
        move |scope| scope.roles.items.push(role)
    }

    fn bad() -> Fact<Entries> {
        Known(Entries::from(["statement 1"]))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(good()));
        assert_fails(&CONTROL, with(good().trusts_federation_without_subject(bad())));
        assert_unknown(&CONTROL, with(good().trusts_federation_without_subject(denied())));
    }

    #[test]
    fn a_role_that_a_service_owns_is_not_the_customers_to_change() {
        assert_not_applicable(
            &CONTROL,
            with(good().service_linked(Known(true)).trusts_federation_without_subject(bad())),
        );
        assert_unknown(
            &CONTROL,
            with(good().service_linked(denied()).trusts_federation_without_subject(bad())),
        );
    }
}
