//! What `docker inspect` prints, case by case.

use posture_model::entries::Entries;
use posture_model::resource::{Daemon, Resource as _, Workload};
use serde_json::json;

use super::*;
use crate::settings::{Addresses, Beside};

/// A container with every protection, as an engine prints it; what is not read is left out.
pub(crate) fn hardened() -> Value {
    json!({
        "Id": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "Name": "/web",
        "Platform": "linux",
        "State": { "Running": true },
        "AppArmorProfile": "docker-default",
        "HostConfig": {
            "Privileged": false, "PidMode": "", "IpcMode": "private", "NetworkMode": "shop",
            "UTSMode": "", "UsernsMode": "", "CgroupnsMode": "private", "MaskedPaths": ["/proc/kcore"], "CapAdd": null, "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"], "Devices": [], "DeviceCgroupRules": null,
            "Memory": 268_435_456_u64, "CpuShares": 0, "NanoCpus": 500_000_000_u64, "CpuQuota": 0, "CpusetCpus": "",
            "PidsLimit": 100, "ReadonlyRootfs": true, "CgroupParent": "", "PublishAllPorts": false,
            "RestartPolicy": { "Name": "on-failure", "MaximumRetryCount": 5 },
            "PortBindings": { "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "8080" }] }
        },
        "Mounts": [{ "Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data", "Destination": "/data", "Propagation": "" }],
        "Config": {
            "User": "1000", "Image": "registry.example/web:1", "Env": ["PATH=/bin"], "Labels": { "team": "shop" },
            "Healthcheck": { "Test": ["CMD", "true"] }
        },
        "NetworkSettings": {
            "Ports": { "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "8080" }], "81/tcp": null },
            "Networks": { "shop": {} }
        }
    })
}

/// A container with none.
pub(crate) fn open() -> Value {
    let mut value = hardened();
    value["Name"] = json!("/open");
    value["AppArmorProfile"] = json!("unconfined");
    value["HostConfig"] = json!({
        "Privileged": true, "PidMode": "host", "IpcMode": "host", "NetworkMode": "host",
        "UTSMode": "host", "UsernsMode": "host", "CgroupnsMode": "host", "MaskedPaths": null, "CapAdd": ["SYS_ADMIN"], "CapDrop": null,
        "SecurityOpt": ["label=disable", "no-new-privileges=false"],
        "Devices": [{ "PathOnHost": "/dev/sda", "PathInContainer": "/dev/sda", "CgroupPermissions": "rwm" }],
        "DeviceCgroupRules": null,
        "Memory": 0, "CpuShares": 0, "NanoCpus": 0, "CpuQuota": 0, "CpusetCpus": "", "PidsLimit": null,
        "ReadonlyRootfs": false, "CgroupParent": "/other", "PublishAllPorts": false,
        "RestartPolicy": { "Name": "always", "MaximumRetryCount": 0 }, "PortBindings": {}
    });
    value["Mounts"] = json!([
        { "Type": "bind", "Source": "/etc", "Destination": "/host", "Propagation": "rshared" },
        { "Type": "bind", "Source": "/var/run/docker.sock", "Destination": "/s", "Propagation": "rprivate" }
    ]);
    value["Config"] = json!({
        "User": "", "Image": "web", "Env": ["DOCKER_CONTENT_TRUST=1"], "Labels": null
    });
    value["NetworkSettings"]["Ports"] = json!({ "80/tcp": [
        { "HostIp": "0.0.0.0", "HostPort": "80" }, { "HostIp": "::", "HostPort": "80" }
    ] });
    value
}

fn facts(value: &Value) -> (Workload, Vec<String>) {
    beside(value, None, Fact::not_collected())
}

fn beside(
    value: &Value,
    daemon: Option<&Daemon>,
    address: Fact<Addresses>,
) -> (Workload, Vec<String>) {
    let gaps = Register::default();
    let settings = [container(value, &gaps)];
    let all = std::collections::BTreeMap::new();
    let beside = Beside { gaps: &gaps, daemon, address, all: &all, settings: &settings };
    let workload = settings[0].workload(&beside);
    (workload, gaps.list().iter().skip(2).map(Gap::words).collect())
}

/// The lists of a container, each with its entries; none of a list that is open.
fn lists(workload: &Workload) -> Vec<(&'static str, Option<Vec<String>>)> {
    let mut all = Vec::new();
    for fact in Workload::FACTS {
        let Some(shown) = workload.show(fact.name) else { continue };
        let Some(known) = shown.get("known") else {
            if shown.get("gap").is_some() {
                all.push((fact.name, None));
            }
            continue;
        };
        if let Ok(entries) = serde_json::from_value::<Entries>(known.clone()) {
            all.push((fact.name, Some(entries.certain().to_vec())));
        }
    }
    all
}

#[test]
fn a_hardened_container_has_no_entry_but_its_image() {
    let (workload, gaps) = facts(&hardened());
    assert!(gaps.is_empty(), "{gaps:?}");
    for (name, entries) in lists(&workload) {
        let expected = match name {
            "images" => vec!["web: registry.example/web:1".to_owned()],
            _ => vec![],
        };
        assert_eq!(entries, Some(expected), "{name}");
    }
    assert_eq!(workload.restarts, Known(Some(5)));
    assert_eq!((workload.id.as_str(), workload.name.as_str()), ("container/web", "web"));
}

#[test]
fn an_open_container_has_an_entry_in_every_list() {
    let (workload, gaps) = facts(&open());
    assert!(gaps.is_empty(), "{gaps:?}");
    for (name, entries) in lists(&workload) {
        // It is in the network of the host, and not on the bridge.
        let none = name == "default_bridge";
        assert_eq!(entries.as_ref().map(|all| all.is_empty()), Some(none), "{name}: {entries:?}");
    }
    assert_eq!(workload.restarts, Known(None));
}

#[test]
fn an_empty_list_of_masked_paths_masks_nothing() {
    let of = |paths: Value| {
        let mut value = hardened();
        value["HostConfig"]["MaskedPaths"] = paths;
        facts(&value).0.unmasked_proc
    };
    assert_eq!(of(json!([])), Known(Entries::from(["HostConfig.MaskedPaths is empty"])));
    assert_eq!(of(Value::Null), Known(Entries::none()));
    assert!(of(json!("/proc")).gap().is_some());
    let mut value = hardened();
    value["HostConfig"].as_object_mut().unwrap().remove("MaskedPaths");
    assert!(facts(&value).0.unmasked_proc.gap().is_some());
}

/// The values of a document, by their paths.
fn paths(value: &Value, at: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let path = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                all.push(path.clone());
                paths(inner, &path, all);
            }
        }
        Value::Array(items) => {
            for (place, inner) in items.iter().enumerate() {
                let path = format!("{at}/{place}");
                all.push(path.clone());
                paths(inner, &path, all);
            }
        }
        _ => {}
    }
}

