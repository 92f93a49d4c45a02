//! Defender for Cloud: what it watches in a subscription, and whom it notifies.

use futures::StreamExt;
use posture_model::dated::Dated;
use posture_model::fact::{self, Fact, Known, NotOffered};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Account, Detector, Kind, Machine, RiskLevel};
use posture_model::wanted::Wanted;
use serde_json::Value;

use super::body::{Body, Read, View, name_of, same, senseless, word};
use super::context::{Options, Subscription, allowed, permissions};
use super::sweep::{Listed, Rows};
use crate::client::{Absence, ApiClient, Items, Question, RateLimit};
use crate::entry::{Action, ROW, SUBSCRIPTION};

pub(crate) const PLANS: Action = Action {
    name: "Microsoft.Security/pricings/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[Kind::Detector],
    fills: &[
        Detector::OBJECT_STORAGE,
        Detector::KUBERNETES_AUDIT,
        Detector::CONTAINER_PARTS_OFF,
        Detector::POSTURE,
        Detector::APIS,
        Detector::SERVERS,
        Detector::MACHINE_VULNERABILITIES,
        Detector::AGENTLESS_SCANNING,
        Detector::FILE_INTEGRITY,
        Detector::APP_SERVICE,
        Detector::COSMOS,
        Detector::OPEN_SOURCE_DATABASES,
        Detector::SQL,
        Detector::SQL_MACHINES,
        Detector::KEY_VAULT,
        Detector::RESOURCE_MANAGER,
    ],
    command: "az security pricing list",
};

pub(crate) const SETTINGS: Action = Action {
    name: "Microsoft.Security/settings/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[],
    fills: &[Detector::ENDPOINT_PROTECTION],
    command: "az security setting list",
};

pub(crate) const SCANNERS: Action = Action {
    name: "Microsoft.Security/serverVulnerabilityAssessmentsSettings/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[],
    fills: &[Detector::MACHINE_VULNERABILITIES],
    command: "az rest --method get --url {id}\"/serverVulnerabilityAssessmentsSettings?api-version=2023-05-01\"",
};

pub(crate) const SCORES: Action = Action {
    name: "Microsoft.Security/secureScores/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[],
    fills: &[Detector::SECURE_SCORE_PERCENT],
    command: "az security secure-scores show --name ascScore",
};

pub(crate) const CONTACTS: Action = Action {
    name: "Microsoft.Security/securityContacts/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[],
    fills: &[
        Account::SECURITY_CONTACT,
        Account::ALERT_MAIL_TO_OWNERS,
        Account::ALERT_MAIL_FROM,
        Account::ATTACK_PATH_MAIL_FROM,
    ],
    command: "az rest --method get --url /subscriptions/{id}\"/providers/Microsoft.Security/securityContacts?api-version=2023-12-01-preview\"",
};

pub(crate) const MACHINES: Action = Action {
    name: "Microsoft.Compute/virtualMachines/read",
    own: &[],
    per: ROW,
    lists: &[Kind::Machine],
    fills: &[
        Account::DATA_REGIONS,
        Account::RESOURCE_TYPES,
        Detector::MACHINES_WITHOUT_UPDATE_CHECKS,
        Machine::ADDRESSES,
        Machine::IDENTITIES,
        Machine::OPEN_TO_ANYONE,
        Machine::OPEN_TO_SOME,
        Machine::ADMINISTERS,
        Machine::TAGS,
    ],
    command: "az vm list --query \"[].{id: id, windows: osProfile.windowsConfiguration.patchSettings.assessmentMode, linux: osProfile.linuxConfiguration.patchSettings.assessmentMode}\"",
};

pub(crate) const ARC_MACHINES: Action = Action {
    name: "Microsoft.HybridCompute/machines/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES, Detector::MACHINES_WITHOUT_UPDATE_CHECKS],
    command: "az resource list --resource-type Microsoft.HybridCompute/machines",
};

