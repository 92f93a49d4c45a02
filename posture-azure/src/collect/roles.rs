//! The administrative roles of the directory: who holds them, permanently or as eligible.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::dated::Dated;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, Reason};
use posture_model::part::Part;
use posture_model::resource::{Directory, FactId};
use tokio::sync::OnceCell;

use super::body::{Misfit, Read as Parsed, View, note, same, senseless, word};
use super::context::Tenant;
use super::principals::{Found, Person, Principals, hidden};
use super::sign_in::actions::SIGN_INS;
use crate::client::{Items, Question, RateLimit};
use crate::entry::{Action, HOLDERS, ROLE_GROUP, facts};
use crate::rbac::{Identity, IdentityKind};

/// What also counts those who hold roles only after asking for them.
const ON_DEMAND: &[FactId] = &[Directory::GLOBAL_ADMINISTRATORS, Directory::TENANT_CREATORS];

/// Who holds roles of the directory.
pub(crate) const DIRECTORY_ROLES: &[FactId] =
    facts![ON_DEMAND, &[Directory::PERMANENT_ADMINISTRATORS]];

pub(crate) const ASSIGNMENTS: Action = Action {
    name: "/roleManagement/directory/roleAssignments",
    own: &["RoleManagement.Read.Directory"],
    per: HOLDERS,
    lists: &[],
    fills: facts![DIRECTORY_ROLES, SIGN_INS],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments",
};

pub(crate) const ACTIVE: Action = Action {
    name: "/roleManagement/directory/roleAssignmentScheduleInstances",
    own: &["RoleManagement.Read.Directory"],
    per: HOLDERS,
    lists: &[],
    fills: facts![&[Directory::PERMANENT_ADMINISTRATORS], SIGN_INS],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignmentScheduleInstances",
};

pub(crate) const ELIGIBLE: Action = Action {
    name: "/roleManagement/directory/roleEligibilityScheduleInstances",
    own: &["RoleManagement.Read.Directory"],
    per: HOLDERS,
    lists: &[],
    fills: facts![ON_DEMAND, SIGN_INS],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleEligibilityScheduleInstances",
};

/// Who is eligible for membership of a group.
pub(crate) const MEMBERS_ON_DEMAND: Action = Action {
    name: "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
    own: &["PrivilegedEligibilitySchedule.Read.AzureADGroup"],
    per: ROLE_GROUP,
    lists: &[],
    fills: ON_DEMAND,
    command: "az rest --method get --url \"https://graph.microsoft.com/v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances?\\$filter=groupId eq '<group>'\"",
};

/// [Global Administrator](https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/permissions-reference).
const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";

/// [Tenant Creator](https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/permissions-reference#tenant-creator).
const TENANT_CREATOR: &str = "112ca1a2-15ad-4102-995e-45b0bc479a6a";

