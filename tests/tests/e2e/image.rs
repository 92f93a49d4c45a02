//! `posture audit image` and `posture db`: what is read, what is reported of it, and the exit code.

use std::path::{Path, PathBuf};

use posture_image::digest::{Algorithm, Digest};
use posture_tests::{Program, Run};
use serde_json::{Value, json};

use crate::image_support::{Build, Tar};

const OS: &str = "ID=debian\nVERSION_ID=\"13\"\n";
const STATUS: &str = "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: 3.0.11-1\n\n";
const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

/// A password of a database that is in no list of examples.
const PASSWORD: &str = "q8Rw2kZp5vXn";

/// Limits to one control, so that a test depends on no other.
const CVE: [&str; 2] = ["--control", "images.critical-vulnerabilities"];

pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// An OCI layout.
    pub(crate) fn layout(self, name: &str, build: Build) -> Self {
        layout(&self.path(name), build);
        self
    }

    /// A database of Debian with these records, which were fetched on a day.
    pub(crate) fn database(self, day: &str, records: &[Value]) -> Self {
        let dump = self.path("dumps/Debian");
        std::fs::create_dir_all(&dump).unwrap();
        for (number, record) in records.iter().enumerate() {
            std::fs::write(dump.join(format!("{number}.json")), record.to_string()).unwrap();
        }
        let run =
            self.run(&["db", "update", "--from", "dumps", "--fetched", day, "--database", "v.db"]);
        assert_eq!(run.code, 0, "{}", run.err);
        self
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let program = Program::new().env("COLUMNS", "100").current_dir(self.0.path());
        program.args(arguments).run()
    }

    pub(crate) fn audit(&self, arguments: &[&str]) -> Run {
        self.run(&[&["audit", "image"], arguments].concat())
    }
}

fn layout(folder: &Path, build: Build) {
    let blobs = folder.join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    let put = |bytes: &[u8], kind: &str| {
        let digest = Digest::of(Algorithm::Sha256, bytes);
        std::fs::write(blobs.join(digest.hex()), bytes).unwrap();
        json!({ "mediaType": kind, "digest": digest.to_string(), "size": bytes.len() })
    };
    let config = put(&build.config_json(), "application/vnd.oci.image.config.v1+json");
    let layers = build.layers.iter();
    let layers: Vec<Value> =
        layers.map(|layer| put(layer, "application/vnd.oci.image.layer.v1.tar")).collect();
    let manifest = json!({ "schemaVersion": 2, "config": config, "layers": layers }).to_string();
    let mut manifest = put(manifest.as_bytes(), "application/vnd.oci.image.manifest.v1+json");
    manifest["annotations"] =
        json!({ "org.opencontainers.image.ref.name": "registry.example/shop/web:1.2" });
    let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
    std::fs::write(folder.join("index.json"), index.to_string()).unwrap();
    std::fs::write(folder.join("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}").unwrap();
}

pub(crate) fn debian() -> Tar {
    Tar::new()
        .file("etc/os-release", OS)
        .file("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
        .file("var/lib/dpkg/status", STATUS)
        .file("var/lib/dpkg/info/libssl3:amd64.list", "/usr/lib/libssl.so.3\n")
}

pub(crate) fn record(id: &str, release: &str, fixed: Option<&str>) -> Value {
    let mut events = vec![json!({ "introduced": "0" })];
    events.extend(fixed.map(|version| json!({ "fixed": version })));
    json!({
        "id": format!("DEBIAN-{id}"), "modified": "2020-01-01T00:00:00Z", "upstream": [id],
        "severity": [{ "type": "CVSS_V3", "score": CRITICAL }],
        "affected": [{
            "package": { "ecosystem": format!("Debian:{release}"), "name": "openssl" },
            "ranges": [{ "type": "ECOSYSTEM", "events": events }],
        }],
    })
}

/// Another package of the release, so that the release is known.
pub(crate) fn other() -> Value {
    let mut other = record("CVE-2020-9", "13", None);
    other["affected"][0]["package"]["name"] = json!("other");
    other
}

/// The outcomes of a control, with the resource.
pub(crate) fn outcomes(report: &Value, control: &str) -> Vec<(String, String)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let of = findings.filter(|one| one["control"] == control);
    let words = |one: &Value| {
        let resource = one["resource"]["id"].as_str().unwrap_or_default().to_owned();
        (one["outcome"].as_str().unwrap().to_owned(), resource)
    };
    of.map(words).collect()
}

pub(crate) fn outcome(report: &Value, control: &str) -> String {
    let all = outcomes(report, control);
    assert_eq!(all.len(), 1, "{control}: {all:?}");
    all[0].0.clone()
}

/// So old that no test depends on the day on which it runs.
pub(crate) const ANY_AGE: [&str; 4] = ["--database", "v.db", "--max-database-age", "36500"];

#[test]
fn a_secret_that_a_later_layer_deletes_is_found_and_never_shown() {
    let build = Build::new()
        .layer(debian().file("app/.env", format!("DB_PASSWORD={PASSWORD}\n")))
        .layer(Tar::new().file("app/.wh..env", ""));
    let folder = Folder::new().layout("web", build);
    let run = folder.audit(&["web", "--details"]);
    assert_eq!(run.code, 10, "{}", run.err);
    let text = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("A deleted file in a layer of the image holds a credential"), "{text}");
    assert!(text.contains("/app/.env: line 1") && text.contains("layer 2"), "{text}");
    let json = folder.audit(&["web", "--format", "json", "--save", "web.json"]);
    assert_eq!(outcome(&json.json(), "images.secrets-in-files"), "pass");
    let saved = std::fs::read_to_string(folder.path("web.json")).unwrap();
    for shown in [run.out, run.err, json.out, saved] {
        assert!(!shown.contains(PASSWORD), "{shown}");
    }
}

