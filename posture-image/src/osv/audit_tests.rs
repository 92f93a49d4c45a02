use super::*;
use crate::osv::Records;
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
