//! `detection.machine-vulnerabilities`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.machine-vulnerabilities",
    life: since("0.1.0"),
    title: "Vulnerability assessment is on for virtual machines",
    finding: "Vulnerability assessment for machines is not fully on",
    keywords: &[
        "vulnerability assessment",
        "Defender Vulnerability Management",
        "Defender for Servers",
        "Defender for Cloud",
        "virtual machine",
        "MdeTvm",
    ],
    severity: Medium,
    rationale: "A known vulnerability on a known machine can be fixed before an attacker \
                exploits it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Servers, and turn on vulnerability assessment for \
                   machines in its settings.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Settings & monitoring → Vulnerability assessment for \
                      machines",
            command: Change(
                "az rest --method put --url \
                             \"https://management.azure.com/subscriptions/<subscription-id>/providers/Microsoft.Security/serverVulnerabilityAssessmentsSettings/azureServersSetting?api-version=2023-05-01\" \
                             --body '{\"kind\": \"AzureServersSetting\", \"properties\": \
                             {\"selectedProvider\": \"MdeTvm\"}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/auto-deploy-vulnerability-assessment",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/server-vulnerability-assessments-settings/list",
    ],
    satisfies: &[
        csf20("ID.RA-01", Partial(shows::UNSCANNED))
            .any_of(shows::SCANNED)
            .where_any(shows::MACHINES)
            .or_tool(Purpose::Vulnerabilities),
        ccm41("TVM-03", Partial(shows::UNSCANNED))
            .any_of(shows::SCANNED)
            .where_any(shows::MACHINES)
            .or_tool(Purpose::Vulnerabilities),
        cis_azure6("8.1.3.2", Full),
        mcsb1("PV-5", Partial(shows::UNSCANNED))
            .any_of(shows::SCANNED)
            .where_any(shows::MACHINES)
            .or_tool(Purpose::Vulnerabilities),
    ],
    test: is_true!(Detector.machine_vulnerabilities, "off", "on"),
};
