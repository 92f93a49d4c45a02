use super::cyclonedx::{analyzed, bom};
use super::*;
use proptest::prelude::*;

#[test]
fn malformed_statements_are_gaps_and_take_the_certainty_of_their_author() {
    let good = statement("PYSEC-1", "pkg:pypi/x", "not_affected");
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut statement = good.clone();
        change(&mut statement);
        statement
    };
    let all = [
        ("$.statements[1]", json!(3)),
        ("$.statements[1].status", broken(&|one| one["status"] = json!("maybe"))),
        ("$.statements[1].timestamp", broken(&|one| one["timestamp"] = json!("yesterday"))),
        ("$.statements[1]", broken(&|one| one["justification"] = json!("because"))),
        ("$.statements[1].vulnerability", broken(&|one| one["vulnerability"] = json!("CVE-1"))),
        (
            "$.statements[1].vulnerability",
            broken(&|one| one["vulnerability"] = json!({"name": "x".repeat(300)})),
        ),
        (
            "$.statements[1].products[0]",
            broken(&|one| one["products"] = json!([{"@id": "pkg:deb"}])),
        ),
        (
            "$.statements[1].products[0].hashes",
            broken(&|one| one["products"] = json!([{"hashes": {"sha-256": "zz"}}])),
        ),
        ("$.statements[1].products", broken(&|one| one["products"] = json!("x"))),
    ];
    for (place, statement) in all {
        let document = doc(&open(&json!([good, statement])));
        assert_eq!(
            (document.statements.items.len(), document.statements.gaps.len()),
            (1, 1),
            "{statement}"
        );
        assert_eq!(document.statements.gaps[0].place, format!("v.json: {place}"));
        let (.., applied, found) = applied(&[document]);
        assert_eq!(applied.gaps.len(), 1);
        let vulnerability = found.iter().find(|one| one.id == "PYSEC-1").unwrap();
        assert!(!vulnerability.vex[0].certain && !excuses(vulnerability, |_| true));
    }
    // Without a reason, a product is not acquitted.
    let mut without = good.clone();
    without.as_object_mut().unwrap().remove("justification");
    let (short, reasons, ..) = applied(&[doc(&open(&json!([without])))]);
    assert!(short.is_empty() && reasons[0].contains("without a justification"));
    without["impact_statement"] = json!("patched\u{1b}[31m");
    let (.., found) = applied(&[doc(&open(&json!([without])))]);
    let text = found.iter().flat_map(|one| &one.vex).find_map(|one| one.text.clone());
    assert_eq!(text.as_deref(), Some("patched\\u{1b}[31m"));
}

#[test]
fn documents_that_are_not_vex_are_errors_with_their_place() {
    let limits = Limits::default();
    let good = open(&json!([statement("PYSEC-1", "pkg:pypi/x", "fixed")]));
    for (field, value, place) in [
        ("@context", json!("https://openvex.dev/ns/v0.1.0"), "$.@context"),
        ("@id", json!(""), "$"),
        ("author", Value::Null, "$"),
        ("timestamp", json!("x"), "$.timestamp"),
        ("timestamp", Value::Null, "$"),
        ("version", json!("1"), "$.version"),
        ("statements", json!({}), "$.statements"),
        ("statements", Value::Null, "$"),
    ] {
        let mut value_of = good.clone();
        value_of[field] = value;
        let gap = read(value_of.to_string().as_bytes(), "v", &[], &limits).unwrap_err();
        assert_eq!(gap.place, format!("v: {place}"), "{field}: {gap}");
    }
    for other in ["", "3", "{}", "[]", r#"{"@context":3}"#, r#"{"bomFormat":"x"}"#] {
        assert!(read(other.as_bytes(), "v", &[], &limits).is_err(), "{other}");
    }
    let few = Limits { document_entries: 0, ..limits };
    assert_eq!(
        read(good.to_string().as_bytes(), "v", &[], &few).unwrap_err().cause,
        Cause::Incomplete
    );
}

#[test]
fn every_prefix_is_an_error_and_nothing_panics() {
    let limits = Limits::default();
    for value in [
        open(&json!([statement("PYSEC-1", "pkg:pypi/x", "fixed")])),
        bom(&json!([analyzed("PYSEC-1", "resolved", "x")])),
    ] {
        let bytes = value.to_string().into_bytes();
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end], "v", &[], &limits).is_err(), "{end}");
        }
    }
    let deep = format!(
        "{}{}",
        r#"{"@context":"https://openvex.dev/ns","statements":"#,
        "[".repeat(50_000)
    );
    assert!(read(deep.as_bytes(), "v", &[], &limits).is_err());
}

proptest! {
    #[test]
    fn any_change_can_be_read(at in 0_usize..600, byte in any::<u8>(), cyclone in any::<bool>()) {
        let value = if cyclone { bom(&json!([analyzed("PYSEC-1", "resolved", "x")])) } else { open(&json!([statement("PYSEC-1", "pkg:pypi/x", "fixed")])) };
        let mut bytes = value.to_string().into_bytes();
        let length = bytes.len();
        bytes[at % length] = byte;
        if let Ok(document) = read(&bytes, "v", &[], &Limits::default()) {
            let (_, reasons, all, found) = applied(std::slice::from_ref(&document));
            // Every statement is in a finding, or listed.
            let used = found.iter().flat_map(|one| &one.vex).count();
            prop_assert!(used + reasons.len() + all.replaced.len() >= document.statements.items.len());
        }
    }
}
