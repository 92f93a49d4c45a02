//! `identity.unrestricted-decrypt-policy`

use crate::checks::rights;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.unrestricted-decrypt-policy",
    life: since("0.1.0"),
    title: "Customer-managed policies do not allow decryption with every key",
    finding: "Customer-managed policy allows decryption with every KMS key",
    keywords: &[
        "IAM",
        "customer managed policy",
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
            text: "List the keys that are needed in the policy.",
            console: "IAM → Policies → the policy → Permissions",
            command: Change(
                "aws iam create-policy-version --policy-arn <policy> \
                             --policy-document file://<policy.json> --set-as-default",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html"],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::EVERY_KEY)),
        csf20("PR.DS-01", Supporting),
        ccm41("IAM-05", Partial(shows::EVERY_KEY)),
        ccm41("CEK-11", Supporting),
        // Not decided: AWS accepts every key of one region, ignores conditions and Deny, and leaves
        // out policies that only bound others.
        fsbp("KMS.1", Supporting),
    ],
    test: rights::named_keys!(Policy),
};
