//! Who may do what: roles and bindings, put together to the permissions of subjects.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Register};
use posture_model::provider::Provider;
use posture_model::resource::{FactId, RbacSubject, RoleBinding, ServiceAccount};
use posture_model::source::Source;
use serde_json::Value;

use super::admission::Enforcing;
use super::service_accounts::Accounts;
use super::{BINDINGS, Missing, Origin};
use crate::platform::Platform;
use crate::pod_security::{Version, Versions};
use crate::rbac::{Binding, Grant, Ground, Paths, Rbac, Reached, Right, Role, RoleRef, Subject};
use crate::read::Invalid;

/// The facts that roles and bindings decide together.
pub(crate) const RIGHTS: &[FactId] = &[
    RbacSubject::FULL_ADMIN,
    RbacSubject::GRANTS,
    RbacSubject::WILDCARDS,
    RbacSubject::SECRET_READS,
    RbacSubject::POD_CREATION,
    RbacSubject::ESCALATION_VERBS,
    RbacSubject::MASTERS_IMPERSONATION,
    RbacSubject::TOKEN_CREATION,
    RbacSubject::NODE_PROXY,
    RbacSubject::VOLUME_CREATION,
    RbacSubject::CERTIFICATE_APPROVAL,
    RbacSubject::WEBHOOK_WRITES,
    RbacSubject::POD_EXEC,
    RbacSubject::NAMESPACE_CHANGES,
    RbacSubject::ESCALATION_PATHS,
    RoleBinding::MISSING,
];

/// The facts that lists of bindings fill.
pub(crate) const OF_BINDINGS: &[FactId] = &[
    RoleBinding::TAGS,
    RoleBinding::MISSING,
    ServiceAccount::BINDINGS,
    RbacSubject::FULL_ADMIN,
    RbacSubject::GRANTS,
    RbacSubject::WILDCARDS,
    RbacSubject::SECRET_READS,
    RbacSubject::POD_CREATION,
    RbacSubject::ESCALATION_VERBS,
    RbacSubject::MASTERS_IMPERSONATION,
    RbacSubject::TOKEN_CREATION,
    RbacSubject::NODE_PROXY,
    RbacSubject::VOLUME_CREATION,
    RbacSubject::CERTIFICATE_APPROVAL,
    RbacSubject::WEBHOOK_WRITES,
    RbacSubject::POD_EXEC,
    RbacSubject::NAMESPACE_CHANGES,
    RbacSubject::ESCALATION_PATHS,
];

/// Sets a fact of a subject.
type Fill = fn(RbacSubject, Fact<Entries>) -> RbacSubject;

/// The facts that are one permission each.
const FAMILIES: [(Right, Fill); 7] = [
    (Right::SecretReads, RbacSubject::secret_reads),
    (Right::PodCreation, RbacSubject::pod_creation),
    (Right::EscalationVerbs, RbacSubject::escalation_verbs),
    (Right::TokenCreation, RbacSubject::token_creation),
    (Right::NodeProxy, RbacSubject::node_proxy),
    (Right::VolumeCreation, RbacSubject::volume_creation),
    (Right::WebhookWrites, RbacSubject::webhook_writes),
];

/// The facts that are two permissions that work together only.
const PAIRS: [(Right, Right, Fill); 2] = [
    (Right::CertificateApproval, Right::ClientSigners, RbacSubject::certificate_approval),
    (Right::GroupImpersonation, Right::UserImpersonation, RbacSubject::masters_impersonation),
];

/// The roles and the bindings.
#[derive(Debug, Default)]
pub(super) struct Access {
    roles: Vec<Role>,
    bindings: Vec<Binding>,
    /// Where each binding is declared.
    sources: Vec<Option<Source>>,
}

/// What the permissions of subjects are worked out with.
pub(super) struct Around<'a> {
    pub(super) origin: Origin,
    pub(super) missing: &'a Missing,
    pub(super) gaps: &'a Register,
    /// The versions that the cluster can have.
    pub(super) versions: Versions,
    /// Why its version is not known, if it is not.
    pub(super) version: Option<GapId>,
    pub(super) platform: Option<Platform>,
    pub(super) enforcing: &'a Enforcing,
}

/// The roles and the bindings, put together.
#[derive(Debug)]
pub(super) struct Joined {
    rbac: Rbac,
    sources: Vec<Option<Source>>,
}

impl Access {
    pub(super) fn role(&mut self, object: &Value) -> Result<(), Invalid> {
        self.roles.push(Role::read(object)?);
        Ok(())
    }

    pub(super) fn binding(
        &mut self,
        object: &Value,
        source: Option<&Source>,
    ) -> Result<(), Invalid> {
        self.bindings.push(Binding::read(object)?);
        self.sources.push(source.cloned());
        Ok(())
    }

    pub(super) fn extend(&mut self, other: Self) {
        let Self { roles, bindings, sources } = other;
        self.roles.extend(roles);
        self.bindings.extend(bindings);
        self.sources.extend(sources);
    }

