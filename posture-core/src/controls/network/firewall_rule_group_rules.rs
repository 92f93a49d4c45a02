//! `network.firewall-rule-group-rules`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: other rule groups of the policy may hold the rules. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "network.firewall-rule-group-rules",
    life: since("0.1.0"),
    title: "Stateless rule groups have rules",
    finding: "Stateless rule group is empty",
    keywords: &["AWS Network Firewall", "stateless rule group", "rules"],
    severity: Low,
    rationale: "A policy with an empty rule group looks as if it filtered, and does not.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add rules to the rule group, or delete it. The command shows it.",
            console: "VPC → Network Firewall → Network Firewall rule groups → the group",
            command: Inspect(
                "aws network-firewall describe-rule-group --rule-group-arn <rule-group>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-rule-groups-5-tuple.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/networkfirewall-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-09", Supporting),
        fsbp("NetworkFirewall.6", Full),
    ],
    test: Test {
        reads: &[FirewallRuleGroup::RULES],
        params: &[],
        check: Check::FirewallRuleGroup(check),
        examples: Examples {
            pass: |scope| scope.add(example(2)),
            fail: |scope| scope.add(example(0)),
        },
    },
};

fn check(group: &FirewallRuleGroup, _: &Context<'_>) -> CheckResult {
    if *group.rules.known()? == 0 {
        return fail(FirewallRuleGroup::RULES, "none", "at least one");
    }
    pass()
}

fn example(rules: u32) -> FirewallRuleGroup {
    FirewallRuleGroup::unread("example", "example", None).rules(Known(rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_enough() {
        let with = |one: FirewallRuleGroup| move |scope: &mut Scope| scope.add(one);
        assert_passes(&CONTROL, with(example(1)));
        assert_fails(&CONTROL, with(example(0)));
        assert_unknown(&CONTROL, with(example(0).rules(denied())));
    }
}
