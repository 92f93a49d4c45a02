//! What the records in an answer always hold.
//!
//! [`Holds`](crate::whole::Holds) defines what a response holds as a whole. The models of AWS call nearly every member of the
//! records within optional, and the SDK's parsers treat a record that lacks one, or a text in the place of a list, as one in
//! which nothing is configured. So what AWS always sends is written down here, and an answer with a record that lacks it is
//! malformed. What AWS leaves out where nothing is configured is not here: the key of a trail, the retention of a log group.

use std::fmt;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::whole::Flaw;

/// Records of an answer, and what each of them holds.
///
/// The place names members within each other, with dots between. A list is written with its brackets, in XML with the name of
/// its items between them: nothing else may be in it. What a record holds is a member that is there and not null, with an `@`
/// one with a text that is not empty; of members with `|` between, one. An `@` alone is the text of the item itself.
type Rule = (&'static str, &'static [&'static str]);

/// By action. A member is here that the service's model requires of such a record, or that the samples in the service's API
/// reference and the examples of the AWS CLI (<https://docs.aws.amazon.com/cli/latest/reference/>) show in each such record.
/// For what neither shows, the source is beside the rule.
static ALWAYS: &[(&str, &[Rule])] = &[
    ("account:ListRegions", &[("Regions[]", &["@RegionName"])]),
    (
        "cloudfront:ListDistributions",
        &[
            ("Items[DistributionSummary]", &["@Id", "@ARN", "@DomainName"]),
            // An origin is of one type:
            // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html
            (
                "Items[DistributionSummary].Origins.Items[Origin]",
                &["@Id", "@DomainName", "S3OriginConfig|CustomOriginConfig|VpcOriginConfig"],
            ),
        ],
    ),
    ("cloudtrail:DescribeTrails", &[("trailList[]", &[])]),
    ("cloudtrail:GetEventDataStore", &[("AdvancedEventSelectors[].FieldSelectors[]", &["@Field"])]),
    (
        "cloudtrail:GetEventSelectors",
        &[
            ("EventSelectors[]", &["@ReadWriteType", "IncludeManagementEvents"]),
            ("EventSelectors[].DataResources[]", &["@Type", "Values"]),
            // Each value has a character or more:
            // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
            ("EventSelectors[].ExcludeManagementEventSources[]", &["@"]),
            ("AdvancedEventSelectors[].FieldSelectors[]", &["@Field"]),
            ("AdvancedEventSelectors[].FieldSelectors[].Equals[]", &["@"]),
            ("AdvancedEventSelectors[].FieldSelectors[].NotEquals[]", &["@"]),
        ],
    ),
    (
        "cloudtrail:ListTags",
        &[
            ("ResourceTagList[]", &["@ResourceId", "TagsList"]),
            ("ResourceTagList[].TagsList[]", &["@Key"]),
        ],
    ),
    (
        "cloudwatch:DescribeAlarms",
        &[("MetricAlarms[]", &["AlarmActions"]), ("CompositeAlarms[]", &["AlarmActions"])],
    ),
    ("config:DescribeConfigurationRecorderStatus", &[("ConfigurationRecordersStatus[]", &[])]),
    ("config:DescribeConfigurationRecorders", &[("ConfigurationRecorders[]", &["@name"])]),
    ("config:DescribeDeliveryChannels", &[("DeliveryChannels[]", &[])]),
    (
        "ec2:DescribeClientVpnEndpoints",
        &[
            (
                "clientVpnEndpoint[item]",
                &["@clientVpnEndpointId", "connectionLogOptions", "status"],
            ),
            ("clientVpnEndpoint[item].connectionLogOptions", &["@Enabled"]),
        ],
    ),
    (
        "ec2:DescribeFlowLogs",
        &[("flowLogSet[item]", &["@flowLogId", "@resourceId", "@flowLogStatus", "@trafficType"])],
    ),
    (
        "ec2:DescribeInstances",
        &[
            ("reservationSet[item]", &["instancesSet"]),
            (
                "reservationSet[item].instancesSet[item]",
                &["@instanceId", "instanceState", "networkInterfaceSet"],
            ),
            ("reservationSet[item].instancesSet[item].instanceState", &["@name"]),
            ("reservationSet[item].instancesSet[item].iamInstanceProfile", &["@arn"]),
            (
                "reservationSet[item].instancesSet[item].networkInterfaceSet[item]",
                &["@networkInterfaceId"],
            ),
            ("reservationSet[item].instancesSet[item].tagSet[item]", TAG),
        ],
    ),
    (
        "ec2:DescribeNetworkAcls",
        &[
            (
                "networkAclSet[item]",
                &["@networkAclId", "@vpcId", "@default", "entrySet", "associationSet"],
            ),
            (
                "networkAclSet[item].entrySet[item]",
                &[
                    "@ruleNumber",
                    "@protocol",
                    "@ruleAction",
                    "@egress",
                    "@cidrBlock|@ipv6CidrBlock",
                ],
            ),
            ("networkAclSet[item].associationSet[item]", &["@subnetId"]),
            ("networkAclSet[item].tagSet[item]", TAG),
        ],
    ),
    (
        "ec2:DescribeNetworkInterfaces",
        &[
            (
                "networkInterfaceSet[item]",
                &[
                    "@networkInterfaceId",
                    "@subnetId",
                    "@vpcId",
                    "@status",
                    "@interfaceType",
                    "groupSet",
                    "privateIpAddressesSet",
                    "ipv6AddressesSet",
                ],
            ),
            ("networkInterfaceSet[item].groupSet[item]", &["@groupId"]),
            ("networkInterfaceSet[item].association", ADDRESS),
            ("networkInterfaceSet[item].privateIpAddressesSet[item]", &["@privateIpAddress"]),
            ("networkInterfaceSet[item].privateIpAddressesSet[item].association", ADDRESS),
            ("networkInterfaceSet[item].ipv6AddressesSet[item]", &["@ipv6Address"]),
            ("networkInterfaceSet[item].tagSet[item]", TAG),
        ],
    ),
    (
        "ec2:DescribeRouteTables",
        &[
            ("routeTableSet[item]", &["@routeTableId", "@vpcId", "routeSet", "associationSet"]),
            (
                "routeTableSet[item].routeSet[item]",
                &[
                    "@state",
                    "@destinationCidrBlock|@destinationIpv6CidrBlock|@destinationPrefixListId",
                    NEXT_HOP,
                ],
            ),
            ("routeTableSet[item].associationSet[item]", &["@main"]),
        ],
    ),
    (
        "ec2:DescribeSecurityGroups",
        &[
            (
                "securityGroupInfo[item]",
                &["@groupId", "@groupName", "ipPermissions", "ipPermissionsEgress"],
            ),
            ("securityGroupInfo[item].ipPermissions[item]", PERMISSION),
            ("securityGroupInfo[item].ipPermissions[item].ipRanges[item]", &["@cidrIp"]),
            ("securityGroupInfo[item].ipPermissions[item].ipv6Ranges[item]", &["@cidrIpv6"]),
            ("securityGroupInfo[item].ipPermissions[item].prefixListIds[item]", &["@prefixListId"]),
            ("securityGroupInfo[item].ipPermissions[item].groups[item]", &["@groupId"]),
            ("securityGroupInfo[item].ipPermissionsEgress[item]", PERMISSION),
            ("securityGroupInfo[item].ipPermissionsEgress[item].ipRanges[item]", &["@cidrIp"]),
            ("securityGroupInfo[item].ipPermissionsEgress[item].ipv6Ranges[item]", &["@cidrIpv6"]),
            ("securityGroupInfo[item].ipPermissionsEgress[item].groups[item]", &["@groupId"]),
            ("securityGroupInfo[item].tagSet[item]", TAG),
        ],
    ),
    (
        "ec2:DescribeSubnets",
        &[
            ("subnetSet[item]", &["@subnetId", "@vpcId", "@mapPublicIpOnLaunch"]),
            ("subnetSet[item].tagSet[item]", TAG),
        ],
    ),
    (
        "ec2:DescribeTransitGateways",
        &[
            ("transitGatewaySet[item]", &["@transitGatewayId", "@state", "options"]),
            ("transitGatewaySet[item].options", &["@autoAcceptSharedAttachments"]),
            ("transitGatewaySet[item].tagSet[item]", TAG),
        ],
    ),
    (
        "ec2:DescribeVpcBlockPublicAccessExclusions",
        &[(
            "vpcBlockPublicAccessExclusionSet[item]",
            &["@resourceArn", "@state", "@internetGatewayExclusionMode"],
        )],
    ),
    (
        "ec2:DescribeVpcBlockPublicAccessOptions",
        &[("vpcBlockPublicAccessOptions", &["@state", "@internetGatewayBlockMode"])],
    ),
    (
        "ec2:DescribeVpcEndpoints",
        &[("vpcEndpointSet[item]", &["@vpcEndpointId", "@vpcId", "@serviceName", "@state"])],
    ),
    (
        "ec2:DescribeVpcPeeringConnections",
        &[(
            "vpcPeeringConnectionSet[item]",
            &["@vpcPeeringConnectionId", "accepterVpcInfo", "requesterVpcInfo"],
        )],
    ),
    ("ec2:DescribeVpcs", &[("vpcSet[item]", &["@vpcId"]), ("vpcSet[item].tagSet[item]", TAG)]),
    (
        "ec2:DescribeVpnConnections",
        &[
            ("vpnConnectionSet[item]", &["@vpnConnectionId", "@state", "vgwTelemetry"]),
            ("vpnConnectionSet[item].vgwTelemetry[item]", &["@outsideIpAddress", "@status"]),
            ("vpnConnectionSet[item].options.tunnelOptionSet[item]", &["@outsideIpAddress"]),
            ("vpnConnectionSet[item].tagSet[item]", TAG),
        ],
    ),
    ("ec2:GetManagedPrefixListEntries", &[("entrySet[item]", &["@cidr"])]),
    (
        "eks:DescribeCluster",
        &[
            ("cluster.encryptionConfig[]", &["provider"]),
            ("cluster.logging.clusterLogging[]", &["types", "enabled"]),
            ("cluster.logging.clusterLogging[].types[]", &["@"]),
            ("cluster.resourcesVpcConfig.publicAccessCidrs[]", &["@"]),
        ],
    ),
    ("eks:DescribeNodegroup", &[("nodegroup", &["@nodegroupName"])]),
    ("eks:ListClusters", &[("clusters[]", &["@"])]),
    ("eks:ListIdentityProviderConfigs", &[("identityProviderConfigs[]", &["@type", "@name"])]),
    ("eks:ListNodegroups", &[("nodegroups[]", &["@"])]),
    (
        "elasticloadbalancing:DescribeListeners",
        &[
            ("Listeners[member]", &["@ListenerArn", "@Port", "@Protocol", "DefaultActions"]),
            ("Listeners[member].DefaultActions[member]", FORWARDS),
        ],
    ),
    (
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        &[
            ("Attributes[member]", &["@Key"]),
            (
                "LoadBalancerAttributes",
                &["CrossZoneLoadBalancing", "AccessLog", "ConnectionDraining"],
            ),
            ("LoadBalancerAttributes.AdditionalAttributes[member]", &["@Key"]),
        ],
    ),
    (
        "elasticloadbalancing:DescribeLoadBalancerPolicies",
        &[
            (
                "PolicyDescriptions[member]",
                &["@PolicyName", "@PolicyTypeName", "PolicyAttributeDescriptions"],
            ),
            ("PolicyDescriptions[member].PolicyAttributeDescriptions[member]", &["@AttributeName"]),
        ],
    ),
    (
        "elasticloadbalancing:DescribeLoadBalancers",
        &[
            (
                "LoadBalancers[member]",
                &[
                    "@LoadBalancerArn",
                    "@LoadBalancerName",
                    // A Gateway Load Balancer may have no scheme. Another one without is taken for one that faces the internet.
                    "@VpcId",
                    "@Type",
                    "AvailabilityZones",
                ],
            ),
            ("LoadBalancers[member].AvailabilityZones[member]", &["@ZoneName"]),
            (
                "LoadBalancerDescriptions[member]",
                &[
                    "@LoadBalancerName",
                    "@Scheme",
                    "ListenerDescriptions",
                    "Instances",
                    "AvailabilityZones",
                ],
            ),
            (
                "LoadBalancerDescriptions[member].ListenerDescriptions[member]",
                &["Listener", "PolicyNames"],
            ),
            ("LoadBalancerDescriptions[member].AvailabilityZones[member]", &["@"]),
            ("LoadBalancerDescriptions[member].Instances[member]", &["@InstanceId"]),
        ],
    ),
    (
        "elasticloadbalancing:DescribeRules",
        &[
            ("Rules[member]", &["@RuleArn", "@Priority", "Actions", "@IsDefault"]),
            ("Rules[member].Conditions[member]", &["@Field"]),
            ("Rules[member].Actions[member]", FORWARDS),
        ],
    ),
    (
        "elasticloadbalancing:DescribeSSLPolicies",
        &[
            ("SslPolicies[member]", &["@Name", "SslProtocols"]),
            ("SslPolicies[member].SslProtocols[member]", &["@"]),
        ],
    ),
    ("elasticloadbalancing:DescribeTargetGroupAttributes", &[("Attributes[member]", &["@Key"])]),
    (
        "elasticloadbalancing:DescribeTargetGroups",
        &[
            (
                "TargetGroups[member]",
                &["@TargetGroupArn", "@TargetGroupName", "@TargetType", "LoadBalancerArns"],
            ),
            ("TargetGroups[member].LoadBalancerArns[member]", &["@"]),
        ],
    ),
    (
        "elasticloadbalancing:DescribeTargetHealth",
        &[
            ("TargetHealthDescriptions[member]", &["Target", "TargetHealth"]),
            // Functions have no port, and their groups are not asked about.
            ("TargetHealthDescriptions[member].Target", &["@Id", "@Port"]),
            ("TargetHealthDescriptions[member].TargetHealth", &["@State"]),
        ],
    ),
    // A feature is its name and its status:
    // https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfigurationResult.html
    ("guardduty:GetDetector", &[("features[]", &["@name", "@status"])]),
    (
        "iam:GetAccountAuthorizationDetails",
        &[
            // The sample response shows empty lists of policies, but leaves out that of a user's inline policies:
            // https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
            // Each user in it has a list of groups.
            ("UserDetailList[member]", &["AttachedManagedPolicies", "GroupList"]),
            ("UserDetailList[member].GroupList[member]", &["@"]),
            ("UserDetailList[member].UserPolicyList[member]", INLINE),
            ("UserDetailList[member].AttachedManagedPolicies[member]", &["@PolicyArn"]),
            ("GroupDetailList[member]", &["AttachedManagedPolicies", "GroupPolicyList"]),
            ("GroupDetailList[member].GroupPolicyList[member]", INLINE),
            ("GroupDetailList[member].AttachedManagedPolicies[member]", &["@PolicyArn"]),
            ("RoleDetailList[member]", &["AttachedManagedPolicies", "RolePolicyList"]),
            ("RoleDetailList[member].RolePolicyList[member]", INLINE),
            ("RoleDetailList[member].AttachedManagedPolicies[member]", &["@PolicyArn"]),
        ],
    ),
    ("iam:ListOpenIDConnectProviders", &[("OpenIDConnectProviderList[member]", &["@Arn"])]),
    ("iam:ListOrganizationsFeatures", &[("EnabledFeatures[member]", &["@"])]),
    ("iam:ListSAMLProviders", &[("SAMLProviderList[member]", &["@Arn"])]),
    (
        "iam:ListServerCertificates",
        &[("ServerCertificateMetadataList[member]", &["@Arn", "@ServerCertificateName"])],
    ),
    ("iam:ListVirtualMFADevices", &[("VirtualMFADevices[member]", &["@SerialNumber"])]),
    (
        "logs:DescribeMetricFilters",
        &[
            ("metricFilters[]", &["metricTransformations"]),
            ("metricFilters[].metricTransformations[]", &["@metricName", "@metricNamespace"]),
        ],
    ),
    (
        "route53:ListResourceRecordSets",
        // A record has values or an alias:
        // https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
        &[(
            "ResourceRecordSets[ResourceRecordSet]",
            &["@Name", "@Type", "ResourceRecords|AliasTarget"],
        )],
    ),
    ("s3:GetBucketAcl", &[("AccessControlList[Grant]", &[])]),
    ("s3:GetBucketLogging", &[("LoggingEnabled", &["@TargetBucket"])]),
    (
        "s3:GetBucketObjectLockConfiguration",
        &[("Rule", &["DefaultRetention"]), ("Rule.DefaultRetention", &["@Mode", "@Days|@Years"])],
    ),
    ("s3:GetBucketTagging", &[("TagSet[Tag]", &["@Key", "Value"])]),
    (
        "s3:GetEncryptionConfiguration",
        &[
            ("Rule", &["ApplyServerSideEncryptionByDefault"]),
            ("Rule.ApplyServerSideEncryptionByDefault", &["@SSEAlgorithm"]),
        ],
    ),
    ("s3:GetLifecycleConfiguration", &[("Rule", &["@Status"])]),
    ("s3:GetReplicationConfiguration", &[("Rule", &["@Status"])]),
    ("s3:ListAccessPoints", &[("AccessPointList[AccessPoint]", &["@Name", "@Bucket"])]),
    ("s3:ListAllMyBuckets", &[("Buckets[Bucket]", &[])]),
    ("sns:ListSubscriptionsByTopic", &[("Subscriptions[member]", &["@SubscriptionArn"])]),
];

/// What an action of a listener or of a rule holds.
const FORWARDS: &[&str] = &["@Type"];

/// What a route leads to: one of these, by the model of EC2.
const NEXT_HOP: &str = "@gatewayId|@natGatewayId|@vpcPeeringConnectionId|@transitGatewayId|@networkInterfaceId|@instanceId\
                        |@egressOnlyInternetGatewayId|@localGatewayId|@carrierGatewayId|@coreNetworkArn|@odbNetworkArn|@ipAddress";

/// What a tag of EC2 holds.
const TAG: &[&str] = &["@key", "value"];

/// What an association of an interface with an address of another network holds.
const ADDRESS: &[&str] = &["@publicIp|@carrierIp|@customerOwnedIp"];

/// What a rule of a security group holds.
const PERMISSION: &[&str] = &["@ipProtocol", "groups", "ipRanges", "ipv6Ranges", "prefixListIds"];

/// What an inline policy holds.
const INLINE: &[&str] = &["@PolicyName", "@PolicyDocument"];

/// Whether every record in the answer of an action holds what it always holds; else what is missing.
pub(crate) fn check(action: &str, operation: &str, body: &[u8]) -> Result<(), Flaw> {
    let Some((_, rules)) = ALWAYS.iter().find(|(name, _)| *name == action) else { return Ok(()) };
    hold(rules, operation, body)
}

fn hold(rules: &[Rule], operation: &str, body: &[u8]) -> Result<(), Flaw> {
    let rules: Vec<Sought> = rules.iter().map(Sought::of).collect();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<') {
        return xml(&rules, operation, body);
    }
    let rules: Vec<Below<'_>> = rules.iter().map(|rule| (rule.path.as_slice(), rule)).collect();
    let mut reader = serde_json::Deserializer::from_slice(body);
    reader.deserialize_map(Node { rules, list: false }).map_err(broken)?;
    Ok(())
}

fn broken(why: impl fmt::Display) -> Flaw {
    Flaw::Missing(why.to_string())
}

/// A rule, parsed.
struct Sought {
    place: &'static str,
    /// Each member with what its items are called, where it is a list.
    path: Vec<(&'static str, Option<&'static str>)>,
    holds: &'static [&'static str],
}

