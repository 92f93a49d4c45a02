//! Whom the policy of a resource lets in.

use super::answer::{Answer, Found};
use super::automaton;
use super::condition::Condition;
use super::document::{Document, Principal, Principals, Statement};
use super::glob::Glob;
use super::outsider::{Who, fixes, reach};
use super::patterns::Patterns;
use super::{Home, Membership, OWN_ORGANIZATION};

/// How many kinds of actions are told apart before an answer is left open.
const MOST_ACTIONS: usize = 2_000;

impl Document {
    /// The statements that let anyone use any of `actions`, or any action at all where that is empty.
    ///
    /// An Allow for everyone is not public only if a condition fixes who or where the caller is, as
    /// [S3 defines it](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status);
    /// an Allow with `NotPrincipal` is for everyone. What a Deny takes from every stranger (without a condition, or under
    /// one that no stranger escapes, such as not being of the organisation) is subtracted.
    ///
    /// Two readings are narrower than the definition of S3, which only calls a policy public that lets strangers in:
    /// a wildcard within an ARN that fixes the account is no stranger's, and `aws:PrincipalAccount` and its kin count as
    /// principals.
    pub fn public(&self, _home: &Home<'_>, actions: &[&str]) -> Found {
        self.open_to_all(actions, true)
    }

    /// As [`Self::public`]; `federated` says whether identity providers open to everyone count as everyone.
    pub(super) fn open_to_all(&self, actions: &[&str], federated: bool) -> Found {
        let asked: Vec<String> = actions.iter().map(|action| action.to_ascii_lowercase()).collect();
        let mut found = Found::default();
        for statement in self.allows() {
            let everyone = statement.principals.has_strangers(federated);
            if everyone.is_no() {
                continue;
            }
            let reach = reach(&statement.conditions, Who::Stranger);
            let left = self.left_of(statement, &asked, Who::Stranger);
            found.add(&statement.label, everyone.and(reach.may).and(left));
        }
        found
    }

    /// The ids of the accounts outside `home` that an Allow names, as principals or by `aws:PrincipalAccount`,
    /// `aws:SourceAccount` and their kin, less those that a Deny keeps out.
    ///
    /// Another organisation than the own one is listed as ``organization `o-…` ``. A canonical user may be the own
    /// account's, so that it stays undecided. The unique id of a deleted principal (`AROA…`) lets nobody in, and an
    /// origin access identity of CloudFront belongs to a distribution, not to an account.
    pub fn external_accounts(&self, home: &Home<'_>) -> Found {
        self.accounts(home, &[], |_| Answer::Yes)
    }

    /// The accounts that statements about `actions` let in, as far as `counts` says that the statement counts.
    pub(super) fn accounts(
        &self,
        home: &Home<'_>,
        actions: &[&str],
        counts: impl Fn(&Statement) -> Answer,
    ) -> Found {
        let asked: Vec<String> = actions.iter().map(|action| action.to_ascii_lowercase()).collect();
        let mut found = Found::default();
        for statement in self.allows() {
            let named = statement.named_outside(home);
            if named.is_empty() {
                continue;
            }
            let counted = counts(statement);
            for (what, account, certain) in named {
                let answer = match &account {
                    Some(id) => {
                        let who = Who::Account(id);
                        // Named is named, unless the conditions rule the account out.
                        let possible = !reach(&statement.conditions, who).may.is_no();
                        Answer::from(possible).and(self.left_of(statement, &asked, who))
                    }
                    None => self
                        .left_of(statement, &asked, Who::Stranger)
                        .or(Answer::needs("whether a Deny keeps it out")),
                };
                found.add(what, certain.and(answer).and(counted.clone()));
            }
        }
        found
    }

    /// The services that an Allow lets in without a condition that fixes for which account, resource or organisation
    /// they may act: the
    /// [confused deputy](https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html) problem.
    pub fn services_without_source(&self, _home: &Home<'_>) -> Found {
        self.services(&[])
    }

    pub(super) fn services(&self, actions: &[&str]) -> Found {
        let asked: Vec<String> = actions.iter().map(|action| action.to_ascii_lowercase()).collect();
        let mut found = Found::default();
        for statement in self.allows() {
            let names = statement.services();
            if names.is_empty() {
                continue;
            }
            let reach = reach(&statement.conditions, Who::Service);
            let answer = reach.may.and(self.left_of(statement, &asked, Who::Service));
            for name in names {
                found.add(name, answer.clone());
            }
        }
        found
    }

