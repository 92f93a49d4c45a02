//! Findings as events of the class [Compliance Finding](https://schema.ocsf.io/1.8.0/classes/compliance_finding) of
//! OCSF 1.8, one on each line.
//!
//! | Outcome | `compliance.status_id` | `status_id` | `severity_id` |
//! | --- | --- | --- | --- |
//! | pass | 1 Pass | 4 Resolved | 1 Informational |
//! | fail | 3 Fail | 1 New | that of the control |
//! | fail, excepted | 3 Fail | 99 Excepted | that of the control |
//! | not applicable | 99 Not Applicable | 4 Resolved | 1 Informational |
//! | unknown | 2 Warning: "did not yield a result due to missing information" | 1 New | that of the control |
//!
//! `compliance.status_id` is the result of the check. `status_id` is the
//! [life cycle of the finding](https://github.com/ocsf/ocsf-schema/blob/main/events/findings/finding.json) (read on
//! 2026-11-29): whether there is anything left to review or to do. A pass that is "New" would stand in every queue of open
//! findings.
//!
//! Each requirement that the control bears on is one of `compliance.checks`, with where it stands over all that was
//! audited: no finding alone can show that a requirement is met. Requirements that no control bears on have no place in
//! findings.

use std::collections::HashMap;
use std::io::{self, Write};

use posture_core::control::{Control, Evidence, Remedy, Severity};
use posture_core::exception::Exception;
use posture_core::frameworks::Strength;
use posture_core::gap::Gap;
use posture_core::judge::{Finding, Outcome};
use posture_core::params::{Params, Value};
use posture_core::provider::Provider;
use posture_core::provider_info::OcsfAccount;
use posture_core::report::{Report, State};
use posture_core::scope::Scope;
use posture_core::time::Time;
use serde::Serialize;

use crate::Providers;
use crate::shared::{Bears, bearings, fingerprint, identity, judged_by, standard};
use crate::stream::line;
use crate::words;

/// The version of the schema.
const VERSION: &str = "1.8.0";

/// Writes an event for every finding.
pub(crate) fn write(
    report: &Report<'_>,
    params: &Params,
    providers: Providers,
    mut out: impl Write,
) -> io::Result<()> {
    let bearings = bearings(report);
    let mut rules: HashMap<(Provider, &str), Rule> = HashMap::new();
    for provider in report.findings.providers() {
        for control in report.findings.controls() {
            let bears = bearings.get(control.id).map_or(&[][..], Vec::as_slice);
            rules.insert((provider, control.id), Rule::new(provider, control, params, bears));
        }
    }
    let none = Rule::default();
    let tool = &report.findings.header().tool;
    for finding in report.findings.iter() {
        let rule = rules.get(&(finding.scope.provider, finding.control.id)).unwrap_or(&none);
        line(&Event::new(&finding, rule, tool, providers), &mut out)?;
    }
    Ok(())
}

/// What is the same in all findings of a control on a provider.
#[derive(Default)]
struct Rule {
    standards: Vec<String>,
    requirements: Vec<String>,
    checks: Vec<Check>,
    parameters: Vec<Parameter>,
}

impl Rule {
    fn new(provider: Provider, control: &Control, params: &Params, bears: &[Bears<'_>]) -> Self {
        let bears = || bears.iter().filter(move |bears| bears.concerns(provider));
        let mut standards: Vec<String> = bears().map(|bears| standard(bears.framework)).collect();
        standards.dedup();
        let requirement = |bears: &Bears<'_>| {
            format!("{} {}", standard(bears.framework), bears.requirement.requirement.id)
        };
        Self {
            standards,
            requirements: bears().map(requirement).collect(),
            checks: bears().map(Check::new).collect(),
            parameters: params.in_force(control).into_iter().map(Parameter::new).collect(),
        }
    }
}

/// A requirement that the control bears on.
#[derive(Serialize)]
struct Check {
    uid: &'static str,
    name: &'static str,
    desc: String,
    standards: [String; 1],
    version: &'static str,
    status_id: u8,
    status: &'static str,
}

impl Check {
    fn new(bears: &Bears<'_>) -> Self {
        let row = bears.requirement;
        let part = match bears.strength {
            Strength::Full => "this control decides the requirement",
            Strength::Partial => "this control decides a part of the requirement",
            Strength::Supporting => "this control supports the requirement and decides nothing",
        };
        let (status_id, status) = match row.state {
            State::Met => (1, "Pass"),
            // All failures are excepted, and failures they are.
            State::NotMet | State::Excepted => (3, "Fail"),
            State::PartlyEvidenced => (99, "Partly Evidenced"),
            State::Indeterminate => (2, "Warning"),
            State::NotApplicable => (99, "Not Applicable"),
            State::NotAssessedOrganisational | State::NotAssessedNoControl => (0, "Unknown"),
        };
        Self {
            uid: row.requirement.id,
            name: row.requirement.title,
            desc: match judged_by(bears.bearing) {
                Some(by) => {
                    format!("{part}, {by}; over all that was audited it is {}", row.state)
                }
                None => format!("{part}; over all that was audited it is {}", row.state),
            },
            standards: [standard(bears.framework)],
            version: bears.framework.framework.version,
            status_id,
            status,
        }
    }
}

