//! `logging.audit-trail-validation`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-validation",
    life: since("0.1.0"),
    title: "Trails validate their log files",
    finding: "Log file validation is off",
    keywords: &["CloudTrail", "trail", "log file validation", "log file integrity", "digest file"],
    severity: Low,
    rationale: "Without signed digest files, a principal that can write to the bucket can change \
                recorded events unnoticed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on log file validation for the trail.",
            console: "CloudTrail → Trails → the trail → General details → Edit → Log file validation",
            command: Change(
                "aws cloudtrail update-trail --name <trail> \
                             --enable-log-file-validation",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        csf20("RS.AN-07", Partial(shows::CHANGEABLE)).any_of(shows::UNCHANGED),
        csf20("PR.PS-04", Supporting),
        ccm41("LOG-02", Partial(shows::CHANGEABLE)).any_of(shows::UNCHANGED),
        ccm41("LOG-10", Partial(shows::CHANGEABLE)).any_of(shows::UNCHANGED),
        cis_aws7("4.2", Full),
        fsbp("CloudTrail.4", Full),
    ],
    test: is_true!(AuditTrail.validation, "off", "on"),
};
