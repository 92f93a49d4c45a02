//! `vaults.access-logging`

use crate::checks::{lists, shows};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "vaults.access-logging",
    life: since("0.1.0"),
    title: "Key vault requests are logged",
    finding: "Key vault requests are not logged",
    keywords: &["Key Vault", "diagnostic setting", "AuditEvent", "Azure Monitor", "Log Analytics"],
    severity: Medium,
    rationale: "After a leak, only a log of requests shows which keys and secrets were used, by \
                whom and from where.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Add a diagnostic setting to the vault that sends AuditEvent to a Log \
                   Analytics workspace, a storage account or an event hub.",
            console: "Key vaults → the vault → Monitoring → Diagnostic settings",
            command: Change(
                "az monitor diagnostic-settings create --name <name> --resource \
                             <vault-id> --workspace <workspace-id> --logs <logs.json>",
            ),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/key-vault/general/logging"],
    satisfies: &[
        csf20("PR.PS-04", Partial(shows::NOT_RECORDED)),
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-09", Partial(shows::NOT_RECORDED)),
        ccm41("LOG-12", Partial(shows::NOT_RECORDED)),
        ccm41("LOG-07", Supporting),
        // It asks for both category groups, audit and allLogs; AuditEvent alone records each use,
        // and is less than that.
        cis_azure6("6.1.1.4", Partial(shows::STEP)),
        mcsb1("LT-3", Partial(shows::NOT_RECORDED)),
        mcsb1("DP-8", Partial(shows::NOT_RECORDED)),
    ],
    test: lists::names_some!(
        Vault.audit_targets,
        "workspace",
        "not logged",
        "a diagnostic setting for AuditEvent",
    ),
};
