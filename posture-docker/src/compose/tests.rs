//! Compose files, case by case.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, Reason, Register};
use posture_model::resource::Workload;
use posture_yaml::Limits;
use proptest::prelude::*;

use super::*;
use crate::settings::Beside;

mod strict;

/// What was read of files: the facts of each service, and what is wrong or open.
struct Found {
    services: Vec<Workload>,
    gaps: Vec<Gap>,
    missing: usize,
}

impl Found {
    fn of(&self, name: &str) -> &Workload {
        let found = self.services.iter().find(|one| one.name == name);
        found.unwrap_or_else(|| panic!("no {name}: {:?}", self.gaps))
    }

    /// The mistakes, one in each line.
    fn mistakes(&self) -> String {
        let all = self.gaps.iter().filter(|gap| gap.reason == Reason::InvalidFile);
        all.map(|gap| format!("{}: {}", gap.target, gap.detail.clone().unwrap_or_default()))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn is_good(&self) -> bool {
        self.missing == 0
    }
}

/// Reads a project whose files are given first, beside others that these may name.
fn project(files: &[(&str, &str)], first: usize, variables: Variables) -> Found {
    let all: BTreeMap<PathBuf, Vec<u8>> =
        files.iter().map(|(path, text)| (path.into(), text.as_bytes().to_vec())).collect();
    let open = |path: &Path| {
        let plain: PathBuf = path.components().filter(|part| part.as_os_str() != ".").collect();
        all.get(&plain).cloned().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    };
    let given: Vec<_> = files
        .iter()
        .take(first)
        .map(|(path, _)| (PathBuf::from(path), open(Path::new(path))))
        .collect();
    let gaps = Register::default();
    let called = |path: &Path| path.display().to_string();
    let limits = Limits::default();
    let project = load(&given, (&variables, &limits), (&open, &called), &gaps);
    let names = project
        .services
        .iter()
        .enumerate()
        .flat_map(|(place, one)| one.aliases.iter().map(move |alias| (alias.clone(), place)));
    let names = names.collect();
    let beside = Beside {
        gaps: &gaps,
        daemon: None,
        address: Fact::not_collected(),
        all: &names,
        settings: &project.services,
    };
    let services = project.services.iter().map(|one| one.workload(&beside)).collect();
    Found { services, missing: project.missing.len(), gaps: gaps.list() }
}

fn file(text: &str) -> Found {
    project(&[("compose.yaml", text)], 1, Variables::default())
}

/// A service with these lines.
fn service(lines: &str) -> Found {
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    file(&format!("services:\n  web:\n    image: web:1\n{lines}"))
}

/// The certain entries of a fact; nothing where it is open.
fn entries(fact: &Fact<posture_model::entries::Entries>) -> Option<Vec<String>> {
    match fact {
        Known(entries) if entries.undecided().is_none() => Some(entries.certain().to_vec()),
        Known(entries) if !entries.certain().is_empty() => Some(entries.certain().to_vec()),
        _ => None,
    }
}

/// The names of the facts with an entry, of those that are lists.
fn failing(found: &Found) -> Vec<String> {
    use posture_model::resource::Resource as _;
    let workload = found.of("web");
    let lists = Workload::FACTS.iter().filter(|fact| fact.name != "images");
    let has = |name: &str| {
        let shown = workload.show(name).unwrap_or_default();
        let known = shown.get("known").cloned().unwrap_or_default();
        let list = known.get("certain").unwrap_or(&known).clone();
        list.as_array().is_some_and(|all| !all.is_empty())
    };
    let mut all: Vec<String> =
        lists.filter(|fact| has(fact.name)).map(|fact| fact.name.to_owned()).collect();
    all.sort();
    all
}

const HARDENED: &str = "\
cap_drop: [ALL]
security_opt: ['no-new-privileges:true']
read_only: true
user: '1000:1000'
mem_limit: 256m
cpus: 0.5
pids_limit: 100
restart: on-failure:5
healthcheck: {test: [CMD, 'true']}
ports: ['127.0.0.1:8080:80']
volumes: ['data:/data', './conf:/conf:ro']
";

fn hardened(more: &str) -> Found {
    let lines: String =
        format!("{HARDENED}{more}").lines().map(|line| format!("    {line}\n")).collect();
    file(&format!("services:\n  web:\n    image: web:1\n{lines}volumes:\n  data:\n"))
}

#[test]
fn a_hardened_service_has_no_entry() {
    let found = hardened("");
    assert!(found.is_good(), "{}", found.mistakes());
    assert!(failing(&found).is_empty(), "{:?}", failing(&found));
    let web = found.of("web");
    assert_eq!(web.restarts, Known(Some(5)));
    for fact in [&web.privilege_escalation, &web.root_containers, &web.ports_on_all_addresses] {
        assert_eq!(entries(fact), Some(vec![]));
    }
    let source = web.source.as_deref().unwrap();
    assert_eq!((source.file.as_str(), source.line), ("compose.yaml", 2));
}

/// What fails of a privileged container.
const PRIVILEGED: &[&str] = &[
    "added_capabilities",
    "app_armor_overrides",
    "host_devices",
    "privileged_containers",
    "se_linux_overrides",
    "seccomp_overrides",
    "undropped_capabilities",
    "unmasked_proc",
];

/// What one line adds to a hardened service.
#[test]
fn one_setting_is_one_entry() {
    for (lines, facts) in [
        ("privileged: true", PRIVILEGED),
        ("privileged: 'yes'", PRIVILEGED),
        ("privileged: true\ndevices: ['/dev/fuse']", PRIVILEGED),
        ("pid: host", &["host_process_namespace", "se_linux_overrides"]),
        ("ipc: host", &["host_ipc_namespace", "se_linux_overrides"]),
        ("post_start: [{command: a, privileged: true}]", &["privileged_containers"]),
        ("pre_stop: [{command: a}, {command: a, privileged: true}]", &["privileged_containers"]),
        ("pre_stop: [{command: a}]", &[]),
        ("gpus: all", &["host_devices"]),
        ("gpus: [{count: 1}]", &["host_devices"]),
        (
            "deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}",
            &["host_devices"],
        ),
        ("network_mode: host", &["host_network"]),
        ("network_mode: bridge", &["default_bridge"]),
        ("uts: host", &["host_uts_namespace"]),
        ("userns_mode: host", &["user_namespace_overrides"]),
        ("cap_add: [SYS_ADMIN]", &["added_capabilities", "undropped_capabilities"]),
        ("cap_add: [NET_BIND_SERVICE]", &[]),
        ("cap_add: [cap_chown]", &["undropped_capabilities"]),
        ("device_cgroup_rules: ['c 1:3 r']", &["host_devices"]),
        ("devices: ['/dev/sda:/dev/sda:r']", &["host_devices"]),
        ("cgroup_parent: other", &["cgroup_parents"]),
        ("cgroup: host", &["host_cgroup_namespace"]),
        ("cgroup: private", &[]),
        ("build: {context: ., privileged: true}", &["privileged_containers"]),
        ("build: {context: ., privileged: false}", &[]),
        ("build: .", &[]),
        ("use_api_socket: true", &["runtime_sockets"]),
        ("environment: {DOCKER_CONTENT_TRUST: 1}", &["content_trust"]),
        ("environment: [DOCKER_CONTENT_TRUST=0]", &[]),
        ("build: {context: ., args: {DOCKER_CONTENT_TRUST: '1'}}", &["content_trust"]),
    ] {
        let found = hardened(lines);
        assert!(found.is_good(), "{lines}: {}", found.mistakes());
        assert_eq!(failing(&found), facts, "{lines}");
    }
}

#[test]
fn what_replaces_a_setting_is_found() {
    for (from, to, facts) in [
        ("cap_drop: [ALL]", "cap_drop: [NET_RAW]", &["undropped_capabilities"][..]),
        ("'no-new-privileges:true'", "'no-new-privileges:false'", &["privilege_escalation"]),
        (
            "'no-new-privileges:true'",
            "'no-new-privileges:true', 'seccomp:unconfined', 'apparmor=unconfined', 'label:disable'",
            &["app_armor_overrides", "se_linux_overrides", "seccomp_overrides"],
        ),
        (
            "'no-new-privileges:true'",
            "'no-new-privileges:true', 'systempaths=unconfined'",
            &["unmasked_proc"],
        ),
        ("read_only: true", "read_only: false", &["writable_root_filesystems"]),
        ("user: '1000:1000'", "user: '0'", &["root_containers"]),
        ("user: '1000:1000'", "user: root:1000", &["root_containers"]),
        ("mem_limit: 256m", "mem_limit: 0", &["without_memory_limit"]),
        ("mem_limit: 256m", "deploy: {resources: {limits: {memory: 1g}}}", &[]),
        ("cpus: 0.5", "cpu_shares: 1024", &["without_cpu_limit"]),
        ("cpus: 0.5", "cpu_shares: 512", &[]),
        ("cpus: 0.5", "deploy: {resources: {limits: {cpus: '0.5'}}}", &[]),
        ("pids_limit: 100", "pids_limit: -1", &["without_pids_limit"]),
        ("pids_limit: 100", "deploy: {resources: {limits: {pids: 10}}}", &[]),
        (
            "healthcheck: {test: [CMD, 'true']}",
            "healthcheck: {disable: true}",
            &["without_health_check"],
        ),
        (
            "healthcheck: {test: [CMD, 'true']}",
            "healthcheck: {test: [NONE]}",
            &["without_health_check"],
        ),
        ("'127.0.0.1:8080:80'", "'127.0.0.1:80:80'", &["privileged_ports"]),
        ("'127.0.0.1:8080:80'", "'0.0.0.0:8080:80'", &["ports_on_all_addresses", "unbound_ports"]),
        (
            "'127.0.0.1:8080:80'",
            "{target: 80, published: 443, host_ip: 127.0.0.1}",
            &["privileged_ports"],
        ),
        ("./conf:/conf:ro", "/etc:/conf:ro", &["sensitive_host_paths"]),
        ("./conf:/conf:ro", "/var/run/docker.sock:/s", &["runtime_sockets"]),
        (
            "./conf:/conf:ro",
            "/:/host:ro,rshared",
            &["runtime_sockets", "sensitive_host_paths", "shared_mounts"],
        ),
        ("./conf:/conf:ro", "~/.ssh:/conf:ro", &["sensitive_host_paths"]),
    ] {
        let lines = HARDENED.replace(from, to);
        assert_ne!(lines, HARDENED, "{from}");
        let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
        let found =
            file(&format!("services:\n  web:\n    image: web:1\n{lines}volumes:\n  data:\n"));
        assert!(found.is_good(), "{to}: {}", found.mistakes());
        assert_eq!(failing(&found), facts, "{to}");
    }
}

#[test]
fn restart_policies_have_a_limit_or_none() {
    for (lines, restarts) in [
        ("", Some(0)),
        ("restart: no", Some(0)),
        ("restart: 'no'", Some(0)),
        ("restart: always", None),
        ("restart: unless-stopped", None),
        ("restart: on-failure", None),
        ("restart: on-failure:3", Some(3)),
        ("deploy: {restart_policy: {condition: none}}", Some(0)),
        ("deploy: {restart_policy: {condition: on-failure, max_attempts: 4}}", Some(4)),
        ("deploy: {restart_policy: {}}", None),
    ] {
        let found = service(lines);
        assert!(found.is_good(), "{lines}: {}", found.mistakes());
        assert_eq!(found.of("web").restarts, Known(restarts), "{lines}");
    }
}

#[test]
fn what_a_compose_file_does_not_show_is_open_with_its_reason() {
    let found = service("ports: ['8080:80']");
    let web = found.of("web");
    for fact in [
        &web.privilege_escalation,
        &web.root_containers,
        &web.without_health_check,
        &web.ports_on_all_addresses,
    ] {
        assert_eq!(entries(fact), None, "{fact:?}");
    }
    assert_eq!(entries(&web.unbound_ports), Some(vec!["port 8080 for 80/tcp".to_owned()]));
    let words: Vec<String> = found.gaps.iter().map(Gap::words).collect();
    let said = |what: &str| words.iter().any(|one| one.contains(what));
    assert!(said("its image decides") && said("whose `ip` decides"), "{words:?}");
}

#[test]
fn a_variable_without_a_known_value_leaves_open_what_it_is_part_of() {
    let text = "services:\n  web:\n    image: web:1\n    privileged: ${P:-false}\n    volumes: ['${D}:/x']\n    \
                cap_add: ['${C}']\n    ports: ['${A:-127.0.0.1}:8080:80']\n    mem_limit: ${M:-1g}\n";
    let found = file(text);
    assert!(found.is_good(), "{}", found.mistakes());
    let web = found.of("web");
    for fact in [
        &web.privileged_containers,
        &web.sensitive_host_paths,
        &web.added_capabilities,
        &web.unbound_ports,
        &web.without_memory_limit,
    ] {
        assert_eq!(entries(fact), None, "{fact:?}");
    }
    let values = [("P", "true"), ("D", "/etc"), ("C", "SYS_ADMIN")];
    let values = values.map(|(name, value)| (name.to_owned(), Some(value.to_owned())));
    let known = Variables { values: Some(values.into()) };
    let found = project(&[("compose.yaml", text)], 1, known);
    assert!(found.is_good(), "{}", found.mistakes());
    let web = found.of("web");
    assert_eq!(entries(&web.privileged_containers).map(|all| all.len()), Some(1));
    assert_eq!(entries(&web.sensitive_host_paths), Some(vec!["/etc mounted at /x".to_owned()]));
    let added = entries(&web.added_capabilities).unwrap();
    assert_eq!(added, ["SYS_ADMIN is added"]);
    assert_eq!(entries(&web.unbound_ports), Some(vec![]));
    assert_eq!(entries(&web.without_memory_limit), Some(vec![]));
}

#[test]
fn mistakes_have_their_place_and_what_to_write_instead() {
    for (text, mistake) in [
        (
            "services:\n  web:\n    image: a\n    privilaged: true\n",
            "compose.yaml:4:5: services.web.privilaged: unknown field: did you mean `privileged` or `profiles`?",
        ),
        (
            "services:\n  web:\n    image: a\n    privileged: ture\n",
            "compose.yaml:4:17: services.web.privileged: `true` or `false` is expected, not `ture`",
        ),
        (
            "services:\n  web:\n    image: a\n    user: 1000\n",
            "compose.yaml:4:11: services.web.user: a string is expected, not a number: put it in quotes: `\"1000\"`",
        ),
        (
            "services:\n  web:\n    image: a\n    cap_add: SYS_ADMIN\n",
            "compose.yaml:4:14: services.web.cap_add: a list is expected, not a string: write a list: `- SYS_ADMIN`",
        ),
        (
            "services:\n  web:\n    image: a\n    image: b\n",
            "compose.yaml:4:5: services.web.image: the field is already on line 3: keep one of them",
        ),
        (
            "privileged: true\nservices:\n  web: {image: a}\n",
            "compose.yaml:1:1: privileged: unknown field: it belongs in a service: `services.<name>.privileged`",
        ),
        (
            "services:\n  web:\n    image: a\n    ports: ['80:80:80:80']\n",
            "compose.yaml:4:13: services.web.ports[0]: `80:80` is not an IP address",
        ),
        (
            "services:\n  web:\n    image: a\n    restart: sometimes\n",
            "compose.yaml:4:14: services.web.restart: `sometimes` is not a restart policy: write `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:5`",
        ),
        (
            "services:\n  web:\n    image: a\n    volumes: ['data:/x']\n",
            "compose.yaml:2:1: services.web: there is no volume `data`: declare it under `volumes`, or begin a path with `./` or `/`",
        ),
        (
            "services:\n  web:\n    image: a\n    networks: [back]\n",
            "compose.yaml:2:1: services.web: there is no network `back`: declare it under `networks`",
        ),
        (
            "services:\n  web:\n    command: x\n",
            "compose.yaml:2:1: services.web: the service has neither `image` nor `build`",
        ),
        (
            "services:\n  web:\n    image: a\n    mem_limit: 12 potatoes\n",
            "compose.yaml:4:16: services.web.mem_limit: a size such as `512m` is expected, not `12 potatoes`",
        ),
        (
            "services:\n  web:\n    image: a\n    environment:\n      - A: b\n",
            "compose.yaml:5:9: services.web.environment[0]: a string is expected, not an object",
        ),
        (
            "services:\n  web:\n    image: a\n    limits: {memory: 1g}\n",
            "compose.yaml:4:5: services.web.limits: unknown field: write `deploy.resources.limits`",
        ),
        (
            "services:\n  web:\n    image: a\n    pid:\n    cap_drop:\n",
            "compose.yaml:5:5: services.web.cap_drop: a list is expected, not nothing: write a value, or remove the field",
        ),
        ("services: [", "compose.yaml:1:11: not valid YAML"),
        (
            "services:\n  web:\n    image: a\n    volumes: [{source: /a, target: /b}]\n",
            "compose.yaml:4:15: services.web.volumes[0]: `type` is missing",
        ),
    ] {
        let found = file(text);
        let mistakes = found.mistakes();
        assert!(mistakes.lines().any(|one| one.starts_with(mistake)), "{text}\n{mistakes}");
        // A mistake beside the services leaves them as they are.
        let is_beside = text.starts_with("privileged");
        assert!(!found.is_good() && found.services.is_empty() != is_beside, "{text}");
    }
}

#[test]
fn a_service_without_a_mistake_is_judged_beside_one_with_a_mistake() {
    let found = file(
        "services:\n  good: {image: a, privileged: true}\n  bad: {image: a, privilaged: true}\n",
    );
    assert_eq!(found.services.len(), 1);
    assert_eq!(entries(&found.of("good").privileged_containers).map(|all| all.len()), Some(1));
    assert_eq!(found.missing, 1);
}

#[test]
fn what_compose_accepts_is_no_mistake() {
    let found = file(
        "version: '3.8'\nname: shop\nx-common: &common\n  restart: always\n  cap_drop: [ALL]\nx-any: [1]\n\
         services:\n  web:\n    <<: *common\n    image: web:1\n    x-note: a\n    ports: [80, '81:81']\n    expose: ['80']\n    \
         environment:\n      A:\n      B: 1\n      C: true\n    depends_on: {db: {condition: service_healthy, required: false}}\n    \
         deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}\n    profiles: [dev]\n    \
         ulimits: {nofile: {soft: 1, hard: 2}, nproc: 65535}\n    tmpfs: /tmp\n    command:\n    networks:\n      front: {aliases: [a]}\n      back:\n  \
         db:\n    build: .\n    extends: {service: web}\n    volumes:\n      - type: volume\n        source: data\n        target: /d\n        volume: {nocopy: true}\n\
         volumes: {data: {driver_opts: {type: none}}}\nnetworks: {front: , back: {external: true}}\nsecrets: {s: {file: ./s}}\n",
    );
    assert!(found.is_good(), "{}", found.mistakes());
    assert_eq!(found.services.len(), 2);
    // Both `<<` and `extends` reach it.
    let db = found.of("db");
    assert_eq!(entries(&db.undropped_capabilities), Some(vec![]));
    assert_eq!(db.restarts, Known(None));
    assert_eq!(entries(&db.images), Some(vec!["db: web:1".to_owned()]));
}

#[test]
fn files_are_merged_in_their_order() {
    let base = "services:\n  web:\n    image: web:1\n    privileged: true\n    cap_add: [SYS_ADMIN]\n    volumes: ['/etc:/x', '/srv:/y']\n";
    let over = "services:\n  web:\n    privileged: false\n    volumes: ['/srv/x:/x']\n    cap_add: !reset []\n  more: {image: a}\n";
    let found = project(&[("a.yaml", base), ("b.yaml", over)], 2, Variables::default());
    assert!(found.is_good(), "{}", found.mistakes());
    assert_eq!(found.services.len(), 2);
    let web = found.of("web");
    for fact in [&web.privileged_containers, &web.sensitive_host_paths, &web.added_capabilities] {
        assert_eq!(entries(fact), Some(vec![]));
    }
    assert_eq!(web.source.as_deref().map(|source| source.file.as_str()), Some("a.yaml"));
    let other = project(&[("b.yaml", over), ("a.yaml", base)], 2, Variables::default());
    assert_eq!(entries(&other.of("web").privileged_containers).map(|all| all.len()), Some(1));
}

#[test]
fn other_files_are_included_and_extended() {
    let files = [
        (
            "compose.yaml",
            "include: [sub/one.yaml, {path: [two.yaml, three.yaml]}]\nservices:\n  web:\n    extends: {file: base.yaml, service: common}\n    image: web:1\n",
        ),
        ("sub/one.yaml", "services:\n  one: {image: a, pid: host}\n"),
        ("two.yaml", "services:\n  two: {image: a}\n"),
        ("three.yaml", "services:\n  two: {ipc: host}\n"),
        ("base.yaml", "services:\n  common:\n    privileged: true\n    volumes: ['/proc:/p']\n"),
    ];
    let found = project(&files, 1, Variables::default());
    assert!(found.is_good(), "{}", found.mistakes());
    let names: Vec<&str> = found.services.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["one", "two", "web"]);
    assert_eq!(entries(&found.of("one").host_process_namespace).map(|all| all.len()), Some(1));
    assert_eq!(entries(&found.of("two").host_ipc_namespace).map(|all| all.len()), Some(1));
    assert_eq!(entries(&found.of("web").privileged_containers).map(|all| all.len()), Some(1));
    assert_eq!(entries(&found.of("web").sensitive_host_paths).map(|all| all.len()), Some(1));
    assert_eq!(found.of("one").source.as_deref().unwrap().file, "sub/one.yaml");
}

