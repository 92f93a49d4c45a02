//! `edge.certificate-strength`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: nothing may use the certificate. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.certificate-strength",
    life: since("0.1.0"),
    title: "RSA keys of ACM certificates have at least 2,048 bits",
    finding: "ACM certificate has a short RSA key",
    keywords: &["ACM", "AWS Certificate Manager", "certificate", "RSA", "key length"],
    severity: High,
    rationale: "A key of 1,024 bits can be factored with enough money, and clients no longer accept it. \
                A client that has the private key can impersonate the service.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Request or import a certificate with a key of 2,048 bits or more, or of an \
                   elliptic curve, and delete this one.",
            console: "Certificate Manager → Request a certificate",
            command: Change(
                "aws acm request-certificate --domain-name <domain> --key-algorithm RSA_2048 \
                 --validation-method DNS",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html",
        "https://csrc.nist.gov/pubs/sp/800/131/a/r2/final",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/acm-controls.html",
    ],
    satisfies: &[
        csf20("PR.DS-02", Supporting),
        ccm41("CEK-04", Supporting),
        ccm41("CEK-10", Supporting),
        fsbp("ACM.2", Full),
    ],
    test: Test {
        reads: &[TlsCertificate::RSA_BITS],
        params: &[],
        check: Check::TlsCertificate(check),
        examples: Examples {
            pass: |scope| scope.add(certificate(Some(2048))),
            fail: |scope| scope.add(certificate(Some(1024))),
        },
    },
};

fn check(certificate: &TlsCertificate, _: &Context<'_>) -> CheckResult {
    match certificate.rsa_bits.known()? {
        None => not_applicable("its key is not one of RSA"),
        Some(2048..) => pass(),
        Some(bits) => fail(TlsCertificate::RSA_BITS, format!("{bits} bits"), "at least 2048 bits"),
    }
}

fn certificate(bits: Option<u32>) -> TlsCertificate {
    TlsCertificate::unread("example", "example", None).rsa_bits(Known(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |one: TlsCertificate| move |scope: &mut Scope| scope.add(one);
        assert_passes(&CONTROL, with(certificate(Some(2048))));
        assert_fails(&CONTROL, with(certificate(Some(2047))));
        assert_not_applicable(&CONTROL, with(certificate(None)));
        assert_unknown(&CONTROL, with(certificate(None).rsa_bits(denied())));
    }
}
