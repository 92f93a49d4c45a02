//! Storage accounts.

use std::collections::BTreeSet;

use futures::StreamExt;
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known, NotOffered};
use posture_model::gap::{Gap, Reason};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{
    Account, AuditTrail, Bucket, Encryption, FactId, Kind, PublicAccessBlock, PublicNetwork,
    TlsVersion,
};
use posture_model::time::Time;
use serde_json::Value;

use super::body::{Body, Read, View, field, name_of, same, senseless, word};
use super::context::Subscription;
use super::diagnostics;
use super::sweep::Rows;
use crate::client::{CallError, Items, Question, RateLimit};
use crate::entry::{Action, Per, ROW, WITH_BLOBS, WITH_FILES, WITH_OPEN_BLOBS};

pub(crate) const READ: Action = Action {
    name: "Microsoft.Storage/storageAccounts/read",
    own: &[],
    per: ROW,
    lists: &[Kind::Bucket],
    fills: &[
        Bucket::PUBLIC_ACCESS_BLOCK,
        Bucket::TLS_ENFORCED,
        Bucket::MINIMUM_TLS,
        Bucket::ENCRYPTION,
        Bucket::TAGS,
        Bucket::PUBLIC_NETWORK,
        Bucket::NETWORK_DEFAULT_DENY,
        Bucket::TRUSTED_SERVICES_ALLOWED,
        Bucket::PRIVATE_ENDPOINTS,
        Bucket::SHARED_KEY_ACCESS,
        Bucket::PORTAL_AS_USER,
        Bucket::ACCESS_KEYS_MADE,
        Bucket::ACCESS_KEY_REMINDER_DAYS,
        Bucket::CROSS_TENANT_REPLICATION,
        Bucket::GEO_REDUNDANT,
        AuditTrail::KEY,
        Account::DATA_REGIONS,
    ],
    command: "az storage account show --ids {id}",
};

pub(crate) const BLOB_SERVICE: Action = Action {
    name: "Microsoft.Storage/storageAccounts/blobServices/read",
    own: &[],
    per: Per::of(Kind::Bucket, WITH_BLOBS),
    lists: &[],
    fills: &[Bucket::SOFT_DELETE_DAYS, Bucket::CONTAINER_SOFT_DELETE_DAYS, Bucket::VERSIONING],
    command: "az storage account blob-service-properties show --account-name {name}",
};

pub(crate) const CONTAINERS: Action = Action {
    name: "Microsoft.Storage/storageAccounts/blobServices/containers/read",
    own: &[],
    per: Per::of(Kind::Bucket, WITH_OPEN_BLOBS).at_least(),
    lists: &[],
    fills: &[Bucket::ACL_PUBLIC_READ, AuditTrail::UNLOCKED_CONTAINERS],
    command: "az storage container-rm list --storage-account {id}",
};

pub(crate) const FILE_SERVICE: Action = Action {
    name: "Microsoft.Storage/storageAccounts/fileServices/read",
    own: &[],
    per: Per::of(Kind::Bucket, WITH_FILES),
    lists: &[],
    fills: &[Bucket::SHARE_SOFT_DELETE_DAYS, Bucket::SMB_VERSIONS, Bucket::SMB_CIPHERS],
    command: "az storage account file-service-properties show --account-name {name}",
};

/// The type of the rows that are storage accounts.
pub(crate) const TYPE: &str = "microsoft.storage/storageaccounts";

pub(super) const VERSION: &str = "2023-05-01";

/// Storage accounts that are read at once in one subscription.
const AT_ONCE: usize = 16;

/// Reads every storage account.
pub(crate) async fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    match audit.rows(rows, TYPE, READ.name) {
        Ok(rows) => Listing::complete(accounts(audit, &rows).await).into(),
        Err(gap) => Listing::<Bucket>::unread(audit.ask.gap(gap)).into(),
    }
}

/// Every storage account, from the rows of Resource Graph.
async fn accounts(audit: &Subscription<'_>, rows: &[Value]) -> Vec<Bucket> {
    // By their places, as in `vault::collect`.
    let accounts = (0..rows.len()).map(|place| account(audit, &rows[place]));
    futures::stream::iter(accounts).buffered(AT_ONCE).collect().await
}

