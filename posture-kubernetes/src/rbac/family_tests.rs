//! The permissions of the table against an enumeration of single requests, and what Kubernetes binds itself.

use proptest::prelude::*;

use super::rights::cells;
use super::*;
use crate::cases::cases;
use crate::platform::Platform;

const NAMES: [&str; 7] = [
    "x",
    "system:masters",
    "kubernetes.io/kube-apiserver-client",
    "kubernetes.io/kube-apiserver-client-kubelet",
    "kubernetes.io/*",
    "kubernetes.io/legacy-unknown",
    "kubernetes.io/kubelet-serving",
];

/// The objects for which a permission counts; none for all.
fn counts(right: Right) -> Option<&'static [&'static str]> {
    match right {
        Right::ClientSigners => Some(&NAMES[2..6]),
        Right::GroupImpersonation => Some(&NAMES[1..2]),
        _ => None,
    }
}

fn vocabulary(part: impl Fn(&super::rights::Cell) -> Vec<&'static str>) -> Vec<String> {
    let all = Right::ALL.into_iter().flat_map(cells).flat_map(part);
    let mut all: BTreeSet<String> = all.map(str::to_owned).collect();
    all.insert("*".to_owned());
    all.into_iter().collect()
}

fn some(all: Vec<String>) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::sample::select(all), 0..4)
}

fn rules() -> impl Strategy<Value = Rule> {
    let mut resources = vocabulary(|cell| cell.resources.to_vec());
    resources.extend(["*/exec", "*/proxy", "pods/log", "nodes"].map(str::to_owned));
    (
        some(vocabulary(|cell| cell.verbs.to_vec())),
        some(vocabulary(|cell| vec![cell.group])),
        some(resources),
        prop::collection::vec(prop::sample::select(NAMES.map(str::to_owned).to_vec()), 0..2),
    )
        .prop_map(|(verbs, groups, resources, names)| Rule {
            verbs,
            groups,
            resources,
            names,
            urls: Vec::new(),
        })
}

fn bound(rule: Rule, namespace: Option<&str>) -> Rbac {
    let role = Role {
        namespace: None,
        name: "r".to_owned(),
        labels: crate::labels::Labels::default(),
        rules: vec![rule],
        aggregates: None,
    };
    let binding = Binding {
        namespace: namespace.map(str::to_owned),
        name: "b".to_owned(),
        role: RoleRef::ClusterRole("r".to_owned()),
        subjects: vec![Subject::user("jane")],
    };
    Rbac::of_cluster(vec![role], vec![binding])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(2048)))]

    #[test]
    fn a_permission_is_given_where_some_request_is_allowed(rule in rules(), in_namespace: bool, minor in 30_u16..40) {
        let rbac = bound(rule.clone(), in_namespace.then_some("shop"));
        let jane = Subject::user("jane");
        for right in Right::ALL {
            let given = rbac.grants(&jane).iter().any(|grant| grant.gives(right, minor));
            let allowed = cells(right).filter(|cell| cell.until.is_none_or(|until| minor < until)).any(|cell| {
                // The objects of the cluster are in no namespace.
                let namespace = (!cell.cluster).then_some("shop");
                cell.verbs.iter().any(|verb| cell.resources.iter().any(|resource| {
                    let nameless = matches!(*verb, "create" | "deletecollection") && !resource.contains('/');
                    let names: Vec<Option<&str>> = match (counts(right), nameless) {
                        (Some(names), _) => names.iter().copied().map(Some).collect(),
                        (None, true) => vec![None],
                        (None, false) => NAMES.into_iter().map(Some).collect(),
                    };
                    names.into_iter().any(|name| {
                        let request = Request { verb, group: cell.group, resource, namespace, name };
                        !rbac.allows(&jane, request).is_empty()
                    })
                }))
            });
            prop_assert_eq!(given, allowed, "{:?} {:?}", right, rule);
        }
    }
}

#[test]
fn every_permission_has_cells() {
    for right in Right::ALL {
        assert!(cells(right).next().is_some(), "{right:?}");
    }
}

#[test]
fn get_runs_commands_before_1_35_only() {
    let rule = |verb: &str| Rule {
        verbs: vec![verb.to_owned()],
        groups: vec![String::new()],
        resources: vec!["pods/exec".to_owned()],
        ..Rule::default()
    };
    for (verb, minor, given) in
        [("get", 34, true), ("get", 35, false), ("create", 34, true), ("create", 35, true)]
    {
        let rbac = bound(rule(verb), None);
        let grants = rbac.grants(&Subject::user("jane"));
        assert_eq!(grants[0].gives(Right::PodExec, minor), given, "{verb} 1.{minor}");
    }
}

fn rule(verbs: &[&str], groups: &[&str], resources: &[&str]) -> Rule {
    let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    Rule {
        verbs: texts(verbs),
        groups: texts(groups),
        resources: texts(resources),
        ..Rule::default()
    }
}

