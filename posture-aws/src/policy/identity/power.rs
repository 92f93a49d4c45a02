//! Whether single actions are possible somewhere, or everywhere.

use std::collections::HashMap;

use super::{Identity, Weighed, covered, weigh};
use crate::policy::Home;
use crate::policy::answer::Answer;
use crate::policy::automaton;
use crate::policy::condition::{Context, OWN, VARIABLE};
use crate::policy::document::Effect;
use crate::policy::escalation::{Extent, Need};
use crate::policy::glob::{Glob, Token};
use crate::policy::patterns::Patterns;

/// How far a permission reaches.
#[derive(Clone, Debug)]
pub(in crate::policy) struct Able {
    /// Whether it reaches as far as the path needs, whatever there is in the account.
    pub(in crate::policy) enough: Answer,
    /// Whether it reaches anything of the kind, so that it depends on what that is.
    pub(in crate::policy) some: Answer,
}

type Asked = (&'static str, &'static str, Extent, &'static [&'static str]);

/// What an identity is able to do, evaluated once for each permission: many paths have permissions in common.
pub(in crate::policy) struct Abilities<'i, 'a> {
    identity: &'i Identity<'a>,
    /// Whether it matters which service a role is passed to.
    by_service: bool,
    known: HashMap<Asked, Able>,
}

impl<'i, 'a> Abilities<'i, 'a> {
    pub(in crate::policy) fn new(identity: &'i Identity<'a>) -> Self {
        let key = "iam:passedtoservice";
        let documents = identity.policies.iter().map(|(_, document)| *document);
        let by_service = documents.chain(identity.boundary).any(|document| {
            document.statements.iter().any(|s| s.conditions.iter().any(|c| c.key == key))
        });
        Self { identity, by_service, known: HashMap::new() }
    }

    /// How far a need of a path is met, whichever of these services a role is passed to.
    pub(in crate::policy) fn able(
        &mut self,
        need: &Need,
        passed_to: &'static [&'static str],
    ) -> Able {
        let matters = self.by_service && need.action == "iam:PassRole";
        let services = if matters { passed_to } else { &[] };
        let identity = self.identity;
        self.known
            .entry((need.action, need.on, need.extent, services))
            .or_insert_with(|| identity.able(need, services))
            .clone()
    }
}

impl Able {
    fn either(self, other: Self) -> Self {
        Self { enough: self.enough.or(other.enough), some: self.some.or(other.some) }
    }
}

