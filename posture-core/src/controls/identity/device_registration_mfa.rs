//! `identity.device-registration-mfa`

use crate::checks::shows;
use crate::checks::sign_in;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "a stolen password alone registers a device, which later counts as known";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.device-registration-mfa",
    life: since("0.1.0"),
    title: "Registering or joining a device requires MFA",
    finding: "MFA is not required for every device registration",
    keywords: &[
        "Entra ID",
        "Conditional Access",
        "MFA",
        "device registration",
        "device join",
        "device settings",
    ],
    severity: Medium,
    rationale: "A registered device is trusted, and sign-ins from it count as sign-ins of its \
                owner.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a Conditional Access policy for all users and the user action Register \
                   or join devices that grants access only with MFA, and turn off the setting of \
                   the same name in the device settings: while it is on, the policy is not \
                   properly enforced. Without a license for Conditional Access, turn the setting \
                   on instead. The command shows the present settings.",
            console: "Microsoft Entra ID → Devices → Device settings → Require multifactor authentication to register or join devices",
            command: Inspect(
                "az rest --method get --url \
                              https://graph.microsoft.com/v1.0/policies/deviceRegistrationPolicy",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/devices/manage-device-identities",
        "https://learn.microsoft.com/en-us/graph/api/resources/deviceregistrationpolicy",
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/policy-all-users-device-registration",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)),
        ccm41("IAM-13", Partial(SHOWS)),
        cis_azure6("5.1.2", Partial(shows::STEP)),
        mcsb1("IM-6", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[
            Directory::DEVICE_REGISTRATION_MFA,
            Directory::MFA_FOR_DEVICE_REGISTRATION,
            Directory::SIGN_IN_RULES,
            Directory::SIGN_IN_EXCLUSIONS_DECIDED,
        ],
        params: &[Param::Names(&sign_in::EXCEPTIONS)],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| {
                let directory = example(sign_in::rules(&[]));
                scope.directories.items.push(directory.device_registration_mfa(Known(true)));
            },
            fail: |scope| scope.directories.items.push(example(sign_in::rules(&[]))),
        },
    },
};

fn check(directory: &Directory, context: &Context<'_>) -> CheckResult {
    let rules = (Directory::MFA_FOR_DEVICE_REGISTRATION, &directory.mfa_for_device_registration);
    sign_in::by_setting_or_rules(
        &directory.device_registration_mfa,
        directory,
        context,
        rules,
        "a policy that requires MFA of all users for this action, or the setting that requires it",
    )
}

fn example(rules: Fact<Vec<SignInRule>>) -> Directory {
    sign_in::directory().mfa_for_device_registration(rules).device_registration_mfa(Known(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(setting: Fact<bool>, rules: Fact<Vec<SignInRule>>) -> impl FnOnce(&mut Scope) {
        let directory = example(rules).device_registration_mfa(setting);
        move |scope| scope.directories.items.push(directory)
    }

    #[test]
    fn verdicts() {
        sign_in::assert_rules_judged(&CONTROL, example);
    }

    #[test]
    fn the_setting_is_another_way() {
        let rules = sign_in::rules;
        assert_passes(&CONTROL, with(Known(true), rules(&[])));
        assert_passes(&CONTROL, with(Known(true), denied()));
        assert_passes(&CONTROL, with(denied(), rules(&[&[]])));
        assert_fails(&CONTROL, with(Known(false), rules(&[&["somebody"]])));
        assert_unknown(&CONTROL, with(denied(), rules(&[])));
        assert_unknown(&CONTROL, with(denied(), rules(&[&["somebody"]])));
        assert_unknown(&CONTROL, with(Known(false), denied()));
        assert_unknown(&CONTROL, with(denied(), denied()));
    }
}
