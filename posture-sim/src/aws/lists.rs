//! What is only listed, page by page, as its service answers: a line for each such action, and no code.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::call::Call;
use super::server::Ask;
use super::services::document;
use super::wire::{Answer, Failure, Output};
use super::world::Item;

/// An action that lists, in a JSON protocol, that of EC2 or the query protocol.
struct List {
    action: &'static str,
    /// The version of the interface that answers so, where a service has two with one name for the action.
    version: Option<&'static str>,
    /// The member of the answer that holds the list; empty where the only item is the answer.
    member: &'static str,
    /// The members of an item that are a policy as text; a world may write it as an object.
    documents: &'static [&'static str],
    /// The member of the request that holds the token of the page before, and that of the answer which holds the next.
    tokens: (&'static str, &'static str),
    /// The member of the request that sets the page size, and its maximum.
    size: (&'static str, usize),
    /// The code of the error for a token that was not handed out, or for what there is not; empty where nothing is an answer too.
    invalid: &'static str,
    /// The member of the request that says of what it lists, and the member of an item in a world that says to what it belongs.
    of: Option<(&'static str, &'static str)>,
}

/// An action of EC2 with pages of so many items.
const fn ec2(action: &'static str, member: &'static str, most: usize) -> List {
    List {
        action,
        version: None,
        member,
        documents: &[],
        tokens: ("NextToken", "nextToken"),
        size: ("MaxResults", most),
        invalid: "InvalidNextToken",
        of: None,
    }
}

/// An action of Elastic Load Balancing.
const fn balancing(action: &'static str, member: &'static str) -> List {
    List {
        tokens: ("Marker", "NextMarker"),
        size: ("PageSize", 400),
        invalid: "ValidationError",
        version: Some("2015-12-01"),
        ..ec2(action, member, 400)
    }
}

