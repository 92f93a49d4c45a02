//! Whether a server serves a kind in a version, and what to write if not.

use posture_model::dated::Dated;
use posture_model::suggest::{did_you_mean, nearest};

use super::schema::{Kind, SCHEMA, group_of};
use super::shown;

/// A kind that a version of an API had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Removed {
    version: &'static str,
    kinds: &'static [&'static str],
    /// The minor version of Kubernetes that first does not serve it.
    since: u16,
    /// The version to write; empty if there is none.
    instead: &'static str,
}

const fn gone(
    version: &'static str,
    kinds: &'static [&'static str],
    since: u16,
    instead: &'static str,
) -> Removed {
    Removed { version, kinds, since, instead }
}

/// What was removed before the versions that the data of the fields covers.
static REMOVED: Dated<Removed> = Dated::new(
    &["https://kubernetes.io/docs/reference/using-api/deprecation-guide/"],
    "2026-11-30",
    &[
        gone("extensions/v1beta1", &["Deployment", "DaemonSet", "ReplicaSet"], 16, "apps/v1"),
        gone("extensions/v1beta1", &["NetworkPolicy"], 16, "networking.k8s.io/v1"),
        gone("extensions/v1beta1", &["PodSecurityPolicy"], 16, ""),
        gone("extensions/v1beta1", &["Ingress"], 22, "networking.k8s.io/v1"),
        gone("apps/v1beta1", &["Deployment", "StatefulSet"], 16, "apps/v1"),
        gone(
            "apps/v1beta2",
            &["Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"],
            16,
            "apps/v1",
        ),
        gone("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], 22, "networking.k8s.io/v1"),
        gone(
            "admissionregistration.k8s.io/v1beta1",
            &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
            22,
            "admissionregistration.k8s.io/v1",
        ),
        gone(
            "apiextensions.k8s.io/v1beta1",
            &["CustomResourceDefinition"],
            22,
            "apiextensions.k8s.io/v1",
        ),
        gone("apiregistration.k8s.io/v1beta1", &["APIService"], 22, "apiregistration.k8s.io/v1"),
        gone(
            "rbac.authorization.k8s.io/v1beta1",
            &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
            22,
            "rbac.authorization.k8s.io/v1",
        ),
        gone(
            "certificates.k8s.io/v1beta1",
            &["CertificateSigningRequest"],
            22,
            "certificates.k8s.io/v1",
        ),
        gone("coordination.k8s.io/v1beta1", &["Lease"], 22, "coordination.k8s.io/v1"),
        gone("authentication.k8s.io/v1beta1", &["TokenReview"], 22, "authentication.k8s.io/v1"),
        gone(
            "authorization.k8s.io/v1beta1",
            &[
                "LocalSubjectAccessReview",
                "SelfSubjectAccessReview",
                "SelfSubjectRulesReview",
                "SubjectAccessReview",
            ],
            22,
            "authorization.k8s.io/v1",
        ),
        gone("scheduling.k8s.io/v1beta1", &["PriorityClass"], 22, "scheduling.k8s.io/v1"),
        gone(
            "storage.k8s.io/v1beta1",
            &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
            22,
            "storage.k8s.io/v1",
        ),
        gone("policy/v1beta1", &["PodSecurityPolicy"], 25, ""),
        gone("policy/v1beta1", &["PodDisruptionBudget"], 25, "policy/v1"),
        gone("batch/v1beta1", &["CronJob"], 25, "batch/v1"),
        gone("discovery.k8s.io/v1beta1", &["EndpointSlice"], 25, "discovery.k8s.io/v1"),
        gone("events.k8s.io/v1beta1", &["Event"], 25, "events.k8s.io/v1"),
        gone("node.k8s.io/v1beta1", &["RuntimeClass"], 25, "node.k8s.io/v1"),
        gone("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], 25, "autoscaling/v2"),
        gone("autoscaling/v2beta2", &["HorizontalPodAutoscaler"], 26, "autoscaling/v2"),
        gone(
            "flowcontrol.apiserver.k8s.io/v1beta1",
            &["FlowSchema", "PriorityLevelConfiguration"],
            26,
            "flowcontrol.apiserver.k8s.io/v1",
        ),
        gone("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], 27, "storage.k8s.io/v1"),
        gone(
            "flowcontrol.apiserver.k8s.io/v1beta2",
            &["FlowSchema", "PriorityLevelConfiguration"],
            29,
            "flowcontrol.apiserver.k8s.io/v1",
        ),
        gone(
            "flowcontrol.apiserver.k8s.io/v1beta3",
            &["FlowSchema", "PriorityLevelConfiguration"],
            32,
            "flowcontrol.apiserver.k8s.io/v1",
        ),
    ],
);

/// What an `apiVersion` and a `kind` name.
#[derive(Debug)]
pub(super) enum Named {
    /// A kind of Kubernetes, which is served.
    Known(&'static Kind),
    /// A kind of Kubernetes in a version that is not served: the mistake, what to write, and the kind as it is served.
    Wrong { problem: String, fix: Option<String>, meant: Option<&'static Kind> },
    /// A kind that an extension of the cluster defines.
    Custom,
}

/// What an `apiVersion` and a `kind` name for a server of a minor version of Kubernetes.
pub(super) fn named(api_version: &str, kind: &str, minor: u16) -> Named {
    let meant = served(kind, minor);
    let write = |version: &str| format!("write `apiVersion: {version}`");
    if let Some(known) = SCHEMA.kind(api_version, kind) {
        let what = format!("{kind} in `{api_version}`");
        let instead = meant.filter(|(version, _)| *version != api_version);
        return match (known.span.first, known.span.last) {
            (_, Some(last)) if minor > last => Named::Wrong {
                problem: format!("{what} is not served since Kubernetes 1.{}", last + 1),
                fix: instead.map(|(version, _)| write(version)),
                meant: instead.map(|(_, kind)| kind).or(Some(known)),
            },
            (Some(first), _) if minor < first => Named::Wrong {
                problem: format!(
                    "{what} is served since Kubernetes 1.{first} only, and this is 1.{minor}"
                ),
                fix: instead.map(|(version, _)| write(version)),
                meant: instead.map(|(_, kind)| kind).or(Some(known)),
            },
            _ => Named::Known(known),
        };
    }
    let removed =
        REMOVED.iter().find(|one| one.version == api_version && one.kinds.contains(&kind));
    if let Some(removed) = removed {
        // An older server serves it. Of its fields those of the version that replaced it are known.
        if minor < removed.since {
            return SCHEMA.kind(removed.instead, kind).map_or(Named::Custom, Named::Known);
        }
        let fix = match removed.instead {
            "" if kind == "PodSecurityPolicy" => {
                "Pod Security admission replaces it: label the namespace with `pod-security.kubernetes.io/enforce`".to_owned()
            }
            version => write(version),
        };
        return Named::Wrong {
            problem: format!(
                "{kind} in `{api_version}` is not served since Kubernetes 1.{}",
                removed.since
            ),
            fix: Some(fix),
            meant: SCHEMA.kind(removed.instead, kind),
        };
    }
    let group = group_of(api_version);
    // The groups of extensions are names of domains, and those below k8s.io need the project's approval.
    let like_ours = !group.contains('.') || group.ends_with(".k8s.io") && meant.is_some();
    if SCHEMA.has_group(group) || (like_ours && group != "metrics.k8s.io") {
        return unknown(api_version, kind, meant);
    }
    Named::Custom
}

/// Whether a server serves a kind in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// It does not, or the version is not known.
    Not,
    /// It does, and servers after this minor version do not.
    Until(u16),
    /// It does, and so do all later ones that are known.
    Still,
}

/// Whether a server of a minor version of Kubernetes serves a kind in a version, and until when.
pub(crate) fn lasting(api_version: &str, kind: &str, minor: u16) -> Served {
    if let Some(known) = SCHEMA.kind(api_version, kind) {
        return match (known.span.first, known.span.last) {
            (Some(first), _) if minor < first => Served::Not,
            (_, Some(last)) if minor > last => Served::Not,
            (_, Some(last)) => Served::Until(last),
            (_, None) => Served::Still,
        };
    }
    let removed =
        REMOVED.iter().find(|one| one.version == api_version && one.kinds.contains(&kind));
    match removed {
        Some(removed) if minor < removed.since => Served::Until(removed.since - 1),
        Some(_) | None => Served::Not,
    }
}

/// The minor version of Kubernetes that was the first not to serve a kind in a version, if this one does not serve it any more.
pub(crate) fn removed_since(api_version: &str, kind: &str, minor: u16) -> Option<u16> {
    let of_schema = SCHEMA.kind(api_version, kind).and_then(|of| of.span.last).map(|last| last + 1);
    let removed =
        || REMOVED.iter().find(|one| one.version == api_version && one.kinds.contains(&kind));
    of_schema.or_else(|| removed().map(|one| one.since)).filter(|since| *since <= minor)
}

/// The kinds that a server of a minor version serves in a version that later ones do not.
pub(crate) fn dropped_later(minor: u16) -> impl Iterator<Item = (&'static str, &'static str)> {
    let known = SCHEMA.kinds().map(|(version, kind, _)| (version, kind));
    let removed = REMOVED.iter().flat_map(|one| one.kinds.iter().map(|kind| (one.version, *kind)));
    known
        .chain(removed)
        .filter(move |(version, kind)| matches!(lasting(version, kind, minor), Served::Until(_)))
}

/// The version in which a kind is served: the first stable one, if there is any.
fn served(kind: &str, minor: u16) -> Option<(&'static str, &'static Kind)> {
    let holds = |of: &Kind| {
        of.span.first.is_none_or(|first| first <= minor)
            && of.span.last.is_none_or(|last| minor <= last)
    };
    let all = SCHEMA.kinds().filter(|(_, name, of)| *name == kind && holds(of));
    let rank = |version: &str| {
        let last = version.rsplit('/').next().unwrap_or(version);
        (last.contains("alpha"), last.contains("beta"), version == "events.k8s.io/v1")
    };
    all.min_by_key(|(version, ..)| rank(version)).map(|(version, _, of)| (version, of))
}

fn unknown(api_version: &str, kind: &str, meant: Option<(&'static str, &'static Kind)>) -> Named {
    let (version, name) = (shown(api_version), shown(kind));
    if let Some((served, of)) = meant {
        return Named::Wrong {
            problem: format!("`{version}` never had the kind {name}"),
            fix: Some(format!("write `apiVersion: {served}`")),
            meant: Some(of),
        };
    }
    let kinds = SCHEMA.kinds().map(|(_, name, _)| name);
    let near: Vec<&str> = nearest(kind, kinds).into_iter().collect();
    let mut unique: Vec<&str> = Vec::new();
    near.into_iter().for_each(|one| {
        if !unique.contains(&one) {
            unique.push(one);
        }
    });
    Named::Wrong {
        problem: format!("`{version}` does not have the kind {name}"),
        fix: did_you_mean(&unique),
        meant: None,
    }
}

#[cfg(test)]
mod tests;
