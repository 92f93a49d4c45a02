//! What every collector needs: the subscription or the tenant that it reads, its client, and what is wanted.

use posture_collect::{Observer, observed};
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::resource::{Bucket, Resource};
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use serde_json::Value;
use tokio::sync::watch;

use super::body::{Body, Misfit, Read, View, name_of, note, same, senseless, word};
use super::sweep::{Listed, Rows};
use crate::client::{ApiClient, CallError, Items, Question, RateLimit};
use crate::cloud::Cloud;
use crate::entry::{Action, PERMISSIONS, SUBSCRIPTION};
use crate::rbac::Permission;

pub(crate) const LOCKS: Action = Action {
    name: "Microsoft.Authorization/locks/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[],
    fills: &[Bucket::DELETE_LOCKS, Bucket::READ_ONLY_LOCKS],
    command: "az lock list --resource {id}",
};

/// How to collect.
#[derive(Clone, Debug)]
pub struct Options {
    /// The ids of the subscriptions to read; every one that the identity can see where none is named.
    pub subscriptions: Vec<String>,
    /// Management groups whose subscriptions are read.
    pub management_groups: Vec<String>,
    /// Subscriptions that are read at once.
    pub concurrency: usize,
    /// When it turns true, everything that was not read by then is a gap.
    pub stop: watch::Receiver<bool>,
}

/// What every collector in a subscription needs.
pub(crate) struct Subscription<'a> {
    pub(crate) id: &'a str,
    pub(crate) ask: &'a ApiClient,
    pub(crate) wanted: &'a Wanted,
    observer: &'a Observer,
    /// What the identity may do here, to know whether rows of Resource Graph are all there are.
    permissions: Result<Vec<Permission>, CallError>,
    locks: Fact<Locks>,
}

/// The locks of a subscription, and why there may be more.
#[derive(Clone, Debug, Default)]
struct Locks {
    all: Vec<Lock>,
    gap: Option<GapId>,
}

/// A [lock](https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/lock-resources).
#[derive(Clone, Debug)]
pub(crate) struct Lock {
    /// What it holds for, in small letters, and everything below.
    scope: String,
    name: String,
    /// Whether it keeps from being changed, too. Each keeps from being deleted.
    pub(crate) read_only: bool,
}

impl<'a> Subscription<'a> {
    pub(crate) async fn begin(
        subscription: &'a Listed,
        ask: &'a ApiClient,
        wanted: &'a Wanted,
        observer: &'a Observer,
    ) -> Self {
        let mut audit = Self {
            id: &subscription.id,
            ask,
            wanted,
            observer,
            permissions: Ok(Vec::new()),
            locks: Fact::not_collected(),
        };
        let (permissions, locks) = futures::join!(permissions(ask, audit.id), audit.locks());
        (audit.permissions, audit.locks) = (permissions, locks);
        audit
    }

    /// Whether the wanted facts require an action.
    pub(crate) fn calls(&self, action: &Action) -> bool {
        action.is_wanted(self.wanted)
    }

    /// Runs a collector between two events.
    pub(crate) fn observed<T>(
        &self,
        service: &'static str,
        work: impl Future<Output = T>,
    ) -> impl Future<Output = T> {
        observed(self.observer, self.id, service, "", work)
    }

    /// Reads a list of the subscription.
    pub(crate) async fn list(&self, action: &'static str, path: &str) -> Items {
        let path = format!("subscriptions/{}/{path}", self.id);
        let lane = RateLimit::Subscription(self.id.to_owned());
        self.ask.list(Question { action, target: "", lane: &lane, path: &path }).await
    }

    /// Whether a role allows the identity an action in the whole subscription.
    pub(crate) fn may(&self, action: &'static str) -> Result<(), Gap> {
        let permissions = self.permissions.as_ref().map_err(|refused| refused.gap.clone())?;
        allowed(permissions, action, "")
    }

    /// The rows of one type, where they are all there are.
    pub(crate) fn rows(
        &self,
        rows: &Result<Rows, Gap>,
        kind: &str,
        action: &'static str,
    ) -> Result<Vec<Value>, Gap> {
        self.may(action)?;
        rows.as_ref().map_err(Gap::clone)?.of(self.id, kind)
    }

    async fn locks(&self) -> Fact<Locks> {
        if !self.calls(&LOCKS) {
            return Fact::not_collected();
        }
        let path = "providers/Microsoft.Authorization/locks?api-version=2020-05-01";
        let Items { items, refused } = self.list(LOCKS.name, path).await;
        if let Some(refused) = refused {
            return self.ask.unknown(refused.gap);
        }
        let (mut locks, mut malformed) = (Locks::default(), None);
        for item in &items {
            match lock(View(item)) {
                Ok(lock) => locks.all.extend(lock),
                Err(_) => {
                    note(
                        &mut malformed,
                        &senseless(LOCKS.name, word(item, "id").unwrap_or_default()),
                    );
                }
            }
        }
        locks.gap = malformed.map(|gap| self.ask.gap(gap));
        Known(locks)
    }