/// The other roles that the reference labels privileged and that let their holders change something. Left out are those that
/// only read: AI Reader, Attribute Provisioning Reader, Global Reader, Security Reader.
///
/// The second source is the text of the first as of 2026-06-30, which labels Identity Governance Administrator, as that of
/// 2026-01-20 did not. Two roles got their label later: Entra SOC Identity Responder and Tenant Governance Administrator, by the
/// third and the fourth source. The last one is made from the first, and agrees.
static PRIVILEGED: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference",
        "https://github.com/MicrosoftDocs/entra-docs/blob/270c10ab4387e887eddd5e797389d92c480a5c17/docs/identity/role-based-access-control/permissions-reference.md",
        "https://github.com/MicrosoftDocs/entra-docs/blob/a9a9bab55aec431358e2e9eaf38df7d4ef7e75d3/docs/identity/role-based-access-control/includes/entra-soc-identity-responder.md",
        "https://github.com/MicrosoftDocs/entra-docs/blob/01deb00ff38ed23b4b9ba4d2dfd9ab32e8063d43/docs/identity/role-based-access-control/includes/tenant-governance-administrator.md",
        "https://www.powershellgallery.com/packages/Maester/2.1.62-preview/Content/internal%5CGet-MtRoleInfo.ps1",
    ],
    "2026-11-30",
    &[
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", // Application Administrator
        "cf1c38e5-3621-4004-a7cb-879624dced7c", // Application Developer
        "d2562ede-74db-457e-a7b6-544e236ebb61", // AI Administrator
        "db506228-d27e-4b7d-95e5-295956d6615f", // Agent ID Administrator
        "ecb2c6bf-0ab6-418e-bd87-7986f8d63bbe", // Attribute Provisioning Administrator
        "c4e39bd9-1100-46d3-8c65-fb160da0071f", // Authentication Administrator
        "25a516ed-2fa0-40ea-a2d0-12923a21473a", // Authentication Extensibility Administrator
        "0b00bede-4072-4d22-b441-e7df02a1ef63", // Authentication Extensibility Password Administrator
        "aaf43236-0c0d-4d5f-883a-6955382ac081", // B2C IEF Keyset Administrator
        "158c047a-c907-4556-b7ef-446551a6b5f7", // Cloud Application Administrator
        "7698a772-787b-4ac8-901f-60d6b08affd2", // Cloud Device Administrator
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", // Conditional Access Administrator
        "9360feb5-f418-4baa-8175-e2a00bac4301", // Directory Writers
        "8329153b-31d0-4727-b945-745eb3bc5f31", // Domain Name Administrator
        "58f930cc-fcf4-4152-852c-1d7dbf502139", // Entra SOC Identity Responder
        "be2f45a1-457d-42af-a067-6ec1fa63bc45", // External Identity Provider Administrator
        "729827e3-9c14-49f7-bb1b-9608f156bbb8", // Helpdesk Administrator
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", // Hybrid Identity Administrator
        "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e", // Identity Governance Administrator
        "3a2c62db-5318-420d-8d74-23affee5d9d5", // Intune Administrator
        "59d46f88-662b-457b-bceb-5c3809e5908f", // Lifecycle Workflows Administrator
        "4ba39ca4-527c-499a-b93d-d9b492c50246", // Partner Tier1 Support
        "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8", // Partner Tier2 Support
        "966707d0-3269-4727-9be2-8c3a10f19b9d", // Password Administrator
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", // Privileged Authentication Administrator
        "e8611ab8-c189-46e8-94e1-60213ab1f814", // Privileged Role Administrator
        "194ae4cb-b126-40b2-bd5b-6091b380977d", // Security Administrator
        "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f", // Security Operator
        "1981f584-96e9-4a6f-95b0-f522373f8fae", // Tenant Governance Administrator
        "fe930be7-5e62-47db-91af-98c3a49a38b1", // User Administrator
    ],
);

/// Who holds which kinds of roles; what is not wanted is not collected.
#[derive(Debug, Default)]
struct Roles {
    global: Fact<Vec<String>>,
    permanent: Fact<Vec<String>>,
    tenant_creators: Fact<Vec<String>>,
}

/// A role assigned to an identity.
#[derive(Debug)]
struct DirectoryAssignment {
    role: String,
    to: Identity,
    scope: String,
    /// Whether it is active only because it was activated; none if the list does not show it.
    activated: Option<bool>,
}

/// What was read of a list: the roles, and why they may not be all.
#[derive(Debug, Default)]
struct Read {
    given: Vec<DirectoryAssignment>,
    gap: Option<Gap>,
}

/// Everything that is listed of who holds roles.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    assigned: Read,
    eligible: Read,
    active: Read,
}

/// Whether a user holds a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Always,
    /// Only after asking for it.
    OnDemand,
    Never,
    Unknown(Gap),
}

/// The lists of who holds roles, each requested once, by the first fact that needs it.
pub(crate) struct Holders<'a> {
    tenant: &'a Tenant<'a>,
    lists: OnceCell<Lists>,
}

impl<'a> Holders<'a> {
    /// The lists of a tenant, not requested yet.
    pub(crate) fn new(tenant: &'a Tenant<'a>) -> Self {
        Self { tenant, lists: OnceCell::new() }
    }

    pub(crate) async fn lists(&self) -> &Lists {
        self.lists.get_or_init(|| Lists::read(self.tenant)).await
    }
}

