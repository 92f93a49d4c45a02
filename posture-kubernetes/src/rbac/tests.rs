//! The semantics of RBAC, case by case, and against a walk of single requests.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::cases::cases;

fn role(kind: &str, name: &str, rules: Value) -> Role {
    let object =
        json!({"kind": kind, "metadata": {"name": name, "namespace": "shop"}, "rules": rules});
    Role::read(&object).unwrap()
}

fn binding(kind: &str, name: &str, role: (&str, &str), subjects: Value) -> Binding {
    let object = json!({
        "kind": kind, "metadata": {"name": name, "namespace": "shop"},
        "roleRef": {"kind": role.0, "name": role.1, "apiGroup": "rbac.authorization.k8s.io"}, "subjects": subjects,
    });
    Binding::read(&object).unwrap()
}

fn account(name: &str) -> Value {
    json!([{"kind": "ServiceAccount", "name": name, "namespace": "shop"}])
}

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": [group], "resources": resources, "verbs": verbs})
}

fn request<'q>(verb: &'q str, resource: &'q str, namespace: Option<&'q str>) -> Request<'q> {
    Request { verb, group: "", resource, namespace, name: None }
}

#[test]
fn resources_and_subresources_are_apart() {
    for (resources, asked, yes) in [
        (&["pods"][..], "pods", true),
        (&["pods"], "pods/exec", false),
        (&["pods/exec"], "pods/exec", true),
        (&["pods/exec"], "pods", false),
        (&["*"], "pods/exec", true),
        (&["*/exec"], "pods/exec", true),
        (&["*/exec"], "pods", false),
        (&["*/exec"], "pods/attach", false),
        (&["pods/*"], "pods/exec", false),
        // The authorizer compares exactly.
        (&["Pods"], "pods", false),
    ] {
        let rbac = Rbac::of_cluster(
            vec![role("Role", "r", json!([rule("", resources, &["create"])]))],
            vec![binding("RoleBinding", "b", ("Role", "r"), account("a"))],
        );
        let found =
            rbac.allows(&Subject::account("shop", "a"), request("create", asked, Some("shop")));
        assert_eq!(!found.is_empty(), yes, "{resources:?} {asked}");
    }
}

#[test]
fn an_empty_name_is_that_of_requests_without_one() {
    let mut open = rule("", &["secrets"], &["get", "list", "create"]);
    open["resourceNames"] = json!([""]);
    let rbac = Rbac::of_cluster(
        vec![role("ClusterRole", "r", json!([open]))],
        vec![binding("ClusterRoleBinding", "b", ("ClusterRole", "r"), account("a"))],
    );
    let a = Subject::account("shop", "a");
    for verb in ["list", "create"] {
        assert!(!rbac.allows(&a, request(verb, "secrets", Some("shop"))).is_empty(), "{verb}");
    }
    let named = Request { name: Some("x"), ..request("get", "secrets", Some("shop")) };
    assert!(rbac.allows(&a, named).is_empty());
}

#[test]
fn a_binding_grants_in_its_place() {
    let read = json!([rule("", &["secrets"], &["get"])]);
    let roles = vec![role("ClusterRole", "r", read.clone()), role("Role", "r", read)];
    let a = Subject::account("shop", "a");
    let of = |kind: &str, role: &str| {
        Rbac::of_cluster(roles.clone(), vec![binding(kind, "b", (role, "r"), account("a"))])
    };
    for (kind, role, shop, bank, all) in [
        ("RoleBinding", "Role", true, false, false),
        ("RoleBinding", "ClusterRole", true, false, false),
        ("ClusterRoleBinding", "ClusterRole", true, true, true),
    ] {
        let rbac = of(kind, role);
        for (place, yes) in [(Some("shop"), shop), (Some("bank"), bank), (None, all)] {
            let found = rbac.allows(&a, request("get", "secrets", place));
            assert_eq!(!found.is_empty(), yes, "{kind} {role} {place:?}");
        }
    }
    let rbac = of("RoleBinding", "Role");
    let found = rbac.allows(&a, request("get", "secrets", Some("shop")));
    assert_eq!(
        found[0].to_string(),
        "RoleBinding shop/b grants Role shop/r, rules[0], to service account shop/a"
    );
    let dangling =
        Rbac::of_cluster(vec![], vec![binding("RoleBinding", "b", ("Role", "r"), account("a"))]);
    assert_eq!((dangling.grants(&a).len(), dangling.dangling().count()), (0, 1));
}

