use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use super::super::{Server, Size, Violation, World, generate};
use super::{Client, world};
use crate::fault::{Fault, Rule};
use crate::pace::Quota;

const SHOP: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Node
metadata: {name: one}
status: {addresses: [{type: InternalIP, address: 10.0.0.7}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 5
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: example.com/web}]}
---
apiVersion: v1
kind: Secret
metadata: {name: web, namespace: shop}
stringData: {password: hidden}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: aws-auth, namespace: kube-system}
data: {mapRoles: ''}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec:
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  service: {name: metrics-server, namespace: kube-system}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ciliumnetworkpolicies.cilium.io}
spec:
  group: cilium.io
  scope: Namespaced
  names: {plural: ciliumnetworkpolicies, kind: CiliumNetworkPolicy, shortNames: [cnp]}
  versions: [{name: v2, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: web, namespace: shop}
spec: {endpointSelector: {}}
";

const PODS: &str = "/api/v1/namespaces/shop/pods";

#[tokio::test]
async fn lists_come_in_pages() {
    let client = Client::new(world(SHOP));
    let all = client.get(PODS).await;
    assert_eq!((all.status, all.names().len()), (200, 5));
    assert_eq!(all.json()["kind"], "PodList");
    // Items of a built-in kind do not repeat it.
    assert!(all.json()["items"][0].get("kind").is_none());
    assert!(all.json()["metadata"].get("continue").is_none());
    let (mut names, mut token, mut left) = (Vec::new(), String::new(), Vec::new());
    loop {
        let page = client.get(&format!("{PODS}?limit=2&continue={token}")).await;
        names.extend(page.names());
        left.push(page.json()["metadata"]["remainingItemCount"].as_u64());
        match page.json()["metadata"].get("continue") {
            Some(next) => token = next.as_str().unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!((names, left), (all.names(), vec![Some(3), Some(1), None]));
    let whole = client.get("/api/v1/pods?limit=500").await;
    assert_eq!(whole.names(), all.names());
    assert_eq!(client.get(&format!("{PODS}?limit=x")).await.status, 400);
    assert!(client.get("/api/v1/namespaces/nowhere/pods").await.names().is_empty());
}

#[tokio::test]
async fn namespaces_are_in_the_order_of_their_keys() {
    let namespaces = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: a}\n---\n\
        apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two, namespace: a-b}\n";
    let client = Client::new(world(namespaces));
    let page = client.get("/api/v1/configmaps?limit=1").await.json();
    // `-` comes before `/`.
    assert_eq!(page["items"][0]["metadata"]["namespace"], "a-b");
    let token = page["metadata"]["continue"].as_str().unwrap();
    let next = client.get(&format!("/api/v1/configmaps?limit=1&continue={token}")).await.json();
    assert_ne!(next["items"][0]["metadata"]["uid"], page["items"][0]["metadata"]["uid"]);
}

#[tokio::test]
async fn a_token_that_was_not_given_is_refused() {
    let client = Client::new(world(SHOP));
    for (token, message) in [
        ("!", "invalid continue token: continue key is not valid: "),
        (
            "e30",
            "invalid continue token: continue key is not valid: server does not recognize this encoded version",
        ),
    ] {
        let got = client.get(&format!("{PODS}?limit=2&continue={token}")).await;
        assert!(got.status == 400 && got.message().starts_with(message), "{}", got.text);
    }
    let token = client.get(&format!("{PODS}?limit=2")).await.json()["metadata"]["continue"].clone();
    let token = token.as_str().unwrap();
    let got = client.get(&format!("{PODS}?limit=2&resourceVersion=1&continue={token}")).await;
    assert_eq!(got.message(), "specifying resource version is not allowed when using continue");
}

#[tokio::test]
async fn an_expired_token_comes_with_another() {
    let mut world = world(SHOP);
    world.faults = vec![Rule {
        about: Some("continue=".to_owned()),
        times: Some(1),
        ..Rule::new("list pods", Fault::Gone)
    }];
    let client = Client::new(world);
    let page = client.get(&format!("{PODS}?limit=2")).await.json();
    let token = page["metadata"]["continue"].as_str().unwrap();
    let gone = client.get(&format!("{PODS}?limit=2&continue={token}")).await;
    assert_eq!((gone.status, &gone.json()["reason"]), (410, &"Expired".into()));
    assert!(gone.message().starts_with("The provided continue parameter is too old"));
    let fresh = gone.json()["metadata"]["continue"].as_str().unwrap().to_owned();
    assert_ne!(fresh, token);
    let next = client.get(&format!("{PODS}?limit=2&continue={fresh}")).await;
    assert_eq!(next.names(), client.get(PODS).await.names()[2..4]);
}

#[tokio::test]
async fn lists_without_an_end_repeat_their_page() {
    let mut world = world(SHOP);
    world.faults = vec![Rule::new("list pods", Fault::EndlessPages)];
    let client = Client::new(world);
    let first = client.get(&format!("{PODS}?limit=2")).await;
    let token = first.json()["metadata"]["continue"].as_str().unwrap().to_owned();
    let second = client.get(&format!("{PODS}?limit=2&continue={token}")).await;
    assert_eq!(first.names(), second.names());
    assert_eq!(second.json()["metadata"]["continue"], token.as_str());
}

#[tokio::test]
async fn a_server_may_give_shorter_pages_than_asked() {
    let client = Client::new(World { page_size: Some(2), ..world(SHOP) });
    assert_eq!(client.get(&format!("{PODS}?limit=500")).await.names().len(), 2);
    assert_eq!(client.get(PODS).await.names().len(), 5);
}

#[tokio::test]
async fn refusals_are_those_of_the_server() {
    let client = Client::user(world(SHOP), "ann");
    for (path, message, details) in [
        (
            "/api/v1/pods",
            "pods is forbidden: User \"ann\" cannot list resource \"pods\" in API group \"\" at the cluster scope",
            json!({ "kind": "pods" }),
        ),
        (
            "/apis/apps/v1/namespaces/shop/deployments",
            "deployments.apps is forbidden: User \"ann\" cannot list resource \"deployments\" in API group \"apps\" in the namespace \"shop\"",
            json!({ "kind": "deployments", "group": "apps" }),
        ),
        (
            "/api/v1/namespaces/kube-system/configmaps/aws-auth",
            "configmaps \"aws-auth\" is forbidden: User \"ann\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"kube-system\"",
            json!({ "kind": "configmaps", "name": "aws-auth" }),
        ),
        (
            "/api/v1/nodes/one/proxy/pods",
            "nodes \"one\" is forbidden: User \"ann\" cannot get resource \"nodes/proxy\" in API group \"\" at the cluster scope",
            json!({ "kind": "nodes", "name": "one" }),
        ),
        ("/metrics", "forbidden: User \"ann\" cannot get path \"/metrics\"", json!({})),
        // Also what is not served is denied first.
        (
            "/apis/example.com/v1/things",
            "things.example.com is forbidden: User \"ann\" cannot list resource \"things\" in API group \"example.com\" at the cluster scope",
            json!({ "kind": "things", "group": "example.com" }),
        ),
    ] {
        let got = client.get(path).await;
        assert_eq!((got.status, got.message().as_str()), (403, message));
        assert_eq!(
            (&got.json()["reason"], &got.json()["details"]),
            (&"Forbidden".into(), &details)
        );
    }
    let anonymous = client.send(http::Request::get("/api/v1/pods")).await;
    assert!(anonymous.message().contains("User \"system:anonymous\" cannot list"));
    let unknown = http::Request::get("/version").header("authorization", "Bearer other");
    let unknown = client.send(unknown).await;
    assert_eq!((unknown.status, unknown.message().as_str()), (401, "Unauthorized"));
    let closed = Client::new(World { anonymous: false, ..World::default() });
    assert_eq!(closed.send(http::Request::get("/version")).await.status, 401);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let client = Client::new(world(SHOP));
    for path in ["/apis/example.com/v1/things", "/apis/example.com", "/openapi/v3"] {
        let got = client.get(path).await;
        assert_eq!((got.status, got.text.as_str()), (404, "404 page not found\n"), "{path}");
    }
    // Of the server's own groups.
    for path in [
        "/api/v1/things",
        "/api/v9/pods",
        "/apis/apps/v1beta1/deployments",
        "/apis/policy/v1beta1",
        "/api/v1/pods/web",
        "/api/v1/namespaces/shop/nodes",
        "/api/v1/nodes/one/proxy",
    ] {
        let got = client.get(path).await;
        let message = "the server could not find the requested resource";
        assert_eq!((got.status, got.message().as_str()), (404, message), "{path}");
    }
    let got = client.get("/apis/apps/v1/namespaces/shop/deployments/other").await;
    assert_eq!((got.status, got.message().as_str()), (404, "deployments.apps \"other\" not found"));
    assert_eq!(client.get("/api/v1/namespaces/shop").await.json()["kind"], "Namespace");
}

#[tokio::test]
async fn throttling_and_other_faults_are_answered_by_action_user_and_namespace() {
    let mut world = world(SHOP);
    let within = |rule: Rule, namespace: &str| Rule { region: Some(namespace.to_owned()), ..rule };
    world.faults = vec![
        Rule::new("list pods", Fault::Throttled(Some(7))),
        within(Rule::new("list secrets", Fault::Denied), "shop"),
        Rule::new("list *.apps", Fault::ServerError),
        Rule::new("get /version", Fault::Expired),
        Rule { account: Some("other".to_owned()), ..Rule::new("*", Fault::Unavailable) },
    ];
    let client = Client::new(world);
    let throttled = client.get(PODS).await;
    assert_eq!(
        (throttled.status, throttled.text.as_str()),
        (429, "Too many requests, please try again later.\n")
    );
    assert_eq!(throttled.headers["retry-after"], "7");
    assert_eq!(client.get("/api/v1/namespaces/shop/secrets").await.status, 403);
    assert_eq!(client.get("/api/v1/secrets").await.status, 200);
    assert!(
        client
            .get("/apis/apps/v1/deployments")
            .await
            .message()
            .starts_with("Internal error occurred")
    );
    assert_eq!(client.get("/version").await.status, 401);
    assert_eq!(client.get("/api/v1/nodes").await.status, 200);
}

#[tokio::test]
async fn a_quota_counts_the_calls_of_a_user() {
    let quota = Quota { action: "list *".to_owned(), rate: 0.001, burst: Some(2.0) };
    let client = Client::new(World { quotas: vec![quota], ..World::default() });
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(client.get("/api/v1/nodes").await.status);
    }
    assert_eq!(found, [200, 200, 429]);
}

