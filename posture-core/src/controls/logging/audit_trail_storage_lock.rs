//! `logging.audit-trail-storage-lock`

use crate::checks::shows;
use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-storage-lock",
    life: since("0.1.0"),
    title: "Log files of the audit trail are immutable",
    finding: "Log files of the audit trail are not locked",
    keywords: &[
        "CloudTrail",
        "trail",
        "S3",
        "bucket",
        "Object Lock",
        "WORM",
        "activity log",
        "storage account",
        "immutability policy",
        "legal hold",
    ],
    severity: Low,
    rationale: "Attackers delete log files first. Object Lock or an immutability policy protects \
                them even against an administrator.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Deliver the trail to a bucket with Object Lock and a default retention.",
                console: "S3 → Buckets → the bucket of the trail → Properties → Object Lock",
                command: Change(
                    "aws s3api put-object-lock-configuration --bucket <bucket> \
                                 --object-lock-configuration file://<lock.json>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Add a time-based retention policy to the container \
                       `insights-activity-logs`, allow protected append writes to block and append \
                       blobs, and lock the policy. The command lists the containers.",
                console: "Storage accounts → the account → Containers → insights-activity-logs → \
                          Access policy → Immutable blob storage",
                command: Inspect("az storage container-rm list --storage-account <account>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
        "https://learn.microsoft.com/en-us/azure/storage/blobs/immutable-container-level-worm-policies",
    ],
    satisfies: &[
        csf20("RS.AN-07", Partial(shows::CHANGEABLE)).any_of(shows::UNCHANGED),
        csf20("PR.DS-01", Supporting),
        ccm41("LOG-02", Partial(shows::CHANGEABLE)).any_of(shows::UNCHANGED),
        ccm41("LOG-10", Partial(shows::CHANGEABLE)).any_of(shows::UNCHANGED),
        mcsb1("LT-6", Supporting),
    ],
    test: Test {
        reads: &[AuditTrail::BUCKET, Bucket::OBJECT_LOCK, AuditTrail::UNLOCKED_CONTAINERS],
        params: &[],
        check: Check::AuditTrail(check),
        examples: Examples { pass: |scope| kept(scope, true), fail: |scope| kept(scope, false) },
    },
};

fn check(trail: &AuditTrail, context: &Context<'_>) -> CheckResult {
    if context.scope.provider == Azure {
        if trail.unlocked_containers == NotOffered {
            return not_applicable("no storage account keeps it");
        }
        return trail.unlocked_containers.must_be_empty(
            AuditTrail::UNLOCKED_CONTAINERS,
            "an immutability policy or a legal hold",
        );
    }
    trail::by_bucket(&CONTROL, trail, context, of_bucket)
}

fn kept(scope: &mut Scope, locked: bool) {
    if scope.provider == Azure {
        let all: &[&str] = if locked { &[] } else { &["logs/insights-activity-logs"] };
        let unlocked = all.iter().copied().collect();
        scope.add(trail::trail().bucket(NotOffered).unlocked_containers(Known(unlocked)));
        return;
    }
    scope.add(trail::trail());
    scope.add(trail::bucket().object_lock(Known(locked)));
}

/// What it finds of the bucket of a trail.
pub(crate) fn of_bucket(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    let good = (Bucket::OBJECT_LOCK, bucket.object_lock.clone());
    trail::bucket_is(bucket, good, "Object Lock off", "Object Lock on")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(unlocked: Fact<Entries>) -> CheckResult {
        let mut scope = Scope::empty(Azure, "1");
        scope.add_gap(crate::gap::Gap::new("x", "", crate::gap::Reason::Denied));
        scope.add(trail::trail().bucket(NotOffered).unlocked_containers(unlocked));
        judged(&CONTROL, &scope).remove(0)
    }

    #[test]
    fn on_azure_the_containers_decide() {
        assert_eq!(verdict(Known(Entries::none())), Ok(Verdict::Pass));
        assert!(matches!(verdict(Known(Entries::from(["a/b"]))), Ok(Verdict::Fail(_))));
        assert!(matches!(verdict(NotOffered), Ok(Verdict::NotApplicable(_))));
        assert!(verdict(denied()).is_err());
        assert!(verdict(Known(Entries::new(vec![], Some(DENIED)))).is_err());
    }
}
