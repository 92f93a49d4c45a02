//! What a service of a Compose file shows.

use std::collections::BTreeMap;

use posture_model::fact::{Fact, Gap as Open, Known};
use posture_model::gap::Register;
use posture_model::source::Source;
use posture_yaml::{Data, Node, shown};

use super::merge::is_reset;
use super::mounted::all_mounts;
use super::network::{bound, network, published};
use super::value::View;
use super::variables::open;
use super::{mounts, ports};
use crate::inspect::{TRUST, is_trust};
use crate::mistake::Mistake;
use crate::settings::{Many, Mode, Origin, Settings};

/// What a service refers to in the rest of its files.
pub(super) struct Around<'a> {
    /// The name of the project, which keeps the services of two projects apart.
    pub(super) project: &'a str,
    pub(super) volumes: Option<&'a Node>,
    pub(super) networks: Option<&'a Node>,
    pub(super) secrets: Option<&'a Node>,
    pub(super) configs: Option<&'a Node>,
    pub(super) gaps: &'a Register,
}

/// How other containers of the project refer to a service.
pub(super) fn alias(service: &str, project: &str) -> String {
    format!("service:{service}@{project}")
}

/// The mistakes of a service that its fields alone do not show.
pub(super) fn mistakes(service: &Node, path: &str) -> Vec<Mistake> {
    let mut all = Vec::new();
    let list = |field: &str| match service.get(field).map(|field| &field.value.data) {
        Some(Data::List(items)) => items.as_slice(),
        _ => &[],
    };
    let at = |field: &str, number: usize| {
        posture_yaml::within(&posture_yaml::below(path, field), number)
    };
    for (number, port) in list("ports").iter().enumerate() {
        if let Err(problem) = ports::read(port) {
            all.push(Mistake::new(port.place, &at("ports", number), problem));
        }
    }
    for (number, volume) in list("volumes").iter().enumerate() {
        if let Err(problem) = mounts::read(volume) {
            all.push(Mistake::new(volume.place, &at("volumes", number), problem));
        }
    }
    for field in ["cap_add", "cap_drop"] {
        for (number, item) in list(field).iter().enumerate() {
            if let Data::Text(name) = &item.data
                && name.trim().eq_ignore_ascii_case("CAP_ALL")
            {
                let problem =
                    "the engine does not know this capability, and does not start the container";
                all.push(Mistake::new(item.place, &at(field, number), problem).fix("write `ALL`"));
            }
        }
    }
    if let Some(restart) = service.get("restart")
        && let Data::Text(text) = &restart.value.data
        && open(&restart.value).is_none()
        && policy(text).is_none()
    {
        let path = posture_yaml::below(path, "restart");
        let problem = format!("`{}` is not a restart policy", shown(text));
        let fix = "write `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:5`";
        all.push(Mistake::new(restart.value.place, &path, problem).fix(fix));
    }
    let set = |field: &str| service.get(field).filter(|field| !is_reset(&field.value));
    if set("network_mode").is_some()
        && let Some(networks) = set("networks")
    {
        let path = posture_yaml::below(path, "networks");
        let problem = "a service with `network_mode` has no `networks`";
        all.push(Mistake::new(networks.place, &path, problem).fix("keep one of them"));
    }
    all
}

/// How often a policy restarts a container; none within for no limit.
#[expect(
    clippy::option_option,
    reason = "a policy that is not known is something else than one without a limit"
)]
fn policy(text: &str) -> Option<Option<u32>> {
    match text.split_once(':') {
        None => match text {
            "" | "no" => Some(Some(0)),
            "always" | "unless-stopped" | "on-failure" => Some(None),
            _ => None,
        },
        Some(("on-failure", count)) => match count.parse::<u32>().ok()? {
            0 => Some(None),
            count => Some(Some(count)),
        },
        Some(_) => None,
    }
}

