//! The checks, one function each.

use super::lists::{CAPABILITIES, SE_LINUX_TYPES, SYSCTLS, VOLUMES};
use super::spec::{At, Container, PodSpec, Security};
use super::{Check, Judged, Version, Violation};

/// From this version on, pods of Windows are spared by checks that have no meaning there.
const WINDOWS: Version = Version(25);
/// From this version on, a pod that has its own user namespace may be root in it.
const USER_NAMESPACES: Version = Version(35);
/// From this version on, seccomp is a field; before, it was an annotation.
const SECCOMP_FIELD: Version = Version(19);

const APP_ARMOR_KEY: &str = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_POD_KEY: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_KEY: &str = "container.seccomp.security.alpha.kubernetes.io/";

const PROFILES: &str = "absent, RuntimeDefault or Localhost";

/// The violations and notes of a check as they are found.
#[derive(Default)]
struct Found {
    violations: Vec<Violation>,
    notes: Vec<String>,
}

impl Found {
    fn add(
        &mut self,
        path: impl Into<String>,
        container: Option<&Container>,
        value: Option<String>,
        expected: &'static str,
    ) {
        let container = container.map(|one| one.name.clone());
        self.violations.push(Violation { path: path.into(), container, value, expected });
    }

    /// A profile that is a file of the node.
    fn note_local(&mut self, profile: &At<String>) {
        if profile.value == "Localhost" {
            self.notes.push(format!(
                "{} is Localhost: the profile is a file of the node and is not examined",
                profile.path
            ));
        }
    }
}

pub(super) fn judge(check: Check, pod: &PodSpec, version: Version) -> Judged {
    let mut found = Found::default();
    let spares_windows = version >= WINDOWS && pod.windows;
    let own_users = version >= USER_NAMESPACES && pod.host_users == Some(false);
    match check {
        Check::HostNamespaces => host_namespaces(pod, &mut found),
        Check::Privileged => privileged(pod, &mut found),
        Check::CapabilitiesBaseline => added(
            pod,
            &|name| CAPABILITIES.contains(&name),
            "a capability of the baseline list",
            &mut found,
        ),
        Check::HostPathVolumes => host_paths(pod, &mut found),
        Check::HostPorts => host_ports(pod, &mut found),
        Check::HostProbes => host_probes(pod, &mut found),
        Check::AppArmor => app_armor(pod, &mut found),
        Check::SeLinux => se_linux(pod, version, &mut found),
        Check::ProcMount => unless_own_users(own_users, pod, &mut found, proc_mount),
        Check::ProcMountRestricted => proc_mount(pod, &mut found),
        Check::SeccompBaseline if version < SECCOMP_FIELD => seccomp_annotations(pod, &mut found),
        Check::SeccompBaseline => seccomp_baseline(pod, &mut found),
        Check::Sysctls => sysctls(pod, version, &mut found),
        Check::WindowsHostProcess => host_process(pod, &mut found),
        Check::RestrictedVolumes => volumes(pod, &mut found),
        Check::RunAsNonRoot => unless_own_users(own_users, pod, &mut found, run_as_non_root),
        Check::RunAsUser => unless_own_users(own_users, pod, &mut found, run_as_user),
        Check::AllowPrivilegeEscalation if spares_windows => spared(pod, &mut found),
        Check::AllowPrivilegeEscalation => escalation(pod, &mut found),
        Check::SeccompRestricted if spares_windows => spared(pod, &mut found),
        Check::SeccompRestricted => seccomp_restricted(pod, &mut found),
        Check::CapabilitiesRestricted if spares_windows => spared(pod, &mut found),
        Check::CapabilitiesRestricted => capabilities_restricted(pod, &mut found),
    }
    let Found { violations, notes } = found;
    // What a pass rests on has no meaning for a failure.
    let notes = if violations.is_empty() { notes } else { Vec::new() };
    Judged { check, violations, notes }
}

fn spared(pod: &PodSpec, found: &mut Found) {
    found.notes.push(format!("{}.os.name is windows: the check does not apply", pod.path));
}

fn unless_own_users(
    own_users: bool,
    pod: &PodSpec,
    found: &mut Found,
    check: impl Fn(&PodSpec, &mut Found),
) {
    let mut without = Found::default();
    check(pod, &mut without);
    if own_users && !without.violations.is_empty() {
        found.notes.push(format!(
            "{}.hostUsers is false: the check is relaxed, and the node has to support user namespaces",
            pod.path
        ));
        return;
    }
    *found = without;
}

/// The security contexts of the pod and of its containers.
fn contexts(pod: &PodSpec) -> impl Iterator<Item = (Option<&Container>, &Security)> {
    let containers = pod.containers.iter().map(|one| (Some(one), &one.security));
    std::iter::once((None, &pod.security)).chain(containers)
}

