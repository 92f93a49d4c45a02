//! Load balancers: how they are configured, and where their listeners lead.
//!
//! A region's balancers and target groups are listed; the rest is asked for one by one. Where only what the internet reaches is
//! wanted, that are the listeners, rules and targets of balancers that it may reach.

pub(crate) mod actions;
pub(crate) mod answers;
mod classic;
mod convert;
mod listing;
#[cfg(test)]
mod listing_tests;
mod nodes;
mod rules;
#[cfg(test)]
mod rules_tests;
#[cfg(test)]
mod targets_tests;
#[cfg(test)]
mod tests;
mod tls;

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt};
use posture_model::gap::{Gap, Reason};
use posture_model::resource::{FactId, LoadBalancer};

use self::actions::*;
use self::answers::*;
pub(super) use self::convert::balancers;
pub(super) use self::listing::Place;
pub(super) use self::nodes::Nodes;
use super::exposure;
use super::{AT_ONCE, DescribeNetworkInterfaces, Read};
use crate::collect::context::Audit;
use crate::entry::Action;
use crate::wire::{Answer, Client, Operation, Shape};

/// How many balancers, listeners and target groups of a region are asked about.
const MOST: usize = 10_000;

/// The balancers of a region, as they are listed.
pub(super) struct Listed {
    pub(super) balancers: Read<DescribeLoadBalancers<'static>>,
    pub(super) classic: Read<DescribeClassicLoadBalancers<'static>>,
}

/// What is behind them, by the ARN of what was asked about; of a Classic Load Balancer by its name.
#[derive(Default)]
pub(super) struct Behind {
    /// The balancers that the internet may reach, by ARN, where that is wanted.
    pub(super) reached: BTreeSet<String>,
    pub(super) groups: Option<Read<DescribeTargetGroups<'static>>>,
    pub(super) listeners: BTreeMap<String, Read<DescribeListeners<'static>>>,
    pub(super) rules: BTreeMap<String, Read<DescribeRules<'static>>>,
    pub(super) targets: BTreeMap<String, Read<DescribeTargetHealth<'static>>>,
    pub(super) attributes: BTreeMap<String, Read<DescribeTargetGroupAttributes<'static>>>,
    pub(super) balancer_attributes: BTreeMap<String, Read<DescribeLoadBalancerAttributes<'static>>>,
    pub(super) classic_attributes: BTreeMap<String, Read<DescribeClassicAttributes<'static>>>,
    pub(super) web_acls: BTreeMap<String, Read<GetWebAclForResource<'static>>>,
    pub(super) tags: BTreeMap<String, Read<DescribeBalancerTags<'static>>>,
    pub(super) classic_tags: BTreeMap<String, Read<DescribeBalancerTags<'static>>>,
    pub(super) policies: BTreeMap<String, Read<DescribeLoadBalancerPolicies<'static>>>,
    pub(super) ssl_policies: Option<Read<DescribeSslPolicies<'static>>>,
}

/// What the listeners of every balancer show.
const OF_LISTENERS: &[FactId] = &[
    LoadBalancer::PLAIN_LISTENERS,
    LoadBalancer::UNREDIRECTED,
    LoadBalancer::OLD_TLS,
    LoadBalancer::SECURITY_POLICIES,
];

/// What the target groups of every balancer show.
const OF_GROUPS: &[FactId] = &[LoadBalancer::PLAIN_TARGETS, LoadBalancer::PLAIN_HEALTH_CHECKS];

/// The attributes of each kind of balancer.
const OF_APPLICATION: &[FactId] = &[
    LoadBalancer::LOGS_ACCESS,
    LoadBalancer::DELETION_PROTECTED,
    LoadBalancer::DROPS_INVALID_HEADERS,
    LoadBalancer::DESYNC_MODE,
];
const OF_OTHERS: &[FactId] = &[LoadBalancer::DELETION_PROTECTED];
const OF_CLASSIC: &[FactId] = &[
    LoadBalancer::LOGS_ACCESS,
    LoadBalancer::DESYNC_MODE,
    LoadBalancer::DRAINS_CONNECTIONS,
    LoadBalancer::CROSSES_ZONES,
];

