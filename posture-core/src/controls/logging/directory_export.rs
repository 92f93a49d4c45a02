//! `logging.directory-export`

use crate::checks::shows;
use crate::checks::{directory, export};
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "Entra ID keeps these records for 30 days at most, and neither a diagnostic \
                     setting nor a declared tool keeps them longer";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.directory-export",
    life: since("0.1.0"),
    title: "Entra ID sign-in and audit logs are exported",
    finding: "Not all required Entra ID logs are exported",
    keywords: &[
        "Entra ID",
        "sign-in logs",
        "audit logs",
        "diagnostic setting",
        "Log Analytics",
        "Entra ID Protection",
    ],
    severity: Medium,
    rationale: "Entra ID keeps sign-in and audit logs for at most a month, and separately from \
                the logs of other systems.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Add a diagnostic setting to Entra ID that sends every log category to a Log \
                   Analytics workspace, a storage account or an event hub.",
            console: "Microsoft Entra ID → Monitoring & health → Diagnostic settings → Add \
                      diagnostic setting",
            command: Change(
                "az rest --method put --url \
                             \"https://management.azure.com/providers/microsoft.aadiam/diagnosticSettings/<name>?api-version=2017-04-01\" \
                             --body @<setting.json>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/monitoring-health/howto-configure-diagnostic-settings",
        "https://learn.microsoft.com/en-us/entra/identity/monitoring-health/concept-diagnostic-settings-logs-options",
        "https://learn.microsoft.com/en-us/entra/identity/monitoring-health/reference-reports-data-retention",
    ],
    satisfies: &[
        csf20("PR.PS-04", Partial(SHOWS)).or_tool(Purpose::Logs),
        csf20("DE.CM-03", Supporting),
        csf20("DE.AE-03", Supporting),
        ccm41("LOG-07", Supporting),
        ccm41("LOG-09", Partial(SHOWS)).or_tool(Purpose::Logs),
        // The benchmark lists the records of Global Secure Access as well, of which most tenants have none.
        cis_azure6("6.1.1.8", Partial(shows::STEP)).with(KINDS.asked(&[
            "AuditLogs",
            "SignInLogs",
            "NonInteractiveUserSignInLogs",
            "ServicePrincipalSignInLogs",
            "ManagedIdentitySignInLogs",
            "ADFSSignInLogs",
            "ProvisioningLogs",
            "RiskyUsers",
            "UserRiskEvents",
            "RiskyServicePrincipals",
            "ServicePrincipalRiskEvents",
        ])),
        mcsb1("LT-3", Partial(SHOWS)).or_tool(Purpose::Logs),
        mcsb1("LT-2", Supporting),
        mcsb1("LT-5", Supporting),
    ],
    test: Test {
        reads: &[Directory::EXPORTED_LOGS],
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
    doc: "The log categories that must be exported, by the provider's names. The default is every category about Entra ID itself.",
    default: &[
        "AuditLogs",
        "SignInLogs",
        "NonInteractiveUserSignInLogs",
        "ServicePrincipalSignInLogs",
        "ManagedIdentitySignInLogs",
        "ADFSSignInLogs",
        "ProvisioningLogs",
        "RiskyUsers",
        "UserRiskEvents",
        "RiskyServicePrincipals",
        "ServicePrincipalRiskEvents",
    ],
};

fn check(directory: &Directory, context: &Context<'_>) -> CheckResult {
    export::holds(Directory::EXPORTED_LOGS, &directory.exported_logs, &context.names(&KINDS))
}

fn example(kinds: &[&str]) -> Directory {
    directory::unread().exported_logs(Known(export::kinds(kinds)))
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
        assert_unknown(&CONTROL, with(directory::unread().exported_logs(denied())));
    }

    #[test]
    fn each_kind_counts() {
        for left_out in KINDS.default {
            let rest: Vec<&str> =
                KINDS.default.iter().filter(|kind| *kind != left_out).copied().collect();
            assert_fails(&CONTROL, with(example(&rest)));
        }
    }

    #[test]
    fn names_compare_without_regard_to_case_and_more_kinds_do_no_harm() {
        let mut kinds: Vec<String> = KINDS.default.iter().map(|kind| kind.to_uppercase()).collect();
        kinds.push("NewLogs".to_owned());
        let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
        assert_passes(&CONTROL, with(example(&kinds)));
    }

    #[test]
    fn what_must_be_exported_can_be_changed() {
        let scope = world(with(example(&["AuditLogs"])));
        let kinds = [("kinds", Value::Names(vec!["auditlogs".to_owned()]))];
        assert_eq!(judged_with(&CONTROL, &scope, &kinds), [Ok(Verdict::Pass)]);
    }
}