fn remove(value: &mut Value, path: &str) {
    let (parent, name) = path.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(fields) => {
            fields.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Value::Array(items) => {
            items.remove(name.parse().unwrap());
        }
        _ => unreachable!(),
    }
}

/// What no damage of an open container may do: a list that had an entry is never known to be empty.
#[test]
fn no_damaged_value_turns_an_entry_into_none() {
    // What a field that is missing means is documented: there is no health check, and nothing is exposed or set.
    let means_none = [
        "/NetworkSettings/Ports/80~1tcp",
        "/Config/Env/0",
        "/Mounts/0",
        "/Mounts/1",
        "/HostConfig/CapAdd/0",
        "/HostConfig/SecurityOpt/0",
        "/HostConfig/SecurityOpt/1",
        "/HostConfig/Devices/0",
    ];
    type Damage = fn(&mut Value, &str);
    let damages: [(&str, Damage); 4] = [
        ("left out", remove),
        ("null", |value, path| *value.pointer_mut(path).unwrap() = Value::Null),
        ("a number", |value, path| *value.pointer_mut(path).unwrap() = json!(17)),
        ("an object", |value, path| *value.pointer_mut(path).unwrap() = json!({ "x": 1 })),
    ];
    let mut all = Vec::new();
    paths(&open(), "", &mut all);
    for path in all {
        for (what, damage) in damages {
            let empties = path.starts_with("/NetworkSettings/Ports/80~1tcp/");
            let may_be = what == "left out" && empties
                || means_none.contains(&path.as_str())
                // An empty list is printed as null as well.
                || what == "null"
                // Another number is another limit.
                || what == "a number" && open().pointer(&path).is_some_and(|one| one.is_number() || one.is_null());
            if may_be {
                continue;
            }
            let mut value = open();
            damage(&mut value, &path);
            if !is_container(&value) {
                continue;
            }
            for (name, entries) in lists(&facts(&value).0) {
                let lost = entries.is_some_and(|all| all.is_empty()) && name != "default_bridge";
                // Another name of a user, a mode or a policy is another setting.
                assert!(!lost, "{path} is {what}: {name} is known to be empty");
            }
        }
    }
}