pub(crate) const WORKSPACES: Action = Action {
    name: "Microsoft.Easm/workspaces/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Detector::ATTACK_SURFACE],
    command: "az resource list --resource-type Microsoft.Easm/workspaces",
};

/// Subscriptions that are read at once.
const AT_ONCE: usize = 16;

/// Reads the one detector of a subscription.
pub(crate) async fn collect(
    audit: &Subscription<'_>,
    rows: &Result<Rows, Gap>,
    surface: &Surface,
) -> Part {
    Listing::complete(vec![detector(audit, rows, surface).await]).into()
}

/// The one detector of a subscription.
///
/// A subscription that never registered the provider never switched on any of it.
async fn detector(
    audit: &Subscription<'_>,
    rows: &Result<Rows, Gap>,
    surface: &Surface,
) -> Detector {
    let (plans, settings, scanners, score) = futures::join!(
        list(audit, &PLANS, "pricings?api-version=2024-01-01"),
        list(audit, &SETTINGS, "settings?api-version=2022-05-01"),
        list(audit, &SCANNERS, "serverVulnerabilityAssessmentsSettings?api-version=2023-05-01"),
        secure_score(audit),
    );
    let plans = Named { audit, action: PLANS.name, list: plans };
    let settings = Named { audit, action: SETTINGS.name, list: settings };
    let scanners = Named { audit, action: SCANNERS.name, list: scanners };
    let servers = is_on(&plans, "VirtualMachines");
    let id = format!("/subscriptions/{}/providers/Microsoft.Security", audit.id);
    Detector::unread_on(Provider::Azure, id, "Defender for Cloud", None)
        // Each plan is enabled separately.
        .object_storage(is_on(&plans, "StorageAccounts"))
        // The older plans `KubernetesService` and `ContainerRegistry` are superseded by this one, and do less.
        .kubernetes_audit(is_on(&plans, "Containers"))
        .container_parts_off(container_parts_off(&plans))
        .posture(is_on(&plans, "CloudPosture"))
        .apis(is_on(&plans, "Api"))
        .machine_vulnerabilities(servers.clone() & has_scanner(&scanners))
        .endpoint_protection(has_endpoint(&settings))
        .agentless_scanning(
            extension(&plans, "CloudPosture", "AgentlessVmScanning")
                | (is_full(&plans) & extension(&plans, "VirtualMachines", "AgentlessVmScanning")),
        )
        .file_integrity(
            is_full(&plans) & extension(&plans, "VirtualMachines", "FileIntegrityMonitoring"),
        )
        .servers(servers)
        .app_service(is_on(&plans, "AppServices"))
        .cosmos(is_on(&plans, "CosmosDbs"))
        .open_source_databases(is_on(&plans, "OpenSourceRelationalDatabases"))
        .sql(is_on(&plans, "SqlServers"))
        .sql_machines(is_on(&plans, "SqlServerVirtualMachines"))
        .key_vault(is_on(&plans, "KeyVaults"))
        .resource_manager(is_on(&plans, "Arm"))
        .machines_without_update_checks(without_update_checks(audit, rows))
        .attack_surface(attack_surface(audit, surface))
        .secure_score_percent(score)
}

/// A list of the provider; empty where the subscription does not use it.
async fn list(audit: &Subscription<'_>, action: &'static Action, path: &str) -> Fact<Items> {
    if !audit.calls(action) {
        return Fact::not_collected();
    }
    let items = audit.list(action.name, &format!("providers/Microsoft.Security/{path}")).await;
    match &items.refused {
        Some(refused) if refused.is_unregistered() => Known(Items::default()),
        _ => Known(items),
    }
}

