//! One subscription: what every collector in it needs, and how their results become a scope.

use posture_core::fact::{Fact, Known};
use posture_core::gap::{Gap, GapId, Reason};
use posture_core::listing::Listing;
use posture_core::provider::Provider;
use posture_core::resource::{Kind, Resource};
use posture_core::scope::Scope;
use posture_core::wanted::Wanted;
use serde_json::Value;

use super::body::{Misfit, Read, View, name_of, same, senseless, word};
use super::sweep::Rows;
use super::{
    Event, Observer, Options, Shared, access, applications, benchmark, defender, logging, network,
    now, storage, tiers, vault,
};
use crate::action::is_called;
use crate::client::{Asker, Items, Lane, Question, Refused};
use crate::login::Session;
use crate::rbac::Permission;

pub(crate) const PERMISSIONS: &str = "Microsoft.Authorization/permissions/read";
pub(crate) const LOCKS: &str = "Microsoft.Authorization/locks/read";

/// A subscription of the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// What every collector in a subscription needs.
pub(crate) struct Subscription<'a> {
    pub(crate) id: &'a str,
    pub(crate) ask: &'a Asker,
    pub(crate) wanted: &'a Wanted,
    observer: &'a Observer,
    /// What the identity may do here, to know whether rows of Resource Graph are all there are.
    permissions: Result<Vec<Permission>, Refused>,
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

/// Reads one subscription.
pub(crate) async fn collect(
    session: &Session,
    subscription: &Listed,
    rows: &Result<Rows, Gap>,
    wanted: &Wanted,
    options: &Options,
    observer: &Observer,
    shared: &Shared<'_>,
) -> Scope {
    let ask = Asker::new(&session.client, options.stop.clone());
    let mut scope = Scope::unread(Provider::Azure, &subscription.id, session.partition(), now());
    scope.name = Some(subscription.name.clone()).filter(|name| !name.is_empty());
    scope.account.name = subscription.name.clone();
    scope.identity = Some(session.identity().to_owned());
    {
        let audit = Subscription::begin(subscription, &ask, wanted, observer).await;
        if wanted.kind(Kind::Bucket) {
            let work = async {
                match audit.rows(rows, storage::TYPE, storage::READ) {
                    Ok(rows) => Listing::complete(storage::collect(&audit, &rows).await),
                    Err(gap) => Listing::unread(ask.gap(gap)),
                }
            };
            scope.buckets = audit.observed("storage", work).await;
        }
        if vault::is_wanted(wanted) {
            let work = vault::collect(&audit, audit.rows(rows, vault::TYPE, vault::READ));
            let found = audit.observed("key vault", work).await;
            (scope.vaults, scope.keys, scope.secrets) = (found.vaults, found.keys, found.secrets);
        }
        if wanted.kind(Kind::Detector) {
            let work = defender::collect(&audit, rows, &shared.surface);
            let detector = audit.observed("defender", work).await;
            scope.detectors = Listing::complete(vec![detector]);
        }
        if wanted.kind(Kind::AuditTrail) {
            let trail = audit.observed("activity log", logging::activity_log(&audit, rows)).await;
            scope.audit_trails = Listing::complete(vec![trail]);
            // There is no second way to record.
            scope.event_stores = Listing::complete(Vec::new());
        }
        if wanted.kind(Kind::Alert) {
            let groups = audit.rows(rows, logging::GROUPS_TYPE, logging::GROUPS);
            let alerts = audit.rows(rows, logging::ALERTS_TYPE, logging::ALERTS);
            scope.alerts = logging::alerts(&audit, alerts, &groups);
        }
        if wanted.kind(Kind::LogGroup) {
            let workspaces = audit.rows(rows, logging::WORKSPACES_TYPE, logging::WORKSPACES);
            scope.log_groups = logging::workspaces(&audit, workspaces);
        }
        if network::is_wanted(wanted) {
            network::collect(&audit, rows, &mut scope);
        }
        scope.account = defender::contacts(&audit, scope.account).await;
        scope.account.benchmark_disabled = benchmark::disabled(&audit).await;
        scope.account = applications::collect(&audit, rows, scope.account);
        scope.account = tiers::collect(&audit, rows, scope.account);
        if access::is_wanted(wanted) {
            let work = access::collect(&audit, shared, &mut scope);
            audit.observed("access", work).await;
        }
    }
    (scope.gaps, scope.calls) = ask.into_parts();
    scope.finished = now();
    scope.correct_clock(session.client.skew());
    scope.canonicalise();
    session.client.forget(&subscription.id);
    scope
}

