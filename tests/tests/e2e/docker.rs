//! `posture audit docker`: what is read, what is reported of it, and the exit code.

use posture_tests::{Program, Run};
use serde_json::{Value, json};

const COMPOSE: &str = "\
# An example.
services:
  web:
    image: registry.example/web:1.2
    privileged: true
";

/// Limits to one control, so that a test depends on no other.
const ONE: [&str; 2] = ["--control", "workloads.privileged-containers"];

struct Folder(tempfile::TempDir);

impl Folder {
    fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn audit(&self, arguments: &[&str]) -> Run {
        let program = Program::new().env("COLUMNS", "100").current_dir(self.0.path());
        program.args(&["audit", "docker"]).args(arguments).run()
    }
}

fn hardened() -> Value {
    json!({
        "Id": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "Name": "/web", "State": { "Running": true }, "AppArmorProfile": "docker-default",
        "HostConfig": {
            "Privileged": false, "PidMode": "", "IpcMode": "private", "NetworkMode": "shop", "UTSMode": "", "UsernsMode": "",
            "CgroupnsMode": "private", "MaskedPaths": ["/proc/kcore"],
            "CapAdd": null, "CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"], "Devices": [], "DeviceCgroupRules": null,
            "Memory": 268_435_456_u64, "CpuShares": 0, "NanoCpus": 500_000_000_u64, "CpuQuota": 0, "CpusetCpus": "",
            "PidsLimit": 100, "ReadonlyRootfs": true, "CgroupParent": "", "PublishAllPorts": false,
            "RestartPolicy": { "Name": "on-failure", "MaximumRetryCount": 5 }, "PortBindings": {}
        },
        "Mounts": [],
        "Config": {
            "User": "1000", "Image": "registry.example/web:1", "Env": ["PATH=/bin"], "Labels": {},
            "Healthcheck": { "Test": ["CMD", "true"] }
        },
        "NetworkSettings": { "Ports": { "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "8080" }] }, "Networks": { "shop": {} } }
    })
}

/// Without any protection.
fn open() -> Value {
    let mut value = hardened();
    value["Name"] = json!("/open");
    value["AppArmorProfile"] = json!("unconfined");
    for (field, set) in [
        ("Privileged", json!(true)),
        ("PidMode", json!("host")),
        ("IpcMode", json!("host")),
        ("NetworkMode", json!("host")),
        ("UTSMode", json!("host")),
        ("UsernsMode", json!("host")),
        ("CgroupnsMode", json!("host")),
        ("MaskedPaths", Value::Null),
        ("CapAdd", json!(["SYS_ADMIN"])),
        ("CapDrop", Value::Null),
        ("SecurityOpt", json!(["label=disable", "no-new-privileges=false"])),
        ("Memory", json!(0)),
        ("NanoCpus", json!(0)),
        ("PidsLimit", Value::Null),
        ("ReadonlyRootfs", json!(false)),
        ("CgroupParent", json!("/other")),
        ("Devices", json!([{ "PathOnHost": "/dev/sda", "CgroupPermissions": "rwm" }])),
        ("RestartPolicy", json!({ "Name": "always", "MaximumRetryCount": 0 })),
    ] {
        value["HostConfig"][field] = set;
    }
    value["Mounts"] = json!([
        { "Type": "bind", "Source": "/etc", "Destination": "/host", "Propagation": "rshared" },
        { "Type": "bind", "Source": "/var/run/docker.sock", "Destination": "/s", "Propagation": "rprivate" }
    ]);
    value["Config"] =
        json!({ "User": "", "Image": "web", "Env": ["DOCKER_CONTENT_TRUST=1"], "Labels": null });
    value["NetworkSettings"]["Ports"]["80/tcp"][0] =
        json!({ "HostIp": "0.0.0.0", "HostPort": "80" });
    value
}

/// The controls of a report by their outcome on a resource.
fn outcomes(report: &Value, resource: &str, outcome: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let of = findings.filter(|one| one["resource"]["id"] == resource && one["outcome"] == outcome);
    of.map(|one| one["control"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_compose_file_with_a_typo_has_its_place_and_what_to_write() {
    let typo = format!("{COMPOSE}  db:\n    image: db:1\n    privilaged: true\n");
    let folder = Folder::of(&[("compose.yaml", COMPOSE), ("typo/compose.yaml", &typo)]);
    let run = folder.audit(&["compose.yaml", "--control", ONE[1]]);
    assert_eq!(run.code, 10, "{}", run.out);
    let run = folder.audit(&["typo/compose.yaml", "--control", ONE[1]]);
    assert_eq!(run.code, 12, "{}", run.out);
    let text = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("INVALID typo/compose.yaml:8:5"), "{}", run.out);
    assert!(
        text.contains("services.db.privilaged: unknown field: did you mean `privileged`"),
        "{}",
        run.out
    );
    // The service without a mistake is judged all the same.
    assert!(text.contains("A container is privileged"), "{}", run.out);
}

#[test]
fn results_for_code_scanning_have_the_file_and_the_line() {
    let folder =
        Folder::of(&[("app/compose.yaml", COMPOSE), ("bad/compose.yaml", "service: {}\n")]);
    let sarif = folder.audit(&[".", "--format", "sarif", "--control", ONE[1]]).json();
    let places: Vec<String> = sarif["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            format!("{} {uri}:{}", result["ruleId"].as_str().unwrap(), place["region"]["startLine"])
        })
        .collect();
    assert!(places.contains(&"invalid-file bad/compose.yaml:1".to_owned()), "{places:?}");
    let found = "workloads.privileged-containers app/compose.yaml:3".to_owned();
    assert!(places.contains(&found), "{places:?}");
}

#[test]
fn a_hardened_container_passes_what_an_open_one_fails() {
    let both = json!([hardened(), open()]).to_string();
    let run = Program::new().args(&["audit", "docker", "-", "--format", "json"]).input(&both).run();
    assert_eq!(run.code, 10, "{}", run.err);
    let report = run.json();
    let failing = outcomes(&report, "container/web", "fail");
    assert!(failing.is_empty(), "{failing:?}");
    let passing = outcomes(&report, "container/web", "pass");
    let failing = outcomes(&report, "container/open", "fail");
    assert!(passing.len() > 25 && failing.len() > 25, "{passing:?} {failing:?}");
    // The one exception: it is in the network of the host, and so not on a bridge.
    let only: Vec<&String> = passing.iter().filter(|one| !failing.contains(one)).collect();
    assert_eq!(only, ["workloads.default-bridge"]);
    // No daemon was given, so that nothing is known of one.
    let daemons = report["findings"].as_array().unwrap().iter();
    let daemons = daemons.filter(|one| one["control"] == "container-host.api-tls");
    assert!(daemons.map(|one| &one["outcome"]).eq([&json!("unknown")]));
}

#[test]
fn a_daemon_decides_with_its_configuration_and_its_flags() {
    let config = "{\"icc\": false, \"userland-proxy\": false, \"hosts\": [\"tcp://0.0.0.0:2375\"]}";
    let folder =
        Folder::of(&[("daemon.json", config), ("bad/daemon.json", "{\"icc\": \"false\"}")]);
    let report = folder.audit(&["daemon.json", "--format", "json"]).json();
    let of = |outcome| outcomes(&report, "daemon/daemon", outcome);
    assert!(of("pass").contains(&"container-host.inter-container-traffic".to_owned()));
    assert!(of("unknown").contains(&"container-host.live-restore".to_owned()), "a flag may set it");
    let report = folder.audit(&["daemon.json", "--dockerd-flags", "", "--format", "json"]).json();
    let failing = outcomes(&report, "daemon/daemon", "fail");
    for control in
        ["container-host.api-tls", "container-host.no-new-privileges", "container-host.log-driver"]
    {
        assert!(failing.contains(&control.to_owned()), "{control}: {failing:?}");
    }
    let run = folder.audit(&["bad/daemon.json"]);
    assert_eq!(run.code, 12, "{}", run.out);
    let text = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("bad/daemon.json:1:9"), "{}", run.out);
    assert!(text.contains("write `false` without quotes"), "{}", run.out);
}

#[test]
fn rows_of_the_benchmark_are_answered() {
    let both = json!([hardened()]).to_string();
    let arguments = ["audit", "docker", "-", "--framework", "cis-docker", "--format", "json"];
    let report = Program::new().args(&arguments).input(&both).run().json();
    let rows = report["frameworks"][0]["requirements"].as_array().unwrap();
    let state = |id: &str| {
        let row = rows.iter().find(|row| row["id"] == id).unwrap();
        row["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(rows.len(), 118);
    for id in ["5.5", "5.10", "5.11", "5.13", "5.26", "5.31", "5.32"] {
        assert_eq!(state(id), "met", "{id}");
    }
    assert_eq!(
        (state("3.1").as_str(), state("5.23").as_str()),
        ("not-assessed-no-control", "not-assessed-organizational")
    );
}

#[test]
fn a_configuration_names_docker_as_a_target() {
    let config = "[[target]]\nname = \"shop\"\nprovider = \"docker\"\npaths = [\"compose.yaml\"]\n";
    let folder = Folder::of(&[("compose.yaml", COMPOSE), ("posture.toml", config)]);
    let program = Program::new().current_dir(folder.0.path());
    let run = program.args(&["audit", "targets", "--format", "json"]).args(&ONE).run();
    assert_eq!(run.code, 10, "{}", run.err);
    let finding = &run.json()["findings"][0];
    assert_eq!(
        (&finding["scope"], &finding["resource"]["id"]),
        (&json!("shop"), &json!("service/web"))
    );
}

#[test]
fn nothing_to_judge_is_not_a_clean_result() {
    let folder = Folder::of(&[("images.json", "[{\"RepoTags\": []}]"), ("empty.yaml", "")]);
    let run = folder.audit(&["images.json", "empty.yaml"]);
    assert_eq!(run.code, 11, "{}", run.out);
    assert!(run.err.contains("no container, service or daemon in"), "{}", run.err);
    assert_eq!(folder.audit(&["missing.yaml"]).code, 12);
    assert_eq!(Program::new().args(&["audit", "docker"]).run().code, 2);
}
