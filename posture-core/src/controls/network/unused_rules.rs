//! `network.unused-rules`

use posture_model::verdict::Undecided;

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a group may be prepared for what is still to come. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.unused-rules",
    life: since("0.1.0"),
    title: "Security groups that filter nothing are removed",
    finding: "Security group filters nothing",
    keywords: &["security group", "NSG", "network security group", "unattached", "unused"],
    severity: Low,
    rationale: "A group without subnets and network interfaces is reviewed with the others, and \
                a group that is too open may be attached later without another review.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Delete the security group, after the rules and launch templates that refer \
                       to it.",
                console: "VPC → Security groups → the group → Actions → Delete security groups",
                command: Change("aws ec2 delete-security-group --group-id <group>"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Delete the network security group. The command shows the group with its \
                       subnets and network interfaces.",
                console: "Network security groups → the group → Delete",
                command: Inspect("az network nsg show --ids <nsg-id>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
        "https://learn.microsoft.com/en-us/azure/virtual-network/manage-network-security-group",
    ],
    satisfies: &[
        csf20("ID.AM-08", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-03", Supporting),
    ],
    test: Test {
        reads: &[SecurityGroup::ATTACHED, SecurityGroup::IS_DEFAULT],
        params: &[],
        check: Check::SecurityGroup(check),
        examples: Examples {
            pass: |scope| scope.add(group(true)),
            fail: |scope| scope.add(group(false)),
        },
    },
};

fn check(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    if *group.attached.known()? {
        return pass();
    }
    // The provider without default groups does not offer the fact.
    match &group.is_default {
        Known(true) => not_applicable("a default group cannot be deleted"),
        Known(false) | NotOffered => {
            fail(SecurityGroup::ATTACHED, "no subnet, no network interface", "in use, or deleted")
        }
        Gap(gap) => Err(Undecided::Unknown(*gap)),
    }
}

fn group(attached: bool) -> SecurityGroup {
    SecurityGroup::unread("sg-1", "web", Some("us-east-1"))
        .attached(Known(attached))
        .is_default(Known(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |group: SecurityGroup| move |scope: &mut Scope| scope.add(group);
        assert_passes(&CONTROL, with(group(true)));
        assert_passes(&CONTROL, with(group(true).is_default(denied())));
        assert_fails(&CONTROL, with(group(false)));
        assert_fails(&CONTROL, with(group(false).is_default(NotOffered)));
        assert_not_applicable(&CONTROL, with(group(false).is_default(Known(true))));
        assert_unknown(&CONTROL, with(group(false).is_default(denied())));
        assert_unknown(&CONTROL, with(group(false).attached(denied())));
    }
}
