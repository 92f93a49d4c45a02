//! One request, judged.

use std::collections::BTreeSet;

use super::answer::Answer;
use super::condition::{Context, Template, Value};
use super::document::{Document, Effect, Principal, Principals, Statement};
use super::patterns::Patterns;

/// The caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    /// Anonymous.
    Anonymous,
    /// The root user of an account.
    Root {
        /// The account's id.
        account: &'a str,
    },
    /// A user.
    User {
        /// Its ARN.
        arn: &'a str,
    },
    /// A session of a role.
    Session {
        /// The ARN of the role.
        role: &'a str,
        /// The ARN of the session, `arn:aws:sts::…:assumed-role/…/…`.
        session: &'a str,
    },
    /// A service of the provider.
    Service {
        /// Its name, such as `lambda.amazonaws.com`.
        name: &'a str,
    },
    /// Someone known to an identity provider.
    Federated {
        /// The provider's ARN or name.
        provider: &'a str,
    },
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The caller.
    pub caller: Caller<'a>,
    /// What for, such as `s3:GetObject`.
    pub action: &'a str,
    /// On what: an ARN, or `*` for an action that knows no resources.
    pub resource: &'a str,
    /// The account that the resource is in.
    pub resource_account: &'a str,
    /// The condition keys.
    pub context: Context,
}

/// Policies of one kind that apply.
#[derive(Clone, Debug, Default)]
pub enum Layer<'a> {
    /// There are none, and none are needed.
    #[default]
    Absent,
    /// There may be some, which could not be read.
    Unknown,
    /// These.
    Policies(Vec<&'a Document>),
}

/// Everything that applies to a request.
#[derive(Clone, Debug, Default)]
pub struct Layers<'a> {
    /// The policies of the caller.
    pub identity: Layer<'a>,
    /// The permissions boundary of the caller.
    pub boundary: Layer<'a>,
    /// The policies given when the session was begun.
    pub session: Layer<'a>,
    /// The policy of the resource.
    pub resource: Layer<'a>,
    /// The service control policies of each level above the account of the caller, root first.
    pub service_control: Vec<Layer<'a>>,
    /// The resource control policies of each level above the account of the resource, root first.
    pub resource_control: Vec<Layer<'a>>,
    /// The policy of the VPC endpoint that the request comes through.
    pub endpoint: Layer<'a>,
}

/// What comes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// A statement forbids it.
    Forbidden,
    /// No statement allows it.
    NotAllowed,
    /// It depends on what is named here.
    Unknown(BTreeSet<String>),
}

