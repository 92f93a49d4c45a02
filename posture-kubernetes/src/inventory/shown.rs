//! What a pod or a template shows, as the lists of a workload.

use std::collections::BTreeSet;

use posture_model::entries::Entries;
use posture_model::fact::Fact;
use posture_model::resource::{FactId, Namespace, NetworkPolicy, Workload};

use super::pods::Users;
use super::running::Running;
use crate::pod_security::{Check, Version, Versions, Violation, every_check};
use crate::read::{Invalid, Object};
use crate::workload::PodOf;

macro_rules! lists {
    ($($list:ident $fact:ident $id:ident;)*) => {
        /// A list of a workload.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum List { $($list,)* }

        impl List {
            pub(super) const ALL: &'static [Self] = &[$(Self::$list,)*];

            /// The fact that holds it.
            pub(super) fn of(self, workload: &mut Workload) -> &mut Fact<Entries> {
                match self { $(Self::$list => &mut workload.$fact,)* }
            }
        }

        /// The facts of workloads that their pods and templates show.
        pub(crate) const OF_TEMPLATES: &[FactId] = &[
            $(Workload::$id,)*
            Workload::UNREQUESTED_TOKENS,
            Workload::BARE,
            Workload::NAMESPACE,
            Workload::INGRESS_ISOLATED,
            Workload::EGRESS_ISOLATED,
            Workload::REACHES_METADATA,
            Workload::PODS,
            Workload::TAGS,
            // Workloads decide about what they are in, and what selects them.
            Namespace::HAS_WORKLOADS,
            Namespace::POLICIES_ENFORCED,
            NetworkPolicy::WITHOUT_EFFECT,
        ];
    };
}

lists! {
    PrivilegedContainers privileged_containers PRIVILEGED_CONTAINERS;
    HostProcessNamespace host_process_namespace HOST_PROCESS_NAMESPACE;
    HostIpcNamespace host_ipc_namespace HOST_IPC_NAMESPACE;
    HostNetwork host_network HOST_NETWORK;
    AddedCapabilities added_capabilities ADDED_CAPABILITIES;
    UndroppedCapabilities undropped_capabilities UNDROPPED_CAPABILITIES;
    HostPathVolumes host_path_volumes HOST_PATH_VOLUMES;
    SensitiveHostPaths sensitive_host_paths SENSITIVE_HOST_PATHS;
    HostPorts host_ports HOST_PORTS;
    ProbeHosts probe_hosts PROBE_HOSTS;
    AppArmorOverrides app_armor_overrides APP_ARMOR_OVERRIDES;
    SeLinuxOverrides se_linux_overrides SE_LINUX_OVERRIDES;
    UnmaskedProc unmasked_proc UNMASKED_PROC;
    SeccompOverrides seccomp_overrides SECCOMP_OVERRIDES;
    SeccompMissing seccomp_missing SECCOMP_MISSING;
    UnsafeSysctls unsafe_sysctls UNSAFE_SYSCTLS;
    WindowsHostProcesses windows_host_processes WINDOWS_HOST_PROCESSES;
    RestrictedVolumeTypes restricted_volume_types RESTRICTED_VOLUME_TYPES;
    PrivilegeEscalation privilege_escalation PRIVILEGE_ESCALATION;
    RootContainers root_containers ROOT_CONTAINERS;
    WritableRootFilesystems writable_root_filesystems WRITABLE_ROOT_FILESYSTEMS;
    HostUserNamespace host_user_namespace HOST_USER_NAMESPACE;
    SecretsInEnvironment secrets_in_environment SECRETS_IN_ENVIRONMENT;
    LiteralCredentials literal_credentials LITERAL_CREDENTIALS;
    WithoutMemoryLimit without_memory_limit WITHOUT_MEMORY_LIMIT;
    WithoutCpuRequest without_cpu_request WITHOUT_CPU_REQUEST;
    Images images IMAGES;
}

/// The facts that the list of service accounts fills.
pub(crate) const TOKENS_OF_ACCOUNTS: &[FactId] = &[Workload::UNREQUESTED_TOKENS];

