//! Log groups, and alerts: metric filters on the log groups of trails, joined with the alarms on their metrics and with
//! the recipients of the alarms.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use futures::stream::{self, StreamExt};
use posture_model::fact::{self, Fact, Known};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Account, Alert, AuditTrail, EventClass, Kind, LogGroup};
use posture_model::time::Time;

use super::context::Audit;
use super::{cloudtrail, filter_pattern, regions};
use crate::ask::{ApiClient, CallError};
use crate::entry::{Action, Holds, Per};
use crate::session::Session;
use crate::wire::services::{CLOUD_WATCH, LOGS, SNS};
use crate::wire::{Answer, Client, Constant, Operation, answers, words};

pub(crate) const LOG_GROUPS: Action = Action {
    name: "logs:DescribeLogGroups",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["logGroups"]),
    lists: &[Kind::LogGroup],
    fills: &[LogGroup::RETENTION_DAYS, LogGroup::KEY, Account::DATA_REGIONS],
    command: "aws logs describe-log-groups --log-group-name-prefix {name} --region {region}",
};

pub(crate) const LOG_GROUP_TAGS: Action = Action {
    name: "logs:ListTagsForResource",
    per: Per::resource(Kind::LogGroup),
    own: Holds::all(&["tags"]),
    lists: &[],
    fills: &[LogGroup::TAGS],
    command: "aws logs list-tags-for-resource --resource-arn {id} --region {region}",
};

pub(crate) const METRIC_FILTERS: Action = Action {
    name: "logs:DescribeMetricFilters",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["metricFilters"]),
    lists: &[Kind::Alert],
    fills: &[Alert::EVENTS, Alert::POSSIBLE_EVENTS],
    command: "aws logs describe-metric-filters --region {region}",
};

pub(crate) const METRIC_ALARMS: Action = Action {
    name: "cloudwatch:DescribeAlarms",
    per: Per::place_of(Kind::Alert),
    own: Holds::any(&["MetricAlarms", "CompositeAlarms"]),
    lists: &[],
    fills: &[Alert::NOTIFIES],
    command: "aws cloudwatch describe-alarms --region {region}",
};

pub(crate) const SUBSCRIPTIONS: Action = Action {
    name: "sns:ListSubscriptionsByTopic",
    per: Per::UNFORESEEN,
    own: Holds::all(&["Subscriptions"]),
    lists: &[],
    fills: &[Alert::NOTIFIES],
    command: "aws sns list-subscriptions-by-topic --topic-arn <topic> --region {region}",
};

words! {
    /// What an alarm makes of the values of a period.
    Statistic {
        SampleCount = "SampleCount",
        Average = "Average",
        Sum = "Sum",
        Minimum = "Minimum",
        Maximum = "Maximum",
    }

    /// How an alarm compares.
    Comparison {
        GreaterThanOrEqualToThreshold = "GreaterThanOrEqualToThreshold",
        GreaterThanThreshold = "GreaterThanThreshold",
        LessThanThreshold = "LessThanThreshold",
        LessThanOrEqualToThreshold = "LessThanOrEqualToThreshold",
        LessThanLowerOrGreaterThanUpperThreshold = "LessThanLowerOrGreaterThanUpperThreshold",
        LessThanLowerThreshold = "LessThanLowerThreshold",
        GreaterThanUpperThreshold = "GreaterThanUpperThreshold",
    }
}

answers! {
    DescribeLogGroups {
        groups: "logGroups" optional records(FoundGroup),
    }

    FoundGroup {
        name: "logGroupName" optional text,
        arn: "arn" optional text,
        retention_days: "retentionInDays" optional whole,
        key: "kmsKeyId" optional text,
    }

    ListTagsForResource {
        tags: "tags" optional texts_by_key,
    }

    DescribeMetricFilters {
        filters: "metricFilters" optional records(MetricFilter),
    }

    /// What a log group is watched for.
    MetricFilter {
        name: "filterName" optional text,
        pattern: "filterPattern" optional text,
        log_group: "logGroupName" optional text,
        apply_on_transformed_logs: "applyOnTransformedLogs" optional flag,
        field_selection_criteria: "fieldSelectionCriteria" optional text,
        transformations: "metricTransformations" optional records(MetricTransformation),
    }

    /// What a filter counts.
    MetricTransformation {
        metric_name: "metricName" required text,
        metric_namespace: "metricNamespace" required text,
        metric_value: "metricValue" required text,
        default_value: "defaultValue" optional number,
        dimensions: "dimensions" optional named,
        unit: "unit" optional text,
    }

    DescribeAlarms {
        metric: "MetricAlarms" optional records(MetricAlarm),
        composite: "CompositeAlarms" optional records(CompositeAlarm),
    }

    /// An alarm on a metric.
    MetricAlarm {
        name: "AlarmName" optional text,
        actions_enabled: "ActionsEnabled" optional flag,
        actions: "AlarmActions" optional texts,
        metric_name: "MetricName" optional text,
        namespace: "Namespace" optional text,
        statistic: "Statistic" optional word(Statistic),
        comparison: "ComparisonOperator" optional word(Comparison),
        threshold: "Threshold" optional number,
        evaluation_periods: "EvaluationPeriods" optional whole,
        datapoints_to_alarm: "DatapointsToAlarm" optional whole,
        dimensions: "Dimensions" optional counted,
        unit: "Unit" optional text,
        queries: "Metrics" optional records(MetricDataQuery),
    }

    /// What an alarm computes with.
    MetricDataQuery {
        stat: "MetricStat" optional record(MetricStat),
    }

    MetricStat {
        metric: "Metric" required record(Metric),
    }

    Metric {
        name: "MetricName" optional text,
        namespace: "Namespace" optional text,
    }

    /// An alarm made of others.
    CompositeAlarm {
        actions_enabled: "ActionsEnabled" optional flag,
        actions: "AlarmActions" optional texts,
        rule: "AlarmRule" optional text,
    }

    /// A page of the subscriptions of a topic.
    ListSubscriptionsByTopic {
        subscriptions: "Subscriptions" optional records(Subscription),
    }

    Subscription {
        subscription_arn: "SubscriptionArn" optional text,
    }
}

