//! The run: what was read, and what could not be.

use std::borrow::Cow;

use posture_core::gap::Gap;
use posture_core::params::Params;
use posture_core::report::{FrameworkReport, Report, State};
use posture_core::scope::Scope;
use serde::{Serialize, Serializer};

use super::model::{
    Coverage, Descriptor, Driver, FrameworkProperties, Invocation, Location, LogicalLocation,
    Notice, Notification, NotificationProperties, Notifications, Results, Rule, Run, RunProperties,
    ScopeProperties, Score, Tool,
};
use super::results::message;
use crate::providers::Providers;
use crate::text::{NAME, safe};
use crate::words;

/// The notifications, by their place in [`Driver::notifications`].
pub(super) const UNREAD: (usize, &str) = (0, "unread");

pub(super) const STOPPED: (usize, &str) = (1, "stopped");

impl<'a> Run<'a> {
    pub(super) fn new(report: &'a Report<'a>, params: &Params, providers: Providers) -> Self {
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
            tool_execution_notifications: Notifications(report, providers),
        };
        Self {
            tool: Tool { driver },
            invocations: [invocation],
            logical_locations: scopes()
                .map(|scope| LogicalLocation::scope(scope, None, providers))
                .collect(),
            results: Results(report, providers),
            properties: RunProperties {
                partial: header.partial,
                scopes: scopes().map(ScopeProperties::new).collect(),
                frameworks: report.frameworks.iter().map(FrameworkProperties::new).collect(),
            },
        }
    }
}

impl Serialize for Notifications<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (findings, providers) = (&self.0.findings, self.1);
        let stopped = findings.header().partial.then(Notification::stopped);
        let scopes = findings.scopes().iter().map(|examined| examined.scope()).enumerate();
        let gaps = scopes.flat_map(|(place, scope)| {
            scope.real_gaps().map(move |gap| Notification::unread(scope, place, gap, providers))
        });
        serializer.collect_seq(stopped.into_iter().chain(gaps))
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

    pub(super) fn unread(
        scope: &'a Scope,
        place: usize,
        gap: &'a Gap,
        providers: Providers,
    ) -> Self {
        let location = if gap.target.is_empty() {
            LogicalLocation::scope(scope, Some(place), providers)
        } else {
            LogicalLocation::resource(&gap.target, &gap.target, Some(place))
        };
        Self {
            descriptor: Descriptor { index: UNREAD.0, id: UNREAD.1 },
            level: "warning",
            message: message(&format!("{}: {}.", words::place(scope, providers), words::gap(gap))),
            locations: vec![Location { physical_location: None, logical_locations: [location] }],
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
