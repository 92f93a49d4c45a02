//! The clouds of `posture demo`: an AWS organisation of three accounts and an Azure tenant of two subscriptions, with good
//! and bad in them, served on loopback by this process.

use posture_aws::session::Simulator;
use posture_azure::login::ClientSecret;
use posture_sim::aws::{self, Account, World};
use posture_sim::azure::{Client, Scenario, Server};
use tokio::runtime::Runtime;

use crate::args::{AwsLogin, AzureLogin, Credential};
use crate::config::targets::{Accounts, Target, Tenant};
use crate::error::{Failure, Result};

const ORGANIZATION: &str = include_str!("../../../examples/organization.toml");
const TENANT: &str = include_str!("../../../examples/tenant.toml");

/// Simulated clouds that are served until this is dropped.
pub(super) struct Estate {
    aws: aws::Server,
    key: String,
    azure: Server,
    tenant: String,
    client: Client,
    // Last, as the servers end within it.
    _runtime: Runtime,
}

impl Estate {
    pub(super) fn start() -> Result<Self> {
        let cannot = |error: &dyn std::fmt::Display| {
            Failure::tool("cannot start the simulated clouds on this machine").cause(error)
        };
        let world = World::parse(ORGANIZATION).map_err(|error| cannot(&error))?;
        let mut scenario = Scenario::parse(TENANT).map_err(|error| cannot(&error))?;
        scenario.impatient = true;
        let key = world.accounts.first().map(Account::key).unwrap_or_default();
        let (tenant, client) = (scenario.tenant.clone(), scenario.client.clone());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| cannot(&error))?;
        let servers = runtime.block_on(async {
            Ok((aws::Server::start(world, None).await?, Server::start(scenario, None).await?))
        });
        let (aws, azure) = servers.map_err(|error: std::io::Error| cannot(&error))?;
        Ok(Self { aws, key, azure, tenant, client, _runtime: runtime })
    }

    /// What is to be audited.
    pub(super) fn targets(&self) -> [Target; 2] {
        let login = AwsLogin {
            organization: true,
            simulator: Some(Simulator {
                url: self.aws.url(),
                key: self.key.clone(),
                secret: "simulated".to_owned(),
            }),
            ..AwsLogin::default()
        };
        let accounts = Accounts { login, ..Accounts::default() };
        let login = AzureLogin {
            tenant: Some(self.tenant.clone()),
            credential: Some(Credential::Environment),
            client_id: Some(self.client.id.clone()),
            simulator: Some(self.azure.url()),
            simulated_secret: Some(ClientSecret(self.client.secret.clone())),
            ..AzureLogin::default()
        };
        [Target::Aws(Box::new(accounts)), Target::Azure(Box::new(Tenant { login }))]
    }
}
