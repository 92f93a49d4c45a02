//! The Compose projects in a folder, as Compose finds them.

use std::path::{Path, PathBuf};

/// The names of the file of a project, the preferred one first
/// ([source](https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file)).
const NAMES: [&str; 4] =
    ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The names of the file that is merged with it.
const OVERRIDES: [&str; 4] = [
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// How deep folders are followed.
const DEPTH: usize = 64;

/// How many projects are read.
const PROJECTS: usize = 10_000;

/// What could not be looked into, and why.
type Troubles = Vec<(PathBuf, String)>;

/// The files of each project in a folder and in those below it, in the order of their names. Hidden folders and links to folders are
/// not followed.
pub(super) fn projects(path: &Path) -> (Vec<Vec<PathBuf>>, Troubles) {
    let mut found = (Vec::new(), Vec::new());
    look(path, 0, &mut found);
    found
}

fn look(path: &Path, depth: usize, found: &mut (Vec<Vec<PathBuf>>, Troubles)) {
    let trouble = |why: String| (path.to_owned(), why);
    if depth > DEPTH {
        found.1.push(trouble(format!("more than {DEPTH} folders deep: not read")));
        return;
    }
    if found.0.len() >= PROJECTS {
        if found.0.len() == PROJECTS {
            found.1.push(trouble(format!("more than {PROJECTS} projects: the rest was not read")));
        }
        return;
    }
    let first =
        |names: [&str; 4]| names.map(|name| path.join(name)).into_iter().find(|file| file.exists());
    if let Some(file) = first(NAMES) {
        found.0.push(std::iter::once(file).chain(first(OVERRIDES)).collect());
    }
    let all = std::fs::read_dir(path).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let mut all: Vec<PathBuf> = match all {
        Ok(all) => all.into_iter().map(|entry| entry.path()).collect(),
        Err(error) => return found.1.push(trouble(error.to_string())),
    };
    all.sort();
    for one in all {
        let is_hidden = one.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let is_folder = std::fs::symlink_metadata(&one).is_ok_and(|found| found.is_dir());
        if is_folder && !is_hidden {
            look(&one, depth + 1, found);
        }
    }
}
