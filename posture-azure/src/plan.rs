//! Which calls an audit would make: the table of actions, multiplied by what there is.

use std::collections::BTreeMap;

use posture_core::plan::{Bound, Plan, Planned};
use posture_core::wanted::Wanted;

use crate::action::{ALWAYS, Action, Per, wanted_actions};
use crate::client::Asker;
use crate::collect::{CollectError, Counted, Options, count};
use crate::login::Session;

/// Plans an audit. It asks for what the counts need, and for nothing else.
///
/// # Errors
/// When the subscriptions cannot be listed, or one was named that does not exist.
pub async fn plan(
    session: &Session,
    wanted: &Wanted,
    options: &Options,
) -> Result<Plan, CollectError> {
    let ask = Asker::new(&session.client, options.stop.clone());
    let counted = count(&ask, wanted, options).await?;
    let mut calls: Vec<Planned> = wanted_actions(wanted)
        .into_iter()
        .filter(|action| !matches!(action.per, Per::Row | Per::Batch))
        .map(|action| planned(action, &counted))
        .collect();
    let exact = |action, calls| Planned { action, calls, bound: Bound::Exact };
    for action in ALWAYS {
        calls.push(match *action {
            crate::collect::SUBSCRIPTIONS => exact(action, counted.listing_pages),
            crate::collect::RESOURCE_GRAPH => exact(action, counted.queries),
            _ => exact(action, counted.subscriptions + counted.proofs),
        });
    }
    if wanted_actions(wanted).iter().any(|action| action.per == Per::Batch) {
        // Who holds roles shows only when the assignments are read.
        calls.push(Planned { action: crate::collect::BATCH, calls: 0, bound: Bound::AtLeast });
    }
    if counted.group_pages > 0 {
        calls.push(exact(crate::collect::DESCENDANTS, counted.group_pages));
    }
    calls.sort_by_key(|planned| planned.action);
    let (_, asked) = ask.into_parts();
    let asked: BTreeMap<_, _> = asked;
    Ok(Plan { calls, asked })
}

fn planned(action: &Action, counted: &Counted) -> Planned {
    let (calls, bound) = match action.per {
        Per::Tenant => (1, Bound::AtLeast),
        Per::Subscription => (counted.subscriptions, Bound::AtLeast),
        Per::SwitchedOff => (counted.subscriptions, Bound::AtMost),
        Per::Row | Per::Batch => (0, Bound::Exact),
        // Which groups there are shows only when the roles are read, and what is referred to when the rest is.
        Per::RoleGroup | Per::Referred | Per::Holders => (0, Bound::AtLeast),
        Per::BlobAccount => (counted.blob_accounts, Bound::Exact),
        Per::OpenBlobAccount => (counted.open_blob_accounts, Bound::AtLeast),
        Per::Logged => (counted.logged, Bound::Exact),
        Per::FileAccount => (counted.file_accounts, Bound::Exact),
        Per::Vault => (counted.vaults, Bound::AtLeast),
        Per::VaultAndKey => match counted.key_calls {
            Some(calls) => (calls, Bound::Exact),
            None => (counted.vaults, Bound::AtLeast),
        },
    };
    Planned { action: action.name, calls, bound }
}
