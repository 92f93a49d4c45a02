//! The report as JSON, version 1: separate types, so that the rest of the crate may change without it.
//!
//! Its [JSON Schema](https://json-schema.org) is `docs/report.schema.json`. Fields may be added within a version; none
//! is renamed, removed or given another meaning.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::control::{Control, Evidence, Severity, Subject};
use crate::digest;
use crate::exception::{Exception, Pattern, Standing};
use crate::filter::TagFilter;
use crate::frameworks::{Class, Framework, Requirement, Strength};
use crate::gap::Gap;
use crate::judge::{
    Examined, Filtered, Finding, Findings, Outcome, RunBy, Runner, Tally, Twin, Use, uses,
};
use crate::notes::{Notes, notes};
use crate::params::{Params, Value};
use crate::provider::Provider;
use crate::report::{Counts, FrameworkReport, Report, RequirementReport, State};
use crate::resource::{FactId, Kind};
use crate::scope::{Calls, Level, Region};
use crate::source::Source;
use crate::status::FindingStatus;
use crate::time::Time;
use crate::tools::Purpose;

/// The value of [`Document::format`].
pub const FORMAT: &str = "posture-report";

/// The value of [`Document::version`].
pub const VERSION: u32 = 1;

/// A report.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Document<'a> {
    /// Always `posture-report`.
    pub format: &'static str,
    /// The version of this form.
    pub version: u32,
    /// The version of the program that collected.
    pub tool: &'a str,
    /// The version of the program that judged.
    pub judged_by: &'static str,
    /// When collecting began, in UTC.
    pub started: Time,
    /// When collecting ended, in UTC. The report shows the state at that time, and at no other.
    pub finished: Time,
    /// Whether collecting was stopped before its end.
    pub partial: bool,
    /// The audited accounts.
    pub scopes: Vec<ScopeV1<'a>>,
    /// The controls that were selected, in the order of their ids.
    pub controls: Vec<ControlV1<'a>>,
    /// Which findings are listed, where these are not all. Counts of controls, requirements, exceptions and notes are those of
    /// everything that was audited all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterV1<'a>>,
    /// What became of each control on each resource.
    pub findings: Vec<FindingV1<'a>>,
    /// Every requirement of each framework.
    pub frameworks: Vec<FrameworkV1>,
    /// The exceptions that are about a control of this run, whether they cover anything or not.
    pub exceptions: Vec<UseV1<'a>>,
    /// What is worth saying although nothing became of it.
    pub notes: NotesV1,
}

/// Which findings are listed: those that fit every member that names something.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct FilterV1<'a> {
    /// How they came out.
    pub status: &'a [FindingStatus],
    /// The services that their controls are about.
    pub services: Vec<&'a str>,
    /// The tags of their resources: keys, or keys with the pattern of a value as `key=value`.
    pub tags: Vec<String>,
    /// The patterns of the ids or names of their resources.
    pub resources: Vec<&'a str>,
    /// The patterns of the ids or names of their accounts, subscriptions or tenants.
    pub accounts: Vec<&'a str>,
    /// How many findings are listed.
    pub shown: usize,
    /// The findings that are not listed.
    pub hidden: TallyV1,
    /// How many of these are not listed only as the tags of their resources could not be read.
    pub tags_unread: usize,
}

impl<'a> FilterV1<'a> {
    /// The filter of findings, where they are not all listed.
    pub fn of(findings: &'a Findings<'_>) -> Option<Self> {
        let Filtered { filter, shown, hidden, tags_unread } = findings.filtered()?;
        let texts = |patterns: &'a [Pattern]| patterns.iter().map(Pattern::text).collect();
        Some(Self {
            status: &filter.status,
            services: filter.services.iter().map(|service| service.name.as_str()).collect(),
            tags: filter.tags.iter().map(TagFilter::words).collect(),
            resources: texts(&filter.resources),
            accounts: texts(&filter.accounts),
            shown,
            hidden: hidden.into(),
            tags_unread,
        })
    }
}

