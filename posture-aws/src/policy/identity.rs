//! What a user, a group or a role may do by its policies.

use posture_model::dated::Dated;

use super::{Home, Membership};
mod duties;
mod power;
mod reach;

use super::answer::{Answer, Found};
use super::automaton;
use super::condition::{Condition, Context, Value};
use super::document::{Document, Effect, Statement};
use super::escalation::{Extent, Gain, WAYS, Way};
use super::glob::Glob;
use super::outsider::{Reach, reach_of_holder};
use super::patterns::Patterns;
use super::request::{Decision, Layer, Layers, Request, authorize};
use power::Abilities;
pub use reach::{Admits, Edges, Entity, Leads, Names};

/// All policies in force for a user, a group or a role.
///
/// Questions are about what the holder can do if it comes as it should: a grant or a Deny that depends on MFA, TLS, the
/// network or the time of sign-in counts as one that the holder has met. Any other condition leaves the answer open.
#[derive(Clone, Debug)]
pub struct Identity<'a> {
    home: Home<'a>,
    policies: Vec<(&'a str, &'a Document)>,
    boundary: Option<&'a Document>,
    entity: Option<Entity<'a>>,
}

/// A statement with what its conditions come to.
struct Weighed<'s> {
    statement: &'s Statement,
    reach: Reach,
}

impl<'a> Identity<'a> {
    /// An identity with all of its policies, each under the name by which findings mention it (such as
    /// ``policy `Ops` ``; empty for a policy judged alone), and its permissions boundary.
    pub fn new(
        home: Home<'a>,
        policies: Vec<(&'a str, &'a Document)>,
        boundary: Option<&'a Document>,
    ) -> Self {
        Self { home, policies, boundary, entity: None }
    }

    /// The same for the user or the role that holds the policies.
    #[must_use]
    pub fn held_by(self, entity: Entity<'a>) -> Self {
        Self { entity: Some(entity), ..self }
    }

    /// The statements that together give it every action on every resource: those that do so alone, or if none does
    /// alone, those that only do so together.
    ///
    /// The question is about the set that is granted, not about how it is spelt: `*`, `*:*`, `arn:aws:*:*:*:*`, a
    /// `NotAction` that leaves something out, and the sum of several statements. What a Deny, a `NotAction` or a
    /// `NotResource` withholds does not matter as long as it can still write permissions (attach or
    /// embed a policy, or change one), since it can then grant itself the rest. Without that, it is not an administrator: all
    /// permissions except those of IAM are a power user's.
    ///
    /// A permissions boundary limits all of this, unless its holder can remove or replace it. An administrator who needs
    /// MFA is one, and so is one who is limited to a region.
    pub fn full_admin(&self) -> Found {
        self.with_or_without_boundary(Self::administers, despite_boundary)
    }