pub(crate) static GROUPS: Operation<0, DescribeLogGroups<'_>> =
    Operation::new(&LOGS, LOG_GROUPS.name, "DescribeLogGroups")
        .given(&[("limit", Constant::Whole(50))])
        .pages("nextToken", "nextToken");

pub(crate) static GROUP_TAGS: Operation<1, ListTagsForResource<'_>> =
    Operation::new(&LOGS, LOG_GROUP_TAGS.name, "ListTagsForResource").takes(&["resourceArn"]);

pub(crate) static FILTERS: Operation<0, DescribeMetricFilters<'_>> =
    Operation::new(&LOGS, METRIC_FILTERS.name, "DescribeMetricFilters")
        .given(&[("limit", Constant::Whole(50))])
        .pages("nextToken", "nextToken");

/// Composite alarms are listed only if they are requested.
pub(crate) static ALARMS: Operation<0, DescribeAlarms<'_>> =
    Operation::new(&CLOUD_WATCH, METRIC_ALARMS.name, "DescribeAlarms")
        .given(&[
            (
                "AlarmTypes",
                Constant::List(&[Constant::Text("MetricAlarm"), Constant::Text("CompositeAlarm")]),
            ),
            ("MaxRecords", Constant::Whole(100)),
        ])
        .pages("NextToken", "NextToken");

pub(crate) static LIST_SUBSCRIPTIONS: Operation<1, ListSubscriptionsByTopic<'_>> =
    Operation::new(&SNS, SUBSCRIPTIONS.name, "ListSubscriptionsByTopic")
        .takes(&["TopicArn"])
        .pages("NextToken", "NextToken");

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    // Boxed, as all of them in one another are too large for the stack of a thread.
    let log_groups = Box::pin(regions::listing(audit, &LOG_GROUPS, "logs", |region| {
        log_groups_of(audit, region)
    }));
    let (alerts, log_groups) = futures::join!(Box::pin(alerts(audit)), log_groups);
    Part { alerts, log_groups, ..Part::default() }
}

async fn log_groups_of(audit: &Audit<'_>, region: &str) -> Listing<LogGroup> {
    let client = audit.session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(&client, &GROUPS, region, []).await;
    let groups = || pages.iter().flat_map(|page| page.read().groups());
    let lacks = |text: Option<&str>| text.is_none_or(str::is_empty);
    let nameless = groups().any(|group| lacks(group.name()) || lacks(group.arn()));
    let refused = CallError::or_nameless(refused, nameless, GROUPS.spec.action, region);
    let items = groups().filter_map(|group| {
        let name = group.name().filter(|name| !name.is_empty())?;
        let arn = group.arn().filter(|arn| !arn.is_empty())?.trim_end_matches(":*");
        // Without a retention, records are kept for ever.
        let days = group.retention_days().and_then(|days| u32::try_from(days).ok());
        Some(
            LogGroup::unread_on(Provider::Aws, arn, name, Some(region))
                .retention_days(Known(days))
                .key(Known(group.key().map(str::to_owned))),
        )
    });
    let items: Vec<LogGroup> = items.collect();
    let items = tagged(audit, &client, region, items).await;
    audit.ask.listing(items, refused)
}

/// How many log groups of a region are asked for their tags at once; the client limits the calls.
const AT_ONCE: usize = 16;

/// Log groups, with their tags if an exception names a tag.
async fn tagged(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    groups: Vec<LogGroup>,
) -> Vec<LogGroup> {
    if !audit.calls(&LOG_GROUP_TAGS) {
        return groups;
    }
    let one = |group: LogGroup| async move {
        let answer = audit.ask.read(client, &GROUP_TAGS, &group.id, region, [&group.id]).await;
        let pair = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        let tags = answer.map(|answer| answer.read().tags().map(pair).collect());
        group.tags(audit.ask.fact(tags))
    };
    stream::iter(groups).map(one).buffered(AT_ONCE).collect().await
}