#[test]
fn what_is_not_an_image_is_invalid_and_not_clean() {
    let folder = Folder::new().layout("web", Build::new().layer(debian()));
    let zeros = vec![0; 4096];
    for (name, bytes) in [
        ("empty.tar", &b""[..]),
        ("text.tar", b"no archive"),
        ("zeros.tar", &zeros),
        ("gzip.tar", &[0x1f, 0x8b, 8, 0, 0, 0]),
    ] {
        std::fs::write(folder.path(name), bytes).unwrap();
        let run = folder.audit(&[name]);
        assert_eq!(run.code, 12, "{name}: {}{}", run.out, run.err);
        assert!(run.out.contains("INVALID"), "{name}: {}", run.out);
    }
    assert_eq!(folder.audit(&["missing.tar"]).code, 12);
    assert_eq!(Program::new().args(&["audit", "image"]).run().code, 2);
    // One file that is not an image does not hide what another one shows.
    let report = folder.audit(&["text.tar", "web", "--format", "json"]).json();
    let root = outcomes(&report, "images.root-user");
    let all: Vec<&str> = root.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert_eq!(all.len(), 2, "{root:?}");
    assert!(all.contains(&"unknown") && all.contains(&"fail"), "{root:?}");
}

#[test]
fn a_blob_with_other_bytes_than_its_digest_does_not_pass() {
    let folder = Folder::new().layout("web", Build::new().layer(debian()));
    let blobs = folder.path("web/blobs/sha256");
    let layer = std::fs::read_dir(blobs).unwrap().map(|entry| entry.unwrap().path());
    let layer = layer.max_by_key(|path| path.metadata().unwrap().len()).unwrap();
    let mut bytes = std::fs::read(&layer).unwrap();
    bytes[600] ^= 1;
    std::fs::write(&layer, bytes).unwrap();
    let report = folder.audit(&["web", "--format", "json"]).json();
    assert_eq!(outcome(&report, "images.ambiguous-layers"), "fail");
    for control in ["images.secrets-in-files", "images.setuid-files", "images.os-support"] {
        assert_eq!(outcome(&report, control), "unknown", "{control}");
    }
    // The configuration is whole.
    assert_eq!(outcome(&report, "images.root-user"), "fail");
}

#[test]
fn without_a_database_or_with_an_old_one_nothing_passes() {
    let build = || Build::new().layer(debian());
    let folder = Folder::new().layout("web", build());
    let run = folder.audit(&["web", CVE[0], CVE[1]]);
    assert_eq!(run.code, 11, "{}", run.out);
    assert!(run.err.contains("posture db update"), "{}", run.err);
    let folder = folder.database("2020-01-02", &[other()]);
    let run = folder.audit(&["web", CVE[0], CVE[1], "--database", "v.db"]);
    assert_eq!(run.code, 11, "{}", run.out);
    assert!(run.err.contains("days old, and 7 are allowed"), "{}", run.err);
    // The same data passes where its age is accepted.
    let run = folder.audit(&[&["web", CVE[0], CVE[1]][..], &ANY_AGE].concat());
    assert_eq!(run.code, 0, "{}", run.out);
    std::fs::write(folder.path("v.db"), "damaged").unwrap();
    let run = folder.audit(&[&["web", CVE[0], CVE[1]][..], &ANY_AGE].concat());
    assert_eq!(run.code, 11, "{}", run.out);
}

