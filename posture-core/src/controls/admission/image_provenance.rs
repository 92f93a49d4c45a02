//! `admission.image-provenance`

use crate::checks::kubernetes::at_least_one;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "nothing in the cluster verifies where an image comes from before it runs";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "admission.image-provenance",
    life: since("0.1.0"),
    title: "Signatures of images are verified at admission",
    finding: "Nothing verifies signatures of images",
    keywords: &[
        "Kubernetes",
        "admission",
        "image signature",
        "cosign",
        "sigstore",
        "ImagePolicyWebhook",
    ],
    severity: Medium,
    rationale: "Without a check at admission, anyone who can push to a registry, or name another one, \
                decides what runs in the cluster. A webhook counts where it does nothing but verify \
                images, is asked about pods, and fails closed.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Sign images, and install a controller that verifies signatures, such as the policy \
                   controller of Sigstore or Kyverno. The command shows the webhooks of the cluster.",
            console: "ValidatingWebhookConfiguration",
            command: Inspect(
                "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/containers/images/",
        "https://kubernetes.io/docs/tasks/administer-cluster/verify-signed-artifacts/",
    ],
    satisfies: &[
        csf20("PR.PS-05", Supporting),
        csf20("ID.RA-09", Partial(SHOWS)),
        ccm41("AIS-06", Supporting),
        cis_kubernetes2("5.5.1", Partial(SHOWS)),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: Test {
        reads: &[Cluster::SIGNATURE_CHECKS],
        params: &[],
        check: Check::Cluster(check),
        examples: Examples {
            pass: |scope| {
                scope.add(of(Entries::from(["ValidatingWebhookConfiguration/policy.sigstore.dev"])))
            },
            fail: |scope| scope.add(of(Entries::none())),
        },
    },
};

fn of(found: Entries) -> Cluster {
    Cluster::unread("cluster", "cluster", None).signature_checks(Known(found))
}

fn check(cluster: &Cluster, _: &Context<'_>) -> CheckResult {
    at_least_one(
        (Cluster::SIGNATURE_CHECKS, &cluster.signature_checks),
        "a webhook that verifies signatures",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_enough_and_none_takes_a_complete_list() {
        let with = |found: Entries| move |scope: &mut Scope| scope.add(of(found));
        assert_passes(&CONTROL, with(Entries::from(["one"])));
        assert_unknown(&CONTROL, with(Entries::new(vec!["one".to_owned()], Some(DENIED))));
        assert_unknown(&CONTROL, with(Entries::new(Vec::new(), Some(DENIED))));
        assert_fails(&CONTROL, with(Entries::none()));
    }
}
