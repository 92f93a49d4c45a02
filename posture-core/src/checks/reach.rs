//! What controls of what the internet reaches have in common.

use posture_model::network::{Opening, Service};

use crate::prelude::*;

/// The ports by which machines are administered: SSH, Telnet, RDP and WinRM.
pub(crate) static ADMINISTRATION: Names = Names {
    name: "services",
    doc: "The services by which machines are administered, each a protocol with a port or range, such as `tcp 22` or \
          `tcp 5900-5903`. The internet may not reach any port of them.",
    default: &["tcp 22", "tcp 23", "tcp 3389", "udp 3389", "tcp 5985-5986"],
};

/// The services of a threshold. A word that is not a service stands for every one, so that a slip never makes anything pass.
fn services(names: &[&str]) -> Vec<Service> {
    names.iter().map(|name| name.parse().unwrap_or(Service::ALL)).collect()
}

/// Judges that nothing is open to anyone by any port of some services.
pub(crate) fn closed_to_anyone(
    open: &Fact<Entries>,
    names: &[&str],
    fact: FactId,
    expected: &'static str,
) -> CheckResult {
    let services = services(names);
    let concerns = |entry: &str| match entry.parse::<Opening>() {
        Ok(opening) => services.iter().any(|service| service.overlaps(opening.service)),
        Err(_) => true,
    };
    judge(open, |entry| !concerns(entry), fact, expected)
}

/// Judges that nothing is open to anyone but some services.
pub(crate) fn open_by_nothing_but(
    open: &Fact<Entries>,
    names: &[&str],
    fact: FactId,
    expected: &'static str,
) -> CheckResult {
    // Here a slip has to permit nothing.
    let services: Vec<Service> = names.iter().filter_map(|name| name.parse().ok()).collect();
    let permitted = |entry: &str| match entry.parse::<Opening>() {
        Ok(opening) => services.iter().any(|service| service.covers(opening.service)),
        Err(_) => false,
    };
    judge(open, permitted, fact, expected)
}

fn judge(
    open: &Fact<Entries>,
    accepted: impl Fn(&str) -> bool,
    fact: FactId,
    expected: &'static str,
) -> CheckResult {
    let left = open.known()?.without(accepted);
    if *left.any().known()? {
        return fail(fact, left.evidence_with("; "), expected);
    }
    pass()
}

/// An interface that anyone reaches so.
pub(crate) fn interface(open: &[&str]) -> NetworkInterface {
    NetworkInterface::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Network/networkInterfaces/web",
        "web",
        Some("westeurope"),
    )
    .open_to_anyone(Known(open.iter().copied().collect()))
}

/// A group that by itself lets anyone in so.
pub(crate) fn group(open: &[&str]) -> SecurityGroup {
    SecurityGroup::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Network/networkSecurityGroups/web",
        "web",
        Some("westeurope"),
    )
    .open_to_anyone(Known(open.iter().copied().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Undecided;
    use crate::testing::DENIED;

    const FACT: FactId = NetworkInterface::OPEN_TO_ANYONE;

    fn entries(certain: &[&str], named: Option<&[&str]>) -> Fact<Entries> {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let list = Entries::new(texts(certain), named.map(|_| DENIED));
        Known(list.naming(texts(named.unwrap_or_default())))
    }

    fn closed(open: &Fact<Entries>, names: &[&str]) -> CheckResult {
        closed_to_anyone(open, names, FACT, "closed")
    }

    fn only(open: &Fact<Entries>, names: &[&str]) -> CheckResult {
        open_by_nothing_but(open, names, FACT, "closed")
    }

    #[test]
    fn a_port_is_open_by_itself_in_a_range_and_with_everything() {
        let names = ADMINISTRATION.default;
        for (entry, concerns) in [
            ("tcp 22 from 0.0.0.0/0: path", true),
            ("tcp 20-25 from ::/0: path", true),
            ("all traffic from 0.0.0.0/0: path", true),
            ("tcp from 8.0.0.0/7: path", true),
            ("udp 3389 from 0.0.0.0/0: path", true),
            ("tcp 5986 from 0.0.0.0/0: path", true),
            ("tcp 443 from 0.0.0.0/0: tcp 22 in a name", false),
            ("udp 22 from 0.0.0.0/0: path", false),
            ("icmp from 0.0.0.0/0: path", false),
            // What is not understood is not taken for closed.
            ("a way in", true),
        ] {
            let judged = closed(&entries(&[entry], None), names);
            assert_eq!(matches!(judged, Ok(Verdict::Fail(_))), concerns, "{entry}");
        }
        assert_eq!(closed(&entries(&[], None), names), Ok(Verdict::Pass));
        assert!(matches!(
            closed(&entries(&["tcp 443 from ::/0: x"], None), &["ssh"]),
            Ok(Verdict::Fail(_))
        ));
    }

    #[test]
    fn what_may_be_open_matters_if_it_is_asked_for() {
        let unknown = Err(Undecided::Unknown(DENIED));
        let https = "tcp 443 from 0.0.0.0/0: path";
        let ssh = "tcp 22 from 0.0.0.0/0: path";
        let names = &["tcp 22"];
        assert_eq!(closed(&entries(&[], Some(&[https])), names), Ok(Verdict::Pass));
        assert_eq!(closed(&entries(&[], Some(&[https, ssh])), names), unknown);
        assert_eq!(closed(&entries(&[https], Some(&[])), names), unknown);
        assert!(matches!(closed(&entries(&[ssh], Some(&[])), names), Ok(Verdict::Fail(_))));
        assert_eq!(closed(&denied(), names), unknown);
    }

    #[test]
    fn what_is_permitted_is_permitted_as_a_whole() {
        let web = &["tcp 80", "tcp 443"];
        let of = |entry: &str| only(&entries(&[entry], None), web);
        assert_eq!(of("tcp 443 from 0.0.0.0/0: path"), Ok(Verdict::Pass));
        for open in ["tcp 80-443 from ::/0: x", "udp 443 from ::/0: x", "tcp from ::/0: x", "x"] {
            assert!(matches!(of(open), Ok(Verdict::Fail(_))), "{open}");
        }
        assert!(matches!(
            only(&entries(&["tcp 443 from ::/0: x"], None), &["https"]),
            Ok(Verdict::Fail(_))
        ));
    }
}
