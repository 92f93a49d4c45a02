//! What Network Firewall is asked, and what is read of its answers.

use posture_model::resource::{Firewall, FirewallPolicy, FirewallRuleGroup, Kind};

use crate::entry::{Action, Holds, Per};
use crate::wire::services::NETWORK_FIREWALL;
use crate::wire::{Constant, Operation, answers};

pub(crate) const FIREWALLS: Action = Action {
    name: "network-firewall:ListFirewalls",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["Firewalls"]),
    lists: &[Kind::Firewall],
    fills: &[],
    command: "aws network-firewall list-firewalls --region {region}",
};

pub(crate) const FIREWALL: Action = Action {
    name: "network-firewall:DescribeFirewall",
    per: Per::resource(Kind::Firewall),
    own: Holds::all(&["Firewall.FirewallPolicyArn"]),
    lists: &[],
    fills: &[Firewall::DELETION_PROTECTED, Firewall::SUBNETS_PROTECTED, Firewall::TAGS],
    command: "aws network-firewall describe-firewall --firewall-arn {id} --region {region}",
};

pub(crate) const LOGGING: Action = Action {
    name: "network-firewall:DescribeLoggingConfiguration",
    per: Per::resource(Kind::Firewall),
    own: Holds::all(&["FirewallArn"]),
    lists: &[],
    fills: &[Firewall::LOGS],
    command: "aws network-firewall describe-logging-configuration --firewall-arn {id} --region {region}",
};

pub(crate) const POLICIES: Action = Action {
    name: "network-firewall:ListFirewallPolicies",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["FirewallPolicies"]),
    lists: &[Kind::FirewallPolicy],
    fills: &[],
    command: "aws network-firewall list-firewall-policies --region {region}",
};

pub(crate) const POLICY: Action = Action {
    name: "network-firewall:DescribeFirewallPolicy",
    per: Per::resource(Kind::FirewallPolicy),
    own: Holds::all(&["FirewallPolicy", "FirewallPolicyResponse"]),
    lists: &[],
    fills: &[
        FirewallPolicy::RULE_GROUPS,
        FirewallPolicy::PASSES_PACKETS,
        FirewallPolicy::PASSES_FRAGMENTS,
    ],
    command: "aws network-firewall describe-firewall-policy --firewall-policy-arn {id} --region {region}",
};

pub(crate) const RULE_GROUPS: Action = Action {
    name: "network-firewall:ListRuleGroups",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["RuleGroups"]),
    lists: &[Kind::FirewallRuleGroup],
    fills: &[],
    command: "aws network-firewall list-rule-groups --region {region}",
};

pub(crate) const RULE_GROUP: Action = Action {
    name: "network-firewall:DescribeRuleGroup",
    per: Per::resource(Kind::FirewallRuleGroup),
    own: Holds::all(&["RuleGroup", "RuleGroupResponse"]),
    lists: &[],
    fills: &[FirewallRuleGroup::RULES],
    command: "aws network-firewall describe-rule-group --rule-group-arn {id} --region {region}",
};

answers! {
    ListFirewalls {
        firewalls: "Firewalls" optional records(ListedFirewall),
    }

    ListedFirewall {
        arn: "FirewallArn" optional text,
    }

    DescribeFirewall {
        firewall: "Firewall" optional record(DescribedFirewall),
    }

    DescribedFirewall {
        deletion: "DeleteProtection" optional flag,
        subnets: "SubnetChangeProtection" optional flag,
        tags: "Tags" optional records(FirewallTag),
    }

    FirewallTag {
        key: "Key" required text,
        value: "Value" required text,
    }

    DescribeLoggingConfiguration {
        configuration: "LoggingConfiguration" optional record(LoggingConfiguration),
    }

    LoggingConfiguration {
        destinations: "LogDestinationConfigs" required records(LogDestination),
    }

    LogDestination {
        kind: "LogType" required text,
    }

    ListFirewallPolicies {
        policies: "FirewallPolicies" optional records(ListedFirewallPolicy),
    }

    ListedFirewallPolicy {
        arn: "Arn" optional text,
    }

    DescribeFirewallPolicy {
        policy: "FirewallPolicy" optional record(DescribedFirewallPolicy),
    }

    DescribedFirewallPolicy {
        stateless: "StatelessRuleGroupReferences" optional counted,
        stateful: "StatefulRuleGroupReferences" optional counted,
        packets: "StatelessDefaultActions" required texts,
        fragments: "StatelessFragmentDefaultActions" required texts,
    }

    ListRuleGroups {
        groups: "RuleGroups" optional records(ListedRuleGroup),
    }

    ListedRuleGroup {
        arn: "Arn" optional text,
    }

    DescribeRuleGroup {
        group: "RuleGroup" optional record(DescribedRuleGroup),
    }

    DescribedRuleGroup {
        source: "RulesSource" required record(RulesSource),
    }

    RulesSource {
        stateless: "StatelessRulesAndCustomActions" optional record(StatelessRules),
    }

    StatelessRules {
        rules: "StatelessRules" required counted,
    }
}

const PAGE: &[(&str, Constant)] = &[("MaxResults", Constant::Whole(100))];

pub(crate) static LIST_FIREWALLS: Operation<0, ListFirewalls<'_>> =
    Operation::new(&NETWORK_FIREWALL, FIREWALLS.name, "ListFirewalls")
        .given(PAGE)
        .pages("NextToken", "NextToken");

pub(crate) static READ_FIREWALL: Operation<1, DescribeFirewall<'_>> =
    Operation::new(&NETWORK_FIREWALL, FIREWALL.name, "DescribeFirewall").takes(&["FirewallArn"]);

pub(crate) static READ_LOGGING: Operation<1, DescribeLoggingConfiguration<'_>> =
    Operation::new(&NETWORK_FIREWALL, LOGGING.name, "DescribeLoggingConfiguration")
        .takes(&["FirewallArn"]);

pub(crate) static LIST_POLICIES: Operation<0, ListFirewallPolicies<'_>> =
    Operation::new(&NETWORK_FIREWALL, POLICIES.name, "ListFirewallPolicies")
        .given(PAGE)
        .pages("NextToken", "NextToken");

pub(crate) static READ_POLICY: Operation<1, DescribeFirewallPolicy<'_>> =
    Operation::new(&NETWORK_FIREWALL, POLICY.name, "DescribeFirewallPolicy")
        .takes(&["FirewallPolicyArn"]);

pub(crate) static LIST_RULE_GROUPS: Operation<0, ListRuleGroups<'_>> =
    Operation::new(&NETWORK_FIREWALL, RULE_GROUPS.name, "ListRuleGroups")
        .given(PAGE)
        .pages("NextToken", "NextToken");

pub(crate) static READ_RULE_GROUP: Operation<1, DescribeRuleGroup<'_>> =
    Operation::new(&NETWORK_FIREWALL, RULE_GROUP.name, "DescribeRuleGroup")
        .takes(&["RuleGroupArn"]);