#[test]
fn vulnerabilities_fail_by_their_rating_and_their_fix() {
    let records = [
        record("CVE-2020-1", "13", Some("3.0.13-1")),
        record("CVE-2020-2", "13", None),
        record("CVE-2020-3", "12", None),
    ];
    let folder =
        Folder::new().layout("web", Build::new().layer(debian())).database("2020-01-02", &records);
    let json = ["web", "--format", "json"];
    let report = folder.audit(&[&json[..], &ANY_AGE].concat()).json();
    let (one, two) =
        ("vulnerability/CVE-2020-1/debian/openssl", "vulnerability/CVE-2020-2/debian/openssl");
    let pair = |outcome: &str, id: &str| (outcome.to_owned(), id.to_owned());
    assert_eq!(
        outcomes(&report, "images.critical-vulnerabilities"),
        [pair("fail", one), pair("not-applicable", two)]
    );
    assert_eq!(
        outcomes(&report, "images.unfixed-vulnerabilities"),
        [pair("not-applicable", one), pair("fail", two)]
    );
    // Nobody gave a catalog of exploited vulnerabilities.
    let exploited = outcomes(&report, "images.known-exploited-vulnerabilities");
    assert!(exploited.iter().all(|(outcome, _)| outcome == "unknown"), "{exploited:?}");
    let report = folder.audit(&[&json[..], &ANY_AGE, &["--ignore-unfixed"]].concat()).json();
    let unfixed = outcomes(&report, "images.unfixed-vulnerabilities");
    assert!(unfixed.iter().all(|(outcome, _)| outcome == "not-applicable"), "{unfixed:?}");
    let run = folder.audit(&[&["web", "--details"][..], &CVE, &ANY_AGE].concat());
    let text = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("3.0.13-1 or later"), "{}", run.out);
    assert!(text.contains("openssl 3.0.11-1 (as libssl3): critical by CVSS 3.1: 9.8"), "{text}");
}

#[test]
fn one_vulnerability_is_accepted_until_a_day() {
    let records = [record("CVE-2020-1", "13", Some("4")), record("CVE-2020-2", "13", Some("4"))];
    let exception = |resource: &str, expires: &str| {
        format!(
            "[[exception]]\ncontrol = \"images.critical-vulnerabilities\"\nresource = \"{resource}\"\nowner = \"web\"\n\
             reason = \"not reachable\"\nexpires = {expires}\n"
        )
    };
    let target = "[[target]]\nname = \"web\"\nprovider = \"image\"\npaths = [\"layout\"]\ndatabase = \"v.db\"\n\
                  max-database-age = 36500\n";
    let folder = Folder::new()
        .layout("layout", Build::new().layer(debian()))
        .database("2020-01-02", &records);
    let audit = |exceptions: &str| {
        std::fs::write(folder.path("posture.toml"), format!("{target}{exceptions}")).unwrap();
        folder.run(&["audit", "targets", CVE[0], CVE[1], "--format", "json"])
    };
    let one = audit(&exception("vulnerability/CVE-2020-1/*", "2999-12-31"));
    assert_eq!(one.code, 10, "{}", one.err);
    let report = one.json();
    let all = outcomes(&report, CVE[1]);
    let accepted = report["findings"].as_array().unwrap().iter();
    let accepted = accepted.filter(|one| !one["exception"].is_null()).count();
    assert_eq!((all.len(), accepted), (2, 1), "{report}");
    assert_eq!(report["findings"][0]["scope"], "web");
    // By the package.
    assert_eq!(audit(&exception("vulnerability/*/debian/openssl", "2999-12-31")).code, 0);
    assert_eq!(audit(&exception("vulnerability/*/debian/openssl", "2020-01-01")).code, 10);
}

