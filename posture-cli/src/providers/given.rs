//! Documents of others that an audit of images takes in: their arguments, and their keys in `posture.toml`.

use std::path::{Path, PathBuf};

use clap::Args;
use posture::image::Documents;

use crate::config::reader::{Item, Reader};
use crate::typed::Words;

/// The files.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "Documents of others")]
pub(crate) struct Given {
    /// Statements about vulnerabilities (VEX) by authors that are trusted: OpenVEX or CycloneDX; can be given several times.
    #[arg(long, value_name = "FILE")]
    vex: Vec<PathBuf>,
    /// Bill of materials: CycloneDX or SPDX in JSON; can be given several times. It adds its packages to the image whose digest it
    /// names. Without an image it is audited alone.
    #[arg(long, value_name = "FILE")]
    sbom: Vec<PathBuf>,
    /// Report of Trivy or Grype in JSON; can be given several times. It adds its vulnerabilities to the image whose digest it names.
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
    /// Scores of EPSS of a day, as CSV, also compressed with gzip.
    #[arg(long, value_name = "FILE")]
    epss: Option<PathBuf>,
}

impl Given {
    pub(super) fn typed(&self, command: Words) -> Words {
        let Self { vex, sbom, report, epss } = self;
        command
            .paths("vex", vex.iter().map(PathBuf::as_path))
            .paths("sbom", sbom.iter().map(PathBuf::as_path))
            .paths("report", report.iter().map(PathBuf::as_path))
            .paths("epss", epss.as_deref())
    }

    /// Reads a key of a `[[target]]`; false for another one.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>, name: &str, item: &Item<'_>) -> bool {
        let mut files =
            || reader.texts(name, item).into_iter().map(PathBuf::from).collect::<Vec<_>>();
        match name {
            "vex" => self.vex = files(),
            "sboms" => self.sbom = files(),
            "reports" => self.report = files(),
            "epss" => self.epss = reader.owned(name, item).map(PathBuf::from),
            _ => return false,
        }
        true
    }

    /// Makes paths that are relative to a configuration relative to the current folder.
    pub(super) fn beside(&mut self, configuration: &Path) {
        let Self { vex, sbom, report, epss } = self;
        for path in vex.iter_mut().chain(sbom).chain(report).chain(epss) {
            *path = configuration.with_file_name("").join(&*path);
        }
    }

    pub(super) fn to_read(&self) -> Documents {
        let Self { vex, sbom, report, epss } = self.clone();
        Documents { vex, sboms: sbom, reports: report, epss }
    }
}
