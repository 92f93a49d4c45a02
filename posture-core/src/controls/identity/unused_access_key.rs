//! `identity.unused-access-key`

use crate::checks::age::{self, ago};
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.unused-access-key",
    life: since("0.1.0"),
    title: "Unused access keys are deactivated",
    finding: "Active access key has not been used recently",
    keywords: &["IAM", "IAM user", "access key", "unused credentials", "last used"],
    severity: Medium,
    rationale: "The theft of an unused access key goes unnoticed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Deactivate the access key, and delete it once you are certain that it is not \
                   needed.",
            console: "IAM → Users → the user → Security credentials → Access keys",
            command: Change(
                "aws iam update-access-key --user-name <user> --access-key-id <key> \
                             --status Inactive",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(shows::UNUSED)),
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-07", Partial(shows::UNUSED)),
        ccm41("IAM-08", Supporting),
        cis_aws7("2.11", Partial(shows::STEP)).with(MAX_UNUSED.asked(45)),
        fsbp("IAM.8", Partial(shows::STEP)).with(MAX_UNUSED.asked(90)),
    ],
    test: Test {
        reads: &[AccessKey::ACTIVE, AccessKey::LAST_USED, AccessKey::ROTATED],
        params: &[Param::Days(&MAX_UNUSED)],
        check: Check::AccessKey(check),
        examples: Examples {
            pass: |scope| scope.access_keys.items.push(key(300, Some(44))),
            fail: |scope| scope.access_keys.items.push(key(300, Some(45))),
        },
    },
};

static MAX_UNUSED: Days = Days {
    name: "max-unused-days",
    doc: "The number of days without use after which a key must be inactive. Exactly this many days fail, as in the benchmark.",
    default: 45,
};

fn check(key: &AccessKey, context: &Context<'_>) -> CheckResult {
    if !*key.active.known()? {
        return not_applicable("it is inactive");
    }
    let (fact, last, found) = match key.last_used.known()? {
        Some(used) => (AccessKey::LAST_USED, *used, "last used"),
        // A key that was never used counts from its creation.
        None => (AccessKey::ROTATED, *key.rotated.known()?, "never used, created"),
    };
    age::used_less_than(fact, last, found, context.days(&MAX_UNUSED), context)
}

fn key(rotated: i64, used: Option<i64>) -> AccessKey {
    AccessKey::unread("arn:aws:iam::123456789012:user/ann/access-key-1", "ann/key 1", None)
        .active(Known(true))
        .rotated(Known(ago(rotated)))
        .last_used(Known(used.map(ago)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(key: AccessKey) -> impl FnOnce(&mut Scope) {
        move |scope| scope.access_keys.items.push(key)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(key(300, Some(44))));
        assert_fails(&CONTROL, with(key(300, Some(45))));
        assert_passes(&CONTROL, with(key(44, None)));
        assert_fails(&CONTROL, with(key(45, None)));
        assert_not_applicable(&CONTROL, with(key(300, Some(300)).active(Known(false))));
        assert_unknown(&CONTROL, with(key(1, Some(1)).active(denied())));
        assert_unknown(&CONTROL, with(key(1, Some(1)).last_used(denied())));
        assert_unknown(&CONTROL, with(key(1, None).rotated(denied())));
        assert_unknown(&CONTROL, with(key(300, Some(-1))));
        assert_unknown(&CONTROL, with(key(-1, None)));
    }
}