/// What is worth saying although nothing became of it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct NotesV1 {
    /// The controls that found nothing to examine on a provider.
    pub idle_controls: Vec<IdleControlV1>,
    /// The facts that are known of no resource of a provider, although there are such resources.
    pub unread_facts: Vec<UnreadFactV1>,
    /// The requirements whose controls decided nothing.
    pub idle_requirements: Vec<IdleRequirementV1>,
}

/// A control that found nothing to examine.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct IdleControlV1 {
    /// The cloud.
    pub provider: Provider,
    /// The id of the control.
    pub control: &'static str,
}

/// A fact that is known of no resource.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct UnreadFactV1 {
    /// The cloud.
    pub provider: Provider,
    /// The kind of resource and the fact, such as `bucket.versioning`.
    pub fact: String,
}

/// A requirement whose controls decided nothing.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct IdleRequirementV1 {
    /// The id of the framework.
    pub framework: &'static str,
    /// The id of the requirement.
    pub requirement: &'static str,
}

impl From<Notes> for NotesV1 {
    fn from(notes: Notes) -> Self {
        let control = |(provider, control): (Provider, &'static Control)| IdleControlV1 {
            provider,
            control: control.id,
        };
        let fact = |(provider, fact): (Provider, FactId)| UnreadFactV1 {
            provider,
            fact: fact.to_string(),
        };
        let requirement = |(framework, requirement): (&'static Framework, &'static Requirement)| {
            IdleRequirementV1 { framework: framework.id, requirement: requirement.id }
        };
        Self {
            idle_controls: notes.idle_controls.into_iter().map(control).collect(),
            unread_facts: notes.unread_facts.into_iter().map(fact).collect(),
            idle_requirements: notes.idle_requirements.into_iter().map(requirement).collect(),
        }
    }
}

/// An audited account.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ScopeV1<'a> {
    /// The cloud.
    pub provider: Provider,
    /// Whether it is an account (a subscription) or the tenant above.
    pub level: Level,
    /// The provider's number of the account.
    pub id: &'a str,
    /// The name people know it by.
    pub name: Option<&'a str>,
    /// The part of the cloud it lives in.
    pub partition: &'a str,
    /// The identity by which it was read.
    pub identity: Option<&'a str>,
    /// When reading began.
    pub started: Time,
    /// When reading ended.
    pub finished: Time,
    /// By how many seconds the clock of the machine that read it was ahead of the provider's, where that matters. The times
    /// are the provider's then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_ahead_seconds: Option<i64>,
    /// Its regions, and which of them were read.
    pub regions: &'a [Region],
    /// How many resources of each kind were found, and whether these are all.
    pub population: BTreeMap<&'static str, PopulationV1>,
    /// How often each action was called.
    pub calls: &'a BTreeMap<String, Calls>,
    /// What could not be read of what the selected controls read.
    pub gaps: Vec<&'a Gap>,
}

/// How many resources of a kind were found.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct PopulationV1 {
    /// How many.
    pub listed: usize,
    /// Whether these are all.
    pub complete: bool,
}

/// A control and what became of it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ControlV1<'a> {
    /// Its id.
    pub id: &'a str,
    /// The objective.
    pub title: &'a str,
    /// What is wrong when it fails, in one line. Older reports do not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<&'a str>,
    /// How bad a failure is.
    pub severity: Severity,
    /// Its thresholds, as they were applied.
    pub parameters: BTreeMap<&'static str, Value>,
    /// Distinguishes the rule of a control that is not built in from every other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What became of it.
    pub tally: TallyV1,
}

/// How many findings came out how.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct TallyV1 {
    /// Passes.
    pub pass: usize,
    /// Failures that no exception covers.
    pub fail: usize,
    /// Failures that an exception covers.
    pub excepted: usize,
    /// Not applicable.
    pub not_applicable: usize,
    /// Unknown.
    pub unknown: usize,
}