async fn account(audit: &Subscription<'_>, row: &Value) -> Bucket {
    let id = word(row, "id").unwrap_or_default();
    let bucket = Bucket::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
    let body = Body { ask: audit.ask, action: READ.name, id, value: row };
    if !body.is_resource() {
        return audit.all_unknown(bucket, senseless(READ.name, id));
    }
    let bucket = own(bucket, &body);
    // The kind of an account is always returned, and decides which services it has.
    let kind = body.need("kind", View::text);
    let (has_blobs, has_files) = (kind.map(|kind| has_blobs(kind)), kind.map(|_| has_files(row)));
    let (blobs, files, readers, log) = futures::join!(
        blob_service(audit, &body, &has_blobs),
        file_service(audit, &body, &has_files),
        public_containers(audit, &body, &has_blobs, &bucket),
        access_log(audit, &body, &has_blobs),
    );
    bucket
        .soft_delete_days(blobs.soft_delete)
        .container_soft_delete_days(blobs.container_soft_delete)
        .versioning(blobs.versioning)
        .share_soft_delete_days(files.soft_delete)
        .smb_versions(files.smb_versions)
        .smb_ciphers(files.smb_ciphers)
        .acl_public_read(readers)
        .access_log_target(log)
        .delete_locks(audit.locks_of(id, |_| true))
        .read_only_locks(audit.locks_of(id, |lock| lock.read_only))
}

/// The values of the account itself, by the
/// [reference](https://learn.microsoft.com/en-us/rest/api/storagerp/storage-accounts/get-properties).
fn own(bucket: Bucket, body: &Body<'_>) -> Bucket {
    let flag = |path: &str, absent: bool| body.flag(path).map(|value| value.unwrap_or(absent));
    bucket
        // No one can write without a key or a role, and accounts have no policies.
        // Absent on accounts that were made before the setting existed: then it is allowed.
        .public_access_block(flag("properties.allowBlobPublicAccess", true).map(|allowed| {
            if *allowed { PublicAccessBlock::default() } else { PublicAccessBlock::ALL }
        }))
        // True unless it was switched off, since version 2019-04-01.
        .tls_enforced(flag("properties.supportsHttpsTrafficOnly", true))
        .minimum_tls(minimum_tls(body))
        .encryption(encryption(body))
        .tags(tags(body))
        .public_network(public_network(body))
        .network_default_deny(default_deny(body))
        .trusted_services_allowed(trusted_services(body, "properties.networkAcls.bypass"))
        .private_endpoints(private_endpoints(body))
        // Absent means allowed.
        .shared_key_access(flag("properties.allowSharedKeyAccess", true))
        // Absent means that the portal takes a key.
        .portal_as_user(flag("properties.defaultToOAuthAuthentication", false))
        .access_keys_made(keys_made(body))
        // Absent means that no reminder is sent.
        .access_key_reminder_days(body.number("properties.keyPolicy.keyExpirationPeriodInDays"))
        .cross_tenant_replication(cross_tenant(body))
        .geo_redundant(geo_redundant(body))
}

/// Absent means TLS 1.0. Versions that came later than this compare by their number.
fn minimum_tls(body: &Body<'_>) -> Fact<TlsVersion> {
    body.text("properties.minimumTlsVersion").and_then(|version| {
        let Some(version) = version else { return Known(TlsVersion::V1_0) };
        let number = version.get(..3).filter(|prefix| same(prefix, "TLS")).and_then(|_| {
            let (major, minor) = version.get(3..)?.split_once('_')?;
            Some(TlsVersion { major: major.parse().ok()?, minor: minor.parse().ok()? })
        });
        number.map_or_else(|| body.unsupported(version), Known)
    })
}

