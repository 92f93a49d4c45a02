//! The [Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/), by policy version.
//!
//! The checks are those of the admission plugin
//! ([source](https://github.com/kubernetes/kubernetes/tree/master/staging/src/k8s.io/pod-security-admission/policy), read on
//! 2026-11-30), with their names and the version from which each holds. [`evaluate`] gives every check of a level with what
//! violates it: the path of the field, the container and the value.
//!
//! A pass is not a proof of confinement. A profile of type `Localhost` passes whatever it contains, because it is a file of the
//! node; [`Judged::notes`] names such passes. Whether a namespace enforces a level is another question: [`Setting`] has what its labels set.

mod checks;
mod lists;
mod namespace;
mod spec;
#[cfg(test)]
mod tests;
mod windows;

use std::fmt;
use std::str::FromStr;

pub use namespace::{Mode, Setting};

use crate::read::Invalid;
use crate::workload::PodOf;

/// A level of the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Prevents known privilege escalations.
    Baseline,
    /// Follows current practices of hardening.
    Restricted,
}

/// A version of the standards: the minor version of Kubernetes whose checks hold, as `v1.34`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u16);

impl Version {
    /// The oldest.
    pub const OLDEST: Self = Self(0);
    /// The newest whose checks are known here, as of 2026-11-30.
    pub const NEWEST: Self = Self(37);

    /// The version of a minor version of Kubernetes.
    pub const fn of_minor(minor: u16) -> Self {
        Self(minor)
    }

    /// The minor version.
    pub const fn minor(self) -> u16 {
        self.0
    }

    /// The version whose checks are used for it: a newer one than [`Self::NEWEST`] is judged as that, as the admission plugin does.
    /// A report has to name this one.
    #[must_use]
    pub fn used(self) -> Self {
        self.min(Self::NEWEST)
    }
}

/// The versions that a cluster can have: one, or all of them where its server does not report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    oldest: Version,
    newest: Version,
}

impl Versions {
    /// Any that is known here.
    pub const ANY: Self = Self { oldest: Version::OLDEST, newest: Version::NEWEST };

    /// The oldest of them.
    pub const fn oldest(self) -> Version {
        self.oldest
    }

    /// The newest of them.
    pub const fn newest(self) -> Version {
        self.newest
    }

    /// Each of them, the oldest first.
    pub fn each(self) -> impl Iterator<Item = Version> {
        (self.oldest.0..=self.newest.0).map(Version)
    }
}

impl From<Version> for Versions {
    fn from(version: Version) -> Self {
        Self { oldest: version, newest: version }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1.{}", self.0)
    }
}

/// The text is not a version of the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a version of the Pod Security Standards, such as `v1.34` or `latest`")]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    /// Reads `v1.34`, or `latest` as the newest that is known here. A number with leading zeros is not a version.
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        if text == "latest" {
            return Ok(Self::NEWEST);
        }
        let minor = text.strip_prefix("v1.").ok_or(NotAVersion)?;
        let plain = minor.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || (minor.len() > 1 && minor.starts_with('0')) {
            return Err(NotAVersion);
        }
        minor.parse().map(Self).map_err(|_| NotAVersion)
    }
}

macro_rules! checks {
    ($($(#[doc = $doc:literal])* $check:ident $id:literal $level:ident $since:literal $(replaces $replaced:ident)?;)*) => {
        /// A check of the standards.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $($(#[doc = $doc])* $check,)*
        }

        impl Check {
            /// All checks, those of the baseline first.
            pub const ALL: &'static [Self] = &[$(Self::$check,)*];

            /// Its name in the admission plugin.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$check => $id,)* }
            }

            /// The level that it belongs to.
            pub const fn level(self) -> Level {
                match self { $(Self::$check => Level::$level,)* }
            }

            /// The first version that has it.
            pub const fn since(self) -> Version {
                match self { $(Self::$check => Version($since),)* }
            }

            /// The check of the baseline that it replaces at the level `restricted`, from the version on that has it.
            pub const fn replaces(self) -> Option<Self> {
                match self { $(Self::$check => checks!(@ $($replaced)?),)* }
            }
        }
    };
    (@ $replaced:ident) => { Some(Self::$replaced) };
    (@) => { None };
}

checks! {
    /// The pod does not share the network, the processes or the IPC of its node.
    HostNamespaces "hostNamespaces" Baseline 0;
    /// No container is privileged.
    Privileged "privileged" Baseline 0;
    /// Containers add only capabilities of the list.
    CapabilitiesBaseline "capabilities_baseline" Baseline 0;
    /// No volume is a path of the node.
    HostPathVolumes "hostPathVolumes" Baseline 0;
    /// No container has a port of the node.
    HostPorts "hostPorts" Baseline 0;
    /// Probes and lifecycle hooks do not name a host.
    HostProbes "hostProbesAndHostLifecycle" Baseline 34;
    /// AppArmor is not turned off.
    AppArmor "appArmorProfile" Baseline 0;
    /// SELinux has a type of the list, and neither a user nor a role.
    SeLinux "seLinuxOptions" Baseline 0;
    /// `/proc` is masked.
    ProcMount "procMount" Baseline 0;
    /// Seccomp is not turned off.
    SeccompBaseline "seccompProfile_baseline" Baseline 0;
    /// The pod sets only kernel parameters of the list.
    Sysctls "sysctls" Baseline 0;
    /// The containers are not host processes of Windows.
    WindowsHostProcess "windowsHostProcess" Baseline 0;
    /// The volumes are of types of the list.
    RestrictedVolumes "restrictedVolumes" Restricted 0 replaces HostPathVolumes;
    /// Containers do not run as root: the kubelet does not start one that would.
    RunAsNonRoot "runAsNonRoot" Restricted 0;
    /// Containers cannot gain privileges.
    AllowPrivilegeEscalation "allowPrivilegeEscalation" Restricted 8;
    /// Containers have a seccomp profile.
    SeccompRestricted "seccompProfile_restricted" Restricted 19 replaces SeccompBaseline;
    /// Containers drop all capabilities, and add at most `NET_BIND_SERVICE`.
    CapabilitiesRestricted "capabilities_restricted" Restricted 22 replaces CapabilitiesBaseline;
    /// The user is not 0.
    RunAsUser "runAsUser" Restricted 23;
    /// `/proc` is masked, in a user namespace too.
    ProcMountRestricted "procMount_restricted" Restricted 35 replaces ProcMount;
}

