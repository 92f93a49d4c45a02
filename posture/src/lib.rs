//! A library to audit AWS accounts, Azure tenants, Kubernetes, Docker and container images from another program.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let findings = posture::Audit::aws().profile("production").control("storage")?.run().await?;
//! for finding in findings.iter().filter(|finding| finding.gap().is_some()) {
//!     println!("{} could not be decided", finding.control.id);
//! }
//! let report = posture::core::report::roll_up(findings, posture::core::frameworks::all());
//! # Ok(())
//! # }
//! ```
//!
//! An [`Audit`] defines what is read, by which controls it is judged, and how. It reads only. Accounts are judged as they
//! are read and then dropped, so that a thousand of them need little more memory than those in progress. Nothing is printed,
//! nothing is kept between two audits, and both their futures and their results may go to other threads.
//!
//! Meanwhile, progress comes as [`Event`]s, to a function or as a [stream](Audit::stream), and as events of
//! [`tracing`](https://docs.rs/tracing), which the program need not collect. A [`Stop`] ends an audit early:
//! what was not read by then is unknown, with that reason.
//!
//! # Features
//!
//! `kubernetes`, on by default, reads live clusters. Manifests are read without it.

pub mod aws;
pub mod azure;
pub mod docker;
mod event;
mod files;
pub mod image;
pub mod kubernetes;

pub use event::Event;
pub use posture_cel as control_files;
pub use posture_core as core;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::future::Future;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::channel::mpsc;
use futures::future::join_all;
use futures::stream::{self, Stream, StreamExt};
use posture_core::catalogue::Catalogue;
use posture_core::control::Control;
use posture_core::exception::Exception;
use posture_core::judge::{self, Findings, Judge};
use posture_core::params::Params;
use posture_core::plan::Plan;
use posture_core::provider::Provider;
use posture_core::provider_info::ProviderInfo;
use posture_core::scope::Scope;
use posture_core::snapshot::Header;
use posture_core::time::Time;
use posture_core::tools::Tools;
use posture_core::wanted::Wanted;
use tokio::sync::watch;
use tracing::Instrument;

use aws::Accounts;
use azure::Tenant;
use docker::Docker;
use image::held::Registries;
use image::{Beside, Images, beside};
#[cfg(feature = "kubernetes")]
use kubernetes::Clusters;
use kubernetes::Manifests;

/// What a provider is called, and how other tools identify its resources; renderers need it.
pub fn provider_info(provider: Provider) -> &'static ProviderInfo {
    match provider {
        Provider::Aws => &posture_aws::info::INFO,
        Provider::Azure => &posture_azure::info::INFO,
        Provider::Kubernetes => &posture_kubernetes::info::INFO,
        Provider::Docker => &posture_docker::info::INFO,
        Provider::Image => &posture_image_audit::info::INFO,
    }
}

/// The function that receives the events.
pub(crate) type Observer = Arc<dyn Fn(Event) + Send + Sync>;

/// What to audit.
#[derive(Clone, Debug)]
pub enum Target {
    /// Accounts of AWS.
    Aws(Box<Accounts>),
    /// A tenant of Azure.
    Azure(Box<Tenant>),
    /// Clusters of Kubernetes.
    #[cfg(feature = "kubernetes")]
    Kubernetes(Box<Clusters>),
    /// Manifests of Kubernetes.
    Manifests(Box<Manifests>),
    /// Containers, Compose files and daemons of Docker.
    Docker(Box<Docker>),
    /// Container images.
    Images(Box<Images>),
    /// Another target, with the images that it names.
    WithImages(Box<Target>, Box<Beside>),
}

impl Target {
    /// The target with the images that it names: those that workloads run or declare are audited in the same run. Images themselves
    /// name no others.
    #[must_use]
    pub fn with_images(self, how: Beside) -> Self {
        match self {
            Self::Images(_) => self,
            Self::WithImages(target, _) => Self::WithImages(target, Box::new(how)),
            target => Self::WithImages(Box::new(target), Box::new(how)),
        }
    }

