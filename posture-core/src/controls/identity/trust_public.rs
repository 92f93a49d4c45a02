//! `identity.trust-public`

use crate::checks::rights;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "anyone with an account of the provider can assume the role";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.trust-public",
    life: since("0.1.0"),
    title: "Role trust policies do not allow everyone",
    finding: "Anyone can assume the role",
    keywords: &[
        "IAM",
        "role",
        "trust policy",
        "AssumeRole",
        "public access",
        "principal",
        "Cognito identity pool",
    ],
    severity: Critical,
    rationale: "Anyone can assume the role and use its permissions: with any AWS account, or as \
                a guest of an identity pool that the role trusts.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List the principals that can assume the role in its trust policy.",
            console: "IAM → Roles → the role → Trust relationships",
            command: Change(
                "aws iam update-assume-role-policy --role-name <role> \
                             --policy-document file://<trust.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.AA-03", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        ccm41("IAM-05", Partial(SHOWS)),
        cis_aws7("2.21", Supporting),
    ],
    test: rights::trusts_no_one!(trusts_anyone, "listed principals only"),
};
