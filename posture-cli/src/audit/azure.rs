//! Microsoft Azure: log in to a tenant, collect, plan.

use std::num::NonZeroU32;
use std::time::Duration;

use posture_azure::collect::{CollectError, Options, collect};
use posture_azure::login::{Login, LoginError, Session, Source};
use posture_azure::plan;
use posture_core::plan::Plan;
use posture_core::provider::Provider;
use posture_core::suggest::nearest;

use super::Run;
use crate::args::{AzureLogin, Cloud, Collect, Credential};
use crate::error::{Failure, Result, did_you_mean};

/// Subscriptions that are read at once.
const SUBSCRIPTIONS: usize = 8;

/// A tenant of Azure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tenant {
    pub(crate) login: AzureLogin,
}

async fn login(tenant: &Tenant, collect: &Collect) -> Result<Session> {
    let login = &tenant.login;
    let login = Login {
        cloud: match login.cloud {
            Cloud::Public => posture_azure::Cloud::Public,
            Cloud::Usgovernment => posture_azure::Cloud::UsGovernment,
            Cloud::China => posture_azure::Cloud::China,
        },
        tenant: login.tenant.clone(),
        source: login.credential.map(|source| match source {
            Credential::Environment => Source::Environment,
            Credential::WorkloadIdentity => Source::WorkloadIdentity,
            Credential::ManagedIdentity => Source::ManagedIdentity,
            Credential::Cli => Source::AzureCli,
            Credential::DeveloperCli => Source::AzureDeveloperCli,
        }),
        client_id: login.client_id.clone(),
        client_secret: login.simulated_secret.clone(),
        timeout: Some(Duration::from_secs(collect.timeout.into())),
        concurrency: usize::from(collect.concurrency),
        max_rate: collect.max_rate.and_then(NonZeroU32::new),
        simulator: login.simulator.clone(),
        attempts: None,
        // In the demo nobody else lives off the quota.
        unpaced: login.simulated_secret.is_some(),
    };
    Session::login(&login).await.map_err(|error| cannot_login(&error))
}

fn options(tenant: &Tenant, run: &Run<'_>) -> Options {
    Options {
        subscriptions: tenant.login.subscription.clone(),
        management_groups: tenant.login.management_group.clone(),
        concurrency: SUBSCRIPTIONS,
        stop: run.stop.clone(),
    }
}

/// Reads each subscription, and the tenant.
pub(super) async fn read(tenant: &Tenant, run: &Run<'_>) -> Result<()> {
    let session = login(tenant, run.collect).await?;
    let wanted = run.wanted(Provider::Azure);
    let observer = run.progress.azure();
    let mut taken = Ok(());
    let take = |scope| {
        if taken.is_ok() {
            taken = run.take(scope);
        }
    };
    collect(&session, &wanted, &options(tenant, run), &observer, take)
        .await
        .map_err(cannot_collect)?;
    taken
}

/// Plans the audit of the tenant.
pub(super) async fn plan(tenant: &Tenant, run: &Run<'_>) -> Result<Vec<(String, Plan)>> {
    let session = login(tenant, run.collect).await?;
    let wanted = run.wanted(Provider::Azure);
    let plan = plan::plan(&session, &wanted, &options(tenant, run)).await;
    let plan = plan.map_err(cannot_collect)?;
    Ok(vec![(format!("Azure tenant {}", session.tenant()), plan)])
}

fn cannot_login(error: &LoginError) -> Failure {
    let mut failure = Failure::tool("cannot read any Azure tenant").cause(error);
    if let LoginError::Credentials { tried } = error {
        for (source, why) in tried {
            failure = failure.cause(format!("{}: {why}", source.id()));
        }
    }
    failure.help(error.help())
}

fn cannot_collect(error: CollectError) -> Failure {
    match error {
        CollectError::NoSuchSubscription { name, known } => {
            let mut failure = Failure::usage(format!(
                "there is no subscription `{name}` that these credentials can see"
            ));
            let names = known.iter().flat_map(|(id, name)| [id.as_str(), name.as_str()]);
            if let Some(guess) = did_you_mean(&nearest(&name, names)) {
                failure = failure.help(guess);
            }
            failure
        }
        CollectError::Refused(gap) => {
            let detail = gap.detail.as_deref().map_or(String::new(), |text| format!(": {text}"));
            Failure::tool("cannot find out which subscriptions there are")
                .cause(format!("{} {}{detail}", gap.action, gap.reason))
                .help("the identity needs the role Reader in at least one subscription")
        }
        other => Failure::tool(other.to_string()),
    }
}
