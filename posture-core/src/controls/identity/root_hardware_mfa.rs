//! `identity.root-hardware-mfa`

use crate::checks::root;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.root-hardware-mfa",
    life: since("0.1.0"),
    title: "The root user uses only hardware MFA devices",
    finding: "Root user has a virtual MFA device or no MFA",
    keywords: &["root user", "MFA", "hardware MFA", "security key", "IAM"],
    severity: Medium,
    rationale: "An authenticator app shares the phone with everything else that runs on it. A \
                hardware device has a single purpose.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Register a security key or a hardware token for the root user, and remove \
                   virtual MFA devices. The command lists the virtual devices in use.",
            console: "Root user sign-in → Security credentials → Multi-factor authentication",
            command: Inspect("aws iam list-virtual-mfa-devices --assignment-status Assigned"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-03", Supporting),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-13", Supporting),
        ccm41("IAM-10", Supporting),
        // It asks for MFA only where the root user has a password.
        cis_aws7("2.6", Full).by(
            root::where_it_has_a_password!(root_hardware_mfa: "no MFA, or a virtual MFA device"),
        ),
        fsbp("IAM.6", Full),
    ],
    test: root::signs_in_with!(root_hardware_mfa: "no MFA, or a virtual MFA device"),
};