impl Identity<'_> {
    /// The resources that a need is about.
    fn arns(&self, on: &str) -> Glob {
        let Home { partition, account, .. } = self.home;
        Glob::new(&on.replace("{p}", partition).replace("{a}", account))
    }

    /// How far a need of a path is met, whichever of these services a role is passed to.
    pub(super) fn able(&self, need: &Need, passed_to: &[&str]) -> Able {
        let contexts = if passed_to.is_empty() || need.action != "iam:PassRole" {
            vec![self.context(None)]
        } else {
            passed_to.iter().map(|service| self.context(Some(service))).collect()
        };
        let none = Able { enough: Answer::No, some: Answer::No };
        contexts.iter().fold(none, |able, context| able.either(self.able_in(need, context)))
    }

    fn able_in(&self, need: &Need, context: &Context) -> Able {
        let action = need.action.to_ascii_lowercase();
        // Most actions are not granted at all, and cost nothing more.
        let allows = self.for_action(&action, Effect::Allow, context);
        if allows.is_empty() {
            return Able { enough: Answer::No, some: Answer::No };
        }
        let target = self.arns(need.on);
        let own = Glob::new(&format!("*{OWN}*"));
        let variable = Glob::new(&format!("*{VARIABLE}*"));
        match need.extent {
            Extent::Any => {
                let somewhere = self.somewhere(&action, &target, &[variable], context);
                // Where the kinds of resources are not known, the action may know none, and is granted on `*` only.
                let answer = if need.on.ends_with(":*") && need.on.matches(':').count() == 5 {
                    somewhere.or(self.somewhere(&action, &Glob::literal("*"), &[], context))
                } else {
                    somewhere
                };
                Able { enough: answer.clone(), some: answer }
            }
            Extent::Others => {
                let but = [own, variable];
                let some = self.somewhere(&action, &target, &but, context);
                if some.is_no() {
                    return Able { enough: Answer::No, some };
                }
                // What is left without the resources that are named is granted by a pattern.
                let named = allows.iter().flat_map(|allow| allow.statement.resources.globs());
                let beyond: Vec<Glob> =
                    but.into_iter().chain(named.filter(|glob| is_named(glob)).cloned()).collect();
                let enough = self.somewhere(&action, &target, &beyond, context);
                // A variable that represents the rest of the name is not a pattern.
                Able { enough, some }
            }
            Extent::Every | Extent::EveryOrNone => {
                let enough = Answer::any(
                    regional(&target, &allows)
                        .iter()
                        .map(|target| self.everywhere(&action, target, context)),
                );
                let some = if enough.is_yes() {
                    Answer::Yes
                } else {
                    // The own name may well be in the name of a role.
                    self.somewhere(&action, &target, &[variable], context)
                };
                Able { enough, some }
            }
        }
    }

    /// Whether an action is possible on some resource of a kind. What `but` matches does not count; if a variable is
    /// among that, the answer is open where only a variable would make it possible.
    fn somewhere(&self, action: &str, target: &Glob, but: &[Glob], context: &Context) -> Answer {
        let (open_but, _): (Vec<Glob>, Vec<Glob>) =
            but.iter().cloned().partition(|glob| !glob.tokens().iter().any(is_variable));
        let allows = self.for_action(action, Effect::Allow, context);
        if allows.is_empty() {
            return Answer::No;
        }
        let denies = self.denies_of(action, context);
        let bounds: Option<Vec<Weighed<'_>>> = self.boundary.map(|boundary| {
            boundary
                .allows()
                .filter(|statement| statement.actions.matches(action))
                .map(|statement| weigh(statement, context))
                .filter(|weighed| !weighed.reach.may.is_no())
                .collect()
        });
        let all = Weighed::resources(&denies, |_| true);
        let must = Weighed::resources(&denies, |weighed| weighed.reach.must.is_yes());
        let sure_but = Patterns::These(but.to_vec());
        let open_but = Patterns::These(open_but);
        let mut result = Answer::No;
        for allow in &allows {
            let unbounded = Patterns::everything();
            let limits: Vec<(&Patterns, Answer)> = match &bounds {
                None => vec![(&unbounded, Answer::Yes)],
                Some(bounds) => bounds
                    .iter()
                    .map(|weighed| (&weighed.statement.resources, weighed.reach.may.clone()))
                    .collect(),
            };
            for (limit, limited) in limits {
                let sets = [&allow.statement.resources, limit];
                let may = allow.reach.may.clone().and(limited);
                let mut none = all.clone();
                none.push(&sure_but);
                let answer = if automaton::some(target, &sets, &none) == Some(true) {
                    may
                } else {
                    let mut none = must.clone();
                    none.push(&open_but);
                    match automaton::some(target, &sets, &none) {
                        Some(false) => Answer::No,
                        Some(true) => may.and(self.why_open(&denies)),
                        None => Answer::needs("policies too complex to decide"),
                    }
                };
                result = result.or(answer);
                if result.is_yes() {
                    return result;
                }
            }
        }
        result
    }

    /// The difference between a certain and a possible grant.
    fn why_open(&self, denies: &[Weighed<'_>]) -> Answer {
        let mut open = Answer::No;
        for deny in denies {
            if let unknown @ Answer::Unknown(_) = &deny.reach.must {
                open = open.or(unknown.clone());
            }
        }
        if open.is_no() { Answer::needs("a policy variable") } else { open }
    }

    /// Whether an action is possible on every resource of a kind, except for what a Deny names.
    fn everywhere(&self, action: &str, target: &Glob, context: &Context) -> Answer {
        let answer = covered(&self.for_action(action, Effect::Allow, context), target);
        if answer.is_no() {
            return answer;
        }
        // What is left after every Deny has to be something.
        let variable = Glob::new(&format!("*{VARIABLE}*"));
        let own = Glob::new(&format!("*{OWN}*"));
        answer.and(self.bounded(action, target, context)).and(self.somewhere(
            action,
            target,
            &[variable, own],
            context,
        ))
    }
}

/// A kind of resource in every region, and in each region that a grant names.
fn regional(target: &Glob, allows: &[Weighed<'_>]) -> Vec<Glob> {
    let mut targets = vec![target.clone()];
    let text = target.to_string();
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, "*", account, rest] = parts[..] else { return targets };
    for glob in allows.iter().flat_map(|allow| allow.statement.resources.globs()) {
        let text = glob.to_string();
        if let Some(region) = text.split(':').nth(3)
            && !region.is_empty()
            && !region.contains(['*', '?'])
        {
            let regional =
                Glob::new(&format!("{arn}:{partition}:{service}:{region}:{account}:{rest}"));
            if !targets.contains(&regional) {
                targets.push(regional);
            }
        }
    }
    targets
}

/// Whether a pattern of resources names one: its last part holds no wildcard.
fn is_named(glob: &Glob) -> bool {
    let tokens = glob.tokens();
    let colon = tokens.iter().rposition(|token| *token == Token::Char(':')).map_or(0, |at| at + 1);
    colon > 0 && tokens.iter().skip(colon).all(|token| matches!(token, Token::Char(_)))
}

fn is_variable(token: &Token) -> bool {
    matches!(token, Token::Char(VARIABLE))
}
