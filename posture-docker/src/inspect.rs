//! What `docker inspect` prints of containers.
//!
//! Fields are those of the [Engine API](https://docs.docker.com/reference/api/engine/version/v1.52/#tag/Container/operation/ContainerInspect),
//! read on 2026-12-01. The engine leaves out few of them where they are empty; what else is missing is a gap.

use posture_model::fact::{Fact, Gap as Open, Known};
use posture_model::gap::{Gap, Reason, Register};
use serde_json::Value;

use crate::info::INSPECT;
use crate::json::View;
use crate::mounts::Mount;
use crate::settings::{Many, Mode, Origin, Port, Settings};

/// Whether an object of the output is a container, and not an image, a network or a volume.
pub(crate) fn is_container(value: &Value) -> bool {
    value.get("HostConfig").is_some() && value.get("State").is_some()
}

/// What the output shows of a container.
pub(crate) fn container(value: &Value, gaps: &Register) -> Settings {
    let text = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default();
    let long = text("Id");
    let name = text("Name").trim_start_matches('/');
    let name = if name.is_empty() { long.get(..12).unwrap_or(long) } else { name };
    let id = format!("container/{name}");
    let all = View::new(value, gaps, INSPECT, &id);
    if text("Platform") == "windows" {
        let detail = "containers of Windows are not judged".to_owned();
        let gap = Gap { detail: Some(detail), ..Gap::new(INSPECT, &id, Reason::Unsupported) };
        let gap = gaps.note(gap);
        return Settings::unread(Origin::Inspect, id.clone(), name.to_owned(), gap);
    }
    let host = all.object("HostConfig");
    let config = all.object("Config");
    let mode = |field: &str| host.text(field).map(|mode| namespace(mode));
    let mut aliases = vec![long.to_owned()];
    aliases.extend(long.get(..12).map(str::to_owned));
    Settings {
        origin: Origin::Inspect,
        name: name.to_owned(),
        aliases,
        source: None,
        hooks: Many::default(),
        privileged: host.boolean("Privileged"),
        pid: mode("PidMode"),
        ipc: mode("IpcMode"),
        network: host.text("NetworkMode").and_then(|mode| network(mode, &all)),
        host_uts: host.text("UTSMode").map(|mode| mode == "host"),
        host_users: host.text("UsernsMode").map(|mode| mode == "host"),
        host_cgroups: host.text("CgroupnsMode").map(|mode| mode == "host"),
        masked: masked(&host),
        cap_add: many(host.texts("CapAdd")),
        cap_drop: many(host.texts("CapDrop")),
        security: many(host.texts("SecurityOpt")),
        app_armor: all.text("AppArmorProfile"),
        mounts: mounts(&all),
        devices: devices(&host),
        memory_limit: host.is_positive("Memory"),
        cpu_limit: cpu_limit(&host),
        pids_limit: host.is_positive("PidsLimit"),
        read_only: host.boolean("ReadonlyRootfs"),
        user: config.text("User"),
        ports: ports(&all),
        restarts: restarts(&host),
        cgroup_parent: host.text("CgroupParent"),
        health_check: config.read_or("Healthcheck", "a health check", false, health_check),
        content_trust: content_trust(&config),
        image: config.text("Image").and_then(|image| match is_id(image) {
            false => Known(Some(image.clone())),
            true => {
                let detail = "it was started by the ID of an image, whose name is not known";
                Open(gaps.note(Gap::undetermined(INSPECT, &id, detail)))
            }
        }),
        labels: config.labels("Labels"),
        id: id.clone(),
    }
}

/// Whether paths are masked. Without a list the engine masks those that it knows, unless the container is privileged
/// ([source](https://github.com/moby/moby/blob/v28.3.0/daemon/oci_linux.go)).
fn masked(host: &View<'_>) -> Fact<bool> {
    host.read("MaskedPaths", "a list of paths", |value| match value {
        Value::Null => Some(true),
        other => Some(!other.as_array()?.is_empty()),
    })
}

fn many<T>(list: Fact<Vec<T>>) -> Many<T> {
    match list {
        Known(items) => Many { items, open: None },
        Fact::NotOffered => Many { items: Vec::new(), open: None },
        Open(gap) => Many::unread(gap),
    }
}

fn namespace(mode: &str) -> Mode {
    match (mode, mode.strip_prefix("container:")) {
        ("host", _) => Mode::Host,
        (_, Some(other)) => Mode::Of(other.to_owned()),
        _ => Mode::Own,
    }
}

