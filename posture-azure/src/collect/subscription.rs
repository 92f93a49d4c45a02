//! One subscription: how the results of its collectors become a scope.

use posture_collect::Observer;
use posture_model::gap::Gap;
use posture_model::provider::Provider;
use posture_model::resource::{Account, Kind};
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;

use super::access::InheritedAccess;
use super::body::Body;
use super::context::{Options, Subscription, now};
use super::defender::Surface;
use super::principals::Principals;
use super::sweep::{Listed, Rows};
use super::{
    access, applications, benchmark, clusters, data_regions, defender, duties, edge, identities,
    logging, managed_hsm, network, presence, reach, storage, tiers, vault,
};
use crate::client::ApiClient;
use crate::entry::SUBSCRIPTIONS;
use crate::login::Session;

/// What the subscriptions of a tenant have in common, so that it is read and held once.
pub(crate) struct Shared<'a> {
    pub(crate) surface: Surface,
    pub(crate) principals: Principals<'a>,
}

/// Reads one subscription, and what it reports about the levels above it.
pub(crate) async fn collect(
    session: &Session,
    subscription: &Listed,
    rows: &Result<Rows, Gap>,
    wanted: &Wanted,
    options: &Options,
    observer: &Observer,
    shared: &Shared<'_>,
) -> (Scope, InheritedAccess) {
    let ask = ApiClient::new(&session.client, options.stop.clone()).observed_by(observer);
    let mut scope = Scope::unread(Provider::Azure, &subscription.id, session.partition(), now());
    scope.name = Some(subscription.name.clone()).filter(|name| !name.is_empty());
    scope.account.name = subscription.name.clone();
    if wanted.fact(Account::TAGS) {
        let body = Body {
            ask: &ask,
            action: SUBSCRIPTIONS,
            id: &subscription.id,
            value: &subscription.value,
        };
        scope.account.tags = storage::tags(&body);
    }
    scope.identity = Some(session.identity().to_owned());
    let mut above = InheritedAccess::default();
    {
        let audit = Subscription::begin(subscription, &ask, wanted, observer).await;
        if wanted.kind(Kind::Bucket) {
            scope.merge(audit.observed("storage", storage::collect(&audit, rows)).await);
        }
        if vault::is_wanted(wanted) {
            scope.merge(audit.observed("key vault", vault::collect(&audit, rows)).await);
        }
        if wanted.kind(Kind::Detector) {
            let work = defender::collect(&audit, rows, &shared.surface);
            scope.merge(audit.observed("defender", work).await);
        }
        if wanted.kind(Kind::AuditTrail) {
            scope.merge(audit.observed("activity log", logging::trails(&audit, rows)).await);
        }
        if wanted.kind(Kind::Cluster) || wanted.kind(Kind::NodePool) {
            let work = clusters::collect(&audit, rows);
            scope.merge(audit.observed("kubernetes service", work).await);
        }
        scope.merge(logging::collect(&audit, rows));
        scope.merge(edge::collect(&audit, rows));
        scope.merge(defender::contacts(&audit).await);
        scope.merge(benchmark::collect(&audit).await);
        scope.merge(applications::collect(&audit, rows));
        scope.merge(tiers::collect(&audit, rows));
        scope.merge(presence::collect(&audit, rows));
        scope.merge(data_regions::collect(&audit, rows));
        scope.merge(managed_hsm::collect(&audit, rows));
        scope.merge(identities::collect(&audit, rows).await);
        let mut rights = None;
        if access::is_wanted(wanted) {
            let work = access::collect(&audit, &shared.principals);
            let (part, seen, known) = audit.observed("access", work).await;
            scope.merge(part);
            (above, rights) = (seen, known);
        }
        duties::add(&audit, &mut scope, rights.as_ref());
        scope.merge(network::collect(&audit, rows));
        scope.merge(reach::collect(&audit, rows, rights.as_ref()));
    }
    (scope.gaps, scope.calls) = ask.into_parts();
    scope.finished = now();
    scope.correct_clock(session.client.skew());
    scope.canonicalise();
    session.client.forget(&subscription.id);
    (scope, above)
}
