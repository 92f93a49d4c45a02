//! What controls of recorded traffic have in common.

use crate::prelude::*;

/// Judges whether nothing is left out of the records.
pub(crate) fn nothing_left_out(
    fact: FactId,
    left_out: &Fact<Vec<String>>,
    expected: &'static str,
) -> CheckResult {
    let left_out = left_out.known()?;
    if left_out.is_empty() {
        return pass();
    }
    fail(fact, format!("not recorded: {}", left_out.join(", ")), expected)
}

/// Judges for how long the records of a flow log are kept. One certain reason to leave it out outranks what could not be
/// read of the other.
pub(crate) fn kept(
    log: &FlowLog,
    is_judged: impl Fn(FlowLogTarget) -> bool,
    other: &'static str,
    least: u32,
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
    match *log.retention_days.known()? {
        Some(days) if days < least => fail(
            FlowLog::RETENTION_DAYS,
            counted(days, "day", "days"),
            format!("at least {}", counted(least, "day", "days")),
        ),
        Some(_) | None => pass(),
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
