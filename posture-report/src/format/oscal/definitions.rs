//! What an assessment was made of: documents, tools, accounts, resources and activities.

use std::borrow::Cow;
use std::collections::HashSet;

use posture_core::control::Control;
use posture_core::judge::{Examined, Finding, Tally};
use posture_core::params::Params;
use posture_core::report::{FrameworkReport, Report};
use posture_core::resource::Kind;
use posture_core::scope::{Region, Scope};
use posture_core::unread::Unread;

use super::ids::Uuid;
use super::model::{
    Activity, Actor, Assets, Component, Definitions, InventoryItem, Link, Metadata,
    OperationalStatus, Origin, Platform, Prop, Resource, Subject, Use,
};
use super::text::{about, code, place, prop};
use crate::format::markdown::prose;
use crate::providers::Providers;
use crate::shared::standard;
use crate::stream::LazySeq;
use crate::words::level;

/// The version of the models. What a later 1.2 added is not used.
pub(super) const VERSION: &str = "1.2.0";

/// The identifier of a document. Another run gives another one, and so do other controls, exceptions or thresholds that
/// change what comes out.
pub(super) fn document(kind: &str, report: &Report<'_>) -> Uuid {
    let findings = &report.findings;
    let header = findings.header();
    let mut parts = vec![
        header.tool.clone(),
        header.started.to_string(),
        header.finished.to_string(),
        header.partial.to_string(),
    ];
    parts.extend(places(report));
    parts.extend(report.frameworks.iter().map(|framework| framework.framework.id.to_owned()));
    for (place, control) in findings.controls().iter().enumerate() {
        let Tally { pass, fail, excepted, not_applicable, unknown } = findings.tally(place);
        parts.push(format!("{} {pass} {fail} {excepted} {not_applicable} {unknown}", control.id));
    }
    parts.extend(findings.filtered().map(|filtered| filtered.filter.words()));
    Uuid::new(kind, &parts)
}

/// What was audited.
pub(super) fn places(report: &Report<'_>) -> Vec<String> {
    let scopes = report.findings.scopes().iter();
    scopes.map(|examined| Uuid::scope(examined.scope()).to_string()).collect()
}

pub(super) fn metadata(title: &'static str, report: &Report<'_>, remarks: String) -> Metadata {
    let header = report.findings.header();
    Metadata {
        title,
        last_modified: header.finished,
        version: header.finished.to_string(),
        oscal_version: VERSION,
        props: vec![prop("tool", &format!("posture {}", header.tool))],
        remarks,
    }
}

/// The program, which made every observation.
pub(super) fn tool(report: &Report<'_>) -> Uuid {
    Uuid::new("tool", &[&report.findings.header().tool])
}

pub(super) fn origin(report: &Report<'_>) -> Origin {
    Origin { actors: [Actor { kind: "tool", actor_uuid: tool(report) }] }
}

/// A framework, as something that can be referred to.
pub(super) fn catalogue(framework: &FrameworkReport) -> Resource {
    Resource {
        uuid: Uuid::new("catalogue", &[framework.framework.id]),
        title: prose(&standard(framework)),
        description: prose(framework.framework.source),
    }
}

pub(super) fn activity(control: &Control, params: &Params) -> Activity {
    let mut props = vec![prop("control", control.id), prop("severity", control.severity.id())];
    for (name, value) in params.in_force(control) {
        props.push(prop(format!("parameter.{name}"), &value.to_string()));
    }
    let reference = |url: &&'static str| Link { href: Cow::Borrowed(*url), rel: "reference" };
    Activity {
        uuid: Uuid::new("activity", &[control.id]),
        title: prose(control.title),
        description: prose(control.rationale),
        props,
        links: control.references.iter().map(reference).collect(),
    }
}

pub(super) fn definitions<'a>(
    report: &'a Report<'_>,
    providers: Providers,
    wanted: impl Fn(&Finding<'_>) -> bool + Copy + 'a,
) -> Definitions<'a> {
    let header = report.findings.header();
    let tool = Component {
        uuid: tool(report),
        kind: "software",
        title: "posture".to_owned(),
        description: "Reads the configuration of cloud accounts through the APIs of their providers, and checks \
                      it against controls."
            .to_owned(),
        props: vec![Prop { ns: None, ..prop("version", &header.tool) }],
        status: OperationalStatus { state: "operational" },
        remarks: String::new(),
    };
    let uses_components = [Use { component_uuid: tool.uuid }];
    let platform = Platform { uuid: Uuid::new("platform", &[&header.tool]), uses_components };
    let scopes = report.findings.scopes().iter();
    Definitions {
        components: scopes.map(|examined| component(examined, report, providers)).collect(),
        inventory_items: LazySeq::unless_empty(move || {
            let mut seen = HashSet::new();
            report
                .findings
                .iter()
                .filter(move |finding| wanted(finding))
                .filter_map(move |finding| inventory_item(&finding, providers))
                .filter(move |item| seen.insert(item.uuid))
        }),
        assessment_assets: Assets { components: [tool], assessment_platforms: [platform] },
    }
}

