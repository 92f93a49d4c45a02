//! `network.flood-protection`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: Shield Standard protects every account at no charge, and what faces the internet may be behind another vendor's
/// protection. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.flood-protection",
    life: since("0.1.0"),
    title: "AWS Shield Advanced protects resources",
    finding: "AWS Shield Advanced protects no resource",
    keywords: &["Shield Advanced", "DDoS", "flood"],
    severity: Low,
    rationale: "Shield Standard stops common floods of packets. Large floods, and floods of requests, \
                can still stop an application or make it expensive.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Decide whether the account needs Shield Advanced, which is subscribed to for a \
                   year, and add protections for what faces the internet. The command shows what is \
                   protected.",
            console: "WAF & Shield → AWS Shield → Overview",
            command: Inspect("aws shield list-protections --region us-east-1"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html",
        "https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protections-by-resource-type.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-09", Supporting),
    ],
    test: Test {
        reads: &[Account::FLOOD_PROTECTED],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.flood_protected = protecting(&["arn:aws:x:::balancer"]),
            fail: |scope| scope.account.flood_protected = Known(None),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    let expected = "a subscription that protects resources";
    match account.flood_protected.known()? {
        None => fail(Account::FLOOD_PROTECTED, "no subscription", expected),
        Some(all) if all.is_empty() => {
            fail(Account::FLOOD_PROTECTED, "a subscription that protects nothing", expected)
        }
        Some(_) => pass(),
    }
}

fn protecting(all: &[&str]) -> Fact<Option<Vec<String>>> {
    Known(Some(all.iter().map(|&one| one.to_owned()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(protected: Fact<Option<Vec<String>>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.account.flood_protected = protected
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(protecting(&["arn:a"])));
        assert_fails(&CONTROL, with(protecting(&[])));
        assert_fails(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
