//! Manifests where a command takes a snapshot: they are read at once.

use std::path::Path;

use posture_core::snapshot::Snapshot;
use posture_core::wanted::Wanted;
use posture_kubernetes::manifests::{self, Options};

use crate::error::{Failure, Result};

/// The endings of manifests that snapshots do not have.
const ENDINGS: [&str; 2] = ["yaml", "yml"];

/// Whether an argument names manifests: a folder, or a file of YAML.
pub(crate) fn is_one(argument: &Path) -> bool {
    let ending = argument.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    argument.is_dir()
        || argument.is_file() && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Reads manifests with all their facts. The name identifies them; without it, the path does.
pub(crate) fn read(path: &Path, name: Option<&str>) -> Result<Snapshot> {
    let options = Options {
        paths: vec![path.to_owned()],
        name: name.map(str::to_owned),
        ..Options::default()
    };
    let tree = manifests::read(&options, &Wanted::everything(), || jiff::Timestamp::now().into());
    if tree.is_empty() {
        return Err(Failure::tool(format!("no Kubernetes objects in `{}`", path.display()))
            .help("pass a folder or a file of manifests"));
    }
    let (started, finished) = (tree.scope.started, tree.scope.finished);
    Ok(Snapshot::new(env!("CARGO_PKG_VERSION"), started, finished, vec![tree.scope]))
}
