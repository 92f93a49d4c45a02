//! The settings of a directory that apply to all its users.

use posture_collect::text::clip;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, Reason};
use posture_model::part::Part;
use posture_model::resource::{Directory, GuestAccess, GuestInvitations, UserConsent};
use serde_json::Value;

use super::body::{Body, View, same, senseless, word};
use super::context::Tenant;
use crate::client::{Absence, Items, Question, RateLimit};
use crate::cloud::Cloud;
use crate::entry::{Action, TENANT};

pub(crate) const DEFAULTS: Action = Action {
    name: "/policies/identitySecurityDefaultsEnforcementPolicy",
    own: &["Policy.Read.All"],
    per: TENANT,
    lists: &[],
    fills: &[Directory::SECURITY_DEFAULTS],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/identitySecurityDefaultsEnforcementPolicy",
};

pub(crate) const AUTHORIZATION: Action = Action {
    name: "/policies/authorizationPolicy",
    own: &["Policy.Read.All"],
    per: TENANT,
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
};

pub(crate) const DEVICES: Action = Action {
    name: "/policies/deviceRegistrationPolicy",
    own: &["Policy.Read.DeviceConfiguration"],
    per: TENANT,
    lists: &[],
    fills: &[Directory::DEVICE_REGISTRATION_MFA],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/deviceRegistrationPolicy",
};

pub(crate) const SETTINGS: Action = Action {
    name: "/groupSettings",
    own: &["GroupSettings.Read.All"],
    per: TENANT,
    lists: &[],
    fills: &[Directory::LOCKOUT_THRESHOLD, Directory::LOCKOUT_SECONDS, Directory::BANNED_PASSWORDS],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/groupSettings",
};

pub(crate) const MOVES: Action = Action {
    name: "Microsoft.Subscription/policies/read",
    own: &[],
    per: TENANT,
    lists: &[],
    fills: &[Directory::SUBSCRIPTION_MOVES_BLOCKED],
    command: "az rest --method get --url \"https://management.azure.com/providers/Microsoft.Subscription/policies/default?api-version=2021-10-01\"",
};

/// The [template](https://learn.microsoft.com/en-us/graph/api/resources/groupsettingtemplate) of the settings of passwords.
const PASSWORD_RULES: &str = "5cf42378-d67d-4f36-ba46-e8b86229381d";

#[derive(Debug, Default)]
struct Authorization {
    consent: Fact<UserConsent>,
    invitations: Fact<GuestInvitations>,
    guests: Fact<GuestAccess>,
    applications: Fact<bool>,
    groups: Fact<bool>,
    tenants: Fact<bool>,
}

#[derive(Debug, Default)]
struct Passwords {
    threshold: Fact<u32>,
    seconds: Fact<u32>,
    banned: Fact<bool>,
}

/// Reads the settings that are wanted.
pub(crate) async fn read(tenant: &Tenant<'_>) -> Part {
    let (
        security_defaults,
        authorization,
        device_registration_mfa,
        passwords,
        subscription_moves_blocked,
    ) = futures::join!(
        security_defaults(tenant),
        authorization(tenant),
        device_registration_mfa(tenant),
        passwords(tenant),
        subscription_moves_blocked(tenant),
    );
    Part::directory(|directory| {
        directory
            .security_defaults(security_defaults)
            .user_consent(authorization.consent)
            .guest_invitations(authorization.invitations)
            .guest_access(authorization.guests)
            .users_register_applications(authorization.applications)
            .users_create_groups(authorization.groups)
            .users_create_tenants(authorization.tenants)
            .device_registration_mfa(device_registration_mfa)
            .lockout_threshold(passwords.threshold)
            .lockout_seconds(passwords.seconds)
            .banned_passwords(passwords.banned)
            .subscription_moves_blocked(subscription_moves_blocked)
    })
}

/// A required flag.
pub(super) fn flag(body: &Body<'_>, path: &str) -> Fact<bool> {
    body.need(path, View::flag)
}

/// The [policy](https://learn.microsoft.com/en-us/graph/api/resources/identitysecuritydefaultsenforcementpolicy) that every
/// tenant has.
async fn security_defaults(tenant: &Tenant<'_>) -> Fact<bool> {
    if !tenant.calls(&DEFAULTS) {
        return Fact::not_collected();
    }
    match tenant.graph(DEFAULTS.name, &RateLimit::Directory).await {
        Ok(policy) => flag(&tenant.body(DEFAULTS.name, &policy), "isEnabled"),
        Err(refused) => tenant.ask.unknown(refused.gap),
    }
}

