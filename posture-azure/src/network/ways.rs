//! The ways from the internet to an interface: its own public addresses, load balancers, and what may stand in between.

use posture_model::gap::Gap;
use posture_model::network::{Service, Traffic};
use posture_model::tri::Tri;

use super::balancer::{self, ports};
use super::place::internet;
use super::{Balancer, Configuration, Flow, Frontend, PublicAddress, Topology};

/// A way in, up to the groups.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// What comes this way, by the port at which it arrives.
    pub(crate) flow: Flow,
    /// Whether it is open where no group filters.
    pub(crate) open: Tri<Gap>,
    /// Whether the destination is still the address of the front end.
    pub(crate) floating: bool,
    /// The steps so far, from the outside in.
    pub(crate) steps: Vec<String>,
}

impl Topology {
    /// Every way to a configuration of an interface, and why there may be others.
    pub(super) fn ways(&self, to: &Configuration) -> (Vec<Way>, Option<Gap>) {
        let mut ways = Vec::new();
        let mut hidden = None;
        let mut doubt = |gap: Gap| {
            hidden.get_or_insert(gap);
        };
        for id in self.addresses_of(&to.id, to.public.as_deref()) {
            match self.addresses.get(&id) {
                Ok(address) => ways.push(self.direct(to, &id, address)),
                Err(gap) => doubt(gap),
            }
        }
        if let Some(open) = &to.public_each {
            let flow = Flow::exactly(Traffic::of(Service::ALL, &internet(to.family)));
            let steps = vec!["public IP address of each instance".to_owned()];
            ways.push(Way { flow, open: Tri::from(open.clone()), floating: false, steps });
        }
        self.balanced(to, &mut ways, &mut doubt);
        if let Some(gap) = self.balancers.unread() {
            // One that could not be read may have it in a pool by its address.
            doubt(gap.clone());
        }
        if to.behind_gateway {
            let detail = "what the application gateway passes on is not known";
            doubt(Gap::undetermined("Microsoft.Network/applicationGateways/read", &to.id, detail));
        }
        if let Some(gap) = self.appliance(&to.subnet, to.family) {
            doubt(gap);
        }
        if let Some(gap) = self.firewall(to) {
            doubt(gap);
        }
        (ways, hidden)
    }

    /// The public addresses of a configuration or a front end, by what either side says.
    pub(super) fn addresses_of(&self, user: &str, own: Option<&str>) -> Vec<String> {
        let says = |(id, address): (&str, &PublicAddress)| {
            let used = address.user.as_deref() == Some(user);
            (used && Some(id) != own).then(|| id.to_owned())
        };
        let others = self.addresses.known().filter_map(says);
        own.map(str::to_owned).into_iter().chain(others).collect()
    }

    fn direct(&self, to: &Configuration, id: &str, address: &PublicAddress) -> Way {
        let all = Traffic::of(Service::ALL, &internet(to.family));
        let flow = Flow::exactly(all).if_so(self.allocated(id, address));
        let flow = if to.chained {
            let detail = "a gateway load balancer passes its traffic through appliances";
            flow.if_so(Tri::Unknown(Gap::undetermined(self.balancers.action, &to.id, detail)))
        } else {
            flow
        };
        let open = Tri::from(address.open.clone());
        Way { flow, open, floating: false, steps: vec![in_words(address)] }
    }

    /// Whether an address is allocated. One that is not may be when the machine starts.
    fn allocated(&self, id: &str, address: &PublicAddress) -> Tri<Gap> {
        match &address.address {
            Some(_) => Tri::Yes,
            None => {
                let detail = "no address is allocated as long as the machine is stopped";
                Tri::Unknown(Gap::undetermined(self.addresses.action, id, detail))
            }
        }
    }