    fn administers(&self) -> Found {
        let mut found = Found::default();
        let context = self.context(None);
        let allows: Vec<(String, Weighed<'_>)> = self
            .labeled(Effect::Allow)
            .map(|(label, statement)| (label, weigh(statement, &context)))
            .filter(|(_, weighed)| {
                !weighed.reach.may.is_no() && is_wide(&weighed.statement.actions)
            })
            .collect();
        if allows.is_empty() {
            return found;
        }
        let within = self.boundary.map_or(Answer::Yes, |boundary| {
            let weighed: Vec<_> = boundary.allows().map(|s| weigh(s, &context)).collect();
            let wide: Vec<&Weighed<'_>> = weighed
                .iter()
                .filter(|w| !w.reach.may.is_no() && is_wide(&w.statement.actions))
                .collect();
            self.every_resource(&wide)
        });
        if within.is_no() {
            return found;
        }
        let rest = within.and(self.rewrites_rights());
        if rest.is_no() {
            return found;
        }
        let mut alone = false;
        for (label, weighed) in &allows {
            let answer = self.every_resource(&[weighed]);
            alone |= answer.is_yes();
            found.add(label, answer.and(rest.clone()));
        }
        if !alone {
            let all: Vec<&Weighed<'_>> = allows.iter().map(|(_, weighed)| weighed).collect();
            let answer = self.every_resource(&all).and(rest);
            for (label, _) in &allows {
                found.add(label, answer.clone());
            }
        }
        found
    }

    /// The escalation paths that its policies open, each named after its actions, such as
    /// `iam:PassRole + ec2:RunInstances`. A full administrator has all permissions already, and no way to more.
    ///
    /// `iam:PassRole` alone is none. With it, it counts that any role can be passed; if only some can, it depends on
    /// what those are allowed, which the policies do not show: see [`Self::edges`]. Managing one's credentials
    /// (`${aws:username}`) is self-service, but writing one's permissions is not.
    pub fn escalation_paths(&self) -> Found {
        self.paths(true)
    }

    /// The escalation paths that do not depend on what a resource is allowed that the policies name. Together with
    /// [`Self::edges`] these are all.
    pub fn unconditional_paths(&self) -> Found {
        self.paths(false)
    }

    fn paths(&self, limited: bool) -> Found {
        let mut found = Found::default();
        if !self.full_admin().certain.is_empty() {
            return found;
        }
        for (how, removes) in self.ways_out_of_boundary() {
            found.add(how, removes);
        }
        let paths = self
            .with_or_without_boundary(|identity| identity.paths_within(limited), |path, _| path);
        for path in paths.certain {
            found.add(path, Answer::Yes);
        }
        for maybe in paths.undecided {
            found.add(maybe.what, Answer::needs(maybe.why));
        }
        found
    }

    fn paths_within(&self, limited: bool) -> Found {
        let mut certain: Vec<&Way> = Vec::new();
        let mut open: Vec<(&Way, Answer)> = Vec::new();
        let mut rights = Abilities::new(self);
        for way in &WAYS {
            let (mut enough, mut some) = (Answer::Yes, Answer::Yes);
            for need in way.needs {
                let able = rights.able(need, way.passed_to());
                enough = enough.and(able.enough);
                some = some.and(able.some);
                if some.is_no() {
                    enough = Answer::No;
                    break;
                }
            }
            match enough {
                Answer::Yes => certain.push(way),
                Answer::Unknown(_) => open.push((way, enough)),
                Answer::No if limited || way.gain == Gain::Elsewhere => {
                    let meant = way.needs.iter().any(|need| need.extent == Extent::EveryOrNone);
                    if !some.is_no() && !meant {
                        let first = way.needs.first().map_or("", |need| need.action);
                        let reaches = Answer::needs(format!("what `{first}` reaches"));
                        open.push((way, some.and(reaches)));
                    }
                }
                Answer::No => {}
            }
        }
        let mut found = Found::default();
        // A path that holds a shorter one says nothing more.
        let shorter = |way: &Way| certain.iter().any(|other| way.exceeds(other));
        for way in certain.iter().filter(|way| !shorter(way)) {
            found.add(way.name(), Answer::Yes);
        }
        for (way, answer) in open.into_iter().filter(|(way, _)| !shorter(way)) {
            found.add(way.name(), answer);
        }
        found
    }

    /// The statements that let it decrypt (`kms:Decrypt`, `kms:ReEncryptFrom`) with every key, of the account or of a
    /// region of it.
    pub fn decrypts_any_key(&self) -> Found {
        self.with_or_without_boundary(Self::decrypts_within, despite_boundary)
    }

    fn decrypts_within(&self) -> Found {
        let mut found = Found::default();
        let context = self.context(None);
        for (label, statement) in self.labeled(Effect::Allow) {
            let reach = weigh(statement, &context).reach;
            for action in ["kms:decrypt", "kms:reencryptfrom"] {
                if !statement.actions.matches(action) || reach.may.is_no() {
                    continue;
                }
                let every = Answer::any(self.keys_of(&statement.resources).iter().map(|keys| {
                    let granted = decided(statement.resources.contains(keys));
                    if granted.is_no() {
                        return granted;
                    }
                    let denied = self.every_denied(action, keys, &context);
                    let bounded = self.bounded(action, keys, &context);
                    granted.and(denied.negate()).and(bounded)
                }));
                found.add(&label, reach.may.clone().and(every));
            }
        }
        found
    }

    /// The services for which it is allowed every action, on any resource; `every service` for all of them. If the
    /// policies have names, each service comes with the statement that allows it.
    ///
    /// Conditions do not matter, as they do not make the actions fewer; nor does a Deny, unless it removes them all.
    pub fn wildcard_services(&self) -> Found {
        let mut found = Found::default();
        let context = self.context(None);
        let named = self.policies.iter().any(|(policy, _)| !policy.is_empty());
        for (label, statement) in self.labeled(Effect::Allow) {
            if nothing(&statement.resources) {
                continue;
            }
            let mut add = |name: String, actions: &Glob| {
                let name = if named { format!("{name} ({label})") } else { name };
                let denied = Answer::any(self.labeled(Effect::Deny).map(|(_, deny)| {
                    let all = deny.resources.contains(&Glob::everything());
                    decided(deny.actions.contains(actions))
                        .and(decided(all))
                        .and(weigh(deny, &context).reach.must)
                }));
                found.add(name, denied.negate());
            };
            match &statement.actions {
                Patterns::These(globs) => {
                    for glob in globs {
                        if covers_every_action(glob) {
                            add("every service".to_owned(), glob);
                        } else if let Some((service, "*")) = glob.to_string().split_once(':') {
                            add(service.to_owned(), glob);
                        }
                    }
                }
                Patterns::AllBut(globs) => {
                    if globs.iter().any(covers_every_action) {
                        continue;
                    }
                    let but: Vec<String> = globs.iter().map(|glob| format!("`{glob}`")).collect();
                    add(format!("every service but {}", but.join(", ")), &Glob::action("*"));
                }
            }
        }
        found
    }

    /// Whether its policies and its boundary allow a request, with no other layer in the way.
    pub fn allows(&self, request: &Request<'_>) -> Answer {
        let layers = Layers {
            identity: Layer::Policies(
                self.policies.iter().map(|(_, document)| *document).collect(),
            ),
            boundary: self.boundary.map_or(Layer::Absent, |b| Layer::Policies(vec![b])),
            ..Layers::default()
        };
        match authorize(request, &layers) {
            Decision::Allowed => Answer::Yes,
            Decision::Forbidden | Decision::NotAllowed => Answer::No,
            Decision::Unknown(needs) => Answer::Unknown(needs),
        }
    }

    fn labeled(&self, effect: Effect) -> impl Iterator<Item = (String, &'a Statement)> {
        self.policies
            .iter()
            .flat_map(|(policy, document)| document.statements.iter().map(move |s| (*policy, s)))
            .filter(move |(_, statement)| statement.effect == effect)
            .map(|(policy, statement)| {
                let label = match policy {
                    "" => statement.label.clone(),
                    policy => format!("{policy}, {}", statement.label),
                };
                (label, statement)
            })
    }

    /// What is known of every request that it makes at home.
    fn context(&self, passed_to: Option<&str>) -> Context {
        let mut context = Context::open()
            .is("aws:PrincipalAccount", self.home.account)
            .is("aws:ResourceAccount", self.home.account)
            .is("aws:PrincipalIsAWSService", "false")
            .with("aws:SourceAccount", Value::Missing)
            .with("aws:SourceArn", Value::Missing);
        if let Membership::Of(organization) = self.home.organization {
            context = context
                .is("aws:PrincipalOrgID", organization)
                .is("aws:ResourceOrgID", organization);
        }
        if let Some(entity) = &self.entity {
            context = entity.describe(context);
        }
        match passed_to {
            Some(service) => context.is("iam:PassedToService", service),
            None => context,
        }
    }

    /// Whether it can still write permissions, by which it can undo what is withheld from it.
    fn rewrites_rights(&self) -> Answer {
        Answer::any(
            WAYS.iter()
                .filter(|way| way.gain == Gain::Rights)
                .flat_map(|way| way.needs)
                .map(|need| self.able(need, &[]).enough),
        )
    }

    /// Whether statements, all of which are wide, cover every resource of the account.
    fn every_resource(&self, wide: &[&Weighed<'_>]) -> Answer {
        let covered = |wide: &[&Weighed<'_>]| {
            let mut globs = Vec::new();
            for weighed in wide {
                match &weighed.statement.resources {
                    Patterns::These(these) => globs.extend_from_slice(these),
                    Patterns::AllBut(but) if self.leaves_nothing(but) => {}
                    Patterns::AllBut(_) => globs.push(Glob::everything()),
                }
            }
            let set = Patterns::These(globs);
            Answer::all(self.every_arn().iter().map(|arns| decided(set.contains(arns))))
        };
        let sure: Vec<&Weighed<'_>> =
            wide.iter().copied().filter(|weighed| weighed.reach.may.is_yes()).collect();
        let certain = covered(&sure);
        if certain.is_yes() || sure.len() == wide.len() {
            return certain;
        }
        let open = Answer::all(wide.iter().map(|weighed| weighed.reach.may.clone()));
        covered(wide).and(open)
    }

    fn leaves_nothing(&self, but: &[Glob]) -> bool {
        let all = |arns: &Glob| automaton::contains(but, arns) != Some(false);
        self.every_arn().iter().all(all)
    }

    /// The ARNs of everything in the account: those that name it, and those that name none.
    fn every_arn(&self) -> [Glob; 2] {
        let Home { partition, account, .. } = self.home;
        [
            Glob::new(&format!("arn:{partition}:*:*:{account}:*")),
            Glob::new(&format!("arn:{partition}:*:*::*")),
        ]
    }

    /// Whether the boundary allows an action on all of these resources.
    fn bounded(&self, action: &str, target: &Glob, context: &Context) -> Answer {
        let Some(boundary) = self.boundary else { return Answer::Yes };
        let allows: Vec<Weighed<'_>> = boundary
            .allows()
            .filter(|statement| statement.actions.matches(action))
            .map(|statement| weigh(statement, context))
            .filter(|weighed| !weighed.reach.may.is_no())
            .collect();
        covered(&allows, target)
    }

    /// Whether a Deny removes an action on all of these resources.
    fn every_denied(&self, action: &str, target: &Glob, context: &Context) -> Answer {
        Answer::any(self.denies_of(action, context).iter().map(|deny| {
            decided(deny.statement.resources.contains(target)).and(deny.reach.must.clone())
        }))
    }

    fn for_action(&self, action: &str, effect: Effect, context: &Context) -> Vec<Weighed<'a>> {
        self.policies
            .iter()
            .flat_map(|(_, document)| &document.statements)
            .filter(|statement| statement.effect == effect && statement.actions.matches(action))
            .map(|statement| weigh(statement, context))
            .filter(|weighed| !weighed.reach.may.is_no())
            .collect()
    }

    /// Every Deny of an action that may apply to the holder, whatever it does.
    fn denies_of(&self, action: &str, context: &Context) -> Vec<Weighed<'a>> {
        let mut denies = self.for_action(action, Effect::Deny, context);
        if let Some(boundary) = self.boundary {
            denies.extend(
                boundary
                    .denies()
                    .filter(|statement| statement.actions.matches(action))
                    .map(|statement| weigh(statement, context)),
            );
        }
        denies.retain(|weighed| !weighed.reach.must.is_no());
        denies
    }

