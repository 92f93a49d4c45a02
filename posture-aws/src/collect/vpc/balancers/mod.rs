//! Load balancers: where their listeners lead.
//!
//! A region's balancers and target groups are listed; listeners, rules and targets are asked for one by one, and only of balancers
//! that the internet may reach.

pub(crate) mod actions;
pub(crate) mod answers;
mod convert;
mod nodes;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt};
use posture_model::gap::{Gap, Reason};

use self::actions::*;
use self::answers::*;
pub(super) use self::convert::balancers;
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

/// What is behind them, by the ARN of what was asked about.
#[derive(Default)]
pub(super) struct Behind {
    pub(super) groups: Option<Read<DescribeTargetGroups<'static>>>,
    pub(super) listeners: BTreeMap<String, Read<DescribeListeners<'static>>>,
    pub(super) rules: BTreeMap<String, Read<DescribeRules<'static>>>,
    pub(super) targets: BTreeMap<String, Read<DescribeTargetHealth<'static>>>,
    pub(super) attributes: BTreeMap<String, Read<DescribeTargetGroupAttributes<'static>>>,
}

/// Lists the balancers of a region.
pub(super) async fn list(audit: &Audit<'_>, client: &Client, region: &str) -> Listed {
    let (balancers, classic) = futures::join!(
        Box::pin(super::list(audit, client, region, &BALANCERS, &LIST_BALANCERS)),
        Box::pin(super::list(audit, client, region, &BALANCERS, &LIST_CLASSIC)),
    );
    Listed { balancers, classic }
}

/// Reads where the balancers lead that the internet may reach.
pub(super) async fn behind(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    listed: &Listed,
    interfaces: &Read<DescribeNetworkInterfaces<'static>>,
) -> Behind {
    let mut found = Behind::default();
    if reached(listed, interfaces, false).is_empty() {
        return found;
    }
    let groups =
        Box::pin(super::list(audit, client, region, &TARGET_GROUPS, &LIST_TARGET_GROUPS)).await;
    // A balancer may lead to one that the internet does not reach otherwise.
    let nested = groups.missing.is_some()
        || groups.pages().flat_map(DescribeTargetGroups::groups).any(|group| {
            !matches!(
                group.kind(),
                Some(TargetKind::Instance | TargetKind::Ip | TargetKind::Function)
            )
        });
    let reached = reached(listed, interfaces, nested);
    let named: BTreeSet<String> = reached.iter().map(|one| (*one).to_owned()).collect();
    let used = |group: &ListedTargetGroup<'_>| {
        group.balancers().any(|arn| named.contains(arn))
            && group.kind() != Some(TargetKind::Function)
    };
    let all = || groups.pages().flat_map(DescribeTargetGroups::groups).filter(used);
    let with_targets = all().filter_map(ListedTargetGroup::arn).map(str::to_owned).collect();
    let keeping = all().filter(|group| may_keep(group.protocol()));
    let keeping = keeping.filter_map(ListedTargetGroup::arn).map(str::to_owned).collect();
    let listeners = async {
        let listeners = each(audit, client, region, &LISTENERS, &LIST_LISTENERS, named).await;
        let with_rules = listeners
            .values()
            .flat_map(Read::pages)
            .flat_map(DescribeListeners::listeners)
            .filter(|one| has_rules(one.protocol()));
        let with_rules = with_rules.filter_map(ListedListener::arn).map(str::to_owned).collect();
        let rules = each(audit, client, region, &RULES, &LIST_RULES, with_rules).await;
        (listeners, rules)
    };
    let ((listeners, rules), targets, attributes) = futures::join!(
        Box::pin(listeners),
        Box::pin(each(audit, client, region, &TARGETS, &READ_TARGETS, with_targets)),
        Box::pin(each(audit, client, region, &GROUP_ATTRIBUTES, &READ_GROUP_ATTRIBUTES, keeping)),
    );
    found.groups = Some(groups);
    Behind { listeners, rules, targets, attributes, ..found }
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
