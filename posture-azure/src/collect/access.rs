//! Roles: what they allow, to whom they are assigned, and who owns a subscription because of that.
//!
//! A subscription reports everything that applies in it, also what was assigned above. What is above subscriptions is
//! stored once and belongs to the tenant: it is reported by the subscriptions that are read.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known, NotOffered};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{
    Account, FactId, Grant, GrantLevel, GrantPower, Holder, Kind, LogGroup, Machine, Policy,
    Resource, Vault,
};
use posture_model::wanted::Wanted;

use super::body::{self, Misfit, View, name_of, note, same, senseless, word};
use super::context::Subscription;
use super::principals::{Directory, Found, Person, Principals, hidden};
use super::rights::Rights;
use crate::client::{Absence, ApiClient, Items};
use crate::entry::{Action, SUBSCRIPTION, facts};
use crate::rbac::{
    Access, Answer, Assignment, Condition, Denial, ESCALATIONS, GIVES_ROLES, Height, Identity,
    IdentityKind, Permission, Place, Plane, Power, Reach, Role, Who,
};

/// What the roles of principals decide, by whichever way they are assigned.
const BY_RIGHTS: &[FactId] = &[
    Account::ROLE_GIVERS,
    Account::CERTAIN_ROLE_GIVERS,
    Vault::ROLE_HOLDERS_WHO_DECRYPT,
    LogGroup::READERS,
    LogGroup::ERASERS,
];

/// What only active assignments decide.
const BY_ACTIVE_RIGHTS: &[FactId] = &[Account::CONFLICTING_DUTIES, Machine::ADMINISTERS];

pub(crate) const ASSIGNMENTS: Action = Action {
    name: "Microsoft.Authorization/roleAssignments/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[Kind::Grant],
    fills: facts![
        &[Account::OWNERS, Account::CERTAIN_OWNERS, Grant::HOLDER, Grant::ORPHANED, Grant::LEVEL],
        BY_RIGHTS,
        BY_ACTIVE_RIGHTS,
    ],
    command: "az role assignment list --all --include-inherited",
};

pub(crate) const DEFINITIONS: Action = Action {
    name: "Microsoft.Authorization/roleDefinitions/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[Kind::Policy],
    fills: facts![
        &[
            Account::LOCK_ROLES,
            Grant::POWER,
            Policy::CUSTOMER_MANAGED,
            Policy::FULL_ADMIN,
            Policy::WILDCARD_SERVICES,
            Policy::ESCALATION_PATHS,
        ],
        BY_RIGHTS,
        BY_ACTIVE_RIGHTS,
    ],
    command: "az role definition list --custom-role-only true",
};

pub(crate) const DENIALS: Action = Action {
    name: "Microsoft.Authorization/denyAssignments/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[],
    fills: facts![BY_RIGHTS, BY_ACTIVE_RIGHTS],
    command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01\"",
};

pub(crate) const ELIGIBLE: Action = Action {
    name: "Microsoft.Authorization/roleEligibilityScheduleInstances/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[Kind::Grant],
    fills: facts![&[Account::OWNERS, Account::CERTAIN_OWNERS], BY_RIGHTS],
    command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/roleEligibilityScheduleInstances?api-version=2020-10-01\"",
};

pub(crate) const ACTIVE: Action = Action {
    name: "Microsoft.Authorization/roleAssignmentScheduleInstances/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[],
    fills: &[Grant::PERMANENT],
    command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/roleAssignmentScheduleInstances?api-version=2020-10-01\"",
};

pub(crate) const CLASSIC: Action = Action {
    name: "Microsoft.Authorization/classicAdministrators/read",
    own: &[],
    per: SUBSCRIPTION,
    lists: &[],
    fills: &[Account::CLASSIC_ADMINISTRATORS],
    command: "az rest --method get --url \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/classicAdministrators?api-version=2015-07-01\"",
};

const FACTS: &[FactId] = &[
    Account::OWNERS,
    Account::CERTAIN_OWNERS,
    Account::ROLE_GIVERS,
    Account::CERTAIN_ROLE_GIVERS,
    Account::CLASSIC_ADMINISTRATORS,
    Account::LOCK_ROLES,
    Machine::ADMINISTERS,
    Account::CONFLICTING_DUTIES,
    Vault::ROLE_HOLDERS_WHO_DECRYPT,
    LogGroup::READERS,
    LogGroup::ERASERS,
];

