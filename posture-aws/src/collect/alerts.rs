//! Log groups, and alerts: metric filters on the log groups of trails, joined with the alarms on their metrics and with
//! those whom the alarms tell.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{
    AlarmType, ComparisonOperator, CompositeAlarm, MetricAlarm, Statistic,
};
use aws_sdk_cloudwatchlogs::types::{MetricFilter, MetricTransformation};
use futures::future::join_all;
use posture_core::fact::{self, Fact, Known};
use posture_core::gap::GapId;
use posture_core::listing::Listing;
use posture_core::resource::{Alert, AuditTrail, EventClass, Kind, LogGroup};
use posture_core::time::Time;

use super::{Audit, Regions, filter_pattern, regional_listing};
use crate::ask::{Asker, Refused};

const GROUPS: &str = "logs:DescribeLogGroups";
const FILTERS: &str = "logs:DescribeMetricFilters";
const ALARMS: &str = "cloudwatch:DescribeAlarms";
const SUBSCRIPTIONS: &str = "sns:ListSubscriptionsByTopic";

pub(crate) async fn log_groups(audit: &Audit<'_>, regions: &Regions) -> Listing<LogGroup> {
    if !audit.wanted.kind(Kind::LogGroup) {
        return Listing::not_collected();
    }
    regional_listing(audit, regions, "logs", |region| log_groups_of(audit, region)).await
}

async fn log_groups_of(audit: &Audit<'_>, region: &str) -> Listing<LogGroup> {
    let client = audit.session.logs(region, audit.meter);
    let (pages, refused) = audit
        .ask
        .pages(
            GROUPS,
            region,
            |token| client.describe_log_groups().limit(50).set_next_token(token).send(),
            |page| page.next_token(),
        )
        .await;
    let groups = || pages.iter().flat_map(|page| page.log_groups());
    let nameless = groups().any(|group| group.log_group_name().is_none());
    let refused = Refused::or_nameless(refused, nameless, GROUPS, region);
    let items = groups().filter_map(|group| {
        let name = group.log_group_name()?;
        let arn = group.arn().map_or(name, |arn| arn.trim_end_matches(":*"));
        // Without a retention, records are kept for ever.
        let days = group.retention_in_days().and_then(|days| u32::try_from(days).ok());
        Some(
            LogGroup::unread(arn, name, Some(region))
                .retention_days(Known(days))
                .key(Known(group.kms_key_id().map(str::to_owned))),
        )
    });
    let items = items.collect();
    audit.ask.listing(items, refused)
}

/// Every alert on recorded events: each metric filter on a log group that a trail delivers to.
pub(crate) async fn alerts(
    audit: &Audit<'_>,
    regions: &Regions,
    trails: &Listing<AuditTrail>,
) -> Listing<Alert> {
    if !audit.wanted.kind(Kind::Alert) {
        return Listing::not_collected();
    }
    let mut all =
        regional_listing(audit, regions, "alerts", |region| alerts_of(audit, region, trails)).await;
    // A trail that could not be listed may deliver to a log group whose filters were passed over.
    all.gaps.extend(&trails.gaps);
    for trail in &trails.items {
        all.gaps.extend(trail.log_group.gap());
        // The trail of an organisation may deliver to an account that is not ours to read.
        if group(trail).is_some_and(|group| group.account != audit.session.account()) {
            all.gaps.push(GapId::OUTSIDE_SCOPE);
        }
    }
    all.gaps.sort_unstable();
    all.gaps.dedup();
    all
}

/// The alarms of a region, or why they could not be read in full.
struct Alarms {
    metric: Vec<MetricAlarm>,
    composite: Vec<CompositeAlarm>,
    gap: Option<GapId>,
}