/// Data at rest is always encrypted; the question is with whose key.
pub(crate) fn encryption(body: &Body<'_>) -> Fact<Encryption> {
    let source = body.text("properties.encryption.keySource");
    source.and_then(|source| match source {
        None => Known(Encryption::Provider),
        Some(source) if same(source, "Microsoft.Storage") => Known(Encryption::Provider),
        // A managed HSM is named in the same way.
        Some(source) if same(source, "Microsoft.Keyvault") => {
            let property = |name: &str| {
                body.need(&format!("properties.encryption.keyvaultproperties.{name}"), View::text)
            };
            property("keyvaulturi").and_then(|vault| {
                property("keyname").map(|name| {
                    let vault = vault.trim_end_matches('/');
                    Encryption::CustomerKey(format!("{vault}/keys/{name}"))
                })
            })
        }
        Some(other) => body.unsupported(other),
    })
}

/// The tags of a resource of any kind, if an exception names a tag.
pub(crate) fn wanted_tags(
    audit: &Subscription<'_>,
    fact: FactId,
    body: &Body<'_>,
) -> Fact<std::collections::BTreeMap<String, String>> {
    if audit.wanted.fact(fact) { tags(body) } else { Fact::not_collected() }
}

pub(crate) fn tags(body: &Body<'_>) -> Fact<std::collections::BTreeMap<String, String>> {
    body.fact(body.view().object("tags")).and_then(|tags| {
        let tag = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
        let tags: Option<_> = tags.iter().flat_map(|tags| tags.iter()).map(tag).collect();
        tags.map_or_else(|| body.malformed("tags"), Known)
    })
}

const PUBLIC_NETWORK: &str = "properties.publicNetworkAccess";

/// Absent means enabled.
pub(crate) fn public_network(body: &Body<'_>) -> Fact<PublicNetwork> {
    body.text(PUBLIC_NETWORK).and_then(|access| match access {
        None => Known(PublicNetwork::Enabled),
        Some(access) if same(access, "Enabled") => Known(PublicNetwork::Enabled),
        Some(access) if same(access, "Disabled") => Known(PublicNetwork::Disabled),
        Some(access) if same(access, PERIMETER) => by_perimeter(body),
        Some(other) => body.unsupported(other),
    })
}

/// The rules of a [network security perimeter] override the firewall of the service, and may admit any address. They are not
/// read.
///
/// [network security perimeter]: https://learn.microsoft.com/en-us/azure/storage/common/storage-network-security-perimeter
fn by_perimeter<T>(body: &Body<'_>) -> Fact<T> {
    let mut gap = Gap::new(body.action, body.id, Reason::Undetermined);
    gap.detail =
        Some("a network security perimeter decides, and its rules are not read".to_owned());
    body.ask.unknown(gap)
}

const PERIMETER: &str = "SecuredByPerimeter";

/// Whether the firewall denies by default; absent means that it allows.
pub(crate) fn default_deny(body: &Body<'_>) -> Fact<bool> {
    if body
        .view()
        .text(PUBLIC_NETWORK)
        .is_ok_and(|access| access.is_some_and(|access| same(access, PERIMETER)))
    {
        return by_perimeter(body);
    }
    body.text("properties.networkAcls.defaultAction").and_then(|action| match action {
        None => Known(false),
        Some(action) if same(action, "Allow") => Known(false),
        Some(action) if same(action, "Deny") => Known(true),
        Some(other) => body.unsupported(other),
    })
}

/// A list of words with commas between; absent means `AzureServices`.
fn trusted_services(body: &Body<'_>, path: &str) -> Fact<bool> {
    body.text(path).map(|bypass| match bypass {
        None => true,
        Some(words) => words.split(',').any(|word| same(word.trim(), "AzureServices")),
    })
}

