//! What is shipped for Kubernetes passes what is asked of others: strict reading, the restricted level, the least permissions. What
//! the chapter for users shows is what the reader answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails")]

use std::collections::BTreeSet;
use std::path::Path;

use posture_kubernetes::manifest::{self, Content, Manifest, Options};
use posture_kubernetes::pod_security::{self, Level, Mode, Setting, Version};
use posture_kubernetes::rbac::{Binding, Rbac, Request, Role, Subject};
use posture_kubernetes::workload::PodOf;
use posture_model::tri::Tri;

/// Every object of the files in a folder of `packaging/kubernetes`.
fn shipped(folder: &str) -> Vec<Manifest> {
    let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/kubernetes");
    let mut files: Vec<_> = std::fs::read_dir(packaging.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    let mut all = Vec::new();
    for path in files {
        for document in manifest::read(&std::fs::read(&path).unwrap(), &Options::default()) {
            match document.content {
                Content::Object(manifest) => all.push(manifest),
                other => panic!("{}: {other:?}", path.display()),
            }
        }
    }
    all
}

fn kinds(all: &[Manifest]) -> Vec<&str> {
    let mut kinds: Vec<&str> = all.iter().map(|one| one.identity.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds
}

#[test]
fn every_shipped_file_is_valid_and_restricted() {
    let (audit, schedule) = (shipped("cluster-audit"), shipped(""));
    let expected = [
        "ClusterRole",
        "ClusterRoleBinding",
        "CronJob",
        "Job",
        "Namespace",
        "NetworkPolicy",
        "ServiceAccount",
    ];
    assert_eq!(kinds(&audit), expected);
    assert_eq!(kinds(&schedule), ["ConfigMap", "CronJob"]);
    let mut pods = 0;
    for one in audit.iter().chain(&schedule) {
        let Some(pod) = PodOf::find(&one.object).unwrap() else { continue };
        pods += 1;
        for minor in [20, 25, 30, 37] {
            let version = Version::of_minor(minor);
            for judged in pod_security::evaluate(&pod, Level::Restricted, version).unwrap() {
                assert!(judged.passes(), "{:?} {}", one.identity, judged.check.id());
            }
        }
    }
    assert_eq!(pods, 3);
}

/// What is namespaced is in the namespace that comes with it, which enforces the level that the pods comply with.
#[test]
fn the_namespace_enforces_the_restricted_level() {
    let all = shipped("cluster-audit");
    for one in all.iter().filter(|one| one.namespaced) {
        assert_eq!(one.identity.namespace, "posture", "{:?}", one.identity);
    }
    let namespace = all.iter().find(|one| one.identity.kind == "Namespace").unwrap();
    let labels = namespace.object["metadata"]["labels"].as_object().unwrap();
    let labels =
        labels.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()));
    let labels = posture_kubernetes::labels::Labels::exactly(labels);
    let set = Setting::of("posture", &labels, Mode::Enforce).unwrap();
    assert_eq!(set.reaches(Level::Restricted), Tri::Yes);
}

/// The identity lists and reads the version, does nothing else, and what it lists holds no secrets.
#[test]
fn the_identity_only_lists_and_never_secrets() {
    let all = shipped("cluster-audit");
    let of = |kind: &'static str| all.iter().filter(move |one| one.identity.kind == kind);
    let roles: Vec<Role> = of("ClusterRole").map(|one| Role::read(&one.object).unwrap()).collect();
    for rule in roles.iter().flat_map(|role| &role.rules) {
        if !rule.urls.is_empty() {
            assert_eq!(
                (&rule.verbs[..], &rule.urls[..]),
                (&["get".into()][..], &["/apis".into(), "/version".into()][..])
            );
            assert!(rule.groups.is_empty() && rule.resources.is_empty(), "{rule:?}");
            continue;
        }
        assert_eq!(rule.verbs, ["list"], "{rule:?}");
        let plain = |text: &String| !text.contains(['*', '/']);
        assert!(rule.groups.iter().chain(&rule.resources).all(plain), "{rule:?}");
        assert!(rule.names.is_empty(), "{rule:?}");
    }
    let bindings =
        of("ClusterRoleBinding").map(|one| Binding::read(&one.object).unwrap()).collect();
    let rbac = Rbac::of_manifests(roles, bindings);
    assert_eq!(rbac.dangling().count(), 0);
    let account = Subject::account("posture", "posture-audit");
    let named: BTreeSet<&Subject> = rbac.subjects();
    assert_eq!(named, [&account].into());
    let may = |verb, group, resource| {
        let request = Request { verb, group, resource, namespace: None, name: None };
        !rbac.allows(&account, request).is_empty()
    };
    for (group, resource) in [
        ("", "pods"),
        ("", "namespaces"),
        ("", "serviceaccounts"),
        ("apps", "deployments"),
        ("batch", "cronjobs"),
        ("networking.k8s.io", "networkpolicies"),
        ("rbac.authorization.k8s.io", "clusterroles"),
    ] {
        assert!(may("list", group, resource), "{resource}");
        for verb in ["get", "watch", "create", "update", "patch", "delete", "escalate", "bind"] {
            assert!(!may(verb, group, resource), "{verb} {resource}");
        }
    }
    for resource in ["secrets", "configmaps", "nodes/proxy", "pods/exec", "pods/log"] {
        assert!(!may("list", "", resource) && !may("get", "", resource), "{resource}");
    }
    assert!(rbac.chain(&account).is_none());
}

/// The token is mounted by the pods of the audit and by no others of the account.
#[test]
fn the_token_is_mounted_where_it_is_needed() {
    let all = shipped("cluster-audit");
    let account = all.iter().find(|one| one.identity.kind == "ServiceAccount").unwrap();
    assert_eq!(account.object["automountServiceAccountToken"], false);
    for pod in all.iter().filter_map(|one| PodOf::find(&one.object).unwrap()) {
        assert_eq!(pod.value["spec"]["automountServiceAccountToken"], true);
        assert_eq!(pod.value["spec"]["serviceAccountName"], "posture-audit");
    }
}

/// The blocks of a language in a page.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let begin = format!("```{language}\n");
    page.split(&begin).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_chapter_for_users_shows_the_exact_answers() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/kubernetes.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut policies = blocks(&page, "yaml");
    policies.retain(|block| block.contains("kind: NetworkPolicy"));
    let [invalid, valid] = policies[..] else { panic!("{policies:?}") };
    let answers = |text: &str| -> Vec<String> {
        let documents = manifest::read(text.as_bytes(), &Options::default());
        let all = documents.into_iter().flat_map(|document| match document.content {
            Content::Invalid { mistakes, .. } => mistakes,
            _ => Vec::new(),
        });
        all.map(|mistake| mistake.to_string()).collect()
    };
    assert_eq!(blocks(&page, "text").first(), Some(&&*(answers(invalid).join("\n") + "\n")));
    assert_eq!(answers(valid), [""; 0]);
}
