//! Daemons, case by case.

use posture_yaml::Limits;
use serde_json::json;

use super::*;

fn info() -> Value {
    json!({
        "ID": "x", "Name": "host1", "ServerVersion": "28.3.0", "Driver": "overlay2", "LoggingDriver": "json-file",
        "Debug": false, "LiveRestoreEnabled": false, "ExperimentalBuild": false, "Labels": ["team=shop"],
        "SecurityOptions": ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"],
        "Plugins": { "Authorization": null }, "Swarm": { "LocalNodeState": "inactive" },
        "RegistryConfig": {
            "InsecureRegistryCIDRs": ["::1/128", "127.0.0.0/8"],
            "IndexConfigs": { "docker.io": { "Name": "docker.io", "Secure": true } }
        },
        "ClientInfo": {}, "Warnings": null
    })
}

fn shown(value: Value) -> Daemon {
    let gaps = Register::default();
    read_info(value).unwrap().daemon("daemon/host1", &gaps)
}

fn config(text: &str) -> Result<Config, String> {
    let found = read_config(text.as_bytes(), "daemon.json", &Limits::default());
    found.map_err(|mistakes| {
        let words = mistakes.into_iter().map(|one| {
            let gap = one.gap("daemon.json", "daemon.json");
            format!("{}: {}", gap.target, gap.detail.unwrap_or_default())
        });
        words.collect::<Vec<_>>().join("\n")
    })
}

fn judged(seen: Seen) -> Daemon {
    seen.judge(&Register::default()).daemon
}

fn configured(text: &str, flags: Option<&str>) -> Daemon {
    let flags = flags.map(|flags| read_flags(flags).unwrap());
    judged(Seen { config: Some(config(text).unwrap()), flags, ..Seen::default() })
}

