//! Where a Service or an Ingress leads: to which ports of which pods.

use posture_model::fact::{Fact, Known};
use posture_model::network::{Forwarder, Forwarding, PortReference, ServicePort};
use posture_model::resource::{Ingress, Service};
use posture_model::tri::Tri;

use super::answer::{Answer, SideInWords, TooManyPairs, undecided};
use super::asked::Asked;
use super::names::{Outside, Party, is};
use super::{Connections, gap_of, place};
use crate::network::{Direction, Pod, Protocol};

/// A Service or an Ingress that is named.
#[derive(Clone, Copy, Debug)]
pub enum Published<'s> {
    /// A Service.
    Service(&'s Service),
    /// An Ingress or a Gateway.
    Ingress(&'s Ingress),
}

/// Who opens the connection.
#[derive(Clone, Copy, Debug)]
pub enum Sender<'p> {
    /// Pods of these workloads.
    Pods(&'p [Party]),
    /// Someone outside of the cluster.
    Outside(Outside),
}

/// One way that a connection to a Service takes.
struct Way {
    /// The pods that it ends at.
    party: Party,
    /// Their port.
    port: Asked,
    /// Which port of what leads there.
    through: String,
    /// Why the Service may not select the pods.
    open: Option<String>,
}

/// Where something leads.
#[derive(Default)]
struct Leads {
    ways: Vec<Way>,
    /// Why there are no ways, or fewer than it names.
    nowhere: Vec<String>,
    /// Why it is not known whether there are more.
    unknown: Vec<String>,
}

impl Leads {
    fn to(ways: Vec<Way>) -> Self {
        Self { ways, ..Self::default() }
    }

    fn nowhere(why: impl Into<String>) -> Self {
        Self { nowhere: vec![why.into()], ..Self::default() }
    }

    fn unknown(why: impl Into<String>) -> Self {
        Self { unknown: vec![why.into()], ..Self::default() }
    }

    fn extend(&mut self, other: Self) {
        let Self { ways, nowhere, unknown } = other;
        self.ways.extend(ways);
        self.nowhere.extend(nowhere);
        self.unknown.extend(unknown);
    }
}

impl<'s> Published<'s> {
    fn id(self) -> &'s str {
        match self {
            Self::Service(one) => &one.id,
            Self::Ingress(one) => &one.id,
        }
    }

    /// Whether it has no ports of its own: the controller of an Ingress chooses on which it listens.
    pub fn is_ingress(self) -> bool {
        matches!(self, Self::Ingress(_))
    }
}

