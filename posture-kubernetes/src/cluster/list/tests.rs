use std::sync::Mutex;

use posture_model::gap::Gap;
use posture_model::provider::Provider;
use posture_model::resource::Kind;
use posture_model::scope::Scope;
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use serde_json::json;

use super::super::fake::{Fake, Reply, Seen, namespaces, ok, status};
use super::*;
use crate::action::listing;
use crate::inventory::Origin;
use crate::pod_security::Version;

/// The names that were found, and the gaps of the list.
async fn listed(fake: &Fake) -> (Vec<String>, Vec<Gap>) {
    let client = fake.client();
    let (action, api) = listing("Namespace").unwrap();
    let root = Inventory::new(Origin::Cluster, Version::NEWEST.into());
    let new = || root.another();
    let taken = read(&client, (action, api), None, Some(33), &new, |_| {}).await;
    let mut all = root.another();
    match taken {
        Ok(taken) => all.add(taken),
        Err(gap) => all.unread(action, gap),
    }
    let mut scope = Scope::unread(Provider::Kubernetes, "1", "kubernetes", Time::from_unix(0));
    all.fill(&Wanted::of(&[], &[Kind::Namespace]), &mut scope);
    scope.canonicalise();
    let names = scope.namespaces.items.iter().map(|one| one.name.clone()).collect();
    let gaps = scope.namespaces.gaps.iter().map(|gap| scope.gap(*gap).unwrap().clone()).collect();
    (names, gaps)
}

async fn of(answer: impl Fn(&Seen) -> Reply + Send + 'static) -> (Vec<String>, Vec<Gap>, Fake) {
    let fake = Fake::serve(answer);
    let (names, gaps) = listed(&fake).await;
    (names, gaps, fake)
}

fn reasons(gaps: &[Gap]) -> Vec<(Reason, &str)> {
    gaps.iter().map(|gap| (gap.reason, gap.detail.as_deref().unwrap_or_default())).collect()
}

#[tokio::test]
async fn a_list_is_read_to_its_end_in_pages() {
    let (names, gaps, fake) = of(|seen| {
        assert_eq!(
            (seen.path.as_str(), seen.parameter("limit")),
            ("/api/v1/namespaces", Some("500"))
        );
        ok(&match seen.token() {
            None => namespaces(&["a", "b"], "two"),
            // An empty page may have a token.
            Some("two") => namespaces(&[], "three"),
            Some("three") => namespaces(&["c"], ""),
            Some(other) => panic!("{other}"),
        })
    })
    .await;
    assert_eq!((names, gaps), (vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], vec![]));
    assert_eq!(fake.seen().len(), 3);
}

#[tokio::test]
async fn a_list_without_items_is_complete() {
    let (names, gaps, _) = of(|_| ok(&namespaces(&[], ""))).await;
    assert_eq!((names, gaps), (vec![], vec![]));
}