/// The private endpoints of a resource whose connection its owner approved. One that certainly is approved decides, even if
/// others are unknown.
pub(crate) fn private_endpoints(body: &Body<'_>) -> Fact<Vec<String>> {
    const STATE: &str = "properties.privateLinkServiceConnectionState.status";
    body.list("properties.privateEndpointConnections").and_then(|connections| {
        let mut approved = Vec::new();
        let mut gap = None;
        for connection in *connections {
            let connection = body.within(connection);
            let state = connection.need(STATE, View::text);
            let is_approved = state.and_then(|state| match *state {
                state if same(state, "Approved") => Known(true),
                // https://learn.microsoft.com/en-us/azure/private-link/private-endpoint-overview#private-link-resource
                state
                    if ["Pending", "Rejected", "Disconnected"].iter().any(|no| same(state, no)) =>
                {
                    Known(false)
                }
                other => connection.unsupported(other),
            });
            match is_approved {
                Known(true) => {
                    let endpoint = connection.view().text("properties.privateEndpoint.id");
                    let endpoint = endpoint.ok().flatten().or_else(|| word(connection.value, "id"));
                    approved.push(endpoint.unwrap_or_default().to_owned());
                }
                Known(false) | NotOffered => {}
                Fact::Gap(unknown) => gap = gap.or(Some(unknown)),
            }
        }
        match gap {
            Some(gap) if approved.is_empty() => Fact::Gap(gap),
            _ => Known(approved),
        }
    })
}

/// A key without a time was not rotated since
/// [times are kept](https://learn.microsoft.com/en-us/azure/storage/common/storage-account-get-info#get-the-creation-time-of-the-account-access-keys-for-a-storage-account):
/// it is taken to be as old as the account.
fn keys_made(body: &Body<'_>) -> Fact<Vec<Time>> {
    let key = |name: &str| {
        body.time(&format!("properties.keyCreationTime.{name}")).and_then(|made| match made {
            Some(made) => Known(*made),
            None => body.need("properties.creationTime", View::time),
        })
    };
    key("key1").and_then(|first| key("key2").map(|second| vec![*first, *second]))
}

/// Absent means what was the default when the account was made: allowed until
/// [15 December 2023](https://learn.microsoft.com/en-us/azure/storage/blobs/object-replication-prevent-cross-tenant-policies),
/// denied since.
fn cross_tenant(body: &Body<'_>) -> Fact<bool> {
    let refused_since = Time::from_unix(1_702_598_400);
    body.flag("properties.allowCrossTenantReplication").and_then(|allowed| match allowed {
        Some(allowed) => Known(*allowed),
        None => body.need("properties.creationTime", View::time).map(|made| *made < refused_since),
    })
}

/// The [redundancy](https://learn.microsoft.com/en-us/azure/storage/common/storage-redundancy) is the end of the SKU's
/// name.
fn geo_redundant(body: &Body<'_>) -> Fact<bool> {
    body.need("sku.name", View::text).and_then(|name| {
        let redundancy = name.rsplit('_').next().unwrap_or_default().to_ascii_uppercase();
        match redundancy.as_str() {
            "GRS" | "RAGRS" | "GZRS" | "RAGZRS" => Known(true),
            "LRS" | "ZRS" => Known(false),
            _ => body.unsupported(name),
        }
    })
}

/// An account for file shares only has no blobs.
fn has_blobs(kind: &str) -> bool {
    !same(kind, "FileStorage")
}

/// An account for blobs only has no file shares, and neither has one of the premium tier: that holds
/// [page blobs](https://learn.microsoft.com/en-us/azure/storage/common/storage-account-overview#types-of-storage-accounts),
/// unless it is of the kind for file shares.
fn has_files(account: &Value) -> bool {
    let kind = word(account, "kind").unwrap_or_default();
    let sku = field(account, "sku").and_then(|sku| word(sku, "name")).unwrap_or_default();
    let premium = sku.split('_').next().is_some_and(|tier| same(tier, "Premium"));
    let blobs = same(kind, "BlobStorage") || same(kind, "BlockBlobStorage");
    let general = same(kind, "Storage") || same(kind, "StorageV2");
    !(blobs || general && premium)
}

/// What to request for an account.
pub(crate) struct Parts {
    pub(crate) blobs: bool,
    /// Whether it does not block anonymous readers as a whole, so that each container counts.
    pub(crate) open_blobs: bool,
    pub(crate) files: bool,
}

pub(crate) fn parts(row: &Value) -> Parts {
    let kind = word(row, "kind");
    let shut = View(row).flag("properties.allowBlobPublicAccess") == Ok(Some(false));
    let (blobs, files) = (kind.is_some_and(has_blobs), kind.is_some() && has_files(row));
    Parts { blobs, open_blobs: blobs && !shut, files }
}

