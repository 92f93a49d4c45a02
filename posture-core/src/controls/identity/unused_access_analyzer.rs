//! `identity.unused-access-analyzer`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.unused-access-analyzer",
    life: since("0.1.0"),
    title: "IAM Access Analyzer (unused access) is on",
    finding: "Account has no active unused access analyzer",
    keywords: &[
        "IAM Access Analyzer",
        "Access Analyzer",
        "unused access",
        "analyzer",
        "least privilege",
    ],
    severity: Low,
    rationale: "Unused permissions are only found by an analysis.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Create an unused access analyzer. Users and roles are global, so an analyzer \
                   in one region is enough. If an organization analyzer of another account \
                   covers this one, add an exception.",
            console: "IAM → Access Analyzer → Create analyzer",
            command: Change(
                "aws accessanalyzer create-analyzer --analyzer-name <name> --type \
                             ACCOUNT_UNUSED_ACCESS --region <region>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-unused.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-08", Supporting),
        ccm41("IAM-07", Supporting),
    ],
    test: Test {
        reads: &[Analyzer::UNUSED_ACCESS],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.analyzers.items.push(analyzer(true)),
            fail: |scope| scope.analyzers.items.push(analyzer(false)),
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> CheckResult {
    if *context.scope.analyzers.any(|analyzer| analyzer.unused_access.clone()).known()? {
        return pass();
    }
    fail(Analyzer::UNUSED_ACCESS, "none in any region", "an active analyzer in one region")
}

fn analyzer(on: bool) -> Analyzer {
    Analyzer::unread(
        "arn:aws:access-analyzer:us-east-1:123456789012:analyzer",
        "us-east-1",
        Some("us-east-1"),
    )
    .unused_access(Known(on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_region_is_enough() {
        let with = |all: Vec<Analyzer>| move |scope: &mut Scope| scope.analyzers.items = all;
        assert_passes(&CONTROL, with(vec![analyzer(true), analyzer(false)]));
        assert_fails(&CONTROL, with(vec![analyzer(false)]));
        assert_unknown(&CONTROL, with(vec![analyzer(false).unused_access(denied())]));
        assert_passes(
            &CONTROL,
            with(vec![analyzer(false).unused_access(denied()), analyzer(true)]),
        );
        assert_unknown(&CONTROL, |scope| scope.analyzers = Listing::unread(DENIED));
    }
}
