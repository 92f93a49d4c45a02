//! The Secrets of manifests: which of their keys have a value there. No value leaves this file.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::fact::Known;
use posture_model::provider::Provider;
use posture_model::resource::SecretManifest;

use super::objects::Observed;
use crate::read::{Invalid, Object};

/// The keys of Secrets with a type whose values are public.
static PUBLIC: Dated<&str> = Dated::new(
    &["https://kubernetes.io/docs/concepts/configuration/secret/#secret-types"],
    "2026-12-01",
    &["ca.crt", "namespace", "tls.crt"],
);

/// What begins and ends a text that another program replaces before the manifest is applied: variables of shells and of Flux, templates,
/// and placeholders such as those of the plugin for Vault of Argo CD.
static REPLACED: Dated<(&str, &str)> = Dated::new(
    &[
        "https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution",
        "https://argocd-vault-plugin.readthedocs.io/en/stable/howitworks/",
    ],
    "2026-12-01",
    &[("${", "}"), ("$(", ")"), ("{{", "}}"), ("<", ">")],
);

/// What begins a text that names a value in a store, or an encrypted one: of vals, of Bank-Vaults and of SOPS.
static ELSEWHERE: Dated<&str> = Dated::new(
    &[
        "https://github.com/helmfile/vals",
        "https://bank-vaults.dev/docs/mutating-webhook/",
        "https://getsops.io/docs/",
    ],
    "2026-12-01",
    &["ref+", "vault:", "ENC[AES256_GCM,"],
);

/// Reads a Secret.
pub(super) fn read(of: &Observed<'_>, unique: String) -> Result<SecretManifest, Invalid> {
    let mut fields = Object::of(of.object, "")?;
    let mut keys = Vec::new();
    for (key, value) in fields.map("data")? {
        let decoded = BASE64_STANDARD.decode(value.split_whitespace().collect::<String>());
        // The server refuses what is not Base64: it is a text that is to be replaced, or a mistake.
        let bytes = decoded.unwrap_or_else(|_| value.clone().into_bytes());
        if is_value(&key, &bytes) {
            keys.push(format!("data: {key}"));
        }
    }
    for (key, value) in fields.map("stringData")? {
        if is_value(&key, value.as_bytes()) {
            keys.push(format!("stringData: {key}"));
        }
    }
    let mut resource = SecretManifest::unread_on(
        Provider::Kubernetes,
        unique,
        of.name.as_str(),
        of.namespace.as_deref(),
    );
    resource.source = of.source.clone().map(Box::new);
    Ok(resource.tags(Known(of.labels.clone())).literal_keys(Known(Entries::from(keys))))
}

/// Whether something is a value that is to be kept secret.
fn is_value(key: &str, bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return true };
    let text = text.trim();
    let is_certificate = text.starts_with("-----BEGIN CERTIFICATE-----")
        || text.starts_with("-----BEGIN PUBLIC KEY-----");
    let is_public =
        PUBLIC.items().contains(&key) || (is_certificate && !text.contains("PRIVATE KEY"));
    !(text.is_empty() || is_public || is_reference(text))
}

/// Whether a text as a whole stands for a value that is elsewhere.
fn is_reference(text: &str) -> bool {
    let replaced = REPLACED.iter().any(|(begin, end)| {
        let inner = text.strip_prefix(begin).and_then(|rest| rest.strip_suffix(end));
        // A default beside the name, as in `${NAME:=value}`, is a value. So is what follows the first reference.
        inner.is_some_and(|inner| !inner.is_empty() && !inner.contains([':', '=', '}', ')', '>']))
    });
    // The placeholders of Argo CD's plugin name their path: `<path:shop/data/db#password>`.
    let path = text.strip_prefix("<path:").and_then(|rest| rest.strip_suffix('>'));
    replaced
        || path.is_some_and(|path| !path.contains('>'))
        || ELSEWHERE.iter().any(|begin| text.starts_with(begin))
}
