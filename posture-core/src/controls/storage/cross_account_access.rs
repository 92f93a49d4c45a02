//! `storage.cross-account-access`

use crate::checks::access::{EVERYONE, untrusted};
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.cross-account-access",
    life: since("0.1.0"),
    title: "Buckets are shared only with trusted accounts",
    finding: "Bucket is shared with an untrusted account",
    keywords: &["S3", "bucket policy", "ACL", "cross-account access", "trusted account"],
    severity: Medium,
    rationale: "The owner of the other account decides who gets in, and a compromise of that \
                account extends to this one.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Remove the account from the bucket policy or the ACL, or add it to \
                   `trusted-accounts` of this control: by its account ID, or by its canonical \
                   user ID for an ACL.",
            console: "S3 → Buckets → the bucket → Permissions → Bucket policy",
            command: Change(
                "aws s3api put-bucket-policy --bucket <bucket> --policy \
                             file://<policy-without-the-account.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNTRUSTED)),
        ccm41("IAM-05", Partial(shows::UNTRUSTED)),
        ccm41("I&S-06", Supporting),
        fsbp("S3.6", Supporting),
    ],
    test: Test {
        reads: &[
            Bucket::ACL_EXTERNAL_ACCOUNTS,
            Bucket::ACLS_DISABLED,
            Bucket::EXTERNAL_ACCOUNTS,
            Bucket::PUBLIC_ACCESS_BLOCK,
            Account::PUBLIC_ACCESS_BLOCK,
        ],
        params: &[Param::Names(&TRUSTED)],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| {
                scope.account.public_access_block = Known(PublicAccessBlock::default());
                scope.buckets.items.push(shared_with(Entries::none()));
            },
            fail: |scope| {
                scope.account.public_access_block = Known(PublicAccessBlock::default());
                scope.buckets.items.push(shared_with(Entries::from(["210987654321"])));
            },
        },
    },
};

static TRUSTED: Names = Names {
    name: "trusted-accounts",
    doc: "The IDs of the external accounts, organizations and canonical users that a bucket may be shared with. Any other fails.",
    default: &[],
};

fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    let expected = "only trusted accounts";
    let trusted = context.names(&TRUSTED);
    let account = &context.scope.account.public_access_block;
    let blocked = |switch: fn(&PublicAccessBlock) -> bool| {
        account.map(switch) | bucket.public_access_block.map(switch)
    };
    // What is open to everyone is closed to other accounts where a block takes the grant to everyone away.
    let foreign = |accounts: &Fact<Entries>, block: Fact<bool>| {
        let others = accounts.map(|accounts| untrusted(accounts, &trusted));
        let named = others.map(|others| others.without(|one| one == EVERYONE)).any();
        let everyone = others
            .map(|others| others.without(|one| one != EVERYONE))
            .and_then(|everyone| everyone.any());
        (named | (everyone & !block), others)
    };
    let (by_policy, policy) =
        foreign(&bucket.external_accounts, blocked(|block| block.restrict_public_buckets));
    let (by_acl, acl) =
        foreign(&bucket.acl_external_accounts, blocked(|block| block.ignore_public_acls));
    let by_acl = by_acl & !bucket.acls_disabled.clone();
    if by_policy == Known(true) {
        return fail(Bucket::EXTERNAL_ACCOUNTS, policy.known()?.evidence(), expected);
    }
    if by_acl == Known(true) {
        return fail(Bucket::ACL_EXTERNAL_ACCOUNTS, acl.known()?.evidence(), expected);
    }
    (by_policy | by_acl).known()?;
    pass()
}