/// Lists the balancers of a region.
pub(super) async fn list(audit: &Audit<'_>, client: &Client, region: &str) -> Listed {
    let (balancers, classic) = futures::join!(
        Box::pin(super::list(audit, client, region, &BALANCERS, &LIST_BALANCERS)),
        Box::pin(super::list(audit, client, region, &BALANCERS, &LIST_CLASSIC)),
    );
    Listed { balancers, classic }
}

/// Reads how the balancers are configured, and where those lead that the internet may reach.
pub(super) async fn behind(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    listed: &Listed,
    interfaces: &Read<DescribeNetworkInterfaces<'static>>,
) -> Behind {
    let (ways, own, web_acls, (tags, classic_tags)) = futures::join!(
        Box::pin(ways(audit, client, region, listed, interfaces)),
        Box::pin(attributes(audit, client, region, listed)),
        Box::pin(web_acls(audit, client, region, listed)),
        Box::pin(tags(audit, client, region, listed)),
    );
    let (attributes, classic_attributes, policies) = own;
    let found = Behind { balancer_attributes: attributes, classic_attributes, policies, ..ways };
    Behind { web_acls, tags, classic_tags, ..found }
}

/// Listeners and what is behind them.
async fn ways(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    listed: &Listed,
    interfaces: &Read<DescribeNetworkInterfaces<'static>>,
) -> Behind {
    let mut found = Behind::default();
    let reach = audit.wanted.any(REACHED) && !reached(listed, interfaces, false).is_empty();
    let with_listeners: BTreeSet<String> = listed
        .balancers
        .pages()
        .flat_map(DescribeLoadBalancers::balancers)
        .filter(|one| one.kind() != Some(BalancerKind::Gateway))
        .filter_map(|one| one.arn().map(str::to_owned))
        .collect();
    if !reach && with_listeners.is_empty() {
        return found;
    }
    let groups = match reach || audit.wanted.any(OF_GROUPS) {
        true => super::list(audit, client, region, &TARGET_GROUPS, &LIST_TARGET_GROUPS),
        false => return listeners(audit, client, region, with_listeners, found).await,
    };
    let groups = Box::pin(groups).await;
    // A balancer may lead to one that the internet does not reach otherwise.
    let nested = groups.missing.is_some()
        || groups.pages().flat_map(DescribeTargetGroups::groups).any(|group| {
            !matches!(
                group.kind(),
                Some(TargetKind::Instance | TargetKind::Ip | TargetKind::Function)
            )
        });
    if reach {
        let reached = reached(listed, interfaces, nested);
        found.reached = reached.iter().map(|one| (*one).to_owned()).collect();
    }
    let used = |group: &ListedTargetGroup<'_>| {
        group.balancers().any(|arn| found.reached.contains(arn))
            && group.kind() != Some(TargetKind::Function)
    };
    let all = || groups.pages().flat_map(DescribeTargetGroups::groups).filter(used);
    let with_targets = all().filter_map(ListedTargetGroup::arn).map(str::to_owned).collect();
    let keeping = all().filter(|group| may_keep(group.protocol()));
    let keeping = keeping.filter_map(ListedTargetGroup::arn).map(str::to_owned).collect();
    let (targets, attributes) = (
        Box::pin(each(audit, client, region, &TARGETS, &READ_TARGETS, with_targets)),
        Box::pin(each(audit, client, region, &GROUP_ATTRIBUTES, &READ_GROUP_ATTRIBUTES, keeping)),
    );
    let listeners = Box::pin(listeners(audit, client, region, with_listeners, found));
    let (found, targets, attributes) = futures::join!(listeners, targets, attributes);
    Behind { groups: Some(groups), targets, attributes, ..found }
}

