use super::*;
use crate::digest::{Algorithm, Digest};
use proptest::prelude::*;
use serde_json::json;

fn digest(text: &str) -> Digest {
    Digest::of(Algorithm::Sha256, text.as_bytes())
}

fn identity() -> Identity {
    Identity {
        index: Some(digest("index")),
        manifest: Some(digest("manifest")),
        config: Some(digest("config")),
    }
}

fn image(value: &Value) -> Report {
    match read(value.to_string().as_bytes(), "r.json", &Limits::default()) {
        Ok(Any::Image(report)) => *report,
        other => panic!("{other:?}"),
    }
}

fn error(value: &Value) -> String {
    read(value.to_string().as_bytes(), "r.json", &Limits::default()).unwrap_err().to_string()
}

fn trivy() -> Value {
    json!({
        "SchemaVersion": 2, "Trivy": {"Version": "0.70.0"}, "CreatedAt": "2026-04-25T01:15:32.386179717Z", "ArtifactName": "app:1.2", "ArtifactType": "container_image",
        "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}, "ImageID": digest("config").to_string(), "RepoDigests": [format!("registry.test/app@{}", digest("index"))],
            "ImageConfig": {"config": {"Labels": {"a": "1", "A": "2"}}}},
        "Results": [
            {"Target": "app:1.2 (debian 12.5)", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [
                {"VulnerabilityID": "CVE-2026-1", "VendorIDs": ["DSA-1-1"], "PkgName": "libssl3", "PkgIdentifier": {"PURL": "pkg:deb/debian/libssl3@3.0-1?arch=amd64", "UID": "x"},
                 "InstalledVersion": "3.0-1", "FixedVersion": "3.0-2, 3.1-1", "Status": "fixed", "Layer": {"Digest": "sha256:a", "DiffID": "sha256:b"},
                 "SeveritySource": "debian", "Severity": "HIGH"},
                {"VulnerabilityID": "CVE-2026-2", "PkgName": "libc6", "InstalledVersion": "1", "Status": "end_of_life", "Severity": "UNKNOWN"}],
             "ExperimentalModifiedFindings": [
                {"Type": "vulnerability", "Status": "not_affected", "Statement": "vulnerable_code_not_present", "Source": "OpenVEX", "Finding":
                    {"VulnerabilityID": "CVE-2026-3", "PkgName": "zlib1g", "InstalledVersion": "1", "Severity": "LOW"}},
                {"Type": "vulnerability", "Status": "ignored", "Source": ".trivyignore", "Finding": {"VulnerabilityID": "CVE-2026-4", "PkgName": "zlib1g", "FixedVersion": "2"}},
                {"Type": "secret", "Status": "ignored", "Finding": {}}]},
            {"Target": "/app/key", "Class": "secret", "Secrets": [{"RuleID": "x", "Match": "password"}]}]
    })
}

fn grype() -> Value {
    let matched = |id: &str, state: &str| {
        json!({"vulnerability": {"id": id, "severity": "Negligible", "namespace": "debian:distro:debian:12", "fix": {"versions": ["3.0-2"], "state": state}},
            "relatedVulnerabilities": [{"id": "CVE-2026-1", "namespace": "nvd:cpe"}],
            "artifact": {"name": "libssl3", "version": "3.0-1", "type": "deb", "purl": "pkg:deb/debian/libssl3@3.0-1", "locations": [{"path": "/var/lib/dpkg/status", "layerID": "sha256:b"}]}})
    };
    let mut ignored = matched("CVE-2026-5", "wont-fix");
    ignored["appliedIgnoreRules"] =
        json!([{"namespace": "vex", "vex-status": "fixed", "vex-justification": "why"}]);
    json!({
        "matches": [matched("GHSA-a", "fixed"), matched("CVE-2026-2", "not-fixed")], "ignoredMatches": [ignored],
        "source": {"type": "image", "target": {"userInput": "app:1.2", "imageID": digest("config").to_string(), "manifestDigest": digest("local").to_string(), "repoDigests": []}},
        "distro": {"name": "debian", "version": "12"},
        "descriptor": {"name": "grype", "version": "0.100.0", "timestamp": "2026-04-25T01:15:32Z", "db": {"status": {"built": "2026-04-24T00:00:00Z"}}}
    })
}

