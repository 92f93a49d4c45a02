//! Files of several kinds, read together.

use posture_model::fact::Known;
use posture_model::resource::Workload;
use serde_json::json;

use super::*;
use crate::inspect::tests::{hardened, open};

struct Folder(tempfile::TempDir);

impl Folder {
    fn of(files: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn options(&self, names: &[&str]) -> Options {
        let paths = names.iter().map(|name| self.0.path().join(name)).collect();
        Options { paths, name: Some("shop".to_owned()), ..Options::default() }
    }

    fn read(&self, names: &[&str]) -> Tree {
        read(&self.options(names), &Wanted::everything(), || Time::from_unix(0))
    }
}

const COMPOSE_FILE: &str = "services:\n  web:\n    image: web:1\n    ports: ['8080:80']\n";

fn info(options: &[&str]) -> String {
    json!({
        "Name": "host1", "ServerVersion": "28.3.0", "Driver": "overlay2", "LoggingDriver": "json-file", "Debug": false,
        "LiveRestoreEnabled": true, "ExperimentalBuild": false, "Labels": [], "SecurityOptions": options,
        "Plugins": { "Authorization": null }, "Swarm": { "LocalNodeState": "inactive" },
        "RegistryConfig": { "InsecureRegistryCIDRs": [], "IndexConfigs": {} }, "ClientInfo": {}
    })
    .to_string()
}

fn words(tree: &Tree) -> Vec<String> {
    tree.scope.gaps.iter().map(Gap::words).collect()
}

#[test]
fn each_file_is_recognized_by_what_it_holds() {
    let folder = Folder::of(&[
        ("inspect.json", json!([hardened(), open(), { "RepoTags": [] }]).to_string()),
        ("info.json", info(&["name=no-new-privileges"])),
        ("daemon.json", "{\"icc\": false}".to_owned()),
        ("compose.yaml", COMPOSE_FILE.to_owned()),
    ]);
    let tree = folder.read(&["inspect.json", "info.json", "daemon.json", "compose.yaml"]);
    let ids: Vec<&str> = tree.scope.workloads.items.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["container/open", "container/web", "service/web"]);
    assert!(tree.scope.workloads.is_complete() && tree.scope.daemons.is_complete());
    let [daemon] = tree.scope.daemons.items.as_slice() else { panic!("{tree:?}") };
    assert_eq!(daemon.inter_container_traffic, Known(false));
    assert_eq!(daemon.no_new_privileges, Known(true));
    // The daemon decides for a service that sets nothing.
    let service = tree.scope.workloads.items.iter().find(|one| one.id == "service/web").unwrap();
    assert_eq!(service.privilege_escalation.map(|all| all.certain().len()), Known(0));
    assert_eq!(tree.scope.level, Level::Host);
    assert_eq!(tree.others.len(), 1, "{:?}", tree.others);
    assert!(tree.others[0].ends_with("inspect.json: an image"));
}

#[test]
fn compose_files_alone_show_no_host() {
    let folder = Folder::of(&[
        ("compose.yaml", COMPOSE_FILE.to_owned()),
        ("compose.override.yaml", "services: {web: {privileged: true}}".to_owned()),
        ("sub/docker-compose.yml", COMPOSE_FILE.to_owned()),
        ("sub/.hidden/compose.yaml", COMPOSE_FILE.to_owned()),
        ("sub/other.yaml", "kind: Pod".to_owned()),
    ]);
    let tree = folder.read(&["."]);
    assert_eq!(tree.scope.level, Level::Compose);
    assert_eq!(tree.others.len(), 1, "{:?}", tree.others);
    assert!(
        tree.others[0].contains(".hidden/compose.yaml: in a hidden folder"),
        "{:?}",
        tree.others
    );
    let ids: Vec<&str> = tree.scope.workloads.items.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert_eq!(ids[0], "service/web");
    assert!(
        ids[1].starts_with("service/web@") && ids[1].ends_with("sub/docker-compose.yml"),
        "{ids:?}"
    );
    // The override was merged.
    let privileged =
        tree.scope.workloads.items[0].privileged_containers.map(|all| all.certain().len());
    assert_eq!(privileged, Known(1));
    assert!(!tree.scope.daemons.is_collected());
}

