//! Live clusters: sign in, collect, plan.

use std::path::{Path, PathBuf};

use futures::future::join_all;
use posture_collect::stop::Stop;
use posture_core::plan::Plan;
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_kubernetes::cluster::{Login, LoginError, Options, Place, Session};
use tokio::sync::Semaphore;

use super::Error;
use super::benchmark::{self, Report};
use crate::event::passed_on;
use crate::{Audit, Event, Read, Settings};

/// Clusters that are read at once.
const AT_ONCE: usize = 4;

/// Which clusters are read, and with which credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clusters {
    /// The kubeconfig; if none is named, the files of `KUBECONFIG`, or `~/.kube/config`.
    pub kubeconfig: Option<PathBuf>,
    /// Contexts of the kubeconfig, each a cluster; the current context where none is named. Without a kubeconfig, a pod reads its own
    /// cluster.
    pub contexts: Vec<String>,
    /// Whether the cluster of this pod is read, whatever kubeconfig there is.
    pub in_cluster: bool,
    /// A server to read instead.
    pub server: Option<Server>,
    /// Whether credential plugins, which are programs that the kubeconfig names, are not run.
    pub no_exec: bool,
    /// Whether a kubeconfig may turn off the verification of the server's certificate.
    pub insecure: bool,
    /// Whether a server on this machine is called as fast as it responds.
    pub unpaced: bool,
    /// Reports of kube-bench. Each is about the cluster that it is given for.
    pub reports: Vec<Report>,
}

/// A server that no kubeconfig names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its address.
    pub url: String,
    /// A file with a token.
    pub token_file: Option<PathBuf>,
    /// A file with the certificate authority of the server; those of the system if none is named.
    pub certificate_authority: Option<PathBuf>,
}

impl Clusters {
    fn places(&self) -> Vec<Place> {
        let Self { kubeconfig, contexts, in_cluster, server, .. } = self;
        let context =
            |context: Option<String>| Place::Context { kubeconfig: kubeconfig.clone(), context };
        match server {
            Some(Server { url, token_file, certificate_authority }) => vec![Place::Server {
                url: url.clone(),
                token_file: token_file.clone(),
                certificate_authority: certificate_authority.clone(),
            }],
            None if *in_cluster => vec![Place::InCluster],
            None if contexts.is_empty() && kubeconfig.is_some() => vec![context(None)],
            None if contexts.is_empty() => vec![Place::Found],
            None => {
                let mut all: Vec<Place> = Vec::new();
                for place in contexts.iter().map(|name| context(Some(name.clone()))) {
                    if !all.contains(&place) {
                        all.push(place);
                    }
                }
                all
            }
        }
    }

    fn logins(&self, settings: &Settings) -> Vec<Login> {
        let login = |place| Login {
            place,
            no_exec: self.no_exec,
            insecure: self.insecure,
            timeout: Some(settings.limits.timeout),
            concurrency: settings.limits.concurrency,
            max_rate: settings.limits.max_rate,
            attempts: None,
            unpaced: self.unpaced,
        };
        self.places().into_iter().map(login).collect()
    }
}

impl Audit<Clusters> {
    /// The cluster of the current context of the kubeconfig or, without a kubeconfig, that of this pod.
    pub fn kubernetes() -> Self {
        Self { target: Clusters::default(), settings: Settings::default() }
    }

    /// Reads the cluster of this context of the kubeconfig; can be called several times.
    #[must_use]
    pub fn context(mut self, name: impl Into<String>) -> Self {
        self.target.contexts.push(name.into());
        self
    }

    /// The kubeconfig, if it is not one of those that `kubectl` uses.
    #[must_use]
    pub fn kubeconfig(mut self, path: impl AsRef<Path>) -> Self {
        self.target.kubeconfig = Some(path.as_ref().to_owned());
        self
    }

    /// Reads the cluster of this pod, whatever kubeconfig there is.
    #[must_use]
    pub fn in_cluster(mut self) -> Self {
        self.target.in_cluster = true;
        self
    }

    /// Reads this server.
    #[must_use]
    pub fn server(mut self, server: Server) -> Self {
        self.target.server = Some(server);
        self
    }

