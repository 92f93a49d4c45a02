//! Logging: where the activity log goes, who is notified of its events, and how long workspaces keep records.

mod locks;

use std::collections::BTreeSet;

use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Account, Alert, AuditTrail, Encryption, EventClass, Kind, LogGroup};
use serde_json::Value;

use super::body::{Body, Misfit, Read, View, name_of, same, senseless, word};
use super::context::Subscription;
use super::diagnostics::Setting;
use super::sweep::Rows;
use super::{diagnostics, storage};
use crate::entry::{Action, ROW};

pub(crate) const ALERTS_TYPE: &str = "microsoft.insights/activitylogalerts";
pub(crate) const GROUPS_TYPE: &str = "microsoft.insights/actiongroups";
pub(crate) const WORKSPACES_TYPE: &str = "microsoft.operationalinsights/workspaces";

pub(crate) const ALERTS: Action = Action {
    name: "Microsoft.Insights/activityLogAlerts/read",
    own: &[],
    per: ROW,
    lists: &[Kind::Alert],
    fills: &[
        Alert::EVENTS,
        Alert::SEES_EVERYTHING,
        Alert::UNSEEN,
        Alert::NOTIFIES,
        Alert::TARGETS_ELSEWHERE,
        Alert::TAGS,
    ],
    command: "az monitor activity-log alert show --ids {id}",
};

pub(crate) const GROUPS: Action = Action {
    name: "Microsoft.Insights/actionGroups/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Alert::NOTIFIES, Account::ALERT_TARGETS],
    command: "az monitor action-group list",
};

pub(crate) const WORKSPACES: Action = Action {
    name: "Microsoft.OperationalInsights/workspaces/read",
    own: &[],
    per: ROW,
    lists: &[Kind::LogGroup],
    fills: &[LogGroup::RETENTION_DAYS, LogGroup::TAGS, Account::DATA_REGIONS],
    command: "az monitor log-analytics workspace show --ids {id}",
};

/// The [categories](https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log-schema#categories) that
/// show who changed what, and what was detected.
static CATEGORIES: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema"],
    "2026-11-29",
    &["Administrative", "Alert", "Policy", "Security"],
);

/// The operation whose every event makes each class, in small letters.
static OPERATIONS: Dated<(EventClass, &str)> = Dated::new(
    &["https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations"],
    "2026-11-24",
    &[
        (EventClass::PolicyAssignmentCreation, "microsoft.authorization/policyassignments/write"),
        (EventClass::PolicyAssignmentDeletion, "microsoft.authorization/policyassignments/delete"),
        (EventClass::SecurityGroupUpdate, "microsoft.network/networksecuritygroups/write"),
        (EventClass::SecurityGroupDeletion, "microsoft.network/networksecuritygroups/delete"),
        (EventClass::SecuritySolutionUpdate, "microsoft.security/securitysolutions/write"),
        (EventClass::SecuritySolutionDeletion, "microsoft.security/securitysolutions/delete"),
        (EventClass::DatabaseFirewallUpdate, "microsoft.sql/servers/firewallrules/write"),
        (EventClass::DatabaseFirewallDeletion, "microsoft.sql/servers/firewallrules/delete"),
        (EventClass::PublicAddressUpdate, "microsoft.network/publicipaddresses/write"),
        (EventClass::PublicAddressDeletion, "microsoft.network/publicipaddresses/delete"),
    ],
);

/// What kind of [service health event](https://learn.microsoft.com/en-us/azure/service-health/service-notifications) it is.
const INCIDENT_TYPE: &str = "properties.incidentType";

/// Every [level](https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log-schema#severity-level) that an
/// entry of the activity log can have, as of 2026-11-29. Which of them an operation gets is up to its provider, and differs
/// with its outcome.
static LEVELS: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema#severity-level",
    ],
    "2026-11-29",
    &["Critical", "Error", "Warning", "Informational"],
);