/// Every alert on recorded events: each metric filter on a log group that a trail delivers to.
async fn alerts(audit: &Audit<'_>) -> Listing<Alert> {
    if !audit.calls(&METRIC_FILTERS) {
        return Listing::not_collected();
    }
    let trails = cloudtrail::trails(audit).await;
    let one = |region| alerts_of(audit, region, trails);
    let mut all = regions::listing(audit, &METRIC_FILTERS, "alerts", one).await;
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
fn elsewhere(ask: &ApiClient, trail: &AuditTrail) -> GapId {
    match (&trail.organization, &trail.log_group) {
        (Known(true), Known(Some(log_group))) => {
            let log_group = log_group.trim_end_matches(":*");
            ask.gap(Gap::new(FILTERS.spec.action, log_group, Reason::OutsideScope))
        }
        _ => GapId::OUTSIDE_SCOPE,
    }
}

/// The alarms of a region, or why they could not be read in full.
struct Alarms {
    pages: Vec<Answer<DescribeAlarms<'static>>>,
    gap: Option<GapId>,
}

impl Alarms {
    fn metric(&self) -> impl Iterator<Item = MetricAlarm<'_>> {
        self.pages.iter().flat_map(|page| page.read().metric())
    }

    fn composite(&self) -> impl Iterator<Item = CompositeAlarm<'_>> {
        self.pages.iter().flat_map(|page| page.read().composite())
    }
}

/// A filter with the trails that deliver to its log group.
type Watched<'a> = (MetricFilter<'a>, Vec<&'a AuditTrail>);

