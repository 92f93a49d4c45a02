//! Failures that were accepted: they are shown, counted by themselves, and end.

use posture_tests::{Program, Run};

fn check(format: &str) -> Run {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
    let exception = |resource: &str, expires: &str| {
        format!(
            "[[exception]]\ncontrol = \"storage.versioning\"\nresource = \"{resource}\"\nowner = \"web team\"\n\
             reason = \"made anew from source\"\nexpires = {expires}\n"
        )
    };
    let configuration = [
        exception("arn:aws:s3:::website-123456789012", "2020-01-01"),
        exception("arn:aws:s3:::invoices-123456789012", "2099-12-31"),
        exception("arn:aws:s3:::nobody", "2099-12-31"),
    ];
    Program::new()
        .file("posture.toml", &configuration.concat())
        .args(&["check", example, "--control", "storage.versioning", "--format", format])
        .run()
}

#[test]
fn an_exception_covers_one_resource_until_its_day_and_stays_in_sight() {
    let run = check("json");
    assert_eq!(run.code, 10, "{}", run.err);
    let report = run.json();
    let of = |name: &str| {
        let findings = report["findings"].as_array().unwrap().iter();
        let mut found = findings.filter(|finding| finding["resource"]["name"] == name);
        found.next().unwrap()
    };
    let covered = of("invoices-123456789012");
    assert_eq!(
        (&covered["outcome"], &covered["exception"]["owner"]),
        (&"fail".into(), &"web team".into())
    );
    let ended = of("website-123456789012");
    assert_eq!(ended["outcome"], "fail");
    assert!(ended["exception"].is_null(), "{ended}");
    assert_eq!(report["controls"][0]["tally"]["excepted"], 1);
    assert!(run.err.contains("website-123456789012` expired on 2020-01-01"), "{}", run.err);
    assert!(run.err.contains("arn:aws:s3:::nobody` covers no failure"), "{}", run.err);
    assert!(run.err.contains("ends on 2099-12-31, more than a year from now"), "{}", run.err);
    let table = check("table");
    assert!(table.out.contains("(1 excepted)"), "{}", table.out);
    assert!(table.out.contains("1 excepted,"), "{}", table.out);
}
