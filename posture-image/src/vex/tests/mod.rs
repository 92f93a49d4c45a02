mod cyclonedx;
mod malformed;

use super::*;
use crate::digest::{Algorithm, Digest};
use crate::image::Identity;
use crate::osv::{Record, Records, Vulnerability, audit};
use crate::packages::os::Os;
use crate::packages::{Inventory, Manager, Ownership, Package};
use crate::truth::Answer;
use serde_json::{Value, json};

/// The findings with statements, by their names.
type Statuses = Vec<(String, Vec<Status>)>;

fn digest(text: &str) -> Digest {
    Digest::of(Algorithm::Sha256, text.as_bytes())
}

fn package(
    manager: Manager,
    name: &str,
    version: &str,
    source: Option<&str>,
    evidence: &str,
) -> Package {
    Package {
        manager,
        name: name.to_owned(),
        version: version.to_owned(),
        architecture: Some("amd64".to_owned()).filter(|_| manager == Manager::Dpkg),
        source: source.map(|source| (source.to_owned(), version.to_owned())),
        evidence: evidence.to_owned(),
        layer: 0,
        ownership: Ownership::Own,
        guessed: false,
        license: None,
        stated_by: None,
        module: None,
    }
}

/// Debian with curl and its library, a program of Go, and a package of Python; each has one vulnerability.
fn image() -> (Inventory, Vec<Vulnerability>, Identity) {
    let os = Os {
        id: "debian".into(),
        version: Some("12".into()),
        codename: Some("bookworm".into()),
        ..Os::default()
    };
    let mut items = vec![
        package(Manager::Dpkg, "curl", "1-1", Some("curl"), "/db"),
        package(Manager::Dpkg, "libcurl4", "1-1", Some("curl"), "/db"),
        package(Manager::Go, "example.com/App", "1.0.0", None, "/bin/app"),
        package(Manager::Go, "example.com/lib", "1.1.0", None, "/bin/app"),
        package(Manager::Python, "x", "1.0", None, "/x"),
    ];
    items.sort();
    let packages = List { items, gaps: Vec::new() };
    let inventory = Inventory { os: Answer::Known(os), packages, ..Inventory::default() };
    let mut records = Records::default();
    for (id, ecosystem, name, rest) in [
        ("DEBIAN-CVE-2026-1", "Debian:12", "curl", json!({"upstream": ["CVE-2026-1"]})),
        ("DSA-1-1", "Debian:12", "curl", json!({"upstream": ["CVE-2026-1", "CVE-2026-2"]})),
        ("GHSA-lib", "Go", "example.com/lib", json!({"aliases": ["CVE-2026-3"]})),
        ("PYSEC-1", "PyPI", "x", json!({})),
    ] {
        let mut record = json!({"id": id, "affected": [{"package": {"ecosystem": ecosystem, "name": name},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]});
        for (key, value) in rest.as_object().unwrap() {
            record[key] = value.clone();
        }
        records.add(Record::read(&record).unwrap());
    }
    let found = audit(&inventory, &records);
    assert!(found.is_complete() && found.items.len() == 4, "{found:?}");
    let identity = Identity {
        index: Some(digest("index")),
        manifest: Some(digest("manifest")),
        config: Some(digest("config")),
    };
    (inventory, found.items, identity)
}

fn names() -> Vec<String> {
    vec!["registry.test/team/app:1.2".to_owned()]
}

fn open(statements: &Value) -> Value {
    json!({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://x.test/1", "author": "A", "timestamp": "2026-01-01T00:00:00Z",
        "version": 1, "statements": statements})
}

fn statement(name: &str, product: &str, status: &str) -> Value {
    let mut statement =
        json!({"vulnerability": {"name": name}, "products": [{"@id": product}], "status": status});
    if status == "not_affected" {
        statement["justification"] = json!("vulnerable_code_not_present");
    }
    statement
}

fn doc(value: &Value) -> Document {
    read(value.to_string().as_bytes(), "v.json", &[], &Limits::default()).unwrap()
}

/// The statuses of the findings, and the reasons of the statements that match none.
fn applied(documents: &[Document]) -> (Statuses, Vec<&'static str>, Applied, Vec<Vulnerability>) {
    let (inventory, mut found, identity) = image();
    let before = found.len();
    let applied = apply(&mut found, &inventory, &identity, &names(), documents);
    assert_eq!(found.len(), before);
    let short = found
        .iter()
        .filter(|one| !one.vex.is_empty())
        .map(|one| (one.id.clone(), one.vex.iter().map(|one| one.status).collect()))
        .collect();
    let reasons = applied.unmatched.iter().map(|one| one.reason).collect();
    (short, reasons, applied, found)
}

fn one(name: &str, product: &str) -> (Statuses, Vec<&'static str>) {
    let (short, reasons, ..) =
        applied(&[doc(&open(&json!([statement(name, product, "not_affected")])))]);
    (short, reasons)
}

#[test]
fn a_statement_covers_what_it_names_and_is_shown_with_its_author() {
    let (.., found) = applied(&[doc(&open(&json!([statement(
        "CVE-2026-1",
        "pkg:deb/debian/curl@1-1?arch=amd64&distro=debian-12",
        "not_affected"
    )])))]);
    let vulnerability = found.iter().find(|one| one.id == "CVE-2026-1").unwrap();
    let [coverage] = vulnerability.vex.as_slice() else { panic!("{vulnerability:?}") };
    assert_eq!(
        (coverage.document.as_str(), coverage.author.as_str(), coverage.place.as_str()),
        ("v.json", "A", "$.statements[0]")
    );
    assert_eq!(coverage.id.as_deref(), Some("https://x.test/1"));
    assert_eq!(coverage.justification.as_deref(), Some("vulnerable_code_not_present"));
    assert_eq!((coverage.exact, coverage.certain), (true, true));
    // The library of the same source is not covered, so that the finding is not excused.
    assert_eq!((coverage.packages.as_slice(), vulnerability.installed.len()), ([0].as_slice(), 2));
    assert_eq!(vulnerability.installed[0].0, "curl");
    assert!(!excuses(vulnerability, |_| true));
    assert!(found.iter().filter(|one| one.id != "CVE-2026-1").all(|one| one.vex.is_empty()));
}

#[test]
fn products_are_matched_by_package_url_and_digest() {
    let not = |id: &str| vec![(id.to_owned(), vec![Status::NotAffected])];
    let manifest = format!("pkg:oci/app@{}", digest("manifest").to_string().replace(':', "%3A"));
    for product in [
        "pkg:deb/debian/curl",
        "pkg:deb/Debian/curl@1-1",
        "pkg:deb/debian/curl@1-1?distro=debian-12.5",
        "pkg:deb/debian/curl@1-1?distro=bookworm",
        "pkg:deb/debian/curl@1-1?distro=12",
        "pkg:deb/debian/libcurl4@1-1?upstream=curl",
        "pkg:deb/debian/curl@1-1?arch=source",
        "pkg:deb/debian/curl@1-1?epoch=0",
        manifest.as_str(),
        &format!("pkg:oci/other@{}", digest("index")),
        &format!("pkg:docker/team/app@{}", digest("config")),
        &format!("registry.test/team/app@{}", digest("manifest")),
        &digest("manifest").to_string(),
        "pkg:oci/app?repository_url=registry.test/team/app",
        "pkg:oci/app?repository_url=registry.test/team&tag=1.2",
        "pkg:docker/team/app@1.2?repository_url=registry.test",
    ] {
        assert_eq!(one("CVE-2026-1", product), (not("CVE-2026-1"), vec![]), "{product}");
    }
    for (product, reason) in [
        ("pkg:deb/debian/curl@1-2", "another version"),
        ("pkg:deb/debian/curl@1-1?epoch=1", "another version"),
        ("pkg:deb/ubuntu/curl@1-1", "other packages"),
        ("pkg:deb/debian/curl@1-1?distro=debian-11", "distribution"),
        ("pkg:deb/debian/curl@1-1?distro=debian-1", "distribution"),
        ("pkg:deb/debian/curl@1-1?distro=1", "distribution"),
        ("pkg:deb/debian/curl@1-1?distro=bullseye", "distribution"),
        ("pkg:deb/debian/curl@1-1?distro=ubuntu-12", "distribution"),
        ("pkg:deb/debian/curl@1-1?arch=arm64", "architecture"),
        ("pkg:deb/debian/curl@1-1?vcs_url=x", "variant"),
        ("pkg:deb/debian/curl@1-1#sub", "variant"),
        ("pkg:npm/curl@1-1", "other packages"),
        (&format!("pkg:oci/app@{}", digest("other")), "another digest"),
        ("pkg:oci/app", "without a digest"),
        ("pkg:oci/app?tag=1.2", "without a digest"),
        ("pkg:oci/app?repository_url=registry.test/team/other", "another image"),
        ("pkg:oci/app?repository_url=registry.test/team/app&tag=1.3", "another image"),
        ("https://example.com/product", "not compared"),
        ("app", "not compared"),
    ] {
        let (short, reasons) = one("CVE-2026-1", product);
        assert!(
            short.is_empty() && reasons[0].contains(reason),
            "{product}: {short:?} {reasons:?}"
        );
    }
}

#[test]
fn a_product_that_is_not_identified_matches_nothing() {
    for product in [
        json!({}),
        json!({"subcomponents": [{}]}),
        json!({"subcomponents": [{"@id": "pkg:deb/debian/curl"}]}),
        json!({"identifiers": {}}),
    ] {
        let mut statement = statement("CVE-2026-1", "x", "not_affected");
        statement["products"] = json!([product]);
        let (short, reasons, ..) = applied(&[doc(&open(&json!([statement])))]);
        assert!(short.is_empty() && reasons.len() == 1, "{product} {short:?}");
    }
    let mut none = statement("CVE-2026-1", "x", "not_affected");
    none["products"] = json!([]);
    let document = doc(&open(&json!([none])));
    assert_eq!(
        document.statements.gaps[0].to_string(),
        "v.json: $.statements[0]: a statement without a product (malformed)"
    );
}

#[test]
fn a_package_that_is_not_in_the_finding_is_not_covered() {
    let (mut inventory, mut found, identity) = image();
    let owned = Package {
        ownership: Ownership::Distribution("python3-x".into()),
        ..package(Manager::Python, "x", "1.0", None, "/a")
    };
    inventory.packages.items.push(owned);
    inventory.packages.items.sort();
    let product = format!("pkg:oci/app@{}", digest("manifest"));
    let document = doc(&open(&json!([statement("PYSEC-1", &product, "not_affected")])));
    apply(&mut found, &inventory, &identity, &names(), &[document]);
    let vulnerability = found.iter().find(|one| one.id == "PYSEC-1").unwrap();
    assert_eq!(
        (vulnerability.installed.len(), vulnerability.vex[0].packages.as_slice()),
        (1, [0].as_slice())
    );
}

#[test]
fn a_fix_excuses_only_the_version_that_it_names() {
    for (product, status, excused) in [
        ("pkg:pypi/x@1.0", "fixed", true),
        ("pkg:pypi/x", "fixed", false),
        ("pkg:pypi/x", "not_affected", true),
        ("pkg:oci/app?repository_url=registry.test/team/app", "fixed", false),
        (&digest("manifest").to_string(), "fixed", true),
    ] {
        let (.., found) = applied(&[doc(&open(&json!([statement("PYSEC-1", product, status)])))]);
        let vulnerability = found.iter().find(|one| one.id == "PYSEC-1").unwrap();
        assert_eq!(
            (vulnerability.vex.len(), excuses(vulnerability, |_| true)),
            (1, excused),
            "{product}"
        );
    }
}

#[test]
fn the_digest_of_a_package_is_not_that_of_an_image() {
    let mut statement = statement("PYSEC-1", "pkg:pypi/x@1.0", "not_affected");
    statement["products"][0]["hashes"] = json!({"sha-256": digest("file").hex()});
    let (.., found) = applied(&[doc(&open(&json!([statement])))]);
    let coverage = found.iter().flat_map(|one| &one.vex).next().unwrap();
    assert!(!coverage.exact);
}

#[test]
fn parts_of_products_are_matched_inside_of_them() {
    let with = |product: Value| {
        let mut statement = statement("GHSA-lib", "x", "not_affected");
        statement["products"] = json!([product]);
        let (short, reasons, ..) = applied(&[doc(&open(&json!([statement])))]);
        (short.len(), reasons.first().copied().unwrap_or_default())
    };
    let lib = json!([{"@id": "pkg:golang/example.com/lib@v1.1.0"}]);
    let image = digest("manifest").hex().to_owned();
    assert_eq!(with(json!({"hashes": {"sha-256": image}, "subcomponents": lib})), (1, ""));
    assert_eq!(
        with(json!({"@id": "pkg:golang/example.com/app@v1.0.0", "subcomponents": lib})),
        (1, "")
    );
    assert!(
        with(json!({"@id": "pkg:golang/example.com/other", "subcomponents": lib}))
            .1
            .contains("another product")
    );
    assert!(
        with(json!({"@id": "pkg:deb/debian/curl", "subcomponents": lib}))
            .1
            .contains("another product")
    );
    // Packages of a distribution are in one database, and not in each other.
    let mut packages = self::statement("CVE-2026-1", "x", "not_affected");
    packages["products"] = json!([{"@id": "pkg:deb/debian/libcurl4", "subcomponents": [{"@id": "pkg:deb/debian/curl"}]}]);
    assert!(applied(&[doc(&open(&json!([packages])))]).0.is_empty());
    let other = json!([{"@id": "pkg:golang/example.com/lib@v1.2.0"}]);
    assert!(
        with(json!({"hashes": {"sha-256": image}, "subcomponents": other}))
            .1
            .contains("another version")
    );
}

#[test]
fn names_are_matched_with_aliases_and_a_bundle_is_not_one_vulnerability() {
    for name in ["CVE-2026-3", "GHSA-lib", "ghsa-LIB"] {
        assert_eq!(one(name, "pkg:golang/example.com/lib").0[0].0, "CVE-2026-3", "{name}");
    }
    let mut statement = statement("VENDOR-1", "pkg:golang/example.com/lib", "not_affected");
    statement["vulnerability"]["aliases"] = json!(["CVE-2026-3"]);
    assert_eq!(applied(&[doc(&open(&json!([statement])))]).0.len(), 1);
    // The advisory fixes two; a statement about one that names the advisory is not about the other.
    statement["vulnerability"] = json!({"name": "CVE-2026-2", "aliases": ["DSA-1-1"]});
    statement["products"] = json!([{"@id": "pkg:deb/debian/curl"}]);
    assert_eq!(
        applied(&[doc(&open(&json!([statement])))]).0,
        [("CVE-2026-2".to_owned(), vec![Status::NotAffected])]
    );
    assert_eq!(one("DSA-1-1", "pkg:deb/debian/curl").0.len(), 2);
    assert_eq!(
        one("CVE-2026-9", "pkg:deb/debian/curl").1,
        ["the vulnerability was not found in the image"]
    );
}

#[test]
fn the_later_statement_of_an_author_counts() {
    let product = "pkg:pypi/X@1.0";
    let mut early = statement("PYSEC-1", product, "not_affected");
    early["timestamp"] = json!("2025-12-31T23:30:00-01:00");
    let late = statement("PYSEC-1", product, "affected");
    early["timestamp"] = json!("2025-12-31T22:30:00-01:00");
    for order in [json!([early, late]), json!([late, early])] {
        let (short, reasons, applied, _) = applied(&[doc(&open(&order))]);
        assert_eq!(short, [("PYSEC-1".to_owned(), vec![Status::Affected])]);
        assert_eq!((reasons.len(), applied.replaced.len(), applied.gaps.len()), (0, 1, 0));
        assert_eq!(applied.replaced[0].status, Status::NotAffected);
    }
    // At the same time, what excuses least counts, and that is not certain.
    let now = statement("PYSEC-1", product, "not_affected");
    let (short, _, both, found) = applied(&[doc(&open(&json!([now, late])))]);
    assert_eq!(
        (short[0].1.as_slice(), both.gaps[0].cause),
        ([Status::Affected].as_slice(), Cause::Ambiguous)
    );
    assert!(!excuses(found.iter().find(|one| one.id == "PYSEC-1").unwrap(), |_| true));
    // Another author does not replace it.
    let mut other = open(&json!([early]));
    other["author"] = json!("B");
    other["@id"] = json!("https://x.test/2");
    let (short, _, _, found) = applied(&[doc(&open(&json!([late]))), doc(&other)]);
    assert_eq!(short, [("PYSEC-1".to_owned(), vec![Status::Affected, Status::NotAffected])]);
    let vulnerability = found.iter().find(|one| one.id == "PYSEC-1").unwrap();
    assert!(
        excuses(vulnerability, |author| author == "B")
            && !excuses(vulnerability, |_| true)
            && !excuses(vulnerability, |_| false)
    );
    // A newer version of a document replaces all of it.
    let mut newer = open(&json!([statement("CVE-2026-1", "pkg:deb/debian/curl", "fixed")]));
    newer["version"] = json!(2);
    let (short, reasons, ..) = applied(&[doc(&open(&json!([now]))), doc(&newer)]);
    assert_eq!((short.len(), reasons), (1, vec!["a newer version of the document is given"]));
}

#[test]
fn an_attestation_states_the_product() {
    let mut statement = statement("PYSEC-1", "x", "fixed");
    statement.as_object_mut().unwrap().remove("products");
    let wrapped = |digest: &Digest| {
        json!({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://openvex.dev/ns/v0.2.0",
            "subject": [{"name": "x", "digest": {"sha256": digest.hex()}}], "predicate": open(&json!([statement]))})
    };
    assert_eq!(applied(&[doc(&wrapped(&digest("manifest")))]).0.len(), 1);
    assert_eq!(
        applied(&[doc(&wrapped(&digest("other")))]).1,
        ["it is about an image with another digest"]
    );
}
