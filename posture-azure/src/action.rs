//! Every action this crate can call, with the facts that each fills: the source of the permissions, of the plan, and
//! of the command that shows a fact to a person.

pub use posture_collect::{Each, Filter, Per, Value};
use posture_core::control::Subject;
use posture_core::resource::*;
use posture_core::wanted::Wanted;

/// A read-only action of Azure. Its name is that of a
/// [role definition](https://learn.microsoft.com/en-us/azure/role-based-access-control/resource-provider-operations); of
/// Microsoft Graph it is the path that is asked for. Its own is the application permissions of Microsoft Graph that it takes,
/// all of them; none where it is not one of its. In its command `{logs}` stands for the part of the resource that has the
/// diagnostic settings.
pub type Action = posture_collect::Action<&'static [&'static str]>;

/// Lists what there is to read.
pub(crate) const SUBSCRIPTIONS: &str = "Microsoft.Resources/subscriptions/read";
/// Lists what is below management groups.
pub(crate) const DESCENDANTS: &str = "Microsoft.Management/managementGroups/descendants/read";
/// Lists what the identity may do in a subscription.
pub(crate) const PERMISSIONS: &str = "Microsoft.Authorization/permissions/read";
/// Asks for the resources of many subscriptions at once.
pub(crate) const RESOURCE_GRAPH: &str = "Microsoft.ResourceGraph/resources/read";
/// Many questions to Microsoft Graph in one.
pub(crate) const BATCH: &str = "/$batch";

/// Once for the tenant, page by page.
const TENANT: Per = Per::ONCE.at_least();
/// Once in each subscription, page by page.
const SUBSCRIPTION: Per = Per::PLACE.at_least();
/// Never by itself: Resource Graph gives it for many subscriptions at once.
const ROW: Per = Per::within(RESOURCE_GRAPH);
/// In batches of twenty, for the identities that hold roles, each once.
const BATCHED: Per = Per::within(BATCH);
/// At most once in each subscription: only where something is switched off.
const SWITCHED_OFF: Per = Per::PLACE.at_most();
/// Once for each group that holds a role of the directory whose holders on demand are wanted.
const ROLE_GROUP: Per = Per::UNFORESEEN;
/// Once for the tenant, and only where another answer refers to what it lists.
const REFERRED: Per = Per::UNFORESEEN;
/// Once for the tenant where the holders of roles are wanted, else only where a rule about sign-ins names a role and who
/// holds it decides something.
const HOLDERS: Per = Per::UNFORESEEN;
/// Storage accounts that have blobs.
pub(crate) const WITH_BLOBS: Filter = Filter::Having("blobs");
/// Storage accounts that have blobs and do not refuse anonymous readers as a whole.
pub(crate) const WITH_OPEN_BLOBS: Filter = Filter::Having("open blobs");
/// Storage accounts that have file shares.
pub(crate) const WITH_FILES: Filter = Filter::Having("files");
/// Resources whose diagnostic settings are wanted.
pub(crate) const LOGGED: Filter = Filter::Having("diagnostic settings");
/// Once for each vault, page by page.
const VAULT: Per = Per::resource(Kind::Vault).at_least();

/// The types of Resource Graph that each kind of resource is made from, in small letters.
pub(crate) const ROWS: &[(Kind, &[&str])] = &[
    (Kind::Alert, &["microsoft.insights/actiongroups", "microsoft.insights/activitylogalerts"]),
    (Kind::LogGroup, &["microsoft.operationalinsights/workspaces"]),
    (Kind::Bucket, &["microsoft.storage/storageaccounts"]),
    (Kind::Key, &["microsoft.keyvault/vaults"]),
    (Kind::Secret, &["microsoft.keyvault/vaults"]),
    (Kind::Vault, &["microsoft.keyvault/vaults"]),
    (Kind::Detector, &["microsoft.compute/virtualmachines", "microsoft.hybridcompute/machines"]),
    (Kind::Network, &["microsoft.network/virtualnetworks"]),
    (Kind::SecurityGroup, &["microsoft.network/networksecuritygroups"]),
    (Kind::FlowLog, &["microsoft.network/networkwatchers/flowlogs"]),
];