#[test]
fn null_is_what_the_engine_prints_for_an_empty_list_and_nothing_else() {
    for path in [
        "/HostConfig/Privileged",
        "/HostConfig/PidMode",
        "/HostConfig/ReadonlyRootfs",
        "/HostConfig/Memory",
        "/HostConfig/RestartPolicy",
        "/Config/User",
    ] {
        let mut value = hardened();
        *value.pointer_mut(path).unwrap() = Value::Null;
        let (workload, gaps) = facts(&value);
        let unknown = lists(&workload).iter().any(|(_, entries)| entries.is_none())
            || workload.restarts.gap().is_some()
            || path.ends_with("Memory");
        assert!(unknown, "{path}: {gaps:?}");
    }
}

#[test]
fn ports_are_those_of_the_running_container() {
    let mut value = hardened();
    value["State"]["Running"] = json!(false);
    value["NetworkSettings"]["Ports"] = json!({});
    value["HostConfig"]["PortBindings"] = json!({ "80/tcp": [{ "HostIp": "", "HostPort": "80" }], "53/udp": [{ "HostIp": "", "HostPort": "" }] });
    let (workload, _) = facts(&value);
    let Known(unbound) = &workload.unbound_ports else { panic!() };
    assert_eq!(unbound.certain().len(), 2);
    assert!(workload.ports_on_all_addresses != Known(Entries::none()));
    value["HostConfig"]["PublishAllPorts"] = json!(true);
    value["HostConfig"]["PortBindings"] = json!({});
    let (workload, gaps) = facts(&value);
    assert!(workload.unbound_ports.gap().is_some(), "{gaps:?}");
}

fn entries_of(fact: &Fact<Entries>) -> Option<usize> {
    match fact {
        Known(entries) if entries.undecided().is_some() && entries.certain().is_empty() => None,
        Known(entries) => Some(entries.certain().len()),
        _ => None,
    }
}

#[test]
fn a_privileged_container_has_every_capability_and_device() {
    let mut value = hardened();
    value["HostConfig"]["Privileged"] = json!(true);
    let (workload, _) = facts(&value);
    for fact in
        [&workload.added_capabilities, &workload.undropped_capabilities, &workload.host_devices]
    {
        assert_eq!(entries_of(fact), Some(1));
    }
    value["HostConfig"]["Privileged"] = Value::Null;
    assert_eq!(entries_of(&facts(&value).0.undropped_capabilities), None);
}

#[test]
fn requests_for_devices_are_devices() {
    for (requests, count) in [
        (Value::Null, Some(0)),
        (json!([{ "Driver": "cdi", "Count": 0, "DeviceIDs": ["vendor.com/gpu=0"] }]), Some(1)),
        (
            json!([{ "Driver": "", "Count": -1, "DeviceIDs": null, "Capabilities": [["gpu"]] }]),
            Some(1),
        ),
        (json!([1]), None),
        (json!(1), None),
    ] {
        let mut value = hardened();
        value["HostConfig"]["DeviceRequests"] = requests.clone();
        assert_eq!(entries_of(&facts(&value).0.host_devices), count, "{requests}");
    }
}

