//! Known vulnerabilities: none without data, none by old data, and each once.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "../../posture-image/tests/support/mod.rs"]
mod support;

use std::path::Path;

use common::{CRITICAL, MEDIUM, OS, STATUS, database, dump, record, scope, scope_with, time, why};
use posture_image_audit::database::{self, Feeds};
use posture_image_audit::{Options, exploited, read, update};
use posture_model::fact::Known;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::json;
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

fn with(path: &Path) -> Options {
    Options { database: Some(path.to_owned()), ..Options::default() }
}

fn gaps(scope: &Scope) -> Vec<String> {
    let ids = scope.vulnerabilities.gaps.iter();
    ids.filter_map(|id| scope.gaps.get(id.index())).map(|gap| gap.words()).collect()
}

#[test]
fn without_a_database_nothing_is_known() {
    let scope = scope(debian());
    assert!(scope.vulnerabilities.items.is_empty());
    assert!(gaps(&scope)[0].contains("posture db update"), "{:?}", gaps(&scope));
    let missing = scope_with(debian(), &with(Path::new("/nonexistent/v.db")));
    assert!(!missing.vulnerabilities.is_complete());
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("v.db");
    std::fs::write(&damaged, "posture1").unwrap();
    assert!(!scope_with(debian(), &with(&damaged)).vulnerabilities.is_complete());
}

#[test]
fn a_vulnerability_has_its_package_its_rating_and_its_fix() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(
        folder.path(),
        &[
            record("CVE-2026-1", "Debian:12", "openssl", Some("3.0.13-1"), CRITICAL),
            record("CVE-2026-2", "Debian:12", "openssl", None, MEDIUM),
            record("CVE-2026-3", "Debian:12", "bash", Some("5.3-1"), ""),
            record("CVE-2026-4", "Debian:12", "bash", Some("5.1-1"), CRITICAL),
            record("CVE-2026-5", "Debian:11", "bash", None, CRITICAL),
        ],
    );
    let scope = scope_with(debian(), &with(&path));
    let found = &scope.vulnerabilities;
    assert!(found.is_complete(), "{:?}", gaps(&scope));
    let ids: Vec<&str> = found.items.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "vulnerability/CVE-2026-1/debian/openssl",
            "vulnerability/CVE-2026-2/debian/openssl",
            "vulnerability/CVE-2026-3/debian/bash"
        ]
    );
    let one = &found.items[0];
    assert_eq!(one.name, "CVE-2026-1 in openssl");
    assert_eq!(one.installed, Known(vec!["openssl 3.0.11-1 (as libssl3)".to_owned()]));
    assert_eq!(one.rating, Known("critical".to_owned()));
    assert_eq!(one.rated_by, Known("CVSS 3.1: 9.8".to_owned()));
    assert_eq!(one.fixed_versions, Known(vec!["3.0.13-1".to_owned()]));
    assert_eq!(one.without_effect, Known(None));
    let Known(tags) = &one.tags else { panic!() };
    assert_eq!((tags["package"].as_str(), tags["ecosystem"].as_str()), ("openssl", "Debian"));
    assert_eq!(found.items[1].fixed_versions, Known(Vec::new()));
    // What nobody rates is neither low nor high, and without a catalog nobody knows what is exploited.
    assert!(why(&scope, &found.items[2].rating).contains("no source rates it"));
    assert!(why(&scope, &one.known_exploited).contains("no catalog"));
}

#[test]
fn old_data_shows_what_is_there_and_never_that_nothing_is() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        record("CVE-2026-1", "Debian:12", "openssl", Some("3.0.13-1"), CRITICAL),
        record("CVE-2026-2", "Debian:12", "bash", None, MEDIUM),
    ];
    let path = database(folder.path(), &records);
    let options = with(&path);
    let later = || time("2026-12-24T00:00:00Z");
    let feeds = Feeds::open(&options, later());
    let input = common::input(debian(), &[]);
    let scope = read::read(&input, &options, &feeds, &Wanted::everything(), later);
    assert!(gaps(&scope)[0].contains("24 days old, and 7 are allowed"), "{:?}", gaps(&scope));
    let found = &scope.vulnerabilities.items;
    assert_eq!(found[0].rating, Known("critical".to_owned()));
    assert!(found[0].fixed_versions.is_known());
    // A rating is raised later, and a fix is published later.
    assert!(found[1].rating.gap().is_some() && found[1].fixed_versions.gap().is_some());
    let patient = Options { max_database_age_days: 30, ..with(&path) };
    let feeds = Feeds::open(&patient, later());
    let scope = read::read(&input, &patient, &feeds, &Wanted::everything(), later);
    assert!(scope.vulnerabilities.is_complete(), "{:?}", gaps(&scope));
}

