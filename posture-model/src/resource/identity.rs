//! Who may act, with which credentials and permissions.

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
        /// Whether it can sign in interactively (AWS: it has a console password; Azure: its account is enabled).
        [Aws, Azure] console_access: bool,
        /// Whether it has MFA (Azure: it has registered a method for it that the tenant allows).
        [Aws, Azure] mfa: bool,
        /// Whether it is a guest from another directory.
        [Azure] guest: bool,
        /// When it last signed in, with any credential; none if never.
        [Azure] last_sign_in: Option<Time>,
        /// When its password was last used; none if never.
        [Aws] password_last_used: Option<Time>,
        /// When its password was last set; none if there is no password.
        [Aws] password_last_changed: Option<Time>,
        /// Number of its active access keys.
        [Aws] active_keys: u32,
        /// The groups that it is a member of.
        [Aws] groups: Vec<String>,
        /// The policies attached or inline, not through a group.
        [Aws] direct_policies: Vec<String>,
        /// The statements that together grant it every action on every resource; empty if it is not an administrator.
        [Aws] full_admin: Vec<String>,
        /// The privilege escalation paths: the ways in which it could grant itself more permissions than it has. Empty
        /// for an administrator, who has all permissions already.
        [Aws] escalation_paths: Entries,
        /// The shortest path to administrator access through other identities, step by step; empty if there is none, or
        /// if it is an administrator itself.
        [Aws] admin_paths: Vec<String>,
        /// The inline policies that allow it to decrypt with every key.
        [Aws] decrypts_any_key: Vec<String>,
        /// Its tags.
        [Aws] tags: BTreeMap<String, String>,
        /// The services for which an inline policy grants it every action.
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
    /// A password or a certificate with which an application signs in, or signs what it issues. Its ID is its number,
    /// never a secret nor a part of one.
    Credential {
        /// The name of the application.
        [Azure] holder: String,
        /// Whether it is a certificate rather than a client secret.
        [Azure] certificate: bool,
        /// Whether the directory uses it to sign SAML tokens for the application, so that the application does not sign
        /// in with it.
        [Azure] signs_tokens: bool,
        /// When it becomes valid.
        [Azure] starts: Time,
        /// When it expires; none if never.
        [Azure] expires: Option<Time>,
    }
}

resource! {
    /// A trust of an application or of a managed identity in tokens that another identity provider issues: a workload with such
    /// a token signs in as the application or identity, without a secret.
    FederatedCredential {
        /// The name of the application or of the managed identity.
        [Azure] holder: String,
        /// The identity provider whose tokens are trusted, as a URL.
        [Azure] issuer: String,
        /// The subject that a token must have; none if an expression decides.
        [Azure] subject: Option<String>,
        /// Whether a token of any customer of the identity provider may fit, as no part of the subject names the
        /// organization.
        [Azure] open_to_any_customer: bool,
    }
}

resource! {
    /// A group of users.
    Group {
        /// Number of its members.
        [Aws] members: u32,
        /// The statements that together grant its members every action on every resource.
        [Aws] full_admin: Vec<String>,
        /// The privilege escalation paths of its members.
        [Aws] escalation_paths: Entries,
        /// The inline policies that allow its members to decrypt with every key.
        [Aws] decrypts_any_key: Vec<String>,
        /// The services for which an inline policy grants its members every action.
        [Aws] wildcard_services: Entries,
    }
}

resource! {
    /// An identity that others assume for a time: people, workloads, services, other accounts.
    Role {
        /// Whether it is a service-linked role, which the customer cannot change.
        [Aws] service_linked: bool,
        /// When it was created.
        [Aws] created: Time,
        /// When it was last assumed; none if not within the provider's tracking period.
        [Aws] last_used: Option<Time>,
        /// The attached policies, by ID or name.
        [Aws] attached_policies: Vec<String>,
        /// Whether compute that anyone in the account's network may run assumes it (an instance profile, a function).
        [Aws] workload: bool,
        /// The instance profiles through which machines act as it, by ARN.
        [Aws] profiles: Vec<String>,
        /// The statements of its trust policy that allow anyone to assume it, including guests of an identity pool.
        [Aws] trusts_anyone: Entries,
        /// The other accounts that may assume it; `everyone` if anyone may.
        [Aws] trusts_accounts: Entries,
        /// Those of them without a further condition: no external ID, organization or network is required.
        [Aws] trusts_accounts_unconditionally: Entries,
        /// The SAML and OpenID Connect providers that are trusted without a condition on the audience of the token.
        [Aws] trusts_federation_without_audience: Entries,
        /// The OpenID Connect providers that are trusted without a condition on the subject.
        [Aws] trusts_federation_without_subject: Entries,
        /// The services that are trusted without a condition on the source account or resource (confused deputy).
        [Aws] trusts_services_without_source: Entries,
        /// The statements that together grant it every action on every resource.
        [Aws] full_admin: Vec<String>,
        /// The privilege escalation paths: the ways in which it could grant itself more permissions than it has. Empty
        /// for an administrator, who has all permissions already.
        [Aws] escalation_paths: Entries,
        /// The shortest path to administrator access through other identities, step by step; empty if there is none, or
        /// if it is an administrator itself.
        [Aws] admin_paths: Vec<String>,
        /// The inline policies that allow it to decrypt with every key.
        [Aws] decrypts_any_key: Vec<String>,
        /// Its tags.
        [Aws] tags: BTreeMap<String, String>,
        /// The services for which an inline policy grants it every action.
        [Aws] wildcard_services: Entries,
    }
}

resource! {
    /// A policy that can be attached to identities.
    Policy {
        /// Whether it is customer managed rather than provider managed.
        [Aws, Azure] customer_managed: bool,
        /// Number of identities that it is attached to.
        [Aws] attachments: u32,
        /// The statements that grant every action on every resource.
        [Aws, Azure] full_admin: Vec<String>,
        /// The services for which it grants every action.
        [Aws, Azure] wildcard_services: Entries,
        /// The statements that allow decryption with every key.
        [Aws] decrypts_any_key: Vec<String>,
        /// The privilege escalation paths of its holders (Azure: the actions with which a holder could grant itself
        /// more permissions).
        [Aws, Azure] escalation_paths: Entries,
    }
}

resource! {
    /// A role that is assigned to a principal at a scope (Azure: a role assignment, active or eligible). It belongs to the
    /// account in which it applies; one that applies in several belongs to the tenant.
    Grant {
        /// The type of principal that holds it.
        [Azure] holder: Holder,
        /// Whether its principal was deleted.
        [Azure] orphaned: bool,
        /// The level of its scope.
        [Azure] level: GrantLevel,
        /// The extent of its permissions.
        [Azure] power: GrantPower,
        /// Whether it is permanent rather than eligible (activated when needed).
        [Azure] permanent: bool,
        /// The guests who hold it, directly or through a group.
        [Azure] guests: Vec<String>,
        /// The disabled users who hold it, directly or through a group.
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

/// How far the permissions of a role reach; later ones include earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GrantPower {
    /// It can only look.
    Reads,
    /// It can change something.
    Changes,
    /// It can assign roles, and so grant itself any permission.
    GivesRoles,
    /// It can do everything.
    Everything,
}

resource! {
    /// A TLS server certificate kept with the identities of the account.
    Certificate {
        /// When it expires.
        [Aws] expires: Time,
    }
}
