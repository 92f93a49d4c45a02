//! `identity.dedicated-cloud-identity`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: the general requirements on least privilege may hold although two workloads share an identity, if both need the same
/// permissions. An association of EKS Pod Identity is not visible in the cluster; it adds an identity and takes none away.
pub(crate) static CONTROL: Control = Control {
    id: "identity.dedicated-cloud-identity",
    life: since("0.1.0"),
    title: "No service accounts share an identity of the cloud",
    finding: "Service accounts share an identity of the cloud",
    keywords: &[
        "Kubernetes",
        "ServiceAccount",
        "IRSA",
        "eks.amazonaws.com/role-arn",
        "workload identity",
        "azure.workload.identity/client-id",
        "iam.gke.io/gcp-service-account",
    ],
    severity: Medium,
    rationale: "Who takes over one workload has the permissions of all that share its identity, and logs of the cloud do not show \
                which of them acted. Every pod that names no service account has those of the default one.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Create an identity of the cloud per workload, with the permissions that it needs, and a service account of its own \
                   that the identity trusts. The command shows the annotations.",
            console: "ServiceAccount: metadata.annotations",
            command: Inspect("kubectl get serviceaccounts --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html",
        "https://learn.microsoft.com/en-us/azure/aks/workload-identity-overview",
        "https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        cis_eks18("5.2.1", Partial(shows::STEP)),
        cis_aks18("5.2.1", Partial(shows::STEP)),
        nsa_kubernetes12("A2", Supporting),
        nsa_kubernetes12("N8", Supporting),
    ],
    test: Test {
        reads: &[ServiceAccount::CLOUD_IDENTITY],
        params: &[],
        check: Check::ServiceAccount(check),
        examples: Examples {
            pass: |scope| scope.add(account("web", Some("role/web"))),
            fail: |scope| {
                scope.add(account("web", Some("role/shared")));
                scope.add(account("db", Some("role/shared")));
            },
        },
    },
};

fn account(name: &str, identity: Option<&str>) -> ServiceAccount {
    ServiceAccount::unread(format!("ServiceAccount/shop/{name}"), name, Some("shop"))
        .cloud_identity(Known(identity.map(str::to_owned)))
}

fn check(account: &ServiceAccount, context: &Context<'_>) -> CheckResult {
    let Some(identity) = account.cloud_identity.known()? else {
        return not_applicable("its annotations give it no identity of the cloud");
    };
    let expected = "an identity for one service account, which a workload names";
    if account.name == "default" {
        let found = format!("{identity}, for every pod that names no account");
        return fail(ServiceAccount::CLOUD_IDENTITY, found, expected);
    }
    let others = &context.scope.service_accounts;
    let shares = |other: &ServiceAccount| match other.id == account.id {
        true => Known(false),
        false => other.cloud_identity.map(|of| of.as_ref() == Some(identity)),
    };
    if let Some(other) = others.items.iter().find(|other| shares(other) == Known(true)) {
        let found = format!("{identity}, also of {}", other.id);
        return fail(ServiceAccount::CLOUD_IDENTITY, found, expected);
    }
    others.any(shares).known()?;
    pass()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_belongs_to_one_account_that_is_named() {
        let with = |second: ServiceAccount| {
            move |scope: &mut Scope| {
                scope.add(account("web", Some("role/web")));
                scope.add(second);
            }
        };
        assert_passes(&CONTROL, |scope| scope.add(account("web", Some("role/web"))));
        assert_fails(&CONTROL, |scope| scope.add(account("default", Some("role/web"))));
        assert_not_applicable(&CONTROL, |scope| scope.add(account("default", None)));
        assert_fails(&CONTROL, with(account("db", Some("role/web"))));
        assert_passes(&CONTROL, with(account("db", Some("role/db"))));
        assert_unknown(&CONTROL, with(account("db", None).cloud_identity(denied())));
        assert_unknown(&CONTROL, |scope| {
            scope.add(account("web", Some("role/web")));
            scope.service_accounts.gaps.push(DENIED);
        });
    }
}
