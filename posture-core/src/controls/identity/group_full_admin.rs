//! `identity.group-full-admin`

use crate::checks::rights;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.group-full-admin",
    life: since("0.1.0"),
    title: "Groups do not have administrator access",
    finding: "Group has administrator access",
    keywords: &["IAM", "IAM group", "AdministratorAccess", "least privilege", "policy"],
    severity: High,
    rationale: "An attacker who takes over one administrator controls the account, whichever \
                policy grants the access.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Replace the policies that together allow every action with policies that \
                   allow only what is needed.",
            console: "IAM → Groups → the group → Permissions",
            command: Change(
                "aws iam detach-group-policy --group-name <group> --policy-arn \
                             <policy>",
            ),
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
    test: rights::no_full_admin!(Group),
};