/// The types that single facts are made from, where the other facts of their kind do not take them.
pub(crate) const FACT_ROWS: &[(FactId, &[&str])] = &[
    (Account::fact("web_apps"), &["microsoft.web/sites"]),
    (Account::fact("application_monitors"), &["microsoft.insights/components"]),
    (
        Account::fact("basic_tiers"),
        &[
            "microsoft.cache/redis",
            "microsoft.network/loadbalancers",
            "microsoft.network/publicipaddresses",
            "microsoft.network/virtualnetworkgateways",
            "microsoft.sql/servers/databases",
            "microsoft.sql/servers/elasticpools",
        ],
    ),
    (AuditTrail::fact("key"), &["microsoft.storage/storageaccounts"]),
    (Network::fact("watched"), &["microsoft.network/networkwatchers"]),
    (Network::fact("unrecorded"), &["microsoft.network/networkwatchers/flowlogs"]),
    (Network::fact("unsearchable"), &["microsoft.network/networkwatchers/flowlogs"]),
    (
        SecurityGroup::fact("unsearchable"),
        &["microsoft.network/networkwatchers/flowlogs", "microsoft.network/virtualnetworks"],
    ),
];

/// What takes the members of groups.
const PEOPLE: &[FactId] = &[
    Account::fact("owners"),
    Account::fact("certain_owners"),
    Account::fact("role_givers"),
    Account::fact("certain_role_givers"),
    Grant::fact("guests"),
    Grant::fact("disabled_users"),
    Directory::fact("global_administrators"),
    Directory::fact("permanent_administrators"),
    Directory::fact("tenant_creators"),
    Directory::fact("mfa_for_everyone"),
    Directory::fact("mfa_for_administrators"),
    Directory::fact("mfa_for_management"),
    Directory::fact("mfa_for_risky_sign_ins"),
    Directory::fact("legacy_protocols_blocked"),
    Directory::fact("device_codes_blocked"),
    Directory::fact("mfa_for_device_registration"),
    Directory::fact("sign_in_exclusions_decided"),
];

/// What takes the rules about sign-ins.
const SIGN_IN_RULES: &[FactId] = &[
    Directory::fact("mfa_for_everyone"),
    Directory::fact("mfa_for_administrators"),
    Directory::fact("mfa_for_management"),
    Directory::fact("mfa_for_risky_sign_ins"),
    Directory::fact("legacy_protocols_blocked"),
    Directory::fact("device_codes_blocked"),
    Directory::fact("mfa_for_device_registration"),
    Directory::fact("sign_in_rules"),
    Directory::fact("sign_in_exclusions_decided"),
];

/// What takes what those rules call MFA.
const STRENGTHS: &[FactId] = &[
    Directory::fact("mfa_for_everyone"),
    Directory::fact("mfa_for_administrators"),
    Directory::fact("mfa_for_management"),
    Directory::fact("mfa_for_risky_sign_ins"),
    Directory::fact("legacy_protocols_blocked"),
    Directory::fact("mfa_for_device_registration"),
    Directory::fact("sign_in_rules"),
    Directory::fact("sign_in_exclusions_decided"),
];

/// What takes the identities that hold roles.
const IDENTITIES: &[FactId] = &[
    Account::fact("owners"),
    Account::fact("certain_owners"),
    Account::fact("role_givers"),
    Account::fact("certain_role_givers"),
    Grant::fact("orphaned"),
    Grant::fact("guests"),
    Grant::fact("disabled_users"),
];

/// What takes the users that hold roles.
const USERS: &[FactId] = &[
    Account::fact("owners"),
    Account::fact("certain_owners"),
    Account::fact("role_givers"),
    Account::fact("certain_role_givers"),
    Grant::fact("orphaned"),
    Grant::fact("guests"),
    Grant::fact("disabled_users"),
    Directory::fact("global_administrators"),
    Directory::fact("permanent_administrators"),
    Directory::fact("tenant_creators"),
    Directory::fact("mfa_for_everyone"),
    Directory::fact("mfa_for_administrators"),
    Directory::fact("mfa_for_management"),
    Directory::fact("mfa_for_risky_sign_ins"),
    Directory::fact("legacy_protocols_blocked"),
    Directory::fact("device_codes_blocked"),
    Directory::fact("mfa_for_device_registration"),
    Directory::fact("sign_in_exclusions_decided"),
];

/// What is told of credentials.
const CREDENTIALS: &[FactId] = &[
    Credential::fact("holder"),
    Credential::fact("certificate"),
    Credential::fact("signs_tokens"),
    Credential::fact("starts"),
    Credential::fact("expires"),
];

