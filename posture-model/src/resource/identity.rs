//! Who may act, with which credentials and rights.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::declared::resource;
use crate::entries::Entries;
use crate::time::Time;

resource! {
    /// A user that lives in the account itself (not one that signs in through a federation), or in the directory of a
    /// tenant.
    User {
        /// When it was created.
        [Aws, Azure] created: Time,
        /// Whether it can sign in as a person does (AWS: it has a password for the console; Azure: its account is switched
        /// on).
        [Aws, Azure] console_access: bool,
        /// Whether it has MFA (Azure: it has registered a method for it that the tenant allows).
        [Aws, Azure] mfa: bool,
        /// Whether it is a guest, whose home is another directory.
        [Azure] guest: bool,
        /// When it last signed in, with whatever it has; none if never.
        [Azure] last_sign_in: Option<Time>,
        /// When its password was last used; none if never.
        [Aws] password_last_used: Option<Time>,
        /// When its password was last set; none where there is no password.
        [Aws] password_last_changed: Option<Time>,
        /// How many of its access keys are active.
        [Aws] active_keys: u32,
        /// The groups it is in.
        [Aws] groups: Vec<String>,
        /// The policies attached or embedded directly, not through a group.
        [Aws] direct_policies: Vec<String>,
        /// The statements that together give it every action on every resource; empty if it is no administrator.
        [Aws] full_admin: Vec<String>,
        /// The escalation paths: the ways in which it could give itself more rights than it has. Empty for a full
        /// administrator, who has all rights already.
        [Aws] escalation_paths: Entries,
        /// The shortest path by which it reaches full administration through other identities, step by step; empty if there
        /// is none, or if it is an administrator itself.
        [Aws] admin_paths: Vec<String>,
        /// The embedded policies that let it decrypt with every key.
        [Aws] decrypts_any_key: Vec<String>,
        /// Its tags.
        [Aws] tags: BTreeMap<String, String>,
        /// The services of which an embedded policy gives it every action.
        [Aws] wildcard_services: Entries,
    }
}

resource! {
    /// A long-lived key of a user for programs. Its id is its place, never the key's own identifier or secret.
    AccessKey {
        /// The user's name.
        [Aws] user: String,
        /// Whether it can be used.
        [Aws] active: bool,
        /// When it was created or last rotated.
        [Aws] rotated: Time,
        /// When it was last used; none if never.
        [Aws] last_used: Option<Time>,
    }
}

resource! {
    /// A password or a certificate with which an application signs in, or signs what it gives out. Its id is its number,
    /// never a secret nor a part of one.
    Credential {
        /// The name of the application.
        [Azure] holder: String,
        /// Whether it is a certificate, rather than a password.
        [Azure] certificate: bool,
        /// Whether the directory signs with it what it tells the application about users (SAML), so that the application
        /// does not sign in with it.
        [Azure] signs_tokens: bool,
        /// From when on it is valid.
        [Azure] starts: Time,
        /// When it stops being valid; none if never.
        [Azure] expires: Option<Time>,
    }
}

resource! {
    /// A group of users.
    Group {
        /// How many users are in it.
        [Aws] members: u32,
        /// The statements that together give its members every action on every resource.
        [Aws] full_admin: Vec<String>,
        /// The escalation paths of whoever is in it.
        [Aws] escalation_paths: Entries,
        /// The embedded policies that let its members decrypt with every key.
        [Aws] decrypts_any_key: Vec<String>,
        /// The services of which an embedded policy gives its members every action.
        [Aws] wildcard_services: Entries,
    }
}