fn host_namespaces(pod: &PodSpec, found: &mut Found) {
    let fields =
        [("hostNetwork", pod.host_network), ("hostPID", pod.host_pid), ("hostIPC", pod.host_ipc)];
    for (field, value) in fields {
        if value == Some(true) {
            let path = format!("{}.{field}", pod.path);
            found.add(path, None, Some("true".into()), "absent or false");
        }
    }
}

fn privileged(pod: &PodSpec, found: &mut Found) {
    for one in &pod.containers {
        if one.security.privileged == Some(true) {
            let path = format!("{}.privileged", one.security.path);
            found.add(path, Some(one), Some("true".into()), "absent or false");
        }
    }
}

fn added(pod: &PodSpec, allowed: &dyn Fn(&str) -> bool, expected: &'static str, found: &mut Found) {
    for one in &pod.containers {
        for capability in one.security.add.iter().filter(|it| !allowed(&it.value)) {
            found.add(&capability.path, Some(one), Some(capability.value.clone()), expected);
        }
    }
}

fn host_paths(pod: &PodSpec, found: &mut Found) {
    for volume in &pod.volumes {
        if volume.sources.iter().any(|source| source == "hostPath") {
            let path = format!("{}.hostPath", volume.path);
            found.add(path, None, Some(format!("set for volume `{}`", volume.name)), "absent");
        }
    }
}

fn host_ports(pod: &PodSpec, found: &mut Found) {
    for one in &pod.containers {
        for port in one.host_ports.iter().filter(|port| port.value != 0) {
            found.add(&port.path, Some(one), Some(port.value.to_string()), "absent or 0");
        }
        // The server does this to pods, and so to what comes of a template.
        for port in one.ports.iter().filter(|_| pod.host_network == Some(true)) {
            let value = format!("{}, as the server sets it for hostNetwork", port.value);
            found.add(&port.path, Some(one), Some(value), "absent or 0");
        }
    }
}

fn host_probes(pod: &PodSpec, found: &mut Found) {
    for one in &pod.containers {
        for host in one.hosts.iter().filter(|host| !host.value.is_empty()) {
            found.add(&host.path, Some(one), Some(host.value.clone()), "absent or empty");
        }
    }
}

fn app_armor(pod: &PodSpec, found: &mut Found) {
    for (container, security) in contexts(pod) {
        let Some(profile) = &security.app_armor else { continue };
        if matches!(profile.value.as_str(), "RuntimeDefault" | "Localhost") {
            found.note_local(profile);
        } else {
            found.add(&profile.path, container, Some(profile.value.clone()), PROFILES);
        }
    }
    let (path, annotations) = &pod.annotations;
    for (key, value) in annotations.iter().filter(|(key, _)| key.starts_with(APP_ARMOR_KEY)) {
        let path = format!("{path}[{key}]");
        if value.starts_with("localhost/") {
            found.notes.push(format!(
                "{path} is `{value}`: the profile is a file of the node and is not examined"
            ));
        } else if !value.is_empty() && value != "runtime/default" {
            found.add(path, None, Some(value.clone()), "empty, `runtime/default` or `localhost/…`");
        }
    }
}

fn se_linux(pod: &PodSpec, version: Version, found: &mut Found) {
    for (container, security) in contexts(pod) {
        for option in &security.se_linux {
            let allowed = if option.path.ends_with(".type") {
                let of_version = |(name, since): &(&str, u16)| {
                    *name == option.value && Version(*since) <= version
                };
                SE_LINUX_TYPES.iter().any(of_version)
            } else {
                option.value.is_empty()
            };
            if !allowed {
                let expected = if option.path.ends_with(".type") {
                    "absent or a type for containers"
                } else {
                    "absent or empty"
                };
                found.add(&option.path, container, Some(option.value.clone()), expected);
            }
        }
    }
}

fn proc_mount(pod: &PodSpec, found: &mut Found) {
    for one in &pod.containers {
        if let Some(mount) = &one.security.proc_mount
            && mount != "Default"
        {
            let path = format!("{}.procMount", one.security.path);
            found.add(path, Some(one), Some(mount.clone()), "absent or Default");
        }
    }
}

fn is_profile(value: &str) -> bool {
    matches!(value, "RuntimeDefault" | "Localhost")
}

