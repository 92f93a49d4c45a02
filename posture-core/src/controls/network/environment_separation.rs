//! `network.environment-separation`

use posture_model::verdict::Undecided;

use crate::checks::environment;
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
                text: "Delete the routes to the peering, or the peering itself. Where the other \
                       network serves all environments, add the value of its tag to the \
                       parameter. The command lists the peerings.",
                console: "VPC → Peering connections",
                command: Inspect("aws ec2 describe-vpc-peering-connections"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Delete the peering, or pass the traffic through a network with a firewall \
                       that both are joined with. Where the other network serves all \
                       environments, add the value of its tag to the parameter. The command shows \
                       the peerings.",
                console: "Virtual networks → the network → Settings → Peerings",
                command: Inspect(
                    "az network vnet show --ids <network-id> --query virtualNetworkPeerings",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html",
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
        params: &[Param::Given(&environment::TAGS), Param::Names(&environment::SHARED)],
        check: Check::Network(check),
        examples: Examples {
            pass: |scope| joined(scope, "production", Some("Production")),
            fail: |scope| joined(scope, "production", Some("test")),
        },
    },
};

fn check(network: &Network, context: &Context<'_>) -> CheckResult {
    let of = |network: &Network| environment::of(&network.tags, context);
    let serves_all = |value: &str| environment::serves_all(value, context);
    let own = of(network);
    let Some(own) = own.known()? else {
        return not_applicable("no tag names its environment");
    };
    if serves_all(own) {
        return not_applicable("it serves all environments");
    }
    let peers = network.peers.known()?;
    let (mut others, mut open) = (Vec::new(), peers.undecided());
    for id in peers.certain() {
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
        .peers(Known(peers.iter().map(|peer| id(peer)).collect::<Entries>()))
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

    fn example() -> [(&'static str, Value); 1] {
        let param = Param::Given(&environment::TAGS);
        [(param.name(), param.example().unwrap())]
    }

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
        let hub = first(|scope| joined(scope, "production", Some("hub")), &example());
        assert_eq!(hub, Ok(Verdict::Pass));
    }

    #[test]
    fn what_is_not_known_of_the_other_is_open_unless_another_settles_it() {
        let far = |scope: &mut Scope| {
            scope.networks.items.push(network("one", Some("test"), &["far"]));
        };
        assert_eq!(first(far, &example()), Err(Undecided::Unknown(GapId::OUTSIDE_SCOPE)));
        // A hub may join it with any other.
        assert_unknown(&CONTROL, |scope| {
            let hub = Known(Entries::new(vec![], Some(DENIED)));
            scope.networks.items.push(network("one", Some("test"), &[]).peers(hub));
        });
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
        let tags = ("environment-tags", names(&["Environment"]));
        let shared = first(fill, &[tags.clone(), ("shared-environments", names(&["TEST"]))]);
        assert_eq!(shared, Ok(Verdict::Pass));
        // Of several tags, the first that a network has counts.
        let stage = ("environment-tags", names(&["stage"]));
        assert!(matches!(first(fill, &[stage]), Ok(Verdict::NotApplicable(_))));
        let both = ("environment-tags", names(&["stage", "environment"]));
        assert!(matches!(first(fill, &[both]), Ok(Verdict::Fail(_))));
    }
}