#[test]
fn names_do_not_limit_what_has_none() {
    let rules = json!([{"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"], "resourceNames": ["x"]}]);
    let rbac = Rbac::of_cluster(
        vec![role("Role", "r", rules)],
        vec![binding("RoleBinding", "b", ("Role", "r"), account("a"))],
    );
    let allows = |verb, name| {
        let asked = Request { name, ..request(verb, "secrets", Some("shop")) };
        !rbac.allows(&Subject::account("shop", "a"), asked).is_empty()
    };
    assert!(allows("get", Some("x")) && !allows("get", Some("y")));
    // A list of everything is not of the name; one that selects the name is.
    assert!(!allows("list", None) && allows("list", Some("x")));
    assert!(!allows("create", None) && !allows("deletecollection", None));
}

#[test]
fn groups_are_those_that_the_server_makes() {
    let view = vec![role("ClusterRole", "r", json!([rule("", &["pods"], &["list"])]))];
    for (group, subject, yes) in [
        ("system:serviceaccounts", Subject::account("shop", "a"), true),
        ("system:serviceaccounts:shop", Subject::account("shop", "a"), true),
        ("system:serviceaccounts:bank", Subject::account("shop", "a"), false),
        ("system:authenticated", Subject::account("shop", "a"), true),
        ("system:authenticated", Subject::user("jane"), true),
        ("system:authenticated", Subject::user("system:anonymous"), false),
        ("system:unauthenticated", Subject::user("system:anonymous"), true),
        ("system:authenticated", Subject::Group("ops".into()), true),
        ("ops", Subject::Group("ops".into()), true),
        // A group of the name of a user is not the user.
        ("jane", Subject::user("jane"), false),
    ] {
        let subjects = json!([{"kind": "Group", "name": group}]);
        let bindings = vec![binding("ClusterRoleBinding", "b", ("ClusterRole", "r"), subjects)];
        let rbac = Rbac::of_cluster(view.clone(), bindings);
        assert_eq!(
            !rbac.allows(&subject, request("list", "pods", None)).is_empty(),
            yes,
            "{group} {subject}"
        );
    }
    assert_eq!(Subject::user("system:serviceaccount:shop:a"), Subject::account("shop", "a"));
}

#[test]
fn aggregated_roles_hold_the_union_of_what_they_select() {
    let mut view = role("ClusterRole", "view", json!([rule("", &["pods"], &["list"])]));
    view.labels = crate::labels::Labels::exactly([("to-edit", "true")]);
    let mut more = role("ClusterRole", "more", json!([rule("x.io", &["things"], &["get"])]));
    more.labels = crate::labels::Labels::exactly([("to-view", "true")]);
    view.aggregates = Some(vec![crate::labels::Selector::of(&[("to-view", "true")])]);
    let mut edit = role("ClusterRole", "edit", json!([]));
    edit.aggregates = Some(vec![crate::labels::Selector::of(&[("to-edit", "true")])]);
    let bindings =
        || vec![binding("ClusterRoleBinding", "b", ("ClusterRole", "edit"), account("a"))];
    let roles = vec![view, more, edit];
    let things = Request { group: "x.io", ..request("get", "things", None) };
    let a = Subject::account("shop", "a");
    let rbac = Rbac::of_manifests(roles.clone(), bindings());
    assert_eq!(rbac.allows(&a, things).len(), 1);
    // What the role itself holds is overwritten.
    assert!(rbac.allows(&a, request("list", "pods", None)).is_empty());
    assert!(Rbac::of_cluster(roles, bindings()).allows(&a, things).is_empty());
}

