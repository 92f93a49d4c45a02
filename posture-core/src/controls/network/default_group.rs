//! `network.default-group`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a default group that nothing uses filters nothing, so that requirements of outcome are only supported.
pub(crate) static CONTROL: Control = Control {
    id: "network.default-group",
    life: since("0.1.0"),
    title: "Default security groups have no rules",
    finding: "Default security group has rules",
    keywords: &["default security group", "VPC", "EC2", "inbound", "outbound"],
    severity: Medium,
    rationale: "Whatever is started without a group gets the default one, and with it access to \
                and from everything else in that group.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Move what uses the default group to groups of its own, and remove the rules of \
                   the default group. The command shows its rules.",
            console: "VPC → Security groups → the group `default` → Inbound rules, Outbound rules",
            command: Inspect("aws ec2 describe-security-groups --group-ids <group>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("DSP-07", Supporting),
        cis_aws7("6.5", Full),
        fsbp("EC2.2", Full),
    ],
    test: Test {
        reads: &[SecurityGroup::IS_DEFAULT, SecurityGroup::RULES],
        params: &[],
        check: Check::SecurityGroup(check),
        examples: Examples {
            pass: |scope| scope.security_groups.items.push(example(&[])),
            fail: |scope| {
                scope.security_groups.items.push(example(&["out: all traffic to 0.0.0.0/0"]));
            },
        },
    },
};

fn check(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    if !*group.is_default.known()? {
        return not_applicable("it is not a default group");
    }
    let rules = group.rules.known()?;
    if rules.is_empty() {
        return pass();
    }
    fail(SecurityGroup::RULES, rules.join("; "), "no rules")
}

fn example(rules: &[&str]) -> SecurityGroup {
    let id = "arn:aws:ec2:us-east-1:123456789012:security-group/sg-1";
    let rules = rules.iter().map(|&rule| rule.to_owned()).collect();
    SecurityGroup::unread(id, "default", Some("us-east-1"))
        .is_default(Known(true))
        .rules(Known(rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(group: SecurityGroup) -> impl FnOnce(&mut Scope) {
        move |scope| scope.security_groups.items.push(group)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(&[])));
        assert_fails(&CONTROL, with(example(&["in: all traffic from sg-1"])));
        assert_unknown(&CONTROL, with(example(&[]).rules(denied())));
        assert_unknown(&CONTROL, with(example(&[]).is_default(denied())));
        assert_not_applicable(&CONTROL, with(example(&["in: tcp"]).is_default(Known(false))));
    }
}
