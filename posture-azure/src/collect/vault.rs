//! Key vaults, and the keys and secrets in them as far as Resource Manager returns them: never their values.

use futures::StreamExt;
use posture_model::fact::{Fact, Known, NotOffered};
use posture_model::gap::{Gap, GapId};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{
    Account, Key, KeyOrigin, KeyState, Kind, Secret, Vault, VaultAccess,
};
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use serde_json::Value;

use single::Single;

use super::body::{Body, View, name_of, same, senseless, word};
use super::context::Subscription;
use super::sweep::Rows;
use super::{diagnostics, storage};
use crate::client::{ApiClient, CallError, Items, Question, RateLimit};
use crate::entry::{Action, ROW, VAULT};

pub(crate) const READ: Action = Action {
    name: "Microsoft.KeyVault/vaults/read",
    own: &[],
    per: ROW,
    lists: &[Kind::Key, Kind::Secret, Kind::Vault],
    fills: &[
        Vault::ACCESS,
        Vault::PURGE_PROTECTION,
        Vault::PUBLIC_NETWORK,
        Vault::NETWORK_DEFAULT_DENY,
        Vault::PRIVATE_ENDPOINTS,
        Vault::ADMINISTRATORS_WHO_DECRYPT,
        Key::VAULT_ACCESS,
        Secret::VAULT_ACCESS,
        Vault::TAGS,
        Account::DATA_REGIONS,
    ],
    command: "az keyvault show --name {name}",
};

pub(crate) const KEYS: Action = Action {
    name: "Microsoft.KeyVault/vaults/keys/read",
    own: &[],
    per: VAULT,
    lists: &[Kind::Key],
    fills: &[
        Key::STATE,
        Key::EXPIRES,
        Key::ROTATES,
        Key::ROTATION_DAYS,
        Key::ALGORITHM,
        Key::STRENGTH_BITS,
        Key::PURPOSES,
        Key::TAGS,
    ],
    command: "az resource show --ids {id}",
};

pub(crate) const SECRETS: Action = Action {
    name: "Microsoft.KeyVault/vaults/secrets/read",
    own: &[],
    per: VAULT,
    lists: &[Kind::Secret],
    fills: &[
        Secret::ENABLED,
        Secret::EXPIRES,
        Secret::VALID_FROM,
        Secret::CERTIFICATE,
        Key::ORIGIN,
        Secret::TAGS,
    ],
    command: "az resource show --ids {id}",
};

/// The type of the rows that are vaults.
pub(crate) const TYPE: &str = "microsoft.keyvault/vaults";

const VERSION: &str = "2023-07-01";

/// Vaults that are read at once in one subscription, and keys in one vault.
const AT_ONCE: usize = 8;

/// Whether anything is wanted that a vault shows.
pub(crate) fn is_wanted(wanted: &Wanted) -> bool {
    [Kind::Vault, Kind::Key, Kind::Secret].into_iter().any(|kind| wanted.kind(kind))
}

/// Reads every vault with what is in it.
pub(crate) async fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    read(audit, audit.rows(rows, TYPE, READ.name)).await
}

/// Every vault, from the rows of Resource Graph, with what is in it.
async fn read(audit: &Subscription<'_>, rows: Result<Vec<Value>, Gap>) -> Part {
    let rows = match rows {
        Ok(rows) => rows,
        Err(gap) => return unread(audit, audit.ask.gap(gap)),
    };
    // By their places: https://github.com/rust-lang/rust/issues/110338 keeps futures that closures make of references in
    // one thread.
    let vaults = (0..rows.len()).map(|place| vault(audit, &rows[place]));
    let all: Vec<One> = futures::stream::iter(vaults).buffered(AT_ONCE).collect().await;
    let mut found = Part {
        vaults: Listing::complete(Vec::new()),
        keys: Listing::complete(Vec::new()),
        secrets: Listing::complete(Vec::new()),
        ..Part::default()
    };
    for one in all {
        found.vaults.items.push(one.vault);
        join(&mut found.keys, one.keys);
        join(&mut found.secrets, one.secrets);
    }
    only_wanted(audit, found)
}

fn join<T>(all: &mut Listing<T>, more: Listing<T>) {
    all.items.extend(more.items);
    for gap in more.gaps {
        if !all.gaps.contains(&gap) {
            all.gaps.push(gap);
        }
    }
}

