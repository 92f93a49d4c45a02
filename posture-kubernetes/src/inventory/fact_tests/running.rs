//! Which images run, and for which platform.

use super::*;

fn image(of: char) -> String {
    format!("registry.example/shop/web@sha256:{}", of.to_string().repeat(64))
}

/// A pod of the Deployment on a node, whose container runs an image.
fn running(name: &str, node: &str, image: &str) -> Value {
    let mut pod = pod(name, Some(("Deployment", "web")), &good());
    pod["spec"]["nodeName"] = json!(node);
    pod["status"] =
        json!({"phase": "Running", "containerStatuses": [{"name": "app", "imageID": image}]});
    pod
}

fn node(name: &str, info: Value) -> Value {
    json!({
        "kind": "Node", "metadata": {"name": name}, "spec": {},
        "status": {"nodeInfo": info, "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]},
    })
}

fn worker(name: &str, architecture: &str) -> Value {
    let version = "v1.35.2";
    node(
        name,
        json!({"kubeletVersion": version, "operatingSystem": "linux", "architecture": architecture}),
    )
}

fn undecided(scope: &Scope) -> Option<Gap> {
    let fact = &workload(scope, WEB).running_images;
    let gap = match fact {
        Known(entries) => entries.undecided(),
        other => other.gap(),
    };
    gap.and_then(|gap| scope.gap(gap)).cloned()
}

#[test]
fn pods_show_by_which_digest_and_for_which_platform_an_image_runs() {
    let scope = cluster(&[
        deployment(good()),
        worker("a", "amd64"),
        worker("b", "arm64"),
        running("web-1", "a", &image('0')),
        running("web-2", "a", &image('0')),
        running("web-3", "b", &image('1')),
    ]);
    let expected = [
        format!("app: {} (linux/amd64)", image('0')),
        format!("app: {} (linux/arm64)", image('1')),
    ];
    assert_eq!(entries(&workload(&scope, WEB).running_images), expected);
    assert_eq!(undecided(&scope), None);
}

#[test]
fn a_workload_without_a_pod_runs_nothing() {
    let scope = cluster(&[deployment(good())]);
    assert_eq!(workload(&scope, WEB).running_images, Known(Entries::none()));
    let scope = manifests(&[deployment(good()), running("web-1", "a", &image('0'))]);
    assert_eq!(workload(&scope, WEB).running_images, Fact::NotOffered);
    // A pod that has ended runs nothing any more.
    let mut ended = running("web-1", "a", &image('0'));
    ended["status"]["phase"] = json!("Succeeded");
    let scope = cluster(&[deployment(good()), ended]);
    assert_eq!(workload(&scope, WEB).running_images, Known(Entries::none()));
}

#[test]
fn what_is_not_reported_leaves_the_list_open() {
    let detail = |objects: &[Value]| undecided(&cluster(objects)).unwrap().detail.unwrap();
    let mut waiting = running("web-2", "a", "");
    waiting["status"]["phase"] = json!("Pending");
    let whole =
        [deployment(good()), worker("a", "amd64"), running("web-1", "a", &image('0')), waiting];
    assert_eq!(detail(&whole), "no digest of an image is reported for app");
    let [deployment, _, pod, _] = whole;
    let unknown = "the platform of node a is not known";
    assert_eq!(detail(&[deployment.clone(), pod.clone()]), unknown);
    for info in [
        json!({"kubeletVersion": "v1.35.2"}),
        json!({"kubeletVersion": "v1.35.2", "operatingSystem": "", "architecture": "amd64"}),
        json!({"kubeletVersion": "v1.35.2", "operatingSystem": "linux", "architecture": "a) (b"}),
    ] {
        assert_eq!(detail(&[deployment.clone(), pod.clone(), node("a", info)]), unknown);
    }
}

#[test]
fn a_list_that_was_not_read_leaves_it_open_for_its_reason() {
    let objects = [deployment(good()), running("web-1", "a", &image('0'))];
    for name in ["list nodes", "list pods", "list replicasets.apps", "list jobs.batch"] {
        let scope = scope_of(Origin::Cluster, |inventory| {
            for object in &objects {
                inventory.take(object, None);
            }
            inventory.unread(action(name), denied());
        });
        assert_eq!(undecided(&scope).unwrap().reason, Reason::Denied, "{name}");
    }
}
