//! Controls and frameworks as data, for other programs: JSON, and CSV of controls.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use posture_core::control::{Check, Control, Severity, Status};
use posture_core::controls;
use posture_core::frameworks::{self, Class, Framework, Requirement, Strength};
use posture_core::params::Value;
use posture_core::provider::Provider;
use posture_core::wanted;
use posture_report::text::csv_cell;
use serde::Serialize;

/// A list of controls.
#[derive(Serialize)]
struct Controls<'c> {
    format: &'static str,
    version: u32,
    controls: Vec<ControlV1<'c>>,
}

/// A control with all that there is to say about it.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct ControlV1<'c> {
    id: &'static str,
    former_ids: &'static [&'static str],
    title: &'static str,
    finding: &'static str,
    keywords: &'static [&'static str],
    severity: Severity,
    status: &'static str,
    since: &'static str,
    resource: &'static str,
    providers: Vec<Provider>,
    services: BTreeSet<String>,
    rationale: &'static str,
    /// The rule of a control from a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'c str>,
    parameters: Vec<ParameterV1>,
    facts: Vec<String>,
    /// The calls that read these facts, by provider.
    calls: BTreeMap<&'static str, Vec<&'static str>>,
    permissions: BTreeMap<&'static str, Vec<&'static str>>,
    remediation: BTreeMap<&'static str, RemedyV1<'static>>,
    references: &'static [&'static str],
    requirements: Vec<MappedV1>,
}

#[derive(Serialize)]
struct ParameterV1 {
    name: &'static str,
    about: &'static str,
    /// The value where none is set; empty where there is no default, so that the control is not applicable.
    default: Value,
    /// A value to start from, where there is no default.
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<Value>,
}

/// What to do about a failure.
#[derive(Serialize)]
pub(crate) struct RemedyV1<'r> {
    pub(crate) text: &'r str,
    pub(crate) console: &'r str,
    /// `fix` where the command changes the setting, `inspect` where it only shows it.
    pub(crate) kind: &'static str,
    pub(crate) command: String,
}

/// A requirement that a control is mapped to.
#[derive(Serialize)]
struct MappedV1 {
    framework: &'static str,
    id: &'static str,
    title: &'static str,
    strength: Strength,
    /// The values of parameters that the requirement itself names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    asked: BTreeMap<&'static str, Value>,
}

impl ControlV1<'static> {
    pub(crate) fn new(control: &'static Control) -> Self {
        let remedies = || control.remediation.iter();
        let by_provider = |of: fn(&'static Control, Provider) -> Vec<&'static str>| {
            remedies().map(|(provider, _)| (provider.id(), of(control, *provider))).collect()
        };
        Self {
            id: control.id,
            former_ids: control.life.former,
            title: control.title,
            finding: control.finding,
            keywords: control.keywords,
            severity: control.severity,
            status: match control.life.status {
                Status::Stable => "stable",
                Status::Deprecated { .. } => "deprecated",
            },
            since: control.life.since,
            resource: control.test.check.kind().id(),
            providers: remedies().map(|(provider, _)| *provider).collect(),
            services: services(control),
            rationale: control.rationale,
            rule: match control.test.check {
                Check::Rule(rule) => Some(rule.source()),
                _ => None,
            },
            parameters: control
                .test
                .params
                .iter()
                .map(|param| ParameterV1 {
                    name: param.name(),
                    about: param.doc(),
                    default: param.default(),
                    example: param.example(),
                })
                .collect(),
            facts: facts(control),
            calls: by_provider(calls),
            permissions: by_provider(permissions),
            remediation: remedies()
                .map(|(provider, remedy)| {
                    let remedy = RemedyV1 {
                        text: remedy.text,
                        console: remedy.console,
                        kind: remedy.command.label(),
                        command: remedy.command.line().to_owned(),
                    };
                    (provider.id(), remedy)
                })
                .collect(),
            references: control.references,
            requirements: control
                .mappings()
                .iter()
                .map(|mapping| MappedV1 {
                    framework: mapping.requirement.framework().id,
                    id: mapping.requirement.get().id,
                    title: mapping.requirement.get().title,
                    strength: mapping.strength,
                    asked: mapping.asked().map(|asked| (asked.name(), asked.value())).collect(),
                })
                .collect(),
        }
    }
}

/// The names of the facts that a control reads, in order.
pub(crate) fn facts(control: &Control) -> Vec<String> {
    let mut facts: Vec<String> = control.test.reads.iter().map(ToString::to_string).collect();
    facts.sort();
    facts
}

/// The services whose resources a control judges, on any provider.
fn services(control: &'static Control) -> BTreeSet<String> {
    let of = control.remediation.iter().map(|(provider, _)| posture::provider_info(*provider));
    of.flat_map(|info| posture_core::services::called(control, info)).collect()
}

