//! Which calls an audit of a cluster would make.

use futures::future::join_all;
use posture_model::plan::{Bound, Plan, Planned};
use posture_model::wanted::Wanted;

use super::collect::{Session, lists};
use super::list;
use crate::action::{GROUPS, PAGE, VERSION, wanted_actions};
use crate::manifest::is_built_in;

impl Session {
    /// Plans an audit: one item of each list shows how many there are. A list that denies, or whose server does not count, is at least
    /// one call.
    pub async fn plan(&self, wanted: &Wanted) -> Plan {
        let lists = lists(wanted);
        let counted = lists.iter().map(|(action, api)| async move {
            let first = list::page(&self.client, action, api, None, 1, None).await;
            let total = match &first {
                Ok((page, _)) => {
                    let items = page.items.len() as u64;
                    let rest = if page.is_last() { Some(0) } else { page.remaining };
                    rest.map(|rest| items.saturating_add(rest))
                }
                Err(_) => None,
            };
            // Where an extension is not installed, its group is requested besides, to know that.
            let absent = match &first {
                Err(refused) => {
                    refused.error.status == 404 && !is_built_in(&api.api_version(), api.kind)
                }
                Ok(_) => false,
            };
            if absent {
                return Planned { action: action.name, calls: 2, bound: Bound::Exact };
            }
            let calls = total.unwrap_or(0).div_ceil(u64::from(PAGE)).max(1);
            let bound = match total {
                Some(_) => Bound::Exact,
                None => Bound::AtLeast,
            };
            Planned { action: action.name, calls, bound }
        });
        let mut all: Vec<Planned> = join_all(counted).await;
        all.push(Planned { action: VERSION, calls: 1, bound: Bound::Exact });
        if wanted_actions(wanted).iter().any(|action| action.name == GROUPS) {
            all.push(Planned { action: GROUPS, calls: 1, bound: Bound::Exact });
        }
        all.sort_by_key(|planned| planned.action);
        Plan { calls: all, asked: self.calls() }
    }
}
