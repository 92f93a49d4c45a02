//! Who may act, with which credentials and rights.

use super::resource;
use crate::time::Time;

resource! {
    /// A user that lives in the account itself (not one that signs in through a federation).
    User {
        /// When it was created.
        created: Time,
        /// Whether it can sign in to the console with a password.
        console_access: bool,
        /// Whether it has MFA.
        mfa: bool,
        /// When its password was last used; none if never.
        password_last_used: Option<Time>,
        /// When its password was last set; none where there is no password.
        password_last_changed: Option<Time>,
        /// How many of its access keys are active.
        active_keys: u32,
        /// The groups it is in.
        groups: Vec<String>,
        /// The policies attached or embedded directly, not through a group.
        direct_policies: Vec<String>,
        /// The statements that together give it every action on every resource; empty if it is no administrator.
        full_admin: Vec<String>,
        /// The ways in which it could give itself more rights than it has.
        escalation_paths: Vec<String>,
        /// The embedded policies that let it decrypt with every key.
        decrypts_any_key: Vec<String>,
    }
}

resource! {
    /// A long-lived key of a user for programs. Its id is its place, never the key's own identifier or secret.
    AccessKey {
        /// The user's name.
        user: String,
        /// Whether it can be used.
        active: bool,
        /// When it was created or last rotated.
        rotated: Time,
        /// When it was last used; none if never.
        last_used: Option<Time>,
    }
}

resource! {
    /// A group of users.
    Group {
        /// How many users are in it.
        members: u32,
        /// The statements that together give its members every action on every resource.
        full_admin: Vec<String>,
        /// The embedded policies that let its members decrypt with every key.
        decrypts_any_key: Vec<String>,
    }
}

resource! {
    /// An identity that others take on for a time: people, workloads, services, other accounts.
    Role {
        /// Whether a service of the provider owns it, so that the customer cannot change it.
        service_linked: bool,
        /// When it was created.
        created: Time,
        /// When it was last taken on; none if not within the provider's tracking period.
        last_used: Option<Time>,
        /// The policies attached, by id or name.
        attached_policies: Vec<String>,
        /// Whether compute that anyone in the account's network may run takes it on (an instance profile, a function).
        workload: bool,
        /// The statements of its trust policy that let anyone take it on.
        trusts_anyone: Vec<String>,
        /// The accounts outside this one that may take it on.
        trusts_accounts: Vec<String>,
        /// Those of them that need to prove nothing more: no external id, no organisation, no named network.
        trusts_accounts_unconditionally: Vec<String>,
        /// The federations (OpenID Connect) trusted without saying which subject.
        trusts_federation_without_subject: Vec<String>,
        /// The services trusted without saying for which source account or resource they may act.
        trusts_services_without_source: Vec<String>,
        /// The statements that together give it every action on every resource.
        full_admin: Vec<String>,
        /// The ways in which it could give itself more rights than it has.
        escalation_paths: Vec<String>,
        /// The embedded policies that let it decrypt with every key.
        decrypts_any_key: Vec<String>,
    }
}

resource! {
    /// A policy that can be attached to identities.
    Policy {
        /// Whether the customer wrote it, rather than the provider.
        customer_managed: bool,
        /// To how many identities it is attached.
        attachments: u32,
        /// The statements that give every action on every resource.
        full_admin: Vec<String>,
        /// The services of which it gives every action.
        wildcard_services: Vec<String>,
        /// The statements that let the holder decrypt with every key.
        decrypts_any_key: Vec<String>,
    }
}

resource! {
    /// A TLS server certificate kept with the identities of the account.
    Certificate {
        /// When it stops being valid.
        expires: Time,
    }
}
