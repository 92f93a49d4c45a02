//! What single users and roles may do on single resources, and whom a role trusts: the edges of the graph of an account.

use posture_model::dated::Dated;

use super::power::Abilities;
use super::{Identity, Weighed, weigh};
use crate::policy::answer::{Answer, Found};
use crate::policy::condition::{Condition, Context, Value};
use crate::policy::document::{Document, Effect, Principal, Principals, Statement};
use crate::policy::escalation::{Gain, WAYS, Way};
use crate::policy::outsider::Reach;
use crate::policy::patterns::Patterns;
use crate::policy::{Home, Membership};

/// A user or a role that holds policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entity<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The ARN of the policy that is its permissions boundary.
    pub boundary: Option<&'a str>,
}

impl<'a> Entity<'a> {
    fn is_user(&self) -> bool {
        self.arn.split(':').nth(5).is_some_and(|rest| rest.starts_with("user/"))
    }

    fn name(&self) -> &'a str {
        self.arn.rsplit('/').next().unwrap_or(self.arn)
    }

    /// What its requests hold.
    pub(super) fn describe(&self, context: Context) -> Context {
        let context = context.is("aws:PrincipalArn", self.arn);
        if self.is_user() {
            context.is("aws:username", self.name()).is("aws:PrincipalType", "User")
        } else {
            context.with("aws:username", Value::Missing).is("aws:PrincipalType", "AssumedRole")
        }
    }
}

/// What one escalation path leads to, from one identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To a session of the role.
    Session,
    /// To the credentials of the user.
    Credentials,
    /// To a trust policy that admits it to the role.
    Trust,
    /// Into the group.
    Membership,
    /// To code under the role, which is passed to one of these services.
    Passed(&'static [&'static str]),
    /// To code under a role that one of these services has already.
    Running(&'static [&'static str]),
}

/// An escalation path that leads from an identity to single users, roles or groups.
#[derive(Clone, Debug)]
pub struct Edges<'a> {
    /// The actions of the path.
    pub name: String,
    /// To what it leads.
    pub leads: Leads,
    /// Whether the rest that the path needs is granted.
    others: Answer,
    /// What decides on which resource; one for each service that a role may be passed to.
    grants: Vec<Grants<'a>>,
}

/// Statements with what their conditions come to.
type Resolved<'a> = Vec<(&'a Statement, Answer)>;

/// The statements about one action, their conditions resolved, to be evaluated for many resources.
#[derive(Clone, Debug)]
struct Grants<'a> {
    context: Context,
    allows: Resolved<'a>,
    denies: Resolved<'a>,
    /// Of the boundary.
    bounds: Option<(Resolved<'a>, Resolved<'a>)>,
    /// Whether the holder can leave the boundary behind.
    unbounded: Answer,
}

impl Edges<'_> {
    /// Whether the policies of the identity let the path lead to this resource.
    pub fn to(&self, arn: &str) -> Answer {
        let on = Answer::any(self.grants.iter().map(|grants| grants.on(arn)));
        if on.is_no() { on } else { self.others.clone().and(on) }
    }

    /// Whether the policies grant everything that the path needs, whatever it leads to.
    pub fn rest(&self) -> Answer {
        self.others.clone()
    }

    /// Whether the policies let the role be passed to the service with this place in [`Leads::Passed`].
    pub fn passes(&self, arn: &str, service: usize) -> Answer {
        let on = self.grants.get(service).map_or(Answer::No, |grants| grants.on(arn));
        if on.is_no() { on } else { self.others.clone().and(on) }
    }

    /// Whether nothing in the policies removes the path if the resource itself names the identity. A boundary limits
    /// a role that is named, and not a user.
    pub fn undenied(&self, arn: &str, user: bool) -> Answer {
        Answer::any(self.grants.iter().map(|grants| {
            let denied = grants.denied(arn).negate();
            if user { denied } else { denied.and(grants.bounded(arn).or(grants.unbounded.clone())) }
        }))
    }
}

