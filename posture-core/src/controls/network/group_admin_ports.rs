//! `network.group-admin-ports`

use crate::checks::opening;
use crate::network::Family;
use crate::prelude::*;

/// What CIS counts as ports of administration.
const CIS: &[&str] = &["22", "3389"];

/// The ports with high risk of [EC2.19](https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html) (read on
/// 2026-11-30).
const HIGH_RISK: &[&str] = &[
    "20", "21", "22", "23", "25", "110", "135", "143", "445", "1433", "1434", "3000", "3306",
    "3389", "4333", "5000", "5432", "5500", "5601", "8080", "8088", "8888", "9200", "9300",
    "udp 20", "udp 21", "udp 22", "udp 23", "udp 25", "udp 110", "udp 135", "udp 143", "udp 445",
    "udp 1433", "udp 1434", "udp 3000", "udp 3306", "udp 3389", "udp 4333", "udp 5000", "udp 5432",
    "udp 5500", "udp 5601", "udp 8080", "udp 8088", "udp 8888", "udp 9200", "udp 9300",
];

/// Why a failure shows it.
const BY_RULE: &str = "the rules open the port to every address, by one or by several together; AWS reads rule by rule, so that \
                       only what a pass shows differs";

/// See the [module](self).
///
/// Counter-test: a group that nothing uses, or whose interfaces have no way to the internet, opens nothing, so that requirements of
/// outcome are only supported. What is reached is judged by `network.reachable-admin-ports`.
pub(crate) static CONTROL: Control = Control {
    id: "network.group-admin-ports",
    life: since("0.1.0"),
    title: "Security groups do not open administration ports to everyone",
    finding: "Security group opens administration ports to everyone",
    keywords: &[
        "SSH",
        "RDP",
        "security group",
        "0.0.0.0/0",
        "::/0",
        "ingress",
        "CIFS",
        "EC2",
        "NSG",
        "network security group",
        "inbound rule",
    ],
    severity: High,
    rationale: "A group with such a rule exposes whatever it is attached to next. Two rules for \
                half of the internet each open it as well as one for all of it.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Remove the rule, or restrict it to the addresses that administer.",
                console: "EC2 → Security Groups → the group → Edit inbound rules",
                command: Change(
                    "aws ec2 revoke-security-group-ingress --group-id <group> --protocol tcp --port \
                                 <port> --cidr <cidr>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Remove the inbound rule, or restrict it to the addresses that administer. The command shows \
                       the group with its rules.",
                console: "Network security groups → the group → Settings → Inbound security rules",
                command: Inspect("az network nsg show --ids <nsg-id>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_aws7("6.1.2", Full).by(Check::SecurityGroup(cifs)),
        cis_aws7("6.3", Full).by(Check::SecurityGroup(v4)),
        cis_aws7("6.4", Full).by(Check::SecurityGroup(v6)),
        // AWS reads rule by rule: it passes over two halves that make a whole, and counts a list of prefixes.
        fsbp("EC2.18", Partial(BY_RULE)).by(Check::SecurityGroup(authorized)),
        fsbp("EC2.19", Partial(BY_RULE)).by(Check::SecurityGroup(high_risk)),
        cis_azure6("7.1", Full).by(Check::SecurityGroup(rdp)),
        cis_azure6("7.2", Full).by(Check::SecurityGroup(ssh)),
        mcsb1("NS-1", Supporting),
    ],
    test: Test {
        reads: &[SecurityGroup::OPEN_TO_ANYONE],
        params: &[Param::Names(&opening::ADMIN)],
        check: Check::SecurityGroup(check),
        examples: Examples {
            pass: |scope| scope.security_groups.items.push(example("tcp 443")),
            fail: |scope| scope.security_groups.items.push(example("all traffic")),
        },
    },
};

const FACT: FactId = SecurityGroup::OPEN_TO_ANYONE;

fn check(group: &SecurityGroup, context: &Context<'_>) -> CheckResult {
    opening::keeps_closed(FACT, &group.open_to_anyone, &context.names(&opening::ADMIN))
}

fn cifs(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    opening::none_open(FACT, &group.open_to_anyone, &opening::ports(&["445"]))
}

fn v4(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    opening::none_open_to(FACT, &group.open_to_anyone, &opening::ports(CIS), &[Family::V4])
}

fn v6(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    opening::none_open_to(FACT, &group.open_to_anyone, &opening::ports(CIS), &[Family::V6])
}

fn rdp(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    opening::none_open(FACT, &group.open_to_anyone, &opening::ports(&["3389"]))
}

fn ssh(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    opening::none_open(FACT, &group.open_to_anyone, &opening::ports(&["22"]))
}

fn authorized(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    opening::only_open_of_tcp_and_udp(FACT, &group.open_to_anyone, &opening::ports(&["80", "443"]))
}

fn high_risk(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    opening::none_open(FACT, &group.open_to_anyone, &opening::ports(HIGH_RISK))
}

fn example(service: &str) -> SecurityGroup {
    let id = "arn:aws:ec2:us-east-1:123456789012:security-group/sg-1";
    let from = |source: &str| format!("{service} from {source}: {service} from {source}");
    let open = Entries::from(vec![from("0.0.0.0/0"), from("::/0")]);
    SecurityGroup::unread(id, "web", Some("us-east-1")).open_to_anyone(Known(open))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(found: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.security_groups.items.push(example("tcp 443").open_to_anyone(found))
    }

    fn from(source: &str, service: &str) -> Fact<Entries> {
        Known(Entries::from(vec![format!("{service} from {source}: a rule")]))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Entries::none())));
        assert_passes(&CONTROL, with(from("0.0.0.0/0", "tcp 443")));
        assert_fails(&CONTROL, with(from("0.0.0.0/0", "tcp 22")));
        assert_fails(&CONTROL, with(from("::/0", "all traffic")));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn each_row_has_its_own_ports_and_versions() {
        let row = |id: &str, source: &str, service: &str| {
            let judged = row_of(&CONTROL, id, with(from(source, service)));
            matches!(judged[..], [Ok(Verdict::Fail(_))])
        };
        let (v4, v6) = ("0.0.0.0/0", "::/0");
        assert!(row("cis-aws-7.0:6.1.2", v4, "tcp 445") && !row("cis-aws-7.0:6.1.2", v4, "tcp 22"));
        assert!(row("cis-aws-7.0:6.3", v4, "tcp 22") && !row("cis-aws-7.0:6.3", v6, "tcp 22"));
        assert!(row("cis-aws-7.0:6.4", v6, "tcp 22") && !row("cis-aws-7.0:6.4", v4, "tcp 22"));
        assert!(!row("cis-aws-7.0:6.3", v4, "tcp 5985"));
        for source in [v4, v6] {
            let azure = |service: &str| {
                ["cis-azure-6.0:7.1", "cis-azure-6.0:7.2"].map(|id| row(id, source, service))
            };
            assert_eq!(azure("tcp 3389"), [true, false]);
            assert_eq!(azure("tcp 22"), [false, true]);
            assert_eq!(azure("all traffic"), [true, true]);
            assert_eq!(azure("tcp 5985"), [false, false]);
        }
    }
}
