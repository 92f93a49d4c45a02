//! Load balancers as resources: how their listeners, targets and attributes are configured. Classic ones are in
//! [another file](super::classic).

use std::collections::BTreeMap;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId};
use posture_model::provider::Provider;
use posture_model::resource::{BalancerFamily, LoadBalancer};

use super::super::convert::malformed;
use super::actions::*;
use super::answers::*;
use super::tls;
use super::{Behind, Read};
use crate::wire::Shape;

/// Where load balancers are, what was read of them, and where gaps are noted.
pub(in crate::collect::vpc) struct Place<'a> {
    pub(in crate::collect::vpc) region: &'a str,
    pub(in crate::collect::vpc) behind: &'a Behind,
    pub(in crate::collect::vpc) note: &'a dyn Fn(Gap) -> GapId,
}

/// Some entries, and why there may be more.
#[derive(Default)]
pub(super) struct Found {
    certain: Vec<String>,
    open: Option<Gap>,
}

impl Found {
    pub(super) fn open(gap: Gap) -> Self {
        Self { certain: Vec::new(), open: Some(gap) }
    }

    /// Adds what a part shows: an entry, none, or that it is open.
    pub(super) fn add(&mut self, part: Result<Option<String>, Gap>) {
        match part {
            Ok(entry) => self.certain.extend(entry),
            Err(gap) => self.open = self.open.take().or(Some(gap)),
        }
    }

    /// Adds what each of some parts shows.
    pub(super) fn of(parts: impl Iterator<Item = Result<Option<String>, Gap>>) -> Self {
        let mut found = Self::default();
        parts.for_each(|part| found.add(part));
        found
    }
}

/// The tags of a load balancer, by its ARN or, of a Classic Load Balancer, by its name.
pub(super) fn tags_of(
    all: &BTreeMap<String, Read<DescribeBalancerTags<'static>>>,
    id: &str,
) -> Result<BTreeMap<String, String>, Gap> {
    let read = read_of(all, id)?;
    let described = read.pages().flat_map(DescribeBalancerTags::described).next();
    let lacks = || malformed(TAGS.name, id, "the response does not describe it");
    let pair =
        |tag: BalancerTag<'_>| (tag.key().to_owned(), tag.value().unwrap_or_default().to_owned());
    Ok(described.ok_or_else(lacks)?.tags().map(pair).collect())
}

/// What was read of one of several things that are asked about one by one.
pub(super) fn read_of<'a, S: Shape>(
    all: &'a BTreeMap<String, Read<S>>,
    id: &str,
) -> Result<&'a Read<S>, Gap> {
    let read = all.get(id).ok_or_else(Gap::not_collected)?;
    read.missing.as_ref().map_or(Ok(read), |gap| Err(gap.clone()))
}