/// Why a service of an account need not be read; none if the account has the service.
fn without<T>(has: &Fact<bool>) -> Option<Fact<T>> {
    match has {
        Known(true) => None,
        Known(false) | NotOffered => Some(NotOffered),
        Fact::Gap(gap) => Some(Fact::Gap(*gap)),
    }
}

fn lane(audit: &Subscription<'_>, body: &Body<'_>) -> RateLimit {
    let region = word(body.value, "location").unwrap_or_default().to_ascii_lowercase();
    RateLimit::Storage(audit.id.to_owned(), region)
}

async fn child(
    audit: &Subscription<'_>,
    body: &Body<'_>,
    action: &'static str,
    path: &str,
) -> Result<Value, CallError> {
    let path = format!("{}/{path}?api-version={VERSION}", body.id);
    let lane = lane(audit, body);
    audit.ask.get(Question { action, target: body.id, lane: &lane, path: &path }).await
}

struct Blobs {
    soft_delete: Fact<Option<u32>>,
    container_soft_delete: Fact<Option<u32>>,
    versioning: Fact<bool>,
}

async fn blob_service(
    audit: &Subscription<'_>,
    account: &Body<'_>,
    has_blobs: &Fact<bool>,
) -> Blobs {
    let every = |fact: Fact<Option<u32>>, versioning| Blobs {
        soft_delete: fact.clone(),
        container_soft_delete: fact,
        versioning,
    };
    if !audit.calls(&BLOB_SERVICE) {
        return every(Fact::not_collected(), Fact::not_collected());
    }
    if let (Some(none), Some(versioning)) = (without(has_blobs), without(has_blobs)) {
        return every(none, versioning);
    }
    let answer = match child(audit, account, BLOB_SERVICE.name, "blobServices/default").await {
        Ok(answer) => answer,
        Err(refused) => {
            let gap = audit.ask.gap(refused.gap);
            return every(Fact::Gap(gap), Fact::Gap(gap));
        }
    };
    let body = Body { action: BLOB_SERVICE.name, ..account.within(&answer) };
    if !body.is_resource() {
        let gap = audit.ask.gap(senseless(BLOB_SERVICE.name, account.id));
        return every(Fact::Gap(gap), Fact::Gap(gap));
    }
    let hierarchical = account.flag("properties.isHnsEnabled").map(|on| on.unwrap_or(false));
    Blobs {
        soft_delete: retention(&body, "properties.deleteRetentionPolicy"),
        container_soft_delete: retention(&body, "properties.containerDeleteRetentionPolicy"),
        // Accounts with a hierarchical namespace have no versions.
        versioning: hierarchical.and_then(|hierarchical| {
            if *hierarchical {
                return NotOffered;
            }
            body.flag("properties.isVersioningEnabled").map(|on| on.unwrap_or(false))
        }),
    }
}

/// For how many days something deleted can be restored; a policy that is absent or switched off keeps nothing.
fn retention(body: &Body<'_>, path: &str) -> Fact<Option<u32>> {
    body.fact(retention_of(body.view(), path))
}

fn retention_of(answer: View<'_>, path: &str) -> Read<Option<u32>> {
    if answer.object(path)?.is_none() || !answer.need(&format!("{path}.enabled"), View::flag)? {
        return Ok(None);
    }
    answer.need(&format!("{path}.days"), View::number).map(Some)
}

struct Files {
    soft_delete: Fact<Option<u32>>,
    smb_versions: Fact<BTreeSet<String>>,
    smb_ciphers: Fact<BTreeSet<String>>,
}

/// The settings of an account that [does not set them](https://learn.microsoft.com/en-us/azure/storage/files/files-smb-protocol#smb-security-settings).
const SMB_VERSIONS: &str = "SMB2.1;SMB3.0;SMB3.1.1";
const SMB_CIPHERS: &str = "AES-128-CCM;AES-128-GCM;AES-256-GCM";

