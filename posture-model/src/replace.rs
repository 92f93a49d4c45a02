//! Files that appear in whole or not at all.
//!
//! Content goes to a new file beside the one that it replaces, which then takes the name of that one. The name of the new
//! file is random: the ID of a process is not unique in containers, where it is always the same. A process that is killed
//! leaves its file behind; the next one that writes there removes it, and recognizes by its lock that no process is writing
//! it any more.

use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

/// The letters of a random name.
const RANDOM: usize = 16;
const ENDING: &str = ".part";

/// Writes a file, which only its owner may read, and replaces `path` by it when all of it is on the disk.
///
/// # Errors
/// When nothing can be written beside `path`, and whatever `write` fails with. What was at `path` stays then.
pub fn replace<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&File) -> Result<(), E>,
) -> Result<(), E> {
    remove_leftovers(path);
    let (part, file) = begin(path, create)?;
    let done = write(&file).and_then(|()| {
        file.sync_all()?;
        std::fs::rename(&part, path)?;
        sync_folder(path);
        Ok(())
    });
    if done.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    done
}

/// Creates something beside `path` under a random name, and returns that name.
///
/// # Errors
/// Any error of `make`, except a name that exists.
pub fn begin<T>(path: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(PathBuf, T)> {
    for _ in 0..8 {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        // The keys of a hasher are the only random numbers of the standard library.
        let random = RandomState::new().build_hasher().finish();
        name.push(format!(".{random:0RANDOM$x}{ENDING}"));
        let part = path.with_file_name(name);
        match make(&part) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|made| (part, made)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// A new file that only its owner may read, locked for as long as it is open.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // A file system without locks keeps no leftovers apart from files at work; these stay then.
    let _ = file.try_lock();
    Ok(file)
}

/// Removes what processes left that were killed while they wrote `path`.
fn remove_leftovers(path: &Path) {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let left = entry.file_name();
        let is_ours = left.to_str().is_some_and(|left| is_part(left, name));
        if !is_ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let left = entry.path();
        // Opened for reading only: a lock needs no more, and nothing is changed by looking.
        let is_idle = File::open(&left).is_ok_and(|file| file.try_lock().is_ok());
        if is_idle {
            let _ = std::fs::remove_file(left);
        }
    }
}

/// Whether a file has a name that [`begin`] makes for `name`.
fn is_part(left: &str, name: &str) -> bool {
    let random = left
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('.'))
        .and_then(|rest| rest.strip_suffix(ENDING));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Makes the new name outlast a loss of power, where the system can.
fn sync_folder(path: &Path) {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            let _ = folder.sync_all();
        }
    }
    let _ = path;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let random = RandomState::new().build_hasher().finish();
            let folder = std::env::temp_dir().join(format!("posture-{name}-{random:x}"));
            std::fs::create_dir(&folder).unwrap();
            Self(folder)
        }

        fn names(&self) -> Vec<String> {
            let entries = std::fs::read_dir(&self.0).unwrap();
            let name = |entry: io::Result<std::fs::DirEntry>| {
                entry.unwrap().file_name().into_string().unwrap()
            };
            let mut names: Vec<String> = entries.map(name).collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn put(path: &Path, text: &str) -> io::Result<()> {
        replace(path, |mut file| file.write_all(text.as_bytes()))
    }

    #[test]
    fn a_failure_leaves_what_was_there_and_nothing_else() {
        let folder = Folder::new("replace");
        let path = folder.0.join("report.json");
        put(&path, "old").unwrap();
        let failed: io::Result<()> = replace(&path, |mut file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(folder.names(), ["report.json"]);
    }

    #[test]
    fn what_a_killed_process_left_blocks_no_run_and_is_removed() {
        let folder = Folder::new("leftovers");
        let path = folder.0.join("report.json");
        let left = [
            "report.json.1.part",
            "report.json.0123456789abcdef.part",
            "other.0123456789abcdef.part",
        ];
        for name in left {
            std::fs::write(folder.0.join(name), "half").unwrap();
        }
        put(&path, "whole").unwrap();
        // What this module did not name stays.
        assert_eq!(
            folder.names(),
            ["other.0123456789abcdef.part", "report.json", "report.json.1.part"]
        );
    }

    #[test]
    fn a_file_that_is_being_written_is_not_taken_for_a_leftover() {
        let folder = Folder::new("busy");
        let path = folder.0.join("report.json");
        replace(&path, |mut slow| {
            put(&path, "fast")?;
            slow.write_all(b"slow")
        })
        .unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "slow");
        assert_eq!(folder.names(), ["report.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new("mode");
        let path = folder.0.join("report.json");
        put(&path, "secret").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
