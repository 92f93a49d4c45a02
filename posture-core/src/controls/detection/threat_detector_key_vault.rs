//! `detection.threat-detector-key-vault`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-key-vault",
    life: since("0.1.0"),
    title: "Defender for Key Vault is on",
    finding: "Defender for Key Vault is not fully on",
    keywords: &["Defender for Key Vault", "Defender for Cloud", "Key Vault", "threat detection"],
    severity: Medium,
    rationale: "An attacker who gains access to a vault reads keys and secrets in a pattern that \
                differs from normal use.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Key Vault in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Key Vault",
            command: Change("az security pricing create --name KeyVaults --tier Standard"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-key-vault-introduction",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial(shows::UNWATCHED))
            .where_any(&[Listed(Kind::Vault)])
            .or_tool(Purpose::Threats),
        ccm41("LOG-03", Supporting),
        mcsb1("DP-8", Partial(shows::UNWATCHED))
            .where_any(&[Listed(Kind::Vault)])
            .or_tool(Purpose::Threats),
        cis_azure6("8.1.8.1", Full),
        mcsb1("LT-1", Partial(shows::UNWATCHED))
            .where_any(&[Listed(Kind::Vault)])
            .or_tool(Purpose::Threats),
    ],
    test: is_true!(
        Detector.key_vault,
        "off, or on for some resources only",
        "on for all resources"
    ),
};
