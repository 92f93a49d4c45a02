//! From what Elastic Load Balancing answers to what the engine takes.

use std::collections::BTreeMap;

use posture_model::gap::Gap;
use posture_model::network::{Service, TCP, UDP};

use super::super::convert::malformed;
use super::actions::*;
use super::answers::*;
use super::nodes::Nodes;
use super::{Behind, Listed, has_rules, rules};
use crate::network::{
    Balancer, Balancers, Client, Flow, Forward, Listener, Target, TargetGroup, To,
};

/// The balancers of a region, and which of them may lead to anything.
pub(in crate::collect::vpc) struct Found {
    pub(in crate::collect::vpc) balancers: Balancers,
    /// By the ids of their interfaces, why it is not known where these balancers lead.
    pub(in crate::collect::vpc) unread: BTreeMap<String, Gap>,
    /// Those that the internet reaches by interfaces that are not known: the VPC, the groups, and why.
    pub(in crate::collect::vpc) lost: Vec<(String, Vec<String>, Gap)>,
}

pub(in crate::collect::vpc) fn balancers(
    listed: &Listed,
    behind: &Behind,
    nodes: &Nodes<'_>,
) -> Found {
    let mut found =
        Found { balancers: Balancers::default(), unread: BTreeMap::new(), lost: Vec::new() };
    let groups: BTreeMap<String, Result<TargetGroup, Gap>> = behind
        .groups
        .iter()
        .flat_map(|read| read.pages())
        .flat_map(DescribeTargetGroups::groups)
        .filter_map(|group| Some((group.arn()?.to_owned(), target_group(group, behind, nodes))))
        .collect();
    for one in listed.balancers.pages().flat_map(DescribeLoadBalancers::balancers) {
        let Some(arn) = one.arn() else { continue };
        if one.kind() == Some(BalancerKind::Gateway) {
            continue;
        }
        let (listeners, unread) = listeners(one, behind, &groups);
        // One of a kind that is not known here may lead on in a way that is not.
        let unread = match one.kind() {
            Some(BalancerKind::Application | BalancerKind::Network) => unread,
            _ => unread.or(Some(Gap::undetermined(
                BALANCERS.name,
                arn,
                "its kind is not known here",
            ))),
        };
        let suffix = arn.split_once(":loadbalancer/").map_or(arn, |(_, suffix)| suffix);
        let owner = Owner {
            id: arn,
            described: suffix,
            vpc: one.vpc(),
            groups: one.groups().map(str::to_owned).collect(),
            public: one.scheme() != Some(Scheme::Internal),
            application: one.kind() == Some(BalancerKind::Application),
        };
        found.add(owner, listeners, unread, nodes);
    }
    found.balancers.groups =
        groups.into_iter().filter_map(|(arn, group)| Some((arn, group.ok()?))).collect();
    for one in listed.classic.pages().flat_map(DescribeClassicLoadBalancers::balancers) {
        found.classic(one, nodes);
    }
    found
}

/// What is known of a balancer beside its listeners.
struct Owner<'a> {
    id: &'a str,
    /// What the descriptions of its interfaces name.
    described: &'a str,
    vpc: Option<&'a str>,
    groups: Vec<String>,
    public: bool,
    application: bool,
}

impl Found {
    fn add(
        &mut self,
        owner: Owner<'_>,
        listeners: Vec<Listener>,
        unread: Option<Gap>,
        nodes: &Nodes<'_>,
    ) {
        let own = nodes.described.get(format!("ELB {}", owner.described).as_str());
        let own: Vec<String> = own.into_iter().flatten().map(|node| (*node).to_owned()).collect();
        if own.is_empty() && owner.public {
            let detail = "no interface of the load balancer is in the list";
            let gap = nodes.lacks(owner.id, detail);
            let vpc = owner.vpc.unwrap_or_default().to_owned();
            self.lost.push((vpc, owner.groups, unread.clone().unwrap_or(gap)));
        }
        if let Some(gap) = unread {
            self.unread.extend(own.iter().map(|node| (node.clone(), gap.clone())));
        }
        let detail = "whether each of its interfaces leads to targets in every zone is not known";
        let crosses_zones = match owner.application {
            true => Ok(()),
            // Of an incomplete list, an interface in the zone of the target may be missing.
            false => Err(nodes
                .missing
                .clone()
                .unwrap_or_else(|| Gap::undetermined(BALANCERS.name, owner.id, detail))),
        };
        let id = owner.id.to_owned();
        self.balancers.all.push(Balancer { id, nodes: own, crosses_zones, listeners });
    }

