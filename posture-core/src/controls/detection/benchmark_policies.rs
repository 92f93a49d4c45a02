//! `detection.benchmark-policies`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.benchmark-policies",
    life: since("0.1.0"),
    title: "Microsoft cloud security benchmark is assigned and fully on",
    finding: "Security benchmark is not assigned or partly off",
    keywords: &[
        "Microsoft cloud security benchmark",
        "MCSB",
        "Azure Policy",
        "policy assignment",
        "Defender for Cloud",
        "security policy",
    ],
    severity: Low,
    rationale: "A disabled policy reports nothing, which looks the same as a policy that found \
                nothing.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Assign the Microsoft cloud security benchmark to the subscription, and do not \
                   set the effect of a current policy to Disabled.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Security policies",
            command: Change(
                "az policy assignment update --name <assignment> --scope <scope> \
                             --params <params.json>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/security-policy-concept",
        "https://learn.microsoft.com/en-us/azure/governance/policy/samples/azure-security-benchmark",
    ],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("ID.RA-01", Supporting),
        ccm41("CCC-07", Supporting),
        cis_azure6("8.1.11", Partial(shows::STEP)),
        mcsb1("PV-2", Supporting),
    ],
    test: Test {
        reads: &[Account::BENCHMARK_DISABLED],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| {
                scope.account.benchmark_disabled = Known(Some(vec![]));
            },
            fail: |scope| {
                scope.account.benchmark_disabled = Known(None);
            },
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    match account.benchmark_disabled.known()? {
        Some(policies) if policies.is_empty() => pass(),
        Some(policies) => {
            let policies = policies.join(", ");
            fail(Account::BENCHMARK_DISABLED, format!("off: {policies}"), "no policy off")
        }
        None => fail(
            Account::BENCHMARK_DISABLED,
            "the benchmark is not assigned",
            "assigned, with no policy off",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Option<Vec<String>>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.account.benchmark_disabled = value
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some(vec![]))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_fails(
            &CONTROL,
            with(Known(Some(vec!["storageSecureTransferMonitoringEffect".to_owned()]))),
        );
        assert_not_applicable(&CONTROL, with(NotOffered));
        assert_unknown(&CONTROL, with(denied()));
    }
}
