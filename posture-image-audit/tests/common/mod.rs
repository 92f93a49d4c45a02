//! Images and databases of the tests.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use posture_image_audit::database::Feeds;
use posture_image_audit::trust::Trust;
use posture_image_audit::{Input, Options, read, update};
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Gap, Known};
use posture_model::resource::ContainerImage;
use posture_model::scope::Scope;
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};

use crate::support::Build;

pub const OS: &str = "ID=debian\nVERSION_ID=\"12\"\n";
pub const STATUS: &str = "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: 3.0.11-1\n\n\
                          Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2-1\n\n";

pub fn time(text: &str) -> Time {
    text.parse().unwrap()
}

/// When the tests are.
pub fn now() -> Time {
    time("2026-12-01T12:00:00Z")
}

pub fn input(build: Build, names: &[&str]) -> Input {
    let (blobs, mut named) = build.finish();
    named.names = names.iter().map(|&name| name.to_owned()).collect();
    Input { id: "app.tar".to_owned(), blobs: Arc::new(blobs), named, trust: Trust::of_archive() }
}

pub fn scope_with(build: Build, options: &Options) -> Scope {
    let feeds = Feeds::open(options, now());
    let input = input(build, &["registry.example/shop/web:1.2"]);
    read::read(&input, options, &feeds, &Wanted::everything(), now)
}

pub fn scope(build: Build) -> Scope {
    scope_with(build, &Options::default())
}

pub fn image(build: Build) -> ContainerImage {
    scope(build).container_images.items.remove(0)
}

/// The entries of a list to which nothing is missing.
#[track_caller]
pub fn whole(fact: &Fact<Entries>) -> Vec<String> {
    match fact {
        Known(entries) if entries.undecided().is_none() => entries.certain().to_vec(),
        other => panic!("{other:?}"),
    }
}

/// Whether a list may hold more than it does.
pub fn is_open(fact: &Fact<Entries>) -> bool {
    match fact {
        Known(entries) => entries.undecided().is_some(),
        Gap(_) => true,
        Fact::NotOffered => false,
    }
}

/// The reason behind a gap.
pub fn why<T>(scope: &Scope, fact: &Fact<T>) -> String {
    let gap = fact.gap().and_then(|gap| scope.gaps.get(gap.index()));
    gap.map(|gap| gap.words()).unwrap_or_default()
}

pub fn record(id: &str, ecosystem: &str, name: &str, fixed: Option<&str>, vector: &str) -> Value {
    let mut events = vec![json!({ "introduced": "0" })];
    events.extend(fixed.map(|version| json!({ "fixed": version })));
    let severity: Vec<Value> = match vector {
        "" => Vec::new(),
        vector => vec![json!({ "type": "CVSS_V3", "score": vector })],
    };
    json!({
        "id": format!("DEBIAN-{id}"), "modified": "2026-11-30T00:00:00Z", "upstream": [id], "severity": severity,
        "affected": [{
            "package": { "ecosystem": ecosystem, "name": name },
            "ranges": [{ "type": "ECOSYSTEM", "events": events }],
        }],
    })
}

pub const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
pub const MEDIUM: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N";

/// A folder with one unpacked dump.
pub fn dump(folder: &Path, ecosystem: &str, records: &[Value]) -> PathBuf {
    let path = folder.join(ecosystem);
    std::fs::create_dir_all(&path).unwrap();
    for (number, record) in records.iter().enumerate() {
        std::fs::write(path.join(format!("{number}.json")), record.to_string()).unwrap();
    }
    path
}

/// A database of Debian.
pub fn database(folder: &Path, records: &[Value]) -> PathBuf {
    let from = dump(folder, "Debian", records);
    let to = folder.join("vulnerabilities.db");
    update::update(&[from], &to, None).unwrap();
    to
}
