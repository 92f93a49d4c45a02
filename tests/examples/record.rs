//! Records the snapshot that the README shows: `cargo run --package posture-tests --example record`, with
//! `POSTURE_TEST_VENV` at the environment that `cargo xtask test` made.

use posture_tests::{Rule, scenes};

fn main() {
    let cloud = scenes::clean("123456789012");
    cloud.add("flaws");
    cloud.regions(&[
        ("us-east-1", "ENABLED_BY_DEFAULT"),
        ("eu-central-1", "ENABLED"),
        ("ap-east-1", "DISABLED"),
    ]);
    cloud.rule(Rule::replace(
        "sts:GetCallerIdentity",
        ":sts::123456789012:user/moto",
        ":iam::123456789012:user/auditor",
    ));
    // Not everything may be read.
    cloud.rule(Rule::deny("s3:GetBucketPolicy").about("invoices-123456789012"));
    cloud.rule(Rule::deny("guardduty:ListDetectors").region("eu-central-1"));
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/aws.json");
    let run = cloud.audit(&["--save", target]);
    assert_eq!(run.code, 10, "{}", run.err);
}
