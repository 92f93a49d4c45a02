//! What must not pass: settings that reach a service in a way that is easily overlooked.

use super::*;

/// Whether a fact is not known to be without an entry.
fn is_open(fact: &Fact<posture_model::entries::Entries>) -> bool {
    match fact {
        Known(entries) => entries.undecided().is_some(),
        _ => true,
    }
}

#[test]
fn a_named_volume_may_mount_the_host() {
    let of = |options: &str| {
        file(&format!(
            "services:\n  web: {{image: a, volumes: ['disk:/x']}}\nvolumes: {{disk: {{driver_opts: {{{options}}}}}}}\n"
        ))
    };
    for (options, entry) in [
        ("type: proc, device: proc", "/proc mounted at /x"),
        ("type: devtmpfs, device: devtmpfs", "/dev mounted at /x"),
        ("type: overlay, device: overlay, o: 'lowerdir=/etc:/srv'", "/etc mounted at /x"),
    ] {
        let found = of(options);
        assert!(found.is_good(), "{}", found.mistakes());
        let web = found.of("web");
        assert_eq!(entries(&web.sensitive_host_paths), Some(vec![entry.to_owned()]), "{options}");
    }
    let found = of("type: overlay, device: overlay, o: 'lowerdir=/run:/srv'");
    assert_eq!(entries(&found.of("web").runtime_sockets).map(|all| all.len()), Some(1));
    for options in [
        "type: none, device: /etc, o: '${O}'",
        "type: '${T}', device: /etc, o: bind",
        "type: none, device: '../../../etc', o: bind",
        "type: xfs, device: /srv/disk.img",
        "type: ext4, device: /dev/sda1",
    ] {
        let found = of(options);
        assert!(found.is_good(), "{}", found.mistakes());
        let web = found.of("web");
        assert!(is_open(&web.sensitive_host_paths), "{options}");
        assert_ne!(entries(&web.sensitive_host_paths).map(|all| all.len()), Some(1), "{options}");
        assert!(is_open(&web.runtime_sockets), "{options}");
    }
}

#[test]
fn a_name_without_a_known_value_may_be_any() {
    let sections = "networks: {n: {external: true, name: host}, b: {external: true, name: bridge}}\n\
                    secrets: {s: {file: /etc/shadow}}\nconfigs: {c: {file: /etc/shadow}}\n";
    for lines in ["networks: ['${N}']", "networks: [b, '${N}']", "networks: ['${N}', b]"] {
        let found = file(&format!("services:\n  web: {{image: a, {lines}}}\n{sections}"));
        assert!(found.is_good(), "{}", found.mistakes());
        let web = found.of("web");
        assert!(is_open(&web.host_network) && is_open(&web.default_bridge), "{lines}");
    }
    for lines in [
        "secrets: ['${V}']",
        "secrets: [{source: '${V}', target: x}]",
        "configs: ['${V}']",
        "configs: [{source: '${V}', target: /x}]",
        "volumes: ['${V}:/x']",
        "volumes: [{type: volume, source: '${V}', target: /x}]",
        "volumes_from: ['${V}']",
    ] {
        let found = file(&format!("services:\n  web: {{image: a, {lines}}}\n{sections}"));
        assert!(found.is_good(), "{}", found.mistakes());
        assert!(is_open(&found.of("web").sensitive_host_paths), "{lines}");
    }
    let external =
        "services:\n  web: {image: a, networks: [n]}\nnetworks: {n: {external: {name: '${N}'}}}\n";
    assert!(is_open(&file(external).of("web").host_network));
}

#[test]
fn a_path_may_go_upward_behind_a_folder() {
    for text in [
        "services:\n  web: {image: a, secrets: [s]}\nsecrets: {s: {file: a/../../../../etc/shadow}}\n",
        "services:\n  web: {image: a, configs: [c]}\nconfigs: {c: {file: a/../../etc/shadow}}\n",
        "services:\n  web:\n    image: a\n    volumes: [{type: bind, source: x/../../../../etc, target: /x}]\n",
    ] {
        let found = file(text);
        assert!(found.is_good(), "{}", found.mistakes());
        assert!(is_open(&found.of("web").sensitive_host_paths), "{text}");
    }
}

