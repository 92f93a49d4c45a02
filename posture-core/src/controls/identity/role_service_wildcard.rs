//! `identity.role-service-wildcard`

use crate::checks::rights;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.role-service-wildcard",
    life: since("0.1.0"),
    title: "Inline policies of roles do not grant all actions of a service",
    finding: "Role inline policy grants every action of a service",
    keywords: &["IAM", "role", "inline policy", "wildcard", "least privilege"],
    severity: Low,
    rationale: "Every action of a service includes the actions that delete and share resources, \
                and those that the service adds later.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List only the actions that are needed in the inline policy.",
            console: "IAM → Roles → the role → Permissions",
            command: Change(
                "aws iam put-role-policy --role-name <role> --policy-name <policy> \
                             --policy-document file://<policy.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::EVERY_ACTION)),
        ccm41("IAM-05", Partial(shows::EVERY_ACTION)),
    ],
    test: rights::named_actions!(Role),
};
