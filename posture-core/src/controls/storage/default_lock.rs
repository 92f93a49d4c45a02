//! `storage.default-lock`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.default-lock",
    life: since("0.1.0"),
    title: "Buckets with Object Lock have a default retention",
    finding: "Default Object Lock retention is missing or too short",
    keywords: &["S3", "bucket", "Object Lock", "default retention", "WORM", "ransomware"],
    severity: Low,
    rationale: "Without a default retention, an object is locked only if its writer asks for it, \
                and an important object can be missed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Set a default retention on the bucket.",
            console: "S3 → Buckets → the bucket → Properties → Object Lock → Default retention",
            command: Change(
                "aws s3api put-object-lock-configuration --bucket <bucket> \
                             --object-lock-configuration \
                             '{\"ObjectLockEnabled\":\"Enabled\",\"Rule\":{\"DefaultRetention\":{\"Mode\":\"GOVERNANCE\",\"Days\":<days>}}}'",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        csf20("PR.DS-11", Supporting),
        ccm41("CCC-04", Supporting),
        ccm41("DSP-16", Supporting),
    ],
    test: Test {
        reads: &[Bucket::OBJECT_LOCK, Bucket::DEFAULT_LOCK_DAYS],
        params: &[Param::Days(&MIN_DAYS)],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(locking(Known(Some(30)))),
            fail: |scope| scope.buckets.items.push(locking(Known(None))),
        },
    },
};

static MIN_DAYS: Days = Days {
    name: "min-days",
    doc: "The minimum default retention of new objects in days. Fewer days fail; exactly this many pass. By default, any retention passes.",
    default: 1,
};

fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    if !*bucket.object_lock.known()? {
        return not_applicable("Object Lock is off");
    }
    let least = context.days(&MIN_DAYS);
    let expected = format!("at least {}", counted(least, "day", "days"));
    match *bucket.default_lock_days.known()? {
        Some(days) if days >= least => pass(),
        Some(days) => fail(Bucket::DEFAULT_LOCK_DAYS, counted(days, "day", "days"), expected),
        None => fail(Bucket::DEFAULT_LOCK_DAYS, "none", expected),
    }
}

fn locking(days: Fact<Option<u32>>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
        .object_lock(Known(true))
        .default_lock_days(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    fn with(bucket: Bucket) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(bucket)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(locking(Known(Some(1)))));
        assert_fails(&CONTROL, with(locking(Known(None))));
        assert_unknown(&CONTROL, with(locking(denied())));
        assert_unknown(&CONTROL, with(locking(Known(None)).object_lock(denied())));
        assert_not_applicable(&CONTROL, with(locking(Known(None)).object_lock(Known(false))));
    }

    #[test]
    fn exactly_as_many_days_will_do() {
        for (days, passes) in [(29, false), (30, true), (31, true)] {
            let scope = world(with(locking(Known(Some(days)))));
            let all = judged_with(&CONTROL, &scope, &[("min-days", Value::Number(30))]);
            assert_eq!(all == [Ok(Verdict::Pass)], passes, "{days}: {all:?}");
        }
    }

    #[test]
    fn none_is_none_even_where_nothing_is_asked() {
        let scope = world(with(locking(Known(None))));
        let all = judged_with(&CONTROL, &scope, &[("min-days", Value::Number(0))]);
        assert!(matches!(all[..], [Ok(Verdict::Fail(_))]), "{all:?}");
    }
}
