//! How outcomes and states look: their order, their colors, and bars of them.

use std::fmt;

use posture_core::judge::Tally;
use posture_core::record::FindingStatus;
use posture_core::report::{Counts, State};

/// The order of the rows of a control.
pub(super) const ORDER: [FindingStatus; 5] = [
    FindingStatus::Fail,
    FindingStatus::Excepted,
    FindingStatus::Unknown,
    FindingStatus::Pass,
    FindingStatus::NotApplicable,
];

/// How the page shows what became of a finding.
pub(super) trait Appearance {
    /// Its class in the page, for the script and the style sheet.
    fn class(self) -> &'static str;
    /// The name of its color.
    fn color(self) -> &'static str;
    /// The heading of its rows.
    fn heading(self) -> &'static str;
    /// The heading of the controls for which it is the worst.
    fn worst(self) -> &'static str;
}

impl Appearance for FindingStatus {
    fn class(self) -> &'static str {
        match self {
            Self::Fail => "f",
            Self::Excepted => "x",
            Self::Unknown => "u",
            Self::Pass => "p",
            Self::NotApplicable => "n",
        }
    }

    fn color(self) -> &'static str {
        match self {
            Self::Fail => "unmet",
            Self::Excepted => "exc",
            Self::Unknown => "indet",
            Self::Pass => "met",
            Self::NotApplicable => "na",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Fail => "Fail",
            Self::Excepted => "Fail, with an exception",
            Self::Unknown => "Unknown",
            Self::Pass => "Pass",
            Self::NotApplicable => "Not applicable",
        }
    }

    fn worst(self) -> &'static str {
        match self {
            Self::Fail => "Controls with failures",
            Self::Excepted => "Controls whose failures all have an exception",
            Self::Unknown => "Controls with unknown findings and no failures",
            Self::Pass => "Controls that pass",
            Self::NotApplicable => "Controls that found nothing to examine",
        }
    }
}

/// The worst that became of a control: a failure, what is unknown, an exception, a pass.
pub(super) fn worst(tally: Tally) -> FindingStatus {
    let order =
        [FindingStatus::Fail, FindingStatus::Unknown, FindingStatus::Excepted, FindingStatus::Pass];
    order.into_iter().find(|mark| tally.of(*mark) > 0).unwrap_or(FindingStatus::NotApplicable)
}

/// The states in the order of bars and lists: what was assessed first.
pub(super) const STATES: [State; 8] = [
    State::Met,
    State::PartlyEvidenced,
    State::NotMet,
    State::Excepted,
    State::Indeterminate,
    State::NotApplicable,
    State::NotAssessedNoControl,
    State::NotAssessedOrganizational,
];

pub(super) fn color(state: State) -> &'static str {
    match state {
        State::Met => "met",
        State::PartlyEvidenced => "part",
        State::NotMet => "unmet",
        State::Excepted => "exc",
        State::Indeterminate => "indet",
        State::NotApplicable => "na",
        State::NotAssessedNoControl => "none",
        State::NotAssessedOrganizational => "org",
    }
}

/// What a state means.
pub(super) fn meaning(state: State) -> &'static str {
    match state {
        State::Met => {
            "A control that decides the requirement passes on every resource, and no other mapped control fails or is \
             unknown. This is true for what was audited, and for nothing else."
        }
        State::PartlyEvidenced => {
            "Everything examined passes, but it is not the whole requirement."
        }
        State::NotMet => "A control that decides the requirement, or a part of it, fails.",
        State::Excepted => {
            "Every failure is covered by an exception. The failures still exist, and each has an owner."
        }
        State::Indeterminate => {
            "No control that decides the requirement fails, but something could not be read, or a control fails that only \
             supports it. It was not assessed."
        }
        State::NotApplicable => {
            "No resource exists that the requirement applies to. This is not a pass."
        }
        State::NotAssessedNoControl => {
            "It can be assessed at least in part, but no control of this run does so."
        }
        State::NotAssessedOrganizational => {
            "Cloud APIs cannot show it: it concerns documents, people, contracts or physical sites."
        }
    }
}

