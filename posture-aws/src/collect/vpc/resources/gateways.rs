//! What joins a region's networks to others and to clients: transit gateways, VPNs and load balancers.

use std::collections::BTreeSet;

use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::{LoadBalancer, TransitGateway, VpnConnection};

use super::super::actions::*;
use super::super::answers::*;
use super::super::balancers::Place;
use super::super::balancers::actions::BALANCERS;
use super::super::balancers::answers::{DescribeClassicLoadBalancers, DescribeLoadBalancers};
use super::super::convert::malformed;
use super::{Maker, called, tags};
use crate::collect::regional;

impl Maker<'_> {
    pub(super) fn transit_gateways(&self) -> Listing<TransitGateway> {
        let gateway = |listed: ListedTransitGateway<'_>| {
            let id = listed.id()?;
            let tags = tags(listed.tags());
            let accepts = match listed.options().and_then(TransitOptions::accepts) {
                Some(Switch::Enable) => Known(true),
                Some(Switch::Disable) => Known(false),
                Some(Switch::Other) | None => {
                    let gap = malformed(
                        TRANSIT_GATEWAYS.name,
                        id,
                        "the response contains an unknown value",
                    );
                    Fact::Gap(self.note(gap))
                }
            };
            Some(
                TransitGateway::unread_on(
                    Provider::Aws,
                    self.arn("transit-gateway", id),
                    called(id, &tags),
                    Some(self.region),
                )
                .accepts_automatically(accepts)
                .tags(Known(tags)),
            )
        };
        let all = self.lists.transit_gateways.pages().flat_map(DescribeTransitGateways::gateways);
        let own = all.filter(|one| self.is_own(one.owner()) && one.state() != Some("deleted"));
        self.listing(&self.lists.transit_gateways, TRANSIT_GATEWAYS.name, own.map(gateway))
    }

    pub(super) fn load_balancers(&self) -> Listing<LoadBalancer> {
        let place =
            Place { region: self.region, behind: &self.lists.behind, note: &|gap| self.note(gap) };
        let listed = &self.lists.balancers;
        let all = listed.balancers.pages().flat_map(DescribeLoadBalancers::balancers);
        let all = all.map(|one| place.balancer(one));
        let mut all = self.listing(&listed.balancers, BALANCERS.name, all);
        let classic = listed.classic.pages().flat_map(DescribeClassicLoadBalancers::balancers);
        let arn = |name: &str| {
            let what = format!("loadbalancer/{name}");
            regional::id(self.audit, "elasticloadbalancing", self.region, &what)
        };
        let classic = classic.map(|one| place.classic(one, arn));
        all.merge(self.listing(&listed.classic, BALANCERS.name, classic));
        all
    }

    pub(super) fn vpns(&self) -> Listing<VpnConnection> {
        let sites = self.lists.vpns.pages().flat_map(DescribeVpnConnections::vpns);
        let sites = sites.filter(|vpn| vpn.state() != Some("deleted")).map(|vpn| self.site(vpn));
        let mut all = self.listing(&self.lists.vpns, VPNS.name, sites);
        let clients =
            self.lists.client_vpns.pages().flat_map(DescribeClientVpnEndpoints::endpoints);
        let gone = |one: &ListedClientVpn<'_>| {
            one.status().and_then(ClientVpnStatus::code) == Some("deleted")
        };
        let clients = clients.filter(|one| !gone(one)).map(|one| self.clients(one));
        all.merge(self.listing(&self.lists.client_vpns, CLIENT_VPNS.name, clients));
        all
    }

    fn site(&self, vpn: ListedVpn<'_>) -> Option<VpnConnection> {
        let id = vpn.id()?;
        let tags = tags(vpn.tags());
        let wrong = |detail: &str| Fact::Gap(self.note(Gap::undetermined(VPNS.name, id, detail)));
        let mut down = BTreeSet::new();
        let mut unknown = false;
        for tunnel in vpn.telemetry() {
            match tunnel.status() {
                Some(TunnelStatus::Up) => {}
                Some(TunnelStatus::Down) => {
                    down.insert(tunnel.address().unwrap_or("?").to_owned());
                }
                Some(TunnelStatus::Other) | None => unknown = true,
            }
        }
        // AWS makes two for each connection.
        let few = vpn.telemetry().count() < 2;
        let down = match down.is_empty() {
            true if unknown || few => wrong("the state of its tunnels is not known"),
            _ => Known(down),
        };
        let tunnels: Vec<TunnelOption<'_>> =
            vpn.options().into_iter().flat_map(VpnOptions::tunnels).collect();
        let logs = |tunnel: &TunnelOption<'_>| {
            tunnel.logs().and_then(TunnelLogs::cloud_watch).and_then(CloudWatchLogs::enabled)
                == Some(true)
        };
        let unlogged: BTreeSet<String> = tunnels
            .iter()
            .filter(|tunnel| !logs(tunnel))
            .map(|tunnel| tunnel.address().unwrap_or("?").to_owned())
            .collect();
        let unlogged = match unlogged.is_empty() {
            true if tunnels.len() < 2 => wrong("the options of its tunnels are not known"),
            _ => Known(unlogged),
        };
        Some(
            VpnConnection::unread_on(
                Provider::Aws,
                self.arn("vpn-connection", id),
                called(id, &tags),
                Some(self.region),
            )
            .for_clients(Known(false))
            .tunnels_down(down)
            .unlogged(unlogged)
            .tags(Known(tags)),
        )
    }

    fn clients(&self, endpoint: ListedClientVpn<'_>) -> Option<VpnConnection> {
        let id = endpoint.id()?;
        let tags = tags(endpoint.tags());
        let lacks = || {
            Fact::Gap(self.note(malformed(CLIENT_VPNS.name, id, "the response lacks `Enabled`")))
        };
        let unlogged = match endpoint.logs().and_then(ConnectionLogs::enabled) {
            Some(true) => Known(BTreeSet::new()),
            Some(false) => Known(BTreeSet::from([id.to_owned()])),
            None => lacks(),
        };
        let arn = self.arn("client-vpn-endpoint", id);
        Some(
            VpnConnection::unread_on(Provider::Aws, arn, called(id, &tags), Some(self.region))
                .for_clients(Known(true))
                .tunnels_down(Known(BTreeSet::new()))
                .unlogged(unlogged)
                .tags(Known(tags)),
        )
    }
}