async fn alerts_of(
    audit: &Audit<'_>,
    region: &str,
    trails: &Listing<AuditTrail>,
) -> Listing<Alert> {
    let ask = audit.ask;
    let logs = audit.session.logs(region, audit.meter);
    let (pages, refused) = ask
        .pages(
            FILTERS,
            region,
            |token| logs.describe_metric_filters().limit(50).set_next_token(token).send(),
            |page| page.next_token(),
        )
        .await;
    let nameless = pages
        .iter()
        .flat_map(|page| page.metric_filters())
        .any(|filter| filter.log_group_name().is_none());
    let refused = Refused::or_nameless(refused, nameless, FILTERS, region);
    let filters: Vec<(MetricFilter, Vec<&AuditTrail>)> = pages
        .into_iter()
        .flat_map(|page| page.metric_filters.unwrap_or_default())
        .filter_map(|filter| {
            let wanted =
                Group { region, account: audit.session.account(), name: filter.log_group_name()? };
            let behind: Vec<&AuditTrail> =
                trails.items.iter().filter(|trail| group(trail) == Some(wanted)).collect();
            (!behind.is_empty()).then_some((filter, behind))
        })
        .collect();
    let notifies = audit.wanted.fact(Alert::fact("notifies"));
    // Without a filter there is nothing that an alarm could be about.
    let alarms =
        if notifies && !filters.is_empty() { Some(alarms(audit, region).await) } else { None };
    let reached = match &alarms {
        Some(alarms) => topics(audit, alarms, &filters).await,
        None => BTreeMap::new(),
    };
    let items = filters.iter().map(|(filter, behind)| {
        let group = filter.log_group_name().unwrap_or_default();
        let name = filter.filter_name().unwrap_or_default();
        let id = format!(
            "arn:{}:logs:{region}:{}:log-group:{group}:metric-filter:{name}",
            audit.session.partition(),
            audit.session.account()
        );
        let events = events(ask, &id, filter);
        let notifies = match &alarms {
            Some(alarms) => alarmed(audit, filter, &id, alarms, &reached),
            None => Fact::not_collected(),
        };
        Alert::unread(&id, name, Some(region))
            .events(events)
            .sees_everything(fact::any(
                behind.iter().map(|trail| sees_everything(trail, audit.now())),
            ))
            .notifies(notifies)
    });
    let items = items.collect();
    ask.listing(items, refused)
}

/// A log group by the parts of its ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group<'a> {
    region: &'a str,
    account: &'a str,
    name: &'a str,
}

/// The log group that a trail delivers to: `arn:aws:logs:region:account:log-group:name:*`.
fn group(trail: &AuditTrail) -> Option<Group<'_>> {
    let Known(Some(arn)) = &trail.log_group else { return None };
    let parts: Vec<&str> = arn.splitn(7, ':').collect();
    match parts.as_slice() {
        ["arn", _, "logs", region, account, "log-group", name] => {
            Some(Group { region, account, name: name.trim_end_matches(":*") })
        }
        _ => None,
    }
}

/// The classes of events of which a filter sees every one.
fn events(ask: &Asker, id: &str, filter: &MetricFilter) -> Fact<BTreeSet<EventClass>> {
    if filter.apply_on_transformed_logs() || filter.field_selection_criteria().is_some() {
        return ask.undetermined(FILTERS, id, "it sees transformed or selected records only");
    }
    match filter_pattern::classes(filter.filter_pattern().unwrap_or_default()) {
        Ok(classes) => Known(classes),
        Err(why) => ask.undetermined(FILTERS, id, format!("the pattern is not understood: {why}")),
    }
}

/// Whether a trail records the management events of the whole account, now, and they arrive in its log group.
fn sees_everything(trail: &AuditTrail, now: Time) -> Fact<bool> {
    let arrives = trail
        .log_group_last_delivery
        .map(|last| last.is_some_and(|last| !last.is_older_than_days(1, now)));
    trail.multi_region.clone()
        & trail.recording.clone()
        & trail.management_reads.clone()
        & trail.management_writes.clone()
        & !trail.excluded_sources.any()
        & arrives
}

