//! The clouds of `posture demo`, served on loopback by this process.

use tokio::runtime::Runtime;

use crate::error::{Failure, Result};
use crate::providers::{Demo, Target};

/// Simulated clouds that are served until this is dropped.
pub(super) struct Estate {
    clouds: Demo,
    // Last, as the servers end within it.
    _runtime: Runtime,
}

impl Estate {
    pub(super) fn start() -> Result<Self> {
        let cannot = |error: &dyn std::fmt::Display| {
            Failure::tool("cannot start the simulated clouds on this machine").cause(error)
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| cannot(&error))?;
        let clouds = runtime.block_on(Demo::start()).map_err(|error| cannot(&error))?;
        Ok(Self { clouds, _runtime: runtime })
    }

    /// What to audit.
    pub(super) fn targets(&self) -> Vec<Target> {
        self.clouds.targets()
    }
}
