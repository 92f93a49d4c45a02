//! Every action this crate can call, with the facts that each fills: the source of the permissions, of the plan, and
//! of the command that shows a fact to a person.

use posture_core::control::Subject;
use posture_core::resource::*;
use posture_core::wanted::Wanted;

/// A read-only action of Azure.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// The name of the action, as in a [role definition](https://learn.microsoft.com/en-us/azure/role-based-access-control/resource-provider-operations);
    /// of Microsoft Graph the path that is asked for.
    pub name: &'static str,
    /// The application permissions of Microsoft Graph that it takes, all of them; none where it is not one of its.
    pub graph: &'static [&'static str],
    /// How often it is called in an audit of one tenant.
    pub per: Per,
    /// The kinds of resource that it lists.
    pub lists: &'static [Kind],
    /// The facts that it fills, alone or together with other actions.
    pub fills: &'static [FactId],
    /// The command that shows the same to a person; `{name}` and `{id}` stand for the resource's own,
    /// `{logs}` for the part of it that has the diagnostic settings.
    pub command: &'static str,
}

/// How often an action is called in an audit of one tenant; each page of a list is one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Per {
    /// Once for the tenant.
    Tenant,
    /// Once in each subscription.
    Subscription,
    /// Never by itself: Resource Graph tells it for many subscriptions at once.
    Row,
    /// At most once in each subscription: only where something is switched off.
    SwitchedOff,
    /// In batches of twenty, for the identities that hold roles, each once.
    Batch,
    /// Once for each group that holds a role of the directory whose holders on demand are wanted.
    RoleGroup,
    /// Once for the tenant, and only where another answer refers to what it lists.
    Referred,
    /// Once for the tenant where the holders of roles are wanted, else only where a rule about sign-ins names a role and who
    /// holds it decides something.
    Holders,
    /// Once for each storage account that has blobs.
    BlobAccount,
    /// Once for each storage account that has blobs and does not refuse anonymous readers as a whole.
    OpenBlobAccount,
    /// Once for each storage account that has file shares.
    FileAccount,
    /// Once for each resource whose diagnostic settings are wanted.
    Logged,
    /// Once for each vault.
    Vault,
    /// Once for each vault and, where rotation policies are wanted, for each key in use.
    VaultAndKey,
}

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
    (Account::fact("alert_targets"), &["microsoft.insights/actiongroups"]),
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
        graph: &["Application.Read.All"],
        per: Per::Tenant,
        lists: &[Kind::Credential],
        fills: CREDENTIALS,
        command: "az ad app list --all --query \"[].{id: id, passwords: passwordCredentials, certificates: keyCredentials}\"",
    },
    Action {
        name: "/groupSettings",
        graph: &["GroupSettings.Read.All"],
        per: Per::Tenant,
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
        graph: &["GroupMember.Read.All"],
        per: Per::Batch,
        lists: &[],
        fills: &[Grant::fact("orphaned")],
        command: "az ad group show --group <holder>",
    },
    Action {
        name: "/groups/{id}/transitiveMembers",
        graph: &["GroupMember.Read.All"],
        per: Per::Batch,
        lists: &[],
        fills: PEOPLE,
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/groups/<holder>/transitiveMembers",
    },
    Action {
        name: "/identity/conditionalAccess/namedLocations",
        graph: &["Policy.Read.All"],
        per: Per::Tenant,
        lists: &[],
        fills: &[Directory::fact("trusted_networks")],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/identity/conditionalAccess/namedLocations",
    },
    Action {
        name: "/identity/conditionalAccess/policies",
        graph: &["Policy.Read.All"],
        per: Per::Tenant,
        lists: &[],
        fills: SIGN_IN_RULES,
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies",
    },
    Action {
        name: "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
        graph: &["PrivilegedEligibilitySchedule.Read.AzureADGroup"],
        per: Per::RoleGroup,
        lists: &[],
        fills: &[Directory::fact("global_administrators"), Directory::fact("tenant_creators")],
        command: "az rest --method get --url \"https://graph.microsoft.com/v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances?\\$filter=groupId eq '<group>'\"",
    },
    Action {
        name: "/policies/authenticationStrengthPolicies",
        graph: &["Policy.Read.All"],
        per: Per::Referred,
        lists: &[],
        fills: STRENGTHS,
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/authenticationStrengthPolicies",
    },
    Action {
        name: "/policies/authorizationPolicy",
        graph: &["Policy.Read.All"],
        per: Per::Tenant,
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
        graph: &["Policy.Read.DeviceConfiguration"],
        per: Per::Tenant,
        lists: &[],
        fills: &[Directory::fact("device_registration_mfa")],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/deviceRegistrationPolicy",
    },
    Action {
        name: "/policies/identitySecurityDefaultsEnforcementPolicy",
        graph: &["Policy.Read.All"],
        per: Per::Tenant,
        lists: &[],
        fills: &[Directory::fact("security_defaults")],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/identitySecurityDefaultsEnforcementPolicy",
    },
    Action {
        name: "/reports/authenticationMethods/userRegistrationDetails",
        graph: &["AuditLog.Read.All"],
        per: Per::Tenant,
        lists: &[],
        fills: &[User::fact("mfa")],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/reports/authenticationMethods/userRegistrationDetails/{id}",
    },
    Action {
        name: "/roleManagement/directory/roleAssignmentScheduleInstances",
        graph: &["RoleManagement.Read.Directory"],
        per: Per::Holders,
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
        graph: &["RoleManagement.Read.Directory"],
        per: Per::Holders,
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
        graph: &["RoleManagement.Read.Directory"],
        per: Per::Holders,
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
        graph: &["Application.Read.All"],
        per: Per::Tenant,
        lists: &[Kind::Credential],
        fills: CREDENTIALS,
        command: "az ad sp list --all --query \"[].{id: id, passwords: passwordCredentials, certificates: keyCredentials}\"",
    },
    Action {
        name: "/servicePrincipals/{id}",
        graph: &["Application.Read.All"],
        per: Per::Batch,
        lists: &[],
        fills: IDENTITIES,
        command: "az ad sp show --id <holder>",
    },
    Action {
        name: "/users",
        graph: &["AuditLog.Read.All", "User.Read.All"],
        per: Per::Tenant,
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
        graph: &["User.Read.All"],
        per: Per::Batch,
        lists: &[],
        fills: USERS,
        command: "az ad user show --id <holder>",
    },
    Action {
        name: "Microsoft.Authorization/classicAdministrators/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Account::fact("classic_administrators")],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/classicAdministrators?api-version=2015-07-01\"",
    },
    Action {
        name: "Microsoft.Authorization/denyAssignments/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Account::fact("role_givers"), Account::fact("certain_role_givers")],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01\"",
    },
    Action {
        name: "Microsoft.Authorization/locks/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Bucket::fact("delete_locks"), Bucket::fact("read_only_locks")],
        command: "az lock list --resource {id}",
    },
    Action {
        name: "Microsoft.Authorization/policyAssignments/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Account::fact("benchmark_disabled")],
        command: "az policy assignment list --disable-scope-strict-match",
    },
    Action {
        name: "Microsoft.Authorization/policySetDefinitions/read",
        graph: &[],
        per: Per::SwitchedOff,
        lists: &[],
        fills: &[Account::fact("benchmark_disabled")],
        command: "az policy set-definition show --name 1f3afdf9-d0c9-4c3d-847f-89da613e70a8",
    },
    Action {
        name: "Microsoft.Authorization/roleAssignmentScheduleInstances/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Grant::fact("permanent")],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/roleAssignmentScheduleInstances?api-version=2020-10-01\"",
    },
    Action {
        name: "Microsoft.Authorization/roleAssignments/read",
        graph: &[],
        per: Per::Subscription,
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
        graph: &[],
        per: Per::Subscription,
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
        graph: &[],
        per: Per::Subscription,
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
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az resource list --resource-type Microsoft.Cache/redis",
    },
    Action {
        name: "Microsoft.Compute/virtualMachines/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Detector::fact("machines_without_update_checks")],
        command: "az vm list --query \"[].{id: id, windows: osProfile.windowsConfiguration.patchSettings.assessmentMode, linux: osProfile.linuxConfiguration.patchSettings.assessmentMode}\"",
    },
    Action {
        name: "Microsoft.Easm/workspaces/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Detector::fact("attack_surface")],
        command: "az resource list --resource-type Microsoft.Easm/workspaces",
    },
    Action {
        name: "Microsoft.HybridCompute/machines/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Detector::fact("machines_without_update_checks")],
        command: "az resource list --resource-type Microsoft.HybridCompute/machines",
    },
    Action {
        name: "Microsoft.Insights/actionGroups/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Alert::fact("notifies"), Account::fact("alert_targets")],
        command: "az monitor action-group list",
    },
    Action {
        name: "Microsoft.Insights/activityLogAlerts/read",
        graph: &[],
        per: Per::Row,
        lists: &[Kind::Alert],
        fills: &[
            Alert::fact("events"),
            Alert::fact("sees_everything"),
            Alert::fact("unseen"),
            Alert::fact("notifies"),
            Alert::fact("targets_elsewhere"),
            Alert::fact("tags"),
        ],
        command: "az monitor activity-log alert show --ids {id}",
    },
    Action {
        name: "Microsoft.Insights/components/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::fact("application_monitors")],
        command: "az resource list --resource-type Microsoft.Insights/components",
    },
    Action {
        name: "Microsoft.Insights/diagnosticSettings/read",
        graph: &[],
        per: Per::Logged,
        lists: &[Kind::AuditTrail],
        fills: &[
            AuditTrail::fact("multi_region"),
            AuditTrail::fact("recording"),
            AuditTrail::fact("management_writes"),
            AuditTrail::fact("key"),
            AuditTrail::fact("storage_elsewhere"),
            Bucket::fact("access_log_target"),
            Vault::fact("audit_targets"),
        ],
        command: "az monitor diagnostic-settings list --resource {id}{logs}",
    },
    Action {
        name: "Microsoft.KeyVault/vaults/keys/read",
        graph: &[],
        per: Per::VaultAndKey,
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
        graph: &[],
        per: Per::Row,
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
        graph: &[],
        per: Per::Vault,
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
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az network lb list --query \"[].{name: name, sku: sku.name}\"",
    },
    Action {
        name: "Microsoft.Network/networkSecurityGroups/read",
        graph: &[],
        per: Per::Row,
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
        graph: &[],
        per: Per::Row,
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
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Network::fact("watched")],
        command: "az network watcher list",
    },
    Action {
        name: "Microsoft.Network/publicIPAddresses/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az network public-ip list --query \"[].{name: name, sku: sku.name}\"",
    },
    Action {
        name: "Microsoft.Network/virtualNetworkGateways/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az resource list --resource-type Microsoft.Network/virtualNetworkGateways",
    },
    Action {
        name: "Microsoft.Network/virtualNetworks/read",
        graph: &[],
        per: Per::Row,
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
        graph: &[],
        per: Per::Row,
        lists: &[Kind::LogGroup],
        fills: &[LogGroup::fact("retention_days"), LogGroup::fact("tags")],
        command: "az monitor log-analytics workspace show --ids {id}",
    },
    Action {
        name: "Microsoft.Security/pricings/read",
        graph: &[],
        per: Per::Subscription,
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
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Detector::fact("secure_score_percent")],
        command: "az security secure-scores show --name ascScore",
    },
    Action {
        name: "Microsoft.Security/securityContacts/read",
        graph: &[],
        per: Per::Subscription,
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
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Detector::fact("machine_vulnerabilities")],
        command: "az rest --method get --url {id}\"/serverVulnerabilityAssessmentsSettings?api-version=2023-05-01\"",
    },
    Action {
        name: "Microsoft.Security/settings/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Detector::fact("endpoint_protection")],
        command: "az security setting list",
    },
    Action {
        name: "Microsoft.Sql/servers/databases/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az resource list --resource-type Microsoft.Sql/servers/databases",
    },
    Action {
        name: "Microsoft.Sql/servers/elasticPools/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::fact("basic_tiers")],
        command: "az resource list --resource-type Microsoft.Sql/servers/elasticPools",
    },
    Action {
        name: "Microsoft.Storage/storageAccounts/blobServices/containers/read",
        graph: &[],
        per: Per::OpenBlobAccount,
        lists: &[],
        fills: &[Bucket::fact("acl_public_read")],
        command: "az storage container-rm list --storage-account {id}",
    },
    Action {
        name: "Microsoft.Storage/storageAccounts/blobServices/read",
        graph: &[],
        per: Per::BlobAccount,
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
        graph: &[],
        per: Per::FileAccount,
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
        graph: &[],
        per: Per::Row,
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
        graph: &[],
        per: Per::Tenant,
        lists: &[],
        fills: &[Directory::fact("subscription_moves_blocked")],
        command: "az rest --method get --url \"https://management.azure.com/providers/Microsoft.Subscription/policies/default?api-version=2021-10-01\"",
    },
    Action {
        name: "Microsoft.Web/sites/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::fact("web_apps")],
        command: "az resource list --resource-type Microsoft.Web/sites",
    },
    Action {
        name: "microsoft.aadiam/diagnosticSettings/read",
        graph: &[],
        per: Per::Tenant,
        lists: &[],
        fills: &[Directory::fact("exported_logs")],
        command: "az rest --method get --url \"https://management.azure.com/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01\"",
    },
    Action {
        name: "microsoft.intune/diagnosticSettings/read",
        graph: &[],
        per: Per::Tenant,
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
pub static ALWAYS: &[&str] = &[
    crate::collect::subscription::PERMISSIONS,
    crate::collect::RESOURCE_GRAPH,
    crate::collect::SUBSCRIPTIONS,
];

impl Action {
    /// Whether what is wanted takes this action.
    pub fn is_wanted(&self, wanted: &Wanted) -> bool {
        wanted.any(self.fills) || self.lists.iter().any(|kind| wanted.kind(*kind))
    }
}

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
    needed.actions.push(crate::collect::DESCENDANTS);
    for action in wanted_actions(wanted) {
        if action.graph.is_empty() {
            needed.actions.push(action.name);
        }
        for permission in action.graph {
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
    ACTIONS.iter().any(|action| action.name == name && action.is_wanted(wanted))
}

/// The actions that an audit calls for what is wanted, ordered by name, without [`ALWAYS`].
pub fn wanted_actions(wanted: &Wanted) -> Vec<&'static Action> {
    ACTIONS.iter().filter(|action| action.is_wanted(wanted)).collect()
}

/// The commands that show a fact of a resource to a person, ready to paste into a shell.
pub fn commands(fact: FactId, subject: &Subject<'_>) -> Vec<String> {
    let logs = if fact.kind == Kind::Bucket { "/blobServices/default" } else { "" };
    let fill = |action: &Action| {
        // A row may tell of another kind of resource than that which it is: where an account's records go.
        let about = match action.lists.first() {
            Some(first) if action.per == Per::Row && !action.lists.contains(&fact.kind) => *first,
            _ => fact.kind,
        };
        let whose = format!("<{}>", about.to_string().replace(' ', "-"));
        let own = |word: &str| if subject.kind == about { shell(word) } else { whose.clone() };
        let command = action.command.replace("{logs}", logs);
        command.replace("{name}", &own(subject.name)).replace("{id}", &own(subject.id))
    };
    ACTIONS.iter().filter(|action| action.fills.contains(&fact)).map(fill).collect()
}

/// A word of a shell command: names come from the cloud, and a name may hold anything.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
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
            let graph = !action.graph.is_empty();
            assert_eq!(action.name.starts_with('/'), graph, "{}", action.name);
            assert_eq!(action.name.ends_with("/read"), !graph, "{} is not a read", action.name);
            for permission in action.graph {
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
