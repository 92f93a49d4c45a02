//! What a source shows of one container, and the facts that follow from it.

use std::collections::BTreeMap;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Gap as Open, Known};
use posture_model::gap::{Gap, GapId, Register};
use posture_model::provider::Provider;
use posture_model::resource::{Daemon, Workload};
use posture_model::source::Source;

use crate::mounts::Mount;
pub(crate) use crate::shape::{Addresses, Many, Mode, Origin, Port, is_every};

/// What a source shows of one container.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) origin: Origin,
    pub(crate) id: String,
    pub(crate) name: String,
    /// Other names by which containers refer to it: its ID, its service.
    pub(crate) aliases: Vec<String>,
    pub(crate) source: Option<Source>,
    pub(crate) privileged: Fact<bool>,
    /// The hooks that run with every privilege in the container.
    pub(crate) hooks: Many<String>,
    pub(crate) pid: Fact<Mode>,
    pub(crate) ipc: Fact<Mode>,
    pub(crate) network: Fact<Mode>,
    pub(crate) host_uts: Fact<bool>,
    pub(crate) host_users: Fact<bool>,
    pub(crate) host_cgroups: Fact<bool>,
    /// Whether the paths of `/proc` that show or change the kernel are masked, unless an option says otherwise.
    pub(crate) masked: Fact<bool>,
    pub(crate) cap_add: Many<String>,
    pub(crate) cap_drop: Many<String>,
    pub(crate) security: Many<String>,
    /// The AppArmor profile that the engine applied; empty where it shows none.
    pub(crate) app_armor: Fact<String>,
    pub(crate) mounts: Many<Mount>,
    pub(crate) devices: Many<String>,
    pub(crate) memory_limit: Fact<bool>,
    pub(crate) cpu_limit: Fact<bool>,
    pub(crate) pids_limit: Fact<bool>,
    pub(crate) read_only: Fact<bool>,
    /// The user, with a group behind a colon; empty for that of the engine, which is root.
    pub(crate) user: Fact<String>,
    pub(crate) ports: Many<Port>,
    pub(crate) restarts: Fact<Option<u32>>,
    /// The parent cgroup; empty where none is set.
    pub(crate) cgroup_parent: Fact<String>,
    pub(crate) health_check: Fact<bool>,
    /// The settings that rely on Docker Content Trust.
    pub(crate) content_trust: Many<String>,
    /// The image by name; none where it is built, or where only its ID is known.
    pub(crate) image: Fact<Option<String>>,
    pub(crate) labels: Fact<BTreeMap<String, String>>,
}

impl Settings {
    /// A container of which nothing is known, for one reason.
    pub(crate) fn unread(origin: Origin, id: String, name: String, gap: GapId) -> Self {
        Self {
            origin,
            id,
            name,
            aliases: Vec::new(),
            source: None,
            privileged: Open(gap),
            hooks: Many::unread(gap),
            pid: Open(gap),
            ipc: Open(gap),
            network: Open(gap),
            host_uts: Open(gap),
            host_users: Open(gap),
            host_cgroups: Open(gap),
            masked: Open(gap),
            cap_add: Many::unread(gap),
            cap_drop: Many::unread(gap),
            security: Many::unread(gap),
            app_armor: Open(gap),
            mounts: Many::unread(gap),
            devices: Many::unread(gap),
            memory_limit: Open(gap),
            cpu_limit: Open(gap),
            pids_limit: Open(gap),
            read_only: Open(gap),
            user: Open(gap),
            ports: Many::unread(gap),
            restarts: Open(gap),
            cgroup_parent: Open(gap),
            health_check: Open(gap),
            content_trust: Many::unread(gap),
            image: Open(gap),
            labels: Open(gap),
        }
    }
}

/// What else decides about a container.
pub(crate) struct Beside<'b> {
    pub(crate) gaps: &'b Register,
    /// The daemon of the container, if it is the only one that was read.
    pub(crate) daemon: Option<&'b Daemon>,
    /// The addresses on which the daemon publishes ports that name none.
    pub(crate) address: Fact<Addresses>,
    /// The containers by their names.
    pub(crate) all: &'b BTreeMap<String, usize>,
    pub(crate) settings: &'b [Settings],
}

