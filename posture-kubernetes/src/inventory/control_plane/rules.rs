//! What the flags of the components should be, fact by fact.
//!
//! Sources, read on 2026-11-30: the command line references of
//! [kube-apiserver](https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/),
//! [kube-controller-manager](https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/),
//! [kube-scheduler](https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/) and
//! [etcd](https://etcd.io/docs/v3.6/op-guide/configuration/).

use posture_model::resource::Cluster;

use super::Fill;
use crate::flags::{Flags, Value};

/// A component of the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Component {
    ApiServer,
    ControllerManager,
    Scheduler,
    Etcd,
}

use Component::{ApiServer, ControllerManager, Etcd, Scheduler};

impl Component {
    pub(super) const ALL: [Self; 4] = [ApiServer, ControllerManager, Scheduler, Etcd];

    /// The name of its program, its container and its label.
    pub(super) fn name(self) -> &'static str {
        match self {
            ApiServer => "kube-apiserver",
            ControllerManager => "kube-controller-manager",
            Scheduler => "kube-scheduler",
            Etcd => "etcd",
        }
    }
}

/// What a flag shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Good,
    /// What is wrong, with the flag.
    Bad(String),
    /// Why it is not known.
    Open(String),
}

use Answer::{Bad, Good, Open};

/// A fact with the components that decide it, and how.
pub(super) struct Rule {
    pub(super) components: &'static [Component],
    pub(super) fill: Fill,
    pub(super) check: fn(Component, &Flags) -> Vec<Answer>,
}

const fn rule(
    components: &'static [Component],
    fill: Fill,
    check: fn(Component, &Flags) -> Vec<Answer>,
) -> Rule {
    Rule { components, fill, check }
}

