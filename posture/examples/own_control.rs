//! Judges an AWS account by a control of one's own beside one that is built in.
#![allow(clippy::print_stdout, reason = "an example talks to whoever runs it")]

use posture::core::control::{
    Check, CheckResult, Command, Context, Control, Evidence, Examples, Remedy, Severity, Test,
    Verdict, not_applicable, pass, since,
};
use posture::core::fact::Known;
use posture::core::frameworks::{Claim, csf20};
use posture::core::judge::Outcome;
use posture::core::provider::Provider;
use posture::core::resource::{Bucket, Resource};

/// Buckets of this company begin with its name.
static NAMED: Control = Control {
    id: "storage.named-by-us",
    life: since("0.1.0"),
    title: "Bucket names begin with contoso-",
    finding: "Bucket name does not begin with contoso-",
    keywords: &["S3", "bucket", "naming"],
    severity: Severity::Low,
    rationale: "A name that says whose a bucket is helps whoever finds it.",
    remediation: &[(
        Provider::Aws,
        Remedy {
            text: "Make a bucket with a name that begins with `contoso-`, and move its objects.",
            console: "S3 → Buckets → Create bucket",
            command: Command::Change("aws s3 mb s3://contoso-<name>"),
        },
    )],
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"],
    satisfies: &[csf20("ID.AM-05", Claim::Supporting)],
    test: Test {
        reads: &[Bucket::VERSIONING],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(bucket("contoso-records", true)),
            fail: |scope| scope.buckets.items.push(bucket("records", true)),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    // What could not be read makes the finding unknown, by itself.
    if !*bucket.versioning.known()? {
        return not_applicable("nothing of value is kept without versions");
    }
    if bucket.name().starts_with("contoso-") {
        return pass();
    }
    // The name is not a fact, so `fail(Bucket::…, …)` cannot point to it.
    let found = bucket.name().to_owned().into();
    let expected = "a name that begins with contoso-".into();
    Ok(Verdict::Fail(vec![Evidence { fact: "name", found, expected }]))
}

fn bucket(name: &str, versioning: bool) -> Bucket {
    Bucket::unread(format!("arn:aws:s3:::{name}"), name, Some("us-east-1"))
        .versioning(Known(versioning))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let audit = posture::Audit::aws().controls([&NAMED]).control("storage.versioning")?;
    for finding in audit.run().await?.iter() {
        let word = match finding.outcome {
            Outcome::Pass => "pass",
            Outcome::Fail(_) => "fail",
            Outcome::Unknown(_) => "unknown",
            Outcome::NotApplicable(_) => "not applicable",
        };
        let name = finding.subject.map_or("the list", |subject| subject.name);
        println!("{word}: {} {name:?}", finding.control.id);
    }
    Ok(())
}
