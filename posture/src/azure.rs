//! A tenant of Azure: log in, collect, plan.

use std::sync::{Arc, Mutex, PoisonError};

use posture_azure::collect::{self, Options};
use posture_azure::login::{Login, Session};
use posture_azure::plan;
use posture_collect::stop::Stop;
use posture_core::gap::Reason;
use posture_core::plan::Plan;
use posture_core::provider::Provider;
use posture_core::scope::{Level, Scope};

pub use posture_azure::Cloud;
pub use posture_azure::collect::CollectError;
pub use posture_azure::login::{ClientSecret, HttpClient, LoginError, Source, TokenCredential};

use crate::event::passed_on;
use crate::{Audit, Read, Settings};

/// Subscriptions that are read at once.
const SUBSCRIPTIONS: usize = 8;

/// Which tenant and subscriptions are read, and with which identity.
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
    /// Custom credentials, which replace every source.
    pub credential: Option<Arc<dyn TokenCredential>>,
    /// The HTTP client to use instead of the built-in one.
    pub http: Option<Arc<dyn HttpClient>>,
    /// A simulator on this machine that is called instead of Azure.
    pub simulator: Option<String>,
    /// Whether a simulator is called as fast as it responds, rather than at the pace that the cloud allows.
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
        Session::login(&login).await.map_err(Error::Login)
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

impl Audit<Tenant> {
    /// The Azure tenant of the credentials that are there, with every subscription that they can see.
    pub fn azure() -> Self {
        Self { target: Tenant::default(), settings: Settings::default() }
    }

    /// The tenant, by its id or domain.
    #[must_use]
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.target.tenant = Some(tenant.into());
        self
    }

    /// Reads this subscription only, by its ID or name; can be called several times.
    #[must_use]
    pub fn subscription(mut self, subscription: impl Into<String>) -> Self {
        self.target.subscriptions.push(subscription.into());
        self
    }

    /// Reads the subscriptions below this management group; can be called several times.
    #[must_use]
    pub fn management_group(mut self, group: impl Into<String>) -> Self {
        self.target.management_groups.push(group.into());
        self
    }

    /// The one source of credentials to use.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.target.source = Some(source);
        self
    }

    /// Custom credentials, which replace every source.
    #[must_use]
    pub fn credential(mut self, credential: Arc<dyn TokenCredential>) -> Self {
        self.target.credential = Some(credential);
        self
    }

    /// The HTTP client to use instead of the built-in one.
    #[must_use]
    pub fn http(mut self, client: Arc<dyn HttpClient>) -> Self {
        self.target.http = Some(client);
        self
    }

    /// The application that signs in, and its secret, where they do not come from the environment.
    #[must_use]
    pub fn client(mut self, id: impl Into<String>, secret: ClientSecret) -> Self {
        self.target.source = Some(Source::Environment);
        self.target.client_id = Some(id.into());
        self.target.client_secret = Some(secret);
        self
    }
}

/// Why Azure cannot be audited.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No tenant can be read.
    #[error("cannot read any Azure tenant")]
    Login(#[source] LoginError),
    /// It cannot be read as requested.
    #[error(transparent)]
    Collect(CollectError),
}

/// Reads each subscription, and the tenant.
pub(crate) async fn read<E: Send>(
    tenant: &Tenant,
    settings: &Settings,
    take: &(impl Fn(Scope) -> Result<(), E> + Send + Sync),
) -> Result<(), Read<E>> {
    let Some(session) = Stop::from(settings.stop.watch()).or(tenant.login(settings)).await else {
        settings.note("Azure was not read: interrupted while signing in");
        return Ok(());
    };
    let session = session.map_err(crate::Error::from)?;
    let wanted = settings.wanted(Provider::Azure);
    let observer = passed_on(Provider::Azure, settings.observer.as_ref());
    let options = tenant.options(settings);
    let failed: Mutex<Option<E>> = Mutex::new(None);
    let subscriptions: Mutex<Vec<String>> = Mutex::default();
    let taken = |scope: Scope| {
        if scope.level == Level::Account {
            let mut known = subscriptions.lock().unwrap_or_else(PoisonError::into_inner);
            known.push(scope.id.clone());
        }
        let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.is_none() {
            *failed = take(scope).err();
        }
    };
    match collect::collect(&session, &wanted, &options, &observer, taken).await {
        Ok(()) => {}
        // Of a tenant whose subscriptions are not known, the tenant itself is what there is to report.
        Err(CollectError::Refused(why)) if why.reason == Reason::Canceled => {
            let now = jiff::Timestamp::now().into();
            let (id, partition) = (session.tenant(), session.partition());
            let mut scope = Scope::refused(Provider::Azure, id, partition, now, *why);
            scope.level = Level::Tenant;
            taken(scope);
        }
        Err(error) => return Err(crate::Error::from(Error::Collect(error)).into()),
    }
    if let Some(registries) = &settings.registries {
        let known = subscriptions.into_inner().unwrap_or_else(PoisonError::into_inner);
        let stop = settings.stop.watch();
        let found = posture_azure::registries::read(&session, &known, stop).await;
        registries.azure(session.tenant(), found);
    }
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
    let plan = plan.map_err(Error::Collect)?;
    Ok(vec![(format!("Azure tenant {}", session.tenant()), plan)])
}