impl Beside<'_> {
    pub(crate) fn undetermined(&self, of: &Settings, detail: &str) -> GapId {
        let action = of.origin.field(crate::info::COMPOSE, crate::info::INSPECT);
        self.gaps.note(Gap::undetermined(action, &of.id, detail))
    }

    /// Whether a container is in a namespace of the host, also by way of another container.
    fn is_host(&self, of: &Settings, get: fn(&Settings) -> &Fact<Mode>) -> Fact<bool> {
        let mut at = of;
        for _ in 0..=self.settings.len() {
            match get(at) {
                Known(Mode::Host) => return Known(true),
                Known(Mode::Own | Mode::DefaultBridge | Mode::BridgeAndOthers) => {
                    return Known(false);
                }
                Open(gap) => return Open(*gap),
                Fact::NotOffered => return Fact::NotOffered,
                Known(Mode::Of(other)) => {
                    let next = self.all.get(other).and_then(|place| self.settings.get(*place));
                    let Some(next) = next else {
                        let detail = format!(
                            "it shares the namespace of container `{other}`, which was not given, or is one of several with that name"
                        );
                        return Open(self.undetermined(of, &detail));
                    };
                    at = next;
                }
            }
        }
        Open(self.undetermined(of, "containers share their namespaces in a circle"))
    }
}

fn flag(fact: &Fact<bool>, bad: bool, words: impl Into<String>) -> Fact<Entries> {
    match fact {
        Known(value) if *value == bad => Known(Entries::from(vec![words.into()])),
        Known(_) => Known(Entries::none()),
        Fact::NotOffered => Fact::NotOffered,
        Open(gap) => Open(*gap),
    }
}

pub(crate) fn entries(certain: Vec<String>, open: Option<GapId>) -> Fact<Entries> {
    Entries::new(certain, open).into_fact()
}

impl Settings {
    /// The facts of the container.
    pub(crate) fn workload(&self, beside: &Beside<'_>) -> Workload {
        let origin = self.origin;
        let mut workload =
            Workload::unread_on(Provider::Docker, self.id.as_str(), self.name.as_str(), None);
        workload.source = self.source.clone().map(Box::new);
        let of = |compose, inspect| origin.field(compose, inspect);
        let is_host = |get: fn(&Self) -> &Fact<Mode>| beside.is_host(self, get);
        let mounts = |what: fn(&Mount) -> Option<String>| {
            let found = self.mounts.items.iter().filter_map(what).collect();
            entries(found, self.mounts.open)
        };
        workload
            .privileged_containers(self.privileged_containers())
            .host_process_namespace(flag(
                &is_host(|one| &one.pid),
                true,
                of("pid: host", "HostConfig.PidMode is host"),
            ))
            .host_ipc_namespace(flag(
                &is_host(|one| &one.ipc),
                true,
                of("ipc: host", "HostConfig.IpcMode is host"),
            ))
            .host_network(flag(
                &is_host(|one| &one.network),
                true,
                of("network_mode: host", "HostConfig.NetworkMode is host"),
            ))
            .host_uts_namespace(flag(
                &self.host_uts,
                true,
                of("uts: host", "HostConfig.UTSMode is host"),
            ))
            .user_namespace_overrides(flag(
                &self.host_users,
                true,
                of("userns_mode: host", "HostConfig.UsernsMode is host"),
            ))
            .host_cgroup_namespace(flag(
                &self.host_cgroups,
                true,
                of("cgroup: host", "HostConfig.CgroupnsMode is host"),
            ))
            .unmasked_proc(self.unmasked())
            .added_capabilities(self.added())
            .undropped_capabilities(self.undropped())
            .sensitive_host_paths(mounts(Mount::sensitive))
            .runtime_sockets(mounts(Mount::socket))
            .shared_mounts(mounts(Mount::shared))
            .app_armor_overrides(self.app_armor(beside))
            .se_linux_overrides(self.se_linux())
            .seccomp_overrides(self.seccomp(beside))
            .privilege_escalation(self.escalation(beside))
            .root_containers(self.root(beside))
            .writable_root_filesystems(flag(
                &self.read_only,
                false,
                of("read_only is not true", "HostConfig.ReadonlyRootfs is false"),
            ))
            .without_memory_limit(flag(&self.memory_limit, false, "no memory limit"))
            .without_cpu_limit(flag(&self.cpu_limit, false, "no limit or share of CPU"))
            .without_pids_limit(flag(&self.pids_limit, false, "no limit of processes"))
            .privileged_ports(self.ports(Port::is_privileged))
            .unbound_ports(self.ports(|port| port.address.as_deref().is_none_or(is_every)))
            .ports_on_all_addresses(self.on_all_addresses(beside))
            .host_devices(self.unless_privileged(
                self.devices.items.clone(),
                self.devices.open,
                "a privileged container has every device of the host",
            ))
            .default_bridge(self.default_bridge())
            .restarts(self.restarts.clone())
            .cgroup_parents(self.cgroup_parent.map(|parent| {
                let set = (!parent.is_empty()).then(|| parent.clone());
                set.into_iter().collect::<Entries>()
            }))
            .without_health_check(flag(&self.health_check, false, "no health check"))
            .content_trust(entries(self.content_trust.items.clone(), self.content_trust.open))
            .images(self.images())
            .tags(self.labels.clone())
    }

