//! `detection.threat-detector-open-source-databases`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "detection.threat-detector-open-source-databases",
    title: "Threat detection watches open-source databases",
    severity: Medium,
    rationale: "Guessed and stolen passwords of a database show in sign-ins that only the \
                database sees.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for open-source relational databases in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → open-source relational databases",
            command: "az security pricing create --name OpenSourceRelationalDatabases --tier \
                      Standard",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-databases-introduction",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial),
        ccm41("LOG-03", Supporting),
        mcsb1("DP-2", Partial),
        cis_azure6("8.1.7.2", Full),
        mcsb1("LT-1", Partial),
    ],
    reads: &[Detector::OPEN_SOURCE_DATABASES],
    params: &[],
    check: Check::Detector(check),
    examples: Examples {
        pass: |scope| scope.detectors.items.push(example(Known(true))),
        fail: |scope| scope.detectors.items.push(example(Known(false))),
    },
};

fn check(detector: &Detector, _: &Context<'_>) -> Judged {
    if *detector.open_source_databases.known()? {
        return pass();
    }
    fail(Detector::OPEN_SOURCE_DATABASES, "off", "on")
}

fn example(open_source_databases: Fact<bool>) -> Detector {
    Detector::unread("/subscriptions/1/providers/Microsoft.Security", "Defender for Cloud", None)
        .open_source_databases(open_source_databases)
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
