//! Bills of materials and reports of other scanners: what they list is added as theirs, and nothing passes by them.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/given.rs"]
mod given;
#[path = "../../posture-image/tests/support/mod.rs"]
mod support;

use common::{OS, now};
use given::{Folder, OPENSSL, debian, digests, gaps, one, openvex, statement, text};
use posture_image::limits::Limits;
use posture_image::sbom::{self, Format, write};
use posture_image_audit::{bills, read};
use posture_model::gap::Reason;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};
use support::{Build, Tar};

/// The bill of materials that is written of an image.
fn written(build: Build, format: Format) -> Value {
    let image = build.read();
    let output = write::Output {
        format,
        timestamp: posture_image::time::Instant::parse("2026-11-30T00:00:00Z"),
        serial: write::serial(&image.identity, format).unwrap(),
        tool: ("posture", "0.1.0"),
        files: false,
    };
    write::write(&image, &output).unwrap()
}

#[test]
fn a_bill_of_materials_alone_gives_the_same_vulnerabilities_and_names_itself() {
    let image = Folder::new().read(debian());
    let scope = Folder::new().sbom(&written(debian(), Format::CycloneDx)).alone();
    let ids = |scope: &Scope| -> Vec<String> {
        scope.vulnerabilities.items.iter().map(|one| one.id.clone()).collect()
    };
    assert_eq!(ids(&scope), ids(&image));
    assert!(scope.vulnerabilities.is_complete(), "{:?}", gaps(&scope));
    let installed = text(&one(&scope, "CVE-2026-1001/debian/openssl").installed);
    assert!(
        installed[0].contains("openssl 3.0.11-1") && installed[0].contains("app.cdx.json"),
        "{installed:?}"
    );
    assert!(!scope.container_images.is_complete(), "the image itself is not known");
    // Statements and reports are about the image that it names.
    let document = openvex("a", &[statement("not_affected", OPENSSL)]);
    let scope = Folder::new().sbom(&written(debian(), Format::CycloneDx)).vex(&document).alone();
    assert!(text(&one(&scope, "CVE-2026-1001/debian/openssl").excused).is_some());
}

#[test]
fn an_incomplete_bill_of_materials_shows_what_it_lists_and_never_that_there_is_no_more() {
    let mut document = written(debian(), Format::CycloneDx);
    document["compositions"] = json!([{ "aggregate": "incomplete", "assemblies": ["image"] }]);
    let scope = Folder::new().sbom(&document).alone();
    assert_eq!(scope.vulnerabilities.items.len(), 2);
    assert!(
        gaps(&scope).iter().any(|(_, words)| words.contains("incomplete")),
        "{:?}",
        gaps(&scope)
    );
    let mut document = written(debian(), Format::Spdx);
    document["comment"] = json!("Incomplete: layer 2");
    assert!(!Folder::new().sbom(&document).alone().vulnerabilities.is_complete());
    // A file that is none is refused as a whole.
    let scope = Folder::new().sbom(&json!({ "bomFormat": "other" })).alone();
    assert!(scope.gaps.iter().any(|gap| gap.reason == Reason::InvalidFile), "{:?}", scope.gaps);
    assert!(!scope.vulnerabilities.is_complete());
}

#[test]
fn a_bill_of_materials_beside_an_image_adds_and_closes_nothing() {
    let bare = || Build::new().layer(Tar::new().file("etc/os-release", OS));
    let (manifest, _) = digests(bare());
    let mut document = written(debian(), Format::CycloneDx);
    let container = &mut document["metadata"]["component"];
    container["version"] = json!(manifest);
    let (_, hex) = manifest.split_once(':').unwrap();
    container["hashes"] = json!([{ "alg": "SHA-256", "content": hex }]);
    container.as_object_mut().unwrap().remove("purl");
    container.as_object_mut().unwrap().remove("properties");
    let folder = Folder::new().sbom(&document);
    let (scope, left) = folder.read_with(bare(), Vec::new());
    let installed = text(&one(&scope, "CVE-2026-1001/debian/openssl").installed);
    assert!(installed[0].contains("stated by"), "{installed:?}");
    assert!(!scope.vulnerabilities.is_complete(), "no package database was read");
    assert!(left.is_empty(), "{left:?}");
    // Of another image it is not used, and that is stated.
    let (scope, left) = folder.read_with(debian(), Vec::new());
    let installed = text(&one(&scope, "CVE-2026-1001/debian/openssl").installed);
    assert!(!installed[0].contains("stated by"), "{installed:?}");
    assert!(left[0].contains("joined with no image: it is about another image"), "{left:?}");
    assert!(bills::alone(&folder.options).len() == 1);
}

#[test]
fn an_image_that_cannot_be_read_has_the_vulnerabilities_of_its_bill_of_materials_and_maybe_more() {
    let document = written(debian(), Format::CycloneDx);
    let folder = Folder::new().sbom(&document);
    let digest = debian().read().identity.manifest.unwrap();
    let open = posture_image::Gap::new(posture_image::Cause::Unreadable, "layer", "denied");
    let refused = || read::refused("registry.example/shop/web", &open, now());
    let (feeds, all) = (folder.feeds(), Wanted::everything());
    let scope = bills::beside(refused(), Some(&digest), &folder.options, &feeds, &all);
    assert_eq!(scope.vulnerabilities.items.len(), 2);
    assert!(!scope.vulnerabilities.is_complete());
    let scope = bills::beside(refused(), None, &folder.options, &feeds, &all);
    assert!(scope.vulnerabilities.items.is_empty() && !scope.vulnerabilities.is_complete());
}

