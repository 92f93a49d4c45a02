//! What is between networks and the internet: public addresses, gateways, bastions, perimeters, plans against floods.

use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, Reason};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Account, Firewall, Kind, PublicAddress, VpnGateway};
use serde_json::Value;

use super::body::{Body, Misfit, Read, View, name_of, same, senseless, word};
use super::context::Subscription;
use super::reach::{FIREWALLS, FIREWALLS_TYPE};
use super::storage;
use super::sweep::Rows;
use super::tiers::{ADDRESSES, ADDRESSES_TYPE, GATEWAYS, GATEWAYS_TYPE};
use crate::entry::{Action, ROW};

pub(crate) const BASTIONS: Action = Action {
    name: "Microsoft.Network/bastionHosts/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::BASTIONS],
    command: "az resource list --resource-type Microsoft.Network/bastionHosts",
};

pub(crate) const PERIMETERS: Action = Action {
    name: "Microsoft.Network/networkSecurityPerimeters/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::SERVICE_PERIMETERS],
    command: "az resource list --resource-type Microsoft.Network/networkSecurityPerimeters",
};

pub(crate) const POLICIES: Action = Action {
    name: "Microsoft.Network/firewallPolicies/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Firewall::BLOCKS_KNOWN_THREATS],
    command: "az resource list --resource-type Microsoft.Network/firewallPolicies",
};

pub(crate) const POLICIES_TYPE: &str = "microsoft.network/firewallpolicies";
pub(crate) const BASTIONS_TYPE: &str = "microsoft.network/bastionhosts";
pub(crate) const PERIMETERS_TYPE: &str = "microsoft.network/networksecurityperimeters";

/// The subnets of services of Azure that do not support a network security group.
static WITHOUT_GROUP: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings",
        "https://learn.microsoft.com/azure/firewall/firewall-faq",
        "https://learn.microsoft.com/azure/route-server/route-server-faq",
    ],
    "2026-11-30",
    &["AzureFirewallManagementSubnet", "AzureFirewallSubnet", "GatewaySubnet", "RouteServerSubnet"],
);

/// Reads what is wanted of it.
pub(crate) fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    let mut part = Part::default();
    if audit.wanted.kind(Kind::PublicAddress) {
        part.public_addresses = listing(audit, rows, ADDRESSES_TYPE, &ADDRESSES, address);
    }
    if audit.wanted.kind(Kind::Firewall) {
        let policies = audit.rows(rows, POLICIES_TYPE, POLICIES.name);
        let firewall = |audit: &Subscription<'_>, row: &Value| firewall(audit, row, &policies);
        part.firewalls = listing(audit, rows, FIREWALLS_TYPE, &FIREWALLS, firewall);
    }
    if audit.wanted.kind(Kind::VpnGateway) {
        part.vpn_gateways = listing(audit, rows, GATEWAYS_TYPE, &GATEWAYS, gateway);
    }
    if audit.wanted.fact(Account::BASTIONS) {
        part.account.bastions = working(audit, rows, BASTIONS_TYPE, &BASTIONS);
    }
    if audit.wanted.fact(Account::SERVICE_PERIMETERS) {
        part.account.service_perimeters = working(audit, rows, PERIMETERS_TYPE, &PERIMETERS);
    }
    part
}