/// A threshold, as it was applied.
#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<String>>,
}

impl Parameter {
    fn new((name, value): (&'static str, Value)) -> Self {
        match value {
            Value::Number(number) => Self { name, value: Some(number.to_string()), values: None },
            Value::Names(names) => Self { name, value: None, values: Some(names) },
        }
    }
}

#[derive(Serialize)]
struct Event<'a> {
    activity_id: u8,
    activity_name: &'static str,
    category_uid: u8,
    category_name: &'static str,
    class_uid: u16,
    class_name: &'static str,
    type_uid: u32,
    type_name: &'static str,
    time: i64,
    severity_id: u8,
    severity: &'static str,
    status_id: u8,
    status: &'static str,
    message: String,
    metadata: Metadata<'a>,
    finding_info: FindingInfo<'a>,
    compliance: Compliance<'a>,
    resources: [Resource<'a>; 1],
    cloud: Cloud<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Remediation<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidences: Vec<Artifact<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enrichments: Option<[Enrichment<'a>; 1]>,
    unmapped: Unmapped,
}

#[derive(Serialize)]
struct Metadata<'a> {
    version: &'static str,
    profiles: [&'static str; 1],
    uid: String,
    product: Product<'a>,
}

#[derive(Serialize)]
struct Product<'a> {
    name: &'static str,
    vendor_name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct FindingInfo<'a> {
    uid: String,
    title: &'a str,
    desc: &'a str,
    created_time: i64,
    analytic: Analytic<'a>,
}

#[derive(Serialize)]
struct Analytic<'a> {
    uid: &'a str,
    name: &'a str,
    category: &'a str,
    type_id: u8,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Compliance<'a> {
    control: &'a str,
    desc: &'a str,
    category: &'a str,
    status_id: u8,
    status: &'static str,
    status_code: &'static str,
    status_details: Vec<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    standards: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    requirements: &'a [String],
    #[serde(skip_serializing_if = "<[Check]>::is_empty")]
    checks: &'a [Check],
    #[serde(skip_serializing_if = "<[Parameter]>::is_empty")]
    control_parameters: &'a [Parameter],
}

#[derive(Serialize)]
struct Resource<'a> {
    uid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    cloud_partition: &'a str,
}

#[derive(Serialize)]
struct Cloud<'a> {
    provider: &'static str,
    account: Account<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    cloud_partition: &'a str,
}

#[derive(Serialize)]
struct Account<'a> {
    uid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    type_id: u8,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Remediation<'a> {
    desc: String,
    references: &'a [&'a str],
}

/// What decided a failure, or what could not be read.
#[derive(Serialize)]
struct Artifact<'a> {
    name: &'a str,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Fact { found: &'a str, expected: &'a str },
    Gap(&'a Gap),
}

/// An exception, to the letter; the comment has it in words.
#[derive(Serialize)]
struct Enrichment<'a> {
    name: &'static str,
    value: String,
    #[serde(rename = "type")]
    kind: &'static str,
    provider: &'static str,
    data: Accepted<'a>,
}

#[derive(Serialize)]
struct Accepted<'a> {
    owner: &'a str,
    reason: &'a str,
    expires: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compensating_control: Option<&'a str>,
}

/// What has no attribute of its own.
#[derive(Serialize)]
struct Unmapped {
    outcome: &'static str,
    control_severity: &'static str,
    kind: &'static str,
}

impl<'a> Event<'a> {
    fn new(finding: &Finding<'a>, rule: &'a Rule, tool: &'a str, providers: Providers) -> Self {
        let Finding { control, scope, subject, .. } = *finding;
        let (outcome, status_id, status) = match finding.outcome {
            Outcome::Pass => ("pass", 1, "Pass"),
            Outcome::Fail(_) => ("fail", 3, "Fail"),
            Outcome::NotApplicable(_) => ("not-applicable", 99, "Not Applicable"),
            Outcome::Unknown(_) => ("unknown", 2, "Warning"),
        };
        let (status_of_finding, life) = life(finding);
        let (severity_id, severity) = severity(finding);
        let time = milliseconds(scope.finished);
        let region = subject.and_then(|subject| subject.region);
        let compliance = Compliance {
            control: control.id,
            desc: control.title,
            category: control.area(),
            status_id,
            status,
            status_code: outcome,
            status_details: details(finding),
            standards: &rule.standards,
            requirements: &rule.requirements,
            checks: &rule.checks,
            control_parameters: &rule.parameters,
        };
        let uid = format!("{}|{time}", identity(finding).join("|"));
        Self {
            activity_id: 1,
            activity_name: "Create",
            category_uid: 2,
            category_name: "Findings",
            class_uid: 2003,
            class_name: "Compliance Finding",
            type_uid: 200_301,
            type_name: "Compliance Finding: Create",
            time,
            severity_id,
            severity,
            status_id: status_of_finding,
            status: life,
            message: format!("{status}: {}: {}", control.title, words::subject(finding, providers)),
            metadata: Metadata {
                version: VERSION,
                profiles: ["cloud"],
                uid,
                product: Product { name: "posture", vendor_name: "posture", version: tool },
            },
            finding_info: FindingInfo {
                uid: fingerprint(finding),
                title: control.title,
                desc: control.rationale,
                created_time: time,
                analytic: Analytic {
                    uid: control.id,
                    name: control.title,
                    category: control.area(),
                    type_id: 1,
                    kind: "Rule",
                },
            },
            compliance,
            resources: [Resource {
                uid: subject.map_or(scope.id.as_str(), |subject| subject.id),
                name: subject.map_or(scope.name.as_deref(), |subject| Some(subject.name)),
                kind: subject.map_or(words::level(scope, providers), |subject| subject.kind.id()),
                region,
                cloud_partition: &scope.partition,
            }],
            cloud: Cloud {
                provider: scope.provider.name(),
                account: account(scope, providers),
                region,
                cloud_partition: &scope.partition,
            },
            remediation: remediation(finding),
            evidences: artifacts(finding),
            comment: finding.exception.map(words::accepted),
            enrichments: finding.exception.map(|exception| [enrichment(finding, exception)]),
            unmapped: Unmapped {
                outcome,
                control_severity: control.severity.id(),
                kind: finding.kind().id(),
            },
        }
    }
}

