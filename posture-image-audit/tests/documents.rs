//! Statements about vulnerabilities, and scores: each excuses what it names and no more, and makes nothing pass.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/given.rs"]
mod given;
#[path = "../../posture-image/tests/support/mod.rs"]
mod support;

use common::why;
use given::{Folder, OPENSSL, debian, digests, gaps, one, openvex, statement, text};
use posture_image_audit::documents::Documents;
use posture_image_audit::trust::Attached;
use posture_model::gap::Reason;
use posture_model::scope::Scope;
use serde_json::{Value, json};

use crate::support::Build;

#[test]
fn a_statement_excuses_what_it_names_with_its_author_and_justification() {
    let document = openvex("security@example.com", &[statement("not_affected", OPENSSL)]);
    let scope = Folder::new().vex(&document).read(debian());
    let excused = text(&one(&scope, "CVE-2026-1001/debian/openssl").excused).unwrap();
    for part in [
        "not_affected (vulnerable_code_not_present) by security@example.com",
        "0.vex.json at $.statements[0] of 2026-11-30",
    ] {
        assert!(excused.contains(part), "{excused}");
    }
    // The other one is as it was.
    let other = one(&scope, "CVE-2026-1002/debian/bash");
    assert_eq!((text(&other.excused), text(&other.statements)), (None, Vec::new()));
    assert_eq!(text(&other.rating), "medium");
    assert!(scope.vulnerabilities.is_complete(), "{:?}", gaps(&scope));
}

#[test]
fn what_names_something_else_or_does_not_excuse_changes_nothing() {
    let of = |statement: Value| {
        Folder::new().vex(&openvex("a", &[statement])).read_with(debian(), Vec::new())
    };
    let excused = |scope: &Scope| text(&one(scope, "CVE-2026-1001/debian/openssl").excused);
    for product in [
        "pkg:deb/debian/libssl3@3.0.10-1",
        "pkg:deb/debian/bash@5.2-1",
        "pkg:oci/web?repository_url=registry.example/other/web",
        "urn:product:web",
    ] {
        let (scope, left) = of(statement("not_affected", product));
        assert_eq!(excused(&scope), None, "{product}");
        assert!(left[0].contains("covers nothing: $.statements[0] of CVE-2026-1001"), "{left:?}");
    }
    for status in ["affected", "under_investigation"] {
        let (scope, left) = of(statement(status, OPENSSL));
        assert_eq!(excused(&scope), None);
        let shown = text(&one(&scope, "CVE-2026-1001/debian/openssl").statements);
        assert!(shown[0].starts_with(status) && left.is_empty(), "{shown:?} {left:?}");
    }
    // "Fixed" without a version is about some version.
    assert_eq!(excused(&of(statement("fixed", "pkg:deb/debian/libssl3")).0), None);
    assert!(excused(&of(statement("fixed", OPENSSL)).0).is_some());
    let image = "pkg:oci/web?repository_url=registry.example/shop/web";
    assert!(excused(&of(statement("not_affected", image)).0).is_some());
    // Without a reason, the standard gives it no meaning.
    let mut bare = statement("not_affected", OPENSSL);
    bare.as_object_mut().unwrap().remove("justification");
    assert_eq!(excused(&of(bare).0), None);
}

#[test]
fn one_author_who_disagrees_keeps_the_failure() {
    let good = openvex("a", &[statement("not_affected", OPENSSL)]);
    let bad = openvex("b", &[statement("under_investigation", OPENSSL)]);
    let scope = Folder::new().vex(&good).vex(&bad).read(debian());
    let found = one(&scope, "CVE-2026-1001/debian/openssl");
    assert_eq!((text(&found.excused), text(&found.statements).len()), (None, 2));
}

#[test]
fn a_malformed_statement_is_an_invalid_file_and_excuses_nothing_of_its_author() {
    let wrong = statement("harmless", OPENSSL);
    let document = openvex("a", &[statement("not_affected", OPENSSL), wrong]);
    let scope = Folder::new().vex(&document).read(debian());
    let (reason, words) = &gaps(&scope)[0];
    assert_eq!(*reason, Reason::InvalidFile);
    assert!(words.contains("$.statements[1].status: not a status: harmless"), "{words}");
    assert_eq!(text(&one(&scope, "CVE-2026-1001/debian/openssl").excused), None);
}

/// An in-toto statement about the image.
fn attached(build: Build, predicate: &Value, verified: bool) -> Attached {
    let (manifest, _) = digests(build);
    let (_, hex) = manifest.split_once(':').unwrap();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1", "subject": [{ "digest": { "sha256": hex } }],
        "predicateType": "https://openvex.dev/ns", "predicate": predicate,
    });
    Attached {
        at: "sha256-1.att layer 1".to_owned(),
        statement: statement.to_string().into_bytes(),
        verified,
    }
}

#[test]
fn only_a_verified_attestation_excuses() {
    let document = openvex("security@example.com", &[statement("not_affected", OPENSSL)]);
    let of = |verified: bool| {
        let attached = attached(debian(), &document, verified);
        let (scope, _) = Folder::new().read_with(debian(), vec![attached]);
        let found = one(&scope, "CVE-2026-1001/debian/openssl").clone();
        (text(&found.excused), text(&found.statements))
    };
    let (excused, _) = of(true);
    assert!(excused.unwrap().contains("attestation sha256-1.att layer 1"));
    let (excused, shown) = of(false);
    assert_eq!(excused, None);
    assert!(shown[0].ends_with("(not verified: it does not count)"), "{shown:?}");
    // One that takes the name of a trusted author replaces nothing of theirs.
    let mut later = openvex("security@example.com", &[statement("not_affected", OPENSSL)]);
    later["timestamp"] = json!("2026-12-01T00:00:00Z");
    let given = openvex("security@example.com", &[statement("affected", OPENSSL)]);
    let claimed = attached(debian(), &later, false);
    let (scope, _) = Folder::new().vex(&given).read_with(debian(), vec![claimed]);
    let found = one(&scope, "CVE-2026-1001/debian/openssl");
    assert_eq!((text(&found.excused), text(&found.statements).len()), (None, 2));
}

#[test]
fn scores_are_shown_with_their_day() {
    let mut folder = Folder::new();
    let text_of = "#model_version:v2025.03.14,score_date:2026-11-30T12:55:00Z\ncve,epss,percentile\nCVE-2026-1001,0.5,0.99\n";
    folder.options.documents =
        Documents { epss: Some(folder.file("epss.csv", text_of)), ..Documents::default() };
    let scope = folder.read(debian());
    let found = one(&scope, "CVE-2026-1001/debian/openssl");
    assert_eq!(
        (text(&found.epss), text(&found.epss_source).as_str()),
        (500_000, "of 2026-11-30, percentile 99.0")
    );
    let unnamed = one(&scope, "CVE-2026-1002/debian/bash");
    assert!(why(&scope, &unnamed.epss).contains("do not name it"));
    let without = Folder::new().read(debian());
    assert!(one(&without, "CVE-2026-1001/debian/openssl").epss.is_not_collected());
}
