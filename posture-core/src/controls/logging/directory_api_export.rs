//! `logging.directory-api-export`

use crate::checks::{directory, export};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.directory-api-export",
    life: since("0.1.0"),
    title: "Microsoft Graph activity logs are exported",
    finding: "Microsoft Graph activity logs are not exported",
    keywords: &[
        "Entra ID",
        "Microsoft Graph",
        "MicrosoftGraphActivityLogs",
        "diagnostic setting",
        "Log Analytics",
        "Entra ID P1",
    ],
    severity: Low,
    rationale: "Only this log shows what an application reads from the directory, from mail and \
                from files. Unless exported, it is not stored anywhere.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Add a diagnostic setting to Entra ID that sends MicrosoftGraphActivityLogs to \
                   a Log Analytics workspace, a storage account or an event hub. This requires \
                   an Entra ID P1 license.",
            console: "Microsoft Entra ID → Monitoring & health → Diagnostic settings → Add \
                      diagnostic setting → MicrosoftGraphActivityLogs",
            command: Change(
                "az rest --method put --url \
                             \"https://management.azure.com/providers/microsoft.aadiam/diagnosticSettings/<name>?api-version=2017-04-01\" \
                             --body @<setting.json>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/graph/microsoft-graph-activity-logs-overview",
        "https://learn.microsoft.com/en-us/entra/identity/monitoring-health/howto-configure-diagnostic-settings",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("DE.CM-03", Supporting),
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-07", Supporting),
        cis_azure6("6.1.1.7", Full),
        mcsb1("LT-3", Supporting),
        mcsb1("LT-2", Supporting),
    ],
    test: Test {
        reads: &[Directory::EXPORTED_LOGS],
        params: &[],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| scope.directories.items.push(example(CALLS)),
            fail: |scope| scope.directories.items.push(example(&["AuditLogs"])),
        },
    },
};

const CALLS: &[&str] = &["MicrosoftGraphActivityLogs"];

fn check(directory: &Directory, _: &Context<'_>) -> CheckResult {
    export::holds(Directory::EXPORTED_LOGS, &directory.exported_logs, CALLS)
}

fn example(kinds: &[&str]) -> Directory {
    directory::unread().exported_logs(Known(export::kinds(kinds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |directory| move |scope: &mut Scope| scope.directories.items.push(directory);
        assert_passes(&CONTROL, with(example(&["AuditLogs", "microsoftgraphactivitylogs"])));
        assert_fails(&CONTROL, with(example(&[])));
        assert_fails(&CONTROL, with(example(&["SignInLogs"])));
        assert_unknown(&CONTROL, with(directory::unread().exported_logs(denied())));
    }
}