fn kube_bench() -> Value {
    json!({"Controls": [{"id": "1", "version": "cis-1.9", "detected_version": "1.30", "text": "Control Plane Security Configuration", "node_type": "master",
        "tests": [{"section": "1.1", "pass": 1, "fail": 1, "warn": 1, "info": 0, "desc": "Files", "results": [
            {"test_number": "1.1.1", "test_desc": "a", "audit": "stat", "type": "", "status": "PASS", "actual_value": "token=x", "scored": true},
            {"test_number": "1.1.2", "test_desc": "b", "type": "manual", "status": "WARN", "scored": false, "reason": "Test marked as a manual test"},
            {"test_number": "1.1.3", "test_desc": "c", "status": "FAIL", "scored": true}]}],
        "total_pass": 1, "total_fail": 1, "total_warn": 1, "total_info": 0}], "Totals": {"total_pass": 1, "total_fail": 1, "total_warn": 1, "total_info": 0}})
}

#[test]
fn findings_of_trivy_are_read() {
    let report = image(&trivy());
    assert_eq!(
        (report.tool, report.version.as_deref(), report.target.as_str()),
        (Tool::Trivy, Some("0.70.0"), "app:1.2")
    );
    assert_eq!(report.created.unwrap().to_string(), "2026-04-25T01:15:32Z");
    assert_eq!((report.findings.items.len(), report.others), (4, 2));
    assert!(report.findings.is_complete(), "{:?}", report.findings.gaps);
    let first = &report.findings.items[0];
    assert_eq!(
        (first.id.as_str(), first.names.as_slice()),
        ("CVE-2026-1", ["DSA-1-1".to_owned()].as_slice())
    );
    assert_eq!(
        (first.package.as_str(), first.version.as_str(), first.fixed.len(), first.fix),
        ("libssl3", "3.0-1", 2, Fix::Available)
    );
    assert_eq!(
        (first.rating, first.rated_by.as_deref(), first.layer.as_deref()),
        (Some(Rating::High), Some("debian"), Some("sha256:b"))
    );
    assert_eq!((first.place.as_str(), &first.hidden), ("$.Results[0].Vulnerabilities[0]", &None));
    assert_eq!((report.findings.items[1].fix, report.findings.items[1].rating), (Fix::Never, None));
    let vex = report.findings.items[2].hidden.as_ref().unwrap();
    assert_eq!(
        (vex.vex.as_deref(), vex.reason.as_deref(), vex.by.as_deref()),
        (Some("not_affected"), Some("vulnerable_code_not_present"), Some("OpenVEX"))
    );
    let ignored = &report.findings.items[3];
    assert_eq!(
        (ignored.hidden.as_ref().unwrap().vex.as_deref(), ignored.fix),
        (None, Fix::Available)
    );
    assert_eq!(report.check(&identity()), Ok(()));
}

#[test]
fn findings_of_grype_are_read() {
    let report = image(&grype());
    assert_eq!(
        (report.tool, report.version.as_deref(), report.findings.items.len()),
        (Tool::Grype, Some("0.100.0"), 3)
    );
    assert_eq!(report.data.unwrap().to_string(), "2026-04-24T00:00:00Z");
    let first = &report.findings.items[0];
    assert_eq!(
        (first.id.as_str(), first.names.as_slice(), first.rating),
        ("GHSA-a", ["CVE-2026-1".to_owned()].as_slice(), Some(Rating::Low))
    );
    assert_eq!(
        (first.path.as_deref(), first.fixed.as_slice(), first.fix),
        (Some("/var/lib/dpkg/status"), ["3.0-2".to_owned()].as_slice(), Fix::Available)
    );
    let hidden = report.findings.items[2].hidden.as_ref().unwrap();
    assert_eq!(
        (hidden.vex.as_deref(), hidden.reason.as_deref(), report.findings.items[2].fix),
        (Some("fixed"), Some("why"), Fix::Never)
    );
    // The digest of the configuration decides: that of the manifest is made by the daemon.
    assert_eq!(report.check(&identity()), Ok(()));
    let mut old = grype();
    old["descriptor"]["db"] = json!({"built": "2026-04-23T00:00:00Z"});
    old["descriptor"]["timestamp"] = json!("");
    assert_eq!(
        (image(&old).data.unwrap().to_string().as_str(), image(&old).created),
        ("2026-04-23T00:00:00Z", None)
    );
}

