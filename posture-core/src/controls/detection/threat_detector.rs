//! `detection.threat-detector`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "an attacker can use any region, and neither GuardDuty nor a declared tool \
                     detects threats in this one";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector",
    life: since("0.1.0"),
    title: "GuardDuty is on in every region",
    finding: "GuardDuty is off in the region",
    keywords: &["GuardDuty", "threat detection", "detector", "region"],
    severity: High,
    rationale: "Attackers work in regions that the organization does not use, because activity \
                there goes unnoticed without threat detection.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on GuardDuty in the region, preferably for the whole organization from \
                   its delegated administrator account.",
            console: "GuardDuty → the region → Get started → Enable GuardDuty",
            command: Change("aws guardduty create-detector --enable --region <region>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_settingup.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html",
    ],
    satisfies: &[
        csf20("DE.CM-01", Partial(SHOWS)).or_tool(Purpose::Threats),
        csf20("DE.CM-09", Partial(SHOWS)).or_tool(Purpose::Threats),
        csf20("DE.CM-03", Supporting),
        csf20("DE.AE-02", Supporting),
        csf20("DE.AE-07", Supporting),
        ccm41("LOG-03", Partial(SHOWS)).or_tool(Purpose::Threats),
        ccm41("LOG-05", Partial(SHOWS)).or_tool(Purpose::Threats),
        ccm41("I&S-09", Partial(SHOWS)).or_tool(Purpose::Threats),
        fsbp("GuardDuty.1", Full),
        fsbp("GuardDuty.5", Partial(shows::STEP)),
        fsbp("GuardDuty.6", Partial(shows::STEP)),
        fsbp("GuardDuty.7", Partial(shows::STEP)),
        fsbp("GuardDuty.8", Partial(shows::STEP)),
        fsbp("GuardDuty.9", Partial(shows::STEP)),
        fsbp("GuardDuty.10", Partial(shows::STEP)),
        fsbp("GuardDuty.11", Partial(shows::STEP)),
        fsbp("GuardDuty.12", Partial(shows::STEP)),
        fsbp("GuardDuty.13", Partial(shows::STEP)),
    ],
    test: is_true!(Detector.enabled, "off", "on"),
};
