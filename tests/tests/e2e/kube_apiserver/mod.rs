//! A real API server of Kubernetes, which `cargo xtask kube-apiserver` builds: what it refuses and how, its pages, its authorizer, its
//! TLS, and one scene made in it and in the simulator. Skipped where `POSTURE_KUBE_APISERVER` names none; CI has none.

mod scene;
mod server;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use posture_kubernetes::manifest::{self, Content, Options};
use posture_sim::kubernetes::{Identity, World};
use posture_sim::{Fault, Rule};
use posture_tests::{Program, Run};
use reqwest::Method;
use serde_json::{Value, json};

use crate::kubernetes::{Simulated, refused};
use crate::kubernetes_tls::{self, Server};
use server::Real;

/// The objects of manifests for a minor version.
fn objects(text: &str, minor: u16) -> Vec<Value> {
    manifest::read(text.as_bytes(), &Options { minor, ..Options::default() })
        .into_iter()
        .filter_map(|document| match document.content {
            Content::Object(manifest) => Some(manifest.object),
            _ => None,
        })
        .collect()
}

/// The role that the program prints, for all controls.
fn printed_role() -> Value {
    let printed = Program::new().args(&["permissions", "kubernetes", "--format", "json"]).run();
    printed.json()
}

fn binding(subject: &Value) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": { "name": "posture-audit" },
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "posture-audit",
        },
        "subjects": [subject],
    })
}

fn user(name: &str) -> Value {
    json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name })
}

/// The gaps of calls, with what the server answered.
fn answers(run: &Run) -> BTreeSet<(String, String, String, String)> {
    let report = run.json();
    let gaps = report["scopes"][0]["gaps"].as_array().unwrap();
    let text = |gap: &Value, name: &str| gap[name].as_str().unwrap_or_default().to_owned();
    gaps.iter()
        .map(|gap| {
            (text(gap, "action"), text(gap, "reason"), text(gap, "code"), text(gap, "detail"))
        })
        .filter(|(_, reason, ..)| reason != "undetermined")
        .collect()
}

/// The actions that were denied.
fn denied(run: &Run) -> BTreeSet<String> {
    refused(run)
        .into_iter()
        .filter(|(_, reason)| reason == "denied")
        .map(|(action, _)| action)
        .collect()
}

/// A simulated cluster of the version of a real one.
fn simulated(real: &Real, change: impl FnOnce(&mut World)) -> Simulated {
    let version = real.get("/version")["gitVersion"].as_str().unwrap().to_owned();
    Simulated::of(World { version, ..World::default() }, change)
}

#[test]
fn a_user_without_permissions_is_refused_as_by_the_simulator() {
    let Some(real) = Real::start() else { return };
    let run = real.audit("stranger", &["--allow-unknown", "100%"]);
    let found = answers(&run);
    let lists = printed_role()["rules"].as_array().unwrap().iter().flat_map(names).count();
    assert_eq!(denied(&run).len(), lists, "{found:#?}");
    assert!(found.iter().all(|(.., code, _)| code == "Forbidden"), "{found:#?}");
    let simulated = simulated(&real, |world| {
        world.identities = vec![Identity::new(crate::kubernetes::TOKEN, "stranger")]
    });
    assert_eq!(found, answers(&simulated.audit(&["--allow-unknown", "100%"])));
}

/// What a rule allows, as the audit names it.
fn names(rule: &Value) -> Vec<String> {
    let group = rule["apiGroups"][0].as_str().unwrap_or_default();
    let dot = if group.is_empty() { "" } else { "." };
    let resources = rule["resources"].as_array().into_iter().flatten();
    resources.map(|resource| format!("list {}{dot}{group}", resource.as_str().unwrap())).collect()
}

/// Where a list is. The authorizer does not ask whether there is such a version.
fn path(action: &str) -> String {
    let resource = action.strip_prefix("list ").unwrap();
    match resource.split_once('.') {
        None => format!("/api/v1/{resource}"),
        Some((resource, group)) => format!("/apis/{group}/v1/{resource}"),
    }
}