#[test]
fn manifests_bind_roles_that_every_cluster_has() {
    let of = |kind: &str, role: &str| {
        let bindings = vec![binding(kind, "b", ("ClusterRole", role), account("a"))];
        Rbac::of_manifests(Vec::new(), bindings)
    };
    let a = Subject::account("shop", "a");
    let may = |rbac: &Rbac, verb, resource| {
        !rbac.allows(&a, request(verb, resource, Some("shop"))).is_empty()
    };
    let view = of("RoleBinding", "view");
    assert!(
        may(&view, "list", "pods")
            && !may(&view, "list", "secrets")
            && !may(&view, "create", "pods")
    );
    let edit = of("RoleBinding", "edit");
    assert!(
        may(&edit, "list", "pods")
            && may(&edit, "list", "secrets")
            && may(&edit, "create", "pods/exec")
    );
    let admin = of("RoleBinding", "admin");
    let roles =
        Request { group: "rbac.authorization.k8s.io", ..request("create", "roles", Some("shop")) };
    assert!(may(&admin, "create", "pods") && !admin.allows(&a, roles).is_empty());
    assert!(edit.allows(&a, roles).is_empty());
    assert!(
        of("ClusterRoleBinding", "cluster-admin").chain(&a).is_some_and(|chain| chain.is_certain())
    );
    assert_eq!(of("ClusterRoleBinding", "custom").dangling().count(), 1);
    // A manifest of the same name wins.
    let own = vec![role("ClusterRole", "cluster-admin", json!([]))];
    let bindings =
        vec![binding("ClusterRoleBinding", "b", ("ClusterRole", "cluster-admin"), account("a"))];
    assert_eq!(Rbac::of_manifests(own, bindings).chain(&a), None);
}

#[test]
fn manifests_bind_the_roles_of_extensions() {
    let a = Subject::account("shop", "a");
    for (kind, role) in [
        ("ClusterRoleBinding", ("ClusterRole", "system:auth-delegator")),
        ("ClusterRoleBinding", ("ClusterRole", "system:monitoring")),
        ("ClusterRoleBinding", ("ClusterRole", "system:node-proxier")),
    ] {
        let rbac = Rbac::of_manifests(Vec::new(), vec![binding(kind, "b", role, account("a"))]);
        assert_eq!((rbac.dangling().count(), rbac.chain(&a)), (0, None), "{role:?}");
    }
    let mut reader = binding(
        "RoleBinding",
        "b",
        ("Role", "extension-apiserver-authentication-reader"),
        account("a"),
    );
    reader.namespace = Some("kube-system".to_owned());
    assert_eq!(Rbac::of_manifests(Vec::new(), vec![reader.clone()]).dangling().count(), 0);
    // The Role is one of kube-system.
    reader.namespace = Some("shop".to_owned());
    assert_eq!(Rbac::of_manifests(Vec::new(), vec![reader]).dangling().count(), 1);
}

#[test]
fn accounts_of_kube_system_are_always_in_reach() {
    let roles = vec![role("ClusterRole", "r", json!([rule("", &["pods"], &["create"])]))];
    let jane = json!([{"kind": "User", "name": "jane"}]);
    let bindings = vec![binding("ClusterRoleBinding", "b", ("ClusterRole", "r"), jane)];
    let rbac = Rbac::of_manifests(roles, bindings);
    let jane = Subject::user("jane");
    let reached = Paths::new(&rbac).of(&jane, rbac.grants(&jane));
    assert!(reached.moves && reached.chain.is_none());
}

#[test]
fn a_new_pod_reaches_its_node_where_nothing_is_enforced() {
    let of = |verb: &str, enforcing: &[&str]| {
        let roles = vec![role("Role", "r", json!([rule("apps", &["deployments"], &[verb])]))];
        let bindings = vec![binding("RoleBinding", "b", ("Role", "r"), account("a"))];
        let enforcing = Some(enforcing.iter().map(|one| (*one).to_owned()).collect());
        let rbac = Rbac::of_cluster(roles, bindings).on(Ground { enforcing, ..Ground::default() });
        shape(rbac.chain(&Subject::account("shop", "a")))
    };
    assert_eq!(of("create", &["shop"]), None);
    assert_eq!(of("create", &["other"]), Some((1, false)));
    assert_eq!(of("update", &[]), Some((1, false)));
    assert_eq!(of("get", &[]), None);
}