    /// The target itself, and how the images that it names are read, if they are.
    fn parts(&self) -> (&Self, Option<&Beside>) {
        match self {
            Self::WithImages(target, how) => (target.parts().0, Some(how)),
            target => (target, None),
        }
    }
}

impl From<Accounts> for Target {
    fn from(accounts: Accounts) -> Self {
        Self::Aws(Box::new(accounts))
    }
}

impl From<Tenant> for Target {
    fn from(tenant: Tenant) -> Self {
        Self::Azure(Box::new(tenant))
    }
}

#[cfg(feature = "kubernetes")]
impl From<Clusters> for Target {
    fn from(clusters: Clusters) -> Self {
        Self::Kubernetes(Box::new(clusters))
    }
}

impl From<Manifests> for Target {
    fn from(manifests: Manifests) -> Self {
        Self::Manifests(Box::new(manifests))
    }
}

impl From<Docker> for Target {
    fn from(docker: Docker) -> Self {
        Self::Docker(Box::new(docker))
    }
}

impl From<Images> for Target {
    fn from(images: Images) -> Self {
        Self::Images(Box::new(images))
    }
}

impl Target {
    /// Reads it.
    async fn read<E: Send>(
        &self,
        settings: &Settings,
        take: &(impl Fn(Scope) -> Result<(), E> + Send + Sync),
    ) -> Result<(), Read<E>> {
        match self {
            Self::Aws(accounts) => Box::pin(aws::read(accounts, settings, take)).await,
            Self::Azure(tenant) => Box::pin(azure::read(tenant, settings, take)).await,
            #[cfg(feature = "kubernetes")]
            Self::Kubernetes(clusters) => {
                Box::pin(kubernetes::clusters::read(clusters, settings, take)).await
            }
            Self::Manifests(manifests) => {
                kubernetes::read_manifests(manifests, settings, take).await
            }
            Self::Docker(docker) => docker::read(docker, settings, take).await,
            Self::Images(images) => image::read(images, settings, take).await,
            // Its parts are read.
            Self::WithImages(..) => Ok(()),
        }
    }
}

/// Why nothing can be read of a target. What can be read in part is not an error: it is unknown in the findings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no control or area with this name.
    #[error("unknown control `{0}`")]
    NoSuchControl(String),
    /// Controls from files cannot be used.
    #[error("cannot load controls from files")]
    ControlFiles(#[from] posture_cel::Error),
    /// AWS cannot be audited.
    #[error(transparent)]
    Aws(#[from] aws::Error),
    /// Azure cannot be audited.
    #[error(transparent)]
    Azure(#[from] azure::Error),
    /// Images cannot be audited.
    #[error(transparent)]
    Image(#[from] image::Error),
    /// Kubernetes cannot be audited.
    #[cfg(feature = "kubernetes")]
    #[error(transparent)]
    Kubernetes(#[from] kubernetes::Error),
}

/// Why reading ended early.
#[derive(Debug)]
pub enum Read<E> {
    /// Nothing can be read of a target.
    Audit(Error),
    /// The consumer of the accounts failed.
    Take(E),
}

impl Read<Infallible> {
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::Audit(error) => error,
            Self::Take(never) => match never {},
        }
    }
}

impl<E> From<Error> for Read<E> {
    fn from(error: Error) -> Self {
        Self::Audit(error)
    }
}

/// How many calls are made at once, and how long they may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most concurrent calls in one account or tenant.
    pub concurrency: usize,
    /// The most calls a second to any one service in a region or subscription.
    pub max_rate: Option<NonZeroU32>,
    /// How long one attempt of a call may take; with its retries, a call takes no more than three times as long.
    pub timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { concurrency: 32, max_rate: None, timeout: Duration::from_secs(20) }
    }
}

/// Ends audits before their end. Its clones are one.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// Ends every audit that was given this: running calls end, and what was not read is unknown.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was requested.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    fn watch(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }
}

/// What is read, by which controls it is judged, and how.
///
/// `T` is what is audited: [`Accounts`], a [`Tenant`], or several [`Target`]s together.
#[derive(Clone)]
pub struct Audit<T = Vec<Target>> {
    target: T,
    settings: Settings,
}

