//! Findings in words, for the formats that people read. What comes from a cloud is made visible and cut here, and still
//! has to be escaped for the place where it is shown.

use std::fmt::Write as _;

use posture_core::control::{Evidence, Subject};
use posture_core::exception::{Exception, Place};
use posture_core::gap::{Gap, Reason};
use posture_core::judge::{Examined, Finding, Findings, RunBy, Runner, Twin};
use posture_core::provider::Provider;
use posture_core::resource::{FactId, Kind};
use posture_core::scope::Scope;
use posture_core::unread::{self, Unread};

use crate::providers::Providers;
use crate::text::{NAME, safe};

/// How much is shown of a text that is not a name: a fact, a response, a reason.
pub(crate) const TEXT: usize = 400;

/// An account, a subscription or a tenant, by its number.
pub(crate) fn place(scope: &Scope, providers: Providers) -> String {
    format!("{} {} {}", scope.provider, level(scope, providers), safe(&scope.id, NAME))
}

/// What a provider calls a scope.
pub(crate) fn level(scope: &Scope, providers: Providers) -> &'static str {
    providers(scope.provider).level_word(scope.level)
}

/// What a finding is about: a resource, or all of a kind.
pub(crate) fn subject(finding: &Finding<'_>, providers: Providers) -> String {
    let place = place(finding.scope, providers);
    match finding.subject {
        None => format!("the {} of {place}", finding.kind().many()),
        Some(subject) if subject.kind == Kind::Account => place,
        Some(subject) => {
            let name = if subject.name.is_empty() { subject.id } else { subject.name };
            // A regional switch has no name but its region's.
            let region = subject.region.filter(|region| !name.contains(*region));
            let region =
                region.map_or(String::new(), |region| format!(" in {}", safe(region, NAME)));
            let source = subject
                .source
                .map_or(String::new(), |source| format!(", {}", safe(&source.to_string(), NAME)));
            let twins =
                finding.twins.iter().map(|one| format!(", the same as {}", twin(one, providers)));
            let twins: String = twins.collect();
            format!(
                "{} {} of {place}{region}{source}{twins}",
                finding.kind().one(),
                safe(name, NAME)
            )
        }
    }
}

/// What another scope of the run calls a cluster.
pub(crate) fn twin(twin: &Twin, providers: Providers) -> String {
    let level = providers(twin.provider).level_word(twin.level);
    let name = if twin.name.is_empty() { &twin.id } else { &twin.name };
    format!("cluster {} of {} {level} {}", safe(name, NAME), twin.provider, safe(&twin.scope, NAME))
}

