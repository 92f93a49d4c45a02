//! `identity.trust-federation-audience`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: AWS STS accepts only audiences that are registered with the provider. Where there is one only, the control fails
/// although no other application gets in, so that no requirement is decided.
pub(crate) static CONTROL: Control = Control {
    id: "identity.trust-federation-audience",
    life: since("0.1.0"),
    title: "Trust policies of federated roles restrict the token audience",
    finding: "Trust policy does not restrict the token audience",
    keywords: &[
        "IAM",
        "role",
        "trust policy",
        "SAML",
        "OpenID Connect",
        "OIDC",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "audience",
        "federation",
    ],
    severity: Low,
    rationale: "An identity provider issues tokens for many applications. Without a condition on \
                the audience, a token for any application that is registered with the provider \
                opens the role.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a condition on the audience to the trust policy: `SAML:aud` for SAML, \
                   `<provider>:aud` for OpenID Connect.",
            console: "IAM → Roles → the role → Trust relationships",
            command: Change(
                "aws iam update-assume-role-policy --role-name <role> \
                             --policy-document file://<trust.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
    ],
    satisfies: &[
        csf20("PR.AA-04", Supporting),
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-13", Supporting),
        ccm41("IAM-15", Supporting),
    ],
    test: rights::trusts_no_one!(trusts_federation_without_audience, "a condition on the audience"),
};