fn unread(audit: &Subscription<'_>, gap: GapId) -> Part {
    let found = Part {
        vaults: Listing::unread(gap),
        keys: Listing::unread(gap),
        secrets: Listing::unread(gap),
        ..Part::default()
    };
    only_wanted(audit, found)
}

fn only_wanted(audit: &Subscription<'_>, mut found: Part) -> Part {
    if !audit.wanted.kind(Kind::Vault) {
        found.vaults = Listing::not_collected();
    }
    if !audit.wanted.kind(Kind::Key) {
        found.keys = Listing::not_collected();
    }
    if !audit.wanted.kind(Kind::Secret) {
        found.secrets = Listing::not_collected();
    }
    found
}

/// A vault with what is in it.
struct One {
    vault: Vault,
    keys: Listing<Key>,
    secrets: Listing<Secret>,
}

async fn vault(audit: &Subscription<'_>, row: &Value) -> One {
    let id = word(row, "id").unwrap_or_default();
    let vault = Vault::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
    let body = Body { ask: audit.ask, action: READ.name, id, value: row };
    let vault =
        if body.is_resource() {
            own(vault, &body)
                .audit_targets(audit_targets(audit, id).await)
                .tags(storage::wanted_tags(audit, Vault::TAGS, &body))
        } else {
            audit.all_unknown(vault, senseless(READ.name, id))
        };
    let (keys, secrets) = futures::join!(
        listed(audit, &body, &KEYS, "keys"),
        listed(audit, &body, &SECRETS, "secrets"),
    );
    let within = Within { audit, vault: &vault, secrets: &secrets };
    let keys = match keys {
        None => Listing::not_collected(),
        Some(Items { items, refused }) => {
            let all = (0..items.len()).map(|place| within.key(&items[place]));
            let all: Vec<Option<Key>> =
                futures::stream::iter(all).buffered(AT_ONCE).collect().await;
            within.listing(KEYS.name, all, refused)
        }
    };
    let secrets = match &secrets {
        // They may have been listed for the sake of the keys alone.
        Some(Items { items, refused }) if audit.wanted.kind(Kind::Secret) => {
            let all = items.iter().map(|item| within.secret(item)).collect();
            within.listing(SECRETS.name, all, refused.clone())
        }
        _ => Listing::not_collected(),
    };
    One { vault, keys, secrets }
}

/// The values of the vault itself, by the [reference](https://learn.microsoft.com/en-us/rest/api/keyvault/keyvault/vaults/get).
fn own(vault: Vault, body: &Body<'_>) -> Vault {
    vault
        // Vaults that were made without a word on it have access policies. New ones have roles since version
        // 2026-02-01, and then say so:
        // https://learn.microsoft.com/en-us/azure/key-vault/general/access-control-default
        .access(body.flag("properties.enableRbacAuthorization").map(|roles| match roles {
            Some(true) => VaultAccess::Roles,
            Some(false) | None => VaultAccess::AccessPolicies,
        }))
        .purge_protection(purge_protection(body))
        .public_network(storage::public_network(body))
        .network_default_deny(storage::default_deny(body))
        .private_endpoints(storage::private_endpoints(body))
        .administrators_who_decrypt(policies::administrators_who_decrypt(body))
}

/// Absent means off. It [takes effect only with soft delete](https://learn.microsoft.com/en-us/azure/key-vault/general/soft-delete-overview),
/// which is on unless an old vault has it off.
fn purge_protection(body: &Body<'_>) -> Fact<bool> {
    let on = body.flag("properties.enablePurgeProtection").map(|on| on.unwrap_or(false));
    on & body.flag("properties.enableSoftDelete").map(|on| on.unwrap_or(true))
}

/// Where each request is recorded, by the
/// [category `AuditEvent`](https://learn.microsoft.com/en-us/azure/key-vault/general/logging) or a group that holds it.
async fn audit_targets(audit: &Subscription<'_>, id: &str) -> Fact<Vec<String>> {
    if !audit.wanted.fact(Vault::AUDIT_TARGETS) {
        return Fact::not_collected();
    }
    diagnostics::of_resource(audit, id).await.map(|settings| {
        let recording =
            settings.iter().filter(|one| one.covers("AuditEvent", &["allLogs", "audit"]));
        recording.filter_map(diagnostics::Setting::sink).map(str::to_owned).collect()
    })
}

