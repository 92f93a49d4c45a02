//! Findings about AWS in the [AWS Security Finding Format][format], version 2018-10-08, as an import for AWS Security
//! Hub: `BatchImportFindings` takes a hundred at a time, of one account and region.
//!
//! | Outcome | `Compliance.Status` | `Severity.Label` |
//! | --- | --- | --- |
//! | pass | `PASSED`, and `Workflow.Status` is `RESOLVED` | `INFORMATIONAL`: "no issue was found" |
//! | fail | `FAILED` | that of the control |
//! | fail, excepted | `FAILED`, and `Workflow.Status` is `SUPPRESSED` | that of the control |
//! | not applicable | `NOT_AVAILABLE` | `INFORMATIONAL` |
//! | unknown | `WARNING`: "some information is missing" | that of the control |
//!
//! A note records by whom, until when and why a failure was accepted. Security Hub keeps the workflow and the note of a
//! finding that it has already, so that the exception is in `ProductFields` as well.
//!
//! [format]: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use posture_core::control::{Remedy, Severity};
use posture_core::exception::Exception;
use posture_core::gap::Gap;
use posture_core::judge::{Finding, Outcome};
use posture_core::provider::Provider;
use posture_core::provider_info::Asff;
use posture_core::report::Report;
use posture_core::resource::Kind;
use posture_core::scope::Scope;
use posture_core::text::clip;
use posture_core::time::Time;
use serde::Serialize;

use crate::providers::Providers;
use crate::shared::{MappedRequirement, bearings, clip_id};
use crate::stream::{LazySeq, pretty};
use crate::words;

/// The version of the format.
const VERSION: &str = "2018-10-08";

// How much of each the service takes: characters, or the items of a list.
const ID: usize = 512;
const TITLE: usize = 256;
const DESCRIPTION: usize = 1_024;
const TEXT: usize = 512;
const FIELD: usize = 2_048;
const OTHER: usize = 1_024;
const REQUIREMENTS: usize = 32;

/// Writes every finding about a provider whose resources the format can hold.
pub(crate) fn write(report: &Report<'_>, providers: Providers, out: impl Write) -> io::Result<()> {
    let bearings = bearings(report);
    let mut related: HashMap<(Provider, &str), Related> = HashMap::new();
    for provider in report.findings.providers() {
        for (control, mapped) in &bearings {
            related.insert((provider, *control), Related::new(provider, mapped));
        }
    }
    let (related, none) = (&related, &Related::default());
    let partial = report.findings.header().partial;
    let import = Import {
        findings: LazySeq::new(move || {
            report.findings.iter().filter_map(move |finding| {
                let provider = finding.scope.provider;
                let asff = providers(provider).asff.as_ref()?;
                let related = related.get(&(provider, finding.control.id)).unwrap_or(none);
                let mut imported = Imported::new(&finding, asff, related, providers);
                if partial {
                    imported.product_fields.insert("posture/partial", "yes".to_owned());
                }
                Some(imported)
            })
        }),
    };
    pretty(&import, out)
}

/// The requirements that a control maps to, the most decided first.
#[derive(Default)]
struct Related {
    /// As many as the format takes.
    first: Vec<String>,
    /// All of them.
    all: String,
}

