//! Microsoft Azure: which tenant is read, as the command line and the configuration say it.

use posture::azure;

use crate::args::{AzureLogin, Cloud, Credential};

/// A tenant of Azure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tenant {
    pub(crate) login: AzureLogin,
}

impl From<&Tenant> for posture::Target {
    fn from(tenant: &Tenant) -> Self {
        let login = &tenant.login;
        azure::Tenant {
            cloud: match login.cloud {
                Cloud::Public => azure::Cloud::Public,
                Cloud::Usgovernment => azure::Cloud::UsGovernment,
                Cloud::China => azure::Cloud::China,
            },
            tenant: login.tenant.clone(),
            subscriptions: login.subscription.clone(),
            management_groups: login.management_group.clone(),
            source: login.credential.map(|source| match source {
                Credential::Environment => azure::Source::Environment,
                Credential::WorkloadIdentity => azure::Source::WorkloadIdentity,
                Credential::ManagedIdentity => azure::Source::ManagedIdentity,
                Credential::Cli => azure::Source::AzureCli,
                Credential::DeveloperCli => azure::Source::AzureDeveloperCli,
            }),
            client_id: login.client_id.clone(),
            client_secret: login.simulated_secret.clone(),
            simulator: login.simulator.clone(),
            // In the demo nobody else lives off the quota.
            unpaced: login.simulated_secret.is_some(),
            ..azure::Tenant::default()
        }
        .into()
    }
}
