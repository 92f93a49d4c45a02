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
