//! The principals that the policy of a resource admits.

use posture_model::dated::Dated;

use super::answer::{Answer, Found};
use super::automaton;
use super::condition::{Condition, Template};
use super::document::{Document, Principal, Principals, Statement};
use super::glob::Glob;
use super::kinds::{self, Kind};
use super::outsider::{Who, fixes, is_own, is_place, reach, turned};
use super::patterns::Patterns;
use super::s3_actions::{self, Access};
use super::{Home, Membership, OWN_ORGANIZATION};

/// How many kinds of actions are distinguished before an answer is left open.
const MOST_ACTIONS: usize = 2_000;

/// How a list of accounts names what is open to everyone.
const EVERYONE: &str = "everyone";

/// How a list of services names what is open to all of them.
const EVERY_SERVICE: &str = "every service";

/// The actions in question.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// Any at all.
    Any,
    /// These, in lower case.
    These(Vec<String>),
    /// Those of S3 that read, or those that write; one that is not known may be either.
    S3(Access),
}

impl Asked {
    /// These actions, or any at all where there are none.
    pub(super) fn these(actions: &[&str]) -> Self {
        if actions.is_empty() {
            return Self::Any;
        }
        Self::These(actions.iter().map(|action| action.to_ascii_lowercase()).collect())
    }
}

impl Found {
    /// For a question about other accounts: whom the undecided grants admit, if they admit anyone. Empty if one may be a grant
    /// to everyone, as its conditions may leave any principal.
    pub fn undecided_parties(&self) -> Vec<String> {
        if self.undecided.iter().any(|maybe| maybe.what == EVERYONE) {
            return Vec::new();
        }
        self.undecided.iter().map(|maybe| maybe.what.clone()).collect()
    }
}

impl Document {
    /// The statements that let anyone use any of `actions`, or any action at all where that is empty.
    ///
    /// An Allow for everyone is not public only if a condition fixes who or where the caller is, as
    /// [S3 defines it](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status);
    /// an Allow with `NotPrincipal` is for everyone. What a Deny withholds from every stranger (without a condition, or under
    /// one that no stranger escapes, such as not being of the organization) is subtracted.
    ///
    /// Two readings are narrower than the definition of S3, which calls a policy public only if it admits strangers:
    /// a wildcard within an ARN that fixes the account is not a stranger's, and `aws:PrincipalAccount` and similar keys count as
    /// principals.
    pub fn public(&self, home: &Home<'_>, actions: &[&str]) -> Found {
        self.open_to_all(home, &Asked::these(actions), true)
    }

    /// The statements that let anyone read, or write, what S3 keeps, as in [`Self::public`].
    pub fn public_storage(&self, home: &Home<'_>, access: Access) -> Found {
        self.open_to_all(home, &Asked::S3(access), true)
    }

    /// As [`Self::public`]; `federated` decides whether identity providers open to everyone count as everyone.
    pub(super) fn open_to_all(&self, home: &Home<'_>, asked: &Asked, federated: bool) -> Found {
        let mut found = Found::default();
        for statement in self.allows() {
            let everyone = statement.principals.has_strangers(federated);
            found.add(
                &statement.label,
                everyone.and(self.lets(statement, Who::Stranger, asked, home)),
            );
        }
        found
    }

    /// The IDs of the accounts outside `home` that the policy admits: those that an Allow names, as principals or by
    /// `aws:PrincipalAccount`, `aws:SourceAccount` and similar keys, and those that a Deny for everyone else exempts, less
    /// those that another Deny keeps out.
    ///
    /// Another organization than the own one is listed as ``organization `o-…` ``, and what is open to everyone as
    /// `everyone`. A canonical user may belong to the account itself, so that it stays undecided. The unique ID of a deleted
    /// principal (`AROA…`) admits no one, and an origin access identity of CloudFront belongs to a distribution, not to
    /// an account.
    pub fn external_accounts(&self, home: &Home<'_>) -> Found {
        self.accounts(home, &Asked::Any, false)
    }

