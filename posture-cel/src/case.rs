//! Test cases: the outcome of a control for a resource that is written down.

use posture_core::control::{Control, EXAMPLE_TIME, Examples, Remedy};
use posture_core::fact::Fact;
use posture_core::gap::{Gap, Reason};
use posture_core::judge::{self, Options, Outcome};
use posture_core::params::{Param, Params, Value};
use posture_core::provider::Provider;
use posture_core::resource::Kind;
use posture_core::scope::Scope;
use posture_core::snapshot::Snapshot;
use posture_core::suggest::nearest;
use posture_core::time::Time;
use serde_json::{Map, json};

use crate::expression::{World, guess};
use crate::file::{FileRule, Reader, plain};
use crate::form::{CaseFile, Text};

/// What a case expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It passes.
    Pass,
    /// It fails.
    Fail,
    /// The control does not concern it.
    NotApplicable,
    /// It cannot be decided.
    Unknown,
}

impl Expected {
    /// What a case can expect.
    pub(crate) const ALL: &'static [Self] =
        &[Self::Pass, Self::Fail, Self::NotApplicable, Self::Unknown];

    /// The name as written in files.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not-applicable",
            Self::Unknown => "unknown",
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.id())
    }
}

impl From<&Outcome> for Expected {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::Pass,
            Outcome::Fail(_) => Self::Fail,
            Outcome::NotApplicable(_) => Self::NotApplicable,
            Outcome::Unknown(_) => Self::Unknown,
        }
    }
}

/// A resource, and the expected outcome of a control.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is called.
    pub name: String,
    /// The line on which it begins.
    pub line: usize,
    /// The expected outcome.
    pub expected: Expected,
    /// Whose resource it is.
    pub provider: Provider,
    kind: Kind,
    at: Time,
    params: Vec<(String, Value)>,
    /// The resource in the snapshot's form.
    resource: serde_json::Value,
}

/// The result of a control for a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// The outcome.
    pub outcome: Expected,
    /// What decided, or what kept it from a verdict.
    pub why: Vec<String>,
}