    /// The locks of a resource, those on it and those above it, as far as they count. One that certainly counts decides,
    /// whatever could not be read of others.
    pub(crate) fn locks_of(&self, id: &str, counts: impl Fn(&Lock) -> bool) -> Fact<Vec<String>> {
        let id = id.to_ascii_lowercase();
        self.locks.and_then(|locks| {
            let above = |lock: &&Lock| {
                id.strip_prefix(&lock.scope)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let counting = locks.all.iter().filter(above).filter(|lock| counts(lock));
            let names: Vec<String> = counting.map(|lock| lock.name.clone()).collect();
            match locks.gap {
                Some(gap) if names.is_empty() => Fact::Gap(gap),
                _ => Known(names),
            }
        })
    }

    /// That the subscription exists, as it reported the identity's permissions; otherwise why that is unknown. Without it, "not
    /// found" may refer to the subscription itself.
    pub(crate) fn exists(&self) -> Result<(), Gap> {
        self.permissions.as_ref().map(|_| ()).map_err(|refused| refused.gap.clone())
    }

    /// A resource with every fact unknown.
    pub(crate) fn all_unknown<R: Resource>(&self, mut resource: R, gap: Gap) -> R {
        let gap = self.ask.gap(gap);
        for fact in R::FACTS {
            resource.hide(fact.name, gap);
        }
        resource
    }
}

/// A lock; none if its level prevents nothing that is known here.
fn lock(item: View<'_>) -> Read<Option<Lock>> {
    let id = item.need("id", View::text)?.to_ascii_lowercase();
    let level = item.need("properties.level", View::text)?;
    let scope = id.rsplit_once("/providers/microsoft.authorization/locks/");
    let (scope, _) = scope.ok_or_else(|| Misfit("id".to_owned()))?;
    let read_only = same(level, "ReadOnly");
    let holds = same(level, "CanNotDelete") || read_only;
    let name = format!("{} ({level})", name_of(item.0));
    Ok(holds.then(|| Lock { scope: scope.to_owned(), name, read_only }))
}

/// What the identity may do in a subscription.
///
/// Resource Graph leaves out what the identity may not read, without a word. What it may do in the whole subscription
/// is the proof that the rows are all there are.
pub(crate) async fn permissions(
    ask: &ApiClient,
    subscription: &str,
) -> Result<Vec<Permission>, CallError> {
    let path = format!(
        "subscriptions/{subscription}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
    );
    let lane = RateLimit::Subscription(subscription.to_owned());
    let question = Question { action: PERMISSIONS, target: "", lane: &lane, path: &path };
    let Items { items, refused } = ask.list(question).await;
    match refused {
        Some(refused) => Err(refused),
        // One that cannot be read gives nothing.
        None => Ok(items.iter().filter_map(Permission::read).collect()),
    }
}

/// Whether some role allows an action, otherwise what is missing.
pub(crate) fn allowed(
    permissions: &[Permission],
    action: &'static str,
    target: &str,
) -> Result<(), Gap> {
    if permissions.iter().any(|permission| permission.allows(action)) {
        return Ok(());
    }
    let mut gap = Gap::new(action, target, Reason::Denied);
    gap.detail = Some("no role of the identity grants it on the whole subscription".to_owned());
    Err(gap)
}

/// What every collector of the directory needs.
pub(crate) struct Tenant<'a> {
    pub(crate) id: &'a str,
    pub(crate) cloud: Cloud,
    pub(crate) ask: &'a ApiClient,
    pub(crate) wanted: &'a Wanted,
    pub(super) observer: &'a Observer,
}

impl<'a> Tenant<'a> {
    /// Whether the wanted facts require an action.
    pub(crate) fn calls(&self, action: &Action) -> bool {
        action.is_wanted(self.wanted)
    }

    /// Runs a collector between two events.
    pub(crate) fn observed<T>(
        &self,
        service: &'static str,
        work: impl Future<Output = T>,
    ) -> impl Future<Output = T> {
        observed(self.observer, "", service, "", work)
    }

    /// Reads one object from Microsoft Graph. The action is the path in the table of actions.
    pub(crate) async fn graph(
        &self,
        action: &'static str,
        lane: &RateLimit,
    ) -> Result<Value, CallError> {
        let path = format!("v1.0{action}");
        self.ask.graph(Question { action, target: "", lane, path: &path }).await
    }

    /// Reads a collection from Microsoft Graph, with the query string.
    pub(crate) async fn graph_list(
        &self,
        action: &'static str,
        query: &str,
        lane: &RateLimit,
    ) -> Items {
        let path = format!("v1.0{action}{query}");
        self.ask.graph_list(Question { action, target: "", lane, path: &path }).await
    }

    /// An answer of an action, ready to be read.
    pub(crate) fn body(&self, action: &'static str, value: &'a Value) -> Body<'a> {
        Body { ask: self.ask, action, id: self.id, value }
    }
}

/// What time it is, by the clock of this machine.
pub(crate) fn now() -> Time {
    jiff::Timestamp::now().into()
}