impl Lists {
    /// Reads the lists that are wanted.
    async fn read(tenant: &Tenant<'_>) -> Self {
        let (assigned, eligible, active) = futures::join!(
            list(tenant, &ASSIGNMENTS),
            list(tenant, &ELIGIBLE),
            list(tenant, &ACTIVE)
        );
        Self { assigned, eligible, active }
    }

    /// The groups that hold one of some roles or are eligible for it.
    pub(crate) fn groups(&self, roles: &[&str]) -> BTreeSet<Identity> {
        let all = self.assigned.given.iter().chain(&self.eligible.given);
        let of_roles = all.filter(|given| roles.iter().any(|role| same(role, &given.role)));
        let groups = of_roles.map(|given| &given.to).filter(|to| to.kind == IdentityKind::Group);
        groups.cloned().collect()
    }

    /// Whether a user holds a role in the whole directory, given who is in the groups. Conditional access
    /// [does not count](https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-users-groups)
    /// roles that are limited to an administrative unit.
    pub(crate) fn holds(
        &self,
        user: &str,
        role: &str,
        in_group: impl Fn(&Identity) -> Result<bool, Gap>,
    ) -> Holds {
        let mut unknown = None;
        let mut is = |to: &Identity| match to.kind {
            _ if same(&to.id, user) => true,
            IdentityKind::Group => in_group(to).unwrap_or_else(|why| {
                unknown.get_or_insert(why);
                false
            }),
            IdentityKind::Unclear => {
                unknown.get_or_insert_with(|| unclear(to));
                false
            }
            _ => false,
        };
        let here = |given: &&DirectoryAssignment| same(&given.role, role) && given.scope == "/";
        let mut on_demand = false;
        for given in self.assigned.given.iter().filter(here) {
            if is(&given.to) {
                if !is_activated(given, &self.active.given) {
                    return match &self.active.gap {
                        Some(why) => Holds::Unknown(why.clone()),
                        None => Holds::Always,
                    };
                }
                on_demand = true;
            }
        }
        on_demand |= self.eligible.given.iter().filter(here).any(|given| is(&given.to));
        let gap = self.assigned.gap.as_ref().or(self.eligible.gap.as_ref()).cloned();
        match gap.or(unknown) {
            Some(why) => Holds::Unknown(why),
            None if on_demand => Holds::OnDemand,
            None => Holds::Never,
        }
    }
}

/// Those who are eligible for membership of a group, and why they may not be all.
#[derive(Debug, Default)]
struct Members {
    people: Vec<Identity>,
    gap: Option<Gap>,
}

/// Reads who holds the administrative roles.
pub(crate) async fn read(
    tenant: &Tenant<'_>,
    principals: &Principals<'_>,
    holders: &Holders<'_>,
) -> Part {
    let roles = held(tenant, principals, holders).await;
    Part::directory(|directory| {
        directory
            .global_administrators(roles.global)
            .permanent_administrators(roles.permanent)
            .tenant_creators(roles.tenant_creators)
    })
}

