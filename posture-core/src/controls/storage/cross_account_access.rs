//! `storage.cross-account-access`

use crate::checks::access::untrusted;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "storage.cross-account-access",
    title: "Object storage is shared with trusted accounts only",
    severity: Medium,
    rationale: "Whoever controls the other account decides who comes in, and its compromise \
                reaches here.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Remove the account from the bucket policy, or add its number to the trusted \
                   accounts of this control.",
            console: "S3 → Buckets → the bucket → Permissions → Bucket policy",
            command: "aws s3api put-bucket-policy --bucket <bucket> --policy \
                      file://<policy-without-the-account.json>",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-05", Partial),
        ccm41("I&S-06", Partial),
        fsbp("S3.6", Supporting),
    ],
    reads: &[Bucket::fact("external_accounts")],
    params: &[Param::Names(&TRUSTED)],
    check: Check::Bucket(check),
    examples: Examples {
        pass: |scope| scope.buckets.items.push(shared_with(Known(vec![]))),
        fail: |scope| scope.buckets.items.push(shared_with(Known(vec!["210987654321".to_owned()]))),
    },
};

static TRUSTED: Names = Names {
    name: "trusted-accounts",
    doc: "The numbers of the accounts outside this one that a bucket may be shared with; any other fails. None by \
          default.",
    default: &[],
};

fn check(bucket: &Bucket, context: &Context<'_>) -> Judged {
    let others = bucket.external_accounts.known()?;
    let untrusted = untrusted(others, &context.names(&TRUSTED));
    if untrusted.is_empty() {
        return pass();
    }
    fail("external_accounts", untrusted.join(", "), "no account but those that are trusted")
}

fn shared_with(accounts: Fact<Vec<String>>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1")).external_accounts(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    fn with(accounts: &[&str]) -> impl FnOnce(&mut Scope) {
        let accounts = accounts.iter().map(|&account| account.to_owned()).collect();
        move |scope| scope.buckets.items.push(shared_with(Known(accounts)))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(&[]));
        assert_fails(&CONTROL, with(&["210987654321"]));
        assert_unknown(&CONTROL, |scope| scope.buckets.items.push(shared_with(denied())));
    }

    #[test]
    fn trusted_accounts_are_let_in_and_no_others() {
        let trusted = [("trusted-accounts", Value::Names(vec!["210987654321".to_owned()]))];
        let one = judged_with(&CONTROL, &world(with(&["210987654321"])), &trusted);
        assert_eq!(one, [Ok(Verdict::Pass)]);
        let two = world(with(&["210987654321", "333333333333"]));
        let [Ok(Verdict::Fail(evidence))] = &judged_with(&CONTROL, &two, &trusted)[..] else {
            panic!("one account is not trusted")
        };
        assert_eq!(evidence[0].found, "333333333333");
    }
}
