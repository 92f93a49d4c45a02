//! `logging.audit-trail-validation`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "logging.audit-trail-validation",
    title: "Audit trails sign their files",
    severity: Low,
    rationale: "Without signatures, who can write to the bucket can change what happened and nobody can tell.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on log file validation of the trail.",
            console: "CloudTrail → Trails → the trail → General details → Edit → Log file validation",
            command: "aws cloudtrail update-trail --name <trail> --enable-log-file-validation",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        csf20("RS.AN-07", Partial),
        csf20("PR.PS-04", Supporting),
        ccm41("LOG-02", Partial),
        ccm41("LOG-10", Partial),
        cis_aws7("4.2", Full),
        fsbp("CloudTrail.4", Full),
    ],
    reads: &[AuditTrail::VALIDATION],
    params: &[],
    check: Check::AuditTrail(check),
    examples: Examples {
        pass: |scope| scope.audit_trails.items.push(trail::trail().validation(Known(true))),
        fail: |scope| scope.audit_trails.items.push(trail::trail().validation(Known(false))),
    },
};

fn check(trail: &AuditTrail, _: &Context<'_>) -> Judged {
    if *trail.validation.known()? {
        return pass();
    }
    fail(AuditTrail::VALIDATION, "off", "on")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |validation| {
            move |scope: &mut Scope| {
                scope.audit_trails.items.push(trail::trail().validation(validation));
            }
        };
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