fn certain(fact: &Fact<Entries>) -> Vec<String> {
    match fact {
        Known(entries) => entries.certain().to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_docker_info_prints_is_known() {
    let daemon = shown(info());
    assert_eq!(daemon.rootless, Known(false));
    assert_eq!(daemon.user_namespaces, Known(false));
    assert_eq!(daemon.storage_driver, Known("overlay2".to_owned()));
    assert_eq!(daemon.no_new_privileges, Known(false));
    assert_eq!(daemon.live_restore, Known(false));
    assert_eq!(daemon.version, Known("28.3.0".to_owned()));
    assert_eq!(daemon.swarm, Known(false));
    assert_eq!(daemon.seccomp_profile, Known("builtin".to_owned()));
    assert_eq!(daemon.security_modules, Known(vec!["apparmor".to_owned()]));
    assert_eq!(daemon.authorization_plugins, Known(vec![]));
    assert_eq!(certain(&daemon.insecure_registries), Vec::<String>::new());
    assert_eq!(certain(&daemon.unprotected_addresses), Vec::<String>::new());
    // It shows neither the level of logs, unless it is debug, nor icc.
    assert!(
        daemon.log_level.is_not_collected() && daemon.inter_container_traffic.is_not_collected()
    );
}

#[test]
fn what_is_set_is_found() {
    let mut value = info();
    value["Debug"] = json!(true);
    value["SecurityOptions"] =
        json!(["name=userns", "name=rootless", "name=no-new-privileges", "name=selinux"]);
    value["Swarm"]["LocalNodeState"] = json!("active");
    value["RegistryConfig"]["IndexConfigs"]["reg.example:5000"] = json!({ "Secure": false });
    value["RegistryConfig"]["InsecureRegistryCIDRs"] = json!(["127.0.0.0/8", "10.0.0.0/8"]);
    value["Warnings"] = json!([
        "WARNING: No swap limit support",
        "[DEPRECATION NOTICE]: API is accessible on http://0.0.0.0:2375 without encryption.\n Access to the remote API",
        "WARNING: API is accessible on https://0.0.0.0:2376 without TLS client verification."
    ]);
    let daemon = shown(value);
    assert_eq!(daemon.log_level, Known("debug".to_owned()));
    assert_eq!((daemon.rootless, daemon.user_namespaces), (Known(true), Known(true)));
    assert_eq!((daemon.no_new_privileges, daemon.swarm), (Known(true), Known(true)));
    assert_eq!(daemon.security_modules, Known(vec!["selinux".to_owned()]));
    // The kernel has no seccomp.
    assert_eq!(daemon.seccomp_profile, Known(String::new()));
    assert_eq!(certain(&daemon.insecure_registries), ["10.0.0.0/8", "reg.example:5000"]);
    assert_eq!(
        certain(&daemon.unprotected_addresses),
        [
            "http://0.0.0.0:2375 without encryption",
            "https://0.0.0.0:2376 without TLS client verification"
        ]
    );
}

#[test]
fn an_older_engine_does_not_show_everything() {
    let mut value = info();
    value["ServerVersion"] = json!("20.10.24+dfsg1");
    value["SecurityOptions"][1] = json!("name=seccomp,profile=default");
    let daemon = shown(value.clone());
    assert!(daemon.no_new_privileges.gap().is_some());
    assert_eq!(daemon.seccomp_profile, Known("builtin".to_owned()));
    assert_eq!(certain(&daemon.unprotected_addresses), Vec::<String>::new());
    value["ServerVersion"] = json!("18.09.1");
    assert!(shown(value.clone()).unprotected_addresses.gap().is_some());
    value["ServerVersion"] = json!("dev");
    assert!(shown(value).unprotected_addresses.gap().is_some());
}

#[test]
fn what_is_missing_or_of_another_type_is_a_gap() {
    for field in [
        "Driver",
        "LoggingDriver",
        "LiveRestoreEnabled",
        "ExperimentalBuild",
        "SecurityOptions",
        "Swarm",
        "RegistryConfig",
        "Plugins",
    ] {
        for damage in [None, Some(json!(17)), Some(json!("x"))] {
            let mut value = info();
            match damage.clone() {
                None => drop(value.as_object_mut().unwrap().remove(field)),
                Some(_) if matches!(field, "Driver" | "LoggingDriver") => continue,
                Some(damage) => value[field] = damage,
            }
            let daemon = shown(value);
            let open = Daemon::FACTS.iter().filter(|fact| {
                daemon.gap(fact.name).is_some_and(|gap| gap != GapId::NOT_COLLECTED)
            });
            assert!(open.count() > 0, "{field} {damage:?}");
        }
    }
}

#[test]
fn a_client_without_its_daemon_shows_nothing() {
    for value in [
        json!({ "ServerErrors": ["Cannot connect to the Docker daemon"], "ClientInfo": {} }),
        json!({ "ServerVersion": "", "SecurityOptions": null }),
    ] {
        assert!(is_info(&value));
        assert!(read_info(value).unwrap_err().contains("did not respond"));
    }
}

#[test]
fn a_configuration_decides_and_its_defaults_need_the_flags() {
    let text = r#"{"icc": false, "no-new-privileges": true, "userns-remap": "default", "iptables": false,
        "log-level": "warn", "insecure-registries": ["reg.example", "localhost:5000", "127.0.0.1"], "live-restore": true,
        "userland-proxy": false, "hosts": ["fd://", "tcp://0.0.0.0:2375"], "tlsverify": false, "tls": false,
        "cgroup-parent": "/x", "storage-opts": ["dm.basesize=20G"], "authorization-plugins": ["opa"],
        "default-ulimits": {"nofile": {"Name": "nofile", "Hard": 1, "Soft": 1}}, "experimental": true,
        "seccomp-profile": "unconfined", "selinux-enabled": true, "log-driver": "syslog", "storage-driver": "aufs",
        "content-trust": {"mode": "enforced"}}"#;
    let daemon = configured(text, None);
    assert_eq!(daemon.inter_container_traffic, Known(false));
    assert_eq!(daemon.no_new_privileges, Known(true));
    assert_eq!(daemon.user_namespaces, Known(true));
    assert_eq!(daemon.manages_iptables, Known(false));
    assert!(daemon.log_level.gap().is_some(), "a flag may set debug");
    assert_eq!(certain(&daemon.insecure_registries), ["reg.example"]);
    assert_eq!(
        certain(&daemon.unprotected_addresses),
        ["tcp://0.0.0.0:2375 without TLS that verifies clients"]
    );
    assert_eq!(certain(&daemon.cgroup_parents), ["cgroup-parent is /x"]);
    assert_eq!(certain(&daemon.base_device_sizes), ["dm.basesize=20G"]);
    assert_eq!(certain(&daemon.content_trust), ["content-trust in daemon.json"]);
    assert_eq!((daemon.default_ulimits, daemon.experimental), (Known(true), Known(true)));
    assert_eq!(daemon.security_modules, Known(vec!["selinux".to_owned()]));
    // Without flags, an option that is not set is not known.
    let bare = configured("{}", None);
    for fact in Daemon::FACTS {
        let has_no_flag = fact.name == "content_trust";
        assert_eq!(bare.gap(fact.name).is_none(), has_no_flag, "{}", fact.name);
    }
    // Without any, it has its default.
    let bare = configured("{}", Some(""));
    assert_eq!(bare.inter_container_traffic, Known(true));
    assert_eq!((bare.userland_proxy, bare.live_restore), (Known(true), Known(false)));
    assert_eq!(bare.log_level, Known("info".to_owned()));
    assert_eq!(certain(&bare.unprotected_addresses), Vec::<String>::new());
    assert!(bare.storage_driver.gap().is_some() && bare.user_namespaces.gap().is_some());
    let flagged = configured("{}", Some("/usr/bin/dockerd -H tcp://0.0.0.0:2376 --icc=false -D"));
    assert_eq!(flagged.inter_container_traffic, Known(false));
    assert_eq!(flagged.log_level, Known("debug".to_owned()));
    assert_eq!(
        certain(&flagged.unprotected_addresses),
        ["tcp://0.0.0.0:2376 without TLS that verifies clients"]
    );
    let verified = configured(r#"{"hosts": ["tcp://0.0.0.0:2376"], "tlsverify": true}"#, None);
    assert_eq!(certain(&verified.unprotected_addresses), Vec::<String>::new());
}

#[test]
fn tls_verifies_clients_unless_that_is_turned_off() {
    let hosts = r#""hosts": ["tcp://0.0.0.0:2376"]"#;
    for (set, flags, open) in [
        (r#","tls": true"#, Some(""), Some(0)),
        (r#","tls": true"#, Some("--tlsverify=false"), Some(1)),
        (r#","tls": true"#, None, None),
        (r#","tls": true, "tlsverify": false"#, None, Some(1)),
        (r#","tls": false"#, Some(""), Some(1)),
        ("", Some("--tls"), Some(0)),
        ("", Some("--tlsverify"), Some(0)),
        ("", Some(""), Some(1)),
        ("", None, None),
    ] {
        let found = configured(&format!("{{{hosts}{set}}}"), flags).unprotected_addresses;
        let found = if found.gap().is_some() { None } else { Some(certain(&found).len()) };
        assert_eq!(found, open, "{set} {flags:?}");
    }
}

#[test]
fn a_level_is_read_in_any_case() {
    for (level, known) in [("INFO", "info"), ("Warning", "warn"), ("debug", "debug")] {
        let daemon = configured(&format!("{{\"log-level\": \"{level}\"}}"), Some(""));
        assert_eq!(daemon.log_level, Known(known.to_owned()));
    }
}

#[test]
fn flags_that_contradict_the_configuration_are_mistakes() {
    for (text, file, flags, count) in [
        (r#"{"hosts": ["fd://"]}"#, "daemon.json", "-H fd://", 1),
        (r#"{"icc": false, "debug": true}"#, "daemon.json", "-D --icc=false --iptables", 2),
        (r#"{"icc": false}"#, "daemon.json", "--iptables=false", 0),
        (r#"{"runtimes": {"x": {}}}"#, "daemon.json", "--add-runtime y=/y", 0),
        ("{}", "daemon.json", "--config-file=/etc/docker/other.json", 1),
        ("{}", "daemon.json", "--config-file /opt/docker/daemon.json", 0),
        ("{}", "/etc/docker/daemon.json", "--config-file /opt/docker/daemon.json", 1),
        ("{}", "/opt/x.json", "--config-file /opt/x.json", 0),
        ("{}", "prod.json", "--config-file=/etc/docker/daemon.json", 0),
    ] {
        let config = read_config(text.as_bytes(), file, &Limits::default()).unwrap();
        let found = read_flags(flags).unwrap().conflicts(&config);
        assert_eq!(found.len(), count, "{text} {flags}: {found:?}");
    }
}

#[test]
fn the_running_daemon_outweighs_its_configuration() {
    let config =
        config(r#"{"live-restore": true, "icc": false, "no-new-privileges": true}"#).unwrap();
    let info = read_info(info()).unwrap();
    let daemon = judged(Seen { info: Some(info.clone()), config: Some(config), ..Seen::default() });
    assert_eq!((daemon.live_restore, daemon.no_new_privileges), (Known(false), Known(false)));
    assert_eq!(daemon.inter_container_traffic, Known(false));
    assert_eq!(daemon.id, "daemon/host1");
    let alone = judged(Seen { info: Some(info), ..Seen::default() });
    assert!(alone.inter_container_traffic.gap().is_some());
    assert!(alone.userland_proxy.gap().is_some());
}

#[test]
fn mistakes_in_a_configuration_have_their_place() {
    for (text, mistake) in [
        (
            "{\n  \"icc\": \"false\"\n}",
            "daemon.json:2:10: icc: a boolean is expected, not a string: write `false` without quotes",
        ),
        (
            "{\n\t\"ic\": false\n}",
            "daemon.json:2:2: ic: unknown option, with which the daemon does not start: did you mean `icc`?",
        ),
        (
            "{\"host\": [\"fd://\"]}",
            "daemon.json:1:2: host: unknown option, with which the daemon does not start: write `hosts`",
        ),
        (
            "{\"hosts\": \"fd://\"}",
            "daemon.json:1:11: hosts: a list of strings is expected, not a string: write `[\"fd://\"]`",
        ),
        (
            "{\"graph\": \"/x\"}",
            "daemon.json:1:2: graph: current engines do not have this option, and do not start with it: write `data-root`",
        ),
        (
            "{\"icc\": true, \"icc\": false}",
            "daemon.json:1:15: icc: the field is already on line 1: keep one of them",
        ),
        ("{\"icc\": true", "daemon.json:1:12: not valid JSON"),
        ("{\"icc\": true,}", "daemon.json:1:14: not valid JSON: trailing comma"),
        ("[]", "daemon.json:1:1: an object is expected, not a list"),
        ("{\"dns\": [1]}", "daemon.json:1:10: dns[0]: a string is expected, not a number"),
        (
            "{\"max-concurrent-downloads\": 1.5}",
            "daemon.json:1:30: max-concurrent-downloads: an integer is expected, not a number",
        ),
    ] {
        let found = config(text).unwrap_err();
        assert!(found.starts_with(mistake), "{text}\n{found}");
    }
    assert!(config("").is_ok() && config("{}").is_ok() && config(" \n").is_ok());
    assert!(config("{\n\t\"icc\": null\n}").is_ok());
}

#[test]
fn flags_are_read_as_the_daemon_reads_them() {
    let flags = read_flags("dockerd -H fd:// --host=tcp://1.2.3.4:2376 --tlsverify --log-opt max-size=1m -l 'warn' --iptables=false").unwrap();
    assert_eq!(flags.values["hosts"], json!(["fd://", "tcp://1.2.3.4:2376"]));
    assert_eq!(flags.values["tlsverify"], json!(true));
    assert_eq!(flags.values["log-opts"], json!({ "max-size": "1m" }));
    assert_eq!(
        (&flags.values["log-level"], &flags.values["iptables"]),
        (&json!("warn"), &json!(false))
    );
    for (short, host) in [
        ("-Htcp://0.0.0.0:2375", "tcp://0.0.0.0:2375"),
        ("-H=tcp://0.0.0.0:2375", "tcp://0.0.0.0:2375"),
        ("-DH tcp://0.0.0.0:2375", "tcp://0.0.0.0:2375"),
    ] {
        let flags = read_flags(short).unwrap();
        assert_eq!(flags.values["hosts"], json!([host]), "{short}");
        assert_eq!(flags.values.contains_key("debug"), short.contains('D'));
    }
    assert!(read_flags("").unwrap().values.is_empty());
    for wrong in [
        "--icx=false",
        "--icc=maybe",
        "--log-level",
        "'--icc",
        "$DOCKER_OPTS",
        "dockerd x",
        "-",
        "--",
        "-icc=false",
        "--D",
        "-H",
    ] {
        assert!(read_flags(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn registries_of_the_host_are_always_insecure() {
    for registry in [
        "localhost",
        "localhost:5000",
        "127.0.0.0/8",
        "127.0.0.1:5000",
        "::1/128",
        "[::1]:5000",
        "::1",
        "127.0.0.1/32",
    ] {
        assert!(output::is_loopback(registry), "{registry}");
    }
    for registry in [
        "10.0.0.0/8",
        "localhost.example",
        "reg:5000",
        "0.0.0.0/0",
        "::/0",
        "127.0.0.0/0",
        "127.0.0.1/7",
        "127.evil.example:5000",
        "::1/64",
        "127.0.0.1.example",
    ] {
        assert!(!output::is_loopback(registry), "{registry}");
    }
}

#[test]
fn the_options_are_each_there_once() {
    let names: Vec<&str> = keys::KEYS.items().iter().map(|key| key.name).collect();
    assert!(names.is_sorted() && names.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(is_config(&json!({ "icc": false, "x": 1 })));
    assert!(!is_config(&json!({ "x": 1 })) && !is_config(&json!([])) && !is_config(&json!({})));
}