async fn alarms(audit: &Audit<'_>, region: &str) -> Alarms {
    let client = audit.session.cloudwatch(region, audit.meter);
    let (pages, refused) = audit
        .ask
        .pages(
            ALARMS,
            region,
            |token| {
                client
                    .describe_alarms()
                    .alarm_types(AlarmType::MetricAlarm)
                    .alarm_types(AlarmType::CompositeAlarm)
                    .max_records(100)
                    .set_next_token(token)
                    .send()
            },
            |page| page.next_token(),
        )
        .await;
    let gap = refused.map(|refused: Refused| audit.ask.gap(refused.into_gap()));
    let mut all = Alarms { metric: Vec::new(), composite: Vec::new(), gap };
    for page in pages {
        all.metric.extend(page.metric_alarms.unwrap_or_default());
        all.composite.extend(page.composite_alarms.unwrap_or_default());
    }
    all
}

/// Whether each topic that an alarm of these filters notifies has somebody who confirmed, asked once a topic.
async fn topics(
    audit: &Audit<'_>,
    alarms: &Alarms,
    filters: &[(MetricFilter, Vec<&AuditTrail>)],
) -> BTreeMap<String, Fact<bool>> {
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for transformation in filters.iter().flat_map(|(filter, _)| filter.metric_transformations()) {
        for alarm in alarms.metric.iter().filter(|alarm| watches(alarm, transformation)) {
            let sns = alarm.alarm_actions().iter().filter(|action| is_topic(action));
            wanted.extend(sns.cloned());
        }
    }
    let one = |topic: String| async move {
        let region = topic.split(':').nth(3).unwrap_or_default().to_owned();
        let client = audit.session.sns(&region, audit.meter);
        let (pages, refused) = audit
            .ask
            .pages(
                SUBSCRIPTIONS,
                &region,
                |token| {
                    client
                        .list_subscriptions_by_topic()
                        .topic_arn(&topic)
                        .set_next_token(token)
                        .send()
                },
                |page| page.next_token(),
            )
            .await;
        // Until it is confirmed, or after it was ended, a subscription has a word in place of its ARN.
        let confirmed = pages.iter().flat_map(|page| page.subscriptions()).any(|subscription| {
            subscription.subscription_arn().is_some_and(|arn| arn.starts_with("arn:"))
        });
        let reached = match refused {
            _ if confirmed => Known(true),
            // A topic that is gone tells nobody.
            Some(refused) if refused.is(&["NotFound", "NotFoundException"]) => Known(false),
            Some(refused) => Fact::Gap(audit.ask.gap(refused.into_gap())),
            None => Known(false),
        };
        (topic, reached)
    };
    join_all(wanted.into_iter().map(one)).await.into_iter().collect()
}

fn is_topic(action: &str) -> bool {
    action.split(':').nth(2) == Some("sns")
}

/// Whether an alarm watches the metric that a filter makes: the same name in the same namespace.
/// A metric with dimensions is several metrics, of which an alarm watches one, and an alarm of another unit sees no data.
fn watches(alarm: &MetricAlarm, transformation: &MetricTransformation) -> bool {
    let plain =
        alarm.dimensions().is_empty() && transformation.dimensions().is_none_or(|d| d.is_empty());
    let unit = transformation.unit().map_or("None", |unit| unit.as_str());
    alarm.metric_name() == Some(transformation.metric_name())
        && alarm.namespace() == Some(transformation.metric_namespace())
        && plain
        && alarm.unit().is_none_or(|asked| asked.as_str() == unit)
}