    pub(super) fn join(self, around: &Around<'_>) -> Joined {
        let rbac = match around.origin {
            Origin::Cluster => Rbac::of_cluster(self.roles, self.bindings),
            Origin::Manifests => Rbac::of_manifests(self.roles, self.bindings),
        };
        let ground = Ground {
            oldest: around.versions.oldest().minor(),
            newest: around.versions.newest().minor(),
            platform: around.platform,
            enforcing: Some(around.enforcing.names.clone()),
        };
        Joined { rbac: rbac.on(ground), sources: self.sources }
    }
}

/// Why the grants of a binding may be others than those that are known.
fn open_of(around: &Around<'_>, binding: &Binding, role: Option<&Role>) -> Option<GapId> {
    let kind = match binding.role {
        RoleRef::Role(_) => "Role",
        RoleRef::ClusterRole(_) => "ClusterRole",
    };
    let unread = || around.missing.of([kind]).first().copied();
    match (role, around.origin) {
        // A server holds the rules of aggregated roles; of manifests an aggregated part may be missing.
        (Some(role), Origin::Manifests) if role.aggregates.is_some() => unread(),
        (Some(_), _) => None,
        // A role that does not exist grants nothing.
        (None, Origin::Cluster) => unread(),
        (None, Origin::Manifests) => unread().or_else(|| Some(around.outside(binding))),
    }
}

impl Around<'_> {
    fn outside(&self, binding: &Binding) -> GapId {
        let (kind, name) = match &binding.role {
            RoleRef::Role(name) => ("Role", name),
            RoleRef::ClusterRole(name) => ("ClusterRole", name),
        };
        let detail = format!("{kind} {name} is not among the manifests");
        self.gaps.note(Gap::undetermined(crate::manifests::ACTION, &binding.id(), &detail))
    }
}

impl Joined {
    /// Each subject that a binding names, with what the bindings grant it. A role or a binding that was not read may grant more.
    pub(super) fn subjects(&self, around: &Around<'_>) -> Vec<RbacSubject> {
        let unread = around.missing.of(BINDINGS).first().copied();
        let mut open: BTreeMap<&Subject, GapId> = BTreeMap::new();
        let mut sources: BTreeMap<&Subject, &Source> = BTreeMap::new();
        for ((binding, role), source) in self.rbac.bindings().zip(&self.sources) {
            let gap = open_of(around, binding, role);
            for subject in &binding.subjects {
                if let Some(gap) = gap {
                    open.entry(subject).or_insert(gap);
                }
                if let Some(source) = source {
                    sources.entry(subject).or_insert(source);
                }
            }
        }
        let any_open = unread.or_else(|| open.values().next().copied());
        let mut paths = Paths::new(&self.rbac);
        let of = |(subject, mut grants): (&Subject, Vec<Grant<'_>>)| {
            grants.retain(|grant| !grant.is_default(around.platform));
            let open = unread.or_else(|| open.get(subject).copied());
            let mut resource = resource(subject, &grants, open, around);
            resource.source = sources.get(subject).map(|source| Box::new((*source).clone()));
            let reached = paths.of(subject, grants.clone());
            let path = escalation(subject, &grants, &reached, (open, any_open), around);
            resource.escalation_paths(path)
        };
        self.rbac.direct().into_iter().map(of).collect()
    }

    /// What each binding names that does not exist, in the order of the bindings.
    pub(super) fn dangling(&self, around: &Around<'_>, accounts: &Accounts) -> Vec<Fact<Entries>> {
        let of = |(binding, role): (&Binding, Option<&Role>)| {
            let (mut lacks, mut open) = (Vec::new(), None);
            if role.is_none() {
                match open_of(around, binding, role) {
                    Some(gap) => open = Some(gap),
                    None => lacks.push(match &binding.role {
                        RoleRef::Role(name) => format!("Role {name}"),
                        RoleRef::ClusterRole(name) => format!("ClusterRole {name}"),
                    }),
                }
            }
            for subject in &binding.subjects {
                let Subject::ServiceAccount { namespace, name } = subject else { continue };
                if accounts.has(around.origin, namespace, name)
                    || binding.names_by_default(namespace, name)
                {
                    continue;
                }
                match accounts.lacks(around, namespace, name) {
                    Some(gap) => open = open.or(Some(gap)),
                    None => lacks.push(subject.to_string()),
                }
            }
            Entries::new(lacks, open).into_fact()
        };
        self.rbac.bindings().map(of).collect()
    }

    /// The bindings that name each service account, by namespace and name.
    pub(super) fn of_accounts(&self) -> BTreeMap<(String, String), BTreeSet<String>> {
        let mut all: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for (binding, _) in self.rbac.bindings() {
            for subject in &binding.subjects {
                let Subject::ServiceAccount { namespace, name } = subject else { continue };
                let key = (namespace.clone(), name.clone());
                all.entry(key).or_default().insert(binding.id());
            }
        }
        all
    }
}

