//! What the internet may reach, and what decides whether it does.

use std::collections::{BTreeMap, BTreeSet};

use super::declared::resource;
use crate::entries::Entries;
use crate::network::{PacketRule, PrivateRoute};

resource! {
    /// A network interface.
    NetworkInterface {
        /// Its public addresses; empty if it has none.
        [Aws, Azure] addresses: Vec<String>,
        /// The machine that it is attached to, by ID; none if it is not attached to one.
        [Aws, Azure] machine: Option<String>,
        /// What a wide part of the internet or all of it reaches: protocol and ports, sources, and the path step by step, as
        /// `tcp 22 from 0.0.0.0/0: address … → …`. What is reached through a global accelerator, an edge location or a peered network is
        /// not part of it.
        [Aws, Azure] open_to_anyone: Entries,
        /// The same for what only a narrow part of the internet reaches, such as the addresses of an office.
        [Aws, Azure] open_to_some: Entries,
        /// Its private addresses; empty if it is not attached.
        [Aws, Azure] private_addresses: Vec<String>,
        /// The network that it is in, by ID.
        [Aws, Azure] network: String,
        /// The subnet that it is in, by ID.
        [Aws, Azure] subnet: String,
        /// The groups by which rules name it, by ID (AWS: security groups, Azure: application security groups).
        [Aws, Azure] groups: Vec<String>,
        /// What filters its traffic, by ID (AWS: the network ACL of its subnet and its security groups, Azure: the network
        /// security group of its subnet and its own).
        [Aws, Azure] filters: Vec<String>,
        /// The routes of its subnet; of equal destinations the first counts.
        [Aws, Azure] routes: Vec<PrivateRoute>,
        /// Its tags.
        [Aws, Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A virtual machine (AWS: an EC2 instance).
    Machine {
        /// Its public addresses; empty if it has none.
        [Aws, Azure] addresses: Vec<String>,
        /// What a wide part of the internet or all of it reaches by any of its interfaces, in the form of the interface's fact.
        [Aws, Azure] open_to_anyone: Entries,
        /// The same for what only a narrow part of the internet reaches.
        [Aws, Azure] open_to_some: Entries,
        /// What it acts as: ARNs of instance profiles, IDs of the principals of managed identities. Empty if it has no
        /// permissions of its own.
        [Aws, Azure] identities: Vec<String>,
        /// The privileged administrator roles that its identities hold over the whole account, directly, through groups or
        /// inherited, as `Owner on /subscriptions/…`. What they hold in other accounts does not show.
        [Azure] administers: Entries,
        /// Its tags.
        [Aws, Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A subnet of a network.
    Subnet {
        /// Whether machines in it get public addresses without asking for them.
        [Aws] automatic_addresses: bool,
        /// Its tags.
        [Aws] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// Numbered rules that filter the traffic of subnets in each direction (AWS: a network ACL).
    NetworkAcl {
        /// Whether it is the one that a network has by default.
        [Aws] is_default: bool,
        /// Whether it filters a subnet.
        [Aws] attached: bool,
        /// What its inbound rules together allow from every address, as `tcp 22 from 0.0.0.0/0: rule 100`.
        [Aws] open_to_anyone: Entries,
        /// Its rules in the order in which they are asked.
        [Aws] filter: Vec<PacketRule>,
        /// Its tags.
        [Aws] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// What blocks traffic between the networks of a region and the internet, whatever else allows it (AWS: VPC Block Public
    /// Access).
    InternetBlock {
        /// Whether traffic from the internet is blocked.
        [Aws] blocks_ingress: bool,
        /// The networks and subnets that are excluded from it.
        [Aws] excluded: BTreeSet<String>,
    }
}

resource! {
    /// A hub that connects networks (AWS: a transit gateway).
    TransitGateway {
        /// Whether it accepts attachments of other accounts without approval.
        [Aws] accepts_automatically: bool,
        /// Its tags.
        [Aws] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A VPN that ends in the cloud (AWS: a Site-to-Site VPN connection, or a Client VPN endpoint).
    VpnConnection {
        /// Whether single clients connect to it, rather than a site.
        [Aws] for_clients: bool,
        /// The tunnels of a site that are down; empty if all are up, and for clients.
        [Aws] tunnels_down: BTreeSet<String>,
        /// The tunnels whose activity is not logged, or the endpoint if the connections of its clients are not.
        [Aws] unlogged: BTreeSet<String>,
        /// Its tags.
        [Aws] tags: BTreeMap<String, String>,
    }
}
