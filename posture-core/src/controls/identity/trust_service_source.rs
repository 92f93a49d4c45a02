//! `identity.trust-service-source`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.trust-service-source",
    life: since("0.1.0"),
    title: "Service trust policies restrict the source",
    finding: "Service trust does not restrict the source account or ARN",
    keywords: &[
        "IAM",
        "role",
        "trust policy",
        "confused deputy",
        "aws:SourceAccount",
        "aws:SourceArn",
        "service principal",
    ],
    severity: Low,
    rationale: "A service acts for all its customers, and one customer can trick it into using \
                the access of another (the confused deputy problem).",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a condition on the source account or the source ARN to the trust policy.",
            console: "IAM → Roles → the role → Trust relationships",
            command: Change(
                "aws iam update-assume-role-policy --role-name <role> \
                             --policy-document file://<trust.json>",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-15", Supporting),
        ccm41("IAM-05", Supporting),
    ],
    test: rights::trusts_no_one!(trusts_services_without_source, "a condition on the source"),
};
