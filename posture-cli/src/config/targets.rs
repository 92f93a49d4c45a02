//! Amazon Web Services: which accounts are read, as the command line and the configuration say it.

use posture::aws;

use crate::args::AwsLogin;

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
