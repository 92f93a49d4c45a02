//! What every command that judges has in common.

use std::path::Path;

use posture_core::frameworks::{self, Framework};
use posture_core::judge::{self, Findings};
use posture_core::snapshot::Snapshot;

use crate::config::Config;
use crate::error::{Failure, Result};

/// Reads a snapshot to be judged.
pub(crate) fn load(path: &Path) -> Result<Snapshot> {
    Snapshot::load(path).map_err(|error| {
        Failure::tool(format!("cannot check `{}`", path.display()))
            .caused_by(&error)
            .help(error.help())
    })
}

/// How to judge.
pub(crate) fn options(config: &Config) -> judge::Options {
    judge::Options {
        params: config.params.clone(),
        exceptions: config.exceptions.clone(),
        tools: config.tools.clone(),
    }
}

/// The frameworks that have something to say: a benchmark of one provider has nothing where only another was audited.
pub(crate) fn audited(findings: &Findings<'_>) -> Vec<&'static Framework> {
    let about = |framework: &Framework| {
        framework.provider.is_none_or(|provider| {
            findings.scopes().iter().any(|scope| scope.scope().provider == provider)
        })
    };
    frameworks::all().iter().copied().filter(|framework| about(framework)).collect()
}
