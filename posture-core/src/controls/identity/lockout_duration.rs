//! `identity.lockout-duration`

use crate::checks::{directory, number};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.lockout-duration",
    life: since("0.1.0"),
    title: "Smart lockout lasts long enough",
    finding: "Smart lockout duration is too short",
    keywords: &[
        "Entra ID",
        "smart lockout",
        "lockout duration",
        "password protection",
        "brute force",
    ],
    severity: Low,
    rationale: "A lockout that ends at once does not slow down password guessing.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the lockout duration to 60 seconds or more. The command shows the present \
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
        reads: &[Directory::LOCKOUT_SECONDS],
        params: &[Param::Count(&LEAST)],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| scope.directories.items.push(example(Known(60))),
            fail: |scope| scope.directories.items.push(example(Known(5))),
        },
    },
};

static LEAST: Count = Count {
    name: "min-seconds",
    doc: "The minimum duration of the first lockout in seconds. Fewer seconds fail; exactly this many pass.",
    default: 60,
};

fn check(directory: &Directory, context: &Context<'_>) -> CheckResult {
    let (found, least) = (*directory.lockout_seconds.known()?, context.count(&LEAST));
    number::at_least(Directory::LOCKOUT_SECONDS, found, least, ("second", "seconds"))
}

fn example(lockout_seconds: Fact<u32>) -> Directory {
    directory::unread().lockout_seconds(lockout_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<u32>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(60)));
        assert_passes(&CONTROL, with(Known(300)));
        assert_fails(&CONTROL, with(Known(59)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