/// The [score](https://learn.microsoft.com/en-us/rest/api/defenderforcloud/secure-scores/get) of the initiative that every
/// subscription has. There is none if nothing was assessed yet.
async fn secure_score(audit: &Subscription<'_>) -> Fact<Option<u32>> {
    if !audit.calls(&SCORES) {
        return Fact::not_collected();
    }
    let path = format!(
        "subscriptions/{}/providers/Microsoft.Security/secureScores/ascScore?api-version=2020-01-01",
        audit.id
    );
    let lane = RateLimit::Subscription(audit.id.to_owned());
    let question = Question { action: SCORES.name, target: "", lane: &lane, path: &path };
    let score = match audit.ask.get(question).await {
        Ok(score) => score,
        Err(refused) if refused.is_unregistered() => return Known(None),
        Err(refused) if refused.is_absent() => {
            return audit.exists().map_or_else(|why| audit.ask.unknown(why), |()| Known(None));
        }
        Err(refused) => return audit.ask.unknown(refused.gap),
    };
    let id = word(&score, "id").unwrap_or_default();
    let body = Body { ask: audit.ask, action: SCORES.name, id, value: &score };
    body.need("properties.score.max", View::ratio).and_then(|most| {
        if *most == 0.0 {
            return Known(None);
        }
        body.need("properties.score.percentage", View::ratio).and_then(|ratio| {
            match percent(*ratio) {
                Some(percent) => Known(Some(percent)),
                None => body.malformed("properties.score.percentage"),
            }
        })
    })
}

/// The whole percent of a ratio, which has four digits behind the point.
fn percent(ratio: f64) -> Option<u32> {
    (0.0..=1.0).contains(&ratio).then(|| (ratio * 10_000.0).round() as u32 / 100)
}

/// Objects that are identified by their names.
struct Named<'a, 's> {
    audit: &'a Subscription<'s>,
    action: &'static str,
    list: Fact<Items>,
}

impl Named<'_, '_> {
    /// What the object with a name contains. Only a complete list in which every object has a name can show that there
    /// is none.
    fn of<T>(&self, name: &str, read: impl FnOnce(Option<Body<'_>>) -> Fact<T>) -> Fact<T> {
        self.list.and_then(|list| {
            let has = |item: &&Value| word(item, "name").is_some_and(|own| same(own, name));
            if let Some(value) = list.items.iter().find(has) {
                let id = word(value, "id").unwrap_or(name);
                let body = Body { ask: self.audit.ask, action: self.action, id, value };
                if !body.is_resource() {
                    return self.audit.ask.unknown(senseless(self.action, id));
                }
                return read(Some(body));
            }
            if let Some(refused) = &list.refused {
                return self.audit.ask.unknown(refused.gap.clone());
            }
            if list.items.iter().any(|item| word(item, "name").is_none()) {
                return self.audit.ask.unknown(senseless(self.action, ""));
            }
            read(None)
        })
    }
}

/// Whether a [plan](https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list) is on, for every resource of
/// the subscription. One that is not in the list is not.
fn is_on(plans: &Named<'_, '_>, name: &str) -> Fact<bool> {
    plans.of(name, |plan| match plan {
        None => Known(false),
        Some(plan) => {
            let tier = plan.need("properties.pricingTier", View::text);
            let on = tier.and_then(|tier| match *tier {
                tier if same(tier, "Standard") => Known(true),
                tier if same(tier, "Free") => Known(false),
                other => plan.unsupported(other),
            });
            on & covers(&plan)
        }
    })
}

/// Whether a plan holds for all resources: it can be switched off for single ones, whatever the tier of the subscription
/// [says](https://learn.microsoft.com/en-us/javascript/api/@azure/arm-security/resourcescoveragestatus). Plans that cannot
/// be switched for single resources have no such property.
fn covers(plan: &Body<'_>) -> Fact<bool> {
    plan.text("properties.resourcesCoverageStatus").and_then(|status| match *status {
        None => Known(true),
        Some(status) if same(status, "FullyCovered") => Known(true),
        Some(status) if ["PartiallyCovered", "NotCovered"].iter().any(|no| same(status, no)) => {
            Known(false)
        }
        Some(other) => plan.unsupported(other),
    })
}

/// Whether machines have the second sub-plan, which holds what the first does not. Absent means the full plan.
fn is_full(plans: &Named<'_, '_>) -> Fact<bool> {
    plans.of("VirtualMachines", |plan| match plan {
        None => Known(false),
        Some(plan) => plan.text("properties.subPlan").and_then(|sub_plan| match sub_plan {
            None => Known(true),
            Some(sub_plan) if same(sub_plan, "P2") => Known(true),
            Some(sub_plan) if same(sub_plan, "P1") => Known(false),
            Some(other) => plan.unsupported(other),
        }),
    })
}

/// Whether an extension of a plan is on, and the plan with it. One that is not in the list is not.
fn extension(plans: &Named<'_, '_>, name: &str, extension: &str) -> Fact<bool> {
    let own = plans.of(name, |plan| {
        let Some(plan) = plan else { return Known(false) };
        plan.list("properties.extensions").and_then(|extensions| {
            let has = |item: &&Value| word(item, "name").is_some_and(|own| same(own, extension));
            let Some(found) = extensions.iter().find(has) else {
                // One without a name may be this one.
                let all_named = extensions.iter().all(|item| word(item, "name").is_some());
                return if all_named {
                    Known(false)
                } else {
                    plan.malformed("properties.extensions")
                };
            };
            let found = plan.within(found);
            found.need("isEnabled", View::flag).and_then(|enabled| match enabled {
                false => Known(false),
                true => found.text("operationStatus.code").and_then(|code| match code {
                    // It was requested and failed; what is in effect since then is not returned.
                    Some(code) if same(code, "Failed") => {
                        let mut gap = Gap::new(PLANS.name, plan.id, Reason::Undetermined);
                        gap.detail = Some(format!("enabling {extension} failed"));
                        plan.ask.unknown(gap)
                    }
                    _ => Known(true),
                }),
            })
        })
    });
    is_on(plans, name) & own
}

/// The extensions of the plan for containers that make its coverage full.
static CONTAINER_PARTS: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-enable"],
    "2026-11-29",
    &[
        "AgentlessDiscoveryForKubernetes",
        "AgentlessVmScanning",
        "ContainerRegistriesVulnerabilityAssessments",
        "ContainerSensor",
    ],
);