/// All but what is audited.
#[derive(Clone, Default)]
struct Settings {
    /// What there is to choose from.
    catalogue: Catalogue,
    controls: Vec<&'static Control>,
    judging: judge::Options,
    limits: Limits,
    observer: Option<Observer>,
    stop: Stop,
    done: BTreeSet<(Provider, String)>,
    /// Whether the names of images are wanted.
    names_images: bool,
    /// Takes what registries of accounts hold, where that is wanted.
    registries: Option<Arc<Registries>>,
}

impl Audit<Vec<Target>> {
    /// Several targets, in one report.
    pub fn of(targets: impl IntoIterator<Item = Target>) -> Self {
        Self { target: targets.into_iter().collect(), settings: Settings::default() }
    }

    /// Adds another target.
    #[must_use]
    pub fn and(mut self, target: impl Into<Target>) -> Self {
        self.target.push(target.into());
        self
    }

    /// What is audited.
    pub fn targets(&self) -> &[Target] {
        &self.target
    }

    /// Reads everything side by side and hands each account over as soon as it is read, in no order. What could not be read
    /// is a gap in its scope.
    ///
    /// # Errors
    /// If nothing can be read of a target at all, and if `take` fails.
    pub async fn read<E: Send>(
        &self,
        take: impl Fn(Scope) -> Result<(), E> + Send + Sync,
    ) -> Result<Header, Read<E>> {
        let named = beside::Named::default();
        for how in self.target.iter().filter_map(|target| target.parts().1) {
            // A key that cannot be used is known before anything is read.
            beside::Named::check(how).await.map_err(Error::Image)?;
        }
        let started = Time::from(jiff::Timestamp::now());
        let stop = self.settings.stop.watch();
        let seen = Mutex::new(BTreeSet::new());
        let wanted: BTreeMap<Provider, Wanted> =
            Provider::ALL.iter().map(|of| (*of, self.settings.wanted(*of))).collect();
        let take = |scope: Scope| {
            event::read(&scope, &wanted[&scope.provider]);
            named.audited(&scope);
            let key = (scope.provider, scope.id.clone());
            if !seen.lock().unwrap_or_else(PoisonError::into_inner).insert(key) {
                // The consumer decides which of the two counts; both consumers of this crate count the first.
                let by = scope.identity.as_deref();
                let by = by.map(|by| format!(", the second time as `{by}`")).unwrap_or_default();
                let (provider, id) = (scope.provider.name(), &scope.id);
                self.settings
                    .note(&format!("two targets resolve to {provider} {id}{by}; it counts once"));
            }
            take(scope)
        };
        let read = self.target.iter().map(|target| {
            let (settings, take, named) = (&self.settings, &take, &named);
            async move {
                let (target, how) = target.parts();
                let Some(how) = how else { return Box::pin(target.read(settings, take)).await };
                let registries = Arc::new(Registries::new(how.newest));
                let settings = Settings {
                    names_images: true,
                    registries: Some(Arc::clone(&registries)),
                    ..settings.clone()
                };
                let take = |scope: Scope| {
                    named.add(how, &scope);
                    take(scope)
                };
                Box::pin(target.read(&settings, &take)).await?;
                named.hold(how, &registries);
                Ok(())
            }
        });
        let span = tracing::info_span!("audit");
        let read = join_all(read).instrument(span.clone());
        let read: Result<Vec<()>, Read<E>> = read.await.into_iter().collect();
        read?;
        Box::pin(named.read(&self.settings, &take).instrument(span)).await?;
        let partial = *stop.borrow();
        let finished = Time::from(jiff::Timestamp::now());
        Ok(Header { tool: env!("CARGO_PKG_VERSION").to_owned(), started, finished, partial })
    }