    /// The accounts that statements about the actions admit; those that prove nothing more than their number if
    /// `unproven`.
    pub(super) fn accounts(&self, home: &Home<'_>, asked: &Asked, unproven: bool) -> Found {
        let mut found = Found::default();
        let spared: Vec<Outside> = self.denies().flat_map(|deny| deny.spares(home)).collect();
        for statement in self.allows() {
            let strangers = statement.principals.has_strangers(false);
            let open = strangers.clone().and(self.lets(statement, Who::Stranger, asked, home));
            let all = open.is_yes();
            found.add(EVERYONE, open);
            let named = statement.names(home);
            // Everyone includes principals that a Deny exempts, and services act for anyone who uses them.
            let broad = !strangers.is_no() && !all;
            let services = statement.principals.has_services();
            let besides = spared.iter().filter(|one| {
                (if one.is_service() { services } else { broad }) && !named.contains(one)
            });
            let each = named.iter().map(|one| (one, true)).chain(besides.map(|one| (one, false)));
            for (outside, named) in each {
                let (may, left) = self.lets_in(statement, outside, asked, unproven, home);
                // Named is named, unless the conditions rule it out; what has to be proven counts as it is.
                let may = if named && !unproven { Answer::from(!may.is_no()) } else { may };
                found.add(outside.label(), may.and(left));
            }
        }
        found
    }

    /// Whether what a statement or a Deny names may meet the conditions of the statement, and whether the statement then
    /// admits it.
    fn lets_in(
        &self,
        statement: &Statement,
        outside: &Outside,
        asked: &Asked,
        unproven: bool,
        home: &Home<'_>,
    ) -> (Answer, Answer) {
        let neither = (Answer::No, Answer::No);
        let who = match outside {
            // To be of an organization is more than a number.
            Outside::Organization(_) | Outside::SourceOrganization(_) if unproven => {
                return neither;
            }
            Outside::Place(_) | Outside::Canonical(_) | Outside::Unique(_) => {
                if unproven && proves(statement) {
                    return neither;
                }
                let who = if outside.is_service() { Who::Service(None) } else { Who::Stranger };
                // Where every stranger is kept out, it may still be of an account that is spared.
                let spares = self.denies().any(|deny| !deny.spares(home).is_empty());
                let left = self.left_of(statement, asked, who, home).or(if spares {
                    Answer::needs("whether a Deny exempts it")
                } else {
                    Answer::No
                });
                return (Answer::Yes, left.and(Answer::needs("whose account it is")));
            }
            Outside::Account(id) if unproven => Who::Unproven(id),
            Outside::Account(id) => Who::Account(id),
            Outside::Organization(id) => Who::Organization(id),
            Outside::Source(id) => Who::ServiceOf(id),
            Outside::SourceOrganization(id) => Who::ServiceOfOrganization(id),
        };
        if !statement.principals.names(outside) {
            return neither;
        }
        let certain = match outside {
            Outside::Organization(_) | Outside::SourceOrganization(_)
                if home.organization == Membership::Unknown =>
            {
                Answer::needs(OWN_ORGANIZATION)
            }
            _ => Answer::Yes,
        };
        let may = reach(&statement.conditions, who, home).may;
        (may, certain.and(self.left_of(statement, asked, who, home)))
    }

    /// The services that an Allow admits without a condition that fixes for which account, resource or organization
    /// they may act: the
    /// [confused deputy](https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html) problem.
    ///
    /// What is open to everyone is open to `every service`.
    pub fn services_without_source(&self, home: &Home<'_>) -> Found {
        self.services(home, &Asked::Any)
    }

    pub(super) fn services(&self, home: &Home<'_>, asked: &Asked) -> Found {
        let mut found = Found::default();
        let spared: Vec<String> = self.denies().flat_map(Statement::spared_services).collect();
        for statement in self.allows() {
            let strangers = statement.principals.has_strangers(false);
            let mut names = statement.services();
            if !strangers.is_no() {
                let every = self.lets(statement, Who::Service(None), asked, home);
                // Where a condition names services, these are all.
                let all = if names.is_empty() { strangers.clone().and(every) } else { Answer::No };
                if !all.is_yes() {
                    let let_in = |name: &&String| statement.principals.names_service(name);
                    names.extend(spared.iter().filter(let_in).cloned());
                }
                found.add(EVERY_SERVICE, all);
            }
            for name in names {
                let who = Who::Service((name != EVERY_SERVICE).then_some(name.as_str()));
                found.add(&name, self.lets(statement, who, asked, home));
            }
        }
        found
    }

    /// Whether a statement admits a caller by its conditions, net of what every Deny withholds from such a caller.
    pub(super) fn lets(
        &self,
        allow: &Statement,
        who: Who<'_>,
        asked: &Asked,
        home: &Home<'_>,
    ) -> Answer {
        let may = reach(&allow.conditions, who, home).may;
        if may.is_no() {
            return may;
        }
        may.and(self.left_of(allow, asked, who, home))
    }

