//! [SPDX 2.3](https://spdx.github.io/spdx-spec/v2.3/).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{INCOMPLETE, License, Output, Subject, gaps, rows, uuid};
use crate::digest::Algorithm;
use crate::image::Image;
use crate::text;
use crate::time::Instant;

const NONE: &str = "NOASSERTION";
const IMAGE: &str = "SPDXRef-Image";

pub(super) fn document(
    image: &Image,
    subject: &Subject,
    timestamp: Instant,
    output: &Output<'_>,
) -> Value {
    let rows = rows(image);
    // Licenses that are not on the list get identifiers of the document.
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for row in &rows {
        if let Some(License::Name(name)) = &row.license {
            names.insert(name, String::new());
        }
    }
    for (number, id) in (1_usize..).zip(names.values_mut()) {
        *id = format!("LicenseRef-{number}");
    }
    let (tool, version) = output.tool;
    let mut packages = vec![container(subject)];
    let mut relationships = vec![relation("SPDXRef-DOCUMENT", "DESCRIBES", IMAGE)];
    if let Some(os) = image.packages.os.known() {
        let mut package = package("SPDXRef-OperatingSystem", &text::escape(os.id.as_bytes()));
        package["primaryPackagePurpose"] = json!("OPERATING_SYSTEM");
        if let Some(version) = &os.version {
            package["versionInfo"] = json!(text::escape(version.as_bytes()));
        }
        packages.push(package);
        relationships.push(relation(IMAGE, "CONTAINS", "SPDXRef-OperatingSystem"));
    }
    for (number, row) in (1_usize..).zip(&rows) {
        let id = format!("SPDXRef-Package-{number}");
        let mut package = package(&id, &row.name);
        if !row.version.is_empty() {
            package["versionInfo"] = json!(row.version);
        }
        match &row.license {
            Some(License::Expression(expression)) => package["licenseDeclared"] = json!(expression),
            Some(License::Name(name)) => {
                package["licenseDeclared"] = json!(names.get(name.as_str()))
            }
            None => {}
        }
        let mut source = format!("recorded in {}, layer {}", row.package.evidence, row.layer);
        if let Some((name, version)) = &row.package.source {
            source.push_str(&format!(
                ", built from {} {}",
                text::escape(name.as_bytes()),
                text::escape(version.as_bytes())
            ));
        }
        package["sourceInfo"] = json!(source);
        package["externalRefs"] = purl(&row.purl);
        packages.push(package);
        relationships.push(relation(IMAGE, "CONTAINS", &id));
    }
    let mut document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": subject.name,
        "documentNamespace": format!("urn:uuid:{}", uuid(&output.serial)),
        "creationInfo": {"created": timestamp.to_string(), "creators": [format!("Tool: {tool}-{version}")]},
        "packages": packages,
        "relationships": relationships,
    });
    let gaps = gaps(image);
    if !gaps.is_empty() {
        document["comment"] = json!(format!("{INCOMPLETE}{}", gaps.join("; ")));
    }
    if !names.is_empty() {
        let licenses: Vec<Value> = names
            .iter()
            .map(|(name, id)| json!({"licenseId": id, "name": name, "extractedText": name}))
            .collect();
        document["hasExtractedLicensingInfos"] = json!(licenses);
    }
    document
}

fn package(id: &str, name: &str) -> Value {
    json!({
        "SPDXID": id,
        "name": name,
        "downloadLocation": NONE,
        "filesAnalyzed": false,
        "licenseConcluded": NONE,
        "licenseDeclared": NONE,
        "copyrightText": NONE,
    })
}

fn container(subject: &Subject) -> Value {
    let mut package = package(IMAGE, &subject.name);
    let algorithm = match subject.digest.algorithm() {
        Algorithm::Sha256 => "SHA256",
        Algorithm::Sha512 => "SHA512",
    };
    package["versionInfo"] = json!(subject.digest.to_string());
    package["primaryPackagePurpose"] = json!("CONTAINER");
    package["checksums"] = json!([{"algorithm": algorithm, "checksumValue": subject.digest.hex()}]);
    if let Some(url) = &subject.purl {
        package["externalRefs"] = purl(url);
    }
    package
}

fn purl(url: &str) -> Value {
    json!([{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": url}])
}

fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to})
}
