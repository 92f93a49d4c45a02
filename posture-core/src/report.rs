//! From findings to frameworks: what the controls of each requirement show, and what was not assessed.

use crate::control::Control;
use crate::counted::Counter;
use crate::filter::Filter;
use crate::frameworks::{
    Alternatives, Class, Framework, Mapping, Requirement, ResourceType, Strength,
};
use crate::judge::{Findings, Tally};
use crate::params::Asked;
use crate::provider::Provider;
use crate::tools::Purpose;

/// The state of a requirement. Every requirement of a framework is in exactly one state.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// A control that decides the requirement passes, and no other that maps to it fails or is unknown.
    Met,
    /// A control that decides the requirement or a part of it fails.
    NotMet,
    /// What was checked passes, but that is not all that the requirement demands.
    PartlyEvidenced,
    /// Nothing that decides the requirement fails, and something could not be read, or something fails that only
    /// supports it.
    Indeterminate,
    /// No resource exists that the requirement concerns.
    NotApplicable,
    /// Every failure is covered by an exception.
    Excepted,
    /// No API of a cloud can answer it: documents, people, contracts, physical sites.
    // The alias is the spelling of earlier reports.
    #[serde(alias = "not-assessed-organisational")]
    NotAssessedOrganizational,
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
        Self::NotAssessedOrganizational,
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
            Self::NotAssessedOrganizational => "not assessed (organizational)",
            Self::NotAssessedNoControl => "not assessed (no control yet)",
        }
    }

    /// The name as written in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::PartlyEvidenced => "partly-evidenced",
            Self::Indeterminate => "indeterminate",
            Self::NotApplicable => "not-applicable",
            Self::Excepted => "excepted",
            Self::NotAssessedOrganizational => "not-assessed-organizational",
            Self::NotAssessedNoControl => "not-assessed-no-control",
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
            Self::Indeterminate | Self::NotAssessedOrganizational | Self::NotAssessedNoControl => {
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

impl Report<'_> {
    /// Shows the findings that fit a filter, and no others: lists and counts of findings follow it. The states of requirements
    /// stay those of everything that was audited, and so does what [`Findings::everything`] gives.
    pub fn keep(&mut self, filter: Filter) {
        self.findings.keep(filter);
    }
}

/// A framework in full.
#[derive(Debug)]
pub struct FrameworkReport {
    /// The framework.
    pub framework: &'static Framework,
    /// The audited providers that it is about, in order.
    pub providers: Vec<Provider>,
    /// Each of its requirements, in the framework's order.
    pub requirements: Vec<RequirementReport>,
}

/// The state of a requirement, and the controls that gave it.
#[derive(Debug)]
pub struct RequirementReport {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// Its state over all providers.
    pub state: State,
    /// Its state on each of [`FrameworkReport::providers`].
    pub on: Vec<State>,
    /// What is shown of it on each of them.
    pub shown: Vec<Coverage>,
    /// The controls of this run that map to it.
    pub controls: Vec<Bearing>,
}

/// A tool that the user declared to do what a provider's tool is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// What it is for.
    pub purpose: Purpose,
    /// Its name, as the user wrote it: it is not escaped.
    pub tool: Box<str>,
}

/// What a run shows of a requirement, apart from how it came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coverage {
    /// Nothing: no control of the run is mapped to it, or none found anything to examine that it could read.
    #[default]
    Nothing,
    /// There is some evidence, which decides nothing.
    Evidence,
    /// A part of it is decided: some finding counts that shows where the requirement is not met.
    Decided,
}

/// A control that maps to a requirement.
#[derive(Clone, Debug)]
pub struct Bearing {
    /// The control.
    pub control: &'static Control,
    /// How much it decides.
    pub strength: Strength,
    /// Its outcome on the providers that the framework covers, as the requirement demands.
    pub tally: Tally,
    /// Whether the requirement was judged apart from the control: by the number that it names, if the threshold is
    /// set to another value, or by its own check. Then the tally is not that of the control's findings.
    pub apart: bool,
    /// The tool that the user declared, where that makes this control supporting evidence only.
    pub declared: Option<Declared>,
    asked: [Option<Asked>; 2],
    mapping: Mapping,
}

impl RequirementReport {
    /// What is shown of it on any provider.
    pub fn coverage(&self) -> Coverage {
        self.shown.iter().copied().max().unwrap_or_default()
    }
}

