//! `identity.expired-credential`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.expired-credential",
    life: since("0.1.0"),
    title: "Expired application credentials are removed",
    finding: "Application credential has expired",
    keywords: &[
        "Entra ID",
        "app registration",
        "service principal",
        "client secret",
        "certificate",
        "credential",
    ],
    severity: Low,
    rationale: "Expired credentials make it hard to see which ones are in use, and which ones an \
                attacker added.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Remove the credential once you are certain that a newer one is in use. The \
                   command removes a password of an application: add --cert for a certificate, \
                   and use az ad sp for a credential of a service principal.",
            console: "Microsoft Entra ID → App registrations → the application → Certificates & secrets",
            command: Change("az ad app credential delete --id <application> --key-id <credential>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity-platform/security-best-practices-for-app-registration",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-14", Supporting),
        mcsb1("IM-3", Supporting),
    ],
    test: Test {
        reads: &[Credential::EXPIRES],
        params: &[],
        check: Check::Credential(check),
        examples: Examples {
            pass: |scope| scope.credentials.items.push(example(Known(Some(days(1))))),
            fail: |scope| scope.credentials.items.push(example(Known(Some(days(0))))),
        },
    },
};

fn check(credential: &Credential, context: &Context<'_>) -> CheckResult {
    match credential.expires.known()? {
        Some(expires) if *expires <= context.now()? => fail(
            Credential::EXPIRES,
            format!("expired on {}", expires.day()),
            "no expired credential",
        ),
        _ => pass(),
    }
}

fn days(from: i64) -> Time {
    Time::from_unix(EXAMPLE_TIME().unix() + from * 86_400)
}

fn example(expires: Fact<Option<Time>>) -> Credential {
    Credential::unread(
        "33333333-3333-4333-8333-333333333333/44444444-4444-4444-8444-444444444444",
        "web shop: spring",
        None,
    )
    .expires(expires)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Option<Time>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.credentials.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some(days(1)))));
        assert_passes(&CONTROL, with(Known(None)));
        assert_fails(&CONTROL, with(Known(Some(days(0)))));
        assert_fails(&CONTROL, with(Known(Some(days(-400)))));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn the_moment_decides() {
        let by = |seconds: i64| with(Known(Some(Time::from_unix(EXAMPLE_TIME().unix() + seconds))));
        assert_passes(&CONTROL, by(1));
        assert_fails(&CONTROL, by(0));
        assert_fails(&CONTROL, by(-1));
        assert_eq!(days(1).unix() - days(-1).unix(), 2 * 86_400);
    }
}
