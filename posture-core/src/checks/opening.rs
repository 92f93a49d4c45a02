//! What controls about reachable ports have in common: entries of facts in which each is a way in.

use crate::network::{Family, ICMP, ICMP6, Opening, Service, TCP, UDP};
use crate::prelude::*;

/// The ports of administration: SSH, Telnet, RDP, and WinRM over HTTP and HTTPS.
pub(crate) const ADMIN_PORTS: &[&str] = &["22", "23", "3389", "5985", "5986"];

/// The parameter that names them.
pub(crate) static ADMIN: Names = Names {
    name: "ports",
    doc: "the ports of administration, of TCP where no protocol is named: `22`, `8000-8100`, `udp 161`",
    default: ADMIN_PORTS,
};

/// The test of a control on the openings of a network interface to everyone: the ports that its parameter names, how they decide,
/// and a service that is open in each example.
macro_rules! of_interface {
    ($ports:expr, $judge:expr, passes: $good:literal, fails: $bad:literal $(,)?) => {
        Test {
            reads: &[NetworkInterface::OPEN_TO_ANYONE],
            params: &[Param::Names(&$ports)],
            check: Check::NetworkInterface(|interface, context| {
                let open = &interface.open_to_anyone;
                $judge(NetworkInterface::OPEN_TO_ANYONE, open, &context.names(&$ports))
            }),
            examples: Examples {
                pass: |scope| scope.add(opening::interface($good)),
                fail: |scope| scope.add(opening::interface($bad)),
            },
        }
    };
}
pub(crate) use of_interface;

/// A network interface on which a service is open to everyone.
pub(crate) fn interface(service: &str) -> NetworkInterface {
    let id = "arn:aws:ec2:us-east-1:123456789012:network-interface/eni-1";
    NetworkInterface::unread(id, "eni-1", Some("us-east-1")).open_to_anyone(Known(open(service)))
}

/// The ports that a parameter names: `22`, `8000-8100`, `udp 53`. One that is not a port names nothing.
pub(crate) fn ports(names: &[&str]) -> Vec<Service> {
    names.iter().filter_map(|name| port(name)).collect()
}

/// The same of ports that must be closed. Here one that is not a port names every port, so that a typing error never makes anything
/// pass.
fn closed_ports(names: &[&str]) -> Vec<Service> {
    names.iter().map(|name| port(name).unwrap_or(Service::ALL)).collect()
}

fn port(name: &str) -> Option<Service> {
    let plain = name.starts_with(|first: char| first.is_ascii_digit());
    if plain { format!("tcp {name}").parse().ok() } else { name.parse().ok() }
}

/// The ways in that are left where some do not matter. An entry that cannot be read matters.
fn left(found: &Entries, matters: impl Fn(&Opening) -> bool) -> Entries {
    found.without(|entry| entry.parse::<Opening>().is_ok_and(|opening| !matters(&opening)))
}

fn judged(fact: FactId, left: &Entries, expected: String) -> CheckResult {
    if *left.any().known()? {
        return fail(fact, left.evidence_with("; "), expected);
    }
    pass()
}

/// Judges that none of the ports is open that a parameter names.
pub(crate) fn keeps_closed(fact: FactId, found: &Fact<Entries>, named: &[&str]) -> CheckResult {
    none_open(fact, found, &closed_ports(named))
}

/// Judges that no port is open but those that a parameter names.
pub(crate) fn opens_only(fact: FactId, found: &Fact<Entries>, named: &[&str]) -> CheckResult {
    only_open(fact, found, &ports(named))
}

/// Judges that none of these ports is open.
pub(crate) fn none_open(fact: FactId, found: &Fact<Entries>, closed: &[Service]) -> CheckResult {
    none_open_to(fact, found, closed, &Family::ALL)
}

/// The same, by some versions of the internet protocol only.
pub(crate) fn none_open_to(
    fact: FactId,
    found: &Fact<Entries>,
    closed: &[Service],
    families: &[Family],
) -> CheckResult {
    let matters = |opening: &Opening| {
        let of = opening.sources.named().first().map(|prefix| Family::of(prefix.network()));
        let asked = of.is_none_or(|family| families.contains(&family));
        asked && closed.iter().any(|port| port.overlaps(opening.service))
    };
    let words: Vec<String> = closed.iter().map(ToString::to_string).collect();
    judged(fact, &left(found.known()?, matters), format!("not open: {}", words.join(", ")))
}

/// Judges that no port of TCP and UDP is open but these. Messages of ICMP do not count: they reach no program.
pub(crate) fn only_open(fact: FactId, found: &Fact<Entries>, open: &[Service]) -> CheckResult {
    let matters = |opening: &Opening| {
        let parts = opening.service.parts();
        !parts.iter().all(|part| match part.only_protocol() {
            Some(ICMP | ICMP6) => true,
            _ => open.iter().any(|port| port.covers(*part)),
        })
    };
    let words: Vec<String> = open.iter().map(ToString::to_string).collect();
    let expected =
        if words.is_empty() { "no port".to_owned() } else { format!("only {}", words.join(", ")) };
    judged(fact, &left(found.known()?, matters), expected)
}

