//! `network.security-group-flow-log-search`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
///
/// The flow log of a virtual network records what the rules of its groups decide, too, and Azure
/// [advises](https://learn.microsoft.com/en-us/azure/network-watcher/vnet-flow-logs-overview) against having both. No
/// flow log of a group can be created since 30 June 2025, and those that there are will be deleted on 30 September 2027.
pub(crate) static CONTROL: Control = Control {
    id: "network.security-group-flow-log-search",
    life: since("0.1.0"),
    title: "Traffic that NSGs filter is in traffic analytics",
    finding: "NSG traffic is not fully in traffic analytics",
    keywords: &[
        "Network Watcher",
        "NSG flow log",
        "VNet flow log",
        "network security group",
        "traffic analytics",
        "Log Analytics",
    ],
    severity: Low,
    rationale: "Denied flows show who tried to connect, and allowed flows show which rules are \
                too broad.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create flow logs with traffic analytics for the virtual networks whose \
                   subnets and network interfaces the network security group filters. New NSG \
                   flow logs can no longer be created.",
            console: "Network Watcher → Logs → Flow logs → Create → Virtual network",
            command: Change(
                "az network watcher flow-log create --location <region> --name \
                             <name> --vnet <network-id> --storage-account <account-id> \
                             --traffic-analytics true --workspace <workspace-id>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/network-watcher/nsg-flow-logs-overview",
        "https://learn.microsoft.com/en-us/azure/network-watcher/vnet-flow-logs-overview",
        "https://learn.microsoft.com/en-us/azure/network-watcher/nsg-flow-logs-migrate",
    ],
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        csf20("DE.AE-02", Supporting),
        csf20("DE.AE-03", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("LOG-05", Supporting),
        // Not decided: it asks it of the flow logs of groups that are left, and not of every group.
        cis_azure6("6.1.1.5", Supporting),
        mcsb1("LT-4", Supporting),
        mcsb1("LT-5", Supporting),
    ],
    test: Test {
        reads: &[SecurityGroup::ATTACHED, SecurityGroup::UNSEARCHABLE],
        params: &[],
        check: Check::SecurityGroup(check),
        examples: Examples {
            pass: |scope| scope.security_groups.items.push(example(&[])),
            fail: |scope| scope.security_groups.items.push(example(&["front", "web-nic"])),
        },
    },
};

fn check(group: &SecurityGroup, _: &Context<'_>) -> CheckResult {
    if !*group.attached.known()? {
        return not_applicable("it is not attached to a subnet or network interface");
    }
    lists::none(
        (SecurityGroup::UNSEARCHABLE, &group.unsearchable),
        "not recorded: ",
        "a flow log with traffic analytics for their networks, or for the NSG",
    )
}

fn example(unsearchable: &[&str]) -> SecurityGroup {
    SecurityGroup::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Network/networkSecurityGroups/web",
        "web",
        Some("westeurope"),
    )
    .attached(Known(true))
    .unsearchable(Known(unsearchable.iter().map(|name| (*name).to_owned()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |group| move |scope: &mut Scope| scope.security_groups.items.push(group);
        assert_passes(&CONTROL, with(example(&[])));
        assert_fails(&CONTROL, with(example(&["front"])));
        assert_not_applicable(&CONTROL, with(example(&[]).attached(Known(false))));
        assert_unknown(&CONTROL, with(example(&[]).unsearchable(denied())));
        assert_unknown(&CONTROL, with(example(&["front"]).attached(denied())));
    }
}