    /// Whether an Allow grants any of the actions on anything, net of what every Deny takes from such a caller.
    /// `asked` is in lower case; empty means any action.
    fn left_of(&self, allow: &Statement, asked: &[String], who: Who<'_>) -> Answer {
        let denies: Vec<(&Statement, Answer)> = self
            .denies()
            .map(|deny| {
                let applies = deny.principals.covers(who);
                let must = if applies.is_no() {
                    Answer::No
                } else {
                    applies.and(reach(&deny.conditions, who).must)
                };
                (deny, must)
            })
            .filter(|(_, must)| !must.is_no())
            .collect();
        let actions: Vec<String> = if asked.is_empty() {
            if denies.is_empty() {
                let any = match &allow.actions {
                    Patterns::These(globs) => !globs.is_empty(),
                    Patterns::AllBut(globs) => !globs.iter().any(Glob::is_everything),
                };
                return Answer::from(any && grants_something(&allow.resources));
            }
            match kinds_of_actions(allow, &denies) {
                Some(actions) => actions,
                None => return Answer::needs("a policy too complex to decide"),
            }
        } else {
            asked.iter().filter(|action| allow.actions.matches(action)).cloned().collect()
        };
        Answer::any(actions.iter().map(|action| left_on(allow, action, &denies)))
    }
}

/// Whether anything is left of an Allow for one action.
fn left_on(allow: &Statement, action: &str, denies: &[(&Statement, Answer)]) -> Answer {
    let on: Vec<_> = denies.iter().filter(|(deny, _)| deny.actions.matches(action)).collect();
    let all: Vec<&Patterns> = on.iter().map(|(deny, _)| &deny.resources).collect();
    let certain: Vec<&Patterns> =
        on.iter().filter(|(_, must)| must.is_yes()).map(|(deny, _)| &deny.resources).collect();
    let within = Glob::everything();
    if automaton::some(&within, &[&allow.resources], &all) == Some(true) {
        return Answer::Yes;
    }
    match automaton::some(&within, &[&allow.resources], &certain) {
        Some(false) => Answer::No,
        Some(true) => Answer::all(on.iter().map(|(_, must)| must.clone()))
            .or(Answer::needs("whether a Deny applies")),
        None => Answer::needs("a policy too complex to decide"),
    }
}

fn grants_something(resources: &Patterns) -> bool {
    match resources {
        Patterns::These(globs) => !globs.is_empty(),
        Patterns::AllBut(globs) => !globs.iter().any(Glob::is_everything),
    }
}

/// One action of each kind that the statements tell apart, among those that `allow` grants.
fn kinds_of_actions(allow: &Statement, denies: &[(&Statement, Answer)]) -> Option<Vec<String>> {
    let mut globs: Vec<Glob> = allow.actions.globs().to_vec();
    for (deny, _) in denies {
        globs.extend_from_slice(deny.actions.globs());
    }
    // Else nothing would stand for the actions that no other pattern tells apart: of their kind the shortest text is
    // the empty one, which names no action.
    let named = Glob::action("?*:?*");
    globs.push(named.clone());
    globs.sort_by_key(ToString::to_string);
    globs.dedup();
    let classes = automaton::classes(&globs)?;
    let actions: Vec<String> = classes
        .into_iter()
        .map(|(_, action)| action)
        .filter(|action| allow.actions.matches(action) && named.matches(action))
        .collect();
    (actions.len() <= MOST_ACTIONS).then_some(actions)
}

impl Statement {
    /// What an Allow names outside of `home`: the label, the account where it is one, and whether it is outside.
    fn named_outside(&self, home: &Home<'_>) -> Vec<(String, Option<String>, Answer)> {
        let mut named = Vec::new();
        let Principals::These(principals) = &self.principals else { return named };
        let outside = |account: &str| account != home.account;
        for principal in principals {
            match principal {
                Principal::Aws(_) => {
                    if let Some(account) = principal.account().filter(|id| outside(id)) {
                        named.push((account.to_owned(), Some(account.to_owned()), Answer::Yes));
                    }
                }
                Principal::Canonical(id) => named.push((
                    format!("canonical user `{id}`"),
                    None,
                    Answer::needs("whose account it is"),
                )),
                Principal::Federated(provider) => {
                    let account = Principal::Aws(provider.clone());
                    if let Some(account) = account.account().filter(|id| outside(id)) {
                        named.push((account.to_owned(), Some(account.to_owned()), Answer::Yes));
                    }
                }
                Principal::Anyone => {
                    for condition in &self.conditions {
                        named.extend(outside_by(condition, &self.conditions, home));
                    }
                }
                Principal::Service(_) => {}
            }
        }
        named
    }