/// Judges a request by the
/// [evaluation logic](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html):
/// a Deny anywhere wins; service and resource control policies have to allow at every level; within one account the
/// identity's policies (within boundary and session policy) or the resource's have to allow, across accounts both.
///
/// Service control policies bind neither anonymous callers nor services, which are in no account. What cannot be changed
/// (a service-linked role, a policy or an alias of AWS) is not allowed to be changed, and
/// [`sts:GetCallerIdentity`](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html) needs no
/// permission, so that no policy removes it.
///
/// A resource policy that names a role's session escapes what boundary and session policy merely do not allow, one that
/// names a user escapes that of the boundary, and one that names a role escapes neither. Keys and the trust policies of
/// roles have to allow even within the account. The root user is bound by service control policies only. Leave
/// `service_control` empty for the management account and for service-linked roles, which they do not bind.
pub fn authorize(request: &Request<'_>, layers: &Layers<'_>) -> Decision {
    let judge = Judge::new(request);
    if judge.action == "sts:getcalleridentity" {
        return match &request.caller {
            Caller::Anonymous => Decision::NotAllowed,
            _ => Decision::Allowed,
        };
    }
    if judge.is_fixed() {
        return Decision::NotAllowed;
    }
    let [identity, boundary, session, endpoint] =
        [&layers.identity, &layers.boundary, &layers.session, &layers.endpoint]
            .map(|layer| judge.layer(layer));
    let service: Vec<LayerAnswer> = match &request.caller {
        Caller::Anonymous | Caller::Service { .. } => Vec::new(),
        Caller::Root { .. } | Caller::User { .. } | Caller::Session { .. } => {
            layers.service_control.iter().map(|layer| judge.layer(layer)).collect()
        }
        // AWS does not document whether they bind a caller whom only an identity provider knows.
        Caller::Federated { .. } => {
            layers.service_control.iter().map(|layer| judge.layer(layer).perhaps()).collect()
        }
    };
    let control: Vec<LayerAnswer> =
        layers.resource_control.iter().map(|layer| judge.layer(layer)).collect();
    let resource = judge.resource(&layers.resource, &layers.boundary);

    let answers =
        [&identity, &boundary, &session, &endpoint].into_iter().chain(&service).chain(&control);
    let forbidden =
        answers.map(|answer| answer.denied.clone()).fold(resource.denied.clone(), Answer::or);
    if forbidden.is_yes() {
        return Decision::Forbidden;
    }
    let limits = boundary.limit.clone().and(session.limit.clone());
    let local = judge.account == Some(request.resource_account);
    let allowed = match &request.caller {
        Caller::Anonymous | Caller::Service { .. } | Caller::Federated { .. } => resource.any(),
        Caller::Root { .. } if local && !judge.needs_resource() => Answer::Yes,
        Caller::Root { .. } if local => resource.any(),
        // The root user of another account holds every right there.
        Caller::Root { .. } => resource.any(),
        Caller::User { .. } | Caller::Session { .. } if local => {
            let own = identity.allowed.clone().and(limits.clone());
            let direct = resource
                .session
                .clone()
                .or(resource.user.clone().and(session.limit.clone()))
                .or(resource.role.clone().and(limits.clone()))
                // AWS says of principals that are named what of these limits they escape, and nothing of everyone:
                // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
                .or(resource.everyone.clone().and(limits.or(Answer::needs(
                    "whether boundary and session policy limit what is granted to everyone",
                ))));
            if judge.needs_resource() {
                direct.or(own.and(resource.account.clone()))
            } else {
                direct.or(own)
            }
        }
        Caller::User { .. } | Caller::Session { .. } => {
            identity.allowed.clone().and(limits).and(resource.any())
        }
    };
    let allowed = service
        .iter()
        .chain(&control)
        .chain([&endpoint])
        .fold(allowed, |allowed, layer| allowed.and(layer.limit.clone()));
    if allowed.is_no() {
        return Decision::NotAllowed;
    }
    match forbidden.negate().and(allowed) {
        Answer::Yes => Decision::Allowed,
        Answer::No => Decision::NotAllowed,
        Answer::Unknown(needs) => Decision::Unknown(needs),
    }
}

/// The decision of a layer.
struct LayerAnswer {
    denied: Answer,
    /// Whether it grants: no if there is no such policy.
    allowed: Answer,
    /// Whether it allows a grant of another layer: yes if there is no such policy.
    limit: Answer,
}

impl LayerAnswer {
    /// The same of a layer that may not bind the caller.
    fn perhaps(self) -> Self {
        let open = || Answer::needs("whether service control policies apply to a federated caller");
        Self {
            denied: self.denied.and(open()),
            allowed: self.allowed,
            limit: self.limit.or(open()),
        }
    }
}

/// What a resource policy grants, by the principals that it names.
struct Granted {
    denied: Answer,
    session: Answer,
    user: Answer,
    role: Answer,
    everyone: Answer,
    /// The account, which delegates to its own policies.
    account: Answer,
}

impl Granted {
    fn any(&self) -> Answer {
        let all = [&self.session, &self.user, &self.role, &self.everyone, &self.account];
        Answer::any(all.map(Clone::clone))
    }
}

/// A request, made ready.
struct Judge<'r> {
    request: &'r Request<'r>,
    action: String,
    context: Context,
    account: Option<&'r str>,
}

impl<'r> Judge<'r> {
    fn new(request: &'r Request<'r>) -> Self {
        let mut context = request.context.clone();
        let account = request.caller.account();
        let is = |text: &str| Value::Is(vec![text.to_owned()]);
        let (arn, service) = match &request.caller {
            Caller::User { arn } => (Some(*arn), false),
            Caller::Session { role, .. } => (Some(*role), false),
            Caller::Service { .. } => (None, true),
            Caller::Anonymous | Caller::Root { .. } | Caller::Federated { .. } => (None, false),
        };
        if let Some(account) = account {
            context.fill("aws:principalaccount", is(account));
        } else {
            context.fill("aws:principalaccount", Value::Missing);
            context.fill("aws:principalorgid", Value::Missing);
            context.fill("aws:principalarn", Value::Missing);
        }
        if let Some(arn) = arn {
            context.fill("aws:principalarn", is(arn));
        }
        if let Caller::User { arn } = &request.caller
            && let Some((_, name)) = arn.rsplit_once('/')
        {
            context.fill("aws:username", is(name));
        } else {
            context.fill("aws:username", Value::Missing);
        }
        context.fill("aws:principalisawsservice", is(if service { "true" } else { "false" }));
        context.fill("aws:resourceaccount", is(request.resource_account));
        Self { request, action: request.action.to_ascii_lowercase(), context, account }
    }

