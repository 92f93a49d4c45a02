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
    (AuditTrail::KEY, &["microsoft.storage/storageaccounts"]),
    (Network::WATCHED, &["microsoft.network/networkwatchers"]),
    (Network::UNRECORDED, &["microsoft.network/networkwatchers/flowlogs"]),
    (Network::UNSEARCHABLE, &["microsoft.network/networkwatchers/flowlogs"]),
    (
        SecurityGroup::UNSEARCHABLE,
        &["microsoft.network/networkwatchers/flowlogs", "microsoft.network/virtualnetworks"],
    ),
];

/// What takes the members of groups.
const PEOPLE: &[FactId] = &[
    Account::OWNERS,
    Account::CERTAIN_OWNERS,
    Account::ROLE_GIVERS,
    Account::CERTAIN_ROLE_GIVERS,
    Grant::GUESTS,
    Grant::DISABLED_USERS,
    Directory::GLOBAL_ADMINISTRATORS,
    Directory::PERMANENT_ADMINISTRATORS,
    Directory::TENANT_CREATORS,
    Directory::MFA_FOR_EVERYONE,
    Directory::MFA_FOR_ADMINISTRATORS,
    Directory::MFA_FOR_MANAGEMENT,
    Directory::MFA_FOR_RISKY_SIGN_INS,
    Directory::LEGACY_PROTOCOLS_BLOCKED,
    Directory::DEVICE_CODES_BLOCKED,
    Directory::MFA_FOR_DEVICE_REGISTRATION,
    Directory::SIGN_IN_EXCLUSIONS_DECIDED,
];

/// What takes the rules about sign-ins.
const SIGN_IN_RULES: &[FactId] = &[
    Directory::MFA_FOR_EVERYONE,
    Directory::MFA_FOR_ADMINISTRATORS,
    Directory::MFA_FOR_MANAGEMENT,
    Directory::MFA_FOR_RISKY_SIGN_INS,
    Directory::LEGACY_PROTOCOLS_BLOCKED,
    Directory::DEVICE_CODES_BLOCKED,
    Directory::MFA_FOR_DEVICE_REGISTRATION,
    Directory::SIGN_IN_RULES,
    Directory::SIGN_IN_EXCLUSIONS_DECIDED,
];

/// What takes what those rules call MFA.
const STRENGTHS: &[FactId] = &[
    Directory::MFA_FOR_EVERYONE,
    Directory::MFA_FOR_ADMINISTRATORS,
    Directory::MFA_FOR_MANAGEMENT,
    Directory::MFA_FOR_RISKY_SIGN_INS,
    Directory::LEGACY_PROTOCOLS_BLOCKED,
    Directory::MFA_FOR_DEVICE_REGISTRATION,
    Directory::SIGN_IN_RULES,
    Directory::SIGN_IN_EXCLUSIONS_DECIDED,
];

/// What takes the identities that hold roles.
const IDENTITIES: &[FactId] = &[
    Account::OWNERS,
    Account::CERTAIN_OWNERS,
    Account::ROLE_GIVERS,
    Account::CERTAIN_ROLE_GIVERS,
    Grant::ORPHANED,
    Grant::GUESTS,
    Grant::DISABLED_USERS,
];

/// What takes the users that hold roles.
const USERS: &[FactId] = &[
    Account::OWNERS,
    Account::CERTAIN_OWNERS,
    Account::ROLE_GIVERS,
    Account::CERTAIN_ROLE_GIVERS,
    Grant::ORPHANED,
    Grant::GUESTS,
    Grant::DISABLED_USERS,
    Directory::GLOBAL_ADMINISTRATORS,
    Directory::PERMANENT_ADMINISTRATORS,
    Directory::TENANT_CREATORS,
    Directory::MFA_FOR_EVERYONE,
    Directory::MFA_FOR_ADMINISTRATORS,
    Directory::MFA_FOR_MANAGEMENT,
    Directory::MFA_FOR_RISKY_SIGN_INS,
    Directory::LEGACY_PROTOCOLS_BLOCKED,
    Directory::DEVICE_CODES_BLOCKED,
    Directory::MFA_FOR_DEVICE_REGISTRATION,
    Directory::SIGN_IN_EXCLUSIONS_DECIDED,
];

