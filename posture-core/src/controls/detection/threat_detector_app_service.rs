//! `detection.threat-detector-app-service`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-app-service",
    life: since("0.1.0"),
    title: "Defender for App Service is on",
    finding: "Defender for App Service is not fully on",
    keywords: &[
        "Defender for App Service",
        "Defender for Cloud",
        "App Service",
        "web app",
        "threat detection",
    ],
    severity: Medium,
    rationale: "Attacks on a web app show in its requests and on its workers, which only the \
                platform can see.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for App Service in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → App Service",
            command: Change("az security pricing create --name AppServices --tier Standard"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-app-service-introduction",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial(shows::UNWATCHED))
            .where_any(&[Arm("Microsoft.Web/sites")])
            .or_tool(Purpose::Threats),
        ccm41("LOG-03", Supporting),
        cis_azure6("8.1.6.1", Full),
        mcsb1("LT-1", Partial(shows::UNWATCHED))
            .where_any(&[Arm("Microsoft.Web/sites")])
            .or_tool(Purpose::Threats),
    ],
    test: is_true!(
        Detector.app_service,
        "off, or on for some resources only",
        "on for all resources"
    ),
};
