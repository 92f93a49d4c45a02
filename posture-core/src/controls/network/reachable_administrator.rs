//! `network.reachable-administrator`

use crate::checks::reach;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: there is no case in which a machine that strangers reach needs to administer everything around it; what it
/// manages can have a role of its own for that.
pub(crate) static CONTROL: Control = Control {
    id: "network.reachable-administrator",
    life: since("0.1.0"),
    title: "No machine that the internet reaches is an administrator",
    finding: "The internet can reach a machine that is an administrator",
    keywords: &[
        "managed identity",
        "virtual machine",
        "Owner",
        "Contributor",
        "public IP address",
        "attack path",
        "reachability",
    ],
    severity: Critical,
    rationale: "An attacker who takes over the machine, by any flaw of what it offers, gets a \
                token of its identity from within, and with it the whole account.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Delete the role assignment of the managed identity, and assign a role with \
                   the few actions that the machine needs, on the resources that it needs. Or \
                   close the path that the evidence names. The command lists the role \
                   assignments.",
            console: "Subscriptions → the subscription → Access control (IAM) → Role assignments",
            command: Inspect("az role assignment list --all --include-inherited"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/overview",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/privileged",
        "https://attack.mitre.org/techniques/T1552/005/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("PR.IR-01", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("I&S-03", Supporting),
        mcsb1("PA-7", Supporting),
        mcsb1("NS-1", Supporting),
    ],
    test: Test {
        reads: &[Machine::OPEN_TO_ANYONE, Machine::ADMINISTERS],
        params: &[],
        check: Check::Machine(check),
        examples: Examples {
            pass: |scope| scope.machines.items.push(example(&[WEB], &[])),
            fail: |scope| scope.machines.items.push(example(&[WEB], &[OWNER])),
        },
    },
};

const WEB: &str = "tcp 443 from 0.0.0.0/0: public IP address web (198.51.100.7) → NSG front (https) → network interface web → virtual machine web";
const OWNER: &str = "Owner on /subscriptions/1";

fn check(machine: &Machine, _: &Context<'_>) -> CheckResult {
    let (open, administers) = (&machine.open_to_anyone, &machine.administers);
    if !*(open.any() & administers.any()).known()? {
        return pass();
    }
    let found = format!(
        "{}; {}",
        open.known()?.evidence_with("; "),
        administers.known()?.evidence_with("; ")
    );
    fail(Machine::OPEN_TO_ANYONE, found, "not both: reached by the internet, and an administrator")
}

fn example(open: &[&str], administers: &[&str]) -> Machine {
    Machine::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Compute/virtualMachines/web",
        "web",
        Some("westeurope"),
    )
    .open_to_anyone(reach::interface(open).open_to_anyone)
    .administers(Known(administers.iter().copied().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |machine| move |scope: &mut Scope| scope.machines.items.push(machine);
        assert_passes(&CONTROL, with(example(&[], &[])));
        assert_passes(&CONTROL, with(example(&[WEB], &[])));
        assert_passes(&CONTROL, with(example(&[], &[OWNER])));
        assert_fails(&CONTROL, with(example(&[WEB], &[OWNER])));
        // What is certain of one settles it only if it is no.
        assert_unknown(&CONTROL, with(example(&[WEB], &[]).administers(denied())));
        assert_unknown(&CONTROL, with(example(&[], &[OWNER]).open_to_anyone(denied())));
        assert_passes(&CONTROL, with(example(&[], &[]).administers(denied())));
        assert_passes(&CONTROL, with(example(&[], &[]).open_to_anyone(denied())));
    }
}