impl Place<'_> {
    pub(super) fn fact<T>(&self, value: Result<T, Gap>) -> Fact<T> {
        value.map_or_else(|gap| Fact::Gap((self.note)(gap)), Known)
    }

    pub(super) fn entries(&self, found: Found) -> Fact<Entries> {
        let mut certain = found.certain;
        // In whichever order they are listed.
        certain.sort();
        certain.dedup();
        Entries::new(certain, found.open.map(|gap| (self.note)(gap))).into_fact()
    }

    /// An Application, Network or Gateway Load Balancer.
    pub(in crate::collect::vpc) fn balancer(
        &self,
        one: ListedBalancer<'_>,
    ) -> Option<LoadBalancer> {
        use BalancerFamily::{Application, Gateway, Network};
        let (arn, name) = (one.arn()?, one.name()?);
        let family = match one.kind() {
            Some(BalancerKind::Application) => Ok(Application),
            Some(BalancerKind::Network) => Ok(Network),
            Some(BalancerKind::Gateway) => Ok(Gateway),
            Some(BalancerKind::Other) | None => {
                Err(Gap::undetermined(BALANCERS.name, arn, "its kind is not known here"))
            }
        };
        let zones = one.zones().map(|zone| zone.name().map(str::to_owned));
        let lacks = || malformed(BALANCERS.name, arn, "a zone has no name");
        let zones = zones.collect::<Option<_>>().ok_or_else(lacks);
        // What only some of them have: nothing to ask about for the others.
        let of = |holders: &[BalancerFamily]| match &family {
            Ok(family) => Ok(holders.contains(family)),
            Err(gap) => Err(gap.clone()),
        };
        let attribute = |holders, key| match of(holders)? {
            true => self.attribute(arn, key).map(Some),
            false => Ok(None),
        };
        let flag = |holders, key| {
            let value = attribute(holders, key)?;
            value.map(|value| flag(arn, key, value)).transpose()
        };
        let listeners = |shows: &dyn Fn(ListedListener<'_>) -> Result<Option<String>, Gap>| {
            let found = match of(&[Application, Network]) {
                Ok(true) => read_of(&self.behind.listeners, arn).map_or_else(Found::open, |read| {
                    Found::of(read.pages().flat_map(DescribeListeners::listeners).map(shows))
                }),
                Ok(false) => Found::default(),
                Err(gap) => Found::open(gap),
            };
            self.entries(found)
        };
        let groups = |shows: fn(ListedTargetGroup<'_>) -> Result<Option<String>, Gap>| {
            let found = match of(&[Application, Network]) {
                Ok(true) => self.groups(arn, shows),
                Ok(false) => Found::default(),
                Err(gap) => Found::open(gap),
            };
            self.entries(found)
        };
        let application = &[Application];
        let desync = attribute(application, "routing.http.desync_mitigation_mode");
        let desync = desync.and_then(|mode| mode.map(|mode| desync_mode(arn, mode)).transpose());
        Some(
            LoadBalancer::unread_on(Provider::Aws, arn, name, Some(self.region))
                .family(self.fact(family.clone()))
                .dns_name(match family {
                    // Its clients are endpoints of VPCs.
                    Ok(Gateway) => Fact::NotOffered,
                    _ => self.dns_name(arn, one.dns_name()),
                })
                .zones(self.fact(zones))
                .plain_listeners(listeners(&plain_listener))
                .unredirected(listeners(&|listener| match of(application)? {
                    true => unredirected(listener, self.behind),
                    false => Ok(None),
                }))
                .old_tls(listeners(&|listener| tls::old(listener, self.behind)))
                .security_policies(listeners(&tls::policy))
                .unmanaged_certificates(self.entries(Found::default()))
                .plain_targets(groups(plain_target))
                .plain_health_checks(groups(plain_health_check))
                .inspected(self.fact(of(application).and_then(|is_one| {
                    let read = is_one.then(|| read_of(&self.behind.web_acls, arn)).transpose()?;
                    let acls = |read: &Read<GetWebAclForResource<'static>>| {
                        read.pages()
                            .filter_map(GetWebAclForResource::acl)
                            .any(|acl| !acl.arn().is_empty())
                    };
                    Ok(read.map(acls))
                })))
                .tags(self.fact(tags_of(&self.behind.tags, arn)))
                .logs_access(self.fact(flag(application, "access_logs.s3.enabled")))
                .deletion_protected(
                    self.fact(flag(
                        &[Application, Network, Gateway],
                        "deletion_protection.enabled",
                    )),
                )
                .drops_invalid_headers(
                    self.fact(flag(application, "routing.http.drop_invalid_header_fields.enabled")),
                )
                .desync_mode(self.fact(desync))
                .drains_connections(self.fact(of(&[]).map(|_| None)))
                .crosses_zones(self.fact(of(&[]).map(|_| None))),
        )
    }

    /// The domain name of a load balancer.
    pub(super) fn dns_name(&self, id: &str, name: Option<&str>) -> Fact<String> {
        let name = name.filter(|name| !name.is_empty()).map(str::to_ascii_lowercase);
        let lacks = || malformed(BALANCERS.name, id, "the response lacks `DNSName`");
        self.fact(name.ok_or_else(lacks))
    }

    fn attribute(&self, arn: &str, key: &str) -> Result<&str, Gap> {
        let read = read_of(&self.behind.balancer_attributes, arn)?;
        let mut all = read.pages().flat_map(DescribeLoadBalancerAttributes::attributes);
        let found = all.find(|one| one.key() == Some(key)).and_then(BalancerAttribute::value);
        found.ok_or_else(|| {
            let detail = format!("the response lacks `{key}`");
            Gap::undetermined(ATTRIBUTES.name, arn, &detail)
        })
    }

    /// What the target groups show to which a balancer sends.
    fn groups(
        &self,
        arn: &str,
        shows: fn(ListedTargetGroup<'_>) -> Result<Option<String>, Gap>,
    ) -> Found {
        let Some(read) = &self.behind.groups else { return Found::open(Gap::not_collected()) };
        let all = read.pages().flat_map(DescribeTargetGroups::groups);
        let own = all.filter(|group| group.balancers().any(|of| of == arn));
        let mut found = Found::of(own.map(shows));
        if let Some(gap) = &read.missing {
            found.add(Err(gap.clone()));
        }
        found
    }
}

/// What a part of a load balancer shows: an entry, none, or why that is open.
pub(super) type Shown = Result<Option<String>, Gap>;

fn flag(id: &str, key: &str, value: &str) -> Result<bool, Gap> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => {
            let detail = format!("`{key}` is neither true nor false");
            Err(malformed(ATTRIBUTES.name, id, &detail))
        }
    }
}

pub(super) fn desync_mode(id: &str, text: &str) -> Result<String, Gap> {
    match text {
        "monitor" | "defensive" | "strictest" => Ok(text.to_owned()),
        _ => {
            let detail = "its desync mitigation mode is not known here";
            Err(Gap::undetermined(ATTRIBUTES.name, id, detail))
        }
    }
}