/// The network: a container may be on the default bridge beside others.
fn network(mode: &str, all: &View<'_>) -> Fact<Mode> {
    let is_bridge = matches!(mode, "" | "default" | "bridge");
    let mode = namespace(mode);
    if mode != Mode::Own {
        return Known(mode);
    }
    let networks = all.object("NetworkSettings").read("Networks", "networks", |value| {
        let mut names: Vec<&str> = match value {
            Value::Null => Vec::new(),
            other => other.as_object()?.keys().map(String::as_str).collect(),
        };
        // A container that was never started may show none.
        if is_bridge && !names.contains(&"bridge") {
            names.push("bridge");
        }
        Some((names.contains(&"bridge"), names.len() > 1))
    });
    networks.map(|of| match of {
        (false, _) => Mode::Own,
        (true, false) if is_bridge => Mode::DefaultBridge,
        (true, _) => Mode::BridgeAndOthers,
    })
}

/// Whether an image is named by its ID alone.
fn is_id(image: &str) -> bool {
    let hex = image.strip_prefix("sha256:").unwrap_or(image);
    let is_hex = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex || image.is_empty()
}

fn mounts(all: &View<'_>) -> Many<Mount> {
    let list = match all.list("Mounts") {
        Known(list) => list,
        Fact::NotOffered => return Many::default(),
        Open(gap) => return Many::unread(gap),
    };
    let mut mounts = Many::default();
    for one in list {
        let text = |field: &str| one.get(field).and_then(Value::as_str);
        let (kind, source, target) = (text("Type"), text("Source"), text("Destination"));
        let (Some(kind), Some(target)) = (kind, target) else {
            mounts.open = Some(all.malformed("Mounts", "has an item without type or destination"));
            continue;
        };
        let source = match (kind, source) {
            ("bind" | "npipe", Some(source)) => Some(source.to_owned()),
            ("bind" | "npipe", None) => {
                mounts.open = Some(all.malformed("Mounts", "has a bind mount without source"));
                continue;
            }
            _ => None,
        };
        if kind == "bind" && text("Propagation").is_none() {
            mounts.open = Some(all.malformed("Mounts", "has a bind mount without propagation"));
        }
        let propagation = text("Propagation").filter(|mode| !mode.is_empty());
        let (target, propagation) = (target.to_owned(), propagation.map(str::to_owned));
        mounts.items.push(Mount { source, target, propagation });
    }
    mounts
}

fn devices(host: &View<'_>) -> Many<String> {
    let path = |device: &Value| {
        let path = device.get("PathOnHost").and_then(Value::as_str)?;
        let access = device.get("CgroupPermissions").and_then(Value::as_str).unwrap_or_default();
        Some(format!("{path} ({access})"))
    };
    let named = host.read("Devices", "a list of devices", |value| match value {
        Value::Null => Some(Vec::new()),
        other => other.as_array()?.iter().map(path).collect(),
    });
    let mut all = many(named);
    // Engines before 19.03 have none.
    let requests =
        host.read_or("DeviceRequests", "a list of requests", Vec::new(), |value| match value {
            Value::Null => Some(Vec::new()),
            other => other.as_array()?.iter().map(request).collect(),
        });
    let requests = many(requests);
    all.items.extend(requests.items);
    all.open = all.open.or(requests.open);
    let rules = many(host.texts("DeviceCgroupRules"));
    all.items.extend(rules.items.into_iter().map(|rule| format!("the rule `{rule}`")));
    all.open = all.open.or(rules.open);
    all
}

/// What a request asks a driver for, such as a GPU or a device of CDI, in words.
fn request(request: &Value) -> Option<String> {
    let fields = request.as_object()?;
    let driver = fields.get("Driver").and_then(Value::as_str).unwrap_or_default();
    let driver = if driver.is_empty() { "a driver" } else { driver };
    let ids = fields.get("DeviceIDs").and_then(crate::json::texts).unwrap_or_default();
    if !ids.is_empty() {
        return Some(format!("{} requested of {driver}", ids.join(", ")));
    }
    Some(match fields.get("Count").and_then(Value::as_i64) {
        Some(count) if count >= 0 => format!("{count} devices requested of {driver}"),
        _ => format!("all devices requested of {driver}"),
    })
}

