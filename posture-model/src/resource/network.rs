//! Networks, what filters their traffic, and what records it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::declared::resource;

resource! {
    /// A private network (Azure: a virtual network).
    Network {
        /// Whether the provider's tools that examine networks and record their traffic are on in its region (Azure: a
        /// network watcher).
        [Azure] watched: bool,
        /// The subnets of which not every flow is recorded, or the network itself where it has none; empty where all
        /// is recorded.
        [Azure] unrecorded: Vec<String>,
        /// The same, where only those records count that go where they can be searched (Azure: traffic analytics).
        [Azure] unsearchable: Vec<String>,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// Rules that say which traffic may pass (Azure: a network security group).
    SecurityGroup {
        /// Whether it filters the traffic of anything.
        [Azure] attached: bool,
        /// The subnets and interfaces that it filters of which not every flow is recorded where it can be searched;
        /// empty where all is recorded. It may be recorded by the group or by the network.
        [Azure] unsearchable: Vec<String>,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A recording of the traffic of something (Azure: a flow log).
    FlowLog {
        /// Whose traffic it records.
        [Azure] target: FlowLogTarget,
        /// Whether it is recording now.
        [Azure] recording: bool,
        /// For how many days its records are kept; none for ever.
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
    /// What passes or is refused by the rules of a security group.
    SecurityGroup,
}
