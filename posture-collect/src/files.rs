//! Files that an audit is given: how their paths are called, and how they are read.

use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// A path as findings name it: with `/`, and without `./` and a `/` at its end. `-` is standard input.
pub fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "stdin".to_owned();
    }
    let parts: Vec<String> = path
        .components()
        .filter(|part| !matches!(part, Component::CurDir))
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    match parts.join("/") {
        empty if empty.is_empty() => ".".to_owned(),
        text => text.strip_prefix("//").map_or(text.clone(), |rest| format!("/{rest}")),
    }
}

/// The name of a set of paths, the same in every checkout.
pub fn named(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|path| shown(path)).collect();
    names.join(" ")
}

/// Reads at most one byte more than the limit, so that a decoder can report what is too large.
///
/// # Errors
/// If it cannot be read.
pub fn bounded(from: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    from.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a regular file within a limit. A pipe would be waited for, and a device may have no end.
///
/// # Errors
/// If it cannot be read, or is something else.
pub fn regular(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    bounded(std::fs::File::open(path)?, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_called_the_same_in_every_checkout() {
        for (path, name) in [
            ("./shop/web.yaml", "shop/web.yaml"),
            ("shop/", "shop"),
            (".", "."),
            ("/etc/docker/daemon.json", "/etc/docker/daemon.json"),
            ("-", "stdin"),
        ] {
            assert_eq!(shown(Path::new(path)), name);
        }
        assert_eq!(named(&["./a".into(), "-".into()]), "a stdin");
    }
}
