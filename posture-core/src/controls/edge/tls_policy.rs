//! `edge.tls-policy`

use crate::checks::balancer;
use crate::dated::Dated;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the listener accepts TLS 1.0 or 1.1, which no longer protect data";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "edge.tls-policy",
    life: since("0.1.0"),
    title: "Load balancers accept TLS 1.2 or later only",
    finding: "Load balancer accepts TLS 1.1 or earlier",
    keywords: &[
        "ELB",
        "ALB",
        "NLB",
        "Classic Load Balancer",
        "security policy",
        "SSL policy",
        "TLS 1.0",
        "TLS 1.1",
        "TLS 1.2",
        "cipher",
    ],
    severity: Medium,
    rationale: "Older versions of TLS have weaknesses that let an attacker on the network path read or change the traffic.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Select a security policy that starts at TLS 1.2, preferably one that AWS recommends.",
            console: "EC2 → Load Balancers → the load balancer → Listeners and rules → the listener → Edit → Security policy",
            command: Change(
                "aws elbv2 modify-listener --listener-arn <listener-arn> --ssl-policy ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[
        csf20("PR.DS-02", Partial(SHOWS)),
        ccm41("CEK-03", Partial(SHOWS)),
        ccm41("IPY-03", Partial(SHOWS)),
        ccm41("CEK-04", Supporting),
        // Each names policies rather than versions.
        fsbp("ELB.8", Full).of(balancer::CLASSIC).by(Check::LoadBalancer(named)),
        fsbp("ELB.17", Full).of(balancer::LISTENING).by(Check::LoadBalancer(named)),
    ],
    test: Test {
        reads: &[LoadBalancer::FAMILY, LoadBalancer::SECURITY_POLICIES, LoadBalancer::OLD_TLS],
        params: &[],
        check: Check::LoadBalancer(check),
        examples: Examples {
            pass: |scope| scope.add(example(RECOMMENDED[0], &[])),
            fail: |scope| {
                scope.add(example(OLD, &["HTTPS 443: TLSv1, TLSv1.1 by ELBSecurityPolicy-2016-08"]))
            },
        },
    },
};

/// The policies that AWS recommends for Application and Network Load Balancers: those by which row ELB.17 passes.
static RECOMMENDED: Dated<&str> = Dated::new(
    &["https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html"],
    "2026-11-30",
    &[
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    ],
);

/// The one policy of a Classic Load Balancer by which row ELB.8 passes.
const PREDEFINED: &str = "ELBSecurityPolicy-TLS-1-2-2017-01";

const OLD: &str = "ELBSecurityPolicy-2016-08";

const WITHOUT: &str = "it has no listener with TLS";

fn check(balancer: &LoadBalancer, _: &Context<'_>) -> CheckResult {
    let verdict = balancer.old_tls.must_be_empty(LoadBalancer::OLD_TLS, "TLS 1.2 or later")?;
    if verdict != Verdict::Pass {
        return Ok(verdict);
    }
    let policies = balancer.security_policies.known()?;
    // A listener that is not known may accept anything.
    if let Some(gap) = policies.undecided() {
        Fact::<()>::Gap(gap).known()?;
    }
    if policies.certain().is_empty() { not_applicable(WITHOUT) } else { pass() }
}

/// By the name of each policy: those of the rows are the only ones that pass.
fn named(balancer: &LoadBalancer, _: &Context<'_>) -> CheckResult {
    if !*balancer.security_policies.any().known()? {
        return not_applicable(WITHOUT);
    }
    let classic = *balancer.family.known()? == BalancerFamily::Classic;
    let is_good = |entry: &str| {
        let policy = entry.rsplit_once(": ").map_or(entry, |(_, policy)| policy);
        if classic { policy == PREDEFINED } else { RECOMMENDED.contains(&policy) }
    };
    let others = balancer.security_policies.known()?.without(is_good);
    let expected = if classic { PREDEFINED } else { "a policy that AWS recommends" };
    others.must_be_empty(LoadBalancer::SECURITY_POLICIES, expected)
}

fn example(policy: &str, old: &[&str]) -> LoadBalancer {
    balancer::example()
        .security_policies(balancer::entries(&[&format!("HTTPS 443: {policy}")]))
        .old_tls(balancer::entries(old))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(balancer: LoadBalancer) -> impl FnOnce(&mut Scope) {
        move |scope| scope.load_balancers.items.push(balancer)
    }

    #[test]
    fn verdicts() {
        let old = ["HTTPS 443: TLSv1, TLSv1.1 by ELBSecurityPolicy-2016-08"];
        assert_passes(&CONTROL, with(example(RECOMMENDED[0], &[])));
        assert_passes(&CONTROL, with(example("ELBSecurityPolicy-TLS13-1-2-2021-06", &[])));
        assert_fails(&CONTROL, with(example(OLD, &old)));
        let none = || example(OLD, &[]).security_policies(balancer::entries(&[]));
        assert_not_applicable(&CONTROL, with(none()));
        assert_unknown(&CONTROL, with(none().old_tls(denied())));
        assert_unknown(&CONTROL, with(none().security_policies(denied())));
        assert_fails(&CONTROL, with(example(OLD, &old).security_policies(denied())));
    }

    #[test]
    fn the_rows_of_aws_go_by_names() {
        const NAMED: Control = Control {
            test: Test { check: Check::LoadBalancer(named), ..CONTROL.test },
            satisfies: &[],
            ..CONTROL
        };
        let classic = |policy: &str| example(policy, &[]).family(Known(BalancerFamily::Classic));
        assert_passes(&NAMED, with(example(RECOMMENDED[7], &[])));
        assert_fails(&NAMED, with(example("ELBSecurityPolicy-TLS13-1-2-2021-06", &[])));
        assert_fails(&NAMED, with(example(PREDEFINED, &[])));
        assert_passes(&NAMED, with(classic(PREDEFINED)));
        assert_fails(&NAMED, with(classic("own")));
        assert_fails(&NAMED, with(classic(RECOMMENDED[0])));
        assert_unknown(&NAMED, with(classic(PREDEFINED).family(denied())));
        assert_unknown(&NAMED, with(classic(PREDEFINED).security_policies(denied())));
        let none = classic(OLD).security_policies(balancer::entries(&[]));
        assert_not_applicable(&NAMED, with(none));
    }
}
