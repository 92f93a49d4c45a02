//! `logging.audit-trail-tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-tags",
    life: since("0.1.0"),
    title: "Trails have the required tags",
    finding: "Trail lacks a required tag",
    keywords: &["CloudTrail", "trail", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive the records are.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add the missing tags to the trail.",
            console: "CloudTrail → Trails → the trail → Tags",
            command: Change(
                "aws cloudtrail add-tags --resource-id <trail-arn> --tags-list \
                    Key=<tag>,Value=<value>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
    ],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        csf20("ID.AM-05", Supporting),
        ccm41("DCS-06", Supporting),
    ],
    test: tags::required!(AuditTrail),
};
