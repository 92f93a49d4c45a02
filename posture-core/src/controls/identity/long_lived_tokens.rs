//! `identity.long-lived-tokens`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the token works until its Secret is deleted, so that nothing replaces it in time";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.long-lived-tokens",
    life: since("0.1.0"),
    title: "Service accounts have no tokens without an end",
    finding: "A Secret holds a token without an end",
    keywords: &[
        "Kubernetes",
        "ServiceAccount",
        "Secret",
        "token",
        "kubernetes.io/service-account-token",
    ],
    severity: Medium,
    rationale: "The token of such a Secret is valid until the Secret is deleted, wherever it was \
                copied to.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Mount tokens that expire into workloads, and request others by `kubectl create \
                   token`. Then delete the Secret that the evidence names.",
            console: "Secret: type kubernetes.io/service-account-token",
            command: Change("kubectl delete secret <name> --namespace <namespace>"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets",
        "https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#auto-generated-legacy-serviceaccount-token-clean-up",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(SHOWS)),
        csf20("PR.AA-04", Supporting),
        ccm41("IAM-14", Partial(SHOWS)),
        cis_kubernetes2("3.1.2", Supporting),
        nsa_kubernetes12("P5", Partial(SHOWS)),
        nsa_kubernetes12("A1", Supporting),
    ],
    test: no_entries!(ServiceAccount.token_secrets, "tokens that expire"),
};
