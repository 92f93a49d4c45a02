//! Which images the containers of pods run: what the kubelet reports, by digest.
//!
//! The kubelet passes on what its container runtime calls the image: the repository with the digest of the manifest or index that was
//! pulled, or the digest of the configuration alone.
//! [Source](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ContainerStatus), read on 2026-12-01.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};

use super::{Origin, View};
use crate::read::{Invalid, Object};

/// The lists of containers of a pod, each with that of their statuses.
const CONTAINERS: [(&str, &str); 3] = [
    ("initContainers", "initContainerStatuses"),
    ("containers", "containerStatuses"),
    ("ephemeralContainers", "ephemeralContainerStatuses"),
];

/// The lists without which a workload may have pods that were not seen: those of its pods, and of what is between it and them.
const LISTS: [&str; 3] = ["Pod", "ReplicaSet", "Job"];

/// The images that pods run.
#[derive(Clone, Debug, Default)]
pub(super) struct Running {
    /// Name of the container, image by its digest, and the node.
    images: BTreeSet<(String, String, String)>,
    /// The containers of which the status has no image by its digest.
    without: BTreeSet<String>,
}

impl Running {
    /// What the status of a pod shows.
    pub(super) fn of(mut pod: Object<'_>) -> Result<Self, Invalid> {
        let mut running = Self::default();
        let Some(mut spec) = pod.object("spec")? else { return Ok(running) };
        let node = spec.text("nodeName")?.unwrap_or_default().to_owned();
        let mut status = pod.object("status")?;
        for (containers, statuses) in CONTAINERS {
            let mut reported = BTreeMap::new();
            if let Some(status) = &mut status {
                for mut one in status.objects(statuses)? {
                    let image = one.text("imageID")?.and_then(by_digest);
                    reported.insert(one.text("name")?.unwrap_or_default().to_owned(), image);
                }
            }
            for mut container in spec.objects(containers)? {
                let name = container.text("name")?.unwrap_or_default().to_owned();
                match reported.remove(&name).flatten() {
                    Some(image) => drop(running.images.insert((name, image, node.clone()))),
                    None => drop(running.without.insert(name)),
                }
            }
        }
        Ok(running)
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.images.extend(other.images);
        self.without.extend(other.without);
    }

    /// The images as a fact of a workload, with the platforms of the nodes by their names.
    pub(super) fn fact(
        &self,
        id: &str,
        view: &View<'_>,
        platforms: &BTreeMap<String, String>,
    ) -> Fact<Entries> {
        let mut entries = BTreeSet::new();
        let mut nodes = BTreeSet::new();
        for (container, image, node) in &self.images {
            entries.insert(match platforms.get(node) {
                Some(platform) => format!("{container}: {image} ({platform})"),
                None => {
                    nodes.insert(node.as_str());
                    format!("{container}: {image}")
                }
            });
        }
        let pods = view.missing.of(LISTS).first().copied();
        let open = pods.or_else(|| {
            if !self.without.is_empty() {
                let names: Vec<&str> = self.without.iter().map(String::as_str).collect();
                let detail = format!("no digest of an image is reported for {}", names.join(", "));
                return Some(view.undetermined(id, &detail));
            }
            let node = nodes.first()?;
            let denied = view.missing.of(["Node"]).first().copied();
            Some(denied.unwrap_or_else(|| {
                view.undetermined(id, &format!("the platform of node {node} is not known"))
            }))
        });
        Entries::new(entries.into_iter().collect(), open).into_fact()
    }
}

/// The fact of a workload of which no pod was seen. A manifest has none.
pub(super) fn none(view: &View<'_>) -> Fact<Entries> {
    match view.missing.of(LISTS).first() {
        _ if view.origin == Origin::Manifests => Fact::NotOffered,
        Some(gap) => Fact::Gap(*gap),
        None => Known(Entries::none()),
    }
}

/// What a runtime calls an image, if that has a digest: `registry.example/web@sha256:…`, or `sha256:…` for that of the configuration.
/// Docker's shim [put](https://github.com/kubernetes/kubernetes/blob/v1.20.2/pkg/kubelet/dockershim/naming.go) a scheme before it.
fn by_digest(id: &str) -> Option<String> {
    let id = ["docker-pullable://", "docker://"]
        .iter()
        .find_map(|scheme| id.strip_prefix(scheme))
        .unwrap_or(id);
    let digest = id.rsplit_once('@').map_or(id, |(_, digest)| digest);
    let (algorithm, hex) = digest.split_once(':')?;
    let length = match algorithm {
        "sha256" => 64,
        "sha512" => 128,
        _ => return None,
    };
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '(';
    (hex.len() == length
        && hex.bytes().all(is_hex)
        && id.chars().all(is_plain)
        && !id.starts_with('@'))
    .then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn digest(of: char) -> String {
        format!("sha256:{}", of.to_string().repeat(64))
    }

    #[test]
    fn an_image_is_known_by_a_digest() {
        let whole = format!("registry.example:5000/web@{}", digest('a'));
        for id in [&whole, &format!("docker-pullable://{whole}")] {
            assert_eq!(by_digest(id).as_ref(), Some(&whole));
        }
        for id in [digest('b'), format!("docker://{}", digest('b'))] {
            assert_eq!(by_digest(&id), Some(digest('b')));
        }
        let short = format!("sha256:{}", "a".repeat(63));
        let upper = format!("sha256:{}", "A".repeat(64));
        let other = format!("md5:{}", "a".repeat(32));
        let spaced = format!("a b@{}", digest('a'));
        let alone = format!("@{}", digest('a'));
        for id in ["", "nginx:1", &"a".repeat(64), &short, &upper, &other, &spaced, &alone] {
            assert_eq!(by_digest(id), None, "{id}");
        }
    }

    fn of(pod: &Value) -> Running {
        Running::of(Object::of(pod, "").unwrap()).unwrap()
    }

    #[test]
    fn a_container_without_an_image_in_the_status_is_open() {
        let image = format!("r.example/web@{}", digest('a'));
        let pod = |statuses: Value| {
            json!({
                "spec": { "nodeName": "n", "initContainers": [{ "name": "set-up" }], "containers": [{ "name": "web" }] },
                "status": statuses,
            })
        };
        let status = |name: &str, id: &str| json!([{ "name": name, "imageID": id }]);
        let whole = of(&pod(json!({
            "initContainerStatuses": status("set-up", &digest('b')), "containerStatuses": status("web", &image),
        })));
        assert_eq!((whole.images.len(), whole.without.len()), (2, 0));
        for statuses in [
            Value::Null,
            json!({}),
            json!({ "containerStatuses": status("other", &image) }),
            json!({ "containerStatuses": status("web", "") }),
        ] {
            let running = of(&pod(statuses));
            assert_eq!((running.images.len(), running.without.len()), (0, 2));
        }
        let wrong = json!({ "spec": {}, "status": { "containerStatuses": [{ "imageID": 3 }] } });
        assert!(Running::of(Object::of(&wrong, "").unwrap()).is_err());
    }
}
