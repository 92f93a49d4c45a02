//! The providers: the only place of the command that names them all. What concerns one of them is in its file.

pub(crate) mod aws;
pub(crate) mod azure;
mod beside;
pub(crate) mod docker;
mod given;
pub(crate) mod image;
pub(crate) mod kubernetes;

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use posture::Error;
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::time::Time;
use posture_core::wanted::Wanted;

use crate::args::{Common, Selection};
use crate::config::reader::{Reader, Table};
use crate::error::{Failure, Result};
use crate::overview::{Credentials, Machine};
use crate::typed::Words;

/// `posture audit` of one provider.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Audit AWS accounts, in any partition.
    Aws(Box<aws::Audit>),
    /// Audit an Azure tenant with Entra ID and its subscriptions, in any Azure cloud.
    Azure(Box<azure::Audit>),
    /// Audit Kubernetes clusters.
    ///
    /// A cluster is read by lists only: nothing is created, no Secret is read. `posture permissions kubernetes` prints the
    /// ClusterRole. Credential plugins of a kubeconfig are programs and are run, as by `kubectl`; --no-exec runs none.
    #[command(alias = "k8s")]
    Kubernetes(Box<kubernetes::AuditClusters>),
    /// Audit Kubernetes manifests: files, folders or standard input, with what Helm and kustomize render.
    ///
    /// A manifest that the API server would reject is in the report, with the line and what to write instead, and the exit
    /// code is 12.
    Manifests(Box<kubernetes::AuditManifests>),
    /// Audit Docker: what `docker inspect` and `docker info` print, Compose files and daemon.json.
    ///
    /// No engine is needed, and nothing is run. A Compose file or a daemon.json that Docker would reject is in the report, with
    /// the line and what to write instead, and the exit code is 12.
    Docker(Box<docker::Audit>),
    /// Audit container images: of registries, in OCI layouts and in archives of `docker save`.
    ///
    /// No daemon is needed, and nothing of an image is run. Known vulnerabilities are those of the database that `posture db update`
    /// makes; without one, or with an old one, they are unknown. An archive that is not an image is in the report, and the exit code is 12.
    #[command(alias = "images")]
    Image(Box<image::Audit>),
}

impl Audit {
    /// What to audit, if the configuration names these regions.
    pub(crate) fn target(&self, regions: &[String], exclude_regions: &[String]) -> Target {
        match self {
            Self::Aws(audit) => Target::Aws(Box::new(audit.accounts(regions, exclude_regions))),
            Self::Azure(audit) => Target::Azure(Box::new(audit.tenant())),
            Self::Kubernetes(audit) => Target::Kubernetes(Box::new(audit.clusters())),
            Self::Manifests(audit) => Target::Manifests(Box::new(audit.files())),
            Self::Docker(audit) => Target::Docker(Box::new(audit.files())),
            Self::Image(audit) => Target::Image(Box::new(audit.files())),
        }
    }

    /// The command with the options that say what is read; none where one of them is a secret that the environment does not
    /// hold.
    pub(crate) fn typed(&self) -> Option<Words> {
        match self {
            Self::Aws(audit) => audit.typed(Words::of("posture audit aws")),
            Self::Azure(audit) => Some(audit.typed(Words::of("posture audit azure"))),
            Self::Kubernetes(audit) => Some(audit.typed(Words::of("posture audit kubernetes"))),
            Self::Manifests(audit) => Some(audit.typed(Words::of("posture audit manifests"))),
            Self::Docker(audit) => Some(audit.typed(Words::of("posture audit docker"))),
            Self::Image(audit) => Some(audit.typed(Words::of("posture audit image"))),
        }
    }

    /// The options that all providers share.
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::Aws(audit) => &audit.common,
            Self::Azure(audit) => &audit.common,
            Self::Kubernetes(audit) => &audit.common,
            Self::Manifests(audit) => &audit.common,
            Self::Docker(audit) => &audit.common,
            Self::Image(audit) => &audit.common,
        }
    }
}