/// Every fact that flags decide.
pub(super) static RULES: &[Rule] = &[
    rule(&[ApiServer], Cluster::anonymous_requests, |_, flags| {
        // The file may allow them for some paths only, or not at all.
        vec![in_file(flags, "authentication-config", |flags| {
            is(flags, "anonymous-auth", false, true)
        })]
    }),
    rule(&[ApiServer], Cluster::static_tokens, |_, flags| vec![unset(flags, "token-auth-file")]),
    rule(&[ApiServer], Cluster::always_allow, |_, flags| {
        vec![modes(flags, |modes| !modes.contains(&"AlwaysAllow"))]
    }),
    rule(&[ApiServer], Cluster::node_authorizer_off, |_, flags| {
        vec![modes(flags, |modes| modes.contains(&"Node"))]
    }),
    rule(&[ApiServer], Cluster::rbac_authorizer_off, |_, flags| {
        vec![modes(flags, |modes| modes.contains(&"RBAC"))]
    }),
    rule(&[ApiServer], Cluster::node_restriction_off, |_, flags| {
        vec![plugin(flags, "NodeRestriction")]
    }),
    rule(&[ApiServer], Cluster::admission_plugins, |_, flags| {
        let mut all: Vec<Answer> = ["DenyServiceExternalIPs", "EventRateLimit", "AlwaysPullImages"]
            .map(|name| plugin(flags, name))
            .into();
        all.push(lacks(flags, "enable-admission-plugins", "AlwaysAdmit"));
        all.push(lacks(flags, "disable-admission-plugins", "ServiceAccount"));
        all.push(lacks(flags, "disable-admission-plugins", "NamespaceLifecycle"));
        all
    }),
    rule(&[ApiServer], Cluster::audit_log_off, |_, flags| vec![set(flags, "audit-log-path")]),
    rule(&[ApiServer], Cluster::audit_off, |_, flags| {
        let hook = flags.has("audit-webhook-config-file");
        let target = if hook { Good } else { set(flags, "audit-log-path") };
        vec![target, set(flags, "audit-policy-file")]
    }),
    rule(&[ApiServer], Cluster::audit_log_short, |_, flags| match flags.text("audit-log-path") {
        Value::Absent => Vec::new(),
        Value::Given("-") => {
            vec![Open(
                "--audit-log-path=-: the log goes to where the node keeps its output".to_owned(),
            )]
        }
        Value::Given(_) | Value::Unread(_) => vec![
            at_least(flags, "audit-log-maxage", 30),
            at_least(flags, "audit-log-maxbackup", 10),
            at_least(flags, "audit-log-maxsize", 100),
        ],
    }),
    rule(&[ApiServer], Cluster::encryption_off, |_, flags| {
        vec![set(flags, "encryption-provider-config")]
    }),
    rule(&[ApiServer, ControllerManager, Etcd], Cluster::tls_missing, |component, flags| {
        let all = |names: &[&'static str]| names.iter().map(|name| set(flags, name)).collect();
        match component {
            ApiServer => all(&[
                "kubelet-client-certificate",
                "kubelet-client-key",
                "kubelet-certificate-authority",
                "etcd-certfile",
                "etcd-keyfile",
                "etcd-cafile",
                "tls-cert-file",
                "tls-private-key-file",
                "client-ca-file",
            ]),
            ControllerManager => all(&["root-ca-file"]),
            Etcd => in_config(flags, "config-file", |flags| {
                let mut all: Vec<Answer> =
                    ["cert-file", "key-file", "peer-cert-file", "peer-key-file"]
                        .map(|name| set(flags, name))
                        .into();
                all.push(is(flags, "client-cert-auth", true, false));
                all.push(is(flags, "peer-client-cert-auth", true, false));
                all.push(is(flags, "auto-tls", false, false));
                all.push(is(flags, "peer-auto-tls", false, false));
                all
            }),
            Scheduler => Vec::new(),
        }
    }),
    rule(&[ApiServer], Cluster::weak_ciphers, |_, flags| {
        // What is listed does not concern TLS 1.3, whose suites are all strong.
        if flags.text("tls-min-version") == Value::Given("VersionTLS13") {
            return Vec::new();
        }
        match flags.list("tls-cipher-suites") {
            Value::Given(all) => all
                .into_iter()
                .filter(|suite| !is_strong(suite))
                .map(|suite| Bad(format!("--tls-cipher-suites has {suite}")))
                .collect(),
            Value::Absent => vec![Bad("--tls-cipher-suites is absent".to_owned())],
            Value::Unread(why) => vec![Open(why)],
        }
    }),
    rule(&[ApiServer, ControllerManager], Cluster::token_settings, |component, flags| {
        // A signer outside of the API server holds the keys. https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
        let signer = || flags.has("service-account-signing-endpoint");
        match component {
            ApiServer => vec![
                is(flags, "service-account-lookup", true, true),
                if signer() { Good } else { set(flags, "service-account-key-file") },
                is(flags, "service-account-extend-token-expiration", false, true),
            ],
            ControllerManager => vec![
                is(flags, "use-service-account-credentials", true, false),
                set(flags, "service-account-private-key-file"),
            ],
            Scheduler | Etcd => Vec::new(),
        }
    }),
    rule(&[ApiServer, ControllerManager, Scheduler], Cluster::profiling, |component, flags| {
        match component {
            // The scheduler ignores the flag where it has a file.
            Scheduler => {
                in_config(flags, "config", |flags| vec![is(flags, "profiling", false, true)])
            }
            ApiServer | ControllerManager | Etcd => vec![is(flags, "profiling", false, true)],
        }
    }),
    rule(&[ControllerManager, Scheduler], Cluster::open_ports, |_, flags| {
        vec![match flags.text("bind-address") {
            Value::Given("127.0.0.1" | "::1" | "localhost") => Good,
            Value::Given(other) => Bad(format!("--bind-address={other}")),
            Value::Absent => Bad("--bind-address is absent, so that it is 0.0.0.0".to_owned()),
            Value::Unread(why) => Open(why),
        }]
    }),
    rule(&[ApiServer, ControllerManager], Cluster::housekeeping_off, |component, flags| {
        match component {
            ApiServer => vec![match flags.text("request-timeout") {
                Value::Given(time) if is_zero(time) => Bad(format!("--request-timeout={time}")),
                Value::Given(_) | Value::Absent => Good,
                Value::Unread(why) => Open(why),
            }],
            ControllerManager => vec![
                match flags.number("terminated-pod-gc-threshold") {
                    Value::Given(count) if count <= 0 => {
                        Bad(format!("--terminated-pod-gc-threshold={count}"))
                    }
                    Value::Given(_) | Value::Absent => Good,
                    Value::Unread(why) => Open(why),
                },
                gate(flags, "RotateKubeletServerCertificate"),
            ],
            Scheduler | Etcd => Vec::new(),
        }
    }),
];

fn set(flags: &Flags, name: &str) -> Answer {
    if flags.has(name) { Good } else { Bad(format!("--{name} is absent")) }
}

fn unset(flags: &Flags, name: &str) -> Answer {
    match flags.text(name) {
        Value::Absent => Good,
        Value::Given(value) => Bad(format!("--{name}={value}")),
        Value::Unread(why) => Bad(why),
    }
}

/// Whether a flag is as it should be, where its default is known.
fn is(flags: &Flags, name: &str, good: bool, default: bool) -> Answer {
    match flags.boolean(name) {
        Value::Given(value) if value == good => Good,
        Value::Given(value) => Bad(format!("--{name}={value}")),
        Value::Absent if default == good => Good,
        Value::Absent => Bad(format!("--{name} is absent, so that it is {default}")),
        Value::Unread(why) => Open(why),
    }
}

/// A flag that settings in a file replace, unless it is given.
fn in_file(flags: &Flags, file: &str, check: impl FnOnce(&Flags) -> Answer) -> Answer {
    match check(flags) {
        Bad(what) if what.contains("is absent") && flags.has(file) => {
            Open(format!("--{file} names a file that no API shows"))
        }
        answer => answer,
    }
}

/// Flags that are without effect where a file is given.
fn in_config(flags: &Flags, file: &str, check: impl FnOnce(&Flags) -> Vec<Answer>) -> Vec<Answer> {
    if flags.has(file) {
        return vec![Open(format!("--{file} names a file that no API shows"))];
    }
    check(flags)
}

/// What the authorization modes should be. Without any, and without a file, every request is allowed.
fn modes(flags: &Flags, good: impl Fn(&[&str]) -> bool) -> Answer {
    match flags.list("authorization-mode") {
        Value::Given(modes) if good(&modes) => Good,
        Value::Given(modes) => Bad(format!("--authorization-mode={}", modes.join(","))),
        Value::Absent if flags.has("authorization-config") => {
            Open("--authorization-config names a file that no API shows".to_owned())
        }
        Value::Absent if good(&["AlwaysAllow"]) => Good,
        Value::Absent => {
            Bad("--authorization-mode is absent, so that it is AlwaysAllow".to_owned())
        }
        Value::Unread(why) => Open(why),
    }
}

/// Whether an admission plugin that is not on by default is on.
fn plugin(flags: &Flags, name: &str) -> Answer {
    match flags.list("enable-admission-plugins") {
        Value::Given(all) if all.contains(&name) => Good,
        Value::Given(_) | Value::Absent => {
            Bad(format!("--enable-admission-plugins is without {name}"))
        }
        Value::Unread(why) => Open(why),
    }
}

fn lacks(flags: &Flags, name: &str, item: &str) -> Answer {
    match flags.list(name) {
        Value::Given(all) if all.contains(&item) => Bad(format!("--{name} has {item}")),
        Value::Given(_) | Value::Absent => Good,
        Value::Unread(why) => Open(why),
    }
}

/// A limit that deletes nothing early. Without one, and with 0, nothing is deleted for this reason.
fn at_least(flags: &Flags, name: &str, least: i64) -> Answer {
    match flags.number(name) {
        Value::Given(value) if value > 0 && value < least => Bad(format!("--{name}={value}")),
        Value::Given(_) | Value::Absent => Good,
        Value::Unread(why) => Open(why),
    }
}

/// A feature gate that should not be off.
fn gate(flags: &Flags, name: &str) -> Answer {
    match flags.list("feature-gates") {
        Value::Given(all) => {
            let last = all.iter().rev().find_map(|one| one.strip_prefix(name)?.strip_prefix('='));
            match last {
                Some("false" | "False" | "FALSE" | "f" | "F" | "0") => {
                    Bad(format!("--feature-gates={name}=false"))
                }
                Some(_) | None => Good,
            }
        }
        Value::Absent => Good,
        Value::Unread(why) => Open(why),
    }
}

/// A cipher suite with authenticated encryption and forward secrecy.
fn is_strong(suite: &str) -> bool {
    let aead = suite.contains("_GCM_") || suite.contains("_CHACHA20_POLY1305");
    let forward = ["TLS_ECDHE_", "TLS_AES_", "TLS_CHACHA20_"];
    aead && forward.iter().any(|prefix| suite.starts_with(prefix))
}

/// A duration of nothing, such as `0`, `0s` and `0h0m`.
fn is_zero(time: &str) -> bool {
    time.chars().all(|one| one == '0' || one == '.' || one.is_ascii_alphabetic())
        && time.contains('0')
}
