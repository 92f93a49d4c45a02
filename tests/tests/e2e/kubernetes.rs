//! Clusters of posture's simulator, read by the program.

use std::net::TcpListener;
use std::path::Path;

use posture_kubernetes::manifest::{self, Content, Options};
use posture_sim::kubernetes::{Identity, Server, World};
use posture_sim::{Fault, Rule};
use posture_tests::{Program, Run};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// A token that must not be in any output.
pub(crate) const TOKEN: &str = "canary-token-of-the-auditor";

/// A simulated cluster, served until it is dropped.
pub(crate) struct Simulated {
    runtime: Runtime,
    server: Server,
}

impl Simulated {
    pub(crate) fn serve(change: impl FnOnce(&mut World)) -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/cluster.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        Self::of(World::of_manifests("cluster.yaml", &text).unwrap(), change)
    }

    /// A world, read by its administrator.
    pub(crate) fn of(mut world: World, change: impl FnOnce(&mut World)) -> Self {
        let admin = world.identities.remove(0);
        world.identities.push(Identity { token: TOKEN.to_owned(), ..admin });
        change(&mut world);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(Server::start(world, None)).unwrap();
        Self { runtime, server }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The status and the body of a response.
    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        let url = format!("{}{path}", self.server.url());
        self.runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let request = client.get(url).header("authorization", format!("Bearer {TOKEN}"));
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let text = response.text().await.unwrap();
            (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
        })
    }

    /// A kubeconfig whose contexts, of these names, are all this cluster.
    fn kubeconfig(&self, contexts: &[&str]) -> Value {
        let contexts: Vec<Value> = contexts
            .iter()
            .map(|name| json!({ "name": name, "context": { "cluster": "c", "user": "auditor" } }))
            .collect();
        json!({
            "current-context": contexts[0]["name"], "contexts": contexts,
            "clusters": [{ "name": "c", "cluster": { "server": self.server.url() } }],
            "users": [{ "name": "auditor", "user": { "token": TOKEN } }],
        })
    }

    pub(crate) fn audit(&self, arguments: &[&str]) -> Run {
        let run = audit(&self.kubeconfig(&["prod"]), arguments);
        assert_eq!(self.server.violations(), []);
        run
    }
}

fn audit(kubeconfig: &Value, arguments: &[&str]) -> Run {
    let run = Program::new()
        .file("config", &kubeconfig.to_string())
        .env("KUBECONFIG", "config")
        .args(&["audit", "kubernetes", "--format", "json"])
        .args(arguments)
        .run();
    for text in [&run.out, &run.err] {
        assert!(!text.contains(TOKEN), "{text}");
    }
    run
}

/// The gaps of calls that were not answered. What was read and does not decide is another matter.
pub(crate) fn refused(run: &Run) -> Vec<(String, String)> {
    run.gaps().into_iter().filter(|(_, why)| why != "undetermined").collect()
}

#[test]
fn the_cluster_of_the_current_context_is_audited() {
    let cluster = Simulated::serve(|_| {});
    let run = cluster.audit(&["--save", "all.json"]);
    assert_eq!(run.code, 10, "{}", run.err);
    let report = run.json();
    let [scope] = report["scopes"].as_array().unwrap().as_slice() else { panic!("{report}") };
    assert_eq!(scope["name"], "prod");
    assert_eq!(scope["id"].as_str().unwrap().len(), 36, "{scope}");
    let saved = std::fs::read_to_string(run.path("all.json")).unwrap();
    assert!(saved.contains("\"clusters\"") && !saved.contains(TOKEN));
    // `k8s` is the same.
    let alias = Program::new()
        .file("config", &cluster.kubeconfig(&["prod"]).to_string())
        .args(&["audit", "k8s", "--kubeconfig", "config", "--format", "json"])
        .run();
    assert_eq!(alias.json()["findings"], report["findings"]);
}

#[test]
fn two_contexts_of_one_cluster_count_once_and_two_clusters_are_one_report() {
    let one = Simulated::serve(|_| {});
    let run = audit(&one.kubeconfig(&["a", "b"]), &["--context", "a", "--context", "b"]);
    assert_eq!(run.json()["scopes"].as_array().unwrap().len(), 1);
    assert!(run.err.contains("it counts once"), "{}", run.err);
    let other = Simulated::serve(|world| world.name = "another".to_owned());
    let mut both = one.kubeconfig(&["a"]);
    both["clusters"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "name": "other", "cluster": { "server": other.server.url() } }));
    both["contexts"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "name": "b", "context": { "cluster": "other", "user": "auditor" } }));
    let run = audit(&both, &["--context", "a", "--context", "b"]);
    assert_eq!(run.json()["scopes"].as_array().unwrap().len(), 2, "{}", run.err);
    // One of them is gone: what it holds is unknown.
    drop(other);
    let run = audit(&both, &["--context", "a", "--context", "b"]);
    let report = run.json();
    assert_eq!(report["scopes"].as_array().unwrap().len(), 2, "{}", run.err);
    assert!(
        run.gaps().contains(&("get /version".to_owned(), "unreachable".to_owned())),
        "{:?}",
        run.gaps()
    );
}

