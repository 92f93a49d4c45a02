//! What is asked of services, and what is read of their answers, as data: for the tests that hold it to AWS's own models.

use serde_json::{Value, json};

use crate::collect::table::OPERATIONS;
use crate::members;
use crate::wire::endpoint::endpoint;
use crate::wire::shape::{Kind, Member};
use crate::wire::spec::{Pages, Protocol, Spec};
use crate::wire::{encode, services};

/// A value for each argument that a request brings.
const EXAMPLE: &str = "an example/1";

fn operations() -> impl Iterator<Item = &'static Spec> {
    OPERATIONS.iter().copied().chain([&members::LIST.spec])
}

/// Every operation that is asked without a crate of its service: its request with an example for each argument, how its pages
/// follow each other, and the members that are read of its answer.
pub fn operations_as_data() -> Value {
    operations().map(operation).collect()
}

/// The permissions of these operations.
pub fn actions() -> Vec<&'static str> {
    operations().map(|spec| spec.action).collect()
}

/// The services that are asked without a crate of their own, by the names that SDKs give them.
pub fn services() -> Vec<&'static str> {
    services::ALL.iter().map(|service| service.id).collect()
}

/// The address of a service that is asked from a region, and the region that requests are signed for; nothing for a service that
/// is not asked in this way.
pub fn endpoint_of(
    service: &str,
    region: &str,
    fips: bool,
    dual_stack: bool,
) -> Option<(String, String)> {
    let service = services::ALL.iter().find(|known| known.id == service)?;
    let found = endpoint(service, region, fips, dual_stack).ok()?;
    Some((found.url, found.region))
}

fn operation(spec: &Spec) -> Value {
    let takes: Vec<&str> = spec.takes.iter().map(|_| EXAMPLE).collect();
    let token = spec.pages.map(|_| EXAMPLE);
    let request = encode(spec, &takes, token);
    let service = spec.service;
    let (protocol, json_version) = match service.protocol {
        Protocol::Query { .. } => ("query", None),
        Protocol::Ec2 { .. } => ("ec2", None),
        Protocol::Json { version, .. } => ("json", Some(version)),
        Protocol::RestJson => ("rest-json", None),
        Protocol::RestXml => ("rest-xml", None),
    };
    let headers = request.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
    json!({
        "service": service.id,
        "operation": spec.name,
        "action": spec.action,
        "protocol": protocol,
        "json_version": json_version,
        "signs": service.signs,
        "query_codes": service.query_codes,
        "example": EXAMPLE,
        "takes": spec.takes,
        "request": {
            "method": request.method,
            "uri": request.uri,
            "headers": headers.collect::<serde_json::Map<_, _>>(),
            "body": request.body,
        },
        "pages": spec.pages.map(|Pages { input, output, more }| {
            json!({ "input": input, "output": output, "more": more })
        }),
        "members": spec.members.iter().map(member).collect::<Value>(),
    })
}

fn member(member: &Member) -> Value {
    let Member { name, kind, required } = member;
    json!({ "name": name, "required": required, "kind": of_kind(kind) })
}

fn of_kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text => json!("text"),
        Kind::Word(known) => json!({ "word": known }),
        Kind::Flag => json!("flag"),
        Kind::Whole => json!("whole"),
        Kind::Number => json!("number"),
        Kind::List(of) => json!({ "list": of_kind(of) }),
        Kind::Map(of) => json!({ "map": of_kind(of) }),
        Kind::Record(members) => json!({ "record": members.iter().map(member).collect::<Value>() }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::action::{ACTIONS, LIST_REGIONS};
    use crate::members::LIST_ACCOUNTS;
    use crate::meter::action_name;

    /// Services whose crates the SDK brings anyway, or that are not moved.
    const BY_CRATE: &[&str] = &["cloudtrail", "iam", "s3"];

    #[test]
    fn every_action_of_a_service_without_a_crate_has_an_operation() {
        let here: BTreeSet<&str> = actions().into_iter().collect();
        let wanted = ACTIONS.iter().map(|action| action.name).chain([LIST_ACCOUNTS, LIST_REGIONS]);
        let wanted: BTreeSet<&str> = wanted
            .filter(|action| !BY_CRATE.contains(&action.split(':').next().unwrap_or_default()))
            .collect();
        assert_eq!(here, wanted);
    }

    /// What is counted and what is noted as a gap is the same action.
    #[test]
    fn an_operation_is_counted_by_its_action() {
        for spec in operations() {
            assert_eq!(action_name(spec.service.id, spec.name), spec.action);
        }
    }

    #[test]
    fn every_service_of_an_operation_is_listed() {
        for spec in operations() {
            assert!(services().contains(&spec.service.id), "{}", spec.service.id);
        }
    }
}
