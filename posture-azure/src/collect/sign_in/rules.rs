//! What the policies of a tenant demand together.

use std::collections::BTreeSet;

use posture_model::gap::{Gap, Reason};
use posture_model::resource::SignInRule;

use super::actions::POLICIES;
use super::coverage::{Doubt, Hole, LIMIT, Space, TooMany, choices, lightest};
use super::policy::{Policy, is_one};
use super::question::{ADMINISTRATORS, Part, Question};
use super::region::{Atom, Kind, Literal, Members, Region};
use super::truth::Truth;

/// The rules that answer a question, and what is not known of them.
#[derive(Debug, Default)]
pub(super) struct Outcome<'a> {
    pub(super) rules: Vec<SignInRule>,
    /// Why it is not known of an exclusion of one policy whether another policy covers it.
    pub(super) doubt: Option<Gap>,
    /// What would have to be known to decide it.
    pub(super) asks: Vec<(Atom<'a>, Atom<'a>)>,
}

/// The policies that may answer a question, each with what it covers of each part.
struct Asked<'s, 'a> {
    question: Question,
    parts: Vec<Part>,
    policies: &'s [Policy<'a>],
    /// For each policy, for each part.
    regions: Vec<Vec<Option<Region<'a>>>>,
    members: &'s dyn Members,
}

