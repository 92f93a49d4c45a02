//! Reads a tenant into scopes: its subscriptions one after the other as they are done, then the tenant itself.

pub(crate) mod access;
#[cfg(test)]
pub(crate) mod answers;
pub(crate) mod applications;
mod benchmark;
pub(crate) mod body;
pub(crate) mod clusters;
pub(crate) mod context;
mod credentials;
pub(crate) mod data_regions;
pub(crate) mod defender;
mod diagnostics;
pub(crate) mod directory;
mod duties;
pub(crate) mod edge;
pub(crate) mod exports;
mod identities;
pub(crate) mod logging;
pub(crate) mod managed_hsm;
pub(crate) mod network;
mod people;
pub(crate) mod presence;
mod principals;
mod reach;
#[cfg(test)]
mod recorded;
mod rights;
pub(crate) mod roles;
pub(crate) mod sign_in;
pub(crate) mod storage;
pub(crate) mod subscription;
mod sweep;
pub(crate) mod table;
pub(crate) mod tenant;
pub(crate) mod tiers;
pub(crate) mod vault;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use posture_collect::Filter;
use posture_collect::plan::Counted;
pub use posture_collect::{CollectError, Event, Observer};
use posture_model::gap::Gap;
use posture_model::provider::Provider;
use posture_model::resource::{Bucket, Cluster, Kind, Vault};
use posture_model::scope::{Level, Scope};
use posture_model::wanted::Wanted;
use serde_json::Value;

use crate::client::{ApiClient, Items, Question, RateLimit};
use crate::entry::{
    DESCENDANTS, LOGGED, OF_IDENTITIES, PERMISSIONS, RESOURCE_GRAPH, SUBSCRIPTIONS, WITH_BLOBS,
    WITH_FILES, WITH_OPEN_BLOBS,
};
use crate::login::Session;
use access::InheritedAccess;
use body::{View, senseless, word};
pub use context::Options;
use context::now;
use defender::Surface;
use principals::Principals;
use subscription::Shared;
use sweep::Listed;

/// Reads the wanted facts of a tenant and returns each scope when it is done: the subscriptions in the order of their
/// IDs, then the tenant. Only what is being read is kept in memory.
///
/// What could not be read is a gap in its scope.
///
/// # Errors
/// When the subscriptions cannot be listed, or one was named that does not exist; nothing else ends an audit.
pub async fn collect(
    session: &Session,
    wanted: &Wanted,
    options: &Options,
    observer: &Observer,
    mut deliver: impl FnMut(Scope),
) -> Result<(), CollectError> {
    let started = now();
    let ask = ApiClient::new(&session.client, options.stop.clone()).observed_by(observer);
    let listed = subscriptions(&ask, options).await?;
    observer(Event::Found { accounts: listed.len() });
    let shared = Shared {
        principals: Principals::new(&ask, wanted),
        surface: Surface::read(&ask, &listed, wanted, options).await,
    };
    let mut above = InheritedAccess::default();
    let types = sweep::types(wanted);
    for batch in sweep::batches(&ask, &listed, &types).await {
        let rows = sweep::rows(&ask, &batch, &types).await;
        // By their places, as in `vault::collect`.
        let scopes = (0..batch.subscriptions.len()).map(|place| {
            let (subscription, rows, shared) =
                (&batch.subscriptions[place], Arc::clone(&rows), &shared);
            async move {
                subscription::collect(
                    session,
                    subscription,
                    &rows,
                    wanted,
                    options,
                    observer,
                    shared,
                )
                .await
            }
        });
        let mut scopes =
            std::pin::pin!(futures::stream::iter(scopes).buffered(options.concurrency.max(1)));
        while let Some((scope, seen)) = scopes.next().await {
            above.add(seen);
            observer(Event::Done { account: scope.id.clone() });
            deliver(scope);
        }
    }
    let mut scope = Scope::unread(Provider::Azure, session.tenant(), session.partition(), started);
    scope.level = Level::Tenant;
    scope.identity = Some(session.identity().to_owned());
    tenant::collect(session, &ask, wanted, observer, &shared.principals, &mut scope).await;
    scope.merge(access::above(&ask, wanted, above, &shared.principals).await);
    (scope.gaps, scope.calls) = ask.into_parts();
    scope.finished = now();
    scope.correct_clock(session.client.skew());
    scope.canonicalise();
    deliver(scope);
    Ok(())
}