impl Sought {
    fn of((place, holds): &Rule) -> Self {
        let part =
            |part: &'static str| match part.strip_suffix(']').and_then(|list| list.split_once('['))
            {
                Some((name, item)) => (name, Some(item)),
                None => (part, None),
            };
        Self { place, path: place.split('.').map(part).collect(), holds }
    }

    /// Whether a record with these members holds what it must.
    fn check(&self, own: Presence, there: impl Fn(&str) -> Presence) -> Result<(), Flaw> {
        let holds = |wanted: &str| match wanted.strip_prefix('@') {
            Some("") => own == Presence::Full,
            Some(name) => there(name) == Presence::Full,
            None => there(wanted) != Presence::Not,
        };
        let lacks = |wanted: &&&str| !wanted.split('|').any(holds);
        match self.holds.iter().find(lacks) {
            Some(missing) => {
                let name = missing.replace('@', "");
                Err(broken(format!("lacks `{name}` in `{}`", self.place)))
            }
            None => Ok(()),
        }
    }

    fn misfit(&self) -> String {
        format!("has something else in place of `{}`", self.place)
    }
}

/// Whether a member is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    /// It is not, or it is null.
    Not,
    /// It is there without text.
    Bare,
    /// It is there with text, a number or a flag.
    Full,
}