#[test]
fn what_ends_an_audit_names_what_failed() {
    let cluster = Simulated::serve(|_| {});
    let good = cluster.kubeconfig(&["production"]);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut config = good.clone();
        change(&mut config);
        config
    };
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let exec =
        json!({ "apiVersion": "client.authentication.k8s.io/v1", "command": "/nowhere/login" });
    for (config, arguments, code, words) in [
        (good.clone(), &["--context", "prodcution"][..], 2, "did you mean `production`"),
        (json!({}), &[], 1, "no kubeconfig: looked for"),
        (changed(&|config| config["current-context"] = Value::Null), &[], 1, "no current context"),
        (
            changed(&|config| {
                config["clusters"][0]["cluster"]["server"] = json!(format!("http://{free}"))
            }),
            &[],
            1,
            "the connection was refused",
        ),
        (
            changed(&|config| config["users"][0]["user"]["token"] = json!("canary-of-another")),
            &[],
            1,
            "does not accept the credentials of the context `production`",
        ),
        (
            changed(&|config| config["users"][0]["user"] = json!({ "exec": exec })),
            &["--no-exec"],
            1,
            "needs the credential plugin `/nowhere/login`",
        ),
        (
            changed(&|config| config["users"][0]["user"] = json!({ "exec": exec })),
            &[],
            1,
            "the program is not installed",
        ),
        (good.clone(), &["--in-cluster"], 1, "this process is not in a pod"),
        (
            changed(&|config| {
                config["clusters"][0]["cluster"]["insecure-skip-tls-verify"] = json!(true)
            }),
            &[],
            1,
            "sets `insecure-skip-tls-verify`",
        ),
    ] {
        let run = audit(&config, arguments);
        assert_eq!(run.code, code, "{words}: {}", run.err);
        assert!(run.err.contains(words) && !run.err.contains("canary"), "{words}: {}", run.err);
    }
}

#[test]
fn a_server_is_audited_with_a_token_from_a_file() {
    let cluster = Simulated::serve(|_| {});
    let run = Program::new()
        .file("token", &format!("{TOKEN}\n"))
        .args(&["audit", "kubernetes", "--server", &cluster.server.url(), "--token-file", "token"])
        .args(&["--format", "json"])
        .run();
    assert_eq!(run.json()["scopes"][0]["name"], cluster.server.url());
    assert_eq!(refused(&run), []);
}

#[test]
fn targets_of_the_configuration_are_read_beside_it() {
    let cluster = Simulated::serve(|_| {});
    let program = Program::new();
    std::fs::create_dir(program.folder().join("team")).unwrap();
    let target =
        "[[target]]\nprovider = \"kubernetes\"\nkubeconfig = \"config\"\ncontext = \"prod\"\n";
    let run = program
        .file("team/config", &cluster.kubeconfig(&["prod"]).to_string())
        .file("team/posture.toml", target)
        .args(&["audit", "targets", "--config", "team/posture.toml", "--format", "json"])
        .run();
    assert_eq!(run.json()["scopes"][0]["name"], "prod", "{}", run.err);
}

#[test]
fn a_list_that_is_denied_or_throttled_is_a_gap_with_its_verb_and_resource() {
    let cluster = Simulated::serve(|world| {
        world.faults.push(Rule::new("list clusterrolebindings.*", Fault::Denied));
        world
            .faults
            .push(Rule { times: Some(1), ..Rule::new("list pods", Fault::Throttled(Some(0))) });
    });
    let run = cluster.audit(&["--allow-unknown", "100%"]);
    let denied =
        ("list clusterrolebindings.rbac.authorization.k8s.io".to_owned(), "denied".to_owned());
    assert_eq!(refused(&run), [denied]);
}

#[test]
fn what_is_planned_is_what_is_called() {
    let cluster = Simulated::serve(|_| {});
    let planned = cluster.audit(&["--plan"]);
    let made = cluster.audit(&[]).json()["scopes"][0]["calls"].clone();
    for (action, calls) in made.as_object().unwrap() {
        let calls = &calls["operations"];
        let is_planned = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.join(" ") == format!("{action} {calls}")
        };
        assert!(planned.out.lines().any(is_planned), "{action} {calls}: {}", planned.out);
    }
}

