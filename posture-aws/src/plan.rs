//! Which calls an audit would make: the table of actions, multiplied by what there is.

use std::collections::BTreeMap;

use posture_collect::Each;
use posture_collect::plan::{Listed, counted_kinds, planned};
pub use posture_model::plan::{Bound, Plan, Planned};
use posture_model::resource::{Account, FactId, Kind};
use posture_model::scope::Calls;
use posture_model::wanted::Wanted;
use tokio::sync::watch;

use crate::action::{Action, holds, wanted_actions};
use crate::ask::ApiClient;
use crate::collect::alerts::SUBSCRIPTIONS;
use crate::collect::iam::SUMMARY;
use crate::collect::organization::{ABOVE, POLICY_TARGETS, is_asked, planned_policies};
use crate::collect::{CollectError, Observer, Options, collect};
use crate::entry::{ASSUME_ROLE, IDENTITY, LIST_ACCOUNTS, LIST_REGIONS};
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
    let is_wanted = |action: &Action| actions.iter().any(|wanted| wanted.name == action.name);
    let above = ABOVE.iter().any(|action| is_wanted(action));
    // What an account is asked about its organization depends on which it is in.
    let facts: &[FactId] = if above { &[Account::ORGANIZATION] } else { &[] };
    let counted =
        collect(session, &Wanted::of(facts, &kinds), options, observer, stop.clone()).await?;
    let mut asked = counted.calls.clone();
    let is_asked = is_asked(&counted.account.organization, &options.peers);
    let policies = match is_asked && is_wanted(&POLICY_TARGETS) {
        true => policies(session, stop.clone(), &mut asked).await,
        false => 0,
    };
    let totals = if actions.iter().any(|action| matches!(action.per.each, Each::Page(_))) {
        totals(session, stop, &mut asked).await
    } else {
        None
    };
    let counted = Listed::new(&counted, totals);
    // An audit begins its session in the same way, and lists regions and accounts in the same steps. A topic of another
    // account of the run is read in a session of that account.
    let elsewhere = !options.peers.is_empty() && is_wanted(&SUBSCRIPTIONS);
    let begun = |action| Planned {
        action,
        calls: counted.called(action),
        bound: match action {
            IDENTITY | ASSUME_ROLE if elsewhere => Bound::AtLeast,
            _ => Bound::Exact,
        },
    };
    let others = [IDENTITY, ASSUME_ROLE, LIST_ACCOUNTS, LIST_REGIONS].map(begun);
    let mut calls = planned(&actions, &counted, others);
    for planned in &mut calls {
        if planned.action == POLICY_TARGETS.name && policies > 0 {
            // A policy may have more targets than fit on a page.
            (planned.calls, planned.bound) = (policies, Bound::AtLeast);
        } else if planned.action == POLICY_TARGETS.name
            || (!is_asked && ABOVE.iter().any(|action| action.name == planned.action))
        {
            (planned.calls, planned.bound) = (0, Bound::Exact);
        }
    }
    Ok(Plan { calls, asked })
}

/// For how many policies of the organization the attachments would be read.
async fn policies(
    session: &Session,
    stop: watch::Receiver<bool>,
    asked: &mut BTreeMap<String, Calls>,
) -> u64 {
    let ask = ApiClient::new(1, None, stop);
    let ask = if session.is_simulated() { ask.unpaced() } else { ask };
    let meter = session.meter_by(holds);
    let client = session.client(session.home_region(), &meter);
    let count = planned_policies(&ask, &client).await;
    asked.extend(meter.calls());
    count as u64
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
