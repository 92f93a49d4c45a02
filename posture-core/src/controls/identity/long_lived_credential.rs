//! `identity.long-lived-credential`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the credential is valid for longer than the limit, so that it is not replaced \
                     in time";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.long-lived-credential",
    life: since("0.1.0"),
    title: "Application credentials are short-lived",
    finding: "Application credential is valid for too long",
    keywords: &[
        "Entra ID",
        "app registration",
        "service principal",
        "client secret",
        "certificate",
        "app management policy",
    ],
    severity: Medium,
    rationale: "A leaked credential can be used for as long as it is valid.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Replace the credential with a managed identity or a federated credential, or \
                   with one that expires sooner. An app management policy limits the lifetime of \
                   all credentials.",
            console: "Microsoft Entra ID → App registrations → the application → Certificates & secrets",
            command: Change(
                "az ad app credential reset --id <application> --append --end-date \
                             <date>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/graph/api/resources/applicationauthenticationmethodpolicy",
        "https://learn.microsoft.com/en-us/entra/identity-platform/security-best-practices-for-app-registration",
        "https://learn.microsoft.com/en-us/entra/identity-platform/how-to-add-credentials",
        "https://learn.microsoft.com/en-us/entra/fundamentals/zero-trust-protect-identities#applications-dont-have-certificates-with-expiration-longer-than-180-days",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(SHOWS)),
        ccm41("IAM-14", Partial(SHOWS)),
        mcsb1("IM-3", Supporting),
        mcsb1("IM-8", Supporting),
    ],
    test: Test {
        reads: &[
            Credential::CERTIFICATE,
            Credential::SIGNS_TOKENS,
            Credential::STARTS,
            Credential::EXPIRES,
        ],
        params: &[Param::Days(&MAX_CERTIFICATE), Param::Days(&MAX_SECRET)],
        check: Check::Credential(check),
        examples: Examples {
            pass: |scope| scope.credentials.items.push(example(true, -10, Some(170))),
            fail: |scope| scope.credentials.items.push(example(true, -10, Some(171))),
        },
    },
};

static MAX_CERTIFICATE: Days = Days {
    name: "max-certificate-days",
    doc: "The maximum validity of a certificate in days. More days fail; exactly this many pass.",
    default: 180,
};

// Less than twelve months.
static MAX_SECRET: Days = Days {
    name: "max-secret-days",
    doc: "The maximum validity of a secret in days. More days fail; exactly this many pass.",
    default: 364,
};

fn check(credential: &Credential, context: &Context<'_>) -> CheckResult {
    if *credential.signs_tokens.known()? {
        return not_applicable(
            "Entra ID signs tokens with it; the application does not sign in with it",
        );
    }
    let most = if *credential.certificate.known()? { &MAX_CERTIFICATE } else { &MAX_SECRET };
    let days = context.days(most);
    let expected = || format!("valid for at most {days} days");
    let Some(expires) = credential.expires.known()? else {
        return fail(Credential::EXPIRES, "never expires", expected());
    };
    if *expires <= context.now()? {
        return not_applicable("it has already expired");
    }
    let starts = credential.starts.known()?;
    if !starts.is_older_than_days(days, *expires) {
        return pass();
    }
    let found = format!("valid for {} days, until {}", starts.days_before(*expires), expires.day());
    fail(Credential::EXPIRES, found, expected())
}

fn days(from: i64) -> Time {
    Time::from_unix(EXAMPLE_TIME().unix() + from * 86_400)
}

fn example(certificate: bool, starts: i64, expires: Option<i64>) -> Credential {
    Credential::unread(
        "33333333-3333-4333-8333-333333333333/44444444-4444-4444-8444-444444444444",
        "web shop: spring",
        None,
    )
    .certificate(Known(certificate))
    .signs_tokens(Known(false))
    .starts(Known(days(starts)))
    .expires(Known(expires.map(days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(credential: Credential) -> impl FnOnce(&mut Scope) {
        move |scope| scope.credentials.items.push(credential)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(true, -10, Some(170))));
        assert_fails(&CONTROL, with(example(true, -10, Some(171))));
        assert_passes(&CONTROL, with(example(false, -10, Some(354))));
        assert_fails(&CONTROL, with(example(false, -10, Some(355))));
        assert_fails(&CONTROL, with(example(false, -700, Some(1))));
        assert_fails(&CONTROL, with(example(false, -1, None)));
        assert_not_applicable(&CONTROL, with(example(false, -700, Some(-1))));
        assert_unknown(&CONTROL, with(example(false, -1, Some(1)).expires(denied())));
        assert_unknown(&CONTROL, with(example(false, -1, Some(1)).starts(denied())));
        assert_unknown(&CONTROL, with(example(false, -1, Some(1)).certificate(denied())));
        // Without an end no beginning is soon enough.
        assert_fails(&CONTROL, with(example(false, -1, None).starts(denied())));
    }

    #[test]
    fn a_certificate_that_signs_tokens_lives_as_long_as_those_who_trust_it_say() {
        let signing = || example(true, -10, Some(1000));
        assert_not_applicable(&CONTROL, with(signing().signs_tokens(Known(true))));
        assert_unknown(&CONTROL, with(signing().signs_tokens(denied())));
    }
}
