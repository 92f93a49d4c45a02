//! The report as [OSCAL 1.2](https://pages.nist.gov/OSCAL/): assessment results, and a plan of action and milestones.
//!
//! Each finding is an observation about a resource, and each requirement that was assessed a finding of OSCAL:
//!
//! | State | `status.state` | `status.reason` |
//! | --- | --- | --- |
//! | met | satisfied | pass |
//! | not met | not-satisfied | fail |
//! | excepted | not-satisfied, with the exceptions as risks | fail |
//! | partly evidenced | not-satisfied | other |
//! | indeterminate: it could not be determined | not-satisfied | other |
//! | not applicable | not-satisfied, and `implementation-status` is not-applicable | other |
//! | not assessed | none: the requirement is among those that were not reviewed | |
//!
//! Identifiers are made from what they stand for, so that they are the same in every run.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, Write};

use posture_core::control::{Control, Evidence, Remedy};
use posture_core::exception::Exception;
use posture_core::frameworks::{Framework, Requirement, Strength};
use posture_core::gap::Gap;
use posture_core::judge::{Examined, Finding, Outcome, Tally};
use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::report::{Bearing, Counts, FrameworkReport, Report, RequirementReport, State};
use posture_core::resource::Kind;
use posture_core::scope::{Level, Region, Scope};
use posture_core::time::Time;
use posture_core::unread::Unread;
use serde::{Serialize, Serializer};

use super::commands;
use super::markdown::prose;
use super::shared::{identity, judged_by, standard};
use super::stream::{Lazily, pretty};
use super::words::level;
use crate::text::safe;

/// The version of the models. What a later 1.2 added is not used.
const VERSION: &str = "1.2.0";

/// Whose the properties are that OSCAL does not define.
const NAMESPACE: &str = "urn:posture:oscal";

/// How much of a text from a cloud is shown.
const TEXT: usize = 1_000;

const LIMITS: &str = "This is configuration as the interfaces of the providers showed it when it was read. It says \
                      nothing about any other time, and is no opinion, attestation or certification.";

/// Writes assessment results.
pub(crate) fn write(report: &Report<'_>, params: &Params, out: impl Write) -> io::Result<()> {
    let index = &Index::new(report);
    let header = report.findings.header();
    let plan = Uuid::new("plan", &[""; 0]);
    let mut resources = vec![Resource {
        uuid: plan,
        title: "No assessment plan".to_owned(),
        description: "There is no plan in OSCAL. The controls with their thresholds are the activities of this \
                      document, the accounts that were read its components."
            .to_owned(),
    }];
    resources.extend(report.frameworks.iter().map(catalogue));
    let controls = report.findings.controls();
    let activities = controls.iter().map(|control| activity(control, params)).collect();
    let partial = "It was stopped before its end: what was not read is unknown.";
    let results = Results {
        uuid: document("result", report),
        title: "Configuration of cloud accounts",
        description: "Settings of cloud accounts, read through the interfaces of their providers and judged by \
                      controls.",
        start: header.started,
        end: header.finished,
        props: vec![prop("partial", if header.partial { "yes" } else { "no" })],
        local_definitions: definitions(report, |_| true),
        reviewed_controls: reviewed(report),
        observations: Lazily::unless_empty(move || {
            report.findings.iter().map(move |finding| observation(&finding, report))
        }),
        risks: Lazily::unless_empty(move || {
            let excepted = report.findings.iter().filter(|finding| finding.exception.is_some());
            excepted.map(move |finding| risk(&finding, report))
        }),
        findings: Lazily::unless_empty(move || {
            report.frameworks.iter().flat_map(move |framework| {
                let rows = framework.requirements.iter();
                rows.filter_map(move |row| standing(framework, row, index))
            })
        }),
        remarks: header.partial.then_some(partial),
    };
    let results = AssessmentResults {
        uuid: document("assessment-results", report),
        metadata: metadata("Assessment results", report, LIMITS.to_owned()),
        import_ap: Import { href: format!("#{plan}") },
        local_definitions: (!controls.is_empty()).then_some(Activities { activities }),
        results: [results],
        back_matter: BackMatter { resources },
    };
    pretty(&AssessmentResultsDocument { assessment_results: results }, out)
}