    /// Whether the service evaluates the resource's policy even within the account: KMS for its keys, STS for roles.
    fn needs_resource(&self) -> bool {
        let key = self.action.starts_with("kms:") && self.request.resource.contains(":key/");
        let role = self.action.starts_with("sts:assumerole");
        key || role
    }

    /// Whether the action would change what cannot be changed:
    /// [service-linked roles](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html),
    /// policies that [AWS manages](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html),
    /// and the [aliases](https://docs.aws.amazon.com/kms/latest/developerguide/alias-about.html) of its keys.
    fn is_fixed(&self) -> bool {
        let Some(rest) = self.request.resource.strip_prefix("arn:") else { return false };
        let parts: Vec<&str> = rest.splitn(5, ':').collect();
        let [_, service, _, account, name] = parts.as_slice() else { return false };
        let changes = |actions: &[&str]| actions.contains(&self.action.as_str());
        match *service {
            "iam" if name.starts_with("role/aws-service-role/") => changes(&[
                "iam:attachrolepolicy",
                "iam:createrole",
                "iam:deleterolepermissionsboundary",
                "iam:deleterolepolicy",
                "iam:detachrolepolicy",
                "iam:putrolepermissionsboundary",
                "iam:putrolepolicy",
                "iam:updateassumerolepolicy",
            ]),
            "iam" if *account == "aws" && name.starts_with("policy/") => changes(&[
                "iam:createpolicy",
                "iam:createpolicyversion",
                "iam:deletepolicy",
                "iam:deletepolicyversion",
                "iam:setdefaultpolicyversion",
                "iam:tagpolicy",
                "iam:untagpolicy",
            ]),
            "kms" if name.starts_with("alias/aws/") => {
                changes(&["kms:createalias", "kms:deletealias", "kms:updatealias"])
            }
            _ => false,
        }
    }

    /// Whether a statement is about the action and the resource, and its conditions hold.
    fn applies(&self, statement: &Statement) -> Answer {
        if !statement.actions.matches(&self.action) {
            return Answer::No;
        }
        let covers = |template: &Template| template.covers(self.request.resource, &self.context);
        let on = match &statement.resources {
            _ if statement.templates.is_empty() => {
                Answer::from(statement.resources.matches(self.request.resource))
            }
            Patterns::These(_) => Answer::any(statement.templates.iter().map(covers)),
            Patterns::AllBut(_) => Answer::any(statement.templates.iter().map(covers)).negate(),
        };
        if on.is_no() {
            return on;
        }
        on.and(Answer::all(statement.conditions.iter().map(|c| c.holds(&self.context))))
    }

    fn layer(&self, layer: &Layer<'_>) -> LayerAnswer {
        let documents = match layer {
            Layer::Absent => {
                return LayerAnswer { denied: Answer::No, allowed: Answer::No, limit: Answer::Yes };
            }
            Layer::Unknown => {
                let open = Answer::needs("policies that could not be read");
                return LayerAnswer { denied: open.clone(), allowed: open.clone(), limit: open };
            }
            Layer::Policies(documents) => documents,
        };
        let allowed =
            Answer::any(documents.iter().flat_map(|d| d.allows()).map(|s| self.applies(s)));
        LayerAnswer {
            denied: Answer::any(documents.iter().flat_map(|d| d.denies()).map(|s| self.applies(s))),
            limit: allowed.clone(),
            allowed,
        }
    }

