//! `keys.public-policy`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.public-policy",
    life: since("0.1.0"),
    title: "KMS key policies do not grant access to everyone",
    finding: "KMS key policy grants access to everyone",
    keywords: &["KMS", "key policy", "public access", "customer managed key", "principal"],
    severity: Critical,
    rationale: "Anyone who can use the key can decrypt what it protects, and anyone who can \
                manage it can lock its owner out.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List the principals in the key policy, or restrict the statement to your \
                   account or organization with a condition.",
            console: "KMS → Customer managed keys → the key → Key policy",
            command: Change(
                "aws kms put-key-policy --key-id <key> --policy-name default \
                             --policy file://<policy-with-named-principals.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::EVERYONE)),
        csf20("PR.DS-01", Partial(shows::EVERYONE)),
        ccm41("IAM-15", Partial(shows::EVERYONE)),
        ccm41("CEK-11", Partial("anyone can use the key, for whatever purpose")),
        cis_aws7("2.21", Partial(shows::STEP)),
        // Not all of it: AWS counts any value with a wildcard as open to everyone, also the ARN of
        // any role of one account.
        fsbp("KMS.5", Partial(shows::STEP)),
    ],
    test: no_entries!(Key.policy_public, "statement `Everyone`", "no grant to everyone"),
};