impl<'a> Subscription<'a> {
    pub(super) async fn begin(
        subscription: &'a Listed,
        ask: &'a Asker,
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

    /// Whether the table of actions says that what is wanted takes this one.
    pub(crate) fn calls(&self, action: &str) -> bool {
        is_called(action, self.wanted)
    }

    /// Runs a collector between two events.
    pub(crate) fn observed<T>(
        &self,
        service: &'static str,
        work: impl Future<Output = T>,
    ) -> impl Future<Output = T> {
        let work = Box::pin(work);
        let (observer, id) = (self.observer.clone(), self.id.to_owned());
        async move {
            observer(Event::Started { subscription: id.clone(), service });
            let result = work.await;
            observer(Event::Finished { subscription: id, service });
            result
        }
    }

    /// Asks for a list of the subscription.
    pub(crate) async fn list(&self, action: &'static str, path: &str) -> Items {
        let path = format!("subscriptions/{}/{path}", self.id);
        let lane = Lane::Subscription(self.id.to_owned());
        self.ask.list(Question { action, target: "", lane: &lane, path: &path }).await
    }

    /// Whether a role gives the identity an action in the whole subscription.
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
        if !self.calls(LOCKS) {
            return Fact::not_collected();
        }
        let path = "providers/Microsoft.Authorization/locks?api-version=2020-05-01";
        let Items { items, refused } = self.list(LOCKS, path).await;
        if let Some(refused) = refused {
            return self.ask.unknown(refused.gap);
        }
        let mut locks = Locks::default();
        for item in &items {
            match lock(View(item)) {
                Ok(lock) => locks.all.extend(lock),
                Err(_) => {
                    let id = word(item, "id").unwrap_or_default();
                    locks.gap.get_or_insert_with(|| self.ask.gap(senseless(LOCKS, id)));
                }
            }
        }
        Known(locks)
    }

    /// The locks of a resource, its own and those above it, as far as they count. One that certainly counts settles it,
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

    /// That the subscription is there, as it told the identity what it may do; else why that is not known. Without it, "not
    /// found" may be said of the subscription itself.
    pub(crate) fn exists(&self) -> Result<(), Gap> {
        self.permissions.as_ref().map(|_| ()).map_err(|refused| refused.gap.clone())
    }

    /// A resource of which nothing can be said.
    pub(crate) fn all_unknown<R: Resource>(&self, mut resource: R, gap: Gap) -> R {
        let gap = self.ask.gap(gap);
        for fact in R::FACTS {
            resource.hide(fact.name, gap);
        }
        resource
    }
}

/// A lock; none where it is of a level that keeps from nothing that is known here.
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
    ask: &Asker,
    subscription: &str,
) -> Result<Vec<Permission>, Refused> {
    let path = format!(
        "subscriptions/{subscription}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
    );
    let lane = Lane::Subscription(subscription.to_owned());
    let question = Question { action: PERMISSIONS, target: "", lane: &lane, path: &path };
    let Items { items, refused } = ask.list(question).await;
    match refused {
        Some(refused) => Err(refused),
        // One that cannot be read gives nothing.
        None => Ok(items.iter().filter_map(Permission::read).collect()),
    }
}

/// Whether some role gives an action, else what is missing.
pub(crate) fn allowed(
    permissions: &[Permission],
    action: &'static str,
    target: &str,
) -> Result<(), Gap> {
    if permissions.iter().any(|permission| permission.allows(action)) {
        return Ok(());
    }
    let mut gap = Gap::new(action, target, Reason::Denied);
    gap.detail = Some("no role of the identity gives it in all of the subscription".to_owned());
    Err(gap)
}
