use posture_model::fact::Known;
use posture_model::gap::Reason;
use posture_model::resource::{Kind, Namespace};
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};

use super::super::fake::{self, Fake, Reply, namespaces, observer, ok, status};
use super::*;
use crate::action::{ACTIONS, Request};

fn denied() -> Reply {
    status(403, "Forbidden", "no", json!({}))
}

fn list(api: &Api, items: &Value) -> Reply {
    ok(&json!({
        "kind": format!("{}List", api.kind), "apiVersion": api.api_version(),
        "metadata": { "resourceVersion": "7" }, "items": items,
    }))
}

/// A cluster that lists namespaces, and nothing else of all namespaces at once. What it lists in one of them is decided by its name and
/// the resource.
fn cluster(
    names: impl Fn() -> Reply + Send + 'static,
    of: impl Fn(&str, &Api) -> Option<Value> + Send + 'static,
) -> Fake {
    Fake::serve(move |seen| {
        if seen.path == "/apis" {
            return status(404, "NotFound", "no", json!({}));
        }
        let place = seen.path.split_once("/namespaces/").and_then(|(_, rest)| rest.split_once('/'));
        let place = place.map(|(place, _)| place);
        let action = ACTIONS.iter().find(|action| match &action.own {
            Request::List(api) => api.path(place) == seen.path,
            Request::Path(path) => *path == seen.path,
        });
        match (&action.unwrap_or_else(|| panic!("{seen:?}")).own, place) {
            (Request::Path(_), _) => ok(&json!({ "gitVersion": "v1.33.4" })),
            (Request::List(api), None) if api.resource == "namespaces" => names(),
            (Request::List(api), None) if api.namespaced => denied(),
            (Request::List(api), None) => list(api, &json!([])),
            (Request::List(api), Some(place)) => {
                of(place, api).map_or_else(denied, |items| list(api, &items))
            }
        }
    })
}

fn pod(namespace: &str) -> Value {
    json!([{
        "metadata": { "name": "a", "namespace": namespace },
        "spec": { "containers": [{ "name": "c", "securityContext": { "privileged": true } }] },
    }])
}

async fn collected(fake: &Fake, namespace: Option<&str>) -> Scope {
    let facts: Vec<_> = ACTIONS.iter().flat_map(|action| action.fills).copied().collect();
    let access =
        super::super::login::Access { namespace: namespace.map(str::to_owned), ..fake.access() };
    let session = Session::of(fake::client(access)).await.unwrap();
    session.collect(&Wanted::of(&facts, Kind::ALL), &observer()).await
}

fn gaps(scope: &Scope, kind: Kind) -> Vec<(String, Option<String>, Reason)> {
    let gaps = scope.listing_gaps(kind).iter().map(|gap| scope.gap(*gap).unwrap());
    gaps.map(|gap| (gap.action.clone(), gap.region.clone(), gap.reason)).collect()
}

fn three() -> Reply {
    ok(&namespaces(&["bank", "kube-system", "shop"], ""))
}

#[tokio::test]
async fn what_is_denied_for_all_is_read_where_it_is_allowed() {
    let fake = cluster(three, |place, api| {
        let items = if api.resource == "pods" { pod(place) } else { json!([]) };
        (place == "shop").then_some(items)
    });
    let scope = collected(&fake, None).await;
    let [workload] = scope.workloads.items.as_slice() else { panic!("{:?}", scope.workloads) };
    assert_eq!(workload.id, "Pod/shop/a");
    assert!(workload.privileged_containers.known().is_ok());
    // The others are gaps, each with its name.
    let all = gaps(&scope, Kind::Workload);
    for place in ["bank", "kube-system"] {
        let gap = ("list pods".to_owned(), Some(place.to_owned()), Reason::Denied);
        assert!(all.contains(&gap), "{all:?}");
    }
    assert!(all.iter().all(|(_, place, _)| !matches!(place.as_deref(), None | Some("shop"))));
    // What is known of one namespace is not known of another.
    let of = |name: &str| {
        let found = scope.namespaces.items.iter().find(|one| one.name == name);
        found.unwrap_or_else(|| panic!("{name}"))
    };
    assert_eq!(of("shop").network_policy, Known(false));
    assert_eq!(of("shop").resource_quota, Known(false));
    for fact in [&of("bank").network_policy, &of("bank").resource_quota, &of("bank").limit_range] {
        let gap = scope.gap(fact.gap().unwrap()).unwrap();
        assert_eq!((gap.reason, gap.region.as_deref()), (Reason::Denied, Some("bank")));
    }
    // The flags of the control plane are in kube-system, and a binding elsewhere may be to any subject.
    assert!(scope.clusters.items[0].anonymous_requests.known().is_err());
    assert!(!scope.rbac_subjects.is_complete());
}

