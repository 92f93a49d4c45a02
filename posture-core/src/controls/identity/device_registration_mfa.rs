//! `identity.device-registration-mfa`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.device-registration-mfa",
    title: "Registering or joining a device takes MFA",
    severity: Medium,
    rationale: "A device that is registered counts as trusted, and its sign-ins as those of \
                its owner.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Require MFA to register or join devices. Where conditional access demands it \
                   for that action, make an exception.",
            console: "Microsoft Entra ID → Devices → Device settings → Require multifactor authentication to register or join devices",
            command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/deviceRegistrationPolicy",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/devices/manage-device-identities",
        "https://learn.microsoft.com/en-us/graph/api/resources/deviceregistrationpolicy",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial),
        ccm41("IAM-13", Partial),
        cis_azure6("5.1.2", Partial),
        mcsb1("IM-6", Partial),
    ],
    reads: &[Directory::fact("device_registration_mfa")],
    params: &[],
    check: Check::Directory(check),
    examples: Examples {
        pass: |scope| scope.directories.items.push(example(Known(true))),
        fail: |scope| scope.directories.items.push(example(Known(false))),
    },
};

fn check(directory: &Directory, _: &Context<'_>) -> Judged {
    if *directory.device_registration_mfa.known()? {
        return pass();
    }
    fail("device_registration_mfa", "a password is enough", "MFA")
}

fn example(device_registration_mfa: Fact<bool>) -> Directory {
    Directory::unread("11111111-1111-4111-8111-111111111111", "Entra ID", None)
        .device_registration_mfa(device_registration_mfa)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
