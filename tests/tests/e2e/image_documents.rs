//! `posture audit image` with VEX, bills of materials, reports of other scanners and EPSS, and `posture image sbom`.
#![allow(clippy::print_stderr, reason = "a test that is skipped states why")]

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posture_image::digest::{Algorithm, Digest};
use posture_tests::{Program, python};
use serde_json::{Value, json};

use crate::image::{ANY_AGE, Folder, debian, outcome, outcomes, record};
use crate::image_registry::{CONFIG, Key, MANIFEST, Registry};
use crate::image_support::{Build, Tar};

const CVE: [&str; 2] = ["--control", "images.critical-vulnerabilities"];
const ID: &str = "vulnerability/CVE-2020-1001/debian/openssl";

/// An image with one critical vulnerability that a version fixes.
fn folder() -> Folder {
    Folder::new()
        .layout("web", Build::new().layer(debian()))
        .database("2020-01-02", &[record("CVE-2020-1001", "13", Some("3.0.13-1"))])
}

fn vex(status: &str, justification: &str) -> String {
    let mut statement = json!({
        "vulnerability": { "name": "CVE-2020-1001" }, "status": status,
        "products": [{ "@id": "pkg:deb/debian/libssl3@3.0.11-1" }],
    });
    if !justification.is_empty() {
        statement["justification"] = json!(justification);
    }
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "author": "security@example.com",
        "timestamp": "2020-01-02T00:00:00Z", "version": 1, "statements": [statement],
    });
    document.to_string()
}

fn put(folder: &Folder, name: &str, text: impl AsRef<[u8]>) {
    std::fs::write(folder.path(name), text).unwrap();
}

/// The critical vulnerabilities by an audit with these arguments: exit code, outcomes, report.
fn audit(folder: &Folder, arguments: &[&str]) -> (i32, Vec<(String, String)>, Value) {
    let run = folder.audit(&[arguments, &CVE, &ANY_AGE, &["--format", "json"]].concat());
    let report = run.json();
    (run.code, outcomes(&report, CVE[1]), report)
}

fn pair(outcome: &str) -> Vec<(String, String)> {
    vec![(outcome.to_owned(), ID.to_owned())]
}

#[test]
fn a_statement_is_applied_and_shown_with_its_author_and_justification() {
    let folder = folder();
    assert_eq!(audit(&folder, &["web"]).1, pair("fail"));
    put(&folder, "a.vex.json", vex("not_affected", "vulnerable_code_not_present"));
    let (code, outcomes, report) = audit(&folder, &["web", "--vex", "a.vex.json"]);
    assert_eq!((code, outcomes), (0, pair("not-applicable")));
    let reason = report["findings"][0]["reason"].as_str().unwrap();
    for part in
        ["not_affected (vulnerable_code_not_present)", "by security@example.com in a.vex.json"]
    {
        assert!(reason.contains(part), "{reason}");
    }
    let shown = ["web", "--vex", "a.vex.json", "--details", "--status", "not-applicable"];
    let run = folder.audit(&[&shown[..], &CVE[..], &ANY_AGE].concat());
    let text = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("excused by VEX") && text.contains("security@example.com"), "{text}");
    // What does not excuse is shown beside the failure.
    put(&folder, "b.vex.json", vex("under_investigation", ""));
    let (code, outcomes, report) = audit(&folder, &["web", "--vex", "b.vex.json"]);
    assert_eq!((code, outcomes), (10, pair("fail")));
    let evidence = report["findings"][0]["evidence"].to_string();
    assert!(evidence.contains("under_investigation by security@example.com"), "{evidence}");
}

#[test]
fn a_malformed_document_is_invalid_input() {
    let folder = folder();
    put(&folder, "bad.json", "{");
    put(&folder, "wrong.json", vex("harmless", ""));
    for option in ["--vex", "--report", "--sbom", "--epss"] {
        for file in ["bad.json", "missing.json"] {
            let run = folder.audit(&[&["web", option, file], &CVE[..], &ANY_AGE].concat());
            assert_eq!(run.code, 12, "{option} {file}: {}{}", run.out, run.err);
            assert!(run.out.contains(file), "{}", run.out);
        }
    }
    let run = folder.audit(&[&["web", "--vex", "wrong.json"], &CVE[..], &ANY_AGE].concat());
    assert_eq!(run.code, 12, "{}{}", run.out, run.err);
    assert!(run.out.contains("not a status: harmless"), "{}", run.out);
    // The failure is still there.
    assert!(audit(&folder, &["web", "--vex", "wrong.json"]).1.contains(&pair("fail")[0]));
}

