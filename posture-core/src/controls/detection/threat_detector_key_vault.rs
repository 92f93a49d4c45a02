//! `detection.threat-detector-key-vault`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "detection.threat-detector-key-vault",
    title: "Threat detection watches key vaults",
    severity: Medium,
    rationale: "Who has found a way to the keys reads them in a manner that their owner never \
                does.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Key Vault in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Key Vault",
            command: "az security pricing create --name KeyVaults --tier Standard",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-key-vault-introduction",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial),
        ccm41("LOG-03", Supporting),
        mcsb1("DP-8", Partial),
        cis_azure6("8.1.8.1", Full),
        mcsb1("LT-1", Partial),
    ],
    reads: &[Detector::KEY_VAULT],
    params: &[],
    check: Check::Detector(check),
    examples: Examples {
        pass: |scope| scope.detectors.items.push(example(Known(true))),
        fail: |scope| scope.detectors.items.push(example(Known(false))),
    },
};

fn check(detector: &Detector, _: &Context<'_>) -> Judged {
    if *detector.key_vault.known()? {
        return pass();
    }
    fail(Detector::KEY_VAULT, "off", "on")
}

fn example(key_vault: Fact<bool>) -> Detector {
    Detector::unread("/subscriptions/1/providers/Microsoft.Security", "Defender for Cloud", None)
        .key_vault(key_vault)
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