#[tokio::test]
async fn discovery_has_what_is_served() {
    let client = Client::new(world(SHOP));
    assert_eq!(client.get("/api").await.json()["versions"], json!(["v1"]));
    let groups = client.get("/apis").await.json();
    let names: Vec<&str> = groups["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert!(["apps", "cilium.io", "metrics.k8s.io"].iter().all(|one| names.contains(one)));
    assert_eq!(
        client.get("/apis/apps").await.json()["preferredVersion"]["groupVersion"],
        "apps/v1"
    );
    let core = client.get("/api/v1").await.json();
    let find = |name: &str| {
        core["resources"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned()
    };
    assert_eq!(find("pods").unwrap()["namespaced"], true);
    assert_eq!(find("nodes").unwrap()["kind"], "Node");
    assert!(find("pods/exec").is_some());
    let custom = client.get("/apis/cilium.io/v2").await.json();
    assert_eq!(custom["resources"][0]["name"], "ciliumnetworkpolicies");
    let version = client.get("/version").await.json();
    assert_eq!((&version["gitVersion"], &version["minor"]), (&"v1.35.2".into(), &"35".into()));
}

#[tokio::test]
async fn aggregated_discovery_is_one_document() {
    let client = Client::new(world(SHOP));
    let accept =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    let got = client.get_as("/apis", accept).await;
    let kind = got.headers["content-type"].to_str().unwrap();
    assert!(kind.contains("as=APIGroupDiscoveryList"));
    let groups = got.json()["items"].as_array().unwrap().clone();
    let group = |name: &str| groups.iter().find(|one| one["metadata"]["name"] == name).unwrap();
    let deployments = &group("apps")["versions"][0]["resources"];
    let found = deployments.as_array().unwrap().iter().find(|one| one["resource"] == "deployments");
    assert_eq!(found.unwrap()["scope"], "Namespaced");
    assert_eq!(group("metrics.k8s.io")["versions"][0]["freshness"], "Stale");
    assert!(group("metrics.k8s.io")["versions"][0].get("resources").is_none());
    let core = client.get_as("/api", accept).await.json();
    assert_eq!(core["items"][0]["metadata"], json!({}));
}

#[tokio::test]
async fn a_server_behind_the_server_may_be_gone() {
    let client = Client::new(world(SHOP));
    for path in ["/apis/metrics.k8s.io/v1beta1", "/apis/metrics.k8s.io/v1beta1/nodes"] {
        let got = client.get(path).await;
        assert_eq!((got.status, got.text.as_str()), (503, "service unavailable\n"), "{path}");
    }
}

#[tokio::test]
async fn metadata_alone_is_a_list_of_another_kind() {
    let client = Client::new(world(SHOP));
    let accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    let got = client.get_as("/apis/apps/v1/replicasets?limit=1", accept).await.json();
    assert_eq!(
        (&got["kind"], &got["apiVersion"]),
        (&"PartialObjectMetadataList".into(), &"meta.k8s.io/v1".into())
    );
    let item = &got["items"][0];
    assert_eq!(item["kind"], "PartialObjectMetadata");
    assert!(item.get("spec").is_none());
    assert_eq!(item["metadata"]["ownerReferences"][0]["kind"], "Deployment");
    assert_eq!(
        client.get_as("/apis/apps/v1/namespaces/shop/deployments/web", accept).await.status,
        406
    );
    let protobuf = client.get_as("/api/v1/pods", "application/vnd.kubernetes.protobuf").await;
    assert_eq!((protobuf.status, &protobuf.json()["reason"]), (406, &"NotAcceptable".into()));
}

#[tokio::test]
async fn lists_can_be_selected_from() {
    let client = Client::new(world(SHOP));
    for (query, count) in [
        ("fieldSelector=metadata.name%3Daws-auth", 1),
        ("fieldSelector=metadata.namespace!%3Dshop,metadata.name%3Daws-auth", 1),
        ("fieldSelector=metadata.namespace%3Dshop,metadata.name%3Daws-auth", 0),
    ] {
        assert_eq!(
            client.get(&format!("/api/v1/configmaps?{query}")).await.names().len(),
            count,
            "{query}"
        );
    }
    for (selector, count) in [
        ("app%3Dweb", 5),
        ("app%3D%3Dweb", 5),
        ("app!%3Dweb", 0),
        ("app", 5),
        ("!app", 0),
        ("app in (web, db),pod-template-hash", 5),
        ("app notin (web)", 0),
    ] {
        let selector = selector.replace(' ', "%20");
        let got = client.get(&format!("{PODS}?labelSelector={selector}&limit=500")).await;
        assert_eq!(got.names().len(), count, "{selector}");
    }
    assert_eq!(client.get(&format!("{PODS}?labelSelector=a%20b")).await.status, 400);
    assert_eq!(client.get(&format!("{PODS}?fieldSelector=spec.x%3Dy")).await.status, 400);
    // With a selector the server does not count.
    let page = client.get(&format!("{PODS}?labelSelector=app&limit=1")).await.json();
    assert!(page["metadata"].get("remainingItemCount").is_none());
    assert!(page["metadata"].get("continue").is_some());
}

#[tokio::test]
async fn whatever_is_not_a_read_is_refused_and_recorded() {
    let client = Client::new(world(SHOP));
    for (method, path, status, violation) in [
        (
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            405,
            Some(Violation::Writes),
        ),
        (
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
            405,
            Some(Violation::Writes),
        ),
        ("DELETE", "/api/v1/namespaces/shop/pods", 405, Some(Violation::Writes)),
        ("PATCH", "/api/v1/namespaces/shop", 405, Some(Violation::Writes)),
        ("POST", "/api/v1/things", 404, Some(Violation::Writes)),
        ("GET", "/api/v1/pods?watch=true", 405, Some(Violation::Watches)),
        ("GET", "/api/v1/secrets", 200, Some(Violation::ReadsSecrets)),
        ("GET", "/api/v1/namespaces/shop/secrets/web", 200, Some(Violation::ReadsSecrets)),
        ("GET", "/api/v1/nodes/one/proxy", 404, Some(Violation::UsesSubresource)),
        ("GET", "/api/v1/namespaces/shop/pods/web/log", 404, Some(Violation::UsesSubresource)),
        ("GET", "/api/v1/pods", 200, None),
        ("GET", "/apis", 200, None),
    ] {
        let got = client.send(client.request(method, path)).await;
        assert_eq!(got.status, status, "{method} {path}: {}", got.text);
        let recorded = client.simulator.last();
        assert_eq!(recorded.violation, violation, "{method} {path}");
    }
    let accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    let metadata = client.get_as("/api/v1/secrets", accept).await;
    assert!(!metadata.text.contains("hidden"));
    assert!(client.simulator.last().metadata_only && client.simulator.last().violation.is_none());
    let other = client.request("GET", "/api/v1/pods").header("impersonate-user", "root");
    assert_eq!(client.send(other).await.status, 403);
    assert_eq!(client.simulator.last().violation, Some(Violation::Impersonates));
    // Without a permission, a write is denied like anything else.
    let ann = Client::user(world(SHOP), "ann");
    let got = ann.send(ann.request("POST", PODS)).await;
    assert!(got.message().contains("User \"ann\" cannot create resource \"pods\""));
}

#[tokio::test]
async fn controllers_make_what_a_cluster_has() {
    let client = Client::new(world(SHOP));
    let pod = client.get(PODS).await.json()["items"][0].clone();
    let owner = &pod["metadata"]["ownerReferences"][0];
    let sets = client.get("/apis/apps/v1/replicasets").await.json();
    assert_eq!(
        (&owner["kind"], &owner["uid"]),
        (&"ReplicaSet".into(), &sets["items"][0]["metadata"]["uid"])
    );
    assert_eq!(pod["spec"]["serviceAccountName"], "default");
    assert_eq!(pod["spec"]["nodeName"], "one");
    assert_eq!(
        (&pod["status"]["phase"], &pod["status"]["hostIP"]),
        (&"Running".into(), &"10.0.0.7".into())
    );
    let volume = pod["spec"]["volumes"][0]["name"].as_str().unwrap();
    assert!(volume.starts_with("kube-api-access-"));
    assert_eq!(pod["spec"]["containers"][0]["imagePullPolicy"], "Always");
    let namespace = client.get("/api/v1/namespaces/shop").await.json();
    assert_eq!(namespace["metadata"]["labels"]["kubernetes.io/metadata.name"], "shop");
    assert!(
        client.get("/api/v1/serviceaccounts").await.names().iter().all(|name| name == "default")
    );
    assert!(
        client
            .get("/apis/apiregistration.k8s.io/v1/apiservices")
            .await
            .names()
            .contains(&"v1.apps".to_owned())
    );
    let bare = World { controllers: false, bootstrap: false, ..world(SHOP) };
    let bare = Client::new(bare);
    assert!(bare.get("/api/v1/pods").await.names().is_empty());
    assert!(bare.get("/apis/rbac.authorization.k8s.io/v1/clusterroles").await.names().is_empty());
}

#[test]
fn a_world_that_no_cluster_can_be_is_an_error() {
    let served = |objects: Vec<serde_json::Value>| {
        super::super::cluster::complete(&World { objects, ..World::default() }).map(drop)
    };
    let object = |version: &str, kind: &str, namespace: &str| json!({ "apiVersion": version, "kind": kind, "metadata": { "name": "a", "namespace": namespace } });
    for (one, words) in [
        (object("cilium.io/v2", "CiliumNetworkPolicy", "a"), "no CustomResourceDefinition"),
        (object("v1", "Node", "a"), "not in a namespace"),
        (json!({ "apiVersion": "v1", "kind": "Pod", "metadata": {} }), "no name"),
        (
            object("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy", ""),
            "does not serve",
        ),
    ] {
        let error = served(vec![one]).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    // What makes no sense to a reader is served as it is.
    let mut pod = object("v1", "Pod", "a");
    pod["spec"] = json!(5);
    assert!(served(vec![pod]).is_ok());
    let mistake = World::of_manifests(
        "bad.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspce: {}\n",
    );
    assert!(mistake.unwrap_err().to_string().contains("bad.yaml:4:1: spce: unknown field"));
    let old = World { version: "1.35".to_owned(), ..World::default() };
    assert!(super::super::cluster::complete(&old).is_err());
}

#[test]
fn settings_are_read_from_text() {
    let world = World::parse(
        "version = 'v1.33.4-eks-0a1b2c3'\npage_size = 2\n[[identities]]\ntoken = 't'\nuser = 'ann'\ngroups = ['dev']\n\
         [[faults]]\naction = 'list secrets'\nfault = 'denied'\n",
    )
    .unwrap();
    assert_eq!((world.minor().unwrap(), world.identities.len(), world.faults.len()), (33, 1, 1));
    assert!(World::parse("nodes = 5").is_err());
}

#[tokio::test]
async fn a_generated_cluster_is_as_large_as_asked() {
    let size = Size { pods: 41, ..Size::default() };
    let client = Client::new(generate(size));
    let count = async |path: &str| client.get(path).await.names().len();
    assert_eq!(count("/api/v1/pods").await, 41 + size.nodes);
    assert_eq!(count("/apis/networking.k8s.io/v1/networkpolicies").await, size.policies);
    assert_eq!(count("/api/v1/nodes").await, size.nodes);
    let again = Client::new(generate(size));
    assert_eq!(again.get("/api/v1/pods").await.text, client.get("/api/v1/pods").await.text);
    assert_ne!(generate(Size { seed: 2, ..size }).objects, generate(size).objects);
    // It can be written as manifests, and these are without a mistake.
    let items = json!({ "apiVersion": "v1", "kind": "List", "items": generate(size).objects });
    assert!(World::of_manifests("generated.json", &items.to_string()).is_ok());
}

/// Over a connection: what was sent before it ended.
fn raw(url: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let mut request = format!("GET {target} HTTP/1.1\r\nhost: simulated\r\nconnection: close\r\n");
    write!(request, "authorization: Bearer simulated-admin\r\n\r\n").unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    String::from_utf8(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_cut_off_malformed_and_of_other_kinds() {
    let mut world = world(SHOP);
    let empty = r#"{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}"#;
    world.faults = vec![
        Rule::new("list pods", Fault::Truncated),
        Rule::new("list nodes", Fault::Malformed),
        Rule::new("list services", Fault::WrongType),
        Rule::new("list endpoints", Fault::Body(empty.to_owned())),
        Rule::new("list events", Fault::Reset),
        Rule::new("list secrets", Fault::Cut(3)),
    ];
    let server = Server::start(world, None).await.unwrap();
    let body = |target: &str| {
        let text = raw(&server.url(), target);
        text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    };
    let is_json = |body: &str| serde_json::from_str::<serde_json::Value>(body).is_ok();
    assert!(!is_json(&body("/api/v1/pods")));
    assert!(!is_json(&body("/api/v1/nodes")));
    assert!(body("/api/v1/services").starts_with("<html>"));
    assert_eq!(body("/api/v1/endpoints"), empty);
    assert!(body("/api/v1/events").is_empty());
    assert!(body("/api/v1/secrets").len() < 100);
    assert!(body("/version").contains("gitVersion"));
    assert_eq!(server.calls()["list pods"], 1);
    assert_eq!(server.violations().len(), 1);
    let config: serde_json::Value = serde_json::from_str(&server.kubeconfig("t")).unwrap();
    assert_eq!(config["clusters"][0]["cluster"]["server"], server.url());
    let invalid = World { version: "x".to_owned(), ..World::default() };
    let error = Server::start(invalid, None).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}
