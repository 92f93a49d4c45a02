//! Documents of others: each is shown as that, excuses what it names and no more, and makes nothing pass.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "../../posture-image/tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};

use common::{CRITICAL, MEDIUM, OS, STATUS, database, input, now, record, why};
use posture_image::image::{self, Options as Reading};
use posture_image::sbom::{Format, write};
use posture_image_audit::database::Feeds;
use posture_image_audit::documents::Documents;
use posture_image_audit::trust::{Attached, Trust};
use posture_image_audit::{Options, bills, read};
use posture_model::fact::Known;
use posture_model::gap::Reason;
use posture_model::resource::Vulnerability;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};
use support::{Build, Tar};

fn debian() -> Build {
    Build::new().layer(
        Tar::new()
            .file("etc/os-release", OS)
            .file("var/lib/dpkg/status", STATUS)
            .file("var/lib/dpkg/info/bash.list", "/bin/bash\n")
            .file("var/lib/dpkg/info/libssl3:amd64.list", "/usr/lib/libssl.so.3\n"),
    )
}

/// The digests of an image: of its manifest, and of its configuration.
fn digests(build: Build) -> (String, String) {
    let identity = build.read().identity;
    (identity.manifest.unwrap().to_string(), identity.config.unwrap().to_string())
}

struct Folder {
    folder: tempfile::TempDir,
    options: Options,
}

impl Folder {
    /// With a critical vulnerability of openssl and a medium one of bash.
    fn new() -> Self {
        Self::with(&[
            record("CVE-2026-1001", "Debian:12", "openssl", Some("3.0.13-1"), CRITICAL),
            record("CVE-2026-1002", "Debian:12", "bash", Some("5.3-1"), MEDIUM),
        ])
    }

    fn with(records: &[Value]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Some(database(folder.path(), records));
        Self { folder, options: Options { database, ..Options::default() } }
    }

    fn file(&self, name: &str, content: impl ToString) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content.to_string()).unwrap();
        path
    }

    fn vex(mut self, value: &Value) -> Self {
        let name = format!("{}.vex.json", self.options.documents.vex.len());
        let path = self.file(&name, value);
        self.options.documents.vex.push(path);
        self
    }

    fn report(mut self, value: &Value) -> Self {
        let path = self.file("report.json", value);
        self.options.documents.reports.push(path);
        self
    }

    fn sbom(mut self, value: &Value) -> Self {
        let path = self.file("app.cdx.json", value);
        self.options.documents.sboms.push(path);
        self
    }

    fn feeds(&self) -> Feeds {
        Feeds::open(&self.options, now())
    }

    fn read(&self, build: Build) -> Scope {
        self.read_with(build, Vec::new()).0
    }

    /// The scope, and what is left of the documents.
    fn read_with(&self, build: Build, attached: Vec<Attached>) -> (Scope, Vec<String>) {
        let feeds = self.feeds();
        let mut input = input(build, &["registry.example/shop/web:1.2"]);
        input.trust = Trust { documents: attached, ..Trust::of_archive() };
        let scope = read::read(&input, &self.options, &feeds, &Wanted::everything(), now);
        (scope, feeds.left())
    }

    fn alone(&self) -> Scope {
        let [name] = bills::alone(&self.options).try_into().unwrap();
        bills::read(&name, &self.options, &self.feeds(), &Wanted::everything(), now)
    }
}

fn statement(status: &str, product: &str) -> Value {
    let mut one = json!({ "vulnerability": { "name": "CVE-2026-1001" }, "status": status, "products": [{ "@id": product }] });
    if status == "not_affected" {
        one["justification"] = json!("vulnerable_code_not_present");
    }
    one
}

fn openvex(author: &str, statements: &[Value]) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": format!("https://example.com/{author}"), "author": author,
        "timestamp": "2026-11-30T00:00:00Z", "version": 1, "statements": statements,
    })
}

const OPENSSL: &str = "pkg:deb/debian/libssl3@3.0.11-1";

