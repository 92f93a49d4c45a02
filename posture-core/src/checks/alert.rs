//! Whether a recipient is notified of a class of events.

use crate::ask;
use crate::control::Undecided;
use crate::gap::Reason;
use crate::prelude::*;

pub(crate) const REMEDY: &str = "Add a metric filter for these events to the log group of a multi-region trail, an alarm on its metric that triggers at one event, and an SNS topic with a confirmed subscription. The command creates only the metric filter.";

pub(crate) const CONSOLE: &str = "CloudWatch → Logs → Log groups → the log group of the trail → Metric filters → Create metric filter";

pub(crate) const REFERENCES: &[&str] = &[
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html",
    "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html",
];

pub(crate) const AZURE_REMEDY: &str = "Add an activity log alert rule for these events with the subscription as its scope, no further conditions, and an action group that has a receiver.";

pub(crate) const AZURE_CONSOLE: &str =
    "Monitor → Alerts → Create → Alert rule → the subscription → the signal → Actions";

pub(crate) const AZURE_REFERENCES: &[&str] = &[
    "https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    "https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/action-groups",
];

pub(crate) const READS: &[FactId] = &[
    Alert::EVENTS,
    Alert::POSSIBLE_EVENTS,
    Alert::SEES_EVERYTHING,
    Alert::SEES_MEMBERS,
    Alert::UNSEEN,
    Alert::NOTIFIES,
    Alert::TARGETS_ELSEWHERE,
    Account::ALERT_TARGETS,
];

/// The test of a control that checks whether a recipient is notified of a class of events.
macro_rules! raised_at {
    ($class:ident) => {
        Test {
            reads: alert::READS,
            params: &[],
            check: Check::Account(|_, context| alert::raised(context, EventClass::$class)),
            examples: Examples {
                pass: |scope| scope.add(alert::working(EventClass::$class)),
                fail: |scope| {
                    scope.add(alert::working(EventClass::$class).notifies(Known(false)));
                },
            },
        }
    };
}
pub(crate) use raised_at;

/// Judges whether some alert sees every event of the class in the whole account and notifies a recipient. Three parts that
/// are each provided by another alert are not an alert.
pub(crate) fn raised(context: &Context<'_>, class: EventClass) -> CheckResult {
    let alerts = &context.scope.alerts;
    let sees = |alert: &Alert| sees(alert, class);
    let whole =
        |alert: &Alert| sees(alert) & alert.sees_everything.clone() & alert.notifies.clone();
    let (elsewhere, missing) = missing(context.scope);
    let here = fact::any(alerts.items.iter().map(whole)) | missing.map_or(Known(false), Fact::Gap);
    if here == Known(true) {
        return pass();
    }
    // The log group of an organization's trail is in another account, and so are the alerts on it.
    if let Some((gap, _)) = elsewhere.first() {
        let key = |(_, account): &(GapId, &str)| {
            ask::Key::alert(&context.scope.partition, account, class).into()
        };
        let keys = elsewhere.iter().map(key).collect();
        return match here.known() {
            Ok(_) => context.elsewhere(keys, Err(Undecided::Unknown(*gap))),
            Err(undecided) => context.passes_elsewhere(keys, Err(undecided)),
        };
    }
    let targets: Vec<&String> = alerts
        .items
        .iter()
        .filter(|alert| is_settled_elsewhere(alert, class))
        .filter_map(|alert| alert.targets_elsewhere.known().ok())
        .flatten()
        .collect();
    if let (false, Gap(gap)) = (targets.is_empty(), &here) {
        let about = targets.into_iter().map(|id| ask::About::alert_target(id)).collect();
        let otherwise = Err(Undecided::Unknown(*gap));
        // A no there is one here where nothing else is open.
        let open = |alert: &Alert| {
            let settled =
                is_settled_elsewhere(alert, class) && notifies_only_elsewhere(alert, context.scope);
            !settled && whole(alert) != Known(false)
        };
        if missing.is_some() || alerts.items.iter().any(open) {
            return context.passes_elsewhere(about, otherwise);
        }
        return context.elsewhere(about, otherwise);
    }
    here.known()?;
    // Whatever comes nearest is the evidence.
    let nearest = alerts.items.iter().find(|alert| sees(alert) == Known(true));
    match nearest {
        None => fail(
            Alert::EVENTS,
            "no working alert sees these events",
            "an alert that sees every such event",
        ),
        Some(alert) if alert.sees_everything == Known(false) => fail(
            Alert::SEES_EVERYTHING,
            match &alert.unseen {
                Known(why) if !why.is_empty() => format!(
                    "`{}` does not see every such event of the account: {}",
                    alert.name,
                    why.join("; ")
                ),
                _ => format!("`{}` does not see every such event of the account", alert.name),
            },
            "an alert on the whole account, in every region, without a filter, active now",
        ),
        Some(alert) => fail(
            Alert::NOTIFIES,
            format!("`{}` notifies no one", alert.name),
            "an enabled alert that fires at the first event and has a recipient",
        ),
    }
}