async fn file_service(
    audit: &Subscription<'_>,
    account: &Body<'_>,
    has_files: &Fact<bool>,
) -> Files {
    let every = |days, words: Fact<BTreeSet<String>>| Files {
        soft_delete: days,
        smb_versions: words.clone(),
        smb_ciphers: words,
    };
    if !audit.calls(&FILE_SERVICE) {
        return every(Fact::not_collected(), Fact::not_collected());
    }
    if let (Some(days), Some(words)) = (without(has_files), without(has_files)) {
        return every(days, words);
    }
    let answer = match child(audit, account, FILE_SERVICE.name, "fileServices/default").await {
        Ok(answer) => answer,
        Err(refused) => {
            let gap = audit.ask.gap(refused.gap);
            return every(Fact::Gap(gap), Fact::Gap(gap));
        }
    };
    let body = Body { action: FILE_SERVICE.name, ..account.within(&answer) };
    if !body.is_resource() {
        let gap = audit.ask.gap(senseless(FILE_SERVICE.name, account.id));
        return every(Fact::Gap(gap), Fact::Gap(gap));
    }
    let words = |path: &str, absent: &str| {
        body.text(path).map(|words| {
            let words = words.filter(|words| !words.is_empty()).unwrap_or(absent);
            let words = words.split(';').map(str::trim).filter(|word| !word.is_empty());
            words.map(str::to_ascii_uppercase).collect()
        })
    };
    Files {
        soft_delete: retention(&body, "properties.shareDeleteRetentionPolicy"),
        smb_versions: words("properties.protocolSettings.smb.versions", SMB_VERSIONS),
        smb_ciphers: words("properties.protocolSettings.smb.channelEncryption", SMB_CIPHERS),
    }
}

/// The containers that anyone may read. An account that blocks that for all of them need not be read.
async fn public_containers(
    audit: &Subscription<'_>,
    account: &Body<'_>,
    has_blobs: &Fact<bool>,
    bucket: &Bucket,
) -> Fact<Entries> {
    // The containers of one account may be listed for the sake of the activity log alone.
    if !audit.wanted.fact(Bucket::ACL_PUBLIC_READ) {
        return Fact::not_collected();
    }
    if let Some(none) = without(has_blobs) {
        return none;
    }
    if bucket.public_access_block == Known(PublicAccessBlock::ALL) {
        return Known(Entries::none());
    }
    let path = format!("{}/blobServices/default/containers?api-version={VERSION}", account.id);
    let lane = lane(audit, account);
    let question =
        Question { action: CONTAINERS.name, target: account.id, lane: &lane, path: &path };
    let Items { items, refused } = audit.ask.list(question).await;
    let (mut open, mut undecided) = (Vec::new(), None);
    for container in &items {
        let body = Body { action: CONTAINERS.name, ..account.within(container) };
        // It is returned for each container.
        match body.need("properties.publicAccess", View::text) {
            Known(access) if same(access, "None") => {}
            // Every value except `None` allows public access.
            Known(access) => open.push(format!("container `{}` ({access})", name_of(container))),
            NotOffered => {}
            Fact::Gap(gap) => undecided = undecided.or(Some(gap)),
        }
    }
    if let Some(refused) = refused {
        undecided = undecided.or_else(|| audit.ask.unknown::<()>(refused.gap).gap());
    }
    // One open container is enough to know.
    Entries::new(open, undecided).into_fact()
}

/// Where requests to blobs are logged: reads, writes and deletions, all of them.
async fn access_log(
    audit: &Subscription<'_>,
    account: &Body<'_>,
    has_blobs: &Fact<bool>,
) -> Fact<Option<String>> {
    let wanted = Bucket::ACCESS_LOG_TARGET;
    if !audit.wanted.fact(wanted) {
        return Fact::not_collected();
    }
    if let Some(none) = without(has_blobs) {
        return none;
    }
    let scope = format!("{}/blobServices/default", account.id);
    let settings = diagnostics::of_resource(audit, &scope).await;
    diagnostics::target(&settings, &["StorageRead", "StorageWrite", "StorageDelete"])
}

#[cfg(test)]
mod tests;
