//! From findings to frameworks: what each requirement's controls say about it, and what nobody looked at.

use crate::control::Control;
use crate::frameworks::{Class, Framework, Mapping, Requirement, Strength};
use crate::judge::{Findings, Tally};

/// Where a requirement stands. Every requirement of a framework is in exactly one state.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// A control that decides the requirement passes, and no other that bears on it fails or is unknown.
    Met,
    /// A control that decides the requirement or a part of it fails.
    NotMet,
    /// What was examined passes, and it is not all that the requirement asks.
    PartlyEvidenced,
    /// Nothing that decides the requirement fails, and something could not be read, or something fails that only
    /// supports it.
    Indeterminate,
    /// No resource exists that the requirement concerns.
    NotApplicable,
    /// Every failure is covered by an exception.
    Excepted,
    /// No interface of a cloud can answer it: documents, people, contracts, physical sites.
    NotAssessedOrganisational,
    /// It could be answered at least in part, and no control of this run does.
    NotAssessedNoControl,
}

impl State {
    /// Every state, in the order of the tables.
    pub const ALL: &'static [Self] = &[
        Self::Met,
        Self::NotMet,
        Self::PartlyEvidenced,
        Self::Indeterminate,
        Self::NotApplicable,
        Self::Excepted,
        Self::NotAssessedOrganisational,
        Self::NotAssessedNoControl,
    ];

    /// The state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not met",
            Self::PartlyEvidenced => "partly evidenced",
            Self::Indeterminate => "indeterminate",
            Self::NotApplicable => "not applicable",
            Self::Excepted => "excepted",
            Self::NotAssessedOrganisational => "not assessed (organisational)",
            Self::NotAssessedNoControl => "not assessed (no control yet)",
        }
    }

    /// Whether the requirement was assessed, with whatever result. What could not be read was not assessed.
    pub fn is_assessed(self) -> bool {
        match self {
            Self::Met
            | Self::NotMet
            | Self::PartlyEvidenced
            | Self::NotApplicable
            | Self::Excepted => true,
            Self::Indeterminate | Self::NotAssessedOrganisational | Self::NotAssessedNoControl => {
                false
            }
        }
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.words())
    }
}

/// Findings with their roll-up.
#[derive(Debug)]
pub struct Report<'s> {
    /// What became of each control on each resource.
    pub findings: Findings<'s>,
    /// Each framework in full.
    pub frameworks: Vec<FrameworkReport>,
}

/// A framework in full.
#[derive(Debug)]
pub struct FrameworkReport {
    /// The framework.
    pub framework: &'static Framework,
    /// Each of its requirements, in its own order.
    pub requirements: Vec<RequirementReport>,
}

/// Where a requirement stands, and by which controls.
#[derive(Debug)]
pub struct RequirementReport {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// Where it stands.
    pub state: State,
    /// The controls of this run that bear on it.
    pub controls: Vec<Bearing>,
}

/// A control that bears on a requirement.
#[derive(Clone, Copy, Debug)]
pub struct Bearing {
    /// The control.
    pub control: &'static Control,
    /// How much it decides.
    pub strength: Strength,
    /// What became of it.
    pub tally: Tally,
}

/// How many requirements are in which state. Coverage and score are two numbers, never one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    by_state: [usize; State::ALL.len()],
    /// Requirements that an interface of a cloud can answer at least in part.
    pub assessable: usize,
}

impl Counts {
    /// How many are in a state.
    pub fn of(&self, state: State) -> usize {
        self.by_state[state as usize]
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.by_state.iter().sum()
    }

    /// How many were assessed.
    pub fn assessed(&self) -> usize {
        State::ALL.iter().filter(|state| state.is_assessed()).map(|state| self.of(*state)).sum()
    }

    /// Of the requirements that were assessed and concern something: those without a failure, and all. It says nothing
    /// of those that were not assessed.
    pub fn score(&self) -> (usize, usize) {
        let clean = self.of(State::Met) + self.of(State::PartlyEvidenced);
        (clean, clean + self.of(State::NotMet) + self.of(State::Excepted))
    }

    fn add(&mut self, requirement: &RequirementReport) {
        self.by_state[requirement.state as usize] += 1;
        self.assessable +=
            usize::from(requirement.requirement.class != Some(Class::Organisational));
    }
}

impl FrameworkReport {
    /// The counts over all requirements.
    pub fn counts(&self) -> Counts {
        self.counts_where(|_| true)
    }

    /// The counts over some requirements, such as those of one domain.
    pub fn counts_where(&self, mut belongs: impl FnMut(&Requirement) -> bool) -> Counts {
        let mut counts = Counts::default();
        for requirement in &self.requirements {
            if belongs(requirement.requirement) {
                counts.add(requirement);
            }
        }
        counts
    }
}

