//! `edge.dangling-origin`

use crate::checks::names;
use crate::control::Undecided;
use crate::network::Addresses;
use crate::prelude::*;

static OWN_ADDRESSES: Names = Names {
    name: "own-addresses",
    doc: "addresses and ranges outside of AWS that belong to you, such as `198.51.100.0/24`: records may lead to them",
    default: &[],
};

/// See the [module](self).
///
/// Counter-test: a name that is not used any more leads nowhere and does not matter, as long as no attacker takes over the
/// target. So a failure does not show that the network is open, and the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "edge.dangling-origin",
    life: since("0.1.0"),
    title: "DNS records lead to resources that exist",
    finding: "DNS record leads to what no longer exists",
    keywords: &[
        "Route 53",
        "subdomain takeover",
        "dangling DNS",
        "CNAME",
        "alias",
        "Elastic IP",
        "S3 website",
        "CloudFront",
    ],
    severity: High,
    rationale: "An attacker who gets the released address, or creates a bucket of the same name, \
                answers for the name of the domain: with its cookies, and with certificates for \
                it.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Delete the record, or create the resource again. The command lists the records. \
                   What the accounts of the run do not have is unknown: audit the account that has \
                   it, and list addresses outside of AWS in the parameter.",
            console: "Route 53 → Hosted zones → the zone → Records",
            command: Inspect("aws route53 list-resource-record-sets --hosted-zone-id <zone>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html",
        "https://owasp.org/www-project-web-security-testing-guide/latest/4-Web_Application_Security_Testing/02-Configuration_and_Deployment_Management_Testing/10-Test_for_Subdomain_Takeover",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("ID.AM-08", Supporting),
        ccm41("I&S-03", Supporting),
    ],
    test: Test {
        reads: &[
            HostedZone::DEAD_TARGETS,
            HostedZone::TARGETS,
            LoadBalancer::DNS_NAME,
            Distribution::DNS_NAME,
            NetworkInterface::ADDRESSES,
        ],
        params: &[Param::Names(&OWN_ADDRESSES)],
        check: Check::HostedZone(check),
        examples: Examples {
            pass: |scope| scope.hosted_zones.items.push(example(&[], &[])),
            fail: |scope| {
                let dead = &["www.example.com to bucket www.example.com"];
                scope.hosted_zones.items.push(example(dead, &[]));
            },
        },
    },
};

fn check(zone: &HostedZone, context: &Context<'_>) -> CheckResult {
    let dead = zone.dead_targets.known()?;
    if !dead.certain().is_empty() {
        let expected = "records to what exists";
        return fail(HostedZone::DEAD_TARGETS, dead.evidence(), expected);
    }
    let targets = zone.targets.known()?;
    let own: Vec<Addresses> =
        context.names(&OWN_ADDRESSES).into_iter().filter_map(Addresses::parse).collect();
    let is_own = |entry: &str| {
        let target = entry.rsplit_once(" to ").map(|(_, target)| target.parse());
        matches!(target, Some(Ok(address)) if own.iter().any(|range| range.has(address)))
    };
    let unnamed = dead.undecided().filter(|_| dead.named().is_empty());
    if let Some(gap) = targets.undecided().or(unnamed) {
        return Err(Undecided::Unknown(gap));
    }
    let all = targets.certain().iter().chain(dead.named()).map(String::as_str);
    names::held(context, all.filter(|entry| !is_own(entry)), " to ", dead.undecided())
}

