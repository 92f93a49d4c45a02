//! `identity.trust-third-party`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.trust-third-party",
    life: since("0.1.0"),
    title: "Cross-account trust requires an external ID or a similar condition",
    finding: "Other accounts can assume the role without an external ID",
    keywords: &[
        "IAM",
        "role",
        "trust policy",
        "external ID",
        "sts:ExternalId",
        "confused deputy",
        "third party",
        "cross-account access",
    ],
    severity: Medium,
    rationale: "One customer of a third party can trick it into using the access of another \
                customer (the confused deputy problem).",
    remediation: &[(
        Aws,
        Remedy {
            text: "Require an external ID, or limit the trust to the organization or to a \
                   network.",
            console: "IAM → Roles → the role → Trust relationships",
            command: Change(
                "aws iam update-assume-role-policy --role-name <role> \
                             --policy-document file://<trust.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("DE.CM-06", Supporting),
        ccm41("IAM-15", Supporting),
        ccm41("IAM-05", Supporting),
    ],
    test: rights::trusts_no_one!(
        trusts_accounts_unconditionally,
        "a condition on an external ID, an organization or a network"
    ),
};
