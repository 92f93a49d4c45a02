//! Log groups, and alerts: metric filters on the log groups of trails, joined with the alarms on their metrics and with
//! those whom the alarms tell.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{
    AlarmType, ComparisonOperator, CompositeAlarm, MetricAlarm, Statistic,
};
use aws_sdk_cloudwatchlogs::types::{MetricFilter, MetricTransformation};
use aws_sdk_sns::types::Subscription;
use futures::future::join_all;
use posture_core::fact::{self, Fact, Known};
use posture_core::gap::{Gap, GapId, Reason};
use posture_core::listing::Listing;
use posture_core::provider::Provider;
use posture_core::resource::{Alert, AuditTrail, EventClass, Kind, LogGroup};
use posture_core::time::Time;

use super::{Audit, Regions, filter_pattern, regional_listing};
use crate::ask::{Asker, Refused};
use crate::session::Session;

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
            LogGroup::unread_on(Provider::Aws, arn, name, Some(region))
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
        if group(trail).is_some_and(|group| group.account != audit.session.account()) {
            all.gaps.push(elsewhere(audit.ask, trail));
        }
    }
    all.gaps.sort_unstable();
    all.gaps.dedup();
    all
}

/// The gap for a trail that delivers to a log group of another account. Where it is the trail of an organization, its log
/// group is named, so that the account that has it can answer in the same run.
fn elsewhere(ask: &Asker, trail: &AuditTrail) -> GapId {
    match (&trail.organization, &trail.log_group) {
        (Known(true), Known(Some(log_group))) => {
            let log_group = log_group.trim_end_matches(":*");
            ask.gap(Gap::new(FILTERS, log_group, Reason::OutsideScope))
        }
        _ => GapId::OUTSIDE_SCOPE,
    }
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
    let notifies = audit.wanted.fact(Alert::NOTIFIES);
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
        let (events, possible) = events(ask, &id, filter);
        let notifies = match &alarms {
            Some(alarms) => alarmed(ask, filter, &id, alarms, &reached),
            None => Fact::not_collected(),
        };
        let now = audit.now();
        let whole = fact::any(behind.iter().map(|trail| sees_everything(trail, now)));
        let unseen = whole.map(|whole| match whole {
            true => Vec::new(),
            false => behind.iter().flat_map(|trail| unseen(trail, now)).collect(),
        });
        Alert::unread_on(Provider::Aws, &id, name, Some(region))
            .events(events)
            .possible_events(possible)
            .sees_everything(whole)
            .sees_members(fact::any(
                behind.iter().map(|trail| trail.organization.clone() & sees_everything(trail, now)),
            ))
            .unseen(unseen)
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

/// The classes of events of which a filter sees every one, and those of which it may, where its pattern is not understood
/// in full.
fn events(
    ask: &Asker,
    id: &str,
    filter: &MetricFilter,
) -> (Fact<BTreeSet<EventClass>>, Fact<BTreeSet<EventClass>>) {
    if filter.apply_on_transformed_logs() || filter.field_selection_criteria().is_some() {
        let why = "it sees transformed or selected records only";
        return (ask.undetermined(FILTERS, id, why), ask.undetermined(FILTERS, id, why));
    }
    match filter_pattern::classes(filter.filter_pattern().unwrap_or_default()) {
        Ok(seen) if seen.certain == seen.possible => (Known(seen.certain), Known(seen.possible)),
        Ok(seen) => {
            let why = "whether the pattern sees every event is not known";
            (ask.undetermined(FILTERS, id, why), Known(seen.possible))
        }
        Err(why) => {
            let why = format!("the pattern is not understood: {why}");
            (ask.undetermined(FILTERS, id, why.clone()), ask.undetermined(FILTERS, id, why))
        }
    }
}

/// What a trail certainly keeps from those who watch its log group, in words.
fn unseen(trail: &AuditTrail, now: Time) -> Vec<String> {
    let name = &trail.name;
    let no = |fact: &Fact<bool>, what: &str| {
        (*fact == Known(false)).then(|| format!("the trail `{name}` {what}"))
    };
    let sources = match &trail.excluded_sources {
        Known(sources) if !sources.is_empty() => {
            Some(format!("the trail `{name}` leaves out {}", sources.join(", ")))
        }
        _ => None,
    };
    let delivery = match &trail.log_group_last_delivery {
        Known(None) => Some(format!("the trail `{name}` never delivered to the log group")),
        Known(Some(last)) if last.is_older_than_days(1, now) => {
            Some(format!("the trail `{name}` last delivered to the log group on {}", last.day()))
        }
        _ => None,
    };
    [
        no(&trail.recording, "is stopped"),
        no(&trail.multi_region, "records one region only"),
        no(&trail.management_reads, "does not record reads"),
        no(&trail.management_writes, "does not record writes"),
        sources,
        delivery,
    ]
    .into_iter()
    .flatten()
    .collect()
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
        let peers = &audit.options.peers;
        let owner = topic.split(':').nth(4).unwrap_or_default().to_owned();
        if owner == audit.session.account() || !peers.has(&owner) {
            let answer = is_confirmed(audit, audit.session, &topic).await;
            return (topic, reached(audit.ask, answer));
        }
        // Only its own account may look into a topic, as a rule. Every account of the run may ask about the same one.
        let asked = peers.topic(&topic, || async {
            match peers.session(&owner).await {
                Some(Ok(session)) => is_confirmed(audit, &session, &topic).await,
                Some(Err(why)) => Err(why),
                None => Err(Gap::new(SUBSCRIPTIONS, &topic, Reason::OutsideScope)),
            }
        });
        let reached = reached(audit.ask, asked.await);
        (topic, reached)
    };
    join_all(wanted.into_iter().map(one)).await.into_iter().collect()
}

