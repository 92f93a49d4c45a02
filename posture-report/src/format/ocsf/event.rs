//! Findings as events.

use posture_core::control::{Evidence, Remedy, Severity};
use posture_core::exception::Exception;
use posture_core::judge::{Finding, Outcome};
use posture_core::provider_info::OcsfAccount;
use posture_core::scope::Scope;
use posture_core::time::Time;

use super::model::{
    Accepted, Account, Analytic, Artifact, Cloud, Compliance, Data, Enrichment, Event, FindingInfo,
    Metadata, Product, Remediation, Resource, Rule, Unmapped,
};
use crate::providers::Providers;
use crate::words;

/// The version of the schema.
pub(super) const VERSION: &str = "1.8.0";

impl<'a> Event<'a> {
    pub(super) fn new(
        finding: &Finding<'a>,
        rule: &'a Rule,
        tool: &'a str,
        providers: Providers,
    ) -> Self {
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
        let uid = format!("{}|{time}", finding.id());
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
            message: format!(
                "{status}: {}: {}",
                finding.headline(),
                words::subject(finding, providers)
            ),
            metadata: Metadata {
                version: VERSION,
                profiles: ["cloud"],
                uid,
                product: Product { name: "posture", vendor_name: "posture", version: tool },
            },
            finding_info: FindingInfo {
                uid: finding.id(),
                title: finding.headline(),
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
                partial: false,
            },
        }
    }
}

/// The state of a finding in its life cycle: an accepted failure is not a false positive, so that it is not "Suppressed".
pub(super) fn life(finding: &Finding<'_>) -> (u8, &'static str) {
    match finding.outcome {
        Outcome::Fail(_) if finding.exception.is_some() => (99, "Excepted"),
        Outcome::Fail(_) | Outcome::Unknown(_) => (1, "New"),
        Outcome::Pass | Outcome::NotApplicable(_) => (4, "Resolved"),
    }
}

/// Only what requires action has the severity of the control: a user who is alerted by critical events must not be
/// alerted by a pass.
pub(super) fn severity(finding: &Finding<'_>) -> (u8, &'static str) {
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

pub(super) fn details(finding: &Finding<'_>) -> Vec<String> {
    let mut details: Vec<String> = match finding.outcome {
        Outcome::Pass => Vec::new(),
        Outcome::Fail(evidence) => evidence.iter().map(words::evidence).collect(),
        Outcome::NotApplicable(why) => vec![why.to_string()],
        Outcome::Unknown(_) => {
            vec![format!("unknown: {}", words::unknown(finding))]
        }
    };
    details.extend(finding.exception.map(words::accepted));
    details
}

pub(super) fn artifacts<'a>(finding: &Finding<'a>) -> Vec<Artifact<'a>> {
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

pub(super) fn remediation<'a>(finding: &Finding<'a>) -> Option<Remediation<'a>> {
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => None,
        Outcome::Fail(_) => {
            let Remedy { text, console, command } =
                finding.control.remedy(finding.scope.provider)?;
            let (title, line) = (command.title(), command.line());
            let place = finding.scope.provider.place_of_settings();
            let desc = format!("{text}\n{place}: {console}\n{title}: {line}");
            Some(Remediation { desc, references: finding.control.references })
        }
    }
}

pub(super) fn enrichment<'a>(finding: &Finding<'a>, exception: &'a Exception) -> Enrichment<'a> {
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

pub(super) fn account(scope: &Scope, providers: Providers) -> Account<'_> {
    let OcsfAccount { type_id, name: kind } = providers(scope.provider).ocsf_account(scope.level);
    Account { uid: &scope.id, name: scope.name.as_deref(), type_id, kind }
}

/// Milliseconds since 1970.
pub(super) fn milliseconds(time: Time) -> i64 {
    i64::try_from(Time::from_unix(0).until(time).as_millis()).unwrap_or(i64::MAX)
}