/// Writes a plan of action and milestones: an item for each failure, those that are excepted among them.
pub(crate) fn write_poam(report: &Report<'_>, out: impl Write) -> io::Result<()> {
    let failures = move || report.findings.iter().filter(is_failure);
    let tallies = (0..report.findings.controls().len()).map(|place| report.findings.tally(place));
    let unknown: usize = tallies.map(|tally| tally.unknown).sum();
    let stopped = if report.findings.header().partial { PARTIAL } else { "" };
    let remarks = format!(
        "{LIMITS} {stopped}Failures only: the {unknown} findings that could not be determined are no failures and no passes, \
         and are in the assessment results."
    );
    let items = Lazily::unless_empty(move || failures().map(move |finding| item(&finding, report)));
    let plan = Poam {
        uuid: document("poam", report),
        metadata: metadata("Plan of action and milestones", report, remarks),
        system_id: SystemId {
            identifier_type: "http://ietf.org/rfc/rfc4122",
            id: Uuid::new("system", &places(report)),
        },
        local_definitions: definitions(report, is_failure),
        observations: Lazily::unless_empty(move || {
            failures().map(move |finding| observation(&finding, report))
        }),
        risks: Lazily::unless_empty(move || failures().map(move |finding| risk(&finding, report))),
        poam_items: items.unwrap_or_else(|| Lazily::new(move || std::iter::once(nothing(report)))),
    };
    pretty(&PoamDocument { plan_of_action_and_milestones: plan }, out)
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct AssessmentResultsDocument<'a> {
    assessment_results: AssessmentResults<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct AssessmentResults<'a> {
    uuid: Uuid,
    metadata: Metadata,
    import_ap: Import,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_definitions: Option<Activities>,
    results: [Results<'a>; 1],
    back_matter: BackMatter,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct PoamDocument<'a> {
    plan_of_action_and_milestones: Poam<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Poam<'a> {
    uuid: Uuid,
    metadata: Metadata,
    system_id: SystemId,
    local_definitions: Definitions<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observations: Option<Lazily<'a, Observation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risks: Option<Lazily<'a, Risk>>,
    poam_items: Lazily<'a, Item>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct SystemId {
    identifier_type: &'static str,
    id: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Metadata {
    title: &'static str,
    last_modified: Time,
    version: String,
    oscal_version: &'static str,
    props: Vec<Prop>,
    remarks: String,
}

#[derive(Serialize)]
struct Import {
    href: String,
}

#[derive(Serialize)]
struct Activities {
    activities: Vec<Activity>,
}

#[derive(Serialize)]
struct Activity {
    uuid: Uuid,
    title: String,
    description: String,
    props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Results<'a> {
    uuid: Uuid,
    title: &'static str,
    description: &'static str,
    start: Time,
    end: Time,
    props: Vec<Prop>,
    local_definitions: Definitions<'a>,
    reviewed_controls: Reviewed,
    #[serde(skip_serializing_if = "Option::is_none")]
    observations: Option<Lazily<'a, Observation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risks: Option<Lazily<'a, Risk>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Lazily<'a, Standing<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Definitions<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<Component>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inventory_items: Option<Lazily<'a, InventoryItem>>,
    assessment_assets: Assets,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Assets {
    components: [Component; 1],
    assessment_platforms: [Platform; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Platform {
    uuid: Uuid,
    uses_components: [Use; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Use {
    component_uuid: Uuid,
}

#[derive(Serialize)]
struct Component {
    uuid: Uuid,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    description: String,
    props: Vec<Prop>,
    status: OperationalStatus,
    #[serde(skip_serializing_if = "String::is_empty")]
    remarks: String,
}

#[derive(Serialize)]
struct OperationalStatus {
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct InventoryItem {
    uuid: Uuid,
    description: String,
    props: Vec<Prop>,
    implemented_components: [Use; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Reviewed {
    control_selections: Vec<Selection>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Selection {
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_all: Option<All>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    include_controls: Vec<Selected>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exclude_controls: Vec<Selected>,
    #[serde(skip_serializing_if = "String::is_empty")]
    remarks: String,
}

#[derive(Serialize)]
struct All {}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Selected {
    control_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Observation {
    uuid: Uuid,
    title: String,
    description: String,
    props: Vec<Prop>,
    methods: [&'static str; 1],
    types: [&'static str; 1],
    origins: [Origin; 1],
    subjects: [Subject; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relevant_evidence: Vec<RelevantEvidence>,
    collected: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<String>,
}

#[derive(Serialize)]
struct Origin {
    actors: [Actor; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Actor {
    #[serde(rename = "type")]
    kind: &'static str,
    actor_uuid: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Subject {
    subject_uuid: Uuid,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct RelevantEvidence {
    description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Risk {
    uuid: Uuid,
    title: String,
    description: String,
    statement: String,
    props: Vec<Prop>,
    status: &'static str,
    origins: [Origin; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mitigating_factors: Vec<MitigatingFactor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<Time>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remediations: Vec<Response>,
    related_observations: [RelatedObservation; 1],
}

/// What is done instead, where a failure is accepted.
#[derive(Serialize)]
struct MitigatingFactor {
    uuid: Uuid,
    description: String,
}

#[derive(Serialize)]
struct Response {
    uuid: Uuid,
    lifecycle: &'static str,
    title: &'static str,
    description: String,
}

/// A finding of OSCAL: where a requirement stands.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Standing<'a> {
    uuid: Uuid,
    title: String,
    description: String,
    props: Vec<Prop>,
    target: Target,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_observations: Option<Lazily<'a, RelatedObservation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_risks: Option<Lazily<'a, RelatedRisk>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Target {
    #[serde(rename = "type")]
    kind: &'static str,
    target_id: String,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    implementation_status: Option<ImplementationStatus>,
}

#[derive(Serialize)]
struct Status {
    state: &'static str,
    reason: &'static str,
    remarks: &'static str,
}

#[derive(Serialize)]
struct ImplementationStatus {
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RelatedObservation {
    observation_uuid: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RelatedRisk {
    risk_uuid: Uuid,
}

/// An item of a plan of action and milestones.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Item {
    uuid: Uuid,
    title: String,
    description: String,
    props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_observations: Vec<RelatedObservation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_risks: Vec<RelatedRisk>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<String>,
}

#[derive(Serialize)]
struct BackMatter {
    resources: Vec<Resource>,
}

#[derive(Serialize)]
struct Resource {
    uuid: Uuid,
    title: String,
    description: String,
}

#[derive(Serialize)]
struct Link {
    href: Cow<'static, str>,
    rel: &'static str,
}

#[derive(Serialize)]
struct Prop {
    name: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ns: Option<&'static str>,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<&'static str>,
}

/// An identifier made from what it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Uuid([u8; 16]);

impl Uuid {
    /// The identifier of a thing of this kind that has these parts.
    fn new<P: AsRef<str>>(kind: &str, parts: &[P]) -> Self {
        use sha2::Digest;
        let mut hash = sha2::Sha256::new();
        let mut add = |part: &str| {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        };
        add(kind);
        for part in parts {
            add(part.as_ref());
        }
        let mut bytes = [0; 16];
        for (byte, hashed) in bytes.iter_mut().zip(hash.finalize().iter()) {
            *byte = *hashed;
        }
        // OSCAL takes versions 4 and 5 only; 5 is the one that is made from names.
        bytes[6] = (bytes[6] & 0x0f) | 0x50;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(bytes)
    }

    /// The identifier of what is said of a finding.
    fn of(kind: &str, finding: &Finding<'_>) -> Self {
        Self::new(kind, &identity(finding))
    }

    fn scope(scope: &Scope) -> Self {
        let level = match scope.level {
            Level::Account => "account",
            Level::Tenant => "tenant",
        };
        Self::new("scope", &[scope.provider.id(), level, &scope.id])
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What bears on each control, on which provider.
type Marks = HashMap<&'static str, Vec<(Provider, Uuid)>>;

/// The identifiers that requirements refer to. The findings themselves are walked through when they are written.
struct Index {
    observations: Marks,
    risks: Marks,
}

impl Index {
    fn new(report: &Report<'_>) -> Self {
        let mut index = Self { observations: Marks::new(), risks: Marks::new() };
        for finding in report.findings.iter() {
            let provider = finding.scope.provider;
            let of = |kind| (provider, Uuid::of(kind, &finding));
            index.observations.entry(finding.control.id).or_default().push(of("observation"));
            if finding.exception.is_some() {
                index.risks.entry(finding.control.id).or_default().push(of("risk"));
            }
        }
        index
    }
}

/// What the controls of a requirement are marked with, on the providers that its framework is about.
fn marked<'a>(
    marks: &'a Marks,
    framework: &'a FrameworkReport,
    row: &'a RequirementReport,
) -> impl Iterator<Item = Uuid> + 'a {
    let of = move |bearing: &'a Bearing| marks.get(bearing.control.id).into_iter().flatten();
    row.controls
        .iter()
        .flat_map(of)
        .filter(move |(provider, _)| framework.providers.contains(provider))
        .map(|(_, uuid)| *uuid)
}

fn is_failure(finding: &Finding<'_>) -> bool {
    match finding.outcome {
        Outcome::Fail(_) => true,
        Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => false,
    }
}

/// The identifier of a document. Another run gives another one, and so do other controls, exceptions or thresholds that
/// change what comes out.
fn document(kind: &str, report: &Report<'_>) -> Uuid {
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
    Uuid::new(kind, &parts)
}

/// What was audited.
fn places(report: &Report<'_>) -> Vec<String> {
    let scopes = report.findings.scopes().iter();
    scopes.map(|examined| Uuid::scope(examined.scope()).to_string()).collect()
}

fn metadata(title: &'static str, report: &Report<'_>, remarks: String) -> Metadata {
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
fn tool(report: &Report<'_>) -> Uuid {
    Uuid::new("tool", &[&report.findings.header().tool])
}

fn origin(report: &Report<'_>) -> Origin {
    Origin { actors: [Actor { kind: "tool", actor_uuid: tool(report) }] }
}

/// A framework, as something that can be referred to.
fn catalogue(framework: &FrameworkReport) -> Resource {
    Resource {
        uuid: Uuid::new("catalogue", &[framework.framework.id]),
        title: prose(&standard(framework)),
        description: prose(framework.framework.source),
    }
}

fn activity(control: &Control, params: &Params) -> Activity {
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

fn definitions<'a>(
    report: &'a Report<'_>,
    wanted: impl Fn(&Finding<'_>) -> bool + Copy + 'a,
) -> Definitions<'a> {
    let header = report.findings.header();
    let tool = Component {
        uuid: tool(report),
        kind: "software",
        title: "posture".to_owned(),
        description: "Reads the configuration of cloud accounts through the interfaces of their providers, and judges \
                      it by controls."
            .to_owned(),
        props: vec![Prop { ns: None, ..prop("version", &header.tool) }],
        status: OperationalStatus { state: "operational" },
        remarks: String::new(),
    };
    let uses_components = [Use { component_uuid: tool.uuid }];
    let platform = Platform { uuid: Uuid::new("platform", &[&header.tool]), uses_components };
    let scopes = report.findings.scopes().iter();
    Definitions {
        components: scopes.map(|examined| component(examined, report)).collect(),
        inventory_items: Lazily::unless_empty(move || {
            let mut seen = HashSet::new();
            report
                .findings
                .iter()
                .filter(move |finding| wanted(finding))
                .filter_map(|finding| inventory_item(&finding))
                .filter(move |item| seen.insert(item.uuid))
        }),
        assessment_assets: Assets { components: [tool], assessment_platforms: [platform] },
    }
}

/// An account, subscription or tenant: when and as whom it was read, how much was found, and what was not.
fn component(examined: &Examined<'_>, report: &Report<'_>) -> Component {
    let scope = examined.scope();
    let mut props = vec![
        prop("provider", scope.provider.id()),
        prop("level", level(scope)),
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
        title: place(scope),
        description: format!("Read from {} to {}.", scope.started, scope.finished),
        props,
        status: OperationalStatus { state: "operational" },
        remarks: remarks.join("\n\n"),
    }
}

fn regions(scope: &Scope) -> Vec<String> {
    let named = |what: &str, wanted: fn(&Region) -> bool| {
        let regions = scope.regions.iter().filter(|region| wanted(region));
        let names: Vec<String> = regions.map(|region| code(&region.name)).collect();
        (!names.is_empty()).then(|| format!("{what}: {}.", names.join(", ")))
    };
    [
        named("Regions that were read", |region| region.enabled && !region.excluded),
        named("Regions that are not enabled", |region| !region.enabled && !region.excluded),
        named("Regions that were left out by request", |region| region.excluded),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn not_read(unread: &Unread) -> String {
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
fn inventory_item(finding: &Finding<'_>) -> Option<InventoryItem> {
    let subject = finding.subject.filter(|subject| subject.kind != Kind::Account)?;
    let mut props = vec![
        Prop { ns: None, ..prop("asset-id", subject.id) },
        prop("kind", subject.kind.id()),
        prop("name", subject.name),
    ];
    props.extend(subject.region.map(|region| prop("region", region)));
    Some(InventoryItem {
        uuid: subject_of(finding).subject_uuid,
        description: about(finding),
        props,
        implemented_components: [Use { component_uuid: Uuid::scope(finding.scope) }],
    })
}

fn subject_of(finding: &Finding<'_>) -> Subject {
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

/// What was reviewed of each framework, and what was not and why.
fn reviewed(report: &Report<'_>) -> Reviewed {
    let mut control_selections: Vec<Selection> = report.frameworks.iter().map(selection).collect();
    if control_selections.is_empty() {
        let selected = |control: &&'static Control| Selected { control_id: control.id.to_owned() };
        control_selections.push(Selection {
            description: "No framework was selected: these are controls of posture.".to_owned(),
            props: Vec::new(),
            links: Vec::new(),
            include_all: None,
            include_controls: report.findings.controls().iter().map(selected).collect(),
            exclude_controls: Vec::new(),
            remarks: String::new(),
        });
    }
    Reviewed { control_selections }
}

fn selection(report: &FrameworkReport) -> Selection {
    let counts: Counts = report.counts();
    let (mut included, mut excluded) = (Vec::new(), Vec::new());
    let (mut organisational, mut without) = (Vec::new(), Vec::new());
    for row in &report.requirements {
        let selected = Selected { control_id: control_id(report.framework, row.requirement) };
        match row.state {
            State::NotAssessedOrganisational => {
                excluded.push(selected);
                organisational.push(row.requirement.id);
            }
            State::NotAssessedNoControl => {
                excluded.push(selected);
                without.push(row.requirement.id);
            }
            State::Met
            | State::NotMet
            | State::PartlyEvidenced
            | State::Indeterminate
            | State::NotApplicable
            | State::Excepted => included.push(selected),
        }
    }
    let mut remarks = Vec::new();
    for (why, ids) in [
        ("Not assessed, as no interface of a cloud can answer it", organisational),
        ("Not assessed, as no control of this run does", without),
    ] {
        if !ids.is_empty() {
            remarks.push(format!("{why}: {}.", prose(&ids.join(", "))));
        }
    }
    let catalogue = Uuid::new("catalogue", &[report.framework.id]);
    Selection {
        description: format!(
            "{}: {} of {} assessable requirements were assessed, of {} in all.",
            prose(&standard(report)),
            counts.assessed(),
            counts.assessable,
            counts.total()
        ),
        props: vec![
            prop("framework", report.framework.id),
            prop("assessed", &counts.assessed().to_string()),
            prop("assessable", &counts.assessable.to_string()),
            prop("total", &counts.total().to_string()),
        ],
        links: vec![Link { href: format!("#{catalogue}").into(), rel: "reference" }],
        // A selection names at least one control; where none was reviewed it is all without all.
        include_all: included.is_empty().then_some(All {}),
        include_controls: included,
        exclude_controls: excluded,
        remarks: remarks.join("\n\n"),
    }
}

/// The id of a requirement as a control of OSCAL: that of the publisher's own catalogue where there is one, else one
/// that no other framework has.
fn control_id(framework: &Framework, requirement: &Requirement) -> String {
    match framework.id {
        "csf-2.0" => requirement.id.to_owned(),
        "nist-800-53-r5" => requirement.id.to_lowercase().replace('(', ".").replace(')', ""),
        other => {
            let plain =
                |c: char| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '-' };
            format!("{other}_{}", requirement.id.chars().map(plain).collect::<String>())
        }
    }
}

/// The id of the statement of a requirement, as in the catalogues of NIST.
fn statement_id(framework: &Framework, requirement: &Requirement) -> String {
    let suffix = if framework.id == "csf-2.0" { "statement" } else { "smt" };
    format!("{}_{suffix}", control_id(framework, requirement))
}

/// What is said of a requirement; nothing of one that was not assessed.
fn standing<'a>(
    framework: &'a FrameworkReport,
    row: &'a RequirementReport,
    index: &'a Index,
) -> Option<Standing<'a>> {
    let status = match row.state {
        State::Met => Status {
            state: "satisfied",
            reason: "pass",
            remarks: "Every control that decides it or a part of it passes, and one decides it.",
        },
        State::NotMet => Status {
            state: "not-satisfied",
            reason: "fail",
            remarks: "A control that decides it or a part of it fails.",
        },
        State::Excepted => Status {
            state: "not-satisfied",
            reason: "fail",
            remarks: "Every failure was accepted for a time. It stays a failure.",
        },
        State::PartlyEvidenced => Status {
            state: "not-satisfied",
            reason: "other",
            remarks: "What was examined passes, and it is not all that the requirement asks.",
        },
        State::Indeterminate => Status {
            state: "not-satisfied",
            reason: "other",
            remarks: "It could not be determined: something could not be read, or something fails that only supports \
                      it.",
        },
        State::NotApplicable => Status {
            state: "not-satisfied",
            reason: "other",
            remarks: "Nothing exists that it concerns, so that there was nothing to examine.",
        },
        State::NotAssessedOrganisational | State::NotAssessedNoControl => return None,
    };
    let concerns_nothing = row.state == State::NotApplicable;
    let mut description = prose(row.requirement.title);
    for bearing in &row.controls {
        description.push_str(&format!("\n\n- {}", bears(bearing)));
    }
    let mut props = vec![
        prop("framework", framework.framework.id),
        prop("requirement", row.requirement.id),
        prop("state", row.state.words()),
    ];
    props.extend(row.requirement.class.map(|class| prop("class", class.id())));
    Some(Standing {
        uuid: Uuid::new("standing", &[framework.framework.id, row.requirement.id]),
        title: prose(&format!("{} {}", standard(framework), row.requirement.id)),
        description,
        props,
        target: Target {
            kind: "statement-id",
            target_id: statement_id(framework.framework, row.requirement),
            status,
            implementation_status: concerns_nothing
                .then_some(ImplementationStatus { state: "not-applicable" }),
        },
        related_observations: Lazily::unless_empty(move || {
            marked(&index.observations, framework, row)
                .map(|observation_uuid| RelatedObservation { observation_uuid })
        }),
        related_risks: Lazily::unless_empty(move || {
            marked(&index.risks, framework, row).map(|risk_uuid| RelatedRisk { risk_uuid })
        }),
    })
}

/// How a control bears on a requirement, and what became of it.
fn bears(bearing: &Bearing) -> String {
    let part = match bearing.strength {
        Strength::Full => "decides it",
        Strength::Partial => "decides a part of it",
        Strength::Supporting => "supports it",
    };
    let Tally { pass, fail, excepted, not_applicable, unknown } = bearing.tally;
    let counts = [
        (pass, "pass"),
        (fail, "fail"),
        (excepted, "excepted"),
        (not_applicable, "not applicable"),
        (unknown, "unknown"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, what)| format!("{count} {what}")).collect();
    let by = judged_by(bearing).map(|by| format!(", {by}")).unwrap_or_default();
    format!("{} {part}{by}: {}", code(bearing.control.id), counts.join(", "))
}

fn observation(finding: &Finding<'_>, report: &Report<'_>) -> Observation {
    let control = finding.control;
    let about = about(finding);
    let (outcome, description) = match finding.outcome {
        Outcome::Pass => ("pass", format!("Pass: {about}.")),
        Outcome::Fail(_) => ("fail", format!("Fail: {about}.")),
        Outcome::NotApplicable(why) => {
            ("not-applicable", format!("Not applicable: {about}. {}.", prose(why)))
        }
        Outcome::Unknown(_) => {
            let why = finding.gap().map_or_else(|| "it could not be read".to_owned(), gap);
            ("unknown", format!("It could not be determined: {about}. The cause: {why}."))
        }
    };
    let mut props =
        vec![prop("control", control.id), prop("outcome", outcome), prop("finding", &finding.id())];
    if let Some(gap) = finding.gap() {
        props.push(prop("reason", gap.reason.words()));
        if !gap.action.is_empty() {
            props.push(prop("action", &gap.action));
        }
    }
    props.extend(finding.exception.into_iter().flat_map(exception));
    Observation {
        uuid: Uuid::of("observation", finding),
        title: prose(control.title),
        description,
        props,
        methods: ["EXAMINE"],
        types: ["control-objective"],
        origins: [origin(report)],
        subjects: [subject_of(finding)],
        relevant_evidence: evidence(finding),
        collected: finding.scope.finished,
        remarks: finding.exception.map(accepted),
    }
}

/// What decided a failure, and how to see it.
fn evidence(finding: &Finding<'_>) -> Vec<RelevantEvidence> {
    let mut all: Vec<RelevantEvidence> = match finding.outcome {
        Outcome::Fail(evidence) => {
            let described = |of| RelevantEvidence { description: fact(of) };
            evidence.iter().map(described).collect()
        }
        Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => Vec::new(),
    };
    let mut shown: Vec<String> = Vec::new();
    for (fact, subject) in finding.facts() {
        for command in commands(finding.scope.provider, fact, &subject) {
            if !shown.contains(&command) {
                all.push(RelevantEvidence { description: format!("Shown by {}.", code(&command)) });
                shown.push(command);
            }
        }
    }
    all
}

fn fact(evidence: &Evidence) -> String {
    let Evidence { fact, found, expected } = evidence;
    format!("{}: {}, expected {}.", code(fact), code(found), code(expected))
}

fn gap(gap: &Gap) -> String {
    let mut text = gap.reason.words().to_owned();
    if !gap.action.is_empty() {
        text = format!("{} {text}", code(&gap.action));
    }
    if let Some(region) = &gap.region {
        text.push_str(&format!(" in {}", code(region)));
    }
    if let Some(detail) = &gap.detail {
        text.push_str(&format!(", {}", code(detail)));
    }
    text
}

fn exception(exception: &Exception) -> Vec<Prop> {
    let mut props = vec![
        prop("exception-owner", &exception.owner),
        prop("exception-reason", &exception.reason),
        prop("exception-expires", &exception.expires.to_string()),
    ];
    props.extend(exception.ticket.as_deref().map(|ticket| prop("exception-ticket", ticket)));
    let instead = exception.compensating_control.as_deref();
    props.extend(instead.map(|instead| prop("compensating-control", instead)));
    props
}

fn accepted(exception: &Exception) -> String {
    let Exception { owner, reason, expires, .. } = exception;
    format!(
        "The failure was accepted by {} until {}: {}. It stays a failure.",
        code(owner),
        expires.day(),
        code(reason)
    )
}

/// What a failure means, and what to do about it.
fn risk(finding: &Finding<'_>, report: &Report<'_>) -> Risk {
    let control = finding.control;
    let facts: Vec<String> = match finding.outcome {
        Outcome::Fail(evidence) => evidence.iter().map(fact).collect(),
        Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => Vec::new(),
    };
    let mut statement = vec![format!("Fail: {}.", about(finding))];
    statement.extend(facts);
    let mut props = vec![prop("control", control.id), prop("severity", control.severity.id())];
    props.extend(finding.exception.into_iter().flat_map(exception));
    let instead = finding.exception.and_then(|exception| exception.compensating_control.as_deref());
    let factor = |instead| MitigatingFactor {
        uuid: Uuid::of("instead", finding),
        description: format!("Done instead: {}.", code(instead)),
    };
    let remedy = control.remedy(finding.scope.provider);
    Risk {
        uuid: Uuid::of("risk", finding),
        title: format!("Not so: {}", prose(control.title)),
        description: prose(control.rationale),
        statement: statement.join("\n\n"),
        props,
        status: if finding.exception.is_some() { "deviation-approved" } else { "open" },
        origins: [origin(report)],
        mitigating_factors: instead.map(factor).into_iter().collect(),
        deadline: finding.exception.map(|exception| exception.expires),
        remediations: remedy.map(|remedy| response(finding, remedy)).into_iter().collect(),
        related_observations: [observed(finding)],
    }
}

fn response(finding: &Finding<'_>, remedy: &Remedy) -> Response {
    let Remedy { text, console, command } = remedy;
    Response {
        uuid: Uuid::of("remedy", finding),
        lifecycle: "recommendation",
        title: "Remedy",
        description: format!(
            "{}\n\nConsole: {}\n\nCommand: {}",
            prose(text),
            prose(console),
            code(command)
        ),
    }
}

fn observed(finding: &Finding<'_>) -> RelatedObservation {
    RelatedObservation { observation_uuid: Uuid::of("observation", finding) }
}

fn item(finding: &Finding<'_>, report: &Report<'_>) -> Item {
    let control = finding.control;
    let remedy = control.remedy(finding.scope.provider);
    let mut props = vec![
        prop("control", control.id),
        prop("severity", control.severity.id()),
        prop("finding", &finding.id()),
        prop("found", &report.findings.header().finished.to_string()),
    ];
    props.extend(finding.exception.into_iter().flat_map(exception));
    Item {
        uuid: Uuid::of("item", finding),
        title: format!("Not so: {}: {}", prose(control.title), about(finding)),
        description: remedy.map_or_else(|| prose(control.rationale), |remedy| prose(remedy.text)),
        props,
        related_observations: vec![observed(finding)],
        related_risks: vec![RelatedRisk { risk_uuid: Uuid::of("risk", finding) }],
        remarks: finding.exception.map(accepted),
    }
}

/// Said before anything else of an audit that did not come to its end.
const PARTIAL: &str = "The audit was stopped before its end: what was not read is unknown. ";

/// A plan has at least one item.
fn nothing(report: &Report<'_>) -> Item {
    let stopped = if report.findings.header().partial { PARTIAL } else { "" };
    Item {
        uuid: document("nothing", report),
        title: "No failure was found".to_owned(),
        description: format!(
            "{stopped}This item stands for no weakness: a plan must have one. What could not be determined is in the \
             assessment results."
        ),
        props: vec![prop("placeholder", "yes")],
        related_observations: Vec::new(),
        related_risks: Vec::new(),
        remarks: None,
    }
}

/// What a finding is about.
fn about(finding: &Finding<'_>) -> String {
    let place = place(finding.scope);
    match finding.subject {
        None => format!("the {} of {place}", finding.kind().many()),
        Some(subject) if subject.kind == Kind::Account => place,
        Some(subject) => {
            // A regional switch has no name but its region's.
            let region = subject.region.filter(|region| !subject.name.contains(*region));
            let region = region.map_or(String::new(), |region| format!(" in {}", code(region)));
            format!("{} {} of {place}{region}", subject.kind.one(), code(subject.name))
        }
    }
}

fn place(scope: &Scope) -> String {
    format!("{} {} {}", scope.provider, level(scope), code(&scope.id))
}

/// A property of ours.
fn prop(name: impl Into<Cow<'static, str>>, value: &str) -> Prop {
    Prop { name: name.into(), ns: Some(NAMESPACE), value: string(value), remarks: None }
}

/// Text as a string of OSCAL, which neither is empty nor begins or ends with white space.
fn string(text: &str) -> String {
    let text = safe(text, TEXT);
    let trimmed = text.trim().len();
    if trimmed == 0 {
        "(empty)".to_owned()
    } else if trimmed == text.len() {
        text.into_owned()
    } else {
        format!("\"{text}\"")
    }
}

/// Text of any origin as a code span: OSCAL's texts are Markdown, and within code nothing has a meaning. Two braces in
/// a row would stand for a parameter.
fn code(text: &str) -> String {
    let text = safe(text, TEXT).replace('`', "\\u{60}").replace("{{", "{\\u{7b}");
    if text.trim().is_empty() { "(empty)".to_owned() } else { format!("`{text}`") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use posture_core::frameworks;
    use serde_json::Value;

    use super::*;
    use crate::render::tests::report;

    fn results(names: &[&str]) -> (String, Value) {
        let mut out = Vec::new();
        write(&report(names), &Params::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let value = serde_json::from_str::<Value>(&text).unwrap()["assessment-results"].take();
        (text, value)
    }

    fn poam() -> (String, Value) {
        let mut out = Vec::new();
        write_poam(&report(&["csf"]), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let mut value: Value = serde_json::from_str(&text).unwrap();
        (text, value["plan-of-action-and-milestones"].take())
    }

    fn property<'v>(of: &'v Value, name: &str) -> Option<&'v str> {
        let props = of["props"].as_array()?;
        props.iter().find(|prop| prop["name"] == name)?["value"].as_str()
    }

    /// Every identifier that a document gives to something, and every one that it refers to.
    fn identifiers(value: &Value, given: &mut Vec<String>, meant: &mut BTreeSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| identifiers(item, given, meant)),
            Value::Object(members) => {
                for (name, member) in members {
                    match (name.as_str(), member.as_str()) {
                        ("uuid", Some(uuid)) => given.push(uuid.to_owned()),
                        ("href", Some(href)) => {
                            meant.extend(href.strip_prefix('#').map(str::to_owned));
                        }
                        (name, Some(uuid)) if name.ends_with("-uuid") => {
                            meant.insert(uuid.to_owned());
                        }
                        _ => identifiers(member, given, meant),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn results_name_what_was_and_what_was_not_reviewed() {
        insta::assert_snapshot!(results(&["csf", "cis-aws"]).0);
    }

    #[test]
    fn a_plan_has_an_item_for_each_failure() {
        let (text, plan) = poam();
        insta::assert_snapshot!(text);
        let report = report(&[]);
        let failures: Vec<_> = report.findings.iter().filter(is_failure).collect();
        let items = plan["poam-items"].as_array().unwrap();
        assert_eq!(items.len(), failures.len());
        for (item, finding) in items.iter().zip(failures) {
            assert_eq!(property(item, "finding"), Some(finding.id().as_str()));
            let owner = finding.exception.map(|exception| exception.owner.as_str());
            assert_eq!(property(item, "exception-owner"), owner);
        }
    }

    #[test]
    fn identifiers_are_marked_unique_and_resolve() {
        for value in [results(&["csf", "ccm", "cis-aws"]).1, results(&[]).1, poam().1] {
            let (mut given, mut meant) = (Vec::new(), BTreeSet::new());
            identifiers(&value, &mut given, &mut meant);
            let unique: BTreeSet<String> = given.iter().cloned().collect();
            assert_eq!(unique.len(), given.len());
            assert!(meant.is_subset(&unique), "{:?}", meant.difference(&unique));
            for uuid in unique {
                assert_eq!((uuid.len(), &uuid[14..15]), (36, "5"), "{uuid}");
                assert!("89ab".contains(&uuid[19..20]), "{uuid}");
            }
        }
        assert_eq!(results(&["csf"]).0, results(&["csf"]).0);
    }

    #[test]
    fn only_what_is_met_is_satisfied() {
        let report = report(&["csf", "cis-aws", "fsbp"]);
        let (_, value) = results(&["csf", "cis-aws", "fsbp"]);
        let findings = value["results"][0]["findings"].as_array().unwrap();
        let mut states = BTreeSet::new();
        for framework in &report.frameworks {
            for row in &framework.requirements {
                let id = statement_id(framework.framework, row.requirement);
                let found = findings.iter().find(|finding| finding["target"]["target-id"] == *id);
                let assessed = !matches!(
                    row.state,
                    State::NotAssessedOrganisational | State::NotAssessedNoControl
                );
                assert_eq!(found.is_some(), assessed, "{id}");
                let Some(found) = found else { continue };
                let status = &found["target"]["status"];
                let (state, reason) = match row.state {
                    State::Met => ("satisfied", "pass"),
                    State::NotMet | State::Excepted => ("not-satisfied", "fail"),
                    State::PartlyEvidenced | State::Indeterminate | State::NotApplicable => {
                        ("not-satisfied", "other")
                    }
                    State::NotAssessedOrganisational | State::NotAssessedNoControl => continue,
                };
                assert_eq!((&status["state"], &status["reason"]), (&state.into(), &reason.into()));
                if row.state == State::Excepted {
                    assert!(!found["related-risks"].as_array().unwrap().is_empty());
                }
                states.insert(row.state);
            }
        }
        assert!(states.len() > 2, "{states:?}");
    }

    #[test]
    fn every_outcome_is_an_observation() {
        let report = report(&["csf"]);
        let (_, value) = results(&["csf"]);
        let observations = value["results"][0]["observations"].as_array().unwrap();
        let mut seen = BTreeSet::new();
        for (finding, observation) in report.findings.iter().zip(observations) {
            let outcome = property(observation, "outcome").unwrap();
            let expected = match finding.outcome {
                Outcome::Pass => "pass",
                Outcome::Fail(_) => "fail",
                Outcome::NotApplicable(_) => "not-applicable",
                Outcome::Unknown(_) => "unknown",
            };
            assert_eq!(outcome, expected);
            assert_eq!(observation.get("relevant-evidence").is_some(), outcome == "fail");
            assert_eq!(property(observation, "reason").is_some(), outcome == "unknown");
            assert_eq!(observation.get("remarks").is_some(), finding.exception.is_some());
            seen.insert(outcome);
        }
        assert_eq!(seen.len(), 4);
        assert_eq!(observations.len(), report.findings.iter().count());
    }

    #[test]
    fn each_requirement_of_each_framework_has_an_id_of_its_own() {
        let mut ids = BTreeSet::new();
        let mut total = 0;
        for framework in frameworks::all() {
            for requirement in framework.requirements {
                let id = control_id(framework, requirement);
                assert!(id.starts_with(|c: char| c.is_ascii_alphabetic()), "{id}");
                assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)), "{id}");
                ids.insert(id);
                total += 1;
            }
        }
        assert_eq!(ids.len(), total);
        let nist = frameworks::find("800-53").unwrap();
        let enhancement = nist.requirement("AC-2(1)").unwrap();
        assert_eq!(statement_id(nist, enhancement), "ac-2.1_smt");
        let csf = frameworks::find("csf").unwrap();
        assert_eq!(statement_id(csf, csf.requirement("PR.AA-05").unwrap()), "PR.AA-05_statement");
    }

    #[test]
    fn hostile_text_is_shown_as_it_is_and_means_nothing() {
        for (text, shown) in [
            ("a`<b>`", "`a\\u{60}<b>\\u{60}`"),
            ("[x](javascript:1)\n# y", "`[x](javascript:1)\\n# y`"),
            ("{{{ insert: param, x }}", "`{\\u{7b}{ insert: param, x }}`"),
            (" ", "(empty)"),
        ] {
            assert_eq!(code(text), shown);
        }
        for (text, shown) in
            [("", "(empty)"), (" a", "\" a\""), ("a\u{a0}", "\"a\u{a0}\""), ("a\r\nb", "a\\r\\nb")]
        {
            assert_eq!(string(text), shown);
        }
        for text in [results(&["csf"]).0, poam().0] {
            let odd = text.chars().find(|c| *c != '\n' && crate::text::is_unsafe(*c));
            assert_eq!(odd, None);
            assert!(text.contains("`=cmd|'/c calc'!A1\\\\u{202e}`"), "the name is there");
        }
    }
}
