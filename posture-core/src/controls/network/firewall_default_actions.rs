//! `network.firewall-default-actions`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: stateless rules may match all traffic, so that the default is never used. So the control decides nothing but the
/// rows of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "network.firewall-default-actions",
    life: since("0.1.0"),
    title: "Network Firewall passes no packet without inspection by default",
    finding: "Firewall policy passes packets without inspection",
    keywords: &[
        "AWS Network Firewall",
        "firewall policy",
        "stateless default action",
        "aws:pass",
        "aws:forward_to_sfe",
        "fragments",
    ],
    severity: Medium,
    rationale: "What no stateless rule matches goes through the firewall unseen. Its stateful rules never \
                apply.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Set the stateless default actions for packets and for fragments to forward to \
                   stateful rule groups, or to drop. The command shows the policy.",
            console: "VPC → Network Firewall → Firewall policies → the policy → Stateless default actions",
            command: Inspect(
                "aws network-firewall describe-firewall-policy --firewall-policy-arn <firewall-policy>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-default-actions.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/networkfirewall-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-09", Supporting),
        fsbp("NetworkFirewall.4", Full).by(Check::FirewallPolicy(packets)),
        fsbp("NetworkFirewall.5", Full).by(Check::FirewallPolicy(fragments)),
    ],
    test: Test {
        reads: &[FirewallPolicy::PASSES_PACKETS, FirewallPolicy::PASSES_FRAGMENTS],
        params: &[],
        check: Check::FirewallPolicy(check),
        examples: Examples {
            pass: |scope| scope.add(example(false, false)),
            fail: |scope| scope.add(example(true, true)),
        },
    },
};

const EXPECTED: &str = "forwarded to stateful rules, or dropped";

fn check(policy: &FirewallPolicy, _: &Context<'_>) -> CheckResult {
    let FirewallPolicy { passes_packets, passes_fragments, .. } = policy;
    if *(passes_packets.clone() | passes_fragments.clone()).known()? {
        let (fact, what) = match passes_packets {
            Known(true) => (FirewallPolicy::PASSES_PACKETS, "packets pass"),
            _ => (FirewallPolicy::PASSES_FRAGMENTS, "fragments pass"),
        };
        return fail(fact, what, EXPECTED);
    }
    pass()
}

fn packets(policy: &FirewallPolicy, _: &Context<'_>) -> CheckResult {
    of(FirewallPolicy::PASSES_PACKETS, &policy.passes_packets)
}

fn fragments(policy: &FirewallPolicy, _: &Context<'_>) -> CheckResult {
    of(FirewallPolicy::PASSES_FRAGMENTS, &policy.passes_fragments)
}

fn of(fact: FactId, passes: &Fact<bool>) -> CheckResult {
    if *passes.known()? {
        return fail(fact, "passed", EXPECTED);
    }
    pass()
}

fn example(packets: bool, fragments: bool) -> FirewallPolicy {
    FirewallPolicy::unread("example", "example", None)
        .passes_packets(Known(packets))
        .passes_fragments(Known(fragments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_default_fails_it() {
        let with = |one: FirewallPolicy| move |scope: &mut Scope| scope.add(one);
        assert_passes(&CONTROL, with(example(false, false)));
        for (packets, fragments) in [(true, false), (false, true), (true, true)] {
            assert_fails(&CONTROL, with(example(packets, fragments)));
        }
        assert_fails(&CONTROL, with(example(true, false).passes_fragments(denied())));
        assert_fails(&CONTROL, with(example(false, true).passes_packets(denied())));
        assert_unknown(&CONTROL, with(example(false, false).passes_fragments(denied())));
    }
}
