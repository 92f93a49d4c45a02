//! `edge.origin-tls`

use crate::checks::{balancer, shows};
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: the network between them may encrypt what it carries, and TCP may carry TLS from end to end. So the control decides
/// nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.origin-tls",
    life: since("0.1.0"),
    title: "Load balancers send to their targets over TLS",
    finding: "Load balancer sends to targets without TLS",
    keywords: &[
        "ELB",
        "ALB",
        "NLB",
        "Classic Load Balancer",
        "target group",
        "backend",
        "HTTPS",
        "encryption in transit",
    ],
    severity: Low,
    rationale: "An attacker inside the network reads and changes what the load balancer sends to the machines behind it.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Make target groups of HTTPS or TLS, and move the targets to them. The command lists the target groups.",
            console: "EC2 → Target Groups",
            command: Inspect("aws elbv2 describe-target-groups --load-balancer-arn <balancer>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/elbv2-targetgroup-protocol-encrypted.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[
        csf20("PR.DS-02", Supporting),
        ccm41("CEK-03", Supporting),
        // Target groups without a load balancer are not examined.
        fsbp("ELB.22", Partial(shows::STEP)).of(balancer::LISTENING),
    ],
    test: no_entries_unless!(
        LoadBalancer.plain_targets,
        "web: HTTP",
        "HTTPS, TLS or QUIC",
        [family],
        |balancer| Ok((*balancer.family.known()? == BalancerFamily::Gateway)
            .then_some("it sends packets on as they are")),
        balancer::example(),
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    fn example(plain: &[&str]) -> LoadBalancer {
        balancer::example().plain_targets(balancer::entries(plain))
    }

    fn with(balancer: LoadBalancer) -> impl FnOnce(&mut Scope) {
        move |scope| scope.load_balancers.items.push(balancer)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(&[])));
        assert_fails(&CONTROL, with(example(&["web: HTTP"])));
        assert_unknown(&CONTROL, with(example(&[]).plain_targets(denied())));
        assert_unknown(&CONTROL, with(example(&["web: HTTP"]).family(denied())));
        let gateway = example(&[]).family(Known(BalancerFamily::Gateway));
        assert_not_applicable(&CONTROL, with(gateway));
    }
}