/// What is told of credentials.
const CREDENTIALS: &[FactId] = &[
    Credential::HOLDER,
    Credential::CERTIFICATE,
    Credential::SIGNS_TOKENS,
    Credential::STARTS,
    Credential::EXPIRES,
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
            Directory::LOCKOUT_THRESHOLD,
            Directory::LOCKOUT_SECONDS,
            Directory::BANNED_PASSWORDS,
        ],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/groupSettings",
    },
    Action {
        name: "/groups/{id}",
        graph: &["GroupMember.Read.All"],
        per: Per::Batch,
        lists: &[],
        fills: &[Grant::ORPHANED],
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
        fills: &[Directory::TRUSTED_NETWORKS],
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
        fills: &[Directory::GLOBAL_ADMINISTRATORS, Directory::TENANT_CREATORS],
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
            Directory::USER_CONSENT,
            Directory::GUEST_INVITATIONS,
            Directory::GUEST_ACCESS,
            Directory::USERS_REGISTER_APPLICATIONS,
            Directory::USERS_CREATE_GROUPS,
            Directory::USERS_CREATE_TENANTS,
        ],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/authorizationPolicy",
    },
    Action {
        name: "/policies/deviceRegistrationPolicy",
        graph: &["Policy.Read.DeviceConfiguration"],
        per: Per::Tenant,
        lists: &[],
        fills: &[Directory::DEVICE_REGISTRATION_MFA],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/deviceRegistrationPolicy",
    },
    Action {
        name: "/policies/identitySecurityDefaultsEnforcementPolicy",
        graph: &["Policy.Read.All"],
        per: Per::Tenant,
        lists: &[],
        fills: &[Directory::SECURITY_DEFAULTS],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/identitySecurityDefaultsEnforcementPolicy",
    },
    Action {
        name: "/reports/authenticationMethods/userRegistrationDetails",
        graph: &["AuditLog.Read.All"],
        per: Per::Tenant,
        lists: &[],
        fills: &[User::MFA],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/reports/authenticationMethods/userRegistrationDetails/{id}",
    },
    Action {
        name: "/roleManagement/directory/roleAssignmentScheduleInstances",
        graph: &["RoleManagement.Read.Directory"],
        per: Per::Holders,
        lists: &[],
        fills: &[
            Directory::PERMANENT_ADMINISTRATORS,
            Directory::MFA_FOR_EVERYONE,
            Directory::MFA_FOR_ADMINISTRATORS,
            Directory::MFA_FOR_MANAGEMENT,
            Directory::MFA_FOR_RISKY_SIGN_INS,
            Directory::LEGACY_PROTOCOLS_BLOCKED,
            Directory::DEVICE_CODES_BLOCKED,
            Directory::MFA_FOR_DEVICE_REGISTRATION,
            Directory::SIGN_IN_EXCLUSIONS_DECIDED,
        ],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignmentScheduleInstances",
    },
    Action {
        name: "/roleManagement/directory/roleAssignments",
        graph: &["RoleManagement.Read.Directory"],
        per: Per::Holders,
        lists: &[],
        fills: &[
            Directory::GLOBAL_ADMINISTRATORS,
            Directory::PERMANENT_ADMINISTRATORS,
            Directory::TENANT_CREATORS,
            Directory::MFA_FOR_EVERYONE,
            Directory::MFA_FOR_ADMINISTRATORS,
            Directory::MFA_FOR_MANAGEMENT,
            Directory::MFA_FOR_RISKY_SIGN_INS,
            Directory::LEGACY_PROTOCOLS_BLOCKED,
            Directory::DEVICE_CODES_BLOCKED,
            Directory::MFA_FOR_DEVICE_REGISTRATION,
            Directory::SIGN_IN_EXCLUSIONS_DECIDED,
        ],
        command: "az rest --method get --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments",
    },
    Action {
        name: "/roleManagement/directory/roleEligibilityScheduleInstances",
        graph: &["RoleManagement.Read.Directory"],
        per: Per::Holders,
        lists: &[],
        fills: &[
            Directory::GLOBAL_ADMINISTRATORS,
            Directory::TENANT_CREATORS,
            Directory::MFA_FOR_EVERYONE,
            Directory::MFA_FOR_ADMINISTRATORS,
            Directory::MFA_FOR_MANAGEMENT,
            Directory::MFA_FOR_RISKY_SIGN_INS,
            Directory::LEGACY_PROTOCOLS_BLOCKED,
            Directory::DEVICE_CODES_BLOCKED,
            Directory::MFA_FOR_DEVICE_REGISTRATION,
            Directory::SIGN_IN_EXCLUSIONS_DECIDED,
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
        fills: &[User::CREATED, User::CONSOLE_ACCESS, User::GUEST, User::LAST_SIGN_IN],
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
        fills: &[Account::CLASSIC_ADMINISTRATORS],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/classicAdministrators?api-version=2015-07-01\"",
    },
    Action {
        name: "Microsoft.Authorization/denyAssignments/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Account::ROLE_GIVERS, Account::CERTAIN_ROLE_GIVERS],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01\"",
    },
    Action {
        name: "Microsoft.Authorization/locks/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Bucket::DELETE_LOCKS, Bucket::READ_ONLY_LOCKS],
        command: "az lock list --resource {id}",
    },
    Action {
        name: "Microsoft.Authorization/policyAssignments/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Account::BENCHMARK_DISABLED],
        command: "az policy assignment list --disable-scope-strict-match",
    },
    Action {
        name: "Microsoft.Authorization/policySetDefinitions/read",
        graph: &[],
        per: Per::SwitchedOff,
        lists: &[],
        fills: &[Account::BENCHMARK_DISABLED],
        command: "az policy set-definition show --name 1f3afdf9-d0c9-4c3d-847f-89da613e70a8",
    },
    Action {
        name: "Microsoft.Authorization/roleAssignmentScheduleInstances/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Grant::PERMANENT],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/roleAssignmentScheduleInstances?api-version=2020-10-01\"",
    },
    Action {
        name: "Microsoft.Authorization/roleAssignments/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[Kind::Grant],
        fills: &[
            Account::OWNERS,
            Account::CERTAIN_OWNERS,
            Account::ROLE_GIVERS,
            Account::CERTAIN_ROLE_GIVERS,
            Grant::HOLDER,
            Grant::ORPHANED,
            Grant::LEVEL,
        ],
        command: "az role assignment list --all --include-inherited",
    },
    Action {
        name: "Microsoft.Authorization/roleDefinitions/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[Kind::Policy],
        fills: &[
            Account::ROLE_GIVERS,
            Account::CERTAIN_ROLE_GIVERS,
            Account::LOCK_ROLES,
            Grant::POWER,
            Policy::CUSTOMER_MANAGED,
            Policy::FULL_ADMIN,
            Policy::WILDCARD_SERVICES,
            Policy::ESCALATION_PATHS,
        ],
        command: "az role definition list --custom-role-only true",
    },
    Action {
        name: "Microsoft.Authorization/roleEligibilityScheduleInstances/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[Kind::Grant],
        fills: &[
            Account::OWNERS,
            Account::CERTAIN_OWNERS,
            Account::ROLE_GIVERS,
            Account::CERTAIN_ROLE_GIVERS,
        ],
        command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/roleEligibilityScheduleInstances?api-version=2020-10-01\"",
    },
    Action {
        name: "Microsoft.Cache/redis/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::BASIC_TIERS],
        command: "az resource list --resource-type Microsoft.Cache/redis",
    },
    Action {
        name: "Microsoft.Compute/virtualMachines/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Detector::MACHINES_WITHOUT_UPDATE_CHECKS],
        command: "az vm list --query \"[].{id: id, windows: osProfile.windowsConfiguration.patchSettings.assessmentMode, linux: osProfile.linuxConfiguration.patchSettings.assessmentMode}\"",
    },
    Action {
        name: "Microsoft.Easm/workspaces/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Detector::ATTACK_SURFACE],
        command: "az resource list --resource-type Microsoft.Easm/workspaces",
    },
    Action {
        name: "Microsoft.HybridCompute/machines/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Detector::MACHINES_WITHOUT_UPDATE_CHECKS],
        command: "az resource list --resource-type Microsoft.HybridCompute/machines",
    },
    Action {
        name: "Microsoft.Insights/actionGroups/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Alert::NOTIFIES],
        command: "az monitor action-group list",
    },
    Action {
        name: "Microsoft.Insights/activityLogAlerts/read",
        graph: &[],
        per: Per::Row,
        lists: &[Kind::Alert],
        fills: &[Alert::EVENTS, Alert::SEES_EVERYTHING, Alert::UNSEEN, Alert::NOTIFIES],
        command: "az monitor activity-log alert show --ids {id}",
    },
    Action {
        name: "Microsoft.Insights/components/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::APPLICATION_MONITORS],
        command: "az resource list --resource-type Microsoft.Insights/components",
    },
    Action {
        name: "Microsoft.Insights/diagnosticSettings/read",
        graph: &[],
        per: Per::Logged,
        lists: &[Kind::AuditTrail],
        fills: &[
            AuditTrail::MULTI_REGION,
            AuditTrail::RECORDING,
            AuditTrail::MANAGEMENT_WRITES,
            AuditTrail::KEY,
            Bucket::ACCESS_LOG_TARGET,
            Vault::AUDIT_TARGETS,
        ],
        command: "az monitor diagnostic-settings list --resource {id}{logs}",
    },
    Action {
        name: "Microsoft.KeyVault/vaults/keys/read",
        graph: &[],
        per: Per::VaultAndKey,
        lists: &[Kind::Key],
        fills: &[Key::STATE, Key::EXPIRES, Key::ROTATES, Key::ROTATION_DAYS, Key::TAGS],
        command: "az resource show --ids {id}",
    },
    Action {
        name: "Microsoft.KeyVault/vaults/read",
        graph: &[],
        per: Per::Row,
        lists: &[Kind::Key, Kind::Secret, Kind::Vault],
        fills: &[
            Vault::ACCESS,
            Vault::PURGE_PROTECTION,
            Vault::PUBLIC_NETWORK,
            Vault::NETWORK_DEFAULT_DENY,
            Vault::PRIVATE_ENDPOINTS,
            Key::VAULT_ACCESS,
            Secret::VAULT_ACCESS,
            Vault::TAGS,
        ],
        command: "az keyvault show --name {name}",
    },
    Action {
        name: "Microsoft.KeyVault/vaults/secrets/read",
        graph: &[],
        per: Per::Vault,
        lists: &[Kind::Secret],
        fills: &[
            Secret::ENABLED,
            Secret::EXPIRES,
            Secret::VALID_FROM,
            Secret::CERTIFICATE,
            Key::ORIGIN,
            Secret::TAGS,
        ],
        command: "az resource show --ids {id}",
    },
    Action {
        name: "Microsoft.Network/loadBalancers/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::BASIC_TIERS],
        command: "az network lb list --query \"[].{name: name, sku: sku.name}\"",
    },
    Action {
        name: "Microsoft.Network/networkSecurityGroups/read",
        graph: &[],
        per: Per::Row,
        lists: &[Kind::SecurityGroup],
        fills: &[SecurityGroup::ATTACHED, SecurityGroup::UNSEARCHABLE, SecurityGroup::TAGS],
        command: "az network nsg show --ids {id}",
    },
    Action {
        name: "Microsoft.Network/networkWatchers/flowLogs/read",
        graph: &[],
        per: Per::Row,
        lists: &[Kind::FlowLog],
        fills: &[
            FlowLog::TARGET,
            FlowLog::RECORDING,
            FlowLog::RETENTION_DAYS,
            Network::UNRECORDED,
            Network::UNSEARCHABLE,
            SecurityGroup::UNSEARCHABLE,
            FlowLog::TAGS,
        ],
        command: "az resource show --ids {id}",
    },
    Action {
        name: "Microsoft.Network/networkWatchers/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Network::WATCHED],
        command: "az network watcher list",
    },
    Action {
        name: "Microsoft.Network/publicIPAddresses/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::BASIC_TIERS],
        command: "az network public-ip list --query \"[].{name: name, sku: sku.name}\"",
    },
    Action {
        name: "Microsoft.Network/virtualNetworkGateways/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::BASIC_TIERS],
        command: "az resource list --resource-type Microsoft.Network/virtualNetworkGateways",
    },
    Action {
        name: "Microsoft.Network/virtualNetworks/read",
        graph: &[],
        per: Per::Row,
        lists: &[Kind::Network],
        fills: &[
            Network::WATCHED,
            Network::UNRECORDED,
            Network::UNSEARCHABLE,
            SecurityGroup::UNSEARCHABLE,
            Network::TAGS,
        ],
        command: "az network vnet show --ids {id}",
    },
    Action {
        name: "Microsoft.OperationalInsights/workspaces/read",
        graph: &[],
        per: Per::Row,
        lists: &[Kind::LogGroup],
        fills: &[LogGroup::RETENTION_DAYS, LogGroup::TAGS],
        command: "az monitor log-analytics workspace show --ids {id}",
    },
    Action {
        name: "Microsoft.Security/pricings/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[Kind::Detector],
        fills: &[
            Detector::OBJECT_STORAGE,
            Detector::KUBERNETES_AUDIT,
            Detector::CONTAINER_PARTS_OFF,
            Detector::POSTURE,
            Detector::APIS,
            Detector::SERVERS,
            Detector::MACHINE_VULNERABILITIES,
            Detector::AGENTLESS_SCANNING,
            Detector::FILE_INTEGRITY,
            Detector::APP_SERVICE,
            Detector::COSMOS,
            Detector::OPEN_SOURCE_DATABASES,
            Detector::SQL,
            Detector::SQL_MACHINES,
            Detector::KEY_VAULT,
            Detector::RESOURCE_MANAGER,
        ],
        command: "az security pricing list",
    },
    Action {
        name: "Microsoft.Security/secureScores/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Detector::SECURE_SCORE_PERCENT],
        command: "az security secure-scores show --name ascScore",
    },
    Action {
        name: "Microsoft.Security/securityContacts/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[
            Account::SECURITY_CONTACT,
            Account::ALERT_MAIL_TO_OWNERS,
            Account::ALERT_MAIL_FROM,
            Account::ATTACK_PATH_MAIL_FROM,
        ],
        command: "az rest --method get --url /subscriptions/{id}\"/providers/Microsoft.Security/securityContacts?api-version=2023-12-01-preview\"",
    },
    Action {
        name: "Microsoft.Security/serverVulnerabilityAssessmentsSettings/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Detector::MACHINE_VULNERABILITIES],
        command: "az rest --method get --url {id}\"/serverVulnerabilityAssessmentsSettings?api-version=2023-05-01\"",
    },
    Action {
        name: "Microsoft.Security/settings/read",
        graph: &[],
        per: Per::Subscription,
        lists: &[],
        fills: &[Detector::ENDPOINT_PROTECTION],
        command: "az security setting list",
    },
    Action {
        name: "Microsoft.Sql/servers/databases/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::BASIC_TIERS],
        command: "az resource list --resource-type Microsoft.Sql/servers/databases",
    },
    Action {
        name: "Microsoft.Sql/servers/elasticPools/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::BASIC_TIERS],
        command: "az resource list --resource-type Microsoft.Sql/servers/elasticPools",
    },
    Action {
        name: "Microsoft.Storage/storageAccounts/blobServices/containers/read",
        graph: &[],
        per: Per::OpenBlobAccount,
        lists: &[],
        fills: &[Bucket::ACL_PUBLIC_READ],
        command: "az storage container-rm list --storage-account {id}",
    },
    Action {
        name: "Microsoft.Storage/storageAccounts/blobServices/read",
        graph: &[],
        per: Per::BlobAccount,
        lists: &[],
        fills: &[Bucket::SOFT_DELETE_DAYS, Bucket::CONTAINER_SOFT_DELETE_DAYS, Bucket::VERSIONING],
        command: "az storage account blob-service-properties show --account-name {name}",
    },
    Action {
        name: "Microsoft.Storage/storageAccounts/fileServices/read",
        graph: &[],
        per: Per::FileAccount,
        lists: &[],
        fills: &[Bucket::SHARE_SOFT_DELETE_DAYS, Bucket::SMB_VERSIONS, Bucket::SMB_CIPHERS],
        command: "az storage account file-service-properties show --account-name {name}",
    },
    Action {
        name: "Microsoft.Storage/storageAccounts/read",
        graph: &[],
        per: Per::Row,
        lists: &[Kind::Bucket],
        fills: &[
            Bucket::PUBLIC_ACCESS_BLOCK,
            Bucket::TLS_ENFORCED,
            Bucket::MINIMUM_TLS,
            Bucket::ENCRYPTION,
            Bucket::TAGS,
            Bucket::PUBLIC_NETWORK,
            Bucket::NETWORK_DEFAULT_DENY,
            Bucket::TRUSTED_SERVICES_ALLOWED,
            Bucket::PRIVATE_ENDPOINTS,
            Bucket::SHARED_KEY_ACCESS,
            Bucket::PORTAL_AS_USER,
            Bucket::ACCESS_KEYS_MADE,
            Bucket::ACCESS_KEY_REMINDER_DAYS,
            Bucket::CROSS_TENANT_REPLICATION,
            Bucket::GEO_REDUNDANT,
            AuditTrail::KEY,
        ],
        command: "az storage account show --ids {id}",
    },
    Action {
        name: "Microsoft.Subscription/policies/read",
        graph: &[],
        per: Per::Tenant,
        lists: &[],
        fills: &[Directory::SUBSCRIPTION_MOVES_BLOCKED],
        command: "az rest --method get --url \"https://management.azure.com/providers/Microsoft.Subscription/policies/default?api-version=2021-10-01\"",
    },
    Action {
        name: "Microsoft.Web/sites/read",
        graph: &[],
        per: Per::Row,
        lists: &[],
        fills: &[Account::WEB_APPS],
        command: "az resource list --resource-type Microsoft.Web/sites",
    },
    Action {
        name: "microsoft.aadiam/diagnosticSettings/read",
        graph: &[],
        per: Per::Tenant,
        lists: &[],
        fills: &[Directory::EXPORTED_LOGS],
        command: "az rest --method get --url \"https://management.azure.com/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01\"",
    },
    Action {
        name: "microsoft.intune/diagnosticSettings/read",
        graph: &[],
        per: Per::Tenant,
        lists: &[],
        fills: &[Directory::EXPORTED_DEVICE_LOGS],
        command: "az rest --method get --url \"https://management.azure.com/providers/microsoft.intune/diagnosticSettings?api-version=2017-04-01-preview\"",
    },
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
            for fact in control.test.reads {
                assert!(
                    ACTIONS.iter().any(|action| action.fills.contains(fact))
                        || !fact.is_offered_by(Provider::Azure),
                    "{} reads {fact}",
                    control.id
                );
            }
            let kind = control.test.check.kind();
            assert!(
                // The tenant and its subscriptions are there without being listed by an action.
                matches!(kind, Kind::Account | Kind::Directory)
                    || ACTIONS.iter().any(|a| a.lists.contains(&kind)),
                "{} needs {kind}",
                control.id
            );
        }
    }

    /// The tenant and its subscriptions are there without being listed by an action.
    const BUILT_IN: &[Kind] = &[Kind::Account, Kind::Directory];

    #[test]
    fn the_kinds_that_the_provider_has_are_those_that_actions_list() {
        for kind in Kind::ALL.iter().filter(|kind| !BUILT_IN.contains(kind)) {
            let listed = ACTIONS.iter().any(|action| action.lists.contains(kind));
            let has = kind.levels().iter().any(|(provider, _)| *provider == Provider::Azure);
            assert_eq!(has, listed, "{kind}");
        }
    }

    #[test]
    fn what_the_provider_offers_is_what_actions_fill() {
        for fact in Kind::ALL.iter().flat_map(|kind| kind.fact_ids()) {
            let filled = ACTIONS.iter().any(|action| action.fills.contains(&fact));
            assert_eq!(fact.is_offered_by(Provider::Azure), filled, "{fact}");
        }
    }

    #[test]
    fn the_command_names_the_kind_that_it_shows() {
        let subject =
            Subject { kind: Kind::AuditTrail, id: "/subscriptions/1", name: "x", region: None };
        let commands = commands(AuditTrail::KEY, &subject);
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
        let commands = commands(Bucket::VERSIONING, &subject);
        assert!(commands[0].ends_with(r"--account-name 'a'\''; rm -rf / #'"), "{commands:?}");
    }
}
