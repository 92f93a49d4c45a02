//! For how long what was deleted from a storage account can be restored.

use super::number;
use crate::prelude::*;

pub(crate) static LEAST: Days = Days {
    name: "min-days",
    doc: "The minimum soft delete retention in days. Fewer days fail; exactly this many pass.",
    default: 7,
};

/// The test of a control that checks the soft delete retention of what the fact names.
macro_rules! restorable {
    ($fact:ident) => {
        pastey::paste! {
            Test {
                reads: &[Bucket::[<$fact:upper>]],
                params: &[Param::Days(&soft_delete::LEAST)],
                check: Check::Bucket(|bucket, context| {
                    soft_delete::judge(Bucket::[<$fact:upper>], &bucket.$fact, context)
                }),
                examples: Examples {
                    pass: |scope| scope.add(soft_delete::account().$fact(Known(Some(7)))),
                    fail: |scope| scope.add(soft_delete::account().$fact(Known(None))),
                },
            }
        }
    };
}
pub(crate) use restorable;

/// Judges a retention in days; none where soft delete is off.
pub(crate) fn judge(
    fact: FactId,
    retention: &Fact<Option<u32>>,
    context: &Context<'_>,
) -> CheckResult {
    let least = context.days(&LEAST);
    match *retention.known()? {
        Some(days) => number::at_least(fact, days, least, number::DAYS),
        None => fail(
            fact,
            "not restorable",
            format!("restorable for at least {}", counted(least, "day", "days")),
        ),
    }
}

/// A storage account, with nothing known yet.
pub(crate) fn account() -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::storage::{container_soft_delete, share_soft_delete, soft_delete};

    #[test]
    fn fewer_days_than_the_parameter_fail() {
        type With = fn(Fact<Option<u32>>) -> Bucket;
        let controls: [(&Control, With); 3] = [
            (&soft_delete::CONTROL, |days| account().soft_delete_days(days)),
            (&container_soft_delete::CONTROL, |days| account().container_soft_delete_days(days)),
            (&share_soft_delete::CONTROL, |days| account().share_soft_delete_days(days)),
        ];
        for (control, of) in controls {
            let with =
                |days: Fact<Option<u32>>| move |scope: &mut Scope| scope.add(of(days.clone()));
            assert_passes(control, with(Known(Some(7))));
            assert_fails(control, with(Known(None)));
            assert_fails(control, with(Known(Some(6))));
            assert_not_applicable(control, with(NotOffered));
            assert_unknown(control, with(denied()));
        }
    }
}