impl Check {
    /// The checks of a level at a version.
    pub fn of(level: Level, version: Version) -> impl Iterator<Item = Self> {
        let version = version.used();
        let holds = move |check: &Self| check.since() <= version && check.level() <= level;
        let replaced = move |check: &Self| {
            let all = Self::ALL.iter().filter(move |other| holds(other));
            all.filter_map(|other| other.replaces()).any(|other| other == *check)
        };
        Self::ALL.iter().copied().filter(move |check| holds(check) && !replaced(check))
    }
}

/// What violates a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field, which may be absent, such as `spec.template.spec.containers[0].securityContext.privileged`.
    pub path: String,
    /// The name of the container; none for a field of the pod.
    pub container: Option<String>,
    /// The value of the field; none if it is absent.
    pub value: Option<String>,
    /// What it should be.
    pub expected: &'static str,
}

/// `spec.hostNetwork is true, expected absent or false`.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.path)?;
        if let Some(container) = &self.container {
            write!(f, "(container `{container}`) ")?;
        }
        match &self.value {
            Some(value) => write!(f, "is {value}")?,
            None => f.write_str("is absent")?,
        }
        write!(f, ", expected {}", self.expected)
    }
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The check.
    pub check: Check,
    /// What violates it; empty if it passes.
    pub violations: Vec<Violation>,
    /// What a pass rests on and is not examined: profiles that are files of the node, user namespaces that the node has to support.
    pub notes: Vec<String>,
}

impl Judged {
    /// Whether the pod passes.
    pub fn passes(&self) -> bool {
        self.violations.is_empty()
    }
}

/// The first minor version whose server
/// [rejects](https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#proc-access) an unmasked `/proc` in the user
/// namespace of the node: 1.12 to 1.29 did not (read on 2026-12-01).
const UNMASKED_NEEDS_USERS: u16 = 30;

/// Fields of a pod that contradict each other, so that a server of a minor version rejects it.
///
/// # Errors
/// The field that has to be changed, and what it contradicts.
pub(crate) fn contradiction(pod: &PodOf<'_>, minor: u16) -> Result<(), Invalid> {
    windows::check(pod)?;
    let spec = spec::PodSpec::read(pod)?;
    for one in spec.containers.iter().map(|one| &one.security) {
        let path = format!("{}.allowPrivilegeEscalation", one.path);
        if one.escalation == Some(false) && one.privileged == Some(true) {
            return Err(Invalid::new(path, "cannot be false in a privileged container"));
        }
        if minor >= UNMASKED_NEEDS_USERS
            && one.proc_mount.as_deref() == Some("Unmasked")
            && spec.host_users != Some(false)
        {
            let path = format!("{}.procMount", one.path);
            return Err(Invalid::new(path, "`hostUsers` of the pod must be false for Unmasked"));
        }
        // The server compares with this name alone, although runtimes know the other as well.
        let admin = |capability: &spec::At<String>| capability.value == "CAP_SYS_ADMIN";
        if one.escalation == Some(false) && one.add.iter().any(admin) {
            return Err(Invalid::new(
                path,
                "cannot be false where the capability CAP_SYS_ADMIN is added",
            ));
        }
    }
    let host = [spec.host_network, spec.host_pid, spec.host_ipc].contains(&Some(true));
    if host && spec.host_users == Some(false) {
        let path = format!("{}.hostUsers", spec.path);
        return Err(Invalid::new(
            path,
            "cannot be false for a pod that shares a namespace of its node",
        ));
    }
    Ok(())
}

/// The result of every check of a level for a pod or a template, at a version of the standards ([`Version::used`] of it).
///
/// # Errors
/// If a field that a check reads has a wrong type. Then nothing of the pod is judged.
pub fn evaluate(pod: &PodOf<'_>, level: Level, version: Version) -> Result<Vec<Judged>, Invalid> {
    let spec = spec::PodSpec::read(pod)?;
    let version = version.used();
    let judge = |check| checks::judge(check, &spec, version);
    Ok(Check::of(level, version).map(judge).collect())
}

/// The result of every check of both levels for a pod or a template, at a version of the standards ([`Version::used`] of it). A check
/// that is newer is judged at the first version that has it: what it finds is no less there in an older cluster.
///
/// # Errors
/// If a field that a check reads has a wrong type. Then nothing of the pod is judged.
pub fn every_check(pod: &PodOf<'_>, version: Version) -> Result<Vec<Judged>, Invalid> {
    let spec = spec::PodSpec::read(pod)?;
    let version = version.used();
    let judge = |check: Check| checks::judge(check, &spec, version.max(check.since()));
    Ok(Check::ALL.iter().copied().map(judge).collect())
}
