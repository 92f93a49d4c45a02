//! `logging.readers`

use posture_model::verdict::Undecided;

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a large team may need them all. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "logging.readers",
    life: since("0.1.0"),
    title: "Few principals can read the logs of a workspace",
    finding: "Too many principals can read the logs of a workspace",
    keywords: &["Log Analytics", "workspace", "Log Analytics Reader", "access control", "logs"],
    severity: Low,
    rationale: "Logs hold names, addresses and sometimes secrets, and show an attacker what is watched and what \
                is not.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Assign Log Analytics Reader on the workspace to the group that needs it, and \
                   delete wider assignments, such as Reader on the subscription. The command \
                   lists the assignments on the workspace.",
            console: "Log Analytics workspaces → the workspace → Access control (IAM) → Role assignments",
            command: Inspect("az role assignment list --scope <workspace-id> --include-inherited"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-monitor/logs/manage-access",
        "https://learn.microsoft.com/en-us/azure/azure-monitor/fundamentals/roles-permissions-security",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-04", Supporting),
        ccm41("IAM-05", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: Test {
        reads: &[LogGroup::READERS],
        params: &[Param::Count(&MOST)],
        check: Check::LogGroup(check),
        examples: Examples {
            pass: |scope| scope.add(workspace(1)),
            fail: |scope| scope.add(workspace(100)),
        },
    },
};

static MOST: Count = Count {
    name: "max-readers",
    doc: "The most principals that may read a workspace, permanently or eligible. More fail; exactly this many pass.",
    default: 10,
};

fn check(group: &LogGroup, context: &Context<'_>) -> CheckResult {
    let most = context.count(&MOST);
    let all = group.readers.known()?;
    let count = all.certain().len();
    if u32::try_from(count).unwrap_or(u32::MAX) > most {
        let found = counted(count, "principal", "principals");
        return fail(LogGroup::READERS, found, format!("at most {most}"));
    }
    match all.undecided() {
        Some(gap) => Err(Undecided::Unknown(gap)),
        None => pass(),
    }
}

fn workspace(count: usize) -> LogGroup {
    let all = (0..count).map(|n| format!("00000000-0000-4000-8000-{n:012}"));
    LogGroup::unread("/subscriptions/1/w", "w", Some("westeurope")).readers(Known(all.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |group: LogGroup| move |scope: &mut Scope| scope.add(group);
        let most = MOST.default as usize;
        assert_passes(&CONTROL, with(workspace(most)));
        assert_fails(&CONTROL, with(workspace(most + 1)));
        assert_unknown(&CONTROL, with(workspace(1).readers(denied())));
        let open = |count: usize| {
            let all = (0..count).map(|n| n.to_string()).collect();
            workspace(0).readers(Known(Entries::new(all, Some(DENIED))))
        };
        assert_unknown(&CONTROL, with(open(1)));
        assert_fails(&CONTROL, with(open(most + 1)));
        assert_not_applicable(&CONTROL, with(workspace(0).readers(NotOffered)));
    }
}
