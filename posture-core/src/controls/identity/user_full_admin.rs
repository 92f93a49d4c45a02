//! `identity.user-full-admin`

use crate::checks::rights;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.user-full-admin",
    life: since("0.1.0"),
    title: "Users do not have administrator access",
    finding: "User has or can reach administrator access",
    keywords: &[
        "IAM",
        "IAM user",
        "AdministratorAccess",
        "least privilege",
        "policy",
        "privilege escalation",
    ],
    severity: High,
    rationale: "An attacker who takes over one administrator controls the account, whichever \
                policy grants the access.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Replace the policies that together allow every action with policies that \
                   allow only what is needed. Where the finding shows a path through other \
                   identities, remove one of its steps.",
            console: "IAM → Users → the user → Permissions",
            command: Change("aws iam detach-user-policy --user-name <user> --policy-arn <policy>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-10", Supporting),
        ccm41("IAM-04", Supporting),
        cis_aws7("2.14", Partial(shows::STEP)),
    ],
    test: rights::not_an_administrator!(User),
};
