//! Where results go: standard output, and files.

use std::fs::Permissions;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use posture_collect::text::shell;
pub(crate) use posture_core::text::counted;
use posture_report::Canvas;

use crate::args::Screen;
use crate::color;
use crate::error::{Failure, Result};

/// Runs something that writes to standard output.
pub(crate) fn print(
    screen: Screen,
    work: impl FnOnce(Canvas, &mut dyn Write) -> Result<()>,
) -> Result<ExitCode> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    work(canvas(screen), &mut out)?;
    put(&mut out, |out| out.flush())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes to standard output. A reader that went away, such as `head`, is not a failure: the command ends without a word, and
/// with the exit code of its result.
pub(crate) fn put(
    out: &mut dyn Write,
    work: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    let mut out = Watched { out, gone: false };
    match work(&mut out) {
        Err(error) if !out.gone => Err(Failure::tool("cannot write the output").cause(error)),
        _ => Ok(()),
    }
}

/// A writer that remembers that its reader went away: libraries wrap the error, and its kind is lost.
struct Watched<'o> {
    out: &'o mut dyn Write,
    gone: bool,
}

impl Watched<'_> {
    fn seen<T>(&mut self, result: std::io::Result<T>) -> std::io::Result<T> {
        let broken = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
        self.gone |= result.as_ref().is_err_and(broken);
        result
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes);
        self.seen(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let flushed = self.out.flush();
        self.seen(flushed)
    }
}

/// Writes a line to standard error. What is not read any more, such as behind `2>&1 | head`, is dropped; `eprintln!` panics
/// then.
macro_rules! say {
    ($($words:tt)*) => {
        crate::output::to_stderr(format_args!($($words)*))
    };
}
pub(crate) use say;

/// See [`say`].
pub(crate) fn to_stderr(words: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}

/// Width and color of standard output.
pub(crate) fn canvas(screen: Screen) -> Canvas {
    let color = color::of_output(screen.color);
    let columns = || std::env::var("COLUMNS").ok()?.parse::<u16>().ok();
    let width = match console::Term::stdout().size_checked() {
        Some((_, width)) => width,
        None => columns().unwrap_or(80),
    };
    Canvas { width: width.clamp(60, 200), color }
}

/// Writes a file in whole or not at all, readable by its owner only: a report shows an attacker where to begin.
pub(crate) fn write_file(path: &Path, text: &[u8]) -> Result<()> {
    write_with(path, |out| out.write_all(text))
}

/// The same, piece by piece.
pub(crate) fn write_with(
    path: &Path,
    work: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    write_as(path, None, work)
}

/// Writes a file that every user of the machine may read: it holds nothing that is secret, and another user reads it.
pub(crate) fn write_public(path: &Path, text: &[u8]) -> Result<()> {
    #[cfg(unix)]
    let mode = Some(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    #[cfg(not(unix))]
    let mode = None;
    write_as(path, mode, |out| out.write_all(text))
}

/// Writes a file that people edit as well. Its permissions stay as they are, and a link to it stays a link.
pub(crate) fn rewrite(path: &Path, text: &[u8]) -> Result<()> {
    let (path, mode) = match path.canonicalize() {
        Ok(path) => {
            let mode = path.metadata().ok().map(|meta| meta.permissions());
            (path, mode)
        }
        // It is not there yet.
        Err(_) => (path.to_owned(), None),
    };
    write_as(&path, mode, |out| out.write_all(text))
}

fn write_as(
    path: &Path,
    mode: Option<Permissions>,
    work: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    let failed = |error| Failure::tool(format!("cannot write `{}`", path.display())).cause(error);
    // A pipe or a device is written to, and stays what it is.
    if path.metadata().is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
        let write = || {
            let mut out = std::io::BufWriter::new(std::fs::File::options().write(true).open(path)?);
            work(&mut out)?;
            out.flush()
        };
        return write().map_err(failed);
    }
    let written = posture_core::replace::replace(path, |file| {
        if let Some(mode) = mode {
            file.set_permissions(mode)?;
        }
        let mut out = std::io::BufWriter::new(file);
        work(&mut out)?;
        out.flush()
    });
    written.map_err(failed)
}

/// A path as a word of a shell command.
pub(crate) fn word(path: &Path) -> String {
    shell(&path.display().to_string())
}

/// JSON for people.
pub(crate) fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_not_a_failure_however_its_error_is_wrapped() {
        let wrapped = |out: &mut dyn Write| out.write_all(b"x").map_err(Error::other);
        assert!(put(&mut Broken(ErrorKind::BrokenPipe), wrapped).is_ok());
        assert!(put(&mut Broken(ErrorKind::BrokenPipe), |out| out.flush()).is_ok());
        assert!(put(&mut Broken(ErrorKind::StorageFull), wrapped).is_err());
        // What failed for another reason stays a failure.
        assert!(put(&mut Vec::new(), |_| Err(Error::other("x"))).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay_where_a_file_is_rewritten() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("posture.toml"), folder.path().join("link.toml"));
        rewrite(&file, b"new").unwrap();
        assert_eq!(mode(&file), 0o600);
        std::fs::set_permissions(&file, Permissions::from_mode(0o664)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        rewrite(&link, b"old").unwrap();
        assert_eq!((mode(&file), link.is_symlink()), (0o664, true));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "old");
        write_file(&file, b"report").unwrap();
        assert_eq!(mode(&file), 0o600);
        write_public(&file, b"metrics").unwrap();
        assert_eq!(mode(&file), 0o644);
    }
}