/// What became of one control on one resource.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct FindingV1<'a> {
    /// A number that is the same in every run.
    pub id: String,
    /// The control's id.
    pub control: &'a str,
    /// The account's number.
    pub scope: &'a str,
    /// The kind of resource.
    pub kind: Kind,
    /// The resource; none if the finding is about the whole list.
    pub resource: Option<ResourceV1<'a>>,
    /// What became of it.
    pub outcome: OutcomeV1,
    /// What is wrong, in one line, for a failure. Older reports do not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<&'a str>,
    /// The facts that decided, for a failure.
    pub evidence: Vec<EvidenceV1<'a>>,
    /// Read-only commands that show the same facts.
    pub commands: Vec<String>,
    /// Why it is not applicable.
    pub reason: Option<&'a str>,
    /// What could not be read, where it is unknown.
    pub gap: Option<&'a Gap>,
    /// The exception that covers a failure.
    pub exception: Option<ExceptionV1<'a>>,
}

/// A resource.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ResourceV1<'a> {
    /// The provider's id.
    pub id: &'a str,
    /// The name people know it by.
    pub name: &'a str,
    /// Its region; of Kubernetes, its namespace.
    pub region: Option<&'a str>,
    /// Where a file declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'a Source>,
    /// What other scopes of the run call the same cluster.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_as: Vec<TwinV1<'a>>,
    /// Of an image: the workloads of the run that run it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_by: Option<RunByV1<'a>>,
}

/// The workloads that run an image, by its digest.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct RunByV1<'a> {
    /// How many there are.
    pub count: usize,
    /// The first of them.
    pub workloads: Vec<RunnerV1<'a>>,
}

/// A workload that runs an image.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct RunnerV1<'a> {
    /// The provider of its scope.
    pub provider: Provider,
    /// The number of its scope.
    pub scope: &'a str,
    /// Its ID.
    pub id: &'a str,
}

impl<'a> From<&'a RunBy> for RunByV1<'a> {
    fn from(run_by: &'a RunBy) -> Self {
        let one = |Runner { provider, level: _, scope, scope_name: _, id }: &'a Runner| RunnerV1 {
            provider: *provider,
            scope,
            id,
        };
        Self { count: run_by.count, workloads: run_by.first.iter().map(one).collect() }
    }
}

/// A cluster as another scope of the run shows it: through its API server, or by the interface of its cloud. Both have a host of the
/// API server in common.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct TwinV1<'a> {
    /// The provider of that scope.
    pub provider: Provider,
    /// The number of that scope.
    pub scope: &'a str,
    /// The ID of the cluster there.
    pub id: &'a str,
    /// The name of the cluster there.
    pub name: &'a str,
    /// The host of the API server.
    pub host: &'a str,
}

impl<'a> From<&'a Twin> for TwinV1<'a> {
    fn from(twin: &'a Twin) -> Self {
        let Twin { provider, level: _, scope, id, name, host } = twin;
        Self { provider: *provider, scope, id, name, host }
    }
}

/// What became of a control on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeV1 {
    /// The objective is met.
    Pass,
    /// The objective is not met.
    Fail,
    /// The objective does not concern the resource.
    NotApplicable,
    /// It could not be decided.
    Unknown,
}

/// A fact that decided.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct EvidenceV1<'a> {
    /// The name of the fact.
    pub fact: &'a str,
    /// What was found.
    pub found: &'a str,
    /// What was expected.
    pub expected: &'a str,
}

/// An accepted failure.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ExceptionV1<'a> {
    /// Who answers for it.
    pub owner: &'a str,
    /// Why it is accepted.
    pub reason: &'a str,
    /// Until when it holds.
    pub expires: Time,
    /// Where it is discussed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<&'a str>,
    /// What is done instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compensating_control: Option<&'a str>,
}