async fn held(tenant: &Tenant<'_>, principals: &Principals<'_>, holders: &Holders<'_>) -> Roles {
    let global = tenant.wanted.fact(Directory::GLOBAL_ADMINISTRATORS);
    let permanent = tenant.wanted.fact(Directory::PERMANENT_ADMINISTRATORS);
    let tenant_creators = tenant.wanted.fact(Directory::TENANT_CREATORS);
    if !global && !permanent && !tenant_creators {
        return Roles::default();
    }
    let Lists { assigned, eligible, active } = holders.lists().await;
    let of_role = |role: &'static str| {
        let all = assigned.given.iter().chain(&eligible.given);
        all.filter(move |given| same(&given.role, role))
    };
    let roles_wanted = [(global, GLOBAL), (tenant_creators, TENANT_CREATOR)];
    let groups: BTreeSet<&str> = roles_wanted
        .into_iter()
        .filter(|(wanted, _)| *wanted)
        .flat_map(|(_, role)| of_role(role))
        .filter(|given| given.to.kind == IdentityKind::Group)
        .map(|given| given.to.id.as_str())
        .collect();
    let members =
        groups.into_iter().map(async |group| (group, members_on_demand(tenant, group).await));
    let members: BTreeMap<&str, Members> =
        futures::future::join_all(members).await.into_iter().collect();
    // All identities that have a role or are eligible for it, directly or as a member of a group.
    let holders = async |role: &'static str| {
        let on_demand: Vec<&Members> =
            of_role(role).filter_map(|given| members.get(given.to.id.as_str())).collect();
        let gap = on_demand.iter().find_map(|members| members.gap.as_ref());
        let gap = assigned.gap.as_ref().or(eligible.gap.as_ref()).or(gap);
        let holders = of_role(role).map(|given| &given.to);
        let holders = holders.chain(on_demand.iter().flat_map(|members| &members.people));
        people(tenant, principals, holders, gap).await
    };
    let mut roles = Roles::default();
    if global {
        roles.global = holders(GLOBAL).await;
    }
    if tenant_creators {
        roles.tenant_creators = holders(TENANT_CREATOR).await;
    }
    if permanent {
        let stays = |given: &&DirectoryAssignment| {
            let privileged = PRIVILEGED.iter().any(|role| same(role, &given.role));
            (privileged || same(&given.role, GLOBAL)) && !is_activated(given, &active.given)
        };
        let given = assigned.given.iter().filter(stays).map(|given| &given.to);
        let gap = assigned.gap.as_ref().or(active.gap.as_ref());
        roles.permanent = people(tenant, principals, given, gap).await;
    }
    roles
}

/// Whether a role is active only because its holder activated it. One that is assigned as well stays.
fn is_activated(given: &DirectoryAssignment, active: &[DirectoryAssignment]) -> bool {
    let mut of_it = active
        .iter()
        .filter(|other| {
            other.to.id == given.to.id
                && same(&other.role, &given.role)
                && same(&other.scope, &given.scope)
        })
        .peekable();
    of_it.peek().is_some() && of_it.all(|other| other.activated == Some(true))
}

async fn list(tenant: &Tenant<'_>, action: &'static Action) -> Read {
    if !tenant.calls(action) {
        return Read::default();
    }
    let action = action.name;
    let Items { items, refused } =
        tenant.graph_list(action, "?$expand=principal", &RateLimit::Directory).await;
    let gap = refused.map(|refused| refused.gap);
    if action != ASSIGNMENTS.name && items.is_empty() && is_unlicensed(gap.as_ref()) {
        return Read::default();
    }
    let (mut all, mut malformed) = (Vec::new(), None);
    for item in &items {
        match given(View(item), action == ACTIVE.name) {
            Ok(given) => all.push(given),
            Err(_) => {
                note(&mut malformed, &senseless(action, word(item, "id").unwrap_or_default()));
            }
        }
    }
    Read { given: all, gap: gap.or(malformed) }
}

/// Only with the [license](https://learn.microsoft.com/en-us/entra/id-governance/licensing-fundamentals) of Privileged Identity
/// Management can there be eligible assignments, so that without it there are none.
fn is_unlicensed(gap: Option<&Gap>) -> bool {
    gap.is_some_and(|gap| gap.reason == Reason::LicenseMissing)
}

/// Those who hold the role of a group once they [activate their membership](https://learn.microsoft.com/en-us/entra/id-governance/privileged-identity-management/concept-pim-for-groups);
/// they are not among its members until then.
async fn members_on_demand(tenant: &Tenant<'_>, group: &str) -> Members {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if group.is_empty() || !group.chars().all(plain) {
        // An id from the cloud must stay one word of the question; asking for the group itself shows why it is none.
        return Members::default();
    }
    let question = Question {
        action: MEMBERS_ON_DEMAND.name,
        target: group,
        lane: &RateLimit::Directory,
        path: &format!(
            "v1.0{}?$filter=groupId eq '{group}'&$expand=principal",
            MEMBERS_ON_DEMAND.name
        ),
    };
    let Items { items, refused } = tenant.ask.graph_list(question).await;
    let gap = refused.map(|refused| refused.gap);
    if items.is_empty() && is_unlicensed(gap.as_ref()) {
        return Members::default();
    }
    let mut members = Members { people: Vec::new(), gap };
    for item in &items {
        match (word(item, "accessId"), holder(View(item))) {
            (Some(access), Ok(to)) if same(access, "member") => members.people.push(to),
            // An owner holds no role.
            (Some(access), Ok(_)) if same(access, "owner") => {}
            _ => {
                members.gap.get_or_insert_with(|| senseless(MEMBERS_ON_DEMAND.name, group));
            }
        }
    }
    members
}