impl Bearing {
    /// The types of resource whose findings count; empty where all do.
    pub fn types(&self) -> &'static [ResourceType] {
        self.mapping.types()
    }

    /// The types of resource of which one must exist, so that a finding counts; empty where that does not matter.
    pub fn condition(&self) -> &'static [ResourceType] {
        self.mapping.condition()
    }

    /// The alternatives that it belongs to, of which one suffices.
    pub fn alternatives(&self) -> Option<Alternatives> {
        self.mapping.alternatives()
    }

    /// Why a failure shows that the requirement is not met.
    pub fn because(&self) -> Option<&'static str> {
        self.mapping.because()
    }

    /// The numbers and names by which the requirement was judged in place of the thresholds that were applied.
    pub fn asked(&self) -> impl Iterator<Item = Asked> + use<> {
        self.asked.into_iter().flatten()
    }
}

/// How many requirements are in which state. Coverage is two numbers, and the score is another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    by_state: [usize; State::ALL.len()],
    /// Requirements that an API of a cloud can answer at least in part.
    pub assessable: usize,
    /// Those of them of which there is some evidence.
    pub evidenced: usize,
    /// Those of them of which at least a part is decided.
    pub decided: usize,
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

    fn add(&mut self, requirement: &Requirement, state: State, coverage: Coverage) {
        self.by_state[state as usize] += 1;
        self.evidenced += usize::from(coverage >= Coverage::Evidence);
        self.decided += usize::from(coverage >= Coverage::Decided);
        self.assessable += usize::from(requirement.is_assessable());
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
                counts.add(requirement.requirement, requirement.state, requirement.coverage());
            }
        }
        counts
    }

    /// The counts over some requirements on one of the providers, by its place in [`FrameworkReport::providers`].
    pub fn counts_on(
        &self,
        provider: usize,
        mut belongs: impl FnMut(&Requirement) -> bool,
    ) -> Counts {
        let mut counts = Counts::default();
        for requirement in &self.requirements {
            if let Some(state) = requirement.on.get(provider)
                && belongs(requirement.requirement)
            {
                let shown = requirement.shown.get(provider).copied().unwrap_or_default();
                counts.add(requirement.requirement, *state, shown);
            }
        }
        counts
    }
}

