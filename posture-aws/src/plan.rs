//! Which calls an audit would make: the table of actions, multiplied by what there is.

use std::collections::BTreeMap;

use posture_collect::Each;
use posture_collect::plan::{Listed, counted_kinds, planned};
pub use posture_model::plan::{Bound, Plan, Planned};
use posture_model::resource::Kind;
use posture_model::scope::Calls;
use posture_model::wanted::Wanted;
use tokio::sync::watch;

use crate::action::{holds, wanted_actions};
use crate::ask::ApiClient;
use crate::collect::iam::SUMMARY;
use crate::collect::{CollectError, Observer, Options, collect};
use crate::entry::{IDENTITY, LIST_REGIONS};
use crate::session::Session;

/// Plans an audit. It calls only what the counts need.
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
    let kinds: Vec<Kind> = counted_kinds(&actions).into_iter().collect();
    let counted =
        collect(session, &Wanted::of(&[], &kinds), options, observer, stop.clone()).await?;
    let mut asked = counted.calls.clone();
    let totals = if actions.iter().any(|action| matches!(action.per.each, Each::Page(_))) {
        totals(session, stop, &mut asked).await
    } else {
        None
    };
    let counted = Listed::new(&counted, totals);
    let exactly = |action, calls| Planned { action, calls, bound: Bound::Exact };
    let others = [exactly(LIST_REGIONS, counted.called(LIST_REGIONS)), exactly(IDENTITY, 1)];
    Ok(Plan { calls: planned(&actions, &counted, others), asked })
}

/// How many identities and policies the account has, by its own count.
async fn totals(
    session: &Session,
    stop: watch::Receiver<bool>,
    asked: &mut BTreeMap<String, Calls>,
) -> Option<BTreeMap<Kind, u64>> {
    let ask = ApiClient::new(1, None, stop);
    let meter = session.meter_by(holds);
    let client = session.iam(session.home_region(), &meter);
    let answer = ask.ask(SUMMARY.name, "", "", client.get_account_summary().send()).await;
    asked.extend(meter.calls());
    let totals = answer.ok()?.summary_map?;
    let total = |(key, total): (aws_sdk_iam::types::SummaryKeyType, i32)| {
        let kind = match key.as_str() {
            "Users" => Kind::User,
            "Groups" => Kind::Group,
            "Roles" => Kind::Role,
            "Policies" => Kind::Policy,
            _ => return None,
        };
        Some((kind, u64::try_from(total).unwrap_or(0)))
    };
    Some(totals.into_iter().filter_map(total).collect())
}
