//! `identity.expired-certificate`

use crate::checks::age::ahead;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.expired-certificate",
    life: since("0.1.0"),
    title: "Expired IAM server certificates are deleted",
    finding: "IAM server certificate has expired",
    keywords: &["IAM", "server certificate", "SSL", "TLS", "certificate"],
    severity: Medium,
    rationale: "An expired certificate that is deployed by mistake breaks the service that it \
                should protect.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Delete the expired certificate.",
            console: "IAM → Server certificates, by the command line only",
            command: Change(
                "aws iam delete-server-certificate --server-certificate-name \
                             <certificate>",
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
        ccm41("IPY-03", Supporting),
        cis_aws7("2.17", Full),
    ],
    test: Test {
        reads: &[Certificate::EXPIRES],
        params: &[],
        check: Check::Certificate(check),
        examples: Examples {
            pass: |scope| scope.certificates.items.push(certificate(1)),
            fail: |scope| scope.certificates.items.push(certificate(-1)),
        },
    },
};

fn check(certificate: &Certificate, context: &Context<'_>) -> CheckResult {
    let expires = certificate.expires.known()?;
    if *expires > context.now()? {
        return pass();
    }
    fail(Certificate::EXPIRES, format!("expired on {}", expires.day()), "a valid certificate")
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
        assert_passes(&CONTROL, with(certificate(1)));
        assert_fails(&CONTROL, with(certificate(0)));
        assert_unknown(&CONTROL, with(certificate(99).expires(denied())));
    }

    #[test]
    fn the_moment_decides() {
        let by = |seconds: i64| {
            let expires = Time::from_unix(EXAMPLE_TIME().unix() + seconds);
            move |scope: &mut Scope| {
                scope.certificates.items.push(certificate(1).expires(Known(expires)))
            }
        };
        assert_passes(&CONTROL, by(1));
        assert_fails(&CONTROL, by(0));
        assert_fails(&CONTROL, by(-1));
        assert_eq!(ahead(1).unix() - ahead(-1).unix(), 2 * 86_400);
    }
}
