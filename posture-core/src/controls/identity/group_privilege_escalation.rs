//! `identity.group-privilege-escalation`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.group-privilege-escalation",
    life: since("0.1.0"),
    title: "Groups do not allow privilege escalation",
    finding: "Group allows privilege escalation",
    keywords: &[
        "IAM",
        "IAM group",
        "privilege escalation",
        "escalation path",
        "PassRole",
        "least privilege",
    ],
    severity: High,
    rationale: "An identity that can escalate its privileges has, in effect, all privileges that \
                it can reach. This includes a group that has no members yet. The known \
                escalation paths are those of 2026-11-29 (docs/escalation-paths.md); a path may \
                lead through other identities.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Remove one permission of each combination or one step of each path, or limit \
                   it to resources that do not lead further. The command lists the policies \
                   attached to the group.",
            console: "IAM → User groups → the group → Permissions",
            command: Inspect("aws iam list-attached-group-policies --group-name <group>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-05", Partial),
        ccm41("IAM-09", Supporting),
        ccm41("IAM-10", Partial),
    ],
    test: Test {
        reads: &[Group::FULL_ADMIN, Group::ESCALATION_PATHS],
        params: &[],
        check: Check::Group(check),
        examples: Examples {
            pass: |scope| scope.groups.items.push(good()),
            fail: |scope| {
                scope
                    .groups
                    .items
                    .push(good().escalation_paths(Known(Entries::from(["statement `Everything`"]))))
            },
        },
    },
};

fn check(group: &Group, _: &Context<'_>) -> Judged {
    rights::no_escalation(
        &group.full_admin,
        (Group::ESCALATION_PATHS, &group.escalation_paths),
        "no escalation path",
        "it gives every right already, which `identity.group-full-admin` judges",
    )
}

fn good() -> Group {
    Group::unread("arn:aws:iam::123456789012:group/example", "example", None)
        .full_admin(Known(Vec::new()))
        .escalation_paths(Known(Entries::none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(group: Group) -> impl FnOnce(&mut Scope) {
        move |scope| scope.groups.items.push(group)
    }

    fn path() -> Fact<Entries> {
        Known(Entries::from(["iam:AttachUserPolicy"]))
    }

    fn bad() -> Fact<Vec<String>> {
        Known(vec!["statement 1".to_owned()])
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(good()));
        assert_fails(&CONTROL, with(good().escalation_paths(path())));
        assert_unknown(&CONTROL, with(good().escalation_paths(denied())));
        assert_unknown(&CONTROL, with(good().full_admin(denied())));
        assert_fails(&CONTROL, with(good().full_admin(denied()).escalation_paths(path())));
    }

    #[test]
    fn an_administrator_does_not_pass() {
        assert_not_applicable(&CONTROL, with(good().full_admin(bad())));
        assert_not_applicable(&CONTROL, with(good().full_admin(bad()).escalation_paths(denied())));
    }
}
