//! What the two controls of the root user's MFA have in common.

use crate::prelude::*;

/// The test of a control that checks whether the root user has the kind of MFA that the fact names, if it has any credentials.
macro_rules! signs_in_with {
    ($fact:ident: $found:literal) => {
        pastey::paste! {
            Test {
                reads: &[
                    Account::ROOT_CREDENTIALS,
                    Account::ROOT_PASSWORD,
                    Account::[<$fact:upper>],
                ],
                params: &[],
                check: Check::Account(|account, _| {
                    root::judge(
                        (&account.root_credentials, &account.$fact),
                        Account::[<$fact:upper>],
                        ($found, "MFA, or no credentials at all"),
                    )
                }),
                examples: Examples {
                    pass: |scope| root::user(scope).$fact = Known(true),
                    fail: |scope| root::user(scope).$fact = Known(false),
                },
            }
        }
    };
}
pub(crate) use signs_in_with;

/// The check for a row that asks for MFA only where the root user has a password; keys and certificates do not count.
macro_rules! where_it_has_a_password {
    ($fact:ident: $found:literal) => {
        pastey::paste! {
            Check::Account(|account, _| {
                root::judge(
                    (&account.root_password, &account.$fact),
                    Account::[<$fact:upper>],
                    ($found, "MFA, or no password"),
                )
            })
        }
    };
}
pub(crate) use where_it_has_a_password;

/// Judges whether there is MFA, if there are credentials: a user without any cannot sign in, with MFA or without.
pub(crate) fn judge(
    (credentials, mfa): (&Fact<bool>, &Fact<bool>),
    fact: FactId,
    (found, expected): (&'static str, &'static str),
) -> CheckResult {
    if *credentials == Known(false) || *mfa == Known(true) {
        return pass();
    }
    credentials.known()?;
    mfa.known()?;
    fail(fact, found, expected)
}

/// The account of the scope, whose root user has a password.
pub(crate) fn user(scope: &mut Scope) -> &mut Account {
    scope.account.root_credentials = Known(true);
    scope.account.root_password = Known(true);
    &mut scope.account
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::identity::{root_hardware_mfa, root_mfa};

    type Mfa = fn(&mut Account) -> &mut Fact<bool>;

    fn both() -> [(&'static Control, &'static str, Mfa); 2] {
        [
            (&root_mfa::CONTROL, "cis-aws-7.0:2.5", |account| &mut account.root_mfa),
            (&root_hardware_mfa::CONTROL, "cis-aws-7.0:2.6", |account| {
                &mut account.root_hardware_mfa
            }),
        ]
    }

    #[test]
    fn credentials_need_mfa() {
        for (control, _, fact) in both() {
            let with = |credentials: Fact<bool>, mfa: Fact<bool>| {
                move |scope: &mut Scope| {
                    scope.account.root_credentials = credentials;
                    *fact(&mut scope.account) = mfa;
                }
            };
            assert_passes(control, with(Known(true), Known(true)));
            assert_fails(control, with(Known(true), Known(false)));
            assert_unknown(control, with(Known(true), denied()));
            assert_unknown(control, with(denied(), Known(false)));
            assert_passes(control, with(denied(), Known(true)));
            assert_passes(control, with(Known(false), Known(false)));
            assert_passes(control, with(Known(false), denied()));
        }
    }

    #[test]
    fn the_benchmark_asks_for_it_where_there_is_a_password() {
        for (control, row, fact) in both() {
            let row = |password: Fact<bool>, mfa: Fact<bool>| {
                row_of(control, row, |scope| {
                    scope.account.root_credentials = Known(true);
                    scope.account.root_password = password;
                    *fact(&mut scope.account) = mfa;
                })
            };
            assert_eq!(row(Known(false), Known(false)), [Ok(Verdict::Pass)]);
            assert_eq!(row(denied(), Known(true)), [Ok(Verdict::Pass)]);
            assert!(matches!(row(Known(true), Known(false))[..], [Ok(Verdict::Fail(_))]));
            assert!(matches!(row(denied(), Known(false))[..], [Err(_)]));
        }
    }
}
