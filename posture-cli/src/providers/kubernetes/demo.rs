//! The simulated cluster of `posture demo`.

use std::path::PathBuf;

use posture_sim::kubernetes::{Server, World};
use tempfile::TempDir;

use super::Clusters;

const CLUSTER: &str = include_str!("../../../../examples/cluster.yaml");

/// A simulated cluster, served until this is dropped.
pub(in crate::providers) struct Demo {
    kubeconfig: PathBuf,
    server: Server,
    // Only this user may read it.
    _folder: TempDir,
}

impl Demo {
    /// Starts the simulator within the current runtime.
    pub(in crate::providers) async fn start() -> Result<Self, String> {
        let mut world =
            World::of_manifests("cluster.yaml", CLUSTER).map_err(|error| error.to_string())?;
        // Past its end of support on whatever day the demo runs. It is the cluster of the simulated AWS account, which has this version.
        world.version = "v1.30.14-eks-1a2b3c4".to_owned();
        world.unlogged = true;
        let token = world.identities.first().map(|one| one.token.clone()).unwrap_or_default();
        let server = Server::start(world, None).await.map_err(|error| error.to_string())?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let kubeconfig = folder.path().join("config");
        std::fs::write(&kubeconfig, server.kubeconfig(&token))
            .map_err(|error| error.to_string())?;
        Ok(Self { kubeconfig, server, _folder: folder })
    }

    /// The address of its API server.
    pub(in crate::providers) fn server(&self) -> String {
        self.server.url()
    }

    pub(in crate::providers) fn clusters(&self) -> Clusters {
        Clusters { kubeconfig: Some(self.kubeconfig.clone()), no_exec: true, ..Clusters::default() }
    }
}
