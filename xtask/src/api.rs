//! The public API of each library as text, so that every change to it is noticed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Libraries that only the command and the tests use.
const INNER: &[&str] = &["posture-history", "posture-sim"];

/// The version of Rust that describes the interfaces. Another one writes paths and bounds otherwise, or another JSON.
const RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// Writes the interfaces.
pub(crate) fn write() -> Result<()> {
    for (path, text) in interfaces()? {
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// Says which interfaces are not what was written down.
pub(crate) fn check() -> Result<()> {
    let mut changed = Vec::new();
    for (path, text) in interfaces()? {
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        let only = |these: &str, others: &str, sign: char| {
            let others: std::collections::BTreeSet<&str> = others.lines().collect();
            let lines = these.lines().filter(|line| !others.contains(line));
            lines.fold(String::new(), |mut all, line| {
                let _ = write!(all, "\n  {sign} {line}");
                all
            })
        };
        if known != text {
            let differs = only(&known, &text, '-') + &only(&text, &known, '+');
            changed.push(format!("{}{differs}", path.display()));
        }
    }
    ensure!(
        changed.is_empty(),
        "the public interface changed; if it should, run `cargo xtask api` and say so in CHANGELOG.md\n{}",
        changed.join("\n")
    );
    Ok(())
}

/// The API of each crate with the path of its file.
fn interfaces() -> Result<Vec<(PathBuf, String)>> {
    is_the_stated_compiler()?;
    let root = crate::root()?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    describe(&root)?;
    let mut all = Vec::new();
    for name in libraries(&root)? {
        let json = target.join("doc").join(format!("{}.json", name.replace('-', "_")));
        let interface = public_api::Builder::from_rustdoc_json(&json)
            .omit_auto_derived_impls(true)
            .omit_auto_trait_impls(true)
            .omit_blanket_impls(true)
            .build()
            .with_context(|| format!("cannot read {}", json.display()))?;
        let mut text = String::new();
        for item in interface.items() {
            writeln!(text, "{item}")?;
        }
        all.push((root.join("docs/api").join(format!("{name}.txt")), text));
    }
    Ok(all)
}

/// What others build on.
fn libraries(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_library = name.starts_with("posture") && entry.path().join("src/lib.rs").is_file();
        if is_library && !INNER.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Has rustdoc describe the crates in JSON, which requires a nightly compiler or an override. Only rustdoc gets the override, as
/// otherwise everything would be compiled again. So it would be for one crate alone, which needs other features.
fn describe(root: &Path) -> Result<()> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(root)
        .args(["doc", "--workspace", "--no-deps", "--lib", "--locked", "--quiet"])
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json")
        .env("RUSTDOC", std::env::current_exe()?)
        .env(AS_RUSTDOC, "1")
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "rustdoc cannot describe the crates");
    Ok(())
}

/// Set where cargo calls this program in place of rustdoc.
pub(crate) const AS_RUSTDOC: &str = "POSTURE_XTASK_AS_RUSTDOC";

/// Does what rustdoc does, with leave for what is not stable yet.
pub(crate) fn rustdoc(arguments: &[String]) -> Result<()> {
    let status = Command::new("rustdoc").args(arguments).env("RUSTC_BOOTSTRAP", "1").status()?;
    ensure!(status.success(), "rustdoc failed");
    Ok(())
}

fn is_the_stated_compiler() -> Result<()> {
    let output = Command::new("rustc").arg("--version").output().context("cannot start rustc")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().nth(1).unwrap_or_default();
    ensure!(
        version == RUST,
        "the interfaces are described by Rust {RUST}, and this is {version}: try `cargo +{RUST} xtask api`"
    );
    Ok(())
}
