//! `identity.role-service-wildcard`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.role-service-wildcard",
    life: since("0.1.0"),
    title: "Policies embedded in roles do not give every action of a service",
    severity: Low,
    rationale: "Every action of a service includes those that delete, those that share, and those that come next year.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Name the actions that are needed in the embedded policy.",
            console: "IAM → Roles → the role → Permissions",
            command: "aws iam put-role-policy --role-name <role> --policy-name <policy> --policy-document file://<policy.json>",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    ],
    satisfies: &[csf20("PR.AA-05", Partial), ccm41("IAM-05", Partial)],
    test: rights::named_actions!(Role),
};