fn shared_with(accounts: Entries) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
        .external_accounts(Known(accounts))
        .acl_external_accounts(Known(Entries::none()))
        .acls_disabled(Known(false))
        .public_access_block(Known(PublicAccessBlock::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Undecided;
    use crate::params::Value;

    fn put(bucket: Bucket) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.account.public_access_block = Known(PublicAccessBlock::default());
            scope.buckets.items.push(bucket);
        }
    }

    fn with(accounts: &[&str]) -> impl FnOnce(&mut Scope) {
        put(shared_with(accounts.iter().copied().collect()))
    }

    fn trusting(account: &str) -> [(&'static str, Value); 1] {
        [("trusted-accounts", Value::Names(vec![account.to_owned()]))]
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(&[]));
        assert_fails(&CONTROL, with(&["210987654321"]));
        assert_unknown(&CONTROL, put(shared_with(Entries::none()).external_accounts(denied())));
        assert_unknown(&CONTROL, put(shared_with(Entries::none()).acl_external_accounts(denied())));
    }

    #[test]
    fn trusted_accounts_are_let_in_and_no_others() {
        let trusted = trusting("210987654321");
        let one = judged_with(&CONTROL, &world(with(&["210987654321"])), &trusted);
        assert_eq!(one, [Ok(Verdict::Pass)]);
        let two = world(with(&["210987654321", "333333333333"]));
        let [Ok(Verdict::Fail(evidence))] = &judged_with(&CONTROL, &two, &trusted)[..] else {
            panic!("one account is not trusted")
        };
        assert_eq!(evidence[0].found, "333333333333");
    }

    #[test]
    fn a_trusted_account_does_not_hide_what_is_undecided() {
        let trusted = trusting("210987654321");
        let accounts = Entries::new(vec!["210987654321".to_owned()], Some(DENIED));
        let scope = world(put(shared_with(accounts)));
        assert_eq!(judged_with(&CONTROL, &scope, &trusted), [Err(Undecided::Unknown(DENIED))]);
    }

    #[test]
    fn whether_a_trusted_account_is_let_in_does_not_matter() {
        let open = |names: &[&str]| {
            let names = names.iter().map(|&name| name.to_owned()).collect();
            let accounts = Entries::new(Vec::new(), Some(DENIED)).naming(names);
            let scope = world(put(shared_with(accounts)));
            judged_with(&CONTROL, &scope, &trusting("210987654321"))
        };
        assert_eq!(open(&["210987654321"]), [Ok(Verdict::Pass)]);
        let unknown = [Err(Undecided::Unknown(DENIED))];
        assert_eq!(open(&["210987654321", "333333333333"]), unknown);
        assert_eq!(open(&[]), unknown);
    }

    #[test]
    fn a_grant_of_the_list_to_another_account_fails_unless_lists_are_off() {
        let listed = |who: &str| {
            shared_with(Entries::none()).acl_external_accounts(Known(Entries::from([who])))
        };
        let stranger = "canonical user `abc`";
        assert_fails(&CONTROL, put(listed(stranger)));
        assert_passes(&CONTROL, put(listed(stranger).acls_disabled(Known(true))));
        assert_unknown(&CONTROL, put(listed(stranger).acls_disabled(denied())));
        // Blocks of public access are not about accounts that are named.
        assert_fails(
            &CONTROL,
            put(listed(stranger).public_access_block(Known(PublicAccessBlock::ALL))),
        );
        let known = judged_with(&CONTROL, &world(put(listed(stranger))), &trusting("abc"));
        assert_eq!(known, [Ok(Verdict::Pass)]);
    }

    #[test]
    fn what_is_open_to_everyone_is_open_to_other_accounts() {
        let restricts =
            PublicAccessBlock { restrict_public_buckets: true, ..PublicAccessBlock::default() };
        let ignores =
            PublicAccessBlock { ignore_public_acls: true, ..PublicAccessBlock::default() };
        let by_policy = shared_with(Entries::from(["everyone"]));
        let by_list =
            shared_with(Entries::none()).acl_external_accounts(Known(Entries::from(["everyone"])));
        for (bucket, closes, others) in
            [(by_policy, restricts, ignores), (by_list, ignores, restricts)]
        {
            assert_fails(&CONTROL, put(bucket.clone()));
            assert_fails(&CONTROL, put(bucket.clone().public_access_block(Known(others))));
            assert_passes(&CONTROL, put(bucket.clone().public_access_block(Known(closes))));
            assert_unknown(&CONTROL, put(bucket.public_access_block(denied())));
        }
    }
}
