//! How old something is, or for how long it was not used.

use crate::prelude::*;

/// So many days before the examples are judged.
pub(crate) fn ago(days: i64) -> Time {
    ahead(-days)
}

/// So many days after the examples are judged.
pub(crate) fn ahead(days: i64) -> Time {
    Time::from_unix(EXAMPLE_TIME().unix() + days * 86_400)
}

/// Judges whether a credential was used less than so many days ago. Exactly as many fail, as in the benchmark of CIS for AWS. The
/// words say what happened then.
pub(crate) fn used_less_than(
    fact: FactId,
    last: Time,
    words: &'static str,
    days: u32,
    context: &Context<'_>,
) -> CheckResult {
    let last = context.past(last)?;
    if last.days_before(context.now()?) < i64::from(days) {
        return pass();
    }
    fail(
        fact,
        format!("{words} {}", last.day()),
        format!("used less than {} ago", counted(days, "day", "days")),
    )
}