/// What the service shows.
pub(super) fn read(name: &str, node: &Node, source: Source, around: &Around<'_>) -> Settings {
    let id = format!("service/{name}");
    let all = View { node, gaps: around.gaps, id: &id };
    let limits = all.object("deploy").and_then(|one| one.object("resources")?.object("limits"));
    let limit = |field: &str| limits.map_or(Known(false), |limits| limits.is_positive(field));
    let flag = |field: &str| all.boolean(field, false);
    let is_host = |field: &str| all.text(field).map(|mode| mode.as_deref() == Some("host"));
    let list = |field: &str| {
        let (items, open) = all.texts(field);
        Many { items, open }
    };
    let mode = |field: &str| {
        all.text(field).map(|mode| namespace(mode.as_deref().unwrap_or_default(), around.project))
    };
    let mut aliases = vec![alias(name, around.project)];
    if let Known(Some(container)) = all.text("container_name") {
        aliases.push(container);
    }
    Settings {
        origin: Origin::Compose,
        name: name.to_owned(),
        aliases,
        source: Some(source),
        privileged: flag("privileged"),
        hooks: hooks(&all),
        pid: mode("pid"),
        ipc: mode("ipc"),
        network: network(&all, around),
        host_uts: is_host("uts"),
        host_users: is_host("userns_mode"),
        host_cgroups: is_host("cgroup"),
        // An option of `security_opt` decides.
        masked: Known(true),
        cap_add: list("cap_add"),
        cap_drop: list("cap_drop"),
        security: list("security_opt"),
        app_armor: Known(String::new()),
        mounts: all_mounts(&all, around),
        devices: devices(&all),
        memory_limit: all.is_positive("mem_limit") | limit("memory"),
        cpu_limit: cpu_limit(&all) | limit("cpus"),
        pids_limit: all.is_positive("pids_limit") | limit("pids"),
        read_only: flag("read_only"),
        user: all.text("user").and_then(|user| match user {
            Some(user) if !user.is_empty() => Known(user.clone()),
            _ => Open(all.undetermined(
                "the service sets no user, so that its image decides, which a Compose file does not show: set `user`",
            )),
        }),
        // A container in the network of the host publishes nothing.
        ports: match all.text("network_mode") {
            Known(Some(mode)) if mode == "host" => Many::default(),
            Known(None) => bound(published(&all), &all, around),
            _ => published(&all),
        },
        restarts: restarts(&all),
        cgroup_parent: all.text("cgroup_parent").map(|parent| parent.clone().unwrap_or_default()),
        health_check: health_check(&all),
        content_trust: content_trust(&all),
        image: all.text("image"),
        labels: labels(&all),
        id: id.clone(),
    }
}

pub(super) fn namespace(mode: &str, project: &str) -> Mode {
    match mode.split_once(':') {
        None if mode == "host" => Mode::Host,
        Some(("service", name)) => Mode::Of(alias(name, project)),
        Some(("container", name)) => Mode::Of(name.to_owned()),
        _ => Mode::Own,
    }
}

fn cpu_limit(all: &View<'_>) -> Fact<bool> {
    let shares = all.number("cpu_shares").map(|shares| {
        shares.is_some_and(|shares| shares > 0.0 && (shares - 1024.0).abs() > f64::EPSILON)
    });
    let set = all.text("cpuset").map(|set| set.as_ref().is_some_and(|set| !set.is_empty()));
    shares
        | set
        | all.is_positive("cpus")
        | all.is_positive("cpu_quota")
        | all.is_positive("cpu_count")
        | all.is_positive("cpu_percent")
}

/// The variable without a known value in a value, or in what it holds.
pub(super) fn variable_in(node: &Node) -> Option<&str> {
    open(node).or_else(|| match &node.data {
        Data::Fields(fields) => fields.iter().find_map(|field| variable_in(&field.value)),
        Data::List(items) => items.iter().find_map(variable_in),
        _ => None,
    })
}

/// What runs with every privilege beside the container: hooks, and the steps of the build.
fn hooks(all: &View<'_>) -> Many<String> {
    let mut found = Many::default();
    for field in ["pre_start", "post_start", "pre_stop"] {
        for node in all.list(field) {
            match (View { node, ..*all }).boolean("privileged", false) {
                Known(true) => found.items.push(format!("{field} with privileged: true")),
                Open(gap) => found.open = Some(gap),
                Known(false) | Fact::NotOffered => {}
            }
        }
    }
    match all.object("build").map(|build| build.boolean("privileged", false)) {
        Some(Known(true)) => found.items.push("build with privileged: true".to_owned()),
        Some(Open(gap)) => found.open = Some(gap),
        Some(Known(false) | Fact::NotOffered) | None => {}
    }
    found
}

/// The devices that the service reserves, such as GPUs.
fn reserved(all: &View<'_>, found: &mut Many<String>) {
    let limits = all.object("deploy").and_then(|one| one.object("resources"));
    let reserved = limits.and_then(|one| one.object("reservations")?.get("devices"));
    for (field, node) in
        [("gpus", all.get("gpus")), ("deploy.resources.reservations.devices", reserved)]
    {
        let Some(node) = node else { continue };
        if let Some(variable) = open(node) {
            found.open = Some(all.open(field, variable));
            continue;
        }
        match &node.data {
            Data::Text(text) => found.items.push(format!("{field}: {text}")),
            Data::List(items) if !items.is_empty() => found.items.push(field.to_owned()),
            _ => {}
        }
    }
}

