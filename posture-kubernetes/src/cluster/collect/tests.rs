use std::collections::BTreeSet;
use std::sync::Mutex as Locked;

use posture_model::fact::Known;
use posture_model::plan::Bound;
use posture_model::resource::{Kind, Workload};
use serde_json::json;

use super::super::fake::{self, Fake, Reply, Seen, namespaces, observer, ok, status};
use super::super::login::Credential;
use super::super::secret::Secret;
use super::*;
use crate::action::{ACTIONS, NAMESPACES};

const UID: &str = "00000011-0000-4000-8000-000000000000";

/// The action of a request, in all namespaces or in one.
pub(in crate::cluster) fn action(seen: &Seen) -> Option<&'static KubernetesAction> {
    let namespace = seen.path.split_once("/namespaces/").and_then(|(_, rest)| rest.split_once('/'));
    let namespace = namespace.map(|(namespace, _)| namespace);
    ACTIONS.iter().find(|action| match &action.own {
        Request::List(api) => api.path(namespace) == seen.path,
        Request::Path(path) => *path == seen.path,
    })
}

/// A cluster with a pod, and what becomes of single actions.
fn cluster(change: impl Fn(&'static str) -> Option<Reply> + Send + 'static) -> Fake {
    Fake::serve(move |seen| {
        let Some(action) = action(seen) else { panic!("{seen:?}") };
        if let Some(reply) = change(action.name) {
            return reply;
        }
        match &action.own {
            Request::Path("/apis") => ok(&json!({
                "kind": "APIGroupList", "apiVersion": "v1", "groups": [
                    { "name": "apps", "versions": [{ "groupVersion": "apps/v1", "version": "v1" }] },
                ],
            })),
            Request::Path(_) => {
                ok(&json!({ "major": "1", "minor": "33+", "gitVersion": "v1.33.4-eks-0a1b2c3" }))
            }
            Request::List(api) if api.resource == "namespaces" => {
                ok(&namespaces(&["kube-system", "shop"], ""))
            }
            Request::List(api) => {
                let items = match api.resource {
                    "pods" => json!([{
                        "metadata": { "name": "a", "namespace": "shop" },
                        "spec": { "containers": [{ "name": "c", "securityContext": { "privileged": true } }] },
                    }]),
                    _ => json!([]),
                };
                ok(&json!({
                    "kind": format!("{}List", api.kind), "apiVersion": api.api_version(),
                    "metadata": { "resourceVersion": "7" }, "items": items,
                }))
            }
        }
    })
}

fn everything() -> Wanted {
    let facts: Vec<_> = ACTIONS.iter().flat_map(|action| action.fills).copied().collect();
    Wanted::of(&facts, Kind::ALL)
}

async fn collected(fake: &Fake, wanted: &Wanted) -> Scope {
    fake.session().await.unwrap().collect(wanted, &observer()).await
}

#[tokio::test]
async fn a_cluster_is_its_number_its_context_and_what_was_read() {
    let fake = cluster(|_| None);
    let scope = collected(&fake, &everything()).await;
    assert_eq!((scope.id.as_str(), scope.name.as_deref()), (UID, Some("prod")));
    assert_eq!(scope.identity.as_deref(), Some("auditor"));
    assert_eq!(scope.level, Origin::Cluster.level());
    let [found] = scope.clusters.items.as_slice() else { panic!() };
    assert_eq!(found.version, Known("v1.33.4-eks-0a1b2c3".to_owned()));
    let host = fake.url.strip_prefix("http://").unwrap();
    assert_eq!(found.api_servers, Known(vec![host.to_owned()]));
    let [workload] = scope.workloads.items.as_slice() else { panic!() };
    assert_eq!(workload.id, "Pod/shop/a");
    assert!(scope.workloads.is_complete() && scope.rbac_subjects.is_complete());
    // Each action once.
    let called: Vec<(&str, u64)> =
        scope.calls.iter().map(|(action, calls)| (action.as_str(), calls.operations)).collect();
    assert_eq!(called.len(), ACTIONS.len());
    assert!(called.iter().all(|(_, calls)| *calls == 1), "{called:?}");
    assert_eq!(fake.seen().len(), ACTIONS.len());
}

#[tokio::test]
async fn only_what_is_wanted_is_called() {
    let fake = cluster(|_| None);
    let wanted = Wanted::of(&[Workload::PRIVILEGED_CONTAINERS], &[Kind::Workload]);
    collected(&fake, &wanted).await;
    let mut called: Vec<&str> = fake.seen().iter().map(|seen| action(seen).unwrap().name).collect();
    let mut expected: Vec<&str> = wanted_actions(&wanted).iter().map(|one| one.name).collect();
    called.sort_unstable();
    expected.sort_unstable();
    assert_eq!(called, expected);
    assert!(!called.contains(&"list services") && called.contains(&NAMESPACES));
}

#[tokio::test]
async fn a_list_that_denies_costs_what_it_holds_and_nothing_else() {
    for denied in ACTIONS {
        let Request::List(api) = denied.own else { continue };
        let name = denied.name;
        let fake = cluster(move |action| {
            (action == name).then(|| status(403, "Forbidden", "no", json!({})))
        });
        let scope = collected(&fake, &everything()).await;
        let incomplete: BTreeSet<Kind> = Kind::ALL
            .iter()
            .copied()
            .filter(|kind| scope.level.holds(Provider::Kubernetes, *kind) && *kind != Kind::Account)
            .filter(|kind| !scope.listing_gaps(*kind).is_empty())
            .collect();
        // What it holds may be written in a beta version.
        let lists = denied.lists.iter().copied().chain([Kind::BetaObject]);
        assert_eq!(incomplete, lists.collect(), "{name}");
        for kind in denied.lists {
            let gap = scope.gap(scope.listing_gaps(*kind)[0]).unwrap();
            assert_eq!((gap.action.as_str(), gap.reason), (name, Reason::Denied));
        }
        // Without the namespaces the address has to identify the cluster.
        assert_eq!(scope.id == UID, api.resource != "namespaces", "{name}");
        assert!(scope.gaps.iter().any(|gap| gap.action == name), "{name}");
    }
}

#[tokio::test]
async fn beta_versions_that_the_server_does_not_serve_leave_nothing_open() {
    let beta = |scope: &Scope| -> Vec<String> {
        let gaps = scope.listing_gaps(Kind::BetaObject).iter();
        gaps.map(|gap| scope.gap(*gap).unwrap().action.clone()).collect()
    };
    let fake = cluster(|_| None);
    assert_eq!(beta(&collected(&fake, &everything()).await), [""; 0]);
    let group = json!({ "versions": [{ "groupVersion": "networking.k8s.io/v1beta1" }] });
    let on = ok(&json!({ "kind": "APIGroupList", "groups": [group] }));
    let fake = cluster(move |action| (action == GROUPS).then(|| on.clone()));
    assert_eq!(beta(&collected(&fake, &everything()).await), [VERSION]);
    for reply in [
        status(403, "Forbidden", "no", json!({})),
        ok(&json!({ "kind": "APIGroupList", "groups": [] })),
        ok(&json!({ "kind": "APIGroupList", "groups": [{ "name": "apps" }] })),
        ok(&json!({ "groups": [] })),
    ] {
        let fake = cluster(move |action| (action == GROUPS).then(|| reply.clone()));
        let mut open = beta(&collected(&fake, &everything()).await);
        open.sort_unstable();
        assert_eq!(open, [GROUPS, VERSION]);
    }
}

#[tokio::test]
async fn a_pod_whose_owner_was_not_read_is_no_workload_of_its_own() {
    let pods = || {
        ok(&json!({
            "kind": "PodList", "apiVersion": "v1", "metadata": { "resourceVersion": "7" },
            "items": [{
                "metadata": { "name": "a", "namespace": "shop", "ownerReferences": [
                    { "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "uid": "1", "controller": true },
                ] },
                "spec": { "containers": [{ "name": "c" }] },
            }],
        }))
    };
    let denied = cluster(move |action| match action {
        "list pods" => Some(pods()),
        "list replicasets.apps" => Some(status(403, "Forbidden", "no", json!({}))),
        _ => None,
    });
    let scope = collected(&denied, &everything()).await;
    assert!(scope.workloads.items.is_empty() && !scope.workloads.is_complete());
    // It was deleted since: what is left of it is the pod.
    let deleted = cluster(move |action| (action == "list pods").then(pods));
    let scope = collected(&deleted, &everything()).await;
    assert_eq!(scope.workloads.items[0].id, "ReplicaSet/shop/web-1");
    assert!(scope.workloads.is_complete());
}

#[tokio::test]
async fn without_its_number_a_cluster_is_its_address() {
    let fake = cluster(|action| (action == NAMESPACES).then(|| ok(&namespaces(&["shop"], ""))));
    let session = fake.session().await.unwrap();
    let scope = session.collect(&everything(), &observer()).await;
    assert_eq!(scope.id, session.address_id());
    assert!(scope.id.starts_with("server-") && scope.id.len() == 23, "{}", scope.id);
    let odd = cluster(|action| {
        let mut page = namespaces(&["kube-system"], "");
        page["items"][0]["metadata"]["uid"] = json!("../\u{1b}[31m");
        (action == NAMESPACES).then(|| ok(&page))
    });
    assert!(collected(&odd, &everything()).await.id.starts_with("server-"));
}

#[tokio::test]
async fn a_version_that_cannot_be_read_is_a_gap_and_not_the_end() {
    for reply in
        [status(403, "Forbidden", "no", json!({})), ok(&json!({})), ok(&json!({ "gitVersion": 3 }))]
    {
        let fake = cluster(move |action| (action == VERSION).then(|| reply.clone()));
        let scope = collected(&fake, &everything()).await;
        let [cluster] = scope.clusters.items.as_slice() else { panic!() };
        let gap = scope.gap(cluster.version.gap().unwrap()).unwrap();
        assert_eq!(gap.action, VERSION);
        assert_eq!(scope.workloads.items.len(), 1);
    }
}

#[tokio::test]
async fn credentials_that_are_not_accepted_are_an_error_without_the_token() {
    let fake =
        cluster(|_| Some(status(401, "Unauthorized", "Unauthorized canary-token", json!({}))));
    let access =
        Access { credential: Credential::Token(Secret::new("canary-token")), ..fake.access() };
    let error = Session::of(fake::client(access)).await.unwrap_err();
    assert!(matches!(&error, LoginError::Credentials { context, .. } if context == "prod"));
    assert!(!error.to_string().contains("canary"), "{error}");
    assert!(error.help().is_some());
    // There is no other token to be had.
    assert_eq!(fake.seen().len(), 1);
    assert_eq!(fake.seen()[0].header("authorization"), Some("Bearer canary-token"));
}

#[tokio::test]
async fn a_token_in_a_file_is_read_again_when_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "first\n").unwrap();
    let renewed = path.clone();
    let fake = Fake::serve(move |seen| match seen.header("authorization") {
        Some("Bearer first") => {
            std::fs::write(&renewed, "second").unwrap();
            status(401, "Unauthorized", "Unauthorized", json!({}))
        }
        _ => ok(&json!({ "gitVersion": "v1.33.0" })),
    });
    let access = Access { credential: Credential::File(path.clone()), ..fake.access() };
    let session = Session::of(fake::client(access)).await.unwrap();
    assert_eq!(session.version.unwrap(), "v1.33.0");
    let seen = fake.seen();
    let tokens: Vec<Option<&str>> = seen.iter().map(|seen| seen.header("authorization")).collect();
    assert_eq!(tokens, [Some("Bearer first"), Some("Bearer second")]);
    std::fs::write(&path, " \n").unwrap();
    let access = Access { credential: Credential::File(path), ..fake.access() };
    let error = Session::of(fake::client(access)).await.unwrap_err();
    assert!(error.to_string().contains("the token"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_credential_plugin_issues_a_token_once_for_all_calls() {
    let folder = tempfile::tempdir().unwrap();
    let count = folder.path().join("count");
    let script = format!(
        "echo x >> '{}'; echo '{{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{{\"token\":\"issued\"}}}}'",
        count.display()
    );
    let user = json!({ "apiVersion": "client.authentication.k8s.io/v1", "command": "sh", "args": ["-c", script] });
    let plugin = crate::read::Object::of(&user, "").unwrap();
    let plugin = super::super::exec::Plugin::read(plugin, std::path::Path::new("")).unwrap();
    let fake = cluster(|_| None);
    let access = Access { credential: Credential::Plugin(plugin), ..fake.access() };
    let session = Session::of(fake::client(access)).await.unwrap();
    session.collect(&everything(), &observer()).await;
    assert!(fake.seen().iter().all(|seen| seen.header("authorization") == Some("Bearer issued")));
    assert_eq!(std::fs::read_to_string(count).unwrap().lines().count(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_that_names_it() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut access = cluster(|_| None).access();
    access.server.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    drop(listener);
    let error = Session::of(fake::client(access.clone())).await.unwrap_err();
    let LoginError::Unreachable { server, cause, .. } = &error else { panic!("{error}") };
    assert_eq!(
        (server.as_str(), *cause),
        (super::super::login::shown(&access.server).as_str(), super::super::Cause::Refused)
    );
}

#[tokio::test]
async fn a_server_without_tls_where_tls_is_expected_is_an_error() {
    let mut access = cluster(|_| None).access();
    access.server.set_scheme("https").unwrap();
    let error = Session::of(fake::client(access)).await.unwrap_err();
    assert!(matches!(&error, LoginError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_server_below_a_path_is_called_there() {
    let fake = Fake::serve(|_| ok(&json!({ "gitVersion": "v1.33.0" })));
    let mut access = fake.access();
    access.server.set_path("/k8s/clusters/c-1/");
    Session::of(fake::client(access)).await.unwrap();
    assert_eq!(fake.seen()[0].path, "/k8s/clusters/c-1/version");
}

#[tokio::test]
async fn what_is_planned_is_what_is_called() {
    let left = Locked::new(0);
    let fake = Fake::serve(move |seen| {
        let action = action(seen).unwrap();
        match (&action.own, seen.parameter("limit"), seen.token()) {
            (Request::Path(_), ..) => ok(&json!({ "gitVersion": "v1.33.0" })),
            (Request::List(api), Some("1"), None) if api.resource == "namespaces" => {
                let mut page = namespaces(&["a"], "more");
                page["metadata"]["remainingItemCount"] = json!(1200);
                ok(&page)
            }
            (Request::List(api), _, token) if api.resource == "namespaces" => {
                *left.lock().unwrap() += 1;
                let next = match token {
                    None => "two",
                    Some("two") => "three",
                    _ => "",
                };
                ok(&namespaces(&["a"], next))
            }
            _ => panic!("{seen:?}"),
        }
    });
    let wanted = Wanted::default();
    let plan = fake.session().await.unwrap().plan(&wanted).await;
    let scope = collected(&fake, &wanted).await;
    let planned: Vec<(&str, u64, Bound)> =
        plan.calls.iter().map(|one| (one.action, one.calls, one.bound)).collect();
    assert_eq!(planned, [(VERSION, 1, Bound::Exact), (NAMESPACES, 3, Bound::Exact)]);
    for (action, calls, _) in planned {
        assert_eq!(scope.calls[action].operations, calls, "{action}");
    }
    assert_eq!(plan.asked[NAMESPACES].operations, 1);
}

#[tokio::test]
async fn who_stops_an_audit_gets_gaps() {
    let (tell, stop) = watch::channel(false);
    let fake = cluster(|_| None);
    let login = Login { unpaced: true, ..Login::default() };
    let client = Client::new(fake.access(), &login, &observer(), stop.into());
    let session = Session::of(client).await.unwrap();
    tell.send(true).unwrap();
    let scope = session.collect(&everything(), &observer()).await;
    let gap = scope.gap(scope.workloads.gaps[0]).unwrap();
    assert_eq!(gap.reason, Reason::Canceled);
    let (tell, stop) = watch::channel(true);
    let client = Client::new(fake.access(), &login, &observer(), stop.into());
    assert!(matches!(Session::of(client).await, Err(LoginError::Interrupted)));
    drop(tell);
}

#[test]
fn a_version_has_a_minor_version() {
    for (text, number) in [
        ("v1.33.2", Some(33)),
        ("v1.33.4-eks-0a1b2c3", Some(33)),
        ("v1.31+", Some(31)),
        ("1.33", None),
        ("v2.0.0", None),
        ("v1.x", None),
    ] {
        assert_eq!(minor(text), number, "{text}");
    }
}
