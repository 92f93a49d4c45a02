//! `identity.lock-role`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.lock-role",
    life: since("0.1.0"),
    title: "A custom role is dedicated to managing resource locks",
    finding: "No custom role dedicated to managing resource locks",
    keywords: &[
        "Azure RBAC",
        "custom role",
        "resource lock",
        "Microsoft.Authorization/locks",
        "least privilege",
    ],
    severity: Low,
    rationale: "Where only owners can manage locks, a person who manages locks has to be made an \
                owner.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a custom role that allows Microsoft.Authorization/locks/* and only the \
                   other actions that this task needs.",
            console: "Subscriptions → the subscription → Access control (IAM) → Roles → Add \
                      custom role",
            command: Change("az role definition create --role-definition <role.json>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/lock-resources",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/custom-roles",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-04", Supporting),
        ccm41("IAM-05", Supporting),
        // Not decided: it asks that the role is assigned to the right people, and accepts one that
        // may do more.
        cis_azure6("5.5", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: lists::names_some!(
        Account.lock_roles,
        "Lock Keeper",
        "no custom role is dedicated to locks",
        "a custom role dedicated to locks",
    ),
};
