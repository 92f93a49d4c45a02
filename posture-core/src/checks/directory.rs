//! What controls of a directory have in common.

use crate::control::Undecided;
use crate::prelude::*;

/// A directory, with nothing known yet.
pub(crate) fn unread() -> Directory {
    Directory::unread("11111111-1111-4111-8111-111111111111", "Entra ID", None)
}

/// The test of a control that allows only those users a role whom the parameter names, with what is expected.
macro_rules! only_named {
    ($fact:ident, $named:expr, $expected:literal $(,)?) => {
        pastey::paste! {
            Test {
                reads: &[Directory::[<$fact:upper>]],
                params: &[Param::Names(&$named)],
                check: Check::Directory(|directory, context| {
                    directory::none_but(
                        (Directory::[<$fact:upper>], &directory.$fact),
                        &context.names(&$named),
                        $expected,
                    )
                }),
                examples: Examples {
                    pass: |scope| scope.add(directory::unread().$fact(Known(Vec::new()))),
                    fail: |scope| {
                        let holders = $crate::checks::access::people(1);
                        scope.add(directory::unread().$fact(Known(holders)));
                    },
                },
            }
        }
    };
}
pub(crate) use only_named;

/// Judges that only those users hold a role whom the customer named.
pub(crate) fn none_but(
    (fact, holders): (FactId, &Fact<Vec<String>>),
    named: &[&str],
    expected: &'static str,
) -> CheckResult {
    let others = super::access::unnamed(holders.known()?, named);
    if others.is_empty() {
        return pass();
    }
    fail(fact, others.join(", "), expected)
}

/// Judges how many hold a role.
pub(crate) fn as_many_as(fact: FactId, holders: &[String], least: u32, most: u32) -> CheckResult {
    let (low, high) = (least as usize, most as usize);
    if (low..=high).contains(&holders.len()) {
        return pass();
    }
    let found = match holders.len() {
        0 => "none".to_owned(),
        count => format!("{count}: {}", holders.join(", ")),
    };
    let expected = match least {
        0 => format!("at most {most}"),
        least => format!("{least} to {most}"),
    };
    fail(fact, found, expected)
}

/// The holders of a role in a subscription. Where not all are known, too many certain ones are too many, however many others
/// there may be.
pub(crate) fn all_or_too_many<'a>(
    all: &'a Fact<Vec<String>>,
    certain: &'a Fact<Vec<String>>,
    most: u32,
) -> Result<&'a [String], Undecided> {
    match (all, certain) {
        (Gap(_), Known(certain)) if certain.len() > most as usize => Ok(certain),
        (all, _) => Ok(all.known()?),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::checks::access::people;
    use crate::controls::identity::{
        owner_count, role_giver_count, standing_administrators, tenant_creators,
    };

    #[test]
    fn only_those_who_are_named_hold_a_role() {
        let controls: [(&Control, FactId, &str); 2] = [
            (
                &standing_administrators::CONTROL,
                Directory::PERMANENT_ADMINISTRATORS,
                "emergency-accounts",
            ),
            (&tenant_creators::CONTROL, Directory::TENANT_CREATORS, "accepted-creators"),
        ];
        for (control, fact, param) in controls {
            let held_by = |count: usize| but(control, [(fact, Known(json!(people(count))))]);
            assert_passes(control, held_by(0));
            assert_fails(control, held_by(1));
            assert_unknown(control, but(control, [(fact, denied())]));
            // Names with which people sign in are not case-sensitive.
            let names = vec!["USER0@contoso.example".to_owned()];
            let params = [(param, crate::params::Value::Names(names))];
            let judged = |count| judged_with(control, &world(held_by(count)), &params);
            assert_eq!(judged(1), [Ok(Verdict::Pass)]);
            assert!(matches!(judged(2)[..], [Ok(Verdict::Fail(_))]));
        }
    }

    #[test]
    fn too_many_that_are_certain_are_too_many() {
        let controls: [(&Control, FactId, FactId, usize); 2] = [
            (&owner_count::CONTROL, Account::OWNERS, Account::CERTAIN_OWNERS, 3),
            (&role_giver_count::CONTROL, Account::ROLE_GIVERS, Account::CERTAIN_ROLE_GIVERS, 5),
        ];
        for (control, all, certain, most) in controls {
            let held_by = |count: usize| -> Fact<Value> { Known(json!(people(count))) };
            let of = |all_of, certain_of| but(control, [(all, all_of), (certain, certain_of)]);
            assert_passes(control, of(held_by(most), held_by(most)));
            assert_fails(control, of(held_by(most + 1), held_by(most + 1)));
            assert_unknown(control, of(denied(), denied()));
            assert_fails(control, of(denied(), held_by(most + 1)));
            assert_unknown(control, of(denied(), held_by(most)));
            assert_unknown(control, of(denied(), held_by(0)));
        }
    }

    #[test]
    fn what_is_expected_names_the_limits() {
        let expected = |least, most| match as_many_as(Account::OWNERS, &people(9), least, most) {
            Ok(Verdict::Fail(evidence)) => evidence[0].expected.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!((expected(2, 3), expected(0, 5)), ("2 to 3".to_owned(), "at most 5".to_owned()));
    }
}