fn example(dead: &[&str], targets: &[&str]) -> HostedZone {
    HostedZone::unread("arn:aws:route53:::hostedzone/Z1", "example.com", None)
        .dead_targets(Known(dead.iter().copied().collect::<Entries>()))
        .targets(Known(targets.iter().copied().collect::<Entries>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    const BALANCER: &str = "www.example.com to app-1.eu-west-1.elb.amazonaws.com";
    const ADDRESS: &str = "host.example.com to 52.1.2.3";

    fn with(zone: HostedZone) -> impl FnOnce(&mut Scope) {
        move |scope| scope.hosted_zones.items.push(zone)
    }

    fn balancer(name: Fact<String>) -> LoadBalancer {
        crate::checks::balancer::example().dns_name(name)
    }

    #[test]
    fn what_does_not_exist_fails_and_what_is_not_known_is_unknown() {
        assert_passes(&CONTROL, with(example(&[], &[])));
        assert_fails(&CONTROL, with(example(&["a to bucket a"], &[BALANCER])));
        assert_unknown(&CONTROL, with(example(&[], &[BALANCER])));
        assert_unknown(&CONTROL, with(example(&[], &[ADDRESS])));
        assert_unknown(&CONTROL, with(example(&[], &["a to bucket a"])));
        assert_unknown(&CONTROL, with(example(&[], &[]).dead_targets(denied())));
        assert_unknown(&CONTROL, with(example(&[], &[]).targets(denied())));
        assert_not_applicable(&CONTROL, |scope| {
            let private = example(&[], &[]).dead_targets(NotOffered).targets(NotOffered);
            scope.hosted_zones.items.push(private);
        });
    }

    #[test]
    fn what_the_account_has_exists() {
        let all = [
            BALANCER,
            ADDRESS,
            "cdn.example.com to d1.cloudfront.net",
            "a and 2 more to bucket www.example.com",
        ];
        let filled = |scope: &mut Scope| {
            let name = "app-1.eu-west-1.elb.amazonaws.com";
            scope.load_balancers.items.push(balancer(Known(name.to_owned())));
            let front = Distribution::unread("arn:d", "d", None);
            scope.distributions.items.push(front.dns_name(Known("d1.cloudfront.net".to_owned())));
            let interface = NetworkInterface::unread("arn:i", "i", Some("eu-west-1"));
            let addresses = Known(vec!["52.1.2.3".to_owned()]);
            scope.network_interfaces.items.push(interface.addresses(addresses));
            scope.buckets.items.push(Bucket::unread("arn:b", "www.example.com", None));
        };
        assert_passes(&CONTROL, |scope| {
            filled(scope);
            scope.hosted_zones.items.push(example(&[], &all));
        });
        for (place, one) in all.iter().enumerate() {
            assert_passes(&CONTROL, |scope| {
                filled(scope);
                scope.hosted_zones.items.push(example(&[], &[one]));
            });
            assert_unknown(&CONTROL, |scope| {
                filled(scope);
                match place {
                    0 => scope.load_balancers.items.clear(),
                    1 => scope.network_interfaces.items.clear(),
                    2 => scope.distributions.items.clear(),
                    _ => scope.buckets.items.clear(),
                }
                scope.hosted_zones.items.push(example(&[], &all));
            });
        }
    }

    /// The reason is that of the list in which the target would be.
    #[test]
    fn a_list_that_was_not_read_is_the_reason() {
        let scope = world(|scope| {
            scope.load_balancers.gaps.push(GapId::NO_ANSWER);
            scope.hosted_zones.items.push(example(&[], &[BALANCER]));
        });
        assert_eq!(judged(&CONTROL, &scope), [Err(Undecided::Unknown(GapId::NO_ANSWER))]);
        let scope = world(|scope| {
            scope.load_balancers.gaps.push(GapId::NO_ANSWER);
            scope.hosted_zones.items.push(example(&[], &[ADDRESS]));
        });
        assert_eq!(judged(&CONTROL, &scope), [Err(Undecided::Unknown(GapId::OUTSIDE_SCOPE))]);
        let scope = world(|scope| {
            scope.load_balancers.items.push(balancer(Gap(GapId::NO_ANSWER)));
            scope.hosted_zones.items.push(example(&[], &[BALANCER]));
        });
        assert_eq!(judged(&CONTROL, &scope), [Err(Undecided::Unknown(GapId::NO_ANSWER))]);
    }

    #[test]
    fn a_bucket_that_s3_keeps_silent_about_may_be_of_the_account() {
        let silent = |name: &str| {
            let named = Entries::new(Vec::new(), Some(GapId::NO_ANSWER));
            let named = named.naming(vec![format!("a to bucket {name}")]);
            example(&[], &[]).dead_targets(named.into_fact())
        };
        assert_unknown(&CONTROL, with(silent("a")));
        assert_passes(&CONTROL, |scope| {
            scope.buckets.items.push(Bucket::unread("arn:b", "a", None));
            scope.hosted_zones.items.push(silent("a"));
        });
    }

    #[test]
    fn own_addresses_outside_of_aws_are_accepted() {
        let own = [("own-addresses", Value::Names(vec!["52.1.0.0/16".to_owned()]))];
        let judged = |targets: &[&str]| {
            let scope = world(|scope| scope.hosted_zones.items.push(example(&[], targets)));
            judged_with(&CONTROL, &scope, &own)
        };
        assert_eq!(judged(&[ADDRESS]), [Ok(Verdict::Pass)]);
        assert!(judged(&["a to 52.2.0.1"])[0].is_err());
        assert!(judged(&[ADDRESS, BALANCER])[0].is_err());
    }
}
