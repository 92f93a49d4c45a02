//! The parts of OCSF that are written.

use posture_core::gap::Gap;
use posture_core::time::Time;
use serde::Serialize;

/// What is the same in all findings of a control on a provider.
#[derive(Default)]
pub(super) struct Rule {
    pub(super) standards: Vec<String>,
    pub(super) requirements: Vec<String>,
    pub(super) checks: Vec<Check>,
    pub(super) parameters: Vec<Parameter>,
}

/// A requirement that the control bears on.
#[derive(Serialize)]
pub(super) struct Check {
    pub(super) uid: &'static str,
    pub(super) name: &'static str,
    pub(super) desc: String,
    pub(super) standards: [String; 1],
    pub(super) version: &'static str,
    pub(super) status_id: u8,
    pub(super) status: &'static str,
}

/// A threshold, as it was applied.
#[derive(Serialize)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<Vec<String>>,
}

#[derive(Serialize)]
pub(super) struct Event<'a> {
    pub(super) activity_id: u8,
    pub(super) activity_name: &'static str,
    pub(super) category_uid: u8,
    pub(super) category_name: &'static str,
    pub(super) class_uid: u16,
    pub(super) class_name: &'static str,
    pub(super) type_uid: u32,
    pub(super) type_name: &'static str,
    pub(super) time: i64,
    pub(super) severity_id: u8,
    pub(super) severity: &'static str,
    pub(super) status_id: u8,
    pub(super) status: &'static str,
    pub(super) message: String,
    pub(super) metadata: Metadata<'a>,
    pub(super) finding_info: FindingInfo<'a>,
    pub(super) compliance: Compliance<'a>,
    pub(super) resources: [Resource<'a>; 1],
    pub(super) cloud: Cloud<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remediation: Option<Remediation<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) evidences: Vec<Artifact<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enrichments: Option<[Enrichment<'a>; 1]>,
    pub(super) unmapped: Unmapped,
}

#[derive(Serialize)]
pub(super) struct Metadata<'a> {
    pub(super) version: &'static str,
    pub(super) profiles: [&'static str; 1],
    pub(super) uid: String,
    pub(super) product: Product<'a>,
}

#[derive(Serialize)]
pub(super) struct Product<'a> {
    pub(super) name: &'static str,
    pub(super) vendor_name: &'static str,
    pub(super) version: &'a str,
}

#[derive(Serialize)]
pub(super) struct FindingInfo<'a> {
    pub(super) uid: String,
    pub(super) title: &'a str,
    pub(super) desc: &'a str,
    pub(super) created_time: i64,
    pub(super) analytic: Analytic<'a>,
}

#[derive(Serialize)]
pub(super) struct Analytic<'a> {
    pub(super) uid: &'a str,
    pub(super) name: &'a str,
    pub(super) category: &'a str,
    pub(super) type_id: u8,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

#[derive(Serialize)]
pub(super) struct Compliance<'a> {
    pub(super) control: &'a str,
    pub(super) desc: &'a str,
    pub(super) category: &'a str,
    pub(super) status_id: u8,
    pub(super) status: &'static str,
    pub(super) status_code: &'static str,
    pub(super) status_details: Vec<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) standards: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) requirements: &'a [String],
    #[serde(skip_serializing_if = "<[Check]>::is_empty")]
    pub(super) checks: &'a [Check],
    #[serde(skip_serializing_if = "<[Parameter]>::is_empty")]
    pub(super) control_parameters: &'a [Parameter],
}

#[derive(Serialize)]
pub(super) struct Resource<'a> {
    pub(super) uid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<&'a str>,
    pub(super) cloud_partition: &'a str,
}

#[derive(Serialize)]
pub(super) struct Cloud<'a> {
    pub(super) provider: &'static str,
    pub(super) account: Account<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<&'a str>,
    pub(super) cloud_partition: &'a str,
}

#[derive(Serialize)]
pub(super) struct Account<'a> {
    pub(super) uid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    pub(super) type_id: u8,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

#[derive(Serialize)]
pub(super) struct Remediation<'a> {
    pub(super) desc: String,
    pub(super) references: &'a [&'a str],
}

/// What decided a failure, or what could not be read.
#[derive(Serialize)]
pub(super) struct Artifact<'a> {
    pub(super) name: &'a str,
    pub(super) data: Data<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Data<'a> {
    Fact { found: &'a str, expected: &'a str },
    Gap(&'a Gap),
}

/// An exception, to the letter; the comment has it in words.
#[derive(Serialize)]
pub(super) struct Enrichment<'a> {
    pub(super) name: &'static str,
    pub(super) value: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) provider: &'static str,
    pub(super) data: Accepted<'a>,
}

#[derive(Serialize)]
pub(super) struct Accepted<'a> {
    pub(super) owner: &'a str,
    pub(super) reason: &'a str,
    pub(super) expires: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ticket: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) compensating_control: Option<&'a str>,
}

/// What has no attribute of its own.
#[derive(Serialize)]
pub(super) struct Unmapped {
    pub(super) outcome: &'static str,
    pub(super) control_severity: &'static str,
    pub(super) kind: &'static str,
    /// Whether the audit was interrupted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) partial: bool,
}
