//! The resources of a region, from what was read of it.

mod filters;
mod gateways;
mod machines;
mod networks;

use std::collections::BTreeMap;

use posture_model::gap::{Gap, GapId};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::resource::{Account, Kind, Machine, NetworkInterface};

use super::answers::Tag;
use super::convert::{self, malformed};
use super::index::Index;
use super::{Lists, Read, exposure};
use crate::collect::context::Audit;
use crate::collect::regional;
use crate::network::Topology;
use crate::wire::Shape;

/// The kinds that are read here, by their listings.
macro_rules! kinds {
    ($macro:ident!($($args:tt)*)) => {
        $macro! {
            ($($args)*)
            network_interfaces: NetworkInterface, machines: Machine, networks: Network, subnets: Subnet,
            network_acls: NetworkAcl, security_groups: SecurityGroup, internet_blocks: InternetBlock,
            transit_gateways: TransitGateway, vpn_connections: VpnConnection, load_balancers: LoadBalancer,
        }
    };
}

/// Whether a kind is listed: where data is kept depends on where machines are.
fn is_wanted(audit: &Audit<'_>, kind: Kind) -> bool {
    let of_data = kind == Kind::Machine && audit.wanted.fact(Account::DATA_REGIONS);
    of_data || audit.wanted.kind(kind)
}

/// Lists of the kinds that are wanted, with nothing in them yet.
pub(super) fn empty(audit: &Audit<'_>, gap: Option<GapId>) -> Part {
    macro_rules! each {
        (($audit:ident, $gap:ident) $($listing:ident: $kind:ident,)*) => {
            Part {
                $( $listing: if is_wanted($audit, Kind::$kind) {
                    Listing { items: Vec::new(), gaps: $gap.into_iter().collect() }
                } else {
                    Listing::not_collected()
                }, )*
                ..Part::default()
            }
        };
    }
    kinds!(each!(audit, gap))
}

/// Adds the lists of a region to those of the account.
pub(super) fn add(whole: &mut Part, part: Part) {
    macro_rules! each {
        (($whole:ident, $part:ident) $($listing:ident: $kind:ident,)*) => {
            $( if $whole.$listing.is_collected() { $whole.$listing.merge($part.$listing); } )*
        };
    }
    kinds!(each!(whole, part));
}

/// What makes resources: where they are, and where gaps are noted.
struct Maker<'a> {
    audit: &'a Audit<'a>,
    region: &'a str,
    lists: &'a Lists,
    index: &'a Index<'a>,
    topology: &'a Topology,
}

pub(super) fn of(audit: &Audit<'_>, region: &str, lists: &Lists) -> Part {
    let topology = &convert::topology(lists);
    let index = &Index::of(lists);
    let maker = Maker { audit, region, lists, index, topology };
    let wanted = audit.wanted.any(&[
        NetworkInterface::OPEN_TO_ANYONE,
        NetworkInterface::OPEN_TO_SOME,
        Machine::OPEN_TO_ANYONE,
        Machine::OPEN_TO_SOME,
    ]);
    let interfaces =
        exposure::interfaces(lists, wanted.then_some(topology), &|gap| maker.note(gap));
    Part {
        machines: maker.machines(&interfaces),
        networks: maker.networks(),
        subnets: maker.subnets(),
        network_acls: maker.acls(),
        security_groups: maker.groups(),
        internet_blocks: maker.block(),
        transit_gateways: maker.transit_gateways(),
        vpn_connections: maker.vpns(),
        load_balancers: maker.load_balancers(),
        network_interfaces: maker.interfaces(interfaces),
        ..Part::default()
    }
}

fn tags<'a>(all: impl Iterator<Item = Tag<'a>>) -> BTreeMap<String, String> {
    let pair =
        |tag: Tag<'a>| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
    all.filter_map(pair).collect()
}

/// What people call it: by its tag, else by its id.
fn called<'a>(id: &'a str, tags: &'a BTreeMap<String, String>) -> &'a str {
    tags.get("Name").map(String::as_str).filter(|name| !name.is_empty()).unwrap_or(id)
}

impl<'a> Maker<'a> {
    fn note(&self, gap: Gap) -> GapId {
        // What was not asked at all has no place.
        let asked = !gap.action.is_empty();
        let region = gap.region.or_else(|| asked.then(|| self.region.to_owned()));
        self.audit.ask.gap(Gap { region, ..gap })
    }

    fn arn(&self, what: &str, id: &str) -> String {
        regional::id(self.audit, "ec2", self.region, &format!("{what}/{id}"))
    }

    /// Whether it belongs to this account, rather than being shared with it. What has no account for an owner may be its own.
    fn is_own(&self, owner: Option<&str>) -> bool {
        let is_account =
            |owner: &&str| owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit());
        owner.filter(is_account).is_none_or(|owner| owner == self.audit.session.account())
    }

    /// A list of resources, which lacks those that have no id.
    fn listing<S: Shape, T>(
        &self,
        read: &Read<S>,
        action: &str,
        items: impl Iterator<Item = Option<T>>,
    ) -> Listing<T> {
        let (mut found, mut nameless) = (Vec::new(), false);
        for item in items {
            match item {
                Some(item) => found.push(item),
                None => nameless = true,
            }
        }
        let wrong = || nameless.then(|| malformed(action, "", "an item of the list has no name"));
        let missing = read.missing.clone().or_else(wrong);
        Listing { items: found, gaps: missing.map(|gap| self.note(gap)).into_iter().collect() }
    }
}
