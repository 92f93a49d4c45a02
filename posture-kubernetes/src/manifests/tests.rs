use posture_model::fact::{Fact, Known};

use super::*;

fn read_in(files: &[(&str, &str)]) -> Tree {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let options = Options {
        paths: vec![folder.path().to_owned()],
        name: Some("shop".to_owned()),
        ..Options::default()
    };
    read(&options, &Wanted::everything(), || Time::from_unix(0))
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {containers: [{name: c, image: i, securityContext: {privileged: true}}]}\n";

#[test]
fn a_resource_has_its_file_and_line() {
    let tree = read_in(&[("web/pod.yaml", &format!("# a comment\n{POD}"))]);
    let [workload] = tree.scope.workloads.items.as_slice() else { panic!("{tree:?}") };
    assert_eq!((workload.id.as_str(), workload.region.as_deref()), ("Pod/shop/a", Some("shop")));
    let source = workload.source.as_deref().unwrap();
    assert!(source.file.ends_with("/web/pod.yaml") && source.line == 2, "{source}");
    let Known(entries) = &workload.privileged_containers else { panic!() };
    assert_eq!(entries.certain(), ["c: securityContext.privileged is true"]);
    assert!(tree.scope.workloads.is_complete());
}

#[test]
fn a_broken_file_among_good_ones_leaves_its_list_open_and_the_rest_judged() {
    let broken = POD.replace("securityContext", "securityContxt");
    let tree = read_in(&[("a.yaml", &broken), ("b.yaml", POD), ("notes.txt", "no")]);
    assert_eq!(tree.scope.workloads.items.len(), 1);
    let [gap] = tree.scope.workloads.gaps.as_slice() else { panic!() };
    let gap = tree.scope.gap(*gap).unwrap();
    assert_eq!(gap.reason, Reason::InvalidFile);
    assert!(gap.target.ends_with("a.yaml:4:41"), "{}", gap.target);
    assert!(gap.detail.as_deref().unwrap().contains("securityContxt"));
    // The list of another kind is not touched by it.
    assert!(tree.scope.services.is_complete());
    let text = "kind: [Pod\n";
    let tree = read_in(&[("a.yaml", text)]);
    assert!(!tree.scope.services.is_complete() && !tree.scope.workloads.is_complete());
}

#[test]
fn one_object_in_several_files_is_told_apart() {
    let tree = read_in(&[("dev/pod.yaml", POD), ("prod/pod.yaml", POD)]);
    let ids: Vec<&str> = tree.scope.workloads.items.iter().map(|w| w.id.as_str()).collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert!(ids[0] == "Pod/shop/a" && ids[1].ends_with("prod/pod.yaml"), "{ids:?}");
}

#[test]
fn what_is_not_judged_is_counted() {
    let custom = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n";
    let tree = read_in(&[("a.yaml", custom), ("values.yaml", "replicas: 3\n")]);
    assert_eq!(tree.objects, 0);
    assert_eq!(tree.custom, BTreeMap::from([("Thing".to_owned(), 1)]));
    assert!(tree.others[0].contains("values.yaml:1: it has neither"), "{:?}", tree.others);
}

#[test]
fn gateways_are_judged_each_with_its_file() {
    let gateway = |protocol: &str| {
        format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: g, namespace: shop}}\nspec: {{listeners: [{{name: h, protocol: {protocol}}}]}}\n"
        )
    };
    let tree = read_in(&[("dev/g.yaml", &gateway("HTTP")), ("prod/g.yaml", &gateway("HTTPS"))]);
    assert!(!tree.is_empty() && tree.custom.is_empty(), "{tree:?}");
    let all = &tree.scope.ingresses;
    assert!(all.is_complete(), "{:?}", tree.scope.gaps);
    let found: Vec<(bool, String)> = all
        .items
        .iter()
        .map(|one| (one.id.ends_with("prod/g.yaml"), one.source.as_deref().unwrap().to_string()))
        .collect();
    let [dev, prod] = found.as_slice() else { panic!("{found:?}") };
    assert!(!dev.0 && dev.1.ends_with("dev/g.yaml:1"), "{found:?}");
    assert!(prod.0 && prod.1.ends_with("prod/g.yaml:1"), "{found:?}");
}

