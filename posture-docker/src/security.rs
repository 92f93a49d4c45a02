//! Capabilities and security options, as `docker run` and Compose take them.

use posture_model::dated::Dated;
use serde_json::Value;

/// The capabilities that a container has where nothing is added or dropped.
pub(crate) static DEFAULT: Dated<&str> = Dated::new(
    &["https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities"],
    "2026-12-01",
    &[
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "NET_RAW",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ],
);

/// The types of SELinux that confine a container.
const CONFINED: [&str; 4] =
    ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/// The name of a capability: `SYS_ADMIN` for `cap_sys_admin`. `ALL` is not a capability, and the engine rejects `CAP_ALL`
/// ([source](https://github.com/moby/moby/blob/v28.3.0/daemon/pkg/oci/caps/utils.go)).
pub(crate) fn capability(name: &str) -> String {
    let upper = name.trim().to_ascii_uppercase();
    match upper.strip_prefix("CAP_") {
        Some(name) if name != "ALL" => name.to_owned(),
        _ => upper,
    }
}

/// What one security option sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opt<'o> {
    NoNewPrivileges(bool),
    Seccomp(&'o str),
    AppArmor(&'o str),
    /// What is done with the paths of `/proc` and `/sys` that are masked, such as `unconfined`.
    SystemPaths(&'o str),
    /// A label of SELinux, such as `disable` or `type:spc_t`.
    Label(&'o str),
    Other,
}

/// Reads a security option. The engine accepts `=` and, for historic reasons, `:` after the name
/// ([source](https://github.com/moby/moby/blob/v28.3.0/daemon/daemon_unix.go)).
pub(crate) fn option(text: &str) -> Opt<'_> {
    match text {
        "no-new-privileges" => return Opt::NoNewPrivileges(true),
        "disable" => return Opt::Label("disable"),
        _ => {}
    }
    let split = match text.split_once('=') {
        Some((name, value)) if !name.contains(':') => Some((name, value)),
        _ => text.split_once(':'),
    };
    match split {
        Some(("no-new-privileges", value)) => match value {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Opt::NoNewPrivileges(true),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Opt::NoNewPrivileges(false),
            _ => Opt::Other,
        },
        Some(("seccomp", value)) => Opt::Seccomp(value),
        Some(("apparmor", value)) => Opt::AppArmor(value),
        Some(("label", value)) => Opt::Label(value),
        Some(("systempaths", value)) => Opt::SystemPaths(value),
        _ => Opt::Other,
    }
}

/// What a profile does for a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Restricts,
    Nothing,
    /// What it holds does not decide it.
    Unknown,
}

/// What a profile of seccomp does: a name, a file, or what the file holds, which is what the engine keeps
/// ([format](https://docs.docker.com/engine/security/seccomp/)).
pub(crate) fn seccomp(profile: &str) -> Profile {
    if profile == "unconfined" {
        return Profile::Nothing;
    }
    if !profile.trim_start().starts_with('{') {
        return Profile::Restricts;
    }
    let Ok(profile) = serde_json::from_str::<Value>(profile) else { return Profile::Unknown };
    let denies = |action: Option<&Value>| match action.and_then(Value::as_str) {
        Some("SCMP_ACT_ALLOW" | "SCMP_ACT_LOG") => Some(false),
        Some("SCMP_ACT_ERRNO" | "SCMP_ACT_KILL" | "SCMP_ACT_KILL_PROCESS") => Some(true),
        Some("SCMP_ACT_KILL_THREAD" | "SCMP_ACT_TRAP") => Some(true),
        _ => None,
    };
    let calls = match profile.get("syscalls") {
        None | Some(Value::Null) => &[][..],
        Some(Value::Array(calls)) => calls.as_slice(),
        Some(_) => return Profile::Unknown,
    };
    match denies(profile.get("defaultAction")) {
        Some(true) => Profile::Restricts,
        Some(false) if calls.iter().all(|call| denies(call.get("action")) == Some(false)) => {
            Profile::Nothing
        }
        _ => Profile::Unknown,
    }
}

/// Whether a label of SELinux is one that keeps a container confined.
pub(crate) fn is_confined(label: &str) -> bool {
    let (part, value) = label.split_once([':', '=']).unwrap_or((label, ""));
    match part {
        "level" | "filetype" | "nested" => true,
        "type" => CONFINED.contains(&value),
        // `disable`, `user`, `role`, and what is not known.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_in_both_forms() {
        for (text, opt) in [
            ("no-new-privileges", Opt::NoNewPrivileges(true)),
            ("no-new-privileges:true", Opt::NoNewPrivileges(true)),
            ("no-new-privileges=true", Opt::NoNewPrivileges(true)),
            ("no-new-privileges:false", Opt::NoNewPrivileges(false)),
            ("no-new-privileges:maybe", Opt::Other),
            ("seccomp=unconfined", Opt::Seccomp("unconfined")),
            ("systempaths=unconfined", Opt::SystemPaths("unconfined")),
            ("seccomp:unconfined", Opt::Seccomp("unconfined")),
            ("seccomp=/a:b.json", Opt::Seccomp("/a:b.json")),
            ("apparmor=docker-default", Opt::AppArmor("docker-default")),
            ("label=type:spc_t", Opt::Label("type:spc_t")),
            ("label:disable", Opt::Label("disable")),
            ("disable", Opt::Label("disable")),
            ("", Opt::Other),
        ] {
            assert_eq!(option(text), opt, "{text}");
        }
    }

    #[test]
    fn a_profile_of_seccomp_is_read() {
        for (profile, does) in [
            ("unconfined", Profile::Nothing),
            ("builtin", Profile::Restricts),
            ("/a.json", Profile::Restricts),
            (r#"{"defaultAction": "SCMP_ACT_ALLOW"}"#, Profile::Nothing),
            (r#" {"defaultAction": "SCMP_ACT_LOG", "syscalls": null}"#, Profile::Nothing),
            (
                r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"action": "SCMP_ACT_ALLOW"}]}"#,
                Profile::Nothing,
            ),
            (
                r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"action": "SCMP_ACT_ERRNO"}]}"#,
                Profile::Unknown,
            ),
            (r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}"#, Profile::Restricts),
            (r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": 1}"#, Profile::Unknown),
            (r#"{"defaultAction": "SCMP_ACT_X"}"#, Profile::Unknown),
            ("{}", Profile::Unknown),
            ("{", Profile::Unknown),
        ] {
            assert_eq!(seccomp(profile), does, "{profile}");
        }
    }

    #[test]
    fn labels_that_weaken_are_told_from_the_others() {
        for label in ["level:s0:c1,c2", "type:container_t", "filetype:usr_t"] {
            assert!(is_confined(label), "{label}");
        }
        for label in ["disable", "type:spc_t", "user:unconfined_u", "role:system_r", ""] {
            assert!(!is_confined(label), "{label}");
        }
    }

    #[test]
    fn capabilities_have_one_name() {
        assert_eq!(capability("cap_sys_admin"), "SYS_ADMIN");
        assert_eq!((capability("ALL"), capability("all")), ("ALL".to_owned(), "ALL".to_owned()));
        assert_eq!(capability("CAP_ALL"), "CAP_ALL");
        assert!(DEFAULT.items().is_sorted());
    }
}
