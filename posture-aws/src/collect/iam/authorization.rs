//! Users, groups, roles and policies with their documents, all from
//! [GetAccountAuthorizationDetails](https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html).

use std::collections::{BTreeMap, HashMap};

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, EntityType, GroupDetail, ManagedPolicyDetail,
    PolicyDetail, RoleDetail, SummaryKeyType, UserDetail,
};
use aws_smithy_types::DateTime;
use posture_core::fact::{Fact, Known};
use posture_core::gap::{Gap, GapId, Reason};
use posture_core::listing::Listing;
use posture_core::resource::{FactId, Group, Kind, Policy, Role, User};
use posture_core::time::Time;
use posture_core::wanted::Wanted;

use super::{AUTHORIZATION, PAGE, Summary, count, pages};
use crate::ask::Asker;
use crate::collect::{Audit, time};

/// The facts that take the documents of attached policies.
const RIGHTS_OF_USERS: &[FactId] = &[User::fact("full_admin"), User::fact("escalation_paths")];
const RIGHTS: &[FactId] = &[
    User::fact("full_admin"),
    User::fact("escalation_paths"),
    Group::fact("full_admin"),
    Role::fact("full_admin"),
    Role::fact("escalation_paths"),
];

/// Which kinds are asked for.
#[derive(Clone, Copy)]
struct Asked {
    users: bool,
    groups: bool,
    roles: bool,
    policies: bool,
}

impl Asked {
    fn by(wanted: &Wanted) -> Self {
        Self {
            users: wanted.kind(Kind::User) || wanted.fact(Group::fact("members")),
            groups: wanted.kind(Kind::Group) || wanted.any(RIGHTS_OF_USERS),
            roles: wanted.kind(Kind::Role),
            policies: wanted.kind(Kind::Policy) || wanted.any(RIGHTS),
        }
    }

    fn filter(self) -> Vec<EntityType> {
        let kinds = [
            (self.users, EntityType::User),
            (self.groups, EntityType::Group),
            (self.roles, EntityType::Role),
            (self.policies, EntityType::LocalManagedPolicy),
            // Those that are in use.
            (self.policies, EntityType::AwsManagedPolicy),
        ];
        kinds.into_iter().filter(|(asked, _)| *asked).map(|(_, kind)| kind).collect()
    }
}

/// The answer, unjudged.
pub(super) struct Details {
    asked: Asked,
    users: BTreeMap<String, UserDetail>,
    groups: BTreeMap<String, GroupDetail>,
    roles: BTreeMap<String, RoleDetail>,
    policies: BTreeMap<String, ManagedPolicyDetail>,
    /// Why there may be more than these.
    cut: Option<GapId>,
}

/// What is known of identities and policies.
pub(super) struct Identities {
    pub(super) users: Listing<User>,
    pub(super) groups: Listing<Group>,
    pub(super) roles: Listing<Role>,
    pub(super) policies: Listing<Policy>,
}

/// Reads everything in one walk.
pub(super) async fn read(audit: &Audit<'_>, client: &Client) -> Option<Details> {
    if !audit.calls(AUTHORIZATION) {
        return None;
    }
    let ask = audit.ask;
    let asked = Asked::by(audit.wanted);
    let found = pages(
        ask,
        AUTHORIZATION,
        |marker| {
            client
                .get_account_authorization_details()
                .set_filter(Some(asked.filter()))
                .max_items(PAGE)
                .set_marker(marker)
                .send()
        },
        |page| (page.is_truncated(), page.marker()),
    )
    .await;
    let mut details = Details {
        asked,
        users: BTreeMap::new(),
        groups: BTreeMap::new(),
        roles: BTreeMap::new(),
        policies: BTreeMap::new(),
        cut: found.cut,
    };
    let mut nameless = false;
    // The same item may come again where something changed between two pages.
    for page in found.pages {
        nameless |= !gather(&mut details.users, page.user_detail_list, |user| user.arn());
        nameless |= !gather(&mut details.groups, page.group_detail_list, |group| group.arn());
        nameless |= !gather(&mut details.roles, page.role_detail_list, |role| role.arn());
        nameless |= !gather(&mut details.policies, page.policies, |policy| policy.arn());
    }
    if nameless && details.cut.is_none() {
        let mut gap = Gap::new(AUTHORIZATION, "", Reason::Malformed);
        gap.detail = Some("the answer holds an item without an ARN".to_owned());
        details.cut = Some(ask.gap(gap));
    }
    Some(details)
}

/// Keeps items by their ARN; false where one had none.
fn gather<T>(
    into: &mut BTreeMap<String, T>,
    items: Option<Vec<T>>,
    arn: impl Fn(&T) -> Option<&str>,
) -> bool {
    let mut all = true;
    for item in items.into_iter().flatten() {
        match arn(&item).map(str::to_owned) {
            Some(arn) => drop(into.insert(arn, item)),
            None => all = false,
        }
    }
    all
}