/// A listener as it is written in facts, with its protocol.
pub(super) fn name_of(listener: ListedListener<'_>) -> Result<(String, Protocol), Gap> {
    let arn = listener.arn().unwrap_or_default();
    let unclear = |detail| Gap::undetermined(LISTENERS.name, arn, detail);
    let protocol = listener.protocol().filter(|protocol| *protocol != Protocol::Other);
    let protocol = protocol.ok_or_else(|| unclear("its protocol is not known here"))?;
    let port = listener.port().ok_or_else(|| unclear("its port is not known"))?;
    Ok((format!("{} {port}", word(protocol)), protocol))
}

/// A protocol as AWS writes it.
fn word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "HTTP",
        Protocol::Https => "HTTPS",
        Protocol::Tcp => "TCP",
        Protocol::Tls => "TLS",
        Protocol::Udp => "UDP",
        Protocol::TcpUdp => "TCP_UDP",
        Protocol::Geneve => "GENEVE",
        Protocol::Quic => "QUIC",
        Protocol::TcpQuic => "TCP_QUIC",
        Protocol::Other => "?",
    }
}

/// Whether a protocol carries TLS; QUIC has it within.
fn is_encrypted(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Https | Protocol::Tls | Protocol::Quic)
}

fn plain_listener(listener: ListedListener<'_>) -> Shown {
    let (name, protocol) = name_of(listener)?;
    Ok((!is_encrypted(protocol)).then_some(name))
}

/// Whether an action redirects to HTTPS; none where that is not known.
fn redirects(action: ListedAction<'_>) -> Option<bool> {
    match action.kind() {
        ActionKind::Redirect => match action.redirect()?.protocol()? {
            "HTTPS" => Some(true),
            "HTTP" | "#{protocol}" => Some(false),
            _ => None,
        },
        ActionKind::Other => None,
        _ => Some(false),
    }
}

/// Whether the default actions of a listener redirect to HTTPS, so that its rules decide.
pub(super) fn redirects_by_default(listener: ListedListener<'_>) -> bool {
    listener.actions().any(|action| redirects(action) == Some(true))
}

/// What an HTTP listener does with requests that it does not redirect to HTTPS.
fn unredirected(listener: ListedListener<'_>, behind: &Behind) -> Shown {
    let (name, protocol) = name_of(listener)?;
    if protocol != Protocol::Http {
        return Ok(None);
    }
    let arn = listener.arn().unwrap_or_default();
    let unclear =
        |action: &str| Gap::undetermined(action, arn, "whether it redirects to HTTPS is not known");
    match last(listener.actions()).map(redirects) {
        Some(Some(true)) => {}
        Some(Some(false)) => return Ok(Some(format!("{name}: by default"))),
        Some(None) | None => return Err(unclear(LISTENERS.name)),
    }
    let read = read_of(&behind.rules, arn)?;
    let mut open = None;
    for rule in read.pages().flat_map(DescribeRules::rules) {
        if rule.priority() == Some("default") {
            continue;
        }
        match last(rule.actions()).map(redirects) {
            Some(Some(true)) => {}
            Some(Some(false)) => {
                let priority = rule.priority().unwrap_or("?");
                return Ok(Some(format!("{name}: by rule {priority}")));
            }
            Some(None) | None => open = Some(unclear(RULES.name)),
        }
    }
    open.map_or(Ok(None), Err)
}

/// The action that decides what becomes of a request: those before it only sign in.
fn last<'a>(actions: impl Iterator<Item = ListedAction<'a>>) -> Option<ListedAction<'a>> {
    actions.last()
}

/// Whether a target group gets traffic by the network, and what it is called.
fn by_network(group: ListedTargetGroup<'_>) -> Result<Option<&str>, Gap> {
    let arn = group.arn().unwrap_or_default();
    match group.kind() {
        Some(TargetKind::Function | TargetKind::Balancer) => Ok(None),
        Some(TargetKind::Instance | TargetKind::Ip) => Ok(Some(group.name().unwrap_or(arn))),
        Some(TargetKind::Other) | None => {
            let detail = "the kind of its targets is not known here";
            Err(Gap::undetermined(TARGET_GROUPS.name, arn, detail))
        }
    }
}

/// What a protocol of a target group shows, where it has to be one of some.
fn protocol_of(
    group: ListedTargetGroup<'_>,
    protocol: Option<Protocol>,
    good: fn(Protocol) -> bool,
) -> Shown {
    let Some(name) = by_network(group)? else { return Ok(None) };
    let arn = group.arn().unwrap_or_default();
    let unclear = || Gap::undetermined(TARGET_GROUPS.name, arn, "its protocol is not known here");
    let protocol = protocol.filter(|own| *own != Protocol::Other).ok_or_else(unclear)?;
    Ok((!good(protocol)).then(|| format!("{name}: {}", word(protocol))))
}

fn plain_target(group: ListedTargetGroup<'_>) -> Shown {
    protocol_of(group, group.protocol(), is_encrypted)
}

fn plain_health_check(group: ListedTargetGroup<'_>) -> Shown {
    protocol_of(group, group.health_check(), |protocol| protocol == Protocol::Https)
}