#[test]
fn a_newer_server_or_another_platform_closes_ways() {
    let of = |rule: Value, ground: Ground| {
        let roles = vec![
            role("ClusterRole", "r", json!([rule])),
            role("ClusterRole", "cluster-admin", json!([self::rule("*", &["*"], &["*"])])),
        ];
        let bindings = vec![
            binding("ClusterRoleBinding", "b", ("ClusterRole", "r"), account("a")),
            binding("ClusterRoleBinding", "x", ("ClusterRole", "cluster-admin"), account("op")),
        ];
        let rbac = Rbac::of_cluster(roles, bindings).on(ground);
        shape(rbac.chain(&Subject::account("shop", "a")))
    };
    let at = |minor| Ground { oldest: minor, newest: minor, ..Ground::default() };
    let exec = rule("", &["pods/exec"], &["get"]);
    assert_eq!(of(exec.clone(), at(34)), Some((2, false)));
    assert_eq!(of(exec, at(35)), None);
    let some = rule("authentication.k8s.io", &["users"], &["impersonate:user-info"]);
    assert_eq!(of(some.clone(), at(34)), None);
    assert_eq!(of(some, at(35)), Some((1, false)));
    let maps = rule("", &["configmaps"], &["update"]);
    for (platform, expected) in [
        (None, Some((1, false))),
        (Some(crate::platform::Platform::Eks), Some((1, false))),
        (Some(crate::platform::Platform::Aks), None),
        (Some(crate::platform::Platform::Other), None),
    ] {
        let ground = Ground { platform, ..Ground::default() };
        assert_eq!(of(maps.clone(), ground), expected, "{platform:?}");
    }
}

#[test]
fn what_the_server_rejects_is_an_error() {
    let of = |role: Value, subjects: Value| {
        let object = json!({"kind": "ClusterRoleBinding", "metadata": {"name": "b"}, "roleRef": role, "subjects": subjects});
        Binding::read(&object).map_err(|error| error.to_string())
    };
    let role = json!({"kind": "ClusterRole", "name": "r"});
    assert!(
        of(json!({"kind": "Role", "name": "r"}), json!([]))
            .unwrap_err()
            .starts_with("roleRef.kind: a ClusterRoleBinding")
    );
    assert!(
        of(role.clone(), json!([{"kind": "ServiceAccount", "name": "a"}]))
            .unwrap_err()
            .starts_with("subjects[0].namespace")
    );
    assert!(
        of(role, json!([{"kind": "Robot", "name": "a"}]))
            .unwrap_err()
            .starts_with("subjects[0].kind")
    );
    let rules = json!({"kind": "Role", "metadata": {}, "rules": [{"verb": ["get"]}]});
    assert!(
        Role::read(&rules).unwrap_err().to_string().starts_with("rules[0].verb: unknown field")
    );
}

fn chain(rules: Value, cluster: bool) -> Option<Chain> {
    let roles = vec![
        role("ClusterRole", "r", rules),
        role("ClusterRole", "cluster-admin", json!([rule("*", &["*"], &["*"])])),
    ];
    let kind = if cluster { "ClusterRoleBinding" } else { "RoleBinding" };
    let bindings = vec![
        binding(kind, "b", ("ClusterRole", "r"), account("a")),
        binding(
            "ClusterRoleBinding",
            "admin",
            ("ClusterRole", "cluster-admin"),
            account("operator"),
        ),
    ];
    Rbac::of_cluster(roles, bindings).chain(&Subject::account("shop", "a"))
}