/// Those of them that are off. One that certainly is counts, whatever could not be read of the others.
fn container_parts_off(plans: &Named<'_, '_>) -> Fact<Vec<String>> {
    let mut gap = None;
    let mut off = Vec::new();
    for part in &CONTAINER_PARTS {
        match extension(plans, "Containers", part) {
            Known(true) | NotOffered => {}
            Known(false) => off.push((*part).to_owned()),
            Fact::Gap(unknown) => gap = gap.or(Some(unknown)),
        }
    }
    match gap {
        Some(gap) if off.is_empty() => Fact::Gap(gap),
        _ => Known(off),
    }
}

/// Whether a [scanner of machines](https://learn.microsoft.com/en-us/rest/api/defenderforcloud/server-vulnerability-assessments-settings/list)
/// was chosen. No setting means none.
fn has_scanner(scanners: &Named<'_, '_>) -> Fact<bool> {
    scanners.of("azureServersSetting", |setting| {
        let Some(setting) = setting else { return Known(false) };
        setting.need("properties.selectedProvider", View::text).and_then(|provider| match *provider
        {
            provider if same(provider, "MdeTvm") => Known(true),
            other => setting.unsupported(other),
        })
    })
}

/// Whether [endpoint protection](https://learn.microsoft.com/en-us/rest/api/defenderforcloud/settings/list) may work
/// with Defender for Cloud. No setting means that it may not.
fn has_endpoint(settings: &Named<'_, '_>) -> Fact<bool> {
    settings.of("WDATP", |setting| {
        let Some(setting) = setting else { return Known(false) };
        setting.need("properties.enabled", View::flag)
    })
}

