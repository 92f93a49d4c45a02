//! The services of a provider that a control is about, by the names that people type: `s3`, `key-vault`, `GuardDuty`.
//!
//! There is no list of services. A control names products among its keywords, and the actions that list the resources it
//! judges belong to services.

use std::collections::BTreeSet;

use crate::control::Control;
use crate::provider_info::ProviderInfo;
use crate::resource::{FactId, Kind};
use crate::wanted::Wanted;

/// The names of services, products and other keywords of a control on a provider, each as [`plain`] has it; none where it
/// does not judge the provider.
pub fn of(control: &Control, info: &ProviderInfo) -> BTreeSet<String> {
    let mut all = called(control, info);
    if control.judges(info.provider) {
        all.extend(control.keywords.iter().map(|keyword| plain(keyword)));
    }
    all
}

/// Whether a keyword of a control begins with a word, as those of the Defender plans do with `defender`.
pub fn begins(control: &Control, word: &str) -> bool {
    control.keywords.iter().any(|keyword| {
        keyword.split_whitespace().next().is_some_and(|first| first.to_lowercase() == word)
    })
}

/// The services whose actions list the resources that a control judges on a provider.
pub fn called(control: &Control, info: &ProviderInfo) -> BTreeSet<String> {
    if !control.judges(info.provider) {
        return BTreeSet::new();
    }
    let kind = control.test.check.kind();
    // An account is not listed: its facts belong to the services that return them.
    let wanted = match kind {
        Kind::Account => {
            let own = control.test.reads.iter().filter(|fact| fact.kind == kind);
            Wanted::of(&own.copied().collect::<Vec<FactId>>(), &[])
        }
        kind => Wanted::of(&[], &[kind]),
    };
    let always = (info.actions)(&Wanted::default());
    let actions = (info.actions)(&wanted).into_iter().filter(|action| !always.contains(action));
    actions.map(service).filter(|service| !service.is_empty()).collect()
}

/// The service of an action: `s3` of `s3:GetBucketPolicy`, `keyvault` of `Microsoft.KeyVault/vaults/read`; empty where its
/// name has none, as with the paths of Microsoft Graph.
fn service(action: &str) -> String {
    let service = action.split([':', '/']).next().unwrap_or_default();
    plain(service.rsplit('.').next().unwrap_or(service))
}

/// A name without what people leave out or write in several ways: case, blanks and hyphens, and the name of the provider
/// before that of the product. `Azure Key Vault` and `key-vault` are both `keyvault`, `Entra ID` is `entra`.
pub fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && ["amazon", "aws", "azure", "microsoft"].contains(&words[0]) {
        words.remove(0);
    }
    if words.len() > 1 && words.last() == Some(&"id") {
        words.pop();
    }
    words.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_however_it_is_written() {
        for (written, expected) in [
            ("S3", "s3"),
            ("Amazon S3", "s3"),
            ("AWS Organizations", "organizations"),
            ("Azure Key Vault", "keyvault"),
            ("key-vault", "keyvault"),
            ("KeyVault", "keyvault"),
            ("Microsoft Entra ID", "entra"),
            ("entra-id", "entra"),
            ("AWS", "aws"),
            ("ID", "id"),
            ("", ""),
        ] {
            assert_eq!(plain(written), expected, "{written}");
        }
    }

    #[test]
    fn an_action_names_its_service() {
        for (action, expected) in [
            ("s3:GetBucketPolicy", "s3"),
            ("access-analyzer:ListAnalyzers", "accessanalyzer"),
            ("Microsoft.KeyVault/vaults/read", "keyvault"),
            ("/policies/authorizationPolicy", ""),
        ] {
            assert_eq!(service(action), expected, "{action}");
        }
    }
}