    fn classic(&mut self, one: ListedClassic<'_>, nodes: &Nodes<'_>) {
        let Some(name) = one.name() else { return };
        let mut unread = None;
        let mut listeners = Vec::new();
        for ports in one.listeners().map(ClassicListener::listener) {
            let read = ports.and_then(|ports| {
                let port = |port: i64| u16::try_from(port).ok();
                Some((ports.protocol(), port(ports.port())?, port(ports.instance_port())?))
            });
            let Some((protocol, port, instance_port)) = read else {
                unread = Some(malformed(BALANCERS.name, name, "a listener has no port"));
                continue;
            };
            let group = format!("{name}:{instance_port}");
            listeners.push(Listener {
                name: format!("listener {protocol} {port}"),
                services: vec![Service::port(TCP, port)],
                forwards: vec![Forward { takes: Flow::everything(), group: group.clone() }],
            });
            let mut targets = Vec::new();
            for id in one.instances().filter_map(ClassicInstance::id) {
                match nodes.instance(id, true, instance_port) {
                    Ok(found) => targets.extend(found),
                    Err(gap) => unread = Some(gap),
                }
            }
            let name = format!("instance port {instance_port}");
            let group_of = TargetGroup { name, client: Client::Hidden, targets };
            self.balancers.groups.insert(group, group_of);
        }
        let owner = Owner {
            id: name,
            described: name,
            vpc: one.vpc(),
            groups: one.groups().map(str::to_owned).collect(),
            public: one.scheme() != Some("internal"),
            application: false,
        };
        self.add(owner, listeners, unread, nodes);
    }
}

/// The listeners of a balancer, and why it may lead anywhere else.
fn listeners(
    balancer: ListedBalancer<'_>,
    behind: &Behind,
    groups: &BTreeMap<String, Result<TargetGroup, Gap>>,
) -> (Vec<Listener>, Option<Gap>) {
    let arn = balancer.arn().unwrap_or_default();
    // Those of others may be read too, for what is wanted of them.
    let reached = behind.reached.contains(arn);
    let Some(read) = behind.listeners.get(arn).filter(|_| reached) else {
        let detail = "its listeners are not read, as nothing is known to lead to it";
        return (Vec::new(), Some(Gap::undetermined(LISTENERS.name, arn, detail)));
    };
    let mut unread = read.missing.clone();
    let mut all = Vec::new();
    for listed in read.pages().flat_map(DescribeListeners::listeners) {
        match listener(listed, behind) {
            Ok(mut listener) => {
                listener.forwards.retain(|forward| match groups.get(&forward.group) {
                    Some(Ok(_)) => true,
                    Some(Err(gap)) => {
                        unread.get_or_insert_with(|| gap.clone());
                        false
                    }
                    None => {
                        let missing = behind.groups.as_ref().and_then(|read| read.missing.clone());
                        let detail = "the list does not hold it";
                        let lost = Gap::undetermined(TARGET_GROUPS.name, &forward.group, detail);
                        unread.get_or_insert(missing.unwrap_or(lost));
                        false
                    }
                });
                all.push(listener);
            }
            Err(gap) => {
                unread.get_or_insert(gap);
            }
        }
    }
    (all, unread)
}

fn listener(listed: ListedListener<'_>, behind: &Behind) -> Result<Listener, Gap> {
    let arn = listed.arn().unwrap_or_default();
    let wrong = |detail: &str| Gap::undetermined(LISTENERS.name, arn, detail);
    let port = listed.port().and_then(|port| u16::try_from(port).ok());
    let port = port.ok_or_else(|| wrong("its port is not known"))?;
    let (word, protocols) =
        protocols(listed.protocol()).ok_or_else(|| wrong("its protocol is not known here"))?;
    let mut forwards = if has_rules(listed.protocol()) {
        let read = behind.rules.get(arn);
        let read = read.ok_or_else(|| wrong("its rules are not read"))?;
        if let Some(gap) = &read.missing {
            return Err(gap.clone());
        }
        let rules = read.pages().flat_map(DescribeRules::rules);
        rules::forwards(arn, rules, listed.actions())?
    } else {
        rules::forwards(arn, std::iter::empty(), listed.actions())?
    };
    let mode = listed.certificates_of_clients().and_then(MutualAuthentication::mode);
    if !matches!(mode, None | Some("off" | "passthrough")) {
        let gap = wrong("who has a certificate that the listener accepts is not known");
        for forward in &mut forwards {
            forward.takes = forward.takes.clone().and(Flow::unknown(gap.clone()));
        }
    }
    let services = protocols.iter().map(|protocol| Service::port(*protocol, port)).collect();
    Ok(Listener { name: format!("listener {word} {port}"), services, forwards })
}