#[test]
fn each_permission_that_leads_to_everything_does() {
    const RBAC: &str = "rbac.authorization.k8s.io";
    let named = |mut rule: Value, name: &str| {
        rule["resourceNames"] = json!([name]);
        rule
    };
    // The rules, whether they are bound in the whole cluster, the number of steps, whether they are certain.
    let rows = [
        (json!([rule("*", &["*"], &["*"])]), true, Some((1, true))),
        (json!([rule("*", &["*"], &["*"])]), false, Some((2, true))),
        (json!([rule(RBAC, &["clusterroles"], &["escalate", "update"])]), true, Some((1, true))),
        (json!([rule(RBAC, &["clusterroles"], &["escalate"])]), true, None),
        (json!([rule(RBAC, &["clusterroles"], &["update", "create"])]), true, None),
        (
            json!([
                rule(RBAC, &["clusterroles"], &["bind"]),
                rule(RBAC, &["clusterrolebindings"], &["create"])
            ]),
            true,
            Some((1, true)),
        ),
        (
            json!([
                named(rule(RBAC, &["clusterroles"], &["bind"]), "cluster-admin"),
                rule(RBAC, &["clusterrolebindings"], &["create"])
            ]),
            true,
            Some((1, true)),
        ),
        (
            json!([
                named(rule(RBAC, &["clusterroles"], &["bind"]), "view"),
                rule(RBAC, &["clusterrolebindings"], &["create"])
            ]),
            true,
            Some((1, false)),
        ),
        (
            json!([
                rule(RBAC, &["clusterroles"], &["bind"]),
                rule(RBAC, &["rolebindings"], &["create"])
            ]),
            false,
            Some((2, true)),
        ),
        (json!([rule(RBAC, &["roles"], &["escalate", "patch"])]), false, Some((2, true))),
        (json!([rule("", &["users", "groups"], &["impersonate"])]), true, Some((1, true))),
        (json!([rule("", &["users"], &["impersonate"])]), true, None),
        (json!([rule("", &["serviceaccounts"], &["impersonate"])]), false, Some((2, true))),
        (json!([named(rule("", &["serviceaccounts"], &["impersonate"]), "other")]), false, None),
        (json!([rule("", &["serviceaccounts/token"], &["create"])]), false, Some((2, true))),
        (
            json!([named(rule("", &["serviceaccounts/token"], &["create"]), "operator")]),
            false,
            Some((2, true)),
        ),
        (
            json!([
                named(rule("", &["serviceaccounts/token"], &["create"]), "x"),
                named(rule("", &["serviceaccounts/token"], &["create"]), "operator")
            ]),
            false,
            Some((2, true)),
        ),
        (json!([rule("", &["serviceaccounts"], &["create"])]), false, None),
        (json!([rule("", &["secrets"], &["get"])]), false, Some((2, false))),
        (json!([rule("", &["secrets"], &["get", "create"])]), false, Some((2, true))),
        (json!([rule("", &["pods"], &["create"])]), false, Some((2, true))),
        (json!([named(rule("", &["pods"], &["create"]), "x")]), false, None),
        (json!([rule("apps", &["deployments"], &["create"])]), false, Some((2, true))),
        (json!([rule("apps", &["deployments"], &["patch"])]), false, Some((2, false))),
        (json!([rule("batch", &["cronjobs"], &["*"])]), false, Some((2, true))),
        (json!([rule("", &["deployments"], &["create"])]), false, None),
        (json!([rule("", &["pods/exec"], &["create"])]), false, Some((2, false))),
        (json!([rule("", &["pods/ephemeralcontainers"], &["patch"])]), false, Some((2, false))),
        (json!([rule("", &["pods", "services"], &["get", "list", "watch"])]), true, None),
        (json!([rule("", &["nodes/proxy"], &["get"])]), true, Some((2, false))),
        (
            json!([rule(
                "admissionregistration.k8s.io",
                &["mutatingwebhookconfigurations"],
                &["update"]
            )]),
            true,
            Some((1, false)),
        ),
    ];
    for (rules, cluster, expected) in rows {
        let found = chain(rules.clone(), cluster);
        let shape = found.as_ref().map(|chain| (chain.steps.len(), chain.is_certain()));
        assert_eq!(shape, expected, "{rules} {found:?}");
    }
}

/// The length of a chain and whether it is certain.
fn shape(found: Option<Chain>) -> Option<(usize, bool)> {
    found.map(|chain| (chain.steps.len(), chain.is_certain()))
}

