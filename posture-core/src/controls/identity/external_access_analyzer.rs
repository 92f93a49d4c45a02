//! `identity.external-access-analyzer`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.external-access-analyzer",
    life: since("0.1.0"),
    title: "An analysis of access from outside runs in every region",
    severity: Medium,
    rationale: "What is shared with others is shared in one region, by one policy of hundreds.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Create an analyzer of external access in the region, best for the whole organisation.",
            console: "IAM → Access Analyzer → Create analyzer",
            command: "aws accessanalyzer create-analyzer --analyzer-name <name> --type ACCOUNT --region <region>",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("ID.AM-04", Supporting),
        csf20("DE.CM-06", Supporting),
        ccm41("IAM-08", Supporting),
        ccm41("IAM-05", Supporting),
        // Not decided: the analyzer of the organization, in another account, covers this one as
        // well.
        cis_aws7("2.18", Supporting),
    ],
    test: is_true!(Analyzer.external_access, "none", "an active analyzer"),
};
