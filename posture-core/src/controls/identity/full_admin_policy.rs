//! `identity.full-admin-policy`

use crate::checks::rights;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.full-admin-policy",
    life: since("0.1.0"),
    title: "Custom policies and roles do not grant administrator access",
    finding: "Custom policy or role grants administrator access",
    keywords: &[
        "IAM",
        "customer managed policy",
        "AdministratorAccess",
        "Azure RBAC",
        "custom role",
        "wildcard",
        "least privilege",
    ],
    severity: High,
    rationale: "A single attachment or assignment makes its holder an administrator.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Replace the statement that allows every action on every resource with \
                       statements that allow only what is needed.",
                console: "IAM → Policies → the policy → Permissions",
                command: Change(
                    "aws iam create-policy-version --policy-arn <policy> \
                                 --policy-document file://<policy.json> --set-as-default",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Replace the `*` in the actions of the custom role with the actions that \
                       are needed, or delete the role.",
                console: "Subscriptions → the subscription → Access control (IAM) → Roles → Type: \
                          CustomRole → the role",
                command: Change("az role definition update --role-definition <role.json>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/custom-roles",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        cis_aws7("2.14", Partial(shows::STEP)),
        // Not decided: AWS looks for a literal Allow of * on *, whatever a Deny takes away, and
        // leaves out policies that only bound others.
        fsbp("IAM.1", Supporting),
        // Not decided: it asks for roles that can be assigned at a subscription only.
        cis_azure6("5.4", Supporting),
        mcsb1("PA-1", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: rights::no_full_admin!(Policy),
};
