//! The run: what was read, and what could not be.

use std::borrow::Cow;

use posture_core::gap::{Gap, Reason};
use posture_core::json::FilterV1;
use posture_core::params::Params;
use posture_core::report::{FrameworkReport, Report, State};
use posture_core::scope::Scope;
use serde::{Serialize, Serializer};

use super::choice::omitted;
use super::model::{
    Coverage, Descriptor, Driver, FrameworkProperties, Invocation, Location, LogicalLocation,
    Notice, Notification, NotificationProperties, Notifications, Results, Rule, Run, RunProperties,
    ScopeProperties, Score, Tool,
};
use super::results::message;
use crate::filtered::filtered;
use crate::providers::Providers;
use crate::text::{NAME, safe};
use crate::words;

/// The notifications, by their place in [`Driver::notifications`].
pub(super) const UNREAD: (usize, &str) = (0, "unread");

pub(super) const STOPPED: (usize, &str) = (1, "stopped");

pub(super) const FILTERED: (usize, &str) = (2, "filtered");

pub(super) const OMITTED: (usize, &str) = (3, "omitted");

impl<'a> Run<'a> {
    pub(super) fn new(
        report: &'a Report<'a>,
        params: &Params,
        providers: Providers,
        limit: usize,
    ) -> Self {
        let findings = &report.findings;
        let header = findings.header();
        let scopes = || findings.scopes().iter().map(|examined| examined.scope());
        let notice = |id, text: &str| Notice { id, short_description: text.into() };
        let driver = Driver {
            name: "posture",
            version: &header.tool,
            notifications: [
                notice(UNREAD.1, "Something could not be read"),
                notice(STOPPED.1, "The audit was stopped before it finished"),
                notice(FILTERED.1, "Findings are hidden by a filter"),
                notice(OMITTED.1, "Findings are not among the results"),
            ],
            rules: findings
                .controls()
                .iter()
                .map(|&control| Rule::new(control, report, params))
                .collect(),
        };
        let invocation = Invocation {
            execution_successful: !header.partial,
            start_time_utc: header.started,
            end_time_utc: header.finished,
            tool_execution_notifications: Notifications { report, providers, limit },
        };
        Self {
            tool: Tool { driver },
            invocations: [invocation],
            logical_locations: scopes()
                .map(|scope| LogicalLocation::scope(scope, None, providers))
                .collect(),
            results: Results { report, providers, limit },
            properties: RunProperties {
                partial: header.partial,
                filter: FilterV1::of(findings),
                scopes: scopes().map(ScopeProperties::new).collect(),
                frameworks: report.frameworks.iter().map(FrameworkProperties::new).collect(),
            },
        }
    }
}

impl Serialize for Notifications<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (findings, providers) = (&self.report.findings, self.providers);
        let stopped = findings.header().partial.then(Notification::stopped);
        let filtered =
            filtered(findings).map(|text| Notification::about(FILTERED, "warning", &text));
        let left_out = omitted(findings, self.limit).into_iter();
        let left_out = left_out.map(|(level, text)| Notification::about(OMITTED, level, &text));
        let gaps = findings.scopes().iter().enumerate().flat_map(|(place, examined)| {
            let scope = examined.scope();
            examined.gaps().map(move |gap| Notification::unread(scope, place, gap, providers))
        });
        let first = stopped.into_iter().chain(filtered).chain(left_out);
        serializer.collect_seq(first.chain(gaps))
    }
}

impl<'a> Notification<'a> {
    /// An error, which says that the results are not complete.
    pub(super) fn stopped() -> Self {
        Self {
            descriptor: Descriptor { index: STOPPED.0, id: STOPPED.1 },
            level: "error",
            message:
                "The audit was stopped before it finished: everything not read by then is unknown."
                    .into(),
            locations: Vec::new(),
            properties: None,
        }
    }

    /// A notification about the results.
    fn about((index, id): (usize, &'static str), level: &'static str, text: &str) -> Self {
        Self {
            descriptor: Descriptor { index, id },
            level,
            message: message(text),
            locations: Vec::new(),
            properties: None,
        }
    }

    pub(super) fn unread(
        scope: &'a Scope,
        place: usize,
        gap: &'a Gap,
        providers: Providers,
    ) -> Self {
        let location = if gap.target.is_empty() {
            let scope = LogicalLocation::scope(scope, Some(place), providers);
            Location { physical_location: None, logical_locations: [scope] }
        } else {
            Location::of_gap(gap, Some(place))
        };
        Self {
            descriptor: Descriptor { index: UNREAD.0, id: UNREAD.1 },
            level: if gap.reason == Reason::InvalidFile { "error" } else { "warning" },
            message: message(&format!("{}: {}.", words::place(scope, providers), words::gap(gap))),
            locations: vec![location],
            properties: Some(NotificationProperties {
                provider: scope.provider,
                scope: &scope.id,
                gap,
            }),
        }
    }
}

impl<'a> LogicalLocation<'a> {
    pub(super) fn scope(scope: &'a Scope, index: Option<usize>, providers: Providers) -> Self {
        Self {
            name: Cow::Borrowed(&scope.id),
            fully_qualified_name: &scope.id,
            kind: words::level(scope, providers),
            index,
            parent_index: None,
        }
    }

    pub(super) fn resource(name: &'a str, id: &'a str, parent_index: Option<usize>) -> Self {
        Self {
            name: safe(name, NAME),
            fully_qualified_name: id,
            kind: "resource",
            index: None,
            parent_index,
        }
    }
}

impl<'a> ScopeProperties<'a> {
    pub(super) fn new(scope: &'a Scope) -> Self {
        Self {
            provider: scope.provider,
            level: scope.level,
            id: &scope.id,
            name: scope.name.as_deref(),
            partition: &scope.partition,
            identity: scope.identity.as_deref(),
            started: scope.started,
            finished: scope.finished,
            clock_ahead_seconds: scope.clock_ahead_seconds,
            regions: &scope.regions,
        }
    }
}

impl FrameworkProperties {
    pub(super) fn new(report: &FrameworkReport) -> Self {
        let counts = report.counts();
        let (without_failure, decided) = counts.score();
        Self {
            id: report.framework.id,
            name: report.framework.name,
            version: report.framework.version,
            states: State::ALL.iter().map(|state| (*state, counts.of(*state))).collect(),
            coverage: Coverage {
                assessed: counts.assessed(),
                evidenced: counts.evidenced,
                decided: counts.decided,
                assessable: counts.assessable,
                total: counts.total(),
            },
            score: Score { without_failure, decided },
        }
    }
}