/// The [policy](https://learn.microsoft.com/en-us/graph/api/resources/authorizationpolicy) that every tenant has, with all
/// of its properties.
async fn authorization(tenant: &Tenant<'_>) -> Authorization {
    if !tenant.calls(&AUTHORIZATION) {
        return Authorization::default();
    }
    let policy = match tenant.graph(AUTHORIZATION.name, &RateLimit::Directory).await {
        Ok(policy) => policy,
        Err(refused) => {
            let gap = tenant.ask.gap(refused.gap);
            return Authorization {
                consent: Fact::Gap(gap),
                invitations: Fact::Gap(gap),
                guests: Fact::Gap(gap),
                applications: Fact::Gap(gap),
                groups: Fact::Gap(gap),
                tenants: Fact::Gap(gap),
            };
        }
    };
    let body = tenant.body(AUTHORIZATION.name, &policy);
    Authorization {
        consent: consent(&body),
        invitations: invitations(&body),
        guests: guests(&body),
        applications: flag(&body, "defaultUserRolePermissions.allowedToCreateApps"),
        groups: flag(&body, "defaultUserRolePermissions.allowedToCreateSecurityGroups"),
        tenants: flag(&body, "defaultUserRolePermissions.allowedToCreateTenants"),
    }
}

/// To what users may consent. Of [several policies](https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/manage-app-consent-policies#multiple-policies)
/// one is enough to allow something, so that the widest counts.
fn consent(body: &Body<'_>) -> Fact<UserConsent> {
    const PATH: &str = "defaultUserRolePermissions.permissionGrantPoliciesAssigned";
    // An empty list means that there is no consent; a missing one means nothing.
    body.need(PATH, View::words).and_then(|policies| {
        let mut widest = UserConsent::None;
        let mut unclear = None;
        for name in policies.iter().copied() {
            let lower = name.to_ascii_lowercase();
            let now = match lower.split_once('.') {
                Some(("managepermissiongrantsforself", policy)) => match policy {
                    "microsoft-user-default-legacy" => UserConsent::Any,
                    "microsoft-user-default-low" => UserConsent::VerifiedPublishers,
                    // Microsoft changes what `microsoft-user-default-recommended` allows without a change in the
                    // tenant; a custom policy may be as strict as the strictest or as wide as the widest.
                    _ => {
                        unclear = Some(name);
                        continue;
                    }
                },
                // What owners of teams and chats may consent to for those is another matter.
                Some(("managepermissiongrantsforownedresource", _)) => continue,
                _ => {
                    unclear = Some(name);
                    continue;
                }
            };
            widest = match (widest, now) {
                (UserConsent::Any, _) | (_, UserConsent::Any) => UserConsent::Any,
                _ => now,
            };
        }
        match unclear {
            Some(name) if widest != UserConsent::Any => undetermined(body, name),
            _ => Known(widest),
        }
    })
}

/// A value that was read and may have several meanings.
fn undetermined<T>(body: &Body<'_>, value: &str) -> Fact<T> {
    let mut gap = Gap::new(body.action, body.id, Reason::Undetermined);
    gap.detail = Some(clip(format!("cannot determine what `{value}` allows")));
    body.ask.unknown(gap)
}

fn invitations(body: &Body<'_>) -> Fact<GuestInvitations> {
    const PATH: &str = "allowInvitesFrom";
    body.need(PATH, View::text).and_then(|who| match who.to_ascii_lowercase().as_str() {
        "none" => Known(GuestInvitations::Nobody),
        "adminsandguestinviters" => Known(GuestInvitations::Administrators),
        "adminsguestinvitersandallmembers" => Known(GuestInvitations::Members),
        "everyone" => Known(GuestInvitations::Everyone),
        _ => undetermined(body, who),
    })
}

fn guests(body: &Body<'_>) -> Fact<GuestAccess> {
    const PATH: &str = "guestUserRoleId";
    body.need(PATH, View::text).and_then(|role| match role.to_ascii_lowercase().as_str() {
        "a0b1b346-4d3e-4e8b-98f8-753987be4970" => Known(GuestAccess::AsMembers),
        "10dae51f-b6af-4016-8d66-8c2a99b929b3" => Known(GuestAccess::Limited),
        "2af84b1e-32c8-42b7-82bc-daa82404023b" => Known(GuestAccess::Restricted),
        _ => undetermined(body, role),
    })
}

