//! A daemon, as `docker info`, `daemon.json` and the flags of `dockerd` show it.

mod config;
mod flags;
mod keys;
mod output;
#[cfg(test)]
mod tests;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Gap as Open, Known};
use posture_model::gap::{Gap, GapId, Register};
use posture_model::provider::Provider;
use posture_model::resource::{Daemon, Resource};
use posture_model::source::Source;
use serde_json::Value;

use crate::info::DAEMON_JSON;
use crate::shape::Addresses;

pub(crate) use config::{Config, is_config, read as read_config};
pub(crate) use flags::{Flags, read as read_flags};
pub(crate) use output::{Output, is_info, read as read_info};

/// What was read of one daemon.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) info: Option<Output>,
    pub(crate) config: Option<Config>,
    pub(crate) flags: Option<Flags>,
    /// Why a configuration that was given is not known: it has mistakes.
    pub(crate) invalid: Option<GapId>,
}

/// A daemon, and the addresses on which it publishes ports that name none.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) daemon: Daemon,
    pub(crate) address: Fact<Addresses>,
}

impl Seen {
    /// The facts. What the running daemon shows outweighs its configuration, which may have changed since it started.
    pub(crate) fn judge(&self, gaps: &Register) -> Judged {
        let name = self.info.as_ref().map_or("", |info| info.name.as_str());
        let name = if name.is_empty() { "daemon" } else { name };
        let id = format!("daemon/{name}");
        let options = Options { seen: self, gaps, id: &id };
        let mut daemon = options.daemon(name);
        if let Some(info) = &self.info {
            let shown = info.daemon(&id, gaps);
            for fact in Daemon::FACTS {
                let is_known =
                    shown.show(fact.name).is_some_and(|value| value.get("known").is_some());
                let is_open = daemon.gap(fact.name).is_some();
                let has_reason =
                    shown.gap(fact.name).is_some_and(|gap| gap != GapId::NOT_COLLECTED);
                if let Some(value) = shown.show(fact.name)
                    && is_known
                {
                    // What it shows was just a fact of the same name.
                    let known = value.get("known").cloned().unwrap_or(Value::Null);
                    let _ = daemon.set(fact.name, known);
                } else if is_open
                    && has_reason
                    && self.config.is_none()
                    && let Some(gap) = shown.gap(fact.name)
                {
                    daemon.hide(fact.name, gap);
                }
            }
        }
        let config = self.config.as_ref();
        daemon.source =
            config.map(|config| Box::new(Source { file: config.file.clone(), line: 1 }));
        Judged { daemon, address: options.address() }
    }
}

/// The options of a daemon, from its configuration and its flags.
struct Options<'o> {
    seen: &'o Seen,
    gaps: &'o Register,
    id: &'o str,
}

