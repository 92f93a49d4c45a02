//! What is read, as the command line and the configuration say it.

use posture::{aws, azure};

use crate::args::{AwsLogin, AzureLogin, Cloud, Credential};

/// What is to be audited.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    Aws(Box<Accounts>),
    Azure(Box<Tenant>),
}

impl Target {
    pub(crate) fn to_read(&self) -> posture::Target {
        match self {
            Self::Aws(accounts) => (&**accounts).into(),
            Self::Azure(tenant) => (&**tenant).into(),
        }
    }
}

/// Accounts of AWS.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Accounts {
    pub(crate) login: AwsLogin,
    pub(crate) regions: Vec<String>,
    pub(crate) exclude_regions: Vec<String>,
}

impl From<&Accounts> for posture::Target {
    fn from(accounts: &Accounts) -> Self {
        let login = &accounts.login;
        aws::Accounts {
            profiles: login.profile.clone(),
            roles: login.role_arn.clone(),
            external_id: login.external_id.clone(),
            organization: login.organization.then(|| login.role_name.clone()),
            excluded_accounts: login.exclude_account.clone(),
            regions: accounts.regions.clone(),
            excluded_regions: accounts.exclude_regions.clone(),
            allowed_hosts: login.allow_endpoint.clone(),
            simulator: login.simulator.clone(),
            ..aws::Accounts::default()
        }
        .into()
    }
}

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
