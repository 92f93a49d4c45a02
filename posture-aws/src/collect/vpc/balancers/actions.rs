//! What Elastic Load Balancing is asked.

use posture_model::resource::{FactId, Kind, LoadBalancer, Machine, NetworkInterface};

use crate::entry::{Action, Holds, Per};

/// What the internet reaches through a balancer.
pub(super) const REACHED: &[FactId] = &[
    NetworkInterface::OPEN_TO_ANYONE,
    NetworkInterface::OPEN_TO_SOME,
    Machine::OPEN_TO_ANYONE,
    Machine::OPEN_TO_SOME,
];

pub(crate) const BALANCERS: Action = Action {
    name: "elasticloadbalancing:DescribeLoadBalancers",
    // One permission for both interfaces of the service: each is asked once in a region.
    per: Per::PLACE.at_least(),
    own: Holds::any(&["LoadBalancers", "LoadBalancerDescriptions"]),
    lists: &[Kind::LoadBalancer],
    fills: &[
        NetworkInterface::OPEN_TO_ANYONE,
        NetworkInterface::OPEN_TO_SOME,
        Machine::OPEN_TO_ANYONE,
        Machine::OPEN_TO_SOME,
        LoadBalancer::FAMILY,
        LoadBalancer::DNS_NAME,
        LoadBalancer::ZONES,
        // The listeners of a Classic Load Balancer are part of it.
        LoadBalancer::PLAIN_LISTENERS,
        LoadBalancer::UNREDIRECTED,
        LoadBalancer::OLD_TLS,
        LoadBalancer::SECURITY_POLICIES,
        LoadBalancer::UNMANAGED_CERTIFICATES,
        LoadBalancer::PLAIN_TARGETS,
        LoadBalancer::PLAIN_HEALTH_CHECKS,
        LoadBalancer::INSPECTED,
        LoadBalancer::TAGS,
        LoadBalancer::LOGS_ACCESS,
        LoadBalancer::DELETION_PROTECTED,
        LoadBalancer::DROPS_INVALID_HEADERS,
        LoadBalancer::DESYNC_MODE,
        LoadBalancer::DRAINS_CONNECTIONS,
        LoadBalancer::CROSSES_ZONES,
    ],
    command: "aws elbv2 describe-load-balancers --region {region}",
};

pub(crate) const TARGET_GROUPS: Action = Action {
    name: "elasticloadbalancing:DescribeTargetGroups",
    // Only where there is a balancer.
    per: Per::UNFORESEEN,
    own: Holds::all(&["TargetGroups"]),
    lists: &[],
    fills: &[
        NetworkInterface::OPEN_TO_ANYONE,
        NetworkInterface::OPEN_TO_SOME,
        Machine::OPEN_TO_ANYONE,
        Machine::OPEN_TO_SOME,
        LoadBalancer::PLAIN_TARGETS,
        LoadBalancer::PLAIN_HEALTH_CHECKS,
    ],
    command: "aws elbv2 describe-target-groups --region {region}",
};

pub(crate) const LISTENERS: Action = Action {
    name: "elasticloadbalancing:DescribeListeners",
    // Once for each balancer that the internet may reach, or for each where its listeners themselves are wanted.
    per: Per::UNFORESEEN,
    own: Holds::all(&["Listeners"]),
    lists: &[],
    fills: &[
        NetworkInterface::OPEN_TO_ANYONE,
        NetworkInterface::OPEN_TO_SOME,
        Machine::OPEN_TO_ANYONE,
        Machine::OPEN_TO_SOME,
        LoadBalancer::PLAIN_LISTENERS,
        LoadBalancer::UNREDIRECTED,
        LoadBalancer::OLD_TLS,
        LoadBalancer::SECURITY_POLICIES,
    ],
    command: "aws elbv2 describe-listeners --load-balancer-arn <balancer> --region {region}",
};

