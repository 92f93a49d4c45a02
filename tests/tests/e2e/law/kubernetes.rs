//! Kubernetes: every action of the table, with everything that can go wrong with it, on clusters that hold good and bad; and the
//! least role.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, stream};
use posture_azure::collect::Observer;
use posture_core::control::Control;
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::wanted;
use posture_kubernetes::action::{
    ACTIONS, GROUPS, KubernetesAction, NAMESPACES, Request, VERSION, wanted_actions,
};
use posture_kubernetes::cluster::{Login, Options, Place, Session};
use posture_kubernetes::permissions::role;
use posture_sim::kubernetes::{Identity, Server, World};
use posture_sim::{Fault, Rule};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    Causes, NEVER, Outcomes, PATIENT, broken_by, clock_ahead, disturbed, file, judged, judging,
    not_shown, patience, runtime, takers,
};

/// The token of the identity that has every permission.
const ADMIN: &str = "simulated-admin";

/// The token of the identity that has what a role allows.
const AUDITOR: &str = "auditor-token";

/// The cluster that ships with the program, two in which for every control something passes and something fails, and one that shows what
/// one object would hide in a whole cluster.
fn worlds() -> Vec<World> {
    [
        "../examples/cluster.yaml",
        "worlds/kubernetes-good.yaml",
        "worlds/kubernetes-bad.yaml",
        "worlds/kubernetes-bare.yaml",
    ]
    .map(|name| {
        let world = World::of_manifests(name, &file(name)).unwrap();
        // The bad one is past the end of its support.
        let version = match name.contains("bad") {
            true => "v1.32.0".to_owned(),
            false => world.version.clone(),
        };
        let clock_ahead = clock_ahead();
        // So that lists have pages.
        World { name: name.to_owned(), page_size: Some(3), version, clock_ahead, ..world }
    })
    .into()
}

/// What no world can show.
const NOT_SHOWN: [&str; 6] = [
    // Secrets are not listed, so that no service account is known to have no token in one.
    "identity.long-lived-tokens pass",
    // Of the kinds that are listed, none has a beta version that no known version of Kubernetes drops.
    "lifecycle.removed-apis pass",
    // Only manifests show Secrets.
    "secrets.literal-keys pass",
    "secrets.literal-keys fail",
    // No image is audited beside a cluster here; the tests of `beside` audit some.
    "workloads.image-audited pass",
    "workloads.image-audited fail",
];

/// Reads a cluster in this process; nothing where it cannot be read at all.
async fn read(
    timeout: Duration,
    server: &Server,
    token: &str,
    controls: &[&'static Control],
) -> Option<Scope> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    std::fs::write(&path, server.kubeconfig(token)).unwrap();
    let login = Login {
        place: Place::Context { kubeconfig: Some(path), context: None },
        timeout: Some(timeout),
        attempts: Some((2, Duration::from_millis(1))),
        unpaced: true,
        ..Login::default()
    };
    let (_tell, stop) = watch::channel(false);
    let observer: Observer = Arc::new(|_| ());
    let session = Session::login(&login, &Options { stop }, &observer).await.ok()?;
    Some(session.collect(&wanted::by(controls, Provider::Kubernetes), &observer).await)
}

async fn audit(
    timeout: Duration,
    server: &Server,
    token: &str,
    controls: &[&'static Control],
) -> Option<Outcomes> {
    Some(judged(vec![read(timeout, server, token, controls).await?], controls))
}

/// The actions that an audit by all controls makes.
fn called() -> Vec<&'static KubernetesAction> {
    wanted_actions(&wanted::by(&judging(Provider::Kubernetes), Provider::Kubernetes))
}

/// The controls that an action decides about. The namespaces identify the cluster, and its version judges it: all of them.
fn deciding(action: &KubernetesAction) -> Vec<&'static Control> {
    match action.name {
        VERSION | NAMESPACES => judging(Provider::Kubernetes),
        _ => takers(Provider::Kubernetes, action.fills, action.lists),
    }
}

fn faults() -> Vec<Fault> {
    vec![
        Fault::Denied,
        Fault::Throttled(None),
        Fault::ServerError,
        Fault::Unavailable,
        Fault::Expired,
        Fault::Truncated,
        Fault::Malformed,
        Fault::WrongType,
        Fault::SlowStart(NEVER),
        Fault::SlowBody(NEVER),
        Fault::Reset,
        Fault::EndlessPages,
        Fault::Gone,
        Fault::NoContent,
        Fault::Redirected("http://203.0.113.1/".to_owned()),
    ]
}

