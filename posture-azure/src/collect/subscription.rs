//! One subscription: how the results of its collectors become a scope.

use posture_collect::Observer;
use posture_core::fact::Fact;
use posture_core::gap::Gap;
use posture_core::listing::Listing;
use posture_core::provider::Provider;
use posture_core::resource::Kind;
use posture_core::scope::Scope;
use posture_core::wanted::Wanted;

use super::access::Above;
use super::context::{Options, Subscription, now};
use super::defender::Surface;
use super::principals::Principals;
use super::sweep::{Listed, Rows};
use super::{access, applications, benchmark, defender, logging, network, storage, tiers, vault};
use crate::client::Asker;
use crate::login::Session;

/// What the subscriptions of a tenant have in common, so that it is read and held once.
pub(crate) struct Shared<'a> {
    pub(crate) surface: Surface,
    pub(crate) principals: Principals<'a>,
}

/// Reads one subscription, and what it tells of what lies above it.
pub(crate) async fn collect(
    session: &Session,
    subscription: &Listed,
    rows: &Result<Rows, Gap>,
    wanted: &Wanted,
    options: &Options,
    observer: &Observer,
    shared: &Shared<'_>,
) -> (Scope, Above) {
    let ask = Asker::new(&session.client, options.stop.clone());
    let mut scope = Scope::unread(Provider::Azure, &subscription.id, session.partition(), now());
    scope.name = Some(subscription.name.clone()).filter(|name| !name.is_empty());
    scope.account.name = subscription.name.clone();
    scope.account.public_access_block = Fact::NotOffered;
    scope.identity = Some(session.identity().to_owned());
    let mut above = Above::default();
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
            let work = access::collect(&audit, &shared.principals, &mut scope);
            above = audit.observed("access", work).await;
        }
    }
    (scope.gaps, scope.calls) = ask.into_parts();
    scope.finished = now();
    scope.correct_clock(session.client.skew());
    scope.canonicalise();
    session.client.forget(&subscription.id);
    (scope, above)
}