#[test]
fn a_container_name_of_two_projects_stands_for_neither() {
    let vpn = |more: &str| format!("services: {{vpn: {{image: a, container_name: vpn{more}}}}}");
    let folder = Folder::of(&[
        ("a/compose.yaml", vpn(", pid: host")),
        ("b/compose.yaml", vpn("")),
        ("c/compose.yaml", "services: {web: {image: a, pid: 'container:vpn'}}".to_owned()),
    ]);
    let fact = |paths: &[&str]| {
        let tree = folder.read(paths);
        let web = tree.scope.workloads.items.iter().find(|one| one.name == "web").unwrap().clone();
        web.host_process_namespace.map(|all| all.certain().len())
    };
    assert!(fact(&["."]).gap().is_some());
    // A project that is given twice is one.
    assert_eq!(fact(&["a", "a/compose.yaml", "c"]), Known(1));
    assert_eq!(fact(&["b", "c"]), Known(0));
}

#[test]
fn without_a_daemon_the_list_of_daemons_is_open() {
    let folder = Folder::of(&[("inspect.json", json!([hardened()]).to_string())]);
    let tree = folder.read(&["inspect.json"]);
    assert!(!tree.scope.daemons.is_complete() && tree.scope.workloads.is_complete());
    assert!(words(&tree).iter().any(|gap| gap.contains("neither what `docker info` prints")));
    // And without a container, that of containers.
    let folder = Folder::of(&[("info.json", info(&[])), ("none.json", "[]".to_owned())]);
    let tree = folder.read(&["info.json"]);
    assert!(tree.scope.daemons.is_complete() && !tree.scope.workloads.is_complete());
    assert!(words(&tree).iter().any(|gap| gap.contains("neither what `docker inspect` prints")));
    assert!(folder.read(&["info.json", "none.json"]).scope.workloads.is_complete());
}

#[test]
fn lines_of_json_are_read_one_by_one() {
    let folder = Folder::of(&[("lines", format!("{}\n{}\n", hardened(), open()))]);
    assert_eq!(folder.read(&["lines"]).scope.workloads.items.len(), 2);
    let twice = Folder::of(&[("a.json", json!([hardened(), hardened()]).to_string())]);
    let ids: Vec<String> =
        twice.read(&["a.json"]).scope.workloads.items.into_iter().map(|one| one.id).collect();
    assert_eq!(ids, ["container/web", "container/web#2"]);
}

#[test]
fn what_cannot_be_used_is_a_gap_and_never_silence() {
    let whole = json!([open()]).to_string();
    for (name, text, gap) in [
        ("cut.json", whole[..whole.len() / 2].to_owned(), "it was truncated"),
        ("bad.json", "[{]".to_owned(), "not valid JSON"),
        ("compose.yaml", "services: [".to_owned(), "not valid YAML"),
        ("daemon.json", "{\"ic\": 1}".to_owned(), "unknown option"),
        (
            "down.json",
            "{\"ServerErrors\": [\"Cannot connect\"], \"ClientInfo\": {}}".to_owned(),
            "Cannot connect",
        ),
        ("compose.yml", "\u{0}\u{1}".to_owned(), "not valid YAML"),
    ] {
        let tree = Folder::of(&[(name, text)]).read(&[name]);
        assert!(words(&tree).iter().any(|one| one.contains(gap)), "{name}: {:?}", words(&tree));
        let Scope { workloads, daemons, .. } = &tree.scope;
        assert!(!workloads.is_complete() || !daemons.is_complete(), "{name}");
    }
    let tree = Folder::of(&[]).read(&["missing.yaml"]);
    assert!(!tree.is_empty() && !tree.scope.workloads.is_complete());
    for (name, text) in [("empty.json", "[]"), ("empty.yaml", ""), ("other.json", "{\"a\": 1}")] {
        let tree = Folder::of(&[(name, text.to_owned())]).read(&[name]);
        assert!(tree.is_empty(), "{name}: {tree:?}");
    }
}

