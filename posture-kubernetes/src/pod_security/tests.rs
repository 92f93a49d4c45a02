//! Every check at every version that changes it, on pods that are compliant but for one field.

use serde_json::{Value, json};

use super::*;

/// A pod that passes every check of every version.
fn good() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "p", "annotations": {}},
        "spec": {
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container("main")],
            "initContainers": [container("init")],
        },
    })
}

fn container(name: &str) -> Value {
    json!({
        "name": name, "image": "a",
        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
    })
}

/// Sets a value at a path such as `spec.containers.0.ports`.
fn set(object: &mut Value, path: &str, value: Value) {
    if let Some(key) = path.strip_prefix("metadata.annotations.") {
        object["metadata"]["annotations"][key] = value;
        return;
    }
    let pointer: String = path.split('.').map(|step| format!("/{step}")).collect();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let mut place = &mut *object;
    for step in parent.split('/').skip(1) {
        place = match place {
            Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
            other => &mut other[step],
        };
    }
    place[last] = value;
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut pod = good();
    changes.iter().for_each(|(path, value)| set(&mut pod, path, value.clone()));
    pod
}

fn failing(object: &Value, minor: u16) -> Vec<Check> {
    let pod = PodOf::find(object).unwrap().unwrap();
    let all = evaluate(&pod, Level::Restricted, Version::of_minor(minor)).unwrap();
    all.into_iter().filter(|one| !one.passes()).map(|one| one.check).collect()
}

/// The versions, as runs of minor versions, in which a check fails.
fn fails_in(changes: &[(&str, Value)], check: Check) -> Vec<(u16, u16)> {
    let pod = with(changes);
    // Of the baseline too: the restricted level replaces some of its checks.
    let fails = |minor: u16| {
        [Level::Baseline, Level::Restricted].into_iter().any(|level| {
            let pod = PodOf::find(&pod).unwrap().unwrap();
            let all = evaluate(&pod, level, Version::of_minor(minor)).unwrap();
            all.iter().any(|one| one.check == check && !one.passes())
        })
    };
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for minor in (0..=Version::NEWEST.minor()).filter(|minor| fails(*minor)) {
        match runs.last_mut() {
            Some(run) if run.1 + 1 == minor => run.1 = minor,
            _ => runs.push((minor, minor)),
        }
    }
    runs
}