/// What a pod or a template shows, or several that belong together.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub(super) entries: BTreeSet<(List, String)>,
    /// The lists with an entry that only some of the versions have that the cluster can have.
    pub(super) of_some_versions: BTreeSet<List>,
    /// The containers whose image is not set: the server leaves that to what changes templates later.
    pub(super) without_image: BTreeSet<String>,
    /// The accounts whose token the pod has if the account does not decide otherwise.
    pub(super) undecided_tokens: BTreeSet<Token>,
    /// The config maps of its namespace that it reads, each with the key that it reads; none for all.
    pub(super) config_maps: BTreeSet<(String, Option<String>)>,
    /// The images that it runs. A template runs none.
    pub(super) running: Running,
}

/// That a pod does not set whether it has a token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Token {
    /// The service account of its namespace.
    pub(super) account: String,
    /// Whether the token is mounted, where the pod shows that.
    pub(super) mounted: Option<bool>,
}

impl Shown {
    /// What a pod or a template shows. A pod of a cluster also shows what the server made of it.
    pub(super) fn of(pod: &PodOf<'_>, versions: Versions, is_live: bool) -> Result<Self, Invalid> {
        let mut shown = Self::default();
        let users = super::pods::read(pod, is_live, &mut shown)?;
        if is_live {
            shown.running = Running::of(Object::of(pod.value, pod.path)?)?;
        }
        let mut of_all: Option<BTreeSet<(List, String)>> = None;
        for version in versions.each() {
            let found = violating(pod, version, &users)?;
            of_all = Some(match of_all {
                None => found,
                Some(before) => {
                    let differ = before.symmetric_difference(&found).map(|(list, _)| *list);
                    shown.of_some_versions.extend(differ);
                    before.intersection(&found).cloned().collect()
                }
            });
        }
        shown.entries.extend(of_all.unwrap_or_default());
        Ok(shown)
    }

    pub(super) fn add(&mut self, list: List, entry: String) {
        self.entries.insert((list, entry));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.of_some_versions.extend(other.of_some_versions);
        self.without_image.extend(other.without_image);
        self.undecided_tokens.extend(other.undecided_tokens);
        self.config_maps.extend(other.config_maps);
        self.running.merge(other.running);
    }

    pub(super) fn list(&self, list: List) -> Vec<String> {
        let of = self.entries.iter().filter(|(of, _)| *of == list);
        of.map(|(_, entry)| entry.clone()).collect()
    }
}

/// What violates the standards of a version.
fn violating(
    pod: &PodOf<'_>,
    version: Version,
    users: &Users,
) -> Result<BTreeSet<(List, String)>, Invalid> {
    let mut entries = BTreeSet::new();
    for judged in every_check(pod, version)? {
        for violation in &judged.violations {
            let Some(list) = list(judged.check, &violation.path) else { continue };
            // Another user than 0 is set: whether the kubelet checks that as well makes no difference.
            let is_other = match (judged.check, &violation.container) {
                (Check::RunAsNonRoot, Some(name)) => users.is_other(name),
                (Check::RunAsNonRoot, None) => users.are_all_others(),
                _ => false,
            };
            if !is_other {
                entries.insert((list, entry(pod, violation)));
            }
        }
    }
    Ok(entries)
}

/// An entry of a pod whose container its template does not have: something added it when the pod was made, or later.
pub(super) fn marked(entry: String, template: &Shown, pods: &Shown) -> String {
    let Some((name, _)) = entry.split_once(": ") else { return entry };
    let has = |shown: &Shown| {
        let mut images = shown.entries.iter().filter(|(list, _)| *list == List::Images);
        shown.without_image.contains(name)
            || images.any(|(_, image)| image.split_once(": ").is_some_and(|(own, _)| own == name))
    };
    if has(pods) && !has(template) {
        return format!("{entry} (injected: not in the template)");
    }
    entry
}