    /// A report of kube-bench, in JSON, about the cluster of a context. What fails by it fails; it makes nothing pass.
    #[must_use]
    pub fn report(mut self, cluster: impl Into<String>, path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        self.target.reports.push(Report { cluster: cluster.into(), path });
        self
    }

    /// Runs no credential plugins, which are programs that the kubeconfig names.
    #[must_use]
    pub fn no_exec(mut self) -> Self {
        self.target.no_exec = true;
        self
    }
}

/// Reads each cluster. One that cannot be read is unknown if others can be read; if none can, that is an error.
pub(crate) async fn read<E: Send>(
    clusters: &Clusters,
    settings: &Settings,
    take: &(impl Fn(Scope) -> Result<(), E> + Send + Sync),
) -> Result<(), Read<E>> {
    let provider = Provider::Kubernetes;
    let observer = passed_on(provider, settings.observer.as_ref());
    let wanted = settings.wanted(provider);
    let logins = clusters.logins(settings);
    Event::Found { provider, accounts: logins.len() }.tell(settings.observer.as_ref());
    let options = Options { stop: settings.stop.watch() };
    let sign_in = logins.iter().map(|login| Session::login(login, &options, &observer));
    let sign_in = join_all(sign_in.map(Box::pin).collect::<Vec<_>>());
    let stopped = || settings.note("Kubernetes was not read: interrupted while signing in");
    // A credential plugin may take long.
    let Some(sessions) = Stop::from(settings.stop.watch()).or(sign_in).await else {
        stopped();
        return Ok(());
    };
    if sessions.iter().all(|session| matches!(session, Err(LoginError::Interrupted))) {
        stopped();
        return Ok(());
    }
    if sessions.iter().all(Result::is_err)
        && let Some(Err(error)) = sessions.iter().find(|session| session.is_err())
    {
        return Err(crate::Error::from(Error::Login(error.clone())).into());
    }
    let permits = Semaphore::new(AT_ONCE);
    let joined = benchmark::Joined::default();
    let read = logins.iter().zip(sessions).map(|(login, session)| {
        let (permits, wanted, observer, joined) = (&permits, &wanted, &observer, &joined);
        Box::pin(async move {
            let _permit = permits.acquire().await;
            let scope = match session {
                Ok(session) => {
                    note(&session, settings);
                    let mut scope = session.collect(wanted, observer).await;
                    for note in benchmark::add(&mut scope, &clusters.reports) {
                        settings.note(&note);
                    }
                    joined.take(&scope);
                    if scope.id == session.address_id() {
                        settings.note(&format!(
                            "the cluster of the context `{}` is identified by its address: the namespace `kube-system` cannot be read",
                            session.name()
                        ));
                    }
                    scope
                }
                Err(error) => {
                    settings.note(&error.to_string());
                    let refused = Session::refused(login, &error);
                    // What is wrong with a kubeconfig is wrong before any call.
                    let failed = || Read::from(crate::Error::from(Error::Login(error.clone())));
                    refused.ok_or_else(failed)?
                }
            };
            let account = scope.id.clone();
            if !settings.is_done(provider, &account) {
                take(scope).map_err(Read::Take)?;
            }
            Event::Done { provider, account }.tell(settings.observer.as_ref());
            Ok(())
        })
    });
    let read: Result<(), Read<E>> = join_all(read.collect::<Vec<_>>()).await.into_iter().collect();
    for note in joined.left(&clusters.reports) {
        settings.note(&note);
    }
    read
}

fn note(session: &Session, settings: &Settings) {
    if session.is_insecure() {
        settings.note(&format!(
            "the certificate of {} is not verified: another server may have answered in its place",
            session.server()
        ));
    }
}

/// Plans the audit of each cluster.
pub(crate) async fn plan(
    clusters: &Clusters,
    settings: &Settings,
) -> Result<Vec<(String, Plan)>, Error> {
    let wanted = settings.wanted(Provider::Kubernetes);
    let options = Options { stop: settings.stop.watch() };
    let observer = passed_on(Provider::Kubernetes, settings.observer.as_ref());
    let mut plans = Vec::new();
    for login in clusters.logins(settings) {
        let session = Session::login(&login, &options, &observer).await.map_err(Error::Login)?;
        let plan = session.plan(&wanted).await;
        plans.push((format!("Kubernetes cluster {}", session.name()), plan));
    }
    Ok(plans)
}
