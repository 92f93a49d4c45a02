//! Reads an account into a scope: every service at once, within bounds, and no failure ends the audit.

pub(crate) mod account;
mod acl;
mod acm;
pub(crate) mod alerts;
mod bucket_names;
mod cloudtrail;
mod clusters;
mod context;
mod data_regions;
mod distributions;
mod dns;
mod filter_pattern;
pub(crate) mod iam;
pub(crate) mod keys;
mod log_policies;
mod network_firewall;
pub(crate) mod organization;
pub(crate) mod regional;
pub(crate) mod regions;
pub(crate) mod resource_policy;
pub(crate) mod s3;
mod selectors;
mod shield;
pub(crate) mod table;
pub(crate) mod vpc;
mod waf;

use futures::future::join_all;
pub use posture_collect::{CollectError, Event, Observer};
use posture_model::provider::Provider;
use posture_model::resource::Account;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use tokio::sync::{OnceCell, watch};

use crate::action::holds;
use crate::ask::ApiClient;
use crate::session::Session;
use context::Audit;
pub use context::Options;
use context::now;

/// Reads the wanted facts of an account.
///
/// What could not be read is a gap in the scope. When `stop` turns true, everything that was not read by then is a gap
/// too.
///
/// # Errors
/// When a region was named that does not exist; nothing else ends an audit.
pub async fn collect(
    session: &Session,
    wanted: &Wanted,
    options: &Options,
    observer: &Observer,
    stop: watch::Receiver<bool>,
) -> Result<Scope, CollectError> {
    let started = now();
    let ask = ApiClient::new(options.concurrency, options.max_rate, stop);
    let ask = if session.is_simulated() { ask.unpaced() } else { ask };
    let meter = session.meter_by(holds).observed_by(observer);
    let mut scope = Scope::unread(Provider::Aws, session.account(), session.source(), started);
    scope.identity = Some(session.arn().to_owned());
    {
        let audit = Audit {
            session,
            ask: &ask,
            meter: &meter,
            wanted,
            options,
            observer,
            organization: OnceCell::new(),
            regions: OnceCell::new(),
            trails: OnceCell::new(),
        };
        let (regions, parts) =
            futures::join!(regions::of(&audit), join_all(table::readers(&audit)));
        scope.regions = regions.clone()?.regions;
        for part in parts {
            scope.merge(part);
        }
    }
    scope.gaps = ask.into_gaps();
    meter.add(session.login_calls());
    if wanted.fact(Account::DATA_REGIONS) {
        scope.account.data_regions = data_regions::of(&mut scope);
    }
    scope.calls = meter.calls();
    scope.finished = now();
    scope.correct_clock(session.skew());
    scope.canonicalise();
    Ok(scope)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Accounts are read side by side on the threads of a runtime.
    #[test]
    fn an_audit_can_be_spawned() {
        fn spawned<F: Future + Send>(_: F) {}
        let session = crate::fake::Fake::default().session();
        let (wanted, options) = (Wanted::default(), Options::default());
        let observer: Observer = Arc::new(|_| ());
        let (_tell, stop) = watch::channel(false);
        spawned(collect(&session, &wanted, &options, &observer, stop));
    }
}