/// Every action, ordered by name.
pub static ACTIONS: &[Action] = &[
    Action {
        name: "/applications",
        own: &["Application.Read.All"],
        per: TENANT,
        lists: &[Kind::Credential],
        fills: CREDENTIALS,
        command: "az ad app list --all --query \"[].{id: id, passwords: passwordCredentials, certificates: keyCredentials}\"",
    },
    Action {
        name: "/groupSettings",
        own: &["GroupSettings.Read.All"],
        per: TENANT,
        lists: &[],
        fills: &[
            Directory::fact("lockout_threshold"),
            Directory::fact("lockout_seconds"),
            Directory::fact("banned_passwords"),
        ],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/groupSettings",
    },
    Action {
        name: "/groups/{id}",
        own: &["GroupMember.Read.All"],
        per: BATCHED,
        lists: &[],
        fills: &[Grant::fact("orphaned")],
        command: "az ad group show --group <holder>",
    },
    Action {
        name: "/groups/{id}/transitiveMembers",
        own: &["GroupMember.Read.All"],
        per: BATCHED,
        lists: &[],
        fills: PEOPLE,
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/groups/<holder>/transitiveMembers",
    },
    Action {
        name: "/identity/conditionalAccess/namedLocations",
        own: &["Policy.Read.All"],
        per: TENANT,
        lists: &[],
        fills: &[Directory::fact("trusted_networks")],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/identity/conditionalAccess/namedLocations",
    },
    Action {
        name: "/identity/conditionalAccess/policies",
        own: &["Policy.Read.All"],
        per: TENANT,
        lists: &[],
        fills: SIGN_IN_RULES,
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies",
    },
    Action {
        name: "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
        own: &["PrivilegedEligibilitySchedule.Read.AzureADGroup"],
        per: ROLE_GROUP,
        lists: &[],
        fills: &[Directory::fact("global_administrators"), Directory::fact("tenant_creators")],
        command: "az rest --method get --url \"https://graph.microsoft.com/v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances?\\$filter=groupId eq '<group>'\"",
    },
    Action {
        name: "/policies/authenticationStrengthPolicies",
        own: &["Policy.Read.All"],
        per: REFERRED,
        lists: &[],
        fills: STRENGTHS,
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/authenticationStrengthPolicies",
    },
    Action {
        name: "/policies/authorizationPolicy",
        own: &["Policy.Read.All"],
        per: TENANT,
        lists: &[],
        fills: &[
            Directory::fact("user_consent"),
            Directory::fact("guest_invitations"),
            Directory::fact("guest_access"),
            Directory::fact("users_register_applications"),
            Directory::fact("users_create_groups"),
            Directory::fact("users_create_tenants"),
        ],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/authorizationPolicy",
    },
    Action {
        name: "/policies/deviceRegistrationPolicy",
        own: &["Policy.Read.DeviceConfiguration"],
        per: TENANT,
        lists: &[],
        fills: &[Directory::fact("device_registration_mfa")],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/deviceRegistrationPolicy",
    },
    Action {
        name: "/policies/identitySecurityDefaultsEnforcementPolicy",
        own: &["Policy.Read.All"],
        per: TENANT,
        lists: &[],
        fills: &[Directory::fact("security_defaults")],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/identitySecurityDefaultsEnforcementPolicy",
    },
    Action {
        name: "/reports/authenticationMethods/userRegistrationDetails",
        own: &["AuditLog.Read.All"],
        per: TENANT,
        lists: &[],
        fills: &[User::fact("mfa")],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/reports/authenticationMethods/userRegistrationDetails/{id}",
    },
    Action {
        name: "/roleManagement/directory/roleAssignmentScheduleInstances",
        own: &["RoleManagement.Read.Directory"],
        per: HOLDERS,
        lists: &[],
        fills: &[
            Directory::fact("permanent_administrators"),
            Directory::fact("mfa_for_everyone"),
            Directory::fact("mfa_for_administrators"),
            Directory::fact("mfa_for_management"),
            Directory::fact("mfa_for_risky_sign_ins"),
            Directory::fact("legacy_protocols_blocked"),
            Directory::fact("device_codes_blocked"),
            Directory::fact("mfa_for_device_registration"),
            Directory::fact("sign_in_exclusions_decided"),
        ],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignmentScheduleInstances",
    },
    Action {
        name: "/roleManagement/directory/roleAssignments",
        own: &["RoleManagement.Read.Directory"],
        per: HOLDERS,
        lists: &[],
        fills: &[
            Directory::fact("global_administrators"),
            Directory::fact("permanent_administrators"),
            Directory::fact("tenant_creators"),
            Directory::fact("mfa_for_everyone"),
            Directory::fact("mfa_for_administrators"),
            Directory::fact("mfa_for_management"),
            Directory::fact("mfa_for_risky_sign_ins"),
            Directory::fact("legacy_protocols_blocked"),
            Directory::fact("device_codes_blocked"),
            Directory::fact("mfa_for_device_registration"),
            Directory::fact("sign_in_exclusions_decided"),
        ],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments",
    },
    Action {
        name: "/roleManagement/directory/roleEligibilityScheduleInstances",
        own: &["RoleManagement.Read.Directory"],
        per: HOLDERS,
        lists: &[],
        fills: &[
            Directory::fact("global_administrators"),
            Directory::fact("tenant_creators"),
            Directory::fact("mfa_for_everyone"),
            Directory::fact("mfa_for_administrators"),
            Directory::fact("mfa_for_management"),
            Directory::fact("mfa_for_risky_sign_ins"),
            Directory::fact("legacy_protocols_blocked"),
            Directory::fact("device_codes_blocked"),
            Directory::fact("mfa_for_device_registration"),
            Directory::fact("sign_in_exclusions_decided"),
        ],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleEligibilityScheduleInstances",
    },
    Action {
        name: "/servicePrincipals",
        own: &["Application.Read.All"],
        per: TENANT,
        lists: &[Kind::Credential],
        fills: CREDENTIALS,
        command: "az ad sp list --all --query \"[].{id: id, passwords: passwordCredentials, certificates: keyCredentials}\"",
    },
    Action {
        name: "/servicePrincipals/{id}",
        own: &["Application.Read.All"],
        per: BATCHED,
        lists: &[],
        fills: IDENTITIES,
        command: "az ad sp show --id <holder>",
    },
    Action {
        name: "/users",
        own: &["AuditLog.Read.All", "User.Read.All"],
        per: TENANT,
        lists: &[Kind::User],
        fills: &[
            User::fact("created"),
            User::fact("console_access"),
            User::fact("guest"),
            User::fact("last_sign_in"),
        ],
        command: "az rest --method get --url \"https://graph.microsoft.com/v1.0/users/{id}?\\$select=accountEnabled,userType,createdDateTime,signInActivity\"",
    },
    Action {
        name: "/users/{id}",
        own: &["User.Read.All"],
        per: BATCHED,
        lists: &[],
        fills: USERS,
        command: "az ad user show --id <holder>",
    },
    Action {
        name: "Microsoft.Authorization/classicAdministrators/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[],
        fills: &[Account::fact("classic_administrators")],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/classicAdministrators?api-version=2015-07-01\"",
    },
    Action {
        name: "Microsoft.Authorization/denyAssignments/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[],
        fills: &[Account::fact("role_givers"), Account::fact("certain_role_givers")],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01\"",
    },
    Action {
        name: "Microsoft.Authorization/locks/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[],
        fills: &[Bucket::fact("delete_locks"), Bucket::fact("read_only_locks")],
        command: "az lock list --resource {id}",
    },
    Action {
        name: "Microsoft.Authorization/policyAssignments/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[],
        fills: &[Account::fact("benchmark_disabled")],
        command: "az policy assignment list --disable-scope-strict-match",
    },
    Action {
        name: "Microsoft.Authorization/policySetDefinitions/read",
        own: &[],
        per: SWITCHED_OFF,
        lists: &[],
        fills: &[Account::fact("benchmark_disabled")],
        command: "az policy set-definition show --name 1f3afdf9-d0c9-4c3d-847f-89da613e70a8",
    },
    Action {
        name: "Microsoft.Authorization/roleAssignmentScheduleInstances/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[],
        fills: &[Grant::fact("permanent")],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/roleAssignmentScheduleInstances?api-version=2020-10-01\"",
    },
    Action {
        name: "Microsoft.Authorization/roleAssignments/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[Kind::Grant],
        fills: &[
            Account::fact("owners"),
            Account::fact("certain_owners"),
            Account::fact("role_givers"),
            Account::fact("certain_role_givers"),
            Grant::fact("holder"),
            Grant::fact("orphaned"),
            Grant::fact("level"),
        ],
        command: "az role assignment list --all --include-inherited",
    },
    Action {
        name: "Microsoft.Authorization/roleDefinitions/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[Kind::Policy],
        fills: &[
            Account::fact("role_givers"),
            Account::fact("certain_role_givers"),
            Account::fact("lock_roles"),
            Grant::fact("power"),
            Policy::fact("customer_managed"),
            Policy::fact("full_admin"),
            Policy::fact("wildcard_services"),
            Policy::fact("escalation_paths"),
        ],
        command: "az role definition list --custom-role-only true",
    },
    Action {
        name: "Microsoft.Authorization/roleEligibilityScheduleInstances/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[Kind::Grant],
        fills: &[
            Account::fact("owners"),
            Account::fact("certain_owners"),
            Account::fact("role_givers"),
            Account::fact("certain_role_givers"),
        ],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/roleEligibilityScheduleInstances?api-version=2020-10-01\"",
    },
    Action {
        name: "Microsoft.Cache/redis/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az resource list --resource-type Microsoft.Cache/redis",
    },
    Action {
        name: "Microsoft.Compute/virtualMachines/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Detector::fact("machines_without_update_checks")],
        command: "az vm list --query \"[].{id: id, windows: osProfile.windowsConfiguration.patchSettings.assessmentMode, linux: osProfile.linuxConfiguration.patchSettings.assessmentMode}\"",
    },
    Action {
        name: "Microsoft.Easm/workspaces/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Detector::fact("attack_surface")],
        command: "az resource list --resource-type Microsoft.Easm/workspaces",
    },
    Action {
        name: "Microsoft.HybridCompute/machines/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Detector::fact("machines_without_update_checks")],
        command: "az resource list --resource-type Microsoft.HybridCompute/machines",
    },
    Action {
        name: "Microsoft.Insights/actionGroups/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Alert::fact("notifies")],
        command: "az monitor action-group list",
    },
    Action {
        name: "Microsoft.Insights/activityLogAlerts/read",
        own: &[],
        per: ROW,
        lists: &[Kind::Alert],
        fills: &[
            Alert::fact("events"),
            Alert::fact("sees_everything"),
            Alert::fact("unseen"),
            Alert::fact("notifies"),
        ],
        command: "az monitor activity-log alert show --ids {id}",
    },
    Action {
        name: "Microsoft.Insights/components/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Account::fact("application_monitors")],
        command: "az resource list --resource-type Microsoft.Insights/components",
    },
    Action {
        name: "Microsoft.Insights/diagnosticSettings/read",
        own: &[],
        per: Per::of(Kind::AuditTrail, LOGGED),
        lists: &[Kind::AuditTrail],
        fills: &[
            AuditTrail::fact("multi_region"),
            AuditTrail::fact("recording"),
            AuditTrail::fact("management_writes"),
            AuditTrail::fact("key"),
            Bucket::fact("access_log_target"),
            Vault::fact("audit_targets"),
        ],
        command: "az monitor diagnostic-settings list --resource {id}{logs}",
    },
    Action {
        name: "Microsoft.KeyVault/vaults/keys/read",
        own: &[],
        per: VAULT,
        lists: &[Kind::Key],
        fills: &[
            Key::fact("state"),
            Key::fact("expires"),
            Key::fact("rotates"),
            Key::fact("rotation_days"),
            Key::fact("tags"),
        ],
        command: "az resource show --ids {id}",
    },
    Action {
        name: "Microsoft.KeyVault/vaults/read",
        own: &[],
        per: ROW,
        lists: &[Kind::Key, Kind::Secret, Kind::Vault],
        fills: &[
            Vault::fact("access"),
            Vault::fact("purge_protection"),
            Vault::fact("public_network"),
            Vault::fact("network_default_deny"),
            Vault::fact("private_endpoints"),
            Key::fact("vault_access"),
            Secret::fact("vault_access"),
            Vault::fact("tags"),
        ],
        command: "az keyvault show --name {name}",
    },
    Action {
        name: "Microsoft.KeyVault/vaults/secrets/read",
        own: &[],
        per: VAULT,
        lists: &[Kind::Secret],
        fills: &[
            Secret::fact("enabled"),
            Secret::fact("expires"),
            Secret::fact("valid_from"),
            Secret::fact("certificate"),
            Key::fact("origin"),
            Secret::fact("tags"),
        ],
        command: "az resource show --ids {id}",
    },
    Action {
        name: "Microsoft.Network/loadBalancers/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az network lb list --query \"[].{name: name, sku: sku.name}\"",
    },
    Action {
        name: "Microsoft.Network/networkSecurityGroups/read",
        own: &[],
        per: ROW,
        lists: &[Kind::SecurityGroup],
        fills: &[
            SecurityGroup::fact("attached"),
            SecurityGroup::fact("unsearchable"),
            SecurityGroup::fact("tags"),
        ],
        command: "az network nsg show --ids {id}",
    },
    Action {
        name: "Microsoft.Network/networkWatchers/flowLogs/read",
        own: &[],
        per: ROW,
        lists: &[Kind::FlowLog],
        fills: &[
            FlowLog::fact("target"),
            FlowLog::fact("recording"),
            FlowLog::fact("retention_days"),
            Network::fact("unrecorded"),
            Network::fact("unsearchable"),
            SecurityGroup::fact("unsearchable"),
            FlowLog::fact("tags"),
        ],
        command: "az resource show --ids {id}",
    },
    Action {
        name: "Microsoft.Network/networkWatchers/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Network::fact("watched")],
        command: "az network watcher list",
    },
    Action {
        name: "Microsoft.Network/publicIPAddresses/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az network public-ip list --query \"[].{name: name, sku: sku.name}\"",
    },
    Action {
        name: "Microsoft.Network/virtualNetworkGateways/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az resource list --resource-type Microsoft.Network/virtualNetworkGateways",
    },
    Action {
        name: "Microsoft.Network/virtualNetworks/read",
        own: &[],
        per: ROW,
        lists: &[Kind::Network],
        fills: &[
            Network::fact("watched"),
            Network::fact("unrecorded"),
            Network::fact("unsearchable"),
            SecurityGroup::fact("unsearchable"),
            Network::fact("tags"),
        ],
        command: "az network vnet show --ids {id}",
    },
    Action {
        name: "Microsoft.OperationalInsights/workspaces/read",
        own: &[],
        per: ROW,
        lists: &[Kind::LogGroup],
        fills: &[LogGroup::fact("retention_days"), LogGroup::fact("tags")],
        command: "az monitor log-analytics workspace show --ids {id}",
    },
    Action {
        name: "Microsoft.Security/pricings/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[Kind::Detector],
        fills: &[
            Detector::fact("object_storage"),
            Detector::fact("kubernetes_audit"),
            Detector::fact("container_parts_off"),
            Detector::fact("posture"),
            Detector::fact("apis"),
            Detector::fact("servers"),
            Detector::fact("machine_vulnerabilities"),
            Detector::fact("agentless_scanning"),
            Detector::fact("file_integrity"),
            Detector::fact("app_service"),
            Detector::fact("cosmos"),
            Detector::fact("open_source_databases"),
            Detector::fact("sql"),
            Detector::fact("sql_machines"),
            Detector::fact("key_vault"),
            Detector::fact("resource_manager"),
        ],
        command: "az security pricing list",
    },
    Action {
        name: "Microsoft.Security/secureScores/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[],
        fills: &[Detector::fact("secure_score_percent")],
        command: "az security secure-scores show --name ascScore",
    },
    Action {
        name: "Microsoft.Security/securityContacts/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[],
        fills: &[
            Account::fact("security_contact"),
            Account::fact("alert_mail_to_owners"),
            Account::fact("alert_mail_from"),
            Account::fact("attack_path_mail_from"),
        ],
        command: "az rest --method get --url /subscriptions/{id}\"/providers/Microsoft.Security/securityContacts?api-version=2023-12-01-preview\"",
    },
    Action {
        name: "Microsoft.Security/serverVulnerabilityAssessmentsSettings/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[],
        fills: &[Detector::fact("machine_vulnerabilities")],
        command: "az rest --method get --url {id}\"/serverVulnerabilityAssessmentsSettings?api-version=2023-05-01\"",
    },
    Action {
        name: "Microsoft.Security/settings/read",
        own: &[],
        per: SUBSCRIPTION,
        lists: &[],
        fills: &[Detector::fact("endpoint_protection")],
        command: "az security setting list",
    },
    Action {
        name: "Microsoft.Sql/servers/databases/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az resource list --resource-type Microsoft.Sql/servers/databases",
    },
    Action {
        name: "Microsoft.Sql/servers/elasticPools/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az resource list --resource-type Microsoft.Sql/servers/elasticPools",
    },
    Action {
        name: "Microsoft.Storage/storageAccounts/blobServices/containers/read",
        own: &[],
        per: Per::of(Kind::Bucket, WITH_OPEN_BLOBS).at_least(),
        lists: &[],
        fills: &[Bucket::fact("acl_public_read")],
        command: "az storage container-rm list --storage-account {id}",
    },
    Action {
        name: "Microsoft.Storage/storageAccounts/blobServices/read",
        own: &[],
        per: Per::of(Kind::Bucket, WITH_BLOBS),
        lists: &[],
        fills: &[
            Bucket::fact("soft_delete_days"),
            Bucket::fact("container_soft_delete_days"),
            Bucket::fact("versioning"),
        ],
        command: "az storage account blob-service-properties show --account-name {name}",
    },
    Action {
        name: "Microsoft.Storage/storageAccounts/fileServices/read",
        own: &[],
        per: Per::of(Kind::Bucket, WITH_FILES),
        lists: &[],
        fills: &[
            Bucket::fact("share_soft_delete_days"),
            Bucket::fact("smb_versions"),
            Bucket::fact("smb_ciphers"),
        ],
        command: "az storage account file-service-properties show --account-name {name}",
    },
    Action {
        name: "Microsoft.Storage/storageAccounts/read",
        own: &[],
        per: ROW,
        lists: &[Kind::Bucket],
        fills: &[
            Bucket::fact("public_access_block"),
            Bucket::fact("tls_enforced"),
            Bucket::fact("minimum_tls"),
            Bucket::fact("encryption"),
            Bucket::fact("tags"),
            Bucket::fact("public_network"),
            Bucket::fact("network_default_deny"),
            Bucket::fact("trusted_services_allowed"),
            Bucket::fact("private_endpoints"),
            Bucket::fact("shared_key_access"),
            Bucket::fact("portal_as_user"),
            Bucket::fact("access_keys_made"),
            Bucket::fact("access_key_reminder_days"),
            Bucket::fact("cross_tenant_replication"),
            Bucket::fact("geo_redundant"),
            AuditTrail::fact("key"),
        ],
        command: "az storage account show --ids {id}",
    },
    Action {
        name: "Microsoft.Subscription/policies/read",
        own: &[],
        per: TENANT,
        lists: &[],
        fills: &[Directory::fact("subscription_moves_blocked")],
        command: "az rest --method get --url \"https://management.azure.com/providers/Microsoft.Subscription/policies/default?api-version=2021-10-01\"",
    },
    Action {
        name: "Microsoft.Web/sites/read",
        own: &[],
        per: ROW,
        lists: &[],
        fills: &[Account::fact("web_apps")],
        command: "az resource list --resource-type Microsoft.Web/sites",
    },
    Action {
        name: "microsoft.aadiam/diagnosticSettings/read",
        own: &[],
        per: TENANT,
        lists: &[],
        fills: &[Directory::fact("exported_logs")],
        command: "az rest --method get --url \"https://management.azure.com/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01\"",
    },
    Action {
        name: "microsoft.intune/diagnosticSettings/read",
        own: &[],
        per: TENANT,
        lists: &[],
        fills: &[Directory::fact("exported_device_logs")],
        command: "az rest --method get --url \"https://management.azure.com/providers/microsoft.intune/diagnosticSettings?api-version=2017-04-01-preview\"",
    },
];

