//! `edge.certificate-expiry`

use crate::checks::age::ahead;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: nothing may use the certificate. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.certificate-expiry",
    life: since("0.1.0"),
    title: "ACM certificates are renewed before they expire",
    finding: "ACM certificate expires soon or has expired",
    keywords: &["ACM", "AWS Certificate Manager", "certificate", "expiry", "renewal", "TLS"],
    severity: Medium,
    rationale: "Clients reject an expired certificate, so that its service is down. ACM renews what it \
                issues 60 days before the end: fewer days show that the renewal failed, or that the \
                certificate was imported.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Import a renewed certificate, or fix the validation of the domain so that ACM \
                   can renew it. The command shows the state of the renewal.",
            console: "Certificate Manager → Certificates → the certificate",
            command: Inspect("aws acm describe-certificate --certificate-arn <tls-certificate>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/acm-certificate-expiration-check.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/acm-controls.html",
    ],
    satisfies: &[
        csf20("PR.DS-02", Supporting),
        csf20("PR.AA-01", Supporting),
        ccm41("CEK-12", Supporting),
        ccm41("CEK-17", Supporting),
        fsbp("ACM.1", Full).with(MIN_LEFT.asked(30)),
    ],
    test: Test {
        reads: &[TlsCertificate::EXPIRES],
        params: &[Param::Days(&MIN_LEFT)],
        check: Check::TlsCertificate(check),
        examples: Examples {
            pass: |scope| scope.add(certificate(30)),
            fail: |scope| scope.add(certificate(29)),
        },
    },
};

static MIN_LEFT: Days = Days {
    name: "min-days-left",
    doc: "The minimum number of days that a certificate must still be valid. Fewer days fail; exactly this many pass.",
    default: 30,
};

fn check(certificate: &TlsCertificate, context: &Context<'_>) -> CheckResult {
    let (expires, days) = (certificate.expires.known()?, context.days(&MIN_LEFT));
    let now = context.now()?;
    if *expires > now && -expires.days_before(now) >= i64::from(days) {
        return pass();
    }
    let word = if *expires > now { "expires" } else { "expired" };
    fail(
        TlsCertificate::EXPIRES,
        format!("{word} on {}", expires.day()),
        format!("at least {} left", counted(days, "day", "days")),
    )
}

fn certificate(days: i64) -> TlsCertificate {
    TlsCertificate::unread("example", "example", None).expires(Known(ahead(days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |one: TlsCertificate| move |scope: &mut Scope| scope.add(one);
        assert_passes(&CONTROL, with(certificate(30)));
        assert_fails(&CONTROL, with(certificate(29)));
        assert_fails(&CONTROL, with(certificate(0)));
        assert_fails(&CONTROL, with(certificate(-1)));
        assert_unknown(&CONTROL, with(certificate(99).expires(denied())));
    }
}
