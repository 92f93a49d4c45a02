use super::*;
use serde_json::json;

fn record(affected: serde_json::Value) -> Record {
    Record::read(&json!({"id": "X-1", "affected": affected})).unwrap()
}

fn range(kind: &str, events: serde_json::Value) -> Record {
    record(
        json!([{"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": kind, "events": events}]}]),
    )
}

/// `-` not affected, `?` unknown, `*` affected without a fix, else the fix.
fn short(record: &Record, ecosystem: &str, version: &str) -> String {
    match evaluate(record, ecosystem, "a", version) {
        Verdict::NotAbout => "0".to_owned(),
        Verdict::NotAffected => "-".to_owned(),
        Verdict::Affected { fixed, .. } => fixed.unwrap_or_else(|| "*".to_owned()),
        Verdict::Unknown(_) => "?".to_owned(),
    }
}

fn each(record: &Record, ecosystem: &str, expected: &[(&str, &str)]) {
    for (version, verdict) in expected {
        assert_eq!(short(record, ecosystem, version), *verdict, "{version}");
    }
}

#[test]
fn ranges_are_walked_in_order() {
    let unsorted = range(
        "SEMVER",
        json!([{"fixed": "2.1.0"}, {"introduced": "2.0.0"}, {"fixed": "1.2.0"}, {"introduced": "0"}]),
    );
    each(
        &unsorted,
        "npm",
        &[
            ("0.0.0-a", "1.2.0"),
            ("1.1.9", "1.2.0"),
            ("1.2.0", "-"),
            ("1.9.0", "-"),
            ("2.0.0", "2.1.0"),
            ("2.1.0", "-"),
            ("3.0.0", "-"),
        ],
    );
    each(
        &range("SEMVER", json!([{"introduced": "1.0.0"}])),
        "npm",
        &[("0.9.0", "-"), ("1.0.0-rc.1", "-"), ("1.0.0", "*"), ("99.0.0", "*")],
    );
    each(
        &range("SEMVER", json!([{"introduced": "0"}, {"last_affected": "1.2.3"}])),
        "npm",
        &[("1.2.3", "*"), ("1.2.4", "-")],
    );
    let limited =
        range("SEMVER", json!([{"introduced": "0"}, {"limit": "1.0.0"}, {"limit": "2.0.0"}]));
    each(&limited, "npm", &[("1.5.0", "*"), ("2.0.0", "-")]);
    each(&range("SEMVER", json!([{"introduced": "0"}, {"limit": "*"}])), "npm", &[("1.5.0", "*")]);
    each(
        &range("SEMVER", json!([{"introduced": "1.0.0"}, {"fixed": "1.0.0"}])),
        "npm",
        &[("1.0.0", "-")],
    );
}

#[test]
fn what_cannot_be_evaluated_is_unknown() {
    for (kind, events) in [
        ("SEMVER", json!([{"fixed": "1.0.0"}])),
        ("SEMVER", json!([])),
        ("SEMVER", json!([{"introduced": "0", "fixed": "1.0.0"}])),
        ("SEMVER", json!([{"introduced": "0"}, {"fixed": "1.0.0"}, {"last_affected": "2.0.0"}])),
        ("SEMVER", json!([{"introduced": "0"}, {"unfixed": "1.0.0"}])),
        ("SEMVER", json!([{"introduced": "x"}])),
        ("SEMVER", json!([{"introduced": 0}])),
        ("GIT", json!([{"introduced": "0"}])),
        ("OTHER", json!([{"introduced": "0"}])),
    ] {
        each(&range(kind, events), "npm", &[("1.0.0", "?")]);
    }
    each(
        &range("SEMVER", json!([{"introduced": "0"}, {"fixed": "1.0.0"}])),
        "npm",
        &[("not a version", "?")],
    );
}

