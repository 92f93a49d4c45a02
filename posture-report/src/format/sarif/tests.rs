//! SARIF of one report that holds every outcome.

use serde_json::Value as Json;

use posture_core::judge::Outcome;
use posture_core::params::Params;
use posture_core::resource::Kind;

use super::model::Notification;
use super::results::{SEGMENT, message, segment};
use super::rules::{TAGS, level, pascal};
use super::{limited, write};
use crate::tests::{assert_parts, member, object_with, providers};
use posture_core::control::Severity;
use posture_core::filter::Filter;
use posture_core::record::FindingStatus;
use posture_core::report::Report;

/// The report with every status asked for.
fn report(frameworks: &[&str]) -> Report<'static> {
    let mut report = crate::tests::report(frameworks);
    report.keep(Filter { status: FindingStatus::ALL.to_vec(), ..Filter::default() });
    report
}

fn rendered(frameworks: &[&str]) -> String {
    let mut out = Vec::new();
    write(&report(frameworks), &Params::default(), providers, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn run(frameworks: &[&str]) -> Json {
    let mut log: Json = serde_json::from_str(&rendered(frameworks)).unwrap();
    log["runs"][0].take()
}

#[test]
fn failures_and_unknowns_are_results_and_every_gap_a_notification() {
    let mut out = Vec::new();
    let report = crate::tests::report(&["csf", "cis-aws"]);
    write(&report, &Params::default(), providers, &mut out).unwrap();
    assert_parts("sarif", &String::from_utf8(out).unwrap(), |part, rest| {
        let kind = object_with(rest, 4, &["\"kind\": \""]).filter(|_| part.starts_with("results"));
        kind.map(|kind| format!("results-{kind}")).or_else(|| member(rest, 3))
    });
}

#[test]
fn each_outcome_has_its_kind_and_only_failures_a_level() {
    let run = run(&[]);
    let report = report(&[]);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), report.findings.iter().count());
    let order = |result: &&Json| result["partialFingerprints"]["postureFinding/v1"].to_string();
    let mut by_id: Vec<&Json> = results.iter().collect();
    by_id.sort_by_key(order);
    let mut findings: Vec<_> = report.findings.iter().collect();
    findings.sort_by_key(|finding| finding.id());
    for (finding, result) in findings.into_iter().zip(by_id) {
        let (kind, level) = match finding.outcome {
            Outcome::Pass => ("pass", "none"),
            Outcome::Fail(_) => ("fail", level(finding.control.severity)),
            Outcome::NotApplicable(_) => ("notApplicable", "none"),
            Outcome::Unknown(_) => ("open", "none"),
        };
        assert_eq!(result["kind"], kind);
        assert_eq!(result["level"], level);
        let suppressions = result["suppressions"].as_array().unwrap();
        assert_eq!(suppressions.len(), usize::from(finding.exception.is_some()));
        assert_eq!(result["partialFingerprints"]["postureFinding/v1"], finding.id());
        let rule = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
        let place = &result["locations"][0]["logicalLocations"][0];
        if let Some(subject) = finding.subject.filter(|one| one.kind != Kind::Account) {
            assert_eq!(place["fullyQualifiedName"], subject.id);
        }
    }
    for kind in ["pass", "fail", "notApplicable", "open"] {
        assert!(results.iter().any(|result| result["kind"] == kind), "no {kind}");
    }
}

#[test]
fn an_exception_stays_a_failure_and_names_who_answers_for_it() {
    let run = run(&[]);
    let mut results = run["results"].as_array().unwrap().iter();
    let result = results.find(|result| result["suppressions"][0].is_object()).unwrap();
    assert_eq!(result["kind"], "fail");
    assert_ne!(result["level"], "none");
    let suppression = &result["suppressions"][0];
    assert_eq!(suppression["kind"], "external");
    assert_eq!(suppression["status"], "accepted");
    let text = suppression["justification"].as_str().unwrap();
    assert!(text.contains("web team") && text.contains("2027-01-31"), "{text}");
    assert!(!text.chars().any(char::is_control), "{text:?}");
}

#[test]
fn a_gap_is_not_a_failure_of_the_run_and_an_early_end_is() {
    let run = run(&[]);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    assert_eq!(invocation["startTimeUtc"], "2026-01-31T09:30:00Z");
    let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
    // Two gaps, and the filter.
    assert_eq!(notifications.len(), 3);
    assert!(notifications.iter().all(|one| one["level"] == "warning"));
    let stopped = serde_json::to_value(Notification::stopped()).unwrap();
    assert_eq!(stopped["level"], "error");
}

