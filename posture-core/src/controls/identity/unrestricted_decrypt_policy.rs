//! `identity.unrestricted-decrypt-policy`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.unrestricted-decrypt-policy",
    life: since("0.1.0"),
    title: "Policies of the customer do not decrypt with every key",
    severity: Medium,
    rationale: "Whoever may decrypt with every key reads whatever they can lay hands on.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Name the keys in the policy.",
            console: "IAM → Policies → the policy → Permissions",
            command: "aws iam create-policy-version --policy-arn <policy> --policy-document file://<policy.json> --set-as-default",
        },
    )],
    references: &["https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html"],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        csf20("PR.DS-01", Supporting),
        ccm41("IAM-05", Partial),
        ccm41("CEK-11", Partial),
        // Not decided: AWS accepts every key of one region, ignores conditions and Deny, and leaves
        // out policies that only bound others.
        fsbp("KMS.1", Supporting),
    ],
    test: rights::named_keys!(Policy),
};
