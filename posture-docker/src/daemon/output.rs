//! What `docker info --format '{{json .}}'` prints.
//!
//! Fields are those of the [Engine API](https://docs.docker.com/reference/api/engine/version/v1.52/#tag/System/operation/SystemInfo), read
//! on 2026-12-01.

use std::collections::BTreeMap;
use std::net::IpAddr;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Gap as Open, Known};
use posture_model::gap::{Gap, Register};
use posture_model::provider::Provider;
use posture_model::resource::Daemon;
use serde_json::Value;

use crate::info::INFO_OUTPUT;
use crate::json::View;

/// What a daemon printed about itself.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    /// The name of its host.
    pub(crate) name: String,
    value: Value,
}

/// Whether an object is what `docker info` prints.
pub(crate) fn is_info(value: &Value) -> bool {
    let has = |field: &str| value.get(field).is_some();
    (has("ServerVersion") || has("ServerErrors")) && has("ClientInfo")
        || has("ServerVersion") && has("SecurityOptions")
}

/// Reads it.
///
/// # Errors
/// If the client could not reach the daemon: what it printed about that.
pub(crate) fn read(value: Value) -> Result<Output, String> {
    let errors = value.get("ServerErrors").and_then(crate::json::texts).unwrap_or_default();
    if let Some(error) = errors.first() {
        return Err(format!("the daemon did not respond: {error}"));
    }
    let version = value.get("ServerVersion").and_then(Value::as_str).unwrap_or_default();
    if version.is_empty() {
        return Err("the daemon did not respond".to_owned());
    }
    let name = value.get("Name").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Output { name, value })
}