/// Whether a topic has a confirmed subscription.
async fn is_confirmed(audit: &Audit<'_>, session: &Session, topic: &str) -> Result<bool, Gap> {
    let region = topic.split(':').nth(3).unwrap_or_default();
    let client = session.sns(region, audit.meter);
    let (pages, refused) = audit
        .ask
        .pages(
            SUBSCRIPTIONS,
            region,
            |token| {
                client.list_subscriptions_by_topic().topic_arn(topic).set_next_token(token).send()
            },
            |page| page.next_token(),
        )
        .await;
    confirmed(pages.iter().flat_map(|page| page.subscriptions()), refused)
}

fn reached(ask: &Asker, answer: Result<bool, Gap>) -> Fact<bool> {
    answer.map_or_else(|why| Fact::Gap(ask.gap(why)), Known)
}

/// Whether anyone confirmed a subscription of a topic.
fn confirmed<'s>(
    mut subscriptions: impl Iterator<Item = &'s Subscription>,
    refused: Option<Refused>,
) -> Result<bool, Gap> {
    // Until it is confirmed, or after it was ended, a subscription has a word in place of its ARN.
    let confirmed = subscriptions.any(|subscription| {
        subscription.subscription_arn().is_some_and(|arn| arn.starts_with("arn:"))
    });
    match refused {
        _ if confirmed => Ok(true),
        // A topic that is gone reaches no one.
        Some(refused) if refused.is(&["NotFound", "NotFoundException"]) => Ok(false),
        Some(refused) => Err(refused.into_gap()),
        None => Ok(false),
    }
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
    ask: &Asker,
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
                    None => ask.undetermined(
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
                        ask.undetermined(ALARMS, id, format!("whom `{action}` tells is not known"))
                    }
                });
                let direct = fact::any(actions);
                let through = composite(ask, alarms, id, name);
                sum = sum | (goes_off & ((on & direct) | through));
            } else if alarm.metrics().iter().any(|query| {
                let metric = query.metric_stat().and_then(|stat| stat.metric());
                metric.is_some_and(|metric| {
                    metric.metric_name() == Some(transformation.metric_name())
                        && metric.namespace() == Some(transformation.metric_namespace())
                })
            }) {
                let why = "an alarm computes with the metric";
                sum = sum | ask.undetermined(ALARMS, id, why);
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
fn composite(ask: &Asker, alarms: &Alarms, id: &str, name: &str) -> Fact<bool> {
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
        ask.undetermined(ALARMS, id, "it alarms through an alarm made of several")
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
    use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, StandardUnit};
    use aws_sdk_cloudwatchlogs::types::builders::MetricFilterBuilder;
    use posture_core::gap::{Gap, Reason};
    use posture_core::scope::Scope;
    use posture_core::wanted::Wanted;
    use serde_json::json;

    use super::*;
    use crate::fake::{Fake, asker};

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
        assert!(!watches(&alarm().metric_name("Other").build(), &one));
        assert!(!watches(&MetricAlarm::builder().metric_name("RootUse").build(), &one));
        assert!(!watches(&MetricAlarm::builder().namespace("Audit").build(), &one));
        let split = MetricTransformation::builder()
            .metric_name("RootUse")
            .metric_namespace("Audit")
            .metric_value("1");
        let plain = split.clone().set_dimensions(Some([].into())).build().unwrap();
        assert!(watches(&alarm().build(), &plain));
        let several = split.dimensions("Account", "$.recipientAccountId").build().unwrap();
        assert!(!watches(&alarm().build(), &several));
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
        let of = |filter: MetricFilterBuilder| events(&ask, "id", &filter.build());
        let none = || Known(BTreeSet::new());
        assert_eq!(of(filter("{ $.a = 1 }")), (none(), none()));
        for unknown in [
            filter("ERROR"),
            filter("{ $.a = 1 }").apply_on_transformed_logs(true),
            filter("{ $.a = 1 }").field_selection_criteria("@aws.account = 1"),
        ] {
            let (events, possible) = of(unknown);
            assert!(events.gap().is_some() && possible.gap().is_some());
        }
        // What is understood of a pattern rules the other classes out.
        let (events, possible) =
            of(filter("{ $.eventSource = kms.amazonaws.com && $.requestParameters.keyId = %a% }"));
        assert!(events.gap().is_some());
        assert_eq!(possible, Known([EventClass::KeyDisablement].into()));
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
        assert_eq!(sees(whole().management_reads(Known(false))), Known(false));
        assert_eq!(sees(whole().management_writes(Known(false))), Known(false));
        assert_eq!(sees(whole().log_group_last_delivery(Known(None))), Known(false));
        let stale = Known(Some(Time::from_unix(0)));
        assert_eq!(sees(whole().log_group_last_delivery(stale)), Known(false));
        let less = whole().excluded_sources(Known(vec!["kms.amazonaws.com".to_owned()]));
        assert_eq!(sees(less), Known(false));
        let gap = Fact::Gap(GapId::new(5));
        for unread in [
            whole().recording(gap.clone()),
            whole().multi_region(gap.clone()),
            whole().management_reads(gap.clone()),
            whole().management_writes(gap.clone()),
            whole().excluded_sources(Fact::Gap(GapId::new(5))),
            whole().log_group_last_delivery(Fact::Gap(GapId::new(5))),
        ] {
            assert_eq!(sees(unread.clone()), gap);
            assert!(unseen(&unread, now).is_empty(), "{unread:?}");
        }
    }

    #[test]
    fn what_a_trail_keeps_from_its_watchers_is_said() {
        let now = Time::from_unix(1_000_000);
        let trail = || AuditTrail::unread("t", "main", None);
        let day = 86_400;
        for (trail, why) in [
            (trail().recording(Known(false)), "the trail `main` is stopped"),
            (trail().multi_region(Known(false)), "the trail `main` records one region only"),
            (trail().management_reads(Known(false)), "the trail `main` does not record reads"),
            (trail().management_writes(Known(false)), "the trail `main` does not record writes"),
            (
                trail().excluded_sources(Known(vec!["kms.amazonaws.com".into(), "x".into()])),
                "the trail `main` leaves out kms.amazonaws.com, x",
            ),
            (
                trail().log_group_last_delivery(Known(None)),
                "the trail `main` never delivered to the log group",
            ),
            (
                trail().log_group_last_delivery(Known(Some(Time::from_unix(1_000_000 - 2 * day)))),
                "the trail `main` last delivered to the log group on 1970-01-10",
            ),
        ] {
            assert_eq!(unseen(&trail, now), [why]);
        }
        let fine = trail()
            .recording(Known(true))
            .multi_region(Known(true))
            .management_reads(Known(true))
            .management_writes(Known(true))
            .excluded_sources(Known(vec![]))
            .log_group_last_delivery(Known(Some(now)));
        assert!(unseen(&fine, now).is_empty());
        let both = trail().recording(Known(false)).multi_region(Known(false));
        assert_eq!(unseen(&both, now).len(), 2);
    }

    #[test]
    fn the_statistic_decides_what_one_event_amounts_to() {
        let alarm = || {
            MetricAlarm::builder()
                .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold)
                .threshold(1.0)
                .evaluation_periods(1)
        };
        let one = transformation("1");
        let quiet = MetricTransformation::builder()
            .metric_name("RootUse")
            .metric_namespace("Audit")
            .metric_value("1")
            .default_value(0.0)
            .build()
            .unwrap();
        for (statistic, alone, among_quiet) in [
            (Statistic::Sum, true, true),
            (Statistic::Maximum, true, true),
            (Statistic::SampleCount, true, true),
            (Statistic::Average, true, false),
            (Statistic::Minimum, true, false),
        ] {
            let alarm = alarm().statistic(statistic.clone()).build();
            assert_eq!(goes_off(&alarm, &one), Some(alone), "{statistic}");
            assert_eq!(goes_off(&alarm, &quiet), Some(among_quiet), "{statistic}");
        }
        // A percentile, and a statistic that we do not know, are no proof.
        assert_eq!(goes_off(&alarm().extended_statistic("p99").build(), &one), Some(false));
        assert_eq!(goes_off(&alarm().build(), &one), Some(false));
        // One event is one sample, whatever it counts for.
        let samples = |threshold: f64| {
            let alarm = alarm().statistic(Statistic::SampleCount).threshold(threshold).build();
            goes_off(&alarm, &transformation("9"))
        };
        assert_eq!((samples(1.0), samples(2.0)), (Some(true), Some(false)));
        // It has to be reached, and the value may be written in any way.
        let sum = |threshold: f64, value: &str| {
            let alarm = alarm().statistic(Statistic::Sum).threshold(threshold).build();
            goes_off(&alarm, &transformation(value))
        };
        assert_eq!(sum(1.0, " 1.0 "), Some(true));
        assert_eq!(sum(1.0, "0.5"), Some(false));
        assert_eq!(sum(0.5, "0.5"), Some(true));
        assert_eq!(sum(-1.0, "1"), Some(false));
        let more = |threshold: f64| {
            let more = alarm().comparison_operator(ComparisonOperator::GreaterThanThreshold);
            goes_off(&more.statistic(Statistic::Sum).threshold(threshold).build(), &one)
        };
        assert_eq!(
            [-1.0, 0.0, 0.9, 1.0].map(more),
            [Some(false), Some(true), Some(true), Some(false)]
        );
        // An alarm that says less than it has to is not understood.
        let bare = MetricAlarm::builder().statistic(Statistic::Sum);
        assert_eq!(goes_off(&bare.clone().threshold(1.0).build(), &one), None);
        let operator = ComparisonOperator::GreaterThanOrEqualToThreshold;
        assert_eq!(goes_off(&bare.comparison_operator(operator).build(), &one), None);
        let periods = |alarm: aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder| {
            goes_off(&alarm.statistic(Statistic::Sum).build(), &one)
        };
        assert_eq!(periods(alarm().evaluation_periods(2)), Some(false));
        assert_eq!(periods(alarm().evaluation_periods(2).datapoints_to_alarm(2)), Some(false));
        assert_eq!(periods(alarm().evaluation_periods(2).datapoints_to_alarm(1)), Some(true));
    }

    #[test]
    fn only_who_confirmed_is_reached() {
        let ask = asker();
        let subscription = |arn: &str| Subscription::builder().subscription_arn(arn).build();
        let arn = "arn:aws:sns:eu-central-1:123456789012:alarms:1";
        let of = |arns: &[&str], refused: Option<&str>| {
            let all: Vec<Subscription> = arns.iter().map(|arn| subscription(arn)).collect();
            let reason = |code: &str| match code {
                "AuthorizationError" => Reason::Denied,
                _ => Reason::Unsupported,
            };
            let refused = refused.map(|code| Refused::new(code, Gap::new("a", "", reason(code))));
            reached(&ask, confirmed(all.iter(), refused))
        };
        assert_eq!(of(&[], None), Known(false));
        assert_eq!(of(&["PendingConfirmation"], None), Known(false));
        assert_eq!(of(&["Deleted", "PendingConfirmation"], None), Known(false));
        assert_eq!(of(&["PendingConfirmation", arn], None), Known(true));
        assert_eq!(of(&[arn], Some("AuthorizationError")), Known(true));
        assert_eq!(of(&[], Some("NotFound")), Known(false));
        assert_eq!(of(&[], Some("NotFoundException")), Known(false));
        assert!(of(&["PendingConfirmation"], Some("AuthorizationError")).gap().is_some());
        let nameless = [Subscription::builder().build()];
        assert_eq!(confirmed(nameless.iter(), None), Ok(false));
    }

    const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:alarms";
    const QUIET: &str = "arn:aws:sns:eu-central-1:123456789012:quiet";
    const DENIED: &str = "arn:aws:sns:eu-central-1:123456789012:denied";

    /// An alarm that goes off at one event on the metric of [`transformation`].
    fn alarm(
        name: &str,
        topics: &[&str],
    ) -> aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder {
        MetricAlarm::builder()
            .alarm_name(name)
            .metric_name("RootUse")
            .namespace("Audit")
            .statistic(Statistic::Sum)
            .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold)
            .threshold(1.0)
            .evaluation_periods(1)
            .set_alarm_actions(Some(topics.iter().map(|topic| (*topic).to_owned()).collect()))
    }

    /// Whether these alarms tell anyone of the events of a filter.
    fn told(metric: Vec<MetricAlarm>, composite: Vec<CompositeAlarm>) -> Fact<bool> {
        let ask = asker();
        let filter = MetricFilter::builder().metric_transformations(transformation("1")).build();
        let denied =
            Fact::Gap(ask.gap(Gap::new("sns:ListSubscriptionsByTopic", "", Reason::Denied)));
        let reached = BTreeMap::from([
            (TOPIC.to_owned(), Known(true)),
            (QUIET.to_owned(), Known(false)),
            (DENIED.to_owned(), denied),
        ]);
        alarmed(&ask, &filter, "id", &Alarms { metric, composite, gap: None }, &reached)
    }

    #[test]
    fn an_alarm_counts_only_if_it_is_on_goes_off_and_reaches_someone() {
        let yes = Known(true);
        let no = Known(false);
        let of = |alarm: aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder| {
            told(vec![alarm.build()], vec![])
        };
        assert_eq!(told(vec![], vec![]), no);
        assert_eq!(of(alarm("a", &[TOPIC])), yes);
        assert_eq!(of(alarm("a", &[TOPIC]).actions_enabled(true)), yes);
        assert_eq!(of(alarm("a", &[TOPIC]).actions_enabled(false)), no);
        assert_eq!(of(alarm("a", &[])), no);
        assert_eq!(of(alarm("a", &[QUIET])), no);
        assert_eq!(of(alarm("a", &[QUIET, TOPIC])), yes);
        // A topic that nobody asked about reaches no one either.
        assert_eq!(of(alarm("a", &["arn:aws:sns:eu-central-1:123456789012:other"])), no);
        assert_eq!(of(alarm("a", &[TOPIC]).threshold(5.0)), no);
        assert_eq!(of(alarm("a", &[TOPIC]).namespace("Other")), no);
        // What could not be read matters only where the rest would do.
        assert!(of(alarm("a", &[DENIED])).gap().is_some());
        assert_eq!(of(alarm("a", &[DENIED]).actions_enabled(false)), no);
        assert_eq!(of(alarm("a", &[DENIED]).threshold(5.0)), no);
        assert_eq!(of(alarm("a", &[DENIED, TOPIC])), yes);
        // Whom another action tells is not known.
        assert!(of(alarm("a", &["arn:aws:lambda:eu-central-1:1:function:x"])).gap().is_some());
        // Each alarm by itself: one that is on and one that reaches someone are none that does both.
        let (off, deaf) = (alarm("a", &[TOPIC]).actions_enabled(false), alarm("b", &[QUIET]));
        assert_eq!(told(vec![off.clone().build(), deaf.build()], vec![]), no);
        assert_eq!(told(vec![off.build(), alarm("b", &[TOPIC]).build()], vec![]), yes);
    }

    #[test]
    fn an_alarm_made_of_others_is_not_decided() {
        let composite =
            |rule: &str| CompositeAlarm::builder().alarm_rule(rule).alarm_actions(TOPIC);
        let of = |composite: aws_sdk_cloudwatch::types::builders::CompositeAlarmBuilder| {
            told(vec![alarm("root", &[]).build()], vec![composite.build()])
        };
        for rule in ["ALARM(root)", "ALARM(\"root\") OR ALARM(x)", "NOT OK('root')"] {
            assert!(of(composite(rule)).gap().is_some(), "{rule}");
        }
        assert_eq!(of(composite("ALARM(root2)")), Known(false));
        assert_eq!(of(composite("ALARM(root)").actions_enabled(false)), Known(false));
        let nobody = CompositeAlarm::builder().alarm_rule("ALARM(root)");
        assert_eq!(of(nobody), Known(false));
        assert_eq!(of(CompositeAlarm::builder().alarm_actions(TOPIC)), Known(false));
        let never = vec![alarm("root", &[]).threshold(5.0).build()];
        assert_eq!(told(never, vec![composite("ALARM(root)").build()]), Known(false));
        let direct = vec![alarm("root", &[TOPIC]).build()];
        assert_eq!(told(direct, vec![composite("ALARM(root)").build()]), Known(true));
        let nameless = vec![alarm("", &[]).build()];
        assert_eq!(told(nameless, vec![composite("ALARM()").build()]), Known(false));
    }

    #[test]
    fn an_alarm_that_computes_with_the_metric_is_not_decided() {
        let query = |name: &str, namespace: &str| {
            let metric = Metric::builder().metric_name(name).namespace(namespace).build();
            let stat = MetricStat::builder().metric(metric).period(60).stat("Sum").build();
            let query = MetricDataQuery::builder().id("m").metric_stat(stat).build();
            told(vec![MetricAlarm::builder().metrics(query).alarm_actions(TOPIC).build()], vec![])
        };
        assert!(query("RootUse", "Audit").gap().is_some());
        assert_eq!(query("Other", "Audit"), Known(false));
        assert_eq!(query("RootUse", "Other"), Known(false));
    }

    #[test]
    fn alarms_that_were_not_listed_may_tell_someone() {
        let ask = asker();
        let gap = ask.gap(Gap::new(ALARMS, "", Reason::Denied));
        let filter = MetricFilter::builder().metric_transformations(transformation("1")).build();
        let of = |metric: Vec<MetricAlarm>, gap| {
            let reached = BTreeMap::from([(TOPIC.to_owned(), Known(true))]);
            alarmed(&ask, &filter, "id", &Alarms { metric, composite: vec![], gap }, &reached)
        };
        assert_eq!(of(vec![], Some(gap)), Fact::Gap(gap));
        assert_eq!(of(vec![alarm("a", &[]).build()], Some(gap)), Fact::Gap(gap));
        assert_eq!(of(vec![alarm("a", &[TOPIC]).build()], Some(gap)), Known(true));
        assert_eq!(of(vec![], None), Known(false));
        // A value that the record gives is not fixed.
        let size = MetricFilter::builder().metric_transformations(transformation("$.size")).build();
        let alarms =
            Alarms { metric: vec![alarm("a", &[TOPIC]).build()], composite: vec![], gap: None };
        let reached = BTreeMap::from([(TOPIC.to_owned(), Known(true))]);
        assert!(alarmed(&ask, &size, "id", &alarms, &reached).gap().is_some());
    }

    /// Recorded answers of an account in which one alarm on the root user reaches someone.
    fn account() -> Fake {
        let trail = json!({
            "Name": "main", "TrailARN": "arn:aws:cloudtrail:eu-central-1:123456789012:trail/main",
            "HomeRegion": "eu-central-1", "IsMultiRegionTrail": true, "S3BucketName": "records",
            "CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-central-1:123456789012:log-group:trail:*",
        });
        let event_selectors = json!([{ "ReadWriteType": "All", "IncludeManagementEvents": true }]);
        Fake::default()
            .answer("DescribeTrails", 200, json!({ "trailList": [trail] }).to_string())
            .answer(
                "GetTrailStatus",
                200,
                // It has delivered nothing yet.
                json!({ "IsLogging": true }).to_string(),
            )
            .answer(
                "GetEventSelectors",
                200,
                json!({ "TrailARN": trail["TrailARN"], "EventSelectors": event_selectors })
                    .to_string(),
            )
    }

    fn filter_of(group: &str) -> serde_json::Value {
        json!({
            "filterName": "root", "logGroupName": group, "creationTime": 1_767_225_600_000_u64,
            "filterPattern": "{ $.userIdentity.type = Root && $.userIdentity.invokedBy NOT EXISTS }",
            "metricTransformations":
                [{ "metricName": "RootUse", "metricNamespace": "Audit", "metricValue": "1" }],
        })
    }

    fn with_filters(fake: Fake, filters: &[serde_json::Value]) -> Fake {
        let body = json!({ "metricFilters": filters }).to_string();
        fake.answer("DescribeMetricFilters", 200, body)
    }

    fn with_alarm(fake: Fake, more: serde_json::Value) -> Fake {
        let mut alarm = json!({
            "AlarmName": "root", "AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:root",
            "ActionsEnabled": true, "AlarmActions": [TOPIC], "MetricName": "RootUse",
            "Namespace": "Audit", "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1,
            "Threshold": 0.5, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "StateValue": "OK",
        });
        for (name, value) in more.as_object().unwrap() {
            alarm[name] = value.clone();
        }
        fake.cbor("DescribeAlarms", 200, &json!({ "MetricAlarms": [alarm], "CompositeAlarms": [] }))
    }

    fn with_subscription(fake: Fake, arn: &str) -> Fake {
        let member = format!(
            "<Subscriptions><member><SubscriptionArn>{arn}</SubscriptionArn><Owner>123456789012</Owner>\
             <Protocol>email</Protocol><Endpoint>ops@example.com</Endpoint><TopicArn>{TOPIC}</TopicArn>\
             </member></Subscriptions>"
        );
        fake.sns("ListSubscriptionsByTopic", &member)
    }

    async fn read(fake: &Fake) -> Scope {
        let facts: Vec<_> = Kind::Alert.fact_ids().collect();
        fake.collect(&Wanted::of(&facts, &[Kind::Alert])).await
    }

    async fn notified(alarm: serde_json::Value, subscription: &str) -> Fact<bool> {
        let fake = with_filters(account(), &[filter_of("trail")]);
        let fake = with_subscription(with_alarm(fake, alarm), subscription);
        let scope = read(&fake).await;
        let [alert] = scope.alerts.items.as_slice() else { panic!("{:?}", fake.seen()) };
        alert.notifies.clone()
    }

    #[tokio::test]
    async fn an_alert_is_read_from_filter_alarm_and_topic() {
        let confirmed = format!("{TOPIC}:11111111-2222-4333-8444-555555555555");
        let fake = with_filters(account(), &[filter_of("trail"), filter_of("elsewhere")]);
        let fake = with_subscription(with_alarm(fake, json!({})), &confirmed);
        let scope = read(&fake).await;
        assert_eq!(scope.alerts.gaps, [], "{:?}", scope.gaps);
        // A filter on a log group to which no trail delivers is none on recorded events.
        let [alert] = scope.alerts.items.as_slice() else { panic!("{:?}", scope.alerts.items) };
        assert_eq!(
            alert.id,
            "arn:aws:logs:eu-central-1:123456789012:log-group:trail:metric-filter:root"
        );
        assert_eq!((alert.name.as_str(), alert.region.as_deref()), ("root", Some("eu-central-1")));
        assert_eq!(alert.events, Known([EventClass::RootUse].into()));
        assert_eq!(alert.possible_events, Known([EventClass::RootUse].into()));
        assert_eq!(alert.notifies, Known(true), "{:?}", scope.gaps);
        assert_eq!(alert.sees_everything, Known(false));
        let never = "the trail `main` never delivered to the log group".to_owned();
        assert_eq!(alert.unseen, Known(vec![never]));

        assert_eq!(notified(json!({}), &confirmed).await, Known(true));
        for quiet in [
            json!({ "ActionsEnabled": false }),
            json!({ "AlarmActions": [] }),
            json!({ "Threshold": 4.5 }),
            json!({ "MetricName": "Other" }),
            json!({ "Dimensions": [{ "Name": "Account", "Value": "1" }] }),
        ] {
            assert_eq!(notified(quiet.clone(), &confirmed).await, Known(false), "{quiet}");
        }
        assert_eq!(notified(json!({}), "PendingConfirmation").await, Known(false));
        assert_eq!(notified(json!({}), "Deleted").await, Known(false));
    }

    #[tokio::test]
    async fn what_is_refused_of_an_alert_is_a_gap() {
        let denied = json!({ "__type": "AccessDeniedException", "message": "no" });
        let filters = || with_filters(account(), &[filter_of("trail")]);
        let fake = filters().cbor("DescribeAlarms", 400, &denied);
        let alert = read(&fake).await.alerts.items.remove(0);
        assert!(alert.notifies.gap().is_some() && alert.events.is_known());

        let fake = with_alarm(filters(), json!({})).xml_error(
            "ListSubscriptionsByTopic",
            403,
            "AuthorizationError",
            "no",
        );
        assert!(read(&fake).await.alerts.items[0].notifies.gap().is_some());
        let fake = with_alarm(filters(), json!({})).xml_error(
            "ListSubscriptionsByTopic",
            404,
            "NotFound",
            "gone",
        );
        assert_eq!(read(&fake).await.alerts.items[0].notifies, Known(false));

        let fake =
            account().json_error("DescribeMetricFilters", 400, "AccessDeniedException", "no");
        let scope = read(&fake).await;
        assert!(scope.alerts.items.is_empty() && scope.alerts.gaps.len() == 1);

        // A filter without a log group may be one on a trail's.
        let mut nameless = filter_of("trail");
        nameless.as_object_mut().unwrap().remove("logGroupName");
        let scope = read(&with_filters(account(), &[nameless])).await;
        assert!(scope.alerts.items.is_empty());
        assert_eq!(scope.gap(scope.alerts.gaps[0]).unwrap().reason, Reason::Malformed);
    }

    #[tokio::test]
    async fn a_trail_whose_log_group_is_elsewhere_leaves_the_list_open() {
        let trail = |group: &str| {
            let trail = json!({
                "Name": "main", "TrailARN": "arn:aws:cloudtrail:eu-central-1:210987654321:trail/main",
                "HomeRegion": "eu-central-1", "S3BucketName": "records",
                "CloudWatchLogsLogGroupArn": group,
            });
            let fake = Fake::default().answer(
                "DescribeTrails",
                200,
                json!({ "trailList": [trail] }).to_string(),
            );
            with_filters(fake, &[])
        };
        let own = "arn:aws:logs:eu-central-1:123456789012:log-group:trail:*";
        assert_eq!(read(&trail(own)).await.alerts.gaps, []);
        let other = "arn:aws:logs:eu-central-1:210987654321:log-group:trail:*";
        assert_eq!(read(&trail(other)).await.alerts.gaps, [GapId::OUTSIDE_SCOPE]);
        assert_eq!(read(&trail("")).await.alerts.gaps, []);
        let fake = Fake::default().json_error("DescribeTrails", 400, "AccessDeniedException", "no");
        assert_eq!(read(&with_filters(fake, &[])).await.alerts.gaps.len(), 1);
    }

    #[tokio::test]
    async fn log_groups_are_read_with_their_retention_and_key() {
        let groups = json!({ "logGroups": [
            { "logGroupName": "a", "arn": "arn:aws:logs:eu-central-1:123456789012:log-group:a:*",
              "retentionInDays": 30, "kmsKeyId": "arn:aws:kms:eu-central-1:123456789012:key/1" },
            { "logGroupName": "b", "arn": "arn:aws:logs:eu-central-1:123456789012:log-group:b:*" },
        ] });
        let fake = Fake::default().answer("DescribeLogGroups", 200, groups.to_string());
        let wanted = Wanted::of(&[LogGroup::RETENTION_DAYS, LogGroup::KEY], &[]);
        let scope = fake.collect(&wanted).await;
        let [a, b] = scope.log_groups.items.as_slice() else { panic!("{:?}", scope.gaps) };
        assert_eq!(a.id, "arn:aws:logs:eu-central-1:123456789012:log-group:a");
        let key = "arn:aws:kms:eu-central-1:123456789012:key/1".to_owned();
        assert_eq!((&a.retention_days, &a.key), (&Known(Some(30)), &Known(Some(key))));
        assert_eq!((&b.retention_days, &b.key), (&Known(None), &Known(None)));
        assert_eq!(scope.log_groups.gaps, []);

        let nameless = json!({ "logGroups": [{ "retentionInDays": 30 }] }).to_string();
        let scope =
            Fake::default().answer("DescribeLogGroups", 200, nameless).collect(&wanted).await;
        assert_eq!(scope.log_groups.items.len(), 0);
        assert_eq!(scope.gap(scope.log_groups.gaps[0]).unwrap().reason, Reason::Malformed);
        let denied = Fake::default()
            .json_error("DescribeLogGroups", 400, "AccessDeniedException", "no")
            .collect(&wanted)
            .await;
        assert_eq!(denied.log_groups.gaps.len(), 1);
    }
}
