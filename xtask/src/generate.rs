//! Files that are written from others, so that they cannot disagree with them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{frameworks, index, root};

/// A file as it should be.
pub(crate) struct Generated {
    /// Its path from the root of the workspace.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// What the library needs to compile.
fn code() -> Result<Vec<Generated>> {
    let mut all = vec![frameworks::catalogue()?, index::controls()?];
    all.extend(index::tables()?);
    Ok(all)
}

/// What follows from the compiled library: it is asked for it by running it.
fn documents() -> Result<Vec<Generated>> {
    let arguments = [
        "run",
        "--quiet",
        "--package",
        "posture-core",
        "--features",
        "schema",
        "--example",
        "documents",
    ];
    let output = Command::new("cargo")
        .args(arguments)
        .current_dir(root()?)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run `cargo`")?;
    if !output.status.success() {
        bail!("`cargo {}` failed", arguments.join(" "));
    }
    let documents: BTreeMap<String, String> = serde_json::from_slice(&output.stdout)?;
    Ok(documents.into_iter().map(|(path, text)| Generated { path, text }).collect())
}

/// Writes every file that differs.
pub(crate) fn write() -> Result<()> {
    // Code first: the documents are made by running it.
    for files in [code, documents] {
        for (path, text) in outdated(files()?)? {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(&path, text).with_context(|| path.display().to_string())?;
            println!("wrote {}", path.display());
        }
    }
    Ok(())
}

/// Fails where a file differs.
pub(crate) fn check() -> Result<()> {
    let mut outdated = outdated(code()?)?;
    if outdated.is_empty() {
        outdated = self::outdated(documents()?)?;
    }
    for (path, _) in &outdated {
        println!("out of date: {}", path.display());
    }
    if !outdated.is_empty() {
        bail!("run `cargo xtask generate`");
    }
    Ok(())
}

fn outdated(files: Vec<Generated>) -> Result<Vec<(PathBuf, String)>> {
    let root = root()?;
    let files = files.into_iter().map(|file| (root.join(file.path), file.text));
    Ok(files
        .filter(|(path, text)| std::fs::read_to_string(path).ok().as_ref() != Some(text))
        .collect())
}