/// Whether an alert sees every event of a class.
fn sees(alert: &Alert, class: EventClass) -> Fact<bool> {
    match (&alert.events, &alert.possible_events) {
        // A condition that is not understood in full may still certainly have nothing to do with this class.
        (Gap(_), Known(possible)) if !possible.contains(&class) => Known(false),
        (events, _) => events.has(&class),
    }
}

/// Whether an alert sees every event of a class, and only other subscriptions can show whether it notifies a recipient.
fn is_settled_elsewhere(alert: &Alert, class: EventClass) -> bool {
    (sees(alert, class) & alert.sees_everything.clone()) == Known(true)
        && alert.notifies.gap().is_some()
        && matches!(&alert.targets_elsewhere, Known(targets) if !targets.is_empty())
}

/// Whether an alert certainly notifies no recipient in its own subscription: then what is unknown is outside.
fn notifies_only_elsewhere(alert: &Alert, scope: &Scope) -> bool {
    let gap = alert.notifies.gap().and_then(|gap| scope.gap(gap));
    gap.is_some_and(|gap| gap.reason == Reason::OutsideScope)
}

/// What is missing from the list of alerts: the accounts that have the log groups of an organization's trails, each with its
/// gap, and any other gap.
fn missing(scope: &Scope) -> (Vec<(GapId, &str)>, Option<GapId>) {
    let mut elsewhere = Vec::new();
    let mut other = None;
    for id in &scope.alerts.gaps {
        match scope.gap(*id).and_then(log_group_account) {
            Some(account) => elsewhere.push((*id, account)),
            None => other = other.or(Some(*id)),
        }
    }
    (elsewhere, other)
}

/// The account that has the log group of an organization's trail, where a gap is about one.
fn log_group_account(gap: &crate::gap::Gap) -> Option<&str> {
    let mut parts = gap.target.split(':');
    let is_log_group = parts.nth(2) == Some("logs");
    let account = parts.nth(1)?;
    (gap.reason == Reason::OutsideScope && is_log_group && !account.is_empty()).then_some(account)
}

