//! `keys.stale-grants`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the principal no longer exists and the key still grants it access, so that its access was not revoked";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.stale-grants",
    life: since("0.2.0"),
    title: "KMS keys grant access only to principals that exist",
    finding: "KMS key grants access to a deleted principal",
    keywords: &["KMS", "key policy", "grant", "deleted role", "AROA", "revoke grant"],
    severity: Low,
    rationale: "Grants to deleted users and roles hide the ones that are in effect. They also show \
                that access to the key is not revoked when its user leaves.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Revoke the grant, or remove the ID of the deleted principal from the key \
                   policy. The command lists the grants of the key with their IDs.",
            console: "KMS → Customer managed keys → the key → Key policy",
            command: Inspect("aws kms list-grants --key-id <key>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("CEK-21", Supporting),
        ccm41("IAM-07", Partial(SHOWS)),
        ccm41("IAM-08", Supporting),
    ],
    test: Test {
        reads: &[
            Key::DELETED_PRINCIPALS,
            Key::GRANTEES,
            // That they exist.
            Role::SERVICE_LINKED,
            User::CREATED,
        ],
        params: &[],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(key(&[], &[])),
            fail: |scope| scope.keys.items.push(key(&["AROAEXAMPLE"], &[])),
        },
    },
};

const EXPECTED: &str = "only users and roles that exist";

fn check(key: &Key, context: &Context<'_>) -> CheckResult {
    let deleted = key.deleted_principals.map(|ids| ids.join(", "));
    if let Known(ids) = &deleted
        && !ids.is_empty()
    {
        return fail(Key::DELETED_PRINCIPALS, ids.clone(), EXPECTED);
    }
    let grantees = key.grantees.known()?;
    let mut gone = Vec::new();
    let mut open = Known(false);
    for grantee in grantees {
        match is_gone(grantee, context) {
            Known(true) => gone.push(grantee.as_str()),
            Known(false) | NotOffered => {}
            gap @ Gap(_) => open = gap,
        }
    }
    if !gone.is_empty() {
        return fail(Key::GRANTEES, gone.join(", "), EXPECTED);
    }
    deleted.known()?;
    open.known()?;
    pass()
}

/// Whether a grantee is a user or a role of the account that does not exist. What other accounts have is not known here, and
/// services and sessions are neither.
fn is_gone(grantee: &str, context: &Context<'_>) -> Fact<bool> {
    if ["AROA", "AIDA"].iter().any(|kind| grantee.starts_with(kind)) {
        return Known(true);
    }
    let mut parts = grantee.splitn(6, ':').skip(2);
    let (Some("iam"), Some(""), Some(account), Some(name)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Known(false);
    };
    if account != context.scope.id {
        return Known(false);
    }
    if name.starts_with("role/") {
        return context.by_id::<Role>(grantee).map(Option::is_none);
    }
    if name.starts_with("user/") {
        return context.by_id::<User>(grantee).map(Option::is_none);
    }
    Known(false)
}

fn key(deleted: &[&str], grantees: &[&str]) -> Key {
    let texts = |list: &[&str]| Known(list.iter().map(|&text| text.to_owned()).collect());
    Key::unread("arn:aws:kms:us-east-1:123456789012:key/1", "1", Some("us-east-1"))
        .deleted_principals(texts(deleted))
        .grantees(texts(grantees))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::123456789012:role/app";
    const USER: &str = "arn:aws:iam::123456789012:user/bob";

    /// One with a role and a user.
    fn with(key: Key) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.keys.items.push(key);
            scope.roles.items.push(Role::unread(ROLE, "app", None));
            scope.users.items.push(User::unread(USER, "bob", None));
        }
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(key(&[], &[ROLE, USER])));
        for other in [
            "rds.amazonaws.com",
            "arn:aws:iam::210987654321:role/other",
            "arn:aws:iam::123456789012:root",
            "arn:aws:sts::123456789012:assumed-role/aws:ec2-infrastructure/i-0abc",
        ] {
            assert_passes(&CONTROL, with(key(&[], &[other])));
        }
        for gone in [
            "arn:aws:iam::123456789012:role/gone",
            "arn:aws:iam::123456789012:user/gone",
            "AROAEXAMPLE",
            "AIDAEXAMPLE",
        ] {
            assert_fails(&CONTROL, with(key(&[], &[ROLE, gone])));
        }
        assert_fails(&CONTROL, with(key(&["AROAEXAMPLE"], &[]).grantees(denied())));
        assert_fails(&CONTROL, with(key(&[], &["AROAEXAMPLE"]).deleted_principals(denied())));
        assert_unknown(&CONTROL, with(key(&[], &[]).deleted_principals(denied())));
        assert_unknown(&CONTROL, with(key(&[], &[]).grantees(denied())));
    }

    #[test]
    fn only_a_complete_list_shows_that_one_is_gone() {
        let cut = |grantees: &'static [&'static str]| {
            move |scope: &mut Scope| {
                with(key(&[], grantees))(scope);
                scope.roles.gaps.push(DENIED);
            }
        };
        assert_unknown(&CONTROL, cut(&["arn:aws:iam::123456789012:role/gone"]));
        assert_passes(&CONTROL, cut(&[ROLE]));
        assert_fails(
            &CONTROL,
            cut(&["arn:aws:iam::123456789012:role/gone", "arn:aws:iam::123456789012:user/gone"]),
        );
    }
}
