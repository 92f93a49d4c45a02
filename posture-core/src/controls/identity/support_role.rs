//! `identity.support-role`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.support-role",
    life: since("0.1.0"),
    title: "A role can open AWS Support cases",
    finding: "No role has AWSSupportAccess attached",
    keywords: &["AWS Support", "AWSSupportAccess", "IAM", "role", "incident response"],
    severity: Low,
    rationale: "During an incident, the team should already know who can open a support case.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Attach AWSSupportAccess to a role that the staff on duty can assume.",
            console: "IAM → Roles → the role → Add permissions",
            command: Change(
                "aws iam attach-role-policy --role-name <role> --policy-arn \
                             arn:aws:iam::aws:policy/AWSSupportAccess",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awssupport/latest/user/accessing-support.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSSupportAccess.html",
    ],
    satisfies: &[cis_aws7("2.15", Partial(shows::STEP))],
    test: Test {
        reads: &[Role::ATTACHED_POLICIES],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(role("arn:aws:iam::aws:policy/AWSSupportAccess")),
            fail: |scope| scope.roles.items.push(role("arn:aws:iam::aws:policy/ReadOnlyAccess")),
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> CheckResult {
    let holds = |role: &Role| role.attached_policies.map(|all| all.iter().any(|p| is_it(p)));
    if *context.scope.roles.any(holds).known()? {
        return pass();
    }
    fail(
        Role::ATTACHED_POLICIES,
        "no role has AWSSupportAccess attached",
        "a role with AWSSupportAccess attached",
    )
}

fn is_it(policy: &str) -> bool {
    policy.starts_with("arn:aws") && policy.ends_with(":iam::aws:policy/AWSSupportAccess")
}

fn role(policy: &str) -> Role {
    Role::unread("arn:aws:iam::123456789012:role/helpdesk", "helpdesk", None)
        .attached_policies(Known(vec![policy.to_owned()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |policy: &str| {
            let role = role(policy);
            move |scope: &mut Scope| scope.roles.items.push(role)
        };
        assert_passes(&CONTROL, with("arn:aws:iam::aws:policy/AWSSupportAccess"));
        assert_passes(&CONTROL, with("arn:aws-cn:iam::aws:policy/AWSSupportAccess"));
        // A policy's name proves nothing: this one is the customer's.
        assert_fails(&CONTROL, with("arn:aws:iam::123456789012:policy/AWSSupportAccess"));
        assert_fails(&CONTROL, |_| ());
        assert_unknown(&CONTROL, |scope| scope.roles = Listing::unread(DENIED));
        assert_unknown(&CONTROL, |scope| {
            scope.roles.items.push(role("x").attached_policies(denied()));
        });
    }
}
