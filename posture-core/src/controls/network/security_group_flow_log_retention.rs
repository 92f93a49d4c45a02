//! `network.security-group-flow-log-retention`

use crate::checks::flow;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.security-group-flow-log-retention",
    life: since("0.1.0"),
    title: "NSG flow logs are retained long enough",
    finding: "NSG flow log retention is too short",
    keywords: &[
        "Network Watcher",
        "NSG flow log",
        "network security group",
        "flow log",
        "retention",
    ],
    severity: Low,
    rationale: "An intrusion is often noticed months after it began. By then, only old records \
                show what was denied before something was allowed.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Increase the retention of the flow log, or set it to 0 to keep its records \
                   until they are deleted by hand.",
            console: "Network Watcher → Logs → Flow logs → the flow log → Retention (days)",
            command: Change(
                "az network watcher flow-log update --location <region> --name \
                             <name> --retention <days>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/network-watcher/nsg-flow-logs-overview",
        "https://learn.microsoft.com/en-us/azure/templates/microsoft.network/networkwatchers/flowlogs",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("DSP-16", Supporting),
        cis_azure6("7.5", Full).with(MIN_RETENTION.asked(90)),
        mcsb1("LT-6", Supporting),
    ],
    test: Test {
        reads: &[FlowLog::TARGET, FlowLog::RECORDING, FlowLog::RETENTION_DAYS],
        params: &[Param::Days(&MIN_RETENTION)],
        check: Check::FlowLog(check),
        examples: Examples {
            pass: |scope| scope.flow_logs.items.push(example(Some(90))),
            fail: |scope| scope.flow_logs.items.push(example(Some(7))),
        },
    },
};

static MIN_RETENTION: Days = Days {
    name: "min-retention-days",
    doc: "The minimum retention of records in days. Fewer days fail; exactly this many pass.",
    default: 90,
};

fn check(log: &FlowLog, context: &Context<'_>) -> CheckResult {
    flow::kept(
        log,
        |target| target == FlowLogTarget::SecurityGroup,
        "it is a virtual network flow log",
        context.days(&MIN_RETENTION),
    )
}

fn example(days: Option<u32>) -> FlowLog {
    flow::log(FlowLogTarget::SecurityGroup, days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    fn with(log: FlowLog) -> impl FnOnce(&mut Scope) {
        move |scope| scope.flow_logs.items.push(log)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(Some(90))));
        assert_passes(&CONTROL, with(example(None)));
        assert_fails(&CONTROL, with(example(Some(89))));
        assert_unknown(&CONTROL, with(example(Some(89)).retention_days(denied())));
        let scope = world(with(example(Some(90))));
        let all = judged_with(&CONTROL, &scope, &[("min-retention-days", Value::Number(91))]);
        assert!(matches!(all[..], [Ok(Verdict::Fail(_))]), "{all:?}");
    }

    #[test]
    fn what_is_off_or_of_a_network_is_left_out() {
        for target in [FlowLogTarget::Network, FlowLogTarget::Subnet, FlowLogTarget::Interface] {
            let other = || flow::log(target, Some(1));
            assert_not_applicable(&CONTROL, with(other()));
            assert_not_applicable(&CONTROL, with(other().recording(denied())));
        }
        assert_not_applicable(&CONTROL, with(example(Some(1)).recording(Known(false))));
        let unclear = example(Some(1)).target(denied());
        assert_not_applicable(&CONTROL, with(unclear.clone().recording(Known(false))));
        assert_unknown(&CONTROL, with(unclear));
        assert_unknown(&CONTROL, with(example(Some(1)).recording(denied())));
    }
}