impl Grants<'_> {
    fn covers(&self, statement: &Statement, arn: &str) -> Answer {
        let covers = || {
            Answer::any(
                statement.templates.iter().map(|template| template.covers(arn, &self.context)),
            )
        };
        match &statement.resources {
            _ if statement.templates.is_empty() => Answer::from(statement.resources.matches(arn)),
            Patterns::These(_) => covers(),
            Patterns::AllBut(_) => covers().negate(),
        }
    }

    fn any(&self, list: &[(&Statement, Answer)], arn: &str) -> Answer {
        Answer::any(list.iter().map(|(statement, holds)| {
            let covers = self.covers(statement, arn);
            if covers.is_no() { covers } else { covers.and(holds.clone()) }
        }))
    }

    fn on(&self, arn: &str) -> Answer {
        let allowed = self.any(&self.allows, arn);
        if allowed.is_no() {
            return allowed;
        }
        allowed.and(self.denied(arn).negate()).and(self.bounded(arn).or(self.unbounded.clone()))
    }

    /// Whether a Deny applies that the holder cannot leave behind.
    fn denied(&self, arn: &str) -> Answer {
        let own = self.any(&self.denies, arn);
        let boundary = self.bounds.as_ref().map_or(Answer::No, |(_, denies)| self.any(denies, arn));
        own.or(boundary.and(self.unbounded.clone().negate()))
    }

    fn bounded(&self, arn: &str) -> Answer {
        self.bounds.as_ref().map_or(Answer::Yes, |(allows, _)| self.any(allows, arn))
    }
}

