//! `detection.threat-detector-resource-manager`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "detection.threat-detector-resource-manager",
    title: "Threat detection watches the calls that manage resources",
    severity: Medium,
    rationale: "An intruder with rights in the subscription works through its management calls: \
                odd ones are the first sign of them.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Resource Manager in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Resource Manager",
            command: "az security pricing create --name Arm --tier Standard",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-resource-manager-introduction",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial),
        ccm41("LOG-03", Supporting),
        csf20("DE.CM-03", Supporting),
        cis_azure6("8.1.9.1", Full),
        mcsb1("LT-1", Partial),
    ],
    reads: &[Detector::RESOURCE_MANAGER],
    params: &[],
    check: Check::Detector(check),
    examples: Examples {
        pass: |scope| scope.detectors.items.push(example(Known(true))),
        fail: |scope| scope.detectors.items.push(example(Known(false))),
    },
};

fn check(detector: &Detector, _: &Context<'_>) -> Judged {
    if *detector.resource_manager.known()? {
        return pass();
    }
    fail(Detector::RESOURCE_MANAGER, "off", "on")
}

fn example(resource_manager: Fact<bool>) -> Detector {
    Detector::unread("/subscriptions/1/providers/Microsoft.Security", "Defender for Cloud", None)
        .resource_manager(resource_manager)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.detectors.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_not_applicable(&CONTROL, with(NotOffered));
        assert_unknown(&CONTROL, with(denied()));
    }
}
