//! Documents of others that an audit of images takes in.

use std::path::PathBuf;

use super::{Documents, Images};
use crate::{Audit, Settings};

impl Audit<Images> {
    /// A bill of materials without its image: CycloneDX or SPDX in JSON. Its packages are all that is known. It is taken at its word,
    /// unless it states that it is incomplete.
    pub fn bill_of_materials(path: impl Into<PathBuf>) -> Self {
        let documents = Documents { sboms: vec![path.into()], ..Documents::default() };
        Self { target: Images { documents, ..Images::default() }, settings: Settings::default() }
    }

    /// Statements about vulnerabilities (VEX), in OpenVEX or CycloneDX, by authors that are trusted. A vulnerability that they excuse
    /// does not apply; it never passes.
    #[must_use]
    pub fn vex(mut self, path: impl Into<PathBuf>) -> Self {
        self.target.documents.vex.push(path.into());
        self
    }

    /// A bill of materials (SBOM), in CycloneDX or SPDX, of one of the images: of the one whose digest it names. It adds packages, and
    /// never shows that another is not there.
    #[must_use]
    pub fn sbom(mut self, path: impl Into<PathBuf>) -> Self {
        self.target.documents.sboms.push(path.into());
        self
    }

    /// A report of Trivy or Grype, in JSON, about one of the images: about the one whose digest it names. It adds vulnerabilities, and
    /// makes nothing pass.
    #[must_use]
    pub fn report(mut self, path: impl Into<PathBuf>) -> Self {
        self.target.documents.reports.push(path.into());
        self
    }

    /// The scores of EPSS of a day, in CSV, also compressed with gzip: how probable it is that a vulnerability is exploited.
    #[must_use]
    pub fn epss(mut self, path: impl Into<PathBuf>) -> Self {
        self.target.documents.epss = Some(path.into());
        self
    }
}
