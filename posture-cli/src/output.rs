//! Where results go: standard output, and files.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use posture_collect::text::shell;
use posture_report::Canvas;

use crate::args::{Screen, When};
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

/// A count with its noun.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Writes; a reader that closed the pipe, such as `head`, is not a failure.
pub(crate) fn put(
    out: &mut dyn Write,
    work: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    match work(out) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::tool("cannot write the output").cause(error))
        }
        _ => Ok(()),
    }
}

/// Width and color of standard output: the flag, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal.
pub(crate) fn canvas(screen: Screen) -> Canvas {
    let set =
        |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let color = match screen.color {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto if set("FORCE_COLOR") => true,
        When::Auto => {
            std::io::stdout().is_terminal()
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    };
    let columns = || std::env::var("COLUMNS").ok()?.parse::<u16>().ok();
    let width = match console::Term::stdout().size_checked() {
        Some((_, width)) => width,
        None => columns().unwrap_or(80),
    };
    Canvas { width: width.clamp(60, 200), color }
}

/// Writes a file in whole or not at all, readable by its owner only: a report tells an attacker where to begin.
pub(crate) fn write_file(path: &Path, text: &[u8]) -> Result<()> {
    write_with(path, |out| out.write_all(text))
}

/// The same, piece by piece.
pub(crate) fn write_with(
    path: &Path,
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
