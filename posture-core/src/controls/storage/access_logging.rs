//! `storage.access-logging`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.access-logging",
    life: since("0.1.0"),
    title: "Requests to object storage are logged",
    finding: "Requests to object storage are not fully logged",
    keywords: &[
        "S3",
        "bucket",
        "server access logging",
        "storage account",
        "Blob Storage",
        "diagnostic setting",
        "Azure Monitor",
    ],
    severity: Medium,
    rationale: "After a leak, only a log of requests shows which objects were read, by whom and \
                from where.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Turn on server access logging to another bucket in the same region. A \
                       bucket that only receives such logs does not need logging itself: add an \
                       exception for it.",
                console: "S3 → Buckets → the bucket → Properties → Server access logging",
                command: Change(
                    "aws s3api put-bucket-logging --bucket <bucket> \
                                 --bucket-logging-status \
                                 '{\"LoggingEnabled\":{\"TargetBucket\":\"<log-bucket>\",\"TargetPrefix\":\"<bucket>/\"}}'",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Add a diagnostic setting to the blob service that sends StorageRead, \
                       StorageWrite and StorageDelete to a Log Analytics workspace or another \
                       storage account.",
                console: "Storage accounts → the account → Monitoring → Diagnostic settings → \
                          blob",
                command: Change(
                    "az monitor diagnostic-settings create --name <name> --resource \
                                 <account-id>/blobServices/default --workspace <workspace-id> \
                                 --logs <logs.json>",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
        "https://learn.microsoft.com/en-us/azure/storage/blobs/monitor-blob-storage",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-09", Supporting),
        ccm41("LOG-07", Supporting),
        fsbp("S3.9", Full),
        cis_azure6("6.1.4", Partial(shows::STEP)),
        mcsb1("LT-3", Partial(shows::NOT_RECORDED)),
    ],
    test: Test {
        reads: &[Bucket::ACCESS_LOG_TARGET],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(logging_to(Known(Some("logs".to_owned())))),
            fail: |scope| scope.buckets.items.push(logging_to(Known(None))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    match bucket.access_log_target.known()? {
        Some(_) => pass(),
        None => {
            fail(Bucket::ACCESS_LOG_TARGET, "not logged, or only in part", "all requests logged")
        }
    }
}

fn logging_to(target: Fact<Option<String>>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1")).access_log_target(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(target: Fact<Option<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(logging_to(target))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some("logs".to_owned()))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
