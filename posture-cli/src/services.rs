//! The services that a control is about: those whose interfaces it reads.

use std::collections::BTreeSet;

use posture_core::catalogue::Catalogue;
use posture_core::control::Control;
use posture_core::provider::Provider;

use crate::error::{Failure, Result, did_you_mean};
use crate::listing::calls;

/// What people call services whose interfaces have another name.
const ALIASES: &[(&str, &str)] = &[
    ("defender", "security"),
    ("iam-access-analyzer", "access-analyzer"),
    ("key-vault", "keyvault"),
    ("log-analytics", "operationalinsights"),
    ("monitor", "insights"),
    ("app-service", "web"),
    ("entra-id", "entra"),
];

/// The services of a control, each as its provider's actions begin, in lowercase: `s3`, `guardduty`, `storage` for
/// `Microsoft.Storage`, and `entra` for Microsoft Graph.
pub(crate) fn of(control: &'static Control) -> BTreeSet<String> {
    control.remediation.iter().flat_map(|(provider, _)| on(control, *provider)).collect()
}

/// The same on one provider.
pub(crate) fn on(control: &'static Control, provider: Provider) -> BTreeSet<String> {
    calls(control, provider).into_iter().filter_map(service).collect()
}

/// The service of an action, such as `s3:GetBucketAcl`, `Microsoft.Storage/storageAccounts/read` or `/users`.
fn service(action: &str) -> Option<String> {
    let name = match action.split_once([':', '/']) {
        Some(("", _)) => "entra",
        Some((name, _)) => name.rsplit('.').next().unwrap_or(name),
        None => return None,
    };
    Some(name.to_lowercase())
}

/// A service by its name, as controls of the catalogue have it.
///
/// # Errors
/// Where no control is about a service of this name.
pub(crate) fn find(name: &str, catalogue: &Catalogue) -> Result<String> {
    let plain = name.trim().to_lowercase().replace([' ', '_'], "-");
    let plain = plain.rsplit_once("microsoft.").map_or(plain.as_str(), |(_, rest)| rest);
    let alias = ALIASES.iter().find(|(called, _)| *called == plain).map(|(_, known)| *known);
    let known: BTreeSet<String> = catalogue.all().iter().flat_map(|control| of(control)).collect();
    for name in [plain, alias.unwrap_or(plain)] {
        if known.contains(name) {
            return Ok(name.to_owned());
        }
    }
    let names = known.iter().map(String::as_str).chain(ALIASES.iter().map(|(called, _)| *called));
    let failure = Failure::usage(format!("no control is about a service `{name}`"));
    let failure = match did_you_mean(&posture_core::suggest::nearest(plain, names)) {
        Some(guess) => failure.help(guess),
        None => failure,
    };
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Err(failure.help(format!("services: {}", known.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_the_beginning_of_an_action() {
        for (action, name) in [
            ("s3:GetBucketAcl", "s3"),
            ("access-analyzer:ListAnalyzers", "access-analyzer"),
            ("Microsoft.KeyVault/vaults/read", "keyvault"),
            ("microsoft.aadiam/diagnosticSettings/read", "aadiam"),
            ("/users/{id}", "entra"),
        ] {
            assert_eq!(service(action).as_deref(), Some(name));
        }
        assert_eq!(service("main"), None);
    }

    #[test]
    fn a_service_is_found_by_what_people_call_it() {
        let catalogue = Catalogue::default();
        let find = |name: &str| find(name, &catalogue);
        for (name, known) in [
            ("S3", "s3"),
            ("GuardDuty", "guardduty"),
            ("Key Vault", "keyvault"),
            ("Microsoft.Storage", "storage"),
            ("defender", "security"),
            ("access analyzer", "access-analyzer"),
            ("Entra ID", "entra"),
            ("config", "config"),
        ] {
            assert_eq!(find(name).unwrap(), known, "{name}");
        }
        let text = find("guarduty").unwrap_err().to_string();
        assert!(text.contains("did you mean `guardduty`"), "{text}");
    }
}
