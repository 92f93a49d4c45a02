//! The directory of a tenant: the settings that hold for every identity in it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::declared::resource;

resource! {
    /// The directory of identities of a tenant (Azure: Entra ID), with the settings that hold for all of them.
    Directory {
        /// Whether the provider's baseline of sign-in protection is on (Entra ID: security defaults).
        [Azure] security_defaults: bool,
        /// Conditional Access policies that require MFA for all users and all applications.
        [Azure] mfa_for_everyone: Vec<SignInRule>,
        /// Conditional Access policies that require MFA for all holders of administrative roles and all applications.
        [Azure] mfa_for_administrators: Vec<SignInRule>,
        /// Conditional Access policies that require MFA for all users who manage cloud resources.
        [Azure] mfa_for_management: Vec<SignInRule>,
        /// Conditional Access policies that require MFA for all risky sign-ins, every time.
        [Azure] mfa_for_risky_sign_ins: Vec<SignInRule>,
        /// Conditional Access policies that block legacy authentication for all users.
        [Azure] legacy_protocols_blocked: Vec<SignInRule>,
        /// Conditional Access policies that block device code flow for all users.
        [Azure] device_codes_blocked: Vec<SignInRule>,
        /// Conditional Access policies that require MFA for all users who register or join a device.
        [Azure] mfa_for_device_registration: Vec<SignInRule>,
        /// Number of Conditional Access policies in force; unknown if there may be one that was not understood.
        [Azure] sign_in_rules: u32,
        /// True if it is known for every exclusion of a Conditional Access policy whether another policy covers it;
        /// otherwise unknown.
        [Azure] sign_in_exclusions_decided: bool,
        /// Whether registering or joining a device requires MFA.
        [Azure] device_registration_mfa: bool,
        /// Names of the trusted locations.
        [Azure] trusted_networks: Vec<String>,
        /// The applications that users may consent to.
        [Azure] user_consent: UserConsent,
        /// Who may invite guests.
        [Azure] guest_invitations: GuestInvitations,
        /// What guests see of the directory.
        [Azure] guest_access: GuestAccess,
        /// Whether every user may register applications.
        [Azure] users_register_applications: bool,
        /// Whether every user may create security groups.
        [Azure] users_create_groups: bool,
        /// Whether every user may create tenants.
        [Azure] users_create_tenants: bool,
        /// Number of failed sign-ins after which an account is locked.
        [Azure] lockout_threshold: u32,
        /// Duration of the lockout, in seconds.
        [Azure] lockout_seconds: u32,
        /// Whether a custom banned-password list is configured.
        [Azure] banned_passwords: bool,
        /// Users with the Global Administrator role, permanent or eligible, directly or through groups.
        [Azure] global_administrators: Vec<String>,
        /// Users with a privileged role that is permanent rather than eligible, directly or through groups.
        [Azure] permanent_administrators: Vec<String>,
        /// Users with the Tenant Creator role, permanent or eligible, directly or through groups.
        [Azure] tenant_creators: Vec<String>,
        /// Whether subscriptions can neither leave nor enter the tenant, except by exempted users.
        [Azure] subscription_moves_blocked: bool,
        /// The categories of directory logs that are exported to any destination.
        [Azure] exported_logs: BTreeSet<String>,
        /// The categories of device management logs that are exported to where they can be searched (Azure: a Log
        /// Analytics workspace).
        [Azure] exported_device_logs: BTreeSet<String>,
    }
}

/// A policy about sign-ins, or several that act as one, and whom and what it excludes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInRule {
    /// Its name.
    pub name: String,
    /// The IDs of the users, groups, roles, applications and locations that it excludes, and the keywords for kinds
    /// of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
    /// The exclusions that another policy may or may not cover.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<String>,
}

/// The applications to which users may grant access to their data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum UserConsent {
    /// To none; an administrator decides.
    None,
    /// To those of verified publishers, for permissions that the tenant classifies as low impact.
    VerifiedPublishers,
    /// To any.
    Any,
}

/// Who may invite guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GuestInvitations {
    /// None.
    Nobody,
    /// Holders of certain administrative roles.
    Administrators,
    /// Every member.
    Members,
    /// Everyone, guests as well.
    Everyone,
}

/// What guests see of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GuestAccess {
    /// Themselves only.
    Restricted,
    /// Some properties and memberships.
    Limited,
    /// As much as members.
    AsMembers,
}