/// How much there is to read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) subscriptions: u64,
    /// Pages of the list of subscriptions.
    pub(crate) listing_pages: u64,
    /// Pages of the lists of what is below management groups.
    pub(crate) group_pages: u64,
    /// Pages of Resource Graph.
    pub(crate) queries: u64,
    /// How often permissions are requested besides once in each subscription.
    pub(crate) proofs: u64,
    /// Resources for which something is read one by one.
    resources: BTreeMap<(Kind, Filter), u64>,
    /// How often an action will be called, where that was found out by calling it.
    walked: BTreeMap<&'static str, u64>,
}

impl Counts {
    fn add(&mut self, kind: Kind, filter: Filter, resources: u64) {
        *self.resources.entry((kind, filter)).or_default() += resources;
    }
}

impl Counted for Counts {
    fn walked<P>(&self, action: &posture_collect::Action<P>) -> Option<u64> {
        self.walked.get(action.name).copied()
    }

    fn places(&self) -> u64 {
        self.subscriptions
    }

    fn places_of(&self, _: Kind) -> u64 {
        self.subscriptions
    }

    fn resources(&self, kind: Kind, filter: Filter) -> u64 {
        self.resources.get(&(kind, filter)).copied().unwrap_or(0)
    }

    fn total(&self, _: &[Kind]) -> Option<u64> {
        None
    }
}

/// Counts what there is by reading the rows that an audit would read, and per resource only the lists whose items are
/// read one by one.
pub(crate) async fn count(
    ask: &ApiClient,
    wanted: &Wanted,
    options: &Options,
) -> Result<Counts, CollectError> {
    let listed = subscriptions(ask, options).await?;
    // It is asked of Resource Graph too.
    Surface::read(ask, &listed, wanted, options).await;
    let types = sweep::types(wanted);
    let mut counted = Counts { subscriptions: listed.len() as u64, ..Counts::default() };
    let mut single_keys = 0;
    for batch in sweep::batches(ask, &listed, &types).await {
        if let Ok(rows) = &*sweep::rows(ask, &batch, &types).await {
            for row in rows.of_type(storage::TYPE) {
                let parts = storage::parts(row);
                counted.add(Kind::Bucket, WITH_BLOBS, parts.blobs.into());
                counted.add(Kind::Bucket, WITH_OPEN_BLOBS, parts.open_blobs.into());
                counted.add(Kind::Bucket, WITH_FILES, parts.files.into());
                let logged = parts.blobs && wanted.fact(Bucket::ACCESS_LOG_TARGET);
                counted.add(Kind::AuditTrail, LOGGED, logged.into());
            }
            if wanted.fact(Cluster::AUDIT_OFF) {
                let clusters = rows.of_type(clusters::TYPE).count() as u64;
                counted.add(Kind::AuditTrail, LOGGED, clusters);
            }
            let identities = rows.of_type(identities::TYPE).count() as u64;
            counted.add(Kind::FederatedCredential, OF_IDENTITIES, identities);
            let vaults: Vec<&Value> = rows.of_type(vault::TYPE).collect();
            counted.add(Kind::Vault, Filter::All, vaults.len() as u64);
            if wanted.fact(Vault::AUDIT_TARGETS) {
                counted.add(Kind::AuditTrail, LOGGED, vaults.len() as u64);
            }
            if vault::asks_each_key(wanted) {
                let keys = vaults.into_iter().map(|row| vault::count_keys(ask, row));
                let keys: Vec<u64> = futures::stream::iter(keys)
                    .buffered(options.concurrency.max(1))
                    .collect()
                    .await;
                single_keys += keys.iter().sum::<u64>();
            }
        }
    }
    if wanted.kind(Kind::AuditTrail) {
        counted.add(Kind::AuditTrail, LOGGED, counted.subscriptions);
    }
    counted.listing_pages = ask.operations(SUBSCRIPTIONS);
    counted.group_pages = ask.operations(DESCENDANTS);
    if vault::asks_each_key(wanted) {
        // Pages of the lists of keys, and questions for single keys.
        counted.walked.insert(vault::KEYS.name, ask.operations(vault::KEYS.name) + single_keys);
    }
    counted.queries = ask.operations(RESOURCE_GRAPH);
    counted.proofs = ask.operations(PERMISSIONS);
    Ok(counted)
}