fn seccomp_annotations(pod: &PodSpec, found: &mut Found) {
    let (path, annotations) = &pod.annotations;
    let mut check = |key: String, container: Option<&Container>| {
        let Some((_, value)) = annotations.iter().find(|(name, _)| *name == key) else { return };
        let path = format!("{path}[{key}]");
        if value.starts_with("localhost/") {
            found.notes.push(format!(
                "{path} is `{value}`: the profile is a file of the node and is not examined"
            ));
        } else if value != "runtime/default" && value != "docker/default" {
            let expected = "absent, `runtime/default`, `docker/default` or `localhost/…`";
            found.add(path, container, Some(value.clone()), expected);
        }
    };
    check(SECCOMP_POD_KEY.to_owned(), None);
    for one in &pod.containers {
        check(format!("{SECCOMP_KEY}{}", one.name), Some(one));
    }
}

fn seccomp_baseline(pod: &PodSpec, found: &mut Found) {
    for (container, security) in contexts(pod) {
        match &security.seccomp {
            Some(profile) if is_profile(&profile.value) => found.note_local(profile),
            Some(profile) => {
                found.add(&profile.path, container, Some(profile.value.clone()), PROFILES);
            }
            None => {}
        }
    }
}

fn seccomp_restricted(pod: &PodSpec, found: &mut Found) {
    const EXPECTED: &str = "RuntimeDefault or Localhost";
    let mut inherited = false;
    for (container, security) in contexts(pod) {
        match (&security.seccomp, container) {
            (Some(profile), container) if is_profile(&profile.value) => {
                inherited |= container.is_none();
                found.note_local(profile);
            }
            (Some(profile), container) => {
                // What inherits it is named by this already.
                inherited |= container.is_none();
                found.add(&profile.path, container, Some(profile.value.clone()), EXPECTED);
            }
            (None, Some(one)) if !inherited => {
                let path = format!("{}.seccompProfile.type", security.path);
                found.add(path, Some(one), None, EXPECTED);
            }
            (None, _) => {}
        }
    }
}

fn sysctls(pod: &PodSpec, version: Version, found: &mut Found) {
    for sysctl in &pod.sysctls {
        let of_version =
            |(name, since): &(&str, u16)| *name == sysctl.value && Version(*since) <= version;
        if !SYSCTLS.iter().any(of_version) {
            let expected = "a kernel parameter of the list of the version";
            found.add(&sysctl.path, None, Some(sysctl.value.clone()), expected);
        }
    }
}

fn host_process(pod: &PodSpec, found: &mut Found) {
    for (container, security) in contexts(pod) {
        if let Some(set) = security.host_process.as_ref().filter(|set| set.value) {
            found.add(&set.path, container, Some("true".into()), "absent or false");
        }
    }
}

fn volumes(pod: &PodSpec, found: &mut Found) {
    for volume in &pod.volumes {
        let allowed = volume.sources.iter().any(|source| VOLUMES.contains(&source.as_str()));
        // The server makes a volume without a source an emptyDir.
        if allowed || volume.sources.is_empty() {
            continue;
        }
        for source in &volume.sources {
            let path = format!("{}.{source}", volume.path);
            let value = format!("set for volume `{}`", volume.name);
            found.add(path, None, Some(value), "a type of volume of the restricted list");
        }
    }
}

fn run_as_non_root(pod: &PodSpec, found: &mut Found) {
    const EXPECTED: &str = "true";
    let mut inherited = false;
    for (container, security) in contexts(pod) {
        let path = || format!("{}.runAsNonRoot", security.path);
        match (security.run_as_non_root, container) {
            (Some(true), None) => inherited = true,
            (Some(true), Some(_)) => {}
            (Some(false), container) => {
                // What inherits it is named by this already.
                inherited |= container.is_none();
                found.add(path(), container, Some("false".into()), EXPECTED);
            }
            (None, Some(one)) if !inherited => found.add(path(), Some(one), None, EXPECTED),
            (None, _) => {}
        }
    }
}

fn run_as_user(pod: &PodSpec, found: &mut Found) {
    for (container, security) in contexts(pod) {
        if security.run_as_user == Some(0) {
            let path = format!("{}.runAsUser", security.path);
            found.add(path, container, Some("0".into()), "absent or a user other than 0");
        }
    }
}

fn escalation(pod: &PodSpec, found: &mut Found) {
    for one in &pod.containers {
        if one.security.escalation != Some(false) {
            let path = format!("{}.allowPrivilegeEscalation", one.security.path);
            let value = one.security.escalation.map(|_| "true".to_owned());
            found.add(path, Some(one), value, "false");
        }
    }
}

fn capabilities_restricted(pod: &PodSpec, found: &mut Found) {
    for one in &pod.containers {
        if !one.security.drop.iter().any(|name| name == "ALL") {
            let path = format!("{}.capabilities.drop", one.security.path);
            let dropped = &one.security.drop;
            let value = (!dropped.is_empty()).then(|| dropped.join(", "));
            found.add(path, Some(one), value, "a list with ALL");
        }
    }
    added(pod, &|name| name == "NET_BIND_SERVICE", "only NET_BIND_SERVICE", found);
}
