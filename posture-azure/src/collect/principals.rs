//! Who holds roles: users, groups with their members, applications. Each is requested once in a tenant, and only those
//! that show in an assignment.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use posture_model::gap::{Gap, Reason};
use posture_model::resource::{Account, FactId, Grant, Machine};
use posture_model::wanted::Wanted;
use serde_json::Value;
use tokio::sync::Mutex;

use super::body::{Read, View, senseless, word};
use super::roles::DIRECTORY_ROLES;
use super::sign_in::actions::SIGN_INS;
use crate::client::{Absence, ApiClient, Items, Question, RateLimit};
use crate::entry::{Action, BATCHED, facts};
use crate::rbac::{Identity, IdentityKind};

/// What follows from who holds roles of Azure.
const AZURE_ROLES: &[FactId] = &[
    Account::OWNERS,
    Account::CERTAIN_OWNERS,
    Account::ROLE_GIVERS,
    Account::CERTAIN_ROLE_GIVERS,
    Grant::GUESTS,
    Grant::DISABLED_USERS,
];

/// Requires the identities that hold Azure roles.
const IDENTITIES: &[FactId] = facts![AZURE_ROLES, &[Grant::ORPHANED]];

/// Requires the members of groups.
const PEOPLE: &[FactId] = facts![AZURE_ROLES, DIRECTORY_ROLES, SIGN_INS];

/// Requires the users that hold roles.
const USERS: &[FactId] = facts![PEOPLE, &[Grant::ORPHANED]];

pub(crate) const USER: Action = Action {
    name: "/users/{id}",
    own: &["User.Read.All"],
    per: BATCHED,
    lists: &[],
    fills: USERS,
    command: "az ad user show --id <holder>",
};

pub(crate) const APPLICATION: Action = Action {
    name: "/servicePrincipals/{id}",
    own: &["Application.Read.All"],
    per: BATCHED,
    lists: &[],
    fills: IDENTITIES,
    command: "az ad sp show --id <holder>",
};

pub(crate) const GROUP: Action = Action {
    name: "/groups/{id}",
    own: &["GroupMember.Read.All"],
    per: BATCHED,
    lists: &[],
    fills: &[Grant::ORPHANED],
    command: "az ad group show --group <holder>",
};

pub(crate) const MEMBERS: Action = Action {
    name: "/groups/{id}/transitiveMembers",
    own: &["GroupMember.Read.All"],
    per: BATCHED,
    lists: &[],
    fills: facts![PEOPLE, &[Machine::ADMINISTERS]],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/groups/<holder>/transitiveMembers",
};

/// The identities of a tenant that were requested.
pub(crate) struct Principals<'a> {
    ask: &'a ApiClient,
    wanted: &'a Wanted,
    /// While one caller requests them, the others wait, so that nothing is requested twice.
    known: Mutex<HashMap<String, Found>>,
}

/// What became of asking for an identity.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// No control wants it.
    NotAsked,
    /// It was deleted.
    Gone,
    User(Arc<Person>),
    Application(Arc<Person>),
    Group(Arc<Group>),
    /// Nothing can be requested about such an identity: a device, a group of another tenant, an unclear one.
    Other,
    Refused(Arc<Gap>),
}

/// A user or an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) user: bool,
    /// Whether it can sign in; none if posture may not read it.
    pub(crate) enabled: Option<bool>,
    /// Whether it is a guest; none if posture may not read it.
    pub(crate) guest: Option<bool>,
}

/// A group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) name: Option<String>,
    /// Why it is unknown whether it exists.
    pub(crate) unseen: Option<Gap>,
    /// Its members at any depth; none if they were not requested.
    pub(crate) members: Option<Result<Arc<Members>, Gap>>,
}

/// The users and applications in a group. A group may be large and hold roles in every subscription, so that they are
/// held once.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// Ordered by id.
    pub(crate) people: Vec<Arc<Person>>,
    ids: Arc<BTreeSet<String>>,
}

/// The identities that one scope requested, by ID.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    found: BTreeMap<String, Found>,
}

#[cfg(test)]
impl Directory {
    /// One in which these were requested, groups with the IDs of their members.
    pub(crate) fn of_groups(groups: &[(&str, Result<&[&str], Gap>)]) -> Self {
        let found = |members: &Result<&[&str], Gap>| {
            let members = members.clone().map(|ids| {
                let ids = ids.iter().map(|id| (*id).to_owned()).collect();
                Arc::new(Members { people: Vec::new(), ids: Arc::new(ids) })
            });
            Found::Group(Arc::new(Group { name: None, unseen: None, members: Some(members) }))
        };
        let found = groups.iter().map(|(id, members)| ((*id).to_owned(), found(members)));
        Self { found: found.collect() }
    }

    /// With something else that was found.
    pub(crate) fn and(mut self, id: &str, found: Found) -> Self {
        self.found.insert(id.to_owned(), found);
        self
    }
}

impl Directory {
    /// What is known about a requested identity.
    pub(crate) fn of(&self, identity: &Identity) -> Found {
        if identity.kind == IdentityKind::Deleted {
            return Found::Gone;
        }
        self.found.get(&identity.id).cloned().unwrap_or(Found::NotAsked)
    }