/// A check, the fields that are set, and the versions that fail.
type Row = (Check, Vec<(String, Value)>, &'static [(u16, u16)]);

const C: &str = "spec.containers.0";
const ALWAYS: &[(u16, u16)] = &[(0, 37)];
const NEVER: &[(u16, u16)] = &[];

#[test]
fn a_compliant_pod_passes_every_version() {
    for minor in 0..=40 {
        assert_eq!(failing(&good(), minor), [], "{minor}");
    }
}

#[test]
fn each_check_fails_by_its_field_in_its_versions() {
    use Check::*;
    let at = |field: &str| format!("{C}.{field}");
    let security = |field: &str| at(&format!("securityContext.{field}"));
    let annotation = |key: &str| format!("metadata.annotations.{key}");
    let windows = ("spec.os".to_owned(), json!({"name": "windows"}));
    let users = ("spec.hostUsers".to_owned(), json!(false));
    let one = |path: String, value: Value| vec![(path, value)];
    let pod = |field: &str, value: Value| vec![(format!("spec.{field}"), value)];
    let rows: Vec<Row> = vec![
        (HostNamespaces, pod("hostNetwork", json!(true)), ALWAYS),
        (HostNamespaces, pod("hostPID", json!(true)), ALWAYS),
        (HostNamespaces, pod("hostIPC", json!(true)), ALWAYS),
        (HostNamespaces, pod("hostPID", json!(false)), NEVER),
        (Privileged, one(security("privileged"), json!(true)), ALWAYS),
        (Privileged, one(security("privileged"), json!(false)), NEVER),
        (
            CapabilitiesBaseline,
            one(security("capabilities"), json!({"drop": ["ALL"], "add": ["NET_RAW"]})),
            ALWAYS,
        ),
        (
            CapabilitiesBaseline,
            one(security("capabilities"), json!({"drop": ["ALL"], "add": ["CHOWN", "SYS_CHROOT"]})),
            NEVER,
        ),
        (
            CapabilitiesBaseline,
            one(security("capabilities"), json!({"add": ["CAP_CHOWN"]})),
            ALWAYS,
        ),
        (
            CapabilitiesRestricted,
            one(security("capabilities"), json!({"drop": ["ALL"], "add": ["CHOWN"]})),
            &[(22, 37)],
        ),
        (
            CapabilitiesRestricted,
            one(security("capabilities"), json!({"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})),
            NEVER,
        ),
        (
            CapabilitiesRestricted,
            one(security("capabilities"), json!({"drop": ["all"]})),
            &[(22, 37)],
        ),
        (CapabilitiesRestricted, one(security("capabilities"), json!(null)), &[(22, 37)]),
        (
            CapabilitiesRestricted,
            vec![(security("capabilities"), json!(null)), windows.clone()],
            &[(22, 24)],
        ),
        (
            HostPathVolumes,
            pod("volumes", json!([{"name": "v", "hostPath": {"path": "/"}}])),
            ALWAYS,
        ),
        (HostPathVolumes, pod("volumes", json!([{"name": "v", "emptyDir": {}}])), NEVER),
        (
            RestrictedVolumes,
            pod("volumes", json!([{"name": "v", "hostPath": {"path": "/"}}])),
            ALWAYS,
        ),
        (RestrictedVolumes, pod("volumes", json!([{"name": "v", "nfs": {}}])), ALWAYS),
        (
            RestrictedVolumes,
            pod(
                "volumes",
                json!([{"name": "v", "image": {}}, {"name": "w"}, {"name": "x", "secret": {}, "nfs": null}]),
            ),
            NEVER,
        ),
        (HostPorts, one(at("ports"), json!([{"containerPort": 80, "hostPort": 80}])), ALWAYS),
        (HostPorts, one(at("ports"), json!([{"containerPort": 80, "hostPort": 0}])), NEVER),
        (
            HostPorts,
            vec![
                (at("ports"), json!([{"containerPort": 80}])),
                ("spec.hostNetwork".into(), json!(true)),
            ],
            ALWAYS,
        ),
        (HostProbes, one(at("livenessProbe"), json!({"httpGet": {"host": "a"}})), &[(34, 37)]),
        (HostProbes, one(at("readinessProbe"), json!({"tcpSocket": {"host": "a"}})), &[(34, 37)]),
        (HostProbes, one(at("startupProbe"), json!({"tcpSocket": {"host": ""}})), NEVER),
        (
            HostProbes,
            one(at("lifecycle"), json!({"preStop": {"httpGet": {"host": "a"}}})),
            &[(34, 37)],
        ),
        (
            HostProbes,
            one(at("lifecycle"), json!({"postStart": {"tcpSocket": {"host": "a"}}})),
            &[(34, 37)],
        ),
        (AppArmor, one(security("appArmorProfile"), json!({"type": "Unconfined"})), ALWAYS),
        (AppArmor, pod("securityContext.appArmorProfile", json!({"type": "Unconfined"})), ALWAYS),
        (AppArmor, one(security("appArmorProfile"), json!({"type": "Localhost"})), NEVER),
        (
            AppArmor,
            one(
                annotation("container.apparmor.security.beta.kubernetes.io/none"),
                json!("unconfined"),
            ),
            ALWAYS,
        ),
        (
            AppArmor,
            one(
                annotation("container.apparmor.security.beta.kubernetes.io/main"),
                json!("localhost/x"),
            ),
            NEVER,
        ),
        (
            AppArmor,
            one(annotation("container.apparmor.security.beta.kubernetes.io/main"), json!("")),
            NEVER,
        ),
        (SeLinux, one(security("seLinuxOptions"), json!({"type": "spc_t"})), ALWAYS),
        (
            SeLinux,
            one(security("seLinuxOptions"), json!({"type": "container_engine_t"})),
            &[(0, 30)],
        ),
        (SeLinux, pod("securityContext.seLinuxOptions", json!({"user": "u"})), ALWAYS),
        (SeLinux, pod("securityContext.seLinuxOptions", json!({"role": "r"})), ALWAYS),
        (
            SeLinux,
            pod(
                "securityContext.seLinuxOptions",
                json!({"type": "container_kvm_t", "user": "", "level": "s0"}),
            ),
            NEVER,
        ),
        (ProcMount, one(security("procMount"), json!("Unmasked")), ALWAYS),
        (ProcMount, one(security("procMount"), json!("Default")), NEVER),
        (ProcMount, vec![(security("procMount"), json!("Unmasked")), users.clone()], &[(0, 34)]),
        (
            ProcMountRestricted,
            vec![(security("procMount"), json!("Unmasked")), users.clone()],
            &[(35, 37)],
        ),
        (
            SeccompBaseline,
            one(security("seccompProfile"), json!({"type": "Unconfined"})),
            &[(19, 37)],
        ),
        (
            SeccompBaseline,
            pod("securityContext.seccompProfile", json!({"type": "Unconfined"})),
            &[(19, 37)],
        ),
        (SeccompBaseline, pod("securityContext.seccompProfile", json!({})), &[(19, 37)]),
        (SeccompBaseline, pod("securityContext.seccompProfile", json!(null)), NEVER),
        (
            SeccompBaseline,
            one(annotation("seccomp.security.alpha.kubernetes.io/pod"), json!("unconfined")),
            &[(0, 18)],
        ),
        (
            SeccompBaseline,
            one(annotation("container.seccomp.security.alpha.kubernetes.io/main"), json!("")),
            &[(0, 18)],
        ),
        (
            SeccompBaseline,
            one(
                annotation("container.seccomp.security.alpha.kubernetes.io/none"),
                json!("unconfined"),
            ),
            NEVER,
        ),
        (
            SeccompBaseline,
            one(
                annotation("container.seccomp.security.alpha.kubernetes.io/main"),
                json!("docker/default"),
            ),
            NEVER,
        ),
        (SeccompRestricted, pod("securityContext.seccompProfile", json!(null)), &[(19, 37)]),
        (
            SeccompRestricted,
            vec![("spec.securityContext.seccompProfile".into(), json!(null)), windows.clone()],
            &[(19, 24)],
        ),
        (
            SeccompRestricted,
            vec![
                ("spec.securityContext.seccompProfile".into(), json!({"type": "Unconfined"})),
                (security("seccompProfile"), json!({"type": "RuntimeDefault"})),
                (
                    "spec.initContainers.0.securityContext.seccompProfile".into(),
                    json!({"type": "Localhost"}),
                ),
            ],
            &[(19, 37)],
        ),
        (
            SeccompRestricted,
            vec![
                ("spec.securityContext.seccompProfile".into(), json!(null)),
                (security("seccompProfile"), json!({"type": "RuntimeDefault"})),
                (
                    "spec.initContainers.0.securityContext.seccompProfile".into(),
                    json!({"type": "Localhost"}),
                ),
            ],
            NEVER,
        ),
        (
            Sysctls,
            pod("securityContext.sysctls", json!([{"name": "kernel.msgmax", "value": "1"}])),
            ALWAYS,
        ),
        (
            Sysctls,
            pod(
                "securityContext.sysctls",
                json!([{"name": "net.ipv4.tcp_syncookies", "value": "1"}]),
            ),
            NEVER,
        ),
        (
            Sysctls,
            pod("securityContext.sysctls", json!([{"name": "net.ipv4.ip_local_reserved_ports"}])),
            &[(0, 26)],
        ),
        (
            Sysctls,
            pod("securityContext.sysctls", json!([{"name": "net.ipv4.tcp_fin_timeout"}])),
            &[(0, 28)],
        ),
        (
            Sysctls,
            pod("securityContext.sysctls", json!([{"name": "net.ipv4.tcp_wmem"}])),
            &[(0, 31)],
        ),
        (
            Sysctls,
            pod("securityContext.sysctls", json!([{"name": "net.ipv4.tcp_notsent_lowat"}])),
            &[(0, 36)],
        ),
        (WindowsHostProcess, one(security("windowsOptions"), json!({"hostProcess": true})), ALWAYS),
        (
            WindowsHostProcess,
            pod("securityContext.windowsOptions", json!({"hostProcess": true})),
            ALWAYS,
        ),
        (WindowsHostProcess, one(security("windowsOptions"), json!({"hostProcess": false})), NEVER),
        (RunAsNonRoot, pod("securityContext.runAsNonRoot", json!(null)), ALWAYS),
        (RunAsNonRoot, pod("securityContext.runAsNonRoot", json!(false)), ALWAYS),
        (RunAsNonRoot, one(security("runAsNonRoot"), json!(false)), ALWAYS),
        (
            RunAsNonRoot,
            vec![
                ("spec.securityContext.runAsNonRoot".into(), json!(false)),
                (security("runAsNonRoot"), json!(true)),
                ("spec.initContainers.0.securityContext.runAsNonRoot".into(), json!(true)),
            ],
            ALWAYS,
        ),
        (
            RunAsNonRoot,
            vec![
                ("spec.securityContext.runAsNonRoot".into(), json!(null)),
                (security("runAsNonRoot"), json!(true)),
                ("spec.initContainers.0.securityContext.runAsNonRoot".into(), json!(true)),
            ],
            NEVER,
        ),
        (
            RunAsNonRoot,
            vec![("spec.securityContext.runAsNonRoot".into(), json!(null)), users.clone()],
            &[(0, 34)],
        ),
        (
            RunAsNonRoot,
            vec![
                ("spec.securityContext.runAsNonRoot".into(), json!(null)),
                ("spec.hostUsers".into(), json!(true)),
            ],
            ALWAYS,
        ),
        (RunAsUser, pod("securityContext.runAsUser", json!(0)), &[(23, 37)]),
        (RunAsUser, one(security("runAsUser"), json!(0)), &[(23, 37)]),
        (
            RunAsUser,
            vec![
                ("spec.securityContext.runAsUser".into(), json!(0)),
                (security("runAsUser"), json!(1000)),
            ],
            &[(23, 37)],
        ),
        (RunAsUser, one(security("runAsUser"), json!(1)), NEVER),
        (RunAsUser, vec![(security("runAsUser"), json!(0)), users], &[(23, 34)]),
        (AllowPrivilegeEscalation, one(security("allowPrivilegeEscalation"), json!(false)), NEVER),
        (
            AllowPrivilegeEscalation,
            one(security("allowPrivilegeEscalation"), json!(null)),
            &[(8, 37)],
        ),
        (
            AllowPrivilegeEscalation,
            one(security("allowPrivilegeEscalation"), json!(true)),
            &[(8, 37)],
        ),
        (
            AllowPrivilegeEscalation,
            vec![(security("allowPrivilegeEscalation"), json!(true)), windows],
            &[(8, 24)],
        ),
        (
            AllowPrivilegeEscalation,
            vec![
                (security("allowPrivilegeEscalation"), json!(true)),
                ("spec.os".into(), json!({"name": "linux"})),
            ],
            &[(8, 37)],
        ),
    ];
    for check in Check::ALL {
        let of = |fails: bool| {
            rows.iter().any(|(one, _, runs)| one == check && runs.is_empty() != fails)
        };
        assert!(of(true), "{check:?} has no failing pod");
        assert!(
            of(false) || matches!(check, Check::ProcMountRestricted),
            "{check:?} has no passing pod"
        );
    }
    for (check, changes, runs) in rows {
        let changes: Vec<(&str, Value)> =
            changes.iter().map(|(path, value)| (path.as_str(), value.clone())).collect();
        assert_eq!(fails_in(&changes, check), runs, "{check:?} {changes:?}");
    }
}

#[test]
fn init_and_ephemeral_containers_count() {
    for kind in ["containers", "initContainers", "ephemeralContainers"] {
        let mut bad = container("bad");
        bad["securityContext"]["privileged"] = json!(true);
        let mut pod = good();
        pod["spec"][kind] = json!([bad]);
        let found = PodOf::find(&pod).unwrap().unwrap();
        let all = evaluate(&found, Level::Baseline, Version::NEWEST).unwrap();
        let violations: Vec<String> =
            all.iter().flat_map(|one| &one.violations).map(ToString::to_string).collect();
        let expected = format!(
            "spec.{kind}[0].securityContext.privileged (container `bad`) is true, expected absent or false"
        );
        assert_eq!(violations, [expected]);
    }
}

#[test]
fn a_violation_of_a_template_has_the_path_in_the_workload() {
    for (kind, path) in
        [("Deployment", "spec.template."), ("CronJob", "spec.jobTemplate.spec.template.")]
    {
        let pod = with(&[
            ("spec.hostPID", json!(true)),
            ("spec.containers.0.securityContext.allowPrivilegeEscalation", json!(null)),
        ]);
        let mut object = json!({"metadata": pod["metadata"], "spec": pod["spec"]});
        for step in path.trim_end_matches('.').rsplit('.') {
            object = json!({step: object});
        }
        object["kind"] = json!(kind);
        let found = PodOf::find(&object).unwrap().unwrap();
        let all = evaluate(&found, Level::Restricted, Version::NEWEST).unwrap();
        let violations: Vec<&Violation> = all.iter().flat_map(|one| &one.violations).collect();
        assert_eq!(violations[0].path, format!("{path}spec.hostPID"));
        assert_eq!(
            violations[1].to_string(),
            format!(
                "{path}spec.containers[0].securityContext.allowPrivilegeEscalation (container `main`) is absent, expected false"
            )
        );
        assert_eq!(violations.len(), 2);
    }
}

#[test]
fn a_pass_names_what_is_not_examined() {
    let notes = |changes: &[(&str, Value)], check: Check, minor: u16| {
        let pod = with(changes);
        let found = PodOf::find(&pod).unwrap().unwrap();
        let all = evaluate(&found, Level::Restricted, Version::of_minor(minor)).unwrap();
        all.into_iter().find(|one| one.check == check).unwrap().notes.join(", ")
    };
    let local = [("spec.securityContext.seccompProfile", json!({"type": "Localhost"}))];
    assert!(notes(&local, Check::SeccompRestricted, 30).contains("is not examined"));
    let users =
        [("spec.hostUsers", json!(false)), ("spec.securityContext.runAsNonRoot", json!(null))];
    assert!(notes(&users, Check::RunAsNonRoot, 37).contains("user namespaces"));
    // Where nothing has to be relaxed, the user namespace does not matter.
    assert_eq!(notes(&users[..1], Check::RunAsNonRoot, 37), "");
    let windows = [("spec.os", json!({"name": "windows"}))];
    assert!(notes(&windows, Check::AllowPrivilegeEscalation, 37).contains("windows"));
}

#[test]
fn the_restricted_level_replaces_checks_of_the_baseline() {
    let of = |level, minor| {
        Check::of(level, Version::of_minor(minor)).map(Check::id).collect::<Vec<_>>()
    };
    assert_eq!(of(Level::Baseline, 0).len(), 11);
    assert_eq!(of(Level::Baseline, 37).len(), 12);
    assert!(of(Level::Restricted, 18).contains(&"seccompProfile_baseline"));
    for (minor, present, absent) in [
        (19, "seccompProfile_restricted", "seccompProfile_baseline"),
        (22, "capabilities_restricted", "capabilities_baseline"),
        (0, "restrictedVolumes", "hostPathVolumes"),
        (35, "procMount_restricted", "procMount"),
    ] {
        let all = of(Level::Restricted, minor);
        assert!(all.contains(&present) && !all.contains(&absent), "{minor}");
    }
    // A newer version is judged as the newest known one.
    assert_eq!(of(Level::Restricted, 60), of(Level::Restricted, 37));
    assert_eq!(Version::of_minor(60).used(), Version::NEWEST);
}

#[test]
fn a_wrong_type_is_an_error_and_never_a_pass() {
    for (path, value) in [
        ("spec.hostPID", json!("true")),
        ("spec.containers.0.securityContext.privileged", json!("true")),
        ("spec.containers", json!({})),
        ("spec.securityContext", json!([])),
        ("spec.containers.0.securityContext.capabilities", json!({"add": "ALL"})),
        ("spec.securityContext.runAsUser", json!("0")),
    ] {
        let pod = with(&[(path, value)]);
        let found = PodOf::find(&pod).unwrap().unwrap();
        assert!(evaluate(&found, Level::Baseline, Version::NEWEST).is_err(), "{path}");
    }
}

#[test]
fn a_version_is_read_as_labels_have_it() {
    for (text, minor) in [("v1.0", 0), ("v1.34", 34), ("latest", 37), ("v1.99", 99)] {
        assert_eq!(text.parse(), Ok(Version::of_minor(minor)), "{text}");
    }
    for text in ["", "1.34", "v1.", "v1.01", "v2.0", "v1.3.4", "v1.+3", "Latest"] {
        assert_eq!(text.parse::<Version>(), Err(NotAVersion), "{text}");
    }
    assert_eq!(Version::of_minor(34).to_string(), "v1.34");
}
