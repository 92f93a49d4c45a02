//! That the core compiles to WebAssembly, where it can be judged in a browser.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler for WebAssembly.
pub(crate) enum Rust {
    /// The one in use.
    Own,
    /// Debian's, in a folder.
    Unpacked(PathBuf),
}

impl fmt::Display for Rust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => f.write_str("the compiler in use"),
            Self::Unpacked(folder) => write!(f, "{}", folder.display()),
        }
    }
}

/// Where Debian's compiler is unpacked.
pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join("target/wasm-rust")
}

/// Compiles the core with the compiler that is there, or with Debian's.
pub(crate) fn run() -> Result<()> {
    let root = crate::root()?;
    if found(&root)?.is_none() {
        println!("unpacking Debian's Rust into {}", folder(&root).display());
        install(&root)?;
    }
    check(&root, &found(&root)?.context("there is no compiler for WebAssembly")?)
}

/// Unpacks Debian's compiler with the source of its standard library; nothing is installed into the system.
pub(crate) fn install(root: &Path) -> Result<()> {
    let folder = folder(root);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    silently(Command::new("apt-get").args(["update", "--quiet"]))?;
    unpack(&folder)?;
    std::fs::write(folder.join("done"), "")?;
    found(root).map(drop)
}

/// The compiler in use, where its standard library for WebAssembly is installed; else Debian's, where it was unpacked.
///
/// # Errors
/// The unpacked one is too old.
pub(crate) fn found(root: &Path) -> Result<Option<Rust>> {
    let print = ["--print", "target-libdir", "--target", TARGET];
    if Path::new(output(Command::new("rustc").args(print))?.trim()).exists() {
        return Ok(Some(Rust::Own));
    }
    let folder = folder(root);
    if !folder.join("done").exists() {
        return Ok(None);
    }
    let mut rustc = Command::new(folder.join("usr/bin/rustc"));
    let version_line =
        output(rustc.arg("--version").env("LD_LIBRARY_PATH", libraries_below(&folder)))?;
    let version =
        |text: &str| text.split('.').map_while(|part| part.parse().ok()).collect::<Vec<u32>>();
    let found = version(version_line.split_whitespace().nth(1).unwrap_or_default());
    ensure!(
        found >= version(env!("CARGO_PKG_RUST_VERSION")),
        "Debian's is too old: {}",
        version_line.trim()
    );
    Ok(Some(Rust::Unpacked(folder)))
}

/// Compiles the core.
pub(crate) fn check(root: &Path, rust: &Rust) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root)
        .args(["build", "--locked", "--quiet", "-p", "posture-core", "--no-default-features"])
        .args(["--target", TARGET, "--target-dir", "target/wasm"]);
    if let Rust::Unpacked(folder) = rust {
        cargo
            .args(["-Z", "build-std=std,panic_abort"])
            .env("RUSTC", folder.join("usr/bin/rustc"))
            .env("RUSTC_BOOTSTRAP", "1")
            .env("LD_LIBRARY_PATH", libraries_below(folder));
    }
    let built = cargo.status().context("cannot start cargo")?.success();
    ensure!(built, "the core does not compile to WebAssembly");
    println!("posture-core compiles to {TARGET} without its default features");
    Ok(())
}

/// Debian's newest Rust, with the libraries that it needs and Debian's old release may not have.
fn unpack(folder: &Path) -> Result<()> {
    let mut wanted =
        vec!["rustc-web".to_owned(), "rust-web-src".to_owned(), "libstd-rust-web-dev".to_owned()];
    let mut taken: Vec<String> = Vec::new();
    while let Some(package) = wanted.pop() {
        if taken.contains(&package) {
            continue;
        }
        silently(
            Command::new("apt-get").args(["download", "--quiet", &package]).current_dir(folder),
        )?;
        let file = std::fs::read_dir(folder)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.extension().is_some_and(|ending| ending == "deb"))
            .with_context(|| format!("{package} was not downloaded"))?;
        let depends = output(Command::new("dpkg-deb").arg("--field").arg(&file).arg("Depends"))?;
        let names = depends.split([',', '|']).filter_map(|one| one.split_whitespace().next());
        let ours =
            |name: &&str| name.starts_with("libstd-rust-web-") || name.starts_with("libllvm");
        wanted.extend(names.filter(ours).map(str::to_owned));
        silently(Command::new("dpkg-deb").arg("--extract").arg(&file).arg(folder))?;
        std::fs::remove_file(file)?;
        taken.push(package);
    }
    Ok(())
}

/// Where the compiler finds its libraries, and LLVM's.
fn libraries_below(folder: &Path) -> std::ffi::OsString {
    let all = std::fs::read_dir(folder.join("usr/lib")).into_iter().flatten().flatten();
    let folders = all.flat_map(|entry| [entry.path(), entry.path().join("lib")]);
    let folders: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    std::env::join_paths(folders).unwrap_or_default()
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "`{command:?}` failed");
    Ok(String::from_utf8(output.stdout)?)
}

fn silently(command: &mut Command) -> Result<()> {
    if !command.stdout(Stdio::null()).status()?.success() {
        bail!("`{command:?}` failed");
    }
    Ok(())
}
