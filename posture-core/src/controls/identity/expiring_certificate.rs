//! `identity.expiring-certificate`

use crate::checks::age::ahead;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.expiring-certificate",
    life: since("0.1.0"),
    title: "IAM server certificates are renewed before they expire",
    finding: "IAM server certificate expires soon",
    keywords: &["IAM", "server certificate", "ACM", "SSL", "TLS", "certificate"],
    severity: Low,
    rationale: "A certificate that expires unnoticed takes its service down.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Upload a renewed certificate, or move the certificate to ACM, which renews \
                   the certificates that it issues.",
            console: "IAM → Server certificates, by the command line only",
            command: Change(
                "aws iam upload-server-certificate --server-certificate-name \
                             <certificate> --certificate-body file://<certificate.pem> \
                             --private-key file://<key.pem>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html",
    ],
    satisfies: &[
        csf20("PR.DS-02", Supporting),
        csf20("PR.AA-01", Supporting),
        ccm41("CEK-17", Supporting),
    ],
    test: Test {
        reads: &[Certificate::EXPIRES],
        params: &[Param::Days(&MIN_LEFT)],
        check: Check::Certificate(check),
        examples: Examples {
            pass: |scope| scope.certificates.items.push(certificate(30)),
            fail: |scope| scope.certificates.items.push(certificate(29)),
        },
    },
};

static MIN_LEFT: Days = Days {
    name: "min-days-left",
    doc: "The minimum number of days that a certificate must still be valid. Fewer days fail; exactly this many pass.",
    default: 30,
};

fn check(certificate: &Certificate, context: &Context<'_>) -> CheckResult {
    let (expires, days) = (certificate.expires.known()?, context.days(&MIN_LEFT));
    let now = context.now()?;
    let left = -expires.days_before(now);
    if *expires <= now {
        return not_applicable("it has already expired");
    }
    if left >= i64::from(days) {
        return pass();
    }
    fail(
        Certificate::EXPIRES,
        format!("expires on {}", expires.day()),
        format!("at least {} left", counted(days, "day", "days")),
    )
}

fn certificate(days: i64) -> Certificate {
    Certificate::unread("arn:aws:iam::123456789012:server-certificate/web", "web", None)
        .expires(Known(ahead(days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |certificate: Certificate| {
            move |scope: &mut Scope| scope.certificates.items.push(certificate)
        };
        assert_passes(&CONTROL, with(certificate(30)));
        assert_fails(&CONTROL, with(certificate(29)));
        assert_not_applicable(&CONTROL, with(certificate(-1)));
        assert_unknown(&CONTROL, with(certificate(99).expires(denied())));
    }
}