/// Whether some alarm on what a filter counts goes off at one event and reaches somebody.
fn alarmed(
    audit: &Audit<'_>,
    filter: &MetricFilter,
    id: &str,
    alarms: &Alarms,
    reached: &BTreeMap<String, Fact<bool>>,
) -> Fact<bool> {
    let mut sum = Known(false);
    for transformation in filter.metric_transformations() {
        for alarm in &alarms.metric {
            if watches(alarm, transformation) {
                let name = alarm.alarm_name().unwrap_or_default();
                let goes_off = goes_off(alarm, transformation);
                let goes_off = match goes_off {
                    Some(goes_off) => Known(goes_off),
                    None => audit.ask.undetermined(
                        ALARMS,
                        id,
                        "what the filter adds to its metric is not fixed",
                    ),
                };
                let on = Known(alarm.actions_enabled().unwrap_or(true));
                let actions = alarm.alarm_actions().iter().map(|action| {
                    if is_topic(action) {
                        reached.get(action).cloned().unwrap_or(Known(false))
                    } else {
                        audit.ask.undetermined(
                            ALARMS,
                            id,
                            format!("whom `{action}` tells is not known"),
                        )
                    }
                });
                let direct = fact::any(actions);
                let through = composite(audit, alarms, id, name);
                sum = sum | (goes_off & ((on & direct) | through));
            } else if alarm.metrics().iter().any(|query| {
                let metric = query.metric_stat().and_then(|stat| stat.metric());
                metric.is_some_and(|metric| {
                    metric.metric_name() == Some(transformation.metric_name())
                        && metric.namespace() == Some(transformation.metric_namespace())
                })
            }) {
                let why = "an alarm computes with the metric";
                sum = sum | audit.ask.undetermined(ALARMS, id, why);
            }
        }
    }
    match alarms.gap {
        // Another alarm may be among those that could not be listed.
        Some(gap) => sum | Fact::Gap(gap),
        None => sum,
    }
}

/// Whether an alarm made of others tells somebody in its place; when it does depends on the others.
fn composite(audit: &Audit<'_>, alarms: &Alarms, id: &str, name: &str) -> Fact<bool> {
    let names_it = |rule: &str| {
        let plain = rule.replace(['"', '\''], "");
        !name.is_empty() && plain.contains(&format!("({name})"))
    };
    let any = alarms.composite.iter().any(|alarm| {
        alarm.actions_enabled().unwrap_or(true)
            && !alarm.alarm_actions().is_empty()
            && alarm.alarm_rule().is_some_and(names_it)
    });
    if any {
        audit.ask.undetermined(ALARMS, id, "it alarms through an alarm made of several")
    } else {
        Known(false)
    }
}

