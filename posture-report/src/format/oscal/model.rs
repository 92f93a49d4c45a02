//! The parts of the models of OSCAL that are written.

use std::borrow::Cow;

use posture_core::time::Time;
use serde::Serialize;

use super::ids::Uuid;
use crate::stream::LazySeq;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct AssessmentResultsDocument<'a> {
    pub(super) assessment_results: AssessmentResults<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct AssessmentResults<'a> {
    pub(super) uuid: Uuid,
    pub(super) metadata: Metadata,
    pub(super) import_ap: Import,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) local_definitions: Option<Activities>,
    pub(super) results: [Results<'a>; 1],
    pub(super) back_matter: BackMatter,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct PoamDocument<'a> {
    pub(super) plan_of_action_and_milestones: Poam<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Poam<'a> {
    pub(super) uuid: Uuid,
    pub(super) metadata: Metadata,
    pub(super) system_id: SystemId,
    pub(super) local_definitions: Definitions<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) observations: Option<LazySeq<'a, Observation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) risks: Option<LazySeq<'a, Risk>>,
    pub(super) poam_items: LazySeq<'a, Item>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct SystemId {
    pub(super) identifier_type: &'static str,
    pub(super) id: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Metadata {
    pub(super) title: &'static str,
    pub(super) last_modified: Time,
    pub(super) version: String,
    pub(super) oscal_version: &'static str,
    pub(super) props: Vec<Prop>,
    pub(super) remarks: String,
}

#[derive(Serialize)]
pub(super) struct Import {
    pub(super) href: String,
}

#[derive(Serialize)]
pub(super) struct Activities {
    pub(super) activities: Vec<Activity>,
}

#[derive(Serialize)]
pub(super) struct Activity {
    pub(super) uuid: Uuid,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<Link>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Results<'a> {
    pub(super) uuid: Uuid,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) props: Vec<Prop>,
    pub(super) local_definitions: Definitions<'a>,
    pub(super) reviewed_controls: Reviewed,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) observations: Option<LazySeq<'a, Observation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) risks: Option<LazySeq<'a, Risk>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) findings: Option<LazySeq<'a, Standing<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remarks: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Definitions<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) components: Vec<Component>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) inventory_items: Option<LazySeq<'a, InventoryItem>>,
    pub(super) assessment_assets: Assets,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Assets {
    pub(super) components: [Component; 1],
    pub(super) assessment_platforms: [Platform; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Platform {
    pub(super) uuid: Uuid,
    pub(super) uses_components: [Use; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Use {
    pub(super) component_uuid: Uuid,
}

#[derive(Serialize)]
pub(super) struct Component {
    pub(super) uuid: Uuid,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) props: Vec<Prop>,
    pub(super) status: OperationalStatus,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) remarks: String,
}

#[derive(Serialize)]
pub(super) struct OperationalStatus {
    pub(super) state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct InventoryItem {
    pub(super) uuid: Uuid,
    pub(super) description: String,
    pub(super) props: Vec<Prop>,
    pub(super) implemented_components: [Use; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Reviewed {
    pub(super) control_selections: Vec<Selection>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Selection {
    pub(super) description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include_all: Option<All>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) include_controls: Vec<Selected>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) exclude_controls: Vec<Selected>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) remarks: String,
}

#[derive(Serialize)]
pub(super) struct All {}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Selected {
    pub(super) control_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Observation {
    pub(super) uuid: Uuid,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) props: Vec<Prop>,
    pub(super) methods: [&'static str; 1],
    pub(super) types: [&'static str; 1],
    pub(super) origins: [Origin; 1],
    pub(super) subjects: [Subject; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) relevant_evidence: Vec<RelevantEvidence>,
    pub(super) collected: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remarks: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Origin {
    pub(super) actors: [Actor; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Actor {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) actor_uuid: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Subject {
    pub(super) subject_uuid: Uuid,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

#[derive(Serialize)]
pub(super) struct RelevantEvidence {
    pub(super) description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Risk {
    pub(super) uuid: Uuid,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) statement: String,
    pub(super) props: Vec<Prop>,
    pub(super) status: &'static str,
    pub(super) origins: [Origin; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) mitigating_factors: Vec<MitigatingFactor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deadline: Option<Time>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) remediations: Vec<Response>,
    pub(super) related_observations: [RelatedObservation; 1],
}

/// What is done instead, where a failure is accepted.
#[derive(Serialize)]
pub(super) struct MitigatingFactor {
    pub(super) uuid: Uuid,
    pub(super) description: String,
}

#[derive(Serialize)]
pub(super) struct Response {
    pub(super) uuid: Uuid,
    pub(super) lifecycle: &'static str,
    pub(super) title: &'static str,
    pub(super) description: String,
}

/// A finding of OSCAL: where a requirement stands.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Standing<'a> {
    pub(super) uuid: Uuid,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) props: Vec<Prop>,
    pub(super) target: Target,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) related_observations: Option<LazySeq<'a, RelatedObservation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) related_risks: Option<LazySeq<'a, RelatedRisk>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Target {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) target_id: String,
    pub(super) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) implementation_status: Option<ImplementationStatus>,
}

#[derive(Serialize)]
pub(super) struct Status {
    pub(super) state: &'static str,
    pub(super) reason: &'static str,
    pub(super) remarks: &'static str,
}

#[derive(Serialize)]
pub(super) struct ImplementationStatus {
    pub(super) state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RelatedObservation {
    pub(super) observation_uuid: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RelatedRisk {
    pub(super) risk_uuid: Uuid,
}

/// An item of a plan of action and milestones.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Item {
    pub(super) uuid: Uuid,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_observations: Vec<RelatedObservation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_risks: Vec<RelatedRisk>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remarks: Option<String>,
}

#[derive(Serialize)]
pub(super) struct BackMatter {
    pub(super) resources: Vec<Resource>,
}

#[derive(Serialize)]
pub(super) struct Resource {
    pub(super) uuid: Uuid,
    pub(super) title: String,
    pub(super) description: String,
}

#[derive(Serialize)]
pub(super) struct Link {
    pub(super) href: Cow<'static, str>,
    pub(super) rel: &'static str,
}

#[derive(Serialize)]
pub(super) struct Prop {
    pub(super) name: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ns: Option<&'static str>,
    pub(super) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remarks: Option<&'static str>,
}