    /// Returns which calls would be made for each account or tenant; it calls only what the counts need.
    ///
    /// # Errors
    /// When nothing can be read of a target at all.
    pub async fn plan(&self) -> Result<Vec<(String, Plan)>, Error> {
        let mut plans = Vec::new();
        for target in &self.target {
            plans.extend(match target.parts().0 {
                Target::Aws(accounts) => aws::plan(accounts, &self.settings).await?,
                Target::Azure(tenant) => azure::plan(tenant, &self.settings).await?,
                #[cfg(feature = "kubernetes")]
                Target::Kubernetes(clusters) => {
                    kubernetes::clusters::plan(clusters, &self.settings).await?
                }
                // Files are read without a call.
                Target::Manifests(_) => Vec::new(),
                Target::Docker(docker) => docker::plan(docker),
                Target::Images(images) => image::plan(images),
                // How many calls images need is known once they are named.
                Target::WithImages(..) => Vec::new(),
            });
        }
        Ok(plans)
    }

    async fn judge(self) -> Result<Findings<'static>, Error> {
        let settings = &self.settings;
        let judge = Judge::new(&settings.controls(), settings.judging.clone());
        let judge = Mutex::new(judge);
        let take = |scope: Scope| {
            let mut judge = judge.lock().unwrap_or_else(PoisonError::into_inner);
            // Two targets may lead to the same account.
            if judge.has(&scope) {
                return Ok(());
            }
            let (provider, account) = (scope.provider, scope.id.clone());
            judge.add(scope);
            if let Some(observer) = &settings.observer {
                let findings = judge.last_findings();
                Event::Judged { provider, account, findings }.tell(Some(observer));
            }
            Ok::<(), Infallible>(())
        };
        let header = self.read(take).await.map_err(Read::into_error)?;
        Ok(judge.into_inner().unwrap_or_else(PoisonError::into_inner).finish(header))
    }
}

impl<T: Into<Targets> + 'static> Audit<T> {
    /// The same with its targets in a row, so that others may be added.
    #[must_use]
    pub fn together(self) -> Audit<Vec<Target>> {
        Audit { target: self.target.into().0, settings: self.settings }
    }

    /// Audits the images as well that the targets name, each distinct one once.
    #[must_use]
    pub fn with_images(self, how: Beside) -> Audit<Vec<Target>> {
        let targets = self.target.into().0.into_iter();
        let target = targets.map(|target| target.with_images(how.clone())).collect();
        Audit { target, settings: self.settings }
    }

    /// Judges by this control, or by those of an area such as `storage`; can be called several times. Without a call, all
    /// controls are used.
    ///
    /// # Errors
    /// If there is no such control or area.
    pub fn control(mut self, name: &str) -> Result<Self, Error> {
        let all = self.settings.catalogue.all().iter().copied();
        let found: Vec<&'static Control> = all.filter(|control| control.is_named(name)).collect();
        if found.is_empty() {
            return Err(Error::NoSuchControl(name.to_owned()));
        }
        self.settings.controls.extend(found);
        Ok(self)
    }

    /// Makes the controls of a file, or of the files in a folder, known beside the built-in ones; see [`control_files`]. A
    /// [`control`](Self::control) that is named after this may be one of them.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn control_files(mut self, path: impl AsRef<Path>) -> Result<Self, Error> {
        control_files::load(path.as_ref(), &mut self.settings.catalogue)?;
        Ok(self)
    }

    /// Judges by these controls, which need not be built in.
    #[must_use]
    pub fn controls(mut self, controls: impl IntoIterator<Item = &'static Control>) -> Self {
        self.settings.controls.extend(controls);
        self
    }

    /// Sets the thresholds that differ from their defaults.
    #[must_use]
    pub fn params(mut self, params: Params) -> Self {
        self.settings.judging.params = params;
        self
    }

    /// Accepts failures.
    #[must_use]
    pub fn exceptions(mut self, exceptions: impl IntoIterator<Item = Exception>) -> Self {
        self.settings.judging.exceptions.extend(exceptions);
        self
    }

    /// Reads the tags of what the controls judge as well, and keeps those of these keys, so that the report can be
    /// [filtered](posture_core::filter) by them.
    #[must_use]
    pub fn tags(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        self.settings.judging.tags.extend(keys);
        self
    }

    /// Declares the products of other vendors that do what a provider's tool is for; see [`Tools`].
    #[must_use]
    pub fn tools(mut self, tools: Tools) -> Self {
        self.settings.judging.tools = tools;
        self
    }

    /// Sets how much is asked at once, and for how long.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Calls a function for each event. It is called from the threads that read, and must not take long.
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(Event) + Send + Sync + 'static) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// Makes the audit stoppable.
    #[must_use]
    pub fn stopped_by(mut self, stop: &Stop) -> Self {
        self.settings.stop = stop.clone();
        self
    }

    /// Leaves out accounts that were read before.
    #[must_use]
    pub fn without(mut self, done: impl IntoIterator<Item = (Provider, String)>) -> Self {
        self.settings.done.extend(done);
        self
    }

    /// Reads and judges.
    ///
    /// # Errors
    /// When nothing can be read of a target at all. What could not be read otherwise is unknown, and no error.
    pub fn run(self) -> impl Future<Output = Result<Findings<'static>, Error>> + Send {
        self.together().judge()
    }

    /// Reads and judges, and returns the events as they happen. The last event holds the findings.
    pub fn stream(mut self) -> impl Stream<Item = Result<Event, Error>> + Send {
        let (send, receive) = mpsc::unbounded();
        let before = self.settings.observer.take();
        let audit = self.observe(move |event| {
            if let Some(before) = &before {
                before(event.clone());
            }
            // A receiver that was dropped does not need it.
            let _ = send.unbounded_send(event);
        });
        let work = audit.together().judge();
        let audited = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&audited);
        let work = stream::once(async move {
            let all = work.await;
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(all);
        });
        let work = work.filter_map(|()| std::future::ready(None));
        let end =
            stream::once(
                async move { audited.lock().unwrap_or_else(PoisonError::into_inner).take() },
            );
        let end = end.filter_map(std::future::ready);
        // The end comes after everything that happened before it.
        stream::select(receive.map(Ok), work.boxed())
            .chain(end.map(|all| all.map(|all| Event::Audited(Arc::new(all)))))
    }
}

