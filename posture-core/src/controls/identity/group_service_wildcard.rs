//! `identity.group-service-wildcard`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.group-service-wildcard",
    life: since("0.1.0"),
    title: "Inline policies of groups do not grant all actions of a service",
    finding: "Group inline policy grants every action of a service",
    keywords: &["IAM", "IAM group", "inline policy", "wildcard", "least privilege"],
    severity: Low,
    rationale: "Every action of a service includes the actions that delete and share resources, \
                and those that the service adds later.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List only the actions that are needed in the inline policy.",
            console: "IAM → Groups → the group → Permissions",
            command: Change(
                "aws iam put-group-policy --group-name <group> --policy-name \
                             <policy> --policy-document file://<policy.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    ],
    satisfies: &[csf20("PR.AA-05", Partial), ccm41("IAM-05", Partial)],
    test: Test {
        reads: &[Group::WILDCARD_SERVICES],
        params: &[],
        check: Check::Group(check),
        examples: Examples {
            pass: |scope| scope.groups.items.push(good()),
            fail: |scope| {
                scope.groups.items.push(good().wildcard_services(Known(Entries::from([
                    "s3 (embedded policy `example`, statement 1)",
                ]))))
            },
        },
    },
};

fn check(group: &Group, _: &Context<'_>) -> Judged {
    group.wildcard_services.must_be_empty(Group::WILDCARD_SERVICES, "named actions")
}

fn good() -> Group {
    Group::unread("arn:aws:iam::123456789012:group/example", "example", None)
        .wildcard_services(Known(Entries::none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(group: Group) -> impl FnOnce(&mut Scope) {
        move |scope| scope.groups.items.push(group)
    }

    fn bad() -> Fact<Entries> {
        Known(Entries::from(["statement 1"]))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(good()));
        assert_fails(&CONTROL, with(good().wildcard_services(bad())));
        assert_unknown(&CONTROL, with(good().wildcard_services(denied())));
    }
}