    /// All keys of the account, or of the regions that a set of resources names.
    fn keys_of(&self, resources: &Patterns) -> Vec<Glob> {
        let Home { partition, account, .. } = self.home;
        let keys =
            |region: &str| Glob::new(&format!("arn:{partition}:kms:{region}:{account}:key/*"));
        let mut list = vec![keys("*")];
        for glob in resources.globs() {
            let text = glob.to_string();
            let parts: Vec<&str> = text.splitn(6, ':').collect();
            if let [_, _, _, region, _, _] = parts.as_slice()
                && !region.is_empty()
                && !region.contains(['*', '?'])
            {
                list.push(keys(region));
            }
        }
        list.dedup();
        list
    }
}

impl Weighed<'_> {
    fn resources(list: &[Self], which: impl Fn(&Self) -> bool) -> Vec<&Patterns> {
        list.iter()
            .filter(|weighed| which(weighed))
            .map(|weighed| &weighed.statement.resources)
            .collect()
    }
}

/// A permission that its holder has once it has removed its boundary.
fn despite_boundary(what: String, how: &str) -> String {
    format!("{what} (its holder can undo its permissions boundary: {how})")
}

fn weigh<'s>(statement: &'s Statement, context: &Context) -> Weighed<'s> {
    let (mut may, mut must) = (Answer::Yes, Answer::Yes);
    for condition in &statement.conditions {
        let one = weigh_condition(condition, context);
        may = may.and(one.may);
        must = must.and(one.must);
    }
    Weighed { statement, reach: Reach { may, must } }
}

