//! Whether the records of the activity log can be changed or deleted where storage accounts keep them.

use std::collections::BTreeSet;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, NotOffered};
use posture_model::gap::{Gap, GapId};
use posture_model::resource::AuditTrail;
use serde_json::Value;

use super::super::body::{Body, View, name_of, same};
use super::super::context::Subscription;
use super::super::diagnostics::Setting;
use super::super::storage::{CONTAINERS, VERSION};
use super::{plain, stores};
use crate::client::{Items, Question, RateLimit};

/// The [container](https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log#send-to-azure-storage) that
/// diagnostic settings deliver the activity log to.
const CONTAINER: &str = "insights-activity-logs";

/// The containers that nothing locks, in any subscription.
pub(super) async fn unlocked(
    audit: &Subscription<'_>,
    settings: &Fact<Vec<Setting>>,
) -> Fact<Entries> {
    if !audit.wanted.fact(AuditTrail::UNLOCKED_CONTAINERS) {
        return Fact::not_collected();
    }
    let accounts: BTreeSet<String> = match settings {
        Fact::Known(settings) => stores(settings).map(plain).collect(),
        NotOffered => return NotOffered,
        Fact::Gap(gap) => return Fact::Gap(*gap),
    };
    if accounts.is_empty() {
        return NotOffered;
    }
    let (mut found, mut open) = (Vec::new(), None);
    for account in accounts {
        match locked(audit, &account).await {
            Ok(true) => {}
            Ok(false) => {
                let name = account.rsplit('/').next().unwrap_or_default();
                found.push(format!("{name}/{CONTAINER}"));
            }
            Err(gap) => open = open.or(Some(gap)),
        }
    }
    Entries::new(found, open).into_fact()
}

/// Whether the container of the activity log in an account is locked.
async fn locked(audit: &Subscription<'_>, account: &str) -> Result<bool, GapId> {
    let path = format!("{account}/blobServices/default/containers?api-version={VERSION}");
    let lane = RateLimit::Subscription(audit.id.to_owned());
    let question = Question { action: CONTAINERS.name, target: account, lane: &lane, path: &path };
    let Items { items, refused } = audit.ask.list(question).await;
    if let Some(container) = items.iter().find(|item| same(name_of(item), CONTAINER)) {
        return of_container(audit, account, container);
    }
    let nothing_yet = || {
        Gap::undetermined(
            CONTAINERS.name,
            account,
            "the container of the activity log is not there yet",
        )
    };
    Err(audit.ask.gap(refused.map_or_else(nothing_yet, |refused| refused.gap)))
}

