//! What every collector needs: the account that it reads, its client, and what is wanted.

use std::num::NonZeroU32;

use posture_collect::{CollectError, Observer, observed};
use posture_model::fact::Fact;
use posture_model::gap::{Gap, GapId};
use posture_model::listing::Listing;
use posture_model::resource::{AuditTrail, Organization};
use posture_model::scope::Region;
use posture_model::skew::Clock;
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use tokio::sync::OnceCell;

use super::organization;
use crate::ask::ApiClient;
use crate::entry::Action;
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
    /// The most concurrent calls in one account.
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

/// In how many regions a question is asked that any of them can answer.
const MOST_PLACES: usize = 4;

/// What every collector needs.
pub(crate) struct Audit<'a> {
    pub(crate) session: &'a Session,
    pub(crate) ask: &'a ApiClient,
    pub(crate) meter: &'a Meter,
    pub(crate) wanted: &'a Wanted,
    pub(crate) options: &'a Options,
    pub(super) observer: &'a Observer,
    /// The organization of the account, requested once, by the first reader that needs it.
    pub(super) organization: OnceCell<Fact<Option<Organization>>>,
    /// The regions of the account, likewise.
    pub(super) regions: OnceCell<Result<Regions, CollectError>>,
    /// The trails of the account, likewise.
    pub(super) trails: OnceCell<Listing<AuditTrail>>,
}

impl Audit<'_> {
    /// The organization of the account, if the wanted facts require it.
    pub(crate) async fn organization(&self) -> &Fact<Option<Organization>> {
        self.organization.get_or_init(|| Box::pin(organization::describe(self))).await
    }

    /// Runs a collector between two events.
    pub(super) fn observed<T>(
        &self,
        service: &'static str,
        region: &str,
        work: impl Future<Output = T>,
    ) -> impl Future<Output = T> {
        observed(self.observer, self.session.account(), service, region, work)
    }

    /// The regions in which services can be called that respond the same everywhere: the configured one, the
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

    /// Whether the wanted facts require this action.
    pub(crate) fn calls(&self, action: &Action) -> bool {
        action.is_wanted(self.wanted)
    }

    /// The time, by what the services reported so far. If they are not plausible, it is the time of this machine, and what
    /// depends on it is unknown in the end, see [`Scope::correct_clock`].
    pub(crate) fn now(&self) -> Time {
        match self.session.skew().clock() {
            Clock::Ahead(seconds) => now().earlier(seconds),
            Clock::Right | Clock::Unknown(_) => now(),
        }
    }

    /// Whether a region is read.
    pub(crate) fn reads_region(&self, region: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|name| name.eq_ignore_ascii_case(region));
        (self.options.regions.is_empty() || named(&self.options.regions))
            && !named(&self.options.excluded_regions)
    }
}

/// The regions of the account, and the gap if they could not be listed.
#[derive(Clone, Debug)]
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

/// What time it is, by the clock of this machine.
pub(super) fn now() -> Time {
    jiff::Timestamp::now().into()
}

/// A time of the SDK's.
pub(crate) fn time(instant: &aws_smithy_types::DateTime) -> Time {
    Time::from_unix(instant.secs())
}
