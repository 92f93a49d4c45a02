//! `identity.external-access-analyzer`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.external-access-analyzer",
    life: since("0.1.0"),
    title: "IAM Access Analyzer (external access) is on in every region",
    finding: "Account has no active external access analyzer",
    keywords: &["IAM Access Analyzer", "Access Analyzer", "external access", "analyzer", "region"],
    severity: Medium,
    rationale: "A single policy among hundreds, in any one region, can share a resource with \
                another account.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Create an external access analyzer in the region, preferably for the whole \
                   organization. If an organization analyzer of another account covers this one, \
                   add an exception.",
            console: "IAM → Access Analyzer → Create analyzer",
            command: Change(
                "aws accessanalyzer create-analyzer --analyzer-name <name> --type \
                             ACCOUNT --region <region>",
            ),
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