impl<'a> Identity<'a> {
    /// The escalation paths that lead to single users, roles and groups, as far as the policies grant anything of them.
    /// What is trusted by a role needs no policy of the identity: the path [`Leads::Session`] is always there.
    pub fn edges(&self) -> Vec<Edges<'a>> {
        let unbounded = self.leaves_boundary();
        let mut all = Vec::new();
        let free = Identity { boundary: None, ..self.clone() };
        let (mut within, mut without) = (Abilities::new(self), Abilities::new(&free));
        for way in &WAYS {
            let Some(leads) = leads(way) else { continue };
            let Some((first, rest)) = way.needs.split_first() else { continue };
            let services = way.passed_to();
            let granted = |rights: &mut Abilities<'_, '_>| {
                let able = rights.able(first, services).some;
                let mut others = Answer::from(!able.is_no());
                for need in rest {
                    if others.is_no() {
                        break;
                    }
                    others = others.and(rights.able(need, services).some);
                }
                (able, others)
            };
            let (mut able, mut others) = granted(&mut within);
            if !unbounded.is_no() {
                let (more, rest) = granted(&mut without);
                able = able.or(unbounded.clone().and(more));
                others = others.or(unbounded.clone().and(rest));
            }
            if way.gain != Gain::Session && (able.is_no() || others.is_no()) {
                continue;
            }
            let action = first.action.to_ascii_lowercase();
            let grants = match leads {
                Leads::Passed(services) => services
                    .iter()
                    .map(|service| self.grants(&action, Some(service), unbounded.clone()))
                    .collect(),
                Leads::Running(_) => {
                    others = others.and(able);
                    Vec::new()
                }
                _ => vec![self.grants(&action, None, unbounded.clone())],
            };
            all.push(Edges { name: way.name(), leads, others, grants });
        }
        all
    }

    fn grants(&self, action: &str, passed_to: Option<&str>, unbounded: Answer) -> Grants<'a> {
        let context = self.context(passed_to);
        let resolved = |document: &'a Document, effect: Effect| {
            document
                .statements
                .iter()
                .filter(move |statement| statement.effect == effect)
                .filter(|statement| statement.actions.matches(action))
                .map(|statement| {
                    let Weighed { reach: Reach { may, must }, .. } = weigh(statement, &context);
                    (statement, if effect == Effect::Allow { may } else { must })
                })
                .filter(|(_, holds)| !holds.is_no())
                .collect::<Vec<_>>()
        };
        let own = |effect| {
            self.policies.iter().flat_map(|(_, document)| resolved(document, effect)).collect()
        };
        Grants {
            allows: own(Effect::Allow),
            denies: own(Effect::Deny),
            bounds: self.boundary.map(|b| (resolved(b, Effect::Allow), resolved(b, Effect::Deny))),
            unbounded,
            context: context.clone(),
        }
    }

    /// Whether it may do something on one resource. A boundary counts as it is.
    fn may(&self, action: &str, arn: &str, keys: &[(&str, &str)]) -> Answer {
        let mut grants = self.grants(action, None, Answer::No);
        // The keys of the request decide conditions, so that these are resolved again.
        let mut context = self.context(None);
        for (key, value) in keys {
            context = context.is(key, value);
        }
        let again = |list: &mut Vec<(&Statement, Answer)>, allow: bool| {
            for (statement, holds) in list {
                let Weighed { reach: Reach { may, must }, .. } = weigh(statement, &context);
                *holds = if allow { may } else { must };
            }
        };
        again(&mut grants.allows, true);
        again(&mut grants.denies, false);
        if let Some((allows, denies)) = &mut grants.bounds {
            again(allows, true);
            again(denies, false);
        }
        grants.context = context.clone();
        grants.on(arn)
    }

    /// The actions by which it can remove, replace or rewrite its own permissions boundary.
    pub(super) fn ways_out_of_boundary(&self) -> Vec<(&'static str, Answer)> {
        let (Some(_), Some(entity)) = (self.boundary, &self.entity) else { return Vec::new() };
        let Some(boundary) = entity.boundary else { return Vec::new() };
        let key = "iam:PermissionsBoundary";
        // AWS's own policy that allows everything exists in every account.
        let widest = format!("arn:{}:iam::aws:policy/AdministratorAccess", self.home.partition);
        let (delete, put) = if entity.is_user() {
            ("iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary")
        } else {
            ("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary")
        };
        let may = |action: &str, arn: &str, keys: &[(&str, &str)]| {
            self.may(&action.to_ascii_lowercase(), arn, keys)
        };
        let mut ways = vec![
            (delete, may(delete, entity.arn, &[(key, boundary)])),
            (put, self.replaces_boundary(put, entity.arn, boundary, &widest)),
        ];
        // Those that AWS wrote cannot be changed.
        if boundary.split(':').nth(4) == Some(self.home.account) {
            let other = Answer::needs("what the other versions of the boundary allow");
            ways.push(("iam:CreatePolicyVersion", may("iam:CreatePolicyVersion", boundary, &[])));
            ways.push((
                "iam:SetDefaultPolicyVersion",
                may("iam:SetDefaultPolicyVersion", boundary, &[]).and(other),
            ));
        }
        ways.retain(|(_, answer)| !answer.is_no());
        ways
    }

    /// Whether it can put another policy in place of its boundary.
    fn replaces_boundary(&self, put: &str, own: &str, boundary: &str, widest: &str) -> Answer {
        let key = "iam:PermissionsBoundary";
        let action = put.to_ascii_lowercase();
        let answer = self.may(&action, own, &[(key, widest)]);
        if answer.is_yes() {
            return answer;
        }
        // It may be allowed to put certain others only.
        let mut others = Answer::No;
        let documents = self.policies.iter().map(|(_, document)| *document).chain(self.boundary);
        for condition in documents.flat_map(|d| &d.statements).flat_map(|s| &s.conditions) {
            if condition.key != "iam:permissionsboundary" {
                continue;
            }
            for other in condition.values.iter().filter_map(|value| value.fixed()) {
                if other != boundary && !self.may(&action, own, &[(key, &other)]).is_no() {
                    others =
                        others.or(Answer::needs(format!("what the boundary `{other}` allows")));
                }
            }
        }
        answer.or(others)
    }

    /// Whether it can leave its permissions boundary behind.
    pub(super) fn leaves_boundary(&self) -> Answer {
        Answer::any(self.ways_out_of_boundary().into_iter().map(|(_, answer)| answer))
    }

    /// What a question finds with the boundary, and what it finds besides if its holder can remove the boundary.
    /// `say` words the latter, given the actions by which it can.
    pub(super) fn with_or_without_boundary(
        &self,
        ask: impl Fn(&Self) -> Found,
        say: impl Fn(String, &str) -> String,
    ) -> Found {
        let mut found = ask(self);
        let ways = self.ways_out_of_boundary();
        if ways.is_empty() {
            return found;
        }
        let leaves = Answer::any(ways.iter().map(|(_, answer)| answer.clone()));
        let how = ways.iter().map(|(action, _)| *action).collect::<Vec<_>>().join(", ");
        let free = ask(&Self { boundary: None, ..self.clone() });
        let fresh = |what: &String| !found.certain.contains(what);
        let certain: Vec<String> = free.certain.into_iter().filter(fresh).collect();
        let undecided: Vec<_> = free.undecided.into_iter().filter(|m| fresh(&m.what)).collect();
        for what in certain {
            found.add(say(what, &how), leaves.clone());
        }
        for maybe in undecided {
            found.add(say(maybe.what, &how), leaves.clone().and(Answer::needs(maybe.why)));
        }
        found
    }

    /// Whether the effect of its policies depends on who holds them: by a variable, or by a condition on the principal.
    pub fn is_personal(&self) -> bool {
        let personal = |condition: &Condition| {
            let key = condition.key.as_str();
            key.starts_with("aws:principal")
                || matches!(key, "aws:username" | "aws:userid")
                || condition.values.iter().any(|value| value.is_open())
        };
        self.policies.iter().map(|(_, document)| *document).chain(self.boundary).any(|document| {
            document.statements.iter().any(|statement| {
                statement.templates.iter().any(|template| template.is_open())
                    || statement.conditions.iter().any(personal)
            })
        })
    }
}

