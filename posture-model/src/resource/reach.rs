//! What the internet may reach, and what decides whether it does.

use std::collections::BTreeMap;

use super::declared::resource;
use crate::entries::Entries;

resource! {
    /// A network interface.
    NetworkInterface {
        /// Its public addresses; empty if it has none.
        [Azure] addresses: Vec<String>,
        /// The machine that it is attached to, by ID; none if it is not attached to one.
        [Azure] machine: Option<String>,
        /// What a wide part of the internet or all of it reaches: protocol and ports, sources, and the path step by step, as
        /// `tcp 22 from 0.0.0.0/0: address … → …`. What is reached through a global accelerator, an edge location or a peered network is
        /// not part of it.
        [Azure] open_to_anyone: Entries,
        /// The same for what only a narrow part of the internet reaches, such as the addresses of an office.
        [Azure] open_to_some: Entries,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A virtual machine (AWS: an EC2 instance).
    Machine {
        /// Its public addresses; empty if it has none.
        [Azure] addresses: Vec<String>,
        /// What a wide part of the internet or all of it reaches by any of its interfaces, in the form of the interface's fact.
        [Azure] open_to_anyone: Entries,
        /// The same for what only a narrow part of the internet reaches.
        [Azure] open_to_some: Entries,
        /// What it acts as: ARNs of instance profiles, IDs of the principals of managed identities. Empty if it has no permissions of
        /// its own.
        [Azure] identities: Vec<String>,
        /// The privileged administrator roles that its identities hold over the whole account, directly, through groups or
        /// inherited, as `Owner on /subscriptions/…`. What they hold in other accounts does not show.
        [Azure] administers: Entries,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}
