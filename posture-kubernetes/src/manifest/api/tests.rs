use super::*;

fn says(api_version: &str, kind: &str, minor: u16) -> String {
    match named(api_version, kind, minor) {
        Named::Known(_) => "known".into(),
        Named::Custom => "custom".into(),
        Named::Wrong { problem, fix, .. } => match fix {
            Some(fix) => format!("{problem}: {fix}"),
            None => problem,
        },
    }
}

#[test]
fn a_version_that_is_not_served_names_the_one_that_is() {
    for (version, kind, minor, expected) in [
        ("v1", "Pod", 37, "known"),
        ("apps/v1", "Deployment", 37, "known"),
        (
            "networking.k8s.io/v1beta1",
            "NetworkPolicy",
            37,
            "`networking.k8s.io/v1beta1` never had the kind NetworkPolicy: write `apiVersion: networking.k8s.io/v1`",
        ),
        (
            "extensions/v1beta1",
            "NetworkPolicy",
            37,
            "NetworkPolicy in `extensions/v1beta1` is not served since Kubernetes 1.16: write `apiVersion: networking.k8s.io/v1`",
        ),
        (
            "extensions/v1beta1",
            "Ingress",
            37,
            "Ingress in `extensions/v1beta1` is not served since Kubernetes 1.22: write `apiVersion: networking.k8s.io/v1`",
        ),
        (
            "policy/v1beta1",
            "PodSecurityPolicy",
            37,
            "PodSecurityPolicy in `policy/v1beta1` is not served since Kubernetes 1.25: Pod Security admission replaces it: label the namespace with `pod-security.kubernetes.io/enforce`",
        ),
        ("networking.k8s.io/v1beta1", "IPAddress", 36, "known"),
        (
            "networking.k8s.io/v1beta1",
            "IPAddress",
            37,
            "IPAddress in `networking.k8s.io/v1beta1` is not served since Kubernetes 1.37: write `apiVersion: networking.k8s.io/v1`",
        ),
        ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy", 37, "known"),
        (
            "admissionregistration.k8s.io/v1",
            "MutatingAdmissionPolicy",
            34,
            "MutatingAdmissionPolicy in `admissionregistration.k8s.io/v1` is served since Kubernetes 1.36 only, and this is 1.34: write `apiVersion: admissionregistration.k8s.io/v1beta1`",
        ),
        ("v1", "Deployment", 37, "`v1` never had the kind Deployment: write `apiVersion: apps/v1`"),
        (
            "app/v1",
            "Deployment",
            37,
            "`app/v1` never had the kind Deployment: write `apiVersion: apps/v1`",
        ),
        (
            "network.k8s.io/v1",
            "NetworkPolicy",
            37,
            "`network.k8s.io/v1` never had the kind NetworkPolicy: write `apiVersion: networking.k8s.io/v1`",
        ),
        (
            "apps/v1",
            "Deploymnet",
            37,
            "`apps/v1` does not have the kind Deploymnet: did you mean `Deployment`",
        ),
        ("v1", "pod", 37, "`v1` does not have the kind pod: did you mean `Pod`"),
        ("batch/v1beta1", "CronJob", 24, "known"),
        ("policy/v1beta1", "PodSecurityPolicy", 24, "custom"),
        (
            "batch/v1beta1",
            "CronJob",
            25,
            "CronJob in `batch/v1beta1` is not served since Kubernetes 1.25",
        ),
        ("v2", "Pod", 37, "`v2` never had the kind Pod: write `apiVersion: v1`"),
        ("cilium.io/v2", "CiliumNetworkPolicy", 37, "custom"),
        ("projectcalico.org/v3", "NetworkPolicy", 37, "custom"),
        ("serving.knative.dev/v1", "Service", 37, "custom"),
        ("gateway.networking.k8s.io/v1", "Gateway", 37, "custom"),
    ] {
        let found = says(version, kind, minor);
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn a_version_of_an_api_lasts_until_a_version_of_kubernetes() {
    for (version, kind, minor, expected) in [
        ("apps/v1", "Deployment", 33, Served::Still),
        ("networking.k8s.io/v1beta1", "IPAddress", 33, Served::Until(36)),
        ("networking.k8s.io/v1beta1", "IPAddress", 37, Served::Not),
        ("policy/v1beta1", "PodDisruptionBudget", 24, Served::Until(24)),
        ("policy/v1beta1", "PodDisruptionBudget", 25, Served::Not),
        ("admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy", 33, Served::Not),
        ("admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy", 37, Served::Still),
        ("cilium.io/v2", "CiliumNetworkPolicy", 37, Served::Not),
    ] {
        assert_eq!(lasting(version, kind, minor), expected, "{version} {kind} {minor}");
    }
    assert_eq!(dropped_later(crate::manifest::NEWEST_MINOR).next(), None);
    let of_24: Vec<_> = dropped_later(24).collect();
    assert!(of_24.contains(&("policy/v1beta1", "PodDisruptionBudget")), "{of_24:?}");
    assert!(!of_24.contains(&("networking.k8s.io/v1beta1", "Ingress")), "{of_24:?}");
}

#[test]
fn what_was_removed_is_not_served_and_its_replacement_is() {
    for one in REMOVED.iter() {
        for kind in one.kinds {
            assert!(SCHEMA.kind(one.version, kind).is_none(), "{} {kind}", one.version);
            assert!(
                one.instead.is_empty() || SCHEMA.kind(one.instead, kind).is_some(),
                "{} {kind}",
                one.instead
            );
        }
    }
}