#[test]
fn the_policy_of_deploy_replaces_restart() {
    for (lines, restarts) in [
        ("restart: on-failure:3\ndeploy: {restart_policy: {condition: any}}", Known(None)),
        ("restart: always\ndeploy: {restart_policy: {condition: none}}", Known(Some(0))),
        ("restart: 'no'\ndeploy: {restart_policy: {condition: on-failure}}", Known(None)),
        ("restart: on-failure:3\ndeploy: {replicas: 1}", Known(Some(3))),
    ] {
        let found = service(lines);
        assert!(found.is_good(), "{lines}: {}", found.mistakes());
        assert_eq!(found.of("web").restarts, restarts, "{lines}");
    }
    for policy in ["condition: any, max_attempts: 3", "max_attempts: 3", "condition: '${C}'"] {
        let found = service(&format!("restart: 'no'\ndeploy: {{restart_policy: {{{policy}}}}}"));
        assert!(found.of("web").restarts.gap().is_some(), "{policy}");
    }
}

#[test]
fn what_is_reset_is_not_there() {
    for (from, to, fact) in [
        ("read_only: true", "read_only: !reset true", "writable_root_filesystems"),
        ("cap_drop: [ALL]", "cap_drop: !reset [ALL]", "undropped_capabilities"),
        ("mem_limit: 256m", "mem_limit: !reset '${M}'", "without_memory_limit"),
    ] {
        let lines = HARDENED.replace(from, to);
        let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
        let text = format!("services:\n  web:\n    image: web:1\n{lines}volumes:\n  data:\n");
        let found = file(&text);
        assert!(found.is_good(), "{}", found.mistakes());
        assert_eq!(failing(&found), [fact], "{to}");
        // Also where the file is merged with another.
        let more = ("more.yaml", "services: {web: {image: web:1}}");
        for files in [[("a.yaml", text.as_str()), more], [more, ("a.yaml", text.as_str())]] {
            let found = project(&files, 2, Variables::default());
            assert_eq!(failing(&found), [fact], "{to}");
        }
    }
    let found = service("user: !reset '1000'\nsecurity_opt: !reset ['no-new-privileges:true']");
    let web = found.of("web");
    assert!(is_open(&web.root_containers) && is_open(&web.privilege_escalation));
    let text = "services:\n  web: {image: a}\n  dbg: !reset null\n";
    assert!(file(text).is_good());
    let files = [("a.yaml", "services: {web: {image: a}, dbg: {image: b}}"), ("b.yaml", text)];
    let found = project(&files, 2, Variables::default());
    assert!(found.is_good() && found.services.len() == 1, "{}", found.mistakes());
}

#[test]
fn mistakes_show_no_value_that_may_be_a_password() {
    for lines in [
        "environment: {DB_PASSWORD: 'S3cr3tPass$1word'}",
        "environment: ['DB_PASSWORD=S3cr3tPass$1word']",
        "environment: {DB_PASSWORD: '${A:x-S3cr3tPass}'}",
        "environment: 'DB_PASSWORD=S3cr3tPass'",
        "command: {a: S3cr3tPass}",
        "labels: S3cr3tPass",
        "extends: {file: 'https://u:S3cr3tPass@example.com/c.yaml', service: web}",
    ] {
        let found = service(lines);
        assert!(!found.is_good(), "{lines}");
        assert!(!found.mistakes().contains("S3cr3tPass"), "{}", found.mistakes());
    }
    let found = service("environment: {DB_PASSWORD: 'S3cr3tPass$1word'}");
    let words = "services.web.environment.DB_PASSWORD: the `$` at character 11 of the value";
    assert!(found.mistakes().contains(words), "{}", found.mistakes());
    for flags in [
        "--log-opts=splunk-token=S3CRET",
        "--http-proxi=http://u:S3CRET@p",
        "--http-proxi http://u:S3CRET@p",
        "--http-proxy=http://u:S3CRET@$P",
        "--tls=S3CRET",
    ] {
        let mistakes = crate::daemon::read_flags(flags).unwrap_err();
        assert!(!format!("{mistakes:?}").contains("S3CRET"), "{mistakes:?}");
    }
}