#[test]
fn what_cannot_be_included_or_extended_leaves_the_list_open() {
    for (files, words) in [
        (
            vec![("compose.yaml", "include: [none.yaml]\nservices: {web: {image: a}}\n")],
            "cannot be read",
        ),
        (
            vec![(
                "compose.yaml",
                "include: ['https://example.com/c.yaml']\nservices: {web: {image: a}}\n",
            )],
            "nothing is fetched",
        ),
        (
            vec![("compose.yaml", "include: ['${F}']\nservices: {web: {image: a}}\n")],
            "has no known value",
        ),
        (
            vec![("compose.yaml", "include: [compose.yaml]\nservices: {web: {image: a}}\n")],
            "too deep",
        ),
        (
            vec![("compose.yaml", "services: {web: {image: a, extends: {service: web}}}\n")],
            "in a circle",
        ),
        (
            vec![("compose.yaml", "services: {web: {image: a, extends: none}}\n")],
            "there is no service `none`",
        ),
        (
            vec![(
                "compose.yaml",
                "services: {web: {image: a, extends: {file: x.yaml, service: b}}}\n",
            )],
            "cannot be read",
        ),
        (
            vec![
                (
                    "compose.yaml",
                    "services: {web: {image: a, extends: {file: x.yaml, service: b}}}\n",
                ),
                ("x.yaml", "services: {b: {privilaged: true}}\n"),
            ],
            "did you mean `privileged` or",
        ),
    ] {
        let found = project(&files, 1, Variables::default());
        let words_of: Vec<String> = found.gaps.iter().map(Gap::words).collect();
        assert!(words_of.iter().any(|one| one.contains(words)), "{words}: {words_of:?}");
        assert!(found.missing > 0, "{words}");
    }
}