/// Rolls findings up into frameworks.
pub fn roll_up<'s>(findings: Findings<'s>, frameworks: &[&'static Framework]) -> Report<'s> {
    let mappings: Vec<Vec<Mapping>> =
        findings.controls().iter().map(|control| control.mappings()).collect();
    let frameworks =
        frameworks.iter().map(|framework| roll_up_one(&findings, framework, &mappings)).collect();
    Report { findings, frameworks }
}

fn roll_up_one(
    findings: &Findings<'_>,
    framework: &'static Framework,
    mappings: &[Vec<Mapping>],
) -> FrameworkReport {
    let mut bearings: Vec<Vec<Bearing>> =
        framework.requirements.iter().map(|_| Vec::new()).collect();
    for (place, (control, mappings)) in findings.controls().iter().zip(mappings).enumerate() {
        for mapping in
            mappings.iter().filter(|m| std::ptr::eq(m.requirement.framework(), framework))
        {
            if let Some(bearings) = bearings.get_mut(mapping.requirement.index()) {
                bearings.push(Bearing {
                    control,
                    strength: mapping.strength,
                    tally: findings.tally(place),
                });
            }
        }
    }
    let requirements = framework
        .requirements
        .iter()
        .zip(bearings)
        .map(|(requirement, controls)| RequirementReport {
            requirement,
            state: state(requirement.class, &controls),
            controls,
        })
        .collect();
    FrameworkReport { framework, requirements }
}

/// The state of a requirement of a class, given the controls that bear on it.
///
/// A failure outranks what is unknown, which outranks an exception, which outranks a pass. A control that only
/// supports can neither show that a requirement is met nor that it is not.
fn state(class: Option<Class>, bearings: &[Bearing]) -> State {
    if class == Some(Class::Organisational) {
        return State::NotAssessedOrganisational;
    }
    let sum = |wanted: fn(Strength) -> bool| {
        bearings
            .iter()
            .filter(|b| wanted(b.strength))
            .fold(Tally::default(), |sum, b| sum.and(b.tally))
    };
    let decisive = sum(|strength| strength != Strength::Supporting);
    let supporting = sum(|strength| strength == Strength::Supporting);
    let full = sum(|strength| strength == Strength::Full);
    if decisive.and(supporting).total() == 0 {
        State::NotAssessedNoControl
    } else if decisive.fail > 0 {
        State::NotMet
    } else if decisive.unknown > 0 {
        State::Indeterminate
    } else if decisive.excepted > 0 {
        State::Excepted
    } else if full.pass > 0 && class != Some(Class::Partial) {
        State::Met
    } else if decisive.pass > 0 {
        State::PartlyEvidenced
    } else if supporting.fail + supporting.unknown + supporting.excepted > 0 {
        State::Indeterminate
    } else if supporting.pass > 0 {
        State::PartlyEvidenced
    } else {
        State::NotApplicable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASS: Tally = Tally { pass: 1, fail: 0, excepted: 0, not_applicable: 0, unknown: 0 };
    const FAIL: Tally = Tally { pass: 0, fail: 1, excepted: 0, not_applicable: 0, unknown: 0 };
    const EXCEPTED: Tally = Tally { pass: 0, fail: 0, excepted: 1, not_applicable: 0, unknown: 0 };
    const NONE: Tally = Tally { pass: 0, fail: 0, excepted: 0, not_applicable: 1, unknown: 0 };
    const UNKNOWN: Tally = Tally { pass: 0, fail: 0, excepted: 0, not_applicable: 0, unknown: 1 };

    fn state_of(class: Option<Class>, bearings: &[(Strength, Tally)]) -> State {
        let control = crate::controls::ALL[0];
        let bearings: Vec<Bearing> = bearings
            .iter()
            .map(|&(strength, tally)| Bearing { control, strength, tally })
            .collect();
        state(class, &bearings)
    }

    #[test]
    fn table_of_states() {
        use Strength::{Full, Partial, Supporting};
        let automated = Some(Class::Automated);
        for (bearings, expected) in [
            (vec![], State::NotAssessedNoControl),
            (vec![(Full, PASS)], State::Met),
            (vec![(Full, PASS), (Partial, FAIL)], State::NotMet),
            (vec![(Full, PASS), (Partial, UNKNOWN)], State::Indeterminate),
            (vec![(Full, PASS), (Partial, NONE)], State::Met),
            (vec![(Full, PASS), (Supporting, FAIL)], State::Met),
            (vec![(Full, FAIL), (Partial, UNKNOWN)], State::NotMet),
            (vec![(Full, FAIL), (Full, EXCEPTED)], State::NotMet),
            (vec![(Full, EXCEPTED), (Full, PASS)], State::Excepted),
            (vec![(Full, EXCEPTED), (Full, UNKNOWN)], State::Indeterminate),
            (vec![(Full, NONE)], State::NotApplicable),
            (vec![(Full, NONE), (Partial, PASS)], State::PartlyEvidenced),
            (vec![(Partial, PASS)], State::PartlyEvidenced),
            (vec![(Supporting, PASS)], State::PartlyEvidenced),
            (vec![(Supporting, FAIL)], State::Indeterminate),
            (vec![(Supporting, UNKNOWN)], State::Indeterminate),
            (vec![(Supporting, NONE)], State::NotApplicable),
        ] {
            assert_eq!(state_of(automated, &bearings), expected, "{bearings:?}");
            // An interface cannot show a requirement of class partial to be met, and of class organisational nothing.
            let partial = if expected == State::Met { State::PartlyEvidenced } else { expected };
            assert_eq!(state_of(Some(Class::Partial), &bearings), partial, "{bearings:?}");
            assert_eq!(
                state_of(Some(Class::Organisational), &bearings),
                State::NotAssessedOrganisational
            );
        }
    }

    #[test]
    fn states_index_their_own_counts() {
        for (place, state) in State::ALL.iter().enumerate() {
            assert_eq!(*state as usize, place);
        }
    }
}
