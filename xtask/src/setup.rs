//! Prepares what the tests need from outside of the workspace, and first says what that is.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{postgres, root, wasm};

/// Something that tests need, and where it comes from.
struct Need {
    name: &'static str,
    /// The tests that cannot run without it.
    used_by: &'static str,
    /// What is installed, from where, and to where.
    source: String,
    state: State,
}

enum State {
    /// It is there.
    Found(String),
    /// It can be installed.
    Missing(fn(&Path) -> Result<()>),
    /// Nothing that setup could install would do.
    Unusable(String),
}

/// What was prepared; none where it could not be installed.
pub(crate) struct Outside {
    /// The virtual environment with the local AWS server. Most tests need it, so that it is always there.
    pub(crate) venv: PathBuf,
    pub(crate) browser: Option<&'static str>,
    /// The folder of the server's programs.
    pub(crate) postgres: Option<PathBuf>,
    pub(crate) azurite: Option<PathBuf>,
    pub(crate) wasm: Option<wasm::Rust>,
}

/// Exactly this version, so that an upgrade is a change of this file.
const AZURITE: &str = "azurite@3.37.0";

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Says what is there and what would be installed, and installs nothing.
pub(crate) fn check() -> Result<()> {
    print(&needs(&root()?)?);
    Ok(())
}

/// Says what it will install, installs it, and says what the tests will have to go without.
pub(crate) fn run() -> Result<Outside> {
    let root = root()?;
    let needs = needs(&root)?;
    if needs.iter().any(|need| !matches!(need.state, State::Found(_))) {
        print(&needs);
    }
    for need in &needs {
        let install = match &need.state {
            State::Found(_) => continue,
            State::Missing(install) => install,
            State::Unusable(why) => {
                println!("SKIPPED: {} for {}: {why}", need.name, need.used_by);
                continue;
            }
        };
        println!("installing {}", need.name);
        if let Err(error) = install(&root) {
            println!("SKIPPED: {} for {}: {error:#}", need.name, need.used_by);
        }
    }
    Ok(Outside {
        venv: venv_is_ready(&root)?
            .then(|| venv(&root))
            .context("most tests need the local AWS server, which could not be installed")?,
        browser: browser(),
        postgres: postgres::programs(),
        azurite: Some(azurite(&root)).filter(|server| server.exists()),
        wasm: wasm::found(&root).ok().flatten(),
    })
}

fn print(needs: &[Need]) {
    println!("The tests need from outside of the workspace:");
    for Need { name, used_by, source, state } in needs {
        let state = match state {
            State::Found(place) => format!("found: {place}"),
            State::Missing(_) => format!("to be installed: {source}"),
            State::Unusable(why) => format!("not available: {why}"),
        };
        println!("- {name}, for {used_by}\n  {state}");
    }
}

fn needs(root: &Path) -> Result<Vec<Need>> {
    let within = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    let or_install =
        |found: Option<String>, install| found.map_or(State::Missing(install), State::Found);
    let debian =
        |package: &str| format!("Debian's package `{package}`, into the system by apt-get");
    let (venv, azurite) = (venv(root), azurite(root));
    Ok(vec![
        Need {
            name: "local AWS server",
            used_by: "most end-to-end tests of AWS",
            source: format!(
                "the packages of tests/requirements.txt, from PyPI, into {}",
                within(&venv)
            ),
            state: or_install(venv_is_ready(root)?.then(|| within(&venv)), install_venv),
        },
        Need {
            name: "browser",
            used_by: "the tests of the HTML report",
            source: debian("chromium"),
            state: or_install(browser().map(str::to_owned), |_| install("chromium")),
        },
        Need {
            name: "PostgreSQL",
            used_by: "the tests of the history",
            source: debian("postgresql"),
            state: or_install(postgres::programs().map(|path| within(&path)), |_| {
                install("postgresql")
            }),
        },
        Need {
            name: "skopeo",
            used_by: "the tests of container images",
            source: debian("skopeo"),
            state: or_install(starts("skopeo"), |_| install("skopeo")),
        },
        Need {
            name: "umoci",
            used_by: "the tests of container images",
            source: debian("umoci"),
            state: or_install(starts("umoci"), |_| install("umoci")),
        },
        Need {
            name: "docker-registry",
            used_by: "the tests of registries",
            source: debian("docker-registry"),
            state: or_install(starts("docker-registry"), |_| install("docker-registry")),
        },
        Need {
            name: "Azurite",
            used_by: "the tests of Azure Blob Storage",
            source: format!(
                "{AZURITE}, from the npm registry, into {}",
                within(&azurite_folder(root))
            ),
            state: or_install(azurite.exists().then(|| within(&azurite)), install_azurite),
        },
        Need {
            name: "Rust for WebAssembly",
            used_by: "the build of the core for browsers",
            source: format!(
                "Debian's packages of `rustc-web`, unpacked into {}",
                within(&wasm::folder(root))
            ),
            state: match wasm::found(root) {
                Ok(Some(rust)) => State::Found(rust.to_string()),
                Ok(None) => State::Missing(wasm::install),
                Err(error) => State::Unusable(format!("{error:#}")),
            },
        },
    ])
}

