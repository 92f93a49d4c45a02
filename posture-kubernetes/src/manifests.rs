//! Manifests in files: which files a path means, and what they declare.
//!
//! Nothing is skipped silently: [`Tree::skipped`] has the folders that are not read. A file that cannot be read, and a document that the API server would reject, is a gap with the reason
//! [`Reason::InvalidFile`]: what it would have declared is not known. Objects of kinds that extensions define, and documents that are
//! not Kubernetes objects, are counted.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use posture_collect::files::{bounded, named, shown};
use posture_model::gap::{Gap, Reason};
use posture_model::provider::Provider;
use posture_model::scope::Scope;
use posture_model::source::Source;
use posture_model::time::Time;
use posture_model::wanted::Wanted;

use crate::info::PARTITION;
use crate::inventory::{Inventory, Origin};
use crate::manifest::{self, Content, Mistake};
use crate::pod_security::Version;

/// The name of the action in gaps.
pub const ACTION: &str = "manifest";

/// The endings of the names of files that are read in a folder. [`kubectl`
/// reads](https://github.com/kubernetes/cli-runtime/blob/v0.33.0/pkg/resource/visitor.go) these, too.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// The most files of one audit.
const FILES: usize = 100_000;

/// How deep folders are followed.
const DEPTH: usize = 64;

/// Which manifests are read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Files and folders; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// The name of the whole, which identifies it in findings; the paths if there is none.
    pub name: Option<String>,
    /// The minor version of Kubernetes that the manifests are for.
    pub minor: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self { paths: Vec::new(), name: None, minor: manifest::NEWEST_MINOR }
    }
}

/// What was read, and what was left out of the judgment.
#[derive(Debug)]
pub struct Tree {
    /// The objects, as facts.
    pub scope: Scope,
    /// How many objects of built-in kinds there are.
    pub objects: usize,
    /// How many objects there are of each kind that an extension defines. They are not judged.
    pub custom: BTreeMap<String, usize>,
    /// The documents that are not Kubernetes objects, each as `values.yaml:1: why`.
    pub others: Vec<String>,
    /// The folders that were not read, each as `k8s/.old: why`.
    pub skipped: Vec<String>,
}

impl Tree {
    /// Whether there is neither an object to judge nor anything that may declare one.
    pub fn is_empty(&self) -> bool {
        let is_invalid = |gap: &Gap| gap.reason == Reason::InvalidFile;
        self.objects == 0 && !self.scope.gaps.iter().any(is_invalid)
    }
}

/// Reads what is wanted of manifests. The times are those at which the audit began and ended.
pub fn read(options: &Options, wanted: &Wanted, now: impl Fn() -> Time) -> Tree {
    let started = now();
    let name = options.name.clone().unwrap_or_else(|| named(&options.paths));
    let mut scope = Scope::unread(Provider::Kubernetes, name.clone(), PARTITION, started);
    scope.name = Some(name);
    let version = Version::of_minor(options.minor);
    let mut reading = Reading {
        options: manifest::Options { minor: options.minor, ..manifest::Options::default() },
        inventory: Inventory::new(Origin::Manifests, version.into()),
        files: 0,
        objects: 0,
        custom: BTreeMap::new(),
        others: Vec::new(),
        skipped: Vec::new(),
    };
    for path in &options.paths {
        if path.as_os_str() == "-" {
            let bytes = bounded(io::stdin().lock(), reading.options.limits.bytes);
            reading.file(Path::new("stdin"), bytes);
        } else {
            reading.path(path, 0);
        }
    }
    let Reading { inventory, objects, custom, others, skipped, .. } = reading;
    inventory.fill(wanted, &mut scope);
    scope.finished = now();
    scope.canonicalise();
    Tree { scope, objects, custom, others, skipped }
}

struct Reading {
    options: manifest::Options,
    inventory: Inventory,
    files: usize,
    objects: usize,
    custom: BTreeMap<String, usize>,
    others: Vec<String>,
    skipped: Vec<String>,
}

