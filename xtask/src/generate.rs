//! Files that are written from others, so that they cannot disagree with them.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{frameworks, index, root};

/// A file as it should be.
pub(crate) struct Generated {
    /// Its path from the root of the workspace.
    pub(crate) path: &'static str,
    pub(crate) text: String,
}

fn all() -> Result<Vec<Generated>> {
    Ok(vec![frameworks::catalogue()?, index::controls()?])
}

/// Writes every file that differs.
pub(crate) fn write() -> Result<()> {
    for (path, text) in outdated()? {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// Fails where a file differs.
pub(crate) fn check() -> Result<()> {
    let outdated = outdated()?;
    for (path, _) in &outdated {
        println!("out of date: {}", path.display());
    }
    if !outdated.is_empty() {
        bail!("run `cargo xtask generate`");
    }
    Ok(())
}

fn outdated() -> Result<Vec<(PathBuf, String)>> {
    let root = root()?;
    let files = all()?.into_iter().map(|file| (root.join(file.path), file.text));
    Ok(files
        .filter(|(path, text)| std::fs::read_to_string(path).ok().as_ref() != Some(text))
        .collect())
}