#[track_caller]
fn one<'s>(scope: &'s Scope, id: &str) -> &'s Vulnerability {
    let id = format!("vulnerability/{id}");
    scope.vulnerabilities.items.iter().find(|one| one.id == id).unwrap()
}

#[track_caller]
fn text<T: Clone>(fact: &posture_model::fact::Fact<T>) -> T {
    match fact {
        Known(value) => value.clone(),
        _ => panic!("unknown"),
    }
}

fn gaps(scope: &Scope) -> Vec<(Reason, String)> {
    let of = scope.vulnerabilities.gaps.iter().filter_map(|id| scope.gaps.get(id.index()));
    of.map(|gap| (gap.reason, gap.words())).collect()
}

#[test]
fn a_statement_excuses_what_it_names_with_its_author_and_justification() {
    let document = openvex("security@example.com", &[statement("not_affected", OPENSSL)]);
    let scope = Folder::new().vex(&document).read(debian());
    let excused = text(&one(&scope, "CVE-2026-1001/debian/openssl").excused).unwrap();
    for part in [
        "not_affected (vulnerable_code_not_present) by security@example.com",
        "0.vex.json at $.statements[0] of 2026-11-30",
    ] {
        assert!(excused.contains(part), "{excused}");
    }
    // The other one is as it was.
    let other = one(&scope, "CVE-2026-1002/debian/bash");
    assert_eq!((text(&other.excused), text(&other.statements)), (None, Vec::new()));
    assert_eq!(text(&other.rating), "medium");
    assert!(scope.vulnerabilities.is_complete(), "{:?}", gaps(&scope));
}

#[test]
fn what_names_something_else_or_does_not_excuse_changes_nothing() {
    let of = |statement: Value| {
        Folder::new().vex(&openvex("a", &[statement])).read_with(debian(), Vec::new())
    };
    let excused = |scope: &Scope| text(&one(scope, "CVE-2026-1001/debian/openssl").excused);
    for product in [
        "pkg:deb/debian/libssl3@3.0.10-1",
        "pkg:deb/debian/bash@5.2-1",
        "pkg:oci/web?repository_url=registry.example/other/web",
        "urn:product:web",
    ] {
        let (scope, left) = of(statement("not_affected", product));
        assert_eq!(excused(&scope), None, "{product}");
        assert!(left[0].contains("covers nothing: $.statements[0] of CVE-2026-1001"), "{left:?}");
    }
    for status in ["affected", "under_investigation"] {
        let (scope, left) = of(statement(status, OPENSSL));
        assert_eq!(excused(&scope), None);
        let shown = text(&one(&scope, "CVE-2026-1001/debian/openssl").statements);
        assert!(shown[0].starts_with(status) && left.is_empty(), "{shown:?} {left:?}");
    }
    // "Fixed" without a version is about some version.
    assert_eq!(excused(&of(statement("fixed", "pkg:deb/debian/libssl3")).0), None);
    assert!(excused(&of(statement("fixed", OPENSSL)).0).is_some());
    let image = "pkg:oci/web?repository_url=registry.example/shop/web";
    assert!(excused(&of(statement("not_affected", image)).0).is_some());
    // Without a reason, the standard gives it no meaning.
    let mut bare = statement("not_affected", OPENSSL);
    bare.as_object_mut().unwrap().remove("justification");
    assert_eq!(excused(&of(bare).0), None);
}

#[test]
fn one_author_who_disagrees_keeps_the_failure() {
    let good = openvex("a", &[statement("not_affected", OPENSSL)]);
    let bad = openvex("b", &[statement("under_investigation", OPENSSL)]);
    let scope = Folder::new().vex(&good).vex(&bad).read(debian());
    let found = one(&scope, "CVE-2026-1001/debian/openssl");
    assert_eq!((text(&found.excused), text(&found.statements).len()), (None, 2));
}

