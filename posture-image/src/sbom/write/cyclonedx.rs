//! [CycloneDX 1.6](https://cyclonedx.org/docs/1.6/json/).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{License, Output, Row, Subject, gaps, owner, rows, uuid};
use crate::digest::{Algorithm, Digest};
use crate::image::Image;
use crate::packages::Manager;
use crate::sbom::property;
use crate::text;

pub(super) fn document(image: &Image, subject: &Subject, output: &Output<'_>) -> Value {
    let gaps = gaps(image);
    let (tool, version) = output.tool;
    let mut metadata = Map::new();
    if let Some(timestamp) = output.timestamp {
        metadata.insert("timestamp".to_owned(), json!(timestamp.to_string()));
    }
    metadata.insert(
        "tools".to_owned(),
        json!({"components": [{"type": "application", "name": tool, "version": version}]}),
    );
    metadata.insert("component".to_owned(), container(image, subject));
    if !gaps.is_empty() {
        let gaps: Vec<Value> = gaps.iter().map(|gap| property(property::GAP, gap)).collect();
        metadata.insert("properties".to_owned(), json!(gaps));
    }
    let files = if output.files { image.packages.owners.by_package() } else { BTreeMap::new() };
    let mut components = Vec::new();
    let mut references = Vec::new();
    if let Some(os) = image.packages.os.known() {
        let mut component = json!({"type": "operating-system", "bom-ref": "os", "name": text::escape(os.id.as_bytes())});
        if let Some(version) = &os.version {
            component["version"] = json!(text::escape(version.as_bytes()));
        }
        components.push(component);
        references.push("os".to_owned());
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows(image) {
        let number = seen.entry(row.purl.clone()).or_default();
        *number += 1;
        let reference =
            if *number == 1 { row.purl.clone() } else { format!("{}#{number}", row.purl) };
        components.push(component(&row, &reference, &files));
        references.push(reference);
    }
    let aggregate = if gaps.is_empty() { "complete" } else { "incomplete" };
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", uuid(&output.serial)),
        "version": 1,
        "metadata": metadata,
        "components": components,
        "dependencies": [{"ref": "image", "dependsOn": references}],
        "compositions": [{"aggregate": aggregate, "assemblies": ["image"]}],
    })
}

fn property(name: &str, value: &str) -> Value {
    json!({"name": name, "value": value})
}

fn container(image: &Image, subject: &Subject) -> Value {
    let identity = &image.identity;
    let mut component = json!({
        "type": "container",
        "bom-ref": "image",
        "name": subject.name,
        "version": subject.digest.to_string(),
        "hashes": [hash(&subject.digest)],
    });
    if let Some(purl) = &subject.purl {
        component["purl"] = json!(purl);
    }
    let digests = [
        ("posture:index", &identity.index),
        ("posture:manifest", &identity.manifest),
        ("posture:config", &identity.config),
    ];
    let mut properties: Vec<Value> = digests
        .iter()
        .filter_map(|(name, digest)| Some(property(name, &digest.as_ref()?.to_string())))
        .collect();
    properties.extend(
        image.config.diff_ids.iter().map(|layer| property(property::LAYER, &layer.to_string())),
    );
    component["properties"] = json!(properties);
    component
}

fn hash(digest: &Digest) -> Value {
    let algorithm = match digest.algorithm() {
        Algorithm::Sha256 => "SHA-256",
        Algorithm::Sha512 => "SHA-512",
    };
    json!({"alg": algorithm, "content": digest.hex()})
}

fn component(row: &Row<'_>, reference: &str, files: &BTreeMap<&str, Vec<&[u8]>>) -> Value {
    let package = row.package;
    let mut component =
        json!({"type": "library", "bom-ref": reference, "name": row.name, "purl": row.purl});
    if !row.version.is_empty() {
        component["version"] = json!(row.version);
    }
    match &row.license {
        Some(License::Expression(expression)) => {
            component["licenses"] = json!([{"expression": expression}])
        }
        Some(License::Name(name)) => component["licenses"] = json!([{"license": {"name": name}}]),
        None => {}
    }
    let mut properties = vec![
        property(property::EVIDENCE, &package.evidence),
        property(property::LAYER, &row.layer),
    ];
    if let Some((name, version)) = &package.source {
        properties.push(property(property::SOURCE, &text::escape(name.as_bytes())));
        properties.push(property(property::SOURCE_VERSION, &text::escape(version.as_bytes())));
    }
    if !package.manager.is_distribution()
        && let Some(owner) = owner(package)
    {
        properties.push(property(property::OWNER, &owner));
    }
    if package.guessed {
        properties.push(property(property::GUESSED, "true"));
    }
    component["properties"] = json!(properties);
    // A database of packages is not a place of each of them; its own files are.
    let mut places: Vec<String> = match package.manager {
        Manager::Dpkg | Manager::Apk | Manager::Rpm => files
            .get(package.name.as_str())
            .into_iter()
            .flatten()
            .map(|path| text::path(path))
            .collect(),
        _ => vec![package.evidence.clone()],
    };
    places.sort();
    if !places.is_empty() {
        let occurrences: Vec<Value> =
            places.iter().map(|place| json!({"location": place})).collect();
        component["evidence"] = json!({"occurrences": occurrences});
    }
    component
}
