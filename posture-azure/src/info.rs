//! What Azure is called, and how other tools identify its resources.

use posture_model::provider::Provider;
use posture_model::provider_info::{LevelInfo, Link, OcsfAccount, ProviderInfo};
use posture_model::scope::Level;
use posture_model::wanted::Wanted;

use crate::action::{self, wanted_actions};

/// The description of Azure.
pub static INFO: ProviderInfo = ProviderInfo {
    provider: Provider::Azure,
    levels: &[
        LevelInfo {
            level: Level::Account,
            word: "subscription",
            ocsf_account: OcsfAccount { type_id: 13, name: "Azure Subscription" },
        },
        LevelInfo {
            level: Level::Tenant,
            word: "tenant",
            ocsf_account: OcsfAccount { type_id: 99, name: "Entra Tenant" },
        },
    ],
    usual_partition: "public",
    accounts_in_tenant: true,
    known_by_name: true,
    commands: action::commands,
    actions: |wanted| wanted_actions(wanted).iter().map(|action| action.name).collect(),
    permissions,
    // Security Hub takes findings about AWS only.
    asff: None,
    assurance: &[
        Link {
            title: "Microsoft Service Trust Portal: SOC 2 Type II report, ISO/IEC 27001, 27017 and 27018 certificates",
            url: "https://servicetrust.microsoft.com/",
        },
        Link {
            title: "shared responsibility model of Microsoft",
            url: "https://learn.microsoft.com/en-us/azure/security/fundamentals/shared-responsibility",
        },
    ],
};

/// An action of Resource Manager is also its permission; Microsoft Graph has separate names for permissions.
fn permissions(wanted: &Wanted) -> Vec<&'static str> {
    let needed = wanted_actions(wanted);
    let names = needed.iter().flat_map(|action| match action.own {
        [] => std::slice::from_ref(&action.name),
        permissions => permissions,
    });
    names.copied().collect()
}
