//! `detection.finding-hub`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.finding-hub",
    life: since("0.1.0"),
    title: "Security Hub CSPM is on in every region",
    finding: "Security Hub CSPM is off in the region",
    keywords: &["Security Hub", "Security Hub CSPM", "security findings", "region"],
    severity: Medium,
    rationale: "Findings that stay in the service that produced them are seen late, and cannot \
                be compared with those of other services.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on Security Hub CSPM in the region, preferably for the whole \
                   organization from its delegated administrator account.",
            console: "Security Hub → the region → Go to Security Hub → Enable",
            command: Change("aws securityhub enable-security-hub --region <region>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html",
    ],
    satisfies: &[
        csf20("DE.AE-03", Supporting),
        csf20("DE.AE-02", Supporting),
        csf20("DE.AE-06", Supporting),
        csf20("ID.RA-01", Supporting),
        ccm41("SEF-06", Supporting),
        ccm41("TVM-11", Supporting),
        cis_aws7("5.16", Full),
    ],
    test: Test {
        reads: &[FindingHub::ENABLED],
        params: &[],
        check: Check::FindingHub(check),
        examples: Examples {
            pass: |scope| scope.finding_hubs.items.push(switched(Known(true))),
            fail: |scope| scope.finding_hubs.items.push(switched(Known(false))),
        },
    },
};

fn check(service: &FindingHub, _: &Context<'_>) -> CheckResult {
    if *service.enabled.known()? {
        return pass();
    }
    fail(FindingHub::ENABLED, "off", "on")
}

fn switched(enabled: Fact<bool>) -> FindingHub {
    FindingHub::unread(
        "arn:aws:securityhub:us-east-1:123456789012:hub/default",
        "us-east-1",
        Some("us-east-1"),
    )
    .enabled(enabled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(enabled: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.finding_hubs.items.push(switched(enabled))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
        assert_not_applicable(&CONTROL, with(NotOffered));
    }

    #[test]
    fn a_region_that_denies_is_unknown_beside_one_that_answers() {
        assert_unknown(&CONTROL, |scope| {
            scope.finding_hubs = Listing { items: vec![switched(Known(true))], gaps: vec![DENIED] };
        });
    }
}
