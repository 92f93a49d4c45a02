//! `edge.tls-only`

use crate::checks::balancer;
use crate::prelude::*;

/// Why a failure shows that the row is not met.
const BY_PROTOCOL: &str =
    "the listener has neither HTTPS nor TLS, which the row asks for by the letter";

/// See the [module](self).
///
/// Counter-test: the targets behind a listener of TCP may encrypt themselves, and a network in between may be private. So the control
/// decides nothing but the rows of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.tls-only",
    life: since("0.1.0"),
    title: "Load balancers accept only TLS, or redirect to it",
    finding: "Load balancer accepts traffic without TLS",
    keywords: &[
        "ELB",
        "ALB",
        "NLB",
        "Classic Load Balancer",
        "HTTPS",
        "HTTP",
        "listener",
        "redirect",
        "encryption in transit",
    ],
    severity: Medium,
    rationale: "An attacker on the network path reads and changes what clients send and receive in plain text.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Redirect each HTTP listener to HTTPS by its default action and its rules. Replace listeners of TCP and UDP by TLS where the targets do not encrypt themselves. The command lists the listeners.",
            console: "EC2 → Load Balancers → the load balancer → Listeners and rules",
            command: Inspect("aws elbv2 describe-listeners --load-balancer-arn <balancer>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-tls-listener.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/elbv2-listener-encryption-in-transit.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/elb-tls-https-listeners-only.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[
        csf20("PR.DS-02", Supporting),
        ccm41("CEK-03", Supporting),
        ccm41("IPY-03", Supporting),
        ccm41("AIS-08", Supporting),
        fsbp("ELB.1", Full).of(balancer::APPLICATION),
        fsbp("ELB.3", Full).of(balancer::CLASSIC),
        // Whether it accepts QUIC, which has TLS within, it does not state.
        fsbp("ELB.18", Partial(BY_PROTOCOL))
            .of(balancer::LISTENING)
            .by(Check::LoadBalancer(listeners)),
    ],
    test: Test {
        reads: &[LoadBalancer::FAMILY, LoadBalancer::PLAIN_LISTENERS, LoadBalancer::UNREDIRECTED],
        params: &[],
        check: Check::LoadBalancer(check),
        examples: Examples {
            pass: |scope| scope.add(example(&[], &[])),
            fail: |scope| scope.add(example(&["HTTP 80"], &["HTTP 80: by default"])),
        },
    },
};

fn check(balancer: &LoadBalancer, context: &Context<'_>) -> CheckResult {
    match balancer.family.known()? {
        BalancerFamily::Application => balancer
            .unredirected
            .must_be_empty(LoadBalancer::UNREDIRECTED, "redirects to HTTPS by every HTTP listener"),
        BalancerFamily::Network | BalancerFamily::Classic => listeners(balancer, context),
        BalancerFamily::Gateway => not_applicable("it sends packets on as they are"),
    }
}

fn listeners(balancer: &LoadBalancer, _: &Context<'_>) -> CheckResult {
    balancer.plain_listeners.must_be_empty(LoadBalancer::PLAIN_LISTENERS, "listeners with TLS")
}

fn example(plain: &[&str], unredirected: &[&str]) -> LoadBalancer {
    balancer::example()
        .plain_listeners(balancer::entries(plain))
        .unredirected(balancer::entries(unredirected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(balancer: LoadBalancer) -> impl FnOnce(&mut Scope) {
        move |scope| scope.load_balancers.items.push(balancer)
    }

    #[test]
    fn verdicts() {
        use BalancerFamily::{Classic, Gateway, Network};
        assert_passes(&CONTROL, with(example(&[], &[])));
        assert_passes(&CONTROL, with(example(&["HTTP 80"], &[])));
        assert_fails(&CONTROL, with(example(&["HTTP 80"], &["HTTP 80: by rule 10"])));
        for family in [Network, Classic] {
            assert_passes(&CONTROL, with(example(&[], &[]).family(Known(family))));
            let plain = example(&["TCP 25"], &[]).family(Known(family));
            assert_fails(&CONTROL, with(plain));
        }
        assert_not_applicable(&CONTROL, with(example(&[], &[]).family(Known(Gateway))));
        assert_unknown(&CONTROL, with(example(&["HTTP 80"], &[]).unredirected(denied())));
        assert_unknown(&CONTROL, with(example(&["HTTP 80"], &[]).family(denied())));
        let network = example(&[], &[]).family(Known(Network));
        assert_unknown(&CONTROL, with(network.plain_listeners(denied())));
    }
}
