//! `network.group-ports`

use crate::checks::opening;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: which ports are meant for the internet is known to the user alone, and a group that is attached to nothing opens
/// nothing. So the control decides only the row that asks whether any rule opens UDP; that for HTTP asks for an evaluation, too,
/// which may have come to permit it.
pub(crate) static CONTROL: Control = Control {
    id: "network.group-ports",
    life: since("0.1.0"),
    title: "Security groups open only ports meant for the internet",
    finding: "Security group opens other ports to the internet",
    keywords: &["NSG", "network security group", "inbound rule", "UDP", "HTTP", "open port"],
    severity: Medium,
    rationale: "The rule waits for the first machine that gets a public address. Services that \
                answer by UDP are also used to flood others.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Remove the inbound rule, or limit its source to known addresses. Where the \
                   port is meant for the internet, add it to the parameter. The command shows \
                   the group with its rules.",
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
        cis_azure6("7.3", Full).by(Check::SecurityGroup(udp)),
        cis_azure6("7.4", Supporting),
        mcsb1("NS-1", Supporting),
    ],
    test: Test {
        reads: &[SecurityGroup::OPEN_TO_ANYONE],
        params: &[Param::Names(&PERMITTED)],
        check: Check::SecurityGroup(check),
        examples: Examples {
            pass: |scope| scope.security_groups.items.push(group(&[WEB])),
            fail: |scope| scope.security_groups.items.push(group(&[WEB, NAMES])),
        },
    },
};

static PERMITTED: Names = Names {
    name: "permitted",
    doc: "the ports that groups may open to everyone, of TCP where no protocol is named: `443`, `8000-8100`, `udp 53`; ICMP is always permitted",
    default: &["80", "443"],
};

const WEB: &str = "tcp 443 from 0.0.0.0/0: rule https";
const NAMES: &str = "udp 53 from 0.0.0.0/0: rule names";

const FACT: FactId = SecurityGroup::OPEN_TO_ANYONE;

fn check(group: &SecurityGroup, context: &Context<'_>) -> CheckResult {
    opening::opens_only(FACT, &group.open_to_anyone, &context.names(&PERMITTED))
}

fn udp(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    opening::none_open(FACT, &group.open_to_anyone, &opening::ports(&["udp"]))
}

fn group(open: &[&str]) -> SecurityGroup {
    SecurityGroup::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Network/networkSecurityGroups/web",
        "web",
        Some("westeurope"),
    )
    .open_to_anyone(Known(open.iter().copied().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |group| move |scope: &mut Scope| scope.security_groups.items.push(group);
        assert_passes(&CONTROL, with(group(&[WEB])));
        assert_fails(&CONTROL, with(group(&[NAMES])));
        assert_fails(&CONTROL, with(group(&["tcp 8080 from 0.0.0.0/0: rule other"])));
        assert_unknown(&CONTROL, with(group(&[]).open_to_anyone(denied())));
        let row = |open: &[&str]| {
            let judged = row_of(&CONTROL, "cis-azure-6.0:7.3", with(group(open)));
            matches!(judged[..], [Ok(Verdict::Fail(_))])
        };
        assert!(row(&[NAMES]) && row(&["all traffic from ::/0: rule all"]));
        assert!(row(&["udp 443 from 0.0.0.0/0: rule quic"]) && !row(&[WEB]));
    }
}