/// Rolls findings up into frameworks.
pub fn roll_up<'s>(findings: Findings<'s>, frameworks: &[&'static Framework]) -> Report<'s> {
    let mappings: Vec<Vec<Mapping>> =
        findings.controls().iter().map(|control| control.mappings()).collect();
    let counter = Counter::new(&findings, &mappings);
    let frameworks = frameworks
        .iter()
        .map(|framework| roll_up_one(&findings, framework, &mappings, &counter))
        .collect();
    Report { findings, frameworks }
}

fn roll_up_one(
    findings: &Findings<'_>,
    framework: &'static Framework,
    mappings: &[Vec<Mapping>],
    counter: &Counter<'_, '_>,
) -> FrameworkReport {
    // Where another tool does what a provider's tool is for, its being off shows nothing.
    let declared = |mapping: &Mapping| {
        let purpose = mapping.tool().filter(|_| mapping.strength != Strength::Supporting)?;
        Some(Declared { purpose, tool: findings.tools().of(purpose)?.into() })
    };
    let strength = |mapping: &Mapping| match declared(mapping) {
        Some(_) => Strength::Supporting,
        None => mapping.strength,
    };
    let providers: Vec<Provider> =
        findings.providers().filter(|provider| framework.concerns(*provider)).collect();
    let mut bearing: Vec<Vec<(usize, Mapping)>> =
        framework.requirements.iter().map(|_| Vec::new()).collect();
    for (place, mappings) in mappings.iter().enumerate() {
        for mapping in
            mappings.iter().filter(|m| std::ptr::eq(m.requirement.framework(), framework))
        {
            if let Some(bearing) = bearing.get_mut(mapping.requirement.index()) {
                bearing.push((place, *mapping));
            }
        }
    }
    let requirements = framework.requirements.iter().zip(bearing).map(|(requirement, bearing)| {
        // By bearing, then by provider.
        let counted: Vec<(Strength, Vec<Tally>)> = bearing
            .iter()
            .map(|(place, mapping)| {
                let on = providers.iter().map(|provider| counter.tally(*place, mapping, *provider));
                (strength(mapping), on.collect())
            })
            .collect();
        let tallies = |provider: usize| {
            counted.iter().map(move |(strength, on)| {
                (*strength, on.get(provider).copied().unwrap_or_default())
            })
        };
        let on: Vec<State> =
            (0..providers.len()).map(|at| state(requirement.class, tallies(at))).collect();
        let shown = (0..providers.len()).map(|at| coverage(requirement.class, tallies(at)));
        let shown = shown.collect();
        let controls = bearing.iter().zip(&counted).map(|((place, mapping), (strength, on))| {
            let apart = findings.is_apart(*place, mapping.requirement);
            let mut asked = mapping.asked().filter(|_| apart);
            Bearing {
                control: findings.controls()[*place],
                strength: *strength,
                tally: on.iter().fold(Tally::default(), |sum, tally| sum.and(*tally)),
                apart: apart || !mapping.takes_all(),
                declared: declared(mapping),
                asked: [asked.next(), asked.next()],
                mapping: *mapping,
            }
        });
        let controls = controls.collect();
        let state = together(requirement.class, &on, framework.providers.is_some());
        RequirementReport { requirement, state, on, shown, controls }
    });
    let requirements = requirements.collect();
    FrameworkReport { framework, providers, requirements }
}

/// The state over all providers: the worst, and met only where it is met on each of them that it concerns. Where the framework
/// names its providers, its requirements are about one thing, of which one provider may show nothing: a benchmark of managed
/// clusters asks for a setting of the cluster once, and not of the account as well.
fn together(class: Option<Class>, on: &[State], named: bool) -> State {
    if class == Some(Class::Organizational) {
        return State::NotAssessedOrganizational;
    }
    let any = |state| on.contains(&state);
    for worst in [State::NotMet, State::Indeterminate, State::Excepted] {
        if any(worst) {
            return worst;
        }
    }
    let nothing = |state: &State| *state == State::NotAssessedNoControl;
    let unassessed =
        if named { on.iter().all(nothing) } else { on.is_empty() || on.iter().any(nothing) };
    if any(State::Met) && !any(State::PartlyEvidenced) && !unassessed {
        State::Met
    } else if any(State::Met) || any(State::PartlyEvidenced) {
        State::PartlyEvidenced
    } else if unassessed {
        State::NotAssessedNoControl
    } else {
        State::NotApplicable
    }
}

/// What is shown of a requirement of a class on one provider.
fn coverage(class: Option<Class>, bearings: impl Iterator<Item = (Strength, Tally)>) -> Coverage {
    if class.is_some_and(|class| !class.is_assessable()) {
        return Coverage::Nothing;
    }
    let known = bearings.filter(|(_, tally)| tally.pass + tally.fail + tally.excepted > 0);
    known
        .map(|(strength, _)| match strength {
            Strength::Supporting => Coverage::Evidence,
            Strength::Partial | Strength::Full => Coverage::Decided,
        })
        .max()
        .unwrap_or_default()
}

/// The state of a requirement of a class on one provider, given the outcomes of the controls that map to it.
///
/// A failure outranks what is unknown, which outranks an exception, which outranks a pass. A control that only
/// supports can neither show that a requirement is met nor that it is not.
fn state(class: Option<Class>, bearings: impl Iterator<Item = (Strength, Tally)> + Clone) -> State {
    if class == Some(Class::Organizational) {
        return State::NotAssessedOrganizational;
    }
    let sum = |wanted: fn(Strength) -> bool| {
        bearings
            .clone()
            .filter(|(strength, _)| wanted(*strength))
            .fold(Tally::default(), |sum, (_, tally)| sum.and(tally))
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
    } else if full.pass > 0 && !matches!(class, Some(Class::Partial | Class::Node)) {
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
        state(class, bearings.iter().copied())
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
            // An interface cannot show a requirement of class partial to be met, and of class organizational nothing.
            let partial = if expected == State::Met { State::PartlyEvidenced } else { expected };
            assert_eq!(state_of(Some(Class::Partial), &bearings), partial, "{bearings:?}");
            assert_eq!(
                state_of(Some(Class::Organizational), &bearings),
                State::NotAssessedOrganizational
            );
        }
    }

    #[test]
    fn coverage_is_what_was_found_by_strength() {
        use Strength::{Full, Partial, Supporting};
        for (bearings, expected) in [
            (vec![], Coverage::Nothing),
            (vec![(Partial, UNKNOWN), (Supporting, NONE)], Coverage::Nothing),
            (vec![(Supporting, FAIL), (Partial, UNKNOWN)], Coverage::Evidence),
            (vec![(Supporting, PASS), (Partial, EXCEPTED)], Coverage::Decided),
            (vec![(Full, FAIL)], Coverage::Decided),
        ] {
            let of = |class| coverage(class, bearings.iter().copied());
            assert_eq!(of(Some(Class::Partial)), expected, "{bearings:?}");
            assert_eq!(of(None), expected);
            assert_eq!(of(Some(Class::Organizational)), Coverage::Nothing);
        }
    }

    #[test]
    fn together_they_are_not_better_than_the_worst() {
        use State::{
            Excepted, Indeterminate, Met, NotApplicable, NotAssessedNoControl, NotMet,
            PartlyEvidenced,
        };
        for (on, expected) in [
            (vec![], NotAssessedNoControl),
            (vec![Met], Met),
            (vec![Met, Met], Met),
            (vec![Met, NotApplicable], Met),
            (vec![Met, NotAssessedNoControl], PartlyEvidenced),
            (vec![Met, PartlyEvidenced], PartlyEvidenced),
            (vec![Met, NotMet], NotMet),
            (vec![Indeterminate, NotMet], NotMet),
            (vec![Met, Indeterminate], Indeterminate),
            (vec![Met, Excepted], Excepted),
            (vec![NotApplicable, NotApplicable], NotApplicable),
            (vec![NotApplicable, NotAssessedNoControl], NotAssessedNoControl),
        ] {
            let swapped: Vec<State> = on.iter().rev().copied().collect();
            assert_eq!(together(Some(Class::Automated), &on, false), expected, "{on:?}");
            assert_eq!(together(Some(Class::Automated), &swapped, false), expected, "{swapped:?}");
        }
    }

    #[test]
    fn states_index_their_own_counts() {
        for (place, state) in State::ALL.iter().enumerate() {
            assert_eq!(*state as usize, place);
        }
    }

    /// A bucket that requires TLS, that does not, or of which it is not known.
    fn findings_of(
        aws: &[crate::fact::Fact<bool>],
        azure: &[crate::fact::Fact<bool>],
        visit: impl FnOnce(Findings<'_>),
    ) {
        use crate::resource::Bucket;
        use crate::scope::Scope;
        let scope = |provider, tls: &[crate::fact::Fact<bool>]| {
            let mut scope = Scope::empty(provider, format!("{provider}"));
            scope.buckets.items = (0..)
                .zip(tls)
                .map(|(n, fact): (u32, _)| {
                    Bucket::unread(format!("b{n}"), "b", None).tls_enforced(fact.clone())
                })
                .collect();
            scope
        };
        let mut scopes = Vec::new();
        if !aws.is_empty() {
            scopes.push(scope(Provider::Aws, aws));
        }
        if !azure.is_empty() {
            scopes.push(scope(Provider::Azure, azure));
        }
        let time = crate::time::Time::from_unix(0);
        let snapshot = crate::snapshot::Snapshot::new("test", time, time, scopes);
        let chosen = [&crate::controls::storage::tls_enforced::CONTROL];
        visit(crate::judge::judge(&snapshot, &chosen, &crate::judge::Options::default()));
    }

    fn framework(id: &str) -> &'static Framework {
        crate::frameworks::find(id).unwrap()
    }

    fn requirement_of<'r>(report: &'r FrameworkReport, id: &str) -> &'r RequirementReport {
        report.requirements.iter().find(|row| row.requirement.id == id).unwrap()
    }

    #[test]
    fn each_provider_is_rolled_up_from_its_own_outcomes() {
        use crate::fact::Known;
        // What passes on one provider must not hide what fails on the other, whichever comes first.
        for (aws, azure, on) in [
            (true, false, [State::PartlyEvidenced, State::NotMet]),
            (false, true, [State::NotMet, State::PartlyEvidenced]),
        ] {
            findings_of(&[Known(aws)], &[Known(azure)], |findings| {
                let report = roll_up(findings, &[framework("csf-2.0"), framework("cis-azure-6.0")]);
                let [csf, cis] = report.frameworks.as_slice() else { panic!() };
                assert_eq!(csf.providers, [Provider::Aws, Provider::Azure]);
                let transit = requirement_of(csf, "PR.DS-02");
                assert_eq!(transit.on, on);
                assert_eq!(transit.state, State::NotMet);
                let [bearing] = transit.controls.as_slice() else { panic!() };
                assert_eq!(
                    (bearing.control.id, bearing.strength),
                    ("storage.tls-enforced", Strength::Partial)
                );
                assert_eq!((bearing.tally.pass, bearing.tally.fail), (1, 1));
                // A benchmark of one provider is about that one alone.
                assert_eq!(cis.providers, [Provider::Azure]);
                let row = requirement_of(cis, "9.3.4");
                let state = if azure { State::Met } else { State::NotMet };
                assert_eq!((row.state, row.on.as_slice()), (state, [state].as_slice()));
                assert_eq!(row.controls[0].tally.total(), 1);
                let untouched = cis.requirements.iter().filter(|of| of.requirement.id != "9.3.4");
                assert!(
                    untouched.clone().count() > 0
                        && untouched.clone().all(|row| row.controls.is_empty())
                );
            });
        }
    }

    #[test]
    fn a_framework_of_a_provider_that_was_not_audited_is_not_assessed() {
        findings_of(&[crate::fact::Known(true)], &[], |findings| {
            let report = roll_up(findings, &[framework("cis-azure-6.0")]);
            let [cis] = report.frameworks.as_slice() else { panic!() };
            assert!(cis.providers.is_empty());
            assert_eq!(requirement_of(cis, "9.3.4").state, State::NotAssessedNoControl);
            assert_eq!(cis.counts().assessed(), 0);
        });
    }

    #[test]
    fn earlier_spellings_are_read() {
        let (class, state) = ("\"organisational\"", "\"not-assessed-organisational\"");
        assert_eq!(serde_json::from_str::<Class>(class).unwrap(), Class::Organizational);
        let read: State = serde_json::from_str(state).unwrap();
        assert_eq!(read, State::NotAssessedOrganizational);
        assert_eq!(serde_json::to_string(&read).unwrap(), format!("\"{}\"", read.id()));
    }

    #[test]
    fn an_organizational_requirement_is_assessed_by_nothing() {
        assert_eq!(
            together(Some(Class::Organizational), &[State::Met], false),
            State::NotAssessedOrganizational
        );
        let some = [State::PartlyEvidenced, State::NotApplicable];
        assert_eq!(together(Some(Class::Automated), &some, false), State::PartlyEvidenced);
        let none = [State::PartlyEvidenced, State::NotAssessedNoControl];
        assert_eq!(together(None, &none, false), State::PartlyEvidenced);
    }

    /// A row of a benchmark of managed clusters is asked of the cluster, and not of the account as well.
    #[test]
    fn a_framework_that_names_its_providers_asks_each_requirement_once() {
        use State::{Indeterminate, Met, NotApplicable, NotAssessedNoControl, NotMet};
        for (on, expected) in [
            (vec![], NotAssessedNoControl),
            (vec![NotAssessedNoControl, NotAssessedNoControl], NotAssessedNoControl),
            (vec![Met, NotAssessedNoControl], Met),
            (vec![NotMet, NotAssessedNoControl], NotMet),
            (vec![Indeterminate, NotAssessedNoControl], Indeterminate),
            (vec![NotApplicable, NotAssessedNoControl], NotApplicable),
            (vec![Met, Indeterminate], Indeterminate),
            (vec![Met, NotMet], NotMet),
        ] {
            let swapped: Vec<State> = on.iter().rev().copied().collect();
            assert_eq!(together(Some(Class::Automated), &on, true), expected, "{on:?}");
            assert_eq!(together(Some(Class::Automated), &swapped, true), expected, "{swapped:?}");
        }
    }

    /// What is in a file of a node has no control, counts as nothing that interfaces show, and is not met by any control.
    #[test]
    fn a_file_of_a_node_is_not_assessable() {
        let node = Some(Class::Node);
        assert_eq!(state_of(node, &[]), State::NotAssessedNoControl);
        assert_eq!(state_of(node, &[(Strength::Supporting, PASS)]), State::PartlyEvidenced);
        assert_eq!(state_of(node, &[(Strength::Partial, FAIL)]), State::NotMet);
        assert_eq!(state_of(node, &[(Strength::Full, PASS)]), State::PartlyEvidenced);
        let shown = coverage(node, [(Strength::Supporting, PASS)].into_iter());
        assert_eq!(shown, Coverage::Nothing);
        let mut counts = Counts::default();
        let cis = framework("cis-kubernetes");
        counts.add(cis.requirement("1.1.1").unwrap(), State::NotAssessedNoControl, shown);
        assert_eq!((counts.total(), counts.assessable), (1, 0));
        counts.add(cis.requirement("5.1.5").unwrap(), State::NotAssessedNoControl, shown);
        assert_eq!((counts.total(), counts.assessable), (2, 1));
    }

    #[test]
    fn what_only_supports_is_undecided_by_any_failure() {
        use Strength::Supporting;
        for other in [FAIL, UNKNOWN, EXCEPTED] {
            for both in [PASS, NONE, FAIL, UNKNOWN, EXCEPTED] {
                let bearings = [(Supporting, other), (Supporting, both)];
                assert_eq!(state_of(Some(Class::Automated), &bearings), State::Indeterminate);
            }
        }
        assert_eq!(
            state_of(None, &[(Supporting, PASS), (Supporting, NONE)]),
            State::PartlyEvidenced
        );
    }

    #[test]
    fn counts_and_score_are_of_the_states_they_name() {
        let framework = framework("cis-azure-6.0");
        let first = |class: &dyn Fn(Option<Class>) -> bool| {
            let mut all = crate::frameworks::all().iter().flat_map(|f| f.requirements);
            all.find(|row| class(row.class)).unwrap()
        };
        let organizational = first(&|class| class == Some(Class::Organizational));
        let automated = first(&|class| class != Some(Class::Organizational));
        // So many of each state, in the order of all of them; on the second provider everything is met.
        let times = [1, 2, 4, 8, 16, 32, 64, 128];
        let mut requirements = Vec::new();
        for (state, times) in State::ALL.iter().zip(times) {
            let requirement = match state {
                State::NotAssessedOrganizational => organizational,
                _ => automated,
            };
            for _ in 0..times {
                let on = vec![*state, State::Met];
                requirements.push(RequirementReport {
                    requirement,
                    state: *state,
                    on,
                    shown: vec![Coverage::Evidence, Coverage::Nothing],
                    controls: vec![],
                });
            }
        }
        let report = FrameworkReport {
            framework,
            providers: vec![Provider::Aws, Provider::Azure],
            requirements,
        };
        let counts = report.counts();
        for (state, times) in State::ALL.iter().zip(times) {
            assert_eq!(counts.of(*state), times, "{state}");
        }
        assert_eq!(counts.total(), 255);
        assert_eq!(counts.assessable, 255 - 64);
        // Met, not met, partly evidenced, not applicable, excepted.
        assert_eq!(counts.assessed(), 1 + 2 + 4 + 16 + 32);
        // Met and partly evidenced, of these and the failures, excepted ones too.
        assert_eq!(counts.score(), (1 + 4, 1 + 4 + 2 + 32));
        assert_eq!(report.counts_on(0, |_| true), counts);
        assert_eq!((counts.evidenced, counts.decided), (255, 0));
        assert_eq!(report.counts_on(1, |_| true).evidenced, 0);
        let second = report.counts_on(1, |_| true);
        assert_eq!((second.of(State::Met), second.total()), (255, 255));
        assert_eq!(report.counts_on(2, |_| true), Counts::default());
        let of_class = |row: &Requirement| row.class == Some(Class::Organizational);
        assert_eq!(report.counts_where(of_class).total(), 64);
        assert_eq!(report.counts_on(0, of_class).total(), 64);
        assert_eq!(report.counts_where(of_class).assessable, 0);
    }

    #[test]
    fn states_have_names_of_their_own() {
        let ids: std::collections::BTreeSet<&str> =
            State::ALL.iter().map(|state| state.id()).collect();
        assert_eq!(ids.len(), State::ALL.len());
        for state in State::ALL {
            // The name in files is the one that serde writes and reads.
            assert_eq!(serde_json::to_value(state).unwrap(), state.id());
            assert_eq!(format!("{state:>40}").trim_start(), state.words());
            let unassessed = matches!(
                state,
                State::Indeterminate
                    | State::NotAssessedOrganizational
                    | State::NotAssessedNoControl
            );
            assert_eq!(state.is_assessed(), !unassessed, "{state}");
        }
        assert_eq!(State::PartlyEvidenced.words(), "partly evidenced");
        assert_eq!(State::NotMet.id(), "not-met");
    }
}
