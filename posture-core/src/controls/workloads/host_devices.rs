//! `workloads.host-devices`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the container uses a device of the host, and no exception declares that it needs it";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-devices",
    life: since("0.1.0"),
    title: "Containers use no devices of the host",
    finding: "A container can use devices of the host",
    keywords: &["Docker", "Compose", "devices", "device_cgroup_rules"],
    severity: High,
    rationale: "A disk, memory or a console as a device gives what the file system and the kernel protect elsewhere: with a disk, an attacker reads and changes every file of the host.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove the device, or the rule that allows it. Where the container needs one, allow that device alone, and only to read where that is enough. The command shows the settings of the container.",
            console: "services.<name>.devices, services.<name>.device_cgroup_rules",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &[
        "https://docs.docker.com/reference/cli/docker/container/run/#device",
        "https://docs.docker.com/reference/compose-file/services/#devices",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_docker18("5.18", Full),
    ],
    test: no_entries!(Workload.host_devices, "no device of the host"),
};
