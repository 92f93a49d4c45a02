//! Where the local server answers less than AWS does: the rest, as AWS documents it.
//!
//! Each entry names what the server (moto 5.2.5) leaves out. None of them changes a value that it gives.

use serde_json::{Value, json};

use crate::fault::{Fault, Rule};
use crate::wire::Call;

/// Answers to calls that the server does not know, which a test may override.
pub(crate) fn defaults() -> Vec<Rule> {
    let answer = |action: &str, answer: Value| Rule::new(action, Fault::Answer(answer.to_string()));
    let mut all = vec![
        answer("account:ListRegions", regions(&[("us-east-1", "ENABLED_BY_DEFAULT")])),
        answer(
            "account:GetContactInformation",
            json!({ "ContactInformation": {
                "FullName": "Security Office", "AddressLine1": "1 Example Way", "City": "Example",
                "PostalCode": "12345", "CountryCode": "DE", "PhoneNumber": "+491234567890"
            } }),
        ),
        answer("access-analyzer:ListAnalyzers", json!({ "analyzers": [] })),
        answer("cloudtrail:ListEventDataStores", json!({ "EventDataStores": [] })),
        answer("shield:GetSubscriptionState", json!({ "SubscriptionState": "INACTIVE" })),
        answer("network-firewall:ListFirewallPolicies", json!({ "FirewallPolicies": [] })),
        answer("network-firewall:ListRuleGroups", json!({ "RuleGroups": [] })),
        Rule::new(
            "organizations:DescribeResourcePolicy",
            Fault::Error(400, "ResourcePolicyNotFoundException"),
        ),
        Rule::new(
            "iam:ListOrganizationsFeatures",
            Fault::Error(404, "OrganizationNotFoundException"),
        ),
    ];
    all.extend(NETWORKS.iter().map(|(operation, list)| networks(operation, &format!("<{list}/>"))));
    all.push(blocked(false));
    all
}

/// What is asked of networks, with the list of the answer. The server makes a network with all its parts in each region by itself,
/// as AWS does; scenes are about accounts that deleted theirs.
const NETWORKS: &[(&str, &str)] = &[
    ("DescribeClientVpnEndpoints", "clientVpnEndpoint"),
    ("DescribeFlowLogs", "flowLogSet"),
    ("DescribeInstances", "reservationSet"),
    ("DescribeNetworkAcls", "networkAclSet"),
    ("DescribeNetworkInterfaces", "networkInterfaceSet"),
    ("DescribeRouteTables", "routeTableSet"),
    ("DescribeSecurityGroups", "securityGroupInfo"),
    ("DescribeSubnets", "subnetSet"),
    ("DescribeTransitGateways", "transitGatewaySet"),
    ("DescribeVpcBlockPublicAccessExclusions", "vpcBlockPublicAccessExclusionSet"),
    ("DescribeVpcEndpoints", "vpcEndpointSet"),
    ("DescribeVpcs", "vpcSet"),
    ("DescribeVpnConnections", "vpnConnectionSet"),
];

fn networks(operation: &str, members: &str) -> Rule {
    let answer = format!(
        "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>{members}</{operation}Response>"
    );
    Rule::new(&format!("ec2:{operation}"), Fault::Answer(answer))
}

/// The questions about networks that the server does not know.
pub(crate) const UNKNOWN: &[&str] = &[
    "ec2:DescribeClientVpnEndpoints",
    "ec2:DescribeVpcBlockPublicAccessExclusions",
    "ec2:DescribeVpcBlockPublicAccessOptions",
];

/// Whether traffic from the internet is blocked in every region. The server does not know the question.
pub(crate) fn blocked(ingress: bool) -> Rule {
    let mode = if ingress { "block-ingress" } else { "off" };
    let options = format!(
        "<vpcBlockPublicAccessOptions><state>default-state</state><internetGatewayBlockMode>{mode}</internetGatewayBlockMode></vpcBlockPublicAccessOptions>"
    );
    networks("DescribeVpcBlockPublicAccessOptions", &options)
}

/// An answer of account:ListRegions.
pub(crate) fn regions(regions: &[(&str, &str)]) -> Value {
    let regions: Vec<_> = regions
        .iter()
        .map(|(name, status)| json!({ "RegionName": name, "RegionOptStatus": status }))
        .collect();
    json!({ "Regions": regions })
}

/// Whose the bucket of an access point is: there all are the account's own.
fn bucket_accounts(text: &str) -> String {
    let arn = text.split_once("<AccessPointArn>").map_or("", |(_, rest)| rest);
    let account = arn.split(':').nth(4).unwrap_or_default();
    text.replace("</Bucket>", &format!("</Bucket><BucketAccountId>{account}</BucketAccountId>"))
}

