//! `network.peering-routes`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: all of a peer may be needed. So the control decides nothing; it shows where to look.
pub(crate) static CONTROL: Control = Control {
    id: "network.peering-routes",
    life: since("0.1.0"),
    title: "Routes to peered networks lead to a part of the peer",
    finding: "Route leads to a whole peered network",
    keywords: &["VPC peering", "route table", "least access", "pcx"],
    severity: Low,
    rationale: "A route to all addresses of a peer lets an attacker who has one machine try every \
                machine of the other network.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Replace the route by routes to the subnets or hosts that are needed.",
            console: "VPC → Route tables → the table → Edit routes",
            command: Change(
                "aws ec2 delete-route --route-table-id <table> --destination-cidr-block <cidr>",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html"],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("ID.AM-03", Supporting),
        ccm41("I&S-06", Supporting),
        cis_aws7("6.6", Supporting),
    ],
    test: Test {
        reads: &[Network::WIDE_PEER_ROUTES],
        params: &[],
        check: Check::Network(check),
        examples: Examples {
            pass: |scope| scope.networks.items.push(example(Entries::none())),
            fail: |scope| {
                let route = Entries::from(["10.1.0.0/16 to pcx-1 in rtb-1"]);
                scope.networks.items.push(example(route));
            },
        },
    },
};

fn check(network: &Network, _: &Context<'_>) -> CheckResult {
    let expected = "routes to a part of the peer";
    network.wide_peer_routes.must_be_empty(Network::WIDE_PEER_ROUTES, expected)
}

fn example(routes: Entries) -> Network {
    let id = "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1";
    Network::unread(id, "vpc-1", Some("us-east-1")).wide_peer_routes(Known(routes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(routes: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.networks.items.push(example(Entries::none()).wide_peer_routes(routes))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Entries::none())));
        assert_fails(&CONTROL, with(Known(Entries::from(["10.1.0.0/16 to pcx-1 in rtb-1"]))));
        assert_unknown(&CONTROL, with(denied()));
    }
}
