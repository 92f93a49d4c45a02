//! `workloads.apparmor-profile`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container disables the protection that its runtime provides";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.apparmor-profile",
    life: since("0.1.0"),
    title: "Containers do not disable AppArmor",
    finding: "AppArmor is off or has an unknown profile",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "AppArmor",
        "appArmorProfile",
        "Pod Security Standards",
    ],
    severity: Medium,
    rationale: "AppArmor restricts what the programs of a container may open and mount. Unconfined, one flaw \
                of the kernel or the runtime is enough to leave the container.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Remove the profile, or set its type to `RuntimeDefault` or `Localhost`. Remove annotations \
                   with `unconfined`. The command shows the pods with their settings.",
                console: "spec.template.spec.containers[*].securityContext.appArmorProfile",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Remove `apparmor:unconfined` from `security_opt`. A privileged container is unconfined too. The command shows the settings of the container.",
                console: "services.<name>.security_opt",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/tutorials/security/apparmor/",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://docs.docker.com/engine/security/apparmor/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_kubernetes2("5.6.3", Supporting),
        cis_aks18("4.6.2", Supporting),
        nsa_kubernetes12("P6", Supporting),
        cis_docker18("5.2", Partial(shows::STEP)),
    ],
    test: no_entries!(
        Workload.app_armor_overrides,
        "the default of the runtime, or a profile of your own"
    ),
};