#[test]
fn whoever_may_bind_adds_subjects_to_bindings_that_exist() {
    const RBAC: &str = "rbac.authorization.k8s.io";
    let named = |mut rule: Value, names: &[&str]| {
        rule["resourceNames"] = json!(names);
        rule
    };
    let bind = || rule(RBAC, &["clusterroles"], &["bind"]);
    let change = || rule(RBAC, &["clusterrolebindings"], &["get", "patch"]);
    for (rules, expected) in [
        (json!([bind(), change()]), Some((1, true))),
        (json!([bind(), rule(RBAC, &["clusterrolebindings"], &["update"])]), Some((1, true))),
        // What it does not hold, the server denies without `bind`.
        (json!([change()]), None),
        // Every cluster has this binding.
        (json!([bind(), named(change(), &["cluster-admin"])]), Some((1, true))),
        (json!([bind(), named(change(), &["admin"])]), Some((1, true))),
        (json!([bind(), named(change(), &["b"])]), Some((1, false))),
        (json!([named(bind(), &["view"]), change()]), Some((1, false))),
        (json!([named(bind(), &["cluster-admin"]), change()]), Some((1, true))),
    ] {
        assert_eq!(shape(chain(rules.clone(), true)), expected, "{rules}");
    }
    let in_namespace = |rules: Value, others: Vec<Binding>| {
        let roles = vec![
            role("Role", "r", rules),
            role("Role", "strong", json!([rule("", &["pods"], &["create"])])),
            role("Role", "weak", json!([rule("", &["services"], &["get"])])),
            role("Role", "reader", json!([rule("", &["secrets"], &["get"])])),
            role("ClusterRole", "edit", json!([rule("", &["pods"], &["create"])])),
            role("ClusterRole", "cluster-admin", json!([rule("*", &["*"], &["*"])])),
        ];
        let mut bindings = vec![
            binding("RoleBinding", "b", ("Role", "r"), account("a")),
            binding(
                "ClusterRoleBinding",
                "admin",
                ("ClusterRole", "cluster-admin"),
                account("operator"),
            ),
        ];
        bindings.extend(others);
        shape(Rbac::of_cluster(roles, bindings).chain(&Subject::account("shop", "a")))
    };
    let other = |kind: &str, role: &str| binding("RoleBinding", "o", (kind, role), account("x"));
    let bind = |kind: &str| rule(RBAC, &[kind], &["bind"]);
    let write = |verb: &str| rule(RBAC, &["rolebindings"], &[verb]);
    for (rules, others, expected) in [
        (json!([bind("clusterroles"), write("patch")]), vec![], None),
        (
            json!([bind("clusterroles"), write("patch")]),
            vec![other("ClusterRole", "edit")],
            Some((2, true)),
        ),
        (json!([bind("clusterroles"), write("patch")]), vec![other("Role", "strong")], None),
        (json!([bind("roles"), write("update")]), vec![other("Role", "strong")], Some((2, true))),
        (json!([bind("roles"), write("update")]), vec![other("Role", "weak")], None),
        (json!([bind("roles"), write("update")]), vec![other("Role", "reader")], Some((2, false))),
        (json!([bind("roles"), write("create")]), vec![], Some((2, true))),
        (json!([named(bind("roles"), &["weak"]), write("create")]), vec![], None),
        (json!([named(bind("roles"), &["reader"]), write("create")]), vec![], Some((2, false))),
    ] {
        assert_eq!(in_namespace(rules.clone(), others), expected, "{rules}");
    }
    // A Role of its own is enough, if it may hold more than its author.
    let own = json!([
        named(bind("roles"), &["new"]),
        write("create"),
        rule(RBAC, &["roles"], &["escalate", "create"])
    ]);
    assert_eq!(in_namespace(own, vec![]), Some((2, true)));
}

#[test]
fn new_cluster_roles_widen_those_that_aggregate_them() {
    const RBAC: &str = "rbac.authorization.k8s.io";
    let creator = json!([rule(RBAC, &["clusterroles"], &["escalate", "create"])]);
    let of = |viewer: Option<&str>| {
        let mut view = role("ClusterRole", "view", json!([rule("", &["pods"], &["list"])]));
        view.aggregates = Some(vec![crate::labels::Selector::of(&[("to-view", "true")])]);
        let roles = vec![
            view,
            role("ClusterRole", "r", creator.clone()),
            role("ClusterRole", "cluster-admin", json!([rule("*", &["*"], &["*"])])),
        ];
        let mut bindings = vec![
            binding("ClusterRoleBinding", "b", ("ClusterRole", "r"), account("a")),
            binding("ClusterRoleBinding", "x", ("ClusterRole", "cluster-admin"), account("op")),
        ];
        let bound = viewer.map(|kind| binding(kind, "v", ("ClusterRole", "view"), account("a")));
        bindings.extend(bound);
        shape(Rbac::of_cluster(roles, bindings).chain(&Subject::account("shop", "a")))
    };
    assert_eq!(of(None), Some((1, false)));
    assert_eq!(of(Some("ClusterRoleBinding")), Some((1, true)));
    assert_eq!(of(Some("RoleBinding")), Some((2, true)));
    // A name cannot limit creation, and so does not allow it either.
    let mut rule = rule(RBAC, &["clusterroles"], &["escalate"]);
    rule["resourceNames"] = json!(["x"]);
    let rules = json!([rule, self::rule(RBAC, &["clusterroles"], &["create"])]);
    assert_eq!(shape(chain(rules, true)), None);
}