resource! {
    /// An identity that others take on for a time: people, workloads, services, other accounts.
    Role {
        /// Whether a service of the provider owns it, so that the customer cannot change it.
        [Aws] service_linked: bool,
        /// When it was created.
        [Aws] created: Time,
        /// When it was last taken on; none if not within the provider's tracking period.
        [Aws] last_used: Option<Time>,
        /// The policies attached, by id or name.
        [Aws] attached_policies: Vec<String>,
        /// Whether compute that anyone in the account's network may run takes it on (an instance profile, a function).
        [Aws] workload: bool,
        /// The statements of its trust policy that let anyone assume it, the guests of an identity pool included.
        [Aws] trusts_anyone: Entries,
        /// The accounts outside this one that may assume it; `everyone` where anyone may.
        [Aws] trusts_accounts: Entries,
        /// Those of them that need to prove nothing more: no external id, no organisation, no named network.
        [Aws] trusts_accounts_unconditionally: Entries,
        /// The federations (OpenID Connect) trusted without saying which subject.
        [Aws] trusts_federation_without_subject: Entries,
        /// The services trusted without saying for which source account or resource they may act.
        [Aws] trusts_services_without_source: Entries,
        /// The statements that together give it every action on every resource.
        [Aws] full_admin: Vec<String>,
        /// The escalation paths: the ways in which it could give itself more rights than it has. Empty for a full
        /// administrator, who has all rights already.
        [Aws] escalation_paths: Entries,
        /// The shortest path by which it reaches full administration through other identities, step by step; empty if there
        /// is none, or if it is an administrator itself.
        [Aws] admin_paths: Vec<String>,
        /// The embedded policies that let it decrypt with every key.
        [Aws] decrypts_any_key: Vec<String>,
        /// Its tags.
        [Aws] tags: BTreeMap<String, String>,
        /// The services of which an embedded policy gives it every action.
        [Aws] wildcard_services: Entries,
    }
}

resource! {
    /// A policy that can be attached to identities.
    Policy {
        /// Whether the customer wrote it, rather than the provider.
        [Aws, Azure] customer_managed: bool,
        /// To how many identities it is attached.
        [Aws] attachments: u32,
        /// The statements that give every action on every resource.
        [Aws, Azure] full_admin: Vec<String>,
        /// The services of which it gives every action.
        [Aws, Azure] wildcard_services: Entries,
        /// The statements that let the holder decrypt with every key.
        [Aws] decrypts_any_key: Vec<String>,
        /// The escalation paths of whoever holds it (Azure: the actions with which its holder could give itself more rights).
        [Aws, Azure] escalation_paths: Entries,
    }
}

resource! {
    /// A role that was given to somebody somewhere (Azure: a role assignment, in force or eligible). It belongs to the
    /// account that it holds in; one that holds in several belongs to the tenant.
    Grant {
        /// What holds it.
        [Azure] holder: Holder,
        /// Whether what held it was deleted since.
        [Azure] orphaned: bool,
        /// How high it holds.
        [Azure] level: GrantLevel,
        /// How far its rights reach.
        [Azure] power: GrantPower,
        /// Whether it is held all the time, rather than asked for when it is needed.
        [Azure] permanent: bool,
        /// The guests who hold it, themselves or through a group.
        [Azure] guests: Vec<String>,
        /// The users who hold it, themselves or through a group, although their accounts are switched off.
        [Azure] disabled_users: Vec<String>,
    }
}

/// What holds a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// A user.
    User,
    /// A group of users and applications.
    Group,
    /// An application or a workload.
    Application,
    /// Something else.
    Other,
}

/// How high a role holds, from the top. What holds above holds below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GrantLevel {
    /// In everything that the tenant has.
    Root,
    /// In a group of accounts.
    AccountGroup,
    /// In an account.
    Account,
    /// In some resources of an account.
    Resources,
}

/// How far the rights of a role reach; what comes later includes what comes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GrantPower {
    /// It can only look.
    Reads,
    /// It can change something.
    Changes,
    /// It can give roles, and so give itself any right.
    GivesRoles,
    /// It can do everything.
    Everything,
}

resource! {
    /// A TLS server certificate kept with the identities of the account.
    Certificate {
        /// When it stops being valid.
        [Aws] expires: Time,
    }
}
