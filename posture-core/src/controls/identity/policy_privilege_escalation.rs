//! `identity.policy-privilege-escalation`

use crate::checks::rights;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.policy-privilege-escalation",
    life: since("0.1.0"),
    title: "Custom policies and roles do not allow privilege escalation",
    finding: "Custom policy or role allows privilege escalation",
    keywords: &[
        "IAM",
        "customer managed policy",
        "Azure RBAC",
        "custom role",
        "privilege escalation",
        "escalation path",
        "PassRole",
    ],
    severity: High,
    rationale: "An identity that can escalate its privileges has, in effect, all privileges that \
                it can reach. A policy that is not attached is one attachment away from that. On \
                AWS, the known escalation paths are those of 2026-11-29 \
                (docs/escalation-paths.md).",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Remove one permission of each combination from the policy, or limit it to \
                       resources that do not lead further.",
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
                text: "Remove the actions that assign or change roles from the custom role, or \
                       grant them through a built-in role with a condition.",
                console: "Subscriptions → the subscription → Access control (IAM) → Roles → the role \
                          → Permissions",
                command: Change("az role definition update --role-definition <role.json>"),
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
        csf20("PR.AA-05", Partial(shows::ESCALATES)),
        ccm41("IAM-05", Partial(shows::ESCALATES)),
        ccm41("IAM-10", Partial(shows::ESCALATES)),
        mcsb1("PA-7", Partial(shows::ESCALATES)),
    ],
    test: rights::no_escalation!(
        Policy,
        "no permission to change policies, roles or role assignments",
        "it grants administrator access, which `identity.full-admin-policy` checks",
    ),
};