#[test]
fn the_flags_and_the_variables_are_given() {
    let folder = Folder::of(&[
        ("daemon.json", "{}".to_owned()),
        ("compose.yaml", "services: {web: {image: 'a:${TAG:-1}', ports: ['80:80']}}".to_owned()),
        (".env", "TAG=2\n".to_owned()),
        ("bad.env", "TAG 2\n".to_owned()),
    ]);
    let options = Options {
        env_file: Some(folder.0.path().join(".env")),
        dockerd_flags: Some("--ip 127.0.0.1".to_owned()),
        ..folder.options(&["daemon.json", "compose.yaml"])
    };
    let tree = read(&options, &Wanted::everything(), || Time::from_unix(0));
    let web = &tree.scope.workloads.items[0];
    assert_eq!(web.images.map(|all| all.certain().join("")), Known("web: a:2".to_owned()));
    // The networks of a project do not have the address of the default bridge.
    assert_eq!(web.ports_on_all_addresses.map(|all| all.certain().len()), Known(1));
    assert_eq!(tree.scope.daemons.items[0].inter_container_traffic, Known(true));
    let wrong = Options {
        env_file: Some(folder.0.path().join("bad.env")),
        dockerd_flags: Some("--icx".to_owned()),
        ..options
    };
    let tree = read(&wrong, &Wanted::everything(), || Time::from_unix(0));
    let gaps = words(&tree);
    assert!(gaps.iter().any(|gap| gap.contains("not a variable such as")), "{gaps:?}");
    assert!(gaps.iter().any(|gap| gap.contains("did you mean `icc`")), "{gaps:?}");
    assert!(tree.scope.daemons.items[0].inter_container_traffic.gap().is_some());
}

#[test]
fn file_and_flags_that_set_the_same_option_are_no_daemon() {
    let folder =
        Folder::of(&[("daemon.json", "{\"icc\": false, \"live-restore\": true}".to_owned())]);
    let options = Options {
        dockerd_flags: Some("--icc=false".to_owned()),
        ..folder.options(&["daemon.json"])
    };
    let tree = read(&options, &Wanted::everything(), || Time::from_unix(0));
    assert!(tree.scope.gaps.iter().any(|gap| gap.reason == Reason::InvalidFile));
    assert!(words(&tree).iter().any(|gap| gap.contains("icc: set in")), "{:?}", words(&tree));
    let daemon = &tree.scope.daemons.items[0];
    assert!(daemon.inter_container_traffic.gap().is_some() && daemon.live_restore.gap().is_some());
}

#[test]
fn the_address_of_the_default_bridge_is_not_that_of_a_project() {
    let folder = Folder::of(&[
        ("compose.yaml", COMPOSE_FILE.to_owned()),
        ("daemon.json", "{\"ip\": \"127.0.0.1\"}".to_owned()),
    ]);
    let options = Options {
        dockerd_flags: Some(String::new()),
        ..folder.options(&["compose.yaml", "daemon.json"])
    };
    let tree = read(&options, &Wanted::everything(), || Time::from_unix(0));
    let web = &tree.scope.workloads.items[0];
    assert_eq!(web.ports_on_all_addresses.map(|all| all.certain().len()), Known(1));
}

#[test]
fn only_what_is_wanted_is_filled() {
    let folder = Folder::of(&[("inspect.json", json!([open()]).to_string())]);
    let wanted = Wanted::of(&[Workload::PRIVILEGED_CONTAINERS], &[]);
    let tree = read(&folder.options(&["inspect.json"]), &wanted, || Time::from_unix(0));
    let open = &tree.scope.workloads.items[0];
    assert!(open.privileged_containers.is_known() && open.host_network.is_not_collected());
    assert!(!tree.scope.daemons.is_collected());
}