/// The fields that an operation decides: its type and its namespace.
const RESOURCE_TYPE: &str = "resourceType";
const RESOURCE_PROVIDER: &str = "resourceProvider";

/// The lists of receivers of an
/// [action group](https://learn.microsoft.com/en-us/rest/api/monitor/action-groups/get).
static RECEIVERS: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/rest/api/monitor/action-groups/get"],
    "2026-11-24",
    &[
        "armRoleReceivers",
        "automationRunbookReceivers",
        "azureAppPushReceivers",
        "azureFunctionReceivers",
        "emailReceivers",
        "eventHubReceivers",
        "incidentReceivers",
        "itsmReceivers",
        "logicAppReceivers",
        "smsReceivers",
        "voiceReceivers",
        "webhookReceivers",
    ],
);

/// Reads the activity log.
pub(crate) async fn trails(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    Part {
        audit_trails: Listing::complete(vec![activity_log(audit, rows).await]),
        // There is no second way to record.
        event_stores: Listing::complete(Vec::new()),
        ..Part::default()
    }
}

/// Reads the alerts and the workspaces that are wanted.
pub(crate) fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    let mut part = Part::default();
    if audit.wanted.kind(Kind::Alert) {
        let groups = audit.rows(rows, GROUPS_TYPE, GROUPS.name);
        part.alerts = alerts(audit, audit.rows(rows, ALERTS_TYPE, ALERTS.name), &groups);
        part.account.alert_targets = targets(audit, &groups);
    }
    if audit.wanted.kind(Kind::LogGroup) {
        part.log_groups = workspaces(audit, audit.rows(rows, WORKSPACES_TYPE, WORKSPACES.name));
    }
    part
}