/// Of the blocks of a network, only the first has a place: here, in the list of them as well.
fn peerings(text: &str) -> String {
    let mut whole = String::new();
    for part in text.split_inclusive("</cidrBlock>") {
        whole.push_str(part);
        let block =
            part.strip_suffix("</cidrBlock>").and_then(|part| part.rsplit_once("<cidrBlock>"));
        if let Some((_, block)) = block {
            let set =
                format!("<cidrBlockSet><item><cidrBlock>{block}</cidrBlock></item></cidrBlockSet>");
            whole.push_str(&set);
        }
    }
    whole
}

/// Adds to an answer what the server left out of it.
pub(crate) fn complete(call: &Call, body: Vec<u8>) -> Vec<u8> {
    let text = match String::from_utf8(body) {
        Ok(text) => text,
        Err(binary) => return binary.into_bytes(),
    };
    let whole = match call.action.as_str() {
        // The root element has another name than in the API reference.
        "s3:GetBucketVersioning" => {
            text.replace("GetBucketVersioningResponse", "VersioningConfiguration")
        }
        "s3:GetAccessPoint" => text.replace("GetAccessPointResponse", "GetAccessPointResult"),
        "s3:GetAccessPointPolicy" => {
            text.replace("GetAccessPointPolicyResponse", "GetAccessPointPolicyResult")
        }
        "s3:ListAccessPoints" => {
            bucket_accounts(&text.replace("ListAccessPointsResponse", "ListAccessPointsResult"))
        }
        "cloudtrail:GetInsightSelectors" => insights(&text),
        "guardduty:GetDetector" => detector(&text),
        "iam:GetAccountSummary" => account_summary(text),
        // It does not return how often: here, the default of a key.
        "kms:GetKeyRotationStatus" if !text.contains("RotationPeriodInDays") => text.replace(
            r#""KeyRotationEnabled": true"#,
            r#""KeyRotationEnabled": true, "RotationPeriodInDays": 365"#,
        ),
        "iam:GetCredentialReport" => credential_report(text),
        "ec2:DescribeVpcPeeringConnections" => peerings(&text),
        _ => text,
    };
    whole.into_bytes()
}

/// The selectors are left out where there are none: here, they are an empty list.
fn insights(text: &str) -> String {
    let Ok(Value::Object(mut answer)) = serde_json::from_str(text) else { return text.to_owned() };
    if answer.contains_key("TrailARN") {
        answer.entry("InsightSelectors").or_insert_with(|| json!([]));
    }
    Value::Object(answer).to_string()
}

/// A detector has no features unless some were set: here, it has those that
/// [every one has](https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_data-sources.html).
fn detector(text: &str) -> String {
    let Ok(mut detector) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    if detector["features"].as_array().is_some_and(Vec::is_empty) {
        let base = ["CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS"];
        detector["features"] =
            base.map(|name| json!({ "name": name, "status": "ENABLED" })).into_iter().collect();
    }
    detector.to_string()
}

/// The summary says nothing about a password of root: here, there is one.
fn account_summary(text: String) -> String {
    if text.contains("AccountPasswordPresent") {
        return text;
    }
    text.replacen(
        "<SummaryMap>",
        "<SummaryMap><entry><key>AccountPasswordPresent</key><value>1</value></entry>",
        1,
    )
}

/// The report has no row of root: here, one that last signed in long ago and has no key.
fn credential_report(text: String) -> String {
    const ROOT: &str = "<root_account>,arn:aws:iam::123456789012:root,2015-03-01T00:00:00+00:00,not_supported,\
        2016-01-01T00:00:00+00:00,not_supported,not_supported,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,\
        false,N/A,false,N/A\n";
    in_report(&text, |report| {
        let (header, users) = report.split_once('\n').unwrap();
        format!("{header}\n{ROOT}{users}")
    })
}

/// Changes the credential report that an answer wraps, if it does.
pub(crate) fn in_report(text: &str, edit: impl FnOnce(String) -> String) -> String {
    let parts = text.split_once("<Content>").and_then(|(before, rest)| {
        let (content, after) = rest.split_once("</Content>")?;
        Some((before, content, after))
    });
    let Some((before, content, after)) = parts else { return text.to_owned() };
    let report = aws_smithy_types::base64::decode(content.trim()).unwrap();
    let report = edit(String::from_utf8(report).unwrap());
    format!("{before}<Content>{}</Content>{after}", aws_smithy_types::base64::encode(report))
}

/// One page of the list of buckets, which the server gives whole.
pub(crate) fn page_of_buckets(call: &Call, text: &str, size: usize) -> String {
    let from = call
        .arguments
        .split(['?', '&', '\n'])
        .find_map(|pair| pair.strip_prefix("continuation-token="))
        .map_or(0, |token| token.parse().unwrap());
    let (before, rest) = text.split_once("<Buckets>").unwrap();
    let (buckets, after) = rest.split_once("</Buckets>").unwrap();
    let all: Vec<&str> = buckets.split_inclusive("</Bucket>").collect();
    let page: String = all.iter().skip(from).take(size).copied().collect();
    let more = if from + size < all.len() {
        format!("<ContinuationToken>{}</ContinuationToken>", from + size)
    } else {
        String::new()
    };
    format!("{before}<Buckets>{page}</Buckets>{more}{after}")
}
