//! Security groups: what any rule allows is allowed, and answers go back by themselves.

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Service, Traffic};
use posture_model::tri::Tri;

use super::Flow;

/// A security group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) permissions: Vec<Permission>,
    /// What it lets in from addresses.
    pub(crate) inbound: Flow,
    /// What it lets in from interfaces that are in another group.
    pub(crate) from_groups: Vec<Reference>,
    /// What it lets out to addresses.
    pub(crate) outbound: Flow,
    /// What it lets out to interfaces that are in another group.
    pub(crate) to_groups: Vec<Reference>,
}

/// A rule of a group about the interfaces that are in another one.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// By which service, or why that is not known.
    pub(crate) service: Result<Service, Gap>,
    /// The id of the other group.
    pub(crate) group: String,
}

impl Reference {
    /// Whether it is about a service and interfaces in any of these groups.
    pub(super) fn covers(&self, service: Service, groups: &[String]) -> Tri<Gap> {
        if !groups.contains(&self.group) {
            return Tri::No;
        }
        match &self.service {
            Ok(own) if own.covers(service) => Tri::Yes,
            Ok(_) => Tri::No,
            Err(gap) => Tri::Unknown(gap.clone()),
        }
    }

    /// The rule in words.
    pub(super) fn text(&self) -> String {
        match &self.service {
            Ok(service) => format!("{service} from {}", self.group),
            Err(_) => format!("an unknown protocol from {}", self.group),
        }
    }
}

/// What a rule of a group lets in.
#[derive(Clone, Debug)]
pub(crate) struct Permission {
    /// From addresses. A reference to a group matches private addresses, and so nothing of the internet.
    pub(crate) flow: Flow,
    /// The rule in words.
    pub(crate) text: String,
}

impl Group {
    /// A group with these rules for what comes in. It lets everything out, as EC2 creates it.
    pub(crate) fn new(permissions: Vec<Permission>) -> Self {
        let flows = permissions.iter().map(|permission| permission.flow.clone());
        let inbound = union(flows);
        let (from_groups, to_groups) = (Vec::new(), Vec::new());
        Self { permissions, inbound, from_groups, outbound: Flow::everything(), to_groups }
    }

    /// The services that it lets in, or may, from some addresses or from interfaces that are in some groups.
    pub(super) fn lets_in(&self, addresses: &Addresses, groups: &[String]) -> Vec<Service> {
        let by_address = self.inbound.possible().among(addresses);
        let by_group = self.from_groups.iter().filter(|rule| groups.contains(&rule.group));
        // A service that makes no sense may be any.
        let by_group = by_group.map(|rule| *rule.service.as_ref().unwrap_or(&Service::ALL));
        let by_address = by_address.iter().map(|(service, _)| service).collect::<Vec<_>>();
        by_address.into_iter().chain(by_group).collect()
    }

    /// The rules in words that let some traffic in, or may.
    pub(crate) fn deciding(&self, traffic: &Traffic) -> impl Iterator<Item = &str> {
        let lets =
            move |permission: &&Permission| !permission.flow.possible().and(traffic).is_empty();
        self.permissions.iter().filter(lets).map(|permission| permission.text.as_str())
    }
}

/// What passes by any of several ways. They are joined two by two, as each joining walks both sides.
pub(crate) fn union(flows: impl Iterator<Item = Flow>) -> Flow {
    let mut flows: Vec<Flow> = flows.collect();
    while flows.len() > 1 {
        let mut halved = Vec::with_capacity(flows.len().div_ceil(2));
        let mut rest = flows.into_iter();
        while let Some(one) = rest.next() {
            halved.push(match rest.next() {
                Some(other) => one.or(other),
                None => one,
            });
        }
        flows = halved;
    }
    flows.pop().unwrap_or_else(Flow::nothing)
}

#[cfg(test)]
mod tests {
    use posture_model::network::Reach;

    use super::*;

    #[test]
    fn a_reference_lets_in_interfaces_of_the_group_it_names() {
        let (ssh, web) = (Service::port(6, 22), Service::port(6, 80));
        let private = Addresses::parse("10.0.0.0/24").unwrap();
        let flow = Reach::exactly(Traffic::of(web, &private));
        let mut group = Group::new(vec![Permission { flow, text: String::new() }]);
        group.from_groups.push(Reference { service: Ok(ssh), group: "sg-1".to_owned() });
        let lets = |from: &str, by: &str| {
            group.lets_in(&Addresses::parse(from).unwrap(), &[by.to_owned()])
        };
        assert_eq!(lets("10.0.0.7", "sg-2"), [web]);
        assert_eq!(lets("10.0.1.7", "sg-1"), [ssh]);
        assert_eq!(lets("10.0.0.7", "sg-1"), [web, ssh]);
        assert_eq!(lets("10.0.1.7", "sg-2"), []);
    }
}