#[test]
fn namespaces_and_volumes_of_other_services_count() {
    let found = file(
        "services:\n  a: {image: a, pid: host, volumes: ['/etc:/e']}\n  b: {image: a, pid: 'service:a', volumes_from: [a]}\n  \
         c: {image: a, pid: 'service:b', volumes_from: ['b:ro']}\n  d: {image: a, pid: 'container:x', volumes_from: ['container:x']}\n  \
         e: {image: a, ipc: 'service:f'}\n  f: {image: a, ipc: 'service:e'}\n",
    );
    assert!(found.is_good(), "{}", found.mistakes());
    for name in ["a", "b", "c"] {
        let one = found.of(name);
        assert_eq!(entries(&one.host_process_namespace).map(|all| all.len()), Some(1), "{name}");
        assert_eq!(entries(&one.sensitive_host_paths).map(|all| all.len()), Some(1), "{name}");
    }
    let other = found.of("d");
    assert_eq!(entries(&other.host_process_namespace), None);
    assert_eq!(entries(&other.sensitive_host_paths), None);
    assert_eq!(entries(&found.of("e").host_ipc_namespace), None, "a circle");
}

#[test]
fn what_a_volume_a_secret_or_a_network_hides_is_found() {
    let found = file(
        "services:\n  web:\n    image: a\n    volumes: ['disk:/d']\n    secrets: [s]\n    configs: [{source: c, target: /c}]\n    networks: [hidden]\n\
         volumes: {disk: {driver_opts: {type: none, o: bind, device: /etc}}}\nsecrets: {s: {file: /etc/shadow}}\n\
         configs: {c: {file: ../../etc/passwd}}\nnetworks: {hidden: {external: true, name: host}}\n",
    );
    assert!(found.is_good(), "{}", found.mistakes());
    let web = found.of("web");
    let all = entries(&web.sensitive_host_paths).unwrap();
    assert_eq!(all, ["/etc mounted at /d", "/etc/shadow mounted at /run/secrets/s"]);
    let Known(list) = &web.sensitive_host_paths else { panic!() };
    assert!(list.undecided().is_some(), "a path upward");
    assert_eq!(entries(&web.host_network).map(|all| all.len()), Some(1));
}

