//! `container-host.authorization-plugin`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.authorization-plugin",
    life: since("0.1.0"),
    title: "A plugin authorizes requests to the API",
    finding: "No plugin authorizes requests to the API",
    keywords: &["Docker", "dockerd", "authorization-plugins"],
    severity: Low,
    rationale: "Without a plugin, everyone who can use the socket can do everything, which is as much as root of the host.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Install an authorization plugin, and name it in `authorization-plugins`. Where only root uses the socket, accept the finding. The command shows the state of the daemon.",
            console: "authorization-plugins",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/engine/extend/plugins_authorization/"],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-15", Supporting),
        ccm41("IAM-05", Supporting),
        cis_docker18("2.13", Full),
    ],
    test: lists::names_some!(
        Daemon.authorization_plugins,
        "opa",
        "none",
        "an authorization plugin"
    ),
};
