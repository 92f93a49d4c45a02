//! A tenant of Azure: log in, collect, plan.

use std::sync::{Arc, Mutex, PoisonError};

use posture_azure::collect::{self, Options};
use posture_azure::login::{Login, Session};
use posture_azure::plan;
use posture_core::plan::Plan;
use posture_core::provider::Provider;
use posture_core::scope::Scope;

pub use posture_azure::Cloud;
pub use posture_azure::login::{ClientSecret, HttpClient, Source, TokenCredential};

use crate::Settings;
use crate::error::{Error, Read};
use crate::event::passed_on;

/// Subscriptions that are read at once.
const SUBSCRIPTIONS: usize = 8;

/// Which tenant and subscriptions are read, and as whom.
#[derive(Clone, Debug, Default)]
pub struct Tenant {
    /// The cloud that the tenant lives in.
    pub cloud: Cloud,
    /// The tenant's id or domain; that of the credentials where none is named.
    pub tenant: Option<String>,
    /// Subscriptions to read, by id or name; every one that can be seen where none is named.
    pub subscriptions: Vec<String>,
    /// Management groups whose subscriptions are read.
    pub management_groups: Vec<String>,
    /// The one source of credentials to use; the first that works where none is named.
    pub source: Option<Source>,
    /// The client id of an application or of a managed identity.
    pub client_id: Option<String>,
    /// The secret of the application, where it does not come from the environment.
    pub client_secret: Option<ClientSecret>,
    /// Credentials of one's own, in the place of every source.
    pub credential: Option<Arc<dyn TokenCredential>>,
    /// What requests travel over, in the place of our own client.
    pub http: Option<Arc<dyn HttpClient>>,
    /// A simulator on this machine that is asked instead of Azure.
    pub simulator: Option<String>,
    /// Whether a simulator is asked as fast as it answers, rather than at the pace that the cloud allows.
    pub unpaced: bool,
}

impl Tenant {
    async fn login(&self, settings: &Settings) -> Result<Session, Error> {
        let login = Login {
            cloud: self.cloud,
            tenant: self.tenant.clone(),
            source: self.source,
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            credential: self.credential.clone(),
            http: self.http.clone(),
            timeout: Some(settings.limits.timeout),
            concurrency: settings.limits.concurrency,
            max_rate: settings.limits.max_rate,
            simulator: self.simulator.clone(),
            attempts: None,
            unpaced: self.unpaced,
        };
        Session::login(&login).await.map_err(Error::Azure)
    }

    fn options(&self, settings: &Settings) -> Options {
        Options {
            subscriptions: self.subscriptions.clone(),
            management_groups: self.management_groups.clone(),
            concurrency: SUBSCRIPTIONS,
            stop: settings.stop.watch(),
        }
    }
}

/// Reads each subscription, and the tenant.
pub(crate) async fn read<E: Send>(
    tenant: &Tenant,
    settings: &Settings,
    take: &(impl Fn(Scope) -> Result<(), E> + Send + Sync),
) -> Result<(), Read<E>> {
    let session = tenant.login(settings).await?;
    let wanted = settings.wanted(Provider::Azure);
    let observer = passed_on(Provider::Azure, settings.observer.as_ref());
    let options = tenant.options(settings);
    let failed: Mutex<Option<E>> = Mutex::new(None);
    let taken = |scope| {
        let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.is_none() {
            *failed = take(scope).err();
        }
    };
    let read = collect::collect(&session, &wanted, &options, &observer, taken).await;
    read.map_err(Error::AzureCollect)?;
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(Read::Take(error)),
        None => Ok(()),
    }
}

/// Plans the audit of the tenant.
pub(crate) async fn plan(
    tenant: &Tenant,
    settings: &Settings,
) -> Result<Vec<(String, Plan)>, Error> {
    let session = tenant.login(settings).await?;
    let wanted = settings.wanted(Provider::Azure);
    let plan = plan::plan(&session, &wanted, &tenant.options(settings)).await;
    let plan = plan.map_err(Error::AzureCollect)?;
    Ok(vec![(format!("Azure tenant {}", session.tenant()), plan)])
}