#[test]
fn a_malformed_statement_is_an_invalid_file_and_excuses_nothing_of_its_author() {
    let wrong = statement("harmless", OPENSSL);
    let document = openvex("a", &[statement("not_affected", OPENSSL), wrong]);
    let scope = Folder::new().vex(&document).read(debian());
    let (reason, words) = &gaps(&scope)[0];
    assert_eq!(*reason, Reason::InvalidFile);
    assert!(words.contains("$.statements[1].status: not a status: harmless"), "{words}");
    assert_eq!(text(&one(&scope, "CVE-2026-1001/debian/openssl").excused), None);
}

/// An in-toto statement about the image.
fn attached(build: Build, predicate: &Value, verified: bool) -> Attached {
    let (manifest, _) = digests(build);
    let (_, hex) = manifest.split_once(':').unwrap();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1", "subject": [{ "digest": { "sha256": hex } }],
        "predicateType": "https://openvex.dev/ns", "predicate": predicate,
    });
    Attached {
        at: "sha256-1.att layer 1".to_owned(),
        statement: statement.to_string().into_bytes(),
        verified,
    }
}

#[test]
fn only_a_verified_attestation_excuses() {
    let document = openvex("security@example.com", &[statement("not_affected", OPENSSL)]);
    let of = |verified: bool| {
        let attached = attached(debian(), &document, verified);
        let (scope, _) = Folder::new().read_with(debian(), vec![attached]);
        let found = one(&scope, "CVE-2026-1001/debian/openssl").clone();
        (text(&found.excused), text(&found.statements))
    };
    let (excused, _) = of(true);
    assert!(excused.unwrap().contains("attestation sha256-1.att layer 1"));
    let (excused, shown) = of(false);
    assert_eq!(excused, None);
    assert!(shown[0].ends_with("(not verified: it does not count)"), "{shown:?}");
    // One that takes the name of a trusted author replaces nothing of theirs.
    let mut later = openvex("security@example.com", &[statement("not_affected", OPENSSL)]);
    later["timestamp"] = json!("2026-12-01T00:00:00Z");
    let given = openvex("security@example.com", &[statement("affected", OPENSSL)]);
    let claimed = attached(debian(), &later, false);
    let (scope, _) = Folder::new().vex(&given).read_with(debian(), vec![claimed]);
    let found = one(&scope, "CVE-2026-1001/debian/openssl");
    assert_eq!((text(&found.excused), text(&found.statements).len()), (None, 2));
}

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
fn scores_are_shown_with_their_day() {
    let mut folder = Folder::new();
    let text_of = "#model_version:v2025.03.14,score_date:2026-11-30T12:55:00Z\ncve,epss,percentile\nCVE-2026-1001,0.5,0.99\n";
    folder.options.documents =
        Documents { epss: Some(folder.file("epss.csv", text_of)), ..Documents::default() };
    let scope = folder.read(debian());
    let found = one(&scope, "CVE-2026-1001/debian/openssl");
    assert_eq!(
        (text(&found.epss), text(&found.epss_source).as_str()),
        (500_000, "of 2026-11-30, percentile 99.0")
    );
    let unnamed = one(&scope, "CVE-2026-1002/debian/bash");
    assert!(why(&scope, &unnamed.epss).contains("do not name it"));
    let without = Folder::new().read(debian());
    assert!(one(&without, "CVE-2026-1001/debian/openssl").epss.is_not_collected());
}

#[test]
fn the_digest_of_a_written_bill_of_materials_is_that_of_its_image() {
    let image =
        image::read(&debian().finish().0, &debian().finish().1, &Reading::new([0; 32])).unwrap();
    let document = written(debian(), Format::CycloneDx).to_string();
    let name = Path::new("a").display().to_string();
    let limits = posture_image::limits::Limits::default();
    let sbom = posture_image::sbom::read(document.as_bytes(), &name, &limits).unwrap();
    assert_eq!(sbom.check(&image.identity), Ok(()));
}
