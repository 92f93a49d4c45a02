//! From which level on Defender for Cloud sends mail.

use crate::prelude::*;

/// The test of a control that checks whether mail is sent from one of the levels on that its parameter names.
macro_rules! sent_from {
    ($fact:ident, $levels:expr) => {
        pastey::paste! {
            Test {
                reads: &[Account::[<$fact:upper>]],
                params: &[Param::Names(&$levels)],
                check: Check::Account(|account, context| {
                    let from = (Account::[<$fact:upper>], &account.$fact);
                    mail::judge(from, &context.names(&$levels))
                }),
                examples: Examples {
                    pass: |scope| scope.account.$fact = Known(Some(RiskLevel::Medium)),
                    fail: |scope| scope.account.$fact = Known(None),
                },
            }
        }
    };
}
pub(crate) use sent_from;

/// Judges from which level on mail is sent; none where none is.
pub(crate) fn judge(
    (fact, from): (FactId, &Fact<Option<RiskLevel>>),
    levels: &[&str],
) -> CheckResult {
    let found = match *from.known()? {
        Some(level) if levels.iter().any(|name| name.eq_ignore_ascii_case(level.id())) => {
            return pass();
        }
        Some(level) => format!("emails from level {level}"),
        None => "no emails".to_owned(),
    };
    fail(fact, found, format!("emails from level {}", levels.join(" or ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::controls::detection::{alert_mail, attack_path_mail};
    use crate::params::Value;

    #[test]
    fn mail_is_sent_from_a_level_that_is_named() {
        let controls: [(&Control, FactId, &[RiskLevel], &[RiskLevel]); 2] = [
            (
                &alert_mail::CONTROL,
                Account::ALERT_MAIL_FROM,
                &[RiskLevel::Medium, RiskLevel::High],
                &[RiskLevel::Critical],
            ),
            (
                &attack_path_mail::CONTROL,
                Account::ATTACK_PATH_MAIL_FROM,
                &[RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical],
                &[],
            ),
        ];
        for (control, fact, enough, too_late) in controls {
            let from = |level: &Option<RiskLevel>| but(control, [(fact, Known(json!(level)))]);
            enough.iter().for_each(|level| assert_passes(control, from(&Some(*level))));
            too_late.iter().for_each(|level| assert_fails(control, from(&Some(*level))));
            assert_fails(control, from(&None));
            assert_not_applicable(control, but(control, [(fact, NotOffered)]));
            assert_unknown(control, but(control, [(fact, denied())]));
            let only = [("levels", Value::Names(vec!["low".to_owned()]))];
            let judged = judged_with(control, &world(from(&Some(RiskLevel::High))), &only);
            assert!(matches!(judged.as_slice(), [Ok(Verdict::Fail(_))]), "{judged:?}");
        }
    }
}