/// What a vault lists, where it is called for.
async fn listed(
    audit: &Subscription<'_>,
    vault: &Body<'_>,
    action: &'static Action,
    what: &str,
) -> Option<Items> {
    if !audit.calls(action) {
        return None;
    }
    Some(list(audit.ask, audit.id, vault.id, action.name, what).await)
}

async fn list(
    ask: &ApiClient,
    subscription: &str,
    vault: &str,
    action: &'static str,
    what: &str,
) -> Items {
    let path = format!("{vault}/{what}?api-version={VERSION}");
    let lane = RateLimit::Subscription(subscription.to_owned());
    ask.list(Question { action, target: vault, lane: &lane, path: &path }).await
}

/// Whether the wanted facts require a call for each key: the list holds neither rotation policies nor what a key is for.
pub(crate) fn asks_each_key(wanted: &Wanted) -> bool {
    wanted.any(&[
        Key::ROTATES,
        Key::ROTATION_DAYS,
        Key::ALGORITHM,
        Key::STRENGTH_BITS,
        Key::PURPOSES,
    ])
}

/// Whether a key is enabled; only such a key is read by itself.
fn is_on(item: &Value) -> bool {
    has_attributes(item) && View(item).flag("properties.attributes.enabled") != Ok(Some(false))
}

/// Reads the keys of a vault as an audit would, and counts those that it would read one by one.
pub(crate) async fn count_keys(ask: &ApiClient, row: &Value) -> u64 {
    let id = word(row, "id").unwrap_or_default();
    let subscription = id.split('/').nth(2).unwrap_or_default();
    let Items { items, .. } = list(ask, subscription, id, KEYS.name, "keys").await;
    items.iter().filter(|item| word(item, "id").is_some() && is_on(item)).count() as u64
}

/// What the keys and secrets of one vault are read with.
struct Within<'a> {
    audit: &'a Subscription<'a>,
    vault: &'a Vault,
    secrets: &'a Option<Items>,
}

