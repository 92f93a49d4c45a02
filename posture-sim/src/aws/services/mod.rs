//! What each service answers.

mod access_analyzer;
mod account;
mod cloudfront;
mod cloudtrail;
mod cloudwatch;
mod config;
mod ec2;
mod eks;
mod guardduty;
mod iam;
mod kms;
mod logs;
mod organizations;
mod route53;
mod s3;
mod s3control;
mod securityhub;
mod shield;
mod sns;
mod sts;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::call::{Call, Protocol};
use super::lists;
use super::server::Ask;
use super::wire::{Answer, Failure};

/// Answers a call that is allowed.
pub(crate) fn answer(ask: &Ask<'_>) -> Answer {
    if let Some(answer) = lists::answer(ask) {
        return answer;
    }
    match (ask.call.service(), ask.call.protocol) {
        ("access-analyzer", _) => access_analyzer::answer(ask),
        ("account", _) => account::answer(ask),
        ("cloudfront", _) => cloudfront::answer(ask),
        ("cloudtrail", _) => cloudtrail::answer(ask),
        ("cloudwatch", _) => cloudwatch::answer(ask),
        ("config", _) => config::answer(ask),
        ("ec2", _) => ec2::answer(ask),
        ("eks", _) => eks::answer(ask),
        ("guardduty", _) => guardduty::answer(ask),
        ("iam", _) => iam::answer(ask),
        ("kms", _) => kms::answer(ask),
        ("logs", _) => logs::answer(ask),
        ("organizations", _) => organizations::answer(ask),
        ("route53", _) => route53::answer(ask),
        ("s3", Protocol::S3Control) => s3control::answer(ask),
        ("s3", _) => s3::answer(ask),
        ("securityhub", _) => securityhub::answer(ask),
        ("shield", _) => shield::answer(ask),
        ("sns", _) => sns::answer(ask),
        ("sts", _) => sts::answer(ask),
        _ => Err(unknown_operation(ask.call)),
    }
}

/// There is no such operation, or none that is simulated.
fn unknown_operation(call: &Call) -> Failure {
    let message = format!("The operation {} is not simulated.", call.operation);
    match call.protocol {
        Protocol::Query | Protocol::Ec2 => Failure::new(400, "InvalidAction", message),
        Protocol::S3 | Protocol::S3Control => Failure::new(501, "NotImplemented", message),
        _ => Failure::new(400, "UnknownOperationException", message),
    }
}

/// How each service reports that a requested object does not exist.
pub(crate) fn gone(call: &Call) -> Failure {
    let (status, code) = match (call.service(), call.protocol) {
        ("s3", Protocol::S3) => (404, "NoSuchBucket"),
        ("s3", _) => (404, "NoSuchAccessPoint"),
        ("iam", _) => (404, "NoSuchEntity"),
        ("kms", _) => (400, "NotFoundException"),
        ("cloudtrail", _) if call.operation == "GetEventDataStore" => {
            (400, "EventDataStoreNotFoundException")
        }
        ("cloudtrail", _) => (400, "TrailNotFoundException"),
        ("guardduty", _) => (400, "BadRequestException"),
        ("sns", _) => (404, "NotFound"),
        ("eks", _) => (404, "ResourceNotFoundException"),
        ("organizations", _) => (400, "PolicyNotFoundException"),
        ("wafv2", _) => (400, "WAFNonexistentItemException"),
        _ => (400, "ResourceNotFoundException"),
    };
    Failure::new(status, code, "It does not exist.")
}

/// A body without some of its members, which are not part of a response.
fn without(body: &Map<String, Value>, names: &[&str]) -> Value {
    let rest = body.iter().filter(|(name, _)| !names.contains(&name.as_str()));
    Value::Object(rest.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// A body with what a scenario left to be understood.
fn filled(body: Value, defaults: Value) -> Value {
    match (body, defaults) {
        (Value::Object(mut body), Value::Object(defaults)) => {
            for (name, value) in defaults {
                body.entry(name).or_insert(value);
            }
            Value::Object(body)
        }
        (body, _) => body,
    }
}

/// The ARN of something of the call's account and region.
fn arn(ask: &Ask<'_>, service: &str, what: &str) -> String {
    format!("arn:aws:{service}:{}:{}:{what}", ask.call.region, ask.account.id)
}

/// The text of a member; empty if there is none.
fn text<'a>(body: &'a Map<String, Value>, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The tags of an object in a scenario, by key.
fn tags_of<'a>(
    body: &'a Map<String, Value>,
    member: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    body.get(member).and_then(Value::as_object).into_iter().flatten()
}

/// The time of creation where none is set.
const LONG_AGO: &str = "2024-01-01T00:00:00Z";

/// A policy as text: a scenario may write it as an object.
pub(super) fn document(policy: &Value) -> String {
    match policy {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Text percent-encoded, as IAM answers with policies.
fn encode(text: &str) -> String {
    const RESERVED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}
