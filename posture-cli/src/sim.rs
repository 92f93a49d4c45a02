//! `posture sim`: what simulated clouds of every provider share.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use crate::error::{Failure, Result};
use crate::output::put;

/// More than any scenario needs.
const LIMIT: u64 = 256 << 20;

pub(crate) fn serve(work: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::tool("cannot start the simulator").cause(error))?;
    runtime.block_on(work)
}

pub(crate) fn cannot_listen(error: std::io::Error) -> Failure {
    Failure::tool("cannot listen on the port").cause(error)
}

pub(crate) fn show(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    put(&mut std::io::stdout().lock(), |out| {
        write(out)?;
        out.flush()
    })
}

pub(crate) fn read(path: &Path) -> Result<String> {
    crate::input::text(path, LIMIT).map_err(|error| cannot_serve(path, &error))
}

pub(crate) fn cannot_serve(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("cannot serve `{}`", path.display())).cause(why)
}
