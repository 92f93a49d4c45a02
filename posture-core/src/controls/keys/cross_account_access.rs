//! `keys.cross-account-access`

use crate::checks::access::untrusted;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.cross-account-access",
    life: since("0.1.0"),
    title: "KMS keys are shared only with trusted accounts",
    finding: "KMS key is shared with an untrusted account",
    keywords: &[
        "KMS",
        "key policy",
        "customer managed key",
        "cross-account access",
        "trusted account",
    ],
    severity: Medium,
    rationale: "The owner of the other account decides who can use the key, and a compromise of \
                that account extends to this one.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Remove the account from the key policy, or add its account ID to \
                   `trusted-accounts` of this control.",
            console: "KMS → Customer managed keys → the key → Key policy → Other AWS accounts",
            command: Change(
                "aws kms put-key-policy --key-id <key> --policy-name default \
                             --policy file://<policy-without-the-account.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNTRUSTED)),
        ccm41("CEK-11", Supporting),
        ccm41("IAM-05", Partial(shows::UNTRUSTED)),
    ],
    test: Test {
        reads: &[Key::EXTERNAL_ACCOUNTS],
        params: &[Param::Names(&TRUSTED)],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(shared_with(Known(Entries::none()))),
            fail: |scope| {
                scope.keys.items.push(shared_with(Known(Entries::from(["210987654321"]))))
            },
        },
    },
};

static TRUSTED: Names = Names {
    name: "trusted-accounts",
    doc: "The IDs of the external accounts that a key may be shared with. Any other account fails.",
    default: &[],
};

fn check(key: &Key, context: &Context<'_>) -> CheckResult {
    let others = untrusted(key.external_accounts.known()?, &context.names(&TRUSTED));
    others.must_be_empty(Key::EXTERNAL_ACCOUNTS, "only trusted accounts")
}

fn shared_with(accounts: Fact<Entries>) -> Key {
    Key::unread("arn:aws:kms:us-east-1:123456789012:key/1", "1", Some("us-east-1"))
        .external_accounts(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Undecided;
    use crate::params::Value;

    fn with(accounts: &[&str]) -> impl FnOnce(&mut Scope) {
        let accounts = accounts.iter().copied().collect();
        move |scope| scope.keys.items.push(shared_with(Known(accounts)))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(&[]));
        assert_fails(&CONTROL, with(&["210987654321"]));
        assert_unknown(&CONTROL, |scope| scope.keys.items.push(shared_with(denied())));
    }

    #[test]
    fn a_trusted_account_does_not_hide_what_is_undecided() {
        let trusted = [("trusted-accounts", Value::Names(vec!["210987654321".to_owned()]))];
        let accounts = Entries::new(vec!["210987654321".to_owned()], Some(DENIED));
        let scope = world(|scope| scope.keys.items.push(shared_with(Known(accounts))));
        assert_eq!(judged_with(&CONTROL, &scope, &trusted), [Err(Undecided::Unknown(DENIED))]);
        assert_fails(&CONTROL, |world| *world = scope);
        assert_fails(&CONTROL, with(&["everyone"]));
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