/// Where a finding stands in its life: what was accepted is no false positive, so that it is not "Suppressed".
fn life(finding: &Finding<'_>) -> (u8, &'static str) {
    match finding.outcome {
        Outcome::Fail(_) if finding.exception.is_some() => (99, "Excepted"),
        Outcome::Fail(_) | Outcome::Unknown(_) => (1, "New"),
        Outcome::Pass | Outcome::NotApplicable(_) => (4, "Resolved"),
    }
}

/// Only what asks for something has the severity of the control: whoever is woken by a critical event shall not be
/// woken by a pass.
fn severity(finding: &Finding<'_>) -> (u8, &'static str) {
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable(_) => (1, "Informational"),
        Outcome::Fail(_) | Outcome::Unknown(_) => match finding.control.severity {
            Severity::Low => (2, "Low"),
            Severity::Medium => (3, "Medium"),
            Severity::High => (4, "High"),
            Severity::Critical => (5, "Critical"),
        },
    }
}

fn details(finding: &Finding<'_>) -> Vec<String> {
    let mut details: Vec<String> = match finding.outcome {
        Outcome::Pass => Vec::new(),
        Outcome::Fail(evidence) => evidence.iter().map(words::evidence).collect(),
        Outcome::NotApplicable(why) => vec![(*why).to_owned()],
        Outcome::Unknown(_) => {
            vec![format!("could not be determined: {}", words::unknown(finding))]
        }
    };
    details.extend(finding.exception.map(words::accepted));
    details
}

fn artifacts<'a>(finding: &Finding<'a>) -> Vec<Artifact<'a>> {
    let fact = |evidence: &'a Evidence| {
        let Evidence { fact, found, expected } = evidence;
        Artifact { name: fact, data: Data::Fact { found, expected } }
    };
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable(_) => Vec::new(),
        Outcome::Fail(evidence) => evidence.iter().map(fact).collect(),
        Outcome::Unknown(_) => {
            let gap = finding.gap();
            gap.map(|gap| Artifact { name: "gap", data: Data::Gap(gap) }).into_iter().collect()
        }
    }
}

fn remediation<'a>(finding: &Finding<'a>) -> Option<Remediation<'a>> {
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => None,
        Outcome::Fail(_) => {
            let Remedy { text, console, command } =
                finding.control.remedy(finding.scope.provider)?;
            let desc = format!("{text}\nConsole: {console}\nCommand: {command}");
            Some(Remediation { desc, references: finding.control.references })
        }
    }
}

fn enrichment<'a>(finding: &Finding<'a>, exception: &'a Exception) -> Enrichment<'a> {
    let Exception { owner, reason, expires, ticket, compensating_control, .. } = exception;
    Enrichment {
        name: "finding_info.uid",
        value: finding.id(),
        kind: "exception",
        provider: "posture",
        data: Accepted {
            owner,
            reason,
            expires: *expires,
            ticket: ticket.as_deref(),
            compensating_control: compensating_control.as_deref(),
        },
    }
}

fn account(scope: &Scope, providers: Providers) -> Account<'_> {
    let OcsfAccount { type_id, name: kind } = (providers(scope.provider).ocsf_account)(scope.level);
    Account { uid: &scope.id, name: scope.name.as_deref(), type_id, kind }
}

/// Milliseconds since 1970.
fn milliseconds(time: Time) -> i64 {
    i64::try_from(Time::from_unix(0).until(time).as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tests::{providers, report};

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
        insta::assert_snapshot!(text());
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
            assert_eq!(event["finding_info"]["uid"], fingerprint(&finding));
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
    fn events_tell_each_other_apart() {
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
}
