//! Which records of the directory and of device management go anywhere: the diagnostic settings of the tenant itself.

use std::collections::BTreeSet;

use posture_model::dated::Dated;
use posture_model::fact::{Fact, Known};
use posture_model::part::Part;

use super::body::same;
use super::context::Tenant;
use super::diagnostics::{self, Setting};
use crate::client::{Question, RateLimit};
use crate::entry::{Action, TENANT};
use posture_model::resource::Directory;

pub(crate) const DIRECTORY: Action = Action {
    name: "microsoft.aadiam/diagnosticSettings/read",
    own: &[],
    per: TENANT,
    lists: &[],
    fills: &[Directory::EXPORTED_LOGS],
    command: "az rest --method get --url \"https://management.azure.com/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01\"",
};

pub(crate) const DEVICES: Action = Action {
    name: "microsoft.intune/diagnosticSettings/read",
    own: &[],
    per: TENANT,
    lists: &[],
    fills: &[Directory::EXPORTED_DEVICE_LOGS],
    command: "az rest --method get --url \"https://management.azure.com/providers/microsoft.intune/diagnosticSettings?api-version=2017-04-01-preview\"",
};

/// Every category of logs that the directory can export, to know what a setting for all of them holds.
static OF_DIRECTORY: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/entra/identity/monitoring-health/concept-diagnostic-settings-logs-options",
    ],
    "2026-11-29",
    &[
        "ADFSSignInLogs",
        "AuditLogs",
        "EnrichedOffice365AuditLogs",
        "ManagedIdentitySignInLogs",
        "MicrosoftGraphActivityLogs",
        "NetworkAccessAlerts",
        "NetworkAccessTrafficLogs",
        "NonInteractiveUserSignInLogs",
        "ProvisioningLogs",
        "RemoteNetworkHealthLogs",
        "RiskyServicePrincipals",
        "RiskyUsers",
        "ServicePrincipalRiskEvents",
        "ServicePrincipalSignInLogs",
        "SignInLogs",
        "UserRiskEvents",
    ],
);

/// The same of device management.
static OF_DEVICES: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/intune/intune-service/fundamentals/review-logs-using-azure-monitor",
    ],
    "2026-11-25",
    &["AuditLogs", "DeviceComplianceOrg", "Devices", "OperationalLogs", "Windows365AuditLogs"],
);

/// Reads the [settings of the directory](https://learn.microsoft.com/en-us/azure/templates/microsoft.aadiam/diagnosticsettings)
/// and those of Intune, which are of the same form.
pub(crate) async fn read(tenant: &Tenant<'_>) -> Part {
    let (directory, devices) = futures::join!(
        settings(
            tenant,
            &DIRECTORY,
            "providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01",
        ),
        settings(
            tenant,
            &DEVICES,
            "providers/microsoft.intune/diagnosticSettings?api-version=2017-04-01-preview",
        ),
    );
    let directory =
        exported(tenant, DIRECTORY.name, &directory, &OF_DIRECTORY, |one| one.sink().is_some());
    let devices =
        exported(tenant, DEVICES.name, &devices, &OF_DEVICES, |one| one.workspace.is_some());
    Part::directory(|facts| facts.exported_logs(directory).exported_device_logs(devices))
}

async fn settings(tenant: &Tenant<'_>, action: &'static Action, path: &str) -> Fact<Vec<Setting>> {
    if !tenant.calls(action) {
        return Fact::not_collected();
    }
    let question = Question { action: action.name, target: "", lane: &RateLimit::Tenant, path };
    diagnostics::read(tenant.ask, action.name, tenant.ask.list(question).await)
}

/// The categories of the settings that have a destination, combined. A group of categories other than that of all may hold
/// any of them.
fn exported(
    tenant: &Tenant<'_>,
    action: &str,
    settings: &Fact<Vec<Setting>>,
    all: &[&str],
    counts: impl Fn(&Setting) -> bool,
) -> Fact<BTreeSet<String>> {
    settings.and_then(|settings| {
        let mut exported = BTreeSet::new();
        for setting in settings.iter().filter(|setting| counts(setting)) {
            exported.extend(setting.categories.iter().cloned());
            for group in &setting.groups {
                if !same(group, "allLogs") {
                    return tenant.ask.unsupported(action, &setting.id, group);
                }
                exported.extend(all.iter().map(|name| (*name).to_owned()));
            }
        }
        Known(exported)
    })
}

#[cfg(test)]
mod tests;