/// `posture permissions`.
#[derive(Debug, Subcommand)]
pub(crate) enum Permissions {
    /// Permissions for AWS.
    Aws(aws::Permissions),
    /// Permissions for Azure and Entra ID.
    Azure(azure::Permissions),
    /// ClusterRole for Kubernetes.
    #[command(alias = "k8s")]
    Kubernetes(kubernetes::Permissions),
}

impl Permissions {
    /// The options that choose controls.
    pub(crate) fn selection(&self) -> &Selection {
        match self {
            Self::Aws(permissions) => &permissions.selection,
            Self::Azure(permissions) => &permissions.selection,
            Self::Kubernetes(permissions) => &permissions.selection,
        }
    }

    /// The least that an audit needs, in the format that was asked for, given what is wanted of a provider.
    pub(crate) fn text(&self, wanted: impl Fn(Provider) -> Wanted) -> String {
        match self {
            Self::Aws(permissions) => permissions.text(&wanted(Provider::Aws)),
            Self::Azure(permissions) => permissions.text(&wanted(Provider::Azure)),
            Self::Kubernetes(permissions) => permissions.text(&wanted(Provider::Kubernetes)),
        }
    }
}

/// `posture sim`.
#[derive(Debug, Subcommand)]
pub(crate) enum Sim {
    /// Simulate the AWS services that an audit reads (IAM, S3, CloudTrail, …), for many accounts,
    /// on a loopback port.
    Aws(aws::Sim),
    /// Simulate Azure Resource Manager, Resource Graph, Microsoft Graph and the token endpoint, on
    /// a loopback port.
    Azure(azure::Sim),
    /// Simulate the API server of a Kubernetes cluster, from manifests, on a loopback port.
    #[command(alias = "k8s")]
    Kubernetes(kubernetes::Sim),
}

impl Sim {
    /// Serves until it is stopped.
    pub(crate) fn run(self) -> Result<ExitCode> {
        match self {
            Self::Aws(sim) => sim.run(),
            Self::Azure(sim) => sim.run(),
            Self::Kubernetes(sim) => sim.run(),
        }
    }
}

/// What to audit, as given by the command line or the configuration.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    Aws(Box<aws::Accounts>),
    Azure(Box<azure::Tenant>),
    Kubernetes(Box<kubernetes::Clusters>),
    Manifests(Box<kubernetes::Files>),
    Docker(Box<docker::Files>),
    Image(Box<image::Files>),
}

impl Target {
    /// Reads a `[[target]]` of `posture.toml`.
    pub(crate) fn read(provider: Provider, reader: &mut Reader<'_>, table: &Table<'_>) -> Self {
        match provider {
            Provider::Aws => Self::Aws(Box::new(aws::Accounts::read(reader, table))),
            Provider::Azure => Self::Azure(Box::new(azure::Tenant::read(reader, table))),
            Provider::Kubernetes if !table.contains_key("manifests") => {
                Self::Kubernetes(Box::new(kubernetes::Clusters::read(reader, table)))
            }
            Provider::Kubernetes => {
                Self::Manifests(Box::new(kubernetes::Files::read(reader, table)))
            }
            Provider::Docker => Self::Docker(Box::new(docker::Files::read(reader, table))),
            Provider::Image => Self::Image(Box::new(image::Files::read(reader, table))),
        }
    }

    /// Makes paths that are relative to a configuration relative to the current folder.
    pub(crate) fn beside(&mut self, configuration: &Path) {
        match self {
            Self::Azure(tenant) => tenant.beside.beside(configuration),
            Self::Aws(accounts) => accounts.beside.beside(configuration),
            Self::Kubernetes(clusters) => clusters.beside(configuration),
            Self::Manifests(files) => files.beside(configuration),
            Self::Docker(files) => files.beside(configuration),
            Self::Image(files) => files.beside(configuration),
        }
    }

