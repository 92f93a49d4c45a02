//! Numbers with a limit.

use crate::prelude::*;

/// A unit in words: one of it, and several.
pub(crate) type Unit = (&'static str, &'static str);

pub(crate) const DAYS: Unit = ("day", "days");

/// Judges that a number is not below a limit.
pub(crate) fn at_least(fact: FactId, found: u32, least: u32, (one, many): Unit) -> CheckResult {
    if found >= least {
        return pass();
    }
    fail(fact, counted(found, one, many), format!("at least {}", counted(least, one, many)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_passes() {
        let judge = |found| at_least(Bucket::SOFT_DELETE_DAYS, found, 7, DAYS);
        assert_eq!((judge(7), judge(8)), (pass(), pass()));
        let Ok(Verdict::Fail(evidence)) = judge(1) else { panic!("{:?}", judge(1)) };
        assert_eq!((&*evidence[0].found, &*evidence[0].expected), ("1 day", "at least 7 days"));
    }
}