#[test]
fn a_new_vulnerability_is_what_differs_between_two_audits() {
    let folder = Folder::new()
        .layout("web", Build::new().layer(debian()))
        .database("2020-01-02", &[record("CVE-2020-1", "13", Some("4"))]);
    let save = |name: &str| {
        let run = folder.audit(&[&["web", "--save", name][..], &ANY_AGE].concat());
        assert!(run.code == 10, "{}", run.err);
    };
    save("before.json");
    let folder = folder.database(
        "2020-01-03",
        &[record("CVE-2020-1", "13", Some("4")), record("CVE-2020-2", "13", Some("4"))],
    );
    let run = folder.audit(&[&["web", "--save", "after.json"][..], &ANY_AGE].concat());
    assert_eq!(run.code, 10, "{}", run.err);
    let diff = folder.run(&["diff", "before.json", "after.json"]);
    assert_eq!(diff.code, 10, "{}{}", diff.out, diff.err);
    assert!(diff.out.contains("CVE-2020-2"), "{}", diff.out);
    let bundle = folder.run(&["bundle", "after.json", "evidence"]);
    assert_eq!(bundle.code, 0, "{}", bundle.err);
    assert_eq!(folder.run(&["verify", "evidence"]).code, 0);
}

#[test]
fn every_image_of_an_archive_is_judged_by_itself() {
    let (one, two) = (Build::new().layer(debian()), Build::new().layer(debian()));
    let two = two.config(json!({ "User": "1000" }));
    let mut tar = Tar::new();
    let mut list = Vec::new();
    for (build, tag) in [(&one, "web:1"), (&two, "db:latest")] {
        let config = build.config_json();
        let digest = Digest::of(Algorithm::Sha256, &config);
        let layer = format!("{tag}/layer.tar").replace(':', "-");
        tar = tar.file(&format!("{}.json", digest.hex()), &config).file(&layer, &build.layers[0]);
        list.push(json!({
            "Config": format!("{}.json", digest.hex()), "RepoTags": [tag], "Layers": [layer],
        }));
    }
    let tar = tar.file("manifest.json", Value::from(list).to_string()).end();
    let folder = Folder::new();
    std::fs::write(folder.path("both.tar"), tar).unwrap();
    let report = folder.audit(&["both.tar", "--format", "json"]).json();
    let findings = report["findings"].as_array().unwrap().iter();
    let root = findings.filter(|one| one["control"] == "images.root-user");
    let root: Vec<(&str, &str)> = root
        .map(|one| (one["scope"].as_str().unwrap(), one["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(root, [("both.tar#db:latest", "pass"), ("both.tar#web:1", "fail")]);
    // This form has a place for a health check, and neither has one.
    let health = outcomes(&report, "images.healthcheck");
    assert!(health.iter().all(|(outcome, _)| outcome == "fail"), "{health:?}");
}

#[test]
fn rows_of_the_benchmark_are_answered() {
    let build = Build::new().layer(debian()).config(json!({ "User": "1000" }));
    let folder = Folder::new().layout("web", build);
    let arguments = ["web", "--framework", "cis-docker", "--format", "json"];
    let report = folder.audit(&arguments).json();
    let rows = report["frameworks"][0]["requirements"].as_array().unwrap();
    let state = |id: &str| {
        let row = rows.iter().find(|row| row["id"] == id).unwrap();
        row["state"].as_str().unwrap().to_owned()
    };
    assert_eq!((rows.len(), state("4.1").as_str()), (118, "met"));
    assert_ne!(state("4.4"), "met");
    assert_eq!(outcome(&report, "images.signature-verified"), "unknown");
}

#[test]
fn the_database_is_made_of_given_files_and_shows_its_age() {
    let folder = Folder::new();
    let run = folder.run(&["db", "update"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("posture db update Debian"), "{}", run.err);
    assert_eq!(folder.run(&["db", "status", "--database", "v.db"]).code, 1);
    std::fs::write(folder.path("bad.zip"), "no zip").unwrap();
    let run = folder.run(&["db", "update", "--from", "bad.zip", "--database", "v.db"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(!folder.path("v.db").exists());
    let folder = folder.database("2020-01-02", &[other()]);
    let status = folder.run(&["db", "status", "--database", "v.db"]);
    assert_eq!(status.code, 0, "{}", status.err);
    assert!(status.out.contains("Debian: 1 record, from 2020-01-02"), "{}", status.out);
    assert!(status.out.contains("too old for an audit"), "{}", status.out);
    let json = folder.run(&["db", "status", "--database", "v.db", "--format", "json"]).json();
    assert_eq!(json["ecosystems"][0]["releases"], json!(["13"]));
    assert_eq!((&json["exploited"], &json["records"]), (&Value::Null, &json!(1)));
}