fn trivy(build: Build, vulnerabilities: &[Value]) -> Value {
    let (_, config) = digests(build);
    json!({
        "SchemaVersion": 2, "Trivy": { "Version": "0.70.0" }, "CreatedAt": "2026-11-29T01:15:32Z", "ArtifactName": "app:1.2",
        "ArtifactType": "container_image", "Metadata": { "ImageID": config },
        "Results": [{ "Target": "app:1.2", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": vulnerabilities }],
    })
}

fn theirs(id: &str, package: &str, version: &str, fixed: &str) -> Value {
    let mut one = json!({
        "VulnerabilityID": id, "PkgName": package, "InstalledVersion": version, "Severity": "CRITICAL", "SeveritySource": "nvd",
        "PkgIdentifier": { "PURL": format!("pkg:deb/debian/{package}@{version}") }, "Status": "affected",
    });
    if !fixed.is_empty() {
        one["FixedVersion"] = json!(fixed);
        one["Status"] = json!("fixed");
    }
    one
}

#[test]
fn a_report_adds_what_it_names_as_its_tools() {
    let list = [
        theirs("CVE-2026-1001", "libssl3", "3.0.11-1", "3.0.13-1"),
        theirs("CVE-2026-2001", "libssl3", "3.0.11-1", "3.0.14-1"),
        theirs("CVE-2026-2002", "other", "1", ""),
    ];
    let scope = Folder::new().report(&trivy(debian(), &list)).read(debian());
    // What is found here keeps its own rating, and shows the report.
    let own = one(&scope, "CVE-2026-1001/debian/openssl");
    assert_eq!(text(&own.rated_by), "CVSS 3.1: 9.8");
    assert!(text(&own.reported)[0].starts_with(
        "Trivy 0.70.0 of 2026-11-29: CVE-2026-1001, critical by nvd, fixed in 3.0.13-1"
    ));
    // By the source package, as in records.
    let added = one(&scope, "CVE-2026-2001/debian/openssl");
    assert_eq!(
        (text(&added.rating).as_str(), text(&added.rated_by).as_str()),
        ("critical", "Trivy 0.70.0 of 2026-11-29, nvd")
    );
    assert_eq!(text(&added.fixed_versions), ["3.0.14-1"]);
    assert!(text(&added.installed)[0].contains("reported by Trivy 0.70.0 of 2026-11-29"));
    assert_eq!(
        text(&one(&scope, "CVE-2026-2002/debian/other").fixed_versions),
        Vec::<String>::new()
    );
    assert_eq!(scope.vulnerabilities.items.len(), 4);
    assert!(scope.vulnerabilities.is_complete());
    // A statement is about what a report names as well.
    let mut excused = statement("not_affected", OPENSSL);
    excused["vulnerability"]["name"] = json!("CVE-2026-2001");
    let folder = Folder::new().report(&trivy(debian(), &list)).vex(&openvex("a", &[excused]));
    assert!(text(&one(&folder.read(debian()), "CVE-2026-2001/debian/openssl").excused).is_some());
}

#[test]
fn a_report_without_findings_makes_nothing_pass_and_one_of_another_image_does_not_count() {
    let nothing = trivy(debian(), &[]);
    let mut folder = Folder::new().report(&nothing);
    folder.options.database = None;
    let scope = folder.read(debian());
    assert!(!scope.vulnerabilities.is_complete() && scope.vulnerabilities.items.is_empty());
    // Without a database it still shows what it names.
    let list = [theirs("CVE-2026-2001", "libssl3", "3.0.11-1", "3.0.14-1")];
    let mut folder = Folder::new().report(&trivy(debian(), &list));
    folder.options.database = None;
    let scope = folder.read(debian());
    assert!(!scope.vulnerabilities.is_complete() && scope.vulnerabilities.items.len() == 1);
    let other = Build::new().layer(Tar::new().file("a", "b"));
    let folder = Folder::new().report(&trivy(other, &list));
    let (scope, left) = folder.read_with(debian(), Vec::new());
    assert_eq!(scope.vulnerabilities.items.len(), 2);
    assert!(left[0].contains("report.json is joined with no image"), "{left:?}");
    // What the tool's user hid is not added.
    let mut hidden = trivy(debian(), &[]);
    hidden["Results"][0]["ExperimentalModifiedFindings"] = json!([{
        "Type": "vulnerability", "Status": "ignored", "Source": ".trivyignore", "Finding": list[0],
    }]);
    assert_eq!(Folder::new().report(&hidden).read(debian()).vulnerabilities.items.len(), 2);
    let damaged =
        Folder::new().report(&json!({ "Controls": [{ "node_type": "master", "tests": [] }] }));
    assert!(gaps(&damaged.read(debian()))[0].1.contains("kube-bench"));
}

#[test]
fn the_digest_of_a_written_bill_of_materials_is_that_of_its_image() {
    let document = written(debian(), Format::CycloneDx).to_string();
    let sbom = sbom::read(document.as_bytes(), "a", &Limits::default()).unwrap();
    assert_eq!(sbom.check(&debian().read().identity), Ok(()));
}

#[test]
fn a_bill_of_materials_without_a_package_shows_nothing() {
    let document = json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": [] });
    let scope = Folder::new().sbom(&document).alone();
    assert!(scope.vulnerabilities.items.is_empty() && !scope.vulnerabilities.is_complete());
    assert!(gaps(&scope)[0].1.contains("lists no package"), "{:?}", gaps(&scope));
}
