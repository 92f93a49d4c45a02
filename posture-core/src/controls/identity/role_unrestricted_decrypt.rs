//! `identity.role-unrestricted-decrypt`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.role-unrestricted-decrypt",
    life: since("0.1.0"),
    title: "Policies embedded in roles do not decrypt with every key",
    severity: Medium,
    rationale: "Whoever may decrypt with every key reads whatever they can lay hands on.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Name the keys in the embedded policy.",
            console: "IAM → Roles → the role → Permissions",
            command: "aws iam put-role-policy --role-name <role> --policy-name <policy> --policy-document file://<policy.json>",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        csf20("PR.DS-01", Supporting),
        ccm41("IAM-05", Partial),
        ccm41("CEK-11", Partial),
        // Not decided: AWS accepts every key of one region, and ignores conditions and Deny.
        fsbp("KMS.2", Supporting),
    ],
    test: rights::named_keys!(Role),
};
