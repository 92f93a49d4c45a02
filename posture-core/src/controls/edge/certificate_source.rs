//! `edge.certificate-source`

use crate::checks::balancer;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a certificate outside ACM can be valid, and renewed in time. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.certificate-source",
    life: since("0.1.0"),
    title: "Classic Load Balancers use certificates of ACM",
    finding: "Load balancer uses a certificate outside ACM",
    keywords: &[
        "CLB",
        "Classic Load Balancer",
        "ELB",
        "AWS Certificate Manager",
        "ACM",
        "server certificate",
        "IAM certificate",
    ],
    severity: Low,
    rationale: "ACM renews the certificates that it issues and warns before others expire. One that was uploaded to IAM expires unnoticed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Request or import the certificate in ACM, and select it for the listener.",
            console: "EC2 → Load Balancers → the load balancer → Listeners → Manage listeners",
            command: Change(
                "aws elb set-load-balancer-listener-ssl-certificate --load-balancer-name <balancer-name> --load-balancer-port <port> --ssl-certificate-id <certificate-arn>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/ssl-server-cert.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[
        csf20("PR.DS-02", Supporting),
        ccm41("CEK-12", Supporting),
        fsbp("ELB.2", Full).of(balancer::CLASSIC),
    ],
    test: Test {
        reads: &[LoadBalancer::FAMILY, LoadBalancer::UNMANAGED_CERTIFICATES],
        params: &[],
        check: Check::LoadBalancer(check),
        examples: Examples {
            pass: |scope| scope.add(example(&[])),
            fail: |scope| {
                scope.add(example(&["arn:aws:iam::123456789012:server-certificate/shop"]))
            },
        },
    },
};

fn check(balancer: &LoadBalancer, _: &Context<'_>) -> CheckResult {
    if *balancer.family.known()? != BalancerFamily::Classic {
        return not_applicable("it is not a Classic Load Balancer");
    }
    balancer.unmanaged_certificates.must_be_empty(FACT, "certificates of ACM")
}

const FACT: FactId = LoadBalancer::UNMANAGED_CERTIFICATES;

fn example(certificates: &[&str]) -> LoadBalancer {
    let arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/shop";
    LoadBalancer::unread(arn, "shop", Some("us-east-1"))
        .family(Known(BalancerFamily::Classic))
        .unmanaged_certificates(balancer::entries(certificates))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(balancer: LoadBalancer) -> impl FnOnce(&mut Scope) {
        move |scope| scope.load_balancers.items.push(balancer)
    }

    #[test]
    fn verdicts() {
        let iam = "arn:aws:iam::123456789012:server-certificate/shop";
        assert_passes(&CONTROL, with(example(&[])));
        assert_fails(&CONTROL, with(example(&[iam])));
        assert_unknown(&CONTROL, with(example(&[]).unmanaged_certificates(denied())));
        assert_unknown(&CONTROL, with(example(&[iam]).family(denied())));
        assert_not_applicable(&CONTROL, with(balancer::example()));
    }
}