fn listing<T>(
    audit: &Subscription<'_>,
    rows: &Result<Rows, Gap>,
    kind: &str,
    action: &'static Action,
    read: impl Fn(&Subscription<'_>, &Value) -> T,
) -> Listing<T> {
    match audit.rows(rows, kind, action.name) {
        Err(gap) => Listing::unread(audit.ask.gap(gap)),
        Ok(rows) => Listing::complete(rows.iter().map(|row| read(audit, row)).collect()),
    }
}

/// The names of the resources of a type that exist: not those that were never made, or are being deleted. One that is there
/// settles it, whatever could not be read of others.
fn working(
    audit: &Subscription<'_>,
    rows: &Result<Rows, Gap>,
    kind: &str,
    action: &'static Action,
) -> Fact<Vec<String>> {
    let rows = match audit.rows(rows, kind, action.name) {
        Ok(rows) => rows,
        Err(gap) => return audit.ask.unknown(gap),
    };
    let (mut names, mut gap) = (Vec::new(), None);
    for row in &rows {
        let id = word(row, "id").unwrap_or_default();
        let body = Body { ask: audit.ask, action: action.name, id, value: row };
        match body.need("properties.provisioningState", View::text) {
            Known(state) if ["Succeeded", "Updating"].iter().any(|on| same(state, on)) => {
                names.push(name_of(row).to_owned());
            }
            Known(state)
                if ["Creating", "Deleting", "Failed"].iter().any(|off| same(state, off)) => {}
            Known(other) => gap = gap.or(body.unsupported::<()>(other).gap()),
            Fact::Gap(unknown) => gap = gap.or(Some(unknown)),
            Fact::NotOffered => {}
        }
    }
    names.sort_unstable();
    match gap {
        Some(gap) if names.is_empty() => Fact::Gap(gap),
        _ => Known(names),
    }
}

fn address(audit: &Subscription<'_>, row: &Value) -> PublicAddress {
    let id = word(row, "id").unwrap_or_default();
    let address =
        PublicAddress::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
    let body = Body { ask: audit.ask, action: ADDRESSES.name, id, value: row };
    if !body.is_resource() {
        return audit.all_unknown(address, senseless(ADDRESSES.name, id));
    }
    address.in_use(body.fact(in_use(body.view())))
}

/// Whether an interface, a front end or a NAT gateway has the
/// [address](https://learn.microsoft.com/en-us/rest/api/virtualnetwork/public-ip-addresses/get#publicipaddress).
fn in_use(address: View<'_>) -> Read<bool> {
    let user = |path: &str| Ok(address.text(path)?.is_some_and(|id| !id.is_empty()));
    // One that is being moved to another SKU is of use to the other.
    Ok(user("properties.ipConfiguration.id")?
        | user("properties.natGateway.id")?
        | user("properties.linkedPublicIPAddress.id")?
        | user("properties.servicePublicIPAddress.id")?)
}

fn gateway(audit: &Subscription<'_>, row: &Value) -> VpnGateway {
    let id = word(row, "id").unwrap_or_default();
    let gateway = VpnGateway::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
    let body = Body { ask: audit.ask, action: GATEWAYS.name, id, value: row };
    if !body.is_resource() {
        return audit.all_unknown(gateway, senseless(GATEWAYS.name, id));
    }
    gateway.client_sign_in(body.fact(client_sign_in(body.view())))
}

fn firewall(audit: &Subscription<'_>, row: &Value, policies: &Result<Vec<Value>, Gap>) -> Firewall {
    let id = word(row, "id").unwrap_or_default();
    let firewall = Firewall::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
    let body = Body { ask: audit.ask, action: FIREWALLS.name, id, value: row };
    if !body.is_resource() {
        return audit.all_unknown(firewall, senseless(FIREWALLS.name, id));
    }
    let firewall = firewall.tags(storage::wanted_tags(audit, Firewall::TAGS, &body));
    if !audit.wanted.fact(Firewall::BLOCKS_KNOWN_THREATS) {
        return firewall;
    }
    let blocks = body.text("properties.firewallPolicy.id").and_then(|policy| match policy {
        // Without a policy, the firewall says it itself.
        None => blocks(&body),
        Some(policy) => by_policy(audit, policy, policies),
    });
    firewall.blocks_known_threats(blocks)
}

/// Whether what [threat intelligence](https://learn.microsoft.com/en-us/azure/firewall/threat-intel) knows is dropped, and not
/// only recorded. What an absent mode means is not documented.
fn blocks(body: &Body<'_>) -> Fact<bool> {
    body.need("properties.threatIntelMode", View::text).and_then(|mode| match *mode {
        mode if same(mode, "Deny") => Known(true),
        mode if same(mode, "Alert") || same(mode, "Off") => Known(false),
        other => body.unsupported(other),
    })
}

/// The same of a policy. One that inherits from another has at least the mode of that one.
fn by_policy(audit: &Subscription<'_>, id: &str, policies: &Result<Vec<Value>, Gap>) -> Fact<bool> {
    /// Policies inherit from one that inherits from none.
    const DEEPEST: usize = 4;
    let policies = match policies {
        Ok(policies) => policies,
        Err(gap) => return audit.ask.unknown(gap.clone()),
    };
    let (mut id, mut answer) = (id.to_owned(), Known(false));
    for _ in 0..DEEPEST {
        let own = policies.iter().find(|row| word(row, "id").is_some_and(|it| same(it, &id)));
        let Some(own) = own else {
            let mut gap = Gap::new(POLICIES.name, &id, Reason::OutsideScope);
            gap.detail = Some("the policy is not in this subscription".to_owned());
            return answer | audit.ask.unknown(gap);
        };
        let body = Body { ask: audit.ask, action: POLICIES.name, id: &id, value: own };
        answer = answer | blocks(&body);
        match body.text("properties.basePolicy.id") {
            Known(Some(base)) if answer != Known(true) => id = base.to_owned(),
            Known(_) => return answer,
            Fact::Gap(gap) => return answer | Fact::Gap(gap),
            Fact::NotOffered => return answer,
        }
    }
    let mut gap = Gap::new(POLICIES.name, &id, Reason::Undetermined);
    gap.detail = Some("policies inherit from each other in a circle".to_owned());
    answer | audit.ask.unknown(gap)
}

/// How the clients of a [point-to-site](https://learn.microsoft.com/en-us/azure/vpn-gateway/point-to-site-about)
/// configuration sign in. There is one where clients get addresses; one without a way to sign in does not fit.
fn client_sign_in(gateway: View<'_>) -> Read<Option<Vec<String>>> {
    const TYPES: &str = "properties.vpnClientConfiguration.vpnAuthenticationTypes";
    const POOL: &str = "properties.vpnClientConfiguration.vpnClientAddressPool.addressPrefixes";
    let types = gateway.texts(TYPES)?;
    match (types.is_empty(), gateway.texts(POOL)?.is_empty()) {
        (false, _) => {
            let mut types: Vec<String> = types.into_iter().map(str::to_owned).collect();
            types.sort_unstable();
            Ok(Some(types))
        }
        (true, true) => Ok(None),
        (true, false) => Err(Misfit(TYPES.to_owned())),
    }
}

/// The subnets of a network without a network security group.
pub(super) fn unfiltered_subnets(network: &Body<'_>) -> Fact<Vec<String>> {
    let subnets = |network: View<'_>| -> Read<Vec<String>> {
        let mut names = Vec::new();
        for subnet in network.items("properties.subnets")? {
            let name = subnet.need("name", View::text)?;
            // What a subnet is like is in its properties, which it always has.
            subnet.need("properties", View::object)?;
            let group = subnet.text("properties.networkSecurityGroup.id")?;
            let needs_none = WITHOUT_GROUP.iter().any(|own| same(own, name));
            if group.is_none_or(str::is_empty) && !needs_none {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    };
    network.fact(subnets(network.view()))
}

/// The networks that a network is joined with: those of its connected
/// [peerings](https://learn.microsoft.com/en-us/azure/virtual-network/virtual-network-peering-overview).
pub(super) fn peers(network: &Body<'_>) -> Fact<Entries> {
    let peers = |network: View<'_>| -> Read<Vec<String>> {
        let mut ids = Vec::new();
        for peering in network.items("properties.virtualNetworkPeerings")? {
            if same(peering.need("properties.peeringState", View::text)?, "Connected") {
                let id = peering.need("properties.remoteVirtualNetwork.id", View::text)?;
                ids.push(id.to_owned());
            }
        }
        ids.sort_unstable();
        Ok(ids)
    };
    network.fact(peers(network.view())).map(|peers| Entries::from(peers.clone()))
}

/// Whether [DDoS Network Protection](https://learn.microsoft.com/en-us/azure/ddos-protection/ddos-protection-overview)
/// covers a network: it is on, and there is a plan. Absent it is off.
pub(super) fn flood_protected(network: &Body<'_>) -> Fact<bool> {
    let plan = network.text("properties.ddosProtectionPlan.id");
    network.flag("properties.enableDdosProtection").map(|on| on.unwrap_or(false))
        & plan.map(|plan| plan.is_some_and(|id| !id.is_empty()))
}

#[cfg(test)]
mod tests;