#[test]
fn an_ecosystem_or_a_program_without_data_leaves_the_list_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path(), &[record("CVE-1", "Debian:12", "x", None, "")]);
    let python = debian().layer(Tar::new().file(
        "usr/lib/python3/site-packages/a-1.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: a\nVersion: 1\n",
    ));
    let scope = scope_with(python, &with(&path));
    assert!(gaps(&scope).iter().any(|gap| gap.contains("PyPI")), "{:?}", gaps(&scope));
    // Debian 11 is in no record of this database.
    let other = Build::new().layer(
        Tar::new()
            .file("etc/os-release", "ID=debian\nVERSION_ID=11\n")
            .file("var/lib/dpkg/status", STATUS),
    );
    let scope = scope_with(other, &with(&path));
    assert!(gaps(&scope).iter().any(|gap| gap.contains("Debian:11")), "{:?}", gaps(&scope));
    // A program of which nothing is recorded.
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.resize(64, 0);
    elf[16] = 2;
    elf.resize(200, 0);
    let program = Build::new().layer(Tar::new().mode("tool", 0o755, &elf));
    let scope = scope_with(program, &with(&path));
    assert!(!scope.vulnerabilities.is_complete(), "{:?}", scope.container_images.items);
}

#[test]
fn what_has_no_effect_is_listed_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let mut unimportant = record("CVE-2026-1", "Debian:12", "openssl", None, CRITICAL);
    unimportant["affected"][0]["ecosystem_specific"] = json!({ "urgency": "unimportant" });
    let path = database(folder.path(), &[unimportant]);
    let scope = scope_with(debian(), &with(&path));
    let Known(Some(why)) = &scope.vulnerabilities.items[0].without_effect else { panic!() };
    assert!(why.contains("distribution"), "{why}");
}

#[test]
fn the_catalog_beside_the_database_names_what_is_exploited() {
    let folder = tempfile::tempdir().unwrap();
    let dumped = dump(
        folder.path(),
        "Debian",
        &[
            record("CVE-2026-1001", "Debian:12", "openssl", None, CRITICAL),
            record("CVE-2026-1002", "Debian:12", "openssl", None, CRITICAL),
        ],
    );
    let catalog = folder.path().join(exploited::FILE);
    let text = json!({
        "dateReleased": "2026-11-30T00:00:00Z", "count": 1,
        "vulnerabilities": [{ "cveID": "CVE-2026-1001", "dateAdded": "2026-11-29" }],
    });
    std::fs::write(&catalog, text.to_string()).unwrap();
    let to = folder.path().join("new/vulnerabilities.db");
    let updated = update::update(&[dumped, catalog], &to, None).unwrap();
    assert_eq!(updated.exploited.unwrap().1, 1);
    let scope = scope_with(debian(), &with(&to));
    let exploited: Vec<_> =
        scope.vulnerabilities.items.iter().map(|one| one.known_exploited.clone()).collect();
    assert_eq!(exploited, [Known(true), Known(false)]);
    let status = database::status(&to).unwrap();
    assert_eq!((status.records, status.ecosystems.len()), (2, 1));
    assert_eq!(status.ecosystems[0].releases, ["12"]);
    assert_eq!(status.exploited.unwrap().unwrap().1, 1);
    // An old catalog names what it names, and nothing else.
    let later = || time("2027-01-30T00:00:00Z");
    let feeds = Feeds::open(&with(&to), later());
    let input = common::input(debian(), &[]);
    let scope = read::read(&input, &with(&to), &feeds, &Wanted::everything(), later);
    assert_eq!(scope.vulnerabilities.items[0].known_exploited, Known(true));
    assert!(scope.vulnerabilities.items[1].known_exploited.gap().is_some());
}

#[test]
fn a_database_is_made_of_dumps_alone() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("v.db");
    let error = |from: &Path| update::update(&[from.to_owned()], &to, None).unwrap_err();
    assert!(error(&folder.path().join("missing.zip")).contains("missing.zip"));
    let text = folder.path().join("a.txt");
    std::fs::write(&text, "x").unwrap();
    assert!(error(&text).contains("neither a dump"));
    let zip = folder.path().join("Debian.zip");
    std::fs::write(&zip, "no zip").unwrap();
    assert!(error(&zip).contains("Debian.zip"));
    std::fs::remove_file(&zip).unwrap();
    std::fs::remove_file(&text).unwrap();
    assert!(error(folder.path()).contains("no dump"));
    // Two ecosystems in one folder are not the dump of one.
    let mixed = [record("A", "Debian:12", "a", None, ""), record("B", "npm", "b", None, "")];
    assert!(error(&dump(folder.path(), "mixed", &mixed)).contains("name it after"));
    assert!(!to.exists(), "nothing is left half written");
    let day = time("2026-11-20T00:00:00Z");
    let one = dump(folder.path(), "one", &[record("A", "Debian:12", "a", None, "")]);
    let updated = update::update(&[one], &to, Some(day)).unwrap();
    assert_eq!(updated.dumps[0].1, "Debian");
    assert_eq!(database::status(&to).unwrap().ecosystems[0].changed, Some(day));
}

#[test]
fn ignoring_what_has_no_fix_is_part_of_the_fact() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path(), &[record("CVE-1", "Debian:12", "bash", None, CRITICAL)]);
    let options = Options { ignore_unfixed: true, ..with(&path) };
    let scope = scope_with(debian(), &options);
    assert_eq!(scope.vulnerabilities.items[0].ignored_unfixed, Known(true));
    assert_eq!(scope.vulnerabilities.items[0].rating, Known("critical".to_owned()));
}
