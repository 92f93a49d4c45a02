//! What controls of recorded traffic have in common.

use super::number;
use crate::prelude::*;

/// For how long the records of a flow log have to be kept.
pub(crate) static MIN_RETENTION: Days = Days {
    name: "min-retention-days",
    doc: "The minimum retention of records in days. Fewer days fail; exactly this many pass.",
    default: 90,
};

/// The test of a control that checks for how long the flow logs of some targets are kept: which these are, why others are left out,
/// and the target of the examples.
macro_rules! kept_long_enough {
    ($is_judged:expr, $other:literal, $target:ident) => {
        Test {
            reads: &[FlowLog::TARGET, FlowLog::RECORDING, FlowLog::RETENTION_DAYS],
            params: &[Param::Days(&flow::MIN_RETENTION)],
            check: Check::FlowLog(|log, context| flow::kept(log, $is_judged, $other, context)),
            examples: Examples {
                pass: |scope| scope.add(flow::log(FlowLogTarget::$target, Some(90))),
                fail: |scope| scope.add(flow::log(FlowLogTarget::$target, Some(7))),
            },
        }
    };
}
pub(crate) use kept_long_enough;

/// Judges for how long the records of a flow log are kept. One certain reason to leave it out outranks what could not be
/// read of the other.
pub(crate) fn kept(
    log: &FlowLog,
    is_judged: impl Fn(FlowLogTarget) -> bool,
    other: &'static str,
    context: &Context<'_>,
) -> CheckResult {
    if log.recording == Known(false) {
        return not_applicable("it is off");
    }
    if let Known(target) = log.target
        && !is_judged(target)
    {
        return not_applicable(other);
    }
    log.recording.known()?;
    log.target.known()?;
    let least = context.days(&MIN_RETENTION);
    match *log.retention_days.known()? {
        Some(days) => number::at_least(FlowLog::RETENTION_DAYS, days, least, number::DAYS),
        // Without a retention, records are never deleted.
        None => pass(),
    }
}

/// A network with nothing known yet.
pub(crate) fn network() -> Network {
    Network::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Network/virtualNetworks/main",
        "main",
        Some("westeurope"),
    )
}

/// A flow log that is on.
pub(crate) fn log(target: FlowLogTarget, days: Option<u32>) -> FlowLog {
    FlowLog::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Network/networkWatchers/main/flowLogs/main",
        "main",
        Some("westeurope"),
    )
    .target(Known(target))
    .recording(Known(true))
    .retention_days(Known(days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::network::{flow_log_retention, security_group_flow_log_retention};
    use crate::params::Value;

    const OF_NETWORKS: &[FlowLogTarget] =
        &[FlowLogTarget::Network, FlowLogTarget::Subnet, FlowLogTarget::Interface];
    const OF_GROUPS: &[FlowLogTarget] = &[FlowLogTarget::SecurityGroup];

    /// The controls, each with the targets that it judges, and the others.
    const CONTROLS: [(&Control, &[FlowLogTarget], &[FlowLogTarget]); 2] = [
        (&flow_log_retention::CONTROL, OF_NETWORKS, OF_GROUPS),
        (&security_group_flow_log_retention::CONTROL, OF_GROUPS, OF_NETWORKS),
    ];

    fn with(log: FlowLog) -> impl FnOnce(&mut Scope) {
        move |scope| scope.add(log)
    }

    #[test]
    fn records_are_kept_as_long_as_the_parameter_asks() {
        for (control, judged, _) in CONTROLS {
            for target in judged {
                let kept = |days| with(log(*target, days));
                assert_passes(control, kept(Some(90)));
                assert_passes(control, kept(None));
                assert_fails(control, kept(Some(89)));
                assert_unknown(control, with(log(*target, None).retention_days(denied())));
                let longer = [("min-retention-days", Value::Number(91))];
                let all = judged_with(control, &world(kept(Some(90))), &longer);
                assert!(matches!(all[..], [Ok(Verdict::Fail(_))]), "{all:?}");
            }
        }
    }

    #[test]
    fn what_is_off_or_of_another_target_is_left_out() {
        for (control, judged, others) in CONTROLS {
            for target in others {
                assert_not_applicable(control, with(log(*target, Some(1))));
                assert_not_applicable(control, with(log(*target, Some(1)).recording(denied())));
            }
            for target in judged {
                let short = || log(*target, Some(1));
                assert_not_applicable(control, with(short().recording(Known(false))));
                let unclear = || short().target(denied());
                assert_not_applicable(control, with(unclear().recording(Known(false))));
                assert_unknown(control, with(unclear()));
                assert_unknown(control, with(short().recording(denied())));
            }
        }
    }
}
