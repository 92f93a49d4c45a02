//! `storage.access-point-network`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.access-point-network",
    life: since("0.1.0"),
    title: "S3 access points are restricted to a VPC",
    finding: "Access point is not restricted to a VPC",
    keywords: &["S3", "access point", "VPC", "network origin"],
    severity: Low,
    rationale: "An access point that is not reachable from the internet cannot be used from \
                there with stolen credentials.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Create a new access point with a VPC as its network origin, and delete the \
                   old one.",
            console: "S3 → Access points → Create access point → Network origin",
            command: Change(
                "aws s3control create-access-point --account-id <account> --name \
                             <new-access-point> --bucket <bucket> --vpc-configuration \
                             VpcId=<vpc>",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html"],
    satisfies: &[csf20("PR.IR-01", Supporting), ccm41("I&S-03", Supporting)],
    test: Test {
        reads: &[AccessPoint::NETWORK],
        params: &[],
        check: Check::AccessPoint(check),
        examples: Examples {
            pass: |scope| {
                scope.access_points.items.push(reached_from(Known(Some("vpc-1".to_owned()))))
            },
            fail: |scope| scope.access_points.items.push(reached_from(Known(None))),
        },
    },
};

fn check(point: &AccessPoint, _: &Context<'_>) -> CheckResult {
    match point.network.known()? {
        Some(_) => pass(),
        None => fail(AccessPoint::NETWORK, "the Internet", "one private network"),
    }
}

fn reached_from(network: Fact<Option<String>>) -> AccessPoint {
    AccessPoint::unread(
        "arn:aws:s3:us-east-1:123456789012:accesspoint/door",
        "door",
        Some("us-east-1"),
    )
    .network(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(network: Fact<Option<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.access_points.items.push(reached_from(network))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some("vpc-1".to_owned()))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
