//! `edge.health-check-tls`

use crate::checks::{balancer, shows};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "edge.health-check-tls",
    life: since("0.1.0"),
    title: "Load balancers check the health of targets over HTTPS",
    finding: "Load balancer checks health without HTTPS",
    keywords: &["ALB", "NLB", "target group", "health check", "HTTPS"],
    severity: Low,
    rationale: "A health check in plain text shows an attacker inside the network which paths exist, and lets the attacker answer for a target.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Set the protocol of the health check to HTTPS.",
            console: "EC2 → Target Groups → the target group → Health checks → Edit",
            command: Change(
                "aws elbv2 modify-target-group --target-group-arn <target-group-arn> --health-check-protocol HTTPS",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[
        csf20("PR.DS-02", Supporting),
        ccm41("CEK-03", Supporting),
        // Target groups without a load balancer are not examined.
        fsbp("ELB.21", Partial(shows::STEP)).of(balancer::LISTENING),
    ],
    test: no_entries_unless!(
        LoadBalancer.plain_health_checks,
        "web: HTTP",
        "HTTPS",
        [family],
        |balancer| Ok(matches!(
            balancer.family.known()?,
            BalancerFamily::Gateway | BalancerFamily::Classic
        )
        .then_some("only those of Application and Network Load Balancers are examined")),
        balancer::example(),
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    fn example(plain: &[&str]) -> LoadBalancer {
        balancer::example().plain_health_checks(balancer::entries(plain))
    }

    fn with(balancer: LoadBalancer) -> impl FnOnce(&mut Scope) {
        move |scope| scope.load_balancers.items.push(balancer)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(&[])));
        assert_fails(&CONTROL, with(example(&["web: HTTP"])));
        assert_unknown(&CONTROL, with(example(&[]).plain_health_checks(denied())));
        assert_unknown(&CONTROL, with(example(&["web: HTTP"]).family(denied())));
        for family in [BalancerFamily::Gateway, BalancerFamily::Classic] {
            assert_not_applicable(&CONTROL, with(example(&[]).family(Known(family))));
        }
    }
}