    /// Whether an Allow grants any of the actions on anything, net of what every Deny withholds from such a caller.
    fn left_of(&self, allow: &Statement, asked: &Asked, who: Who<'_>, home: &Home<'_>) -> Answer {
        let denies: Vec<(&Statement, Answer)> = self
            .denies()
            .map(|deny| {
                let applies = deny.principals.covers(who);
                let must = if applies.is_no() {
                    Answer::No
                } else {
                    applies.and(reach(&deny.conditions, who, home).must)
                };
                (deny, must)
            })
            .filter(|(_, must)| !must.is_no())
            .collect();
        let actions: Vec<String> = match asked {
            Asked::Any if denies.is_empty() => {
                return grants_something(allow);
            }
            // An action that no Deny is about is soon found, where there is one.
            Asked::Any if left_alone(allow, &denies) => return Answer::Yes,
            Asked::Any => match kinds_of_actions(allow, &denies) {
                Some(actions) => actions,
                None => return Answer::needs("a policy too complex to decide"),
            },
            Asked::These(actions) => {
                actions.iter().filter(|action| allow.actions.matches(action)).cloned().collect()
            }
            Asked::S3(access) => s3_actions::granted(&allow.actions, *access),
        };
        // Actions about the same kind of resource that no Deny distinguishes need to be looked at once.
        let mut kinds: Vec<((Kind, Vec<bool>), &String)> = Vec::new();
        for action in &actions {
            let kind = (Kind::of(action), matching_denies(&denies, action));
            if !kinds.iter().any(|(known, _)| *known == kind) {
                kinds.push((kind, action));
            }
        }
        Answer::any(kinds.into_iter().map(|(_, action)| left_on(allow, action, &denies)))
    }
}

/// Keys that hold the account of a caller, or that of the network or the access point through which it calls.
static OF_ACCOUNT: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ],
    "2026-11-29",
    &["aws:principalaccount", "aws:vpceaccount", "kms:calleraccount", "s3:dataaccesspointaccount"],
);

/// Keys that hold the organization of a caller, or that of the network through which it calls.
static OF_ORGANIZATION: Dated<&str> = Dated::new(
    &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"],
    "2026-11-30",
    &["aws:principalorgid", "aws:principalorgpaths", "aws:vpceorgid", "aws:vpceorgpaths"],
);

/// Keys that show for which account or organization a service acts; the owner is an old name for the account.
static OF_SOURCE: Dated<&str> = Dated::new(
    &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"],
    "2026-11-29",
    &["aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"],
);

/// Whether the conditions of an Allow require more than the number of an account.
fn proves(allow: &Statement) -> bool {
    allow.conditions.iter().any(|condition| {
        let key = condition.key.as_str();
        let proof = is_place(key)
            || matches!(key, "sts:externalid" | "aws:principalorgid" | "aws:principalorgpaths");
        proof && fixes(condition, &allow.conditions).is_yes()
    })
}

/// Whether anything is left of an Allow for one action.
fn left_on(allow: &Statement, action: &str, denies: &[(&Statement, Answer)]) -> Answer {
    let on: Vec<_> = denies.iter().filter(|(deny, _)| deny.actions.matches(action)).collect();
    let all: Vec<&Patterns> = on.iter().map(|(deny, _)| &deny.resources).collect();
    let certain: Vec<&Patterns> =
        on.iter().filter(|(_, must)| must.is_yes()).map(|(deny, _)| &deny.resources).collect();
    let kind = Kind::of(action);
    let left = kind.some(&allow.resources, &all);
    if left == Some(true) {
        return Answer::Yes;
    }
    let left =
        if certain.len() == all.len() { left } else { kind.some(&allow.resources, &certain) };
    match left {
        Some(false) => Answer::No,
        Some(true) => Answer::all(on.iter().map(|(_, must)| must.clone()))
            .or(Answer::needs("whether a Deny applies")),
        None => Answer::needs("a policy too complex to decide"),
    }
}

/// Whether an Allow grants an action, on anything, that no Deny is about. A no may be wrong.
fn left_alone(allow: &Statement, denies: &[(&Statement, Answer)]) -> bool {
    let Patterns::These(globs) = &allow.actions else { return false };
    let alone = |action: &String| {
        action.contains(':') && !denies.iter().any(|(deny, _)| deny.actions.matches(action))
    };
    globs
        .iter()
        .flat_map(kinds::examples)
        .any(|action| alone(&action) && Kind::of(&action).some(&allow.resources, &[]) == Some(true))
}