#[test]
fn an_object_of_a_removed_version_is_named_as_one() {
    let scaler = "apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a, namespace: shop}\nspec: {maxReplicas: 1, scaleTargetRef: {kind: Deployment, name: a}}\n";
    let never = scaler.replace("v2beta2", "v9beta1");
    let tree = read_in(&[("a.yaml", scaler), ("b.yaml", &never)]);
    let [one] = tree.scope.beta_objects.items.as_slice() else { panic!("{tree:?}") };
    assert_eq!(one.api_version, Known("autoscaling/v2beta2".to_owned()));
    assert_eq!(one.removed_in, Known(Some("1.26".to_owned())));
    assert!(one.id.starts_with("HorizontalPodAutoscaler/shop/a@autoscaling/v2beta2 in "));
}

#[cfg(unix)]
#[test]
fn folders_that_are_not_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["real", ".old", ".git", "other"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let root = folder.path().join("real");
    std::fs::write(root.join("a.yaml"), POD).unwrap();
    std::os::unix::fs::symlink(folder.path().join("other"), root.join("link")).unwrap();
    let options = Options { paths: vec![folder.path().to_owned()], ..Options::default() };
    let tree = read(&options, &Wanted::everything(), || Time::from_unix(0));
    let [hidden, link] = tree.skipped.as_slice() else { panic!("{:?}", tree.skipped) };
    assert!(hidden.ends_with("/.old: a hidden folder"), "{hidden}");
    assert!(link.ends_with("/real/link: a link to a folder"), "{link}");
    assert_eq!(tree.scope.workloads.items.len(), 1);
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("a.yaml")).unwrap();
    std::os::unix::net::UnixListener::bind(folder.path().join("b.yaml")).unwrap();
    let options = Options { paths: vec![folder.path().to_owned()], ..Options::default() };
    let tree = read(&options, &Wanted::everything(), || Time::from_unix(0));
    let details: Vec<&str> =
        tree.scope.gaps.iter().filter_map(|gap| gap.detail.as_deref()).collect();
    assert_eq!(details, ["not a regular file", "not a regular file"]);
}

#[test]
fn items_of_lists_are_judged_and_policies_of_extensions_are_seen() {
    let list = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Namespace
  metadata: {name: shop}
- apiVersion: batch/v1
  kind: CronJob
  metadata: {name: nightly, namespace: shop}
  spec:
    schedule: '@daily'
    jobTemplate:
      spec:
        template:
          spec:
            restartPolicy: Never
            hostPID: true
            containers: [{name: c, image: i}]
";
    let tree = read_in(&[("a.yaml", list)]);
    let [job] = tree.scope.workloads.items.as_slice() else { panic!("{tree:?}") };
    let source = job.source.as_deref().unwrap();
    assert_eq!((job.id.as_str(), source.line), ("CronJob/shop/nightly", 7));
    let Known(entries) = &job.host_process_namespace else { panic!() };
    assert_eq!(entries.certain(), ["hostPID is true"]);
    assert_eq!(job.ingress_isolated, Known(false));
    // A policy of another kind may isolate it, and so may one with a mistake.
    let cilium = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, namespace: shop}\n";
    let invalid = "\
apiVersion: networking.k8s.io/v1beta1
kind: NetworkPolicy
metadata: {name: a, namespace: shop}
spec: {podSelector: {}, ingress: [{from: [{host: example.com}]}], ports: [{port: 80}]}
";
    for other in [cilium, invalid, "kind: [NetworkPolicy\n"] {
        let tree = read_in(&[("a.yaml", list), ("b.yaml", other)]);
        let [job] = tree.scope.workloads.items.as_slice() else { panic!("{tree:?}") };
        assert!(matches!(job.ingress_isolated, Fact::Gap(_)), "{other}");
        let shop = &tree.scope.namespaces.items[0];
        assert!(matches!(shop.default_deny_ingress, Fact::Gap(_)), "{other}");
    }
}

#[test]
fn a_path_that_does_not_exist_is_a_gap() {
    let options = Options { paths: vec!["/nowhere/at/all".into()], ..Options::default() };
    let tree = read(&options, &Wanted::everything(), || Time::from_unix(0));
    assert_eq!(tree.scope.id, "/nowhere/at/all");
    assert!(!tree.scope.workloads.is_complete());
}
