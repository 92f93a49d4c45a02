//! Whether single actions are possible somewhere, or everywhere.

use super::{Identity, Weighed, decided, weigh};
use crate::policy::Home;
use crate::policy::answer::Answer;
use crate::policy::automaton;
use crate::policy::condition::{Context, OWN, VARIABLE};
use crate::policy::document::Effect;
use crate::policy::escalation::{Extent, Need, Target};
use crate::policy::glob::{Glob, Token};
use crate::policy::patterns::Patterns;

impl Identity<'_> {
    fn arns(&self, target: Target) -> Glob {
        let Home { partition, account, .. } = self.home;
        let iam = |kind: &str| Glob::new(&format!("arn:{partition}:iam::{account}:{kind}/*"));
        match target {
            Target::User => iam("user"),
            Target::Group => iam("group"),
            Target::Role => iam("role"),
            Target::Policy => iam("policy"),
            Target::Service(service) => {
                Glob::new(&format!("arn:{partition}:{service}:*:{account}:*"))
            }
        }
    }

    /// Whether a need of a way is met.
    pub(super) fn can(&self, need: &Need) -> Answer {
        let action = need.action.to_ascii_lowercase();
        let context = self.context(need.passed_to);
        let target = self.arns(need.target);
        let own = Glob::new(&format!("*{OWN}*"));
        let variable = Glob::new(&format!("*{VARIABLE}*"));
        match need.extent {
            Extent::Any => {
                let somewhere = self.somewhere(&action, &target, &[variable], &context);
                match need.target {
                    // An action that knows no resources is granted on `*` only.
                    Target::Service(_) => {
                        somewhere.or(self.somewhere(&action, &Glob::literal("*"), &[], &context))
                    }
                    Target::User | Target::Group | Target::Role | Target::Policy => somewhere,
                }
            }
            Extent::Others => {
                let answer =
                    self.somewhere(&action, &target, &[own.clone(), variable.clone()], &context);
                if !answer.is_yes() || self.beyond_names(&action) {
                    return answer;
                }
                answer.and(Answer::needs("whose the named resource is"))
            }
            Extent::Every | Extent::EveryOrNone => {
                let every = self.everywhere(&action, &target, &context);
                if !every.is_no() || need.extent == Extent::EveryOrNone {
                    return every;
                }
                let some = self.somewhere(&action, &target, &[variable], &context);
                some.and(Answer::needs(format!("what `{}` reaches", need.action)))
            }
        }
    }

    /// Whether an action is granted by a pattern rather than on resources that are named.
    fn beyond_names(&self, action: &str) -> bool {
        self.labelled(Effect::Allow).any(|(_, statement)| {
            statement.actions.matches(action)
                && match &statement.resources {
                    Patterns::These(globs) => globs.iter().any(|glob| {
                        let text = glob.to_string();
                        let name = text.rsplit(':').next().unwrap_or_default();
                        name.contains(['*', '?']) && !glob.tokens().iter().any(is_placeholder)
                    }),
                    Patterns::AllBut(_) => true,
                }
        })
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

    /// What stands between a certain and a possible grant.
    fn why_open(&self, denies: &[Weighed<'_>]) -> Answer {
        let mut open = Answer::No;
        for deny in denies {
            if let unknown @ Answer::Unknown(_) = &deny.reach.must {
                open = open.or(unknown.clone());
            }
        }
        if open.is_no() { Answer::needs("a policy variable") } else { open }
    }

    /// Whether an action is possible on every resource of a kind, but for what a Deny names.
    fn everywhere(&self, action: &str, target: &Glob, context: &Context) -> Answer {
        let granted = |allows: &[&Weighed<'_>]| {
            let mut globs = Vec::new();
            for allow in allows {
                match &allow.statement.resources {
                    Patterns::These(these) => globs.extend_from_slice(these),
                    Patterns::AllBut(but) if automaton::contains(but, target) == Some(true) => {}
                    Patterns::AllBut(_) => globs.push(Glob::everything()),
                }
            }
            decided(automaton::contains(&globs, target))
        };
        let allows = self.for_action(action, Effect::Allow, context);
        let all: Vec<&Weighed<'_>> = allows.iter().collect();
        let sure: Vec<&Weighed<'_>> =
            allows.iter().filter(|weighed| weighed.reach.may.is_yes()).collect();
        let mut answer = granted(&sure);
        if !answer.is_yes() {
            answer = granted(&all).and(Answer::all(all.iter().map(|w| w.reach.may.clone())));
        }
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

fn is_placeholder(token: &Token) -> bool {
    matches!(token, Token::Char(OWN | VARIABLE))
}

fn is_variable(token: &Token) -> bool {
    matches!(token, Token::Char(VARIABLE))
}
