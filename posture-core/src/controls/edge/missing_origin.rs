//! `edge.missing-origin`

use crate::checks::names;
use crate::control::Undecided;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: no user may call the path that leads to the origin. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.missing-origin",
    life: since("0.1.0"),
    title: "S3 origins of CloudFront distributions exist",
    finding: "CloudFront distribution has an S3 origin that does not exist",
    keywords: &["CloudFront", "distribution", "S3 origin", "bucket", "takeover"],
    severity: High,
    rationale: "Anyone can create a bucket of the name, and then serves content under the domain \
                names of the distribution.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Delete the origin from the distribution, or create the bucket again.",
            console: "CloudFront → Distributions → the distribution → Origins",
            command: Inspect("aws cloudfront get-distribution-config --id <distribution>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/config/latest/developerguide/cloudfront-s3-origin-non-existent-bucket.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("ID.AM-08", Supporting),
        ccm41("I&S-03", Supporting),
        fsbp("CloudFront.12", Full),
    ],
    test: Test {
        reads: &[Distribution::MISSING_ORIGINS],
        params: &[],
        check: Check::Distribution(check),
        examples: Examples {
            pass: |scope| scope.distributions.items.push(example(Entries::none())),
            fail: |scope| {
                scope.distributions.items.push(example(Entries::from(["web: bucket shop-web"])));
            },
        },
    },
};

fn check(distribution: &Distribution, context: &Context<'_>) -> CheckResult {
    let missing = distribution.missing_origins.known()?;
    if !missing.certain().is_empty() {
        return fail(Distribution::MISSING_ORIGINS, missing.evidence(), "buckets that exist");
    }
    match missing.undecided() {
        None => pass(),
        Some(gap) if missing.named().is_empty() => Err(Undecided::Unknown(gap)),
        // A bucket of another account does not answer; an account of the run may have it.
        Some(gap) => {
            let all = missing.named().iter().map(String::as_str);
            names::held(context, all, ": ", Some(gap))
        }
    }
}

fn example(missing: Entries) -> Distribution {
    let arn = "arn:aws:cloudfront::123456789012:distribution/E1";
    Distribution::unread(arn, "E1", None).missing_origins(Known(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(missing: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        let one = example(Entries::none()).missing_origins(missing);
        move |scope| scope.distributions.items.push(one)
    }

    #[test]
    fn verdicts() {
        let silent = || {
            let open = Entries::new(Vec::new(), Some(GapId::NO_ANSWER));
            open.naming(vec!["web: bucket shop".to_owned()]).into_fact()
        };
        assert_passes(&CONTROL, with(Known(Entries::none())));
        assert_fails(&CONTROL, with(Known(Entries::from(["web: bucket shop"]))));
        assert_unknown(&CONTROL, with(denied()));
        assert_unknown(&CONTROL, with(silent()));
        assert_passes(&CONTROL, |scope| {
            scope.buckets.items.push(Bucket::unread("arn:b", "shop", None));
            with(silent())(scope);
        });
    }
}
