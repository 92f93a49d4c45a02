//! `logging.erasers`

use posture_model::verdict::Undecided;

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a large team may need them all. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "logging.erasers",
    life: since("0.1.0"),
    title: "Few principals can erase the logs of a workspace",
    finding: "Too many principals can erase the logs of a workspace",
    keywords: &["Log Analytics", "workspace", "Data Purger", "purge", "Contributor", "logs"],
    severity: Medium,
    rationale: "Anyone who can purge a workspace, delete its records or the workspace itself, removes the traces of \
                an attack.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Replace Contributor and Log Analytics Contributor on the workspace, its resource \
                   group and the subscription by roles that only read, or move the workspace to a \
                   separate subscription. The command lists the assignments on the workspace.",
            console: "Log Analytics workspaces → the workspace → Access control (IAM) → Role assignments",
            command: Inspect("az role assignment list --scope <workspace-id> --include-inherited"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-monitor/logs/manage-access",
        "https://learn.microsoft.com/en-us/azure/azure-monitor/logs/personal-data-mgmt",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("LOG-10", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: Test {
        reads: &[LogGroup::ERASERS],
        params: &[Param::Count(&MOST)],
        check: Check::LogGroup(check),
        examples: Examples {
            pass: |scope| scope.add(workspace(1)),
            fail: |scope| scope.add(workspace(100)),
        },
    },
};

static MOST: Count = Count {
    name: "max-erasers",
    doc: "The most principals that may erase records of a workspace, permanently or eligible. More fail; exactly this many pass.",
    default: 5,
};

fn check(group: &LogGroup, context: &Context<'_>) -> CheckResult {
    let most = context.count(&MOST);
    let all = group.erasers.known()?;
    let count = all.certain().len();
    if u32::try_from(count).unwrap_or(u32::MAX) > most {
        let found = counted(count, "principal", "principals");
        return fail(LogGroup::ERASERS, found, format!("at most {most}"));
    }
    match all.undecided() {
        Some(gap) => Err(Undecided::Unknown(gap)),
        None => pass(),
    }
}

fn workspace(count: usize) -> LogGroup {
    let all = (0..count).map(|n| format!("00000000-0000-4000-8000-{n:012}"));
    LogGroup::unread("/subscriptions/1/w", "w", Some("westeurope")).erasers(Known(all.collect()))
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
        assert_unknown(&CONTROL, with(workspace(1).erasers(denied())));
        let open = |count: usize| {
            let all = (0..count).map(|n| n.to_string()).collect();
            workspace(0).erasers(Known(Entries::new(all, Some(DENIED))))
        };
        assert_unknown(&CONTROL, with(open(1)));
        assert_fails(&CONTROL, with(open(most + 1)));
        assert_not_applicable(&CONTROL, with(workspace(0).erasers(NotOffered)));
    }
}
