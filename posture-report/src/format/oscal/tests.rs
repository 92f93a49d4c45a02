//! OSCAL of one report that holds every outcome.

use std::collections::BTreeSet;

use posture_core::frameworks;
use posture_core::judge::Outcome;
use posture_core::params::Params;
use posture_core::report::State;
use serde_json::Value;

use super::findings::is_failure;
use super::requirements::{control_id, statement_id};
use super::text::{code, string};
use super::{write, write_poam};
use crate::tests::{assert_parts, member, object_with, providers, report};

fn results(names: &[&str]) -> (String, Value) {
    let mut out = Vec::new();
    write(&report(names), &Params::default(), providers, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let value = serde_json::from_str::<Value>(&text).unwrap()["assessment-results"].take();
    (text, value)
}

fn poam() -> (String, Value) {
    let mut out = Vec::new();
    write_poam(&report(&["csf"]), providers, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    (text, value["plan-of-action-and-milestones"].take())
}

fn property<'v>(of: &'v Value, name: &str) -> Option<&'v str> {
    let props = of["props"].as_array()?;
    props.iter().find(|prop| prop["name"] == name)?["value"].as_str()
}

/// Every identifier that a document gives to something, and every one that it refers to.
fn identifiers(value: &Value, given: &mut Vec<String>, meant: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| identifiers(item, given, meant)),
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member.as_str()) {
                    ("uuid", Some(uuid)) => given.push(uuid.to_owned()),
                    ("href", Some(href)) => {
                        meant.extend(href.strip_prefix('#').map(str::to_owned));
                    }
                    (name, Some(uuid)) if name.ends_with("-uuid") => {
                        meant.insert(uuid.to_owned());
                    }
                    _ => identifiers(member, given, meant),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn results_name_what_was_and_what_was_not_reviewed() {
    assert_parts("oscal", &results(&["csf", "cis-aws"]).0, |part, rest| {
        let outcome = object_with(rest, 5, &["\"name\": \"outcome\"", "\"value\": \""]);
        let outcome = outcome.filter(|_| part.starts_with("observations"));
        outcome.map(|outcome| format!("observations-{outcome}")).or_else(|| member(rest, 4))
    });
}

#[test]
fn a_plan_has_an_item_for_each_failure() {
    let (text, plan) = poam();
    assert_parts("oscal-poam", &text, |_, rest| member(rest, 2));
    let report = report(&[]);
    let failures: Vec<_> = report.findings.iter().filter(is_failure).collect();
    let items = plan["poam-items"].as_array().unwrap();
    assert_eq!(items.len(), failures.len());
    for (item, finding) in items.iter().zip(failures) {
        assert_eq!(property(item, "finding"), Some(finding.id().as_str()));
        let owner = finding.exception.map(|exception| exception.owner.as_str());
        assert_eq!(property(item, "exception-owner"), owner);
    }
}

#[test]
fn identifiers_are_marked_unique_and_resolve() {
    for value in [results(&["csf", "ccm", "cis-aws"]).1, results(&[]).1, poam().1] {
        let (mut given, mut meant) = (Vec::new(), BTreeSet::new());
        identifiers(&value, &mut given, &mut meant);
        let unique: BTreeSet<String> = given.iter().cloned().collect();
        assert_eq!(unique.len(), given.len());
        assert!(meant.is_subset(&unique), "{:?}", meant.difference(&unique));
        for uuid in unique {
            assert_eq!((uuid.len(), &uuid[14..15]), (36, "5"), "{uuid}");
            assert!("89ab".contains(&uuid[19..20]), "{uuid}");
        }
    }
    assert_eq!(results(&["csf"]).0, results(&["csf"]).0);
}

#[test]
fn only_what_is_met_is_satisfied() {
    let report = report(&["csf", "cis-aws", "fsbp"]);
    let (_, value) = results(&["csf", "cis-aws", "fsbp"]);
    let findings = value["results"][0]["findings"].as_array().unwrap();
    let mut states = BTreeSet::new();
    for framework in &report.frameworks {
        for row in &framework.requirements {
            let id = statement_id(framework.framework, row.requirement);
            let found = findings.iter().find(|finding| finding["target"]["target-id"] == *id);
            let assessed = !matches!(
                row.state,
                State::NotAssessedOrganizational | State::NotAssessedNoControl
            );
            assert_eq!(found.is_some(), assessed, "{id}");
            let Some(found) = found else { continue };
            let status = &found["target"]["status"];
            let (state, reason) = match row.state {
                State::Met => ("satisfied", "pass"),
                State::NotMet | State::Excepted => ("not-satisfied", "fail"),
                State::PartlyEvidenced | State::Indeterminate | State::NotApplicable => {
                    ("not-satisfied", "other")
                }
                State::NotAssessedOrganizational | State::NotAssessedNoControl => continue,
            };
            assert_eq!((&status["state"], &status["reason"]), (&state.into(), &reason.into()));
            if row.state == State::Excepted {
                assert!(!found["related-risks"].as_array().unwrap().is_empty());
            }
            states.insert(row.state);
        }
    }
    assert!(states.len() > 2, "{states:?}");
}

#[test]
fn every_outcome_is_an_observation() {
    let report = report(&["csf"]);
    let (_, value) = results(&["csf"]);
    let observations = value["results"][0]["observations"].as_array().unwrap();
    let mut seen = BTreeSet::new();
    for (finding, observation) in report.findings.iter().zip(observations) {
        let outcome = property(observation, "outcome").unwrap();
        let expected = match finding.outcome {
            Outcome::Pass => "pass",
            Outcome::Fail(_) => "fail",
            Outcome::NotApplicable(_) => "not-applicable",
            Outcome::Unknown(_) => "unknown",
        };
        assert_eq!(outcome, expected);
        assert_eq!(observation.get("relevant-evidence").is_some(), outcome == "fail");
        assert_eq!(property(observation, "reason").is_some(), outcome == "unknown");
        assert_eq!(observation.get("remarks").is_some(), finding.exception.is_some());
        seen.insert(outcome);
    }
    assert_eq!(seen.len(), 4);
    assert_eq!(observations.len(), report.findings.iter().count());
}

#[test]
fn each_requirement_of_each_framework_has_an_id_of_its_own() {
    let mut ids = BTreeSet::new();
    let mut total = 0;
    for framework in frameworks::all() {
        for requirement in framework.requirements {
            let id = control_id(framework, requirement);
            assert!(id.starts_with(|c: char| c.is_ascii_alphabetic()), "{id}");
            assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)), "{id}");
            ids.insert(id);
            total += 1;
        }
    }
    assert_eq!(ids.len(), total);
    let nist = frameworks::find("800-53").unwrap();
    let enhancement = nist.requirement("AC-2(1)").unwrap();
    assert_eq!(statement_id(nist, enhancement), "ac-2.1_smt");
    let csf = frameworks::find("csf").unwrap();
    assert_eq!(statement_id(csf, csf.requirement("PR.AA-05").unwrap()), "PR.AA-05_statement");
}

#[test]
fn hostile_text_is_shown_as_it_is_and_means_nothing() {
    for (text, shown) in [
        ("a`<b>`", "`a\\u{60}<b>\\u{60}`"),
        ("[x](javascript:1)\n# y", "`[x](javascript:1)\\n# y`"),
        ("{{{ insert: param, x }}", "`{\\u{7b}{ insert: param, x }}`"),
        (" ", "(empty)"),
    ] {
        assert_eq!(code(text), shown);
    }
    for (text, shown) in
        [("", "(empty)"), (" a", "\" a\""), ("a\u{a0}", "\"a\u{a0}\""), ("a\r\nb", "a\\r\\nb")]
    {
        assert_eq!(string(text), shown);
    }
    for text in [results(&["csf"]).0, poam().0] {
        let odd = text.chars().find(|c| *c != '\n' && crate::text::is_unsafe(*c));
        assert_eq!(odd, None);
        assert!(text.contains("`=cmd|'/c calc'!A1\\\\u{202e}`"), "the name is there");
    }
}