fn weigh_condition(condition: &Condition, context: &Context) -> Reach {
    if CHOSEN.contains(&condition.key.as_str()) {
        Reach::CHOICE
    } else {
        reach_of_holder(std::slice::from_ref(condition), context)
    }
}

/// Keys that the holder of a policy controls by what it requests and how: where, for what, and through which service.
/// A principal that may do everything in one region, or by way of one service, is limited in how and not in what.
static CHOSEN: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
    ],
    "2026-11-29",
    &[
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:requestedregion",
        "aws:viaawsservice",
        "iam:associatedresourcearn",
    ],
);

/// Whether statements together allow all of these resources, except for what a `NotResource` names.
fn covered(allows: &[Weighed<'_>], target: &Glob) -> Answer {
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
    let sure: Vec<&Weighed<'_>> =
        allows.iter().filter(|weighed| weighed.reach.may.is_yes()).collect();
    let certain = granted(&sure);
    if certain.is_yes() || sure.len() == allows.len() {
        return certain;
    }
    let all: Vec<&Weighed<'_>> = allows.iter().collect();
    granted(&all).and(Answer::all(all.iter().map(|weighed| weighed.reach.may.clone())))
}

fn decided(known: Option<bool>) -> Answer {
    known.map_or(Answer::needs("policies too complex to decide"), Answer::from)
}

/// Whether a set of actions is open-ended: all, or all but some.
fn is_wide(actions: &Patterns) -> bool {
    match actions {
        Patterns::These(globs) => globs.iter().any(covers_every_action),
        Patterns::AllBut(globs) => !globs.iter().any(covers_every_action),
    }
}

/// Whether a pattern of actions is no more than wildcards: a service may not be spelled with any except `*`.
fn covers_every_action(glob: &Glob) -> bool {
    automaton::contains(std::slice::from_ref(glob), &Glob::action("?*:?*")) == Some(true)
}

fn nothing(set: &Patterns) -> bool {
    match set {
        Patterns::These(globs) => globs.is_empty(),
        Patterns::AllBut(globs) => globs.iter().any(Glob::is_everything),
    }
}

#[cfg(test)]
mod tests;