/// Whether anything about roles is wanted.
pub(crate) fn is_wanted(wanted: &Wanted) -> bool {
    wanted.kind(Kind::Grant) || wanted.kind(Kind::Policy) || wanted.any(FACTS)
}

/// What was read of a list, and why that may not be all.
#[derive(Debug)]
struct Read<T> {
    items: Vec<T>,
    gap: Option<Gap>,
}

impl<T> Default for Read<T> {
    fn default() -> Self {
        Self { items: Vec::new(), gap: None }
    }
}

impl<T> Read<T> {
    /// Reads the items of a list one by one; one that does not fit makes the list incomplete.
    fn from(items: Items, action: &str, read: impl Fn(View<'_>) -> body::Read<T>) -> Self {
        let (mut all, mut malformed) = (Vec::new(), None);
        for item in &items.items {
            match read(View(item)) {
                Ok(item) => all.push(item),
                Err(Misfit(path)) => {
                    let mut gap = senseless(action, word(item, "id").unwrap_or_default());
                    if !path.is_empty() {
                        gap.detail = Some(format!("`{path}` has an unexpected type"));
                    }
                    note(&mut malformed, &gap);
                }
            }
        }
        Self { items: all, gap: items.refused.map(|refused| refused.gap).or(malformed) }
    }
}

/// What is above subscriptions, as reported by those that were read.
#[derive(Debug, Default)]
pub(crate) struct InheritedAccess {
    /// By id in small letters.
    grants: BTreeMap<String, ObservedAssignment>,
    policies: BTreeMap<String, Arc<Role>>,
    /// The first of the reasons why there may be more.
    grants_gap: Option<Gap>,
    policies_gap: Option<Gap>,
    /// How many subscriptions reported.
    subscriptions: usize,
}

impl InheritedAccess {
    /// Adds what another subscription reports. The result does not depend on their order.
    pub(crate) fn add(&mut self, other: Self) {
        for (id, given) in other.grants {
            self.learn(id, given);
        }
        for (id, role) in other.policies {
            self.policies.entry(id).or_insert(role);
        }
        for (own, new) in
            [(&mut self.grants_gap, other.grants_gap), (&mut self.policies_gap, other.policies_gap)]
        {
            if let Some(gap) = new {
                note(own, &gap);
            }
        }
        self.subscriptions += other.subscriptions;
    }

