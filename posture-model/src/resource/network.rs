//! Networks, what filters their traffic, and what records it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::declared::resource;
use crate::entries::Entries;
use crate::network::PacketRule;

resource! {
    /// A private network (AWS: a VPC, Azure: a virtual network).
    Network {
        /// Whether network monitoring is enabled in its region (Azure: Network Watcher).
        [Azure] watched: bool,
        /// The subnets whose flows are not all recorded, or the network itself if it has no subnets; empty if all are
        /// recorded. On AWS the flow log records all traffic, and its delivery works.
        [Aws, Azure] unrecorded: Vec<String>,
        /// The same, counting only records that are sent to where they can be searched (Azure: traffic analytics).
        [Azure] unsearchable: Vec<String>,
        /// The subnets that no security group filters (Azure: an NSG), but those of services that do not support one.
        [Azure] unfiltered_subnets: Vec<String>,
        /// Whether a plan protects it against floods of traffic (Azure: DDoS Network Protection).
        [Azure] flood_protected: bool,
        /// The networks that it is joined with, by ID (AWS: the peerings to which its routes lead; Azure: connected
        /// peerings).
        [Aws, Azure] peers: Entries,
        /// Whether a flow log of the network itself records at least what is rejected.
        [Aws] rejects_recorded: bool,
        /// The routes to a peered network that lead to all of its addresses or more, as `10.0.0.0/16 to pcx-…`.
        [Aws] wide_peer_routes: Entries,
        /// The services of the provider that are reached through endpoints in it, by the last part of their names, such as
        /// `s3` and `ecr.api`.
        [Aws] endpoints: BTreeSet<String>,
        /// Its tags.
        [Aws, Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// An address of the internet that belongs to the account (Azure: a public IP address).
    PublicAddress {
        /// Whether anything uses it.
        [Azure] in_use: bool,
    }
}

resource! {
    /// A firewall that traffic of networks is sent through (AWS: one of Network Firewall, Azure: an Azure Firewall).
    Firewall {
        /// Whether it drops traffic from and to addresses and domains of known attackers.
        [Azure] blocks_known_threats: bool,
        /// The types of log that it sends to a destination, as `FLOW`; empty if it sends none.
        [Aws] logs: BTreeSet<String>,
        /// Whether it cannot be deleted until this protection is off.
        [Aws] deletion_protected: bool,
        /// Whether its subnets cannot be changed until this protection is off.
        [Aws] subnets_protected: bool,
        /// Its tags.
        [Aws, Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// What firewalls do with traffic (AWS: a policy of Network Firewall).
    FirewallPolicy {
        /// Number of rule groups that it uses.
        [Aws] rule_groups: u32,
        /// Whether packets that no stateless rule matches pass without inspection.
        [Aws] passes_packets: bool,
        /// Whether UDP fragments that no stateless rule matches pass without inspection.
        [Aws] passes_fragments: bool,
    }
}

resource! {
    /// Rules of a firewall that look at each packet by itself (AWS: a stateless rule group of Network Firewall).
    FirewallRuleGroup {
        /// Number of its rules.
        [Aws] rules: u32,
    }
}

resource! {
    /// The records of a domain and the names in it (AWS: a hosted zone of Route 53).
    HostedZone {
        /// Whether only networks of the customer can resolve its names.
        [Aws] private: bool,
        /// Whether queries of its names are recorded; not offered for a private one.
        [Aws] records_queries: bool,
        /// The records that lead to what does not exist, as `www.example.com to bucket shop`: S3 answers that nobody has a bucket
        /// of the name. Not offered for a private zone, as the next.
        [Aws] dead_targets: Entries,
        /// The records that lead to other resources of the provider and to public addresses, in the same form: `to` a domain name,
        /// an address, or a bucket that S3 does not report as missing.
        [Aws] targets: Entries,
    }
}

resource! {
    /// What a firewall for web applications does with requests (AWS: a web ACL of AWS WAF).
    WebAcl {
        /// Number of its rules, with the rule groups that it uses.
        [Aws] rules: u32,
        /// Whether it sends logs to a destination.
        [Aws] logs: bool,
    }
}

resource! {
    /// Rules of web ACLs that are used as one (AWS: a rule group of AWS WAF).
    WebRuleGroup {
        /// Whether metrics show how often it matches.
        [Aws] measured: bool,
    }
}

resource! {
    /// What connects a network to others by VPN (Azure: a virtual network gateway).
    VpnGateway {
        /// How its clients sign in, in the words of the provider; none if single clients cannot connect (Azure: no
        /// point-to-site configuration).
        [Azure] client_sign_in: Option<Vec<String>>,
    }
}

resource! {
    /// Rules that say which traffic may pass (AWS: a security group, Azure: a network security group).
    SecurityGroup {
        /// Whether it is attached to a subnet or interface.
        [Aws, Azure] attached: bool,
        /// Whether it is the one that a network has by default.
        [Aws] is_default: bool,
        /// Its rules in words, such as `in: tcp 22 from 0.0.0.0/0`.
        [Aws] rules: Vec<String>,
        /// Its rules with what they match, in the order in which they are asked where that decides.
        [Aws, Azure] filter: Vec<PacketRule>,
        /// What its inbound rules together allow from every address, as `tcp 22 from 0.0.0.0/0: the rule`.
        [Aws, Azure] open_to_anyone: Entries,
        /// The subnets and interfaces that it filters whose flows are not all recorded where they can be searched;
        /// empty if all are recorded. The flow log may be that of the group or that of the network.
        [Azure] unsearchable: Vec<String>,
        /// Its tags.
        [Aws, Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A recording of the traffic of something (Azure: a flow log).
    FlowLog {
        /// The type of resource whose traffic it records.
        [Azure] target: FlowLogTarget,
        /// Whether it is recording now.
        [Azure] recording: bool,
        /// Retention of its records, in days; none if they are kept forever.
        [Azure] retention_days: Option<u32>,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}

/// Whose traffic is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FlowLogTarget {
    /// That of a whole network.
    Network,
    /// That of a subnet.
    Subnet,
    /// That of one interface.
    Interface,
    /// What the rules of a security group allow or deny.
    SecurityGroup,
}