#[test]
fn rows_of_kube_bench_are_read_without_what_the_node_printed() {
    let read_of =
        |value: &Value| match read(value.to_string().as_bytes(), "k.json", &Limits::default()) {
            Ok(Any::Benchmark(benchmark)) => benchmark,
            other => panic!("{other:?}"),
        };
    let whole = read_of(&kube_bench());
    let [controls] = whole.controls.as_slice() else { panic!("{whole:?}") };
    assert_eq!(
        (controls.benchmark.as_deref(), controls.detected.as_deref(), controls.node.as_str()),
        (Some("cis-1.9"), Some("1.30"), "master")
    );
    let rows: Vec<_> = controls
        .rows
        .items
        .iter()
        .map(|row| (row.id.as_str(), row.outcome, row.scored, row.manual))
        .collect();
    assert_eq!(
        rows,
        [
            ("1.1.1", Outcome::Pass, true, false),
            ("1.1.2", Outcome::Warn, false, true),
            ("1.1.3", Outcome::Fail, true, false)
        ]
    );
    assert!(controls.rows.is_complete() && !format!("{whole:?}").contains("token"));
    // The forms of older versions.
    assert_eq!(read_of(&kube_bench()["Controls"]), whole.clone().with_paths("$[0]"));
    assert_eq!(read_of(&kube_bench()["Controls"][0]), whole.with_paths("$"));
    let mut wrong = kube_bench();
    wrong["Controls"][0]["tests"][0]["results"][1]["status"] = json!("MAYBE");
    let gaps = &read_of(&wrong).controls[0].rows.gaps;
    assert_eq!(
        gaps[0].to_string(),
        "k.json: $.Controls[0].tests[0].results[1]: not a status: MAYBE (malformed)"
    );
    assert_eq!(gaps[1].cause, Cause::Mismatch, "rows that are missing show in the totals");
    assert!(error(&json!({"Controls": []})).contains("without controls"));
    assert!(error(&json!({"Controls": [{"node_type": "x"}]})).contains("`tests` is missing"));
}

impl Benchmark {
    /// As if its one part were at another path.
    fn with_paths(mut self, path: &str) -> Self {
        for row in &mut self.controls[0].rows.items {
            row.place = row.place.replace("$.Controls[0]", path);
        }
        self
    }
}

#[test]
fn a_report_about_another_image_is_an_error() {
    let cause = |value: &Value| image(value).check(&identity()).unwrap_err().cause;
    let mut other = trivy();
    other["Metadata"]["ImageID"] = json!(digest("x").to_string());
    assert_eq!(cause(&other), Cause::Mismatch, "the index is the same, and the platform another");
    other["Metadata"]["ImageID"] = Value::Null;
    assert_eq!(image(&other).check(&identity()), Ok(()));
    other["Metadata"]["RepoDigests"] = json!([format!("x@{}", digest("x"))]);
    assert_eq!(cause(&other), Cause::Mismatch);
    other["Metadata"] = Value::Null;
    assert_eq!(cause(&other), Cause::Missing);
    let archive = Identity { index: None, manifest: None, ..identity() };
    assert_eq!(image(&trivy()).check(&archive), Ok(()));
    let mut grype = grype();
    grype["source"]["target"]["imageID"] = json!("");
    assert_eq!(cause(&grype), Cause::Mismatch);
    grype["source"]["target"]["repoDigests"] = json!([format!("app@{}", digest("manifest"))]);
    assert_eq!(image(&grype).check(&identity()), Ok(()));
}

