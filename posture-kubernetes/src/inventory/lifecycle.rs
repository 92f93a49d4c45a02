//! Workloads that run what is no longer maintained.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::fact::Known;
use posture_model::resource::Workload;

use super::objects::{Observed, id};
use crate::read::{Invalid, Object};
use crate::workload::PodOf;

/// The ends of the repositories of the images of ingress-nginx, which is without releases since March 2026. Forks that others maintain
/// have other names.
static INGRESS_NGINX: Dated<&str> = Dated::new(
    &[
        "https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/",
        "https://kubernetes.io/blog/2026/01/29/ingress-nginx-statement/",
        "https://github.com/kubernetes/ingress-nginx",
    ],
    "2026-11-30",
    &[
        "ingress-nginx/controller",
        "ingress-nginx/controller-chroot",
        "kubernetes-ingress-controller/nginx-ingress-controller",
    ],
);

/// The images that each workload runs, as far as they are retired.
#[derive(Debug, Default)]
pub(super) struct Retired {
    /// The containers with the image, by the ID of the object or of the controller that manages it.
    by_object: BTreeMap<String, BTreeSet<String>>,
}

impl Retired {
    pub(super) fn extend(&mut self, other: Self) {
        for (object, containers) in other.by_object {
            self.by_object.entry(object).or_default().extend(containers);
        }
    }

    /// Takes from an object with pods which of its images are retired.
    pub(super) fn pods(&mut self, of: &Observed<'_>, unique: &str) -> Result<(), Invalid> {
        let Some(pod) = PodOf::find(of.object)? else { return Ok(()) };
        let Some(mut spec) = Object::of(pod.value, pod.path)?.object("spec")? else {
            return Ok(());
        };
        for mut container in spec.objects("containers")? {
            let name = container.text("name")?.unwrap_or_default();
            let image = container.text("image")?.unwrap_or_default();
            if !is_retired(image) {
                continue;
            }
            let entry = format!("{name}: {image}");
            self.by_object.entry(unique.to_owned()).or_default().insert(entry.clone());
            if let Some((kind, owner)) = &of.controller {
                let owner = id(kind, of.namespace.as_deref(), owner);
                self.by_object.entry(owner).or_default().insert(entry);
            }
        }
        Ok(())
    }

    /// Fills the fact of the workloads.
    pub(super) fn fill(&self, workloads: &mut [Workload]) {
        for workload in workloads {
            let found = self.by_object.get(&workload.id).into_iter().flatten();
            workload.retired_ingress = Known(found.cloned().collect::<Entries>());
        }
    }
}

/// Whether an image is of a retired controller, from whatever registry.
fn is_retired(image: &str) -> bool {
    let name = image.split('@').next().unwrap_or(image);
    // A colon after the last slash begins the tag; one before it, the port of the registry.
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    };
    INGRESS_NGINX.iter().any(|end| {
        name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_repository() {
        for (image, retired) in [
            ("registry.k8s.io/ingress-nginx/controller:v1.12.1@sha256:00", true),
            ("registry.k8s.io/ingress-nginx/controller", true),
            ("mirror.example.com:5000/k8s/ingress-nginx/controller-chroot:v1", true),
            ("quay.io/kubernetes-ingress-controller/nginx-ingress-controller:0.30.0", true),
            ("nginx/nginx-ingress:5.2.0", false),
            ("registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.5.1", false),
            ("example.com/my-ingress-nginx/controller:1", false),
            ("nginx:1.29", false),
            ("", false),
        ] {
            assert_eq!(is_retired(image), retired, "{image}");
        }
    }
}
