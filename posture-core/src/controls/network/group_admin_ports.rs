//! `network.group-admin-ports`

use crate::checks::reach::{self, ADMINISTRATION};
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a group that is attached to nothing, or to what has no way to the internet, opens nothing. Whether anything is
/// reached is for `network.reachable-admin-ports` to say; this control decides the rows that ask about the rules themselves.
pub(crate) static CONTROL: Control = Control {
    id: "network.group-admin-ports",
    life: since("0.1.0"),
    title: "Security groups close administration ports to the internet",
    finding: "Security group opens administration ports to the internet",
    keywords: &["NSG", "network security group", "inbound rule", "SSH", "RDP", "WinRM"],
    severity: High,
    rationale: "The rule waits for the first machine that gets a public address or a load \
                balancer. From then on, anyone can try passwords and flaws on it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Remove the inbound rule, or limit its source to known addresses. The command \
                   shows the group with its rules.",
            console: "Network security groups → the group → Settings → Inbound security rules",
            command: Inspect("az network nsg show --ids <nsg-id>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview",
        "https://learn.microsoft.com/en-us/azure/security/fundamentals/network-best-practices",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_azure6("7.1", Full).by(Check::SecurityGroup(rdp)),
        cis_azure6("7.2", Full).by(Check::SecurityGroup(ssh)),
        mcsb1("NS-1", Supporting),
    ],
    test: Test {
        reads: &[SecurityGroup::OPEN_TO_ANYONE],
        params: &[Param::Names(&ADMINISTRATION)],
        check: Check::SecurityGroup(check),
        examples: Examples {
            pass: |scope| scope.security_groups.items.push(reach::group(&[WEB])),
            fail: |scope| scope.security_groups.items.push(reach::group(&[WEB, ALL])),
        },
    },
};

const WEB: &str = "tcp 443 from 0.0.0.0/0: rule https";
const ALL: &str = "all traffic from 0.0.0.0/0: rule all";
const EXPECTED: &str = "no rule that opens them to the internet";

fn check(group: &SecurityGroup, context: &Context<'_>) -> CheckResult {
    closed(group, &context.names(&ADMINISTRATION))
}

fn rdp(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    closed(group, &["tcp 3389"])
}

fn ssh(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    closed(group, &["tcp 22"])
}

fn closed(group: &SecurityGroup, services: &[&str]) -> CheckResult {
    let open = &group.open_to_anyone;
    reach::closed_to_anyone(open, services, SecurityGroup::OPEN_TO_ANYONE, EXPECTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |group| move |scope: &mut Scope| scope.security_groups.items.push(group);
        assert_passes(&CONTROL, with(reach::group(&[WEB])));
        assert_fails(&CONTROL, with(reach::group(&[ALL])));
        assert_unknown(&CONTROL, with(reach::group(&[]).open_to_anyone(denied())));
        let rows = |open: &[&str]| {
            ["cis-azure-6.0:7.1", "cis-azure-6.0:7.2"].map(|row| {
                let judged = row_of(&CONTROL, row, with(reach::group(open)));
                matches!(judged[..], [Ok(Verdict::Fail(_))])
            })
        };
        assert_eq!(rows(&["tcp 22 from 0.0.0.0/0: rule ssh"]), [false, true]);
        assert_eq!(rows(&["tcp 3389 from 0.0.0.0/0: rule rdp"]), [true, false]);
        assert_eq!(rows(&[ALL]), [true, true]);
        assert_eq!(rows(&["tcp 5985 from 0.0.0.0/0: rule winrm"]), [false, false]);
    }
}
