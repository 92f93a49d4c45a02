//! Documents of others in tests, beside an image with a critical and a medium vulnerability.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::path::PathBuf;

use posture_image_audit::database::Feeds;
use posture_image_audit::trust::{Attached, Trust};
use posture_image_audit::{Options, bills, read};
use posture_model::fact::{Fact, Known};
use posture_model::gap::Reason;
use posture_model::resource::Vulnerability;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};

use crate::common::{CRITICAL, MEDIUM, OS, STATUS, database, input, now, record};
use crate::support::{Build, Tar};

pub fn debian() -> Build {
    Build::new().layer(
        Tar::new()
            .file("etc/os-release", OS)
            .file("var/lib/dpkg/status", STATUS)
            .file("var/lib/dpkg/info/bash.list", "/bin/bash\n")
            .file("var/lib/dpkg/info/libssl3:amd64.list", "/usr/lib/libssl.so.3\n"),
    )
}

/// The digests of an image: of its manifest, and of its configuration.
pub fn digests(build: Build) -> (String, String) {
    let identity = build.read().identity;
    (identity.manifest.unwrap().to_string(), identity.config.unwrap().to_string())
}

pub struct Folder {
    pub folder: tempfile::TempDir,
    pub options: Options,
}

impl Folder {
    /// With a critical vulnerability of openssl and a medium one of bash.
    pub fn new() -> Self {
        Self::with(&[
            record("CVE-2026-1001", "Debian:12", "openssl", Some("3.0.13-1"), CRITICAL),
            record("CVE-2026-1002", "Debian:12", "bash", Some("5.3-1"), MEDIUM),
        ])
    }

    pub fn with(records: &[Value]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Some(database(folder.path(), records));
        Self { folder, options: Options { database, ..Options::default() } }
    }

    pub fn file(&self, name: &str, content: impl ToString) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content.to_string()).unwrap();
        path
    }

    pub fn vex(mut self, value: &Value) -> Self {
        let name = format!("{}.vex.json", self.options.documents.vex.len());
        let path = self.file(&name, value);
        self.options.documents.vex.push(path);
        self
    }

    pub fn report(mut self, value: &Value) -> Self {
        let path = self.file("report.json", value);
        self.options.documents.reports.push(path);
        self
    }

    pub fn sbom(mut self, value: &Value) -> Self {
        let path = self.file("app.cdx.json", value);
        self.options.documents.sboms.push(path);
        self
    }

    pub fn feeds(&self) -> Feeds {
        Feeds::open(&self.options, now())
    }

    pub fn read(&self, build: Build) -> Scope {
        self.read_with(build, Vec::new()).0
    }

    /// The scope, and what is left of the documents.
    pub fn read_with(&self, build: Build, attached: Vec<Attached>) -> (Scope, Vec<String>) {
        let feeds = self.feeds();
        let mut input = input(build, &["registry.example/shop/web:1.2"]);
        input.trust = Trust { documents: attached, ..Trust::of_archive() };
        let scope = read::read(&input, &self.options, &feeds, &Wanted::everything(), now);
        (scope, feeds.left())
    }

    pub fn alone(&self) -> Scope {
        let [name] = bills::alone(&self.options).try_into().unwrap();
        bills::read(&name, &self.options, &self.feeds(), &Wanted::everything(), now)
    }
}

pub fn statement(status: &str, product: &str) -> Value {
    let mut one = json!({ "vulnerability": { "name": "CVE-2026-1001" }, "status": status, "products": [{ "@id": product }] });
    if status == "not_affected" {
        one["justification"] = json!("vulnerable_code_not_present");
    }
    one
}

pub fn openvex(author: &str, statements: &[Value]) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": format!("https://example.com/{author}"), "author": author,
        "timestamp": "2026-11-30T00:00:00Z", "version": 1, "statements": statements,
    })
}

pub const OPENSSL: &str = "pkg:deb/debian/libssl3@3.0.11-1";

#[track_caller]
pub fn one<'s>(scope: &'s Scope, id: &str) -> &'s Vulnerability {
    let id = format!("vulnerability/{id}");
    scope.vulnerabilities.items.iter().find(|one| one.id == id).unwrap()
}

#[track_caller]
pub fn text<T: Clone>(fact: &Fact<T>) -> T {
    match fact {
        Known(value) => value.clone(),
        _ => panic!("unknown"),
    }
}

pub fn gaps(scope: &Scope) -> Vec<(Reason, String)> {
    let of = scope.vulnerabilities.gaps.iter().filter_map(|id| scope.gaps.get(id.index()));
    of.map(|gap| (gap.reason, gap.words())).collect()
}