#[test]
fn groups_are_impersonated_with_any_user_or_account() {
    let of = |rules: Value| {
        let roles = vec![
            role("ClusterRole", "r", rules),
            role("ClusterRole", "cluster-admin", json!([rule("*", &["*"], &["*"])])),
        ];
        let bindings = vec![
            binding("ClusterRoleBinding", "b", ("ClusterRole", "r"), account("a")),
            binding(
                "ClusterRoleBinding",
                "admins",
                ("ClusterRole", "cluster-admin"),
                json!([{"kind": "Group", "name": "ops-admins"}]),
            ),
        ];
        shape(Rbac::of_cluster(roles, bindings).chain(&Subject::account("shop", "a")))
    };
    let one = |resource: &str, names: &[&str]| {
        let mut rule = rule("", &[resource], &["impersonate"]);
        rule["resourceNames"] = json!(names);
        rule
    };
    for (rules, expected) in [
        (json!([one("users", &[]), one("groups", &[])]), Some((1, true))),
        (json!([one("serviceaccounts", &[]), one("groups", &[])]), Some((1, true))),
        (
            json!([one("serviceaccounts", &["x"]), one("groups", &["system:masters"])]),
            Some((1, true)),
        ),
        (json!([one("users", &["nobody"]), one("groups", &["ops-admins"])]), Some((2, true))),
        (json!([one("serviceaccounts", &[]), one("groups", &["ops-admins"])]), Some((2, true))),
        (json!([one("users", &["nobody"]), one("groups", &["others"])]), None),
        // Without a user, the server denies a group.
        (json!([one("groups", &[])]), None),
    ] {
        assert_eq!(of(rules.clone()), expected, "{rules}");
    }
}

#[test]
fn ways_that_need_more_than_permissions_are_conditional() {
    let named = |mut rule: Value, name: &str| {
        rule["resourceNames"] = json!([name]);
        rule
    };
    for (rules, cluster, expected) in [
        (json!([rule("", &["pods"], &["patch"])]), true, Some((2, false))),
        (json!([rule("", &["pods"], &["update"])]), false, Some((2, false))),
        (json!([rule("", &["pods/exec"], &["get"])]), false, Some((2, false))),
        (json!([rule("", &["pods/attach"], &["get"])]), false, Some((2, false))),
        (
            json!([rule("apiregistration.k8s.io", &["apiservices"], &["create"])]),
            true,
            Some((1, false)),
        ),
        (
            json!([rule("apiextensions.k8s.io", &["customresourcedefinitions"], &["patch"])]),
            true,
            Some((1, false)),
        ),
        (json!([rule("", &["nodes"], &["patch"])]), true, Some((1, false))),
        (json!([rule("", &["nodes/status"], &["update"])]), true, Some((1, false))),
        (json!([rule("", &["nodes"], &["get"])]), true, None),
        (json!([rule("", &["persistentvolumes"], &["create"])]), true, Some((1, false))),
        (json!([rule("", &["configmaps"], &["update"])]), true, Some((1, false))),
        (
            json!([named(rule("", &["configmaps"], &["update"]), "aws-auth")]),
            true,
            Some((1, false)),
        ),
        (json!([named(rule("", &["configmaps"], &["update"]), "other")]), true, None),
        // Only that of kube-system counts.
        (json!([rule("", &["configmaps"], &["update"])]), false, None),
        (
            json!([rule(
                "admissionregistration.k8s.io",
                &["validatingwebhookconfigurations"],
                &["create"]
            )]),
            true,
            Some((1, false)),
        ),
        (
            json!([rule("authentication.k8s.io", &["users"], &["impersonate:user-info"])]),
            true,
            Some((1, false)),
        ),
    ] {
        assert_eq!(shape(chain(rules.clone(), cluster)), expected, "{rules}");
    }
}