#[test]
fn other_services_are_not_containers() {
    let found = file("services:\n  model: {provider: {type: model}}\n  web: {image: a}\n");
    assert!(found.is_good(), "{}", found.mistakes());
    assert_eq!(found.services.len(), 1);
}

#[test]
fn hostile_files_are_bounded() {
    let bomb = format!(
        "a: &a [{}]\n{}services: {{}}\n",
        "x,".repeat(20),
        ('b'..='z')
            .map(|name| {
                let before = (name as u8 - 1) as char;
                format!("{name}: &{name} [{}]\n", format!("*{before},").repeat(20))
            })
            .collect::<String>()
    );
    let found = file(&bomb);
    assert!(!found.is_good() && found.services.is_empty());
    let deep = format!("services: {}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(!file(&deep).is_good());
    let control = "services:\n  web:\n    image: a\n    \"\\e[31mx\": 1\n";
    assert!(!file(control).mistakes().contains('\u{1b}'));
    let many = format!(
        "services: {{web: {{image: a, {}}}}}",
        "n: 1, ".repeat(0) + &(0..5000).map(|n| format!("u{n}: 1, ")).collect::<String>()
    );
    assert!(file(&many).mistakes().lines().count() <= 102);
}

proptest! {
    /// No text breaks the reader, and none that is cut passes more than the whole.
    #[test]
    fn a_truncated_file_shows_no_more_than_the_whole(end in 0_usize..400) {
        let lines: String = HARDENED.lines().map(|line| format!("    {line}\n")).collect();
        let text = format!("services:\n  web:\n    image: web:1\n    privileged: true\n{lines}volumes:\n  data:\n");
        let cut = text.get(..end.min(text.len())).unwrap_or(&text);
        let _ = file(cut);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[a-z:{}\\[\\]$!&*<\\- \n'\"]{0,200}") {
        let _ = file(&format!("services:\n  web:\n    {text}"));
        let _ = file(&text);
    }
}
