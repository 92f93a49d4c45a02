//! `identity.group-full-admin`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.group-full-admin",
    life: since("0.1.0"),
    title: "Groups do not have administrator access",
    finding: "Group has administrator access",
    keywords: &["IAM", "IAM group", "AdministratorAccess", "least privilege", "policy"],
    severity: High,
    rationale: "An attacker who takes over one administrator controls the account, whichever \
                policy grants the access.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Replace the policies that together allow every action with policies that \
                   allow only what is needed.",
            console: "IAM → Groups → the group → Permissions",
            command: Change(
                "aws iam detach-group-policy --group-name <group> --policy-arn \
                             <policy>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-05", Partial),
        ccm41("IAM-10", Supporting),
        ccm41("IAM-04", Supporting),
        cis_aws7("2.14", Partial),
    ],
    test: Test {
        reads: &[Group::FULL_ADMIN],
        params: &[],
        check: Check::Group(check),
        examples: Examples {
            pass: |scope| scope.groups.items.push(good()),
            fail: |scope| {
                scope
                    .groups
                    .items
                    .push(good().full_admin(Known(vec!["statement `Everything`".to_owned()])))
            },
        },
    },
};

fn check(group: &Group, _: &Context<'_>) -> Judged {
    let found = group.full_admin.known()?;
    if found.is_empty() {
        return pass();
    }
    fail(Group::FULL_ADMIN, found.join(", "), "no full administration")
}

fn good() -> Group {
    Group::unread("arn:aws:iam::123456789012:group/example", "example", None)
        .full_admin(Known(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(group: Group) -> impl FnOnce(&mut Scope) {
        move |scope| scope.groups.items.push(group)
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
}
