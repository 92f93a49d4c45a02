//! `secrets.certificate-validity`

use crate::checks::shows;
use crate::control::Undecided;
use crate::prelude::*;

/// See the [module](self).
///
/// A certificate in a vault is known by the secret that backs it, which begins and ends with it. The policy by which the
/// next one will be issued is not told.
pub(crate) static CONTROL: Control = Control {
    id: "secrets.certificate-validity",
    life: since("0.1.0"),
    title: "Key Vault certificates are valid for at most a year",
    finding: "Key Vault certificate is valid for too long",
    keywords: &["Key Vault", "certificate", "validity period", "issuance policy"],
    severity: Low,
    rationale: "A private key that leaked unnoticed can be used until its certificate expires. A \
                certificate that is renewed every year also keeps the renewal process known.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the validity period in the issuance policy of the certificate to 12 \
                   months or less, and issue a new version; if you import the certificate, \
                   import one with the same limit.",
            console: "Key vaults → the vault → Objects → Certificates → the certificate → \
                      Issuance Policy → Validity Period",
            command: Change(
                "az keyvault certificate create --vault-name <vault> --name \
                             <certificate> --policy @<policy.json> --validity 12",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/certificates/about-certificates",
        "https://learn.microsoft.com/en-us/azure/key-vault/certificates/secure-certificates",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        csf20("PR.DS-02", Supporting),
        ccm41("CEK-12", Supporting),
        ccm41("CEK-17", Supporting),
        cis_azure6("8.3.11", Partial(shows::STEP)).with(MAX_DAYS.asked(366)),
        mcsb1("DP-7", Partial(shows::NAMED_SETTING)),
    ],
    test: Test {
        reads: &[Secret::ENABLED, Secret::CERTIFICATE, Secret::VALID_FROM, Secret::EXPIRES],
        params: &[Param::Days(&MAX_DAYS)],
        check: Check::Secret(check),
        examples: Examples {
            pass: |scope| scope.secrets.items.push(example(366)),
            fail: |scope| scope.secrets.items.push(example(397)),
        },
    },
};

static MAX_DAYS: Days = Days {
    name: "max-days",
    doc: "The maximum validity of a certificate in whole days. More days fail; exactly this many pass. The default is twelve months of a leap year.",
    default: 366,
};

fn check(secret: &Secret, context: &Context<'_>) -> CheckResult {
    if let Some(why) = left_out(secret)? {
        return not_applicable(why);
    }
    let most = context.days(&MAX_DAYS);
    let expected = format!("at most {most} days");
    let Some(expires) = secret.expires.known()? else {
        return fail(Secret::EXPIRES, "never", expected);
    };
    let Some(from) = secret.valid_from.known()? else {
        return not_applicable("its start date is not set");
    };
    let days = from.days_before(*expires);
    if days <= i64::from(most) {
        return pass();
    }
    fail(Secret::EXPIRES, format!("{days} days, until {}", expires.day()), expected)
}

/// One certain reason outranks what could not be read of the other.
fn left_out(secret: &Secret) -> Result<Option<&'static str>, Undecided> {
    if secret.enabled == Known(false) {
        return Ok(Some("it is disabled"));
    }
    if secret.certificate == Known(false) {
        return Ok(Some("it does not belong to a certificate"));
    }
    secret.enabled.known()?;
    secret.certificate.known()?;
    Ok(None)
}

fn example(days: i64) -> Secret {
    let from = EXAMPLE_TIME();
    Secret::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main/secrets/web",
        "web",
        Some("westeurope"),
    )
    .enabled(Known(true))
    .certificate(Known(true))
    .valid_from(Known(Some(from)))
    .expires(Known(Some(Time::from_unix(from.unix() + days * 86_400))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    fn with(secret: Secret) -> impl FnOnce(&mut Scope) {
        move |scope| scope.secrets.items.push(secret)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(365)));
        assert_passes(&CONTROL, with(example(366)));
        assert_fails(&CONTROL, with(example(367)));
        assert_fails(&CONTROL, with(example(90).expires(Known(None))));
        assert_unknown(&CONTROL, with(example(367).expires(denied())));
        assert_unknown(&CONTROL, with(example(367).valid_from(denied())));
        assert_not_applicable(&CONTROL, with(example(367).valid_from(Known(None))));
    }

    /// The service dates a certificate back by ten minutes.
    #[test]
    fn whole_days_count() {
        let until = EXAMPLE_TIME().unix() + 366 * 86_400 + 600;
        let longer = example(0).expires(Known(Some(Time::from_unix(until))));
        assert_passes(&CONTROL, with(longer));
        let scope = world(with(example(91)));
        let all = judged_with(&CONTROL, &scope, &[("max-days", Value::Number(90))]);
        assert!(matches!(all[..], [Ok(Verdict::Fail(_))]), "{all:?}");
    }

    #[test]
    fn other_secrets_and_what_is_switched_off_are_left_out() {
        let long = || example(900);
        assert_not_applicable(&CONTROL, with(long().enabled(Known(false))));
        assert_not_applicable(&CONTROL, with(long().certificate(Known(false))));
        assert_not_applicable(&CONTROL, with(long().certificate(Known(false)).enabled(denied())));
        assert_not_applicable(&CONTROL, with(long().enabled(Known(false)).certificate(denied())));
        assert_unknown(&CONTROL, with(long().enabled(denied())));
        assert_unknown(&CONTROL, with(long().certificate(denied())));
    }
}