/// The same, whatever identifies the cluster: without its namespaces that is its address.
fn anywhere(outcomes: Outcomes) -> Outcomes {
    outcomes
        .into_iter()
        .map(|((control, scope, subject), verdict)| {
            // The cluster itself is a resource as well.
            let subject = subject.map(|of| if of == scope { String::new() } else { of });
            ((control, String::new(), subject), verdict)
        })
        .collect()
}

#[test]
fn no_fault_turns_a_failure_into_a_pass_or_a_pass_into_a_failure() {
    runtime().block_on(async {
        let worlds = worlds();
        let mut before = BTreeMap::new();
        let mut runs = Vec::new();
        for (place, world) in worlds.iter().enumerate() {
            let clean = Server::start(world.clone(), None).await.unwrap();
            for action in called() {
                let outcomes = audit(PATIENT, &clean, ADMIN, &deciding(action)).await.unwrap();
                before.insert((place, action.name), anywhere(outcomes));
                runs.extend(faults().into_iter().map(|fault| (place, action, fault)));
            }
            assert_eq!(clean.violations(), []);
        }
        let missing = not_shown(Provider::Kubernetes, before.values(), &[]);
        assert_eq!(missing, NOT_SHOWN);
        let (before, worlds) = (&before, &worlds);
        let found: Vec<(usize, Vec<String>)> = stream::iter(runs)
            .map(|(place, action, fault)| async move {
                let mut world = worlds[place].clone();
                world.faults.push(Rule::new(action.name, fault.clone()));
                let server = Server::start(world, None).await.unwrap();
                let (controls, before) = (deciding(action), &before[&(place, action.name)]);
                let mut found = Vec::new();
                for timeout in patience(&fault) {
                    let Some(after) = audit(timeout, &server, ADMIN, &controls).await else {
                        // Without an answer to its first call, an audit says so and nothing else.
                        if action.name == VERSION {
                            break;
                        }
                        // A busy machine may not answer that in time either.
                        found = vec!["the cluster could not be read at all".to_owned()];
                        continue;
                    };
                    let after = anywhere(after);
                    let causes = Causes { actions: &[action.name], or_undetermined: true };
                    found = broken_by(before, &after, &fault, causes);
                    if found.is_empty() || !disturbed(&after, &[action.name]) {
                        break;
                    }
                }
                let name = action.name;
                let broken = found
                    .into_iter()
                    .map(|what| format!("{name} {fault:?} in world {place}: {what}"));
                (controls.len(), broken.collect())
            })
            .buffer_unordered(16)
            .collect()
            .await;
        super::settle(Provider::Kubernetes, called().len(), found);
    });
}

/// A cluster in which an identity has a role and nothing else.
async fn served(world: &World, role: &Value) -> Server {
    let mut world = world.clone();
    world.identities.push(Identity::new(AUDITOR, "auditor"));
    let name = &role["metadata"]["name"];
    world.objects.push(role.clone());
    world.objects.push(json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": { "name": "posture-audit-of-the-test" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "auditor" }],
    }));
    Server::start(world, None).await.unwrap()
}

