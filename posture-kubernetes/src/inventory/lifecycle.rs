//! Workloads that run what is no longer maintained.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::resource::Workload;

use super::View;
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

/// The class of ingresses that it serves unless an argument names another one.
/// [Source](https://kubernetes.github.io/ingress-nginx/user-guide/cli-arguments/), read on 2026-12-01.
const CLASS: &str = "k8s.io/ingress-nginx";

/// The images that each workload runs, as far as they are retired.
#[derive(Debug, Default)]
pub(super) struct Retired {
    /// The containers with the image, by the ID of the object or of the controller that manages it.
    by_object: BTreeMap<String, BTreeSet<String>>,
    /// Why other ones may have it.
    possible: BTreeMap<String, String>,
}

impl Retired {
    pub(super) fn extend(&mut self, other: Self) {
        let Self { by_object, possible } = other;
        for (object, containers) in by_object {
            self.by_object.entry(object).or_default().extend(containers);
        }
        self.possible.extend(possible);
    }

    /// Takes from an object with pods which of its images are retired.
    pub(super) fn pods(&mut self, of: &Observed<'_>, unique: &str) -> Result<(), Invalid> {
        let Some(pod) = PodOf::find(of.object)? else { return Ok(()) };
        let mut fields = Object::of(pod.value, pod.path)?;
        let labels: BTreeMap<String, String> = match fields.object("metadata")? {
            Some(mut metadata) => metadata.map("labels")?.into_iter().collect(),
            None => BTreeMap::new(),
        };
        let Some(mut spec) = fields.object("spec")? else { return Ok(()) };
        let owner = of.controller.as_ref();
        let owner = owner.map(|(kind, owner)| id(kind, of.namespace.as_deref(), owner));
        let objects: Vec<String> = std::iter::once(unique.to_owned()).chain(owner).collect();
        // The labels that its chart sets: those of its jobs and of its default backend name another component.
        let label = |key: &str| {
            let key = format!("app.kubernetes.io/{key}");
            labels.get(&key).or_else(|| of.labels.get(&key)).map(String::as_str)
        };
        let mut sign = (label("name") == Some("ingress-nginx")
            && label("component").is_none_or(|component| component == "controller"))
        .then(|| "label app.kubernetes.io/name is ingress-nginx".to_owned());
        for kind in ["initContainers", "containers"] {
            for mut container in spec.objects(kind)? {
                let name = container.text("name")?.unwrap_or_default();
                let image = container.text("image")?.unwrap_or_default();
                for field in ["command", "args"] {
                    let words = container.texts(field)?;
                    let class = format!("--controller-class={CLASS}");
                    if words.iter().any(|word| *word == class) {
                        sign.get_or_insert(format!("{name} has the argument {class}"));
                    }
                }
                if !is_retired(image) {
                    continue;
                }
                for object in &objects {
                    let entries = self.by_object.entry(object.clone()).or_default();
                    entries.insert(format!("{name}: {image}"));
                }
            }
        }
        if let Some(sign) = sign {
            let each = objects.into_iter().map(|object| (object, sign.clone()));
            self.possible.extend(each);
        }
        Ok(())
    }

    /// Fills the fact of the workloads.
    pub(super) fn fill(&self, workloads: &mut [Workload], view: &View<'_>) {
        for workload in workloads {
            let found = self.by_object.get(&workload.id).into_iter().flatten();
            let found: Vec<String> = found.cloned().collect();
            let open = self.possible.get(&workload.id).filter(|_| found.is_empty()).map(|sign| {
                let detail = format!(
                    "{sign}, and its images are not those of the project: they may be copies"
                );
                view.undetermined(&workload.id, &detail)
            });
            workload.retired_ingress = Entries::new(found, open).into_fact();
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
