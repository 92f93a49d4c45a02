//! Each flag, good, bad, absent and not readable.

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::Reason;
use posture_model::resource::Cluster;
use posture_model::scope::Scope;
use serde_json::{Value, json};

use super::super::Origin;
use super::super::tests::{cluster, control_plane_pod as pod, read_with};

/// How many entries are certain, and whether there may be more.
fn shape(scope: &Scope, of: fn(&Cluster) -> &Fact<Entries>) -> (usize, bool) {
    match of(&scope.clusters.items[0]) {
        Known(all) => (all.certain().len(), all.undecided().is_some()),
        Fact::Gap(_) => (0, true),
        Fact::NotOffered => panic!("not offered"),
    }
}

fn server(flags: &[&str], of: fn(&Cluster) -> &Fact<Entries>) -> (usize, bool) {
    shape(&cluster(&[pod("kube-apiserver", flags)]), of)
}

const GOOD: (usize, bool) = (0, false);
const OPEN: (usize, bool) = (0, true);
const BAD: (usize, bool) = (1, false);

#[test]
fn flags_of_the_api_server() {
    let rows: &[(Of, &[&str], (usize, bool))] = &[
        (|c| &c.anonymous_requests, &["--anonymous-auth=false"], GOOD),
        (|c| &c.anonymous_requests, &[], BAD),
        (|c| &c.anonymous_requests, &["--anonymous-auth"], BAD),
        (|c| &c.anonymous_requests, &["--anonymous-auth=maybe"], OPEN),
        (|c| &c.anonymous_requests, &["--authentication-config=/a.yaml"], OPEN),
        (
            |c| &c.anonymous_requests,
            &["--authentication-config=/a.yaml", "--anonymous-auth=true"],
            BAD,
        ),
        (|c| &c.static_tokens, &[], GOOD),
        (|c| &c.static_tokens, &["--token-auth-file", "/tokens.csv"], BAD),
        (|c| &c.always_allow, &["--authorization-mode=Node,RBAC"], GOOD),
        (
            |c| &c.always_allow,
            &["--authorization-mode=RBAC", "--authorization-mode=AlwaysAllow"],
            BAD,
        ),
        (|c| &c.always_allow, &[], BAD),
        (|c| &c.always_allow, &["--authorization-config=/a.yaml"], OPEN),
        (|c| &c.node_authorizer_off, &["--authorization-mode=Node,RBAC"], GOOD),
        (|c| &c.node_authorizer_off, &["--authorization-mode=RBAC"], BAD),
        (|c| &c.node_authorizer_off, &["--authorization-config=/a.yaml"], OPEN),
        (|c| &c.rbac_authorizer_off, &["--authorization-mode=Node,RBAC"], GOOD),
        (|c| &c.rbac_authorizer_off, &["--authorization-mode=Node,Webhook"], BAD),
        (|c| &c.rbac_authorizer_off, &[], BAD),
        (|c| &c.node_restriction_off, &["--enable-admission-plugins=NodeRestriction"], GOOD),
        (|c| &c.node_restriction_off, &["--enable-admission-plugins=PodSecurity"], BAD),
        (|c| &c.node_restriction_off, &[], BAD),
        (
            |c| &c.admission_plugins,
            &["--enable-admission-plugins=DenyServiceExternalIPs,EventRateLimit,AlwaysPullImages"],
            GOOD,
        ),
        (
            |c| &c.admission_plugins,
            &[
                "--enable-admission-plugins=DenyServiceExternalIPs,EventRateLimit,AlwaysPullImages,AlwaysAdmit",
            ],
            BAD,
        ),
        (
            |c| &c.admission_plugins,
            &[
                "--enable-admission-plugins=DenyServiceExternalIPs,EventRateLimit,AlwaysPullImages",
                "--disable-admission-plugins=ServiceAccount,NamespaceLifecycle",
            ],
            (2, false),
        ),
        (|c| &c.admission_plugins, &[], (3, false)),
        (|c| &c.audit_log_off, &["--audit-log-path=/var/log/a.log"], GOOD),
        (|c| &c.audit_log_off, &["--audit-webhook-config-file=/a"], BAD),
        (|c| &c.audit_off, &["--audit-log-path=/a.log", "--audit-policy-file=/p.yaml"], GOOD),
        (
            |c| &c.audit_off,
            &["--audit-webhook-config-file=/a", "--audit-policy-file=/p.yaml"],
            GOOD,
        ),
        (|c| &c.audit_off, &["--audit-log-path=/a.log"], BAD),
        (|c| &c.audit_off, &[], (2, false)),
        (|c| &c.audit_log_short, &["--audit-log-path=/a.log"], GOOD),
        (
            |c| &c.audit_log_short,
            &[
                "--audit-log-path=/a.log",
                "--audit-log-maxage=30",
                "--audit-log-maxbackup=10",
                "--audit-log-maxsize=100",
            ],
            GOOD,
        ),
        (
            |c| &c.audit_log_short,
            &[
                "--audit-log-path=/a.log",
                "--audit-log-maxage=29",
                "--audit-log-maxbackup=9",
                "--audit-log-maxsize=99",
            ],
            (3, false),
        ),
        (|c| &c.audit_log_short, &["--audit-log-path=-"], OPEN),
        (|c| &c.encryption_off, &["--encryption-provider-config=/e.yaml"], GOOD),
        (|c| &c.encryption_off, &[], BAD),
        (
            |c| &c.weak_ciphers,
            &[
                "--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,TLS_AES_128_GCM_SHA256",
            ],
            GOOD,
        ),
        (
            |c| &c.weak_ciphers,
            &[
                "--tls-cipher-suites=TLS_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            ],
            (2, false),
        ),
        (|c| &c.weak_ciphers, &["--tls-min-version=VersionTLS13"], GOOD),
        (|c| &c.weak_ciphers, &[], BAD),
    ];
    for (of, flags, expected) in rows {
        assert_eq!(server(flags, *of), *expected, "{flags:?}");
    }
}

/// Every component with flags that are as they should be.
fn whole() -> Vec<(&'static str, Vec<&'static str>)> {
    let server = vec![
        "--kubelet-client-certificate=/a",
        "--kubelet-client-key=/a",
        "--kubelet-certificate-authority=/a",
        "--etcd-certfile=/a",
        "--etcd-keyfile=/a",
        "--etcd-cafile=/a",
        "--tls-cert-file=/a",
        "--tls-private-key-file=/a",
        "--client-ca-file=/a",
        "--service-account-key-file=/a",
        "--service-account-extend-token-expiration=false",
        "--profiling=false",
        "--request-timeout=60s",
    ];
    let manager = vec![
        "--root-ca-file=/a",
        "--use-service-account-credentials=true",
        "--service-account-private-key-file=/a",
        "--profiling=false",
        "--bind-address=127.0.0.1",
        "--terminated-pod-gc-threshold=100",
    ];
    let scheduler = vec!["--profiling=false", "--bind-address=::1"];
    let etcd = vec![
        "--cert-file=/a",
        "--key-file=/a",
        "--peer-cert-file=/a",
        "--peer-key-file=/a",
        "--client-cert-auth",
        "--peer-client-cert-auth=true",
    ];
    vec![
        ("kube-apiserver", server),
        ("kube-controller-manager", manager),
        ("kube-scheduler", scheduler),
        ("etcd", etcd),
    ]
}

fn pods(all: &[(&str, Vec<&str>)]) -> Scope {
    let pods: Vec<Value> = all.iter().map(|(name, flags)| pod(name, flags)).collect();
    cluster(&pods)
}

type Of = fn(&Cluster) -> &Fact<Entries>;

/// A component, its flag that changes, what it is instead, and what is found of each shared fact.
type Changed = (&'static str, &'static str, &'static str, [(usize, bool); 5]);

const SHARED: [Of; 5] = [
    |c| &c.tls_missing,
    |c| &c.token_settings,
    |c| &c.profiling,
    |c| &c.open_ports,
    |c| &c.housekeeping_off,
];

#[test]
fn flags_of_several_components() {
    let scope = pods(&whole());
    for of in SHARED {
        assert_eq!(shape(&scope, of), GOOD);
    }
    let rows: &[Changed] = &[
        ("kube-apiserver", "--client-ca-file=/a", "", [BAD, GOOD, GOOD, GOOD, GOOD]),
        ("kube-apiserver", "--service-account-key-file=/a", "", [GOOD, BAD, GOOD, GOOD, GOOD]),
        (
            "kube-apiserver",
            "--service-account-key-file=/a",
            "--service-account-signing-endpoint=/s",
            [GOOD; 5],
        ),
        (
            "kube-apiserver",
            "--service-account-extend-token-expiration=false",
            "",
            [GOOD, BAD, GOOD, GOOD, GOOD],
        ),
        (
            "kube-apiserver",
            "--request-timeout=60s",
            "--request-timeout=0s",
            [GOOD, GOOD, GOOD, GOOD, BAD],
        ),
        ("kube-controller-manager", "--root-ca-file=/a", "", [BAD, GOOD, GOOD, GOOD, GOOD]),
        (
            "kube-controller-manager",
            "--use-service-account-credentials=true",
            "",
            [GOOD, BAD, GOOD, GOOD, GOOD],
        ),
        ("kube-controller-manager", "--profiling=false", "", [GOOD, GOOD, BAD, GOOD, GOOD]),
        ("kube-controller-manager", "--bind-address=127.0.0.1", "", [GOOD, GOOD, GOOD, BAD, GOOD]),
        (
            "kube-controller-manager",
            "--terminated-pod-gc-threshold=100",
            "--terminated-pod-gc-threshold=0",
            [GOOD, GOOD, GOOD, GOOD, BAD],
        ),
        (
            "kube-controller-manager",
            "--terminated-pod-gc-threshold=100",
            "--feature-gates=A=true,RotateKubeletServerCertificate=false",
            [GOOD, GOOD, GOOD, GOOD, BAD],
        ),
        ("kube-scheduler", "--profiling=false", "--config=/s.yaml", [GOOD, GOOD, OPEN, GOOD, GOOD]),
        (
            "kube-scheduler",
            "--bind-address=::1",
            "--bind-address=0.0.0.0",
            [GOOD, GOOD, GOOD, BAD, GOOD],
        ),
        ("etcd", "--client-cert-auth", "", [BAD, GOOD, GOOD, GOOD, GOOD]),
        ("etcd", "--cert-file=/a", "--auto-tls=true", [(2, false), GOOD, GOOD, GOOD, GOOD]),
        ("etcd", "--cert-file=/a", "--config-file=/e.yaml", [OPEN, GOOD, GOOD, GOOD, GOOD]),
    ];
    for (component, flag, instead, expected) in rows {
        let mut all = whole();
        let (_, flags) = all.iter_mut().find(|(name, _)| name == component).unwrap();
        flags.retain(|one| one != flag);
        flags.extend(Some(*instead).filter(|one| !one.is_empty()));
        let scope = pods(&all);
        for (place, of) in SHARED.into_iter().enumerate() {
            assert_eq!(shape(&scope, of), expected[place], "{component} {flag} {instead} {place}");
        }
    }
}

#[test]
fn a_component_that_is_not_visible_is_not_known() {
    // A managed control plane.
    let scope = cluster(&[]);
    for of in SHARED {
        assert_eq!(shape(&scope, of), OPEN);
    }
    let Fact::Gap(gap) = scope.clusters.items[0].anonymous_requests else { panic!() };
    let gap = scope.gap(gap).unwrap();
    assert!(
        gap.reason == Reason::Undetermined
            && gap.detail.as_deref().unwrap().contains("kube-apiserver")
    );
    // etcd runs elsewhere: what is certain stays.
    let mut all = whole();
    all.retain(|(name, _)| *name != "etcd");
    all[0].1.retain(|flag| *flag != "--client-ca-file=/a");
    assert_eq!(shape(&pods(&all), |c| &c.tls_missing), (1, true));
    // Not all pods were read.
    let scope =
        read_with(Origin::Cluster, &[pod("kube-apiserver", &["--anonymous-auth=false"])], &["Pod"]);
    assert_eq!(shape(&scope, |c| &c.anonymous_requests), OPEN);
}

#[test]
fn every_node_of_the_control_plane_counts() {
    let one = pod("kube-apiserver", &["--anonymous-auth=false"]);
    let mut other = pod("kube-apiserver", &[]);
    other["metadata"]["name"] = json!("kube-apiserver-cp2");
    let scope = cluster(&[one, other]);
    assert_eq!(shape(&scope, |c| &c.anonymous_requests), BAD);
    let Known(found) = &scope.clusters.items[0].anonymous_requests else { panic!() };
    assert_eq!(
        found.certain(),
        [
            "kube-apiserver of Pod/kube-system/kube-apiserver-cp2: --anonymous-auth is absent, so that it is true"
        ]
    );
}

#[test]
fn pods_that_only_look_like_components_do_not_count() {
    let mut tenant = pod("kube-apiserver", &["--anonymous-auth=false"]);
    tenant["metadata"]["namespace"] = json!("tenant");
    let mut plain = pod("kube-apiserver", &["--anonymous-auth=false"]);
    plain["metadata"]["annotations"] = json!({});
    for object in [tenant, plain] {
        assert_eq!(shape(&cluster(&[object]), |c| &c.anonymous_requests), OPEN);
    }
    let mut shell = pod("kube-apiserver", &[]);
    shell["spec"]["containers"][0]["command"] =
        json!(["/bin/sh", "-c", "kube-apiserver --anonymous-auth=false"]);
    assert_eq!(shape(&cluster(&[shell]), |c| &c.anonymous_requests), OPEN);
}

#[test]
fn etcd_reads_variables_where_it_has_no_flags() {
    let mut all = whole();
    all[3].1.retain(|flag| *flag != "--client-cert-auth");
    let mut objects: Vec<Value> = all.iter().map(|(name, flags)| pod(name, flags)).collect();
    objects[3]["spec"]["containers"][0]["env"] =
        json!([{"name": "ETCD_CLIENT_CERT_AUTH", "value": "true"}]);
    assert_eq!(shape(&cluster(&objects), |c| &c.tls_missing), GOOD);
    objects[3]["spec"]["containers"][0]["env"] = json!([{"name": "ETCD_CLIENT_CERT_AUTH", "value": "false"}, {"name": "ETCD_KEY_FILE", "value": ""}]);
    assert_eq!(shape(&cluster(&objects), |c| &c.tls_missing), BAD);
}

#[test]
fn a_default_level_or_an_image_policy_shows_in_flags() {
    let of = |flags: &[&str]| {
        let scope = cluster(&[pod("kube-apiserver", flags)]);
        (shape(&scope, |c| &c.enforcing), shape(&scope, |c| &c.signature_checks))
    };
    assert_eq!(of(&[]), (GOOD, GOOD));
    assert_eq!(of(&["--admission-control-config-file=/a.yaml"]), (OPEN, GOOD));
    // What the server behind it verifies is in a file.
    assert_eq!(of(&["--enable-admission-plugins=ImagePolicyWebhook"]), (GOOD, (0, true)));
    let scope = cluster(&[]);
    assert_eq!(shape(&scope, |c| &c.enforcing), OPEN);
    assert_eq!(shape(&scope, |c| &c.signature_checks), OPEN);
}

#[test]
fn only_the_pod_of_a_node_shows_flags() {
    let good = || pod("kube-apiserver", &["--anonymous-auth=false"]);
    let open = |pod: Value| shape(&cluster(&[pod]), |one| &one.anonymous_requests).1;
    assert!(!open(good()));
    for (path, value) in [
        ("/metadata/ownerReferences", Value::Null),
        ("/metadata/annotations", Value::Null),
        ("/metadata/namespace", Value::from("shop")),
        ("/spec/nodeName", Value::from("other")),
        ("/spec/nodeName", Value::Null),
    ] {
        let mut pod = good();
        *pod.pointer_mut(path).unwrap() = value;
        assert!(open(pod), "{path}");
    }
    let mut ended = good();
    ended["status"] = json!({"phase": "Failed"});
    assert!(open(ended));
}