/// What is read with a role, and with every permission, of the same cluster.
async fn with(world: &World, role: &Value, controls: &[&'static Control]) -> [Scope; 2] {
    let server = served(world, role).await;
    let least = read(PATIENT, &server, AUDITOR, controls).await.unwrap();
    let most = read(PATIENT, &server, ADMIN, controls).await.unwrap();
    assert_eq!(server.violations(), []);
    [least, most]
}

fn of_all(scope: &Scope, controls: &[&'static Control]) -> Outcomes {
    judged(vec![scope.clone()], controls)
}

#[test]
fn the_printed_role_is_enough_for_each_control() {
    runtime().block_on(async {
        for world in worlds() {
            for control in judging(Provider::Kubernetes) {
                let role = role(&wanted::by(&[control], Provider::Kubernetes));
                let [least, most] = with(&world, &role, &[control]).await;
                assert_eq!(least.id, most.id);
                assert_eq!(of_all(&least, &[control]), of_all(&most, &[control]), "{}", control.id);
            }
        }
    });
}

#[test]
fn without_any_one_of_its_rules_something_is_unknown() {
    runtime().block_on(async {
        let controls = judging(Provider::Kubernetes);
        let whole = role(&wanted::by(&controls, Provider::Kubernetes));
        let mut needless = Vec::new();
        for action in called() {
            // Every user may read the version and what is served, by a default role.
            if [VERSION, GROUPS].contains(&action.name) {
                continue;
            }
            let mut less = whole.clone();
            let mut removed = 0;
            for rule in less["rules"].as_array_mut().unwrap() {
                let group = rule["apiGroups"][0].as_str().unwrap_or_default().to_owned();
                let Some(resources) = rule["resources"].as_array_mut() else { continue };
                let before = resources.len();
                resources.retain(|resource| {
                    let dot = if group.is_empty() { "" } else { "." };
                    action.name != format!("list {}{dot}{group}", resource.as_str().unwrap())
                });
                removed += before - resources.len();
            }
            assert_eq!(removed, 1, "{} is not printed", action.name);
            let mut is_needed = false;
            for world in worlds() {
                let [least, most] = with(&world, &less, &controls).await;
                let (of_least, of_most) = (of_all(&least, &controls), of_all(&most, &controls));
                // One list that is not known may hide many findings.
                let unknown = |all: &Outcomes, of| {
                    all.get(of).is_some_and(|verdict| verdict.word == "unknown")
                };
                let lost = |of| unknown(&of_least, of) && !unknown(&of_most, of);
                is_needed |= of_least.keys().any(lost) || least.id != most.id;
            }
            if !is_needed {
                needless.push(action.name);
            }
        }
        assert!(needless.is_empty(), "nothing is unknown without {needless:?}");
    });
}

#[test]
fn a_denied_list_names_its_verb_and_resource() {
    runtime().block_on(async {
        let world = worlds().remove(0);
        let nothing = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": { "name": "posture-audit" }, "rules": [],
        });
        let [least, _] = with(&world, &nothing, &judging(Provider::Kubernetes)).await;
        let denied: Vec<&str> = least.gaps.iter().map(|gap| gap.action.as_str()).collect();
        let by_default = [VERSION, GROUPS];
        for action in called().into_iter().filter(|one| !by_default.contains(&one.name)) {
            let is_kept = !action.lists.is_empty() && action.name != NAMESPACES;
            assert!(!is_kept || denied.contains(&action.name), "{}: {denied:?}", action.name);
        }
        assert!(ACTIONS.iter().any(|action| denied.contains(&action.name)));
    });
}

/// The namespace in which a RoleBinding allows all lists, beside the cluster's own kinds everywhere.
const SEEN: &str = "shop";

#[test]
fn what_a_role_shows_in_one_namespace_is_decided_as_with_every_permission() {
    runtime().block_on(async {
        let controls = judging(Provider::Kubernetes);
        let whole = role(&wanted::by(&controls, Provider::Kubernetes));
        let is_namespaced = |resource: &Value| {
            ACTIONS.iter().any(|action| match action.own {
                Request::List(api) => api.namespaced && resource == api.resource,
                Request::Path(_) => false,
            })
        };
        let mut everywhere = whole.clone();
        everywhere["metadata"]["name"] = json!("posture-audit-of-the-cluster");
        for rule in everywhere["rules"].as_array_mut().unwrap() {
            if let Some(resources) = rule["resources"].as_array_mut() {
                resources.retain(|resource| !is_namespaced(resource));
            }
        }
        let (mut decided, mut refused) = (0, 0);
        for mut world in worlds() {
            world.objects.push(whole.clone());
            world.objects.push(json!({
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                "metadata": { "name": "posture-audit-of-the-test", "namespace": SEEN },
                "roleRef": {
                    "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                    "name": whole["metadata"]["name"],
                },
                "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "auditor" }],
            }));
            let [least, most] = with(&world, &everywhere, &controls).await;
            assert_eq!(least.id, most.id);
            refused += least.gaps.iter().filter(|gap| gap.region.is_some()).count();
            let (found, expected) = (of_all(&least, &controls), of_all(&most, &controls));
            for (of, now) in found.iter().filter(|(_, one)| one.word != "unknown") {
                let word = expected.get(of).map(|one| one.word);
                assert_eq!(Some(now.word), word, "{of:?} in {}", world.name);
                decided += usize::from(format!("{of:?}").contains("/shop/"));
            }
        }
        assert!(decided > 50 && refused > 50, "{decided} {refused}");
    });
}
