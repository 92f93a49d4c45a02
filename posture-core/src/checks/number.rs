//! Numbers with a limit.

use crate::prelude::*;

/// A unit in words: one of it, and several.
pub(crate) type Unit = (&'static str, &'static str);

pub(crate) const DAYS: Unit = ("day", "days");

/// The test of a control that checks whether a bucket has rules of a kind that are active, with what is expected.
macro_rules! some_rules {
    ($fact:ident, $expected:literal) => {
        pastey::paste! {
            Test {
                reads: &[Bucket::[<$fact:upper>]],
                params: &[],
                check: Check::Bucket(|bucket, _| match *bucket.$fact.known()? {
                    0 => fail(Bucket::[<$fact:upper>], "no active rule", $expected),
                    _ => pass(),
                }),
                examples: Examples {
                    pass: |scope| {
                        scope.add(Bucket::unread("example", "example", None).$fact(Known(1)));
                    },
                    fail: |scope| {
                        scope.add(Bucket::unread("example", "example", None).$fact(Known(0)));
                    },
                },
            }
        }
    };
}
pub(crate) use some_rules;

/// Judges that a number is not below a limit.
pub(crate) fn at_least(fact: FactId, found: u32, least: u32, (one, many): Unit) -> CheckResult {
    if found >= least {
        return pass();
    }
    fail(fact, counted(found, one, many), format!("at least {}", counted(least, one, many)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::controls::storage::{lifecycle_rules, replication};

    #[test]
    fn the_limit_itself_passes() {
        let judge = |found| at_least(Bucket::SOFT_DELETE_DAYS, found, 7, DAYS);
        assert_eq!((judge(7), judge(8)), (pass(), pass()));
        let Ok(Verdict::Fail(evidence)) = judge(1) else { panic!("{:?}", judge(1)) };
        assert_eq!((&*evidence[0].found, &*evidence[0].expected), ("1 day", "at least 7 days"));
    }

    #[test]
    fn one_active_rule_is_enough() {
        let controls: [(&Control, FactId); 2] = [
            (&lifecycle_rules::CONTROL, Bucket::LIFECYCLE_RULES),
            (&replication::CONTROL, Bucket::REPLICATION_RULES),
        ];
        for (control, fact) in controls {
            assert_passes(control, but(control, [(fact, Known(json!(1)))]));
            // Rules that are switched off are not counted.
            assert_fails(control, but(control, [(fact, Known(json!(0)))]));
            assert_unknown(control, but(control, [(fact, denied())]));
        }
    }
}