impl Reading {
    /// Reads a file, or those below a folder in the order of their names.
    fn path(&mut self, path: &Path, depth: usize) {
        let found = std::fs::metadata(path).and_then(|found| {
            if !found.is_dir() {
                return Ok(None);
            }
            let all: Result<Vec<_>, _> = std::fs::read_dir(path)?.collect();
            let mut all: Vec<PathBuf> = all?.into_iter().map(|entry| entry.path()).collect();
            all.sort();
            Ok(Some(all))
        });
        match found {
            Ok(None) => {
                let limit = self.options.limits.bytes;
                let bytes = std::fs::File::open(path).and_then(|file| bounded(file, limit));
                self.file(path, bytes);
            }
            Ok(Some(_)) if depth == DEPTH => {
                self.unreadable(path, format!("more than {DEPTH} folders deep: not read"));
            }
            Ok(Some(all)) => {
                for one in all {
                    self.entry(&one, depth);
                }
            }
            Err(error) => self.unreadable(path, error.to_string()),
        }
    }

    /// What is in a folder: files by their endings, and folders that are not hidden. Links are followed to files only, so that no
    /// folder is read twice. The other folders are named.
    fn entry(&mut self, path: &Path, depth: usize) {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let linked = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
        if path.is_dir() {
            match (linked, hidden) {
                (false, false) => self.path(path, depth + 1),
                (true, _) => self.skipped.push(format!("{}: a link to a folder", shown(path))),
                // That of Git holds no files to apply.
                (false, true) if path.ends_with(".git") => {}
                (false, true) => self.skipped.push(format!("{}: a hidden folder", shown(path))),
            }
            return;
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        if !ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            return;
        }
        // A pipe would be waited for, and a device may have no end.
        if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return self.unreadable(path, "not a regular file".to_owned());
        }
        self.path(path, depth);
    }

    fn unreadable(&mut self, path: &Path, why: String) {
        self.inventory.unreadable(Gap {
            detail: Some(why),
            ..Gap::new(ACTION, shown(path), Reason::InvalidFile)
        });
    }

    fn file(&mut self, path: &Path, bytes: io::Result<Vec<u8>>) {
        self.files += 1;
        if self.files > FILES {
            if self.files == FILES + 1 {
                self.unreadable(path, format!("more than {FILES} files: the rest was not read"));
            }
            return;
        }
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) => return self.unreadable(path, error.to_string()),
        };
        let file = shown(path);
        for document in manifest::read(&bytes, &self.options) {
            let line = u32::try_from(document.place.line).unwrap_or(u32::MAX);
            match document.content {
                Content::Object(manifest) => {
                    self.objects += 1;
                    let source = Source { file: file.clone(), line };
                    self.inventory.take(&manifest.object, Some(source));
                }
                Content::Custom { identity, object } => {
                    let source = Source { file: file.clone(), line };
                    if self.inventory.custom(&identity, &object, Some(source)) {
                        self.objects += 1;
                    } else {
                        *self.custom.entry(identity.kind).or_default() += 1;
                    }
                }
                Content::Invalid { identity, mistakes } => {
                    self.inventory.removed(&identity, Source { file: file.clone(), line });
                    for mistake in &mistakes {
                        self.inventory.invalid(&identity, gap(&file, mistake));
                    }
                }
                Content::Other(why) => self.others.push(format!("{file}:{line}: {why}")),
            }
        }
    }
}

/// `k8s/web.yaml:12:5`, and what is wrong there.
fn gap(file: &str, mistake: &Mistake) -> Gap {
    let Mistake { place, path, problem, fix } = mistake;
    let mut detail = if path.is_empty() { problem.clone() } else { format!("{path}: {problem}") };
    if let Some(fix) = fix {
        detail.push_str(": ");
        detail.push_str(fix);
    }
    let target = format!("{file}:{}:{}", place.line, place.column);
    Gap { detail: Some(detail), ..Gap::new(ACTION, target, Reason::InvalidFile) }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            (workload.id.as_str(), workload.region.as_deref()),
            ("Pod/shop/a", Some("shop"))
        );
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
            format!("apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: g, namespace: shop}}\nspec: {{listeners: [{{name: h, protocol: {protocol}}}]}}\n")
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
}