    /// The services that an Allow lets in: those it names, and with everyone those that its conditions name.
    fn services(&self) -> Vec<String> {
        let mut names = Vec::new();
        let Principals::These(principals) = &self.principals else { return names };
        for principal in principals {
            match principal {
                Principal::Service(name) => names.push(name.clone()),
                Principal::Anyone => {
                    for condition in &self.conditions {
                        let key = condition.key.as_str();
                        let service = match key {
                            "aws:principalisawsservice" => true,
                            _ => key.starts_with("aws:principalservicename"),
                        };
                        if !service || condition.negated {
                            continue;
                        }
                        for value in condition.values.iter().filter_map(|value| value.fixed()) {
                            match value.to_ascii_lowercase().as_str() {
                                "false" => {}
                                "true" => names.push("every service".to_owned()),
                                name => names.push(name.to_owned()),
                            }
                        }
                    }
                }
                Principal::Aws(_) | Principal::Federated(_) | Principal::Canonical(_) => {}
            }
        }
        names
    }
}

/// What a condition on everyone names outside of `home`.
fn outside_by(
    condition: &Condition,
    all: &[Condition],
    home: &Home<'_>,
) -> Vec<(String, Option<String>, Answer)> {
    let mut named = Vec::new();
    if !fixes(condition, all).is_yes() {
        return named;
    }
    for value in condition.values.iter().map(|value| value.outline().to_string()) {
        match condition.key.as_str() {
            "aws:principalaccount"
            | "aws:sourceaccount"
            | "aws:sourceowner"
            | "aws:vpceaccount"
            | "kms:calleraccount"
            | "s3:dataaccesspointaccount"
                if value != home.account =>
            {
                named.push((value, None, Answer::Yes));
            }
            "aws:principalarn" | "aws:sourcearn" | "s3:dataaccesspointarn" => {
                let account = value.split(':').nth(4).unwrap_or_default();
                let id = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
                if id && account != home.account {
                    named.push((account.to_owned(), None, Answer::Yes));
                }
            }
            "aws:principalorgid"
            | "aws:principalorgpaths"
            | "aws:sourceorgid"
            | "aws:sourceorgpaths"
            | "aws:vpceorgid"
            | "aws:vpceorgpaths" => {
                let id = value.split('/').next().unwrap_or_default();
                let certain = match home.organization {
                    Membership::Of(own) if own == id => continue,
                    Membership::Of(_) | Membership::None => Answer::Yes,
                    Membership::Unknown => Answer::needs(OWN_ORGANIZATION),
                };
                named.push((format!("organization `{id}`"), None, certain));
            }
            _ => {}
        }
    }
    named
}

impl Principals {
    /// Whether an Allow is for strangers.
    fn has_strangers(&self, federated: bool) -> Answer {
        match self {
            Self::Unnamed => Answer::needs("a statement without a principal"),
            Self::These(list) => Answer::from(list.iter().any(|principal| match principal {
                Principal::Anyone => true,
                // An identity provider of the public, such as `graph.facebook.com`.
                Principal::Federated(provider) => federated && !provider.starts_with("arn:"),
                Principal::Aws(_) | Principal::Service(_) | Principal::Canonical(_) => false,
            })),
            Self::AllBut(list) => Answer::from(!list.contains(&Principal::Anyone)),
        }
    }

    /// Whether a Deny is about every such caller.
    fn covers(&self, who: Who<'_>) -> Answer {
        match self {
            Self::Unnamed => Answer::needs("a statement without a principal"),
            Self::These(list) => Answer::from(list.iter().any(|principal| match principal {
                Principal::Anyone => true,
                Principal::Aws(_) => {
                    matches!(who, Who::Account(id) if principal.is_account() && principal.account() == Some(id))
                }
                Principal::Service(_) | Principal::Federated(_) | Principal::Canonical(_) => false,
            })),
            Self::AllBut(list) => match who {
                Who::Stranger => Answer::from(!list.contains(&Principal::Anyone)),
                Who::Account(id) => Answer::from(!list.iter().any(|principal| {
                    *principal == Principal::Anyone || principal.account() == Some(id)
                })),
                Who::Service => Answer::from(
                    !list.iter().any(|p| matches!(p, Principal::Anyone | Principal::Service(_))),
                ),
            },
        }
    }
}

#[cfg(test)]
mod tests;
