//! `detection.update-checks`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the finding lists machines that do not look for missing updates, which a \
                     policy that Microsoft publishes for this row asks for";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.update-checks",
    life: since("0.1.0"),
    title: "Machines assess missing updates periodically",
    finding: "Not all machines assess missing updates",
    keywords: &[
        "Azure Update Manager",
        "periodic assessment",
        "Azure Arc",
        "virtual machine",
        "patch",
        "update",
        "assessmentMode",
    ],
    severity: Medium,
    rationale: "A machine that does not check for updates does not report that one is missing.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the patch assessment mode of every machine to AutomaticByPlatform, \
                   preferably with an Azure Policy assignment. The command is for Windows; for \
                   Linux, the setting is under osProfile.linuxConfiguration.",
            console: "Azure Update Manager → Machines → Update settings → Periodic assessment",
            command: Change(
                "az vm update --ids <machine-id> --set \
                             osProfile.windowsConfiguration.patchSettings.assessmentMode=AutomaticByPlatform",
            ),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/update-manager/assessment-options"],
    satisfies: &[
        csf20("PR.PS-02", Supporting),
        csf20("ID.RA-01", Supporting),
        ccm41("TVM-08", Supporting),
        // Not decided: it asks that no update is missing, by whichever tool.
        cis_azure6("8.1.10", Supporting),
        mcsb1("PV-6", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Detector::MACHINES_WITHOUT_UPDATE_CHECKS],
        params: &[],
        check: Check::Detector(check),
        examples: Examples {
            pass: |scope| scope.detectors.items.push(example(Known(vec![]))),
            fail: |scope| scope.detectors.items.push(example(Known(vec!["web".to_owned()]))),
        },
    },
};

/// The most machines that are named.
const MOST: usize = 10;

fn check(detector: &Detector, _: &Context<'_>) -> CheckResult {
    let machines = detector.machines_without_update_checks.known()?;
    if machines.is_empty() {
        return pass();
    }
    let mut names = machines.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if machines.len() > MOST {
        names.push_str(&format!(" and {} more", machines.len() - MOST));
    }
    fail(Detector::MACHINES_WITHOUT_UPDATE_CHECKS, format!("not on {names}"), "on every machine")
}

fn example(machines_without_update_checks: Fact<Vec<String>>) -> Detector {
    Detector::unread("/subscriptions/1/providers/Microsoft.Security", "Defender for Cloud", None)
        .machines_without_update_checks(machines_without_update_checks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.detectors.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(vec![])));
        assert_fails(&CONTROL, with(Known(vec!["web".to_owned()])));
        assert_not_applicable(&CONTROL, with(NotOffered));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn not_every_one_of_many_is_named() {
        let scope = world(with(Known((0..12).map(|n| format!("m{n}")).collect())));
        let judged = judged(&CONTROL, &scope);
        let Some(Ok(Verdict::Fail(evidence))) = judged.first() else { panic!("{judged:?}") };
        assert!(evidence[0].found.ends_with("m9 and 2 more"), "{}", evidence[0].found);
    }

    #[test]
    fn where_all_are_named_none_is_left_to_count() {
        let scope = world(with(Known((0..10).map(|n| format!("m{n}")).collect())));
        let judged = judged(&CONTROL, &scope);
        let Some(Ok(Verdict::Fail(evidence))) = judged.first() else { panic!("{judged:?}") };
        assert!(evidence[0].found.ends_with("m9"), "{}", evidence[0].found);
    }
}
