//! Nodes: their versions, their addresses, and whose platform they show.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, Reason, Register};
use posture_model::network::Addresses;
use posture_model::provider::Provider;
use posture_model::resource::{Cluster, FactId, Node, Workload};

use super::Missing;
use super::metadata::Metadata;
use super::objects::Observed;
use crate::platform::{Cloud, Platform};
use crate::read::{Invalid, Object};

/// The facts that a list of nodes fills.
pub(crate) const OF_NODES: &[FactId] = &[
    Node::KUBELET_VERSION,
    Node::PUBLIC_ADDRESSES,
    Node::TAGS,
    Cluster::PLATFORM,
    Workload::REACHES_METADATA,
    Workload::RUNNING_IMAGES,
];

const LIST: &str = "list nodes";

/// The nodes.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    all: Vec<Node>,
    platforms: Vec<Platform>,
    /// The clouds of the nodes, and whether one of them does not show its own.
    clouds: BTreeSet<Cloud>,
    without_cloud: bool,
    /// What runs on them, such as `linux/amd64`, by their names.
    runs: BTreeMap<String, String>,
}

impl Nodes {
    pub(super) fn take(
        &mut self,
        of: &Observed<'_>,
        id: String,
        gaps: &Register,
    ) -> Result<(), Invalid> {
        let mut fields = Object::of(of.object, "")?;
        let (mut version, mut addresses) = (None, None);
        if let Some(mut status) = fields.object("status")? {
            if let Some(mut info) = status.object("nodeInfo")? {
                version = info.text("kubeletVersion")?.filter(|text| !text.is_empty());
                let mut word =
                    |field| info.text(field).map(|text| text.filter(|text| is_word(text)));
                if let (Some(os), Some(architecture)) =
                    (word("operatingSystem")?, word("architecture")?)
                {
                    self.runs.insert(of.name.clone(), format!("{os}/{architecture}"));
                }
            }
            let items = status.objects("addresses")?;
            if !items.is_empty() {
                addresses = Some(items);
            }
        }
        let machine = match fields.object("spec")? {
            Some(mut spec) => spec.text("providerID")?.filter(|id| !id.is_empty()),
            None => None,
        };
        let cloud = machine.is_some();
        match machine.and_then(Cloud::of_provider_id) {
            Some(cloud) => drop(self.clouds.insert(cloud)),
            None => self.without_cloud = true,
        }
        let malformed = |what: &str| {
            gaps.note(Gap {
                detail: Some(format!("{what} is missing")),
                ..Gap::new(LIST, of.id(), Reason::Malformed)
            })
        };
        let public = match addresses {
            None => Fact::Gap(malformed("status.addresses")),
            Some(items) => {
                let mut public = Vec::new();
                for mut item in items {
                    let address = item.text("address")?.unwrap_or_default();
                    let parsed = address.parse::<IpAddr>().ok();
                    if parsed.is_some_and(|address| Addresses::internet().has(address)) {
                        let kind = item.text("type")?.unwrap_or_default();
                        public.push(format!("{kind} {address}"));
                    }
                }
                // A node does not know an address that the network translates to its own.
                // https://kubernetes.io/docs/reference/node/node-status/#addresses
                let open = (!cloud).then(|| {
                    let detail = "no cloud provider fills the addresses of the node";
                    gaps.note(Gap::undetermined(LIST, &of.id(), detail))
                });
                Entries::new(public, open).into_fact()
            }
        };
        let version = match version {
            Some(version) => {
                self.platforms.extend(Platform::of_version(version));
                Known(version.to_owned())
            }
            None => Fact::Gap(malformed("status.nodeInfo.kubeletVersion")),
        };
        self.platforms.extend(of.labels.keys().find_map(|key| Platform::of_label(key)));
        let mut node = Node::unread_on(Provider::Kubernetes, id, of.name.as_str(), None)
            .kubelet_version(version)
            .public_addresses(public)
            .tags(Known(of.labels.clone()));
        node.source = of.source.clone().map(Box::new);
        self.all.push(node);
        Ok(())
    }

    pub(super) fn extend(&mut self, other: Self) {
        let Self { all, platforms, clouds, without_cloud, runs } = other;
        self.runs.extend(runs);
        self.all.extend(all);
        self.platforms.extend(platforms);
        self.clouds.extend(clouds);
        self.without_cloud |= without_cloud;
    }

    /// Whose platform the version or a host of the server, or a node, shows. That it is the platform of none of them takes all nodes.
    pub(super) fn platform<'h>(
        &self,
        version: Option<&str>,
        mut hosts: impl Iterator<Item = &'h str>,
        complete: bool,
    ) -> Option<Platform> {
        let of_host = hosts.find_map(Platform::of_host);
        let of_server = version.and_then(Platform::of_version).or(of_host);
        let shown = of_server.or(self.platforms.first().copied());
        shown.or((complete && !self.all.is_empty()).then_some(Platform::Other))
    }

    /// The clouds in which the nodes are.
    pub(super) fn metadata(&self, platform: Option<Platform>, complete: bool) -> Metadata {
        let mut clouds = self.clouds.clone();
        let of_platform = platform.and_then(Platform::cloud);
        clouds.extend(of_platform);
        let shown = complete && !self.all.is_empty() && !self.without_cloud;
        Metadata { clouds, open: !shown && of_platform.is_none() }
    }

    /// The platforms of the nodes, as images name them, by the names of the nodes.
    pub(super) fn platforms(&self) -> &BTreeMap<String, String> {
        &self.runs
    }

    pub(super) fn finish(self) -> Vec<Node> {
        self.all
    }
}

/// Whether a text is the name of an operating system or a processor, as Go has them.
fn is_word(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The platform as a fact.
pub(super) fn shown(
    platform: Option<Platform>,
    missing: &Missing,
    gaps: &Register,
) -> Fact<String> {
    match platform {
        Some(platform) => Known(platform.id().to_owned()),
        None => Fact::Gap(missing.of(["Node"]).first().copied().unwrap_or_else(|| {
            gaps.note(Gap::undetermined(LIST, "", "no node shows whose platform it is"))
        })),
    }
}
