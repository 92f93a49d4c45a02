//! `network.environment-separation`

use posture_model::verdict::Undecided;

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a firewall may filter what passes between joined networks, so that the control fails although environments are
/// kept apart. So it decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.environment-separation",
    life: since("0.1.0"),
    title: "Networks of different environments are not joined",
    finding: "Network is joined with one of another environment",
    keywords: &[
        "VPC peering",
        "virtual network peering",
        "environment",
        "production",
        "test",
        "segmentation",
    ],
    severity: Medium,
    rationale: "Test systems are patched later and opened more widely. From a joined network, an \
                attacker who took one over reaches production without passing the internet.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Delete the routes to the peered VPC and the peering, or pass the traffic \
                       through a network firewall. Where the other VPC serves all environments, \
                       add the value of its tag to the parameter. The command shows the peerings.",
                console: "VPC → Virtual private cloud → Peering connections",
                command: Inspect("aws ec2 describe-vpc-peering-connections --region <region>"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Delete the peering, or pass the traffic through a network with a firewall \
                   that both are joined with. Where the other network serves all environments, \
                   add the value of its tag to the parameter. The command shows the peerings.",
                console: "Virtual networks → the network → Settings → Peerings",
                command: Inspect(
                    "az network vnet show --ids <network-id> --query virtualNetworkPeerings",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html",
        "https://learn.microsoft.com/en-us/azure/virtual-network/virtual-network-peering-overview",
        "https://learn.microsoft.com/en-us/azure/architecture/networking/architecture/hub-spoke",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("ID.AM-03", Supporting),
        ccm41("I&S-05", Supporting),
        ccm41("I&S-06", Supporting),
        mcsb1("NS-1", Supporting),
    ],
    test: Test {
        reads: &[Network::PEERS, Network::TAGS],
        params: &[Param::Names(&TAG), Param::Names(&SHARED)],
        check: Check::Network(check),
        examples: Examples {
            pass: |scope| joined(scope, "production", Some("Production")),
            fail: |scope| joined(scope, "production", Some("test")),
        },
    },
};

static TAG: Names = Names {
    name: "environment-tags",
    doc: "The names of the tags that name the environment of a network, not case-sensitive; the first that a network has \
          counts. Networks without one are not judged. An empty list turns the control off.",
    default: &["environment"],
};

static SHARED: Names = Names {
    name: "shared-environments",
    doc: "The values of the tag of networks that serve all environments, not case-sensitive.",
    default: &["shared", "hub", "connectivity"],
};

fn check(network: &Network, context: &Context<'_>) -> CheckResult {
    let names = context.names(&TAG);
    let of = |network: &Network| {
        network.tags.map(|tags| {
            let value = |name: &&str| tags.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(name));
            names.iter().find_map(value).map(|(_, value)| value.trim().to_owned())
        })
    };
    let shared = context.names(&SHARED);
    let serves_all = |value: &str| shared.iter().any(|name| name.eq_ignore_ascii_case(value));
    let own = of(network);
    let Some(own) = own.known()? else {
        return not_applicable("no tag names its environment");
    };
    if serves_all(own) {
        return not_applicable("it serves all environments");
    }
    let (mut others, mut open) = (Vec::new(), None);
    for id in network.peers.known()? {
        let found = context.scope.networks.find(|other| other.id.eq_ignore_ascii_case(id));
        match found {
            Known(Some(other)) => match of(other) {
                Known(Some(value)) if value.eq_ignore_ascii_case(own) || serves_all(&value) => {}
                Known(Some(value)) => others.push(format!("{} ({value})", other.name)),
                Known(None) => others.push(format!("{} (no environment)", other.name)),
                Gap(gap) => open = open.or(Some(gap)),
                NotOffered => {}
            },
            // A network of another account.
            Known(None) => open = open.or(Some(GapId::OUTSIDE_SCOPE)),
            Gap(gap) => open = open.or(Some(gap)),
            NotOffered => {}
        }
    }
    if !others.is_empty() {
        let found = format!("{own}, joined with {}", others.join(", "));
        return fail(Network::PEERS, found, "joined with the same environment only");
    }
    match open {
        Some(gap) => Err(Undecided::Unknown(gap)),
        None => pass(),
    }
}

fn network(name: &str, environment: Option<&str>, peers: &[&str]) -> Network {
    let tags = environment.map(|value| ("environment".to_owned(), value.to_owned()));
    Network::unread(id(name), name, Some("westeurope"))
        .tags(Known(tags.into_iter().collect()))
        .peers(Known(peers.iter().map(|peer| id(peer)).collect()))
}

fn id(name: &str) -> String {
    format!(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Network/virtualNetworks/{name}"
    )
}

/// Two networks that are joined.
fn joined(scope: &mut Scope, one: &str, other: Option<&str>) {
    scope.networks.items.push(network("one", Some(one), &["two"]));
    scope.networks.items.push(network("two", other, &["one"]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    fn first(fill: impl FnOnce(&mut Scope), params: &[(&'static str, Value)]) -> CheckResult {
        judged_with(&CONTROL, &world(fill), params).remove(0)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| joined(scope, "production", Some("PRODUCTION")));
        assert_fails(&CONTROL, |scope| joined(scope, "production", Some("test")));
        assert_fails(&CONTROL, |scope| joined(scope, "production", None));
        assert_passes(&CONTROL, |scope| {
            scope.networks.items.push(network("one", Some("test"), &[]))
        });
        assert_not_applicable(&CONTROL, |scope| {
            scope.networks.items.push(network("one", None, &["two"]))
        });
        let hub = first(|scope| joined(scope, "production", Some("hub")), &[]);
        assert_eq!(hub, Ok(Verdict::Pass));
    }

    #[test]
    fn what_is_not_known_of_the_other_is_open_unless_another_settles_it() {
        let far = |scope: &mut Scope| {
            scope.networks.items.push(network("one", Some("test"), &["far"]));
        };
        assert_eq!(first(far, &[]), Err(Undecided::Unknown(GapId::OUTSIDE_SCOPE)));
        assert_unknown(&CONTROL, |scope| {
            scope.networks.items.push(network("one", Some("test"), &["two"]));
            scope.networks.items.push(network("two", None, &[]).tags(denied()));
        });
        assert_fails(&CONTROL, |scope| {
            scope.networks.items.push(network("one", Some("test"), &["far", "two"]));
            scope.networks.items.push(network("two", Some("production"), &[]));
        });
        assert_unknown(&CONTROL, |scope| {
            scope.networks.items.push(network("one", Some("test"), &[]).peers(denied()));
        });
    }

    #[test]
    fn the_parameters_decide() {
        let names =
            |names: &[&str]| Value::Names(names.iter().map(|&name| name.to_owned()).collect());
        let fill = |scope: &mut Scope| joined(scope, "production", Some("test"));
        let off = first(fill, &[("environment-tags", names(&[]))]);
        assert!(matches!(off, Ok(Verdict::NotApplicable(_))));
        let shared = first(fill, &[("shared-environments", names(&["TEST"]))]);
        assert_eq!(shared, Ok(Verdict::Pass));
    }
}
