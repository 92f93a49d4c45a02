//! Whether somebody is told of a class of events.

use crate::prelude::*;

pub(crate) const REMEDY: &str = "Add a metric filter for these events to the log group of a trail that records every region, \
     an alarm on its metric that goes off at one event, and a topic with a confirmed subscription. The command makes the filter only.";

pub(crate) const CONSOLE: &str = "CloudWatch → Logs → Log groups → the log group of the trail → Metric filters → Create metric filter";

pub(crate) const REFERENCES: &[&str] = &[
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html",
    "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html",
];

pub(crate) const AZURE_REMEDY: &str = "Add an alert rule for these events of the activity log, with the subscription as its scope, no further conditions, and an \
     action group that has a receiver.";

pub(crate) const AZURE_CONSOLE: &str =
    "Monitor → Alerts → Create → Alert rule → the subscription → the signal → Actions";

pub(crate) const AZURE_REFERENCES: &[&str] = &[
    "https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    "https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/action-groups",
];

pub(crate) const READS: &[FactId] =
    &[Alert::fact("events"), Alert::fact("sees_everything"), Alert::fact("notifies")];

/// Judges whether some alert sees every event of the class in the whole account and tells somebody. Three parts that
/// are each fulfilled by another alert are no alert.
pub(crate) fn raised(context: &Context<'_>, class: EventClass) -> Judged {
    let alerts = &context.scope.alerts;
    let sees = |alert: &Alert| alert.events.has(&class);
    let whole =
        |alert: &Alert| sees(alert) & alert.sees_everything.clone() & alert.notifies.clone();
    if *alerts.any(whole).known()? {
        return pass();
    }
    // Whatever comes nearest is the evidence.
    let nearest = alerts.items.iter().find(|alert| sees(alert) == Known(true));
    match nearest {
        None => {
            fail("events", "no working alert sees these events", "an alert that sees every one")
        }
        Some(alert) if alert.sees_everything == Known(false) => fail(
            "sees_everything",
            format!("`{}` does not see every such event of the account", alert.name),
            "an alert on all of the account, in every region, without a filter, now",
        ),
        Some(alert) => fail(
            "notifies",
            format!("`{}` tells nobody", alert.name),
            "an alert that is on, goes off at one event and reaches somebody",
        ),
    }
}

/// Expects that an alert of this class satisfies the control, and that of no other class does.
#[cfg(test)]
pub(crate) fn only(control: &Control, class: EventClass) {
    for other in EventClass::ALL {
        let alert = working(*other);
        let fill = |scope: &mut Scope| scope.alerts.items.push(alert);
        if *other == class {
            assert_passes(control, fill);
        } else {
            assert_fails(control, fill);
        }
    }
}

/// An alert as it should be.
pub(crate) fn working(class: EventClass) -> Alert {
    Alert::unread(
        "arn:aws:logs:us-east-1:123456789012:log-group:trail:metric-filter:watch",
        "watch",
        Some("us-east-1"),
    )
    .events(Known([class].into()))
    .sees_everything(Known(true))
    .notifies(Known(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::logging::alert_root_use::CONTROL;

    fn root() -> Alert {
        working(EventClass::RootUse)
    }

    fn with(alerts: Vec<Alert>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.alerts = Listing::complete(alerts)
    }

    #[test]
    fn every_part_is_needed_in_one_alert() {
        assert_passes(&CONTROL, with(vec![root()]));
        assert_fails(&CONTROL, with(vec![]));
        assert_fails(&CONTROL, with(vec![root().sees_everything(Known(false))]));
        assert_fails(&CONTROL, with(vec![root().notifies(Known(false))]));
        assert_fails(
            &CONTROL,
            with(vec![root().notifies(Known(false)), root().sees_everything(Known(false))]),
        );
        assert_passes(&CONTROL, with(vec![root().notifies(Known(false)), root()]));
    }

    #[test]
    fn what_could_not_be_read_is_unknown_unless_another_alert_settles_it() {
        assert_unknown(&CONTROL, with(vec![root().events(denied())]));
        assert_unknown(&CONTROL, with(vec![root().sees_everything(denied())]));
        assert_unknown(&CONTROL, with(vec![root().notifies(denied())]));
        assert_passes(&CONTROL, with(vec![root().notifies(denied()), root()]));
        // A certain no of one part settles the alert, whatever the others are.
        assert_fails(&CONTROL, with(vec![root().events(denied()).notifies(Known(false))]));
        assert_unknown(&CONTROL, |scope| {
            scope.alerts = Listing { items: vec![], gaps: vec![DENIED] };
        });
    }
}
