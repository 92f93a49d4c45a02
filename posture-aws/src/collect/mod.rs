//! Reads an account into a scope: every service at once, within bounds, and no failure ends the audit.

mod account;
mod acl;
mod alerts;
mod cloudtrail;
mod filter_pattern;
mod iam;
mod keys;
mod organization;
mod regional;
mod resource_policy;
mod s3;
mod selectors;

use std::num::NonZeroU32;
use std::sync::Arc;

use posture_core::fact::Fact;
use posture_core::gap::{Gap, GapId};
use posture_core::listing::Listing;
use posture_core::provider::Provider;
use posture_core::resource::{
    AccessPoint, Account, Alert, Analyzer, AuditTrail, Detector, EventStore, FindingHub, Key, Kind,
    LogGroup, Organization, Recorder,
};
use posture_core::scope::{Region, Scope};
use posture_core::skew::Clock;
use posture_core::time::Time;
use posture_core::wanted::Wanted;
use tokio::sync::{OnceCell, watch};

use crate::action::{ACTIONS, LIST_REGIONS};
use crate::ask::{Asker, Refused};
use crate::meter::Meter;
use crate::peers::Peers;
use crate::session::Session;

/// How to collect.
#[derive(Clone, Debug)]
pub struct Options {
    /// The regions to read; every region that the account can use where none are named.
    pub regions: Vec<String>,
    /// Regions to leave out.
    pub excluded_regions: Vec<String>,
    /// The most calls under way at once in one account.
    pub concurrency: usize,
    /// The most calls a second to any one service in a region.
    pub max_rate: Option<NonZeroU32>,
    /// The accounts of the same run.
    pub peers: Peers,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            regions: Vec::new(),
            excluded_regions: Vec::new(),
            concurrency: 32,
            max_rate: None,
            peers: Peers::default(),
        }
    }
}

/// Why an account cannot be collected at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
    /// A region was named that the account does not know.
    #[error("there is no region `{name}`")]
    NoSuchRegion {
        /// The name as given.
        name: String,
        /// The regions that there are.
        known: Vec<String>,
    },
}

/// What happens while an account is read, for a progress display.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Reading of a service began; the region is empty for a global one.
    Started {
        /// The account.
        account: String,
        /// The service.
        service: &'static str,
        /// The region.
        region: String,
    },
    /// Reading of a service ended.
    Finished {
        /// The account.
        account: String,
        /// The service.
        service: &'static str,
        /// The region.
        region: String,
    },
}

/// Who is told what happens.
pub type Observer = Arc<dyn Fn(Event) + Send + Sync>;

/// In how many regions a question is asked that any of them can answer.
const MOST_PLACES: usize = 4;

/// What every collector needs.
pub(crate) struct Audit<'a> {
    pub(crate) session: &'a Session,
    pub(crate) ask: &'a Asker,
    pub(crate) meter: &'a Meter,
    pub(crate) wanted: &'a Wanted,
    pub(crate) options: &'a Options,
    observer: &'a Observer,
    /// The organisation of the account, asked for once by whoever needs it first.
    organization: OnceCell<Fact<Option<Organization>>>,
}