    fn privileged_containers(&self) -> Fact<Entries> {
        let words = self.origin.field("privileged: true", "HostConfig.Privileged is true");
        let mut all = self.hooks.items.clone();
        let mut open = self.hooks.open;
        match &self.privileged {
            Known(true) => all.insert(0, words.to_owned()),
            Open(gap) => open = Some(*gap),
            Known(false) | Fact::NotOffered => {}
        }
        entries(all, open)
    }

    fn root(&self, beside: &Beside<'_>) -> Fact<Entries> {
        let user = match &self.user {
            Known(user) => user,
            Open(gap) => return Open(*gap),
            Fact::NotOffered => return Fact::NotOffered,
        };
        let name = user.split(':').next().unwrap_or_default();
        let entry = |words: String| Known(Entries::from(vec![words]));
        match name {
            "" => entry("no user is set".to_owned()),
            "root" => entry("the user is root".to_owned()),
            _ => match name.parse::<u64>() {
                Ok(0) => entry("the user is 0".to_owned()),
                Ok(_) => Known(Entries::none()),
                Err(_) => Open(beside.undetermined(
                    self,
                    "the user is a name, which may have the ID 0 in the image: set the number",
                )),
            },
        }
    }

    fn ports(&self, which: fn(&Port) -> bool) -> Fact<Entries> {
        let found = self.ports.items.iter().filter(|port| which(port)).map(Port::words);
        entries(found.collect(), self.ports.open)
    }

    fn on_all_addresses(&self, beside: &Beside<'_>) -> Fact<Entries> {
        let mut all = Vec::new();
        let mut named = Vec::new();
        let mut open = self.ports.open;
        let unread = open.is_some();
        let unnamed = self.unnamed(beside);
        for port in &self.ports.items {
            let every = match &port.address {
                Some(address) => Ok(is_every(address)),
                None => unnamed,
            };
            match every {
                Ok(true) => all.push(port.words()),
                Ok(false) => {}
                Err(why) => {
                    open = open.or(Some(beside.undetermined(self, why)));
                    named.push(port.words());
                }
            }
        }
        let named = if unread { Vec::new() } else { named };
        Entries::new(all, open).naming(named).into_fact()
    }

    /// Whether ports that name no address are published on all, or why that is not known. `ip` of the daemon is the address of the
    /// default bridge alone ([source](https://docs.docker.com/engine/network/port-publishing/), read on 2026-12-01).
    fn unnamed(&self, beside: &Beside<'_>) -> Result<bool, &'static str> {
        let Known(addresses) = &beside.address else {
            return Err(
                "a port names no address, and the daemon, whose `ip` decides on the default bridge and whose `default-network-opts` on \
                 other networks, is not known: add its `daemon.json` and its flags",
            );
        };
        match &self.network {
            Known(Mode::DefaultBridge) => Ok(is_every(&addresses.bridge)),
            Known(Mode::BridgeAndOthers) if is_every(&addresses.bridge) => Ok(true),
            Known(Mode::BridgeAndOthers) => {
                Err("a port names no address, and which of the networks publishes it is not known")
            }
            Known(_) if addresses.networks_have_all => Ok(true),
            Known(_) => {
                Err("a port names no address, and that of its network is not known: name one")
            }
            Open(_) | Fact::NotOffered => {
                Err("a port names no address, and the network, which decides, is not known")
            }
        }
    }

    fn default_bridge(&self) -> Fact<Entries> {
        self.network.map(|mode| {
            let words = self.origin.field("network_mode: bridge", "the network bridge");
            let is_on_bridge = matches!(mode, Mode::DefaultBridge | Mode::BridgeAndOthers);
            let found = is_on_bridge.then_some(words);
            found.into_iter().collect::<Entries>()
        })
    }

    fn images(&self) -> Fact<Entries> {
        self.image.map(|image| {
            let named = image.as_ref().map(|image| format!("{}: {image}", self.name));
            named.into_iter().collect::<Entries>()
        })
    }
}