impl<'s> Connections<'s> {
    /// The services and ingresses of a name, such as `Service/shop/web`, `svc/web` or `web`.
    pub fn published(&self, name: &str) -> Vec<Published<'s>> {
        let named = |short: &str, id: &str, region: Option<&str>, own: &str| {
            let kind = id.split('/').next().unwrap_or_default();
            let place = place(region);
            id.eq_ignore_ascii_case(name) || [kind, short].iter().any(|k| is(k, place, own, name))
        };
        let services = self.scope.services.items.iter();
        let services =
            services.filter(|one| named("svc", &one.id, one.region.as_deref(), &one.name));
        let ingresses = self.scope.ingresses.items.iter();
        let ingresses =
            ingresses.filter(|one| named("ing", &one.id, one.region.as_deref(), &one.name));
        services.map(Published::Service).chain(ingresses.map(Published::Ingress)).collect()
    }

    /// Whether connections to a Service or an Ingress reach the pods that it leads to, for each of their groups. There is no answer
    /// for a port that the Service does not name.
    ///
    /// The sender to an Ingress is the program that serves it, the controller: policies see its connections, not those of its clients.
    ///
    /// # Errors
    /// If there are more than [`TooManyPairs::MOST`] pairs of groups.
    pub fn to_published(
        &self,
        from: Sender<'_>,
        to: Published<'s>,
        asked: &Asked,
    ) -> Result<Vec<Answer>, TooManyPairs> {
        let sender = match from {
            Sender::Pods([one]) => one.id.clone(),
            Sender::Pods(all) => format!("{} workloads", all.len()),
            Sender::Outside(other) => other.words(),
        };
        let Leads { ways, nowhere, unknown } = match to {
            Published::Service(service) => self.of_service(service, asked, ""),
            Published::Ingress(ingress) => self.of_ingress(ingress),
        };
        let mut all = Vec::new();
        for Way { party, port, through, open } in ways {
            let answers = match from {
                Sender::Pods(from) => self.between(from, std::slice::from_ref(&party), &port)?,
                Sender::Outside(other) => self.outside(&party, Direction::Ingress, other, &port),
            };
            let by_controller =
                (to.is_ingress() && matches!(from, Sender::Outside(_))).then_some(CONTROLLER);
            for mut answer in answers {
                let isolates =
                    |side: &SideInWords| side.steps.iter().any(|one| one.policy.is_some());
                let is_isolated = answer.sides.iter().any(isolates);
                let why = match by_controller.filter(|_| is_isolated) {
                    Some(why) => Some(why.to_owned()),
                    None => open.clone().filter(|_| !answer.reaches.is_no()),
                };
                if let Some(why) = why {
                    leave_open(&mut answer, why);
                }
                answer.through = Some(through.clone());
                all.push(answer);
            }
        }
        let open = |why| undecided(sender.clone(), to.id().to_owned(), why);
        if all.is_empty() && unknown.is_empty() && !nowhere.is_empty() {
            let (reaches, because) = (Tri::No, Some(nowhere.join("; ")));
            all.push(Answer { reaches, because, undecided: String::new(), ..open(String::new()) });
        }
        all.extend(unknown.into_iter().map(open));
        Ok(all)
    }

    fn of_ingress(&self, ingress: &Ingress) -> Leads {
        let backends = match &ingress.backends {
            Known(backends) => backends,
            Fact::NotOffered => return Leads::unknown(ROUTES.to_owned()),
            Fact::Gap(gap) => {
                let gap = gap_of(self.scope, *gap);
                return Leads::unknown(gap.detail.unwrap_or_else(|| ROUTES.to_owned()));
            }
        };
        if backends.is_empty() {
            return Leads::nowhere(format!("{} leads to no Service", ingress.id));
        }
        let mut all = Leads::default();
        for backend in backends {
            let mut services = self.scope.services.items.iter();
            let found =
                services.find(|one| one.name == backend.service && one.region == ingress.region);
            let Some(service) = found else {
                all.extend(self.missing_service(&backend.service));
                continue;
            };
            let port = match &backend.port {
                PortReference::Number(number) => Asked::Number(Protocol::Tcp, *number),
                PortReference::Name(name) => Asked::Name(None, name.clone()),
            };
            let leads = self.of_service(service, &port, &format!("{}, ", ingress.id));
            let none =
                leads.ways.is_empty() && leads.nowhere.is_empty() && leads.unknown.is_empty();
            all.extend(leads);
            if none {
                let why = "does not have the port of the backend";
                all.nowhere.push(format!("{} {why}", service.id));
            }
        }
        all
    }

    /// Where a Service leads that is not in the list.
    fn missing_service(&self, name: &str) -> Leads {
        match self.scope.services.gaps.first() {
            Some(gap) => Leads::unknown(gap_of(self.scope, *gap).words()),
            None if self.is_of_manifests() => {
                Leads::unknown(format!("Service {name} is not in the manifests"))
            }
            None => Leads::nowhere(format!("Service {name} does not exist")),
        }
    }

    /// Where a Service leads. `before` is what leads to the Service.
    fn of_service(&self, service: &Service, asked: &Asked, before: &str) -> Leads {
        let open = |gap| gap_of(self.scope, gap).words();
        let forwarding = match &service.forwarding {
            Known(forwarding) => forwarding,
            Fact::NotOffered => return Leads::unknown("its ports are not known".to_owned()),
            Fact::Gap(gap) => return Leads::unknown(open(*gap)),
        };
        let selector = match &service.selector {
            _ if forwarding.by == Forwarder::Alias => {
                let why = "is an alias of a name outside, and leads to no pod";
                return Leads::nowhere(format!("{} {why}", service.id));
            }
            Known(selector) if selector.is_empty() => {
                let why =
                    "has no selector: its endpoints, which are not read, decide where it leads";
                return Leads::unknown(format!("{} {why}", service.id));
            }
            Known(selector) => selector,
            Fact::NotOffered => return Leads::unknown("its selector is not known".to_owned()),
            Fact::Gap(gap) => return Leads::unknown(open(*gap)),
        };
        let ports = match ports(forwarding, asked) {
            ports if !ports.is_empty() => ports,
            _ if matches!(asked, Asked::Name(..)) => return Leads::default(),
            _ => return Leads::nowhere(format!("{} does not have this port", service.id)),
        };
        let selects = |pod: &Pod| {
            let mut all = Tri::Yes;
            for (key, value) in selector {
                match pod.labels.get(key) {
                    Ok(Some(own)) if own == value => {}
                    Ok(_) => return Tri::No,
                    Err(()) => all = Tri::Unknown(format!("it may not select {}", pod.id())),
                }
            }
            all
        };
        let (mut ways, mut selected) = (Vec::new(), false);
        let workloads = self.scope.workloads.items.iter().enumerate();
        for (workload, _) in workloads.filter(|(_, of)| of.region == service.region) {
            let Some(party) = self.party(workload) else { continue };
            if party.unread.is_some() {
                let through = format!("{before}{}", service.id);
                ways.push(Way { party, port: asked.clone(), through, open: None });
                continue;
            }
            let (mut certain, mut possible, mut why) = (Vec::new(), Vec::new(), None);
            for at in &party.pods {
                match self.pods.get(*at).map(&selects) {
                    Some(Tri::Yes) => certain.push(*at),
                    Some(Tri::Unknown(open)) => {
                        possible.push(*at);
                        why = Some(open);
                    }
                    Some(Tri::No) | None => {}
                }
            }
            selected |= !certain.is_empty() || !possible.is_empty();
            for (pods, open) in [(certain, None), (possible, why)] {
                for (own, port) in &ports {
                    let has = |at: &&usize| port.at(self.pods.get(**at)).is_some();
                    let pods: Vec<usize> = pods.iter().filter(has).copied().collect();
                    if pods.is_empty() {
                        continue;
                    }
                    let through = match own {
                        Some(own) => {
                            format!("{before}{} {} {}", service.id, own.protocol, own.number)
                        }
                        None => format!("{before}{}", service.id),
                    };
                    let (party, port) = (Party { pods, ..party.clone() }, port.clone());
                    ways.push(Way { party, port, through, open: open.clone() });
                }
            }
        }
        // What is missing from the list of workloads may be pods that it selects, whatever others it has.
        if let Some(gap) = self.scope.workloads.gaps.first() {
            return Leads { ways, unknown: vec![open(*gap)], ..Leads::default() };
        }
        match selected {
            _ if !ways.is_empty() => Leads::to(ways),
            true => {
                let why = "selects no pod with a port of the name that it leads to";
                Leads::nowhere(format!("{} {why}", service.id))
            }
            false if self.is_of_manifests() => {
                Leads::unknown(format!("{} selects no pod of the manifests", service.id))
            }
            false => Leads::nowhere(format!("{} selects no pod", service.id)),
        }
    }
}