#[test]
fn a_certificate_names_any_user_account_or_group_but_one() {
    let rules = json!([
        rule("certificates.k8s.io", &["certificatesigningrequests/approval"], &["update"]),
        rule("certificates.k8s.io", &["signers"], &["approve"])
    ]);
    // The account `operator` is a name that a certificate can have.
    assert_eq!(shape(chain(rules, true)), Some((2, false)));
}

#[test]
fn a_chain_has_the_evidence_of_each_step() {
    let found = chain(json!([rule("", &["pods"], &["create"])]), false).unwrap();
    assert_eq!(
        found.to_string(),
        "service account shop/a may create pods in namespace shop and so becomes service account shop/operator (RoleBinding shop/b grants ClusterRole r, rules[0], to service account shop/a)
service account shop/operator may do everything and so may do everything (ClusterRoleBinding admin grants ClusterRole cluster-admin, rules[0], to service account shop/operator)
"
    );
    let masters = Rbac::default().chain(&Subject::Group("system:masters".into())).unwrap();
    assert_eq!(masters.steps.len(), 1);
    assert_eq!(Rbac::default().chain(&Subject::user("jane")), None);
}

const VERBS: [&str; 3] = ["get", "list", "create"];
const RESOURCES: [&str; 3] = ["pods", "pods/exec", "secrets"];

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let texts = |all: Vec<&'static str>| {
        prop::collection::vec(prop::sample::select(all).prop_map(str::to_owned), 0..3)
    };
    let rule = (
        texts(vec!["get", "list", "create", "*"]),
        texts(vec!["", "apps", "*"]),
        texts(vec!["pods", "pods/exec", "*/exec", "secrets", "*", "pods/*"]),
        texts(vec!["x", "y"]),
    )
        .prop_map(|(verbs, groups, resources, names)| Rule {
            verbs,
            groups,
            resources,
            names,
            urls: Vec::new(),
        });
    prop::collection::vec(rule, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(256)))]

    #[test]
    fn requests_agree_with_a_walk_of_the_rules(of_role in rules(), of_cluster in rules(), bound in prop::collection::vec((0..3_usize, 0..3_usize), 0..4)) {
        let mut roles = vec![role("Role", "r", json!([])), role("ClusterRole", "r", json!([]))];
        roles[0].rules.clone_from(&of_role);
        roles[1].rules.clone_from(&of_cluster);
        let subjects = [account("a"), account("b"), json!([{"kind": "Group", "name": "system:serviceaccounts:shop"}])];
        let kinds = [("RoleBinding", "Role"), ("RoleBinding", "ClusterRole"), ("ClusterRoleBinding", "ClusterRole")];
        let bindings = bound.iter().map(|(kind, subject)| {
            let (kind, role) = kinds[*kind];
            binding(kind, "b", (role, "r"), subjects[*subject].clone())
        });
        let rbac = Rbac::of_cluster(roles, bindings.collect());
        for verb in VERBS {
            for group in ["", "apps"] {
                for resource in RESOURCES {
                    for namespace in [None, Some("shop"), Some("bank")] {
                        for name in [None, Some("x"), Some("z")] {
                            let asked = Request { verb, group, resource, namespace, name };
                            let expected = bound.iter().any(|(kind, subject)| {
                                let rules = if *kind == 0 { &of_role } else { &of_cluster };
                                let place = *kind == 2 || namespace == Some("shop");
                                *subject != 1 && place && rules.iter().any(|rule| {
                                    let resource_is = |one: &String| match one.as_str() {
                                        "*" => true,
                                        "*/exec" => resource == "pods/exec",
                                        other => other == resource,
                                    };
                                    rule.verbs.iter().any(|one| one == "*" || one == verb)
                                        && rule.groups.iter().any(|one| one == "*" || one == group)
                                        && rule.resources.iter().any(resource_is)
                                        && (rule.names.is_empty() || name.is_some_and(|name| rule.names.iter().any(|one| one == name)))
                                })
                            });
                            let found = rbac.allows(&Subject::account("shop", "a"), asked);
                            prop_assert_eq!(!found.is_empty(), expected, "{:?}", asked);
                        }
                    }
                }
            }
        }
    }
}
