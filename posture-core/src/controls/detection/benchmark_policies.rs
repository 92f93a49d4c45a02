//! `detection.benchmark-policies`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.benchmark-policies",
    life: since("0.1.0"),
    title: "The policies of the security benchmark are not switched off",
    severity: Low,
    rationale: "A check that is switched off reports nothing, and looks like one that found \
                nothing.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Assign the Microsoft cloud security benchmark to the subscription, and set no \
                   effect of a policy that is still current to Disabled.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Security policies",
            command: "az policy assignment update --name <assignment> --scope <scope> --params \
                      <params.json>",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/security-policy-concept",
        "https://learn.microsoft.com/en-us/azure/governance/policy/samples/azure-security-benchmark",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial),
        csf20("ID.RA-01", Supporting),
        ccm41("CCC-07", Supporting),
        cis_azure6("8.1.11", Partial),
        mcsb1("PV-2", Partial),
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

fn check(account: &Account, _: &Context<'_>) -> Judged {
    match account.benchmark_disabled.known()? {
        Some(policies) if policies.is_empty() => pass(),
        Some(policies) => {
            let policies = policies.join(", ");
            fail(
                Account::BENCHMARK_DISABLED,
                format!("switched off: {policies}"),
                "nothing switched off",
            )
        }
        None => fail(
            Account::BENCHMARK_DISABLED,
            "the benchmark is not assigned",
            "assigned, with nothing switched off",
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