#[test]
fn any_hit_suffices_and_a_list_is_compared_as_text() {
    let entry = |versions: serde_json::Value, ranges: serde_json::Value| {
        record(
            json!([{"package": {"ecosystem": "npm", "name": "a"}, "versions": versions, "ranges": ranges}]),
        )
    };
    let git = json!([{"type": "GIT", "events": [{"introduced": "0"}]}]);
    each(&entry(json!(["1.0.0"]), git.clone()), "npm", &[("1.0.0", "*"), ("1.0.1", "-")]);
    let both = json!([{"type": "GIT", "events": [{"introduced": "0"}]}, {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}]);
    each(&entry(json!([]), both), "npm", &[("0.5.0", "1.0.0"), ("1.0.0", "-")]);
    let damaged = json!([{"type": "SEMVER", "events": [{"introduced": "x"}]}, {"type": "SEMVER", "events": [{"introduced": "1.0.0"}]}]);
    each(&entry(json!([]), damaged), "npm", &[("1.0.0", "*"), ("0.5.0", "?")]);
    each(&entry(json!([]), json!([])), "npm", &[("1.0.0", "-")]);
    let several = record(json!([
        {"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}]},
        {"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "2.0.0"}, {"fixed": "2.5.0"}]}]},
    ]));
    each(&several, "npm", &[("0.1.0", "1.0.0"), ("1.5.0", "-"), ("2.1.0", "2.5.0")]);
}

#[test]
fn releases_and_names_decide_what_a_record_is_about() {
    let of = |ecosystem: &str, name: &str| {
        record(
            json!([{"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0-2"}]}]}]),
        )
    };
    each(
        &of("Debian:12", "a"),
        "Debian:12",
        &[("1.0-1", "1.0-2"), ("1.0-2", "-"), ("1.0-1~bpo", "1.0-2"), ("0~a", "1.0-2")],
    );
    each(&of("Debian:11", "a"), "Debian:12", &[("1.0-1", "0")]);
    each(&of("Debian:1", "a"), "Debian:12", &[("1.0-1", "0")]);
    each(&of("Debian", "a"), "Debian:12", &[("1.0-1", "1.0-2")]);
    each(&of("Ubuntu:Pro:22.04:LTS", "a"), "Ubuntu:22.04:LTS", &[("1.0-1", "*"), ("1.0-2", "-")]);
    each(&of("Ubuntu:Pro:20.04:LTS", "a"), "Ubuntu:22.04:LTS", &[("1.0-1", "0")]);
    let mut both = of("Ubuntu:22.04:LTS", "a");
    both.affected.extend(Record { ..of("Ubuntu:Pro:22.04:LTS", "a") }.affected);
    both.affected[1].ranges[0].events = Ok(vec![Event::Introduced("0".into())]);
    each(&both, "Ubuntu:22.04:LTS", &[("1.0-1", "1.0-2"), ("1.0-2", "-")]);
    each(&of("Debian:12", "A"), "Debian:12", &[("1.0-1", "0")]);
    each(&of("Unknown", "a"), "Unknown", &[("1.0-1", "?")]);
    let pypi = record(
        json!([{"package": {"ecosystem": "PyPI", "name": "Zope.Interface"}, "versions": ["1.0"]}]),
    );
    assert!(matches!(evaluate(&pypi, "PyPI", "zope_interface", "1.0"), Verdict::Affected { .. }));
    let withdrawn = Record { withdrawn: true, ..of("Debian:12", "a") };
    each(&withdrawn, "Debian:12", &[("1.0-1", "0")]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(
        std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
    ))]

    #[test]
    fn ranges_equal_a_slow_oracle(points in proptest::collection::vec((0_u8..3, 0_u8..9), 1..7), version in 0_u8..10) {
        let events: Vec<serde_json::Value> = points.iter().map(|(kind, at)| {
            let at = format!("{at}.0.0");
            match kind { 0 => json!({"introduced": at}), 1 => json!({"fixed": at}), _ => json!({"introduced": at}) }
        }).collect();
        let record = range("SEMVER", json!(events));
        // The state after all points up to the version, one version after the other.
        let mut inside = false;
        for step in 0..=version {
            let here = |wanted: bool| points.iter().any(|(kind, at)| *at == step && (*kind == 1) == wanted);
            inside |= here(false);
            inside &= !here(true);
        }
        let begins = points.iter().any(|(kind, _)| *kind != 1);
        let found = evaluate(&record, "npm", "a", &format!("{version}.0.0"));
        match (begins, inside) {
            (false, _) => proptest::prop_assert!(matches!(found, Verdict::Unknown(_))),
            (true, true) => {
                let fixed = points.iter().filter(|(kind, at)| *kind == 1 && *at > version).map(|(_, at)| *at).min();
                let fixed = fixed.map(|at| format!("{at}.0.0"));
                proptest::prop_assert_eq!(found, Verdict::Affected { entries: vec![0], fixed, open: None });
            }
            (true, false) => proptest::prop_assert_eq!(found, Verdict::NotAffected),
        }
    }

    #[test]
    fn any_json_can_be_read(text in "[\\[\\]{}\",:a-z0-9]{0,60}") {
        if let Ok(record) = Record::parse(text.as_bytes()) {
            evaluate(&record, "npm", "a", "1.0.0");
        }
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or(json!(text));
        let record = record(json!([{"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER", "events": value}]}, value]));
        evaluate(&record, "npm", "a", "1.0.0");
    }
}