/// The machines that the platform does not [check for updates](https://learn.microsoft.com/en-us/azure/update-manager/assessment-options)
/// day by day. Not offered where there are no machines.
fn without_update_checks(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Fact<Vec<String>> {
    if !audit.wanted.fact(Detector::MACHINES_WITHOUT_UPDATE_CHECKS) {
        return Fact::not_collected();
    }
    let mut gap = None;
    let mut without = Vec::new();
    let mut any = false;
    for (kind, action) in [
        ("microsoft.compute/virtualmachines", MACHINES.name),
        ("microsoft.hybridcompute/machines", ARC_MACHINES.name),
    ] {
        let machines = match audit.rows(rows, kind, action) {
            Ok(machines) => machines,
            Err(refused) => {
                gap = gap.or(Some(audit.ask.gap(refused)));
                continue;
            }
        };
        any |= !machines.is_empty();
        for machine in &machines {
            match checks_updates(audit, action, machine) {
                Known(true) | NotOffered => {}
                Known(false) => without.push(name_of(machine).to_owned()),
                Fact::Gap(unknown) => gap = gap.or(Some(unknown)),
            }
        }
    }
    without.sort();
    match gap {
        // One machine that does not is certain, whatever the others do.
        Some(gap) if without.is_empty() => Fact::Gap(gap),
        None if !any => NotOffered,
        _ => Known(without),
    }
}

/// Absent means the default of the image, which does not check automatically.
fn checks_updates(audit: &Subscription<'_>, action: &'static str, machine: &Value) -> Fact<bool> {
    let id = word(machine, "id").unwrap_or_default();
    let body = Body { ask: audit.ask, action, id, value: machine };
    if !body.is_resource() {
        return audit.ask.unknown(senseless(action, id));
    }
    fact::any(["windowsConfiguration", "linuxConfiguration"].map(|system| {
        let mode = format!("properties.osProfile.{system}.patchSettings.assessmentMode");
        body.text(&mode).and_then(|mode| match mode {
            None => Known(false),
            Some(mode) if same(mode, "AutomaticByPlatform") => Known(true),
            Some(mode) if same(mode, "ImageDefault") => Known(false),
            Some(other) => body.unsupported(other),
        })
    }))
}

/// Whether the organization searches itself from outside: one workspace, in whichever subscription, does it for all.
#[derive(Debug)]
pub(crate) struct Surface {
    /// Whether a workspace was seen in any of the subscriptions of the audit.
    seen: Fact<Result<bool, Gap>>,
    /// Whether these are all subscriptions that the identity can see.
    everywhere: bool,
}

impl Surface {
    /// Queries the workspaces of every subscription at once.
    pub(crate) async fn read(
        ask: &ApiClient,
        all: &[Listed],
        wanted: &Wanted,
        options: &Options,
    ) -> Self {
        let everywhere = options.subscriptions.is_empty() && options.management_groups.is_empty();
        if !WORKSPACES.is_wanted(wanted) {
            return Self { seen: Fact::not_collected(), everywhere };
        }
        let query = "resources | where type in~ ('microsoft.easm/workspaces') | project id, properties | order by id asc";
        let mut seen = Ok(false);
        for part in all.chunks(1000) {
            let ids: Vec<String> =
                part.iter().map(|subscription| subscription.id.clone()).collect();
            let Items { items, refused } = ask.query(&ids, query).await;
            let works: Vec<Read<bool>> = items.iter().map(works).collect();
            if works.contains(&Ok(true)) {
                seen = Ok(true);
                break;
            }
            let odd = works.iter().any(Result::is_err);
            let gap = refused.map(|refused| refused.gap);
            if let Some(gap) = gap.or_else(|| odd.then(|| senseless(WORKSPACES.name, ""))) {
                seen = Err(gap);
            }
        }
        if let Ok(false) = seen
            && all.len() > 1
        {
            seen = proof(ask, all).await.map(|()| false);
        }
        Self { seen: Known(seen), everywhere }
    }
}

/// Whether workspaces can be seen in every subscription: one that hides them may hold the one that there is.
async fn proof(ask: &ApiClient, all: &[Listed]) -> Result<(), Gap> {
    // By their places, as in `vault::collect`.
    let each = (0..all.len()).map(|place| async move {
        let id = &all[place].id;
        let permissions = permissions(ask, id).await.map_err(|refused| refused.gap)?;
        allowed(&permissions, WORKSPACES.name, &format!("/subscriptions/{id}"))
    });
    let each: Vec<Result<(), Gap>> = futures::stream::iter(each).buffered(AT_ONCE).collect().await;
    each.into_iter().collect()
}

/// Whether a workspace was made and not given up.
fn works(workspace: &Value) -> Read<bool> {
    let workspace = View(workspace);
    workspace.need("id", View::text)?;
    workspace.need("properties", View::object)?;
    let state = workspace.text("properties.provisioningState")?;
    Ok(!state.is_some_and(|state| same(state, "Failed") || same(state, "Canceled")))
}

fn attack_surface(audit: &Subscription<'_>, surface: &Surface) -> Fact<bool> {
    surface.seen.and_then(|seen| match seen {
        Ok(true) => Known(true),
        Err(gap) => audit.ask.unknown(gap.clone()),
        Ok(false) => match audit.may(WORKSPACES.name) {
            Err(gap) => audit.ask.unknown(gap),
            Ok(()) if surface.everywhere => Known(false),
            Ok(()) => Fact::Gap(GapId::OUTSIDE_SCOPE),
        },
    })
}

/// Whom the subscription's [contact](https://learn.microsoft.com/en-us/rest/api/defenderforcloud/security-contacts/list)
/// notifies, and of what.
///
/// If none is set, nothing counts as sent: what the service may do by default then was not chosen, and the response
/// does not show it.
pub(crate) async fn contacts(audit: &Subscription<'_>) -> Part {
    if !audit.calls(&CONTACTS) {
        return Part::default();
    }
    let list = list(audit, &CONTACTS, "securityContacts?api-version=2023-12-01-preview").await;
    let contacts = list.and_then(|list| match &list.refused {
        Some(refused) => audit.ask.unknown(refused.gap.clone()),
        None => Known(list.items.iter().map(|item| contact(audit, item)).collect::<Vec<_>>()),
    });
    let any = |read: fn(&Contact) -> &Fact<bool>| {
        contacts.and_then(|contacts| fact::any(contacts.iter().map(|c| read(c).clone())))
    };
    let lowest = |read: fn(&Contact) -> &Fact<Option<RiskLevel>>| {
        contacts.and_then(|contacts| {
            let mut lowest = None;
            for contact in contacts {
                match read(contact) {
                    Known(level) => lowest = earlier(lowest, *level),
                    NotOffered => {}
                    Fact::Gap(gap) => return Fact::Gap(*gap),
                }
            }
            Known(lowest)
        })
    };
    Part::account(|account| {
        account
            .security_contact(any(|contact| &contact.address))
            .alert_mail_to_owners(any(|contact| &contact.owners))
            .alert_mail_from(lowest(|contact| &contact.alerts))
            .attack_path_mail_from(lowest(|contact| &contact.paths))
    })
}

fn earlier(one: Option<RiskLevel>, other: Option<RiskLevel>) -> Option<RiskLevel> {
    one.into_iter().chain(other).min()
}

/// What one contact is for.
struct Contact {
    /// Whether it has an address.
    address: Fact<bool>,
    /// Whether owners get what it sends.
    owners: Fact<bool>,
    alerts: Fact<Option<RiskLevel>>,
    paths: Fact<Option<RiskLevel>>,
}

fn contact(audit: &Subscription<'_>, value: &Value) -> Contact {
    let id = word(value, "id").unwrap_or_default();
    let body = Body { ask: audit.ask, action: CONTACTS.name, id, value };
    if !body.is_resource() {
        let gap = audit.ask.gap(senseless(CONTACTS.name, id));
        return Contact {
            address: Fact::Gap(gap),
            owners: Fact::Gap(gap),
            alerts: Fact::Gap(gap),
            paths: Fact::Gap(gap),
        };
    }
    // Contacts from before the switch existed do not have it; there they were on by being there.
    let enabled = body.flag("properties.isEnabled").map(|enabled| enabled.unwrap_or(true));
    let level = |level: Fact<Option<RiskLevel>>| {
        enabled.and_then(|enabled| if *enabled { level } else { Known(None) })
    };
    Contact {
        address: enabled.clone() & has_address(&body),
        owners: enabled.clone() & tells_owners(&body),
        alerts: level(alerts(&body)),
        paths: level(source(&body, "AttackPath", "minimalRiskLevel", RiskLevel::Critical)),
    }
}

/// Addresses are in one string, separated by semicolons or commas; older contacts have one.
fn has_address(body: &Body<'_>) -> Fact<bool> {
    fact::any(["properties.emails", "properties.email"].map(|path| {
        body.text(path).map(|addresses| {
            let mut addresses = addresses.unwrap_or_default().split([';', ',']);
            addresses.any(|address| address.trim().contains('@'))
        })
    }))
}

fn tells_owners(body: &Body<'_>) -> Fact<bool> {
    let state = switch(body, "properties.notificationsByRole.state");
    let owner = body
        .texts("properties.notificationsByRole.roles")
        .map(|roles| roles.iter().any(|role| same(role, "Owner")));
    // The switch of older contacts, for those who administer the subscription.
    (state & owner) | switch(body, "properties.alertsToAdmins")
}

/// `On` or `Off`; absent means that it was never turned on.
fn switch(body: &Body<'_>, path: &str) -> Fact<bool> {
    body.text(path).and_then(|state| match state {
        None => Known(false),
        Some(state) if same(state, "On") => Known(true),
        Some(state) if same(state, "Off") => Known(false),
        Some(other) => body.unsupported(other),
    })
}

fn alerts(body: &Body<'_>) -> Fact<Option<RiskLevel>> {
    let at = |path: &str| body.fact(body.view().at(path));
    at("properties.notificationsSources").and_then(|sources| {
        if sources.is_some() {
            return source(body, "Alert", "minimalSeverity", RiskLevel::High);
        }
        // Older contacts say it in a word, which means alerts of high severity, or in a table.
        at("properties.alertNotifications").and_then(|alerts| match alerts {
            None => Known(None),
            Some(Value::String(_)) => switch(body, "properties.alertNotifications")
                .map(|on| on.then_some(RiskLevel::High)),
            Some(_) => switch(body, "properties.alertNotifications.state").and_then(|on| {
                if !*on {
                    return Known(None);
                }
                level(body, "properties.alertNotifications.minimalSeverity", RiskLevel::High)
            }),
        })
    })
}

/// The lowest level of the sources of a type; none if there is no such source.
fn source(body: &Body<'_>, kind: &str, path: &str, highest: RiskLevel) -> Fact<Option<RiskLevel>> {
    body.list("properties.notificationsSources").and_then(|sources| {
        let mut lowest = None;
        for source in *sources {
            let source = body.within(source);
            match source.need("sourceType", View::text) {
                Known(own) if same(own, kind) => {}
                Known(_) | NotOffered => continue,
                Fact::Gap(gap) => return Fact::Gap(gap),
            }
            match level(&source, path, highest) {
                Known(level) => lowest = earlier(lowest, level),
                NotOffered => {}
                Fact::Gap(gap) => return Fact::Gap(gap),
            }
        }
        Known(lowest)
    })
}

fn level(body: &Body<'_>, path: &str, highest: RiskLevel) -> Fact<Option<RiskLevel>> {
    body.need(path, View::text).and_then(|name| {
        match RiskLevel::named(name).filter(|level| *level <= highest) {
            Some(level) => Known(Some(level)),
            None => body.unsupported(name),
        }
    })
}

#[cfg(test)]
mod tests;
