use super::*;

#[test]
fn published_scores_are_met() {
    for (vector, tenths, rating) in [
        // CVSS 4.0: from the list that Red Hat's library is tested with (`tests/vectors_simple4`), and from its list of threats; the
        // base score of the last one is its score with the threat `A`.
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:H/VA:L/SC:N/SI:H/SA:L", 92, Rating::Critical),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:L/SA:N", 69, Rating::Medium),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 86, Rating::High),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:A/VC:H/VI:H/VA:H/SC:H/SI:N/SA:H", 93, Rating::Critical),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:H/UI:P/VC:L/VI:L/VA:N/SC:L/SI:N/SA:N", 48, Rating::Medium),
        ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:N/VA:N/SC:L/SI:L/SA:H", 90, Rating::Critical),
        ("CVSS:4.0/AV:N/AC:L/AT:P/PR:L/UI:N/VC:N/VI:H/VA:L/SC:H/SI:H/SA:L", 72, Rating::High),
        ("CVSS:4.0/AV:N/AC:L/AT:P/PR:H/UI:A/VC:N/VI:L/VA:N/SC:N/SI:L/SA:N", 18, Rating::Low),
        ("CVSS:4.0/AV:N/AC:H/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:L/SI:L/SA:H", 70, Rating::High),
        ("CVSS:4.0/AV:N/AC:H/AT:N/PR:H/UI:A/VC:N/VI:N/VA:N/SC:N/SI:H/SA:N", 40, Rating::Medium),
        ("CVSS:4.0/AV:N/AC:H/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:L/SA:N", 95, Rating::Critical),
        ("CVSS:4.0/AV:N/AC:H/AT:N/PR:L/UI:P/VC:L/VI:N/VA:L/SC:N/SI:N/SA:N", 21, Rating::Low),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0, Rating::None),
        ("CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 73, Rating::High),
        // CVSS 3.1: the examples of FIRST, which the crate is tested with; those of 3.0 have the same base scores.
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61, Rating::Medium),
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 64, Rating::Medium),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 31, Rating::Low),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 99, Rating::Critical),
        ("CVSS:3.0/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 42, Rating::Medium),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 75, Rating::High),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98, Rating::Critical),
        ("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N", 68, Rating::Medium),
        ("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:H", 93, Rating::Critical),
        ("CVSS:3.0/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N", 46, Rating::Medium),
        ("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N", 74, Rating::High),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", 96, Rating::Critical),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:N", 0, Rating::None),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L", 16, Rating::Low),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:C/C:N/I:N/A:L", 18, Rating::Low),
        // CVSS 2: the examples in part 3.3 of FIRST's guide (CVE-2002-0392, CVE-2003-0818, CVE-2003-0062).
        ("(AV:N/AC:L/Au:N/C:N/I:N/A:C)", 78, Rating::High),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 100, Rating::High),
        ("AV:L/AC:H/Au:N/C:C/I:C/A:C", 62, Rating::Medium),
    ] {
        let found = of_vector(vector).unwrap();
        assert_eq!((found.tenths, found.rating), (Some(tenths), rating), "{vector}");
    }
}

#[test]
fn the_base_counts_and_damaged_vectors_do_not() {
    let temporal = of_vector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U").unwrap();
    assert_eq!(temporal.tenths, Some(98));
    let threat =
        of_vector("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U").unwrap();
    assert_eq!(threat.tenths, Some(93));
    for wrong in [
        "",
        "7.5",
        "CVSS:3.1/",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
        "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H",
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:1",
        "CVSS:5.0/AV:N/AC:L",
        "AV:N/AC:L/Au:N/C:C/I:C",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N",
        "CVSS:2.0/AV:N/AC:L/Au:N/C:C/I:C/A:C",
    ] {
        assert!(of_vector(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_nearest_source_counts_and_nothing_is_unrated() {
    let high = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned();
    let low = "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N".to_owned();
    let list = vec![("CVSS_V3".to_owned(), high.clone()), ("CVSS_V4".to_owned(), low)];
    let record = Record { severity: list, rating: Some("LOW".into()), ..Record::default() };
    assert_eq!(
        of_record(&record, None).unwrap().source,
        "CVSS 4.0",
        "the newest version, not the highest score"
    );
    let debian = Affected {
        ecosystem: "Debian:12".into(),
        urgency: Some("medium**".into()),
        ..Affected::default()
    };
    assert_eq!(of_record(&record, Some(&debian)).unwrap().source, "Debian");
    let unassigned = Affected { urgency: Some("not yet assigned".into()), ..debian };
    assert_eq!(of_record(&record, Some(&unassigned)).unwrap().source, "CVSS 4.0");
    let ubuntu =
        Affected { severity: vec![("Ubuntu".into(), "negligible".into())], ..Affected::default() };
    assert_eq!(of_record(&record, Some(&ubuntu)).unwrap().rating, Rating::Low);
    let damaged = Record {
        severity: vec![("CVSS_V4".into(), "x".into()), ("CVSS_V3".into(), high)],
        ..Record::default()
    };
    assert_eq!(of_record(&damaged, None).unwrap().source, "CVSS 3.1");
    let words = Record { rating: Some("MODERATE".into()), ..Record::default() };
    assert_eq!(of_record(&words, None).unwrap().rating, Rating::Medium);
    assert_eq!(of_record(&Record::default(), None), None);
}