fn leads(way: &Way) -> Option<Leads> {
    Some(match way.gain {
        Gain::Session => Leads::Session,
        Gain::Credentials => Leads::Credentials,
        Gain::Trust => Leads::Trust,
        Gain::Membership => Leads::Membership,
        Gain::Passed(services) => Leads::Passed(services),
        Gain::Running(services) => Leads::Running(services),
        Gain::Rights | Gain::Elsewhere => return None,
    })
}

/// Keys of a request for a role's session that the caller controls.
static OF_SESSION: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
    ],
    "2026-11-29",
    &[
        "aws:tagkeys",
        "sts:durationseconds",
        "sts:externalid",
        "sts:rolesessionname",
        "sts:sourceidentity",
        "sts:transitivetagkeys",
    ],
);

/// Whether a trust policy admits a user or a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admits {
    /// By its name, so that it needs no policy.
    pub named: Answer,
    /// By its account, so that it needs a policy that allows it.
    pub account: Answer,
}

/// The principals that a trust policy names, so that others need not be examined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The ARNs of users, and of roles, also those of whose sessions it names.
    pub arns: Vec<String>,
    /// Whether it is about everyone, or about everyone but some.
    pub everyone: bool,
    /// Whether it is about the whole account.
    pub account: bool,
    /// Whether it depends on which principal of the account calls.
    pub personal: bool,
}

impl Document {
    /// Of a trust policy: the principals that its grants name.
    pub fn trust_names(&self, home: &Home<'_>) -> Names {
        let mut names = Names::default();
        let assume = "sts:assumerole";
        for statement in self.statements.iter().filter(|s| s.actions.matches(assume)) {
            names.personal |= !statement.conditions.is_empty() || statement.effect == Effect::Deny;
            if statement.effect == Effect::Deny {
                continue;
            }
            let Principals::These(list) = &statement.principals else {
                names.everyone = true;
                continue;
            };
            for principal in list {
                match principal {
                    Principal::Anyone => names.everyone = true,
                    Principal::Aws(_) if principal.is_account() => {
                        names.account |= principal.account() == Some(home.account);
                    }
                    Principal::Aws(name) => names.arns.push(name.clone()),
                    Principal::Service(_) | Principal::Federated(_) | Principal::Canonical(_) => {}
                }
            }
        }
        names
    }

    /// Of a trust policy: whether it admits a user or a role of the account. Without one, the question is about any that
    /// holds a policy.
    pub fn admits(&self, home: &Home<'_>, entity: Option<&Entity<'_>>) -> Admits {
        let context = described(home, entity);
        let (mut named, mut account, mut denied) = (Answer::No, Answer::No, Answer::No);
        for statement in self.statements.iter().filter(|s| s.actions.matches("sts:assumerole")) {
            let Reach { may, must } = asks_for_session(&statement.conditions, &context);
            let (by_name, by_account) = spoken_of(&statement.principals, home, entity);
            match statement.effect {
                Effect::Allow => {
                    named = named.or(may.clone().and(Answer::from(by_name)));
                    account = account.or(may.and(Answer::from(by_account)));
                }
                Effect::Deny => {
                    let about = match &statement.principals {
                        // A Deny exempts only principals that it names in full: the account and the principal, and for a
                        // role each session.
                        Principals::AllBut(list) => spared(list, home, entity).negate(),
                        Principals::These(_) | Principals::Unnamed => {
                            Answer::from(by_name || by_account)
                        }
                    };
                    denied = denied.or(must.and(about));
                }
            }
        }
        let allowed = denied.negate();
        Admits { named: named.and(allowed.clone()), account: account.and(allowed) }
    }

    /// Of a trust policy: whether it admits a service that acts for the account itself, or an identity provider of that
    /// name.
    pub fn admits_service(&self, home: &Home<'_>, service: &str) -> Answer {
        let mut context = Context::open()
            .is("aws:SourceAccount", home.account)
            .is("aws:PrincipalIsAWSService", "true")
            .with("aws:PrincipalArn", Value::Missing)
            .with("aws:PrincipalAccount", Value::Missing);
        if let Membership::Of(organization) = home.organization {
            context = context.is("aws:SourceOrgID", organization);
        }
        let about = |principals: &Principals| {
            let is = |principal: &Principal| match principal {
                Principal::Anyone => true,
                Principal::Service(name) | Principal::Federated(name) => name == service,
                Principal::Aws(_) | Principal::Canonical(_) => false,
            };
            match principals {
                Principals::These(list) => list.iter().any(is),
                Principals::AllBut(list) => !list.iter().any(is),
                Principals::Unnamed => false,
            }
        };
        let (mut allowed, mut denied) = (Answer::No, Answer::No);
        for statement in &self.statements {
            let assumes = ["sts:assumerole", "sts:assumerolewithwebidentity"]
                .iter()
                .any(|action| statement.actions.matches(action));
            if !assumes || !about(&statement.principals) {
                continue;
            }
            let Reach { may, must } = acts(&statement.conditions, &context);
            match statement.effect {
                Effect::Allow => allowed = allowed.or(may),
                Effect::Deny => denied = denied.or(must),
            }
        }
        allowed.and(denied.negate())
    }
}