/// The activity log of the subscription. It is always written and covers every region; it counts as a trail only if it is
/// exported, as the service itself keeps it for 90 days only. Several settings add up.
async fn activity_log(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> AuditTrail {
    let id = format!("/subscriptions/{}", audit.id);
    let settings = diagnostics::of_resource(audit, &id).await;
    let recording = settings.map(|all| all.iter().any(|setting| setting.sink().is_some()));
    let writes = diagnostics::target(&settings, &CATEGORIES).is_some();
    let key = key(audit, &settings, rows);
    let elsewhere = stores_elsewhere(audit, &settings);
    // Reading is not recorded in it, and no source can be left out: Azure offers neither fact.
    AuditTrail::unread_on(Provider::Azure, id, "activity log", None)
        .multi_region(Known(true))
        .recording(recording)
        .management_writes(writes)
        .key(key)
        .storage_elsewhere(elsewhere)
        .unlocked_containers(locks::unlocked(audit, &settings).await)
}

/// The storage accounts that keep the records of some settings, by id.
fn stores(settings: &[Setting]) -> impl Iterator<Item = &str> {
    let sending = settings.iter().filter(|setting| setting.sends());
    sending.filter_map(|setting| setting.storage_account.as_deref())
}

/// Those of them that are in other subscriptions, by id in small letters.
fn stores_elsewhere(audit: &Subscription<'_>, settings: &Fact<Vec<Setting>>) -> Fact<Vec<String>> {
    if !audit.wanted.fact(AuditTrail::STORAGE_ELSEWHERE) {
        return Fact::not_collected();
    }
    settings.map(|settings| {
        let elsewhere = stores(settings).filter(|id| !is_here(audit, id));
        let ids: BTreeSet<String> = elsewhere.map(plain).collect();
        ids.into_iter().collect()
    })
}

/// The customer-managed key of the storage accounts that store it; none if one of them has the provider's. Not offered if
/// no storage account gets it: workspaces and event hubs are encrypted as such.
fn key(
    audit: &Subscription<'_>,
    settings: &Fact<Vec<Setting>>,
    rows: &Result<Rows, Gap>,
) -> Fact<Option<String>> {
    if !audit.wanted.fact(AuditTrail::KEY) {
        return Fact::not_collected();
    }
    settings.and_then(|settings| {
        let mut keys = Fact::NotOffered;
        for account in stores(settings) {
            let key = key_of(audit, account, rows);
            // One that lacks a key is certain, whatever the others have.
            if key == Known(None) {
                return key;
            }
            // What is in another subscription may be answered there; what could not be read here stays open.
            if matches!(keys.gap(), None | Some(GapId::OUTSIDE_SCOPE)) {
                let is_outside = key == Fact::Gap(GapId::OUTSIDE_SCOPE);
                if keys.gap().is_none() || (key.gap().is_some() && !is_outside) {
                    keys = key;
                }
            }
        }
        keys
    })
}

/// Whether a resource is in the subscription, by its ID.
fn is_here(audit: &Subscription<'_>, id: &str) -> bool {
    plain(id).starts_with(&format!("/subscriptions/{}/", audit.id.to_ascii_lowercase()))
}

/// An id in the form in which others refer to it.
fn plain(id: &str) -> String {
    format!("/{}", id.trim_matches('/').to_ascii_lowercase())
}

/// The customer-managed key of one storage account. What is in another subscription is not read here.
fn key_of(
    audit: &Subscription<'_>,
    account: &str,
    rows: &Result<Rows, Gap>,
) -> Fact<Option<String>> {
    if !is_here(audit, account) {
        return Fact::Gap(GapId::OUTSIDE_SCOPE);
    }
    let rows = match audit.rows(rows, storage::TYPE, storage::READ.name) {
        Ok(rows) => rows,
        Err(gap) => return audit.ask.unknown(gap),
    };
    let own = plain(account);
    let Some(row) = rows.iter().find(|row| word(row, "id").is_some_and(|id| plain(id) == own))
    else {
        let mut gap = Gap::new(storage::READ.name, account, Reason::Undetermined);
        gap.detail = Some("the storage account no longer exists".to_owned());
        return audit.ask.unknown(gap);
    };
    let body = Body { ask: audit.ask, action: storage::READ.name, id: account, value: row };
    if !body.is_resource() {
        return audit.ask.unknown(senseless(storage::READ.name, account));
    }
    storage::encryption(&body).map(|encryption| match encryption {
        Encryption::CustomerKey(key) => Some(key.clone()),
        _ => None,
    })
}

/// The alerts on the activity log.
fn alerts(
    audit: &Subscription<'_>,
    alerts: Result<Vec<Value>, Gap>,
    groups: &Result<Vec<Value>, Gap>,
) -> Listing<Alert> {
    match alerts {
        Err(gap) => Listing::unread(audit.ask.gap(gap)),
        Ok(rows) => Listing::complete(rows.iter().map(|row| alert(audit, row, groups)).collect()),
    }
}

fn alert(audit: &Subscription<'_>, row: &Value, groups: &Result<Vec<Value>, Gap>) -> Alert {
    let id = word(row, "id").unwrap_or_default();
    let alert = Alert::unread_on(Provider::Azure, id, word(row, "name").unwrap_or_default(), None);
    let body = Body { ask: audit.ask, action: ALERTS.name, id, value: row };
    if !body.is_resource() {
        return audit.all_unknown(alert, senseless(ALERTS.name, id));
    }
    // A rule that says nothing of what it watches is none that the service accepts.
    let condition = body.fact(terms(body.view()));
    let scopes = body
        .texts("properties.scopes")
        .map(|scopes| scopes.iter().any(|scope| covers(scope, audit.id)));
    // Absent is on, by the reference of activityLogAlerts.
    let enabled = body.flag("properties.enabled").map(|on| on.unwrap_or(true));
    let narrowed = condition.map(|terms| terms.iter().any(Term::narrows));
    let unseen = scopes.and_then(|whole| condition.map(|terms| unseen(*whole, terms)));
    let (reaches, elsewhere) = reaches(audit, &body, groups);
    let elsewhere = enabled.and_then(|on| if *on { elsewhere } else { Known(Vec::new()) });
    alert
        .events(condition.map(|terms| events(terms)))
        .sees_everything(scopes & !narrowed)
        .unseen(unseen)
        .notifies(enabled & reaches)
        .targets_elsewhere(elsewhere)
        .tags(storage::wanted_tags(audit, Alert::TAGS, &body))
}

/// A [term](https://learn.microsoft.com/en-us/rest/api/monitor/activity-log-alerts/get#alertruleanyoforleafcondition) of the
/// condition of an alert. All of its terms have to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term<'v> {
    One(Leaf<'v>),
    /// One of these has to hold.
    Any(Vec<Leaf<'v>>),
}

/// The condition on one field of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leaf<'v> {
    field: &'v str,
    /// The values that it may have.
    accepts: Vec<&'v str>,
}

/// The terms of the condition of an alert: at least one.
fn terms(alert: View<'_>) -> Read<Vec<Term<'_>>> {
    const ALL: &str = "properties.condition.allOf";
    let all = alert.items(ALL)?;
    if all.is_empty() {
        return Err(Misfit(ALL.to_owned()));
    }
    all.into_iter().map(Term::read).collect()
}

impl<'v> Term<'v> {
    fn read(term: View<'v>) -> Read<Self> {
        match term.listed("anyOf")? {
            Some(any) => any.into_iter().map(Leaf::read).collect::<Read<_>>().map(Self::Any),
            None => Leaf::read(term).map(Self::One),
        }
    }

    fn leaves(&self) -> &[Leaf<'v>] {
        match self {
            Self::One(leaf) => std::slice::from_ref(leaf),
            Self::Any(leaves) => leaves,
        }
    }

    /// Whether it matches every event of an operation, as far as category and operation decide.
    fn lets_through(&self, category: &str, operation: Option<&str>) -> bool {
        if self.names_every_level() {
            return true;
        }
        match self {
            Self::One(leaf) => leaf.lets_through(category, operation),
            // One that narrows by something else does not let every event through.
            Self::Any(leaves) => {
                leaves.iter().any(|leaf| !leaf.narrows() && leaf.lets_through(category, operation))
            }
        }
    }

    /// Whether it names every level that there is, so that it leaves nothing out.
    fn names_every_level(&self) -> bool {
        names_every_level(self.leaves())
    }

    /// Whether it has conditions besides those that define classes, such as some of the levels or the outcome: then events of a
    /// class may pass unseen.
    fn narrows(&self) -> bool {
        match self {
            Self::One(leaf) => leaf.narrows(),
            // Which of its terms let everything through is weighed term by term.
            Self::Any(_) => false,
        }
    }
}

impl<'v> Leaf<'v> {
    fn read(leaf: View<'v>) -> Read<Self> {
        let mut accepts = leaf.texts("containsAny")?;
        accepts.extend(leaf.text("equals")?);
        // It names a value or a list of them:
        // https://learn.microsoft.com/en-us/rest/api/monitor/activity-log-alerts/get#alertruleleafcondition
        if accepts.is_empty() {
            return Err(Misfit("equals".to_owned()));
        }
        Ok(Self { field: leaf.need("field", View::text)?, accepts })
    }

    fn accepts(&self, value: &str) -> bool {
        self.accepts.iter().any(|one| same(one, value))
    }

    fn lets_through(&self, category: &str, operation: Option<&str>) -> bool {
        if names_every_level(std::slice::from_ref(self)) {
            true
        } else if same(self.field, "category") {
            self.accepts(category)
        } else if same(self.field, "operationName") {
            operation.is_some_and(|operation| self.accepts(operation))
        } else if same(self.field, RESOURCE_TYPE) {
            let of_type = operation.and_then(|operation| operation.rsplit_once('/'));
            of_type.is_some_and(|(of_type, _)| self.accepts(of_type))
        } else if same(self.field, RESOURCE_PROVIDER) {
            let provider = operation.and_then(|operation| operation.split_once('/'));
            provider.is_some_and(|(provider, _)| self.accepts(provider))
        } else if same(self.field, INCIDENT_TYPE) {
            category == "ServiceHealth" && self.accepts("Incident")
        } else {
            true
        }
    }

    fn narrows(&self) -> bool {
        let known = ["category", "operationName", INCIDENT_TYPE, RESOURCE_TYPE, RESOURCE_PROVIDER];
        !known.iter().any(|known| same(self.field, known))
            && !names_every_level(std::slice::from_ref(self))
    }
}

/// Whether some leaves name every level that there is, together.
fn names_every_level(leaves: &[Leaf<'_>]) -> bool {
    let of_level = |leaf: &&Leaf<'_>| same(leaf.field, "level");
    LEVELS.iter().all(|level| leaves.iter().filter(of_level).any(|leaf| leaf.accepts(level)))
}

/// Whether the scope of an alert is the whole subscription.
fn covers(scope: &str, subscription: &str) -> bool {
    let words: Vec<&str> = scope.split('/').filter(|word| !word.is_empty()).collect();
    matches!(words.as_slice(), [kind, id] if same(kind, "subscriptions") && same(id, subscription))
}

/// The classes for which a condition matches every event, as far as category and operation decide.
fn events(terms: &[Term<'_>]) -> BTreeSet<EventClass> {
    let of = |category: &str, operation: Option<&str>| {
        terms.iter().all(|term| term.lets_through(category, operation))
    };
    let mut classes: BTreeSet<EventClass> = OPERATIONS
        .iter()
        .filter(|(_, operation)| of("Administrative", Some(operation)))
        .map(|(class, _)| *class)
        .collect();
    if of("ServiceHealth", None) {
        classes.insert(EventClass::ServiceHealth);
    }
    classes
}

/// Which events of its classes an alert does not see, in words.
fn unseen(whole: bool, terms: &[Term<'_>]) -> Vec<String> {
    let scope = (!whole).then(|| "its scope is not the whole subscription".to_owned());
    let narrower = terms.iter().filter(|term| term.narrows()).map(|term| match term {
        Term::One(leaf) if !leaf.field.is_empty() => {
            format!("it has a condition on `{}`", leaf.field)
        }
        _ => "it has a condition that is not understood".to_owned(),
    });
    scope.into_iter().chain(narrower).collect()
}

/// Whether any of the action groups notifies a recipient, and which of them are in other subscriptions. One of these decides
/// if no group of the subscription does.
fn reaches(
    audit: &Subscription<'_>,
    body: &Body<'_>,
    groups: &Result<Vec<Value>, Gap>,
) -> (Fact<bool>, Fact<Vec<String>>) {
    let actions = body.view().items("properties.actions.actionGroups").and_then(|actions| {
        let id = |action: View<'_>| Ok(plain(action.need("actionGroupId", View::text)?));
        actions.into_iter().map(id).collect::<Read<BTreeSet<String>>>()
    });
    let ids = body.fact(actions);
    let (here, elsewhere): (Vec<String>, Vec<String>) = match &ids {
        Known(ids) => ids.iter().cloned().partition(|id| is_here(audit, id)),
        Fact::NotOffered => (Vec::new(), Vec::new()),
        Fact::Gap(gap) => return (Fact::Gap(*gap), Fact::Gap(*gap)),
    };
    let each = here.iter().map(|own| match groups {
        Err(gap) => audit.ask.unknown(gap.clone()),
        Ok(rows) => {
            let mine = |row: &&Value| word(row, "id").is_some_and(|id| plain(id) == *own);
            // A deleted group notifies no one.
            rows.iter().find(mine).map_or(Known(false), |group| notifies(audit, group))
        }
    });
    let reaches = match (posture_model::fact::any(each.collect::<Vec<_>>()), elsewhere.first()) {
        (Known(false), Some(id)) => audit.ask.unknown(self::elsewhere(id)),
        (reaches, _) => reaches,
    };
    (reaches, Known(elsewhere))
}

/// Why an action group of another subscription decides nothing here; by the ID it can be looked up if that is read as well.
fn elsewhere(group: &str) -> Gap {
    let mut gap = Gap::new(GROUPS.name, group, Reason::OutsideScope);
    gap.detail = Some("the action group is in another subscription".to_owned());
    gap
}

/// The action groups that are on and have a recipient, for alerts of other subscriptions.
fn targets(audit: &Subscription<'_>, groups: &Result<Vec<Value>, Gap>) -> Fact<Entries> {
    if !audit.wanted.fact(Account::ALERT_TARGETS) {
        return Fact::not_collected();
    }
    let rows = match groups {
        Ok(rows) => rows,
        Err(gap) => return audit.ask.unknown(gap.clone()),
    };
    let (mut certain, mut undecided) = (Vec::new(), None);
    for row in rows {
        match notifies(audit, row) {
            Known(true) => certain.extend(word(row, "id").map(plain)),
            Known(false) | Fact::NotOffered => {}
            Fact::Gap(gap) => undecided = undecided.or(Some(gap)),
        }
    }
    certain.sort_unstable();
    Entries::new(certain, undecided).into_fact()
}

/// Whether an action group is on and has a receiver that is not switched off.
fn notifies(audit: &Subscription<'_>, group: &Value) -> Fact<bool> {
    let id = word(group, "id").unwrap_or_default();
    let body = Body { ask: audit.ask, action: GROUPS.name, id, value: group };
    if !body.is_resource() {
        return body.malformed("properties");
    }
    let enabled = body.flag("properties.enabled").map(|on| on.unwrap_or(true));
    let listening = RECEIVERS.iter().map(|name| {
        let path = format!("properties.{name}");
        // Receivers of mail and text messages have a status: one that unsubscribes is disabled.
        let on = |receiver: View<'_>| {
            Ok(!receiver.text("status")?.is_some_and(|status| same(status, "Disabled")))
        };
        let receivers = body.view().items(&path);
        let any = receivers.and_then(|all| {
            let each: Vec<bool> = all.into_iter().map(on).collect::<Read<_>>()?;
            Ok(each.contains(&true))
        });
        body.fact(any)
    });
    enabled & posture_model::fact::any(listening.collect::<Vec<_>>())
}

/// The workspaces that keep records.
fn workspaces(audit: &Subscription<'_>, rows: Result<Vec<Value>, Gap>) -> Listing<LogGroup> {
    match rows {
        Err(gap) => Listing::unread(audit.ask.gap(gap)),
        Ok(rows) => Listing::complete(rows.iter().map(|row| workspace(audit, row)).collect()),
    }
}

fn workspace(audit: &Subscription<'_>, row: &Value) -> LogGroup {
    let id = word(row, "id").unwrap_or_default();
    let group = LogGroup::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
    let body = Body { ask: audit.ask, action: WORKSPACES.name, id, value: row };
    if !body.is_resource() {
        return audit.all_unknown(group, senseless(WORKSPACES.name, id));
    }
    // What an absent one means depends on the tier.
    let days = body.need("properties.retentionInDays", View::integer);
    group
        .retention_days(days.and_then(|days| match *days {
            // -1 is for ever, of the tier "Unlimited".
            -1 => Known(None),
            days => match u32::try_from(days) {
                Ok(days) => Known(Some(days)),
                Err(_) => body.malformed("properties.retentionInDays"),
            },
        }))
        .tags(storage::wanted_tags(audit, LogGroup::TAGS, &body))
}

#[cfg(test)]
mod tests;