/// By the [reference](https://learn.microsoft.com/en-us/rest/api/storagerp/blob-containers/list).
fn of_container(audit: &Subscription<'_>, account: &str, container: &Value) -> Result<bool, GapId> {
    let body = Body { ask: audit.ask, action: CONTAINERS.name, id: account, value: container };
    let flag = |path: &str| match body.need(path, View::flag) {
        Fact::Known(value) => Ok(value),
        Fact::Gap(gap) => Err(gap),
        NotOffered => Ok(false),
    };
    // One of them settles it, whatever is wrong with the other.
    let (policy, hold) =
        (flag("properties.hasImmutabilityPolicy"), flag("properties.hasLegalHold"));
    if policy == Ok(true) || hold == Ok(true) {
        return Ok(true);
    }
    policy?;
    hold?;
    match body.flag("properties.immutableStorageWithVersioning.enabled") {
        Fact::Known(Some(true)) => Err(audit.ask.gap(Gap::undetermined(
            CONTAINERS.name,
            account,
            "versions are immutable by a policy of the account, which is not read",
        ))),
        Fact::Gap(gap) => Err(gap),
        Fact::Known(Some(false) | None) | NotOffered => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use posture_model::gap::Reason;
    use posture_model::resource::Kind;
    use serde_json::json;

    use super::super::super::answers::{Answers, ID, audited};
    use super::*;

    fn account(name: &str) -> String {
        format!(
            "/subscriptions/{ID}/resourceGroups/logs/providers/Microsoft.Storage/storageAccounts/{name}"
        )
    }

    fn setting(account: Option<String>) -> Setting {
        Setting {
            id: "s".to_owned(),
            name: "s".to_owned(),
            categories: vec!["Administrative".to_owned()],
            groups: Vec::new(),
            storage_account: account,
            workspace: None,
            event_hub: None,
            service_bus: None,
            partner: None,
        }
    }

    fn container(properties: &Value) -> Value {
        json!({ "value": [
            { "name": "other", "properties": { "hasImmutabilityPolicy": false, "hasLegalHold": false } },
            { "name": "insights-activity-logs", "properties": properties },
        ] })
    }

    /// The containers that nothing locks, where the accounts of settings answer so.
    async fn read(accounts: &[(&str, Option<Value>)]) -> Fact<Entries> {
        let mut answers = Answers::new();
        let mut settings = Vec::new();
        for (name, answer) in accounts {
            settings.push(setting(Some(account(name))));
            if let Some(answer) = answer {
                let path = format!("{}/blobServices/default/containers", account(name));
                answers = answers.with(&path, answer.clone());
            }
        }
        let facts = [AuditTrail::UNLOCKED_CONTAINERS];
        audited(&answers, &facts, &[Kind::AuditTrail], async |audit| {
            unlocked(audit, &Fact::Known(settings)).await
        })
        .await
    }

    fn of(fact: &Fact<Entries>) -> (Vec<String>, bool) {
        match fact {
            Fact::Known(entries) => (entries.certain().to_vec(), entries.undecided().is_some()),
            NotOffered => panic!("not offered"),
            Fact::Gap(_) => (Vec::new(), true),
        }
    }

    #[tokio::test]
    async fn a_policy_or_a_legal_hold_locks_it() {
        let is = |policy: Value, hold: Value| {
            Some(container(&json!({ "hasImmutabilityPolicy": policy, "hasLegalHold": hold })))
        };
        let named = || vec!["a/insights-activity-logs".to_owned()];
        for (policy, hold, expected) in [
            (json!(true), json!(false), (vec![], false)),
            (json!(false), json!(true), (vec![], false)),
            (json!(true), Value::Null, (vec![], false)),
            (json!(false), json!(false), (named(), false)),
            (json!(false), Value::Null, (vec![], true)),
            (json!("no"), json!(false), (vec![], true)),
        ] {
            let found = read(&[("a", is(policy.clone(), hold.clone()))]).await;
            assert_eq!(of(&found), expected, "{policy} {hold}");
        }
    }

    #[tokio::test]
    async fn what_was_not_read_is_open_and_hides_nothing_that_is_certain() {
        let open = container(&json!({ "hasImmutabilityPolicy": false, "hasLegalHold": false }));
        let versions = container(&json!({ "hasImmutabilityPolicy": false, "hasLegalHold": false,
            "immutableStorageWithVersioning": { "enabled": true } }));
        for unread in [None, Some(json!({ "value": [] })), Some(versions)] {
            assert_eq!(of(&read(&[("b", unread.clone())]).await), (vec![], true), "{unread:?}");
            let found = read(&[("a", Some(open.clone())), ("b", unread.clone())]).await;
            assert_eq!(of(&found), (vec!["a/insights-activity-logs".to_owned()], true));
        }
    }

    #[tokio::test]
    async fn without_a_storage_account_there_is_nothing_to_lock() {
        let facts = [AuditTrail::UNLOCKED_CONTAINERS];
        audited(&Answers::new(), &facts, &[Kind::AuditTrail], async |audit| {
            let none = unlocked(audit, &Fact::Known(vec![setting(None)])).await;
            assert_eq!(none, NotOffered);
            let gap = audit.ask.gap(Gap::new("x", "", Reason::Denied));
            assert_eq!(unlocked(audit, &Fact::Gap(gap)).await, Fact::Gap(gap));
        })
        .await;
    }
}