async fn device_registration_mfa(tenant: &Tenant<'_>) -> Fact<bool> {
    const PATH: &str = "multiFactorAuthConfiguration";
    if !tenant.calls(&DEVICES) {
        return Fact::not_collected();
    }
    let policy = match tenant.graph(DEVICES.name, &RateLimit::Directory).await {
        Ok(policy) => policy,
        Err(refused) => return tenant.ask.unknown(refused.gap),
    };
    let body = tenant.body(DEVICES.name, &policy);
    body.text(PATH).and_then(|value| match value {
        // [It is not required](https://learn.microsoft.com/en-us/graph/api/resources/deviceregistrationpolicy) if it was not
        // configured.
        None => Known(false),
        Some(value) if same(value, "required") => Known(true),
        Some(value) if same(value, "notRequired") => Known(false),
        Some(value) => undetermined(&body, value),
    })
}

/// The [rules](https://learn.microsoft.com/en-us/entra/identity/authentication/howto-password-smart-lockout) for passwords,
/// which a tenant has as a separate object once they were changed.
async fn passwords(tenant: &Tenant<'_>) -> Passwords {
    if !tenant.calls(&SETTINGS) {
        return Passwords::default();
    }
    let Items { items, refused } =
        tenant.graph_list(SETTINGS.name, "", &RateLimit::Directory).await;
    let mut gap = refused.map(|refused| refused.gap);
    let mut found: Vec<&Value> = Vec::new();
    for item in &items {
        match word(item, "templateId") {
            Some(template) if same(template, PASSWORD_RULES) => found.push(item),
            Some(_) => {}
            // It may be the one.
            None => {
                gap.get_or_insert_with(|| senseless(SETTINGS.name, tenant.id));
            }
        }
    }
    if found.len() > 1 {
        gap.get_or_insert_with(|| senseless(SETTINGS.name, tenant.id));
    }
    if let Some(gap) = gap {
        let gap = tenant.ask.gap(gap);
        return Passwords {
            threshold: Fact::Gap(gap),
            seconds: Fact::Gap(gap),
            banned: Fact::Gap(gap),
        };
    }
    let Some(rules) = found.first() else {
        // The [defaults](https://learn.microsoft.com/en-us/entra/identity/authentication/howto-password-smart-lockout#how-smart-lockout-works):
        // 10 failed sign-ins, 3 in the US Government cloud; one minute; and no custom words.
        let threshold = if tenant.cloud == Cloud::UsGovernment { 3 } else { 10 };
        return Passwords { threshold: Known(threshold), seconds: Known(60), banned: Known(false) };
    };
    let body = tenant.body(SETTINGS.name, rules);
    let on =
        setting(&body, "EnableBannedPasswordCheck", |text| text.to_ascii_lowercase().parse().ok());
    Passwords {
        threshold: setting(&body, "LockoutThreshold", number),
        seconds: setting(&body, "LockoutDurationInSeconds", number),
        // Words are separated by tabs.
        banned: on & setting(&body, "BannedPasswordList", |text| Some(!text.trim().is_empty())),
    }
}

/// A number that a rule can have: at least one.
fn number(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|number| *number > 0)
}

/// A value of an object of settings, which is always text. An object has every value of its template.
fn setting<T>(body: &Body<'_>, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Fact<T> {
    body.need("values", View::listed).and_then(|values| {
        let is = |value: &&View<'_>| word(value.0, "name").is_some_and(|own| same(own, name));
        let mut of_name = values.iter().filter(is);
        let value = match (of_name.next(), of_name.next()) {
            (Some(value), None) => word(value.0, "value"),
            _ => None,
        };
        match value.and_then(read) {
            Some(value) => Known(value),
            None => body.malformed(name),
        }
    })
}

/// The [policy](https://learn.microsoft.com/en-us/azure/cost-management-billing/manage/manage-azure-subscription-policy) on
/// subscriptions that move. If none was set, all users may move them.
async fn subscription_moves_blocked(tenant: &Tenant<'_>) -> Fact<bool> {
    if !tenant.calls(&MOVES) {
        return Fact::not_collected();
    }
    let question = Question {
        action: MOVES.name,
        target: "",
        lane: &RateLimit::Tenant,
        path: "providers/Microsoft.Subscription/policies/default?api-version=2021-10-01",
    };
    let policy = match tenant.ask.get(question).await {
        Ok(policy) => policy,
        Err(refused) if refused.is_absent() => return Known(false),
        Err(refused) => return tenant.ask.unknown(refused.gap),
    };
    let body = tenant.body(MOVES.name, &policy);
    if !body.is_resource() {
        return body.malformed("properties");
    }
    let blocked = |name: &str| {
        body.flag(&format!("properties.{name}")).map(|blocked| blocked.unwrap_or(false))
    };
    blocked("blockSubscriptionsLeavingTenant") & blocked("blockSubscriptionsIntoTenant")
}

#[cfg(test)]
mod tests;
