//! `edge.desync-mode`

use crate::checks::balancer;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: the servers behind it may agree with the load balancer on every request. So the control decides nothing but the
/// rows of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.desync-mode",
    life: since("0.1.0"),
    title: "Load balancers block requests that servers read differently",
    finding: "Load balancer only monitors ambiguous requests",
    keywords: &["ALB", "CLB", "desync mitigation mode", "request smuggling", "HTTP desync"],
    severity: Medium,
    rationale: "An attacker hides a second request in one that the load balancer and the server read differently, and so reaches what checks in between protect.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Set the desync mitigation mode to defensive or strictest.",
            console: "EC2 → Load Balancers → the load balancer → Attributes → Edit",
            command: Change(
                "aws elbv2 modify-load-balancer-attributes --load-balancer-arn <balancer> --attributes Key=routing.http.desync_mitigation_mode,Value=defensive",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-desync-mitigation-mode.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("AIS-08", Supporting),
        ccm41("I&S-09", Supporting),
        fsbp("ELB.12", Full).of(balancer::APPLICATION),
        fsbp("ELB.14", Full).of(balancer::CLASSIC),
    ],
    test: Test {
        reads: &[LoadBalancer::DESYNC_MODE],
        params: &[],
        check: Check::LoadBalancer(check),
        examples: Examples {
            pass: |scope| scope.add(example(Some("defensive"))),
            fail: |scope| scope.add(example(Some("monitor"))),
        },
    },
};

fn check(balancer: &LoadBalancer, _: &Context<'_>) -> CheckResult {
    let Some(mode) = balancer.desync_mode.known()? else {
        return not_applicable("it does not read requests");
    };
    if matches!(mode.as_str(), "defensive" | "strictest") {
        return pass();
    }
    fail(LoadBalancer::DESYNC_MODE, mode.clone(), "defensive or strictest")
}

fn example(mode: Option<&str>) -> LoadBalancer {
    balancer::example().desync_mode(Known(mode.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(balancer: LoadBalancer) -> impl FnOnce(&mut Scope) {
        move |scope| scope.load_balancers.items.push(balancer)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(Some("strictest"))));
        assert_passes(&CONTROL, with(example(Some("defensive"))));
        assert_fails(&CONTROL, with(example(Some("monitor"))));
        assert_not_applicable(&CONTROL, with(example(None)));
        assert_unknown(&CONTROL, with(example(None).desync_mode(denied())));
    }
}
