//! What is recorded, and who is notified.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::declared::resource;
use crate::entries::Entries;
use crate::time::Time;

resource! {
    /// A delivery of control-plane events into storage (Azure: the export of a subscription's activity log).
    AuditTrail {
        /// Whether it records the events of every region, also of future ones.
        [Aws, Azure] multi_region: bool,
        /// Whether it records every account of the organization.
        [Aws] organization: bool,
        /// Whether it is recording now; if recording cannot be disabled, whether the records are sent anywhere.
        [Aws, Azure] recording: bool,
        /// The error of its last delivery; none if it succeeded.
        [Aws] delivery_error: Option<String>,
        /// When it last delivered; none if never.
        [Aws] last_delivery: Option<Time>,
        /// Whether it records all read management events.
        [Aws] management_reads: bool,
        /// Whether it records all write management events.
        [Aws, Azure] management_writes: bool,
        /// The sources of management events that it excludes.
        [Aws] excluded_sources: Vec<String>,
        /// Whether it records reads of objects in every bucket of its regions.
        [Aws] object_reads: bool,
        /// Whether it records writes to objects in every bucket of its regions.
        [Aws] object_writes: bool,
        /// Whether it looks for unusual activity.
        [Aws] insights: bool,
        /// Whether log file validation is on: its files are signed, so that changes are detected.
        [Aws] validation: bool,
        /// The customer-managed key that encrypts its files, wherever they are stored; none for the provider's key.
        [Aws, Azure] key: Option<String>,
        /// The bucket it delivers to.
        [Aws] bucket: String,
        /// The storage accounts of other subscriptions that it delivers to, by ID in lowercase.
        [Azure] storage_elsewhere: Vec<String>,
        /// The containers of its records that neither an immutability policy nor a legal hold covers, as `account/container`;
        /// not offered if no storage account gets it.
        [Azure] unlocked_containers: Entries,
        /// The log group that it also delivers to, if any.
        [Aws] log_group: Option<String>,
        /// When it last delivered to its log group; none if never.
        [Aws] log_group_last_delivery: Option<Time>,
        /// Its tags.
        [Aws] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A store that keeps events for queries (AWS: a CloudTrail Lake event data store).
    EventStore {
        /// Whether it ingests events now.
        [Aws] recording: bool,
        /// Whether it ingests the events of every region.
        [Aws] multi_region: bool,
        /// Whether it ingests all read management events.
        [Aws] management_reads: bool,
        /// Whether it ingests all write management events.
        [Aws] management_writes: bool,
        /// Whether it ingests reads of objects in every bucket.
        [Aws] object_reads: bool,
        /// Whether it ingests writes to objects in every bucket.
        [Aws] object_writes: bool,
        /// Retention of events, in days.
        [Aws] retention_days: u32,
        /// Whether it is protected from deletion.
        [Aws] deletion_protection: bool,
        /// The customer-managed key that encrypts it; none for the provider's key.
        [Aws] key: Option<String>,
    }
}

resource! {
    /// A collection of log records with one retention (Azure: a Log Analytics workspace).
    LogGroup {
        /// Retention of records, in days; none if they are never deleted.
        [Aws, Azure] retention_days: Option<u32>,
        /// The customer-managed key that encrypts it; none for the provider's key.
        [Aws] key: Option<String>,
        /// The principals whose roles allow them to query its records, permanently or eligible, directly or through
        /// groups, by object ID.
        [Azure] readers: Entries,
        /// The principals whose roles allow them to delete its records or itself, in the same way.
        [Azure] erasers: Entries,
        /// Its tags.
        [Aws, Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A resource policy about the log groups of an account in a region (AWS: an account-level one of CloudWatch Logs; the
    /// policy of a single log group is not read).
    LogPolicy {
        /// The statements that allow everyone, and so every service for any of its customers.
        [Aws] policy_public: Entries,
        /// The accounts outside this one that it allows, as principals or by what services may act for; organizations too.
        [Aws] external_accounts: Entries,
        /// The services that it allows without a condition on the account or resource that they act for.
        [Aws] services_without_source: Entries,
    }
}

resource! {
    /// A rule that watches recorded events and notifies a recipient.
    Alert {
        /// The classes of which it sees every event.
        [Aws, Azure] events: BTreeSet<EventClass>,
        /// The classes of which it may see every event, if its condition is not fully understood. It certainly misses events of
        /// every other class.
        [Aws] possible_events: BTreeSet<EventClass>,
        /// Whether its source contains the events of the whole account: every region, recording now, unfiltered.
        [Aws, Azure] sees_everything: bool,
        /// Whether its source is an organization trail, so that it contains the events of every member account as well.
        [Aws] sees_members: bool,
        /// The events that its source does not contain, in words.
        [Aws, Azure] unseen: Vec<String>,
        /// Whether it is enabled and notifies a confirmed recipient.
        [Aws, Azure] notifies: bool,
        /// The targets in other subscriptions that it would notify if they are enabled, by ID in lowercase.
        [Azure] targets_elsewhere: Vec<String>,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}

/// A class of events that should not pass unnoticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EventClass {
    /// A call that was denied for lack of permissions.
    UnauthorizedCalls,
    /// A console sign-in without MFA.
    SignInWithoutMfa,
    /// Any use of the root user.
    RootUse,
    /// A change to identity policies.
    IdentityPolicyChange,
    /// A change to the recording of events.
    AuditTrailChange,
    /// A failed console sign-in.
    FailedSignIn,
    /// A customer's key disabled or scheduled for deletion.
    KeyDisablement,
    /// A change to the policy or access rules of a bucket.
    StoragePolicyChange,
    /// A change to the recording of configuration.
    RecorderChange,
    /// A change to security groups.
    SecurityGroupChange,
    /// A change to network access control lists.
    NetworkAclChange,
    /// A change to gateways between networks.
    NetworkGatewayChange,
    /// A change to routes.
    RouteChange,
    /// A change to networks themselves.
    NetworkChange,
    /// A change to the organization.
    OrganizationChange,
    /// A policy was given to an account or a part of it.
    PolicyAssignmentCreation,
    /// A policy was taken back.
    PolicyAssignmentDeletion,
    /// A security group was created or changed.
    SecurityGroupUpdate,
    /// A security group was deleted.
    SecurityGroupDeletion,
    /// A security product was connected or changed.
    SecuritySolutionUpdate,
    /// A security product was disconnected.
    SecuritySolutionDeletion,
    /// A rule of a database's firewall was created or changed.
    DatabaseFirewallUpdate,
    /// A rule of a database's firewall was deleted.
    DatabaseFirewallDeletion,
    /// A public address was created or changed.
    PublicAddressUpdate,
    /// A public address was deleted.
    PublicAddressDeletion,
    /// The provider reports an incident in one of its services.
    ServiceHealth,
}

impl EventClass {
    /// Every class.
    pub const ALL: &'static [Self] = &[
        Self::UnauthorizedCalls,
        Self::SignInWithoutMfa,
        Self::RootUse,
        Self::IdentityPolicyChange,
        Self::AuditTrailChange,
        Self::FailedSignIn,
        Self::KeyDisablement,
        Self::StoragePolicyChange,
        Self::RecorderChange,
        Self::SecurityGroupChange,
        Self::NetworkAclChange,
        Self::NetworkGatewayChange,
        Self::RouteChange,
        Self::NetworkChange,
        Self::OrganizationChange,
        Self::PolicyAssignmentCreation,
        Self::PolicyAssignmentDeletion,
        Self::SecurityGroupUpdate,
        Self::SecurityGroupDeletion,
        Self::SecuritySolutionUpdate,
        Self::SecuritySolutionDeletion,
        Self::DatabaseFirewallUpdate,
        Self::DatabaseFirewallDeletion,
        Self::PublicAddressUpdate,
        Self::PublicAddressDeletion,
        Self::ServiceHealth,
    ];
}
