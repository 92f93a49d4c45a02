//! `identity.group-privilege-escalation`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.group-privilege-escalation",
    life: since("0.1.0"),
    title: "Groups do not let their members give themselves more rights",
    severity: High,
    rationale: "Rights that can be widened by their holder are as wide as they can become, also those of a group that has no members yet. The escalation paths \
                that are known are those of 2026-11-29 (docs/escalation-paths.md); a path may lead through other identities.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Remove one right of each combination or one step of each path, or limit it to resources that lead no further.",
            console: "IAM → User groups → the group → Permissions",
            command: "aws iam list-attached-group-policies --group-name <group>",
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
    test: rights::no_escalation!(
        Group,
        "no escalation path",
        "it gives every right already, which `identity.group-full-admin` judges",
    ),
};