    pub(crate) fn provider(&self) -> Provider {
        match self {
            Self::Aws(_) => Provider::Aws,
            Self::Azure(_) => Provider::Azure,
            Self::Kubernetes(_) | Self::Manifests(_) => Provider::Kubernetes,
            Self::Docker(_) => Provider::Docker,
            Self::Image(_) => Provider::Image,
        }
    }

    pub(crate) fn to_read(&self) -> posture::Target {
        match self {
            Self::Aws(accounts) => beside::with(accounts.to_read(), accounts.images()),
            Self::Azure(tenant) => beside::with(tenant.to_read(), tenant.images()),
            Self::Kubernetes(clusters) => beside::with(clusters.to_read(), clusters.images()),
            Self::Manifests(files) => beside::with(files.to_read(), files.images()),
            Self::Docker(files) => files.to_read().into(),
            Self::Image(files) => files.to_read().into(),
        }
    }

    /// What the target is, so that no audit resumes the snapshot of another.
    pub(crate) fn mark(&self) -> String {
        match self {
            Self::Aws(accounts) => accounts.mark(),
            Self::Azure(tenant) => tenant.mark(),
            Self::Kubernetes(clusters) => clusters.mark(),
            Self::Manifests(files) => files.mark(),
            Self::Docker(files) => files.mark(),
            Self::Image(files) => files.mark(),
        }
    }
}

/// Whether a scope of an interrupted audit need not be read again.
pub(crate) fn is_whole(scope: &Scope) -> bool {
    match scope.provider {
        Provider::Aws => aws::is_whole(scope),
        Provider::Azure => azure::is_whole(scope),
        Provider::Kubernetes => kubernetes::is_whole(scope),
        Provider::Docker => docker::is_whole(scope),
        Provider::Image => image::is_whole(scope),
    }
}

/// An error of an audit as one of the command.
pub(crate) fn failure(error: Error) -> Failure {
    let what = error.to_string();
    match error {
        Error::Aws(error) => aws::failure(what, error),
        Error::Azure(error) => azure::failure(what, error),
        Error::Kubernetes(error) => kubernetes::failure(what, error),
        Error::Image(error) => image::failure(what, &error),
        Error::NoSuchControl(_) | Error::ControlFiles(_) => Failure::tool(what),
    }
}

/// Which credentials a machine has, without any call.
pub(crate) fn credentials(machine: &Machine) -> Vec<Credentials> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let profiles = runtime.map(|runtime| runtime.block_on(posture_aws::profile_names()));
    let profiles = profiles.unwrap_or_default();
    vec![
        aws::found::credentials(machine, &profiles),
        azure::found::credentials(machine),
        kubernetes::found::credentials(machine),
    ]
}

/// The simulated clouds and the images of `posture demo`, which are there until this is dropped.
pub(crate) struct Demo {
    aws: aws::Demo,
    azure: azure::Demo,
    kubernetes: kubernetes::Demo,
    images: image::Demo,
}

impl Demo {
    /// Starts them within the current runtime.
    pub(crate) async fn start() -> std::result::Result<Self, String> {
        let kubernetes = kubernetes::Demo::start().await?;
        let aws = aws::Demo::start(&kubernetes.server()).await?;
        let images = image::Demo::start(Time::from(jiff::Timestamp::now()))?;
        Ok(Self { aws, azure: azure::Demo::start().await?, kubernetes, images })
    }

    pub(crate) fn targets(&self) -> Vec<Target> {
        let (accounts, tenant) = (self.aws.accounts(), self.azure.tenant());
        let clusters = self.kubernetes.clusters();
        let mut targets = vec![
            Target::Aws(Box::new(accounts)),
            Target::Azure(Box::new(tenant)),
            Target::Kubernetes(Box::new(clusters)),
        ];
        targets.extend(self.images.images().map(|files| Target::Image(Box::new(files))));
        targets
    }
}
