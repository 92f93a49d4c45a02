//! `identity.policy-privilege-escalation`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.policy-privilege-escalation",
    life: since("0.1.0"),
    title: "Custom policies and roles do not allow privilege escalation",
    finding: "Custom policy or role allows privilege escalation",
    keywords: &[
        "IAM",
        "customer managed policy",
        "Azure RBAC",
        "custom role",
        "privilege escalation",
        "escalation path",
        "PassRole",
    ],
    severity: High,
    rationale: "An identity that can escalate its privileges has, in effect, all privileges that \
                it can reach. A policy that is not attached is one attachment away from that. On \
                AWS, the known escalation paths are those of 2026-11-29 \
                (docs/escalation-paths.md).",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Remove one permission of each combination from the policy, or limit it to \
                       resources that do not lead further.",
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
                text: "Remove the actions that assign or change roles from the custom role, or \
                       grant them through a built-in role with a condition.",
                console: "Subscriptions → the subscription → Access control (IAM) → Roles → the role \
                          → Permissions",
                command: Change("az role definition update --role-definition <role.json>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/custom-roles",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/delegate-role-assignments-overview",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-05", Partial),
        ccm41("IAM-10", Partial),
        mcsb1("PA-7", Partial),
    ],
    test: Test {
        reads: &[Policy::CUSTOMER_MANAGED, Policy::FULL_ADMIN, Policy::ESCALATION_PATHS],
        params: &[],
        check: Check::Policy(check),
        examples: Examples {
            pass: |scope| scope.policies.items.push(example(Known(Entries::none()))),
            fail: |scope| {
                scope.policies.items.push(example(Known(Entries::from([
                    "Microsoft.Authorization/roleAssignments/write",
                ]))))
            },
        },
    },
};

fn check(policy: &Policy, _: &Context<'_>) -> Judged {
    if !*policy.customer_managed.known()? {
        return not_applicable("the provider wrote it");
    }
    rights::no_escalation(
        &policy.full_admin,
        (Policy::ESCALATION_PATHS, &policy.escalation_paths),
        "nothing that gives or changes roles or rights",
        "it gives every right already, which `identity.full-admin-policy` judges",
    )
}

fn example(escalation_paths: Fact<Entries>) -> Policy {
    Policy::unread(
        "/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/1",
        "Deployer",
        None,
    )
    .customer_managed(Known(true))
    .full_admin(Known(Vec::new()))
    .escalation_paths(escalation_paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.policies.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Entries::none())));
        assert_fails(
            &CONTROL,
            with(Known(Entries::from(["Microsoft.Authorization/roleAssignments/write"]))),
        );
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn a_policy_that_gives_everything_does_not_pass() {
        let policy = || example(Known(Entries::none())).full_admin(Known(vec!["*".to_owned()]));
        assert_not_applicable(&CONTROL, |scope| scope.policies.items.push(policy()));
        let open = example(Known(Entries::none())).full_admin(denied());
        assert_unknown(&CONTROL, |scope| scope.policies.items.push(open));
    }

    #[test]
    fn a_policy_of_the_provider_is_not_the_customers_to_change() {
        let policy = || example(Known(Entries::from(["x"])));
        let put = |policy: Policy| move |scope: &mut Scope| scope.policies.items.push(policy);
        assert_not_applicable(&CONTROL, put(policy().customer_managed(Known(false))));
        assert_unknown(&CONTROL, put(policy().customer_managed(denied())));
    }
}
