//! `network.bastion`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a Bastion host in another subscription reaches the machines of peered networks, and other products do the
/// same. So the control decides only the row that asks whether there is one.
pub(crate) static CONTROL: Control = Control {
    id: "network.bastion",
    life: since("0.1.0"),
    title: "Subscription has an Azure Bastion host",
    finding: "Subscription has no working Azure Bastion host",
    keywords: &["Azure Bastion", "bastion host", "RDP", "SSH", "jump server"],
    severity: Low,
    rationale: "Without a bastion host, administrators need machines with public IP addresses \
                and open RDP or SSH ports, which attackers find within minutes.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a Bastion host in the virtual network, and remove the public IP \
                   addresses of the machines. Where the host of a peered network serves this \
                   subscription, add an exception. The command lists the hosts of the \
                   subscription.",
            console: "Bastions → Create",
            command: Inspect("az resource list --resource-type Microsoft.Network/bastionHosts"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/bastion/bastion-overview",
        "https://learn.microsoft.com/en-us/azure/bastion/vnet-peering",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-03", Supporting),
        cis_azure6("8.4.1", Full),
        mcsb1("NS-1", Supporting),
    ],
    test: Test {
        reads: &[Account::BASTIONS],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.bastions = Known(vec!["bastion".to_owned()]),
            fail: |scope| scope.account.bastions = Known(Vec::new()),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    if !account.bastions.known()?.is_empty() {
        return pass();
    }
    fail(Account::BASTIONS, "none", "at least one working host")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |fact| move |scope: &mut Scope| scope.account.bastions = fact;
        assert_passes(&CONTROL, with(Known(vec!["bastion".to_owned()])));
        assert_fails(&CONTROL, with(Known(Vec::new())));
        assert_unknown(&CONTROL, with(denied()));
    }
}
