//! The password policy of an account.

use crate::prelude::*;

/// The test of a control of the password policy: its parameters, how it judges the policy, and what a policy that fails has in
/// place of a [`strong`] one.
macro_rules! policy {
    ([$($param:expr),*], $judge:expr, $fact:ident: $bad:expr) => {
        Test {
            reads: &[Account::PASSWORD_POLICY],
            params: &[$($param),*],
            check: Check::Account(|account, context| {
                let judge: fn(&PasswordPolicy, &Context<'_>) -> CheckResult = $judge;
                judge(account.password_policy.known()?, context)
            }),
            examples: Examples {
                pass: |scope| scope.account.password_policy = Known(password::strong()),
                fail: |scope| {
                    let weak = PasswordPolicy { $fact: $bad, ..password::strong() };
                    scope.account.password_policy = Known(weak);
                },
            },
        }
    };
}
pub(crate) use policy;

/// A policy that asks for everything.
pub(crate) fn strong() -> PasswordPolicy {
    PasswordPolicy {
        provider_default: false,
        minimum_length: 14,
        upper_case: true,
        lower_case: true,
        digits: true,
        symbols: true,
        expires_after_days: None,
        remembered: 24,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::identity::{password_complexity, password_length, password_reuse};

    #[test]
    fn what_a_policy_lacks_fails_the_control_that_asks_for_it() {
        let weak: [(&Control, &[PasswordPolicy]); 3] = [
            (
                &password_complexity::CONTROL,
                &[
                    PasswordPolicy { upper_case: false, ..strong() },
                    PasswordPolicy { lower_case: false, ..strong() },
                    PasswordPolicy { digits: false, ..strong() },
                    PasswordPolicy { symbols: false, ..strong() },
                ],
            ),
            (&password_length::CONTROL, &[PasswordPolicy { minimum_length: 13, ..strong() }]),
            (&password_reuse::CONTROL, &[PasswordPolicy { remembered: 23, ..strong() }]),
        ];
        for (control, policies) in weak {
            let with = |policy| move |scope: &mut Scope| scope.account.password_policy = policy;
            assert_passes(control, with(Known(strong())));
            policies.iter().for_each(|policy| assert_fails(control, with(Known(*policy))));
            assert_unknown(control, with(denied()));
        }
    }
}
