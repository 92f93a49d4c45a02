//! Which requests are sent to services, and what is read of their responses, as data: for the tests that compare it with
//! AWS's models.

use serde_json::{Value, json};

use crate::collect::table::OPERATIONS;
use crate::wire::endpoint::{Settings, endpoint};
use crate::wire::shape::{Kind, Member};
use crate::wire::spec::{Pages, Protocol, Spec};
use crate::wire::{Constant, encode, services};
use crate::{members, registries};

/// A value for each argument that a request brings.
const EXAMPLE: &str = "an example of many/1";
/// The account in the hosts of services whose hosts begin with one.
const ACCOUNT: &str = "123456789012";

fn operations() -> impl Iterator<Item = &'static Spec> {
    let of_registries = [
        &registries::REPOSITORIES.spec,
        &registries::DESCRIBE_IMAGES.spec,
        &registries::TOKEN.spec,
    ];
    OPERATIONS.iter().copied().chain([&members::LIST.spec]).chain(of_registries)
}

/// Every operation that is called without an SDK crate: its request with an example for each argument, how its pages
/// follow each other, and the members that are read of its answer.
pub fn operations_as_data() -> Value {
    operations().map(operation).collect()
}

/// Operations with what no audit asks for so far, such as filters, in the same form.
pub fn examples_as_data() -> Value {
    [&DESCRIBE_SECURITY_GROUPS].into_iter().map(operation).collect()
}

static DESCRIBE_SECURITY_GROUPS: Spec = Spec {
    service: &services::EC2,
    name: "DescribeSecurityGroups",
    action: "ec2:DescribeSecurityGroups",
    method: "POST",
    path: "/",
    root: None,
    given: &[
        ("MaxResults", Constant::Whole(1_000)),
        (
            "Filter",
            Constant::List(&[Constant::Record(&[
                ("Name", Constant::Text("ip-permission.cidr")),
                (
                    "Value",
                    Constant::List(&[Constant::Text("0.0.0.0/0"), Constant::Text("10.0.0.0/8")]),
                ),
            ])]),
        ),
    ],
    takes: &[],
    pages: Some(Pages { input: "NextToken", output: "nextToken", more: None, further: &[] }),
    members: &[optional("securityGroupInfo", Kind::List(&Kind::Record(SECURITY_GROUP)))],
};

const SECURITY_GROUP: &[Member] = &[
    optional("groupId", Kind::Text),
    optional("ipPermissions", Kind::List(&Kind::Record(IP_PERMISSION))),
];
const IP_PERMISSION: &[Member] = &[
    optional("ipProtocol", Kind::Text),
    optional("fromPort", Kind::Whole),
    optional("ipRanges", Kind::List(&Kind::Record(IP_RANGE))),
];
const IP_RANGE: &[Member] = &[optional("cidrIp", Kind::Text)];

const fn optional(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, required: false }
}

/// The permissions of these operations.
pub fn actions() -> Vec<&'static str> {
    operations().map(|spec| spec.action).collect()
}

/// The services that are called without an SDK crate, by the names that SDKs give them.
pub fn services() -> Vec<&'static str> {
    services::ALL.iter().map(|service| service.id).collect()
}

/// The address of a service that is called from a region, and the region that requests are signed for, if `url` is configured
/// for it, if any; nothing for a service that is not called in this way, and if the settings exclude each other.
pub fn endpoint_of(
    service: &str,
    region: &str,
    fips: bool,
    dual_stack: bool,
    url: Option<&str>,
) -> Option<(String, String)> {
    let service = services::ALL.iter().find(|known| known.id == service)?;
    let settings = Settings { region, fips, dual_stack, url };
    let found = endpoint(service, settings, service.account.map(|_| ACCOUNT)).ok()?;
    Some((found.url, found.region))
}

fn operation(spec: &Spec) -> Value {
    let service = spec.service;
    let example = |name: &&str| if Some(*name) == service.account { ACCOUNT } else { EXAMPLE };
    let takes: Vec<&str> = spec.takes.iter().map(example).collect();
    let token = spec.pages.map(|pages| vec![EXAMPLE; 1 + pages.further.len()].join("\0"));
    let request = encode(spec, &takes, token.as_deref());
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
        "of_s3": service.of_s3,
        "account": service.account,
        "root": spec.root,
        "example": EXAMPLE,
        "takes": spec.takes,
        "request": {
            "method": request.method,
            "uri": request.uri,
            "headers": headers.collect::<serde_json::Map<_, _>>(),
            "body": request.body,
            "account": request.account,
        },
        "pages": spec.pages.map(|Pages { input, output, more, further }| {
            json!({ "input": input, "output": output, "more": more, "further": further })
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

    /// Services whose crates the SDK brings anyway, or the project is built around.
    const BY_CRATE: &[&str] = &["cloudtrail", "iam", "s3"];
    /// The actions of S3 that its crate does not hold.
    const OF_S3_CONTROL: &[&str] = &[
        "s3:GetAccessPoint",
        "s3:GetAccessPointPolicy",
        "s3:GetAccountPublicAccessBlock",
        "s3:ListAccessPoints",
    ];

    #[test]
    fn every_action_of_a_service_without_a_crate_has_an_operation() {
        let here: BTreeSet<&str> = actions().into_iter().collect();
        let wanted = ACTIONS.iter().map(|action| action.name).chain([LIST_ACCOUNTS, LIST_REGIONS]);
        let wanted = wanted.chain(registries::ACTIONS.iter().copied());
        let by_crate = |action: &&str| {
            let service = action.split(':').next().unwrap_or_default();
            BY_CRATE.contains(&service) && !OF_S3_CONTROL.contains(action)
        };
        let wanted: BTreeSet<&str> = wanted.filter(|action| !by_crate(action)).collect();
        assert_eq!(here, wanted);
    }

    /// The counted action and the action in a gap are the same.
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
