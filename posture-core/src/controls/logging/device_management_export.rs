//! `logging.device-management-export`

use crate::checks::shows;
use crate::checks::{directory, export};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.device-management-export",
    life: since("0.1.0"),
    title: "Intune logs are sent to a Log Analytics workspace",
    finding: "Not all required Intune logs are sent to a workspace",
    keywords: &[
        "Intune",
        "diagnostic setting",
        "Log Analytics",
        "device management",
        "device compliance",
        "audit logs",
    ],
    severity: Low,
    rationale: "A device administrator can install anything on the managed devices. In a \
                workspace, their changes and devices that are not compliant can be queried \
                together with other logs.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Add a diagnostic setting in Intune that sends every log category to a Log \
                   Analytics workspace. Where the logs reach your own system through an event \
                   hub, or where Intune does not manage any devices, add an exception.",
            console: "Microsoft Intune admin center → Reports → Diagnostic settings → Add \
                      diagnostic setting",
            command: Change(
                "az rest --method put --url \
                             \"https://management.azure.com/providers/microsoft.intune/diagnosticSettings/<name>?api-version=2017-04-01-preview\" \
                             --body @<setting.json>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/intune/intune-service/fundamentals/review-logs-using-azure-monitor",
    ],
    // Supporting where the framework does not ask for devices: a tenant may have none in Intune.
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-07", Supporting),
        ccm41("LOG-09", Supporting),
        // It asks for all categories in one setting.
        cis_azure6("6.1.1.9", Partial(shows::STEP)).with(KINDS.asked(&[
            "AuditLogs",
            "OperationalLogs",
            "DeviceComplianceOrg",
            "Devices",
            "Windows365AuditLogs",
        ])),
        mcsb1("LT-3", Supporting),
        mcsb1("LT-5", Supporting),
    ],
    test: Test {
        reads: &[Directory::EXPORTED_DEVICE_LOGS],
        params: &[Param::Names(&KINDS)],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| scope.directories.items.push(example(KINDS.default)),
            fail: |scope| scope.directories.items.push(example(&["AuditLogs"])),
        },
    },
};

static KINDS: Names = Names {
    name: "kinds",
    doc: "The log categories that must be exported, by the provider's names.",
    default: &[
        "AuditLogs",
        "OperationalLogs",
        "DeviceComplianceOrg",
        "Devices",
        "Windows365AuditLogs",
    ],
};

fn check(directory: &Directory, context: &Context<'_>) -> CheckResult {
    let needed = context.names(&KINDS);
    export::holds(Directory::EXPORTED_DEVICE_LOGS, &directory.exported_device_logs, &needed)
}

fn example(kinds: &[&str]) -> Directory {
    directory::unread().exported_device_logs(Known(export::kinds(kinds)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    fn with(directory: Directory) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(directory)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(KINDS.default)));
        assert_fails(&CONTROL, with(example(&[])));
        assert_fails(&CONTROL, with(example(&["AuditLogs", "OperationalLogs", "Devices"])));
        assert_unknown(&CONTROL, with(directory::unread().exported_device_logs(denied())));
    }

    #[test]
    fn what_must_be_exported_can_be_changed() {
        let scope = world(with(example(&["auditlogs"])));
        let kinds = [("kinds", Value::Names(vec!["AuditLogs".to_owned()]))];
        assert_eq!(judged_with(&CONTROL, &scope, &kinds), [Ok(Verdict::Pass)]);
    }
}