fn devices(all: &View<'_>) -> Many<String> {
    let mut found = Many::default();
    for device in all.list("devices") {
        if let Some(variable) = variable_in(device) {
            found.open = Some(all.open("devices", variable));
            continue;
        }
        let words = match &device.data {
            Data::Text(text) => {
                let mut parts = text.splitn(3, ':');
                let path = parts.next().unwrap_or_default();
                let access = parts.nth(1).unwrap_or("rwm");
                format!("{path} ({access})")
            }
            _ => {
                let access = device.text("permissions").unwrap_or("rwm");
                format!("{} ({access})", device.text("source").unwrap_or_default())
            }
        };
        found.items.push(words);
    }
    let (rules, open) = all.texts("device_cgroup_rules");
    found.items.extend(rules.into_iter().map(|rule| format!("the rule `{rule}`")));
    found.open = found.open.or(open);
    reserved(all, &mut found);
    found
}

/// How often the container restarts. `deploy.restart_policy` is applied after `restart`, and replaces it
/// ([source](https://github.com/docker/compose/blob/main/pkg/compose/create.go), read on 2026-12-01).
fn restarts(all: &View<'_>) -> Fact<Option<u32>> {
    if let Some(policy) = all.object("deploy").and_then(|deploy| deploy.object("restart_policy"))
        && policy.node.data != Data::Null
    {
        return deployed(&policy);
    }
    all.text("restart").and_then(|text| {
        let Some(text) = text else { return Known(Some(0)) };
        match policy(text) {
            Some(restarts) => Known(restarts),
            None => Open(all.undetermined("the restart policy is not known")),
        }
    })
}

fn deployed(policy: &View<'_>) -> Fact<Option<u32>> {
    if let Some(variable) = open(policy.node) {
        return Open(policy.open("deploy.restart_policy", variable));
    }
    let attempts = match policy.number("max_attempts") {
        Known(attempts) => attempts.filter(|attempts| *attempts > 0.0).map(|all| all as u32),
        Open(gap) => return Open(gap),
        Fact::NotOffered => None,
    };
    policy.text("condition").and_then(|condition| {
        match (condition.as_deref().unwrap_or("any"), attempts) {
            ("none" | "no", None) => Known(Some(0)),
            ("on-failure", attempts) => Known(attempts),
            ("any" | "always" | "unless-stopped", None) => Known(None),
            (_, Some(_)) => Open(policy.undetermined(
                "the engine takes `deploy.restart_policy.max_attempts` with `condition: on-failure` only",
            )),
            _ => Open(policy.undetermined("the restart policy is not known")),
        }
    })
}

fn health_check(all: &View<'_>) -> Fact<bool> {
    let of_image = || {
        Open(all.undetermined(
            "the service sets no health check, so that its image decides, which a Compose file does not show: set `healthcheck`",
        ))
    };
    let Some(check) = all.object("healthcheck") else { return of_image() };
    check.boolean("disable", false).and_then(|disabled| {
        if *disabled {
            return Known(false);
        }
        let Some(test) = check.get("test") else { return of_image() };
        if let Some(variable) = open(test) {
            return Open(all.open("healthcheck.test", variable));
        }
        let first = match &test.data {
            Data::List(items) => items.first().and_then(|first| match &first.data {
                Data::Text(text) => Some(text.as_str()),
                _ => None,
            }),
            Data::Text(text) => Some(text.as_str()),
            _ => None,
        };
        match first {
            None | Some("") => of_image(),
            Some(first) => Known(first != "NONE"),
        }
    })
}

fn content_trust(all: &View<'_>) -> Many<String> {
    let mut found: Many<String> = Many::default();
    let mut take = |view: &View<'_>, field: &str, place: &str| {
        for (name, value) in view.pairs(field) {
            if name != TRUST {
                continue;
            }
            match value {
                Known(Some(value)) if is_trust(&value) => {
                    found.items.push(format!("{TRUST} in {place}"));
                }
                Known(None) => {
                    let detail = format!("{TRUST} is taken from the shell that runs Compose");
                    found.open = Some(all.undetermined(&detail));
                }
                Open(gap) => found.open = Some(gap),
                _ => {}
            }
        }
    };
    take(all, "environment", "environment");
    if let Some(build) = all.object("build") {
        take(&build, "args", "build.args");
    }
    let is_certain = all.pairs("environment").iter().any(|(name, _)| name == TRUST);
    if all.get("env_file").is_some() && !is_certain {
        let detail = format!("`env_file` may set {TRUST}, and is not read");
        found.open = found.open.or(Some(all.undetermined(&detail)));
    }
    found
}

fn labels(all: &View<'_>) -> Fact<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for (name, value) in all.pairs("labels") {
        match value {
            Known(value) => {
                found.insert(name, value.unwrap_or_default());
            }
            Open(gap) => return Open(gap),
            Fact::NotOffered => {}
        }
    }
    Known(found)
}
