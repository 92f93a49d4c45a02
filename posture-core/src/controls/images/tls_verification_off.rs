//! `images.tls-verification-off`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "programs that follow the variable encrypt for anyone who answers";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.tls-verification-off",
    life: since("0.1.0"),
    title: "No variable of the image turns off the verification of TLS",
    finding: "A variable of the image turns off the verification of TLS",
    keywords: &["NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY", "GIT_SSL_NO_VERIFY", "TLS"],
    severity: Medium,
    rationale: "Every connection of the program then trusts every server, and so everyone on the way.",
    remediation: &[(
        Image,
        Remedy {
            text: "Remove the variable, and add the authority that is missing to the trusted ones. The command shows the configuration of the image.",
            console: "ENV",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue",
        "https://docs.docker.com/reference/dockerfile/#env",
    ],
    satisfies: &[
        csf20("PR.DS-02", Partial(SHOWS)),
        ccm41("CEK-03", Partial(SHOWS)),
        ccm41("IPY-03", Partial(SHOWS)),
    ],
    test: no_entries!(
        ContainerImage.unverified_tls,
        "NODE_TLS_REJECT_UNAUTHORIZED",
        "no such variable"
    ),
};
