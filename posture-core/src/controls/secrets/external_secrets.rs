//! `secrets.external-secrets`

use crate::checks::kubernetes;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an application may fetch its secrets from a store itself, which the cluster does not show, and a requirement that asks
/// to consider a store holds where it was considered. So the control decides nothing, and is judged where the user asks for it.
pub(crate) static CONTROL: Control = Control {
    id: "secrets.external-secrets",
    life: since("0.1.0"),
    title: "Secrets of a namespace come from an external store",
    finding: "No external store of secrets is in use",
    keywords: &[
        "Kubernetes",
        "Secret",
        "External Secrets Operator",
        "Secrets Store CSI Driver",
        "Vault",
        "ExternalSecret",
    ],
    severity: Low,
    rationale: "A store rotates secrets, and logs who reads them. A Secret of Kubernetes stays as it is until someone changes it, in \
                the cluster and in its backups.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Keep secrets in a vault, and mount them with the Secrets Store CSI Driver or bring them with an operator. The \
                   command lists the drivers.",
            console: "spec.template.spec.volumes[*].csi",
            command: Inspect("kubectl get csidrivers"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
        "https://secrets-store-csi-driver.sigs.k8s.io/introduction",
        "https://external-secrets.io/latest/",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-14", Supporting),
        cis_kubernetes2("5.4.2", Supporting),
        cis_eks18("4.4.2", Supporting),
        cis_aks18("4.5.2", Supporting),
        nsa_kubernetes12("N7", Supporting),
    ],
    test: Test {
        reads: &[Namespace::EXTERNAL_SECRETS, Namespace::HAS_WORKLOADS],
        params: &[Param::Given(&kubernetes::JUDGED)],
        check: Check::Namespace(check),
        examples: Examples {
            pass: |scope| scope.add(shop(["Deployment/shop/web: volume"].into())),
            fail: |scope| scope.add(shop(Entries::none())),
        },
    },
};

fn shop(found: Entries) -> Namespace {
    kubernetes::shop().external_secrets(Known(found))
}

fn check(namespace: &Namespace, context: &Context<'_>) -> CheckResult {
    if !kubernetes::is_judged(context, &namespace.name) {
        return not_applicable("the namespace is not one of those to judge");
    }
    if !*namespace.has_workloads.known()? {
        return not_applicable("the namespace has no workloads");
    }
    kubernetes::at_least_one(
        (Namespace::EXTERNAL_SECRETS, &namespace.external_secrets),
        "a volume, an annotation or an object that brings secrets from a store",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    #[test]
    fn only_the_named_namespaces_with_workloads_are_judged() {
        let judge = |name: &str, namespace: Namespace| {
            let names = Value::Names(vec![name.to_owned()]);
            let world = world(|scope| scope.add(namespace));
            judged_with(&CONTROL, &world, &[("namespaces", names)]).remove(0)
        };
        let none = || shop(Entries::none());
        assert!(matches!(judge("shop", none()), Ok(Verdict::Fail(_))));
        assert!(matches!(judge("*", none()), Ok(Verdict::Fail(_))));
        assert!(matches!(judge("other", none()), Ok(Verdict::NotApplicable(_))));
        let empty = none().has_workloads(Known(false));
        assert!(matches!(judge("*", empty), Ok(Verdict::NotApplicable(_))));
        assert!(judge("*", none().has_workloads(denied())).is_err());
        assert!(judge("*", shop(Entries::new(Vec::new(), Some(DENIED)))).is_err());
    }
}