fn shown(grants: &[&Grant<'_>]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let all = grants.iter().map(ToString::to_string);
    all.filter(|one| seen.insert(one.clone())).collect()
}

/// The bindings of grants with their roles: `RoleBinding shop/b grants Role shop/r to user jane`.
fn bindings(grants: &[Grant<'_>]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let line = |grant: &Grant<'_>| {
        format!("{} grants {} to {}", grant.binding.id(), grant.role.id(), grant.through)
    };
    grants.iter().map(line).filter(|one| seen.insert(one.clone())).collect()
}

fn resource(
    subject: &Subject,
    grants: &[Grant<'_>],
    open: Option<GapId>,
    around: &Around<'_>,
) -> RbacSubject {
    let (namespace, name) = match subject {
        Subject::User(name) | Subject::Group(name) => (None, name.as_str()),
        Subject::ServiceAccount { namespace, name } => (Some(namespace.as_str()), name.as_str()),
    };
    let such = |is: &dyn Fn(&Grant<'_>) -> bool| -> Vec<&Grant<'_>> {
        grants.iter().filter(|grant| is(grant)).collect()
    };
    let fact = |all: Vec<&Grant<'_>>| Entries::new(shown(&all), open).into_fact();
    let Around { versions, version, .. } = around;
    let giving = |right| such(&|grant| versions.each().all(|one| grant.gives(right, one.minor())));
    // What only some of the versions grant that the cluster can have.
    let open_of = |right: Right| {
        let differs = |grant: &Grant<'_>| {
            let gives = |one: Version| grant.gives(right, one.minor());
            versions.each().any(gives) && !versions.each().all(gives)
        };
        open.or(version.filter(|_| grants.iter().any(differs)))
    };
    let fact_of = |right| Entries::new(shown(&giving(right)), open_of(right)).into_fact();
    let mut resource = RbacSubject::unread_on(Provider::Kubernetes, subject.id(), name, namespace)
        .full_admin(fact(such(&is_everything)))
        .grants(Entries::new(bindings(grants), open).into_fact())
        .wildcards(fact(such(&|grant| grant.has_wildcard())))
        .pod_exec(fact_of(Right::PodExec))
        .namespace_changes(relabeling(
            &giving(Right::NamespaceChanges),
            open_of(Right::NamespaceChanges),
            around,
        ));
    for (right, fill) in FAMILIES {
        resource = fill(resource, fact_of(right));
    }
    for (one, other, fill) in PAIRS {
        let open = open_of(one).or_else(|| open_of(other));
        let (one, other) = (giving(one), giving(other));
        let both =
            if one.is_empty() || other.is_empty() { Vec::new() } else { [one, other].concat() };
        resource = fill(resource, Entries::new(shown(&both), open).into_fact());
    }
    resource
}

fn is_everything(grant: &Grant<'_>) -> bool {
    grant.namespace.is_none() && grant.rule.is_everything()
}

/// The grants to change namespaces that enforce a level.
fn relabeling(grants: &[&Grant<'_>], open: Option<GapId>, around: &Around<'_>) -> Fact<Entries> {
    let enforcing = around.enforcing;
    let touches = |grant: &Grant<'_>, name: &String| {
        grant.namespace.is_none_or(|own| own == name)
            && (grant.rule.names.is_empty() || grant.rule.names.contains(name))
    };
    let (some, none): (Vec<&Grant<'_>>, Vec<&Grant<'_>>) = grants
        .iter()
        .copied()
        .partition(|grant| enforcing.names.iter().any(|name| touches(grant, name)));
    // Of a namespace that was not read, the level is not known.
    let unread = enforcing.open.filter(|_| !none.is_empty());
    Entries::new(shown(&some), open.or(unread)).into_fact()
}

fn escalation(
    subject: &Subject,
    grants: &[Grant<'_>],
    reached: &Reached,
    (open, any_open): (Option<GapId>, Option<GapId>),
    around: &Around<'_>,
) -> Fact<Entries> {
    if grants.iter().any(is_everything) {
        return Known(Entries::none());
    }
    let undetermined = |detail: &str| {
        let action = match around.origin {
            Origin::Cluster => "",
            Origin::Manifests => crate::manifests::ACTION,
        };
        around.gaps.note(Gap::undetermined(action, &subject.id(), detail))
    };
    match &reached.chain {
        Some(chain) if chain.is_certain() => Entries::new(vec![chain.line()], open).into_fact(),
        Some(chain) => Fact::Gap(open.unwrap_or_else(|| undetermined(&chain.line()))),
        None if reached.moves => {
            // What a later step would be granted may not be known.
            let open = any_open.or_else(|| {
                let more =
                    "the cluster may have accounts with more permissions than the manifests show";
                (around.origin == Origin::Manifests).then(|| undetermined(more))
            });
            Entries::new(Vec::new(), open).into_fact()
        }
        None => Entries::new(Vec::new(), open).into_fact(),
    }
}