/// Reads listeners, the rules that decide, and the security policies that there are. Of `all`, where only those count that the
/// internet may reach, these.
async fn listeners(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    all: BTreeSet<String>,
    found: Behind,
) -> Behind {
    let named = match audit.wanted.any(OF_LISTENERS) {
        true => all,
        false => found.reached.clone(),
    };
    let listeners = each(audit, client, region, &LISTENERS, &LIST_LISTENERS, named).await;
    let redirected = audit.wanted.fact(LoadBalancer::UNREDIRECTED);
    let with_rules = |arn: &String, one: &ListedListener<'_>| {
        let leads = found.reached.contains(arn) && has_rules(one.protocol());
        let plain = one.protocol() == Some(Protocol::Http);
        leads || redirected && plain && listing::redirects_by_default(*one)
    };
    let mut rules = BTreeSet::new();
    let mut policies = false;
    for (arn, read) in &listeners {
        for one in read.pages().flat_map(DescribeListeners::listeners) {
            policies |= tls::has_policy(one);
            rules.extend(one.arn().filter(|_| with_rules(arn, &one)).map(str::to_owned));
        }
    }
    let ssl_policies = async {
        match policies && audit.calls(&SSL_POLICIES) {
            true => {
                let list = super::list(audit, client, region, &SSL_POLICIES, &LIST_SSL_POLICIES);
                Some(Box::pin(list).await)
            }
            false => None,
        }
    };
    let (rules, ssl_policies) = futures::join!(
        Box::pin(each(audit, client, region, &RULES, &LIST_RULES, rules)),
        Box::pin(ssl_policies),
    );
    Behind { listeners, rules, ssl_policies, ..found }
}

type Attributes = (
    BTreeMap<String, Read<DescribeLoadBalancerAttributes<'static>>>,
    BTreeMap<String, Read<DescribeClassicAttributes<'static>>>,
    BTreeMap<String, Read<DescribeLoadBalancerPolicies<'static>>>,
);

/// Reads the attributes of each balancer that has some which are wanted, and the policies of each Classic Load Balancer with TLS.
async fn attributes(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    listed: &Listed,
) -> Attributes {
    let all = listed.balancers.pages().flat_map(DescribeLoadBalancers::balancers);
    let all = all.filter(|one| {
        audit.wanted.any(match one.kind() {
            Some(BalancerKind::Network | BalancerKind::Gateway) => OF_OTHERS,
            _ => OF_APPLICATION,
        })
    });
    let named = all.filter_map(ListedBalancer::arn).map(str::to_owned).collect();
    let classic = || listed.classic.pages().flat_map(DescribeClassicLoadBalancers::balancers);
    let names = |all: &mut dyn Iterator<Item = ListedClassic<'_>>| -> BTreeSet<String> {
        all.filter_map(|one| one.name().map(str::to_owned)).collect()
    };
    let with_attributes = names(&mut classic().filter(|_| audit.wanted.any(OF_CLASSIC)));
    let with_policies =
        names(&mut classic().filter(|one| audit.calls(&POLICIES) && tls::classic_has_policy(*one)));
    futures::join!(
        Box::pin(each(audit, client, region, &ATTRIBUTES, &READ_ATTRIBUTES, named)),
        Box::pin(each(
            audit,
            client,
            region,
            &ATTRIBUTES,
            &READ_CLASSIC_ATTRIBUTES,
            with_attributes
        )),
        Box::pin(each(audit, client, region, &POLICIES, &READ_POLICIES, with_policies)),
    )
}

type Tags = BTreeMap<String, Read<DescribeBalancerTags<'static>>>;

/// Reads the tags of each balancer.
async fn tags(audit: &Audit<'_>, client: &Client, region: &str, listed: &Listed) -> (Tags, Tags) {
    if !audit.calls(&TAGS) {
        return (Tags::new(), Tags::new());
    }
    let all = listed.balancers.pages().flat_map(DescribeLoadBalancers::balancers);
    let arns = all.filter_map(ListedBalancer::arn).map(str::to_owned).collect();
    let classic = listed.classic.pages().flat_map(DescribeClassicLoadBalancers::balancers);
    let names = classic.filter_map(ListedClassic::name).map(str::to_owned).collect();
    futures::join!(
        Box::pin(each(audit, client, region, &TAGS, &READ_TAGS, arns)),
        Box::pin(each(audit, client, region, &TAGS, &READ_CLASSIC_TAGS, names)),
    )
}