async fn alerts_of(
    audit: &Audit<'_>,
    region: &str,
    trails: &Listing<AuditTrail>,
) -> Listing<Alert> {
    let ask = audit.ask;
    let client = audit.session.client(region, audit.meter);
    let (pages, refused) = ask.list(&client, &FILTERS, region, []).await;
    let found = || pages.iter().flat_map(|page| page.read().filters());
    let nameless = found().any(|filter| filter.log_group().is_none_or(str::is_empty));
    let refused = CallError::or_nameless(refused, nameless, FILTERS.spec.action, region);
    let filters: Vec<Watched<'_>> = found()
        .filter_map(|filter| {
            let wanted =
                Group { region, account: audit.session.account(), name: filter.log_group()? };
            let behind: Vec<&AuditTrail> =
                trails.items.iter().filter(|trail| group(trail) == Some(wanted)).collect();
            (!behind.is_empty()).then_some((filter, behind))
        })
        .collect();
    let notifies = audit.calls(&METRIC_ALARMS);
    // Without a filter there is nothing that an alarm could be about.
    let alarms =
        if notifies && !filters.is_empty() { Some(alarms(audit, region).await) } else { None };
    let reached = match &alarms {
        Some(alarms) => topics(audit, alarms, &filters).await,
        None => BTreeMap::new(),
    };
    let items = filters.iter().map(|(filter, behind)| {
        let group = filter.log_group().unwrap_or_default();
        let name = filter.name().unwrap_or_default();
        let id = format!(
            "arn:{}:logs:{region}:{}:log-group:{group}:metric-filter:{name}",
            audit.session.partition(),
            audit.session.account()
        );
        let (events, possible) = events(ask, &id, *filter);
        let notifies = match &alarms {
            Some(alarms) => alarmed(ask, *filter, &id, alarms, &reached),
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
        // A topic is read with the session of the account that has it.
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

/// The classes for which a filter sees every event, and those for which it may, if its pattern is not fully
/// understood.
fn events(
    ask: &ApiClient,
    id: &str,
    filter: MetricFilter<'_>,
) -> (Fact<BTreeSet<EventClass>>, Fact<BTreeSet<EventClass>>) {
    if filter.apply_on_transformed_logs() == Some(true)
        || filter.field_selection_criteria().is_some()
    {
        let why = "it sees transformed or selected records only";
        return (
            ask.undetermined(FILTERS.spec.action, id, why),
            ask.undetermined(FILTERS.spec.action, id, why),
        );
    }
    // Every filter has a pattern: what matches all records has an empty one.
    let Some(pattern) = filter.pattern() else {
        let why = "the response lacks a pattern";
        return (
            ask.malformed(FILTERS.spec.action, id, why),
            ask.malformed(FILTERS.spec.action, id, why),
        );
    };
    match filter_pattern::classes(pattern) {
        Ok(seen) if seen.certain == seen.possible => (Known(seen.certain), Known(seen.possible)),
        Ok(seen) => {
            let why = "cannot determine whether the pattern sees every event";
            (ask.undetermined(FILTERS.spec.action, id, why), Known(seen.possible))
        }
        Err(why) => {
            let why = format!("cannot parse the filter pattern: {why}");
            (
                ask.undetermined(FILTERS.spec.action, id, why.clone()),
                ask.undetermined(FILTERS.spec.action, id, why),
            )
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
            Some(format!("the trail `{name}` excludes {}", sources.join(", ")))
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
        no(&trail.multi_region, "records only one region"),
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
    let client = audit.session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(&client, &ALARMS, region, []).await;
    let gap = refused.map(|refused: CallError| audit.ask.gap(refused.into_gap()));
    Alarms { pages, gap }
}

/// Whether each topic that an alarm of these filters notifies has a confirmed subscription, requested once per topic.
async fn topics(
    audit: &Audit<'_>,
    alarms: &Alarms,
    filters: &[Watched<'_>],
) -> BTreeMap<String, Fact<bool>> {
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for transformation in filters.iter().flat_map(|(filter, _)| filter.transformations()) {
        for alarm in alarms.metric().filter(|alarm| watches(*alarm, transformation)) {
            wanted.extend(alarm.actions().filter(|action| is_topic(action)).map(str::to_owned));
        }
    }
    let one = |topic: String| async move {
        let peers = &audit.options.peers;
        let owner = topic.split(':').nth(4).unwrap_or_default().to_owned();
        if owner == audit.session.account() || !peers.has(&owner) {
            let answer = is_confirmed(audit, audit.session, &topic).await;
            return (topic, reached(audit.ask, answer));
        }
        // As a rule, only its own account can read a topic. Every account of the run may ask about the same one.
        let asked = peers.topic(&topic, || async {
            match peers.session(&owner, audit.meter).await {
                Some(Ok(session)) => is_confirmed(audit, &session, &topic).await,
                Some(Err(why)) => Err(why),
                None => Err(Gap::new(LIST_SUBSCRIPTIONS.spec.action, &topic, Reason::OutsideScope)),
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
    let client = session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(&client, &LIST_SUBSCRIPTIONS, region, [topic]).await;
    confirmed(pages.iter().flat_map(|page| page.read().subscriptions()), refused)
}

fn reached(ask: &ApiClient, answer: Result<bool, Gap>) -> Fact<bool> {
    answer.map_or_else(|why| Fact::Gap(ask.gap(why)), Known)
}

/// Whether anyone confirmed a subscription of a topic.
fn confirmed<'s>(
    mut subscriptions: impl Iterator<Item = Subscription<'s>>,
    refused: Option<CallError>,
) -> Result<bool, Gap> {
    // Until it is confirmed, or after it was deleted, a subscription has a word in place of its ARN.
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
/// A metric with dimensions is several metrics, and an alarm watches only one; an alarm with another unit sees no data.
fn watches(alarm: MetricAlarm<'_>, transformation: MetricTransformation<'_>) -> bool {
    let plain = alarm.dimensions() == 0 && transformation.dimensions() == 0;
    let unit = transformation.unit().unwrap_or("None");
    alarm.metric_name() == Some(transformation.metric_name())
        && alarm.namespace() == Some(transformation.metric_namespace())
        && plain
        && alarm.unit().is_none_or(|asked| asked == unit)
}

/// Whether some alarm on the metric of a filter is raised at one event and reaches a recipient.
fn alarmed(
    ask: &ApiClient,
    filter: MetricFilter<'_>,
    id: &str,
    alarms: &Alarms,
    reached: &BTreeMap<String, Fact<bool>>,
) -> Fact<bool> {
    let mut sum = Known(false);
    for transformation in filter.transformations() {
        for alarm in alarms.metric() {
            if watches(alarm, transformation) {
                let name = alarm.name().unwrap_or_default();
                let goes_off = goes_off(alarm, transformation);
                let goes_off = match goes_off {
                    Some(goes_off) => Known(goes_off),
                    None => ask.undetermined(
                        ALARMS.spec.action,
                        id,
                        "what the filter adds to its metric, or when the alarm goes off, is not fixed",
                    ),
                };
                let on = Known(alarm.actions_enabled().unwrap_or(true));
                let actions = alarm.actions().map(|action| {
                    if is_topic(action) {
                        reached.get(action).cloned().unwrap_or(Known(false))
                    } else {
                        ask.undetermined(
                            ALARMS.spec.action,
                            id,
                            format!("cannot determine whom `{action}` notifies"),
                        )
                    }
                });
                let direct = fact::any(actions);
                let through = composite(ask, alarms, id, name);
                sum = sum | (goes_off & ((on & direct) | through));
            } else if alarm.queries().any(|query| {
                query.stat().map(MetricStat::metric).is_some_and(|metric| {
                    metric.name() == Some(transformation.metric_name())
                        && metric.namespace() == Some(transformation.metric_namespace())
                })
            }) {
                let why = "an alarm uses the metric in a metric math expression";
                sum = sum | ask.undetermined(ALARMS.spec.action, id, why);
            }
        }
    }
    match alarms.gap {
        // Another alarm may be among those that could not be listed.
        Some(gap) => sum | Fact::Gap(gap),
        None => sum,
    }
}

/// Whether a composite alarm notifies a recipient instead; when it does depends on its other alarms.
fn composite(ask: &ApiClient, alarms: &Alarms, id: &str, name: &str) -> Fact<bool> {
    let names_it = |rule: &str| {
        let plain = rule.replace(['"', '\''], "");
        !name.is_empty() && plain.contains(&format!("({name})"))
    };
    let any = alarms.composite().any(|alarm| {
        alarm.actions_enabled().unwrap_or(true)
            && alarm.actions().len() > 0
            && alarm.rule().is_some_and(names_it)
    });
    if any {
        ask.undetermined(ALARMS.spec.action, id, "it notifies through a composite alarm")
    } else {
        Known(false)
    }
}

/// Whether one event raises the alarm; nothing if the filter adds a value of the event and not a number, and if the alarm
/// compares in a way that is not known here.
fn goes_off(alarm: MetricAlarm<'_>, transformation: MetricTransformation<'_>) -> Option<bool> {
    let value: f64 = transformation.metric_value().trim().parse().ok()?;
    let threshold = alarm.threshold()?;
    let reached = match alarm.comparison()? {
        // An alarm that is on without any event says nothing when there is one.
        Comparison::GreaterThanOrEqualToThreshold => threshold > 0.0 && value >= threshold,
        Comparison::GreaterThanThreshold => threshold >= 0.0 && value > threshold,
        // A band of what is usual is not known here, and takes the place of the threshold.
        Comparison::LessThanThreshold
        | Comparison::LessThanOrEqualToThreshold
        | Comparison::LessThanLowerOrGreaterThanUpperThreshold
        | Comparison::LessThanLowerThreshold
        | Comparison::GreaterThanUpperThreshold => false,
        Comparison::Other => return None,
    };
    // With a value for quiet times, an average or a minimum of one event and much quiet is near nothing.
    let counts = match alarm.statistic() {
        Some(Statistic::Sum | Statistic::Maximum) => true,
        Some(Statistic::SampleCount) => threshold <= 1.0,
        Some(Statistic::Average | Statistic::Minimum) => transformation.default_value().is_none(),
        Some(Statistic::Other) => return None,
        None => false,
    };
    // One event fills one period.
    let periods = alarm.datapoints_to_alarm().or(alarm.evaluation_periods()).unwrap_or(1);
    Some(reached && counts && periods <= 1)
}

#[cfg(test)]
mod tests {
    use posture_model::gap::{Gap, Reason};
    use posture_model::scope::Scope;
    use posture_model::wanted::Wanted;
    use serde_json::{Value, json};

    use super::*;
    use crate::fake::{Fake, asker};

    /// A value with other members.
    fn with(mut value: Value, more: &Value) -> Value {
        for (name, member) in more.as_object().unwrap() {
            value[name] = member.clone();
        }
        value
    }

    fn transformation(value: &str) -> Value {
        json!({ "metricName": "RootUse", "metricNamespace": "Audit", "metricValue": value })
    }

    /// An alarm on the metric of [`transformation`] that goes off at one event.
    fn at_one() -> Value {
        json!({
            "MetricName": "RootUse", "Namespace": "Audit", "Statistic": "Sum", "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 1,
        })
    }

    /// Whether an alarm watches what a filter counts, and whether one event sets it off.
    fn asked(alarm: Value, transformation: Value) -> (bool, Option<bool>) {
        let alarm = Answer::<MetricAlarm<'_>>::of(alarm).unwrap();
        let counted = Answer::<MetricTransformation<'_>>::of(transformation).unwrap();
        (watches(alarm.read(), counted.read()), goes_off(alarm.read(), counted.read()))
    }

    #[test]
    fn one_event_must_set_the_alarm_off() {
        let one = || transformation("1");
        let watched = |more: Value| asked(with(at_one(), &more), one()).0;
        assert!(watched(json!({})));
        assert!(!watched(json!({ "Namespace": "Other" })));
        assert!(!watched(json!({ "MetricName": "Other" })));
        assert!(!watched(json!({ "Namespace": null })));
        assert!(!watched(json!({ "MetricName": null })));
        let split = |dimensions: Value| {
            asked(at_one(), with(one(), &json!({ "dimensions": dimensions }))).0
        };
        assert!(split(json!({})));
        assert!(!split(json!({ "Account": "$.recipientAccountId" })));
        let off = |more: Value| asked(with(at_one(), &more), one()).1;
        assert_eq!(off(json!({})), Some(true));
        assert_eq!(off(json!({ "Threshold": 5.0 })), Some(false));
        assert_eq!(off(json!({ "EvaluationPeriods": 3 })), Some(false));
        assert_eq!(off(json!({ "EvaluationPeriods": 3, "DatapointsToAlarm": 1 })), Some(true));
        assert_eq!(off(json!({ "ComparisonOperator": "LessThanThreshold" })), Some(false));
        assert_eq!(off(json!({ "ComparisonOperator": "LikeTheMoon" })), None);
        assert_eq!(off(json!({ "Statistic": "Moon" })), None);
        assert_eq!(off(json!({ "Statistic": null })), Some(false));
        let more = "GreaterThanThreshold";
        assert_eq!(off(json!({ "ComparisonOperator": more })), Some(false));
        assert_eq!(off(json!({ "ComparisonOperator": more, "Threshold": 0.0 })), Some(true));
        assert_eq!(asked(at_one(), transformation("$.size")).1, None);
    }

    #[test]
    fn an_alarm_that_watches_something_else_does_not_count() {
        let watched = |more: Value| asked(with(at_one(), &more), transformation("1")).0;
        assert!(!watched(json!({ "Dimensions": [{ "Name": "Account", "Value": "1" }] })));
        assert!(!watched(json!({ "Unit": "Count" })));
        assert!(watched(json!({ "Unit": "None" })));
        let always = with(at_one(), &json!({ "Threshold": 0.0 }));
        assert_eq!(asked(always, transformation("1")).1, Some(false));
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
        let filter = |pattern: &str| json!({ "filterPattern": pattern });
        let of = |filter: Value| {
            let filter = Answer::<MetricFilter<'_>>::of(filter).unwrap();
            events(&ask, "id", filter.read())
        };
        let none = || Known(BTreeSet::new());
        assert_eq!(of(filter("{ $.a = 1 }")), (none(), none()));
        for unknown in [
            filter("ERROR"),
            with(filter("{ $.a = 1 }"), &json!({ "applyOnTransformedLogs": true })),
            with(filter("{ $.a = 1 }"), &json!({ "fieldSelectionCriteria": "@aws.account = 1" })),
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
    fn what_a_trail_keeps_from_its_watchers_is_reported() {
        let now = Time::from_unix(1_000_000);
        let trail = || AuditTrail::unread("t", "main", None);
        let day = 86_400;
        for (trail, why) in [
            (trail().recording(Known(false)), "the trail `main` is stopped"),
            (trail().multi_region(Known(false)), "the trail `main` records only one region"),
            (trail().management_reads(Known(false)), "the trail `main` does not record reads"),
            (trail().management_writes(Known(false)), "the trail `main` does not record writes"),
            (
                trail().excluded_sources(Known(vec!["kms.amazonaws.com".into(), "x".into()])),
                "the trail `main` excludes kms.amazonaws.com, x",
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
        let off = |more: Value, counted: Value| asked(with(at_one(), &more), counted).1;
        let one = || transformation("1");
        let quiet = || with(one(), &json!({ "defaultValue": 0.0 }));
        for (statistic, alone, among_quiet) in [
            ("Sum", true, true),
            ("Maximum", true, true),
            ("SampleCount", true, true),
            ("Average", true, false),
            ("Minimum", true, false),
        ] {
            let of = json!({ "Statistic": statistic });
            assert_eq!(off(of.clone(), one()), Some(alone), "{statistic}");
            assert_eq!(off(of, quiet()), Some(among_quiet), "{statistic}");
        }
        // An unknown value proves nothing, and a percentile is not a statistic.
        assert_eq!(off(json!({ "Statistic": "Median" }), one()), None);
        assert_eq!(off(json!({ "Statistic": "Median" }), quiet()), None);
        assert_eq!(
            off(json!({ "Statistic": null, "ExtendedStatistic": "p99" }), one()),
            Some(false)
        );
        assert_eq!(off(json!({ "Statistic": null }), one()), Some(false));
        // One event is one sample, whatever it counts for.
        let samples = |threshold: f64| {
            let of = json!({ "Statistic": "SampleCount", "Threshold": threshold });
            off(of, transformation("9"))
        };
        assert_eq!((samples(1.0), samples(2.0)), (Some(true), Some(false)));
        // It has to be reached, and the value may be written in any way.
        let sum = |threshold: f64, value: &str| {
            off(json!({ "Threshold": threshold }), transformation(value))
        };
        assert_eq!(sum(1.0, " 1.0 "), Some(true));
        assert_eq!(sum(1.0, "0.5"), Some(false));
        assert_eq!(sum(0.5, "0.5"), Some(true));
        assert_eq!(sum(-1.0, "1"), Some(false));
        let more = |threshold: f64| {
            let of =
                json!({ "ComparisonOperator": "GreaterThanThreshold", "Threshold": threshold });
            off(of, one())
        };
        assert_eq!(
            [-1.0, 0.0, 0.9, 1.0].map(more),
            [Some(false), Some(true), Some(true), Some(false)]
        );
        // An alarm that says less than it has to is not understood.
        assert_eq!(off(json!({ "ComparisonOperator": null }), one()), None);
        assert_eq!(off(json!({ "Threshold": null }), one()), None);
        let periods = |evaluated: i64, needed: Option<i64>| {
            off(json!({ "EvaluationPeriods": evaluated, "DatapointsToAlarm": needed }), one())
        };
        assert_eq!(periods(2, None), Some(false));
        assert_eq!(periods(2, Some(2)), Some(false));
        assert_eq!(periods(2, Some(1)), Some(true));
    }

    fn page_of(page: serde_json::Value) -> Answer<ListSubscriptionsByTopic<'static>> {
        Answer::of(page).unwrap()
    }

    #[test]
    fn only_who_confirmed_is_reached() {
        let ask = asker();
        let arn = "arn:aws:sns:eu-central-1:123456789012:alarms:1";
        let of = |arns: &[&str], refused: Option<&str>| {
            let all: Vec<serde_json::Value> =
                arns.iter().map(|arn| json!({ "SubscriptionArn": arn })).collect();
            let page = page_of(json!({ "Subscriptions": all }));
            let reason = |code: &str| match code {
                "AuthorizationError" => Reason::Denied,
                _ => Reason::Unsupported,
            };
            let refused = refused.map(|code| CallError::new(code, Gap::new("a", "", reason(code))));
            reached(&ask, confirmed(page.read().subscriptions(), refused))
        };
        assert_eq!(of(&[], None), Known(false));
        assert_eq!(of(&["PendingConfirmation"], None), Known(false));
        assert_eq!(of(&["Deleted", "PendingConfirmation"], None), Known(false));
        assert_eq!(of(&["PendingConfirmation", arn], None), Known(true));
        assert_eq!(of(&[arn], Some("AuthorizationError")), Known(true));
        assert_eq!(of(&[], Some("NotFound")), Known(false));
        assert_eq!(of(&[], Some("NotFoundException")), Known(false));
        assert!(of(&["PendingConfirmation"], Some("AuthorizationError")).gap().is_some());
        let nameless = page_of(json!({ "Subscriptions": [{}] }));
        assert_eq!(confirmed(nameless.read().subscriptions(), None), Ok(false));
    }

    const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:alarms";
    const QUIET: &str = "arn:aws:sns:eu-central-1:123456789012:quiet";
    const DENIED: &str = "arn:aws:sns:eu-central-1:123456789012:denied";

    /// The same with a name and recipients.
    fn alarm(name: &str, topics: &[&str]) -> Value {
        with(at_one(), &json!({ "AlarmName": name, "AlarmActions": topics }))
    }

    fn filter(value: &str) -> Answer<MetricFilter<'static>> {
        Answer::of(json!({ "metricTransformations": [transformation(value)] })).unwrap()
    }

    fn alarms_of(metric: &[Value], composite: &[Value], gap: Option<GapId>) -> Alarms {
        let page = json!({ "MetricAlarms": metric, "CompositeAlarms": composite });
        Alarms { pages: vec![Answer::of(page).unwrap()], gap }
    }

    /// Whether these alarms notify anyone of the events of a filter.
    fn filter_notifies(metric: &[Value], composite: &[Value]) -> Fact<bool> {
        let ask = asker();
        let denied =
            Fact::Gap(ask.gap(Gap::new("sns:ListSubscriptionsByTopic", "", Reason::Denied)));
        let reached = BTreeMap::from([
            (TOPIC.to_owned(), Known(true)),
            (QUIET.to_owned(), Known(false)),
            (DENIED.to_owned(), denied),
        ]);
        let alarms = alarms_of(metric, composite, None);
        alarmed(&ask, filter("1").read(), "id", &alarms, &reached)
    }

    #[test]
    fn an_alarm_counts_only_if_it_is_on_goes_off_and_reaches_someone() {
        let yes = Known(true);
        let no = Known(false);
        let of =
            |topics: &[&str], more: Value| filter_notifies(&[with(alarm("a", topics), &more)], &[]);
        let (on, off) = (json!({ "ActionsEnabled": true }), json!({ "ActionsEnabled": false }));
        let plain = || json!({});
        let high = || json!({ "Threshold": 5.0 });
        assert_eq!(filter_notifies(&[], &[]), no);
        assert_eq!(of(&[TOPIC], plain()), yes);
        assert_eq!(of(&[TOPIC], on), yes);
        assert_eq!(of(&[TOPIC], off.clone()), no);
        assert_eq!(of(&[], plain()), no);
        assert_eq!(of(&[QUIET], plain()), no);
        assert_eq!(of(&[QUIET, TOPIC], plain()), yes);
        // A topic that was not requested reaches no one either.
        assert_eq!(of(&["arn:aws:sns:eu-central-1:123456789012:other"], plain()), no);
        assert_eq!(of(&[TOPIC], high()), no);
        assert_eq!(of(&[TOPIC], json!({ "Namespace": "Other" })), no);
        // What could not be read matters only where the rest would do.
        assert!(of(&[DENIED], plain()).gap().is_some());
        assert_eq!(of(&[DENIED], off.clone()), no);
        assert_eq!(of(&[DENIED], high()), no);
        assert_eq!(of(&[DENIED, TOPIC], plain()), yes);
        // The recipients of another action are unknown.
        assert!(of(&["arn:aws:lambda:eu-central-1:1:function:x"], plain()).gap().is_some());
        // Each alarm separately: one that is on and one that reaches a recipient do not make one that does both.
        let (off, deaf) = (with(alarm("a", &[TOPIC]), &off), alarm("b", &[QUIET]));
        assert_eq!(filter_notifies(&[off.clone(), deaf], &[]), no);
        assert_eq!(filter_notifies(&[off, alarm("b", &[TOPIC])], &[]), yes);
    }

    #[test]
    fn an_alarm_made_of_others_is_not_decided() {
        let composite = |rule: &str| json!({ "AlarmRule": rule, "AlarmActions": [TOPIC] });
        let of = |composite: Value| filter_notifies(&[alarm("root", &[])], &[composite]);
        for rule in ["ALARM(root)", "ALARM(\"root\") OR ALARM(x)", "NOT OK('root')"] {
            assert!(of(composite(rule)).gap().is_some(), "{rule}");
        }
        assert_eq!(of(composite("ALARM(root2)")), Known(false));
        let off = with(composite("ALARM(root)"), &json!({ "ActionsEnabled": false }));
        assert_eq!(of(off), Known(false));
        assert_eq!(of(json!({ "AlarmRule": "ALARM(root)" })), Known(false));
        assert_eq!(of(json!({ "AlarmActions": [TOPIC] })), Known(false));
        let never = with(alarm("root", &[]), &json!({ "Threshold": 5.0 }));
        assert_eq!(filter_notifies(&[never], &[composite("ALARM(root)")]), Known(false));
        let direct = alarm("root", &[TOPIC]);
        assert_eq!(filter_notifies(&[direct], &[composite("ALARM(root)")]), Known(true));
        assert_eq!(filter_notifies(&[alarm("", &[])], &[composite("ALARM()")]), Known(false));
    }

    #[test]
    fn an_alarm_that_computes_with_the_metric_is_not_decided() {
        let query = |name: &str, namespace: &str| {
            let metric = json!({ "MetricName": name, "Namespace": namespace });
            let query = json!({ "Id": "m", "MetricStat": { "Metric": metric, "Period": 60, "Stat": "Sum" } });
            filter_notifies(&[json!({ "Metrics": [query], "AlarmActions": [TOPIC] })], &[])
        };
        assert!(query("RootUse", "Audit").gap().is_some());
        assert_eq!(query("Other", "Audit"), Known(false));
        assert_eq!(query("RootUse", "Other"), Known(false));
    }

    #[test]
    fn alarms_that_were_not_listed_may_notify_a_recipient() {
        let ask = asker();
        let gap = ask.gap(Gap::new(ALARMS.spec.action, "", Reason::Denied));
        let reached = BTreeMap::from([(TOPIC.to_owned(), Known(true))]);
        let of = |metric: &[Value], gap| {
            alarmed(&ask, filter("1").read(), "id", &alarms_of(metric, &[], gap), &reached)
        };
        assert_eq!(of(&[], Some(gap)), Fact::Gap(gap));
        assert_eq!(of(&[alarm("a", &[])], Some(gap)), Fact::Gap(gap));
        assert_eq!(of(&[alarm("a", &[TOPIC])], Some(gap)), Known(true));
        assert_eq!(of(&[], None), Known(false));
        // A value that the record gives is not fixed.
        let alarms = alarms_of(&[alarm("a", &[TOPIC])], &[], None);
        assert!(alarmed(&ask, filter("$.size").read(), "id", &alarms, &reached).gap().is_some());
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
        let page = json!({ "MetricAlarms": [alarm], "CompositeAlarms": [] });
        fake.answer("DescribeAlarms", 200, page.to_string())
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
        let filters = || with_filters(account(), &[filter_of("trail")]);
        let fake = filters().json_error("DescribeAlarms", 400, "AccessDeniedException", "no");
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
        let mut empty = filter_of("trail");
        empty["logGroupName"] = json!("");
        for filter in [nameless, empty] {
            let scope = read(&with_filters(account(), &[filter])).await;
            assert!(scope.alerts.items.is_empty());
            assert_eq!(scope.gap(scope.alerts.gaps[0]).unwrap().reason, Reason::Malformed);
        }

        // What has no pattern is not what matches everything.
        let mut without_pattern = filter_of("trail");
        without_pattern.as_object_mut().unwrap().remove("filterPattern");
        let scope = read(&with_filters(account(), &[without_pattern])).await;
        let alert = &scope.alerts.items[0];
        for gap in [alert.events.gap(), alert.possible_events.gap()] {
            assert_eq!(scope.gap(gap.unwrap()).unwrap().reason, Reason::Malformed);
        }

        // An answer without a list, or with a filter that counts nothing, is none.
        let mut idle = filter_of("trail");
        idle.as_object_mut().unwrap().remove("metricTransformations");
        let scope = read(&with_filters(account(), &[idle])).await;
        assert!(scope.alerts.items.is_empty() && scope.alerts.gaps.len() == 1);
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
    async fn tags_of_log_groups_are_asked_for_where_they_are_wanted() {
        let arn = "arn:aws:logs:eu-central-1:123456789012:log-group:a";
        let base = || {
            let group = json!({ "logGroupName": "a", "arn": format!("{arn}:*") });
            Fake::default().answer(
                "DescribeLogGroups",
                200,
                json!({ "logGroups": [group] }).to_string(),
            )
        };
        let wanted = Wanted::of(&[LogGroup::TAGS], &[Kind::LogGroup]);
        for (answer, expected) in [
            (json!({ "tags": {} }), [].into()),
            (json!({ "tags": { "team": "web" } }), [("team".to_owned(), "web".to_owned())].into()),
        ] {
            let fake = base().answer("ListTagsForResource", 200, answer.to_string());
            assert_eq!(fake.collect(&wanted).await.log_groups.items[0].tags, Known(expected));
            // This action takes the ARN without a star.
            let asked = fake.seen().into_iter().find(|it| it.action == "ListTagsForResource");
            assert_eq!(asked.unwrap().body, json!({ "resourceArn": arn }).to_string());
        }

        let denied = json!({ "__type": "AccessDeniedException", "message": "no" });
        for (status, answer, reason) in [
            (400, denied, Reason::Denied),
            (200, json!({}), Reason::Malformed),
            (200, json!({ "tags": "text" }), Reason::Malformed),
            (200, json!({ "tags": { "team": 1 } }), Reason::Malformed),
        ] {
            let fake = base().answer("ListTagsForResource", status, answer.to_string());
            let scope = fake.collect(&wanted).await;
            let gap = scope.gap(scope.log_groups.items[0].tags.gap().unwrap()).unwrap();
            assert_eq!((gap.reason, gap.target.as_str()), (reason, arn), "{answer}");
        }

        let fake = base();
        fake.collect(&Wanted::of(&[LogGroup::KEY], &[Kind::LogGroup])).await;
        assert_eq!(fake.count("ListTagsForResource"), 0);
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

        // One without an ARN would be another one than it was before.
        let unnamed = json!({ "logGroups": [{ "logGroupName": "a", "retentionInDays": 30 }] });
        let fake = Fake::default().answer("DescribeLogGroups", 200, unnamed.to_string());
        let scope = fake.collect(&wanted).await;
        assert!(scope.log_groups.items.is_empty() && scope.log_groups.gaps.len() == 1);

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