#[test]
fn a_statement_that_names_something_else_is_reported_as_one_without_effect() {
    let folder = folder();
    let other = vex("not_affected", "component_not_present").replace("3.0.11-1", "3.0.10-1");
    put(&folder, "other.json", other);
    let run = folder.audit(&[&["web", "--vex", "other.json"], &CVE[..], &ANY_AGE].concat());
    assert_eq!(run.code, 10, "{}", run.err);
    assert!(run.err.contains("other.json covers nothing"), "{}", run.err);
}

#[test]
fn an_attested_statement_counts_if_a_named_key_signed_it() {
    let (mut registry, key, other) = (Registry::default(), Key::new(), Key::new());
    let image = registry.image("team/app", "1.2", &Build::new().layer(debian()));
    let (_, hex) = image.split_once(':').unwrap();
    let predicate: Value =
        serde_json::from_str(&vex("not_affected", "vulnerable_code_not_present")).unwrap();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://openvex.dev/ns/v0.2.0",
        "subject": [{ "name": "team/app", "digest": { "sha256": hex } }], "predicate": predicate,
    });
    let payload = statement.to_string();
    let kind = "application/vnd.in-toto+json";
    // https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
    let signed = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    let envelope = json!({
        "payloadType": kind, "payload": STANDARD.encode(&payload),
        "signatures": [{ "keyid": "", "sig": key.sign(signed.as_bytes()) }],
    });
    let layer = registry.blob(
        "team/app",
        "application/vnd.dsse.envelope.v1+json",
        envelope.to_string().as_bytes(),
    );
    let config = registry.blob("team/app", CONFIG, b"{}");
    let manifest =
        json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer] });
    registry.manifest("team/app", &format!("sha256-{hex}.att"), &manifest);
    let reference = format!("{}/team/app:1.2", registry.serve());
    let folder = folder();
    put(&folder, "cosign.pub", key.pem());
    put(&folder, "other.pub", other.pem());
    put(&folder, "config.json", "{}");
    let of = |options: &[&str]| {
        let arguments = [
            &["audit", "image", &reference, "--plain-http", "--no-exec", "--format", "json"],
            options,
            &CVE[..],
            &ANY_AGE,
        ];
        let place = folder.path("");
        let program = Program::new().current_dir(&place);
        let run =
            program.env("DOCKER_CONFIG", place.to_str().unwrap()).args(&arguments.concat()).run();
        let report = run.json();
        (outcome(&report, CVE[1]), report["findings"][0].to_string())
    };
    let (outcome, finding) = of(&["--key", "cosign.pub"]);
    assert_eq!(outcome, "not-applicable", "{finding}");
    assert!(finding.contains("by security@example.com in attestation"), "{finding}");
    for options in [&[][..], &["--key", "other.pub"]] {
        let (outcome, finding) = of(options);
        assert_eq!(outcome, "fail", "{finding}");
        assert!(finding.contains("not verified: it does not count"), "{finding}");
    }
}

