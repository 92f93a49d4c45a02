//! AWS Network Firewall: firewalls, their policies, and the stateless rule groups.

pub(crate) mod api;

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt};
use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Firewall, FirewallPolicy, FirewallRuleGroup};

use self::api::*;
use super::context::Audit;
use super::regions;
use crate::ask::CallError;
use crate::entry::Action;
use crate::wire::shape::Shape;
use crate::wire::{Answer, Client, Operation};

/// How many of a region are read at once; the asker bounds the calls.
const AT_ONCE: usize = 8;

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    const SERVICE: &str = "network-firewall";
    let (firewalls, firewall_policies, firewall_rule_groups) = futures::join!(
        Box::pin(regions::listing(audit, &FIREWALLS, SERVICE, |at| firewalls_of(audit, at))),
        Box::pin(regions::listing(audit, &POLICIES, SERVICE, |at| policies_of(audit, at))),
        Box::pin(regions::listing(audit, &RULE_GROUPS, SERVICE, |at| groups_of(audit, at))),
    );
    Part { firewalls, firewall_policies, firewall_rule_groups, ..Part::default() }
}

async fn firewalls_of(audit: &Audit<'_>, region: &str) -> Listing<Firewall> {
    let client = &audit.session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(client, &LIST_FIREWALLS, region, []).await;
    let listed = pages.iter().flat_map(|page| page.read().firewalls());
    let (own, nameless) = named(audit, listed.map(|one| one.arn()));
    let refused = CallError::or_nameless(refused, nameless, FIREWALLS.name, region);
    let read = stream::iter(own).map(|arn| firewall(audit, client, region, arn));
    let items = read.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
    audit.ask.listing(items, refused)
}

async fn policies_of(audit: &Audit<'_>, region: &str) -> Listing<FirewallPolicy> {
    let client = &audit.session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(client, &LIST_POLICIES, region, []).await;
    let listed = pages.iter().flat_map(|page| page.read().policies());
    let (own, nameless) = named(audit, listed.map(|one| one.arn()));
    let refused = CallError::or_nameless(refused, nameless, POLICIES.name, region);
    let read = stream::iter(own).map(|arn| policy(audit, client, region, arn));
    let items = read.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
    audit.ask.listing(items, refused)
}

async fn groups_of(audit: &Audit<'_>, region: &str) -> Listing<FirewallRuleGroup> {
    let client = &audit.session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(client, &LIST_RULE_GROUPS, region, []).await;
    let listed = pages.iter().flat_map(|page| page.read().groups());
    let (mut own, nameless) = named(audit, listed.map(|one| one.arn()));
    own.retain(|arn| is_stateless(arn));
    let refused = CallError::or_nameless(refused, nameless, RULE_GROUPS.name, region);
    let read = stream::iter(own).map(|arn| rule_group(audit, client, region, arn));
    let items = read.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
    audit.ask.listing(items, refused)
}

/// The ARNs of a list that belong to the account, each once, and whether any is missing. The others are shared with it.
fn named<'a>(
    audit: &Audit<'_>,
    arns: impl Iterator<Item = Option<&'a str>>,
) -> (BTreeSet<String>, bool) {
    let (mut own, mut nameless) = (BTreeSet::new(), false);
    for arn in arns {
        match arn.filter(|arn| !arn.is_empty()) {
            Some(arn) if arn.split(':').nth(4) == Some(audit.session.account()) => {
                own.insert(arn.to_owned());
            }
            Some(_) => {}
            None => nameless = true,
        }
    }
    (own, nameless)
}

/// Whether a rule group is one of rules that look at each packet by itself, see
/// [the types of resources](https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsnetworkfirewall.html).
fn is_stateless(arn: &str) -> bool {
    arn.split(':').nth(5).is_some_and(|rest| rest.starts_with("stateless-rulegroup/"))
}

fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// What is read of one resource, if that is wanted.
async fn read<S: Shape>(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    (action, operation): (&Action, &'static Operation<1, S>),
    arn: &str,
) -> Result<Answer<S>, CallError> {
    if !audit.calls(action) {
        return Err(CallError::unanswered(Gap::not_collected()));
    }
    audit.ask.read(client, operation, arn, region, [arn]).await
}

/// The same; nothing if the resource was deleted since it was listed.
async fn described<S: Shape>(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    asked: (&Action, &'static Operation<1, S>),
    arn: &str,
) -> Option<Fact<Answer<S>>> {
    match read(audit, client, region, asked, arn).await {
        Err(refused) if refused.is(&["ResourceNotFoundException"]) => None,
        answer => Some(audit.ask.fact(answer)),
    }
}

/// A value of an answer, which lacks it where there is none.
fn held<T>(audit: &Audit<'_>, action: &Action, arn: &str, value: Option<T>, what: &str) -> Fact<T> {
    let lacks = || audit.ask.malformed(action.name, arn, format!("the response lacks `{what}`"));
    value.map_or_else(lacks, Known)
}

fn tags<'a>(all: impl Iterator<Item = FirewallTag<'a>>) -> Fact<BTreeMap<String, String>> {
    Known(all.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
}

async fn firewall(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    arn: String,
) -> Option<Firewall> {
    let (answer, logging) = futures::join!(
        described(audit, client, region, (&FIREWALL, &READ_FIREWALL), &arn),
        read(audit, client, region, (&LOGGING, &READ_LOGGING), &arn),
    );
    let (answer, logging) = (answer?, audit.ask.fact(logging));
    let of = |value: fn(DescribedFirewall<'_>) -> Option<bool>, what: &str| {
        answer.and_then(|answer| {
            held(audit, &FIREWALL, &arn, answer.read().firewall().and_then(value), what)
        })
    };
    let deletion = of(|one| one.deletion(), "DeleteProtection");
    let subnets = of(|one| one.subnets(), "SubnetChangeProtection");
    let tags = answer.and_then(|answer| {
        let lacks = || audit.ask.malformed(FIREWALL.name, &arn, "the response lacks `Firewall`");
        answer.read().firewall().map_or_else(lacks, |firewall| tags(firewall.tags()))
    });
    // One without a configuration writes none.
    let logs = logging.and_then(|answer| {
        let configuration = answer.read().configuration();
        let all = configuration.into_iter().flat_map(|one| one.destinations());
        Known(all.map(|one| one.kind().to_owned()).collect())
    });
    Some(
        Firewall::unread_on(Provider::Aws, &arn, name_of(&arn), Some(region))
            .deletion_protected(deletion)
            .subnets_protected(subnets)
            .logs(logs)
            .tags(tags),
    )
}

async fn policy(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    arn: String,
) -> Option<FirewallPolicy> {
    let answer = described(audit, client, region, (&POLICY, &READ_POLICY), &arn).await?;
    let of = Policy { audit, arn: &arn, answer };
    Some(
        FirewallPolicy::unread_on(Provider::Aws, &arn, name_of(&arn), Some(region))
            .rule_groups(of.shows(|policy| {
                Known(u32::try_from(policy.stateless() + policy.stateful()).unwrap_or(u32::MAX))
            }))
            .passes_packets(of.shows(|policy| of.passes(policy.packets())))
            .passes_fragments(of.shows(|policy| of.passes(policy.fragments()))),
    )
}

/// A policy as it is described.
struct Policy<'a> {
    audit: &'a Audit<'a>,
    arn: &'a str,
    answer: Fact<Answer<DescribeFirewallPolicy<'static>>>,
}

impl Policy<'_> {
    fn shows<T>(&self, value: impl Fn(DescribedFirewallPolicy<'_>) -> Fact<T>) -> Fact<T> {
        self.answer.and_then(|answer| {
            let lacks = "the response lacks `FirewallPolicy`";
            match answer.read().policy() {
                Some(policy) => value(policy),
                None => self.audit.ask.malformed(POLICY.name, self.arn, lacks),
            }
        })
    }

    /// Whether what no rule matches is passed on without inspection, see
    /// [the default actions](https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-default-actions.html).
    fn passes<'t>(&self, actions: impl Iterator<Item = &'t str>) -> Fact<bool> {
        let mut stops = false;
        for action in actions {
            match action {
                "aws:pass" => return Known(true),
                "aws:drop" | "aws:forward_to_sfe" => stops = true,
                // What is beside these only counts.
                _ => {}
            }
        }
        if stops {
            return Known(false);
        }
        self.audit.ask.undetermined(POLICY.name, self.arn, "a default action is not known here")
    }
}

async fn rule_group(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    arn: String,
) -> Option<FirewallRuleGroup> {
    let answer = described(audit, client, region, (&RULE_GROUP, &READ_RULE_GROUP), &arn).await?;
    let rules = answer.and_then(|answer| {
        let rules = answer.read().group().and_then(|group| group.source().stateless());
        let rules = rules.map(|rules| u32::try_from(rules.rules()).unwrap_or(u32::MAX));
        held(audit, &RULE_GROUP, &arn, rules, "StatelessRulesAndCustomActions")
    });
    let group = FirewallRuleGroup::unread_on(Provider::Aws, &arn, name_of(&arn), Some(region));
    Some(group.rules(rules))
}

#[cfg(test)]
mod tests;