/// Whether an Allow grants any action on a resource that it can be about.
fn grants_something(allow: &Statement) -> Answer {
    let kinds: Vec<Kind> = match &allow.actions {
        Patterns::These(globs) => {
            globs.iter().flat_map(kinds::examples).map(|action| Kind::of(&action)).collect()
        }
        Patterns::AllBut(globs) if globs.iter().any(Glob::is_everything) => Vec::new(),
        Patterns::AllBut(_) => vec![Kind::Any],
    };
    let mut looked_at: Vec<Kind> = Vec::new();
    let mut some = Answer::No;
    for kind in kinds {
        if looked_at.contains(&kind) {
            continue;
        }
        looked_at.push(kind);
        some = some.or(match kind.some(&allow.resources, &[]) {
            Some(some) => Answer::from(some),
            None => Answer::needs("a policy too complex to decide"),
        });
    }
    some
}

/// Which of the Denies are about an action.
fn matching_denies(denies: &[(&Statement, Answer)], action: &str) -> Vec<bool> {
    denies.iter().map(|(deny, _)| deny.actions.matches(action)).collect()
}

/// One action of each kind that the statements distinguish, among those that `allow` grants.
fn kinds_of_actions(allow: &Statement, denies: &[(&Statement, Answer)]) -> Option<Vec<String>> {
    let mut globs: Vec<Glob> = allow.actions.globs().to_vec();
    for (deny, _) in denies {
        globs.extend_from_slice(deny.actions.globs());
    }
    // Otherwise nothing would represent the actions that no other pattern distinguishes: of their kind the shortest text is
    // the empty one, which names no action.
    let named = Glob::action("?*:?*");
    globs.push(named.clone());
    globs.sort_by_key(ToString::to_string);
    globs.dedup();
    let classes = automaton::classes(&globs)?;
    let mut actions: Vec<String> = classes
        .into_iter()
        .map(|(_, action)| action)
        .filter(|action| allow.actions.matches(action) && named.matches(action))
        .collect();
    if actions.len() > MOST_ACTIONS {
        return None;
    }
    // The patterns do not show the resource type of an action. Known actions represent themselves, and the unknown ones of their
    // service.
    let known: Vec<String> =
        kinds::known().filter(|action| allow.actions.matches(action)).collect();
    let service = |action: &str| action.split(':').next().unwrap_or_default().to_owned();
    let is_represented = |action: &String| {
        let (of, apart) = (service(action), matching_denies(denies, action));
        known.iter().any(|one| service(one) == of && matching_denies(denies, one) == apart)
    };
    actions.retain(|action| !is_represented(action) || known.contains(action));
    actions.extend(known);
    Some(actions)
}

/// What a statement names that may be outside of the account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outside {
    Account(String),
    Organization(String),
    /// An account that a service acts for.
    Source(String),
    SourceOrganization(String),
    /// A resource that a service acts for, whose ARN does not contain its account.
    Place(String),
    Canonical(String),
    /// The unique id of a role or a user.
    Unique(String),
}

impl Outside {
    fn label(&self) -> String {
        match self {
            Self::Account(id) | Self::Source(id) => id.clone(),
            Self::Organization(id) | Self::SourceOrganization(id) => format!("organization `{id}`"),
            Self::Place(arn) => format!("`{arn}`"),
            Self::Canonical(id) => format!("canonical user `{id}`"),
            Self::Unique(id) => format!("principal `{id}`"),
        }
    }

    /// Whether it is admitted by way of a service.
    fn is_service(&self) -> bool {
        matches!(self, Self::Source(_) | Self::SourceOrganization(_) | Self::Place(_))
    }

    /// What a value of a condition key names, unless it is at home.
    fn of_value(key: &str, value: &Template, home: &Home<'_>) -> Option<Self> {
        if value.variable().is_some_and(|variable| is_own(key, variable)) {
            return None;
        }
        let text = value.outline().to_string();
        let foreign = |id: &str| id != home.account;
        let of_arn = || account_of(&text).map(str::to_owned);
        match key {
            key if OF_ACCOUNT.contains(&key) => foreign(&text).then_some(Self::Account(text)),
            "aws:sourceaccount" | "aws:sourceowner" => foreign(&text).then_some(Self::Source(text)),
            "aws:principalarn" | "aws:sourcevpcarn" | "s3:dataaccesspointarn" => {
                of_arn().filter(|id| foreign(id)).map(Self::Account)
            }
            "aws:sourcearn" => match of_arn() {
                Some(id) => foreign(&id).then_some(Self::Source(id)),
                None => Some(Self::Place(text)),
            },
            key if OF_ORGANIZATION.contains(&key) => {
                organization_of(&text, home).map(Self::Organization)
            }
            "aws:sourceorgid" | "aws:sourceorgpaths" => {
                organization_of(&text, home).map(Self::SourceOrganization)
            }
            "aws:userid" => {
                let id = text.split(':').next().unwrap_or_default().to_owned();
                if is_account(&id) {
                    return foreign(&id).then_some(Self::Account(id));
                }
                // A canonical name of a user or a role, which may be one of the account's own.
                ["AROA", "AIDA"].iter().any(|kind| id.starts_with(kind)).then_some(Self::Unique(id))
            }
            _ if key.starts_with("kms:encryptioncontext:") => {
                of_arn().filter(|id| foreign(id)).map(Self::Source)
            }
            _ => None,
        }
    }