impl<'a> ExceptionV1<'a> {
    fn new(exception: &'a Exception) -> Self {
        Self {
            owner: &exception.owner,
            reason: &exception.reason,
            expires: exception.expires,
            ticket: exception.ticket.as_deref(),
            compensating_control: exception.compensating_control.as_deref(),
        }
    }
}

/// An exception and its state.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct UseV1<'a> {
    /// The controls and areas that it is about.
    pub controls: &'a [String],
    /// The cloud to which it applies; any if not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// The pattern of the account, subscription or tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<&'a str>,
    /// The pattern of the region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'a str>,
    /// The pattern of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<&'a str>,
    /// The key and the pattern of a tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<(&'a str, &'a str)>,
    /// The pattern of the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<&'a str>,
    /// Who answers for it, why, and until when.
    #[serde(flatten)]
    pub exception: ExceptionV1<'a>,
    /// How many failures it covers.
    pub covers: usize,
    /// Its state.
    pub standing: Standing,
}

impl<'a> UseV1<'a> {
    /// An exception and its state.
    pub fn new(used: &Use<'a>) -> Self {
        let place = &used.exception.place;
        Self {
            controls: &used.exception.controls,
            provider: place.provider,
            scope: place.scope.as_ref().map(Pattern::text),
            region: place.region.as_ref().map(Pattern::text),
            resource: place.resource.as_ref().map(Pattern::text),
            tag: place.tag.as_ref().map(|(key, value)| (key.as_str(), value.text())),
            container: place.container.as_ref().map(Pattern::text),
            exception: ExceptionV1::new(used.exception),
            covers: used.covers,
            standing: used.standing,
        }
    }
}

/// A framework in full.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct FrameworkV1 {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The date of its list of requirements.
    pub as_of: &'static str,
    /// How many requirements are in each state.
    pub states: BTreeMap<State, usize>,
    /// How much of it was assessed.
    pub coverage: CoverageV1,
    /// How much of what was assessed has no failure.
    pub score: ScoreV1,
    /// The same for each audited provider that it is about.
    pub providers: Vec<ProviderV1>,
    /// Every requirement.
    pub requirements: Vec<RequirementV1>,
}

/// A framework on one provider.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ProviderV1 {
    /// The provider.
    pub provider: Provider,
    /// How many requirements are in each state.
    pub states: BTreeMap<State, usize>,
    /// How much of it was assessed.
    pub coverage: CoverageV1,
    /// How much of what was assessed has no failure.
    pub score: ScoreV1,
}

/// How much of a framework the run shows. It does not cover results.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct CoverageV1 {
    /// Requirements that were assessed.
    pub assessed: usize,
    /// Requirements of which there is some evidence.
    pub evidenced: usize,
    /// Requirements of which at least a part is decided.
    pub decided: usize,
    /// Requirements that an interface of a cloud can answer at least in part.
    pub assessable: usize,
    /// All requirements.
    pub total: usize,
}

/// How much of what was assessed has no failure. It does not cover what was not assessed.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ScoreV1 {
    /// Requirements that are met or partly evidenced.
    pub without_failure: usize,
    /// Those, and the ones that are not met or excepted.
    pub decided: usize,
}

/// A requirement and its state.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct RequirementV1 {
    /// Its id.
    pub id: &'static str,
    /// Its text or title.
    pub title: &'static str,
    /// The chapter that holds it.
    pub group: &'static str,
    /// How much of it the APIs of a cloud can show.
    pub class: Option<Class>,
    /// Its state on all providers together.
    pub state: State,
    /// Its state on each of them.
    pub on: BTreeMap<&'static str, State>,
    /// The controls that map to it.
    pub controls: Vec<BearingV1>,
}

