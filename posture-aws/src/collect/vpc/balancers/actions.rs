//! What Elastic Load Balancing is asked.

use posture_model::resource::{FactId, Machine, NetworkInterface};

use crate::entry::{Action, Holds, Per};

/// What the internet reaches through a balancer.
const REACHED: &[FactId] = &[
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
    lists: &[],
    fills: REACHED,
    command: "aws elbv2 describe-load-balancers --region {region}",
};

pub(crate) const TARGET_GROUPS: Action = Action {
    name: "elasticloadbalancing:DescribeTargetGroups",
    // Only where there is a balancer.
    per: Per::UNFORESEEN,
    own: Holds::all(&["TargetGroups"]),
    lists: &[],
    fills: REACHED,
    command: "aws elbv2 describe-target-groups --region {region}",
};

pub(crate) const LISTENERS: Action = Action {
    name: "elasticloadbalancing:DescribeListeners",
    // Once for each balancer that the internet may reach.
    per: Per::UNFORESEEN,
    own: Holds::all(&["Listeners"]),
    lists: &[],
    fills: REACHED,
    command: "aws elbv2 describe-listeners --load-balancer-arn <balancer> --region {region}",
};

pub(crate) const RULES: Action = Action {
    name: "elasticloadbalancing:DescribeRules",
    // Once for each of their listeners that can have rules.
    per: Per::UNFORESEEN,
    own: Holds::all(&["Rules"]),
    lists: &[],
    fills: REACHED,
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