/// The same, where protocols besides TCP and UDP do not count.
pub(crate) fn only_open_of_tcp_and_udp(
    fact: FactId,
    found: &Fact<Entries>,
    open: &[Service],
) -> CheckResult {
    let ranges = [Service::protocol(TCP), Service::protocol(UDP)];
    let matters = |opening: &Opening| {
        let reaches = ranges.iter().any(|range| range.overlaps(opening.service));
        reaches && !open.iter().any(|port| port.covers(opening.service))
    };
    judged(fact, &left(found.known()?, matters), "only authorized ports".to_owned())
}

/// An entry of an example.
pub(crate) fn open(service: &str) -> Entries {
    let path = "address 198.51.100.7 → route 0.0.0.0/0 of rtb-1 to igw-1 → network ACL acl-1 rule 100 → \
                security group sg-1 (rule) → interface eni-1 → instance i-1";
    Entries::from(vec![format!("{service} from 0.0.0.0/0: {path}")])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::controls::network::{reachable_admin_ports, reachable_ports};

    const FACT: FactId = NetworkInterface::OPEN_TO_ANYONE;
    const GAP: GapId = GapId::new(7);

    fn admin() -> Vec<Service> {
        ports(ADMIN_PORTS)
    }

    fn fails(result: CheckResult) -> bool {
        matches!(result, Ok(Verdict::Fail(_)))
    }

    fn unknown(result: CheckResult) -> bool {
        result.is_err()
    }

    #[test]
    fn ports_are_named_in_numbers_or_words() {
        let named = ports(&["22", "8000-8100", "udp 53", "icmp", "x", "70000"]);
        let words: Vec<String> = named.iter().map(ToString::to_string).collect();
        assert_eq!(words, ["tcp 22", "tcp 8000-8100", "udp 53", "icmp"]);
        let words = |names: &[&str]| {
            closed_ports(names).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(words(&["22", "ssh", "70000"]), ["tcp 22", "all traffic", "all traffic"]);
    }

    #[test]
    fn a_port_within_a_run_is_open() {
        for service in
            ["tcp 22", "tcp 20-25", "tcp", "all traffic", "tcp 23-65535 and protocols 7-255"]
        {
            assert!(fails(none_open(FACT, &Known(open(service)), &admin())), "{service}");
        }
        for service in ["tcp 443", "udp", "icmp", "udp 22"] {
            assert_eq!(none_open(FACT, &Known(open(service)), &admin()), pass(), "{service}");
        }
    }

    #[test]
    fn only_what_is_permitted_is_open() {
        let web = ports(&["80", "443"]);
        for service in ["tcp 443", "tcp 80", "icmp", "icmp6 type 128"] {
            assert_eq!(only_open(FACT, &Known(open(service)), &web), pass(), "{service}");
            assert_eq!(
                only_open_of_tcp_and_udp(FACT, &Known(open(service)), &web),
                pass(),
                "{service}"
            );
        }
        for service in ["tcp 80-81", "tcp 8080", "udp 443", "all traffic"] {
            assert!(fails(only_open(FACT, &Known(open(service)), &web)), "{service}");
            assert!(
                fails(only_open_of_tcp_and_udp(FACT, &Known(open(service)), &web)),
                "{service}"
            );
        }
        assert!(fails(only_open(FACT, &Known(open("protocol 50")), &web)));
        assert_eq!(only_open_of_tcp_and_udp(FACT, &Known(open("protocol 50")), &web), pass());
    }

    #[test]
    fn an_opening_that_may_be_there_counts_where_it_matters() {
        let maybe = |service: &str| {
            Known(Entries::new(Vec::new(), Some(GAP)).naming(open(service).certain().to_vec()))
        };
        assert!(unknown(none_open(FACT, &maybe("tcp 22"), &admin())));
        assert_eq!(none_open(FACT, &maybe("tcp 443"), &admin()), pass());
        assert!(unknown(none_open(FACT, &Known(Entries::new(Vec::new(), Some(GAP))), &admin())));
        // What is not a way in is not passed over.
        assert!(fails(none_open(FACT, &Known(Entries::from(["?"])), &admin())));
    }

    #[test]
    fn the_version_of_the_protocol_counts() {
        let v6 = Known(Entries::from(["tcp 22 from ::/0: rule 1"]));
        assert_eq!(none_open_to(FACT, &v6, &admin(), &[Family::V4]), pass());
        assert!(fails(none_open_to(FACT, &v6, &admin(), &[Family::V6])));
    }

    #[test]
    fn the_ports_of_an_interface_decide() {
        let fact = NetworkInterface::OPEN_TO_ANYONE;
        let controls: [(&Control, &[&str], &[&str]); 2] = [
            (&reachable_admin_ports::CONTROL, &["tcp 443"], &["tcp 22", "all traffic"]),
            (&reachable_ports::CONTROL, &["tcp 80", "icmp"], &["tcp 80-81", "all traffic"]),
        ];
        for (control, closed, exposed) in controls {
            let with = |service: &str| but(control, [(fact, Known(json!(open(service))))]);
            assert_passes(control, but(control, [(fact, Known(json!(Entries::none())))]));
            closed.iter().for_each(|service| assert_passes(control, with(service)));
            exposed.iter().for_each(|service| assert_fails(control, with(service)));
            assert_unknown(control, but(control, [(fact, denied())]));
        }
    }
}
