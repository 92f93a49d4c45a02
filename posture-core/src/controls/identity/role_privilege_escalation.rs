//! `identity.role-privilege-escalation`

use crate::checks::rights;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.role-privilege-escalation",
    life: since("0.1.0"),
    title: "Roles cannot escalate privileges",
    finding: "Role can escalate privileges",
    keywords: &[
        "IAM",
        "role",
        "privilege escalation",
        "escalation path",
        "PassRole",
        "least privilege",
    ],
    severity: High,
    rationale: "An identity that can escalate its privileges has, in effect, all privileges that \
                it can reach. The known escalation paths are those of 2026-11-29 \
                (docs/escalation-paths.md); a path may lead through other identities.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Remove one permission of each combination or one step of each path, or limit \
                   it to resources that do not lead further. The command lists the policies \
                   attached to the role.",
            console: "IAM → Roles → the role → Permissions",
            command: Inspect("aws iam list-attached-role-policies --role-name <role>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::ESCALATES)),
        ccm41("IAM-05", Partial(shows::ESCALATES)),
        ccm41("IAM-09", Supporting),
        ccm41("IAM-10", Partial(shows::ESCALATES)),
    ],
    test: rights::no_escalation!(
        Role,
        "no escalation path",
        "it has administrator access, which `identity.role-full-admin` checks",
    ),
};
