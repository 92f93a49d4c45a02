//! `storage.tls-enforced`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the endpoint answers requests without TLS, so that one mistake of a client \
                     sends data in the clear";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.tls-enforced",
    life: since("0.1.0"),
    title: "Object storage denies requests without TLS",
    finding: "Requests without TLS are accepted",
    keywords: &[
        "S3",
        "bucket policy",
        "aws:SecureTransport",
        "storage account",
        "secure transfer required",
        "TLS",
        "HTTPS",
    ],
    severity: Medium,
    rationale: "Over plain HTTP, objects and request signatures can be read and changed in \
                transit.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Add a statement to the bucket policy that denies all principals every action \
                       on the bucket and its objects where aws:SecureTransport is false.",
                console: "S3 → Buckets → the bucket → Permissions → Bucket policy",
                command: Change(
                    "aws s3api put-bucket-policy --bucket <bucket> --policy \
                                 file://<policy-with-deny-on-SecureTransport-false.json>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Require secure transfer.",
                console: "Storage accounts → the account → Settings → Configuration → Secure \
                          transfer required",
                command: Change("az storage account update --name <account> --https-only true"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-require-secure-transfer",
    ],
    satisfies: &[
        csf20("PR.DS-02", Partial(SHOWS)),
        ccm41("CEK-03", Partial(SHOWS)),
        ccm41("DSP-10", Supporting),
        ccm41("IPY-03", Partial(SHOWS)),
        cis_aws7("3.1.1", Full),
        fsbp("S3.5", Full),
        cis_azure6("9.3.4", Full),
        mcsb1("DP-3", Partial(SHOWS)),
    ],
    test: is_true!(
        Bucket.tls_enforced,
        "requests over plain HTTP are accepted",
        "every request without TLS denied"
    ),
};