/// Which workloads run an image.
pub(crate) fn run_by(run_by: &RunBy, providers: Providers) -> String {
    const NAMED: usize = 3;
    let one = |runner: &Runner| {
        let level = providers(runner.provider).level_word(runner.level);
        format!("{} of {level} {}", safe(&runner.id, NAME), safe(&runner.scope_name, NAME))
    };
    let named: Vec<String> = run_by.first.iter().take(NAMED).map(one).collect();
    let more = match run_by.count.saturating_sub(named.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("run by {}{more}", named.join(", "))
}

/// The clusters that were read from both sides, each with its two names.
pub(crate) fn one_cluster(findings: &Findings<'_>, providers: Providers) -> Vec<String> {
    let mut lines = Vec::new();
    for (place, examined) in findings.scopes().iter().enumerate() {
        if examined.scope().provider != Provider::Kubernetes {
            continue;
        }
        lines.extend(findings.twins(place).map(|(_, name, other)| {
            format!(
                "{} ({}) and {} are one cluster: both have the API server {}",
                self::place(examined.scope(), providers),
                safe(name, NAME),
                twin(other, providers),
                safe(&other.host, NAME)
            )
        }));
    }
    lines
}

/// Why something could not be read.
pub(crate) fn gap(gap: &Gap) -> String {
    let mut text = safe(&gap.action, NAME).into_owned();
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(gap.reason.words());
    if let Some(region) = &gap.region {
        text.push_str(" in ");
        text.push_str(&safe(region, NAME));
    }
    if let Some(detail) = &gap.detail {
        text.push_str(": ");
        text.push_str(&safe(detail, TEXT));
    }
    text
}

/// What could not be read of a scope, each thing once, with the kinds that it is about.
pub(crate) fn by_cause(examined: &Examined<'_>) -> Vec<(Vec<Kind>, Unread)> {
    unread::by_cause(&examined.unread())
}

/// What a cause kept from being read: resources, or the lists of some kinds. `itself` and `list` are the terms for a scope and a
/// list there.
pub(crate) fn missing(kinds: &[Kind], row: &Unread, itself: &str, list: &str) -> String {
    match (row.affected, row.kind) {
        (None, _) if row.reason == Reason::InvalidFile => "a file".to_owned(),
        (Some(_), Kind::Account) => itself.to_owned(),
        (Some(affected), kind) => {
            let noun = if row.population == 1 { kind.one() } else { kind.many() };
            format!("{affected} of {} {noun}", row.population)
        }
        (None, _) if kinds.len() + 1 >= Kind::ALL.len() => "everything".to_owned(),
        (None, _) => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.many()).collect();
            format!("{list} of {}", kinds.join(", "))
        }
    }
}

/// The commands that show a fact of a resource of a provider to a person.
pub(crate) fn commands_by_fact(
    providers: Providers,
) -> impl Fn(Provider, FactId, &Subject<'_>) -> Vec<String> {
    move |provider, fact, subject| (providers(provider).commands)(fact, subject)
}

/// The commands that show what decided a failure to a person.
pub(crate) fn commands(
    finding: &Finding<'_>,
    providers: Providers,
) -> impl Iterator<Item = String> {
    let of = providers(finding.scope.provider).commands;
    finding.facts().flat_map(move |(fact, subject)| of(fact, &subject))
}

/// Why a finding is unknown.
pub(crate) fn unknown(finding: &Finding<'_>) -> String {
    finding.gap().map_or_else(|| "it could not be read".to_owned(), gap)
}

/// A fact that decided.
pub(crate) fn evidence(evidence: &Evidence) -> String {
    let Evidence { fact, found, expected } = evidence;
    format!("{fact}: {}, expected {}", safe(found, TEXT), safe(expected, TEXT))
}

/// Who accepted a failure, until when, and why.
pub(crate) fn accepted(exception: &Exception) -> String {
    let mut text = format!(
        "accepted by {} until {}: {}",
        safe(&exception.owner, NAME),
        exception.expires.day(),
        safe(&exception.reason, TEXT)
    );
    let more =
        [("ticket", &exception.ticket), ("compensating control", &exception.compensating_control)];
    for (name, value) in more {
        if let Some(value) = value {
            let _ = write!(text, "; {name}: {}", safe(value, TEXT));
        }
    }
    text
}

/// Where an exception holds, in words.
pub fn described(place: &Place) -> String {
    let mut words = Vec::new();
    if let Some(resource) = &place.resource {
        words.push(format!("for `{}`", resource.text()));
    }
    if let Some((key, value)) = &place.tag {
        words.push(format!("where `{key}` is `{}`", value.text()));
    }
    if let Some(container) = &place.container {
        words.push(format!("in container `{}`", container.text()));
    }
    if let Some(region) = &place.region {
        let word = match place.provider {
            Some(Provider::Kubernetes) => "namespace",
            Some(Provider::Aws | Provider::Azure | Provider::Docker | Provider::Image) | None => {
                "region"
            }
        };
        words.push(format!("in {word} `{}`", region.text()));
    }
    if let Some(scope) = &place.scope {
        words.push(format!("in `{}`", scope.text()));
    }
    if let Some(provider) = place.provider {
        words.push(format!("on {provider}"));
    }
    words.join(" ")
}