/// The subscriptions to be read, ordered by id.
async fn subscriptions(ask: &ApiClient, options: &Options) -> Result<Vec<Listed>, CollectError> {
    let question = Question {
        action: SUBSCRIPTIONS,
        target: "",
        lane: &RateLimit::Tenant,
        path: "subscriptions?api-version=2022-12-01",
    };
    let Items { items, refused } = ask.list(question).await;
    if let Some(refused) = refused {
        // An incomplete list of what there is would leave out subscriptions without a word.
        return Err(CollectError::Refused(Box::new(refused.gap)));
    }
    let listed = |item: &Value| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let id = View(item).need("subscriptionId", View::text).ok()?.to_ascii_lowercase();
        // It has to stay one word of a path.
        (!id.is_empty() && id.chars().all(plain)).then(|| Listed {
            id,
            name: word(item, "displayName").unwrap_or_default().to_owned(),
            value: item.clone(),
        })
    };
    let mut all: Vec<Listed> = items.iter().filter_map(listed).collect();
    let nameless = items.iter().find(|item| listed(item).is_none());
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all.dedup_by(|a, b| a.id == b.id);
    if options.subscriptions.is_empty() && options.management_groups.is_empty() {
        if let Some(nameless) = nameless {
            // What cannot be asked for would be left out without a word.
            let id = word(nameless, "id").unwrap_or_default();
            return Err(CollectError::Refused(Box::new(senseless(SUBSCRIPTIONS, id))));
        }
        return Ok(all);
    }
    let mut chosen: BTreeSet<String> = BTreeSet::new();
    for name in &options.subscriptions {
        let found = all.iter().find(|s| s.id.eq_ignore_ascii_case(name));
        // A display name is not an identifier, but if only one subscription has it, it is enough.
        let by_name = || {
            let mut named = all.iter().filter(|s| s.name == *name);
            named.next().filter(|_| named.next().is_none())
        };
        let Some(found) = found.or_else(by_name) else {
            let known = all.into_iter().map(|s| (s.id, s.name)).collect();
            return Err(CollectError::NoSuchSubscription { name: name.clone(), known });
        };
        chosen.insert(found.id.clone());
    }
    for group in &options.management_groups {
        chosen.extend(below(ask, group).await?);
    }
    Ok(all.into_iter().filter(|subscription| chosen.contains(&subscription.id)).collect())
}

/// The ids of the subscriptions below a management group, at any depth.
async fn below(ask: &ApiClient, group: &str) -> Result<Vec<String>, CollectError> {
    // A name from the command line; it must stay one word of the path.
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.()".contains(c);
    if group.is_empty() || !group.chars().all(plain) || group.contains("..") {
        let mut gap = Gap::new(DESCENDANTS, group, posture_model::gap::Reason::Unsupported);
        gap.detail = Some("not a valid name of a management group".to_owned());
        return Err(CollectError::Refused(Box::new(gap)));
    }
    let path = format!(
        "providers/Microsoft.Management/managementGroups/{group}/descendants?api-version=2020-05-01"
    );
    let question =
        Question { action: DESCENDANTS, target: group, lane: &RateLimit::Tenant, path: &path };
    let Items { items, refused } = ask.list(question).await;
    if let Some(refused) = refused {
        return Err(CollectError::Refused(Box::new(refused.gap)));
    }
    let mut found = Vec::new();
    for item in &items {
        let item = View(item);
        // One that cannot be distinguished from a group would be silently left out.
        let (Ok(kind), Ok(name)) = (item.need("type", View::text), item.need("name", View::text))
        else {
            return Err(CollectError::Refused(Box::new(senseless(DESCENDANTS, group))));
        };
        if kind.to_ascii_lowercase().ends_with("/subscriptions") {
            found.push(name.to_ascii_lowercase());
        }
    }
    Ok(found)
}
