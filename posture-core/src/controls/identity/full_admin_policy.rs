//! `identity.full-admin-policy`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.full-admin-policy",
    life: since("0.1.0"),
    title: "Custom policies and roles do not grant administrator access",
    finding: "Custom policy or role grants administrator access",
    keywords: &[
        "IAM",
        "customer managed policy",
        "AdministratorAccess",
        "Azure RBAC",
        "custom role",
        "wildcard",
        "least privilege",
    ],
    severity: High,
    rationale: "A single attachment or assignment makes its holder an administrator.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Replace the statement that allows every action on every resource with \
                       statements that allow only what is needed.",
                console: "IAM → Policies → the policy → Permissions",
                command: Change(
                    "aws iam create-policy-version --policy-arn <policy> \
                                 --policy-document file://<policy.json> --set-as-default",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Replace the `*` in the actions of the custom role with the actions that \
                       are needed, or delete the role.",
                console: "Subscriptions → the subscription → Access control (IAM) → Roles → Type: \
                          CustomRole → the role",
                command: Change("az role definition update --role-definition <role.json>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/custom-roles",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-05", Partial),
        cis_aws7("2.14", Partial),
        // Not decided: AWS looks for a literal Allow of * on *, whatever a Deny takes away, and
        // leaves out policies that only bound others.
        fsbp("IAM.1", Supporting),
        // Not decided: it asks for roles that can be assigned at a subscription only.
        cis_azure6("5.4", Supporting),
        mcsb1("PA-1", Partial),
        mcsb1("PA-7", Partial),
    ],
    test: Test {
        reads: &[Policy::CUSTOMER_MANAGED, Policy::FULL_ADMIN],
        params: &[],
        check: Check::Policy(check),
        examples: Examples {
            pass: |scope| scope.policies.items.push(good()),
            fail: |scope| {
                scope
                    .policies
                    .items
                    .push(good().full_admin(Known(vec!["statement `Everything`".to_owned()])))
            },
        },
    },
};

fn check(policy: &Policy, _: &Context<'_>) -> Judged {
    if !*policy.customer_managed.known()? {
        return not_applicable("the provider wrote it");
    }
    let found = policy.full_admin.known()?;
    if found.is_empty() {
        return pass();
    }
    fail(Policy::FULL_ADMIN, found.join(", "), "no full administration")
}

fn good() -> Policy {
    Policy::unread("arn:aws:iam::123456789012:policy/example", "example", None)
        .customer_managed(Known(true))
        .full_admin(Known(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(policy: Policy) -> impl FnOnce(&mut Scope) {
        move |scope| scope.policies.items.push(policy)
    }

    fn bad() -> Fact<Vec<String>> {
        Known(vec!["statement 1".to_owned()])
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(good()));
        assert_fails(&CONTROL, with(good().full_admin(bad())));
        assert_unknown(&CONTROL, with(good().full_admin(denied())));
    }

    #[test]
    fn a_policy_of_the_provider_is_not_the_customers_to_change() {
        assert_not_applicable(
            &CONTROL,
            with(good().customer_managed(Known(false)).full_admin(bad())),
        );
        assert_unknown(&CONTROL, with(good().customer_managed(denied()).full_admin(bad())));
    }
}