impl Within<'_> {
    /// The listed items. An item without an ID makes the list incomplete, as it is unknown which one it is.
    fn listing<T>(
        &self,
        action: &'static str,
        all: Vec<Option<T>>,
        refused: Option<CallError>,
    ) -> Listing<T> {
        let nameless = all.iter().any(Option::is_none);
        let mut listing = self.audit.ask.listing(all.into_iter().flatten().collect(), refused);
        if nameless {
            listing.gaps.push(self.audit.ask.gap(senseless(action, &self.vault.id)));
        }
        listing
    }

    async fn key(&self, item: &Value) -> Option<Key> {
        let id = word(item, "id").filter(|id| !id.is_empty())?;
        let name = name_of(item);
        let key = Key::unread_on(Provider::Azure, id, name, self.vault.region.as_deref());
        if !has_attributes(item) {
            return Some(self.audit.all_unknown(key, senseless(KEYS.name, id)));
        }
        let body = Body { ask: self.audit.ask, action: KEYS.name, id, value: item };
        let expires = body.seconds("properties.attributes.exp");
        let Single { rotates, rotation_days, algorithm, strength_bits, purposes } =
            self.single(&body, &expires).await;
        let state =
            enabled(&body).map(|on| if *on { KeyState::Enabled } else { KeyState::Disabled });
        let key = key
            .state(state)
            .origin(self.origin(name, &expires, &rotates))
            // Keys of every kind rotate, each separately.
            .rotates(rotates)
            .rotation_days(rotation_days)
            .algorithm(algorithm)
            .strength_bits(strength_bits)
            .purposes(purposes)
            .expires(expires)
            .vault_access(self.vault.access.clone())
            // Only the vault says who may use it.
            .tags(storage::wanted_tags(self.audit, Key::TAGS, &body));
        Some(key)
    }

    /// A key that was created for a certificate has its name, as does the secret, and expires with it. Any other origin of a key
    /// is not returned, and does not matter: imported keys rotate, too.
    fn origin(
        &self,
        name: &str,
        expires: &Fact<Option<Time>>,
        rotates: &Fact<bool>,
    ) -> Fact<KeyOrigin> {
        let Some(Items { items, refused }) = self.secrets else { return Fact::not_collected() };
        // Only a key without a certificate has a policy.
        if *rotates == Known(true) {
            return NotOffered;
        }
        let pair = items.iter().find(|item| same(name_of(item), name));
        let nameless = || items.iter().any(|item| name_of(item).is_empty());
        match (pair, refused) {
            (Some(item), _) => {
                let body =
                    Body { ask: self.audit.ask, action: SECRETS.name, id: name, value: item };
                is_of_certificate(&body).and_then(|is| match (is, expires) {
                    (false, _) | (true, Known(None) | NotOffered) => NotOffered,
                    (true, Fact::Gap(gap)) => Fact::Gap(*gap),
                    (true, Known(Some(end))) => {
                        body.seconds("properties.attributes.exp").and_then(|of_secret| {
                            if *of_secret == Some(*end) {
                                Known(KeyOrigin::Certificate)
                            } else {
                                NotOffered
                            }
                        })
                    }
                })
            }
            // One without a name may be the one.
            (None, None) if nameless() => {
                self.audit.ask.unknown(senseless(SECRETS.name, &self.vault.id))
            }
            (None, None) => NotOffered,
            (None, Some(refused)) => self.audit.ask.unknown(refused.gap.clone()),
        }
    }

    /// What only the key itself shows.
    async fn single(&self, listed: &Body<'_>, expires: &Fact<Option<Time>>) -> Single {
        // A key that is switched off does not count, whatever it is.
        if !asks_each_key(self.audit.wanted) || !is_on(listed.value) {
            return Single::unread(GapId::NOT_COLLECTED);
        }
        let path = format!("{}?api-version={VERSION}", listed.id);
        let lane = RateLimit::Subscription(self.audit.id.to_owned());
        let question = Question { action: KEYS.name, target: listed.id, lane: &lane, path: &path };
        match self.audit.ask.get(question).await {
            Ok(answer) if has_attributes(&answer) => Single::of(&listed.within(&answer), expires),
            Ok(_) => Single::unread(self.audit.ask.gap(senseless(KEYS.name, listed.id))),
            Err(CallError { gap, .. }) => Single::unread(self.audit.ask.gap(gap)),
        }
    }

    fn secret(&self, item: &Value) -> Option<Secret> {
        let id = word(item, "id").filter(|id| !id.is_empty())?;
        let secret =
            Secret::unread_on(Provider::Azure, id, name_of(item), self.vault.region.as_deref());
        if !has_attributes(item) {
            return Some(self.audit.all_unknown(secret, senseless(SECRETS.name, id)));
        }
        let body = Body { ask: self.audit.ask, action: SECRETS.name, id, value: item };
        let certificate = is_of_certificate(&body);
        let from = body.seconds("properties.attributes.nbf").and_then(|from| match from {
            // A certificate begins at some time, always.
            None if certificate == Known(true) => body.malformed("properties.attributes.nbf"),
            from => Known(*from),
        });
        let secret = secret
            .enabled(enabled(&body))
            .expires(body.seconds("properties.attributes.exp"))
            .valid_from(from)
            .certificate(certificate)
            .vault_access(self.vault.access.clone())
            .tags(storage::wanted_tags(self.audit, Secret::TAGS, &body));
        Some(secret)
    }
}

fn has_attributes(item: &Value) -> bool {
    matches!(View(item).object("properties.attributes"), Ok(Some(_)))
}

/// [Absent means on](https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates).
fn enabled(body: &Body<'_>) -> Fact<bool> {
    body.flag("properties.attributes.enabled").map(|on| on.unwrap_or(true))
}

/// The [content type](https://learn.microsoft.com/en-us/azure/key-vault/certificates/about-certificates) of a secret
/// that belongs to a certificate is that of the certificate.
fn is_of_certificate(body: &Body<'_>) -> Fact<bool> {
    body.text("properties.contentType").map(|kind| {
        kind.is_some_and(|kind| {
            same(kind, "application/x-pkcs12") || same(kind, "application/x-pem-file")
        })
    })
}

mod policies;
mod single;
#[cfg(test)]
mod tests;
