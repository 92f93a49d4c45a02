//! `identity.service-wildcard-policy`

use crate::checks::rights;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.service-wildcard-policy",
    life: since("0.1.0"),
    title: "Custom policies and roles do not grant every action of a service",
    finding: "Custom policy or role grants every action of a service",
    keywords: &[
        "IAM",
        "customer managed policy",
        "Azure RBAC",
        "custom role",
        "wildcard",
        "resource provider",
        "least privilege",
    ],
    severity: Low,
    rationale: "Every action of a service includes the actions that delete and share resources, \
                and those that the service adds later.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "List only the actions that are needed.",
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
                text: "List the actions that are needed instead of all actions of a resource \
                       provider.",
                console: "Subscriptions → the subscription → Access control (IAM) → Roles → Type: \
                          CustomRole → the role",
                command: Change("az role definition update --role-definition <role.json>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/custom-roles#wildcard-permissions",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::EVERY_ACTION)),
        ccm41("IAM-05", Partial(shows::EVERY_ACTION)),
        // Not decided: AWS looks for a literal Allow of service:*, and leaves out policies that
        // only bound others.
        fsbp("IAM.21", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: rights::named_actions!(Policy),
};