/// Whether one event sets the alarm off; nothing where the filter adds what the event says and not a number.
fn goes_off(alarm: &MetricAlarm, transformation: &MetricTransformation) -> Option<bool> {
    let value: f64 = transformation.metric_value().trim().parse().ok()?;
    let threshold = alarm.threshold()?;
    let reached = match alarm.comparison_operator()? {
        // An alarm that is on without any event says nothing when there is one.
        ComparisonOperator::GreaterThanOrEqualToThreshold => threshold > 0.0 && value >= threshold,
        ComparisonOperator::GreaterThanThreshold => threshold >= 0.0 && value > threshold,
        _ => false,
    };
    // With a value for quiet times, an average or a minimum of one event and much quiet is near nothing.
    let counts = match alarm.statistic() {
        Some(Statistic::Sum | Statistic::Maximum) => true,
        Some(Statistic::SampleCount) => threshold <= 1.0,
        Some(Statistic::Average | Statistic::Minimum) => transformation.default_value().is_none(),
        _ => false,
    };
    // One event fills one period.
    let periods = alarm.datapoints_to_alarm().or(alarm.evaluation_periods()).unwrap_or(1);
    Some(reached && counts && periods <= 1)
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{Dimension, StandardUnit};

    use super::*;

    fn transformation(value: &str) -> MetricTransformation {
        MetricTransformation::builder()
            .metric_name("RootUse")
            .metric_namespace("Audit")
            .metric_value(value)
            .build()
            .unwrap()
    }

    #[test]
    fn one_event_must_set_the_alarm_off() {
        let alarm = || {
            MetricAlarm::builder()
                .metric_name("RootUse")
                .namespace("Audit")
                .statistic(Statistic::Sum)
                .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold)
                .threshold(1.0)
                .evaluation_periods(1)
        };
        let one = transformation("1");
        assert!(watches(&alarm().build(), &one));
        assert!(!watches(&alarm().namespace("Other").build(), &one));
        assert_eq!(goes_off(&alarm().build(), &one), Some(true));
        assert_eq!(goes_off(&alarm().threshold(5.0).build(), &one), Some(false));
        assert_eq!(goes_off(&alarm().evaluation_periods(3).build(), &one), Some(false));
        let sometimes = alarm().evaluation_periods(3).datapoints_to_alarm(1);
        assert_eq!(goes_off(&sometimes.build(), &one), Some(true));
        let less = alarm().comparison_operator(ComparisonOperator::LessThanThreshold);
        assert_eq!(goes_off(&less.build(), &one), Some(false));
        let more = alarm().comparison_operator(ComparisonOperator::GreaterThanThreshold);
        assert_eq!(goes_off(&more.clone().build(), &one), Some(false));
        assert_eq!(goes_off(&more.threshold(0.0).build(), &one), Some(true));
        assert_eq!(goes_off(&alarm().build(), &transformation("$.size")), None);
    }

    #[test]
    fn an_alarm_that_watches_something_else_does_not_count() {
        let one = transformation("1");
        let alarm = || MetricAlarm::builder().metric_name("RootUse").namespace("Audit");
        assert!(watches(&alarm().build(), &one));
        let dimension = Dimension::builder().name("Account").value("1").build();
        assert!(!watches(&alarm().dimensions(dimension).build(), &one));
        assert!(!watches(&alarm().unit(StandardUnit::Count).build(), &one));
        assert!(watches(&alarm().unit(StandardUnit::None).build(), &one));
        let always = alarm()
            .statistic(Statistic::Sum)
            .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold)
            .evaluation_periods(1)
            .threshold(0.0);
        assert_eq!(goes_off(&always.build(), &one), Some(false));
    }

    #[test]
    fn a_log_group_is_the_trails_by_region_account_and_whole_name() {
        let arn = "arn:aws:logs:eu-west-1:123456789012:log-group:a/b:*";
        let trail = AuditTrail::unread("t", "t", None).log_group(Known(Some(arn.to_owned())));
        let expected = Group { region: "eu-west-1", account: "123456789012", name: "a/b" };
        assert_eq!(group(&trail), Some(expected));
        assert_eq!(group(&AuditTrail::unread("t", "t", None)), None);
    }

    #[test]
    fn a_filter_that_sees_less_than_the_records_is_a_gap() {
        let ask = crate::fake::asker();
        let filter = |pattern: &str| MetricFilter::builder().filter_pattern(pattern);
        assert!(events(&ask, "id", &filter("ERROR").build()).gap().is_some());
        assert!(events(&ask, "id", &filter("{ $.a = 1 }").build()).is_known());
        let changed = filter("{ $.a = 1 }").apply_on_transformed_logs(true);
        assert!(events(&ask, "id", &changed.build()).gap().is_some());
        let selected = filter("{ $.a = 1 }").field_selection_criteria("@aws.account = 1");
        assert!(events(&ask, "id", &selected.build()).gap().is_some());
    }

    #[test]
    fn a_trail_that_leaves_something_out_does_not_see_everything() {
        let now = Time::from_unix(1_000_000);
        let whole = || {
            AuditTrail::unread("t", "t", None)
                .multi_region(Known(true))
                .recording(Known(true))
                .management_reads(Known(true))
                .management_writes(Known(true))
                .excluded_sources(Known(vec![]))
                .log_group_last_delivery(Known(Some(now)))
        };
        let sees = |trail: AuditTrail| sees_everything(&trail, now);
        assert_eq!(sees(whole()), Known(true));
        assert_eq!(sees(whole().recording(Known(false))), Known(false));
        assert_eq!(sees(whole().multi_region(Known(false))), Known(false));
        assert_eq!(sees(whole().log_group_last_delivery(Known(None))), Known(false));
        let stale = Known(Some(Time::from_unix(0)));
        assert_eq!(sees(whole().log_group_last_delivery(stale)), Known(false));
        let less = whole().excluded_sources(Known(vec!["kms.amazonaws.com".to_owned()]));
        assert_eq!(sees(less), Known(false));
        let gap = Fact::Gap(GapId::new(5));
        assert_eq!(sees(whole().recording(gap.clone())), gap);
    }
}