#[test]
fn the_daemon_decides_what_a_container_does_not_set() {
    let daemon = |profile: &str, no_new: bool| {
        Daemon::unread("daemon/host", "host", None)
            .seccomp_profile(Known(profile.to_owned()))
            .no_new_privileges(Known(no_new))
    };
    let judged = |options: Value, daemon: &Daemon| {
        let mut value = hardened();
        value["HostConfig"]["SecurityOpt"] = options;
        let workload = beside(&value, Some(daemon), Fact::not_collected()).0;
        (entries_of(&workload.seccomp_overrides), entries_of(&workload.privilege_escalation))
    };
    let none = Value::Null;
    assert_eq!(judged(none.clone(), &daemon("unconfined", false)), (Some(1), Some(1)));
    assert_eq!(judged(none.clone(), &daemon("", false)).0, Some(1));
    // It may be older than the option of the daemon.
    assert_eq!(judged(none.clone(), &daemon("builtin", true)), (Some(0), None));
    assert_eq!(judged(none, &daemon("/own.json", true)).0, Some(0));
    let own = json!(["seccomp=builtin", "no-new-privileges"]);
    assert_eq!(judged(own, &daemon("unconfined", true)), (Some(0), Some(0)));
    for (profile, found) in [
        (r#"{"defaultAction":"SCMP_ACT_ALLOW"}"#, Some(1)),
        (r#"{"defaultAction":"SCMP_ACT_ERRNO"}"#, Some(0)),
        (r#"{"defaultAction":17}"#, None),
    ] {
        let options = json!([format!("seccomp={profile}")]);
        assert_eq!(judged(options, &daemon("builtin", false)).0, found, "{profile}");
    }
    let mut value = hardened();
    value["HostConfig"]["SecurityOpt"] = json!(["disable"]);
    assert_eq!(entries_of(&facts(&value).0.se_linux_overrides), Some(1));
}

#[test]
fn a_container_that_restarts_has_the_ports_that_it_will_have() {
    for ports in [json!({}), Value::Null] {
        let mut value = hardened();
        value["State"]["Restarting"] = json!(true);
        value["NetworkSettings"]["Ports"] = ports;
        value["HostConfig"]["PortBindings"] =
            json!({ "80/tcp": [{ "HostIp": "0.0.0.0", "HostPort": "80" }] });
        let (workload, _) = facts(&value);
        for fact in
            [&workload.unbound_ports, &workload.ports_on_all_addresses, &workload.privileged_ports]
        {
            assert_eq!(fact.map(|all| all.certain().len()), Known(1));
        }
        value["HostConfig"]["PortBindings"] = json!({});
        value["HostConfig"]["PublishAllPorts"] = json!(true);
        assert!(facts(&value).0.unbound_ports.gap().is_some());
        value["HostConfig"]["NetworkMode"] = json!("host");
        assert_eq!(facts(&value).0.unbound_ports, Known(Entries::none()));
    }
}

/// Whether a port without an address counts as one on all of them, of a stopped container in these networks.
fn on_all(mode: &str, networks: Value, address: Fact<Addresses>) -> Option<bool> {
    let mut value = hardened();
    value["State"]["Running"] = json!(false);
    value["HostConfig"]["NetworkMode"] = json!(mode);
    value["HostConfig"]["PortBindings"] = json!({ "80/tcp": [{ "HostIp": "", "HostPort": "80" }] });
    value["NetworkSettings"]["Networks"] = networks;
    match beside(&value, None, address).0.ports_on_all_addresses {
        Known(entries) if entries.undecided().is_some() => None,
        Known(entries) => Some(!entries.certain().is_empty()),
        _ => None,
    }
}

#[test]
fn the_address_of_the_daemon_is_that_of_the_default_bridge() {
    let known = |bridge: &str, networks_have_all| {
        Known(Addresses { bridge: bridge.to_owned(), networks_have_all })
    };
    let (bridge, shop) = (json!({ "bridge": {} }), json!({ "shop": {} }));
    let both = json!({ "bridge": {}, "shop": {} });
    assert_eq!(on_all("bridge", bridge.clone(), known("127.0.0.1", true)), Some(false));
    assert_eq!(on_all("default", Value::Null, known("127.0.0.1", true)), Some(false));
    assert_eq!(on_all("bridge", bridge, known("", true)), Some(true));
    assert_eq!(on_all("shop", shop.clone(), known("127.0.0.1", true)), Some(true));
    assert_eq!(on_all("shop", shop.clone(), known("127.0.0.1", false)), None);
    assert_eq!(on_all("shop", shop, Fact::not_collected()), None);
    for mode in ["bridge", "shop"] {
        assert_eq!(on_all(mode, both.clone(), known("127.0.0.1", true)), None);
        assert_eq!(on_all(mode, both.clone(), known("", true)), Some(true));
    }
}

#[test]
fn what_is_shared_or_named_otherwise_is_told_apart() {
    let with = |path: &str, set: Value| {
        let mut value = hardened();
        *value.pointer_mut(path).unwrap() = set;
        facts(&value).0
    };
    assert!(
        with("/HostConfig/PidMode", json!("container:abc")).host_process_namespace.gap().is_some()
    );
    assert!(with("/Config/User", json!("app")).root_containers.gap().is_some());
    let id = format!("sha256:{}", "0".repeat(64));
    assert!(with("/Config/Image", json!(id)).images.gap().is_some());
    for mode in ["default", "bridge", ""] {
        let bridge = with("/HostConfig/NetworkMode", json!(mode)).default_bridge;
        assert_eq!(bridge.map(|all| all.certain().len()), Known(1), "{mode}");
    }
    let without = with("/HostConfig/SecurityOpt", Value::Null).privilege_escalation;
    assert!(without.gap().is_some(), "the daemon decides");
    let windows = with("/Platform", json!("windows"));
    assert!(lists(&windows).iter().all(|(_, entries)| entries.is_none()));
}