/// A list that expires when it is continued, the first `times` times.
fn expiring(times: usize, offered: &'static str) -> impl Fn(&Seen) -> Reply + Send + 'static {
    let expired = Mutex::new(0);
    move |seen| match seen.token() {
        // What was there first is gone when the list is read again.
        None if *expired.lock().unwrap() == 0 => ok(&namespaces(&["gone"], "two")),
        None => ok(&namespaces(&["a"], "two")),
        Some("two") => {
            let mut expired = expired.lock().unwrap();
            *expired += 1;
            match *expired <= times {
                true => status(410, "Expired", "too old", json!({ "continue": offered })),
                false => ok(&namespaces(&["b"], "")),
            }
        }
        Some(_) => ok(&namespaces(&["c"], "")),
    }
}

#[tokio::test]
async fn a_list_that_expires_is_read_again_once() {
    let (names, gaps, _) = of(expiring(1, "later")).await;
    assert_eq!((names, gaps), (vec!["a".to_owned(), "b".to_owned()], vec![]));
}

#[tokio::test]
async fn a_list_that_expires_twice_goes_on_and_is_not_complete() {
    let (names, gaps, fake) = of(expiring(2, "later")).await;
    assert_eq!(names, ["a", "c"]);
    let what = "the list is not of one moment: it changed while it was read";
    assert_eq!(reasons(&gaps), [(Reason::Incomplete, what)]);
    assert_eq!(fake.seen().len(), 5);
    let (names, gaps, _) = of(expiring(2, "")).await;
    assert_eq!(names, ["a"]);
    assert_eq!(reasons(&gaps), [(Reason::Incomplete, "the list expired before its end, twice")]);
}

#[tokio::test]
async fn a_list_whose_pages_are_of_two_moments_is_not_complete() {
    let (names, gaps, _) = of(|seen| {
        let mut page = match seen.token() {
            None => namespaces(&["a"], "two"),
            Some(_) => namespaces(&["b"], ""),
        };
        page["metadata"]["resourceVersion"] = json!(seen.token().unwrap_or("one"));
        ok(&page)
    })
    .await;
    assert_eq!(names, ["a", "b"]);
    assert_eq!(gaps[0].reason, Reason::Incomplete);
}

#[tokio::test]
async fn a_list_that_returns_to_a_page_ends() {
    let (names, gaps, _) = of(|_| ok(&namespaces(&["a"], "again"))).await;
    assert_eq!(names, ["a"]);
    let what = "the list returns to an earlier page";
    assert_eq!(reasons(&gaps), [(Reason::Incomplete, what)]);
}

#[tokio::test]
async fn a_denied_list_is_a_gap_with_verb_and_resource() {
    let message = "namespaces is forbidden: User \"a\" cannot list resource \"namespaces\" in API group \"\" at the cluster scope";
    let (names, gaps, fake) = of(move |_| status(403, "Forbidden", message, json!({}))).await;
    assert_eq!(names, Vec::<String>::new());
    assert_eq!(reasons(&gaps), [(Reason::Denied, message)]);
    assert_eq!(
        (gaps[0].action.as_str(), gaps[0].code.as_deref()),
        ("list namespaces", Some("Forbidden"))
    );
    assert_eq!(fake.seen().len(), 1);
}

#[tokio::test]
async fn each_refusal_has_its_reason() {
    for (code, reason, requests) in [
        (401, Reason::Credentials, 1),
        (403, Reason::Denied, 1),
        (404, Reason::Unsupported, 1),
        (406, Reason::Unsupported, 1),
        (302, Reason::Unsupported, 1),
        // Without a token that could have expired.
        (410, Reason::Incomplete, 1),
        (429, Reason::Throttled, 3),
        (500, Reason::ServerError, 3),
        (503, Reason::ServerError, 3),
        (504, Reason::TimedOut, 3),
    ] {
        let (_, gaps, fake) = of(move |_| (code, "", "not found".to_owned())).await;
        assert_eq!(reasons(&gaps), [(reason, "not found")], "{code}");
        assert_eq!(fake.seen().len(), requests, "{code}");
    }
}

#[tokio::test]
async fn what_passes_by_is_repeated() {
    let left = Mutex::new(vec![429, 503]);
    let (names, gaps, _) = of(move |_| match left.lock().unwrap().pop() {
        Some(code) => (code, "retry-after: 7\r\n", String::new()),
        None => ok(&namespaces(&["a"], "")),
    })
    .await;
    assert_eq!((names, gaps), (vec!["a".to_owned()], vec![]));
}

#[tokio::test]
async fn a_page_in_the_middle_that_fails_keeps_what_was_read() {
    let (names, gaps, _) = of(|seen| match seen.token() {
        None => ok(&namespaces(&["a"], "two")),
        Some(_) => status(403, "Forbidden", "no more", json!({})),
    })
    .await;
    assert_eq!(names, ["a"]);
    assert_eq!(reasons(&gaps), [(Reason::Denied, "no more")]);
}

#[tokio::test]
async fn what_does_not_have_the_form_of_a_list_is_malformed() {
    let whole = namespaces(&["a"], "").to_string();
    let mut bodies = vec![
        String::new(),
        whole[..whole.len() - 2].to_owned(),
        "<html>sign in</html>".to_owned(),
        "[]".to_owned(),
    ];
    let mut changed = |change: &dyn Fn(&mut Value)| {
        let mut page = namespaces(&["a"], "");
        change(&mut page);
        bodies.push(page.to_string());
    };
    changed(&|page| page["kind"] = json!("PodList"));
    changed(&|page| page["apiVersion"] = json!("v2"));
    changed(&|page| page["items"] = Value::Null);
    changed(&|page| page["items"] = json!({}));
    changed(&|page| page["metadata"] = Value::Null);
    changed(&|page| page["metadata"]["continue"] = json!(3));
    changed(&|page| page["metadata"]["remainingItemCount"] = json!(3));
    changed(&|page| page["metadata"]["remainingItemCount"] = json!("x"));
    for body in bodies {
        let shown = body.clone();
        let (names, gaps, _) = of(move |_| (200, "", body.clone())).await;
        assert_eq!(names, Vec::<String>::new(), "{shown}");
        assert_eq!(gaps.len(), 1, "{shown}");
        assert_eq!(gaps[0].reason, Reason::Malformed, "{shown}");
        assert_eq!(gaps[0].action, "list namespaces");
    }
}

#[tokio::test]
async fn an_item_that_makes_no_sense_leaves_the_list_open_and_the_others_read() {
    for item in [
        Value::Null,
        json!([]),
        json!({}),
        json!({ "metadata": {} }),
        json!({ "metadata": { "name": 3 } }),
        json!({ "metadata": { "name": "x", "namespace": "y" } }),
        json!({ "kind": "Pod", "metadata": { "name": "x" } }),
        json!({ "apiVersion": "v2", "metadata": { "name": "x" } }),
    ] {
        let shown = item.clone();
        let (names, gaps, _) = of(move |_| {
            let mut page = namespaces(&["a", "b"], "");
            page["items"][0] = item.clone();
            ok(&page)
        })
        .await;
        assert_eq!(names, ["b"], "{shown}");
        assert_eq!((gaps.len(), gaps[0].reason), (1, Reason::Malformed), "{shown}");
    }
}

#[test]
fn a_built_in_kind_is_absent_only_from_a_server_that_is_older() {
    assert!(is_newer("ValidatingAdmissionPolicy", Some(25)));
    for (kind, minor) in [
        ("ValidatingAdmissionPolicy", Some(26)),
        ("ValidatingAdmissionPolicy", None),
        ("CronJob", Some(20)),
    ] {
        assert!(!is_newer(kind, minor), "{kind} {minor:?}");
    }
}

#[tokio::test]
async fn an_extension_that_is_not_installed_has_no_objects() {
    static ACTION: KubernetesAction = KubernetesAction {
        name: "list gateways.gateway.example.com",
        per: posture_collect::Per::page(PAGE),
        lists: &[],
        fills: &[],
        command: "",
        own: crate::action::Request::Path(""),
    };
    let api = Api {
        group: "gateway.example.com",
        version: "v1",
        resource: "gateways",
        kind: "Gateway",
        namespaced: true,
    };
    let group = |versions: &[&str]| {
        let versions: Vec<Value> = versions.iter().map(|one| json!({ "version": one })).collect();
        ok(&json!({ "kind": "APIGroup", "versions": versions }))
    };
    for (reply, expected) in [
        (status(404, "NotFound", "no", json!({})), None),
        (group(&["v1beta1", "v1"]), None),
        (group(&["v2"]), Some(Reason::Unsupported)),
        (status(403, "Forbidden", "no", json!({})), Some(Reason::Denied)),
        (ok(&json!({})), Some(Reason::Malformed)),
        (ok(&json!({ "versions": [{}] })), Some(Reason::Malformed)),
    ] {
        let fake = Fake::serve(move |seen| {
            assert_eq!(seen.path, "/apis/gateway.example.com");
            reply.clone()
        });
        let gap = Gap::new(ACTION.name, "", Reason::Unsupported);
        let found = not_served(&fake.client(), &ACTION, &api, Some(33), gap).await;
        assert_eq!(found.map(|gap| gap.reason), expected);
    }
}
