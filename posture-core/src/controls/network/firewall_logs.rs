//! `network.firewall-logs`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: flow logs of the networks, or another product, may record the same traffic. So the control decides nothing but the
/// row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "network.firewall-logs",
    life: since("0.1.0"),
    title: "Network Firewall writes logs",
    finding: "Network Firewall writes no logs",
    keywords: &["AWS Network Firewall", "firewall", "alert log", "flow log", "TLS log"],
    severity: Medium,
    rationale: "Without logs no one sees what the firewall stopped, and what it let through before an \
                incident.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Send at least the alert log and the flow log to a bucket, a log group or a \
                   delivery stream. The command shows the present configuration.",
            console: "VPC → Network Firewall → Firewalls → the firewall → Firewall details → Logging",
            command: Inspect(
                "aws network-firewall describe-logging-configuration --firewall-arn <firewall>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/networkfirewall-controls.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("DE.CM-01", Supporting),
        ccm41("LOG-09", Supporting),
        ccm41("I&S-09", Supporting),
        // Whether the destination exists is not examined.
        fsbp("NetworkFirewall.2", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Firewall::LOGS],
        params: &[],
        check: Check::Firewall(check),
        examples: Examples {
            pass: |scope| scope.add(example(&["ALERT", "FLOW"])),
            fail: |scope| scope.add(example(&[])),
        },
    },
};

fn check(firewall: &Firewall, _: &Context<'_>) -> CheckResult {
    if firewall.logs.known()?.is_empty() {
        return fail(Firewall::LOGS, "none", "at least one type of log");
    }
    pass()
}

fn example(logs: &[&str]) -> Firewall {
    let logs = logs.iter().map(|&log| log.to_owned()).collect();
    Firewall::unread("example", "example", None).logs(Known(logs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_type_of_log_is_enough() {
        let with = |firewall: Firewall| move |scope: &mut Scope| scope.add(firewall);
        assert_passes(&CONTROL, with(example(&["FLOW"])));
        assert_fails(&CONTROL, with(example(&[])));
        assert_unknown(&CONTROL, with(example(&[]).logs(denied())));
    }
}