#[test]
fn the_printed_role_is_sufficient_and_minimal() {
    let Some(real) = Real::start() else { return };
    let everything = answers(&real.audit("admin", &[]));
    let whole = printed_role();
    real.apply([&whole, &binding(&user("auditor"))]);
    let lists: Vec<String> = whole["rules"].as_array().unwrap().iter().flat_map(names).collect();
    for action in &lists {
        real.wait_until_allowed("auditor", &path(action), true);
    }
    assert_eq!(
        answers(&real.audit("auditor", &[])),
        everything,
        "with the role, and with every permission"
    );
    for action in &lists {
        let mut less = whole.clone();
        for rule in less["rules"].as_array_mut().unwrap() {
            let group = rule["apiGroups"][0].as_str().unwrap_or_default().to_owned();
            let dot = if group.is_empty() { "" } else { "." };
            let Some(resources) = rule["resources"].as_array_mut() else { continue };
            resources
                .retain(|one| format!("list {}{dot}{group}", one.as_str().unwrap()) != *action);
        }
        // The API does not accept a rule about nothing.
        less["rules"].as_array_mut().unwrap().retain(|rule| rule["resources"] != json!([]));
        real.apply([&less]);
        real.wait_until_allowed("auditor", &path(action), false);
        let run = real.audit("auditor", &["--allow-unknown", "100%"]);
        assert_eq!(denied(&run), [action.clone()].into(), "{}", run.err);
        real.apply([&whole]);
        real.wait_until_allowed("auditor", &path(action), true);
    }
}

/// Every user may read the version and the discovery by two default roles, which an administrator may take away.
#[test]
fn the_version_is_read_by_the_role_where_no_default_role_allows_it() {
    let Some(real) = Real::start() else { return };
    let whole = printed_role();
    real.apply([&whole, &binding(&user("auditor"))]);
    for name in ["system:public-info-viewer", "system:discovery"] {
        real.delete(&format!("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/{name}"));
    }
    real.wait_until_allowed("stranger", "/version", false);
    real.wait_until_allowed("auditor", "/version", true);
    assert_eq!(denied(&real.audit("auditor", &[])), BTreeSet::new());
    let mut less = whole.clone();
    less["rules"].as_array_mut().unwrap().retain(|rule| rule["nonResourceURLs"].is_null());
    real.apply([&less]);
    real.wait_until_allowed("auditor", "/version", false);
    let run = real.audit("auditor", &["--allow-unknown", "100%"]);
    assert_eq!(denied(&run), ["get /version".to_owned()].into(), "{}", run.err);
}

/// More objects than two pages hold.
const MANY: usize = 1_203;

/// Accounts, which need no controller.
fn fill(real: &Real) {
    let names: Vec<String> = (0..MANY).map(|number| format!("one-{number:04}")).collect();
    let account = |name: &String| json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": name, "namespace": "many" } });
    let accounts: Vec<Value> = names.iter().map(account).collect();
    real.apply(&accounts);
}

#[test]
fn lists_are_read_page_by_page_and_expire() {
    let Some(real) = Real::start() else { return };
    fill(&real);
    // Its controllers add accounts of their own.
    if real.controllers {
        real.wait_until("the accounts of the namespaces", || {
            let all = real.get("/api/v1/serviceaccounts");
            let is_default = |one: &&Value| one["metadata"]["name"] == "default";
            all["items"].as_array().unwrap().iter().filter(is_default).count() == 5
        });
    }
    let list = "list serviceaccounts";
    let run = real.audit("admin", &[]);
    let report = run.json();
    assert_eq!(
        report["scopes"][0]["calls"][list]["operations"], 3,
        "{}",
        report["scopes"][0]["calls"]
    );
    let read = |report: &Value| {
        let findings = report["findings"].as_array().unwrap();
        let ids = findings.iter().filter_map(|one| one["resource"]["id"].as_str());
        ids.filter(|id| id.starts_with("ServiceAccount/many/one-")).collect::<BTreeSet<_>>().len()
    };
    assert_eq!(read(&report), MANY);
    assert!(!refused(&run).iter().any(|(action, _)| action == list), "{:?}", refused(&run));

    // The server forgets the moment of a list before each page that follows.
    let (done, user) = (AtomicBool::new(false), json!({ "token": real.token("admin") }));
    let run = std::thread::scope(|scope| {
        let audit = scope.spawn(|| {
            let run = Program::new()
                .file("config", &real.kubeconfig(&user).to_string())
                .args(&["audit", "kubernetes", "--kubeconfig", "config", "--format", "json"])
                .args(&["--max-rate", "5", "--allow-unknown", "100%"])
                .run();
            done.store(true, Ordering::Relaxed);
            run
        });
        while !done.load(Ordering::Relaxed) {
            real.compact();
        }
        audit.join().unwrap()
    });
    let of_list =
        |run: &Run| answers(run).into_iter().filter(|gap| gap.0 == list).collect::<Vec<_>>();
    assert_eq!(of_list(&run).len(), 1, "{}", run.err);
    // What was found is certain nevertheless.
    assert_eq!(read(&run.json()), MANY);
    let simulated = simulated(&real, |world| {
        world.faults.push(Rule::new(list, Fault::Gone));
        world.page_size = Some(3);
    });
    assert_eq!(of_list(&run), of_list(&simulated.audit(&["--allow-unknown", "100%"])));
}

