use super::*;
use crate::osv::{Records, severity};
use crate::packages::{Manager, os::Os};
use serde_json::json;

fn package(manager: Manager, name: &str, version: &str) -> Package {
    let source = manager
        .is_distribution()
        .then(|| (name.trim_end_matches("-dev").to_owned(), version.to_owned()));
    Package {
        manager,
        name: name.to_owned(),
        version: version.to_owned(),
        architecture: None,
        source,
        evidence: "/db".to_owned(),
        layer: 1,
        ownership: Ownership::Own,
        guessed: false,
        license: None,
        stated_by: None,
        module: None,
    }
}

fn debian(packages: Vec<Package>) -> Inventory {
    let os = Os { id: "debian".into(), version: Some("12".into()), ..Os::default() };
    Inventory {
        os: Answer::Known(os),
        packages: List { items: packages, gaps: Vec::new() },
        ..Inventory::default()
    }
}

fn records(list: &[serde_json::Value]) -> Records {
    let mut records = Records::default();
    for value in list {
        records.add(Record::read(value).unwrap());
    }
    records
}

fn fixed(
    id: &str,
    ecosystem: &str,
    name: &str,
    fixed: &str,
    rest: serde_json::Value,
) -> serde_json::Value {
    let mut value = json!({"id": id, "affected": [{"package": {"ecosystem": ecosystem, "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]});
    for (key, entry) in rest.as_object().unwrap() {
        value[key] = entry.clone();
    }
    value
}

#[test]
fn one_result_for_a_source_package_and_a_vulnerability() {
    let records = records(&[
        fixed("DEBIAN-CVE-2026-1", "Debian:12", "curl", "2-1", json!({"upstream": ["CVE-2026-1"]})),
        fixed(
            "DSA-1-1",
            "Debian:12",
            "curl",
            "2-1",
            json!({"upstream": ["CVE-2026-1", "CVE-2026-2"]}),
        ),
        fixed("GHSA-a", "PyPI", "x", "2.0", json!({"aliases": ["CVE-2026-3", "PYSEC-1"]})),
        fixed("PYSEC-1", "PyPI", "x", "2.1", json!({"aliases": ["GHSA-a"]})),
        fixed("GHSA-b", "PyPI", "x", "3.0", json!({"withdrawn": "2026-01-01T00:00:00Z"})),
    ]);
    let inventory = debian(vec![
        package(Manager::Dpkg, "curl", "1-1"),
        package(Manager::Dpkg, "curl-dev", "1-1"),
        package(Manager::Python, "X", "1.0"),
    ]);
    let list = audit(&inventory, &records);
    let short: Vec<_> = list
        .items
        .iter()
        .map(|one| {
            (one.id.as_str(), one.package.as_str(), one.fixed.as_deref(), one.installed.len())
        })
        .collect();
    assert_eq!(
        short,
        [
            ("CVE-2026-1", "curl", Some("2-1"), 2),
            ("CVE-2026-2", "curl", Some("2-1"), 2),
            ("CVE-2026-3", "X", Some("2.0"), 1)
        ]
    );
    assert!(list.items[0].names.contains(&"DSA-1-1".to_owned()));
    assert!(list.is_complete(), "{:?}", list.gaps);
}

#[test]
fn without_data_or_a_certain_owner_nothing_is_certain() {
    let empty = audit(&debian(vec![package(Manager::Dpkg, "curl", "1-1")]), &Records::default());
    assert!(empty.items.is_empty() && !empty.is_complete());
    let other = records(&[fixed("D", "Debian:11", "zzz", "1", json!({}))]);
    assert!(
        !audit(&debian(vec![package(Manager::Dpkg, "curl", "1-1")]), &other).is_complete(),
        "another release"
    );
    let records = records(&[
        fixed("D", "Debian:12", "curl", "x y", json!({})),
        fixed("P", "PyPI", "x", "2", json!({})),
    ]);
    let list = audit(&debian(vec![package(Manager::Dpkg, "curl", "1-1")]), &records);
    assert_eq!(
        list.gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(),
        [Cause::Malformed],
        "a version that does not parse"
    );
    let gap = Gap::new(Cause::Missing, "lists", "missing");
    let unknown =
        Package { ownership: Ownership::Unknown(gap), ..package(Manager::Python, "x", "1") };
    assert!(!audit(&debian(vec![unknown]), &records).is_complete());
    let guessed = Package { guessed: true, ..package(Manager::Maven, "x", "1") };
    assert!(!audit(&debian(vec![guessed]), &records).is_complete());
    let owned = Package {
        ownership: Ownership::Distribution("python3-x".into()),
        ..package(Manager::Python, "x", "1")
    };
    let known = self::records(&[
        fixed("D", "Debian:12", "python3-x", "0", json!({})),
        fixed("P", "PyPI", "x", "2", json!({})),
    ]);
    let list = audit(&debian(vec![owned]), &known);
    assert!(list.is_certainly_empty(), "it is the distribution's: {list:?}");
    let vendor = |records: &Records| {
        let module = Package {
            ownership: Ownership::Distribution("docker-x".into()),
            ..package(Manager::Go, "x.test/a", "1.0.0")
        };
        audit(&debian(vec![package(Manager::Dpkg, "docker-x", "1"), module]), records)
    };
    let module = || fixed("GO-1", "Go", "x.test/a", "2.0.0", json!({}));
    let list = vendor(&self::records(&[module(), fixed("D", "Debian:12", "curl", "2", json!({}))]));
    assert_eq!(
        list.gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(),
        [Cause::Ambiguous],
        "a vendor's package"
    );
    let list =
        vendor(&self::records(&[module(), fixed("D", "Debian:12", "docker-x", "0", json!({}))]));
    assert!(list.is_certainly_empty(), "the distribution knows its package: {list:?}");
    let without =
        Inventory { os: Answer::Absent, ..debian(vec![package(Manager::Dpkg, "curl", "1-1")]) };
    assert!(!audit(&without, &records).is_complete(), "packages without a distribution");
    assert!(audit(&debian(Vec::new()), &records).is_certainly_empty());
}

#[test]
fn states_of_distributions_are_honored() {
    let unimportant = json!({"id": "DEBIAN-CVE-2026-5", "upstream": ["CVE-2026-5"], "affected": [{"package": {"ecosystem": "Debian:12", "name": "curl"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}], "ecosystem_specific": {"urgency": "unimportant"}}]});
    let open = json!({"id": "DEBIAN-CVE-2026-6", "upstream": ["CVE-2026-6"], "affected": [{"package": {"ecosystem": "Debian:12", "name": "curl"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]});
    let kernel =
        fixed("DEBIAN-CVE-2026-7", "Debian:12", "linux", "9", json!({"upstream": ["CVE-2026-7"]}));
    let records = records(&[unimportant, open, kernel]);
    let headers = Package {
        source: Some(("linux".into(), "6".into())),
        ..package(Manager::Dpkg, "linux-libc-dev", "6")
    };
    let list = audit(&debian(vec![package(Manager::Dpkg, "curl", "1-1"), headers]), &records);
    let states: Vec<_> = list.items.iter().map(|one| (one.id.as_str(), one.state)).collect();
    assert_eq!(
        states,
        [
            ("CVE-2026-5", State::Unimportant),
            ("CVE-2026-6", State::NoFix),
            ("CVE-2026-7", State::NotApplicable)
        ]
    );
}

fn alma(packages: Vec<Package>) -> Inventory {
    let os = Os { id: "almalinux".into(), version: Some("9.4".into()), ..Os::default() };
    Inventory { os: Answer::Known(os), ..debian(packages) }
}

fn rpm(name: &str, version: &str, source: (&str, &str)) -> Package {
    Package {
        source: Some((source.0.to_owned(), source.1.to_owned())),
        ..package(Manager::Rpm, name, version)
    }
}

#[test]
fn records_name_installed_packages_of_rpm_or_their_source() {
    let of = |id: &str, name: &str, version: &str| {
        fixed(id, "AlmaLinux:9", name, version, json!({"related": ["CVE-2026-1", "CVE-2026-2"]}))
    };
    let short = |records: &[serde_json::Value], packages: Vec<Package>| {
        let list = audit(&alma(packages), &self::records(records));
        let open = if list.is_complete() { "" } else { " ?" };
        let words = list.items.iter().map(|one| format!("{} {}{open}", one.id, one.package));
        words.collect::<Vec<_>>()
    };
    let libs = || rpm("openssl-libs", "1:3.0.7-27.el9", ("openssl", "1:3.0.7-27.el9"));
    for name in ["openssl", "openssl-libs"] {
        let found = short(&[of("ALSA-1", name, "1:3.0.7-28.el9")], vec![libs()]);
        assert_eq!(found, [format!("CVE-2026-1 {name}"), format!("CVE-2026-2 {name}")]);
    }
    let both =
        [of("ALSA-1", "openssl", "1:3.0.7-28.el9"), of("ALSA-2", "openssl-libs", "1:3.0.7-28.el9")];
    assert_eq!(short(&both, vec![libs()]), ["CVE-2026-1 openssl", "CVE-2026-2 openssl"], "once");
    let fixed_one = rpm("openssl-libs", "1:3.0.7-29.el9", ("openssl", "1:3.0.7-29.el9"));
    assert_eq!(short(&both, vec![fixed_one]), Vec::<String>::new());
    // The version of a package that has another one than its source.
    let errno = || rpm("perl-Errno", "1.28-1.el9", ("perl", "5.26.3-1.el9"));
    let found = short(&[of("ALSA-3", "perl-Errno", "0:1.28-2.el9")], vec![errno()]);
    assert_eq!(found, ["CVE-2026-1 perl-Errno", "CVE-2026-2 perl-Errno"]);
    let perl = self::records(&[of("ALSA-4", "perl", "4:5.26.3-0.el9")]);
    let list = audit(&alma(vec![errno()]), &perl);
    assert!(list.items.is_empty() && !list.is_complete(), "its epoch is not known: {list:?}");
    // Debian's records name source packages only.
    let records = records(&[fixed("D", "Debian:12", "curl-dev", "2", json!({}))]);
    let curl = package(Manager::Dpkg, "curl-dev", "1-1");
    assert!(audit(&debian(vec![curl]), &records).is_certainly_empty());
}

#[test]
fn related_vulnerabilities_are_those_of_an_advisory_only() {
    let related = json!({"related": ["CVE-2026-9"], "upstream": ["CVE-2026-1"]});
    let records = records(&[
        fixed("D", "Debian:12", "curl", "2", related),
        fixed("GHSA-a", "npm", "x", "2.0.0", json!({"related": ["CVE-2026-8"]})),
    ]);
    let packages = vec![package(Manager::Dpkg, "curl", "1"), package(Manager::Npm, "x", "1.0.0")];
    let list = audit(&debian(packages), &records);
    let ids: Vec<_> = list.items.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["CVE-2026-1", "GHSA-a"]);
}

#[test]
fn the_entries_of_a_record_that_match_all_count() {
    let (low, critical) = (
        "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    );
    let entry = |end: &str, version: &str, vector: &str, urgency: &str| {
        json!({"package": {"ecosystem": "npm", "name": "x"}, "severity": [{"type": "CVSS_V3", "score": vector}],
            "ecosystem_specific": {"urgency": urgency},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {end: version}]}]})
    };
    let entries = [
        entry("last_affected", "3.0.0", low, "unimportant"),
        entry("fixed", "2.0.0", critical, ""),
    ];
    for order in [[0, 1], [1, 0]] {
        let affected = order.map(|index: usize| entries[index].clone());
        let records = records(&[json!({"id": "GHSA-a", "affected": affected})]);
        let list = audit(&debian(vec![package(Manager::Npm, "x", "1.0.0")]), &records);
        let [one] = list.items.as_slice() else { panic!("{list:?}") };
        assert_eq!((one.fixed.as_deref(), one.state), (Some("2.0.0"), State::Fixed));
        assert_eq!(one.severity.as_ref().unwrap().rating, severity::Rating::Critical);
    }
    let broken = json!({"package": {"ecosystem": "npm", "name": "x"}, "ranges": [{"type": "SEMVER", "events": []}]});
    let records = records(&[json!({"id": "GHSA-a", "affected": [entries[0], broken]})]);
    let list = audit(&debian(vec![package(Manager::Npm, "x", "1.0.0")]), &records);
    assert!(list.items.len() == 1 && !list.is_complete(), "the other may be rated higher");
}

#[test]
fn packages_of_another_distribution_are_not_looked_up() {
    let records = records(&[
        fixed("D", "Debian:12", "curl", "2", json!({})),
        fixed("A", "Alpine:v3.22", "curl", "2", json!({})),
    ]);
    let packages = || vec![package(Manager::Dpkg, "curl", "3"), package(Manager::Apk, "curl", "1")];
    let audited = audited(&debian(packages()), &records);
    assert!(audited.vulnerabilities.is_empty() && audited.of_records.is_complete());
    assert_eq!(audited.of_image.gaps.len(), 1, "{audited:?}");
    let os = Os { id: "alpine".into(), version: Some("3.22.1".into()), ..Os::default() };
    let alpine = Inventory { os: Answer::Known(os), ..debian(packages()) };
    let list = audit(&alpine, &records);
    assert!(list.items.len() == 1 && !list.is_complete(), "{list:?}");
}