/// What Azure has no setting for, and what a control that judges other providers as well may read all the same.
pub static NOT_OFFERED: &[FactId] = &[
    Account::fact("public_access_block"),
    Alert::fact("sees_members"),
    Alert::fact("possible_events"),
    AuditTrail::fact("excluded_sources"),
    AuditTrail::fact("management_reads"),
    Bucket::fact("acls_disabled"),
    Bucket::fact("acl_public_write"),
    Bucket::fact("policy_public_read"),
    Bucket::fact("policy_public_write"),
    Detector::fact("enabled"),
    EventStore::fact("management_reads"),
    EventStore::fact("management_writes"),
    EventStore::fact("multi_region"),
    EventStore::fact("recording"),
    Key::fact("symmetric"),
    Key::fact("replica"),
];

/// The actions that every audit takes: what there is, what the identity may do, and the bulk query.
pub static ALWAYS: &[&str] = &[PERMISSIONS, RESOURCE_GRAPH, SUBSCRIPTIONS];

/// What an identity needs for an audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Actions of a role, ordered by name.
    pub actions: Vec<&'static str>,
    /// Application permissions of Microsoft Graph, ordered by name, each with the paths that take it.
    pub graph: Vec<(&'static str, Vec<&'static str>)>,
}

/// What an identity needs for what is wanted, and for finding out what there is.
pub fn permissions(wanted: &Wanted) -> Permissions {
    let mut needed = Permissions::default();
    needed.actions.extend(ALWAYS);
    needed.actions.push(DESCENDANTS);
    for action in wanted_actions(wanted) {
        if action.own.is_empty() {
            needed.actions.push(action.name);
        }
        for permission in action.own {
            match needed.graph.iter_mut().find(|(known, _)| known == permission) {
                Some((_, paths)) => paths.push(action.name),
                None => needed.graph.push((permission, vec![action.name])),
            }
        }
    }
    needed.actions.sort_unstable();
    needed.actions.dedup();
    needed.graph.sort_unstable();
    needed
}