    fn resource(&self, layer: &Layer<'_>, boundary: &Layer<'_>) -> Granted {
        let none = Granted {
            everyone: Answer::No,
            denied: Answer::No,
            session: Answer::No,
            user: Answer::No,
            role: Answer::No,
            account: Answer::No,
        };
        let documents = match layer {
            Layer::Absent => return none,
            Layer::Unknown => {
                let open = || Answer::needs("the policy of the resource, which could not be read");
                return Granted { denied: open(), role: open(), account: open(), ..none };
            }
            Layer::Policies(documents) => documents,
        };
        let mut granted = none;
        let add = |to: &mut Answer, applies: Answer| {
            *to = std::mem::replace(to, Answer::No).or(applies);
        };
        for statement in documents.iter().flat_map(|document| &document.statements) {
            let named = self.named(&statement.principals, statement.effect);
            let bounded = self.bounded(statement, boundary);
            if named.is_empty() && bounded.is_no() {
                continue;
            }
            let mut applies = self.applies(statement);
            if statement.principals == Principals::Unnamed {
                applies = applies.and(Answer::needs("a statement without a principal"));
            }
            if named.is_empty() {
                applies = applies.and(bounded);
            }
            if statement.effect == Effect::Deny {
                add(&mut granted.denied, applies);
                continue;
            }
            for how in named {
                let to = match how {
                    Named::Session => &mut granted.session,
                    Named::User => &mut granted.user,
                    Named::Role => &mut granted.role,
                    Named::Everyone => &mut granted.everyone,
                    Named::Account => &mut granted.account,
                };
                add(to, applies.clone());
            }
        }
        granted
    }

    /// Whether a Deny with `NotPrincipal` is about the caller, whomever it spares: it is about every user and every role
    /// with a [boundary](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).
    fn bounded(&self, statement: &Statement, boundary: &Layer<'_>) -> Answer {
        let all_but = matches!(statement.principals, Principals::AllBut(_));
        let bound = matches!(self.request.caller, Caller::User { .. } | Caller::Session { .. });
        if statement.effect != Effect::Deny || !all_but || !bound {
            return Answer::No;
        }
        match boundary {
            Layer::Absent => Answer::No,
            Layer::Policies(_) => Answer::Yes,
            Layer::Unknown => Answer::needs("whether there is a permissions boundary"),
        }
    }

    /// How a statement names the caller; not at all if it does not.
    fn named(&self, principals: &Principals, effect: Effect) -> Vec<Named> {
        match principals {
            Principals::Unnamed => vec![Named::Everyone],
            Principals::These(list) => list.iter().filter_map(|p| self.is(p)).collect(),
            Principals::AllBut(list) => {
                let names: Vec<Named> = list.iter().filter_map(|p| self.is(p)).collect();
                // A Deny exempts only principals that it names in full: the account, the role and the session.
                let spared = match (&self.request.caller, effect) {
                    (_, Effect::Allow) => !names.is_empty(),
                    (_, Effect::Deny) if list.contains(&Principal::Anyone) => true,
                    (Caller::Session { .. }, Effect::Deny) => {
                        [Named::Account, Named::Role, Named::Session]
                            .iter()
                            .all(|how| names.contains(how))
                    }
                    (Caller::User { .. }, Effect::Deny) => {
                        names.contains(&Named::Account) && names.contains(&Named::User)
                    }
                    (_, Effect::Deny) => !names.is_empty(),
                };
                if spared { Vec::new() } else { vec![Named::Everyone] }
            }
        }
    }

    fn is(&self, principal: &Principal) -> Option<Named> {
        match (principal, &self.request.caller) {
            (Principal::Anyone, _) => Some(Named::Everyone),
            (Principal::Aws(_), _)
                if principal.is_account() && principal.account() == self.account =>
            {
                Some(Named::Account)
            }
            (Principal::Aws(name), Caller::User { arn }) => (name == arn).then_some(Named::User),
            (Principal::Aws(name), Caller::Session { role, session }) => {
                if name == session {
                    Some(Named::Session)
                } else {
                    (name == role).then_some(Named::Role)
                }
            }
            (Principal::Service(name), Caller::Service { name: caller }) => {
                name.eq_ignore_ascii_case(caller).then_some(Named::Role)
            }
            (Principal::Federated(name), Caller::Federated { provider }) => {
                (name == provider).then_some(Named::Role)
            }
            _ => None,
        }
    }
}

/// By what a statement names a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Session,
    User,
    Role,
    Everyone,
    Account,
}

impl<'a> Caller<'a> {
    /// The account of the caller, if it has one.
    fn account(&self) -> Option<&'a str> {
        match self {
            Self::Root { account } => Some(account),
            Self::User { arn } | Self::Session { role: arn, .. } => arn.split(':').nth(4),
            Self::Anonymous | Self::Service { .. } | Self::Federated { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
