//! Identities: in one walk, as one document, and one by one as other tools request them.

mod details;
mod report;
mod single;

use serde_json::{Value, json};

use super::{filled, unknown_operation};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};
use crate::aws::world::Account;

/// The most items that IAM returns on a page.
const PAGE: usize = 1_000;

/// Before this, nothing was created: the time of whatever names none.
const LONG_AGO: &str = "2020-01-01T00:00:00Z";

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let account = ask.account;
    let members = match ask.call.operation.as_str() {
        "GetAccountAuthorizationDetails" => details::page(ask)?,
        "GenerateCredentialReport" => json!({ "State": "COMPLETE" }),
        "GetCredentialReport" => report::report(account, ask.state.world.clock_ahead)?,
        "GetAccountSummary" => json!({ "SummaryMap": { "#map": summary(account) } }),
        "GetAccountPasswordPolicy" => {
            let policy = account.password_policy.as_ref();
            let policy = policy.ok_or_else(|| no_such("password policy"))?;
            let defaults = json!({
                "MinimumPasswordLength": 6, "RequireSymbols": false, "RequireNumbers": false,
                "RequireUppercaseCharacters": false, "RequireLowercaseCharacters": false,
                "AllowUsersToChangePassword": false, "ExpirePasswords": policy.contains_key("MaxPasswordAge"),
            });
            json!({ "PasswordPolicy": filled(json!(policy), defaults) })
        }
        "ListAccountAliases" => {
            json!({ "AccountAliases": Vec::from_iter(&account.alias), "IsTruncated": false })
        }
        "ListSAMLProviders" => {
            let providers = account.identity_providers.iter().filter(|name| !is_address(name));
            let arn = |name: &String| json!({ "Arn": format!("arn:aws:iam::{}:saml-provider/{name}", account.id) });
            json!({ "SAMLProviderList": providers.map(arn).collect::<Vec<_>>() })
        }
        "ListOpenIDConnectProviders" => {
            let providers = account.identity_providers.iter().filter(|name| is_address(name));
            let arn = |name: &String| {
                let host = name.trim_start_matches("https://");
                json!({ "Arn": format!("arn:aws:iam::{}:oidc-provider/{host}", account.id) })
            };
            json!({ "OpenIDConnectProviderList": providers.map(arn).collect::<Vec<_>>() })
        }
        "ListOrganizationsFeatures" => features(ask)?,
        "ListServerCertificates" => {
            list(ask, "ServerCertificateMetadataList", &account.certificates)?
        }
        "ListVirtualMFADevices" => list(ask, "VirtualMFADevices", &devices(account))?,
        _ => match single::answer(ask) {
            Some(members) => members?,
            None => return Err(unknown_operation(ask.call)),
        },
    };
    Ok(Output::Members(members))
}

fn is_address(name: &str) -> bool {
    name.starts_with("https://")
}

fn no_such(what: &str) -> Failure {
    Failure::new(404, "NoSuchEntity", format!("The {what} cannot be found."))
}

/// A page of a list, in IAM's format.
fn list<T: serde::Serialize>(ask: &Ask<'_>, name: &str, items: &[T]) -> Result<Value, Failure> {
    let size = ask.call.number("MaxItems").unwrap_or(100).clamp(1, PAGE);
    let (page, next) = ask.page(items, ask.call.argument("Marker"), size, &bad_marker)?;
    Ok(json!({ name: page, "IsTruncated": next.is_some(), "Marker": next }))
}

fn bad_marker() -> Failure {
    Failure::new(400, "ValidationError", "Invalid Marker.")
}

/// [The numbers](https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html) that follow from what an
/// account holds, and those that it sets itself.
fn summary(account: &Account) -> Value {
    let customers = account.policies.iter().filter(|policy| policy.arn.is_none()).count();
    let mut numbers = json!({
        "Users": account.users.len(), "Groups": account.groups.len(), "Roles": account.roles.len(),
        "Policies": customers, "ServerCertificates": account.certificates.len(),
        "Providers": account.identity_providers.len(), "MFADevices": devices(account).len(),
        "MFADevicesInUse": devices(account).len(), "AccountMFAEnabled": 0,
        "AccountAccessKeysPresent": 0, "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": 0,
    });
    for (name, number) in &account.summary {
        numbers[name] = json!(number);
    }
    numbers
}

/// The virtual devices in use. Root has a hardware device, and so is not here, unless the account sets otherwise.
fn devices(account: &Account) -> Vec<Value> {
    let device = |user: &crate::aws::world::User| {
        json!({
            "SerialNumber": format!("arn:aws:iam::{}:mfa/{}", account.id, user.name),
            "EnableDate": user.created.as_deref().unwrap_or(LONG_AGO),
            "User": {
                "UserName": user.name, "Arn": details::user_arn(account, user), "Path": "/",
                "UserId": details::unique_id("AIDA", &user.name),
                "CreateDate": user.created.as_deref().unwrap_or(LONG_AGO),
            },
        })
    };
    let root = account.root_virtual_mfa.then(|| {
        json!({
            "SerialNumber": format!("arn:aws:iam::{}:mfa/root-account-mfa-device", account.id),
            "EnableDate": LONG_AGO,
            "User": {
                "Arn": format!("arn:aws:iam::{}:root", account.id), "UserId": account.id,
                "CreateDate": LONG_AGO,
            },
        })
    });
    account.users.iter().filter(|user| user.mfa).map(device).chain(root).collect()
}

/// What is managed centrally for a whole organization: only its management account may read it.
fn features(ask: &Ask<'_>) -> Result<Value, Failure> {
    let organization = ask.organization().ok_or_else(|| {
        Failure::new(404, "OrganizationNotFoundException", "The account is in no organization.")
    })?;
    if organization.management_account != ask.account.id {
        return Err(Failure::new(
            403,
            "AccountNotManagementOrDelegatedAdministratorException",
            "The account is neither the management account nor a delegated administrator.",
        ));
    }
    Ok(json!({ "OrganizationId": organization.id, "EnabledFeatures": organization.features }))
}
