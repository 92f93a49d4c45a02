//! `network.unused-acls`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an ACL may be prepared for what is still to come. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "network.unused-acls",
    life: since("0.1.0"),
    title: "Network ACLs that filter no subnet are removed",
    finding: "Network ACL filters no subnet",
    keywords: &["network ACL", "NACL", "unused", "subnet", "VPC"],
    severity: Low,
    rationale: "What filters nothing is reviewed with the rest, and may be attached later without \
                another review.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Delete the network ACL.",
            console: "VPC → Network ACLs → the ACL → Actions → Delete network ACLs",
            command: Change("aws ec2 delete-network-acl --network-acl-id <acl>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    ],
    satisfies: &[
        csf20("ID.AM-08", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-03", Supporting),
        // It does not spare the default one, which cannot be deleted.
        fsbp("EC2.16", Full).by(Check::NetworkAcl(attached)),
    ],
    test: Test {
        reads: &[NetworkAcl::IS_DEFAULT, NetworkAcl::ATTACHED],
        params: &[],
        check: Check::NetworkAcl(check),
        examples: Examples {
            pass: |scope| scope.network_acls.items.push(example(true)),
            fail: |scope| scope.network_acls.items.push(example(false)),
        },
    },
};

fn check(acl: &NetworkAcl, context: &Context<'_>) -> CheckResult {
    if acl.is_default == Known(true) {
        return not_applicable("the default network ACL cannot be deleted");
    }
    if acl.attached != Known(true) {
        acl.is_default.known()?;
    }
    attached(acl, context)
}

fn attached(acl: &NetworkAcl, _: &Context<'_>) -> CheckResult {
    if *acl.attached.known()? {
        return pass();
    }
    fail(NetworkAcl::ATTACHED, "no subnet", "a subnet")
}

fn example(attached: bool) -> NetworkAcl {
    let id = "arn:aws:ec2:us-east-1:123456789012:network-acl/acl-1";
    NetworkAcl::unread(id, "acl-1", Some("us-east-1"))
        .is_default(Known(false))
        .attached(Known(attached))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(acl: NetworkAcl) -> impl FnOnce(&mut Scope) {
        move |scope| scope.network_acls.items.push(acl)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(true)));
        assert_fails(&CONTROL, with(example(false)));
        assert_unknown(&CONTROL, with(example(true).attached(denied())));
        assert_unknown(&CONTROL, with(example(false).is_default(denied())));
        assert_not_applicable(&CONTROL, with(example(false).is_default(Known(true))));
    }
}