impl<'s, 'a> Asked<'s, 'a> {
    fn new(policies: &'s [Policy<'a>], question: Question, members: &'s dyn Members) -> Self {
        let parts = question.parts();
        let regions = policies
            .iter()
            .map(|policy| parts.iter().map(|part| policy.region(question, *part)).collect())
            .collect();
        Self { question, parts, policies, regions, members }
    }

    /// Whether a set can be accepted by its name as one that is left out.
    fn can_be_accepted(&self, atom: &Atom<'_>) -> bool {
        match (self.question, atom.kind) {
            // A holder of a role that matters has to be covered as such.
            (Question::Administrators, Kind::Role) => !is_one(atom.name, &ADMINISTRATORS),
            // Of applications that manage nothing no question of management is.
            (Question::Management, Kind::Application) => false,
            // The client reports its platform, so an attacker can claim another one.
            (_, Kind::Platform | Kind::Filter | Kind::Attribute) => false,
            _ => true,
        }
    }

    /// The holes that some policies leave in each of the parts.
    fn holes(
        &self,
        some: &[usize],
        with_unclear: bool,
        steps: &mut usize,
    ) -> Result<Vec<Vec<Hole<'a>>>, TooMany> {
        let can_be_accepted = |atom: &Atom<'_>| self.can_be_accepted(atom);
        let mut all = Vec::new();
        for (place, part) in self.parts.iter().enumerate() {
            let of_part = some.iter().filter_map(|policy| self.region(*policy, place));
            let regions: Vec<&Region<'a>> =
                of_part.filter(|region| with_unclear || region.sure == Truth::Yes).collect();
            let cloud = self.policies.first().map(|policy| policy.cloud);
            let role = part.role.map(|role| Atom::new(Kind::Role, role));
            let application = cloud.and_then(|cloud| self.question.application(part.client, cloud));
            let application = application.map(|id| Atom::new(Kind::Application, id));
            let start = role.into_iter().chain(application);
            let start = start.map(|atom| Literal { atom, holds: true }).collect();
            let space = Space { members: self.members, can_be_accepted: &can_be_accepted, start };
            all.push(space.holes(&regions, steps)?);
        }
        Ok(all)
    }

    fn region(&self, policy: usize, part: usize) -> Option<&Region<'a>> {
        self.regions.get(policy)?.get(part)?.as_ref()
    }

    fn regions_of(&self, policy: usize) -> impl Iterator<Item = &Region<'a>> {
        self.regions.get(policy).into_iter().flatten().flatten()
    }

    /// What a policy leaves out that can be accepted.
    fn excluded(&self, policy: usize) -> BTreeSet<&'a str> {
        let atoms = self.regions_of(policy).flat_map(Region::excluded);
        atoms.filter(|atom| self.can_be_accepted(atom)).map(|atom| atom.name).collect()
    }

    /// The rule that a policy is alone.
    fn alone(&self, policy: usize) -> Result<Option<SignInRule>, TooMany> {
        let holes = self.holes(&[policy], false, &mut { LIMIT })?;
        if holes.iter().flatten().any(|hole| hole.names.is_empty()) {
            return Ok(None);
        }
        let excluded: BTreeSet<&str> =
            holes.iter().flatten().flat_map(|hole| hole.names.iter().copied()).collect();
        Ok(Some(self.rule(&[policy], &excluded, &BTreeSet::new())))
    }

    fn rule(
        &self,
        policies: &[usize],
        excluded: &BTreeSet<&str>,
        undecided: &BTreeSet<&str>,
    ) -> SignInRule {
        let names: Vec<&str> = policies
            .iter()
            .filter_map(|policy| self.policies.get(*policy))
            .map(Policy::name)
            .collect();
        let owned = |names: &BTreeSet<&str>| names.iter().map(|name| (*name).to_owned()).collect();
        SignInRule {
            name: names.join(" + "),
            excluded: owned(&excluded.union(undecided).copied().collect()),
            undecided: owned(undecided),
        }
    }

    /// As few of some policies as leave the same holes, found by leaving out many at once, then fewer; all of them, where
    /// that requires too many steps.
    fn needed(&self, some: Vec<usize>, holes: &[Hole<'a>]) -> Vec<usize> {
        let summary = |holes: &[Hole<'a>]| -> Vec<(BTreeSet<&'a str>, bool)> {
            holes.iter().map(|hole| (hole.names.clone(), hole.is_certain())).collect()
        };
        let whole = summary(holes);
        let steps = &mut { LIMIT };
        let mut needed = some;
        let mut many = needed.len().div_ceil(2);
        while many > 0 {
            let mut end = needed.len();
            while end > 0 {
                let start = end.saturating_sub(many);
                let mut fewer = needed.clone();
                fewer.drain(start..end);
                let Ok(left) = self.holes(&fewer, false, steps) else { return needed };
                if summary(&lightest(left.concat())) == whole {
                    needed = fewer;
                }
                end = start;
            }
            many /= 2;
        }
        needed
    }

    /// Why an open part may still be covered: the first policy that was not understood.
    fn why_unclear(&self, open: &[Vec<Hole<'a>>]) -> Option<Gap> {
        let is_open = |holes: &Vec<Hole<'a>>| holes.iter().any(|hole| hole.names.is_empty());
        let parts = (0..self.parts.len()).filter(|part| open.get(*part).is_some_and(is_open));
        let mut unclear = parts.flat_map(|part| {
            self.regions.iter().filter_map(move |regions| regions.get(part)?.as_ref())
        });
        unclear.find_map(|region| region.sure.why().cloned())
    }
}

/// The policies that answer a question for everyone whom they do not exclude: single policies that do so, and policies that do
/// so together, as one.
///
/// # Errors
/// If there is none, but something that is not understood might be one, or a part of one.
pub(super) fn rules<'a>(
    policies: &[Policy<'a>],
    question: Question,
    missing: Option<&Gap>,
    members: &dyn Members,
) -> Result<Outcome<'a>, Gap> {
    let asked = Asked::new(policies, question, members);
    let mut rules = Vec::new();
    for policy in 0..policies.len() {
        match asked.alone(policy) {
            Ok(rule) => rules.extend(rule),
            Err(TooMany) => return undecided(rules, missing),
        }
    }
    match together(&asked, missing) {
        Ok(Together::Rules(outcome)) => {
            let new = outcome.rules.into_iter().filter(|new| {
                let excluded =
                    |old: &SignInRule| old.excluded.iter().all(|id| new.excluded.contains(id));
                !rules.iter().any(excluded) || !new.undecided.is_empty()
            });
            let new: Vec<SignInRule> = new.collect();
            rules.extend(new);
            Ok(Outcome { rules, ..outcome })
        }
        Ok(Together::Open) => Ok(Outcome { rules, ..Outcome::default() }),
        Ok(Together::Unclear(why)) => Err(why),
        Err(TooMany) => undecided(rules, missing),
    }
}

/// The rules that are certain, where what others may add was not looked at.
fn undecided<'a>(mut rules: Vec<SignInRule>, missing: Option<&Gap>) -> Result<Outcome<'a>, Gap> {
    let mut why = Gap::new(POLICIES, "", Reason::Undetermined);
    why.detail = Some("the policies overlap in too many ways".to_owned());
    let why = missing.cloned().unwrap_or(why);
    if rules.is_empty() {
        return Err(why);
    }
    for rule in &mut rules {
        rule.undecided.clone_from(&rule.excluded);
    }
    Ok(Outcome { rules, doubt: Some(why), asks: Vec::new() })
}

