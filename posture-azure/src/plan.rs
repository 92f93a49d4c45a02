//! Which calls an audit would make: the table of actions, multiplied by what there is.

use posture_collect::plan::planned;
use posture_model::plan::{Bound, Plan, Planned};
use posture_model::wanted::Wanted;

use crate::action::{ALWAYS, wanted_actions};
use crate::client::ApiClient;
use crate::collect::{CollectError, Options, count};
use crate::entry::{DESCENDANTS, RESOURCE_GRAPH, SUBSCRIPTIONS};
use crate::login::Session;

/// Plans an audit. It calls only what the counts need.
///
/// # Errors
/// When the subscriptions cannot be listed, or one was named that does not exist.
pub async fn plan(
    session: &Session,
    wanted: &Wanted,
    options: &Options,
) -> Result<Plan, CollectError> {
    let ask = ApiClient::new(&session.client, options.stop.clone());
    let counted = count(&ask, wanted, options).await?;
    let exactly = |action, calls| Planned { action, calls, bound: Bound::Exact };
    let mut others: Vec<Planned> = ALWAYS
        .iter()
        .map(|action| match *action {
            SUBSCRIPTIONS => exactly(action, counted.listing_pages),
            RESOURCE_GRAPH => exactly(action, counted.queries),
            _ => exactly(action, counted.subscriptions + counted.proofs),
        })
        .collect();
    if counted.group_pages > 0 {
        others.push(exactly(DESCENDANTS, counted.group_pages));
    }
    let calls = planned(&wanted_actions(wanted), &counted, others);
    let (_, asked) = ask.into_parts();
    Ok(Plan { calls, asked })
}
