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

/// What a folder holds.
#[derive(Default)]
pub(super) struct Found {
    /// The files of each project.
    pub(super) projects: Vec<Vec<PathBuf>>,
    /// What could not be looked into, and why.
    pub(super) troubles: Vec<(PathBuf, String)>,
    /// The files of projects in hidden folders, which are not read.
    pub(super) hidden: Vec<PathBuf>,
}

/// The files of each project in a folder and in those below it, in the order of their names. Hidden folders and links to folders are
/// not followed; what is right in a hidden folder is listed.
pub(super) fn projects(path: &Path) -> Found {
    let mut found = Found::default();
    look(path, 0, &mut found);
    found
}

fn look(path: &Path, depth: usize, found: &mut Found) {
    let trouble = |why: String| (path.to_owned(), why);
    if depth > DEPTH {
        found.troubles.push(trouble(format!("more than {DEPTH} folders deep: not read")));
        return;
    }
    if found.projects.len() >= PROJECTS {
        if found.projects.len() == PROJECTS {
            found
                .troubles
                .push(trouble(format!("more than {PROJECTS} projects: the rest was not read")));
        }
        return;
    }
    let first_in = |path: &Path, names: [&str; 4]| {
        names.map(|name| path.join(name)).into_iter().find(|file| file.exists())
    };
    let first = |names| first_in(path, names);
    if let Some(file) = first(NAMES) {
        found.projects.push(std::iter::once(file).chain(first(OVERRIDES)).collect());
    }
    let all = std::fs::read_dir(path).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let mut all: Vec<PathBuf> = match all {
        Ok(all) => all.into_iter().map(|entry| entry.path()).collect(),
        Err(error) => return found.troubles.push(trouble(error.to_string())),
    };
    all.sort();
    for one in all {
        let is_hidden = one.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let is_folder = std::fs::symlink_metadata(&one).is_ok_and(|found| found.is_dir());
        if is_folder && is_hidden {
            found.hidden.extend(first_in(&one, NAMES));
        } else if is_folder {
            look(&one, depth + 1, found);
        }
    }
}