#[test]
fn names_stay_exact_and_messages_do_not() {
    let run = run(&[]);
    let results = run["results"].as_array().unwrap();
    let hostile = "=cmd|'/c calc'!A1\u{202e}";
    let result = results.iter().find(|r| r["properties"]["resourceName"] == hostile).unwrap();
    let text = result["message"]["text"].as_str().unwrap();
    assert!(text.contains("\\u{{202e}}"), "{text}");
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "aws/123456789012/eu-west-1/bucket/%3Dcmd%7C%27%2Fc%20calc%27%21A1%E2%80%AE");
}

#[test]
fn no_name_makes_a_link_an_argument_or_a_path() {
    assert_eq!(message("[x](javascript:1) {0}").text, "[x] (javascript:1) {{0}}");
    assert_eq!(segment(".."), "_..");
    assert_eq!(segment(""), "_");
    assert_eq!(segment("../a:b\\c\0"), "..%2Fa%3Ab%5Cc%00");
    assert!(segment(&"é".repeat(1_000)).len() <= 6 * SEGMENT);
}

#[test]
fn rules_name_the_requirements_that_are_reported() {
    let run = run(&["csf"]);
    for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
        let tags = rule["properties"]["tags"].as_array().unwrap();
        assert!((2..=TAGS).contains(&tags.len()), "{rule}");
        assert_eq!(tags[0], "security");
        assert!(tags[1..].iter().all(|tag| tag.as_str().unwrap().starts_with("csf-2.0:")));
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("```sh\n"));
    }
    assert_eq!(pascal("storage.public-access"), "StoragePublicAccess");
}

/// The results and the notifications about them, of a report with room for so many results.
fn within(report: &Report<'_>, limit: usize) -> (Vec<Json>, Vec<(String, String)>) {
    let mut out = Vec::new();
    limited(report, &Params::default(), providers, limit, &mut out).unwrap();
    let log: Json = serde_json::from_slice(&out).unwrap();
    let run = &log["runs"][0];
    let notices = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let notices = notices.iter().map(|one| {
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        let id = text(&one["descriptor"]["id"]);
        let index = one["descriptor"]["index"].as_u64().unwrap() as usize;
        assert_eq!(run["tool"]["driver"]["notifications"][index]["id"], id);
        (id, text(&one["message"]["text"]))
    });
    let about = notices.filter(|(id, _)| id == "omitted" || id == "filtered");
    (run["results"].as_array().unwrap().clone(), about.collect())
}

#[test]
fn passes_are_results_only_where_they_are_asked_for() {
    let usual = crate::tests::report(&[]);
    let (results, notices) = within(&usual, 100);
    let kinds: Vec<&str> = results.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"fail") && kinds.contains(&"open"), "{kinds:?}");
    assert!(!kinds.contains(&"pass") && !kinds.contains(&"notApplicable"), "{kinds:?}");
    let quiet = usual.findings.iter().count() - results.len();
    let [(id, text)] = notices.as_slice() else { panic!("{notices:?}") };
    assert_eq!(id, "omitted");
    assert!(text.starts_with(&format!("{quiet} findings that pass or do not apply")), "{text}");
    // A filter of another kind asks for no status.
    let mut narrowed = crate::tests::report(&[]);
    let accounts = vec![posture_core::exception::Pattern::new("*")];
    narrowed.keep(Filter { accounts, ..Filter::default() });
    assert_eq!(within(&narrowed, 100).0, results);
    let mut passes = crate::tests::report(&[]);
    passes.keep(Filter { status: vec![FindingStatus::Pass], ..Filter::default() });
    let (results, notices) = within(&passes, 100);
    assert!(!results.is_empty() && results.iter().all(|one| one["kind"] == "pass"));
    let [(id, text)] = notices.as_slice() else { panic!("{notices:?}") };
    assert!(id == "filtered" && text.contains("--status pass"), "{text}");
}

#[test]
fn what_code_scanning_does_not_take_is_cut_and_counted() {
    let all = report(&[]);
    let (whole, _) = within(&all, 100);
    let rank = |result: &Json| {
        let severity = result["properties"]["severity"].as_str().unwrap();
        let severity = Severity::ALL.iter().position(|one| one.id() == severity).unwrap();
        let quiet = ["pass", "notApplicable"].contains(&result["kind"].as_str().unwrap());
        (quiet, std::cmp::Reverse(severity))
    };
    assert!(whole.is_sorted_by_key(rank));
    for limit in 0..whole.len() {
        let (results, notices) = within(&all, limit);
        assert_eq!(results, whole[..limit]);
        let (_, text) = notices.iter().find(|(id, _)| id == "omitted").unwrap();
        let total = whole.len();
        assert!(text.starts_with(&format!("The results hold {limit} of {total}")), "{text}");
        let left: usize = text
            .split_once("Left out: ")
            .unwrap()
            .1
            .split(", ")
            .map(|part| part.split(' ').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(left, total - limit, "{text}");
    }
    assert!(within(&all, whole.len()).1.iter().all(|(id, _)| id != "omitted"));
}