fn cpu_limit(host: &View<'_>) -> Fact<bool> {
    let shares = host.read("CpuShares", "a number", |value| {
        // Docker's default, and that of the kernel.
        value.as_i64().map(|shares| !matches!(shares, 0 | 1024))
    });
    let set = host.text("CpusetCpus").map(|set| !set.is_empty());
    shares | host.is_positive("NanoCpus") | host.is_positive("CpuQuota") | set
}

fn restarts(host: &View<'_>) -> Fact<Option<u32>> {
    host.read("RestartPolicy", "a restart policy", |policy| {
        let name = policy.get("Name")?.as_str()?;
        Some(match name {
            "" | "no" => Some(0),
            "on-failure" => match policy.get("MaximumRetryCount")?.as_u64()? {
                0 => None,
                count => Some(u32::try_from(count).unwrap_or(u32::MAX)),
            },
            "always" | "unless-stopped" => None,
            _ => return None,
        })
    })
}

fn health_check(check: &Value) -> Option<bool> {
    if check.is_null() {
        return Some(false);
    }
    let test = match check.get("Test") {
        None | Some(Value::Null) => return Some(false),
        Some(test) => test.as_array()?,
    };
    Some(test.first().is_some_and(|first| first != "NONE"))
}

/// Whether a value of `DOCKER_CONTENT_TRUST` turns it on, as the CLI reads it
/// ([source](https://github.com/docker/cli/blob/v28.3.0/cli/command/trust.go)).
pub(crate) fn is_trust(value: &str) -> bool {
    !matches!(value, "" | "0" | "f" | "F" | "false" | "FALSE" | "False")
}

/// The variable that turns Docker Content Trust on.
pub(crate) const TRUST: &str = "DOCKER_CONTENT_TRUST";

fn content_trust(config: &View<'_>) -> Many<String> {
    let environment = many(config.texts("Env"));
    let set = environment.items.iter().filter_map(|one| one.split_once('='));
    let on = set.filter(|(name, value)| *name == TRUST && is_trust(value));
    let items = on.map(|_| format!("{TRUST} in the environment")).collect();
    Many { items, open: environment.open }
}

/// The ports as they are published, or as they will be. A container that restarts again and again has none while it waits.
fn ports(all: &View<'_>) -> Many<Port> {
    let is_running = match all.object("State").boolean("Running") {
        Known(is_running) => is_running,
        Open(gap) => return Many::unread(gap),
        Fact::NotOffered => false,
    };
    let host = all.object("HostConfig");
    if is_running {
        let network = all.object("NetworkSettings");
        let now = network.read("Ports", "published ports", |value| published(value, true));
        if !matches!(&now, Known(ports) if ports.is_empty()) {
            return many(now);
        }
    }
    // A container in the network of the host publishes nothing.
    if matches!(host.text("NetworkMode"), Known(mode) if mode == "host") {
        return Many::default();
    }
    let bound = host.read("PortBindings", "published ports", |value| published(value, false));
    let mut ports = many(bound);
    match host.boolean("PublishAllPorts") {
        Known(true) => {
            let detail = "all its exposed ports are published when it is started";
            let gap = all.undetermined(detail);
            ports.open = ports.open.or(Some(gap));
        }
        Known(false) | Fact::NotOffered => {}
        Open(gap) => ports.open = ports.open.or(Some(gap)),
    }
    ports
}

/// Ports by the port of the container, such as `80/tcp`; of one that is exposed and not published, `null`.
fn published(value: &Value, is_running: bool) -> Option<Vec<Port>> {
    let mut all = Vec::new();
    let Value::Object(ports) = value else { return value.is_null().then_some(all) };
    for (container, bindings) in ports {
        let bindings = match bindings {
            Value::Null => continue,
            other => other.as_array()?,
        };
        for binding in bindings {
            let text = |field: &str| binding.get(field)?.as_str();
            let address = text("HostIp")?;
            let host = match text("HostPort")? {
                "" | "0" => None,
                range => Some(ports_of(range)?),
            };
            // Until it runs, an address that is not given is that of the daemon.
            let address = (is_running || !address.is_empty()).then(|| address.to_owned());
            all.push(Port { host, address, container: container.clone() });
        }
    }
    Some(all)
}

/// A port, or the first and the last of a range.
pub(crate) fn ports_of(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}

#[cfg(test)]
#[path = "inspect_tests.rs"]
pub(crate) mod tests;