enum Together<'a> {
    Rules(Outcome<'a>),
    /// Something is not covered, and no name represents it.
    Open,
    /// The same, but something that is not understood may cover it.
    Unclear(Gap),
}

/// What all policies cover as one rule. Where holes can be accepted in several ways, there is a rule for each.
fn together<'a>(asked: &Asked<'_, 'a>, missing: Option<&Gap>) -> Result<Together<'a>, TooMany> {
    let every = || 0..asked.policies.len();
    let mut sure: Vec<usize> = every()
        .filter(|policy| asked.regions_of(*policy).any(|region| region.sure == Truth::Yes))
        .collect();
    // Those that leave out few are kept where others would do as well.
    sure.sort_by_key(|policy| asked.excluded(*policy).len());
    let holes = asked.holes(&sure, false, &mut { LIMIT })?;
    // What is left over even if everything that is not understood covers what it may.
    let left = match missing {
        Some(_) => Vec::new(),
        None => asked.holes(&every().collect::<Vec<_>>(), true, &mut { LIMIT })?.concat(),
    };
    let left: Vec<Hole<'a>> = left.into_iter().filter(Hole::is_certain).collect();
    if left.iter().any(|hole| hole.names.is_empty()) {
        return Ok(Together::Open);
    }
    let all = lightest(holes.concat());
    let doubts = || all.iter().flat_map(|hole| &hole.doubts);
    let of_doubt = |doubt: &Doubt<'a>| doubt.why.clone();
    if all.iter().any(|hole| hole.names.is_empty()) {
        let why = asked.why_unclear(&holes).or(missing.cloned());
        let why = why.or_else(|| doubts().next().map(of_doubt));
        return Ok(why.map_or(Together::Open, Together::Unclear));
    }
    let needed = asked.needed(sure, &all);
    let left = lightest(left);
    let certain: Vec<&BTreeSet<&str>> = left.iter().map(|hole| &hole.names).collect();
    let mut outcome = Outcome::default();
    for excluded in choices(&certain) {
        let others: Vec<&BTreeSet<&str>> = all
            .iter()
            .map(|hole| &hole.names)
            .filter(|names| names.is_disjoint(&excluded))
            .collect();
        for undecided in choices(&others) {
            outcome.rules.push(asked.rule(&needed, &excluded, &undecided));
        }
    }
    if outcome.rules.iter().any(|rule| !rule.undecided.is_empty()) {
        let mut unclear = every().flat_map(|policy| asked.regions_of(policy));
        let unclear = unclear.find_map(|region| region.sure.why());
        let why = doubts().next().map(of_doubt);
        outcome.doubt = why.or_else(|| unclear.cloned()).or_else(|| missing.cloned());
    }
    outcome.asks = holes
        .iter()
        .flatten()
        .flat_map(|hole| &hole.doubts)
        .map(|doubt| (doubt.one, doubt.other))
        .collect();
    Ok(Together::Rules(outcome))
}

/// How many policies are in force.
///
/// # Errors
/// Where one of them, or whether it is in force, is not understood.
pub(super) fn count(
    policies: &[Policy<'_>],
    missing: Option<&Gap>,
    members: &dyn Members,
) -> Result<u32, Gap> {
    let mut count = 0;
    for policy in policies {
        match policy.is_on() {
            Truth::Yes => count += 1,
            Truth::No => continue,
            Truth::Unknown(why) => return Err(why),
        }
        for question in Question::COUNTED {
            if let Some(why) = not_understood(*policy, *question, members) {
                return Err(why);
            }
        }
    }
    missing.map_or(Ok(count), |why| Err(why.clone()))
}

/// Why a policy may cover a whole part of a question, except those that it excludes by name, but that is unknown.
fn not_understood(policy: Policy<'_>, question: Question, members: &dyn Members) -> Option<Gap> {
    let policies = [policy];
    let asked = Asked::new(&policies, question, members);
    let holes = asked.holes(&[0], true, &mut { LIMIT }).unwrap_or_default();
    (0..asked.parts.len()).find_map(|part| {
        let why = asked.region(0, part)?.sure.why()?;
        let is_narrow = |holes: &Vec<Hole<'_>>| holes.iter().any(|hole| hole.names.is_empty());
        let narrow = holes.get(part).is_some_and(is_narrow);
        (!narrow).then(|| why.clone())
    })
}