#[test]
fn what_is_malformed_is_a_gap_and_nothing_searched_is_unknown() {
    for (change, detail) in [
        (json!({"PkgName": "x"}), "`VulnerabilityID` is missing"),
        (json!({"VulnerabilityID": "CVE-1"}), "`PkgName` is missing"),
        (
            json!({"VulnerabilityID": "CVE-1", "PkgName": "x", "Severity": "BAD"}),
            "not a severity: BAD",
        ),
        (
            json!({"VulnerabilityID": "CVE-1", "PkgName": "x", "Status": "maybe"}),
            "not a status: maybe",
        ),
        (
            json!({"VulnerabilityID": "CVE-1", "PkgName": "x", "VendorIDs": [1]}),
            "`VendorIDs` is not a list of texts",
        ),
        (json!(3), "not an object"),
    ] {
        let mut value = trivy();
        value["Results"][0]["Vulnerabilities"][0] = change;
        let report = image(&value);
        assert_eq!(
            report.findings.gaps[0].to_string(),
            format!("r.json: $.Results[0].Vulnerabilities[0]: {detail} (malformed)")
        );
        assert_eq!(report.findings.items.len(), 3);
    }
    let mut only = trivy();
    only["Results"] = json!([{"Target": "x", "Class": "secret"}]);
    assert_eq!(image(&only).findings.gaps[0].cause, Cause::Missing);
    only["Results"] = json!([{"Target": "x", "Class": "os-pkgs"}]);
    assert!(image(&only).findings.is_certainly_empty());
    for (change, detail) in [
        (("SchemaVersion", json!(1)), "another version of the schema than 2"),
        (("ArtifactType", json!("filesystem")), "not about an image but filesystem"),
        (("ArtifactName", json!("")), "`ArtifactName` is empty"),
        (("CreatedAt", json!("now")), "`CreatedAt` is not a time"),
        (("Metadata", json!({"ImageID": "x"})), "not a digest: x"),
    ] {
        let mut value = trivy();
        value[change.0] = change.1;
        assert!(error(&value).contains(detail), "{}", error(&value));
    }
    let mut value = grype();
    value["source"]["type"] = json!("directory");
    assert!(error(&value).contains("not about an image but directory"));
    value["descriptor"]["name"] = json!("other");
    assert!(error(&value).contains("not of Grype"));
    for other in [json!({}), json!([]), json!({"matches": []}), json!([{"x": 1}])] {
        assert!(error(&other).contains("not a report"), "{other}");
    }
    let mut value = grype();
    value["ignoredMatches"][0]["appliedIgnoreRules"] = json!(3);
    assert_eq!(image(&value).findings.gaps.len(), 1);
}

#[test]
fn every_prefix_is_an_error_and_sizes_are_bounded() {
    let limits = Limits::default();
    let few = Limits { document_entries: 2, ..Limits::default() };
    for value in [trivy(), grype(), kube_bench()] {
        let bytes = value.to_string().into_bytes();
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end], "r", &limits).is_err(), "{end}");
        }
        assert_eq!(
            read(&bytes, "r", &Limits { document: 100, ..limits.clone() }).unwrap_err().cause,
            Cause::Incomplete
        );
        let complete = match read(&bytes, "r", &few) {
            Ok(Any::Image(report)) => report.findings.is_complete(),
            Ok(Any::Benchmark(benchmark)) => {
                benchmark.controls.iter().all(|one| one.rows.is_complete())
            }
            Err(gap) => gap.cause != Cause::Incomplete,
        };
        assert!(!complete);
    }
}

proptest! {
    #[test]
    fn any_change_can_be_read(at in 0_usize..3_000, byte in any::<u8>(), which in 0_usize..3) {
        let value = [trivy(), grype(), kube_bench()][which].clone();
        let mut bytes = value.to_string().into_bytes();
        let length = bytes.len();
        bytes[at % length] = byte;
        if let Ok(Any::Image(report)) = read(&bytes, "r", &Limits::default()) {
            let _ = report.check(&identity());
        }
    }
}