/// Whether what is wanted takes the action of a name.
pub(crate) fn is_called(name: &str, wanted: &Wanted) -> bool {
    posture_collect::action::is_called(ACTIONS, name, wanted)
}

/// The actions that an audit calls for what is wanted, ordered by name, without [`ALWAYS`].
pub fn wanted_actions(wanted: &Wanted) -> Vec<&'static Action> {
    posture_collect::action::wanted_actions(ACTIONS, wanted)
}

/// The commands that show a fact of a resource to a person, ready to paste into a shell.
pub fn commands(fact: FactId, subject: &Subject<'_>) -> Vec<String> {
    let logs = if fact.kind == Kind::Bucket { "/blobServices/default" } else { "" };
    posture_collect::action::commands(ACTIONS, fact, subject, &[("logs", logs)])
}

#[cfg(test)]
mod tests {
    use posture_core::control::Control;
    use posture_core::provider::Provider;

    use super::*;

    fn judging() -> impl Iterator<Item = &'static Control> {
        let all = posture_core::controls::ALL.iter().copied();
        all.filter(|control| control.judges(Provider::Azure))
    }

    #[test]
    fn actions_are_sorted_and_only_read() {
        assert!(ACTIONS.is_sorted_by(|a, b| a.name < b.name));
        for action in ACTIONS {
            let graph = !action.own.is_empty();
            assert_eq!(action.name.starts_with('/'), graph, "{}", action.name);
            assert_eq!(action.name.ends_with("/read"), !graph, "{} is not a read", action.name);
            for permission in action.own {
                assert!(permission.contains(".Read."), "{permission} is not a read");
            }
            assert!(action.command.starts_with("az "));
        }
    }

    #[test]
    fn every_fact_and_kind_that_a_control_reads_is_filled_by_an_action() {
        for control in judging() {
            for fact in control.reads {
                assert!(
                    ACTIONS.iter().any(|action| action.fills.contains(fact))
                        || NOT_OFFERED.contains(fact),
                    "{} reads {fact}",
                    control.id
                );
            }
            let kind = control.check.kind();
            assert!(
                // The tenant and its subscriptions are there without being listed by an action.
                matches!(kind, Kind::Account | Kind::Directory)
                    || ACTIONS.iter().any(|a| a.lists.contains(&kind)),
                "{} needs {kind}",
                control.id
            );
        }
    }

    #[test]
    fn the_command_names_the_kind_that_it_shows() {
        let subject =
            Subject { kind: Kind::AuditTrail, id: "/subscriptions/1", name: "x", region: None };
        let commands = commands(AuditTrail::fact("key"), &subject);
        assert_eq!(
            commands,
            [
                "az monitor diagnostic-settings list --resource /subscriptions/1",
                "az storage account show --ids <bucket>",
            ]
        );
    }

    #[test]
    fn a_hostile_name_stays_one_word_of_the_command() {
        let subject = Subject { kind: Kind::Bucket, id: "x", name: "a'; rm -rf / #", region: None };
        let commands = commands(Bucket::fact("versioning"), &subject);
        assert!(commands[0].ends_with(r"--account-name 'a'\''; rm -rf / #'"), "{commands:?}");
    }
}
