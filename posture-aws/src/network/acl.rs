//! Network ACLs: rules by number, for each direction, of which the first that matches decides.

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Filter, Rule, Service, TCP, Traffic};

use super::Flow;

/// A network ACL.
#[derive(Clone, Debug)]
pub(crate) struct Acl {
    /// The subnets that it is associated with.
    pub(crate) subnets: Vec<String>,
    /// The numbers of the rules for what comes in, in the order in which they are asked.
    numbers: Vec<i64>,
    filter: Filter<Gap>,
    /// What comes in.
    pub(crate) inbound: Flow,
    /// What comes in and can be answered.
    pub(crate) both_ways: Flow,
    /// What goes out and can be answered, by the receiver and its port.
    pub(crate) outward: Flow,
}

/// A rule of a network ACL.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) number: i64,
    pub(crate) outbound: bool,
    pub(crate) allows: bool,
    /// What it matches, by the other end and the port of the receiver.
    pub(crate) matches: Flow,
}

impl Acl {
    /// An ACL of these rules. What none of them matches is denied.
    pub(crate) fn new(subnets: Vec<String>, mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| entry.number);
        let rules = |outbound: bool| -> Vec<Rule<Gap>> {
            let entries = entries.iter().filter(|entry| entry.outbound == outbound);
            entries
                .map(|entry| Rule { matches: entry.matches.clone(), allows: entry.allows })
                .collect()
        };
        let inbound = entries.iter().filter(|entry| !entry.outbound);
        let numbers = inbound.map(|entry| entry.number).collect();
        let filter = Filter::new(rules(false));
        let inbound = filter.passes();
        let outbound = Filter::new(rules(true)).passes();
        let both_ways = inbound.clone().and(answered(&outbound));
        let outward = outbound.and(answered(&inbound));
        Self { subnets, numbers, filter, inbound, both_ways, outward }
    }

    /// The numbers of the rules that let some traffic in.
    pub(crate) fn deciding(&self, traffic: &Traffic) -> Vec<i64> {
        let rules = self.filter.rules();
        let places = self.filter.deciding(traffic).into_iter();
        let places = places.filter(|place| rules.get(*place).is_some_and(|rule| rule.allows));
        places.filter_map(|place| self.numbers.get(place).copied()).collect()
    }
}

/// What can be answered, where an ACL is not stateful: a connection of TCP only if an answer goes out to a port that the client may
/// have chosen, which can be any. What is sent by another protocol arrives unanswered as well.
fn answered(back: &Flow) -> Flow {
    let of = |traffic: &Traffic| {
        let mut all = Traffic::all();
        all.remove(Service::protocol(TCP), &Addresses::all());
        let any = Service::ports(TCP, 1..=u16::MAX).unwrap_or(Service::protocol(TCP));
        all.add(Service::protocol(TCP), &traffic.addresses(any));
        all
    };
    let (certain, possible) = (of(back.certain()), of(back.possible()));
    match back.why() {
        Some(why) => Flow::between(certain, possible, why.clone()),
        None => Flow::exactly(certain),
    }
}