impl Case {
    pub(crate) fn new(
        reader: &mut Reader<'_>,
        file: CaseFile,
        kind: Kind,
        params: &'static [Param],
        remedies: &[(Provider, Remedy)],
    ) -> Option<Self> {
        let span = file.span.clone();
        let provider = match &file.provider {
            Some(name) => reader.provider(name)?,
            None => remedies.first()?.0,
        };
        if !remedies.iter().any(|(judged, _)| *judged == provider) {
            reader.mistake(
                &span,
                format!("the control has no remedy for {provider}, and does not run on it"),
            );
        }
        let at = match &file.at {
            None => EXAMPLE_TIME(),
            Some(text) => text.get_ref().parse().unwrap_or_else(|_| {
                reader
                    .mistake(&text.span(), "`at` must be a time such as \"2026-01-31T12:00:00Z\"");
                EXAMPLE_TIME()
            }),
        };
        let name = file.resource_name.unwrap_or_else(|| "example".to_owned());
        let mut resource = Map::new();
        resource.insert("id".to_owned(), file.id.unwrap_or_else(|| name.clone()).into());
        resource.insert("name".to_owned(), name.into());
        if let Some(region) = file.region {
            resource.insert("region".to_owned(), region.into());
        }
        let mut fact = |reader: &mut Reader<'_>, name: &Text, is: serde_json::Value| {
            let known = || kind.facts().iter().map(|fact| fact.name);
            if !known().any(|fact| fact == name.get_ref()) {
                let near = guess(&nearest(name.get_ref(), known()));
                reader.mistake(
                    &name.span(),
                    format!("`{}` is not a fact of this resource{near}", plain(name.get_ref())),
                );
            } else if resource.insert(name.get_ref().clone(), is).is_some() {
                reader.mistake(&name.span(), format!("`{}` is given twice", name.get_ref()));
            }
        };
        let known = file.facts.iter().map(|(name, value)| (name, value.clone()));
        let none = file.none.iter().map(|name| (name, serde_json::Value::Null));
        for (name, value) in known.chain(none) {
            if kind.facts().iter().any(|fact| fact.name == name.get_ref())
                && let Err(why) = kind.accepts(name.get_ref(), value.clone())
            {
                reader.mistake(
                    &name.span(),
                    format!("`{}` cannot be {value}: {why}", name.get_ref()),
                );
            }
            fact(reader, name, json!({ "known": value }));
        }
        for name in &file.unread {
            fact(reader, name, json!({ "gap": UNREAD }));
        }
        for name in &file.not_offered {
            fact(reader, name, json!("not-offered"));
        }
        for (name, value) in &file.params {
            match params.iter().find(|param| param.name() == name.get_ref()) {
                Some(param) if param.accepts(value) => {}
                Some(param) => {
                    reader.mistake(
                        &name.span(),
                        format!("`{}` must be {}", name.get_ref(), param.expects()),
                    );
                }
                None => {
                    let near =
                        guess(&nearest(name.get_ref(), params.iter().map(|param| param.name())));
                    reader.mistake(
                        &name.span(),
                        format!("unknown parameter `{}`{near}", plain(name.get_ref())),
                    );
                }
            }
        }
        Some(Self {
            name: plain(&file.name?),
            line: reader.line(&span),
            expected: file.expect?,
            provider,
            kind,
            at,
            params: file
                .params
                .into_iter()
                .map(|(name, value)| (name.into_inner(), value))
                .collect(),
            resource: resource.into(),
        })
    }

    /// Puts the resource into a world.
    pub(crate) fn fill(&self, scope: &mut Scope) {
        let refused = Gap::new("an example", "", Reason::Denied);
        scope.add_gap(refused);
        // It was checked against the schema when it was read.
        let _ = scope.put(self.kind, self.resource.clone());
        scope.finished = self.at;
    }

    pub(crate) fn judge(&self, control: &'static Control, rule: &FileRule) -> CaseResult {
        let scope = Examples::world(self.provider, self.kind, |scope| self.fill(scope));
        let mut params = Params::default();
        for (name, value) in &self.params {
            // They were checked against the control's when they were read.
            let _ = params.set(control, name, value.clone());
        }
        let options = Options { params, ..Options::default() };
        let snapshot = Snapshot::new("", self.at, self.at, vec![scope]);
        let findings = judge::judge(&snapshot, &[control], &options);
        let Some(finding) = findings.iter().find(|finding| finding.subject.is_some()) else {
            return CaseResult {
                outcome: Expected::Unknown,
                why: vec!["the control did not run on it".to_owned()],
            };
        };
        let why = match finding.outcome {
            Outcome::Pass => Vec::new(),
            Outcome::Fail(evidence) => {
                evidence.iter().map(|one| format!("{} is {}", one.fact, one.found)).collect()
            }
            Outcome::NotApplicable(why) => vec![why.to_string()],
            Outcome::Unknown(_) => self.silence(control, rule, &snapshot, &options.params),
        };
        CaseResult { outcome: finding.outcome.into(), why }
    }

    /// Why there is no outcome.
    fn silence(
        &self,
        control: &Control,
        rule: &FileRule,
        snapshot: &Snapshot,
        params: &Params,
    ) -> Vec<String> {
        let Some(facts) = snapshot.scopes.first().and_then(|scope| scope.facts(self.kind, 0))
        else {
            return Vec::new();
        };
        let unread = control
            .test
            .reads
            .iter()
            .filter(|fact| matches!(facts.fact(fact.name), Some(Fact::Gap(_))));
        let mut why: Vec<String> =
            unread.map(|fact| format!("{} was not read", fact.name)).collect();
        let params: Vec<(&'static str, Value)> = params.in_force(control).into_iter().collect();
        why.extend(rule.failures(&World {
            facts,
            provider: self.provider,
            now: self.at,
            time_unknown: None,
            params: &params,
        }));
        why
    }
}

/// The gap of a case, behind the two that every scope has.
const UNREAD: u32 = 2;
