//! The parts of an entry in the table of actions. The entries are beside the code that reads the responses.

pub(crate) use posture_collect::{Filter, Per};
use posture_model::resource::*;

/// A read-only action of Azure. Its name is that of a [role
/// definition](https://learn.microsoft.com/en-us/azure/role-based-access-control/resource-provider-operations); of Microsoft
/// Graph it is the path that is requested. `own` holds the application permissions of Microsoft Graph that it requires, all
/// of them; none if it is not a call to Graph. In its command, `{logs}` is the part of the resource that has the diagnostic
/// settings.
pub type Action = posture_collect::Action<&'static [&'static str]>;

/// Lists what there is to read.
pub(crate) const SUBSCRIPTIONS: &str = "Microsoft.Resources/subscriptions/read";
/// Lists what is below management groups.
pub(crate) const DESCENDANTS: &str = "Microsoft.Management/managementGroups/descendants/read";
/// Lists what the identity may do in a subscription.
pub(crate) const PERMISSIONS: &str = "Microsoft.Authorization/permissions/read";
/// Queries the resources of many subscriptions at once.
pub(crate) const RESOURCE_GRAPH: &str = "Microsoft.ResourceGraph/resources/read";
/// Many questions to Microsoft Graph in one.
pub(crate) const BATCH: &str = "/$batch";

/// Once for the tenant, page by page.
pub(crate) const TENANT: Per = Per::ONCE.at_least();
/// Once in each subscription, page by page.
pub(crate) const SUBSCRIPTION: Per = Per::PLACE.at_least();
/// Never called separately: Resource Graph returns it for many subscriptions at once.
pub(crate) const ROW: Per = Per::within(RESOURCE_GRAPH);
/// In batches of twenty, for the identities that hold roles, each once.
pub(crate) const BATCHED: Per = Per::within(BATCH);
/// At most once in each subscription: only where something is switched off.
pub(crate) const SWITCHED_OFF: Per = Per::PLACE.at_most();
/// Once for each group that holds a role of the directory whose eligible holders are wanted.
pub(crate) const ROLE_GROUP: Per = Per::UNFORESEEN;
/// Once for the tenant, and only where another answer refers to what it lists.
pub(crate) const REFERRED: Per = Per::UNFORESEEN;
/// Once for the tenant where the holders of roles are wanted, else only where a rule about sign-ins names a role and who
/// holds it decides something.
pub(crate) const HOLDERS: Per = Per::UNFORESEEN;
/// Storage accounts that have blobs.
pub(crate) const WITH_BLOBS: Filter = Filter::Having("blobs");
/// Storage accounts that have blobs and do not block anonymous readers as a whole.
pub(crate) const WITH_OPEN_BLOBS: Filter = Filter::Having("open blobs");
/// Storage accounts that have file shares.
pub(crate) const WITH_FILES: Filter = Filter::Having("files");
/// Resources whose diagnostic settings are wanted.
pub(crate) const LOGGED: Filter = Filter::Having("diagnostic settings");
/// Managed identities, whose federated credentials are wanted.
pub(crate) const OF_IDENTITIES: Filter = Filter::Having("managed identities");
/// Once for each managed identity, page by page.
pub(crate) const IDENTITY: Per = Per::of(Kind::FederatedCredential, OF_IDENTITIES).at_least();
/// Once for each vault, page by page.
pub(crate) const VAULT: Per = Per::resource(Kind::Vault).at_least();

/// The types of Resource Graph that each kind of resource is made from, in small letters.
pub(crate) const ROWS: &[(Kind, &[&str])] = &[
    (Kind::Alert, &["microsoft.insights/actiongroups", "microsoft.insights/activitylogalerts"]),
    (Kind::LogGroup, &["microsoft.operationalinsights/workspaces"]),
    (Kind::Bucket, &["microsoft.storage/storageaccounts"]),
    (Kind::FederatedCredential, &["microsoft.managedidentity/userassignedidentities"]),
    (Kind::Key, &["microsoft.keyvault/vaults"]),
    (Kind::Secret, &["microsoft.keyvault/vaults"]),
    (Kind::Vault, &["microsoft.keyvault/vaults"]),
    (Kind::Detector, &["microsoft.compute/virtualmachines", "microsoft.hybridcompute/machines"]),
    (Kind::Network, &["microsoft.network/virtualnetworks"]),
    (Kind::SecurityGroup, &["microsoft.network/networksecuritygroups"]),
    (Kind::FlowLog, &["microsoft.network/networkwatchers/flowlogs"]),
    (
        Kind::NetworkInterface,
        &["microsoft.compute/virtualmachinescalesets", "microsoft.network/networkinterfaces"],
    ),
    (Kind::Machine, &["microsoft.compute/virtualmachines"]),
    (Kind::PublicAddress, &["microsoft.network/publicipaddresses"]),
    (Kind::Firewall, &["microsoft.network/azurefirewalls"]),
    (Kind::VpnGateway, &["microsoft.network/virtualnetworkgateways"]),
    (Kind::Cluster, &["microsoft.containerservice/managedclusters"]),
    (Kind::NodePool, &["microsoft.containerservice/managedclusters"]),
];