    fn balanced(&self, to: &Configuration, ways: &mut Vec<Way>, doubt: &mut impl FnMut(Gap)) {
        // What the interface refers to has to be there.
        for part in to.pools.iter().chain(&to.nat_rules) {
            let balancer = balancer_of(part);
            match self.balancers.get(balancer) {
                Err(gap) => doubt(gap),
                Ok(balancer) => {
                    let pool = balancer.pools.iter().any(|pool| pool.id == *part);
                    if !pool && !balancer.nat.iter().any(|rule| rule.id == *part) {
                        let detail = "the response does not hold what the interface refers to";
                        doubt(Gap::undetermined(self.balancers.action, part, detail));
                    }
                }
            }
        }
        for (_, balancer) in self.balancers.known() {
            let pools: Vec<&str> = self.pools_of(to, balancer);
            for rule in &balancer.rules {
                if rule.pools.iter().any(|pool| pools.contains(&pool.as_str())) {
                    let words = format!(
                        "rule {} ({} → {})",
                        rule.name,
                        ports((rule.frontend_port, rule.frontend_port)),
                        ports((rule.backend_port, rule.backend_port)),
                    );
                    let services = balancer::service(rule.protocol, rule.backend_port);
                    let rule = (&*rule.frontend, services, rule.floating, words);
                    self.passed(to, balancer, rule, ways, doubt);
                }
            }
            for rule in &balancer.nat {
                let own = rule.target.as_deref() == Some(&to.id) || to.nat_rules.contains(&rule.id);
                let pooled = rule.pool.as_deref().is_some_and(|pool| pools.contains(&pool));
                if own || pooled {
                    let words = format!(
                        "inbound NAT {} {} ({} → {})",
                        if rule.of_scale_set { "pool" } else { "rule" },
                        rule.name,
                        ports(rule.frontend_ports),
                        ports((rule.backend_port, rule.backend_port)),
                    );
                    let services = balancer::service(rule.protocol, rule.backend_port);
                    let rule = (&*rule.frontend, services, rule.floating, words);
                    self.passed(to, balancer, rule, ways, doubt);
                }
            }
        }
    }

    /// The pools of a balancer that a configuration is in, by what either side says.
    fn pools_of<'b>(&self, to: &Configuration, balancer: &'b Balancer) -> Vec<&'b str> {
        let network = super::network_of(&to.subnet);
        let holds = |pool: &&super::Pool| {
            to.pools.contains(&pool.id)
                || pool.members.contains(&to.id)
                || pool.addresses.iter().any(|(address, of)| {
                    Some(*address) == to.address && of.as_deref().is_none_or(|of| of == network)
                })
        };
        balancer.pools.iter().filter(holds).map(|pool| pool.id.as_str()).collect()
    }

    fn passed(
        &self,
        to: &Configuration,
        balancer: &Balancer,
        (frontend, services, floating, words): (&str, Vec<Service>, bool, String),
        ways: &mut Vec<Way>,
        doubt: &mut impl FnMut(Gap),
    ) {
        let Some(frontend) = balancer.frontends.iter().find(|own| own.id == frontend) else {
            let detail = "the response does not hold the front end of a rule";
            return doubt(Gap::undetermined(self.balancers.action, frontend, detail));
        };
        let mut traffic = Traffic::none();
        services.iter().for_each(|service| traffic.add(*service, &internet(to.family)));
        for id in self.addresses_of(&frontend.id, frontend.address.as_deref()) {
            let address = match self.addresses.get(&id) {
                Ok(address) => address,
                Err(gap) => {
                    doubt(gap);
                    continue;
                }
            };
            let flow = Flow::exactly(traffic.clone())
                .if_so(self.allocated(&id, address))
                .if_so(self.unchained(frontend));
            let open = Tri::from(address.open.clone()) & Tri::from(balancer.open.clone());
            let step = format!("load balancer {} {words}", balancer.name);
            ways.push(Way { flow, open, floating, steps: vec![in_words(address), step] });
        }
    }

    fn unchained(&self, frontend: &Frontend) -> Tri<Gap> {
        if !frontend.chained {
            return Tri::Yes;
        }
        let detail = "a gateway load balancer passes its traffic through appliances";
        Tri::Unknown(Gap::undetermined(self.balancers.action, &frontend.id, detail))
    }

    /// The Azure Firewall in the network of a subnet, or in one that is peered with it, that may translate addresses.
    fn firewall(&self, to: &Configuration) -> Option<Gap> {
        let network = super::network_of(&to.subnet);
        let known = self.networks.get(network).ok()?;
        let near =
            |id: &String| id == network || known.peers.iter().any(|peer| peer.network == *id);
        let mut all = self.firewalls.known();
        let translates = |own: &super::Firewall| match to.address {
            Some(address) => own.translates.has(address),
            None => !own.translates.is_empty(),
        };
        let found = all.find(|(_, own)| translates(own) && own.networks.iter().any(near));
        match found {
            Some((id, firewall)) => {
                let detail = format!(
                    "which addresses the rules of Azure Firewall {} translate is not known",
                    firewall.name
                );
                Some(Gap::undetermined(self.firewalls.action, id, &detail))
            }
            None => self.firewalls.unread().cloned(),
        }
    }
}

/// The load balancer that a pool or a rule belongs to.
fn balancer_of(part: &str) -> &str {
    let cut = |word: &str| part.split_once(word).map(|(balancer, _)| balancer);
    ["/backendaddresspools/", "/inboundnatrules/", "/inboundnatpools/"]
        .into_iter()
        .find_map(cut)
        .unwrap_or(part)
}

fn in_words(address: &PublicAddress) -> String {
    match &address.address {
        Some(text) => format!("public IP address {} ({text})", address.name),
        None => format!("public IP address {}", address.name),
    }
}