/// Whether the only rule of a binding is a default one.
fn is_default(
    (namespace, binding): (Option<&str>, &str),
    role: RoleRef,
    subject: Subject,
    rule: Rule,
    platform: Option<Platform>,
) -> bool {
    let (RoleRef::ClusterRole(name) | RoleRef::Role(name)) = &role;
    let of = Role {
        namespace: matches!(role, RoleRef::Role(_)).then(|| namespace.unwrap_or("").to_owned()),
        name: name.clone(),
        labels: crate::labels::Labels::default(),
        rules: vec![rule],
        aggregates: None,
    };
    let binding = Binding {
        namespace: namespace.map(str::to_owned),
        name: binding.to_owned(),
        role,
        subjects: vec![subject.clone()],
    };
    let rbac = Rbac::of_cluster(vec![of], vec![binding]);
    rbac.direct()[&subject][0].is_default(platform)
}

#[test]
fn a_default_binding_is_known_by_its_subject_its_role_and_its_rules() {
    let of = |binding: &str, role: &str, subject: &Subject, rule: &Rule| {
        let role = RoleRef::ClusterRole(role.to_owned());
        is_default((None, binding), role, subject.clone(), rule.clone(), None)
    };
    let masters = Subject::Group("system:masters".to_owned());
    let collector = Subject::account("kube-system", "generic-garbage-collector");
    let everything = rule(&["*"], &["*"], &["*"]);
    let name = "system:controller:generic-garbage-collector";
    let delete = rule(&["delete", "get"], &["*"], &["*"]);
    assert!(of("cluster-admin", "cluster-admin", &masters, &everything));
    assert!(of(name, name, &collector, &delete));
    // The name, the subject or the rule is another.
    assert!(!of("ops", "cluster-admin", &masters, &everything));
    assert!(!of("cluster-admin", "cluster-admin", &Subject::user("jane"), &everything));
    assert!(!of(name, name, &Subject::account("shop", "generic-garbage-collector"), &delete));
    assert!(!of(name, "cluster-admin", &collector, &delete));
    assert!(!of(name, name, &collector, &rule(&["create"], &["*"], &["*"])));
    assert!(!of(name, name, &collector, &everything));
}

#[test]
fn discovery_of_unauthenticated_requests_is_not_a_default() {
    let discover = Rule {
        verbs: vec!["get".to_owned()],
        urls: vec!["/api".to_owned(), "/api/*".to_owned()],
        ..Rule::default()
    };
    let of = |group: &str, rule: &Rule| {
        let role = RoleRef::ClusterRole("system:discovery".to_owned());
        let group = Subject::Group(group.to_owned());
        is_default((None, "system:discovery"), role, group, rule.clone(), None)
    };
    assert!(of("system:authenticated", &discover));
    assert!(!of("system:unauthenticated", &discover));
    let more = Rule { urls: vec!["/metrics".to_owned()], ..discover };
    assert!(!of("system:authenticated", &more));
}

#[test]
fn anonymous_requests_read_one_config_map_after_kubeadm() {
    let of = |namespace: &str, names: &[&str]| {
        let names = names.iter().map(|one| (*one).to_owned()).collect();
        let rule = Rule { names, ..rule(&["get"], &[""], &["configmaps"]) };
        let name = "kubeadm:bootstrap-signer-clusterinfo";
        let role = RoleRef::Role(name.to_owned());
        is_default((Some(namespace), name), role, Subject::user("system:anonymous"), rule, None)
    };
    assert!(of("kube-public", &["cluster-info"]));
    assert!(!of("kube-public", &[]));
    assert!(!of("kube-public", &["cluster-info", "other"]));
    assert!(!of("shop", &["cluster-info"]));
}

#[test]
fn reserved_users_count_on_their_platform_only() {
    let of = |subject: &Subject, platform| {
        let role = RoleRef::ClusterRole("cluster-admin".to_owned());
        let rule = rule(&["*"], &["*"], &["*"]);
        is_default((None, "eks:ops"), role, subject.clone(), rule, platform)
    };
    let manager = Subject::user("eks:node-manager");
    assert!(of(&manager, Some(Platform::Eks)));
    assert!(!of(&manager, Some(Platform::Aks)) && !of(&manager, None));
    assert!(!of(&Subject::Group("eks:ops".to_owned()), Some(Platform::Eks)));
    assert!(!of(&Subject::user("jane"), Some(Platform::Eks)));
}

#[test]
fn a_subject_gets_where_its_own_grants_lead() {
    let rbac = bound(rule(&["create"], &[""], &["pods"]), Some("shop"));
    let jane = Subject::user("jane");
    let mut paths = Paths::new(&rbac);
    let reached = paths.of(&jane, rbac.grants(&jane));
    assert!(reached.moves && reached.chain.is_none());
    let nowhere = paths.of(&jane, Vec::new());
    assert!(!nowhere.moves && nowhere.chain.is_none());
}