    /// What is known about an identity directly or as a member of a group.
    pub(crate) fn person(&self, id: &str) -> Found {
        if let Some(found) = self.found.get(id) {
            return found.clone();
        }
        let member = |found: &Found| {
            let Found::Group(group) = found else { return None };
            let people = &group.members.as_ref()?.as_ref().ok()?.people;
            let place = people.binary_search_by(|person| person.id.as_str().cmp(id)).ok()?;
            people.get(place).cloned()
        };
        match self.found.values().find_map(member) {
            Some(person) if person.user => Found::User(person),
            Some(person) => Found::Application(person),
            None => Found::NotAsked,
        }
    }

    /// Whether a requested group has a member at any depth, or why that is unknown; none if it was not requested. A
    /// deleted group has none.
    pub(crate) fn has_member(&self, group: &Identity, id: &str) -> Option<Result<bool, Gap>> {
        match self.of(group) {
            Found::Group(group) => {
                let members = group.members.as_ref()?.as_ref();
                Some(members.map(|members| members.ids.contains(id)).map_err(Gap::clone))
            }
            Found::Gone => Some(Ok(false)),
            Found::Refused(why) => Some(Err((*why).clone())),
            Found::NotAsked | Found::User(_) | Found::Application(_) | Found::Other => None,
        }
    }

    /// The groups with their members, for questions about access.
    pub(crate) fn groups(&self) -> crate::rbac::Groups {
        let members = |found: &Found| match found {
            Found::Group(group) => {
                let Some(Ok(members)) = &group.members else { return Some(None) };
                Some(Some(Arc::clone(&members.ids)))
            }
            Found::Gone => Some(Some(Arc::default())),
            Found::Refused(_) => Some(None),
            _ => None,
        };
        self.found.iter().filter_map(|(id, found)| Some((id.clone(), members(found)?))).collect()
    }

    /// The first reason why something of it is not known.
    pub(crate) fn gap(&self) -> Option<Gap> {
        self.found.values().find_map(|found| match found {
            Found::Refused(gap) => Some((**gap).clone()),
            Found::Group(group) => group.members.as_ref()?.as_ref().err().cloned(),
            _ => None,
        })
    }
}

/// Properties that we may not know come as if they were not set.
pub(crate) fn hidden(person: &Person) -> Gap {
    let action = if person.user { USER.name } else { APPLICATION.name };
    let mut gap = Gap::new(action, &person.id, Reason::Denied);
    gap.detail = Some("its properties were returned without values".to_owned());
    gap
}

impl<'a> Principals<'a> {
    pub(crate) fn new(ask: &'a ApiClient, wanted: &'a Wanted) -> Self {
        Self { ask, wanted, known: Mutex::default() }
    }

    /// What is known about some identities, after requesting those that were not requested before.
    pub(crate) async fn find(&self, identities: &BTreeSet<Identity>) -> Directory {
        let mut known = self.known.lock().await;
        // What came without a type and was not asked for may come again with one.
        let is_new = |identity: &&Identity| match known.get(&identity.id) {
            None => true,
            Some(Found::Other) => identity.kind != IdentityKind::Unclear,
            Some(_) => false,
        };
        let new: Vec<&Identity> = identities.iter().filter(is_new).collect();
        for (id, found) in self.ask(&new).await {
            known.insert(id, found);
        }
        let mut directory = Directory::default();
        for identity in identities {
            let Some(found) = known.get(&identity.id) else { continue };
            directory.found.insert(identity.id.clone(), found.clone());
        }
        directory
    }

