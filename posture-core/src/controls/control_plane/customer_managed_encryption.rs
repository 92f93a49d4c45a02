//! `control-plane.customer-managed-encryption`

use crate::checks::managed_cluster::{AKS, EKS, example};
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: the provider encrypts what a managed cluster stores with a key of its own, so that it is encrypted at rest without a
/// customer-managed key as well. The control decides nothing but the rows that ask for this key.
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.customer-managed-encryption",
    life: since("0.1.0"),
    title: "Clusters encrypt Secrets with a customer-managed key",
    finding: "Secrets have no customer-managed key",
    keywords: &[
        "Kubernetes",
        "EKS",
        "AKS",
        "Secret",
        "KMS",
        "Key Vault",
        "encryptionConfig",
        "azureKeyVaultKms",
        "envelope encryption",
        "CMK",
    ],
    severity: Medium,
    rationale: "With your own key you can see each use of it, and cut off access to all Secrets of the cluster. A key of the provider \
                offers neither.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Enable encryption with a KMS key. It cannot be undone, and deleting the key destroys the cluster.",
                console: "EKS → Clusters → the cluster → Overview → Secrets encryption → Enable",
                command: Change(
                    "aws eks associate-encryption-config --cluster-name <cluster> --region <region> --encryption-config resources=secrets,provider={keyArn=<key>}",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Enable the key management service with a key of your vault, and write all Secrets again.",
                console: "Kubernetes services → the cluster → Settings → Security configuration",
                command: Change(
                    "az aks update --resource-group <group> --name <cluster> --enable-azure-keyvault-kms --azure-keyvault-kms-key-id <key-id>",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-3",
        "https://learn.microsoft.com/en-us/azure/aks/use-kms-etcd-encryption",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-03", Supporting),
        ccm41("CEK-08", Supporting),
        mcsb1("DP-5", Supporting),
        fsbp("EKS.3", Full),
        cis_eks18("5.3.1", Full).of(EKS),
        cis_aks18("5.3.1", Full).of(AKS),
    ],
    test: Test {
        reads: &[Cluster::SECRETS_KEY],
        params: &[],
        check: Check::Cluster(|cluster, _| match cluster.secrets_key.known()? {
            Some(_) => pass(),
            None => fail(Cluster::SECRETS_KEY, "a key of the provider", "a customer-managed key"),
        }),
        examples: Examples {
            pass: |scope| scope.add(example().secrets_key(Known(Some(KEY.to_owned())))),
            fail: |scope| scope.add(example().secrets_key(Known(None))),
        },
    },
};

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1";