impl Related {
    fn new(provider: Provider, mapped: &[MappedRequirement<'_>]) -> Self {
        let mut mapped: Vec<&MappedRequirement<'_>> =
            mapped.iter().filter(|mapped| mapped.concerns(provider)).collect();
        mapped.sort_by_key(|mapped| Reverse(mapped.strength));
        let name = |mapped: &&MappedRequirement<'_>| {
            format!("{}:{}", mapped.framework.framework.id, mapped.requirement.requirement.id)
        };
        let names: Vec<String> = mapped.iter().map(name).collect();
        Self { all: names.join(" "), first: names.into_iter().take(REQUIREMENTS).collect() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Import<'a> {
    findings: LazySeq<'a, Imported<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Imported<'a> {
    schema_version: &'static str,
    id: String,
    product_arn: String,
    product_name: &'static str,
    generator_id: String,
    aws_account_id: &'a str,
    types: [&'static str; 1],
    created_at: Time,
    updated_at: Time,
    last_observed_at: Time,
    severity: Label,
    title: String,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Remediation>,
    resources: [Resource<'a>; 1],
    compliance: Compliance<'a>,
    workflow: Workflow,
    record_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Note>,
    product_fields: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Label {
    label: &'static str,
    original: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Remediation {
    recommendation: Recommendation,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Recommendation {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Resource<'a> {
    #[serde(rename = "Type")]
    kind: &'static str,
    id: String,
    partition: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    details: Details,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    other: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Compliance<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status_reasons: Vec<StatusReason>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    related_requirements: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatusReason {
    reason_code: String,
    description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Workflow {
    status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Note {
    text: String,
    updated_by: &'static str,
    updated_at: Time,
}

impl<'a> Imported<'a> {
    fn new(finding: &Finding<'a>, asff: &Asff, related: &'a Related, providers: Providers) -> Self {
        let Finding { control, scope, subject, .. } = *finding;
        let region = subject.and_then(|subject| subject.region);
        let (outcome, status, reasons) = verdict(finding);
        let note = |exception: &Exception| Note {
            text: clip(&words::accepted(exception), TEXT),
            updated_by: "posture",
            updated_at: scope.finished,
        };
        Self {
            schema_version: VERSION,
            id: clip_id(&finding.id(), ID),
            product_arn: product(scope, region, asff),
            product_name: "posture",
            generator_id: format!("posture/{}", control.id),
            aws_account_id: &scope.id,
            types: ["Software and Configuration Checks/Industry and Regulatory Standards"],
            created_at: scope.finished,
            updated_at: scope.finished,
            last_observed_at: scope.finished,
            severity: Label { label: severity(finding), original: control.severity.id() },
            title: clip(finding.headline(), TITLE),
            description: description(finding, &reasons, providers),
            remediation: remediation(finding, asff),
            resources: [resource(finding, asff)],
            compliance: Compliance {
                status,
                status_reasons: reasons,
                related_requirements: &related.first,
            },
            workflow: Workflow {
                status: match finding.outcome {
                    Outcome::Fail(_) if finding.exception.is_some() => "SUPPRESSED",
                    // As Security Hub does with passes of its own controls.
                    Outcome::Pass => "RESOLVED",
                    Outcome::Fail(_) | Outcome::NotApplicable(_) | Outcome::Unknown(_) => "NEW",
                },
            },
            record_state: "ACTIVE",
            note: finding.exception.map(note),
            product_fields: fields(finding, outcome, related),
        }
    }
}

/// What became of a finding, what Security Hub calls that, and why it is so.
fn verdict(finding: &Finding<'_>) -> (&'static str, &'static str, Vec<StatusReason>) {
    let reason = |code: &str, description: String| StatusReason {
        reason_code: code.to_owned(),
        description: clip(&description, DESCRIPTION),
    };
    match finding.outcome {
        Outcome::Pass => ("pass", "PASSED", Vec::new()),
        Outcome::Fail(evidence) => {
            let evidence = evidence
                .iter()
                .map(|evidence| reason(&evidence.fact.to_uppercase(), words::evidence(evidence)));
            ("fail", "FAILED", evidence.collect())
        }
        Outcome::NotApplicable(why) => {
            ("not-applicable", "NOT_AVAILABLE", vec![reason("NOT_APPLICABLE", why.to_string())])
        }
        Outcome::Unknown(_) => {
            let why = format!("Unknown: {}", words::unknown(finding));
            ("unknown", "WARNING", vec![reason(&code(finding.gap()), why)])
        }
    }
}

/// The cause of a gap in the form of a code.
fn code(gap: Option<&Gap>) -> String {
    let words = gap.map_or("unread", |gap| gap.reason.words());
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    words.chars().map(letter).collect()
}

fn severity(finding: &Finding<'_>) -> &'static str {
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable(_) => "INFORMATIONAL",
        Outcome::Fail(_) | Outcome::Unknown(_) => match finding.control.severity {
            Severity::Low => "LOW",
            Severity::Medium => "MEDIUM",
            Severity::High => "HIGH",
            Severity::Critical => "CRITICAL",
        },
    }
}

fn description(finding: &Finding<'_>, reasons: &[StatusReason], providers: Providers) -> String {
    let subject = words::subject(finding, providers);
    let mut text = format!("{subject}. {}", finding.control.rationale);
    for reason in reasons {
        text.push(' ');
        text.push_str(&reason.description);
    }
    clip(&text, DESCRIPTION)
}

fn remediation(finding: &Finding<'_>, asff: &Asff) -> Option<Remediation> {
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => None,
        Outcome::Fail(_) => {
            let Remedy { text, console, .. } = finding.control.remedy(finding.scope.provider)?;
            let text = clip(&format!("{text} Console: {console}"), TEXT);
            let mut references = finding.control.references.iter().copied();
            let url = references.find(|url| url.starts_with(asff.documentation));
            Some(Remediation { recommendation: Recommendation { text, url } })
        }
    }
}

/// The default product of the account, which may import the account's findings.
fn product(scope: &Scope, region: Option<&str>, asff: &Asff) -> String {
    let region = region.unwrap_or_else(|| (asff.home_region)(&scope.partition));
    let (partition, account) = (&scope.partition, &scope.id);
    format!("arn:{partition}:securityhub:{region}:{account}:product/{account}/default")
}

/// The resource; for what is about a list or about the account itself, the account.
fn resource<'a>(finding: &Finding<'a>, asff: &Asff) -> Resource<'a> {
    let scope = finding.scope;
    let account = || (asff.account_type, format!("{}{}", asff.account_prefix, scope.id));
    let (kind, id) = match finding.subject {
        Some(subject) if subject.kind != Kind::Account => {
            ((asff.resource_type)(subject.kind), clip_id(subject.id, ID))
        }
        Some(_) | None => account(),
    };
    let mut other = BTreeMap::from([("Kind", finding.kind().id().to_owned())]);
    if let Some(subject) = finding.subject.filter(|subject| !is_blank(subject.name)) {
        other.insert("Name", clip(subject.name, OTHER));
    }
    Resource {
        kind,
        id,
        partition: &scope.partition,
        region: finding.region(),
        details: Details { other },
    }
}

fn fields(
    finding: &Finding<'_>,
    outcome: &'static str,
    related: &Related,
) -> BTreeMap<&'static str, String> {
    let mut fields = BTreeMap::from([
        ("posture/control", finding.control.id.to_owned()),
        ("posture/finding", finding.id()),
        ("posture/outcome", outcome.to_owned()),
        ("posture/requirements", related.all.clone()),
    ]);
    if let Some(gap) = finding.gap() {
        fields.insert("posture/gap-action", gap.action.clone());
        fields.insert("posture/gap-reason", gap.reason.words().to_owned());
        fields.extend(gap.code.clone().map(|code| ("posture/gap-code", code)));
        fields.extend(gap.detail.clone().map(|detail| ("posture/gap-detail", detail)));
    }
    if let Some(exception) = finding.exception {
        fields.insert("posture/exception-owner", exception.owner.clone());
        fields.insert("posture/exception-reason", exception.reason.clone());
        fields.insert("posture/exception-expires", exception.expires.to_string());
        let ticket = exception.ticket.clone();
        fields.extend(ticket.map(|ticket| ("posture/exception-ticket", ticket)));
        let instead = exception.compensating_control.clone();
        fields.extend(instead.map(|instead| ("posture/compensating-control", instead)));
    }
    // The service takes no blank value.
    fields.retain(|_, value| !is_blank(value));
    for value in fields.values_mut() {
        *value = clip(value, FIELD);
    }
    fields
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tests::{assert_parts, object_with, providers, report};

    fn text(names: &[&str]) -> String {
        let mut out = Vec::new();
        write(&report(names), providers, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn findings() -> Vec<Value> {
        let mut import: Value = serde_json::from_str(&text(&["csf", "cis-aws"])).unwrap();
        match import["Findings"].take() {
            Value::Array(findings) => findings,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn an_import_for_security_hub() {
        assert_parts("asff", &text(&["csf", "cis-aws"]), |_, rest| {
            object_with(rest, 2, &["\"Compliance\": {", "\"Status\": \""])
        });
    }

    #[test]
    fn every_outcome_has_its_status() {
        let mut seen = std::collections::BTreeSet::new();
        let report = report(&[]);
        assert_eq!(report.findings.iter().count(), findings().len());
        for (finding, imported) in report.findings.iter().zip(findings()) {
            let status = imported["Compliance"]["Status"].as_str().unwrap().to_owned();
            let expected = match finding.outcome {
                Outcome::Pass => "PASSED",
                Outcome::Fail(_) => "FAILED",
                Outcome::NotApplicable(_) => "NOT_AVAILABLE",
                Outcome::Unknown(_) => "WARNING",
            };
            assert_eq!(status, expected);
            let excepted = finding.exception.is_some();
            let workflow = match finding.outcome {
                Outcome::Pass => "RESOLVED",
                _ if excepted => "SUPPRESSED",
                _ => "NEW",
            };
            assert_eq!(imported["Workflow"]["Status"], workflow);
            assert_eq!(imported.get("Note").is_some(), excepted);
            if let Some(exception) = finding.exception {
                let text = imported["Note"]["Text"].as_str().unwrap();
                assert!(text.contains(&exception.owner) && text.contains("2027-01-31"), "{text}");
                let fields = &imported["ProductFields"];
                assert_eq!(fields["posture/exception-reason"], exception.reason);
            }
            let informational = imported["Severity"]["Label"] == "INFORMATIONAL";
            assert_eq!(informational, ["PASSED", "NOT_AVAILABLE"].contains(&expected));
            seen.insert((status, excepted));
        }
        assert_eq!(seen.len(), 5, "{seen:?}");
    }

    #[test]
    fn nothing_is_longer_than_the_service_takes() {
        let long = "x".repeat(3_000);
        assert_eq!(clip(&long, DESCRIPTION).chars().count(), DESCRIPTION);
        for finding in findings() {
            let length = |name: &str| finding[name].as_str().unwrap().chars().count();
            assert!(length("Id") <= ID && length("Title") <= TITLE);
            assert!(length("Description") <= DESCRIPTION);
            let related = finding["Compliance"]["RelatedRequirements"].as_array();
            assert!(related.is_none_or(|related| related.len() <= REQUIREMENTS));
            assert!(finding["ProductFields"].as_object().unwrap().len() <= 50);
        }
    }

    #[test]
    fn names_are_kept_and_turn_no_text() {
        let text = text(&[]);
        let odd = text.chars().find(|c| *c != '\n' && crate::text::is_unsafe(*c));
        assert_eq!(odd, None);
        let named = |finding: &Value| {
            let resource = &finding["Resources"][0];
            resource["Details"]["Other"]["Name"] == "=cmd|'/c calc'!A1\u{202e}"
                && resource["Type"] == "AwsS3Bucket"
        };
        assert!(findings().iter().any(named));
    }

    #[test]
    fn a_product_is_in_the_region_of_the_resource_or_in_that_of_the_account() {
        let mut scope = Scope::empty(Provider::Aws, "123456789012");
        for (partition, region, expected) in [
            ("aws", Some("eu-west-1"), "arn:aws:securityhub:eu-west-1"),
            ("aws", None, "arn:aws:securityhub:us-east-1"),
            ("aws-cn", None, "arn:aws-cn:securityhub:cn-north-1"),
            ("aws-us-gov", None, "arn:aws-us-gov:securityhub:us-gov-west-1"),
        ] {
            scope.partition = partition.to_owned();
            let expected = format!("{expected}:123456789012:product/123456789012/default");
            let asff = providers(Provider::Aws).asff.unwrap();
            assert_eq!(product(&scope, region, &asff), expected);
        }
    }
}