/// The types that decide what the internet reaches.
const REACH_TYPES: &[&str] = &[
    "microsoft.network/azurefirewalls",
    "microsoft.network/loadbalancers",
    "microsoft.network/networkinterfaces",
    "microsoft.network/networkmanagers",
    "microsoft.network/networksecuritygroups",
    "microsoft.network/publicipaddresses",
    "microsoft.network/routetables",
    "microsoft.network/virtualnetworkgateways",
    "microsoft.network/virtualnetworks",
];

/// The types that single facts are made from, where the other facts of their kind do not take them.
pub(crate) const FACT_ROWS: &[(FactId, &[&str])] = &[
    (Account::ALERT_TARGETS, &["microsoft.insights/actiongroups"]),
    (Account::DATA_REGIONS, crate::collect::data_regions::TYPES),
    (Account::RESOURCE_TYPES, posture_model::presence::OF_AZURE),
    (Account::WEB_APPS, &["microsoft.web/sites"]),
    (Account::APPLICATION_MONITORS, &["microsoft.insights/components"]),
    (
        Account::BASIC_TIERS,
        &[
            "microsoft.cache/redis",
            "microsoft.network/loadbalancers",
            "microsoft.network/publicipaddresses",
            "microsoft.network/virtualnetworkgateways",
            "microsoft.sql/servers/databases",
            "microsoft.sql/servers/elasticpools",
        ],
    ),
    (Account::BASTIONS, &["microsoft.network/bastionhosts"]),
    (Account::MANAGED_HSMS, &["microsoft.keyvault/managedhsms"]),
    (Account::SERVICE_PERIMETERS, &["microsoft.network/networksecurityperimeters"]),
    (Firewall::BLOCKS_KNOWN_THREATS, &["microsoft.network/firewallpolicies"]),
    (NetworkInterface::ADDRESSES, &["microsoft.network/publicipaddresses"]),
    (NetworkInterface::OPEN_TO_ANYONE, REACH_TYPES),
    (NetworkInterface::OPEN_TO_SOME, REACH_TYPES),
    (
        NetworkInterface::FILTERS,
        &[
            "microsoft.network/networkmanagers",
            "microsoft.network/networksecuritygroups",
            "microsoft.network/virtualnetworks",
        ],
    ),
    (
        NetworkInterface::ROUTES,
        &["microsoft.network/routetables", "microsoft.network/virtualnetworks"],
    ),
    (
        Machine::ADDRESSES,
        &["microsoft.network/networkinterfaces", "microsoft.network/publicipaddresses"],
    ),
    (Machine::OPEN_TO_ANYONE, REACH_TYPES),
    (Machine::OPEN_TO_SOME, REACH_TYPES),
    (AuditTrail::KEY, &["microsoft.storage/storageaccounts"]),
    (Network::WATCHED, &["microsoft.network/networkwatchers"]),
    (Network::UNRECORDED, &["microsoft.network/networkwatchers/flowlogs"]),
    (Network::UNSEARCHABLE, &["microsoft.network/networkwatchers/flowlogs"]),
    (
        SecurityGroup::UNSEARCHABLE,
        &["microsoft.network/networkwatchers/flowlogs", "microsoft.network/virtualnetworks"],
    ),
];

/// How many facts several lists hold.
pub(crate) const fn count(lists: &[&[FactId]]) -> usize {
    let (mut place, mut count) = (0, 0);
    while place < lists.len() {
        count += lists[place].len();
        place += 1;
    }
    count
}

/// The facts of several lists, as many as [`count`] returns.
pub(crate) const fn joined<const N: usize>(lists: &[&[FactId]]) -> [FactId; N] {
    let mut all = [Account::TAGS; N];
    let (mut list, mut to) = (0, 0);
    while list < lists.len() {
        let mut from = 0;
        while from < lists[list].len() {
            all[to] = lists[list][from];
            from += 1;
            to += 1;
        }
        list += 1;
    }
    all
}

/// Several lists of facts as one, so that each fact is written once.
macro_rules! facts {
    ($($list:expr),+ $(,)?) => {{
        const LISTS: &[&[posture_model::resource::FactId]] = &[$($list),+];
        const FACTS: [posture_model::resource::FactId; $crate::entry::count(LISTS)] =
            $crate::entry::joined(LISTS);
        &FACTS
    }};
}
pub(crate) use facts;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_facts_are_joined_in_their_order() {
        const BOTH: &[FactId] =
            facts![&[Bucket::VERSIONING, Key::ROTATION_DAYS], &[], &[Account::TAGS]];
        assert_eq!(BOTH, [Bucket::VERSIONING, Key::ROTATION_DAYS, Account::TAGS]);
    }
}
