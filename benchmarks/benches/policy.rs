//! How long it takes to say what a policy document means.
#![allow(
    missing_docs,
    clippy::expect_used,
    reason = "undocumented by its macro; constants that have to parse"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use posture_aws::policy::{Document, Home, Identity, Membership};

const HOME: Home<'static> =
    Home { account: "111111111111", partition: "aws", organization: Membership::Of("o-home") };

/// The policy of a bucket that logs are delivered to, shared with the organization, over TLS only.
const BUCKET: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Deliver", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
         "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/AWSLogs/111111111111/*",
         "Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:111111111111:trail/main",
                                        "s3:x-amz-acl": "bucket-owner-full-control"}}},
        {"Sid": "Share", "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"],
         "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
         "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-home"}}},
        {"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::222222222222:role/reader"},
         "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/shared/*"},
        {"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    ]
}"#;

/// What a developer holds: much, and with exceptions.
const DEVELOPER: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "iam:PassRole"],
         "Resource": ["arn:aws:iam::111111111111:role/app-*", "arn:aws:iam::111111111111:policy/app-*"]},
        {"Effect": "Deny", "Action": ["kms:ScheduleKeyDeletion", "kms:Decrypt"], "Resource": "*",
         "Condition": {"StringNotLike": {"aws:PrincipalTag/team": "security*"}}}
    ]
}"#;

fn documents(c: &mut Criterion) {
    let mut group = c.benchmark_group("policy");
    group.bench_function("parse", |b| b.iter(|| Document::parse(black_box(BUCKET))));
    let bucket = Document::parse(BUCKET).expect("a policy");
    group.bench_function("public", |b| {
        b.iter(|| black_box(&bucket).public(&HOME, &["s3:GetObject", "s3:ListBucket"]));
    });
    group.bench_function("external accounts", |b| {
        b.iter(|| black_box(&bucket).external_accounts(&HOME));
    });
    group.bench_function("forces TLS", |b| {
        b.iter(|| black_box(&bucket).forces_tls("arn:aws:s3:::logs"));
    });
    let developer = Document::parse(DEVELOPER).expect("a policy");
    let identity = || Identity::new(HOME, vec![("developer", &developer)], None);
    group.bench_function("full administration", |b| {
        b.iter(|| black_box(identity()).full_admin());
    });
    group.bench_function("escalation paths", |b| {
        b.iter(|| black_box(identity()).escalation_paths());
    });
    group.finish();
}

criterion_group!(benches, documents);
criterion_main!(benches);
