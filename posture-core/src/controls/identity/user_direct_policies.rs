//! `identity.user-direct-policies`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.user-direct-policies",
    life: since("0.1.0"),
    title: "Users get permissions only through groups",
    finding: "User has directly attached or inline policies",
    keywords: &["IAM", "IAM user", "IAM group", "attached policy", "inline policy"],
    severity: Low,
    rationale: "Permissions that are attached to one user are forgotten when the user changes \
                jobs.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Attach the policy to a group, and add the user to it.",
            console: "IAM → Users → the user → Permissions",
            command: Change("aws iam detach-user-policy --user-name <user> --policy-arn <policy>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-06", Supporting),
        cis_aws7("2.13", Full),
        fsbp("IAM.2", Full),
    ],
    test: lists::names_none!(
        User.direct_policies,
        "statement `Everything`",
        "policies through groups only",
    ),
};