#[tokio::test]
async fn what_is_allowed_in_every_namespace_is_complete() {
    let fake = cluster(three, |place, api| {
        Some(if api.resource == "pods" { pod(place) } else { json!([]) })
    });
    let scope = collected(&fake, None).await;
    assert_eq!(scope.workloads.items.len(), 3);
    assert!(scope.workloads.is_complete() && scope.rbac_subjects.is_complete());
}

#[tokio::test]
async fn what_is_denied_everywhere_is_one_gap() {
    let fake = cluster(three, |_, api| (api.resource != "pods").then(|| json!([])));
    let scope = collected(&fake, None).await;
    assert_eq!(gaps(&scope, Kind::Workload), [("list pods".to_owned(), None, Reason::Denied)]);
}

#[tokio::test]
async fn without_the_list_of_namespaces_only_that_of_the_context_is_read() {
    let of = |place: &str, api: &Api| {
        assert_eq!(place, "shop");
        Some(if api.resource == "pods" { pod(place) } else { json!([]) })
    };
    let fake = cluster(denied, of);
    let scope = collected(&fake, Some("shop")).await;
    assert_eq!(scope.workloads.items[0].id, "Pod/shop/a");
    // There may be others, so it is not known what they have.
    assert!(gaps(&scope, Kind::Workload).contains(&("list pods".to_owned(), None, Reason::Denied)));
    let [shop] = scope.namespaces.items.as_slice() else { panic!() };
    assert!(shop.network_policy.known().is_err());
    let fake = cluster(denied, |place, _| panic!("{place}"));
    assert!(collected(&fake, None).await.workloads.items.is_empty());
}

#[tokio::test]
async fn namespaces_that_were_not_all_listed_leave_the_whole_open() {
    // The second page is denied.
    let first = || {
        let mut page = namespaces(&["shop"], "two");
        page["items"][0]["metadata"]["uid"] = json!("1");
        ok(&page)
    };
    let fake = Fake::serve(move |seen| match (seen.path.as_str(), seen.token()) {
        ("/version", _) => ok(&json!({ "gitVersion": "v1.33.4" })),
        ("/api/v1/namespaces", None) => first(),
        ("/api/v1/namespaces/shop/pods", _) => ok(&json!({
            "kind": "PodList", "apiVersion": "v1", "metadata": { "resourceVersion": "7" }, "items": pod("shop"),
        })),
        _ => denied(),
    });
    let scope = collected(&fake, None).await;
    assert_eq!(scope.workloads.items.len(), 1);
    assert!(gaps(&scope, Kind::Workload).contains(&("list pods".to_owned(), None, Reason::Denied)));
}

#[tokio::test]
async fn an_object_of_another_namespace_than_that_of_its_list_is_malformed() {
    let fake = cluster(three, |place, api| {
        (place == "shop").then(|| if api.resource == "pods" { pod("bank") } else { json!([]) })
    });
    let scope = collected(&fake, None).await;
    assert!(scope.workloads.items.is_empty());
    let malformed = ("list pods".to_owned(), Some("shop".to_owned()), Reason::Malformed);
    assert!(gaps(&scope, Kind::Workload).contains(&malformed));
}

#[tokio::test]
async fn names_that_lead_elsewhere_are_not_requested_and_the_number_is_bounded() {
    let odd = || ok(&namespaces(&["../../secrets", "shop"], ""));
    let fake = cluster(odd, |place, _| {
        assert_eq!(place, "shop");
        Some(json!([]))
    });
    let scope = collected(&fake, None).await;
    assert!(gaps(&scope, Kind::Workload).contains(&("list pods".to_owned(), None, Reason::Denied)));
    let names: Vec<String> = (0..MOST + 1).map(|number| format!("n-{number:04}")).collect();
    let many = move || ok(&namespaces(&names.iter().map(String::as_str).collect::<Vec<_>>(), ""));
    let fake = cluster(many, |place, _| {
        assert_ne!(place, "n-0199", "that of the context is before it");
        Some(json!([]))
    });
    let access =
        super::super::login::Access { namespace: Some("n-0200".to_owned()), ..fake.access() };
    let session = Session::of(fake::client(access)).await.unwrap();
    let wanted = Wanted::of(&[Namespace::RESOURCE_QUOTA], &[Kind::Namespace]);
    let scope = session.collect(&wanted, &observer()).await;
    assert_eq!(scope.calls["list resourcequotas"].operations, 1 + MOST as u64);
    let open = scope.namespaces.items.iter().filter(|one| one.resource_quota.known().is_err());
    assert_eq!(open.count(), MOST + 1);
}