fn described(home: &Home<'_>, entity: Option<&Entity<'_>>) -> Context {
    let anyone = Identity::new(*home, Vec::new(), None);
    match entity {
        Some(entity) => anyone.held_by(*entity).context(None),
        None => anyone.context(None),
    }
}

/// By its name, and by its account.
fn spoken_of(
    principals: &Principals,
    home: &Home<'_>,
    entity: Option<&Entity<'_>>,
) -> (bool, bool) {
    match principals {
        Principals::Unnamed => (false, false),
        Principals::These(list) => (
            list.iter().any(|principal| match principal {
                Principal::Anyone => true,
                Principal::Aws(name) => entity.is_some_and(|entity| is(name, entity)),
                Principal::Service(_) | Principal::Federated(_) | Principal::Canonical(_) => false,
            }),
            list.iter().any(|p| p.is_account() && p.account() == Some(home.account)),
        ),
        Principals::AllBut(list) => {
            let named = |principal: &Principal| match principal {
                Principal::Anyone => true,
                Principal::Aws(name) => {
                    principal.is_account() && principal.account() == Some(home.account)
                        || entity.is_some_and(|entity| is(name, entity))
                }
                Principal::Service(_) | Principal::Federated(_) | Principal::Canonical(_) => false,
            };
            (!list.iter().any(named), false)
        }
    }
}

/// Whether a Deny of all but these spares a user or a role.
fn spared(list: &[Principal], home: &Home<'_>, entity: Option<&Entity<'_>>) -> Answer {
    if list.contains(&Principal::Anyone) {
        return Answer::Yes;
    }
    let Some(entity) = entity else { return Answer::needs("whom a Deny exempts") };
    let named =
        |principal: &Principal| matches!(principal, Principal::Aws(name) if is(name, entity));
    if !list.iter().any(named) {
        return Answer::No;
    }
    let account = list.iter().any(|p| p.is_account() && p.account() == Some(home.account));
    if account && entity.is_user() {
        Answer::Yes
    } else {
        // Of a role, a session has to be named besides; its name is whatever its holder likes.
        Answer::needs("whom a Deny exempts")
    }
}

/// Whether a name in a policy is that of a user or a role, or of a session of the role.
fn is(name: &str, entity: &Entity<'_>) -> bool {
    if name == entity.arn {
        return true;
    }
    let mut parts = name.splitn(6, ':');
    let (Some("arn"), Some(partition), Some("sts"), Some(""), Some(account), Some(rest)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let role = rest.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
    !entity.is_user()
        && role == Some(entity.name())
        && entity.arn.starts_with(&format!("arn:{partition}:iam::{account}:role/"))
}

/// What the conditions of a trust policy mean for a principal that requests a session.
fn asks_for_session(conditions: &[Condition], context: &Context) -> Reach {
    each(conditions, |condition| {
        let key = condition.key.as_str();
        if OF_SESSION.contains(&key) || key.starts_with("aws:requesttag/") {
            Reach::CHOICE
        } else {
            super::weigh_condition(condition, context)
        }
    })
}

/// What the conditions of a trust policy mean for a service that acts for the account.
fn acts(conditions: &[Condition], context: &Context) -> Reach {
    each(conditions, |condition| match condition.key.as_str() {
        "aws:sourcearn" | "sts:externalid" => Reach::CHOICE,
        _ => {
            let holds = condition.holds(context);
            Reach { may: holds.clone(), must: holds }
        }
    })
}

fn each(conditions: &[Condition], one: impl Fn(&Condition) -> Reach) -> Reach {
    let (mut may, mut must) = (Answer::Yes, Answer::Yes);
    for condition in conditions {
        let Reach { may: can, must: has } = one(condition);
        may = may.and(can);
        must = must.and(has);
    }
    Reach { may, must }
}
