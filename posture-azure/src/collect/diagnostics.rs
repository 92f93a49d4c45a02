//! Diagnostic settings: which records go where.

use posture_model::fact::{Fact, Known};

use super::body::{Body, Misfit, Read, View, name_of, same, senseless, word};
use super::context::Subscription;
use crate::client::{ApiClient, Items, Question, RateLimit};
use crate::entry::{Action, LOGGED, Per};
use posture_model::resource::{AuditTrail, Bucket, Cluster, Kind, Vault};

pub(crate) const READ: Action = Action {
    name: "Microsoft.Insights/diagnosticSettings/read",
    own: &[],
    per: Per::of(Kind::AuditTrail, LOGGED),
    lists: &[Kind::AuditTrail],
    fills: &[
        AuditTrail::MULTI_REGION,
        AuditTrail::RECORDING,
        AuditTrail::MANAGEMENT_WRITES,
        AuditTrail::KEY,
        AuditTrail::STORAGE_ELSEWHERE,
        AuditTrail::UNLOCKED_CONTAINERS,
        Bucket::ACCESS_LOG_TARGET,
        Vault::AUDIT_TARGETS,
        Cluster::AUDIT_OFF,
    ],
    command: "az monitor diagnostic-settings list --resource {id}{logs}",
};

/// A [diagnostic setting](https://learn.microsoft.com/en-us/azure/azure-monitor/platform/diagnostic-settings).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The categories that are switched on.
    pub(crate) categories: Vec<String>,
    /// The groups of categories that are switched on.
    pub(crate) groups: Vec<String>,
    pub(crate) storage_account: Option<String>,
    pub(crate) workspace: Option<String>,
    pub(crate) event_hub: Option<String>,
    /// The event hub of a setting from before it had a separate property.
    pub(crate) service_bus: Option<String>,
    pub(crate) partner: Option<String>,
}

impl Setting {
    fn read(id: &str, value: View<'_>) -> Read<Self> {
        let text = |of: View<'_>, path: &str| {
            Ok(of.text(path)?.filter(|text| !text.is_empty()).map(str::to_owned))
        };
        let sink = |name: &str| text(value, &format!("properties.{name}"));
        let mut setting = Self {
            id: id.to_owned(),
            name: name_of(value.0).to_owned(),
            categories: Vec::new(),
            groups: Vec::new(),
            storage_account: sink("storageAccountId")?,
            workspace: sink("workspaceId")?,
            event_hub: sink("eventHubAuthorizationRuleId")?,
            service_bus: sink("serviceBusRuleId")?,
            partner: sink("marketplacePartnerId")?,
        };
        // A setting for metrics alone has an empty list.
        for log in value.need("properties.logs", View::listed)? {
            let (category, group) = (text(log, "category")?, text(log, "categoryGroup")?);
            if category.is_none() && group.is_none() {
                return Err(Misfit("properties.logs".to_owned()));
            }
            // It is returned for each category.
            if log.need("enabled", View::flag)? {
                setting.categories.extend(category);
                setting.groups.extend(group);
            }
        }
        Ok(setting)
    }

    /// Where it sends records; none if there is no destination.
    pub(crate) fn sink(&self) -> Option<&str> {
        [&self.workspace, &self.storage_account, &self.event_hub, &self.service_bus, &self.partner]
            .into_iter()
            .find_map(Option::as_deref)
    }

    /// Whether it sends any records at all, to wherever it sends them.
    pub(crate) fn sends(&self) -> bool {
        !self.categories.is_empty() || !self.groups.is_empty()
    }

    /// Whether a category is enabled, alone or by a group that contains it.
    pub(crate) fn covers(&self, category: &str, groups: &[&str]) -> bool {
        self.categories.iter().any(|on| same(on, category))
            || self.groups.iter().any(|on| groups.iter().any(|group| same(on, group)))
    }
}

/// The settings of a resource.
pub(crate) async fn of_resource(audit: &Subscription<'_>, scope: &str) -> Fact<Vec<Setting>> {
    let path = format!(
        "{scope}/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview"
    );
    let lane = RateLimit::Subscription(audit.id.to_owned());
    let question = Question { action: READ.name, target: scope, lane: &lane, path: &path };
    read(audit.ask, READ.name, audit.ask.list(question).await)
}

/// The settings of a list. One that does not fit is a gap of them all, because it is unknown what it sends.
pub(crate) fn read(ask: &ApiClient, action: &str, items: Items) -> Fact<Vec<Setting>> {
    if let Some(refused) = items.refused {
        return ask.unknown(refused.gap);
    }
    let mut settings = Vec::new();
    for item in &items.items {
        let id = word(item, "id").unwrap_or_default();
        let body = Body { ask, action, id, value: item };
        if !body.is_resource() {
            return ask.unknown(senseless(action, id));
        }
        match body.fact(Setting::read(id, View(item))) {
            Known(setting) => settings.push(setting),
            Fact::NotOffered => {}
            Fact::Gap(gap) => return Fact::Gap(gap),
        }
    }
    Known(settings)
}

/// Where the records of all the categories go: the first place of the settings that together send them all.
pub(crate) fn target(settings: &Fact<Vec<Setting>>, categories: &[&str]) -> Fact<Option<String>> {
    settings.map(|settings| {
        let sending: Vec<&Setting> =
            settings.iter().filter(|setting| setting.sink().is_some()).collect();
        let all = categories.iter().all(|category| {
            sending.iter().any(|setting| setting.covers(category, &["allLogs", "audit"]))
        });
        let covers = |setting: &&&Setting| {
            categories.iter().any(|category| setting.covers(category, &["allLogs", "audit"]))
        };
        let first = sending.iter().find(covers).and_then(|setting| setting.sink());
        first.filter(|_| all).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_setting_sends_what_is_on() {
        let sends = |logs: serde_json::Value| {
            let value = json!({ "properties": { "workspaceId": "place", "logs": logs } });
            Setting::read("1", View(&value)).map(|setting| setting.sends())
        };
        let category = |on: bool| json!([{ "category": "AuditEvent", "enabled": on }]);
        let group = |on: bool| json!([{ "categoryGroup": "allLogs", "enabled": on }]);
        assert_eq!(sends(category(true)), Ok(true));
        assert_eq!(sends(group(true)), Ok(true));
        assert_eq!(sends(category(false)), Ok(false));
        assert_eq!(sends(group(false)), Ok(false));
        assert_eq!(sends(json!([])), Ok(false));
        assert!(sends(json!([{ "enabled": true }])).is_err());
    }
}