impl Audit<'_> {
    /// The organisation of the account, where what is wanted takes it.
    pub(crate) async fn organization(&self) -> &Fact<Option<Organization>> {
        self.organization.get_or_init(|| Box::pin(organization::describe(self))).await
    }

    /// Runs a collector between two events.
    fn observed<T>(
        &self,
        service: &'static str,
        region: &str,
        work: impl Future<Output = T>,
    ) -> impl Future<Output = T> {
        // Collectors in one another are too large for the stack of a thread.
        let work = Box::pin(work);
        async move {
            let (account, region) = (self.session.account().to_owned(), region.to_owned());
            (self.observer)(Event::Started {
                account: account.clone(),
                service,
                region: region.clone(),
            });
            let result = work.await;
            (self.observer)(Event::Finished { account, service, region });
            result
        }
    }

    /// The regions in which services may be asked that answer the same everywhere: the one that we are configured for, the
    /// partition's own, and those that were named.
    pub(crate) fn places(&self) -> Vec<String> {
        let named = self.options.regions.iter().map(|name| name.to_ascii_lowercase());
        let first = [self.session.region().to_owned(), self.session.home_region().to_owned()];
        let mut places: Vec<String> = Vec::new();
        for region in first.into_iter().chain(named) {
            let excluded = self.options.excluded_regions.iter();
            let is_excluded = excluded.into_iter().any(|name| name.eq_ignore_ascii_case(&region));
            if !places.contains(&region) && (places.is_empty() || !is_excluded) {
                places.push(region);
            }
        }
        places.truncate(MOST_PLACES);
        places
    }

    /// Whether the table of actions says that what is wanted takes this one.
    pub(crate) fn calls(&self, action: &str) -> bool {
        ACTIONS.iter().any(|known| known.name == action && known.is_wanted(self.wanted))
    }

    /// What time it is, by what the services said so far. Where they cannot be believed, it is that of this machine, and what
    /// follows from it is unknown in the end, see [`Scope::correct_clock`].
    pub(crate) fn now(&self) -> Time {
        match self.session.skew().clock() {
            Clock::Ahead(seconds) => now().earlier(seconds),
            Clock::Right | Clock::Unknown(_) => now(),
        }
    }

    /// Whether a region is to be read.
    pub(crate) fn reads_region(&self, region: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|name| name.eq_ignore_ascii_case(region));
        (self.options.regions.is_empty() || named(&self.options.regions))
            && !named(&self.options.excluded_regions)
    }
}

/// Reads what is wanted of an account.
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
    let ask = Asker::new(options.concurrency, options.max_rate, stop);
    let ask = if session.is_simulated() { ask.unpaced() } else { ask };
    let meter = session.meter();
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
        };
        let (regional, s3, iam, contacts, organization) = futures::join!(
            regional(&audit),
            audit.observed("s3", "", s3::collect(&audit)),
            audit.observed("iam", "", iam::collect(&audit)),
            audit.observed("account", "", account::collect(&audit)),
            audit.observed("organizations", "", organization::collect(&audit)),
        );
        regional?.put(&mut scope);
        scope.buckets = s3.buckets;
        scope.account = Account {
            public_access_block: s3.account_block,
            alert_targets: Fact::NotOffered,
            ..scope.account
        };
        iam.put(&mut scope);
        contacts.put(&mut scope);
        organization.put(&mut scope);
    }
    scope.gaps = ask.into_gaps();
    scope.calls = meter.calls();
    scope.calls.extend(session.login_calls().clone());
    scope.finished = now();
    scope.correct_clock(session.skew());
    scope.canonicalise();
    Ok(scope)
}

/// What is read region by region.
struct Regional {
    regions: Vec<Region>,
    trails: Listing<AuditTrail>,
    event_stores: Listing<EventStore>,
    log_groups: Listing<LogGroup>,
    alerts: Listing<Alert>,
    recorders: Listing<Recorder>,
    detectors: Listing<Detector>,
    finding_hubs: Listing<FindingHub>,
    analyzers: Listing<Analyzer>,
    keys: Listing<Key>,
    access_points: Listing<AccessPoint>,
}

impl Regional {
    fn put(self, scope: &mut Scope) {
        scope.regions = self.regions;
        scope.audit_trails = self.trails;
        scope.event_stores = self.event_stores;
        scope.log_groups = self.log_groups;
        scope.alerts = self.alerts;
        scope.recorders = self.recorders;
        scope.detectors = self.detectors;
        scope.finding_hubs = self.finding_hubs;
        scope.analyzers = self.analyzers;
        scope.keys = self.keys;
        scope.access_points = self.access_points;
    }
}

async fn regional(audit: &Audit<'_>) -> Result<Regional, CollectError> {
    let regions = audit.observed("regions", "", regions(audit)).await?;
    // Boxed, as all of them in one another are too large for the stack of a thread.
    let trails_and_alerts = Box::pin(async {
        let trails = cloudtrail::trails(audit, &regions).await;
        let alerts = alerts::alerts(audit, &regions, &trails).await;
        (trails, alerts)
    });
    let (
        (trails, alerts),
        event_stores,
        log_groups,
        recorders,
        detectors,
        finding_hubs,
        analyzers,
        keys,
        access_points,
    ) = futures::join!(
        trails_and_alerts,
        Box::pin(cloudtrail::event_stores(audit, &regions)),
        Box::pin(alerts::log_groups(audit, &regions)),
        Box::pin(regional::recorders(audit, &regions)),
        Box::pin(regional::detectors(audit, &regions)),
        Box::pin(regional::finding_hubs(audit, &regions)),
        Box::pin(regional::analyzers(audit, &regions)),
        Box::pin(keys::collect(audit, &regions)),
        Box::pin(s3::access_points(audit, &regions)),
    );
    // Alerts need the trails; whether anything else does decides whether the trails are part of the result.
    let trails =
        if audit.wanted.kind(Kind::AuditTrail) { trails } else { Listing::not_collected() };
    Ok(Regional {
        regions: regions.regions,
        trails,
        event_stores,
        log_groups,
        alerts,
        recorders,
        detectors,
        finding_hubs,
        analyzers,
        keys,
        access_points,
    })
}