/// The forms of what the audit relies on, byte by byte where the simulator states them.
#[test]
fn refusals_and_pages_have_the_form_that_the_simulator_gives_them() {
    let Some(real) = Real::start() else { return };
    let first = real.get("/api/v1/namespaces?limit=1");
    let token = first["metadata"]["continue"].as_str().unwrap().to_owned();
    assert_eq!(first["metadata"]["remainingItemCount"], 3, "{first}");
    let simulated = simulated(&real, |_| {});
    let theirs = simulated.get("/api/v1/namespaces?limit=1").1;
    let fields =
        |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(fields(&first), fields(&theirs));
    // Servers since 1.20 deprecate `selfLink`, and those before add it.
    assert_eq!(fields(&first["metadata"]), fields(&theirs["metadata"]));
    real.compact();
    let expired = real.send(
        "admin",
        Method::GET,
        &format!("/api/v1/namespaces?limit=1&continue={token}"),
        None,
    );
    assert_eq!(expired.0, 410, "{}", expired.1);
    assert_eq!(expired.1["reason"], "Expired", "{}", expired.1);
    let offered = expired.1["metadata"]["continue"].as_str().unwrap().to_owned();
    let rest = real.get(&format!("/api/v1/namespaces?limit=5&continue={offered}"));
    assert_eq!(rest["items"].as_array().unwrap().len(), 3, "{rest}");
    let mut differences = Vec::new();
    for path in [
        "/api/v1/nothing",
        "/api/v9/pods",
        "/apis/nothing.example.com",
        "/apis/nothing.example.com/v1/things",
        "/apis/apps/v9",
        "/apis/apps/v9/deployments",
        "/apis/batch/v1/cronjobs",
        "/api/v1/pods/web",
        "/api/v1/namespaces/default/nodes",
        "/api/v1/namespaces/none",
        "/apis/apps/v1/namespaces/default/deployments/none",
        "/api/v1/namespaces?limit=x",
    ] {
        let (theirs, ours) = (real.send("admin", Method::GET, path, None), simulated.get(path));
        if theirs != ours {
            differences.push(format!("{path}\n  real: {theirs:?}\n  simulated: {ours:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// The simulator serves nothing that a server of its version does not serve, and all stable versions of what it serves.
#[test]
fn the_simulator_serves_what_a_server_of_its_version_serves() {
    let Some(real) = Real::start() else { return };
    let simulated = simulated(&real, |_| {});
    let served = |get: &dyn Fn(&str) -> Value| {
        let mut all = BTreeSet::new();
        let groups = get("/apis")["groups"].as_array().unwrap().clone();
        let versions = groups.iter().flat_map(|group| group["versions"].as_array().unwrap());
        let versions =
            versions.map(|one| format!("/apis/{}", one["groupVersion"].as_str().unwrap()));
        for version in versions
            .chain(["/api/v1".to_owned()])
            .filter(|one| !one.contains("beta") && !one.contains("alpha"))
        {
            for one in get(&version)["resources"].as_array().unwrap() {
                let words = [&one["name"], &one["kind"], &one["namespaced"]].map(Value::to_string);
                all.insert(format!("{version} {}", words.join(" ")));
            }
        }
        // Of subresources the simulator knows some, and none of them is read.
        all.retain(|one| !one.split_whitespace().nth(1).unwrap().contains('/'));
        all
    };
    let (theirs, ours) = (served(&|path| real.get(path)), served(&|path| simulated.get(path).1));
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        one.difference(other).cloned().collect::<Vec<_>>()
    };
    assert_eq!(only(&ours, &theirs), [""; 0]);
    // The simulator has its objects in version 2 alone, which that server does not have yet.
    let hpa = "/apis/autoscaling/v1 \"horizontalpodautoscalers\" \"HorizontalPodAutoscaler\" true";
    assert_eq!(only(&theirs, &ours), [hpa]);
}

#[test]
fn tls_is_verified() {
    let Some(real) = Real::start() else { return };
    let server =
        Server { url: real.url(), certificates: real.certificates(), token: real.token("admin") };
    kubernetes_tls::check(&server);
}

#[test]
fn users_sign_in_by_token_file_certificate_and_impersonation() {
    let Some(real) = Real::start() else { return };
    let data = |name: &str| {
        use base64::Engine;
        let bytes = std::fs::read(real.certificates().join(name)).unwrap();
        base64::prelude::BASE64_STANDARD.encode(bytes)
    };
    let certified = |name: &str| {
        json!({
            "client-certificate-data": data(&format!("{name}.pem")), "client-key-data": data(&format!("{name}.key")),
        })
    };
    let everywhere = ["--allow-unknown", "100%"];
    // The user is known, and may do nothing yet.
    let run = real.audit_as(&certified("client"), &everywhere);
    let words = "User \"certified\" cannot list resource";
    assert!(answers(&run).iter().all(|(.., detail)| detail.contains(words)), "{:?}", answers(&run));
    let group =
        json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "auditors" });
    real.apply([&printed_role(), &binding(&group)]);
    let run = || denied(&real.audit_as(&certified("client"), &everywhere)).is_empty();
    real.wait_until("the group of the certificate is allowed", run);
    // A certificate of another authority identifies no user.
    let run = real.audit_as(&certified("stranger"), &[]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("does not accept the credentials"), "{}", run.err);
    let run = real.audit_as(&json!({ "token": "canary-of-nobody" }), &[]);
    assert!(
        run.err.contains("does not accept the credentials") && !run.err.contains("canary"),
        "{}",
        run.err
    );
    // The administrator as a member of the group, and as one who is not.
    let token = real.token("admin");
    let run = real.audit_as(
        &json!({ "token": token, "as": "someone", "as-groups": ["auditors"] }),
        &everywhere,
    );
    assert_eq!(denied(&run), BTreeSet::new());
    let run = real.audit_as(&json!({ "token": token, "as": "someone" }), &everywhere);
    assert!(denied(&run).contains("list pods"), "{}", run.err);
    // Without any credentials the server takes the user for the anonymous one.
    let run = real.audit_as(&json!({}), &everywhere);
    let words = "User \"system:anonymous\" cannot list resource";
    assert!(answers(&run).iter().any(|(.., detail)| detail.contains(words)), "{:?}", answers(&run));
}

/// The identity that ships with the program, with the token that a pod of it has.
#[test]
fn the_shipped_identity_audits_the_cluster() {
    let Some(real) = Real::start() else { return };
    let everything = answers(&real.audit("admin", &[]));
    let file =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/kubernetes/cluster-audit/identity.yaml");
    let identity = objects(&std::fs::read_to_string(file).unwrap(), 20);
    real.apply(&identity);
    let request = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": { "audiences": [] } });
    let account = "/api/v1/namespaces/posture/serviceaccounts/posture-audit";
    let (status, issued) =
        real.send("admin", Method::POST, &format!("{account}/token"), Some(&request));
    assert_eq!(status, 201, "{issued}");
    let token = issued["status"]["token"].as_str().unwrap();
    let authority = real.certificates().join("authority.pem");
    let audit = || {
        let run = Program::new()
            .file("token", &format!("{token}\n"))
            .args(&[
                "audit",
                "kubernetes",
                "--server",
                real.url(),
                "--token-file",
                "token",
                "--format",
                "json",
            ])
            .args(&[
                "--certificate-authority",
                authority.to_str().unwrap(),
                "--allow-unknown",
                "100%",
            ])
            .run();
        assert!(!run.out.contains(token) && !run.err.contains(token));
        run
    };
    real.wait_until("the account is allowed", || denied(&audit()).is_empty());
    assert_eq!(answers(&audit()), everything);
}
