//! Prints an SBOM of the first image of an archive: `cargo run -p posture-image --example sbom -- PATH cyclonedx|spdx [FILE]`.
//!
//! With a file, it reads this SBOM instead, and prints what only one side has.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::Path;
use std::process::ExitCode;

use posture_image::image::{self, Options};
use posture_image::sbom::{self, Format, Output, compare, write};
use posture_image::source::Archive;
use posture_image::time::Instant;
use posture_image::{Cause, Gap};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(path), Some(format)) = (arguments.first(), arguments.get(1)) else {
        eprintln!("usage: sbom PATH cyclonedx|spdx [FILE]");
        return ExitCode::FAILURE;
    };
    let format = if format == "spdx" { Format::Spdx } else { Format::CycloneDx };
    match run(Path::new(path), format, arguments.get(2).map(Path::new)) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(gap) => {
            eprintln!("{gap}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &Path, format: Format, other: Option<&Path>) -> Result<String, Gap> {
    let options = Options::new([0; 32]);
    let archive = Archive::open(path, &options.limits)?;
    let first =
        archive.images.first().ok_or_else(|| Gap::new(Cause::Missing, "archive", "no image"))?;
    let image = image::read(&archive, first, &options)?;
    if let Some(other) = other {
        let bytes = std::fs::read(other)
            .map_err(|error| Gap::new(Cause::Unreadable, "SBOM", error.to_string()))?;
        let read = sbom::read(&bytes, "SBOM", &options.limits)?;
        let about = read.check(&image.identity);
        let inventory = read.inventory();
        let difference = compare(&inventory, &image.packages);
        return Ok(format!(
            "about this image: {about:?}\n{difference:#?}\n{:#?}",
            inventory.packages.gaps
        ));
    }
    // A program has a clock; the example always has the same time.
    let timestamp = Instant::parse("2026-01-01T00:00:00Z");
    let serial = sbom::write::serial(&image.identity, format).unwrap_or_default();
    let tool = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let document = write(&image, &Output { format, timestamp, serial, tool, files: true })?;
    Ok(format!("{document:#}"))
}
