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
    let _ = (audit, summary, details);
    unreachable!()
}
