//! `detection.file-integrity`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "detection.file-integrity",
    title: "Changes to system files of virtual machines are noticed",
    severity: Medium,
    rationale: "Who wants to stay on a machine changes its files; a change that nobody made is \
                the sign of it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Servers plan 2, and in its settings file integrity \
                   monitoring.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Settings & monitoring → File Integrity Monitoring",
            command: "az security pricing create --name VirtualMachines --tier Standard --subplan \
                      P2 --extensions name=FileIntegrityMonitoring isEnabled=True",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/file-integrity-monitoring-overview",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial),
        ccm41("LOG-03", Supporting),
        cis_azure6("8.1.3.5", Full),
        mcsb1("PV-4", Supporting),
    ],
    reads: &[Detector::FILE_INTEGRITY],
    params: &[],
    check: Check::Detector(check),
    examples: Examples {
        pass: |scope| scope.detectors.items.push(example(Known(true))),
        fail: |scope| scope.detectors.items.push(example(Known(false))),
    },
};

fn check(detector: &Detector, _: &Context<'_>) -> Judged {
    if *detector.file_integrity.known()? {
        return pass();
    }
    fail(Detector::FILE_INTEGRITY, "off", "on")
}

fn example(file_integrity: Fact<bool>) -> Detector {
    Detector::unread("/subscriptions/1/providers/Microsoft.Security", "Defender for Cloud", None)
        .file_integrity(file_integrity)
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