/// All of them.
static LISTS: &[List] = &[
    List {
        action: "logs:DescribeResourcePolicies",
        version: None,
        member: "resourcePolicies",
        documents: &["policyDocument"],
        tokens: ("nextToken", "nextToken"),
        size: ("limit", 50),
        invalid: "InvalidParameterException",
        of: None,
    },
    ec2("ec2:DescribeNetworkInterfaces", "networkInterfaceSet", 1_000),
    ec2("ec2:DescribeInstances", "reservationSet", 1_000),
    ec2("ec2:DescribeVpcs", "vpcSet", 1_000),
    ec2("ec2:DescribeSubnets", "subnetSet", 1_000),
    ec2("ec2:DescribeRouteTables", "routeTableSet", 100),
    ec2("ec2:DescribeNetworkAcls", "networkAclSet", 1_000),
    ec2("ec2:DescribeSecurityGroups", "securityGroupInfo", 1_000),
    List {
        of: Some(("PrefixListId", "prefixListId")),
        ..ec2("ec2:GetManagedPrefixListEntries", "entrySet", 100)
    },
    ec2("ec2:DescribeVpcBlockPublicAccessExclusions", "vpcBlockPublicAccessExclusionSet", 1_000),
    ec2("ec2:DescribeFlowLogs", "flowLogSet", 1_000),
    ec2("ec2:DescribeVpcPeeringConnections", "vpcPeeringConnectionSet", 1_000),
    ec2("ec2:DescribeVpcEndpoints", "vpcEndpointSet", 1_000),
    ec2("ec2:DescribeTransitGateways", "transitGatewaySet", 1_000),
    // All of them in one page: it takes neither a token nor a size.
    ec2("ec2:DescribeVpnConnections", "vpnConnectionSet", usize::MAX),
    ec2("ec2:DescribeClientVpnEndpoints", "clientVpnEndpoint", 1_000),
    balancing("elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers"),
    List {
        version: Some("2012-06-01"),
        ..balancing("elasticloadbalancing:DescribeLoadBalancers", "LoadBalancerDescriptions")
    },
    balancing("elasticloadbalancing:DescribeTargetGroups", "TargetGroups"),
    List {
        of: Some(("LoadBalancerArn", "LoadBalancerArn")),
        ..balancing("elasticloadbalancing:DescribeListeners", "Listeners")
    },
    List {
        of: Some(("ListenerArn", "ListenerArn")),
        ..balancing("elasticloadbalancing:DescribeRules", "Rules")
    },
    List {
        of: Some(("TargetGroupArn", "TargetGroupArn")),
        ..whole("elasticloadbalancing:DescribeTargetHealth", "TargetHealthDescriptions")
    },
    List {
        of: Some(("TargetGroupArn", "TargetGroupArn")),
        ..whole("elasticloadbalancing:DescribeTargetGroupAttributes", "Attributes")
    },
    List {
        of: Some(("LoadBalancerArn", "LoadBalancerArn")),
        ..single("elasticloadbalancing:DescribeLoadBalancerAttributes")
    },
    List {
        version: Some("2012-06-01"),
        of: Some(("LoadBalancerName", "LoadBalancerName")),
        ..single("elasticloadbalancing:DescribeLoadBalancerAttributes")
    },
    List {
        version: Some("2012-06-01"),
        of: Some(("LoadBalancerName", "LoadBalancerName")),
        ..whole("elasticloadbalancing:DescribeLoadBalancerPolicies", "PolicyDescriptions")
    },
    balancing("elasticloadbalancing:DescribeSSLPolicies", "SslPolicies"),
    List {
        of: Some(("ResourceArns.member.1", "ResourceArn")),
        ..whole("elasticloadbalancing:DescribeTags", "TagDescriptions")
    },
    List {
        version: Some("2012-06-01"),
        of: Some(("LoadBalancerNames.member.1", "LoadBalancerName")),
        ..whole("elasticloadbalancing:DescribeTags", "TagDescriptions")
    },
    List {
        size: ("MaxItems", 1_000),
        invalid: "ValidationException",
        tokens: ("NextToken", "NextToken"),
        ..ec2("acm:ListCertificates", "CertificateSummaryList", 1_000)
    },
    registry("ecr:DescribeRepositories", "repositories"),
    List {
        of: Some(("repositoryName", "repositoryName")),
        ..registry("ecr:DescribeImages", "imageDetails")
    },
    // All of them in one page.
    List { size: ("", usize::MAX), ..registry("ecr:GetAuthorizationToken", "authorizationData") },
    firewalls("network-firewall:ListFirewalls", "Firewalls"),
    about("network-firewall:DescribeFirewall", "FirewallArn"),
    about("network-firewall:DescribeLoggingConfiguration", "FirewallArn"),
    firewalls("network-firewall:ListFirewallPolicies", "FirewallPolicies"),
    about("network-firewall:DescribeFirewallPolicy", "FirewallPolicyArn"),
    firewalls("network-firewall:ListRuleGroups", "RuleGroups"),
    about("network-firewall:DescribeRuleGroup", "RuleGroupArn"),
    web_firewall("wafv2:ListWebACLs", "WebACLs"),
    List { invalid: "WAFNonexistentItemException", ..about("wafv2:GetWebACL", "ARN") },
    web_firewall("wafv2:ListRuleGroups", "RuleGroups"),
    List { invalid: "WAFNonexistentItemException", ..about("wafv2:GetRuleGroup", "ARN") },
    web_firewall("wafv2:ListLoggingConfigurations", "LoggingConfigurations"),
    List {
        // A resource may have none.
        invalid: "",
        ..about("wafv2:GetWebACLForResource", "ResourceArn")
    },
];

/// An action of AWS WAF that lists what belongs to a scope: a region or CloudFront.
const fn web_firewall(action: &'static str, member: &'static str) -> List {
    List {
        tokens: ("NextMarker", "NextMarker"),
        size: ("Limit", 100),
        invalid: "WAFInvalidParameterException",
        of: Some(("Scope", "Scope")),
        ..ec2(action, member, 100)
    }
}

/// An action of the Elastic Container Registry.
const fn registry(action: &'static str, member: &'static str) -> List {
    List {
        tokens: ("nextToken", "nextToken"),
        size: ("maxResults", 1_000),
        invalid: "InvalidParameterException",
        ..ec2(action, member, 1_000)
    }
}

/// An action of Network Firewall.
const fn firewalls(action: &'static str, member: &'static str) -> List {
    List {
        tokens: ("NextToken", "NextToken"),
        invalid: "InvalidRequestException",
        ..ec2(action, member, 100)
    }
}

/// An action that answers about one thing, which the request names: in a world the member `of` has the name.
const fn about(action: &'static str, argument: &'static str) -> List {
    List {
        size: ("", usize::MAX),
        invalid: "ResourceNotFoundException",
        of: Some((argument, "of")),
        ..ec2(action, "", usize::MAX)
    }
}

/// An action of Elastic Load Balancing that answers with all there is in one page.
const fn whole(action: &'static str, member: &'static str) -> List {
    List { size: ("", usize::MAX), ..balancing(action, member) }
}