/// Reads which web ACL each Application Load Balancer has.
async fn web_acls(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    listed: &Listed,
) -> BTreeMap<String, Read<GetWebAclForResource<'static>>> {
    if !audit.calls(&WEB_ACL) {
        return BTreeMap::new();
    }
    let all = listed.balancers.pages().flat_map(DescribeLoadBalancers::balancers);
    let all = all.filter(|one| one.kind() == Some(BalancerKind::Application));
    let named = all.filter_map(ListedBalancer::arn).map(str::to_owned).collect();
    each(audit, client, region, &WEB_ACL, &READ_WEB_ACL, named).await
}

/// Whether a target group has an attribute that decides whether targets see the addresses of clients: for UDP they always do, and
/// behind an Application Load Balancer never.
fn may_keep(protocol: Option<Protocol>) -> bool {
    use Protocol::{Geneve, Http, Https, Quic, TcpUdp, Udp};
    !matches!(protocol, Some(Http | Https | Udp | TcpUdp | Quic | Geneve))
}

/// Whether a listener can have rules beside its default actions.
fn has_rules(protocol: Option<Protocol>) -> bool {
    matches!(protocol, Some(Protocol::Http | Protocol::Https | Protocol::Other) | None)
}

/// The balancers that may lead something from the internet to targets; with those that others may lead to.
fn reached<'a>(
    listed: &'a Listed,
    interfaces: &'a Read<DescribeNetworkInterfaces<'static>>,
    nested: bool,
) -> BTreeSet<&'a str> {
    let all = || listed.balancers.pages().flat_map(DescribeLoadBalancers::balancers);
    let interfaces = || interfaces.pages().flat_map(DescribeNetworkInterfaces::interfaces);
    // What leads from outside to balancers that have no public address.
    let led: BTreeSet<&str> = interfaces()
        .filter(|one| exposure::leads_in(*one))
        .filter_map(super::ListedInterface::vpc)
        .collect();
    let is_reached = |one: &ListedBalancer<'_>| {
        one.kind() != Some(BalancerKind::Gateway)
            && (one.scheme() != Some(Scheme::Internal)
                // By IPv6 a gateway leads to it, unless an attribute denies that.
                || one.addresses() != Some(AddressKinds::V4)
                || one.vpc().is_none_or(|vpc| led.contains(vpc)))
    };
    let first: Vec<ListedBalancer<'a>> = all().filter(is_reached).collect();
    let networks: BTreeSet<&str> = first
        .iter()
        .filter(|one| nested && one.kind() != Some(BalancerKind::Application))
        .filter_map(|one| one.vpc())
        .collect();
    let behind = all().filter(|one| {
        one.kind() == Some(BalancerKind::Application)
            && one.vpc().is_some_and(|vpc| networks.contains(vpc))
    });
    first.iter().copied().chain(behind).filter_map(ListedBalancer::arn).collect()
}

/// Asks about each of several things, some of them at once.
async fn each<S: Shape>(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    action: &'static Action,
    operation: &'static Operation<1, S>,
    ids: BTreeSet<String>,
) -> BTreeMap<String, Read<S>> {
    let one = |(place, id): (usize, String)| async move {
        let read = match (audit.calls(action), place < MOST) {
            (false, _) => Read { pages: Vec::new(), missing: Some(Gap::not_collected()) },
            (true, false) => {
                let gap = Gap::new(action.name, id.as_str(), Reason::Incomplete);
                Read { pages: Vec::new(), missing: Some(gap) }
            }
            (true, true) => {
                let (pages, refused): (Vec<Answer<S>>, _) =
                    audit.ask.list(client, operation, region, [&id]).await;
                let missing =
                    refused.map(|refused| Gap { target: id.clone(), ..refused.into_gap() });
                Read { pages, missing }
            }
        };
        (id, read)
    };
    stream::iter(ids.into_iter().enumerate()).map(one).buffer_unordered(AT_ONCE).collect().await
}
