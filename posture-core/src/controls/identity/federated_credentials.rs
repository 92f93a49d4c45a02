//! `identity.federated-credentials`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "a workload of any customer of the identity provider can sign in as the application or identity";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.federated-credentials",
    life: since("0.1.0"),
    title: "Federated credentials name the organization of the token",
    finding: "Federated credential accepts tokens of any organization",
    keywords: &[
        "Entra ID",
        "app registration",
        "managed identity",
        "workload identity federation",
        "federated identity credential",
        "flexible federated identity credential",
        "claims matching expression",
        "GitHub Actions",
        "OIDC",
    ],
    severity: High,
    rationale: "GitHub, GitLab and Terraform issue tokens to each of their customers. If the \
                expression does not fix the organization in the subject, an attacker with any \
                organization there signs in as the application or managed identity.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Replace the expression with a subject, or begin its pattern with the name of \
                   your organization, such as `repo:contoso/`. The command lists the \
                   applications; those of a managed identity are among its settings.",
            console: "Microsoft Entra ID → App registrations → the application → Certificates & \
                      secrets → Federated credentials, or Managed Identities → the identity → \
                      Settings → Federated credentials",
            command: Inspect("az ad app list --all --query \"[].{id: id, name: displayName}\""),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-flexible-federated-identity-credentials",
        "https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations",
    ],
    satisfies: &[
        csf20("PR.AA-04", Partial(SHOWS)),
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        ccm41("IAM-13", Supporting),
        mcsb1("IM-3", Supporting),
    ],
    test: is_false!(
        FederatedCredential.open_to_any_customer,
        "an expression that fits the subjects of any organization",
        "a subject that names the organization",
    ),
};