#[test]
fn the_printed_role_is_what_a_cluster_needs() {
    let role = Program::new().args(&["permissions", "kubernetes"]).run();
    let cluster = Simulated::serve(|world| {
        world.add_manifests("role.yaml", &role.out).unwrap();
        world.identities = vec![Identity::new(TOKEN, "auditor")];
        world.objects.push(json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": { "name": "posture-audit" },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "posture-audit" },
            "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "auditor" }],
        }));
    });
    assert_eq!(refused(&cluster.audit(&[])), []);
    let whole = Program::new()
        .args(&["permissions", "k8s", "--format", "json", "--service-account", "posture:auditor"])
        .run();
    let list = whole.json();
    let kinds: Vec<&Value> =
        list["items"].as_array().unwrap().iter().map(|item| &item["kind"]).collect();
    assert_eq!(kinds, ["ClusterRole", "ServiceAccount", "ClusterRoleBinding"]);
}

/// The role that ships with the program is the one that it prints for all controls.
#[test]
fn the_shipped_role_is_the_printed_one() {
    let shipped =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/kubernetes/cluster-audit/identity.yaml");
    let roles: Vec<Value> = manifest::read(&std::fs::read(shipped).unwrap(), &Options::default())
        .into_iter()
        .filter_map(|document| match document.content {
            Content::Object(manifest) if manifest.identity.kind == "ClusterRole" => {
                Some(manifest.object)
            }
            _ => None,
        })
        .collect();
    let printed = Program::new().args(&["permissions", "kubernetes", "--format", "json"]).run();
    assert_eq!(roles, [printed.json()]);
}

/// The pods that ship audit the cluster that they are in, whatever kubeconfig their image may have.
#[test]
fn the_shipped_pods_audit_their_own_cluster() {
    for name in ["job.yaml", "cronjob.yaml"] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/kubernetes/cluster-audit");
        let text = std::fs::read(Path::new(folder).join(name)).unwrap();
        let documents = manifest::read(&text, &Options::default());
        let [Content::Object(manifest)] =
            documents.iter().map(|one| &one.content).collect::<Vec<_>>()[..]
        else {
            panic!("{name}: {documents:?}");
        };
        let place = match name {
            "job.yaml" => "/spec/template/spec/containers/0/args",
            _ => "/spec/jobTemplate/spec/template/spec/containers/0/args",
        };
        let arguments: Vec<&str> = manifest
            .object
            .pointer(place)
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap())
            .collect();
        assert!(arguments.starts_with(&["audit", "kubernetes", "--in-cluster"]), "{arguments:?}");
        // The program accepts them, and misses the pod.
        let run = Program::new().args(&arguments).run();
        assert!(run.code == 1 && run.err.contains("this process is not in a pod"), "{}", run.err);
    }
}

#[test]
fn a_simulated_cluster_is_served_by_the_program() {
    let manifests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/cluster.yaml");
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("config");
    let named = kubeconfig.to_str().unwrap();
    let mut running = Program::new()
        .args(&["sim", "kubernetes", manifests.to_str().unwrap(), "--kubeconfig", named])
        .start();
    // It is written once the server listens.
    while !kubeconfig.exists() {
        assert!(!running.has_ended());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let run = Program::new()
        .args(&["audit", "kubernetes", "--format", "json", "--kubeconfig", named])
        .run();
    assert_eq!(run.json()["scopes"].as_array().unwrap().len(), 1, "{}", run.err);
    running.kill();
}

#[test]
fn an_audit_that_is_stopped_keeps_what_it_has() {
    let cluster = Simulated::serve(|world| {
        world.faults.push(Rule::new("list pods", Fault::SlowStart(86_400_000)));
    });
    let running = Program::new()
        .file("config", &cluster.kubeconfig(&["prod"]).to_string())
        .env("KUBECONFIG", "config")
        .args(&["audit", "kubernetes", "--format", "json", "--timeout", "600"])
        .start();
    // The pods are the only list that is missing.
    cluster.runtime.block_on(async {
        let arrived = || {
            cluster
                .server
                .calls()
                .contains_key("list clusterrolebindings.rbac.authorization.k8s.io")
        };
        while !arrived() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    running.interrupt();
    let run = running.wait();
    assert!(run.gaps().contains(&("list pods".to_owned(), "canceled".to_owned())), "{}", run.err);
}
