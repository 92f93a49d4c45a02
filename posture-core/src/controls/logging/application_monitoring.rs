//! `logging.application-monitoring`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.application-monitoring",
    life: since("0.1.0"),
    title: "Application Insights monitors web apps",
    finding: "Subscription has no working Application Insights component",
    keywords: &[
        "Application Insights",
        "Azure Monitor",
        "App Service",
        "Azure Functions",
        "web app",
        "APM",
    ],
    severity: Low,
    rationale: "Platform logs do not show what went wrong inside an application, or which \
                request caused it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create an Application Insights component with a Log Analytics workspace, and \
                   have the web apps report to it. Where they report to a component in another \
                   subscription, or to another product, add an exception.",
            console: "Application Insights → Create",
            command: Change(
                "az extension add --name application-insights && az monitor \
                             app-insights component create --app <name> --resource-group <group> \
                             --location <region> --workspace <workspace-id>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-monitor/app/app-insights-overview",
        "https://learn.microsoft.com/en-us/azure/azure-monitor/app/codeless-app-service",
    ],
    // A component shows the one requirement that asks for it, and for the others only that monitoring was started.
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("LOG-07", Supporting),
        // It asks for a component, whether or not there are web applications.
        cis_azure6("6.1.3.1", Full).by(Check::Account(exists)),
        mcsb1("LT-3", Supporting),
    ],
    test: Test {
        reads: &[Account::WEB_APPS, Account::APPLICATION_MONITORS],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| fill(scope, 1, &["insights"]),
            fail: |scope| fill(scope, 1, &[]),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    let apps = *account.web_apps.known()?;
    if apps == 0 {
        return not_applicable("it has no web apps");
    }
    if !account.application_monitors.known()?.is_empty() {
        return pass();
    }
    let found = format!("none, and {apps} web app{}", if apps == 1 { "" } else { "s" });
    fail(Account::APPLICATION_MONITORS, found, "at least one working component")
}

/// Whether there is one, with web applications or without.
fn exists(account: &Account, _: &Context<'_>) -> CheckResult {
    if !account.application_monitors.known()?.is_empty() {
        return pass();
    }
    fail(Account::APPLICATION_MONITORS, "none", "at least one working component")
}

fn fill(scope: &mut Scope, apps: u32, monitors: &[&str]) {
    scope.account.web_apps = Known(apps);
    scope.account.application_monitors =
        Known(monitors.iter().map(|name| (*name).to_owned()).collect());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| fill(scope, 3, &["insights"]));
        assert_fails(&CONTROL, |scope| fill(scope, 3, &[]));
        assert_not_applicable(&CONTROL, |scope| fill(scope, 0, &[]));
        assert_unknown(&CONTROL, |scope| {
            fill(scope, 3, &[]);
            scope.account.application_monitors = denied();
        });
        assert_unknown(&CONTROL, |scope| {
            fill(scope, 3, &[]);
            scope.account.web_apps = denied();
        });
        // Without applications there is nothing to monitor.
        assert_not_applicable(&CONTROL, |scope| {
            fill(scope, 0, &[]);
            scope.account.application_monitors = denied();
        });
    }
}