/// The list of what violates a check. A new check does not compile without one.
fn list(check: Check, path: &str) -> Option<List> {
    Some(match check {
        Check::HostNamespaces if path.ends_with("hostPID") => List::HostProcessNamespace,
        Check::HostNamespaces if path.ends_with("hostIPC") => List::HostIpcNamespace,
        Check::HostNamespaces => List::HostNetwork,
        Check::Privileged => List::PrivilegedContainers,
        Check::CapabilitiesBaseline => List::AddedCapabilities,
        Check::HostPathVolumes => List::HostPathVolumes,
        Check::HostPorts => List::HostPorts,
        Check::HostProbes => List::ProbeHosts,
        Check::AppArmor => List::AppArmorOverrides,
        Check::SeLinux => List::SeLinuxOverrides,
        Check::ProcMount => List::UnmaskedProc,
        // It differs from the check of the baseline only for a pod with its own user namespace, in which `/proc` shows nothing of the
        // node. Whether a namespace rejects such pods is decided by its labels.
        Check::ProcMountRestricted => return None,
        Check::SeccompBaseline => List::SeccompOverrides,
        Check::Sysctls => List::UnsafeSysctls,
        Check::WindowsHostProcess => List::WindowsHostProcesses,
        Check::RestrictedVolumes => List::RestrictedVolumeTypes,
        Check::RunAsNonRoot | Check::RunAsUser => List::RootContainers,
        Check::AllowPrivilegeEscalation => List::PrivilegeEscalation,
        Check::SeccompRestricted => List::SeccompMissing,
        Check::CapabilitiesRestricted => List::UndroppedCapabilities,
    })
}

/// A violation without what differs between a pod and its template, such as the places of its containers and volumes: `app:
/// securityContext.privileged is true`.
fn entry(pod: &PodOf<'_>, violation: &Violation) -> String {
    let path = violation.path.strip_prefix(pod.path).unwrap_or(&violation.path);
    let path = path.trim_start_matches('.');
    let path = path.strip_prefix("spec.").unwrap_or(path);
    let path = match &violation.container {
        Some(_) => path.split_once("].").map_or(path, |(_, field)| field),
        None => path,
    };
    let path = without_places(path);
    let mut text = match &violation.container {
        Some(container) => format!("{container}: {path} is "),
        None => format!("{path} is "),
    };
    text.push_str(violation.value.as_deref().unwrap_or("absent"));
    text
}

/// A path without the places of items, such as `volumes[0].hostPath`; the keys of maps stay.
fn without_places(path: &str) -> String {
    let mut out = String::new();
    for (number, part) in path.split('[').enumerate() {
        let is_place = part.find(']').filter(|end| {
            number > 0 && *end > 0 && part.bytes().take(*end).all(|byte| byte.is_ascii_digit())
        });
        match is_place {
            Some(end) => out.push_str(part.get(end + 1..).unwrap_or_default()),
            None => {
                if number > 0 {
                    out.push('[');
                }
                out.push_str(part);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use posture_model::provider::Provider;
    use posture_model::resource::Resource;

    use super::*;

    #[test]
    fn every_fact_of_a_workload_is_filled_by_what_templates_show() {
        let own = OF_TEMPLATES.iter().filter(|fact| fact.kind == Workload::KIND);
        let names: BTreeSet<&str> = own.map(|fact| fact.name).collect();
        let offered =
            Workload::FACTS.iter().filter(|of| of.providers.contains(&Provider::Kubernetes));
        let all: BTreeSet<&str> = offered.map(|fact| fact.name).collect();
        // These are filled beside the others: by the end of support of an image, and by the status of pods.
        let others =
            BTreeSet::from([Workload::RETIRED_INGRESS.name, Workload::RUNNING_IMAGES.name]);
        assert_eq!(&names | &others, all);
    }

    #[test]
    fn every_check_has_a_list() {
        let without: Vec<Check> =
            Check::ALL.iter().copied().filter(|check| list(*check, "").is_none()).collect();
        assert_eq!(without, [Check::ProcMountRestricted]);
    }

    #[test]
    fn places_are_left_out_and_keys_are_not() {
        for (path, without) in [
            ("volumes[12].hostPath", "volumes.hostPath"),
            ("securityContext.capabilities.add[0]", "securityContext.capabilities.add"),
            ("metadata.annotations[a.b/c]", "metadata.annotations[a.b/c]"),
            ("a[0].b[1]", "a.b"),
            ("a[]", "a[]"),
        ] {
            assert_eq!(without_places(path), without);
        }
    }
}
