//! `identity.access-key-age`

use crate::checks::age::ago;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.access-key-age",
    life: since("0.1.0"),
    title: "Access keys are rotated in time",
    finding: "Access key is overdue for rotation",
    keywords: &["IAM", "access key", "IAM user", "key rotation", "credentials"],
    severity: Medium,
    rationale: "The longer a key is in use, the more copies of it exist.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Create a new key, switch the workloads to it, and delete the old key. \
                   Preferably, let workloads assume a role instead.",
            console: "IAM → Users → the user → Security credentials → Access keys",
            command: Change("aws iam create-access-key --user-name <user>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(shows::OLD)),
        ccm41("IAM-14", Partial(shows::OLD)),
        ccm41("IAM-02", Supporting),
        cis_aws7("2.12", Full).with(MAX_AGE.asked(90)),
        fsbp("IAM.3", Full).with(MAX_AGE.asked(90)),
    ],
    test: Test {
        reads: &[AccessKey::ACTIVE, AccessKey::ROTATED],
        params: &[Param::Days(&MAX_AGE)],
        check: Check::AccessKey(check),
        examples: Examples {
            pass: |scope| scope.access_keys.items.push(key(90, None)),
            fail: |scope| scope.access_keys.items.push(key(91, None)),
        },
    },
};

static MAX_AGE: Days = Days {
    name: "max-age-days",
    doc: "The maximum age of a key in days. An older key fails; a key of exactly this age passes.",
    default: 90,
};

fn check(key: &AccessKey, context: &Context<'_>) -> CheckResult {
    if !*key.active.known()? {
        return not_applicable("it is inactive");
    }
    let (rotated, days) = (context.past(*key.rotated.known()?)?, context.days(&MAX_AGE));
    let now = context.now()?;
    if !rotated.is_older_than_days(days, now) {
        return pass();
    }
    fail(
        AccessKey::ROTATED,
        format!("{} ({} ago)", rotated.day(), counted(rotated.days_before(now), "day", "days")),
        format!("within the last {}", counted(days, "day", "days")),
    )
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
        assert_passes(&CONTROL, with(key(90, None)));
        assert_fails(&CONTROL, with(key(91, None)));
        assert_not_applicable(&CONTROL, with(key(400, None).active(Known(false))));
        assert_unknown(&CONTROL, with(key(1, None).active(denied())));
        assert_unknown(&CONTROL, with(key(1, None).rotated(denied())));
        assert_unknown(&CONTROL, with(key(-1, None)));
    }
}