/// Targets, one or several.
pub struct Targets(Vec<Target>);

impl From<Accounts> for Targets {
    fn from(accounts: Accounts) -> Self {
        Self(vec![accounts.into()])
    }
}

impl From<Tenant> for Targets {
    fn from(tenant: Tenant) -> Self {
        Self(vec![tenant.into()])
    }
}

#[cfg(feature = "kubernetes")]
impl From<Clusters> for Targets {
    fn from(clusters: Clusters) -> Self {
        Self(vec![clusters.into()])
    }
}

impl From<Manifests> for Targets {
    fn from(manifests: Manifests) -> Self {
        Self(vec![manifests.into()])
    }
}

impl From<Docker> for Targets {
    fn from(docker: Docker) -> Self {
        Self(vec![docker.into()])
    }
}

impl From<Images> for Targets {
    fn from(images: Images) -> Self {
        Self(vec![images.into()])
    }
}

impl From<Vec<Target>> for Targets {
    fn from(targets: Vec<Target>) -> Self {
        Self(targets)
    }
}

impl Settings {
    /// The controls by which everything is judged, each once.
    fn controls(&self) -> Vec<&'static Control> {
        if self.controls.is_empty() {
            return self.catalogue.all().to_vec();
        }
        let mut seen = BTreeSet::new();
        self.controls.iter().copied().filter(|control| seen.insert(control.id)).collect()
    }

    /// What has to be read of a provider: what the controls read, and the tags that exceptions name or that a report will be
    /// filtered by.
    fn wanted(&self, provider: Provider) -> Wanted {
        let wanted = self.judging.wanted(&self.controls(), provider);
        match self.names_images {
            true => wanted.with(beside::facts(provider), &[]),
            false => wanted,
        }
    }

    /// Reports to the observer and the logs something that a reader of the result should know.
    fn note(&self, text: &str) {
        Event::Note { text: text.to_owned() }.tell(self.observer.as_ref());
    }

    /// Whether an account was read already.
    fn is_done(&self, provider: Provider, account: &str) -> bool {
        self.done.iter().any(|(of, id)| *of == provider && id == account)
    }
}
