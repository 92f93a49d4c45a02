//! `network.acl-admin-ports`

use crate::checks::opening;
use crate::network::Family;
use crate::prelude::*;

/// What CIS and AWS count as ports of administration.
const LITERAL: &[&str] = &["22", "3389"];

/// Why a failure shows it.
const BY_RULE: &str = "the rules open the port to every address, by one or by several together; AWS reads rule by rule, so that \
                       only what a pass shows differs";

/// See the [module](self).
///
/// Counter-test: security groups may keep closed what an ACL leaves open, so that requirements of outcome are only supported.
pub(crate) static CONTROL: Control = Control {
    id: "network.acl-admin-ports",
    life: since("0.1.0"),
    title: "Network ACLs do not open administration ports to everyone",
    finding: "Network ACL opens administration ports to everyone",
    keywords: &["SSH", "RDP", "network ACL", "NACL", "0.0.0.0/0", "ingress", "VPC"],
    severity: Medium,
    rationale: "An ACL that denies these ports holds where a security group is opened by mistake. \
                A rule that denies counts only before the rule that allows.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a rule that denies the ports with a number below that of the rule that \
                   allows them, or restrict that rule.",
            console: "VPC → Network ACLs → the ACL → Edit inbound rules",
            command: Change(
                "aws ec2 create-network-acl-entry --network-acl-id <acl> --ingress --rule-number \
                             <number> --protocol tcp --port-range From=22,To=22 --cidr-block \
                             0.0.0.0/0 --rule-action deny",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_aws7("6.2", Full).by(Check::NetworkAcl(v4)),
        // AWS reads rule by rule, and not in their order.
        fsbp("EC2.21", Partial(BY_RULE)).by(Check::NetworkAcl(literal)),
    ],
    test: Test {
        reads: &[NetworkAcl::OPEN_TO_ANYONE],
        params: &[Param::Names(&opening::ADMIN)],
        check: Check::NetworkAcl(check),
        examples: Examples {
            pass: |scope| scope.network_acls.items.push(example("tcp 443")),
            fail: |scope| scope.network_acls.items.push(example("all traffic")),
        },
    },
};

const FACT: FactId = NetworkAcl::OPEN_TO_ANYONE;

fn check(acl: &NetworkAcl, context: &Context<'_>) -> CheckResult {
    opening::keeps_closed(FACT, &acl.open_to_anyone, &context.names(&opening::ADMIN))
}

fn v4(acl: &NetworkAcl, _: &Context<'_>) -> CheckResult {
    opening::none_open_to(FACT, &acl.open_to_anyone, &opening::ports(LITERAL), &[Family::V4])
}

fn literal(acl: &NetworkAcl, _: &Context<'_>) -> CheckResult {
    opening::none_open(FACT, &acl.open_to_anyone, &opening::ports(LITERAL))
}

fn example(service: &str) -> NetworkAcl {
    let id = "arn:aws:ec2:us-east-1:123456789012:network-acl/acl-1";
    let open = Entries::from(vec![format!("{service} from 0.0.0.0/0: rule 100")]);
    NetworkAcl::unread(id, "acl-1", Some("us-east-1")).open_to_anyone(Known(open))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(found: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.network_acls.items.push(example("tcp 443").open_to_anyone(found))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Entries::none())));
        assert_fails(&CONTROL, with(Known(Entries::from(["tcp 22 from ::/0: rule 100"]))));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn the_benchmark_asks_about_one_version() {
        let row = |source: &str| {
            let found = Known(Entries::from(vec![format!("tcp 22 from {source}: rule 100")]));
            matches!(row_of(&CONTROL, "cis-aws-7.0:6.2", with(found))[..], [Ok(Verdict::Fail(_))])
        };
        assert!(row("0.0.0.0/0") && !row("::/0"));
    }
}