    /// What a principal names, unless it is at home or no principal of an account.
    fn of_principal(principal: &Principal, home: &Home<'_>) -> Option<Self> {
        match principal {
            Principal::Canonical(id) => Some(Self::Canonical(id.clone())),
            Principal::Aws(_) | Principal::Federated(_) => {
                let id = principal.owner().filter(|id| *id != home.account)?;
                Some(Self::Account(id.to_owned()))
            }
            Principal::Anyone | Principal::Service(_) => None,
        }
    }
}

fn is_account(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit())
}

/// The account in an ARN, where it names one.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|id| is_account(id))
}

/// The organization at the head of a path, unless it is known to be the own one.
fn organization_of(path: &str, home: &Home<'_>) -> Option<String> {
    let id = path.split('/').next().unwrap_or_default();
    match home.organization {
        Membership::Of(own) if own == id => None,
        Membership::Of(_) | Membership::None | Membership::Unknown => Some(id.to_owned()),
    }
}

impl Statement {
    /// The conditions, each as it applies to the caller.
    fn of_callers(&self) -> impl Iterator<Item = Condition> + '_ {
        self.conditions.iter().map(|one| turned(one).unwrap_or_else(|| one.clone()))
    }

    /// What an Allow names outside of `home`, as principals or by conditions.
    fn names(&self, home: &Home<'_>) -> Vec<Outside> {
        let mut named = Vec::new();
        let (mut everyone, mut services) = (false, false);
        match &self.principals {
            Principals::These(list) => {
                for principal in list {
                    named.extend(Outside::of_principal(principal, home));
                    everyone |= *principal == Principal::Anyone;
                    services |= matches!(principal, Principal::Service(_));
                }
            }
            Principals::AllBut(list) => everyone = !list.contains(&Principal::Anyone),
            Principals::Unnamed => everyone = true,
        }
        if !everyone && !services {
            return named;
        }
        let conditions: Vec<Condition> = self.of_callers().collect();
        let fixed = |condition: &&Condition| fixes(condition, &conditions).is_yes();
        let account = conditions
            .iter()
            .filter(fixed)
            .any(|condition| OF_SOURCE.contains(&condition.key.as_str()));
        for condition in conditions.iter().filter(fixed) {
            for value in &condition.values {
                match Outside::of_value(&condition.key, value, home) {
                    // Its account is listed separately.
                    Some(Outside::Place(_)) if account => {}
                    Some(outside) if everyone || outside.is_service() => named.push(outside),
                    _ => {}
                }
            }
        }
        named
    }

    /// The principals that a Deny exempts by naming them, outside of `home`.
    fn spares(&self, home: &Home<'_>) -> Vec<Outside> {
        let mut spared = Vec::new();
        if let Principals::AllBut(list) = &self.principals {
            spared.extend(list.iter().filter_map(|one| Outside::of_principal(one, home)));
        }
        for condition in self.of_callers().filter(|condition| condition.negated) {
            for value in &condition.values {
                spared.extend(Outside::of_value(&condition.key, value, home));
            }
        }
        spared
    }

    /// The services that a Deny spares by naming them.
    fn spared_services(&self) -> Vec<String> {
        let mut spared = Vec::new();
        if let Principals::AllBut(list) = &self.principals {
            spared.extend(list.iter().filter_map(|one| match one {
                Principal::Service(name) => Some(name.clone()),
                _ => None,
            }));
        }
        for condition in self.conditions.iter().filter(|condition| condition.negated) {
            if condition.key.starts_with("aws:principalservicename") {
                let names = condition.values.iter().filter_map(Template::fixed);
                spared.extend(names.map(|name| name.to_ascii_lowercase()));
            }
        }
        spared
    }

    /// The services that an Allow admits: those it names, and with everyone those that its conditions name.
    fn services(&self) -> Vec<String> {
        let mut names = Vec::new();
        let everyone = match &self.principals {
            Principals::These(principals) => {
                names.extend(principals.iter().filter_map(|principal| match principal {
                    Principal::Service(name) => Some(name.clone()),
                    _ => None,
                }));
                principals.contains(&Principal::Anyone)
            }
            Principals::AllBut(list) => !list.contains(&Principal::Anyone),
            Principals::Unnamed => false,
        };
        if !everyone {
            return names;
        }
        for condition in self.conditions.iter().filter(|condition| !condition.negated) {
            if !condition.key.starts_with("aws:principalservicename") {
                continue;
            }
            for value in &condition.values {
                match value.fixed() {
                    Some(name) if !name.contains(['*', '?']) => {
                        names.push(name.to_ascii_lowercase());
                    }
                    _ => names.push(EVERY_SERVICE.to_owned()),
                }
            }
        }
        names
    }
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

    /// Whether an Allow is for services, or for everyone.
    fn has_services(&self) -> bool {
        match self {
            Self::Unnamed => true,
            Self::These(list) => {
                list.iter().any(|one| matches!(one, Principal::Anyone | Principal::Service(_)))
            }
            Self::AllBut(list) => !list.contains(&Principal::Anyone),
        }
    }

    /// Whether an Allow is for a service of this name.
    fn names_service(&self, name: &str) -> bool {
        let is = |one: &Principal| match one {
            Principal::Anyone => true,
            Principal::Service(named) => named.eq_ignore_ascii_case(name),
            _ => false,
        };
        match self {
            Self::Unnamed => true,
            Self::These(list) => list.iter().any(is),
            Self::AllBut(list) => !list.iter().any(is),
        }
    }

    /// Whether an Allow is for some principals outside.
    fn names(&self, outside: &Outside) -> bool {
        let id = match outside {
            Outside::Account(id) => id,
            _ => return true,
        };
        match self {
            Self::Unnamed => true,
            Self::These(list) => {
                list.iter().any(|one| *one == Principal::Anyone || one.owner() == Some(id.as_str()))
            }
            // Who leaves out a role of an account lets the rest of it in.
            Self::AllBut(list) => !list.iter().any(|one| {
                *one == Principal::Anyone
                    || (one.is_account() && one.account() == Some(id.as_str()))
            }),
        }
    }

    /// Whether a Deny is about every such caller.
    fn covers(&self, who: Who<'_>) -> Answer {
        let of = |id: &str, one: &Principal| *one == Principal::Anyone || one.owner() == Some(id);
        match self {
            Self::Unnamed => Answer::needs("a statement without a principal"),
            Self::These(list) => Answer::from(list.iter().any(|principal| match principal {
                Principal::Anyone => true,
                Principal::Aws(_) => match who {
                    Who::Account(id) | Who::Unproven(id) => {
                        principal.is_account() && principal.account() == Some(id)
                    }
                    _ => false,
                },
                Principal::Service(name) => {
                    matches!(who, Who::Service(Some(who)) if name.eq_ignore_ascii_case(who))
                }
                Principal::Federated(provider) => {
                    who == Who::Guest && provider.starts_with(COGNITO)
                }
                Principal::Canonical(_) => false,
            })),
            Self::AllBut(list) => Answer::from(match who {
                Who::Stranger | Who::Organization(_) | Who::Service(None) => {
                    !list.contains(&Principal::Anyone)
                }
                Who::Guest => !list.iter().any(|one| match one {
                    Principal::Anyone => true,
                    Principal::Federated(provider) => provider.starts_with(COGNITO),
                    _ => false,
                }),
                Who::Account(id) | Who::Unproven(id) => !list.iter().any(|one| of(id, one)),
                Who::Service(Some(name)) => !list.iter().any(|one| match one {
                    Principal::Anyone => true,
                    Principal::Service(spared) => spared.eq_ignore_ascii_case(name),
                    _ => false,
                }),
                Who::ServiceOf(_) | Who::ServiceOfOrganization(_) => {
                    !list.iter().any(|p| matches!(p, Principal::Anyone | Principal::Service(_)))
                }
            }),
        }
    }
}

/// How the identity provider of Amazon Cognito begins, in every partition.
pub(super) const COGNITO: &str = "cognito-identity";

#[cfg(test)]
mod tests;