#[test]
fn a_written_bill_of_materials_is_the_same_each_time_and_is_audited_alone() {
    let folder = folder();
    for (format, name) in [("cyclonedx", "app.cdx.json"), ("spdx", "app.spdx.json")] {
        let write = ["image", "sbom", "web", "--format", format];
        let run = Program::new()
            .current_dir(folder.path(""))
            .env("SOURCE_DATE_EPOCH", "1577923200")
            .args(&[&write[..], &["--output", name]].concat())
            .run();
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        let again =
            Program::new().current_dir(folder.path("")).env("SOURCE_DATE_EPOCH", "1577923200");
        let again = again.args(&write).run();
        let first = std::fs::read_to_string(folder.path(name)).unwrap();
        assert_eq!(again.out, first);
        assert!(first.contains("2020-01-02T00:00:00Z"), "{first}");
        let (code, outcomes, report) = audit(&folder, &["--sbom", name]);
        assert_eq!(code, 10, "{report}");
        assert!(outcomes.contains(&pair("fail")[0]), "{outcomes:?}");
        assert!(report["findings"].to_string().contains(&format!("stated by {name}")), "{report}");
        assert_eq!(report["findings"][0]["scope"], name);
        schema(&folder, format, name);
    }
    // Beside the image, it adds nothing that is not known.
    assert_eq!(audit(&folder, &["web", "--sbom", "app.cdx.json"]).1, pair("fail"));
    let run = folder.run(&["image", "sbom", "missing.tar"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let run = folder.run(&["image", "sbom", "web", "--format", "spdx", "--files"]);
    assert_eq!(run.code, 2, "{}", run.err);
}

/// Holds a document against the published schema, where Python has the library for that.
fn schema(folder: &Folder, format: &str, name: &str) {
    if std::env::var_os("POSTURE_TEST_VENV").is_none() {
        eprintln!("SKIPPED: POSTURE_TEST_VENV is not set, so that {name} is not checked");
        return;
    }
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../posture-image/schemas");
    let file = if format == "spdx" { "spdx-2.3.json" } else { "cyclonedx-1.6.json" };
    let run = python("validate.py").arg(schemas.join(file)).arg(folder.path(name)).output();
    let run = run.unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn what_could_not_be_read_is_stated_in_the_document_and_by_the_exit_code() {
    let tar = Tar::new().file("etc/os-release", "ID=debian\nVERSION_ID=\"13\"\n");
    let folder = Folder::new().layout("bare", Build::new().layer(tar));
    let run = folder.run(&["image", "sbom", "bare"]);
    assert_eq!(run.code, 11, "{}", run.err);
    assert!(run.err.contains("packages may be missing"), "{}", run.err);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(document["compositions"][0]["aggregate"], "incomplete");
    put(&folder, "bare.cdx.json", &run.out);
    let run = folder.audit(&[&["--sbom", "bare.cdx.json"], &CVE[..]].concat());
    assert_eq!(run.code, 11, "an incomplete list is never a pass: {}{}", run.out, run.err);
}

/// The digest of the configuration of an image.
fn config_digest(build: &Build) -> String {
    Digest::of(Algorithm::Sha256, &build.config_json()).to_string()
}

fn trivy(config: &str) -> String {
    let report = json!({
        "SchemaVersion": 2, "Trivy": { "Version": "0.70.0" }, "CreatedAt": "2020-01-02T01:15:32Z", "ArtifactName": "web:1.2",
        "ArtifactType": "container_image", "Metadata": { "ImageID": config },
        "Results": [{ "Target": "web:1.2", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [{
            "VulnerabilityID": "CVE-2020-2001", "PkgName": "libssl3", "InstalledVersion": "3.0.11-1", "FixedVersion": "3.0.14-1",
            "Status": "fixed", "Severity": "CRITICAL", "SeveritySource": "debian",
        }] }],
    });
    report.to_string()
}

#[test]
fn a_report_of_another_scanner_is_joined_by_digest_and_marked() {
    let folder = folder();
    put(&folder, "trivy.json", trivy(&config_digest(&Build::new().layer(debian()))));
    let (code, outcomes, report) = audit(&folder, &["web", "--report", "trivy.json"]);
    assert_eq!((code, outcomes.len()), (10, 2));
    let evidence = report["findings"].to_string();
    assert!(evidence.contains("critical by Trivy 0.70.0 of 2020-01-02, debian"), "{evidence}");
    put(&folder, "other.json", trivy(&format!("sha256:{}", "0".repeat(64))));
    let run = folder.audit(&[&["web", "--report", "other.json"], &CVE[..], &ANY_AGE].concat());
    assert!(run.err.contains("other.json is joined with no image"), "{}", run.err);
    // Without a database, a report that names nothing leaves everything unknown.
    let none =
        trivy(&config_digest(&Build::new().layer(debian()))).replace("CVE-2020-2001", "CVE-2020-1");
    let mut none: Value = serde_json::from_str(&none).unwrap();
    none["Results"][0]["Vulnerabilities"] = json!([]);
    put(&folder, "none.json", none.to_string());
    let run = folder
        .audit(&[&["web", "--report", "none.json", "--database", "none.db"], &CVE[..]].concat());
    assert_eq!(run.code, 11, "{}{}", run.out, run.err);
}

#[test]
fn a_threshold_of_epss_leaves_out_what_is_improbable() {
    let folder = folder();
    let scores = |probability: &str| {
        format!(
            "#model_version:v2025.03.14,score_date:2020-01-02T00:00:00Z\ncve,epss,percentile\nCVE-2020-1001,{probability},0.5\n"
        )
    };
    put(&folder, "low.csv", scores("0.0004"));
    put(&folder, "high.csv", scores("0.5"));
    put(
        &folder,
        "posture.toml",
        "[control.\"images.critical-vulnerabilities\"]\nmin-epss-percent = 10\n",
    );
    let (code, outcomes, report) = audit(&folder, &["web", "--epss", "low.csv"]);
    assert_eq!((code, outcomes), (0, pair("not-applicable")), "{report}");
    assert!(
        report["findings"][0]["reason"].as_str().unwrap().contains("EPSS 0.04 % of 2020-01-02")
    );
    let (_, outcomes, report) = audit(&folder, &["web", "--epss", "high.csv"]);
    assert_eq!(outcomes, pair("fail"));
    assert!(report["findings"][0]["evidence"].to_string().contains("EPSS 50 % of 2020-01-02"));
    // Without scores, nothing is improbable.
    assert_eq!(audit(&folder, &["web"]).1, pair("unknown"));
}
