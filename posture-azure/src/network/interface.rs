//! What reaches a network interface from the internet.

use std::net::IpAddr;
use std::rc::Rc;

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Family, Traffic};

use super::group::{Receiver, sender_ports, some};
use super::place::{Span, internet};
use super::{Flow, Group, Topology, Way, network_of};

/// A network interface.
#[derive(Clone, Debug)]
pub(crate) struct Interface {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) group: Option<String>,
    pub(crate) configurations: Vec<Configuration>,
    /// What it is attached to, in words: the last step of a path.
    pub(crate) machine: Option<String>,
}

/// An IP configuration of an interface: a private address with what leads to it.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    /// In small letters, as all ids here.
    pub(crate) id: String,
    pub(crate) family: Family,
    pub(crate) address: Option<IpAddr>,
    pub(crate) subnet: String,
    pub(crate) public: Option<String>,
    /// Of a scale set: whether each instance has a public address, and whether that lets in what no group forbids.
    pub(crate) public_each: Option<Result<bool, Gap>>,
    pub(crate) pools: Vec<String>,
    /// The inbound NAT rules that lead to it; of a scale set, the inbound NAT pools.
    pub(crate) nat_rules: Vec<String>,
    /// The application security groups that it is in.
    pub(crate) groups: Vec<String>,
    /// Whether an application gateway passes traffic on to it.
    pub(crate) behind_gateway: bool,
    /// Whether a gateway load balancer passes the traffic of its public address through appliances first.
    pub(crate) chained: bool,
}

/// The groups that filter an interface, by id, in the order in which they are asked.
type Groups<'t> = Result<Vec<(&'t str, &'t Group)>, Gap>;

impl Topology {
    /// The public addresses of an interface itself, without those of load balancers.
    pub(crate) fn public(&self, interface: &Interface) -> Result<Vec<String>, Gap> {
        let mut all = Vec::new();
        for to in &interface.configurations {
            if to.public_each.is_some() {
                let detail = "the addresses of the instances of a scale set are not read";
                return Err(Gap::undetermined(self.addresses.action, &to.id, detail));
            }
            for id in self.addresses_of(&to.id, to.public.as_deref()) {
                all.extend(self.addresses.get(&id)?.address.clone());
            }
        }
        all.sort_unstable();
        Ok(all)
    }

    /// What reaches an interface from the internet, by the ports at which it listens.
    pub(crate) fn reach(&self, interface: &Interface) -> Flow {
        let configurations = interface.configurations.iter();
        configurations.fold(Flow::nothing(), |sum, to| sum.or(self.reach_of(interface, to)))
    }

    fn reach_of(&self, interface: &Interface, to: &Configuration) -> Flow {
        let (ways, hidden) = self.ways(to);
        if ways.is_empty() && hidden.is_none() {
            return Flow::nothing();
        }
        let groups = self.groups(interface, to);
        let mut sum = Flow::nothing();
        for way in ways {
            let flow = way.flow.clone().and(self.filtered(&groups, to, &way));
            sum = sum.or(flow.and(self.answers(&to.subnet, to.family)));
        }
        match hidden {
            None => sum,
            // What comes that way may have any address by the time that it is filtered.
            Some(gap) => sum.or(self.passed_on(&groups, to, gap)),
        }
    }

