//! What every command that judges has in common.

use std::path::Path;

use posture_core::catalogue::Catalogue;
use posture_core::control::Control;
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
    let (params, exceptions) = (config.params.clone(), config.exceptions.clone());
    let tools = config.tools.clone();
    judge::Options { params, exceptions, tools, ..judge::Options::default() }
}

/// The frameworks that have something to say: a benchmark of one provider has nothing where only another was audited.
pub(crate) fn audited(findings: &Findings<'_>) -> Vec<&'static Framework> {
    let audited =
        |provider| findings.scopes().iter().any(|scope| scope.scope().provider == provider);
    frameworks::all().iter().copied().filter(|framework| framework.is_about(audited)).collect()
}

/// The frameworks of which every control was judged: if some are left out, their requirements did not get worse.
pub(crate) fn whole(findings: &Findings<'_>, catalogue: &Catalogue) -> Vec<&'static Framework> {
    let judged = |control: &Control| findings.controls().iter().any(|one| one.id == control.id);
    let of_all = audited(findings).into_iter();
    of_all.filter(|framework| has_all(framework, catalogue, &judged)).collect()
}

/// Whether a framework has every control that is mapped to it.
pub(crate) fn has_all(
    framework: &Framework,
    catalogue: &Catalogue,
    judged: &dyn Fn(&Control) -> bool,
) -> bool {
    let maps = |control: &Control| {
        control.mappings().iter().any(|m| std::ptr::eq(m.requirement.framework(), framework))
    };
    catalogue.all().iter().all(|control| judged(control) || !maps(control))
}
