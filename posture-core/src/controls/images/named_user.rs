//! `images.named-user`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.named-user",
    life: since("0.1.0"),
    title: "The user of the image is a number",
    finding: "The image names its user without a number",
    keywords: &["USER", "runAsNonRoot", "Kubernetes"],
    severity: Low,
    rationale: "Kubernetes cannot check a name: with `runAsNonRoot`, a pod with this image does not start unless it sets `runAsUser`.",
    remediation: &[(
        Image,
        Remedy {
            text: "Write the number of the user in `USER`. The command shows the configuration of the image.",
            console: "USER",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
        "https://docs.docker.com/reference/dockerfile/#user",
    ],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("4.1", Supporting),
        nsa_kubernetes12("P1", Supporting),
    ],
    test: no_entries!(ContainerImage.named_user, "app (1000)", "the number of the user"),
};
