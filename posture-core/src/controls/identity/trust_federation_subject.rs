//! `identity.trust-federation-subject`

use crate::checks::rights;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "any workload of the identity provider, of any of its customers, can assume \
                     the role";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.trust-federation-subject",
    life: since("0.1.0"),
    title: "OIDC trust policies restrict the token subject",
    finding: "OIDC trust policy does not restrict the token subject",
    keywords: &[
        "IAM",
        "role",
        "trust policy",
        "OpenID Connect",
        "OIDC",
        "AssumeRoleWithWebIdentity",
        "GitHub Actions",
        "federation",
    ],
    severity: High,
    rationale: "Without a condition on the subject, every identity that the identity provider \
                knows can assume the role. With a public identity provider, that is everyone.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a condition on the subject of the token to the trust policy.",
            console: "IAM → Roles → the role → Trust relationships",
            command: Change(
                "aws iam update-assume-role-policy --role-name <role> \
                             --policy-document file://<trust.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
    ],
    satisfies: &[
        csf20("PR.AA-04", Partial(SHOWS)),
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        ccm41("IAM-13", Supporting),
    ],
    test: rights::trusts_no_one!(trusts_federation_without_subject, "a condition on the subject"),
};
