//! `identity.group-unrestricted-decrypt`

use crate::checks::rights;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.group-unrestricted-decrypt",
    life: since("0.1.0"),
    title: "Inline policies of groups do not allow decryption with every key",
    finding: "Group inline policy allows decryption with every KMS key",
    keywords: &[
        "IAM",
        "IAM group",
        "inline policy",
        "KMS",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "least privilege",
    ],
    severity: Medium,
    rationale: "An identity that can decrypt with every key can read all encrypted data that it \
                gets hold of.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List the keys that are needed in the inline policy.",
            console: "IAM → Groups → the group → Permissions",
            command: Change(
                "aws iam put-group-policy --group-name <group> --policy-name \
                             <policy> --policy-document file://<policy.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::EVERY_KEY)),
        csf20("PR.DS-01", Supporting),
        ccm41("IAM-05", Partial(shows::EVERY_KEY)),
        ccm41("CEK-11", Supporting),
        // Not decided: AWS accepts every key of one region, and ignores conditions and Deny.
        fsbp("KMS.2", Supporting),
    ],
    test: rights::named_keys!(Group),
};