/// A virtual environment below `target`.
fn venv(root: &Path) -> PathBuf {
    root.join("target/moto-venv")
}

/// The virtual environment, installed if it is not there; another one if the user names it.
pub(crate) fn venv_of_tests() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("POSTURE_TEST_VENV") {
        return Ok(named.into());
    }
    let root = root()?;
    if !venv_is_ready(&root)? {
        install_venv(&root)?;
    }
    Ok(venv(&root))
}

fn requirements(root: &Path) -> Result<String> {
    let path = root.join("tests/requirements.txt");
    std::fs::read_to_string(&path).with_context(|| path.display().to_string())
}

/// Whether the environment was made from the requirements as they are now.
fn venv_is_ready(root: &Path) -> Result<bool> {
    let wanted = requirements(root)?;
    let stamp = std::fs::read_to_string(venv(root).join("requirements.txt"));
    Ok(stamp.is_ok_and(|installed| installed == wanted))
}

fn install_venv(root: &Path) -> Result<()> {
    let venv = venv(root);
    std::fs::create_dir_all(root.join("target"))?;
    let made = run_in(root, "python3", &["-m", "venv", "--clear", &venv.to_string_lossy()]);
    made.context("it takes python3 with its venv module")?;
    let pip = venv.join("bin/pip");
    run_in(
        root,
        &pip.to_string_lossy(),
        &[
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
            "tests/requirements.txt",
        ],
    )?;
    std::fs::write(venv.join("requirements.txt"), requirements(root)?)?;
    Ok(())
}

fn azurite_folder(root: &Path) -> PathBuf {
    root.join("target").join(AZURITE.replace('@', "-"))
}

/// The local server of Azure Blob Storage.
fn azurite(root: &Path) -> PathBuf {
    azurite_folder(root).join("node_modules/azurite/dist/src/blob/main.js")
}

fn install_azurite(root: &Path) -> Result<()> {
    let folder = azurite_folder(root);
    std::fs::create_dir_all(&folder)?;
    let prefix = folder.to_string_lossy();
    // No package runs an install script.
    let quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--silent"];
    let install = [&["install"], &quiet[..], &["--prefix", &prefix, AZURITE]].concat();
    run_in(root, "npm", &install)?;
    if !azurite(root).exists() {
        bail!("{AZURITE} has no server where one is expected");
    }
    Ok(())
}

/// The first of the known browsers that starts.
fn browser() -> Option<&'static str> {
    BROWSERS.into_iter().find(|name| starts(name).is_some())
}

/// The program, if it starts.
fn starts(name: &str) -> Option<String> {
    let mut run = Command::new(name);
    run.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    run.status().is_ok_and(|status| status.success()).then(|| name.to_owned())
}

/// Installs a package of Debian.
fn install(package: &str) -> Result<()> {
    let root = root()?;
    run_in(&root, "apt-get", &["update", "--quiet"])?;
    let install = ["install", "--yes", "--quiet", "--no-install-recommends", package];
    run_in(&root, "apt-get", &install)
}

fn run_in(folder: &Path, program: &str, arguments: &[&str]) -> Result<()> {
    let status = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .status()
        .with_context(|| format!("cannot run `{program}`"))?;
    if !status.success() {
        bail!("`{program} {}` failed", arguments.join(" "));
    }
    Ok(())
}
