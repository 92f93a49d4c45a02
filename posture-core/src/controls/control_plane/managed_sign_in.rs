//! `control-plane.managed-sign-in`

use crate::checks::managed_cluster::{self, AKS, EKS, example, signs_in};
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: another identity provider may be the one that the organization manages its users in, and the config map may hold only
/// roles of nodes. So the control decides rows of the benchmarks alone.
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.managed-sign-in",
    life: since("0.1.0"),
    title: "Only the cloud's access management admits users to a cluster",
    finding: "Users sign in beside the cloud's access management",
    keywords: &[
        "Kubernetes",
        "EKS",
        "AKS",
        "access entries",
        "aws-auth",
        "OIDC",
        "local accounts",
        "Entra ID",
        "disableLocalAccounts",
    ],
    severity: Medium,
    rationale: "A local account, a config map or a further identity provider admits users whom MFA, access reviews and removal in \
                the cloud's directory do not reach. The credential of a local account of AKS is a certificate that cannot be revoked \
                for one user.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Create access entries for the identities in the config map `aws-auth`, and set the authentication mode to `API`. \
                       Disassociate identity providers that are not needed.",
                console: "EKS → Clusters → the cluster → Access → Manage access",
                command: Change(
                    "aws eks update-cluster-config --name <cluster> --region <region> --access-config authenticationMode=API",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Turn on the integration with Entra ID, and disable local accounts.",
                console: "Kubernetes services → the cluster → Settings → Security configuration",
                command: Change(
                    "az aks update --resource-group <group> --name <cluster> --disable-local-accounts",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/authenticate-oidc-identity-provider.html",
        "https://learn.microsoft.com/en-us/azure/aks/manage-local-accounts-managed-azure-ad",
    ],
    satisfies: &[
        csf20("PR.AA-03", Supporting),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-12", Supporting),
        ccm41("IAM-15", Supporting),
        mcsb1("IM-1", Supporting),
        cis_eks18("4.1.7", Partial(shows::STEP)).of(EKS).by(signs_in!("aws-auth")),
        cis_eks18("5.5.1", Partial(shows::STEP)).of(EKS).by(signs_in!("identity provider")),
        cis_aks18("5.5.1", Partial(shows::STEP)).of(AKS),
    ],
    test: Test {
        reads: &[Cluster::OTHER_SIGN_INS],
        params: &[],
        check: Check::Cluster(|cluster, _| {
            let expected = "the cloud's access management alone";
            cluster.other_sign_ins.must_be_empty(Cluster::OTHER_SIGN_INS, expected)
        }),
        examples: Examples {
            pass: |scope| scope.add(example().other_sign_ins(Known(Entries::none()))),
            fail: |scope| {
                let all = ["config map `aws-auth`", "oidc identity provider `corp`"];
                scope.add(example().other_sign_ins(Known(all.into())));
            },
        },
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_about_its_own_way_to_sign_in() {
        let judged = |row: &str, entries: Entries| {
            let fill = |scope: &mut Scope| scope.add(example().other_sign_ins(Known(entries)));
            row_of(&CONTROL, &format!("cis-eks-1.8:{row}"), fill).remove(0)
        };
        let map = || Entries::from(["config map `aws-auth`"]);
        let provider = || Entries::from(["oidc identity provider `corp`"]);
        assert!(matches!(judged("4.1.7", map()), Ok(Verdict::Fail(_))));
        assert_eq!(judged("5.5.1", map()), Ok(Verdict::Pass));
        assert_eq!(judged("4.1.7", provider()), Ok(Verdict::Pass));
        assert!(matches!(judged("5.5.1", provider()), Ok(Verdict::Fail(_))));
        let open = Entries::new(map().certain().to_vec(), Some(DENIED));
        assert!(judged("5.5.1", open).is_err());
    }
}