/// A listing of every region that is read.
pub(crate) async fn regional_listing<'r, T, F: Future<Output = Listing<T>>>(
    audit: &Audit<'_>,
    regions: &'r Regions,
    service: &'static str,
    one: impl Fn(&'r str) -> F,
) -> Listing<T> {
    let parts = regions.read().map(|region| audit.observed(service, region, one(region)));
    let mut all = Listing::complete(Vec::new());
    all.gaps.extend(regions.gap_id(audit));
    for part in futures::future::join_all(parts).await {
        all.merge(part);
    }
    all
}

/// The regions of the account, and the gap if they could not be listed.
pub(crate) struct Regions {
    pub(crate) regions: Vec<Region>,
    /// Set where there may be more regions than these.
    pub(crate) gap: Option<Gap>,
}

impl Regions {
    /// The regions to be read.
    pub(crate) fn read(&self) -> impl Iterator<Item = &str> {
        self.regions
            .iter()
            .filter(|region| region.enabled && !region.excluded)
            .map(|region| region.name.as_str())
    }

    /// The gap that every listing over all regions has, where there may be more regions than these.
    pub(crate) fn gap_id(&self, audit: &Audit<'_>) -> Option<GapId> {
        self.gap.clone().map(|gap| audit.ask.gap(gap))
    }
}

/// Finds the regions of the account with
/// [ListRegions](https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html). Regions that were named
/// are read even where the list is refused.
async fn regions(audit: &Audit<'_>) -> Result<Regions, CollectError> {
    let home = audit.session.home_region();
    let client = audit.session.account_api(home, audit.meter);
    let (pages, refused) = audit
        .ask
        .pages(
            LIST_REGIONS,
            home,
            |token| client.list_regions().max_results(50).set_next_token(token).send(),
            |page| page.next_token(),
        )
        .await;
    let found = || pages.iter().flat_map(|page| page.regions());
    let nameless = found().any(|region| region.region_name().is_none());
    let refused = Refused::or_nameless(refused, nameless, LIST_REGIONS, home);
    let mut regions: Vec<Region> = found()
        .filter_map(|region| {
            use aws_sdk_account::types::RegionOptStatus::{Disabled, Enabling};
            let name = region.region_name()?.to_owned();
            let enabled = !matches!(region.region_opt_status(), Some(Disabled | Enabling));
            Some(Region { excluded: !audit.reads_region(&name), name, enabled })
        })
        .collect();
    let mut gap = refused.map(|refused| refused.into_gap());
    for name in &audit.options.regions {
        if regions.iter().any(|region| region.name.eq_ignore_ascii_case(name)) {
            continue;
        }
        if gap.is_none() {
            let known = regions.into_iter().map(|region| region.name).collect();
            return Err(CollectError::NoSuchRegion { name: name.clone(), known });
        }
        let excluded = !audit.reads_region(name);
        regions.push(Region { name: name.to_ascii_lowercase(), enabled: true, excluded });
    }
    if !audit.options.regions.is_empty() {
        // Whoever names regions leaves the others out on purpose, also those that could not be listed.
        gap = None;
    }
    if regions.is_empty() {
        // What is configured can be read at least; that there may be more is a gap of every regional listing.
        let name = audit.session.region().to_owned();
        regions.push(Region { excluded: !audit.reads_region(&name), name, enabled: true });
    }
    Ok(Regions { regions, gap })
}

fn now() -> Time {
    jiff::Timestamp::now().into()
}

/// A time of the SDK's.
pub(crate) fn time(instant: &aws_smithy_types::DateTime) -> Time {
    Time::from_unix(instant.secs())
}

#[cfg(test)]
mod tests {
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
