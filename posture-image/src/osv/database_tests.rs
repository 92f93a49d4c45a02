use super::*;
use serde_json::json;

fn record(id: &str, ecosystem: &str, name: &str) -> serde_json::Value {
    json!({"id": id, "details": "left out", "affected": [{"package": {"ecosystem": ecosystem, "name": name, "purl": "x"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}], "repo": "x"}], "ecosystem_specific": {"urgency": "low", "x": 1}}]})
}

fn write(builder: Builder) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    builder.finish(&mut file, "2026-12-01T00:00:00Z").unwrap();
    file
}

fn many() -> Builder {
    let mut builder = Builder::default();
    for index in 0..3_000 {
        let mut value =
            record(&format!("X-{index}"), "Debian:12", &format!("package-{}", index % 1_000));
        value["summary"] = "s".repeat(200).into();
        builder.add(value.to_string().as_bytes()).unwrap();
    }
    let several = json!({"id": "GHSA-1", "affected": [
        {"package": {"ecosystem": "PyPI", "name": "A_b"}}, {"package": {"ecosystem": "npm", "name": "a-b"}}]});
    builder.covers("Debian", "2026-11-30T00:00:00Z");
    builder.add(several.to_string().as_bytes()).unwrap();
    builder.add(several.to_string().as_bytes()).unwrap();
    builder.add(br#"{"id": "W", "withdrawn": "2026-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "a-b"}}]}"#).unwrap();
    builder
}

#[test]
fn records_are_found_by_package() {
    let file = write(many());
    let database = Database::open(file.path()).unwrap();
    assert_eq!(
        (database.description().records, database.description().fetched.as_str()),
        (3_001, "2026-12-01T00:00:00Z")
    );
    assert_eq!(database.description().ecosystems["Debian:12"], 3_000);
    let ids = |ecosystem: &str, name: &str| {
        let mut ids: Vec<String> = database
            .about(ecosystem, name)
            .unwrap()
            .iter()
            .map(|record| record.id.clone())
            .collect();
        ids.sort();
        ids
    };
    for index in [0, 1, 499, 999] {
        let expected: Vec<String> =
            (0..3).map(|round| format!("X-{}", index + 1_000 * round)).collect();
        let mut expected = expected;
        expected.sort();
        assert_eq!(ids("Debian:12", &format!("package-{index}")), expected);
    }
    assert_eq!(ids("PyPI", "a.B"), ["GHSA-1"]);
    assert_eq!(ids("npm", "a-b"), ["GHSA-1"], "withdrawn records are left out");
    assert!(ids("npm", "A_b").is_empty() && ids("Debian:12", "package-1000").is_empty());
    assert!(
        database.covers("Debian:12") && !database.covers("Debian:11") && !database.covers("Go")
    );
    assert!(!database.covers("npm"), "a record of another dump names it, and others may lack");
    assert_eq!(database.description().dumps["Debian"], "2026-11-30T00:00:00Z");
    let found = database.about("Debian:12", "package-1").unwrap();
    let whole = Record::read(&record(&found[0].id, "Debian:12", "package-1")).unwrap();
    assert_eq!(found[0].affected, whole.affected, "what is evaluated is kept");
}

#[test]
fn a_damaged_database_is_never_an_empty_one() {
    let file = write(many());
    let bytes = std::fs::read(file.path()).unwrap();
    let damaged = tempfile::NamedTempFile::new().unwrap();
    let step = bytes.len() / 24;
    for at in
        (0..bytes.len()).step_by(step).chain([bytes.len() - 1, bytes.len() - 12, bytes.len() - 20])
    {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        std::fs::write(damaged.path(), &changed).unwrap();
        // Each package is found with its records, or with an error.
        let Ok(database) = Database::open(damaged.path()) else { continue };
        for index in (0..1_000).step_by(31) {
            if let Ok(found) = database.about("Debian:12", &format!("package-{index}")) {
                assert_eq!(found.len(), 3, "{at} {index}");
            }
        }
        std::fs::write(damaged.path(), &bytes[..at]).unwrap();
        assert!(Database::open(damaged.path()).is_err(), "{at}");
    }
    assert!(Database::open(std::path::Path::new("/nonexistent")).is_err());
}

#[test]
fn equal_records_give_equal_bytes() {
    let (one, other) = (write(many()), write(many()));
    assert_eq!(std::fs::read(one.path()).unwrap(), std::fs::read(other.path()).unwrap());
}

#[test]
fn dumps_are_read_and_damaged_records_are_counted() {
    if !std::process::Command::new("python3")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    // More entries than the old form of zip can count.
    let script = r#"
import json, zipfile
with zipfile.ZipFile("all.zip", "w", zipfile.ZIP_DEFLATED) as dump:
    for index in range(66000):
        dump.writestr(f"X-{index}.json", json.dumps({"id": f"X-{index}", "affected": [{"package": {"ecosystem": "npm", "name": f"p{index}"}}]}))
    dump.writestr("bad.json", "{")
"#;
    let made = std::process::Command::new("python3")
        .args(["-c", script])
        .current_dir(root.path())
        .status()
        .unwrap();
    assert!(made.success());
    let bytes = std::fs::read(root.path().join("all.zip")).unwrap();
    let mut builder = Builder::default();
    assert_eq!(builder.add_dump("all", &bytes).unwrap(), ("npm".to_owned(), 66_000));
    let database = write(builder);
    let database = Database::open(database.path()).unwrap();
    assert_eq!(database.about("npm", "p65999").unwrap().len(), 1);
    assert_eq!(database.gaps("npm")[0].cause, Cause::Malformed);
    assert!(database.gaps("PyPI").is_empty());
    assert_eq!(Builder::default().add_dump("npm", b"no zip").unwrap_err().cause, Cause::Malformed);
    assert!(Builder::default().add_dump("npm", &bytes[..bytes.len() / 2]).is_err());
}

#[test]
fn a_dump_is_that_of_the_ecosystem_which_all_its_records_name() {
    let of = |id: &str, ecosystems: &[&str], modified: &str| {
        let affected: Vec<_> = ecosystems
            .iter()
            .map(|ecosystem| json!({"package": {"ecosystem": ecosystem, "name": "p"}}))
            .collect();
        let record = json!({"id": id, "modified": modified, "affected": affected});
        Ok::<_, ()>(record.to_string().into_bytes())
    };
    let mut builder = Builder::default();
    let records = [of("A", &["npm", "PyPI"], "2026-01-02"), of("B", &["npm"], "2026-01-01")];
    assert_eq!(builder.add_all("all", records).unwrap(), ("npm".to_owned(), 2));
    let several = || [of("C", &["Maven", "PyPI"], "2026-01-03")];
    assert_eq!(builder.add_all("all", several()).unwrap_err().cause, Cause::Malformed);
    assert_eq!(builder.add_all("PyPI", several()).unwrap().0, "PyPI");
    let nothing = [of("D", &["Go"], ""), of("E", &["crates.io"], "")];
    assert!(builder.add_all("Go", nothing).is_err());
    // One that was withdrawn has no package any more.
    let damaged = [of("F", &["Debian:12"], "2026-01-04"), Err(()), of("G", &[], "2026-01-03")];
    assert_eq!(builder.add_all("all", damaged).unwrap(), ("Debian".to_owned(), 2));
    let file = write(builder);
    let database = Database::open(file.path()).unwrap();
    let dumps = &database.description().dumps;
    assert_eq!(dumps.keys().collect::<Vec<_>>(), ["Debian", "PyPI", "npm"]);
    assert_eq!(dumps["npm"], "2026-01-02");
    assert_eq!(database.description().damaged["Debian"], 1);
    assert!(database.covers("PyPI") && !database.covers("Maven"));
}

#[test]
fn a_database_in_the_form_of_another_version_is_not_read() {
    let mut builder = Builder::default();
    let mut advisory = record("ALSA-1", "AlmaLinux:9", "a");
    advisory["related"] = json!(["CVE-2026-1"]);
    builder.add(advisory.to_string().as_bytes()).unwrap();
    let file = write(builder);
    let found = Database::open(file.path()).unwrap().about("AlmaLinux:9", "a").unwrap();
    assert_eq!(found[0].related, ["CVE-2026-1"]);
    let mut bytes = std::fs::read(file.path()).unwrap();
    *bytes.last_mut().unwrap() = b'1';
    std::fs::write(file.path(), bytes).unwrap();
    assert_eq!(Database::open(file.path()).unwrap_err().cause, Cause::Unsupported);
}
