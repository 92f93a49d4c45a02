use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Write as _;

const CSV: &str = "#model_version:v2025.03.14,score_date:2026-05-15T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1234,0.97231,0.99821\nCVE-2023-55555,9e-05,0.21340\n";

fn epss(text: &str) -> Result<Epss, Gap> {
    Epss::read(text.as_bytes(), "e.csv", &Limits::default())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn scores_have_their_day() {
    let read = epss(CSV).unwrap();
    assert_eq!(
        (read.day.as_deref(), read.model.as_deref(), read.malformed),
        (Some("2026-05-15"), Some("v2025.03.14"), 0)
    );
    assert_eq!(read.scores["CVE-2024-1234"], Score { probability: 0.97231, percentile: 0.99821 });
    assert_eq!(read.scores.get("CVE-2026-1"), None);
    let limits = Limits::default();
    assert_eq!(Epss::read(&gzip(CSV.as_bytes()), "e.csv.gz", &limits).unwrap(), read);
    assert_eq!(epss(&CSV.replace('\n', "\r\n")).unwrap(), read);
    let old = CSV.split_once('\n').unwrap().1;
    assert_eq!((epss(old).unwrap().day, epss(old).unwrap().scores.len()), (None, 2));
}

#[test]
fn malformed_rows_are_counted_and_other_files_are_errors() {
    for row in [
        "CVE-2024-1,0.1,0.1",
        "CVE-2024-0001,1.5,0.1",
        "CVE-2024-0001,NaN,0.1",
        "CVE-2024-0001,-0.1,0.1",
        "CVE-2024-0001,0.1",
        "CVE-2024-0001,0.1,0.1,0.1",
        "x",
    ] {
        let read = epss(&format!("{CSV}{row}\n")).unwrap();
        assert_eq!((read.malformed, read.scores.len()), (1, 2), "{row}");
    }
    let twice = epss(&format!(
        "{CSV}CVE-2023-55555,0.5,0.5\nCVE-2024-1234,0.1,0.1\nCVE-2024-1234,0.97231,0.99821\n"
    ))
    .unwrap();
    assert_eq!(
        (
            twice.malformed,
            twice.scores["CVE-2023-55555"].probability,
            twice.scores["CVE-2024-1234"].probability
        ),
        (2, 0.5, 0.97231)
    );
    for wrong in ["", "cve,epss\n", "#score_date:yesterday\ncve,epss,percentile\n", "<html>"] {
        assert!(epss(wrong).is_err(), "{wrong}");
    }
    assert!(Epss::read(b"\xff\xfe", "e", &Limits::default()).is_err());
}

#[test]
fn sizes_are_bounded_also_when_compressed() {
    let limits = Limits { document: 1_000, ..Limits::default() };
    let bomb = gzip(&vec![b'a'; 10_000_000]);
    assert_eq!(
        Epss::read(&bomb, "e", &Limits { document: 100_000, ..Limits::default() })
            .unwrap_err()
            .cause,
        Cause::Incomplete
    );
    assert_eq!(Epss::read(&[b'a'; 2_000], "e", &limits).unwrap_err().cause, Cause::Incomplete);
    assert_eq!(Kev::read(&[b'a'; 2_000], "k", &limits).unwrap_err().cause, Cause::Incomplete);
    let few = Limits { document_entries: 0, ..Limits::default() };
    assert_eq!(Epss::read(CSV.as_bytes(), "e", &few).unwrap_err().cause, Cause::Incomplete);
    let packed = gzip(CSV.as_bytes());
    for end in 2..packed.len() {
        assert!(Epss::read(&packed[..end], "e", &Limits::default()).is_err(), "{end}");
    }
}

fn catalog(entries: &[Value]) -> Value {
    json!({"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.05.15", "dateReleased": "2026-05-15T14:00:00.0000Z",
        "count": entries.len(), "vulnerabilities": entries})
}

fn entry(cve: &str) -> Value {
    json!({"cveID": cve, "vendorProject": "Apache", "product": "Log4j", "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known"})
}

fn kev(value: &Value) -> Result<Kev, Gap> {
    Kev::read(value.to_string().as_bytes(), "k.json", &Limits::default())
}

#[test]
fn the_catalog_has_its_day_and_dates() {
    let read = kev(&catalog(&[entry("CVE-2021-44228")])).unwrap();
    assert_eq!(
        (read.day.as_str(), read.version.as_deref(), read.malformed, read.gaps.len()),
        ("2026-05-15", Some("2026.05.15"), 0, 0)
    );
    let expected =
        Exploited { added: "2021-12-10".into(), due: Some("2021-12-24".into()), ransomware: true };
    assert_eq!(read.entries["CVE-2021-44228"], expected);
}

#[test]
fn malformed_entries_are_counted_with_their_place() {
    let mut date = entry("CVE-2021-44229");
    date["dateAdded"] = json!("12/10/2021");
    let read = kev(&catalog(&[
        entry("CVE-2021-44228"),
        entry("x"),
        date,
        json!(3),
        entry("CVE-2021-44228"),
    ]))
    .unwrap();
    assert_eq!((read.entries.len(), read.malformed), (1, 4));
    assert_eq!(
        read.gaps[0].to_string(),
        "k.json: $.vulnerabilities[1]: `cveID` is not a CVE (malformed)"
    );
    assert_eq!(
        read.gaps[3].to_string(),
        "k.json: $.vulnerabilities[4]: CVE-2021-44228 is there twice (malformed)"
    );
    let mut cut = catalog(&[entry("CVE-2021-44228")]);
    cut["count"] = json!(1_400);
    assert_eq!(kev(&cut).unwrap().gaps[0].cause, Cause::Mismatch);
    for field in ["dateReleased", "vulnerabilities"] {
        let mut without = catalog(&[]);
        without[field] = Value::Null;
        assert!(kev(&without).is_err(), "{field}");
    }
    let bytes = catalog(&[entry("CVE-2021-44228")]).to_string();
    for end in 0..bytes.len() {
        assert!(Kev::read(&bytes.as_bytes()[..end], "k", &Limits::default()).is_err(), "{end}");
    }
}

proptest! {
    #[test]
    fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[-a-zA-Z0-9,.\n#:]{0,80}", end in 0_usize..200) {
        let limits = Limits::default();
        let _ = (Epss::read(&bytes, "e", &limits), Kev::read(&bytes, "k", &limits));
        let _ = Epss::read(&[b"\x1f\x8b", bytes.as_slice()].concat(), "e", &limits);
        let _ = epss(&format!("cve,epss,percentile\n{text}"));
        let _ = epss(CSV.get(..end).unwrap_or_default());
    }
}
