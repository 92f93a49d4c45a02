//! `network.service-endpoints`

use crate::prelude::*;

const SERVICES: Names = Names {
    name: "services",
    doc: "the services that are reached through endpoints in each network, by the last part of their names: `s3`, `ecr.api`",
    default: &["s3"],
};

/// See the [module](self).
///
/// Counter-test: a network whose machines do not use a service needs no endpoint for it. So the control decides nothing but the rows
/// of AWS, each of which asks for one service.
pub(crate) static CONTROL: Control = Control {
    id: "network.service-endpoints",
    life: since("0.1.0"),
    title: "AWS services are reached through VPC endpoints",
    finding: "VPC endpoints of services are missing",
    keywords: &["VPC endpoint", "PrivateLink", "gateway endpoint", "interface endpoint", "S3"],
    severity: Low,
    rationale: "Without an endpoint, machines need a way to the internet to use the service. An \
                endpoint has a policy, and a bucket can require it.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Create an endpoint for the service in the network.",
            console: "VPC → Endpoints → Create endpoint",
            command: Change(
                "aws ec2 create-vpc-endpoint --vpc-id <vpc> --service-name \
                             com.amazonaws.<region>.s3 --route-table-ids <table>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("PR.DS-02", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("DSP-10", Supporting),
        cis_aws7("6.8", Supporting),
        fsbp("EC2.10", Full).by(Check::Network(|network, _| has(network, &["ec2"]))),
        fsbp("EC2.55", Full).by(Check::Network(|network, _| has(network, &["ecr.api"]))),
        fsbp("EC2.56", Full).by(Check::Network(|network, _| has(network, &["ecr.dkr"]))),
        fsbp("EC2.57", Full).by(Check::Network(|network, _| has(network, &["ssm"]))),
        fsbp("EC2.58", Full).by(Check::Network(|network, _| has(network, &["ssm-contacts"]))),
        fsbp("EC2.60", Full).by(Check::Network(|network, _| has(network, &["ssm-incidents"]))),
    ],
    test: Test {
        reads: &[Network::ENDPOINTS],
        params: &[Param::Names(&SERVICES)],
        check: Check::Network(check),
        examples: Examples {
            pass: |scope| {
                let all =
                    ["s3", "ec2", "ecr.api", "ecr.dkr", "ssm", "ssm-contacts", "ssm-incidents"];
                scope.networks.items.push(example(&all));
            },
            fail: |scope| scope.networks.items.push(example(&["dynamodb"])),
        },
    },
};

fn check(network: &Network, context: &Context<'_>) -> CheckResult {
    has(network, &context.names(&SERVICES))
}

fn has(network: &Network, services: &[&str]) -> CheckResult {
    let endpoints = network.endpoints.known()?;
    let missing: Vec<&str> =
        services.iter().copied().filter(|service| !endpoints.contains(*service)).collect();
    if missing.is_empty() {
        return pass();
    }
    fail(Network::ENDPOINTS, format!("missing: {}", missing.join(", ")), "an endpoint for each")
}

fn example(services: &[&str]) -> Network {
    let id = "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1";
    let services = services.iter().map(|&service| service.to_owned()).collect();
    Network::unread(id, "vpc-1", Some("us-east-1")).endpoints(Known(services))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(network: Network) -> impl FnOnce(&mut Scope) {
        move |scope| scope.networks.items.push(network)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(&["s3", "ec2"])));
        assert_fails(&CONTROL, with(example(&["ec2"])));
        assert_unknown(&CONTROL, with(example(&[]).endpoints(denied())));
    }

    #[test]
    fn each_row_asks_for_one_service() {
        let row = |id: &str| {
            let judged = row_of(&CONTROL, id, with(example(&["ecr.api"])));
            matches!(judged[..], [Ok(Verdict::Pass)])
        };
        assert!(row("aws-fsbp:EC2.55") && !row("aws-fsbp:EC2.56"));
    }
}