/// An action of Elastic Load Balancing that answers about one thing: an item of a world holds the members of the answer.
const fn single(action: &'static str) -> List {
    List { invalid: "LoadBalancerNotFound", ..whole(action, "") }
}

/// What a world may say of an action that answers with one record of a region, by that action.
pub(super) const RECORDS: &[&str] = &[
    "ec2:DescribeVpcBlockPublicAccessOptions",
    // In XML of a REST protocol.
    "route53:ListHostedZones",
    "route53:ListQueryLoggingConfigs",
    "route53:ListResourceRecordSets",
    "cloudfront:ListDistributions",
    // In one place for all regions.
    "shield:ListProtections",
];

/// Answers a call that only lists.
pub(super) fn answer(ask: &Ask<'_>) -> Option<Answer> {
    Some(of(ask.call)?.answer(ask))
}

fn of(call: &Call) -> Option<&'static List> {
    let version = call.argument("Version");
    let of = |list: &&List| list.version.is_none_or(|own| own == version);
    LISTS.iter().filter(|list| list.action == call.action).find(of)
}

/// Reads what a world lists by action. An action that is not simulated so would list nothing.
pub(super) fn declared<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<BTreeMap<String, Vec<Item>>, D::Error> {
    let lists = BTreeMap::<String, Vec<Item>>::deserialize(reader)?;
    let known =
        |action: &str| LISTS.iter().any(|list| list.key() == action) || RECORDS.contains(&action);
    match lists.keys().find(|action| !known(action)) {
        Some(unknown) => Err(D::Error::custom(format!("`{unknown}` is not an action of `lists`"))),
        None => Ok(lists),
    }
}

impl List {
    /// The name of the list in a world: the action, and the version of an interface before the current one.
    fn key(&self) -> String {
        match self.version {
            Some(version @ "2012-06-01") => format!("{}@{version}", self.action),
            _ => self.action.to_owned(),
        }
    }

    fn answer(&self, ask: &Ask<'_>) -> Answer {
        let all = ask.account.lists.get(&self.key()).map_or(&[][..], Vec::as_slice);
        let mut here = ask.here(all);
        if let Some((argument, member)) = self.of {
            let of = ask.call.argument(argument);
            here.retain(|item| item.body.get(member).and_then(Value::as_str) == Some(of));
        }
        let (member, most) = self.size;
        if self.member.is_empty() {
            let missing = || Failure::new(400, self.invalid, "There is no such thing.");
            if here.is_empty() && self.invalid.is_empty() {
                return Ok(Output::Members(Value::Object(Map::new())));
            }
            let item = here.first().ok_or_else(missing)?;
            return Ok(Output::Members(self.item(&item.body)));
        }
        if most == usize::MAX {
            let items = here.iter().map(|item| self.item(&item.body)).collect();
            let members = Map::from_iter([(self.member.to_owned(), Value::Array(items))]);
            return Ok(Output::Members(Value::Object(members)));
        }
        let size = ask.call.number(member).unwrap_or(most).clamp(1, most);
        let message = "The token of the page is invalid.";
        let invalid = || Failure::new(400, self.invalid, message);
        let (page, next) = ask.page(&here, ask.call.argument(self.tokens.0), size, &invalid)?;
        let items = page.iter().map(|item| self.item(&item.body));
        let mut members = Map::new();
        members.insert(self.member.to_owned(), items.collect());
        members.insert(self.tokens.1.to_owned(), next.into());
        Ok(Output::Members(Value::Object(members)))
    }

    fn item(&self, body: &Map<String, Value>) -> Value {
        let owner = self.of.map(|(_, member)| member);
        let body = body.iter().filter(|(name, _)| Some(name.as_str()) != owner);
        let member = |(name, value): (&String, &Value)| {
            let text = self.documents.contains(&name.as_str());
            (name.clone(), if text { document(value).into() } else { value.clone() })
        };
        Value::Object(body.map(member).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::World;

    #[test]
    fn only_what_is_simulated_so_is_listed() {
        let world = |action: &str| {
            let text = format!(
                "[[accounts]]\nid = \"1\"\n[[accounts.lists.\"{action}\"]]\nregion = \"x\""
            );
            World::parse(&text).map_err(|error| error.to_string())
        };
        let known = world("logs:DescribeResourcePolicies").unwrap();
        let listed = &known.accounts[0].lists["logs:DescribeResourcePolicies"];
        assert_eq!(listed[0].region(), "x");
        let unknown = world("logs:DescribeNothing").unwrap_err();
        assert!(unknown.contains("`logs:DescribeNothing`"), "{unknown}");
    }
}
