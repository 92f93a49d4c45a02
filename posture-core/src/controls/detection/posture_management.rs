//! `detection.posture-management`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "detection.posture-management",
    title: "Weak configuration and paths of attack are searched for",
    severity: Medium,
    rationale: "Single weaknesses look harmless: together they make a path to what matters, which \
                the free checks do not show.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender CSPM in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Defender CSPM",
            command: "az security pricing create --name CloudPosture --tier Standard",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/concept-cloud-security-posture-management",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("ID.RA-01", Partial),
        ccm41("TVM-03", Partial),
        cis_azure6("8.1.1.1", Full),
        mcsb1("PV-2", Partial),
        mcsb1("PV-5", Supporting),
    ],
    reads: &[Detector::POSTURE],
    params: &[],
    check: Check::Detector(check),
    examples: Examples {
        pass: |scope| scope.detectors.items.push(example(Known(true))),
        fail: |scope| scope.detectors.items.push(example(Known(false))),
    },
};

fn check(detector: &Detector, _: &Context<'_>) -> Judged {
    if *detector.posture.known()? {
        return pass();
    }
    fail(Detector::POSTURE, "off", "on")
}

fn example(posture: Fact<bool>) -> Detector {
    Detector::unread("/subscriptions/1/providers/Microsoft.Security", "Defender for Cloud", None)
        .posture(posture)
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