    async fn ask(&self, identities: &[&Identity]) -> Vec<(String, Found)> {
        let mut asked: Vec<(&Identity, &'static str, String)> = Vec::new();
        let mut found: BTreeMap<String, Found> = BTreeMap::new();
        for identity in identities {
            // An id from the cloud must stay one word of the path.
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if identity.id.is_empty() || !identity.id.chars().all(plain) {
                let mut gap = Gap::new("", &identity.id, Reason::Malformed);
                gap.detail = Some("not a valid ID of an identity".to_owned());
                found.insert(identity.id.clone(), Found::Refused(Arc::new(gap)));
                continue;
            }
            let questions: &[(&'static Action, &str)] = match identity.kind {
                IdentityKind::User => {
                    &[(&USER, "?$select=id,userPrincipalName,displayName,accountEnabled,userType")]
                }
                IdentityKind::Application => {
                    &[(&APPLICATION, "?$select=id,displayName,accountEnabled")]
                }
                IdentityKind::Group => &[
                    (&GROUP, "?$select=id,displayName"),
                    (
                        &MEMBERS,
                        "?$select=id,userPrincipalName,displayName,accountEnabled,userType&$top=999",
                    ),
                ],
                IdentityKind::Deleted => continue,
                IdentityKind::ForeignGroup | IdentityKind::Device | IdentityKind::Unclear => {
                    // The same one may be asked for under another type.
                    found.entry(identity.id.clone()).or_insert(Found::Other);
                    continue;
                }
            };
            found.insert(identity.id.clone(), Found::NotAsked);
            for (action, query) in questions.iter().filter(|(a, _)| a.is_wanted(self.wanted)) {
                let path = format!("{}{query}", action.name.replace("{id}", &identity.id));
                asked.push((identity, action.name, path));
            }
        }
        let lane = RateLimit::Directory;
        let questions: Vec<Question<'_>> = asked
            .iter()
            .map(|(identity, action, path)| Question {
                action,
                target: &identity.id,
                lane: &lane,
                path,
            })
            .collect();
        let answers = self.ask.graph_batch(&questions).await;
        for (question, answer) in questions.iter().zip(answers) {
            let id = question.target;
            let now = match answer {
                Ok(body) => match question.action {
                    action if action == MEMBERS.name => {
                        let members = Some(self.members(*question, body).await);
                        Found::Group(Arc::new(Group { name: None, unseen: None, members }))
                    }
                    // What is not about the one that was asked for shows nothing of it.
                    action if !is_of(&body, id) => Found::Refused(Arc::new(senseless(action, id))),
                    action if action == GROUP.name => {
                        let name = word(&body, "displayName").map(str::to_owned);
                        Found::Group(Arc::new(Group { name, unseen: None, members: None }))
                    }
                    action => match person(View(&body), action == USER.name) {
                        Ok(person) if person.user => Found::User(Arc::new(person)),
                        Ok(person) => Found::Application(Arc::new(person)),
                        Err(_) => Found::Refused(Arc::new(senseless(action, id))),
                    },
                },
                Err(refused) if refused.is_absent() => Found::Gone,
                Err(refused) if question.action == MEMBERS.name => {
                    let members = Some(Err(refused.gap));
                    Found::Group(Arc::new(Group { name: None, unseen: None, members }))
                }
                Err(refused) => Found::Refused(Arc::new(refused.gap)),
            };
            let before = found.remove(id);
            found.insert(id.to_owned(), together(before, now));
        }
        found.into_iter().collect()
    }

    /// The members of a group from its first page on.
    async fn members(&self, question: Question<'_>, body: Value) -> Result<Arc<Members>, Gap> {
        let Items { items, refused } = self.ask.graph_rest(question, body).await;
        if let Some(refused) = refused {
            return Err(refused.gap);
        }
        let mut members = Vec::new();
        for item in &items {
            let kind = word(item, "@odata.type").unwrap_or_default();
            match kind.to_ascii_lowercase().as_str() {
                kind @ ("#microsoft.graph.user" | "#microsoft.graph.serviceprincipal") => {
                    let person = person(View(item), kind.ends_with("user"));
                    let person = person.map_err(|_| senseless(MEMBERS.name, question.target))?;
                    members.push(Arc::new(person));
                }
                // Nested groups are included with their members; devices and contacts hold no roles.
                "#microsoft.graph.group"
                | "#microsoft.graph.device"
                | "#microsoft.graph.orgcontact" => {}
                _ => return Err(senseless(MEMBERS.name, question.target)),
            }
        }
        members.sort_by(|a: &Arc<Person>, b| a.id.cmp(&b.id));
        let ids = members.iter().map(|person| person.id.clone()).collect();
        Ok(Arc::new(Members { people: members, ids: Arc::new(ids) }))
    }
}

/// The combination of two responses about a group.
fn together(before: Option<Found>, now: Found) -> Found {
    match (before, now) {
        (Some(Found::Group(one)), Found::Group(other)) => Found::Group(Arc::new(Group {
            name: one.name.clone().or_else(|| other.name.clone()),
            unseen: None,
            members: one.members.clone().or_else(|| other.members.clone()),
        })),
        (Some(gone @ Found::Gone), _) => gone,
        // Where its members are there, only what it is called is not.
        (Some(Found::Refused(gap)), Found::Group(group)) => {
            let unseen = !matches!(group.members, Some(Ok(_)));
            Found::Group(Arc::new(Group {
                unseen: unseen.then(|| (*gap).clone()),
                ..(*group).clone()
            }))
        }
        (_, now) => now,
    }
}

/// Whether a response is about the requested identity.
fn is_of(body: &Value, id: &str) -> bool {
    word(body, "id").is_some_and(|own| own.eq_ignore_ascii_case(id))
}

/// A user or an application.
fn person(value: View<'_>, user: bool) -> Read<Person> {
    let id = value.need("id", View::text)?.to_ascii_lowercase();
    let name = match value.text("userPrincipalName")? {
        None => value.text("displayName")?,
        name => name,
    };
    let guest = match user {
        false => Some(false),
        // It is asked for, and so always there.
        true => match value.nullable("userType", View::text)? {
            Some(kind) if kind.eq_ignore_ascii_case("guest") => Some(true),
            Some(kind) if kind.eq_ignore_ascii_case("member") => Some(false),
            Some(_) => None,
            // Users of tenants from before there were guests have `null`; those that we may not see have no name either.
            None => name.map(|_| false),
        },
    };
    Ok(Person {
        name: name.unwrap_or(&id).to_owned(),
        user,
        enabled: value.flag("accountEnabled")?,
        guest,
        id,
    })
}

#[cfg(test)]
mod tests;