/// A control that maps to a requirement.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct BearingV1 {
    /// The control's id.
    pub id: &'static str,
    /// How much it decides.
    pub strength: Strength,
    /// The outcome, as the requirement demands.
    pub tally: TallyV1,
    /// Whether the requirement was judged apart from the control, by its own number or check, so that the tally
    /// is not that of the control's findings.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub apart: bool,
    /// The values that the requirement names, where the control's thresholds were set otherwise.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub asked: BTreeMap<&'static str, Value>,
    /// Why a failure shows that the requirement is not met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<&'static str>,
    /// The types of resource whose findings count; all where none is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// The types of resource of which one must exist, so that a finding counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub condition: Vec<String>,
    /// What any of the controls with the same text shows: one of them suffices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_of: Option<&'static str>,
    /// The tool that the user declared, so that the control is supporting evidence only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<DeclaredV1>,
}

/// A tool that the user declared to do what a provider's tool is for.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct DeclaredV1 {
    /// What it is for.
    pub purpose: Purpose,
    /// Its name.
    pub tool: String,
}

/// Returns the read-only commands that show a fact of a resource to a user.
pub type Commands<'c> = &'c dyn Fn(Provider, FactId, &Subject<'_>) -> Vec<String>;

impl<'a> Document<'a> {
    /// The document of a report, with the thresholds that were applied.
    pub fn new(report: &'a Report<'_>, params: &Params, commands: Commands<'_>) -> Self {
        let findings = &report.findings;
        let header = findings.header();
        Self {
            format: FORMAT,
            version: VERSION,
            tool: &header.tool,
            judged_by: env!("CARGO_PKG_VERSION"),
            started: header.started,
            finished: header.finished,
            partial: header.partial,
            scopes: findings.scopes().iter().map(ScopeV1::new).collect(),
            controls: ControlV1::all(findings, params),
            filter: FilterV1::of(findings),
            findings: findings.iter().map(|finding| FindingV1::new(finding, commands)).collect(),
            frameworks: report.frameworks.iter().map(FrameworkV1::new).collect(),
            exceptions: uses(findings).iter().map(UseV1::new).collect(),
            notes: notes(report).into(),
        }
    }
}

impl<'a> ControlV1<'a> {
    /// Every control that was judged, with the thresholds that were applied.
    pub fn all(findings: &'a Findings<'_>, params: &Params) -> Vec<Self> {
        let controls = findings.controls().iter().enumerate().map(|(place, control)| Self {
            id: control.id,
            title: control.title,
            finding: Some(control.finding),
            severity: control.severity,
            parameters: params.in_force(control),
            rule: digest::rule(control),
            tally: findings.whole_tally(place).into(),
        });
        controls.collect()
    }
}

impl<'a> ScopeV1<'a> {
    /// What was read of a scope.
    pub fn new(examined: &'a Examined<'_>) -> Self {
        let scope = examined.scope();
        let population = Kind::ALL
            .iter()
            .filter(|kind| **kind != Kind::Account && scope.holds(**kind))
            .map(|kind| {
                let complete = scope.listing_gaps(*kind).is_empty();
                (kind.id(), PopulationV1 { listed: examined.population(*kind), complete })
            });
        Self {
            provider: scope.provider,
            level: scope.level,
            id: &scope.id,
            name: scope.name.as_deref(),
            partition: &scope.partition,
            identity: scope.identity.as_deref(),
            started: scope.started,
            clock_ahead_seconds: scope.clock_ahead_seconds,
            finished: scope.finished,
            regions: &scope.regions,
            population: population.collect(),
            calls: &scope.calls,
            gaps: examined.gaps().collect(),
        }
    }
}

impl From<Tally> for TallyV1 {
    fn from(tally: Tally) -> Self {
        let Tally { pass, fail, excepted, not_applicable, unknown } = tally;
        Self { pass, fail, excepted, not_applicable, unknown }
    }
}

impl<'a> FindingV1<'a> {
    /// A finding, with the commands that show what decided it.
    pub fn new(finding: Finding<'a>, commands: Commands<'_>) -> Self {
        let (outcome, evidence, reason): (_, &[Evidence], _) = match finding.outcome {
            Outcome::Pass => (OutcomeV1::Pass, &[], None),
            Outcome::Fail(evidence) => (OutcomeV1::Fail, evidence, None),
            Outcome::NotApplicable(why) => (OutcomeV1::NotApplicable, &[], Some(&**why)),
            Outcome::Unknown(_) => (OutcomeV1::Unknown, &[], None),
        };
        Self {
            id: finding.id(),
            control: finding.control.id,
            scope: &finding.scope.id,
            kind: finding.kind(),
            resource: finding.subject.map(|subject| ResourceV1 {
                id: subject.id,
                name: subject.name,
                region: subject.region,
                source: subject.source,
                same_as: finding.twins.iter().map(TwinV1::from).collect(),
                run_by: finding.run_by.map(RunByV1::from),
            }),
            outcome,
            summary: matches!(outcome, OutcomeV1::Fail).then(|| finding.headline()),
            commands: finding.facts().fold(Vec::new(), |mut all, (fact, subject)| {
                for command in commands(finding.scope.provider, fact, &subject) {
                    if !all.contains(&command) {
                        all.push(command);
                    }
                }
                all
            }),
            evidence: evidence
                .iter()
                .map(|e| EvidenceV1 { fact: e.fact, found: &e.found, expected: &e.expected })
                .collect(),
            reason,
            gap: finding.gap(),
            exception: finding.exception.map(ExceptionV1::new),
        }
    }
}

impl FrameworkV1 {
    fn new(report: &FrameworkReport) -> Self {
        let counts: Counts = report.counts();
        let providers = report.providers.iter().enumerate().map(|(place, provider)| {
            let counts = report.counts_on(place, |_| true);
            ProviderV1 {
                provider: *provider,
                states: states(counts),
                coverage: counts.into(),
                score: counts.into(),
            }
        });
        Self {
            id: report.framework.id,
            name: report.framework.name,
            version: report.framework.version,
            as_of: report.framework.as_of,
            states: states(counts),
            coverage: counts.into(),
            score: counts.into(),
            providers: providers.collect(),
            requirements: report
                .requirements
                .iter()
                .map(|row| RequirementV1::new(report, row))
                .collect(),
        }
    }
}

impl RequirementV1 {
    /// The state of a requirement of a framework.
    pub fn new(framework: &FrameworkReport, row: &RequirementReport) -> Self {
        let controls = row.controls.iter().map(|bearing| BearingV1 {
            id: bearing.control.id,
            strength: bearing.strength,
            tally: bearing.tally.into(),
            apart: bearing.apart,
            asked: bearing.asked().map(|asked| (asked.name(), asked.value())).collect(),
            because: bearing.because(),
            types: bearing.types().iter().map(ToString::to_string).collect(),
            condition: bearing.condition().iter().map(ToString::to_string).collect(),
            any_of: bearing.alternatives().map(|any| any.0),
            declared: bearing.declared.clone().map(|declared| DeclaredV1 {
                purpose: declared.purpose,
                tool: declared.tool.into(),
            }),
        });
        Self {
            id: row.requirement.id,
            title: row.requirement.title,
            group: row.requirement.group,
            class: row.requirement.class,
            state: row.state,
            on: framework.providers.iter().map(|p| p.id()).zip(row.on.iter().copied()).collect(),
            controls: controls.collect(),
        }
    }
}

fn states(counts: Counts) -> BTreeMap<State, usize> {
    State::ALL.iter().map(|state| (*state, counts.of(*state))).collect()
}

impl From<Counts> for CoverageV1 {
    fn from(counts: Counts) -> Self {
        Self {
            assessed: counts.assessed(),
            evidenced: counts.evidenced,
            decided: counts.decided,
            assessable: counts.assessable,
            total: counts.total(),
        }
    }
}

impl From<Counts> for ScoreV1 {
    fn from(counts: Counts) -> Self {
        let (without_failure, decided) = counts.score();
        Self { without_failure, decided }
    }
}
