//! `secrets.literal-keys`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the value is readable by everyone who may read the file, and stays readable in its earlier versions";

/// See the [module](self).
///
/// Secrets of a cluster are not read, so that only manifests show this. Base64 in `data` does not encrypt. What is
/// rendered for one deployment and never stored is judged as well: the file shows no difference.
pub(crate) static CONTROL: Control = Control {
    id: "secrets.literal-keys",
    life: since("0.1.0"),
    title: "Manifests of Secrets contain no values",
    finding: "The manifest of a Secret contains its values",
    keywords: &[
        "Kubernetes",
        "Secret",
        "stringData",
        "version control",
        "GitOps",
        "SealedSecret",
        "SOPS",
        "hard-coded credentials",
    ],
    severity: High,
    rationale: "Base64 does not encrypt: anyone who may read the file reads the credential, in version control for as long as the \
                history exists.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Revoke the credentials. Bring the new ones from an external store, such as by an ExternalSecret, or encrypt them in \
                   the file, such as by a SealedSecret or SOPS. The command shows the keys of the Secret in the cluster without \
                   their values.",
            console: "data, stringData",
            command: Inspect("kubectl describe secrets --namespace <namespace>"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/configuration/secret/#information-security-for-secrets",
        "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(SHOWS)),
        csf20("PR.DS-01", Partial(SHOWS)),
        ccm41("IAM-14", Partial(SHOWS)),
        ccm41("DSP-17", Supporting),
        cis_kubernetes2("5.4.2", Supporting),
        cis_eks18("4.4.2", Supporting),
        cis_aks18("4.5.2", Supporting),
        nsa_kubernetes12("N7", Supporting),
    ],
    test: no_entries!(SecretManifest.literal_keys, "no value, or a reference to one"),
};