/// The major and the minor version of an engine.
fn version(value: &Value) -> Option<(u32, u32)> {
    let text = value.get("ServerVersion")?.as_str()?;
    let mut parts = text.split(['.', '-', '+']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Since when `docker info` shows `no-new-privileges` ([source](https://github.com/moby/moby/pull/45320)).
const SHOWS_PRIVILEGES: (u32, u32) = (24, 0);

/// Since when it is known to warn of an API without TLS ([source](https://github.com/moby/moby/blob/v20.10.0/daemon/info.go)).
const WARNS: (u32, u32) = (20, 10);

/// Whether a registry is one of the host itself, or a range is of such addresses alone: the engine always accepts these without TLS.
pub(crate) fn is_loopback(registry: &str) -> bool {
    if let Some((address, bits)) = registry.split_once('/') {
        let (Ok(address), Ok(bits)) = (address.parse::<IpAddr>(), bits.parse::<u8>()) else {
            return false;
        };
        return match address {
            IpAddr::V4(address) => address.is_loopback() && (8..=32).contains(&bits),
            IpAddr::V6(address) => address.is_loopback() && bits == 128,
        };
    }
    let is_loopback = |host: &str| host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let host = match registry.rsplit_once(':') {
        // An address of IPv6 without a port.
        Some(_) if is_loopback(registry) => return true,
        Some((name, _)) => name,
        None => registry,
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || is_loopback(host)
}

/// Labels in the form `key=value`.
pub(crate) fn labels(labels: &[String]) -> BTreeMap<String, String> {
    let pairs = labels.iter().map(|label| label.split_once('=').unwrap_or((label, "")));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

impl Output {
    /// What it shows; the facts that it does not show have not been requested.
    pub(crate) fn daemon(&self, id: &str, gaps: &Register) -> Daemon {
        let value = &self.value;
        let view = View::new(value, gaps, INFO_OUTPUT, id);
        let since = version(value);
        let older = |than: (u32, u32)| since.is_none_or(|since| since < than);
        let options = view.texts("SecurityOptions");
        let has = |name: &str| {
            options.map(|all| {
                all.iter().any(|one| one.split(',').next() == Some(&format!("name={name}")))
            })
        };
        let rootless = has("rootless");
        let unshown = |what: &str| {
            let detail = format!("this version of the engine does not show {what}");
            gaps.note(Gap::undetermined(INFO_OUTPUT, id, &detail))
        };
        let privileges = match has("no-new-privileges") {
            Known(false) if older(SHOWS_PRIVILEGES) => Open(unshown("no-new-privileges")),
            other => other,
        };
        let debug = view.boolean("Debug");
        let level = match debug {
            Known(true) => Known("debug".to_owned()),
            // It shows no other level.
            _ => Fact::not_collected(),
        };
        let plugins = view.object("Plugins");
        let modules = options.map(|all| {
            let named = ["apparmor", "selinux"].into_iter();
            let is_on = |name: &&str| {
                all.iter().any(|one| one.split(',').next() == Some(&format!("name={name}")))
            };
            named.filter(is_on).map(str::to_owned).collect()
        });
        let swarm = view.object("Swarm").text("LocalNodeState").map(|state| state != "inactive");
        Daemon::unread_on(Provider::Docker, id, self.name.as_str(), None)
            .version(view.text("ServerVersion"))
            .user_namespaces(has("userns") | rootless.clone())
            .rootless(rootless)
            .log_level(level)
            .insecure_registries(insecure(&view))
            .storage_driver(view.text("Driver"))
            .unprotected_addresses(unprotected(&view, older(WARNS), unshown))
            .authorization_plugins(plugins.texts("Authorization"))
            .log_driver(view.text("LoggingDriver"))
            .no_new_privileges(privileges)
            .live_restore(view.boolean("LiveRestoreEnabled"))
            .swarm(swarm)
            .seccomp_profile(options.map(|all| seccomp(all)))
            .security_modules(modules)
            .experimental(view.boolean("ExperimentalBuild"))
            .tags(view.texts("Labels").map(|all| labels(all)))
    }
}

/// The seccomp profile; empty where the kernel has none.
fn seccomp(options: &[String]) -> String {
    let profile = options.iter().find_map(|one| {
        let mut parts = one.split(',');
        (parts.next() == Some("name=seccomp"))
            .then(|| parts.find_map(|part| part.strip_prefix("profile=")).unwrap_or("builtin"))
    });
    // Older engines call the built-in one `default`.
    let profile = profile.unwrap_or_default();
    if profile == "default" { "builtin".to_owned() } else { profile.to_owned() }
}

fn insecure(view: &View<'_>) -> Fact<Entries> {
    let config = view.object("RegistryConfig");
    let ranges = config.texts("InsecureRegistryCIDRs");
    let named = config.read("IndexConfigs", "the registries", |value| match value {
        Value::Null => Some(Vec::new()),
        other => {
            let all = other.as_object()?.iter().map(|(name, registry)| {
                registry.get("Secure")?.as_bool().map(|secure| (name.clone(), secure))
            });
            all.collect::<Option<Vec<(String, bool)>>>()
        }
    });
    ranges.and_then(|ranges| {
        named.map(|named| {
            let open = named.iter().filter(|(_, secure)| !secure).map(|(name, _)| name);
            let all = ranges.iter().chain(open).filter(|one| !is_loopback(one));
            all.cloned().collect::<Entries>()
        })
    })
}

fn unprotected(
    view: &View<'_>,
    is_older: bool,
    unshown: impl Fn(&str) -> posture_model::gap::GapId,
) -> Fact<Entries> {
    let found = view.read_or("Warnings", "a list of warnings", Vec::new(), |value| {
        let all = crate::json::texts(value)?;
        let open = all.iter().filter_map(|warning| {
            let (_, rest) = warning.split_once("API is accessible on ")?;
            let line = rest.lines().next().unwrap_or(rest);
            let end = [" without encryption", " without TLS client verification"];
            let cut = end.iter().find_map(|end| line.find(end).map(|at| at + end.len()));
            Some(line.get(..cut.unwrap_or(line.len())).unwrap_or(line).to_owned())
        });
        Some(open.collect::<Vec<String>>())
    });
    found.and_then(|found| {
        if found.is_empty() && is_older {
            return Open(unshown("whether its API is open on the network"));
        }
        Known(found.iter().cloned().collect())
    })
}