impl Options<'_> {
    /// The value of an option; `Null` where it is not set. `dockerd` does not start where file and flags set the same one.
    fn value(&self, key: &'static str) -> Fact<Value> {
        if let Some(gap) = self.seen.invalid {
            return Open(gap);
        }
        let file = self.seen.config.as_ref().and_then(|config| config.values.get(key));
        let flag = self.seen.flags.as_ref().and_then(|flags| flags.values.get(key));
        if let Some(value) = file.or(flag) {
            return Known(value.clone());
        }
        let detail = match (&self.seen.config, &self.seen.flags) {
            (Some(_), Some(_)) => return Known(Value::Null),
            // It has no flag.
            (Some(_), None) if key == "content-trust" => return Known(Value::Null),
            (Some(_), None) => format!(
                "`{key}` is not in daemon.json, and a flag of dockerd may set it: give its flags with `--dockerd-flags`, or '' \
                 if it has none"
            ),
            (None, Some(_)) => {
                format!("`{key}` is not among the flags, and no daemon.json was given")
            }
            (None, None) => {
                format!("`docker info` does not show `{key}`, and no daemon.json was given")
            }
        };
        Open(self.gaps.note(Gap::undetermined(DAEMON_JSON, self.id, &detail)))
    }

    fn boolean(&self, key: &'static str, default: bool) -> Fact<bool> {
        self.value(key).map(|value| value.as_bool().unwrap_or(default))
    }

    fn text(&self, key: &'static str, default: &str) -> Fact<String> {
        let text =
            |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        self.value(key).map(|value| text(value).unwrap_or_else(|| default.to_owned()))
    }

    fn texts(&self, key: &'static str) -> Fact<Vec<String>> {
        self.value(key).map(|value| crate::json::texts(value).unwrap_or_default())
    }

    /// What an option is set to, as an entry.
    fn entry(&self, key: &'static str) -> Fact<Entries> {
        self.text(key, "").map(|text| {
            let set = (!text.is_empty()).then(|| format!("{key} is {text}"));
            set.into_iter().collect::<Entries>()
        })
    }

    /// `ip` is for the default bridge. `default-network-opts` may set an address for networks, which those that were created before do
    /// not have.
    fn address(&self) -> Fact<Addresses> {
        let options = self.value("default-network-opts");
        self.text("ip", "").and_then(|bridge| {
            options.map(|options| {
                let networks_have_all = !options.to_string().contains("host_binding_ipv4");
                Addresses { bridge: bridge.clone(), networks_have_all }
            })
        })
    }

    /// What the configuration decides. [Defaults](https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file), read on
    /// 2026-12-01.
    fn daemon(&self, name: &str) -> Daemon {
        let set = |key, words: &str| {
            self.value(key).map(|value| {
                let is_set = value.as_object().is_some_and(|fields| !fields.is_empty());
                is_set.then(|| words.to_owned()).into_iter().collect::<Entries>()
            })
        };
        let host = |what: &str| {
            let detail =
                format!("the configuration does not show {what}: add what `docker info` prints");
            self.gaps.note(Gap::undetermined(DAEMON_JSON, self.id, &detail))
        };
        let remap = self.text("userns-remap", "").and_then(|user| match user.is_empty() {
            false => Known(true),
            // A rootless daemon has a user namespace as well.
            true => Open(host("whether the daemon is rootless")),
        });
        let level = self.boolean("debug", false).and_then(|debug| match debug {
            true => Known("debug".to_owned()),
            // The daemon reads the level in any case.
            false => self.text("log-level", "info").map(|level| {
                let level = level.to_ascii_lowercase();
                if level == "warning" { "warn".to_owned() } else { level }
            }),
        });
        let sizes = self.texts("storage-opts").map(|options| {
            let size = |option: &&String| option.starts_with("dm.basesize");
            options.iter().filter(size).cloned().collect::<Entries>()
        });
        let modules = self.boolean("selinux-enabled", false).and_then(|on| match on {
            true => Known(vec!["selinux".to_owned()]),
            false => Open(host("whether the host has AppArmor")),
        });
        let driver = self.text("storage-driver", "").and_then(|driver| match driver.is_empty() {
            false => Known(driver.clone()),
            true => Open(host("the storage driver, which the daemon chooses")),
        });
        let registries = self.texts("insecure-registries").map(|all| {
            all.iter().filter(|one| !output::is_loopback(one)).cloned().collect::<Entries>()
        });
        let labels = self.texts("labels").map(|labels| output::labels(labels));
        let ulimits = self.value("default-ulimits");
        let ulimits = ulimits.map(|value| value.as_object().is_some_and(|all| !all.is_empty()));
        Daemon::unread_on(Provider::Docker, self.id, name, None)
            .version(Open(host("the version of the engine")))
            .rootless(Open(host("whether the daemon is rootless")))
            .user_namespaces(remap)
            .inter_container_traffic(self.boolean("icc", true))
            .log_level(level)
            .manages_iptables(self.boolean("iptables", true))
            .insecure_registries(registries)
            .storage_driver(driver)
            .unprotected_addresses(self.unprotected())
            .default_ulimits(ulimits)
            .cgroup_parents(self.entry("cgroup-parent"))
            .base_device_sizes(sizes)
            .authorization_plugins(self.texts("authorization-plugins"))
            .log_driver(self.text("log-driver", "json-file"))
            .no_new_privileges(self.boolean("no-new-privileges", false))
            .live_restore(self.boolean("live-restore", false))
            .swarm(Open(host("whether the daemon is in a swarm")))
            .userland_proxy(self.boolean("userland-proxy", true))
            .seccomp_profile(self.text("seccomp-profile", "builtin"))
            .security_modules(modules)
            .experimental(self.boolean("experimental", false))
            .content_trust(set("content-trust", "content-trust in daemon.json"))
            .tags(labels)
    }

    /// The TCP addresses that accept clients without a verified certificate. `tls` verifies them unless `tlsverify` is false
    /// ([source](https://github.com/moby/moby/blob/v28.3.0/cmd/dockerd/daemon.go), read on 2026-12-01).
    fn unprotected(&self) -> Fact<Entries> {
        let hosts = self.texts("hosts");
        let tls = self.boolean("tls", false);
        let verified =
            self.value("tlsverify").and_then(|verified| verified.as_bool().map_or(tls, Known));
        hosts.and_then(|hosts| {
            let is_tcp = |host: &&String| host.starts_with("tcp://") || !host.contains("://");
            let tcp: Vec<&String> = hosts.iter().filter(is_tcp).collect();
            if tcp.is_empty() {
                return Known(Entries::none());
            }
            verified.map(|verified| {
                let open = tcp.iter().filter(|_| !verified);
                open.map(|host| format!("{host} without TLS that verifies clients")).collect()
            })
        })
    }
}