#[test]
fn a_variable_of_the_shell_is_not_known() {
    let values = environment("NET\nMODE=${NET}\n").unwrap();
    let text = "services: {web: {image: a, network_mode: '${MODE:-none}', pid: '$NET'}}";
    let known = Variables { values: Some(values) };
    let found = project(&[("compose.yaml", text)], 1, known);
    assert!(found.is_good(), "{}", found.mistakes());
    let web = found.of("web");
    assert!(is_open(&web.host_network) && is_open(&web.host_process_namespace));
}

#[test]
fn what_disables_labels_needs_one_that_is_set() {
    for (lines, is_failing) in [
        ("pid: host\nsecurity_opt: ['label=type:container_t']", false),
        ("ipc: host\nsecurity_opt: ['label=level:s0']", false),
        ("ipc: host\nsecurity_opt: ['no-new-privileges:true']", true),
        ("ipc: shareable", false),
    ] {
        let found = service(lines);
        let all = entries(&found.of("web").se_linux_overrides).unwrap();
        assert_eq!(!all.is_empty(), is_failing, "{lines}");
    }
    let found = service(
        "pid: '${P}'\nprivileged: '${Q}'\npost_start: [{command: a, privileged: '${R}'}]\ngpus: '${G}'",
    );
    let web = found.of("web");
    for fact in [
        &web.se_linux_overrides,
        &web.privileged_containers,
        &web.added_capabilities,
        &web.host_devices,
    ] {
        assert!(is_open(fact), "{fact:?}");
    }
}

#[test]
fn a_network_may_bind_ports_to_an_address() {
    let of = |networks: &str, options: &str| {
        let found = file(&format!(
            "services:\n  web: {{image: a, ports: ['80:80'], networks: {networks}}}\nnetworks:\n  \
             n: {{driver_opts: {{com.docker.network.bridge.host_binding_ipv4: {options}}}}}\n  o: {{}}\n"
        ));
        assert!(found.is_good(), "{}", found.mistakes());
        entries(&found.of("web").unbound_ports).map(|all| all.len())
    };
    assert_eq!(of("[n]", "127.0.0.1"), Some(0));
    assert_eq!(of("[n]", "0.0.0.0"), Some(1));
    assert_eq!(of("[o]", "127.0.0.1"), Some(1));
    assert_eq!(of("[n, o]", "127.0.0.1"), None);
    assert_eq!(of("[n]", "'${A}'"), None);
}

#[test]
fn a_privileged_hook_counts_beside_what_is_open() {
    let found = service("privileged: '${P}'\npost_start: [{command: a, privileged: true}]");
    let all = entries(&found.of("web").privileged_containers);
    assert_eq!(all, Some(vec!["post_start with privileged: true".to_owned()]));
}

#[test]
fn an_external_volume_may_be_a_part_of_the_host() {
    for volume in ["external: true", "external: {name: data}", "name: data, external: true"] {
        let text = format!(
            "services:\n  web: {{image: a, volumes: ['disk:/x']}}\nvolumes: {{disk: {{{volume}}}}}\n"
        );
        let found = file(&text);
        assert!(found.is_good(), "{}", found.mistakes());
        let web = found.of("web");
        for fact in [&web.sensitive_host_paths, &web.runtime_sockets] {
            assert!(is_open(fact), "{volume}: {fact:?}");
        }
    }
}

#[test]
fn a_capability_that_the_engine_does_not_know_is_a_mistake() {
    let found = service("cap_drop: [CAP_ALL]\ncap_add: [cap_all]");
    assert_eq!(
        found.mistakes(),
        "compose.yaml:4:16: services.web.cap_drop[0]: the engine does not know this capability, and does not start the container: write `ALL`\n\
         compose.yaml:5:15: services.web.cap_add[0]: the engine does not know this capability, and does not start the container: write `ALL`"
    );
    assert!(service("cap_drop: [ALL, cap_net_raw]").is_good());
}