pub(crate) const RULES: Action = Action {
    name: "elasticloadbalancing:DescribeRules",
    // Once for each of their listeners that can have rules and leads to targets, or does not redirect to HTTPS.
    per: Per::UNFORESEEN,
    own: Holds::all(&["Rules"]),
    lists: &[],
    fills: &[
        NetworkInterface::OPEN_TO_ANYONE,
        NetworkInterface::OPEN_TO_SOME,
        Machine::OPEN_TO_ANYONE,
        Machine::OPEN_TO_SOME,
        LoadBalancer::UNREDIRECTED,
    ],
    command: "aws elbv2 describe-rules --listener-arn <listener> --region {region}",
};

pub(crate) const TARGETS: Action = Action {
    name: "elasticloadbalancing:DescribeTargetHealth",
    // Once for each of their target groups.
    per: Per::UNFORESEEN,
    own: Holds::all(&["TargetHealthDescriptions"]),
    lists: &[],
    fills: REACHED,
    command: "aws elbv2 describe-target-health --target-group-arn <target-group> --region {region}",
};

pub(crate) const GROUP_ATTRIBUTES: Action = Action {
    name: "elasticloadbalancing:DescribeTargetGroupAttributes",
    // Once for each of their target groups that can keep the addresses of clients.
    per: Per::UNFORESEEN,
    own: Holds::all(&["Attributes"]),
    lists: &[],
    fills: REACHED,
    command: "aws elbv2 describe-target-group-attributes --target-group-arn <target-group> --region {region}",
};

pub(crate) const ATTRIBUTES: Action = Action {
    name: "elasticloadbalancing:DescribeLoadBalancerAttributes",
    // One permission for both interfaces of the service: once for each load balancer.
    per: Per::UNFORESEEN,
    own: Holds::any(&["Attributes", "LoadBalancerAttributes"]),
    lists: &[],
    fills: &[
        LoadBalancer::LOGS_ACCESS,
        LoadBalancer::DELETION_PROTECTED,
        LoadBalancer::DROPS_INVALID_HEADERS,
        LoadBalancer::DESYNC_MODE,
        LoadBalancer::DRAINS_CONNECTIONS,
        LoadBalancer::CROSSES_ZONES,
    ],
    command: "aws elbv2 describe-load-balancer-attributes --load-balancer-arn <balancer> --region {region}",
};

pub(crate) const TAGS: Action = Action {
    name: "elasticloadbalancing:DescribeTags",
    // One permission for both interfaces of the service: once for each load balancer.
    per: Per::UNFORESEEN,
    own: Holds::all(&["TagDescriptions"]),
    lists: &[],
    fills: &[LoadBalancer::TAGS],
    command: "aws elbv2 describe-tags --resource-arns <balancer> --region {region}",
};

pub(crate) const WEB_ACL: Action = Action {
    name: "wafv2:GetWebACLForResource",
    // Once for each Application Load Balancer.
    per: Per::UNFORESEEN,
    // Without a web ACL it is empty.
    own: Holds::all(&[]),
    lists: &[],
    fills: &[LoadBalancer::INSPECTED],
    command: "aws wafv2 get-web-acl-for-resource --resource-arn <balancer> --region {region}",
};

pub(crate) const POLICIES: Action = Action {
    name: "elasticloadbalancing:DescribeLoadBalancerPolicies",
    // Once for each Classic Load Balancer with a TLS listener.
    per: Per::UNFORESEEN,
    own: Holds::all(&["PolicyDescriptions"]),
    lists: &[],
    fills: &[LoadBalancer::OLD_TLS, LoadBalancer::SECURITY_POLICIES],
    command: "aws elb describe-load-balancer-policies --load-balancer-name <balancer> --region {region}",
};

pub(crate) const SSL_POLICIES: Action = Action {
    name: "elasticloadbalancing:DescribeSSLPolicies",
    // Once for a region with a TLS listener.
    per: Per::UNFORESEEN,
    own: Holds::all(&["SslPolicies"]),
    lists: &[],
    fills: &[LoadBalancer::OLD_TLS],
    command: "aws elbv2 describe-ssl-policies --region {region}",
};
