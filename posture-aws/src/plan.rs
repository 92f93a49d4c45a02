//! Which calls an audit would make: the table of actions, multiplied by what there is.

use std::collections::{BTreeMap, BTreeSet};

use posture_core::fact::Known;
pub use posture_core::plan::{Bound, Plan, Planned};
use posture_core::resource::{FactId, Key, KeyOrigin, KeyState, Kind};
use posture_core::scope::{Calls, Scope};
use posture_core::wanted::Wanted;
use tokio::sync::watch;

use crate::action::{Action, LIST_REGIONS, Per, wanted_actions};
use crate::ask::Asker;
use crate::collect::{CollectError, Observer, Options, collect};
use crate::session::Session;

/// Plans an audit. It asks for what the counts need, and for nothing else.
///
/// # Errors
/// When a region was named that does not exist.
pub async fn plan(
    session: &Session,
    wanted: &Wanted,
    options: &Options,
    observer: &Observer,
    stop: watch::Receiver<bool>,
) -> Result<Plan, CollectError> {
    let actions = wanted_actions(wanted);
    let per = |wanted: fn(Per) -> bool| actions.iter().any(|action| wanted(action.per));
    let mut kinds = Vec::new();
    if per(|per| matches!(per, Per::Bucket | Per::BucketWithAcls | Per::BucketRegion)) {
        kinds.push(Kind::Bucket);
    }
    if per(|per| per == Per::AccessPoint) {
        kinds.push(Kind::AccessPoint);
    }
    if per(|per| per == Per::Trail) {
        kinds.push(Kind::AuditTrail);
    }
    if per(|per| per == Per::EventStore) {
        kinds.push(Kind::EventStore);
    }
    if per(|per| per == Per::Detector) {
        kinds.push(Kind::Detector);
    }
    if per(|per| per == Per::AlarmTopic) {
        kinds.push(Kind::Alert);
    }
    let mut facts: Vec<FactId> = Vec::new();
    if per(|per| matches!(per, Per::CustomerKey | Per::RotatableKey | Per::Key)) {
        facts.extend([Key::STATE, Key::ORIGIN, Key::SYMMETRIC, Key::REPLICA]);
    }
    let counted =
        collect(session, &Wanted::of(&facts, &kinds), options, observer, stop.clone()).await?;
    let mut asked = counted.calls.clone();
    let identities = if per(|per| per == Per::IdentityPage) {
        identities(session, stop, &mut asked).await
    } else {
        None
    };
    let mut calls: Vec<Planned> =
        actions.iter().map(|action| planned(action, &counted, identities)).collect();
    calls.push(Planned { action: LIST_REGIONS, ..made(LIST_REGIONS, &counted) });
    calls.push(Planned { action: "sts:GetCallerIdentity", calls: 1, bound: Bound::Exact });
    calls.sort_by_key(|planned| planned.action);
    Ok(Plan { calls, asked })
}

/// What counting already called as the audit will.
fn made(action: &'static str, counted: &Scope) -> Planned {
    let calls = counted.calls.get(action).map_or(0, |calls| calls.operations);
    Planned { action, calls, bound: Bound::Exact }
}

fn planned(action: &Action, counted: &Scope, identities: Option<u64>) -> Planned {
    let action_name = action.name;
    let exact =
        |calls: usize| Planned { action: action_name, calls: calls as u64, bound: Bound::Exact };
    let at = |calls: u64, bound| Planned { action: action_name, calls, bound };
    let regions =
        counted.regions.iter().filter(|region| region.enabled && !region.excluded).count();
    // A listing that was walked to count what it holds will be walked in the same steps again.
    if !action.lists.is_empty() && counted.calls.contains_key(action.name) {
        return made(action.name, counted);
    }
    match action.per {
        Per::Account => exact(1),
        Per::Organization => at(1, Bound::AtMost),
        Per::Times(times) => at(u64::from(times), Bound::AtMost),
        Per::Region if action.name == "cloudwatch:DescribeAlarms" => {
            let alerted: BTreeSet<_> =
                counted.alerts.items.iter().filter_map(|alert| alert.region.as_deref()).collect();
            exact(alerted.len())
        }
        // These answer with all there is in one page.
        Per::Region
            if matches!(
                action.name,
                "config:DescribeConfigurationRecorders" | "securityhub:DescribeHub"
            ) =>
        {
            exact(regions)
        }
        Per::Region if !action.lists.is_empty() => at(regions as u64, Bound::AtLeast),
        Per::Region => exact(regions),
        Per::IdentityPage => at(identities.unwrap_or(1).div_ceil(1_000).max(1), Bound::AtLeast),
        Per::Bucket => exact(counted.buckets.items.len()),
        Per::BucketWithAcls => at(counted.buckets.items.len() as u64, Bound::AtMost),
        Per::BucketRegion => {
            let regions: BTreeSet<_> = counted
                .buckets
                .items
                .iter()
                .filter_map(|bucket| bucket.region.as_deref())
                .collect();
            exact(regions.len())
        }
        Per::AccessPoint => exact(counted.access_points.items.len()),
        Per::GuardrailPolicy => at(50, Bound::AtMost),
        Per::Trail => exact(counted.audit_trails.items.len()),
        Per::EventStore => exact(counted.event_stores.items.len()),
        Per::Detector => {
            let there =
                |detector: &&posture_core::resource::Detector| detector.enabled != Known(false);
            exact(counted.detectors.items.iter().filter(there).count())
        }
        Per::Key | Per::BucketWithoutRegion => made(action.name, counted),
        Per::CustomerKey => exact(counted.keys.items.len()),
        Per::RotatableKey => exact(counted.keys.items.iter().filter(|key| rotatable(key)).count()),
        Per::AlarmTopic => at(0, Bound::AtLeast),
        Per::Report => at(1, Bound::AtLeast),
    }
}

fn rotatable(key: &Key) -> bool {
    key.state == Known(KeyState::Enabled)
        && key.origin == Known(KeyOrigin::Service)
        && key.symmetric == Known(true)
        && key.replica == Known(false)
}

/// How many identities and policies the account has, by its own count.
async fn identities(
    session: &Session,
    stop: watch::Receiver<bool>,
    asked: &mut BTreeMap<String, Calls>,
) -> Option<u64> {
    const SUMMARY: &str = "iam:GetAccountSummary";
    let ask = Asker::new(1, None, stop);
    let meter = session.meter();
    let client = session.iam(session.home_region(), &meter);
    let answer = ask.ask(SUMMARY, "", "", client.get_account_summary().send()).await;
    asked.extend(meter.calls());
    let totals = answer.ok()?.summary_map?;
    let sum = totals
        .iter()
        .filter(|(key, _)| matches!(key.as_str(), "Users" | "Groups" | "Roles" | "Policies"))
        .map(|(_, total)| u64::try_from(*total).unwrap_or(0))
        .sum();
    Some(sum)
}