    fn learn(&mut self, id: String, given: ObservedAssignment) {
        match self.grants.entry(id) {
            Entry::Vacant(place) => {
                place.insert(given);
            }
            Entry::Occupied(mut place) => place.get_mut().learn(&given),
        }
    }
}

/// An assignment with what is needed to report it.
#[derive(Clone, Debug)]
struct ObservedAssignment {
    assignment: Arc<Assignment>,
    role: Result<Arc<Role>, Gap>,
    permanent: Result<bool, Gap>,
}

impl ObservedAssignment {
    /// Adds what another subscription reports about the same. The result must not depend on their order.
    fn learn(&mut self, other: &Self) {
        match (&self.role, &other.role) {
            (Ok(_), _) => {}
            (Err(_), Ok(_)) => self.role = other.role.clone(),
            (Err(own), Err(new)) if new < own => self.role = other.role.clone(),
            (Err(_), Err(_)) => {}
        }
        let better = match (&self.permanent, &other.permanent) {
            (Err(own), Err(new)) => new < own,
            (Err(_), Ok(_)) => true,
            (Ok(own), Ok(new)) => *new && !own,
            (Ok(_), Err(_)) => false,
        };
        if better {
            self.permanent = other.permanent.clone();
        }
    }
}

/// Reads the roles of a subscription, and what it reports about the levels above it.
pub(crate) async fn collect(
    audit: &Subscription<'_>,
    principals: &Principals<'_>,
) -> (Part, InheritedAccess, Option<Rights>) {
    let (mut part, mut above) = (Part::default(), InheritedAccess::default());
    let (assignments, eligible, active, roles, denials, classic) = futures::join!(
        read(audit, &ASSIGNMENTS, "roleAssignments", "2022-04-01", |v| assignment(v, false)),
        read(audit, &ELIGIBLE, "roleEligibilityScheduleInstances", "2020-10-01", |v| {
            assignment(v, true)
        }),
        read(audit, &ACTIVE, "roleAssignmentScheduleInstances", "2020-10-01", activated),
        read(audit, &DEFINITIONS, "roleDefinitions", "2022-04-01", role),
        read(audit, &DENIALS, "denyAssignments", "2022-04-01", denial),
        classic(audit),
    );
    part.account.classic_administrators = classic;
    let (eligible, active) = (licensed(eligible), licensed(active));
    let activated: BTreeSet<String> = active.items.into_iter().flatten().collect();
    let all: Vec<Arc<Assignment>> =
        assignments.items.into_iter().chain(eligible.items).map(Arc::new).collect();
    let roles_gap = roles.gap.clone();
    let roles: BTreeMap<String, Arc<Role>> =
        roles.items.into_iter().map(|(id, role)| (id, Arc::new(role))).collect();
    policies(audit, &mut above, &mut part, &roles, roles_gap.as_ref());
    if audit.wanted.fact(Account::LOCK_ROLES) {
        part.account.lock_roles = lock_roles(audit, &roles, roles_gap.as_ref());
    }
    if !audit.calls(&ASSIGNMENTS) {
        return (part, above, None);
    }
    let mut identities: BTreeSet<Identity> = all.iter().map(|given| given.to.clone()).collect();
    for denial in &denials.items {
        // Of others their ids are enough.
        let groups = denial.from.iter().chain(&denial.but);
        identities.extend(groups.filter(|of| of.kind == IdentityKind::Group).cloned());
    }
    let directory = principals.find(&identities).await;
    let given: Vec<ObservedAssignment> = all
        .iter()
        .map(|assignment| ObservedAssignment {
            assignment: Arc::clone(assignment),
            role: role_of(assignment, &roles, roles_gap.as_ref(), audit.calls(&DEFINITIONS)),
            permanent: permanent(assignment, &activated, active.gap.as_ref(), audit.calls(&ACTIVE)),
        })
        .collect();
    if audit.wanted.kind(Kind::Grant) {
        let gap = assignments.gap.as_ref().or(eligible.gap.as_ref());
        grants(audit, &mut above, &mut part, &given, gap, &directory);
    }
    let access = Access {
        roles: given
            .iter()
            .filter_map(|given| {
                Some((given.assignment.role.clone(), Arc::clone(given.role.as_ref().ok()?)))
            })
            .collect(),
        assignments: all,
        denials: denials.items,
        groups: directory.groups(),
    };
    let here = Place::subscription(audit.id);
    let incomplete = assignments.gap.as_ref().or(eligible.gap.as_ref());
    if audit.wanted.any(&FACTS[..2]) {
        let who = access.holders_of(Role::OWNER, &here, Reach::OnDemand);
        let why = incomplete.cloned();
        (part.account.owners, part.account.certain_owners) = people(audit, who, &directory, why);
    }
    if audit.wanted.any(&FACTS[2..4]) {
        (part.account.role_givers, part.account.certain_role_givers) = match &denials.gap {
            // No principal is certain if there may be a hidden deny assignment.
            Some(gap) => (audit.ask.unknown(gap.clone()), audit.ask.unknown(gap.clone())),
            None => {
                let who = access.who_may(Plane::Control, GIVES_ROLES, &here, Reach::OnDemand);
                let role = || given.iter().find_map(|given| given.role.as_ref().err().cloned());
                let why = incomplete.cloned();
                // A role that could not be read may be able to assign roles or not; its holders are among those in doubt.
                let why = why.or_else(|| role().filter(|_| !who.is_complete()));
                people_or(audit, who, &directory, why, incomplete.is_some())
            }
        };
    }
    let unread = given.iter().find_map(|given| given.role.as_ref().err().cloned());
    let rights = Rights {
        access,
        here,
        incomplete: assignments.gap,
        eligible: eligible.gap,
        hidden: denials.gap,
        doubt: unread.or_else(|| directory.gap()),
    };
    (part, above, Some(rights))
}

/// Reads what is above the subscriptions.
pub(crate) async fn above(
    ask: &ApiClient,
    wanted: &Wanted,
    kept: InheritedAccess,
    principals: &Principals<'_>,
) -> Part {
    let mut part = Part::default();
    let no_subscription = || {
        let mut gap = Gap::new(ASSIGNMENTS.name, "", Reason::Incomplete);
        gap.detail = Some("no subscription was read from which to determine it".to_owned());
        gap
    };
    if wanted.kind(Kind::Grant) {
        let identities = kept.grants.values().map(|given| given.assignment.to.clone()).collect();
        let directory = principals.find(&identities).await;
        let items =
            kept.grants.values().map(|given| grant(ask, wanted, given, &directory)).collect();
        let gap = kept.grants_gap.or_else(|| (kept.subscriptions == 0).then(no_subscription));
        part.grants = listing(ask, items, gap.as_ref());
    }
    if wanted.kind(Kind::Policy) {
        let items = kept.policies.iter().map(|(id, role)| {
            policy(ask, &format!("/providers/Microsoft.Authorization/roleDefinitions/{id}"), role)
        });
        let gap = kept.policies_gap.or_else(|| {
            (kept.subscriptions == 0)
                .then(|| Gap { action: DEFINITIONS.name.to_owned(), ..no_subscription() })
        });
        part.policies = listing(ask, items.collect(), gap.as_ref());
    }
    part
}

fn listing<T>(ask: &ApiClient, items: Vec<T>, gap: Option<&Gap>) -> Listing<T> {
    let gaps: Vec<GapId> = gap.map(|gap| ask.gap(gap.clone())).into_iter().collect();
    Listing { items, gaps }
}

async fn read<T>(
    audit: &Subscription<'_>,
    action: &'static Action,
    kind: &str,
    version: &str,
    read: impl Fn(View<'_>) -> body::Read<T>,
) -> Read<T> {
    if !audit.calls(action) {
        return Read::default();
    }
    let path = format!("providers/Microsoft.Authorization/{kind}?api-version={version}");
    Read::from(audit.list(action.name, &path).await, action.name, read)
}

/// The last word of an id, in small letters.
fn last(id: &str) -> String {
    id.rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
}

/// An [assignment](https://learn.microsoft.com/en-us/rest/api/authorization/role-assignments/list-for-subscription), or an
/// [eligible one](https://learn.microsoft.com/en-us/rest/api/authorization/role-eligibility-schedule-instances/list-for-scope).
fn assignment(value: View<'_>, eligible: bool) -> body::Read<Assignment> {
    let misfit = |path: &str| Misfit(path.to_owned());
    let id = value.need("id", View::text)?;
    let properties = properties(value)?;
    let role = last(properties.need("roleDefinitionId", View::text)?);
    let to = Identity {
        id: properties.need("principalId", View::text)?.to_ascii_lowercase(),
        // Absent if it was not given when the role was assigned: then it may be anything.
        kind: IdentityKind::read(properties.text("principalType")?.unwrap_or_default()),
    };
    if role.is_empty() {
        return Err(misfit("roleDefinitionId"));
    }
    if to.id.is_empty() {
        return Err(misfit("principalId"));
    }
    let scope = match properties.text("scope")? {
        Some(scope) => scope,
        // The part before the assignment in its ID; the root is not named there.
        None => {
            let end = id.to_ascii_lowercase().rfind("/providers/microsoft.auth");
            let scope = end.and_then(|end| id.get(..end)).ok_or_else(|| misfit("scope"))?;
            if scope.is_empty() { "/" } else { scope }
        }
    };
    Ok(Assignment {
        id: id.to_owned(),
        to,
        role,
        place: Place::read(scope).ok_or_else(|| misfit("scope"))?,
        condition: Condition::read(properties.0).ok_or_else(|| misfit("condition"))?,
        eligible,
    })
}

/// The values of a resource.
fn properties(value: View<'_>) -> body::Read<View<'_>> {
    value.need("properties", View::object)?;
    Ok(View(value.need("properties", View::at)?))
}

/// A [role](https://learn.microsoft.com/en-us/rest/api/authorization/role-definitions/list) with its number. What it allows
/// is unknown where one of its permissions does not fit, or it has none; of a role of the provider's own it is known all
/// the same.
fn role(value: View<'_>) -> body::Read<(String, Role)> {
    let misfit = |path: &str| Misfit(path.to_owned());
    let properties = properties(value)?;
    let id = match value.text("name")? {
        Some(name) => last(name),
        None => last(value.need("id", View::text)?),
    };
    let custom = match properties.need("type", View::text)? {
        kind if same(kind, "BuiltInRole") => false,
        kind if same(kind, "CustomRole") => true,
        _ => return Err(misfit("type")),
    };
    // Its assignable scopes decide whether it belongs to the subscription or is above it. Every role has such a scope, so
    // the list is empty only if it could not be read.
    let places = properties.words("assignableScopes").ok().flatten().unwrap_or_default();
    let places: Option<Vec<Place>> = places.into_iter().map(Place::read).collect();
    let permissions = properties.listed("permissions").ok().flatten();
    let permissions =
        permissions.and_then(|all| all.iter().map(|one| Permission::of_role(one.0)).collect());
    let permissions: Option<Vec<Permission>> =
        permissions.filter(|all: &Vec<Permission>| !all.is_empty());
    Ok((
        id.clone(),
        Role {
            name: properties.text("roleName")?.unwrap_or_default().to_owned(),
            custom,
            assignable: places.unwrap_or_default(),
            permissions: permissions.or_else(|| Role::built_in(&id)?.permissions),
        },
    ))
}

/// A [denial](https://learn.microsoft.com/en-us/rest/api/authorization/deny-assignments/list).
fn denial(value: View<'_>) -> body::Read<Denial> {
    let misfit = |path: &str| Misfit(path.to_owned());
    let properties = properties(value)?;
    let identity = |value: &View<'_>| {
        Ok(Identity {
            id: value.need("id", View::text)?.to_ascii_lowercase(),
            kind: IdentityKind::read(value.text("type")?.unwrap_or_default()),
        })
    };
    let permissions = properties.need("permissions", View::listed)?;
    let permissions: Option<Vec<Permission>> =
        permissions.iter().map(|one| Permission::read(one.0)).collect();
    let scope = properties.need("scope", View::text)?;
    let but = properties.items("excludePrincipals")?;
    Ok(Denial {
        place: Place::read(scope).ok_or_else(|| misfit("scope"))?,
        here_only: properties.flag("doNotApplyToChildScopes")?.unwrap_or(false),
        permissions: permissions.ok_or_else(|| misfit("permissions"))?,
        from: properties
            .need("principals", View::listed)?
            .iter()
            .map(identity)
            .collect::<body::Read<_>>()?,
        but: but.iter().map(identity).collect::<body::Read<_>>()?,
        condition: Condition::read(properties.0).ok_or_else(|| misfit("condition"))?,
    })
}

/// The [administrators from before there were roles](https://learn.microsoft.com/en-us/azure/role-based-access-control/classic-administrators).
/// The account administrator pays, and may do nothing with resources.
async fn classic(audit: &Subscription<'_>) -> Fact<Vec<String>> {
    if !audit.calls(&CLASSIC) {
        return Fact::not_collected();
    }
    let path = "providers/Microsoft.Authorization/classicAdministrators?api-version=2015-07-01";
    let items = audit.list(CLASSIC.name, path).await;
    // Where the service does not know them any more, there are none. A subscription that answers nothing else either tells
    // nothing by that.
    if items.refused.as_ref().is_some_and(|refused| refused.is_absent()) {
        return audit.exists().map_or_else(|why| audit.ask.unknown(why), |()| Known(Vec::new()));
    }
    let read = Read::from(items, CLASSIC.name, |value| {
        let role = value.need("properties.role", View::text)?;
        let pays = role.split(';').all(|role| same(role.trim(), "AccountAdministrator"));
        let name = value.text("properties.emailAddress")?.unwrap_or(name_of(value.0));
        Ok((!pays).then(|| format!("{name} ({role})")))
    });
    match read.gap {
        Some(gap) => audit.ask.unknown(gap),
        None => Known(read.items.into_iter().flatten().collect()),
    }
}

/// The role of an assignment, or why it is not known.
fn role_of(
    assignment: &Assignment,
    roles: &BTreeMap<String, Arc<Role>>,
    gap: Option<&Gap>,
    asked: bool,
) -> Result<Arc<Role>, Gap> {
    if let Some(role) = roles.get(&assignment.role) {
        return match role.permissions {
            Some(_) => Ok(Arc::clone(role)),
            None => Err(senseless(DEFINITIONS.name, &assignment.role)),
        };
    }
    if let Some(role) = Role::built_in(&assignment.role) {
        return Ok(Arc::new(role));
    }
    Err(match gap {
        Some(gap) => gap.clone(),
        None if !asked => Gap::not_collected(),
        None => {
            let mut gap = Gap::new(DEFINITIONS.name, &assignment.role, Reason::Incomplete);
            gap.detail = Some("the role is not one of those that were listed".to_owned());
            gap
        }
    })
}

/// Without the license there are no eligible assignments.
fn licensed<T>(mut read: Read<T>) -> Read<T> {
    read.gap = read.gap.filter(|gap| gap.reason != Reason::LicenseMissing);
    read
}

/// The id of the assignment that came of
/// [activating](https://learn.microsoft.com/en-us/rest/api/authorization/role-assignment-schedule-instances/list-for-scope) a
/// role, in small letters; the inner none for one that was given.
fn activated(value: View<'_>) -> body::Read<Option<String>> {
    match value.need("properties.assignmentType", View::text)? {
        kind if same(kind, "Assigned") => Ok(None),
        kind if same(kind, "Activated") => {
            let origin = value.need("properties.originRoleAssignmentId", View::text)?;
            Ok(Some(origin.to_ascii_lowercase()))
        }
        // A value that is neither must not make a role look as if it had been activated.
        _ => Err(Misfit("properties.assignmentType".to_owned())),
    }
}

/// Whether a role is held all the time.
fn permanent(
    assignment: &Assignment,
    activated: &BTreeSet<String>,
    gap: Option<&Gap>,
    asked: bool,
) -> Result<bool, Gap> {
    if assignment.eligible || activated.contains(&assignment.id.to_ascii_lowercase()) {
        return Ok(false);
    }
    match gap {
        _ if !asked => Err(Gap::not_collected()),
        // Only users activate roles, also those that a group is eligible for.
        Some(gap) if assignment.to.kind == IdentityKind::User => Err(gap.clone()),
        _ => Ok(true),
    }
}

/// Puts the assignments of the subscription into its scope, and keeps those that are above.
fn grants(
    audit: &Subscription<'_>,
    above: &mut InheritedAccess,
    part: &mut Part,
    all: &[ObservedAssignment],
    gap: Option<&Gap>,
    directory: &Directory,
) {
    let (shared, own): (Vec<&ObservedAssignment>, Vec<&ObservedAssignment>) =
        all.iter().partition(|given| given.assignment.place.is_above());
    above.subscriptions += 1;
    for given in shared {
        above.learn(given.assignment.id.to_ascii_lowercase(), given.clone());
    }
    if let Some(gap) = gap {
        note(&mut above.grants_gap, gap);
    }
    let items =
        own.into_iter().map(|given| grant(audit.ask, audit.wanted, given, directory)).collect();
    part.grants = listing(audit.ask, items, gap);
}

fn grant(
    ask: &ApiClient,
    wanted: &Wanted,
    given: &ObservedAssignment,
    directory: &Directory,
) -> Grant {
    let assignment = &given.assignment;
    let found = directory.of(&assignment.to);
    let holder_name = match &found {
        Found::User(person) | Found::Application(person) => Some(person.name.clone()),
        Found::Group(group) => group.name.clone(),
        _ => None,
    };
    let role_name = match &given.role {
        Ok(role) if !role.name.is_empty() => role.name.as_str(),
        _ => assignment.role.as_str(),
    };
    let how = if assignment.eligible { " (eligible)" } else { "" };
    let holder_name = holder_name.as_deref().unwrap_or(&assignment.to.id);
    let name = format!("{role_name}{how} for {holder_name}");
    let mut grant = Grant::unread_on(Provider::Azure, &assignment.id, name, None)
        .holder(match assignment.to.kind {
            IdentityKind::User => Known(Holder::User),
            IdentityKind::Group | IdentityKind::ForeignGroup => Known(Holder::Group),
            IdentityKind::Application => Known(Holder::Application),
            IdentityKind::Deleted | IdentityKind::Device => Known(Holder::Other),
            IdentityKind::Unclear => ask.unknown(unclear(assignment)),
        })
        .level(Known(match assignment.place.height() {
            Height::Root => GrantLevel::Root,
            Height::ManagementGroup => GrantLevel::AccountGroup,
            Height::Subscription => GrantLevel::Account,
            Height::ResourceGroup | Height::Resource => GrantLevel::Resources,
        }))
        .permanent(match &given.permanent {
            Ok(permanent) => Known(*permanent),
            Err(gap) => ask.unknown(gap.clone()),
        });
    if wanted.fact(Grant::POWER) {
        grant = grant.power(power(ask, given));
    }
    if wanted.fact(Grant::ORPHANED) {
        grant = grant.orphaned(match &found {
            Found::Gone => Known(true),
            Found::User(_) | Found::Application(_) => Known(false),
            Found::Group(group) => match &group.unseen {
                Some(gap) => ask.unknown(gap.clone()),
                None => Known(false),
            },
            Found::Refused(gap) => ask.unknown((**gap).clone()),
            Found::Other if assignment.to.kind == IdentityKind::Unclear => {
                ask.unknown(unclear(assignment))
            }
            // Nothing shows it.
            Found::Other => NotOffered,
            Found::NotAsked => Fact::not_collected(),
        });
    }
    let users = |is: fn(&Person) -> Option<bool>| users(ask, assignment, &found, is);
    if wanted.fact(Grant::GUESTS) {
        grant = grant.guests(users(|person| person.guest));
    }
    if wanted.fact(Grant::DISABLED_USERS) {
        grant = grant.disabled_users(users(|person| {
            if person.user { person.enabled.map(|enabled| !enabled) } else { Some(false) }
        }));
    }
    grant
}

fn power(ask: &ApiClient, given: &ObservedAssignment) -> Fact<GrantPower> {
    let role = match &given.role {
        Ok(role) => role,
        Err(gap) => return ask.unknown(gap.clone()),
    };
    match role.power(given.assignment.condition.as_ref()) {
        Some(Power::Everything) => Known(GrantPower::Everything),
        Some(Power::GivesRoles) => Known(GrantPower::GivesRoles),
        Some(Power::Changes) => Known(GrantPower::Changes),
        Some(Power::Reads) => Known(GrantPower::Reads),
        None => ask.unknown(undetermined(&given.assignment.id)),
    }
}

fn unclear(assignment: &Assignment) -> Gap {
    let mut gap = Gap::new(ASSIGNMENTS.name, &assignment.id, Reason::Unsupported);
    gap.detail = Some("the type of its principal is unknown".to_owned());
    gap
}

fn undetermined(id: &str) -> Gap {
    let mut gap = Gap::new(ASSIGNMENTS.name, id, Reason::Undetermined);
    gap.detail = Some("it depends on a condition".to_owned());
    gap
}

/// The users among the holders for whom the answer is yes.
fn users(
    ask: &ApiClient,
    assignment: &Assignment,
    found: &Found,
    is: impl Fn(&Person) -> Option<bool>,
) -> Fact<Vec<String>> {
    let people: &[Arc<Person>] = match found {
        Found::User(person) | Found::Application(person) => std::slice::from_ref(person),
        Found::Group(group) => match &group.members {
            Some(Ok(members)) => &members.people,
            Some(Err(gap)) => return ask.unknown(gap.clone()),
            None => return Fact::not_collected(),
        },
        Found::Gone => &[],
        Found::Other => match assignment.to.kind {
            IdentityKind::ForeignGroup => {
                let mut gap = Gap::new(ASSIGNMENTS.name, &assignment.id, Reason::OutsideScope);
                gap.detail = Some("the group belongs to another tenant".to_owned());
                return ask.unknown(gap);
            }
            IdentityKind::Unclear => return ask.unknown(unclear(assignment)),
            _ => &[],
        },
        Found::Refused(gap) => return ask.unknown((**gap).clone()),
        Found::NotAsked => return Fact::not_collected(),
    };
    let mut names = Vec::new();
    for person in people {
        match is(person) {
            Some(true) => names.push(person.name.clone()),
            Some(false) => {}
            None => return ask.unknown(hidden(person)),
        }
    }
    names.sort_unstable();
    Known(names)
}

/// The names of all and of those that are certain.
fn people(
    audit: &Subscription<'_>,
    who: Who,
    directory: &Directory,
    why: Option<Gap>,
) -> (Fact<Vec<String>>, Fact<Vec<String>>) {
    let incomplete = why.is_some();
    people_or(audit, who, directory, why, incomplete)
}

/// The same, if the reason does not already mean that there may be more than were found.
fn people_or(
    audit: &Subscription<'_>,
    who: Who,
    directory: &Directory,
    why: Option<Gap>,
    incomplete: bool,
) -> (Fact<Vec<String>>, Fact<Vec<String>>) {
    let mut complete = who.is_complete() && !incomplete;
    let mut why = why;
    let mut names = Vec::new();
    for id in &who.certain {
        match directory.person(id) {
            Found::User(person) | Found::Application(person) => match person.enabled {
                Some(true) => names.push(person.name.clone()),
                // It can do nothing as long as it is switched off.
                Some(false) => {}
                None => {
                    complete = false;
                    why.get_or_insert_with(|| hidden(&person));
                }
            },
            Found::Gone => {}
            Found::Refused(gap) => {
                complete = false;
                why.get_or_insert_with(|| (*gap).clone());
            }
            Found::Other | Found::Group(_) | Found::NotAsked => {
                complete = false;
                why.get_or_insert_with(|| {
                    let mut gap = Gap::new(ASSIGNMENTS.name, id, Reason::Undetermined);
                    gap.detail = Some("cannot determine the type of the principal".to_owned());
                    gap
                });
            }
        }
    }
    names.sort_unstable();
    let all = if complete {
        Known(names.clone())
    } else {
        let why = why.or_else(|| directory.gap());
        let doubt = if who.others {
            "cannot determine who holds a role"
        } else {
            "it depends on a condition"
        };
        audit.ask.unknown(why.unwrap_or_else(|| {
            let mut gap = Gap::new(ASSIGNMENTS.name, "", Reason::Undetermined);
            gap.detail = Some(doubt.to_owned());
            gap
        }))
    };
    (all, Known(names))
}

/// Puts the custom roles into the scope of the subscription, and keeps those that are above.
fn policies(
    audit: &Subscription<'_>,
    above: &mut InheritedAccess,
    part: &mut Part,
    roles: &BTreeMap<String, Arc<Role>>,
    gap: Option<&Gap>,
) {
    if !audit.wanted.kind(Kind::Policy) {
        return;
    }
    let custom = roles.iter().filter(|(_, role)| role.custom);
    let (shared, own): (Vec<_>, Vec<_>) =
        custom.partition(|(_, role)| role.assignable.iter().any(Place::is_above));
    // Assignments are counted there.
    above.subscriptions += usize::from(!audit.wanted.kind(Kind::Grant));
    for (id, role) in shared {
        above.policies.entry(id.clone()).or_insert_with(|| Arc::clone(role));
    }
    // One whose scope is unknown may be above.
    for (id, _) in own.iter().filter(|(_, role)| role.assignable.is_empty()) {
        note(&mut above.policies_gap, &senseless(DEFINITIONS.name, id));
    }
    if let Some(gap) = gap {
        note(&mut above.policies_gap, gap);
    }
    let prefix =
        format!("/subscriptions/{}/providers/Microsoft.Authorization/roleDefinitions", audit.id);
    let items =
        own.into_iter().map(|(id, role)| policy(audit.ask, &format!("{prefix}/{id}"), role));
    part.policies = listing(audit.ask, items.collect(), gap);
}

fn policy(ask: &ApiClient, id: &str, role: &Role) -> Policy {
    let name = if role.name.is_empty() { id } else { &role.name };
    let policy = Policy::unread_on(Provider::Azure, id, name, None).customer_managed(Known(true));
    if role.permissions.is_none() || role.assignable.is_empty() {
        let gap = ask.gap(senseless(DEFINITIONS.name, id));
        let mut policy = policy;
        for fact in ["full_admin", "wildcard_services", "escalation_paths"] {
            policy.hide(fact, gap);
        }
        return policy;
    }
    let paths =
        ESCALATIONS.iter().filter(|action| role.gives(Plane::Control, action) != Answer::No);
    policy
        .full_admin(Known(role.wildcards()))
        .wildcard_services(Known(Entries::from_iter(role.wildcard_services())))
        .escalation_paths(Known(paths.copied().collect()))
}

/// The customer's own roles that are made for locks.
fn lock_roles(
    audit: &Subscription<'_>,
    roles: &BTreeMap<String, Arc<Role>>,
    gap: Option<&Gap>,
) -> Fact<Vec<String>> {
    const LOCKS: &[&str] =
        &["Microsoft.Authorization/locks/write", "Microsoft.Authorization/locks/delete"];
    let made_for_them = |role: &Role| {
        LOCKS.iter().all(|action| role.gives(Plane::Control, action) == Answer::Yes)
            && role.gives(Plane::Control, GIVES_ROLES) == Answer::No
            && role.wildcards().is_empty()
    };
    let custom = || roles.values().filter(|role| role.custom);
    let found: Vec<String> =
        custom().filter(|role| made_for_them(role)).map(|role| role.name.clone()).collect();
    match gap {
        _ if !found.is_empty() => Known(found),
        Some(gap) => audit.ask.unknown(gap.clone()),
        None if custom().any(|role| role.permissions.is_none()) => {
            audit.ask.malformed(DEFINITIONS.name, "", "a role cannot be read")
        }
        None => Known(found),
    }
}

#[cfg(test)]
mod tests;
