//! `identity.user-mfa`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the user has a console password and no MFA device, so that the password alone \
                     signs in";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.user-mfa",
    life: since("0.1.0"),
    title: "Users have an MFA method registered",
    finding: "User has no usable MFA method registered",
    keywords: &[
        "IAM",
        "IAM user",
        "Entra ID",
        "an MFA method",
        "MFA device",
        "authentication methods",
        "multifactor authentication",
    ],
    severity: High,
    rationale: "A password alone can be guessed, reused and phished.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Register an MFA device for the user, or remove the console password.",
                console: "IAM → Users → the user → Security credentials → Assign MFA device",
                command: Change(
                    "aws iam enable-mfa-device --user-name <user> --serial-number \
                                 <serial> --authentication-code1 <code> --authentication-code2 \
                                 <code>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Have the user register an MFA method, and require MFA with Conditional \
                       Access or security defaults. Block the account if it is not used. The \
                       command lists the methods of the user.",
                console: "Microsoft Entra ID → Users → the user → Authentication methods",
                command: Inspect(
                    "az rest --method get --url \
                                  https://graph.microsoft.com/v1.0/users/<user>/authentication/methods",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
        "https://learn.microsoft.com/en-us/graph/api/resources/userregistrationdetails",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)).of(&[Arn("iam", "user")]),
        ccm41("IAM-13", Partial(SHOWS)).of(&[Arn("iam", "user")]),
        ccm41("IAM-14", Supporting),
        cis_aws7("2.10", Full),
        fsbp("IAM.5", Full),
        // To have registered a method is not to be asked for it.
        cis_azure6("5.1.3", Partial(shows::STEP)),
        mcsb1("IM-6", Supporting),
    ],
    test: Test {
        reads: &[User::CONSOLE_ACCESS, User::MFA],
        params: &[],
        check: Check::User(check),
        examples: Examples {
            pass: |scope| scope.users.items.push(user(true, true)),
            fail: |scope| scope.users.items.push(user(true, false)),
        },
    },
};

fn check(user: &User, _: &Context<'_>) -> CheckResult {
    if !*user.console_access.known()? {
        return not_applicable("it has no password, or is disabled");
    }
    if *user.mfa.known()? {
        return pass();
    }
    fail(User::MFA, "no usable MFA method", "an MFA method")
}

fn user(console: bool, mfa: bool) -> User {
    User::unread("arn:aws:iam::123456789012:user/ann", "ann", None)
        .console_access(Known(console))
        .mfa(Known(mfa))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |user: User| move |scope: &mut Scope| scope.users.items.push(user);
        assert_passes(&CONTROL, with(user(true, true)));
        assert_fails(&CONTROL, with(user(true, false)));
        assert_not_applicable(&CONTROL, with(user(false, false)));
        assert_unknown(&CONTROL, with(user(true, true).mfa(denied())));
        assert_unknown(&CONTROL, with(user(true, false).console_access(denied())));
    }
}