/// Whether the account has an alert on these events that holds for every member of its organization. Other accounts of the
/// run ask this.
pub(crate) fn of_members(scope: &Scope, class: EventClass) -> CheckResult {
    let whole =
        |alert: &Alert| sees(alert, class) & alert.sees_members.clone() & alert.notifies.clone();
    if *scope.alerts.any(whole).known()? {
        return pass();
    }
    fail(
        Alert::SEES_MEMBERS,
        format!("account {} has no working alert on the trail of the organization", scope.id),
        "an alert that sees every such event",
    )
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
    .sees_members(Known(false))
    .notifies(Known(true))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::controls;
    use crate::controls::logging::alert_root_use::CONTROL;

    fn root() -> Alert {
        working(EventClass::RootUse)
    }

    fn with(alerts: Vec<Alert>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.alerts = Listing::complete(alerts)
    }

    /// The class of events of each control of alerts.
    const CLASSES: &[(&str, EventClass)] = &[
        ("logging.alert-audit-trail-change", EventClass::AuditTrailChange),
        ("logging.alert-database-firewall-deletion", EventClass::DatabaseFirewallDeletion),
        ("logging.alert-database-firewall-update", EventClass::DatabaseFirewallUpdate),
        ("logging.alert-failed-sign-in", EventClass::FailedSignIn),
        ("logging.alert-identity-policy-change", EventClass::IdentityPolicyChange),
        ("logging.alert-key-disablement", EventClass::KeyDisablement),
        ("logging.alert-network-acl-change", EventClass::NetworkAclChange),
        ("logging.alert-network-change", EventClass::NetworkChange),
        ("logging.alert-network-gateway-change", EventClass::NetworkGatewayChange),
        ("logging.alert-organization-change", EventClass::OrganizationChange),
        ("logging.alert-policy-assignment-creation", EventClass::PolicyAssignmentCreation),
        ("logging.alert-policy-assignment-deletion", EventClass::PolicyAssignmentDeletion),
        ("logging.alert-public-address-deletion", EventClass::PublicAddressDeletion),
        ("logging.alert-public-address-update", EventClass::PublicAddressUpdate),
        ("logging.alert-recorder-change", EventClass::RecorderChange),
        ("logging.alert-root-use", EventClass::RootUse),
        ("logging.alert-route-change", EventClass::RouteChange),
        ("logging.alert-security-group-change", EventClass::SecurityGroupChange),
        ("logging.alert-security-group-deletion", EventClass::SecurityGroupDeletion),
        ("logging.alert-security-group-update", EventClass::SecurityGroupUpdate),
        ("logging.alert-security-solution-deletion", EventClass::SecuritySolutionDeletion),
        ("logging.alert-security-solution-update", EventClass::SecuritySolutionUpdate),
        ("logging.alert-service-health", EventClass::ServiceHealth),
        ("logging.alert-sign-in-without-mfa", EventClass::SignInWithoutMfa),
        ("logging.alert-storage-policy-change", EventClass::StoragePolicyChange),
        ("logging.alert-unauthorized-calls", EventClass::UnauthorizedCalls),
    ];

    #[test]
    fn an_alert_of_its_class_counts_and_of_another_does_not() {
        for (id, class) in CLASSES {
            let control = controls::by_id(id).unwrap();
            for other in EventClass::ALL {
                let fill = |scope: &mut Scope| scope.add(working(*other));
                if other == class {
                    assert_passes(control, fill);
                } else {
                    assert_fails(control, fill);
                }
            }
        }
    }

    #[test]
    fn each_class_of_events_has_its_control() {
        let classes: BTreeSet<EventClass> = CLASSES.iter().map(|(_, class)| *class).collect();
        assert_eq!(classes, EventClass::ALL.iter().copied().collect());
        // Another control is about the alerts themselves.
        let ids = controls::ALL.iter().filter(|control| control.test.check.kind() != Kind::Alert);
        let ids = ids.map(|control| control.id);
        let ids: Vec<&str> = ids.filter(|id| id.starts_with("logging.alert-")).collect();
        assert_eq!(ids, CLASSES.iter().map(|(id, _)| *id).collect::<Vec<_>>());
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
        // What is understood of a condition may rule the class out, or leave it open.
        let unclear = || root().events(denied());
        assert_fails(&CONTROL, with(vec![unclear().possible_events(Known([].into()))]));
        let other = [EventClass::KeyDisablement].into();
        assert_fails(&CONTROL, with(vec![unclear().possible_events(Known(other))]));
        let this = [EventClass::RootUse].into();
        assert_unknown(&CONTROL, with(vec![unclear().possible_events(Known(this))]));
        assert_unknown(&CONTROL, with(vec![unclear().possible_events(NotOffered)]));
        // It never takes away what is certain.
        assert_passes(&CONTROL, with(vec![root().possible_events(Known([].into()))]));
        assert_passes(&CONTROL, with(vec![root().possible_events(denied())]));
        // A certain no of one part settles the alert, whatever the others are.
        assert_fails(&CONTROL, with(vec![root().events(denied()).notifies(Known(false))]));
        assert_unknown(&CONTROL, |scope| {
            scope.alerts = Listing { items: vec![], gaps: vec![DENIED] };
        });
    }

    /// What the evidence of the one failure shows: the fact, and what was found.
    fn evidence(alerts: Vec<Alert>) -> (&'static str, String) {
        let judged = judged(&CONTROL, &world(with(alerts)));
        let [Ok(Verdict::Fail(evidence))] = judged.as_slice() else { panic!("{judged:?}") };
        let [evidence] = evidence.as_slice() else { panic!("{evidence:?}") };
        (evidence.fact, evidence.found.to_string())
    }

    #[test]
    fn the_evidence_names_what_the_nearest_alert_lacks() {
        let other = || working(EventClass::KeyDisablement);
        let none = ("events", "no working alert sees these events".to_owned());
        assert_eq!(evidence(vec![]), none);
        assert_eq!(evidence(vec![other()]), none);
        let deaf = || root().sees_everything(Known(false));
        assert_eq!(
            evidence(vec![other(), deaf()]),
            ("sees_everything", "`watch` does not see every such event of the account".to_owned())
        );
        let why = ["the trail `main` is stopped", "it records only one region"].map(str::to_owned);
        assert_eq!(
            evidence(vec![deaf().unseen(Known(why.into()))]),
            (
                "sees_everything",
                "`watch` does not see every such event of the account: the trail `main` is stopped; it records only \
                 one region"
                    .to_owned()
            )
        );
        assert_eq!(evidence(vec![deaf().unseen(denied())]).0, "sees_everything");
        assert_eq!(
            evidence(vec![other(), root().notifies(Known(false))]),
            ("notifies", "`watch` notifies no one".to_owned())
        );
    }

    #[test]
    fn a_reason_that_is_empty_is_not_announced() {
        let deaf = root().sees_everything(Known(false)).unseen(Known(vec![]));
        assert_eq!(evidence(vec![deaf]).1, "`watch` does not see every such event of the account");
    }

    #[test]
    fn another_account_is_asked_only_about_its_log_group() {
        let of = |target: &str, reason| {
            log_group_account(&crate::gap::Gap::new("logs:DescribeMetricFilters", target, reason))
                .map(str::to_owned)
        };
        let group = "arn:aws:logs:us-east-1:222222222222:log-group:trail";
        assert_eq!(of(group, Reason::OutsideScope).as_deref(), Some("222222222222"));
        assert_eq!(of(group, Reason::Denied), None);
        assert_eq!(of("arn:aws:sns:us-east-1:222222222222:alarms", Reason::OutsideScope), None);
        assert_eq!(of("arn:aws:logs:us-east-1::log-group:trail", Reason::OutsideScope), None);
        assert_eq!(of("", Reason::OutsideScope), None);
    }
}
