//! `workloads.unbound-ports`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.unbound-ports",
    life: since("0.1.0"),
    title: "Published ports are bound to a named address",
    finding: "A port is published without the address of an interface",
    keywords: &["Docker", "Compose", "ports", "host_ip", "0.0.0.0"],
    severity: Medium,
    rationale: "A port without an address is published on every interface of the host, also on those that face the internet. The rules of Docker are applied before those of common host firewalls.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Name the address before the port, such as `127.0.0.1:8080:80`. `ip` in `daemon.json` is the address of the default bridge alone, not of the networks of Compose and of others. The command shows the settings of the container.",
            console: "services.<name>.ports[*].host_ip",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &[
        "https://docs.docker.com/engine/network/port-publishing/",
        "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_docker18("5.14", Full).by(Check::Workload(on_all_addresses)),
        cis_docker18("5.9", Supporting),
    ],
    test: Test {
        reads: &[Workload::UNBOUND_PORTS, Workload::PORTS_ON_ALL_ADDRESSES],
        params: &[],
        check: Check::Workload(check),
        examples: Examples {
            pass: |scope| scope.add(web(&[])),
            fail: |scope| scope.add(web(&["port 8080"])),
        },
    },
};

fn web(ports: &[&str]) -> Workload {
    let ports = || Known(ports.iter().copied().collect::<Entries>());
    let web = Workload::unread("container/web", "web", None);
    web.unbound_ports(ports()).ports_on_all_addresses(ports())
}

fn check(workload: &Workload, _: &Context<'_>) -> CheckResult {
    workload.unbound_ports.must_be_empty(Workload::UNBOUND_PORTS, "an address before each port")
}

/// The row asks for what holds in the end. On the default bridge, a port without an address is on that of the daemon's `ip`, which a
/// Compose file does not show.
fn on_all_addresses(workload: &Workload, _: &Context<'_>) -> CheckResult {
    let ports = &workload.ports_on_all_addresses;
    ports.must_be_empty(Workload::PORTS_ON_ALL_ADDRESSES, "the address of an interface")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_waits_for_the_daemon_and_the_control_does_not() {
        let open = Fact::Gap(DENIED);
        let one: Entries = ["port 8080"].into();
        let port = web(&[]).unbound_ports(Known(one)).ports_on_all_addresses(open);
        assert_fails(&CONTROL, |scope| scope.add(port.clone()));
        let scope = world(|scope| scope.add(port.clone()));
        let context = Context::new(&scope, &[]);
        assert!(on_all_addresses(&port, &context).is_err());
    }
}