/// What leads from a Gateway to its Services.
const ROUTES: &str = "routes decide where a Gateway leads, and they are not read";

/// Why policies do not decide about the clients of an Ingress.
const CONTROLLER: &str = "the ingress controller opens the connection, and which pods it has is not known; name its workload as FROM";

/// An answer that depends on something that is not known.
fn leave_open(answer: &mut Answer, why: String) {
    match &mut answer.reaches {
        Tri::Unknown(causes) => causes.push(why),
        reaches => *reaches = Tri::Unknown(vec![why]),
    }
    let allowed = std::mem::take(&mut answer.allowed);
    if !allowed.is_empty() {
        answer.undecided = match answer.undecided.is_empty() {
            true => allowed,
            false => format!("{allowed}, {}", answer.undecided),
        };
    }
    if answer.undecided.is_empty() {
        answer.undecided = "its ports".to_owned();
    }
}

/// The ports of pods that a question about a Service means, each with the port of the Service.
fn ports<'f>(forwarding: &'f Forwarding, asked: &Asked) -> Vec<(Option<&'f ServicePort>, Asked)> {
    let means = |port: &ServicePort| match asked {
        Asked::Any => true,
        Asked::Number(protocol, number) => {
            port.protocol == protocol.name() && port.number == *number
        }
        Asked::Name(protocol, name) => {
            port.name == *name && protocol.is_none_or(|one| one.name() == port.protocol)
        }
    };
    // The clients of a headless Service connect to its pods, on any port.
    if forwarding.by == Forwarder::Name && !matches!(asked, Asked::Name(..)) {
        return vec![(None, asked.clone())];
    }
    let own = forwarding.ports.iter().filter(|port| means(port));
    let target = |port: &ServicePort| {
        let protocol = Protocol::of(&port.protocol)?;
        Some(match &port.target {
            PortReference::Number(number) => Asked::Number(protocol, *number),
            PortReference::Name(name) => Asked::Name(Some(protocol), name.clone()),
        })
    };
    own.filter_map(|port| Some((Some(port), target(port)?))).collect()
}
