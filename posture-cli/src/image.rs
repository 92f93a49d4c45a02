//! `posture image`: what is written about an image.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use posture::image::{Format, Output, Platform, sbom};
use posture_report::text::safe;

use crate::args::Screen;
use crate::error::{Failure, Result};
use crate::output::{counted, print, put, say, word, write_file};
use crate::providers::image::{one, platform};

/// `posture image`.
#[derive(Debug, Subcommand)]
pub(crate) enum Image {
    /// Write the bill of materials (SBOM) of an image.
    ///
    /// The same image gives the same bytes: no clock is read. The time in the document is that of SOURCE_DATE_EPOCH, or else when the
    /// image was built. What could not be read is stated in the document, which then is incomplete, and the exit code is 11.
    Sbom(Box<Sbom>),
}

/// `posture image sbom`.
#[derive(Debug, Args)]
pub(crate) struct Sbom {
    /// Image of a registry, OCI layout, or archive of `docker save`, as for `posture audit image`.
    #[arg(value_name = "REF|PATH")]
    image: String,
    /// Format of the document.
    #[arg(long, value_enum, default_value_t = MaterialsFormat::Cyclonedx, value_name = "FORMAT")]
    format: MaterialsFormat,
    /// File to write [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// List the files of each package of a distribution; CycloneDX only.
    #[arg(long)]
    files: bool,
    /// Platform that is chosen where an image is for several [default: linux/amd64].
    #[arg(long, value_name = "OS/ARCH", value_parser = platform)]
    platform: Option<Platform>,
    /// Run no credential helper of Docker's configuration; helpers are programs.
    #[arg(long)]
    no_exec: bool,
    /// Read registries on this machine over plain HTTP.
    #[arg(long)]
    plain_http: bool,
}

/// The format of a bill of materials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MaterialsFormat {
    /// CycloneDX 1.6 in JSON.
    Cyclonedx,
    /// SPDX 2.3 in JSON.
    Spdx,
}

/// What the exit code is if packages may be missing.
const INCOMPLETE: u8 = 11;
/// The most causes that are named.
const NAMED: usize = 5;

pub(crate) fn run(command: Image, screen: Screen) -> Result<ExitCode> {
    match command {
        Image::Sbom(arguments) => write(*arguments, screen),
    }
}

fn write(arguments: Sbom, screen: Screen) -> Result<ExitCode> {
    let Sbom { image, format, output: to, files, platform, no_exec, plain_http } = arguments;
    let format = match format {
        MaterialsFormat::Cyclonedx => Format::CycloneDx,
        MaterialsFormat::Spdx => Format::Spdx,
    };
    if files && format == Format::Spdx {
        return Err(Failure::usage("SPDX lists no files")
            .help("it requires the SHA-1 digests of files; --files is for CycloneDX"));
    }
    let tool = ("posture".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    let output = Output { format, made: made()?, files, tool };
    let images = one(image.clone(), platform, no_exec, plain_http);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::tool("cannot start").cause(error))?;
    let materials = runtime.block_on(sbom(&images, &output)).map_err(|error| {
        Failure::tool(format!("cannot write the bill of materials of {image}")).cause(error)
    })?;
    match &to {
        Some(path) => write_file(path, materials.text.as_bytes())?,
        None => {
            print(screen, |_, out| put(out, |out| out.write_all(materials.text.as_bytes())))?;
        }
    }
    if let Some(path) = to.filter(|_| !screen.quiet) {
        say!("wrote {}", word(&path));
    }
    if materials.gaps.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    for gap in materials.gaps.iter().take(NAMED) {
        say!("note: packages may be missing: {}", safe(gap, 500));
    }
    if let Some(more @ 1..) = materials.gaps.len().checked_sub(NAMED) {
        say!("note: {} more, which the document states", counted(more, "cause", "causes"));
    }
    Ok(ExitCode::from(INCOMPLETE))
}

/// The time that [reproducible builds](https://reproducible-builds.org/specs/source-date-epoch/) set.
fn made() -> Result<Option<i64>> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds = text.to_str().and_then(|text| text.parse::<u32>().ok());
    let seconds = seconds.ok_or_else(|| {
        Failure::usage("SOURCE_DATE_EPOCH is not a number of seconds since the beginning of 1970")
    })?;
    Ok(Some(i64::from(seconds)))
}