/// The identity to which something is assigned.
fn holder(item: View<'_>) -> Parsed<Identity> {
    // The name of the property holds a dot, which separates names in a path.
    let principal = item.object("principal")?;
    let kind = match principal.and_then(|principal| principal.get("@odata.type")) {
        None => None,
        Some(kind) => Some(kind.as_str().ok_or_else(|| Misfit("principal".to_owned()))?),
    };
    let kind = match kind.map(str::to_ascii_lowercase).as_deref() {
        Some("#microsoft.graph.user") => IdentityKind::User,
        Some("#microsoft.graph.group") => IdentityKind::Group,
        Some("#microsoft.graph.serviceprincipal") => IdentityKind::Application,
        _ => IdentityKind::Unclear,
    };
    Ok(Identity { id: item.need("principalId", View::text)?.to_ascii_lowercase(), kind })
}

fn given(item: View<'_>, active: bool) -> Parsed<DirectoryAssignment> {
    let activated = match item.text("assignmentType")? {
        _ if !active => None,
        Some(kind) if same(kind, "Activated") => Some(true),
        Some(kind) if same(kind, "Assigned") => Some(false),
        // With an unknown value it may be either.
        _ => return Err(Misfit("assignmentType".to_owned())),
    };
    let scope = match item.text("directoryScopeId")? {
        None => item.text("appScopeId")?,
        scope => scope,
    };
    Ok(DirectoryAssignment {
        role: item.need("roleDefinitionId", View::text)?.to_owned(),
        to: holder(item)?,
        // One of them is always returned.
        scope: scope.ok_or_else(|| Misfit("directoryScopeId".to_owned()))?.to_owned(),
        activated,
    })
}

/// The names of the users among the holders who can sign in, each once. Applications cannot activate a role, and are not
/// people.
async fn people<'g>(
    tenant: &Tenant<'_>,
    principals: &Principals<'_>,
    holders: impl Iterator<Item = &'g Identity>,
    gap: Option<&Gap>,
) -> Fact<Vec<String>> {
    let identities: BTreeSet<Identity> =
        holders.filter(|holder| holder.kind != IdentityKind::Application).cloned().collect();
    let directory = principals.find(&identities).await;
    let mut gap = gap.cloned();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut take = |person: &Person| -> Result<(), Gap> {
        match person.enabled {
            _ if !person.user => {}
            Some(true) => {
                names.insert(person.id.clone(), person.name.clone());
            }
            // It can do nothing as long as it is switched off.
            Some(false) => {}
            None => return Err(hidden(person)),
        }
        Ok(())
    };
    for identity in &identities {
        let taken = match directory.of(identity) {
            Found::User(person) | Found::Application(person) => take(&person),
            Found::Gone => Ok(()),
            Found::Group(group) => match (&group.members, &group.unseen) {
                (Some(Ok(members)), _) => members.people.iter().try_for_each(|one| take(one)),
                (Some(Err(gap)), _) | (None, Some(gap)) => Err(gap.clone()),
                (None, None) => Err(unclear(identity)),
            },
            Found::Refused(gap) => Err((*gap).clone()),
            Found::Other | Found::NotAsked => Err(unclear(identity)),
        };
        if let Err(why) = taken {
            gap.get_or_insert(why);
        }
    }
    if let Some(gap) = gap {
        return tenant.ask.unknown(gap);
    }
    let mut names: Vec<String> = names.into_values().collect();
    names.sort_unstable();
    Known(names)
}

/// Why it is unknown who an identity represents.
fn unclear(identity: &Identity) -> Gap {
    let mut gap = Gap::new(ASSIGNMENTS.name, &identity.id, Reason::Undetermined);
    gap.detail = Some("cannot determine who holds the role".to_owned());
    gap
}

#[cfg(test)]
mod tests;
