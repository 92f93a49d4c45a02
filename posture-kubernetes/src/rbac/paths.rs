//! The chains of many subjects, with the steps of each subject worked out once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use super::chains::{Chain, Step};
use super::{Grant, Rbac, Subject};

/// The chains of many subjects.
#[derive(Debug)]
pub struct Paths<'r> {
    rbac: &'r Rbac,
    accounts: BTreeMap<String, BTreeSet<String>>,
    steps: BTreeMap<Subject, Rc<[Step]>>,
}

/// Where a subject gets to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The shortest chain to everything; none if there is none. A certain chain comes before a shorter one that is conditional.
    pub chain: Option<Chain>,
    /// Whether it can make a step at all.
    pub moves: bool,
}

impl<'r> Paths<'r> {
    /// Nothing worked out yet.
    pub fn new(rbac: &'r Rbac) -> Self {
        Self { rbac, accounts: rbac.accounts(), steps: BTreeMap::new() }
    }

    /// Where a subject gets to, whose first step some of its grants allow.
    pub fn of(&mut self, subject: &Subject, first: Vec<Grant<'_>>) -> Reached {
        let first: Rc<[Step]> = self.rbac.moves_by(subject, first, &self.accounts).into();
        let mut conditional = [false, true].into_iter();
        let chain = conditional.find_map(|either| self.walk(subject, &first, either));
        Reached { chain, moves: !first.is_empty() }
    }

    /// The same by any of its grants, also those of the groups that the server puts it into.
    pub(super) fn of_subject(&mut self, subject: &Subject) -> Option<Chain> {
        let first = self.steps(subject);
        [false, true].into_iter().find_map(|conditional| self.walk(subject, &first, conditional))
    }

    fn steps(&mut self, subject: &Subject) -> Rc<[Step]> {
        if let Some(known) = self.steps.get(subject) {
            return known.clone();
        }
        let steps: Rc<[Step]> = self.rbac.moves(subject, &self.accounts).into();
        self.steps.insert(subject.clone(), steps.clone());
        steps
    }

    fn walk(&mut self, subject: &Subject, first: &Rc<[Step]>, conditional: bool) -> Option<Chain> {
        let mut came: BTreeMap<Subject, Option<Step>> = BTreeMap::from([(subject.clone(), None)]);
        let mut queue = VecDeque::from([(subject.clone(), first.clone())]);
        while let Some((one, steps)) = queue.pop_front() {
            let usable = || steps.iter().filter(|step| conditional || step.needs.is_none());
            // The end is the last step of the shortest chain.
            if let Some(last) = usable().find(|step| step.to.is_none()) {
                let mut chain = vec![last.clone()];
                let mut at = one;
                while let Some(Some(step)) = came.get(&at) {
                    chain.push(step.clone());
                    at = step.from.clone();
                }
                chain.reverse();
                return Some(Chain { steps: chain });
            }
            for step in usable() {
                let Some(to) = &step.to else { continue };
                if !came.contains_key(to) {
                    came.insert(to.clone(), Some(step.clone()));
                    let steps = self.steps(to);
                    queue.push_back((to.clone(), steps));
                }
            }
        }
        None
    }
}
