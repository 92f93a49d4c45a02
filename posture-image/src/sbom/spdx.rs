//! SPDX 2.2 and 2.3 in JSON, read by its [specification](https://spdx.github.io/spdx-spec/v2.3/) and
//! [schema](https://github.com/spdx/spdx-spec/blob/development/v2.3/schemas/spdx-schema.json).

use std::collections::HashSet;

use super::{Component, Format, Sbom};
use crate::digest::Digest;
use crate::document::{At, shown};
use crate::limits::Limits;
use crate::packages::purl::Purl;
use crate::time::Instant;
use crate::truth::{Cause, Gap, List};

pub(super) fn read(root: &At<'_>, name: &str, limits: &Limits) -> Result<Sbom, Gap> {
    let at = root.need("spdxVersion")?;
    let version = match at.text()? {
        "SPDX-2.2" => "2.2",
        "SPDX-2.3" => "2.3",
        other => {
            return Err(
                at.gap(Cause::Unsupported, format!("another version of SPDX: {}", shown(other)))
            );
        }
    };
    let document = root.need_text("SPDXID")?;
    let info = root.need("creationInfo")?;
    let created = info.need("created")?;
    let mut sbom = Sbom {
        name: name.to_owned(),
        format: Format::Spdx,
        version: version.to_owned(),
        id: root.shown("documentNamespace")?,
        revision: 1,
        created: Some(
            Instant::parse(created.text()?)
                .ok_or_else(|| created.malformed("not a time by RFC 3339"))?,
        ),
        creators: info.texts_of("creators", limits)?,
        subject: None,
        reference: None,
        digests: Vec::new(),
        os: None,
        components: List::default(),
    };
    let described = described(root, document, limits)?;
    for at in root.entries_of("packages", limits)? {
        let package = match Package::read(&at, limits) {
            Ok(package) => package,
            Err(gap) => {
                sbom.components.lacks(gap);
                continue;
            }
        };
        if described.contains(package.id) {
            sbom.subject.get_or_insert(package.component.name.clone());
            sbom.digests.extend(package.digests.iter().cloned());
            // What the document describes is often not a package but what the packages are in.
            let kind = package.component.purl.as_ref().map(|purl| purl.kind.as_str());
            if matches!(kind, None | Some("github" | "bitbucket" | "generic")) {
                continue;
            }
        }
        match package.purpose {
            // The specification has a hyphen, the schema does not.
            Some("OPERATING-SYSTEM" | "OPERATING_SYSTEM") if sbom.os.is_none() => {
                sbom.os = Some((package.component.name, package.component.version))
            }
            Some("OPERATING-SYSTEM" | "OPERATING_SYSTEM") => {
                sbom.components.lacks(at.gap(Cause::Ambiguous, "a second operating system"))
            }
            Some("CONTAINER" | "FILE" | "ARCHIVE" | "DEVICE" | "SOURCE") => {}
            _ if package.is_image => {}
            _ => super::inventory::add(&at, package.component, &mut sbom.components),
        }
    }
    // SPDX has no field for it: `write` states it so.
    if let Some(comment) = root.get("comment")
        && comment.text()?.starts_with(super::write::INCOMPLETE)
    {
        let detail = "the SBOM states that it is incomplete";
        sbom.components.lacks(comment.gap(Cause::Incomplete, detail));
    }
    if root.get("packages").is_none() {
        sbom.components.lacks(root.gap(Cause::Missing, "it has no list of packages"));
    }
    Ok(sbom)
}

/// The elements that the document describes.
fn described<'a>(root: &At<'a>, document: &str, limits: &Limits) -> Result<HashSet<&'a str>, Gap> {
    let mut found = HashSet::new();
    for entry in root.entries_of("documentDescribes", limits)? {
        found.insert(entry.text()?);
    }
    for entry in root.entries_of("relationships", limits)? {
        let (from, kind, to) = (
            entry.need_text("spdxElementId")?,
            entry.need_text("relationshipType")?,
            entry.need_text("relatedSpdxElement")?,
        );
        match kind {
            "DESCRIBES" if from == document => found.insert(to),
            "DESCRIBED_BY" if to == document => found.insert(from),
            _ => false,
        };
    }
    Ok(found)
}

struct Package<'a> {
    id: &'a str,
    purpose: Option<&'a str>,
    is_image: bool,
    digests: Vec<Digest>,
    component: Component,
}

impl<'a> Package<'a> {
    fn read(at: &At<'a>, limits: &Limits) -> Result<Self, Gap> {
        at.object()?;
        let mut purls = Vec::new();
        for reference in at.entries_of("externalRefs", limits)? {
            if reference.need_text("referenceType")? == "purl" {
                let purl = Purl::parse(reference.need_text("referenceLocator")?);
                purls.push(purl.map_err(|error| reference.malformed(error))?);
            }
        }
        let is_image = purls.iter().any(|purl| matches!(purl.kind.as_str(), "oci" | "docker"));
        let purpose = at.text_of("primaryPackagePurpose")?;
        let version = at.text_of("versionInfo")?;
        let mut digests = Vec::new();
        if is_image || purpose == Some("CONTAINER") {
            for sum in at.entries_of("checksums", limits)? {
                let algorithm = match sum.need_text("algorithm")? {
                    "SHA256" => "sha256",
                    "SHA512" => "sha512",
                    _ => continue,
                };
                let digest = Digest::parse(&format!(
                    "{algorithm}:{}",
                    sum.need_text("checksumValue")?.to_ascii_lowercase()
                ));
                digests.push(digest.map_err(|error| sum.malformed(error.to_string()))?);
            }
            let versions = purls.iter().filter_map(|purl| purl.version.as_deref()).chain(version);
            for digest in versions.filter_map(|version| Digest::parse(version).ok()) {
                if !digests.contains(&digest) {
                    digests.push(digest);
                }
            }
        }
        let mut licenses = Vec::new();
        for field in ["licenseDeclared", "licenseConcluded"] {
            let license =
                at.text_of(field)?.filter(|license| !matches!(*license, "NOASSERTION" | "NONE"));
            licenses.extend(license.map(shown).filter(|license| !licenses.contains(license)));
        }
        let mut purls = purls.into_iter();
        let purl = purls.next();
        if purls.any(|other| Some(&other) != purl.as_ref()) {
            return Err(at.gap(Cause::Ambiguous, "two package URLs"));
        }
        let component = Component {
            place: at.path().to_owned(),
            reference: None,
            name: shown(at.need_text("name")?),
            version: version.filter(|version| *version != "NOASSERTION").map(shown),
            source: super::inventory::upstream(purl.as_ref()),
            owner: None,
            guessed: false,
            purl,
            licenses,
        };
        Ok(Self { id: at.need_text("SPDXID")?, purpose, is_image, digests, component })
    }
}