    pub(super) fn groups<'t>(&'t self, interface: &Interface, to: &Configuration) -> Groups<'t> {
        let (_, subnet) = self.subnet(&to.subnet)?;
        let of_subnet = self.group_of(subnet.group.as_deref(), &to.subnet)?;
        let own = self.group_of(interface.group.as_deref(), &interface.id)?;
        Ok(of_subnet.into_iter().chain(own).collect())
    }

    /// What the groups let in of a way. A network manager may let in more, or less.
    fn filtered(&self, groups: &Groups<'_>, to: &Configuration, way: &Way) -> Flow {
        if let Some(gap) = &self.managed {
            return Flow::unknown(gap.clone());
        }
        match groups {
            Err(gap) => Flow::unknown(gap.clone()),
            Ok(groups) if groups.is_empty() => Flow::everything().if_so(way.open.clone()),
            Ok(groups) => self.admits(groups, to, way.floating),
        }
    }

    /// What all of some groups let in, from some port of the sender.
    fn admits(&self, groups: &[(&str, &Group)], to: &Configuration, floating: bool) -> Flow {
        let network = network_of(&to.subnet);
        let tagged = self.tag(network);
        let address = to.address.filter(|_| !floating);
        let receiver = Receiver { address, groups: &to.groups, tagged: &tagged };
        let Some(ports) = sender_ports(groups.iter().map(|(_, group)| *group)) else {
            let detail = "its rules tell too many ports of senders apart";
            let id = groups.first().map_or("", |(id, _)| id);
            return Flow::unknown(Gap::undetermined(self.groups.action, id, detail));
        };
        ports.into_iter().fold(Flow::nothing(), |sum, port| {
            let all = groups.iter().fold(Flow::everything(), |all, group| {
                all.and((*self.admitted(*group, network, &receiver, port)).clone())
            });
            sum.or(all)
        })
    }

    fn tag(&self, network: &str) -> Rc<Span> {
        if let Some(tagged) = self.memory.tagged.borrow().get(network) {
            return Rc::clone(tagged);
        }
        let tagged = Rc::new(self.tagged(network));
        self.memory.tagged.borrow_mut().insert(network.to_owned(), Rc::clone(&tagged));
        tagged
    }

    /// What may come by a way that is not known: whatever the groups let in from any address.
    fn passed_on(&self, groups: &Groups<'_>, to: &Configuration, gap: Gap) -> Flow {
        let admitted = match (groups, &self.managed) {
            (Ok(groups), None) if !groups.is_empty() => self.admits(groups, to, false),
            _ => Flow::everything(),
        };
        let sources = internet(to.family);
        let mut traffic = Traffic::none();
        for (service, _) in admitted.possible().iter() {
            traffic.add(service, &sources);
        }
        Flow::between(Traffic::none(), traffic, gap)
    }

    /// The path of some traffic to an interface, from the outside in.
    pub(crate) fn path(&self, interface: &Interface, traffic: &Traffic) -> String {
        let found = interface.configurations.iter().find_map(|to| {
            let family = to.family;
            let traffic = traffic.among(&Addresses::all_of(family));
            if traffic.is_empty() {
                return None;
            }
            let groups = self.groups(interface, to);
            let (ways, _) = self.ways(to);
            let leads = |way: &Way| {
                let flow = way.flow.clone().and(self.filtered(&groups, to, way));
                !flow.possible().and(&traffic).is_empty()
            };
            let way = ways.into_iter().find(leads)?;
            Some(self.steps(to, &groups, &way, &traffic))
        });
        let mut steps = found.unwrap_or_else(|| vec!["a way that is not known".to_owned()]);
        steps.push(format!("network interface {}", interface.name));
        steps.extend(interface.machine.clone());
        steps.join(" → ")
    }

    fn steps(
        &self,
        to: &Configuration,
        groups: &Groups<'_>,
        way: &Way,
        traffic: &Traffic,
    ) -> Vec<String> {
        let mut steps = way.steps.clone();
        steps.extend(self.route_in_words(&to.subnet, to.family));
        match groups {
            Err(_) => steps.push("network security groups that are not known".to_owned()),
            Ok(groups) if groups.is_empty() => {
                steps.push("without a network security group".to_owned());
            }
            Ok(groups) => {
                let tagged = self.tag(network_of(&to.subnet));
                let address = to.address.filter(|_| !way.floating);
                let receiver = Receiver { address, groups: &to.groups, tagged: &tagged };
                for (_, group) in groups {
                    steps.extend(self.rules_in_words(group, &receiver, traffic));
                }
            }
        }
        steps
    }

    /// The rules of a group that let some traffic in, or may.
    fn rules_in_words(
        &self,
        group: &Group,
        to: &Receiver<'_>,
        traffic: &Traffic,
    ) -> Option<String> {
        let ports = sender_ports(std::iter::once(group)).unwrap_or_default();
        let mut names: Vec<&str> = Vec::new();
        for port in ports {
            let filter = self.filter(group, to, port);
            for place in filter.deciding(traffic) {
                let (rule, known) = (filter.rules().get(place)?, group.rules.get(place)?);
                if rule.allows && !names.contains(&known.name.as_str()) {
                    names.push(&known.name);
                }
            }
        }
        Some(format!("NSG {} ({})", group.name, some(&names)))
    }
}