/// Turns the answer into resources.
pub(super) fn judge(
    audit: &Audit<'_>,
    details: Option<Details>,
    summary: &Summary,
) -> Identities {
    let Some(details) = details else {
        return Identities {
            users: Listing::not_collected(),
            groups: Listing::not_collected(),
            roles: Listing::not_collected(),
            policies: Listing::not_collected(),
        };
    };
    Judge {
        ask: audit.ask,
        wanted: audit.wanted,
        summary,
        rights: RefCell::new(Rights::new(audit.session.account())),
        details: &details,
    }
    .identities()
}

/// Paths of roles that AWS keeps for its own: those
/// [linked to a service](https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html) and those that
/// [IAM Identity Center](https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html) and
/// others write into an account. IAM refuses every change to them: trust, policies and boundary follow from settings of
/// the service, such as the permission sets of Identity Center, and are changed there or not at all.
const SERVICES_OWN: &[&str] = &["/aws-service-role/", "/aws-reserved/"];

struct Judge<'a> {
    ask: &'a Asker,
    wanted: &'a Wanted,
    summary: &'a Summary,
    rights: RefCell<Rights>,
    details: &'a Details,
}

impl Judge<'_> {
    fn identities(&self) -> Identities {
        let details = self.details;
        let customers = details.policies.keys().filter(|arn| is_customer_managed(arn)).count();
        Identities {
            users: self.listing(
                Kind::User,
                (SummaryKeyType::Users, details.users.len()),
                details.users.iter().map(|(arn, user)| self.user(arn, user)),
            ),
            groups: self.listing(
                Kind::Group,
                (SummaryKeyType::Groups, details.groups.len()),
                details.groups.iter().map(|(arn, group)| self.group(arn, group)),
            ),
            roles: self.listing(
                Kind::Role,
                (SummaryKeyType::Roles, details.roles.len()),
                details.roles.iter().map(|(arn, role)| self.role(arn, role)),
            ),
            policies: self.listing(
                Kind::Policy,
                (SummaryKeyType::Policies, customers),
                // A policy of AWS's own that nobody holds is no part of the account.
                details
                    .policies
                    .iter()
                    .filter(|(arn, policy)| is_customer_managed(arn) || is_used(policy))
                    .map(|(arn, policy)| self.policy(arn, policy)),
            ),
        }
    }

    /// A listing with what keeps it from being whole: where the walk went to its end, the account's own count decides.
    fn listing<T>(
        &self,
        kind: Kind,
        (key, listed): (SummaryKeyType, usize),
        items: impl Iterator<Item = T>,
    ) -> Listing<T> {
        if !self.wanted.kind(kind) {
            return Listing::not_collected();
        }
        let gap =
            self.details.cut.or_else(|| self.summary.disproves(self.ask, key, listed));
        Listing { items: items.collect(), gaps: gap.into_iter().collect() }
    }

    fn user(&self, arn: &str, detail: &UserDetail) -> User {
        let groups = detail.group_list();
        let attached = detail.attached_managed_policies();
        let embedded = detail.user_policy_list();
        let name = detail.user_name().unwrap_or(arn);
        let mut user = User::unread(arn, name, None)
            .created(self.created(arn, detail.create_date()))
            .groups(Known(groups.to_vec()))
            .direct_policies(Known(
                attached.iter().filter_map(id_of).chain(embedded.iter().filter_map(name_of)).collect(),
            ));
        let boundary = detail.permissions_boundary();
        if self.wanted.any(RIGHTS_OF_USERS) {
            let held = || {
                let mut held = self.own(arn, embedded, attached)?;
                for group in groups {
                    held.extend(self.of_group(arn, group)?);
                }
                Ok(held)
            };
            let holder = self.holder(arn, held(), boundary);
            user.full_admin = self.if_wanted(User::fact("full_admin"), || {
                self.answer(&holder, Question::FullAdmin)
            });
            user.escalation_paths = self.if_wanted(User::fact("escalation_paths"), || {
                self.answer(&holder, Question::Escalation)
            });
        }
        user.decrypts_any_key = self.if_wanted(User::fact("decrypts_any_key"), || {
            self.embedded_decrypts(arn, embedded)
        });
        user
    }

    fn group(&self, arn: &str, detail: &GroupDetail) -> Group {
        let name = detail.group_name().unwrap_or(arn);
        let embedded = detail.group_policy_list();
        Group::unread(arn, name, None)
            .members(self.if_wanted(Group::fact("members"), || self.members(name)))
            .full_admin(self.if_wanted(Group::fact("full_admin"), || {
                let held = self.own(arn, embedded, detail.attached_managed_policies());
                // A boundary belongs to a user or a role, never to a group.
                self.answer(&self.holder(arn, held, None), Question::FullAdmin)
            }))
            .decrypts_any_key(self.if_wanted(Group::fact("decrypts_any_key"), || {
                self.embedded_decrypts(arn, embedded)
            }))
    }

    fn members(&self, group: &str) -> Fact<u32> {
        let users = &self.details.users;
        let gap = self
            .details
            .cut
            .or_else(|| self.summary.disproves(self.ask, SummaryKeyType::Users, users.len()));
        match gap {
            Some(gap) => Fact::Gap(gap),
            None => Known(count(
                users
                    .values()
                    .filter(|user| user.group_list().iter().any(|name| name == group))
                    .count(),
            )),
        }
    }

    fn role(&self, arn: &str, detail: &RoleDetail) -> Role {
        let attached = detail.attached_managed_policies();
        let embedded = detail.role_policy_list();
        let path = detail.path().unwrap_or("/");
        // AWS remembers use for [400 days](https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html);
        // without a date there was none in that time.
        let last_used = detail.role_last_used().and_then(|used| used.last_used_date()).map(time);
        let mut role = Role::unread(arn, detail.role_name().unwrap_or(arn), None)
            .service_linked(Known(SERVICES_OWN.iter().any(|own| path.starts_with(own))))
            .created(self.created(arn, detail.create_date()))
            .last_used(Known(last_used))
            .attached_policies(Known(attached.iter().filter_map(id_of).collect()));
        if self.wanted.any(RIGHTS_OF_ROLES) {
            let held = self.own(arn, embedded, attached);
            let holder = self.holder(arn, held, detail.permissions_boundary());
            role.full_admin = self.if_wanted(Role::fact("full_admin"), || {
                self.answer(&holder, Question::FullAdmin)
            });
            role.escalation_paths = self.if_wanted(Role::fact("escalation_paths"), || {
                self.answer(&holder, Question::Escalation)
            });
        }
        role.decrypts_any_key = self.if_wanted(Role::fact("decrypts_any_key"), || {
            self.embedded_decrypts(arn, embedded)
        });
        if self.wanted.any(TRUST) {
            let trust = self.document(
                arn,
                "the trust policy",
                detail.assume_role_policy_document(),
            );
            let instances = !detail.instance_profile_list().is_empty();
            self.trust(arn, trust, instances, &mut role);
        }
        role
    }

    fn policy(&self, arn: &str, detail: &ManagedPolicyDetail) -> Policy {
        let held = || Ok(vec![self.managed(arn)?]);
        let holder = self.holder(arn, held(), None);
        let attachments = match detail.attachment_count().map(u32::try_from) {
            Some(Ok(count)) => Known(count),
            _ => self.ask.malformed(AUTHORIZATION, arn, "the answer gives no count of attachments"),
        };
        Policy::unread(arn, detail.policy_name().unwrap_or(arn), None)
            .customer_managed(Known(is_customer_managed(arn)))
            .attachments(attachments)
            .full_admin(self.if_wanted(Policy::fact("full_admin"), || {
                self.answer(&holder, Question::FullAdmin)
            }))
            .wildcard_services(self.if_wanted(Policy::fact("wildcard_services"), || {
                self.answer(&holder, Question::WildcardServices)
            }))
            .decrypts_any_key(self.if_wanted(Policy::fact("decrypts_any_key"), || {
                self.answer(&holder, Question::Decrypts)
            }))
    }

    fn if_wanted<T>(&self, fact: FactId, f: impl FnOnce() -> Fact<T>) -> Fact<T> {
        if self.wanted.fact(fact) { f() } else { Fact::not_collected() }
    }

    fn created(&self, arn: &str, date: Option<&DateTime>) -> Fact<Time> {
        match date {
            Some(date) => Known(time(date)),
            None => self.ask.malformed(AUTHORIZATION, arn, "the answer gives no date of creation"),
        }
    }
}

/// Whether the customer wrote a policy; AWS's own bear `aws` where an account would stand.
fn is_customer_managed(arn: &str) -> bool {
    arn.split(':').nth(4) != Some("aws")
}

fn is_used(policy: &ManagedPolicyDetail) -> bool {
    // Without a number it might be.
    let used = |count: Option<i32>| count.is_none_or(|count| count > 0);
    used(policy.attachment_count()) || policy.permissions_boundary_usage_count().is_some_and(|n| n > 0)
}

fn id_of(policy: &AttachedPolicy) -> Option<String> {
    policy.policy_arn().or(policy.policy_name()).map(str::to_owned)
}

fn name_of(policy: &PolicyDetail) -> Option<String> {
    policy.policy_name().map(str::to_owned)
}
