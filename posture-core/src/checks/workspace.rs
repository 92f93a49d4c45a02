//! How many principals have a permission on a Log Analytics workspace.

use posture_model::verdict::Undecided;

use crate::prelude::*;

/// The test of a control that limits how many principals the fact lists, by the parameter.
macro_rules! at_most {
    ($fact:ident, $most:expr) => {
        pastey::paste! {
            Test {
                reads: &[LogGroup::[<$fact:upper>]],
                params: &[Param::Count($most)],
                check: Check::LogGroup(|group, context| {
                    workspace::judge(LogGroup::[<$fact:upper>], &group.$fact, context.count($most))
                }),
                examples: Examples {
                    pass: |scope| scope.add(workspace::unread().$fact(workspace::principals(1))),
                    fail: |scope| scope.add(workspace::unread().$fact(workspace::principals(100))),
                },
            }
        }
    };
}
pub(crate) use at_most;

/// Judges a list of principals: those that are certain fail it alone, and an open list passes nothing.
pub(crate) fn judge(fact: FactId, principals: &Fact<Entries>, most: u32) -> CheckResult {
    let all = principals.known()?;
    let count = all.certain().len();
    if u32::try_from(count).unwrap_or(u32::MAX) > most {
        let found = counted(count, "principal", "principals");
        return fail(fact, found, format!("at most {most}"));
    }
    match all.undecided() {
        Some(gap) => Err(Undecided::Unknown(gap)),
        None => pass(),
    }
}

/// A workspace, with nothing known yet.
pub(crate) fn unread() -> LogGroup {
    LogGroup::unread("/subscriptions/1/w", "w", Some("westeurope"))
}

/// That many principals.
pub(crate) fn principals(count: usize) -> Fact<Entries> {
    Known((0..count).map(|n| format!("00000000-0000-4000-8000-{n:012}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::logging::{erasers, readers};

    #[test]
    fn more_than_the_parameter_fail() {
        type With = fn(Fact<Entries>) -> LogGroup;
        let controls: [(&Control, usize, With); 2] = [
            (&erasers::CONTROL, 5, |all| unread().erasers(all)),
            (&readers::CONTROL, 10, |all| unread().readers(all)),
        ];
        for (control, most, of) in controls {
            let with = |all: Fact<Entries>| move |scope: &mut Scope| scope.add(of(all));
            assert_passes(control, with(principals(most)));
            assert_fails(control, with(principals(most + 1)));
            assert_unknown(control, with(denied()));
            let open = |count: usize| {
                let all = (0..count).map(|n| n.to_string()).collect();
                Known(Entries::new(all, Some(DENIED)))
            };
            assert_unknown(control, with(open(1)));
            assert_fails(control, with(open(most + 1)));
            assert_not_applicable(control, with(NotOffered));
        }
    }
}
