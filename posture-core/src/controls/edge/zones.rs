//! `edge.zones`

use crate::checks::balancer;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: what has to be there when a zone fails is decided by those who need it. So the control decides nothing but the rows
/// of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.zones",
    life: since("0.1.0"),
    title: "Load balancers have nodes in several zones",
    finding: "Load balancer is in one zone only",
    keywords: &["ELB", "ALB", "NLB", "Gateway Load Balancer", "Availability Zone", "Multi-AZ"],
    severity: Medium,
    rationale: "When its only zone fails, no client reaches the services behind it, wherever these run.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a subnet of a second Availability Zone. The command shows its zones.",
            console: "EC2 → Load Balancers → the load balancer → Network mapping → Edit subnets",
            command: Inspect("aws elbv2 describe-load-balancers --load-balancer-arns <balancer>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-03", Supporting),
        ccm41("BCR-11", Supporting),
        fsbp("ELB.10", Full).of(balancer::CLASSIC),
        fsbp("ELB.13", Full).of(balancer::CURRENT),
    ],
    test: Test {
        reads: &[LoadBalancer::ZONES],
        params: &[],
        check: Check::LoadBalancer(check),
        examples: Examples {
            pass: |scope| scope.add(example(&["us-east-1a", "us-east-1b"])),
            fail: |scope| scope.add(example(&["us-east-1a"])),
        },
    },
};

fn check(balancer: &LoadBalancer, _: &Context<'_>) -> CheckResult {
    let zones = balancer.zones.known()?;
    if zones.len() >= 2 {
        return pass();
    }
    let only = zones.first().cloned().unwrap_or_else(|| "no zone".to_owned());
    fail(LoadBalancer::ZONES, only, "two zones or more")
}

fn example(zones: &[&str]) -> LoadBalancer {
    let zones = zones.iter().map(|&zone| zone.to_owned()).collect();
    balancer::example().zones(Known(zones))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(balancer: LoadBalancer) -> impl FnOnce(&mut Scope) {
        move |scope| scope.load_balancers.items.push(balancer)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(&["us-east-1a", "us-east-1b"])));
        assert_fails(&CONTROL, with(example(&["us-east-1a"])));
        assert_fails(&CONTROL, with(example(&[])));
        assert_unknown(&CONTROL, with(example(&[]).zones(denied())));
    }
}