/// The calls that a control needs on a provider.
pub(crate) fn calls(control: &'static Control, provider: Provider) -> Vec<&'static str> {
    (posture::provider_info(provider).actions)(&wanted::by(&[control], provider))
}

/// The permissions that these calls need.
pub(crate) fn permissions(control: &'static Control, provider: Provider) -> Vec<&'static str> {
    (posture::provider_info(provider).permissions)(&wanted::by(&[control], provider))
}

/// Controls as JSON.
pub(crate) fn controls_json(controls: &[&'static Control], out: &mut dyn Write) -> io::Result<()> {
    let controls = controls.iter().map(|control| ControlV1::new(control)).collect();
    posture_report::stream::pretty(
        &Controls { format: "posture-controls", version: 1, controls },
        out,
    )
}

/// Controls as CSV, one row each. A cell that a spreadsheet would take for a formula starts with an apostrophe.
pub(crate) fn controls_csv(controls: &[&'static Control], out: &mut dyn Write) -> io::Result<()> {
    let mut out = csv::Writer::from_writer(out);
    out.write_record([
        "control",
        "severity",
        "title",
        "finding",
        "providers",
        "services",
        "resource",
        "keywords",
        "requirements",
    ])?;
    for control in controls {
        let providers: Vec<&str> =
            control.remediation.iter().map(|(provider, _)| provider.id()).collect();
        let services: Vec<String> = services(control).into_iter().collect();
        let rows: Vec<String> = control
            .mappings()
            .iter()
            .map(|mapping| format!("{} ({})", mapping.requirement, mapping.strength))
            .collect();
        let row = [
            control.id,
            control.severity.id(),
            control.title,
            control.finding,
            &providers.join(" "),
            &services.join(" "),
            control.test.check.kind().id(),
            &control.keywords.join("; "),
            &rows.join("; "),
        ];
        out.write_record(row.iter().map(|cell| csv_cell(cell).into_owned()))?;
    }
    out.flush()
}

/// The controls that are mapped to each requirement of a framework, in its order.
pub(crate) fn mapped(framework: &'static Framework) -> Vec<Vec<(&'static Control, Strength)>> {
    let mut by_requirement = vec![Vec::new(); framework.requirements.len()];
    for control in controls::ALL {
        for mapping in control.mappings() {
            if std::ptr::eq(mapping.requirement.framework(), framework)
                && let Some(list) = by_requirement.get_mut(mapping.requirement.index())
            {
                list.push((*control, mapping.strength));
            }
        }
    }
    by_requirement
}

/// How many requirements of a framework there are, and of which sort.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct CountsV1 {
    pub(crate) total: usize,
    /// Those that cloud APIs can show at least in part; none where the framework is about settings throughout.
    pub(crate) assessable: Option<usize>,
    /// Those of which a control has some evidence.
    pub(crate) evidenced: usize,
    /// Those of which a control decides at least a part.
    pub(crate) decided: usize,
}

impl CountsV1 {
    pub(crate) fn new(framework: &'static Framework) -> Self {
        let coverage = frameworks::coverage(framework, controls::ALL, None);
        let assessable = |requirement: &&Requirement| requirement.is_assessable();
        Self {
            total: framework.requirements.len(),
            assessable: framework
                .is_classified()
                .then(|| framework.requirements.iter().filter(assessable).count()),
            evidenced: coverage.evidenced,
            decided: coverage.decided,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct FrameworkV1 {
    id: &'static str,
    aliases: &'static [&'static str],
    name: &'static str,
    version: &'static str,
    source: &'static str,
    /// The day of the source.
    as_of: &'static str,
    /// Those that it covers, if it does not cover all.
    providers: Option<&'static [Provider]>,
    requirements: CountsV1,
}

impl FrameworkV1 {
    fn new(framework: &'static Framework) -> Self {
        Self {
            id: framework.id,
            aliases: framework.aliases,
            name: framework.name,
            version: framework.version,
            source: framework.source,
            as_of: framework.as_of,
            providers: framework.providers,
            requirements: CountsV1::new(framework),
        }
    }
}

/// Frameworks as JSON, without their requirements.
pub(crate) fn frameworks_json(
    frameworks: &'static [&'static Framework],
    out: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document {
        format: &'static str,
        version: u32,
        frameworks: Vec<FrameworkV1>,
    }
    let frameworks = frameworks.iter().map(|framework| FrameworkV1::new(framework)).collect();
    let document = Document { format: "posture-frameworks", version: 1, frameworks };
    posture_report::stream::pretty(&document, out)
}

/// A framework as JSON, with every requirement and the controls that are mapped to it.
pub(crate) fn framework_json(framework: &'static Framework, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document {
        format: &'static str,
        version: u32,
        framework: FrameworkV1,
        groups: Vec<Group>,
        requirements: Vec<Row>,
    }
    #[derive(Serialize)]
    struct Group {
        id: &'static str,
        title: &'static str,
        parent: Option<&'static str>,
    }
    #[derive(Serialize)]
    struct Row {
        id: &'static str,
        title: &'static str,
        group: &'static str,
        class: Option<Class>,
        /// Why it is of this class.
        why: Option<&'static str>,
        note: Option<&'static str>,
        /// Its ids in other versions of the framework.
        elsewhere: BTreeMap<&'static str, &'static str>,
        controls: Vec<Mapped>,
    }
    #[derive(Serialize)]
    struct Mapped {
        id: &'static str,
        strength: Strength,
    }
    let rows = framework.requirements.iter().zip(mapped(framework)).map(|(row, controls)| Row {
        id: row.id,
        title: row.title,
        group: row.group,
        class: row.class,
        why: Some(row.why).filter(|why| !why.is_empty()),
        note: Some(row.note).filter(|note| !note.is_empty()),
        elsewhere: row.elsewhere.iter().copied().collect(),
        controls: controls
            .into_iter()
            .map(|(control, strength)| Mapped { id: control.id, strength })
            .collect(),
    });
    let group = |group: &'static posture_core::frameworks::Group| Group {
        id: group.id,
        title: group.title,
        parent: group.parent,
    };
    let document = Document {
        format: "posture-framework",
        version: 1,
        framework: FrameworkV1::new(framework),
        groups: framework.groups.iter().map(group).collect(),
        requirements: rows.collect(),
    };
    posture_report::stream::pretty(&document, out)
}
