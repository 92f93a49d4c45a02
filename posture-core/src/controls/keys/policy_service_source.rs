//! `keys.policy-service-source`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.policy-service-source",
    life: since("0.1.0"),
    title: "KMS key policies restrict services to a source",
    finding: "KMS key policy allows a service without a source condition",
    keywords: &[
        "KMS",
        "key policy",
        "confused deputy",
        "aws:SourceAccount",
        "aws:SourceArn",
        "service principal",
    ],
    severity: Medium,
    rationale: "A service acts for all its customers. Without a condition on the source, any of \
                them can have the service use the key on their behalf.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a condition on aws:SourceAccount or aws:SourceArn to each statement of \
                   the key policy that allows a service.",
            console: "KMS → Customer managed keys → the key → Key policy",
            command: Change(
                "aws kms put-key-policy --key-id <key> --policy-name default \
                             --policy file://<policy-with-SourceAccount.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("CEK-11", Supporting),
        ccm41("IAM-05", Supporting),
    ],
    test: no_entries!(
        Key.services_without_source,
        "sns.amazonaws.com",
        "a condition on the source account or ARN for every service",
    ),
};
