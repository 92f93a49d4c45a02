//! `identity.policy-privilege-escalation`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.policy-privilege-escalation",
    life: since("0.1.0"),
    title: "Policies of the customer do not let their holder widen its rights",
    severity: High,
    rationale: "Rights that can be widened by their holder are as wide as they can become, and a policy that nobody holds \
                is one attachment away. On AWS the escalation paths that are known are those of 2026-11-29 \
                (docs/escalation-paths.md).",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Remove one right of each combination from the policy, or limit it to resources that lead no further.",
                console: "IAM → Policies → the policy → Permissions",
                command: "aws iam create-policy-version --policy-arn <policy> --policy-document file://<policy.json> --set-as-default",
            },
        ),
        (
            Azure,
            Remedy {
                text: "Take the right to give or change roles out of the role, or give it with a \
                       condition by a role of the provider.",
                console: "Subscriptions → the subscription → Access control (IAM) → Roles → the role \
                          → Permissions",
                command: "az role definition update --role-definition <role.json>",
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/custom-roles",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/delegate-role-assignments-overview",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-05", Partial),
        ccm41("IAM-10", Partial),
        mcsb1("PA-7", Partial),
    ],
    test: rights::no_escalation!(
        Policy,
        "nothing that gives or changes roles or rights",
        "it gives every right already, which `identity.full-admin-policy` judges",
    ),
};