/// A protocol as it is written, and what carries it.
fn protocols(protocol: Option<Protocol>) -> Option<(&'static str, &'static [u8])> {
    use Protocol::{Geneve, Http, Https, Other, Quic, Tcp, TcpQuic, TcpUdp, Tls, Udp};
    Some(match protocol? {
        Http => ("HTTP", &[TCP]),
        Https => ("HTTPS", &[TCP]),
        Tcp => ("TCP", &[TCP]),
        Tls => ("TLS", &[TCP]),
        Udp => ("UDP", &[UDP]),
        TcpUdp => ("TCP_UDP", &[TCP, UDP]),
        Quic => ("QUIC", &[UDP]),
        TcpQuic => ("TCP_QUIC", &[TCP, UDP]),
        Geneve | Other => return None,
    })
}

fn target_group(
    group: ListedTargetGroup<'_>,
    behind: &Behind,
    nodes: &Nodes<'_>,
) -> Result<TargetGroup, Gap> {
    let arn = group.arn().unwrap_or_default();
    let name = format!("target group {}", group.name().unwrap_or(arn));
    if group.kind() == Some(TargetKind::Function) {
        return Ok(TargetGroup { name, client: Client::Hidden, targets: Vec::new() });
    }
    let Some(read) = behind.targets.get(arn) else {
        let detail = "it belongs to no load balancer by the list of target groups";
        return Err(Gap::undetermined(TARGET_GROUPS.name, arn, detail));
    };
    if let Some(gap) = &read.missing {
        return Err(gap.clone());
    }
    let mut targets = Vec::new();
    for described in read.pages().flat_map(DescribeTargetHealth::targets) {
        let wrong = |detail: &str| malformed(TARGETS.name, arn, detail);
        let target = described.target().ok_or_else(|| wrong("a target has no name"))?;
        let port = target.port().and_then(|port| u16::try_from(port).ok());
        let port = port.ok_or_else(|| wrong("a target has no port"))?;
        let state = described.health().and_then(TargetHealth::state);
        let doubt = doubt(target.id(), described.health());
        let found = match group.kind() {
            Some(TargetKind::Instance) => {
                let v4 = group.addresses() != Some(TargetAddresses::V6);
                match nodes.instance(target.id(), v4, port) {
                    // One that was terminated stays for a while.
                    Err(_) if state == Some(TargetState::Unused) => Vec::new(),
                    found => found?,
                }
            }
            Some(TargetKind::Ip) => {
                let address = target.id().parse();
                let address = address.map_err(|_| wrong("a target is not an address"))?;
                let vpc = group.vpc().unwrap_or_default();
                nodes.address(vpc, address, port, state == Some(TargetState::Healthy))
            }
            Some(TargetKind::Balancer) => {
                vec![Target { to: To::Balancer(target.id().to_owned()), port, doubt: None }]
            }
            _ => {
                let detail = "the kind of its targets is not known here";
                return Err(Gap::undetermined(TARGET_GROUPS.name, arn, detail));
            }
        };
        targets.extend(found.into_iter().map(|target| Target {
            doubt: target.doubt.clone().or_else(|| doubt.clone()),
            ..target
        }));
    }
    Ok(TargetGroup { name, client: client(group, behind), targets })
}

/// Whether targets see the addresses of clients, see
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html> (read on 2026-11-30).
fn client(group: ListedTargetGroup<'_>, behind: &Behind) -> Client {
    let arn = group.arn().unwrap_or_default();
    match group.protocol() {
        Some(Protocol::Http | Protocol::Https) => return Client::Hidden,
        Some(Protocol::Udp | Protocol::TcpUdp | Protocol::Quic) => return Client::Kept,
        _ => {}
    }
    let open = |detail: &str| Client::Open(Gap::undetermined(GROUP_ATTRIBUTES.name, arn, detail));
    let Some(read) = behind.attributes.get(arn) else { return open("its attributes are not read") };
    if let Some(gap) = &read.missing {
        return Client::Open(gap.clone());
    }
    let mut all = read.pages().flat_map(DescribeTargetGroupAttributes::attributes);
    let found = all.find(|one| one.key() == Some("preserve_client_ip.enabled"));
    match found.and_then(GroupAttribute::value) {
        Some("true") => Client::Kept,
        Some("false") => Client::Hidden,
        _ => open("whether it keeps the addresses of clients is not known"),
    }
}

/// Why it is not known whether a target gets traffic. That its health is bad is not a reason: it may be well in a minute.
fn doubt(id: &str, health: Option<TargetHealth<'_>>) -> Option<Gap> {
    use TargetState::{Draining, Other, Unused};
    let unclear = |detail: &str| Some(Gap::undetermined(TARGETS.name, id, detail));
    match (health.and_then(TargetHealth::state), health.and_then(TargetHealth::reason)) {
        // It is stopped, and would get traffic when it is started.
        (Some(Unused), Some("Target.InvalidState")) => None,
        (Some(Unused), _) => unclear("its load balancer does not use it"),
        (Some(Draining), _) => unclear("it is being deregistered"),
        (Some(Other) | None, _) => unclear("its state is not known here"),
        _ => None,
    }
}
