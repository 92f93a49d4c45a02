//! The directory of a tenant: the settings that hold for every identity in it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::declared::resource;

resource! {
    /// The directory of identities of a tenant (Azure: Entra ID), with the settings that hold for all of them.
    Directory {
        /// Whether the provider's baseline of sign-in protection is on (Entra ID: security defaults).
        [Azure] security_defaults: bool,
        /// The rules that demand MFA of every user for every application.
        [Azure] mfa_for_everyone: Vec<SignInRule>,
        /// The rules that demand MFA of every holder of an administrative role for every application.
        [Azure] mfa_for_administrators: Vec<SignInRule>,
        /// The rules that demand MFA of every user for managing cloud resources.
        [Azure] mfa_for_management: Vec<SignInRule>,
        /// The rules that demand MFA of every user whose sign-in looks risky, each time anew.
        [Azure] mfa_for_risky_sign_ins: Vec<SignInRule>,
        /// The rules that refuse protocols that know no MFA to every user.
        [Azure] legacy_protocols_blocked: Vec<SignInRule>,
        /// The rules that refuse sign-in by device code to every user.
        [Azure] device_codes_blocked: Vec<SignInRule>,
        /// The rules that demand MFA of every user who registers or joins a device.
        [Azure] mfa_for_device_registration: Vec<SignInRule>,
        /// How many rules about sign-ins are in force; not known where there may be one that was not understood.
        [Azure] sign_in_rules: u32,
        /// True where it is known of every exclusion of a rule about sign-ins whether another rule covers it; otherwise not
        /// known.
        [Azure] sign_in_exclusions_decided: bool,
        /// Whether registering or joining a device takes MFA.
        [Azure] device_registration_mfa: bool,
        /// The names of the networks that are marked as trusted.
        [Azure] trusted_networks: Vec<String>,
        /// To which applications users may give access to their data.
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
        /// After how many failed sign-ins an account is locked.
        [Azure] lockout_threshold: u32,
        /// For how many seconds it stays locked.
        [Azure] lockout_seconds: u32,
        /// Whether words of the customer's own are banned from passwords.
        [Azure] banned_passwords: bool,
        /// The users who hold the highest administrative role, for good or eligible, directly or through groups.
        [Azure] global_administrators: Vec<String>,
        /// The users who hold a role that the provider calls privileged for good rather than on demand, directly or through
        /// groups.
        [Azure] permanent_administrators: Vec<String>,
        /// The users who hold the role that lets them create tenants, for good or eligible, directly or through groups.
        [Azure] tenant_creators: Vec<String>,
        /// Whether subscriptions can neither leave the tenant nor enter it, save by those whom it exempts.
        [Azure] subscription_moves_blocked: bool,
        /// The kinds of records of the directory that are exported, wherever to.
        [Azure] exported_logs: BTreeSet<String>,
        /// The kinds of records of device management that are exported to where they can be searched (Azure: a Log
        /// Analytics workspace).
        [Azure] exported_device_logs: BTreeSet<String>,
    }
}

/// A rule about sign-ins, or several that are one together, and whom and what it leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInRule {
    /// Its name.
    pub name: String,
    /// The ids of the users, groups, roles, applications and places that it leaves out, and the words that stand for kinds
    /// of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
    /// The exclusions of which it is not known whether another rule covers them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<String>,
}

/// To which applications users may give access to their own data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum UserConsent {
    /// To none; an administrator decides.
    None,
    /// To those of verified publishers, for rights that the tenant calls low in impact.
    VerifiedPublishers,
    /// By a rule of the tenant's own.
    Custom,
    /// To any.
    Any,
}

/// Who may invite guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GuestInvitations {
    /// Nobody.
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
