//! Files that are read, each with a bound: none is larger than what it is for.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The most bytes of a file that holds a secret.
pub(crate) const SECRET: u64 = 64 << 10;

/// The most bytes of a file that people write.
pub(crate) const WRITTEN: u64 = 1 << 20;

/// Reads a file of at most `most` bytes. A pipe or a device counts by what it gives, and not by what it says its size is.
///
/// # Errors
/// Those of reading, and where there is more.
pub(crate) fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("the file is larger than {}", size(most))));
    }
    Ok(bytes)
}

/// The same of a text.
///
/// # Errors
/// As [`bytes`], and where it is not UTF-8.
pub(crate) fn text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(bytes(path, most)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is not valid UTF-8"))
}

fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MiB", bytes >> 20) } else { format!("{} KiB", bytes >> 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "1234").unwrap();
        assert_eq!(text(&path, 4).unwrap(), "1234");
        assert_eq!(text(&path, 3).unwrap_err().to_string(), "the file is larger than 0 KiB");
        std::fs::write(&path, [0xff]).unwrap();
        assert!(text(&path, 4).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_device_without_end_is_given_up() {
        assert!(bytes(Path::new("/dev/zero"), 1 << 10).is_err());
    }
}