/// Whether something was examined for a requirement, with whatever result.
pub(super) fn is_examined(state: State) -> bool {
    match state {
        State::Met
        | State::NotMet
        | State::PartlyEvidenced
        | State::Indeterminate
        | State::NotApplicable
        | State::Excepted => true,
        State::NotAssessedOrganizational | State::NotAssessedNoControl => false,
    }
}

/// A bar of parts, each with its color and its words. It is as wide as its container.
pub(super) struct Bar<'a>(pub(super) &'a [(usize, &'a str, &'a str)]);

impl fmt::Display for Bar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.0.iter().map(|(count, _, _)| count).sum();
        let parts = || self.0.iter().filter(|(count, _, _)| *count > 0);
        let words: Vec<String> =
            parts().map(|(count, _, words)| format!("{count} {words}")).collect();
        let words = if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
        write!(
            f,
            "<svg class=bar viewBox=\"0 0 1000 10\" preserveAspectRatio=none role=img aria-label=\"{words}\">"
        )?;
        // Two failures beside a thousand passes have to be seen.
        let share = |count: usize| (1000 * count / total).max(12);
        let whole: usize = parts().map(|(count, _, _)| share(*count)).sum();
        let mut at: usize = 0;
        for (count, color, words) in parts() {
            let from = 1000 * at / whole;
            at += share(*count);
            let width = 1000 * at / whole - from;
            write!(
                f,
                "<rect class=k-{color} x={from} width={width} height=10><title>{count} {words}</title></rect>"
            )?;
        }
        f.write_str("</svg>")
    }
}

/// A bar of what became of findings.
pub(super) fn tally_bar(tally: Tally) -> String {
    let parts = ORDER.map(|mark| (tally.of(mark), mark.color(), mark.words()));
    Bar(&parts).to_string()
}

/// A tally in words.
pub(super) fn tally_words(tally: Tally) -> String {
    let parts = ORDER.iter().filter(|mark| tally.of(**mark) > 0);
    let parts: Vec<String> =
        parts.map(|mark| format!("{} {}", tally.of(*mark), mark.words())).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

/// A bar of how much is decided in part, and of how much there is evidence.
pub(super) fn coverage_bar(counts: Counts) -> String {
    let organizational = counts.of(State::NotAssessedOrganizational);
    let beyond = counts.total().saturating_sub(counts.assessable);
    let parts = [
        (counts.decided, "seen", "decided in part"),
        (counts.evidenced.saturating_sub(counts.decided), "some", "some evidence"),
        (counts.assessable.saturating_sub(counts.evidenced), "none", "assessable, nothing shown"),
        (organizational, "org", "organizational"),
        (beyond.saturating_sub(organizational), "org", "on nodes"),
    ];
    Bar(&parts).to_string()
}

/// The states of what was examined and how many requirements are in each, and how many were not assessed. A bar without these
/// would be full where one requirement of a thousand has a result.
pub(super) fn all_states(counts: Counts) -> Vec<(usize, &'static str, &'static str)> {
    let (examined, rest): (Vec<State>, Vec<State>) =
        STATES.iter().partition(|state| is_examined(**state));
    let part = |state: State| (counts.of(state), color(state), state.words());
    let rest = rest.into_iter().map(|state| counts.of(state)).sum();
    examined.into_iter().map(part).chain([(rest, NOT_ASSESSED.0, NOT_ASSESSED.1)]).collect()
}

/// The color and the words for what was not assessed.
pub(super) const NOT_ASSESSED: (&str, &str) = ("none", "not assessed");

/// A small square in the color of a legend.
pub(super) fn square(color: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 1 1\" aria-hidden=true><rect class=k-{color} width=1 height=1></rect></svg>"
    )
}