/// An element that is open.
struct Open {
    name: String,
    text: bool,
    /// The elements in it, and whether each has text.
    inner: Vec<(String, bool)>,
}

fn xml(rules: &[Sought], operation: &str, body: &[u8]) -> Result<(), Flaw> {
    let mut reader = Reader::from_reader(body);
    let mut open: Vec<Open> = Vec::new();
    // Whether the elements that are open from the root of what is answered on are on this path.
    let is_at = |open: &[Open], from: usize, path: &[(&str, Option<&str>)], whole: bool| {
        let names = path.iter().flat_map(|(name, item)| [Some(*name), *item]).flatten();
        let names: Vec<&str> = names.collect();
        let names = if whole { &names[..] } else { &names[..names.len().saturating_sub(1)] };
        let place = open.get(from..).unwrap_or_default();
        place.len() == names.len() && place.iter().zip(names).all(|(one, name)| one.name == **name)
    };
    let close = |open: &mut Vec<Open>| -> Result<(), Flaw> {
        // The query protocol wraps the result in an answer of the operation's name.
        let wrapped = open.first().is_some_and(|root| {
            root.name.strip_suffix("Response").is_some_and(|name| name == operation)
        });
        // EC2's does not.
        let result = open.get(1).is_some_and(|inner| {
            inner.name.strip_suffix("Result").is_some_and(|name| name == operation)
        });
        let from = if wrapped && (result || open.len() < 2) { 2 } else { 1 };
        let Some(last) = open.last() else { return Ok(()) };
        for rule in rules {
            if is_at(open, from, &rule.path, true) {
                let there = |name: &str| {
                    let found = last.inner.iter().filter(|(inner, _)| inner == name);
                    match found.map(|(_, text)| *text).max() {
                        Some(true) => Presence::Full,
                        Some(false) => Presence::Bare,
                        None => Presence::Not,
                    }
                };
                let own = if last.text { Presence::Full } else { Presence::Bare };
                rule.check(own, there)?;
                // An element with members has no text.
                if last.text && rule.holds != ["@"] {
                    return Err(broken(rule.misfit()));
                }
            }
            if let Some((_, Some(item))) = rule.path.last()
                && is_at(open, from, &rule.path, false)
                && (last.text || last.inner.iter().any(|(name, _)| name != item))
            {
                return Err(broken(rule.misfit()));
            }
        }
        if let Some(closed) = open.pop()
            && let Some(above) = open.last_mut()
        {
            above.inner.push((closed.name, closed.text));
        }
        Ok(())
    };
    loop {
        let event = reader.read_event().map_err(broken)?;
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                open.push(Open { name, text: false, inner: Vec::new() });
                if matches!(event, Event::Empty(_)) {
                    close(&mut open)?;
                }
            }
            Event::End(_) => close(&mut open)?,
            Event::Text(text) => {
                if let Some(last) = open.last_mut() {
                    last.text |= !text.iter().all(u8::is_ascii_whitespace);
                }
            }
            Event::CData(_) | Event::GeneralRef(_) => {
                if let Some(last) = open.last_mut() {
                    last.text = true;
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// A rule with the part of its path that is left.
type Below<'r> = (&'r [(&'static str, Option<&'static str>)], &'r Sought);

/// A value in JSON, with the rules about what is in it.
struct Node<'r> {
    rules: Vec<Below<'r>>,
    /// Whether it is a list that the rules are about.
    list: bool,
}

impl Node<'_> {
    /// A value of another kind in place of a record or a list is not a valid response.
    fn scalar<E: serde::de::Error>(&self, presence: Presence) -> Result<Presence, E> {
        let is_full = matches!(presence, Presence::Full);
        let misfits =
            |(path, rule): &&Below<'_>| !path.is_empty() || rule.holds != ["@"] || !is_full;
        match self.rules.iter().find(misfits) {
            Some((_, rule)) => Err(E::custom(rule.misfit())),
            None => Ok(presence),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Presence;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Presence, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Presence;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Presence, E> {
        // A member that is null is not there; an item that is null is none.
        if self.list { Ok(Presence::Not) } else { self.scalar(Presence::Not) }
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Presence, E> {
        self.scalar(Presence::Full)
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Presence, E> {
        self.scalar(Presence::Full)
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Presence, E> {
        self.scalar(Presence::Full)
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Presence, E> {
        self.scalar(Presence::Full)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Presence, E> {
        let blank = text.trim().is_empty();
        self.scalar(if blank { Presence::Bare } else { Presence::Full })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Presence, A::Error> {
        if !self.list && !self.rules.is_empty() {
            return self.scalar(Presence::Bare);
        }
        if self.rules.is_empty() {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Presence::Bare);
        }
        loop {
            let node = Node { rules: self.rules.clone(), list: false };
            if list.next_element_seed(node)?.is_none() {
                return Ok(Presence::Bare);
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Presence, A::Error> {
        if self.list {
            return self.scalar(Presence::Bare);
        }
        let mut there: Vec<(String, Presence)> = Vec::new();
        let own: Vec<&Sought> =
            self.rules.iter().filter(|(path, _)| path.is_empty()).map(|(_, rule)| *rule).collect();
        while let Some(name) = map.next_key::<String>()? {
            let mut list = false;
            let mut rules: Vec<Below<'_>> = Vec::new();
            for (path, rule) in &self.rules {
                if let Some(((first, item), rest)) = path.split_first()
                    && *first == name
                {
                    list |= item.is_some();
                    rules.push((rest, rule));
                }
            }
            let presence = map.next_value_seed(Node { rules, list })?;
            if !own.is_empty() {
                there.push((name, presence));
            }
        }
        for rule in own {
            let found = |name: &str| {
                let found = there.iter().find(|(there, _)| there == name);
                found.map_or(Presence::Not, |(_, presence)| *presence)
            };
            rule.check(Presence::Bare, found).map_err(|flaw| A::Error::custom(flaw_text(&flaw)))?;
        }
        Ok(Presence::Bare)
    }
}

fn flaw_text(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Missing(what) => what.clone(),
        Flaw::Empty | Flaw::Broken(_) => flaw.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const JSON: &[Rule] = &[("all[]", &["@id", "on"]), ("all[].inner[]", &["@a|@b"])];
    const XML: &[Rule] = &[("All[member]", &["@Id", "On"]), ("All[member].Names[member]", &["@"])];
    const PLAIN: &[Rule] = &[("Rule", &["@Status"]), ("Rule.To", &["@Days|@Years"])];

    #[test]
    fn a_record_without_what_it_always_holds_is_none() {
        for (body, holds) in [
            (r#"{"all": [{"id": "x", "on": false}]}"#, true),
            (r#"{"all": [{"id": 7, "on": [], "inner": []}]}"#, true),
            (
                r#"{"all": [{"id": "x", "on": "", "inner": [{"b": "y"}, {"a": "z", "b": null}]}]}"#,
                true,
            ),
            (r#"{"all": []}"#, true),
            // Whether there is a list at all, others say.
            (r#"{"all": null}"#, true),
            (r#"{"more": {"id": ""}}"#, true),
            (r#"{"all": [{"id": "x"}]}"#, false),
            (r#"{"all": [{"id": "x", "on": null}]}"#, false),
            (r#"{"all": [{"id": " ", "on": true}]}"#, false),
            (r#"{"all": [{"ID": "x", "on": true}]}"#, false),
            (r#"{"all": [{"id": "x", "on": true}, {}]}"#, false),
            (r#"{"all": [null]}"#, false),
            (r#"{"all": ["x"]}"#, false),
            (r#"{"all": [[]]}"#, false),
            (r#"{"all": {"id": "x", "on": true}}"#, false),
            (r#"{"all": "x"}"#, false),
            (r#"{"all": true}"#, false),
            (r#"{"all": 7}"#, false),
            (r#"{"all": [{"id": "x", "on": true, "inner": [{"c": "y"}]}]}"#, false),
            (r#"{"all": [{"id": "x", "on": true, "inner": {}}]}"#, false),
        ] {
            assert_eq!(hold(JSON, "", body.as_bytes()).is_ok(), holds, "{body}");
        }
    }

    #[test]
    fn an_element_without_what_it_always_holds_is_none() {
        let item = |inner: &str| format!("<All><member>{inner}</member></All>");
        for (inner, holds) in [
            (item("<Id>x</Id><On/>"), true),
            (item("<Id>x</Id>\n <On>false</On><Names><member>n</member></Names>"), true),
            (item("<Id>&amp;</Id><On/><Names/>"), true),
            ("<All/>".to_owned(), true),
            ("<More>x</More>".to_owned(), true),
            (item("<Id>x</Id>"), false),
            (item("<Id></Id><On/>"), false),
            (item("<Id> </Id><On/>"), false),
            (item("<id>x</id><On/>"), false),
            (item("<Id>x</Id><On/>text"), false),
            (item("text"), false),
            (item(""), false),
            (item("<Id>x</Id><On/><Names><member/></Names>"), false),
            (item("<Id>x</Id><On/><Names>n</Names>"), false),
            ("<All>text</All>".to_owned(), false),
            ("<All><Member><Id>x</Id><On/></Member></All>".to_owned(), false),
        ] {
            // In the wrapping of the query protocol, and without.
            for body in [
                format!("<AskResponse><AskResult>{inner}</AskResult></AskResponse>"),
                format!("<?xml version=\"1.0\"?>\n<Result xmlns=\"x\">{inner}</Result>"),
            ] {
                assert_eq!(hold(XML, "Ask", body.as_bytes()).is_ok(), holds, "{body}");
            }
        }
        for (inner, holds) in [
            ("<Rule><Status>on</Status></Rule><Rule><Status>off</Status></Rule>", true),
            ("<Rule><Status>on</Status><To><Years>1</Years></To></Rule>", true),
            ("", true),
            ("<Rule><Status>on</Status></Rule><Rule/>", false),
            ("<Rule>text</Rule>", false),
            ("<Rule><Status>on</Status><To/></Rule>", false),
        ] {
            let body = format!("<Root>{inner}</Root>");
            assert_eq!(hold(PLAIN, "Ask", body.as_bytes()).is_ok(), holds, "{body}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let flaw = hold(JSON, "", br#"{"all": [{"id": "x"}]}"#).unwrap_err().to_string();
        assert!(flaw.contains("lacks `on` in `all[]`"), "{flaw}");
        let flaw = hold(XML, "", b"<a><All>text</All></a>").unwrap_err().to_string();
        assert!(flaw.contains("in place of `All[member]`"), "{flaw}");
    }

    #[test]
    fn every_rule_is_about_an_action() {
        assert!(ALWAYS.is_sorted_by(|(a, _), (b, _)| a < b));
        for (action, rules) in ALWAYS {
            assert!(crate::action::holds(action).is_some(), "{action}");
            assert!(!rules.is_empty(), "{action}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_looked_at_without_a_panic(body: Vec<u8>, text in "[<>/a-c{}\\[\\]:\", ]{0,40}") {
            for rules in [JSON, XML, PLAIN] {
                let _ = hold(rules, "x", &body);
                let _ = hold(rules, "x", text.as_bytes());
            }
        }
    }
}
