//! The metadata services of clouds, which give out the credentials of a node.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use posture_model::dated::Dated;
use posture_model::fact::{Fact, Known};
use posture_model::network::{Addresses, Service, Traffic};
use posture_model::tri::Tri;

use super::isolation::fact;
use super::{Origin, View};
use crate::network::{Cluster, Pod};
use crate::platform::Cloud;

/// The address of the metadata service of AWS, Azure, Google Cloud and most others.
const COMMON: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));

/// Addresses of one cloud only: the metadata service of AWS by IPv6, and the service of Azure that configures its machines.
static OWN: Dated<(Cloud, IpAddr)> = Dated::new(
    &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
        "https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16",
    ],
    "2026-12-01",
    &[
        (Cloud::Aws, IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254))),
        (Cloud::Azure, IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16))),
    ],
);

/// TCP, and the port of these services.
const HTTP: Service = Service::port(6, 80);

/// The clouds in which the nodes may be.
#[derive(Clone, Debug, Default)]
pub(super) struct Metadata {
    /// Those that the nodes show.
    pub(super) clouds: BTreeSet<Cloud>,
    /// Whether there may be others.
    pub(super) open: bool,
}

impl Metadata {
    /// Whether pods reach such a service, as far as network policies decide it.
    pub(super) fn reached(
        &self,
        cluster: &Cluster,
        pods: &[&Pod],
        target: &str,
        view: &View<'_>,
    ) -> Fact<bool> {
        let reaches = |address: IpAddr| {
            let traffic = Traffic::of(HTTP, &Addresses::one(address));
            Tri::any(pods.iter().map(|pod| match cluster.to_outside(pod).any_of(&traffic) {
                Tri::Yes => Tri::Yes,
                Tri::No => Tri::No,
                Tri::Unknown(why) => Tri::Unknown(why.clone()),
            }))
        };
        let own = OWN.iter().filter(|(cloud, _)| self.clouds.contains(cloud));
        let certain =
            Tri::any(std::iter::once(COMMON).chain(own.map(|(_, address)| *address)).map(&reaches));
        let answer = fact(certain, target, view);
        let others = OWN.iter().filter(|(cloud, _)| self.open && !self.clouds.contains(cloud));
        let mut others = others.filter(|(_, address)| !matches!(reaches(*address), Tri::No));
        match (&answer, others.next()) {
            (Known(false), Some((cloud, address))) => {
                let what = match view.origin {
                    Origin::Manifests => "manifests do not show in which cloud the nodes are",
                    Origin::Cluster => "the nodes do not show in which cloud they are",
                };
                let detail = format!(
                    "{address} is not blocked, where {} has such a service, and {what}",
                    cloud.name()
                );
                Fact::Gap(view.undetermined(target, &detail))
            }
            _ => answer,
        }
    }
}
