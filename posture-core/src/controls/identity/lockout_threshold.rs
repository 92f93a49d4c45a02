//! `identity.lockout-threshold`

use crate::checks::directory;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.lockout-threshold",
    life: since("0.1.0"),
    title: "Smart lockout locks an account after few failed sign-ins",
    finding: "Smart lockout threshold is too high",
    keywords: &[
        "Entra ID",
        "smart lockout",
        "lockout threshold",
        "password protection",
        "brute force",
    ],
    severity: Medium,
    rationale: "Without a lockout, an attacker can guess passwords until one works.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the lockout threshold to 10 or less. The command shows the present \
                   settings.",
            console: "Microsoft Entra ID → Security → Authentication methods → Password protection",
            command: Inspect(
                "az rest --method get --url \
                              https://graph.microsoft.com/v1.0/groupSettings",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/authentication/howto-password-smart-lockout",
    ],
    satisfies: &[
        csf20("PR.AA-03", Supporting),
        ccm41("IAM-02", Supporting),
        ccm41("IAM-14", Supporting),
        mcsb1("IM-6", Supporting),
    ],
    test: Test {
        reads: &[Directory::LOCKOUT_THRESHOLD],
        params: &[Param::Count(&MOST)],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| scope.directories.items.push(example(Known(10))),
            fail: |scope| scope.directories.items.push(example(Known(50))),
        },
    },
};

static MOST: Count = Count {
    name: "max-failed-sign-ins",
    doc: "The maximum number of failed sign-ins before a lockout. More fail; exactly this many pass.",
    default: 10,
};

fn check(directory: &Directory, context: &Context<'_>) -> CheckResult {
    let (found, most) = (*directory.lockout_threshold.known()?, context.count(&MOST));
    if found <= most {
        return pass();
    }
    fail(Directory::LOCKOUT_THRESHOLD, format!("after {found}"), format!("after at most {most}"))
}

fn example(lockout_threshold: Fact<u32>) -> Directory {
    directory::unread().lockout_threshold(lockout_threshold)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<u32>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(3)));
        assert_passes(&CONTROL, with(Known(10)));
        assert_fails(&CONTROL, with(Known(11)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
