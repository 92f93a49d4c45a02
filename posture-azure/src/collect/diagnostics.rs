//! Diagnostic settings: which records go where.

use posture_core::fact::{Fact, Known};
use serde_json::Value;

use super::body::{Body, same, word};
use super::subscription::Subscription;
use crate::client::{Asker, Items, Lane, Question};

pub(crate) const READ: &str = "Microsoft.Insights/diagnosticSettings/read";

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
    /// The event hub of a setting from before it had a property of its own.
    pub(crate) service_bus: Option<String>,
    pub(crate) partner: Option<String>,
}

impl Setting {
    fn read(body: &Body<'_>) -> Fact<Self> {
        let sink = |name: &str| {
            body.text(&format!("properties.{name}"))
                .map(|id| id.filter(|id| !id.is_empty()).map(str::to_owned))
        };
        let logs = body.list("properties.logs");
        logs.and_then(|logs| {
            let mut setting = Self {
                id: body.id.to_owned(),
                name: word(body.value, "name").unwrap_or_default().to_owned(),
                categories: Vec::new(),
                groups: Vec::new(),
                storage_account: None,
                workspace: None,
                event_hub: None,
                service_bus: None,
                partner: None,
            };
            for log in *logs {
                let log = body.within(log);
                match log.flag("enabled") {
                    Known(Some(true)) => {}
                    Known(_) => continue,
                    Fact::NotOffered => continue,
                    Fact::Gap(gap) => return Fact::Gap(gap),
                }
                let text = |name: &str| word(log.value, name).filter(|text| !text.is_empty());
                setting.categories.extend(text("category").map(str::to_owned));
                setting.groups.extend(text("categoryGroup").map(str::to_owned));
            }
            let sinks = [
                ("storageAccountId", &mut setting.storage_account),
                ("workspaceId", &mut setting.workspace),
                ("eventHubAuthorizationRuleId", &mut setting.event_hub),
                ("serviceBusRuleId", &mut setting.service_bus),
                ("marketplacePartnerId", &mut setting.partner),
            ];
            for (name, place) in sinks {
                match sink(name) {
                    Known(id) => *place = id,
                    Fact::NotOffered => {}
                    Fact::Gap(gap) => return Fact::Gap(gap),
                }
            }
            Known(setting)
        })
    }

    /// Where it sends records; none where there is nowhere.
    pub(crate) fn sink(&self) -> Option<&str> {
        [&self.workspace, &self.storage_account, &self.event_hub, &self.service_bus, &self.partner]
            .into_iter()
            .find_map(Option::as_deref)
    }

    /// Whether it sends any records at all, to wherever it sends them.
    pub(crate) fn sends(&self) -> bool {
        !self.categories.is_empty() || !self.groups.is_empty()
    }

    /// Whether a category is switched on by itself or by a group that holds it.
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
    let lane = Lane::Subscription(audit.id.to_owned());
    let question = Question { action: READ, target: scope, lane: &lane, path: &path };
    read(audit.ask, READ, audit.ask.list(question).await)
}

/// The settings of a list. One that does not fit is a gap of them all: what it sends nobody knows.
pub(crate) fn read(ask: &Asker, action: &str, items: Items) -> Fact<Vec<Setting>> {
    if let Some(refused) = items.refused {
        return ask.unknown(refused.gap);
    }
    let mut settings = Vec::new();
    for item in &items.items {
        let id = word(item, "id").unwrap_or_default();
        if !item.get("properties").is_some_and(Value::is_object) {
            return ask.unknown(super::body::senseless(action, id));
        }
        match Setting::read(&Body { ask, action, id, value: item }) {
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
