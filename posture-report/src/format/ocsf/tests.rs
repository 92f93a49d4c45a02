//! OCSF of one report that holds every outcome.

use posture_core::judge::Outcome;
use posture_core::params::Params;
use posture_core::report::State;
use posture_core::time::Time;
use serde_json::Value;

use super::event::milliseconds;
use super::write;
use crate::shared::standard;
use crate::tests::{assert_parts, providers, report};

fn text() -> String {
    let mut out = Vec::new();
    write(&report(&["csf", "cis-aws"]), &Params::default(), providers, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn events() -> Vec<Value> {
    text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_finding_is_an_event_on_one_line() {
    assert_parts("ocsf", &text(), |_, rest| {
        let event: Value = serde_json::from_str(rest.lines().next()?).unwrap();
        Some(event["compliance"]["status"].as_str().unwrap().to_lowercase().replace(' ', "-"))
    });
    assert_eq!(text().lines().count(), report(&[]).findings.iter().count());
}

#[test]
fn every_outcome_has_its_status() {
    let mut seen = std::collections::BTreeSet::new();
    for (finding, event) in report(&[]).findings.iter().zip(events()) {
        let status = &event["compliance"]["status_id"];
        let informational = event["severity_id"] == 1;
        let has = |name: &str| event.get(name).is_some();
        match finding.outcome {
            Outcome::Pass => {
                assert_eq!(status, 1);
                assert_eq!(
                    (&event["status_id"], &event["status"]),
                    (&4.into(), &"Resolved".into())
                );
                assert!(informational && !has("evidences"));
            }
            Outcome::Fail(_) => {
                assert_eq!(status, 3);
                assert!(!informational && has("evidences") && has("remediation"));
                let excepted = finding.exception.is_some();
                assert_eq!(event["status"], if excepted { "Excepted" } else { "New" });
                assert_eq!(event["status_id"], if excepted { 99 } else { 1 });
                assert_eq!(has("comment") && has("enrichments"), excepted);
            }
            Outcome::NotApplicable(_) => {
                assert_eq!(status, 99);
                assert_eq!(event["status_id"], 4);
                assert!(informational);
            }
            Outcome::Unknown(_) => {
                assert_eq!(status, 2);
                assert_eq!(event["status_id"], 1);
                assert!(!informational);
                assert_eq!(event["evidences"][0]["name"], "gap");
            }
        }
        assert_eq!(event["finding_info"]["uid"], finding.id());
        seen.insert((event["unmapped"]["outcome"].to_string(), finding.exception.is_some()));
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
}

#[test]
fn a_check_passes_only_where_its_requirement_is_met() {
    let report = report(&["csf", "cis-aws"]);
    let mut checks = 0;
    for event in events() {
        for check in event["compliance"]["checks"].as_array().into_iter().flatten() {
            let framework = report
                .frameworks
                .iter()
                .find(|framework| check["standards"][0] == standard(framework))
                .unwrap();
            let row = framework
                .requirements
                .iter()
                .find(|row| check["uid"] == row.requirement.id)
                .unwrap();
            assert_eq!(check["status_id"] == 1, row.state == State::Met, "{check}");
            checks += 1;
        }
    }
    assert!(checks > 0);
}

#[test]
fn hostile_names_end_no_line_and_turn_no_text() {
    let text = text();
    let odd = text.chars().find(|c| *c != '\n' && crate::text::is_unsafe(*c));
    assert_eq!(odd, None);
    let named = |event: &Value| event["resources"][0]["name"] == "=cmd|'/c calc'!A1\u{202e}";
    assert!(events().iter().any(named), "the name stays what it is");
}

#[test]
fn events_are_distinguished() {
    let mut uids: Vec<String> =
        events().iter().map(|event| event["metadata"]["uid"].to_string()).collect();
    uids.sort_unstable();
    let all = uids.len();
    uids.dedup();
    assert_eq!(uids.len(), all);
}

#[test]
fn time_is_in_milliseconds() {
    assert_eq!(milliseconds("1970-01-01T00:00:01.5Z".parse().unwrap()), 1_500);
    assert_eq!(milliseconds(Time::from_unix(-1)), -1_000);
}
