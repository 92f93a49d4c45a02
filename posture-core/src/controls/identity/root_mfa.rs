//! `identity.root-mfa`

use crate::checks::root;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the root user has credentials, and a stolen one alone signs in";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.root-mfa",
    life: since("0.1.0"),
    title: "The root user signs in with MFA",
    finding: "Root user has no MFA",
    keywords: &["root user", "MFA", "multifactor authentication", "IAM"],
    severity: Critical,
    rationale: "Without MFA, the password of the root user alone gives access to everything.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Register an MFA device for the root user, preferably two. This is only \
                   possible in the console. Or remove the root user credentials of a member \
                   account. The command shows whether the root user has MFA.",
            console: "Root user sign-in → Security credentials → Multi-factor authentication",
            command: Inspect("aws iam get-account-summary --query SummaryMap.AccountMFAEnabled"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_cliapi.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-13", Partial(SHOWS)),
        ccm41("IAM-10", Partial(SHOWS)),
        // It asks for MFA only where the root user has a password.
        cis_aws7("2.5", Full).by(root::where_it_has_a_password!(root_mfa: "no MFA")),
        fsbp("IAM.6", Supporting),
    ],
    test: root::signs_in_with!(root_mfa: "no MFA"),
};
