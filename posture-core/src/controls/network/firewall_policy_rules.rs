//! `network.firewall-policy-rules`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: no firewall may use the policy. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "network.firewall-policy-rules",
    life: since("0.1.0"),
    title: "Firewall policies of Network Firewall use rule groups",
    finding: "Firewall policy uses no rule group",
    keywords: &["AWS Network Firewall", "firewall policy", "rule group"],
    severity: Medium,
    rationale: "A firewall with such a policy treats all traffic alike: it stops everything, or inspects \
                nothing.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add stateful rule groups to the policy. The command lists the rule groups that AWS \
                   manages.",
            console: "VPC → Network Firewall → Firewall policies → the policy → Rule groups",
            command: Inspect("aws network-firewall list-rule-groups --scope MANAGED"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-policies.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/networkfirewall-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-09", Supporting),
        fsbp("NetworkFirewall.3", Full),
    ],
    test: Test {
        reads: &[FirewallPolicy::RULE_GROUPS],
        params: &[],
        check: Check::FirewallPolicy(check),
        examples: Examples {
            pass: |scope| scope.add(example(2)),
            fail: |scope| scope.add(example(0)),
        },
    },
};

fn check(policy: &FirewallPolicy, _: &Context<'_>) -> CheckResult {
    if *policy.rule_groups.known()? == 0 {
        return fail(FirewallPolicy::RULE_GROUPS, "none", "at least one");
    }
    pass()
}

fn example(rule_groups: u32) -> FirewallPolicy {
    FirewallPolicy::unread("example", "example", None).rule_groups(Known(rule_groups))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_enough() {
        let with = |one: FirewallPolicy| move |scope: &mut Scope| scope.add(one);
        assert_passes(&CONTROL, with(example(1)));
        assert_fails(&CONTROL, with(example(0)));
        assert_unknown(&CONTROL, with(example(0).rule_groups(denied())));
    }
}
