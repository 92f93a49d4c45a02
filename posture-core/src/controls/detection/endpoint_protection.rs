//! `detection.endpoint-protection`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "there are machines whose plan is on, and neither Defender for Endpoint nor a \
                     declared tool protects them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.endpoint-protection",
    life: since("0.1.0"),
    title: "Endpoint protection (Defender for Endpoint) is on",
    finding: "Endpoint protection for servers is not fully on",
    keywords: &[
        "Defender for Endpoint",
        "Defender for Servers",
        "endpoint protection",
        "EDR",
        "WDATP",
        "antimalware",
        "virtual machine",
    ],
    severity: High,
    rationale: "Only a sensor on the machine can see and stop what an attacker runs there.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Servers, and turn on endpoint protection in its \
                   settings. The command turns on the integration with Defender for Endpoint \
                   only.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Settings & monitoring → Endpoint protection",
            command: Change(
                "az security setting update --name WDATP --data-export-settings \
                             enabled=true",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/integration-defender-for-endpoint",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/settings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial(SHOWS)).where_any(shows::MACHINES).or_tool(Purpose::Endpoints),
        ccm41("TVM-02", Partial(SHOWS)).where_any(shows::MACHINES).or_tool(Purpose::Endpoints),
        // It asks for the setting alone; the plan is the subject of others.
        cis_azure6("8.1.3.3", Full).by(Check::Detector(setting)),
        mcsb1("ES-1", Partial(SHOWS)).where_any(shows::MACHINES).or_tool(Purpose::Endpoints),
        mcsb1("ES-2", Partial(SHOWS)).where_any(shows::MACHINES).or_tool(Purpose::Endpoints),
    ],
    test: Test {
        reads: &[Detector::ENDPOINT_PROTECTION, Detector::SERVERS],
        params: &[],
        check: Check::Detector(check),
        examples: Examples {
            pass: |scope| scope.detectors.items.push(example(Known(true))),
            fail: |scope| scope.detectors.items.push(example(Known(false))),
        },
    },
};

fn check(detector: &Detector, context: &Context<'_>) -> CheckResult {
    if detector.servers == Known(false) {
        return fail(
            Detector::SERVERS,
            "Defender for Servers is off, or on for some machines only",
            "Defender for Servers and its endpoint protection on",
        );
    }
    match setting(detector, context)? {
        Verdict::Pass => detector.servers.known().map(|_| Verdict::Pass),
        other => Ok(other),
    }
}

/// Whether the setting is on, whatever the plan is.
fn setting(detector: &Detector, _: &Context<'_>) -> CheckResult {
    if *detector.endpoint_protection.known()? {
        return pass();
    }
    fail(Detector::ENDPOINT_PROTECTION, "off", "on")
}

fn example(endpoint_protection: Fact<bool>) -> Detector {
    Detector::unread("/subscriptions/1/providers/Microsoft.Security", "Defender for Cloud", None)
        .servers(Known(true))
        .endpoint_protection(endpoint_protection)
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

    #[test]
    fn without_the_plan_the_setting_does_nothing_and_meets_the_benchmark() {
        let on = |servers: Fact<bool>| {
            let detector = example(Known(true)).servers(servers);
            move |scope: &mut Scope| scope.detectors.items.push(detector)
        };
        assert_fails(&CONTROL, on(Known(false)));
        assert_unknown(&CONTROL, on(denied()));
        for servers in [Known(true), Known(false), denied()] {
            let row = row_of(&CONTROL, "cis-azure-6.0:8.1.3.3", on(servers));
            assert_eq!(row, [Ok(Verdict::Pass)]);
        }
    }
}