/// An account, subscription or tenant: when and as whom it was read, how much was found, and what was not.
pub(super) fn component(
    examined: &Examined<'_>,
    report: &Report<'_>,
    providers: Providers,
) -> Component {
    let scope = examined.scope();
    let mut props = vec![
        prop("provider", scope.provider.id()),
        prop("level", level(scope, providers)),
        prop("id", &scope.id),
        prop("partition", &scope.partition),
        prop("started", &scope.started.to_string()),
        prop("finished", &scope.finished.to_string()),
    ];
    props.extend(scope.name.as_deref().map(|name| prop("name", name)));
    props.extend(scope.identity.as_deref().map(|identity| prop("identity", identity)));
    let controls = report.findings.controls().iter();
    let judging = controls.filter(|control| control.judges(scope.provider));
    let mut kinds: Vec<Kind> = judging.map(|control| control.test.check.kind()).collect();
    kinds.retain(|kind| *kind != Kind::Account && scope.holds(*kind));
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let count = examined.population(kind).to_string();
        let complete = scope.listing_gaps(kind).is_empty();
        props.push(Prop {
            remarks: (!complete).then_some("The list is not complete."),
            ..prop(format!("population.{}", kind.id()), &count)
        });
    }
    let mut remarks = regions(scope);
    for row in examined.unread().iter() {
        remarks.push(not_read(row));
    }
    Component {
        uuid: Uuid::scope(scope),
        kind: "system",
        title: place(scope, providers),
        description: format!("Read from {} to {}.", scope.started, scope.finished),
        props,
        status: OperationalStatus { state: "operational" },
        remarks: remarks.join("\n\n"),
    }
}

pub(super) fn regions(scope: &Scope) -> Vec<String> {
    let named = |what: &str, wanted: fn(&Region) -> bool| {
        let regions = scope.regions.iter().filter(|region| wanted(region));
        let names: Vec<String> = regions.map(|region| code(&region.name)).collect();
        (!names.is_empty()).then(|| format!("{what}: {}.", names.join(", ")))
    };
    [
        named("Regions that were read", |region| region.enabled && !region.excluded),
        named("Regions that are not enabled", |region| !region.enabled && !region.excluded),
        named("Regions that were skipped", |region| region.excluded),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn not_read(unread: &Unread) -> String {
    let many = unread.kind.many();
    let mut text = match unread.affected {
        None => format!("Not all {many} could be listed"),
        Some(affected) => {
            format!("Facts of {affected} of {} {many} could not be read", unread.population)
        }
    };
    if !unread.action.is_empty() {
        text.push_str(&format!(", {}", code(&unread.action)));
    }
    text.push_str(&format!(": {}", unread.reason));
    if !unread.regions.is_empty() {
        let regions: Vec<String> = unread.regions.iter().map(|region| code(region)).collect();
        text.push_str(&format!(" in {}", regions.join(", ")));
    }
    text.push('.');
    text
}

/// The resource of a finding; the account itself is a component, and so is the place of a list.
pub(super) fn inventory_item(finding: &Finding<'_>, providers: Providers) -> Option<InventoryItem> {
    let subject = finding.subject.filter(|subject| subject.kind != Kind::Account)?;
    let mut props = vec![
        Prop { ns: None, ..prop("asset-id", subject.id) },
        prop("kind", subject.kind.id()),
        prop("name", subject.name),
    ];
    props.extend(subject.region.map(|region| prop("region", region)));
    Some(InventoryItem {
        uuid: subject_of(finding).subject_uuid,
        description: about(finding, providers),
        props,
        implemented_components: [Use { component_uuid: Uuid::scope(finding.scope) }],
    })
}

pub(super) fn subject_of(finding: &Finding<'_>) -> Subject {
    let scope = finding.scope;
    match finding.subject {
        Some(subject) if subject.kind != Kind::Account => {
            let account = Uuid::scope(scope).to_string();
            let region = subject.region.unwrap_or_default();
            let parts = [account.as_str(), subject.kind.id(), region, subject.id];
            Subject { subject_uuid: Uuid::new("resource", &parts), kind: "inventory-item" }
        }
        Some(_) | None => Subject { subject_uuid: Uuid::scope(scope), kind: "component" },
    }
}
