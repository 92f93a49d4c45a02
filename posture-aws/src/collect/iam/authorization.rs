//! Users, groups, roles and policies with their documents, all from
//! [GetAccountAuthorizationDetails](https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html).

use std::cell::{LazyCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, EntityType, GroupDetail, ManagedPolicyDetail,
    PolicyDetail, RoleDetail, SummaryKeyType, Tag, UserDetail,
};
use aws_smithy_types::DateTime;
use posture_collect::text::clip;
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::{Account, FactId, Group, Kind, Organization, Policy, Role, User};
use posture_model::time::Time;
use posture_model::wanted::Wanted;

use super::graph::{self, Is, Node, Outcome, Reached};
use super::rights::{Held, Question, Rights, Trust, speaks_of_a_cluster};
use super::{PAGE, Summary, count, pages};
use crate::ask::ApiClient;
use crate::collect::context::{Audit, time};
use crate::collect::resource_policy::{decided, listed, membership, parties};
use crate::entry::{Action, Holds, Per};
use crate::policy::{Document, Entity, Found, Home};

pub(crate) const AUTHORIZATION: Action = Action {
    name: "iam:GetAccountAuthorizationDetails",
    per: Per::page(1_000),
    own: Holds::all(&["@IsTruncated"]).and_any(&[
        "UserDetailList",
        "GroupDetailList",
        "RoleDetailList",
        "Policies",
    ]),
    lists: &[Kind::User, Kind::Group, Kind::Role, Kind::Policy],
    fills: &[
        User::CREATED,
        User::GROUPS,
        User::DIRECT_POLICIES,
        User::FULL_ADMIN,
        User::ESCALATION_PATHS,
        User::ADMIN_PATHS,
        User::DECRYPTS_ANY_KEY,
        User::TAGS,
        Role::TAGS,
        User::WILDCARD_SERVICES,
        Group::MEMBERS,
        Group::FULL_ADMIN,
        Group::ESCALATION_PATHS,
        Group::DECRYPTS_ANY_KEY,
        Group::WILDCARD_SERVICES,
        Role::SERVICE_LINKED,
        Role::CREATED,
        Role::LAST_USED,
        Role::ATTACHED_POLICIES,
        Role::WORKLOAD,
        Role::PROFILES,
        Role::TRUSTS_ANYONE,
        Role::TRUSTS_ACCOUNTS,
        Role::TRUSTS_ACCOUNTS_UNCONDITIONALLY,
        Role::TRUSTS_FEDERATION_WITHOUT_AUDIENCE,
        Role::TRUSTS_FEDERATION_WITHOUT_SUBJECT,
        Role::TRUSTS_SERVICES_WITHOUT_SOURCE,
        Role::FULL_ADMIN,
        Role::ESCALATION_PATHS,
        Role::ADMIN_PATHS,
        Role::DECRYPTS_ANY_KEY,
        Role::WILDCARD_SERVICES,
        Policy::CUSTOMER_MANAGED,
        Policy::ATTACHMENTS,
        Policy::FULL_ADMIN,
        Policy::WILDCARD_SERVICES,
        Policy::DECRYPTS_ANY_KEY,
        Policy::ESCALATION_PATHS,
        Account::CONFLICTING_DUTIES,
    ],
    command: "aws iam get-account-authorization-details",
};

/// The facts that need the documents of attached policies.
const RIGHTS: &[FactId] = &[
    User::FULL_ADMIN,
    // A boundary is an attached policy.
    User::DECRYPTS_ANY_KEY,
    Group::FULL_ADMIN,
    Role::FULL_ADMIN,
    Role::DECRYPTS_ANY_KEY,
];

/// The facts that need the permissions of all principals: who can act as whom.
const GRAPH: &[FactId] = &[
    User::ESCALATION_PATHS,
    User::ADMIN_PATHS,
    Group::ESCALATION_PATHS,
    Role::ESCALATION_PATHS,
    Role::ADMIN_PATHS,
    Policy::ESCALATION_PATHS,
];

/// The kinds that are requested.
#[derive(Clone, Copy)]
struct Asked {
    users: bool,
    groups: bool,
    roles: bool,
    policies: bool,
}

impl Asked {
    fn by(wanted: &Wanted) -> Self {
        let graph = wanted.any(GRAPH) || wanted.fact(Account::CONFLICTING_DUTIES);
        Self {
            users: graph || wanted.kind(Kind::User) || wanted.fact(Group::MEMBERS),
            groups: graph || wanted.kind(Kind::Group) || wanted.fact(User::FULL_ADMIN),
            roles: graph || wanted.kind(Kind::Role),
            policies: graph || wanted.kind(Kind::Policy) || wanted.any(RIGHTS),
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

/// Sets the facts that users and roles have in common: what policies allow them, and their tags.
macro_rules! of_entity {
    ($kind:ident, $of:ident: $self:ident, $arn:ident, $detail:ident, $holder:expr, $embedded:ident, $outcomes:ident) => {
        $of.full_admin =
            $self.if_wanted($kind::FULL_ADMIN, || $self.answer($arn, $holder, Question::FullAdmin));
        $of.escalation_paths = $self.if_wanted($kind::ESCALATION_PATHS, || {
            $self.escalation_paths($arn, $holder, $outcomes)
        });
        $of.admin_paths =
            $self.if_wanted($kind::ADMIN_PATHS, || $self.admin_paths($arn, $holder, $outcomes));
        $of.tags = $self.if_wanted($kind::TAGS, || tags($detail.tags()));
        $of.decrypts_any_key = $self.if_wanted($kind::DECRYPTS_ANY_KEY, || {
            let boundary = $detail.permissions_boundary();
            $self.of_embedded($arn, $embedded, boundary, Question::Decrypts)
        });
        $of.wildcard_services =
            $self.if_wanted($kind::WILDCARD_SERVICES, || $self.embedded_services($arn, $embedded));
    };
}

/// The answer, unjudged.
pub(super) struct Details {
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
    /// See [`Account::CONFLICTING_DUTIES`].
    pub(super) conflicting_duties: Fact<Entries>,
}

/// Reads everything in one walk.
pub(super) async fn read(audit: &Audit<'_>, client: &Client) -> Option<Details> {
    if !audit.calls(&AUTHORIZATION) {
        return None;
    }
    let ask = audit.ask;
    let asked = Asked::by(audit.wanted);
    let found = pages(
        ask,
        AUTHORIZATION.name,
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
        let mut gap = Gap::new(AUTHORIZATION.name, "", Reason::Malformed);
        gap.detail = Some("the response contains an item without an ARN".to_owned());
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
        match arn(&item).filter(|arn| !arn.is_empty()).map(str::to_owned) {
            Some(arn) => drop(into.insert(arn, item)),
            None => all = false,
        }
    }
    all
}

/// Turns the answer into resources.
pub(super) async fn judge(
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
            conflicting_duties: Fact::not_collected(),
        };
    };
    let organization = audit.organization().await;
    let home = Home {
        account: audit.session.account(),
        partition: audit.session.partition(),
        organization: membership(organization),
    };
    let by_name = |(arn, group): (&'_ String, &GroupDetail)| {
        Some((group.group_name()?.to_owned(), arn.clone()))
    };
    let judge = Judge {
        ask: audit.ask,
        organization,
        wanted: audit.wanted,
        summary,
        home,
        rights: RefCell::new(Rights::new(home)),
        managed: RefCell::default(),
        groups: details.groups.iter().filter_map(by_name).collect(),
        details: &details,
    };
    let nodes = if audit.wanted.any(GRAPH) { judge.nodes() } else { Vec::new() };
    let outcomes = judge.outcomes(&nodes);
    judge.identities(&outcomes)
}

/// Whether a service of AWS owns a role by its path: one
/// [linked to a service](https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html), or one that a
/// service creates in the account for its own use. The roles of IAM Identity Center are beside these and belong to the customer
/// in all but name: their permissions are what the customer put into a permission set.
fn is_services_own(path: &str) -> bool {
    let identity_center = path.starts_with("/aws-reserved/sso.amazonaws.com/");
    path.starts_with("/aws-service-role/") || path.starts_with("/aws-reserved/") && !identity_center
}

struct Judge<'a> {
    ask: &'a ApiClient,
    organization: &'a Fact<Option<Organization>>,
    wanted: &'a Wanted,
    summary: &'a Summary,
    home: Home<'a>,
    rights: RefCell<Rights<'a>>,
    /// The managed policies that are attached, by ARN.
    managed: RefCell<HashMap<&'a str, Result<Held, GapId>>>,
    /// ARNs by name, which users refer to.
    groups: HashMap<String, String>,
    details: &'a Details,
}

/// What an identity holds and what bounds it, or the first gap among these: a document that is not known may grant what
/// the others do not, or deny what they grant.
struct Holder {
    held: Result<Vec<Held>, GapId>,
    /// Its ARN and its document.
    boundary: Result<Option<(String, Rc<Document>)>, GapId>,
    /// Whether it is a user or a role, which policies may name.
    entity: bool,
}

/// Where each user, group, role and policy leads, and why there may be more than was read.
struct Outcomes<'n> {
    by_arn: HashMap<&'n str, Outcome>,
    incomplete: Option<GapId>,
}

impl Judge<'_> {
    /// Everything that a path may begin with, lead over or end at, in the order of the ARNs.
    fn nodes(&self) -> Vec<Node> {
        let details = self.details;
        let node = |is, arn: &str, name: &str, holder: Holder| Node {
            is,
            arn: arn.to_owned(),
            name: name.to_owned(),
            rights: match (holder.held, holder.boundary) {
                (Ok(held), Ok(boundary)) => Some((held, boundary)),
                _ => None,
            },
            trust: None,
            owned: false,
            has_profile: false,
            groups: Vec::new(),
        };
        let mut nodes = Vec::new();
        for (arn, user) in &details.users {
            let name = user.user_name().unwrap_or(last(arn));
            let groups = user.group_list().iter().filter_map(|name| self.groups.get(name).cloned());
            nodes.push(Node {
                groups: groups.collect(),
                ..node(Is::User, arn, name, self.holder_of_user(arn, user))
            });
        }
        for (arn, group) in &details.groups {
            let name = group.group_name().unwrap_or(last(arn));
            nodes.push(node(Is::Group, arn, name, self.holder_of_group(arn, group)));
        }
        for (arn, role) in &details.roles {
            let name = role.role_name().unwrap_or(last(arn));
            let trust = self.document(arn, "the trust policy", role.assume_role_policy_document());
            nodes.push(Node {
                trust: trust.ok(),
                // Those of IAM Identity Center cannot be changed in the account either.
                owned: is_services_own(role.path().unwrap_or("/"))
                    || role.path().is_some_and(|path| path.starts_with("/aws-reserved/")),
                has_profile: !role.instance_profile_list().is_empty(),
                ..node(Is::Role, arn, name, self.holder_of_role(arn, role))
            });
        }
        for (arn, policy) in details.policies.iter().filter(|(arn, _)| is_customer_managed(arn)) {
            let name = policy.policy_name().unwrap_or(last(arn));
            nodes.push(node(Is::Policy, arn, name, self.holder_of_policy(arn)));
        }
        nodes
    }

    fn outcomes<'n>(&'n self, nodes: &'n [Node]) -> Outcomes<'n> {
        if nodes.is_empty() {
            return Outcomes { by_arn: HashMap::new(), incomplete: self.details.cut };
        }
        let found = graph::outcomes(self.home, nodes, &mut self.rights.borrow_mut());
        let arns = nodes.iter().map(|node| node.arn.as_str());
        // A path may lead over a principal that the response left out.
        Outcomes { by_arn: arns.zip(found).collect(), incomplete: self.incomplete() }
    }

    /// Why there may be more principals than those of the response.
    fn incomplete(&self) -> Option<GapId> {
        let details = self.details;
        let counts = [
            (SummaryKeyType::Users, details.users.len()),
            (SummaryKeyType::Groups, details.groups.len()),
            (SummaryKeyType::Roles, details.roles.len()),
        ];
        let mut counts = counts.into_iter();
        details.cut.or_else(|| {
            counts.find_map(|(key, listed)| self.summary.disproves(self.ask, key, listed))
        })
    }

    /// The users and the roles whose policies allow every one of the duties. The roles of services are for these alone.
    fn conflicting_duties(&self) -> Fact<Entries> {
        let details = self.details;
        let users = details.users.iter().map(|(arn, user)| (arn, self.holder_of_user(arn, user)));
        let roles = details.roles.iter();
        let roles = roles.filter(|(_, role)| !is_services_own(role.path().unwrap_or("/")));
        let roles = roles.map(|(arn, role)| (arn, self.holder_of_role(arn, role)));
        let (mut certain, mut open) = (Vec::new(), self.incomplete());
        for (arn, holder) in users.chain(roles) {
            match self.answer(arn, &holder, Question::ConflictingDuties) {
                Known(duties) if duties.is_empty() => {}
                Known(_) => certain.push(arn.clone()),
                Fact::NotOffered => {}
                Fact::Gap(gap) => open = open.or(Some(gap)),
            }
        }
        certain.sort_unstable();
        Entries::new(certain, open).into_fact()
    }

    fn identities(&self, outcomes: &Outcomes<'_>) -> Identities {
        let details = self.details;
        let customers = details.policies.keys().filter(|arn| is_customer_managed(arn)).count();
        Identities {
            users: self.listing(
                Kind::User,
                (SummaryKeyType::Users, details.users.len()),
                details.users.iter().map(|(arn, user)| self.user(arn, user, outcomes)),
            ),
            groups: self.listing(
                Kind::Group,
                (SummaryKeyType::Groups, details.groups.len()),
                details.groups.iter().map(|(arn, group)| self.group(arn, group, outcomes)),
            ),
            roles: self.listing(
                Kind::Role,
                (SummaryKeyType::Roles, details.roles.len()),
                details.roles.iter().map(|(arn, role)| self.role(arn, role, outcomes)),
            ),
            policies: self.listing(
                Kind::Policy,
                (SummaryKeyType::Policies, customers),
                // An unattached AWS managed policy is not part of the account.
                details
                    .policies
                    .iter()
                    .filter(|(arn, policy)| is_customer_managed(arn) || is_used(policy))
                    .map(|(arn, policy)| self.policy(arn, policy, outcomes)),
            ),
            conflicting_duties: self
                .if_wanted(Account::CONFLICTING_DUTIES, || self.conflicting_duties()),
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
        let gap = self.details.cut.or_else(|| self.summary.disproves(self.ask, key, listed));
        Listing { items: items.collect(), gaps: gap.into_iter().collect() }
    }

    fn user(&self, arn: &str, detail: &UserDetail, outcomes: &Outcomes<'_>) -> User {
        let groups = detail.group_list();
        let attached = detail.attached_managed_policies();
        let embedded = detail.user_policy_list();
        let name = detail.user_name().unwrap_or(last(arn));
        // In an order of ours: the service promises none.
        let mut direct: Vec<String> =
            attached.iter().filter_map(id_of).chain(embedded.iter().filter_map(name_of)).collect();
        direct.sort_unstable();
        let mut joined = groups.to_vec();
        joined.sort_unstable();
        let mut user = User::unread_on(Provider::Aws, arn, name, None)
            .created(self.created(arn, detail.create_date()))
            .groups(Known(joined))
            .direct_policies(Known(direct));
        let holder = LazyCell::new(|| self.holder_of_user(arn, detail));
        of_entity!(User, user: self, arn, detail, &holder, embedded, outcomes);
        user
    }

    fn group(&self, arn: &str, detail: &GroupDetail, outcomes: &Outcomes<'_>) -> Group {
        let name = detail.group_name().unwrap_or(last(arn));
        let embedded = detail.group_policy_list();
        Group::unread_on(Provider::Aws, arn, name, None)
            .members(self.if_wanted(Group::MEMBERS, || self.members(name)))
            .full_admin(self.if_wanted(Group::FULL_ADMIN, || {
                self.answer(arn, &self.holder_of_group(arn, detail), Question::FullAdmin)
            }))
            .escalation_paths(self.if_wanted(Group::ESCALATION_PATHS, || {
                self.escalation_paths(arn, &self.holder_of_group(arn, detail), outcomes)
            }))
            .decrypts_any_key(self.if_wanted(Group::DECRYPTS_ANY_KEY, || {
                self.of_embedded(arn, embedded, None, Question::Decrypts)
            }))
            .wildcard_services(
                self.if_wanted(Group::WILDCARD_SERVICES, || self.embedded_services(arn, embedded)),
            )
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

    fn role(&self, arn: &str, detail: &RoleDetail, outcomes: &Outcomes<'_>) -> Role {
        let attached = detail.attached_managed_policies();
        let embedded = detail.role_policy_list();
        let path = detail.path().unwrap_or("/");
        // AWS remembers use for [400 days](https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html);
        // without a date there was none in that time.
        let last_used = detail.role_last_used().and_then(|used| used.last_used_date()).map(time);
        let mut role =
            Role::unread_on(Provider::Aws, arn, detail.role_name().unwrap_or(last(arn)), None)
                .service_linked(Known(is_services_own(path)))
                .created(self.created(arn, detail.create_date()))
                .last_used(Known(last_used))
                .attached_policies(Known(attached.iter().filter_map(id_of).collect()));
        let holder = LazyCell::new(|| self.holder_of_role(arn, detail));
        of_entity!(Role, role: self, arn, detail, &holder, embedded, outcomes);
        self.trust(arn, detail, &mut role);
        role
    }

    fn policy(&self, arn: &str, detail: &ManagedPolicyDetail, outcomes: &Outcomes<'_>) -> Policy {
        let holder = self.holder_of_policy(arn);
        let attachments = match detail.attachment_count().map(u32::try_from) {
            Some(Ok(count)) => Known(count),
            _ => {
                self.ask.malformed(AUTHORIZATION.name, arn, "the response has no attachment count")
            }
        };
        let name = detail.policy_name().filter(|name| !name.is_empty()).unwrap_or(last(arn));
        Policy::unread_on(Provider::Aws, arn, name, None)
            .customer_managed(Known(is_customer_managed(arn)))
            .attachments(attachments)
            .full_admin(
                self.if_wanted(Policy::FULL_ADMIN, || {
                    self.answer(arn, &holder, Question::FullAdmin)
                }),
            )
            .wildcard_services(
                self.if_wanted(Policy::WILDCARD_SERVICES, || self.services(arn, &holder)),
            )
            .decrypts_any_key(self.if_wanted(Policy::DECRYPTS_ANY_KEY, || {
                self.answer(arn, &holder, Question::Decrypts)
            }))
            .escalation_paths(self.if_wanted(Policy::ESCALATION_PATHS, || {
                if is_customer_managed(arn) {
                    self.escalation_paths(arn, &holder, outcomes)
                } else {
                    // The customer cannot change it; it counts with its holders.
                    Fact::NotOffered
                }
            }))
    }

    /// Only inline policies: managed policies are judged separately.
    fn of_embedded(
        &self,
        arn: &str,
        embedded: &[PolicyDetail],
        boundary: Option<&AttachedPermissionsBoundary>,
        question: Question,
    ) -> Fact<Vec<String>> {
        if embedded.is_empty() {
            return Known(Vec::new());
        }
        let holder = self.holder(arn, self.embedded(arn, embedded), boundary);
        self.answer(arn, &Holder { entity: boundary.is_some(), ..holder }, question)
    }

    fn embedded_services(&self, arn: &str, embedded: &[PolicyDetail]) -> Fact<Entries> {
        if embedded.is_empty() {
            return Known(Entries::none());
        }
        self.services(arn, &self.holder(arn, self.embedded(arn, embedded), None))
    }

    /// The path to full administration through others, if there is one: the first certain one decides.
    fn admin_paths(
        &self,
        arn: &str,
        holder: &Holder,
        outcomes: &Outcomes<'_>,
    ) -> Fact<Vec<String>> {
        let outcome = match self.outcome(arn, holder, outcomes) {
            Ok(outcome) => outcome,
            Err(gap) => return Fact::Gap(gap),
        };
        let certain: Vec<String> = outcome.admin.certain.iter().cloned().collect();
        if !certain.is_empty() || outcome.is_admin {
            return Known(certain);
        }
        match self.open_paths(arn, open(&[&outcome.admin]), outcomes) {
            Some(gap) => Fact::Gap(gap),
            None => Known(certain),
        }
    }

    /// Its own escalation paths, and the paths to administrators and to others that have such. A certain path does not decide
    /// the undecided ones.
    fn escalation_paths(
        &self,
        arn: &str,
        holder: &Holder,
        outcomes: &Outcomes<'_>,
    ) -> Fact<Entries> {
        let outcome = match self.outcome(arn, holder, outcomes) {
            Ok(outcome) => outcome,
            Err(gap) => return Fact::Gap(gap),
        };
        let mut certain = outcome.own.clone();
        certain.extend(outcome.admin.certain.clone());
        if certain.is_empty() {
            certain.extend(outcome.escalation.certain.clone());
        }
        if outcome.is_admin {
            return Known(certain.into());
        }
        let mut may_be = outcome.own_open.clone();
        may_be.extend(open(&[&outcome.admin, &outcome.escalation]));
        Entries::new(certain, self.open_paths(arn, may_be, outcomes)).into_fact()
    }

    /// What is known of where an identity leads.
    fn outcome<'o>(
        &self,
        arn: &str,
        holder: &Holder,
        outcomes: &'o Outcomes<'_>,
    ) -> Result<&'o Outcome, GapId> {
        if let (Err(gap), _) | (_, Err(gap)) = (&holder.held, &holder.boundary) {
            return Err(*gap);
        }
        outcomes
            .by_arn
            .get(arn)
            .ok_or_else(|| self.malformed(arn, "it is not one of those that were read"))
    }

    /// Why there may be more paths.
    fn open_paths(&self, arn: &str, may_be: Vec<String>, outcomes: &Outcomes<'_>) -> Option<GapId> {
        if may_be.is_empty() {
            return outcomes.incomplete;
        }
        self.ask.undetermined::<()>(AUTHORIZATION.name, arn, may_be.join("; ")).gap()
    }

    /// Who may assume a role, according to its trust policy.
    fn trust(&self, arn: &str, detail: &RoleDetail, role: &mut Role) {
        let text = detail.assume_role_policy_document();
        let policy = LazyCell::new(|| self.document(arn, "the trust policy", text));
        let trusts = |wanted, question| {
            self.if_wanted(wanted, || match &*policy {
                Ok(policy) => {
                    let found = self.rights.borrow_mut().trusts(question, policy);
                    let fact = match question {
                        Trust::Accounts | Trust::AccountsUnconditionally => parties,
                        _ => listed,
                    };
                    fact(self.ask, (AUTHORIZATION.name, arn), self.organization, &found)
                }
                Err(gap) => Fact::Gap(*gap),
            })
        };
        role.trusts_anyone = trusts(Role::TRUSTS_ANYONE, Trust::Anyone);
        role.trusts_accounts = trusts(Role::TRUSTS_ACCOUNTS, Trust::Accounts);
        role.trusts_accounts_unconditionally =
            trusts(Role::TRUSTS_ACCOUNTS_UNCONDITIONALLY, Trust::AccountsUnconditionally);
        role.trusts_federation_without_audience =
            trusts(Role::TRUSTS_FEDERATION_WITHOUT_AUDIENCE, Trust::FederationWithoutAudience);
        role.trusts_federation_without_subject =
            trusts(Role::TRUSTS_FEDERATION_WITHOUT_SUBJECT, Trust::FederationWithoutSubject);
        role.trusts_services_without_source =
            trusts(Role::TRUSTS_SERVICES_WITHOUT_SOURCE, Trust::ServicesWithoutSource);
        role.profiles = self.if_wanted(Role::PROFILES, || {
            let profiles = detail.instance_profile_list().iter();
            Known(profiles.map(|profile| profile.arn().to_owned()).collect())
        });
        role.workload = self.if_wanted(Role::WORKLOAD, || {
            let certain =
                !detail.instance_profile_list().is_empty() || text.is_some_and(speaks_of_a_cluster);
            match &*policy {
                _ if certain => Known(true),
                Ok(policy) => Known(self.rights.borrow_mut().is_for_workloads(arn, policy)),
                Err(gap) => Fact::Gap(*gap),
            }
        });
    }

    fn holder_of_user(&self, arn: &str, user: &UserDetail) -> Holder {
        let held = || {
            let attached = user.attached_managed_policies();
            let mut held = self.own(arn, user.user_policy_list(), attached)?;
            for group in user.group_list() {
                held.extend(self.of_group(arn, group)?);
            }
            Ok(held)
        };
        Holder { entity: true, ..self.holder(arn, held(), user.permissions_boundary()) }
    }

    fn holder_of_group(&self, arn: &str, group: &GroupDetail) -> Holder {
        let held = self.own(arn, group.group_policy_list(), group.attached_managed_policies());
        // A boundary belongs to a user or a role, never to a group.
        self.holder(arn, held, None)
    }

    fn holder_of_role(&self, arn: &str, role: &RoleDetail) -> Holder {
        let held = self.own(arn, role.role_policy_list(), role.attached_managed_policies());
        Holder { entity: true, ..self.holder(arn, held, role.permissions_boundary()) }
    }

    /// An identity that holds only this policy.
    fn holder_of_policy(&self, arn: &str) -> Holder {
        // Judged alone, it needs no name.
        let held = self.managed(arn).map(|(_, document)| vec![(String::new(), document)]);
        self.holder(arn, held, None)
    }

    /// What is embedded in or attached to an identity itself.
    fn own(
        &self,
        arn: &str,
        embedded: &[PolicyDetail],
        attached: &[AttachedPolicy],
    ) -> Result<Vec<Held>, GapId> {
        let mut held = self.embedded(arn, embedded)?;
        for policy in attached {
            held.push(match policy.policy_arn() {
                Some(policy) => self.managed(policy)?,
                None => return Err(self.malformed(arn, "an attached policy has no ARN")),
            });
        }
        Ok(held)
    }

    fn embedded(&self, arn: &str, policies: &[PolicyDetail]) -> Result<Vec<Held>, GapId> {
        let one = |policy: &PolicyDetail| {
            let name = policy.policy_name().unwrap_or("unnamed");
            let what = format!("the inline policy `{name}`");
            let document = self.document(arn, &what, policy.policy_document())?;
            Ok((format!("inline policy `{name}`"), document))
        };
        policies.iter().map(one).collect()
    }

    fn of_group(&self, user: &str, name: &str) -> Result<Vec<Held>, GapId> {
        let found = self.groups.get(name).and_then(|arn| self.details.groups.get_key_value(arn));
        let Some((arn, group)) = found else {
            return Err(self.unlisted(user, &format!("the group `{name}`")));
        };
        let mut held =
            self.own(arn, group.group_policy_list(), group.attached_managed_policies())?;
        for (policy, _) in &mut held {
            policy.push_str(&format!(" of group `{name}`"));
        }
        Ok(held)
    }

    /// A managed policy, in the version that holds.
    fn managed(&self, arn: &str) -> Result<Held, GapId> {
        let Some((arn, policy)) = self.details.policies.get_key_value(arn) else {
            return Err(self.unlisted(arn, "the policy"));
        };
        if let Some(known) = self.managed.borrow().get(arn.as_str()) {
            return known.clone();
        }
        let mut versions = policy.policy_version_list().iter();
        let text = versions.find(|version| version.is_default_version()).and_then(|v| v.document());
        let name = policy.policy_name().unwrap_or(last(arn));
        let held = self
            .document(arn, "the default version", text)
            .map(|document| (format!("policy `{name}`"), document));
        self.managed.borrow_mut().insert(arn, held.clone());
        held
    }

    fn holder(
        &self,
        arn: &str,
        held: Result<Vec<Held>, GapId>,
        boundary: Option<&AttachedPermissionsBoundary>,
    ) -> Holder {
        let boundary = boundary.map(|boundary| match boundary.permissions_boundary_arn() {
            Some(boundary) => {
                self.managed(boundary).map(|(_, document)| (boundary.to_owned(), document))
            }
            None => Err(self.malformed(arn, "the permissions boundary has no ARN")),
        });
        Holder { held, boundary: boundary.transpose(), entity: false }
    }

    fn document(
        &self,
        target: &str,
        what: &str,
        text: Option<&str>,
    ) -> Result<Rc<Document>, GapId> {
        let Some(text) = text else {
            return Err(self.malformed(target, &format!("{what} has no document")));
        };
        let parsed = self.rights.borrow_mut().document(text);
        parsed.map_err(|why| self.malformed(target, &format!("{what}: {why}")))
    }

    /// Whether an identity has a permission, and the statements that grant it. Any certain one decides.
    fn answer(&self, target: &str, holder: &Holder, question: Question) -> Fact<Vec<String>> {
        match self.ask_about(target, holder, question) {
            Ok(found) => decided(self.ask, (AUTHORIZATION.name, target), self.organization, &found),
            Err(gap) => Fact::Gap(gap),
        }
    }

    /// The services for which every action is allowed. Each counts separately, so that a certain one does not decide another.
    fn services(&self, target: &str, holder: &Holder) -> Fact<Entries> {
        match self.ask_about(target, holder, Question::WildcardServices) {
            Ok(found) => listed(self.ask, (AUTHORIZATION.name, target), self.organization, &found),
            Err(gap) => Fact::Gap(gap),
        }
    }

    fn ask_about(
        &self,
        target: &str,
        holder: &Holder,
        question: Question,
    ) -> Result<Rc<Found>, GapId> {
        match (&holder.held, &holder.boundary) {
            (Ok(held), Ok(boundary)) => {
                let policy = boundary.as_ref().map(|(_, document)| document);
                let entity = Entity {
                    arn: target,
                    boundary: boundary.as_ref().map(|(arn, _)| arn.as_str()),
                };
                let entity = holder.entity.then_some(&entity);
                Ok(self.rights.borrow_mut().ask(question, held, policy, entity))
            }
            (Err(gap), _) | (_, Err(gap)) => Err(*gap),
        }
    }

    fn malformed(&self, target: &str, detail: &str) -> GapId {
        let mut gap = Gap::new(AUTHORIZATION.name, target, Reason::Malformed);
        gap.detail = Some(clip(detail.to_owned()));
        self.ask.gap(gap)
    }

    /// Why something that is pointed to is not there: the walk was cut, or it was made or removed in its course.
    fn unlisted(&self, target: &str, what: &str) -> GapId {
        self.details.cut.unwrap_or_else(|| {
            let mut gap = Gap::new(AUTHORIZATION.name, target, Reason::Incomplete);
            gap.detail = Some(format!("{what} is not in the list"));
            self.ask.gap(gap)
        })
    }

    fn if_wanted<T>(&self, fact: FactId, f: impl FnOnce() -> Fact<T>) -> Fact<T> {
        if self.wanted.fact(fact) { f() } else { Fact::not_collected() }
    }

    fn created(&self, arn: &str, date: Option<&DateTime>) -> Fact<Time> {
        match date {
            Some(date) => Known(time(date)),
            None => {
                self.ask.malformed(AUTHORIZATION.name, arn, "the response has no creation date")
            }
        }
    }
}

/// What may be reached.
fn open(reached: &[&Reached]) -> Vec<String> {
    reached.iter().filter_map(|reached| reached.open.clone()).collect()
}

/// Whether the customer wrote a policy; AWS managed ones have `aws` in place of the account.
fn is_customer_managed(arn: &str) -> bool {
    arn.split(':').nth(4) != Some("aws")
}

fn tags(tags: &[Tag]) -> Fact<BTreeMap<String, String>> {
    Known(tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
}

/// The last part of an ARN, which is the name.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn is_used(policy: &ManagedPolicyDetail) -> bool {
    // Without a number it might be.
    let used = |count: Option<i32>| count.is_none_or(|count| count > 0);
    used(policy.attachment_count())
        || policy.permissions_boundary_usage_count().is_some_and(|n| n > 0)
}

fn id_of(policy: &AttachedPolicy) -> Option<String> {
    policy.policy_arn().or(policy.policy_name()).map(str::to_owned)
}

fn name_of(policy: &PolicyDetail) -> Option<String> {
    policy.policy_name().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use posture_model::scope::Scope;

    use posture_model::entries::Entries;

    use super::*;
    use crate::fake::Fake;

    const ACTION: &str = "GetAccountAuthorizationDetails";
    const ADMIN: &str =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    const READ: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}]}"#;
    const EC2: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

    /// What an answer holds.
    #[derive(Clone, Default)]
    struct Answer {
        users: String,
        groups: String,
        roles: String,
        policies: String,
        marker: Option<&'static str>,
    }

    impl Answer {
        fn xml(&self) -> String {
            let Self { users, groups, roles, policies, marker } = self;
            let more = marker.map_or_else(
                || "<IsTruncated>false</IsTruncated>".to_owned(),
                |marker| format!("<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"),
            );
            format!(
                "{more}<UserDetailList>{users}</UserDetailList><GroupDetailList>{groups}</GroupDetailList><RoleDetailList>{roles}</RoleDetailList><Policies>{policies}</Policies>"
            )
        }

        fn fake(&self) -> Fake {
            Fake::default().xml(ACTION, &self.xml())
        }
    }

    /// Encoded as IAM does, by RFC 3986.
    fn encoded(document: &str) -> String {
        let byte = |byte: u8| match byte {
            b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        document.bytes().map(byte).collect()
    }

    fn embedded(name: &str, document: &str) -> String {
        format!(
            "<member><PolicyName>{name}</PolicyName><PolicyDocument>{}</PolicyDocument></member>",
            encoded(document)
        )
    }

    fn attached(arn: &str) -> String {
        let name = arn.rsplit('/').next().unwrap();
        format!(
            "<AttachedManagedPolicies><member><PolicyName>{name}</PolicyName><PolicyArn>{arn}</PolicyArn></member></AttachedManagedPolicies>"
        )
    }

    fn boundary(arn: &str) -> String {
        format!(
            "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>{arn}</PermissionsBoundaryArn></PermissionsBoundary>"
        )
    }

    fn arn(kind: &str, name: &str) -> String {
        format!("arn:aws:iam::123456789012:{kind}/{name}")
    }

    /// Further members, with the lists that are present even when they are empty.
    fn whole(rest: &str, lists: &[&str]) -> String {
        let missing = lists.iter().filter(|name| !rest.contains(&format!("<{name}>")));
        rest.to_owned() + &missing.map(|name| format!("<{name}/>")).collect::<String>()
    }

    fn user(name: &str, rest: &str) -> String {
        let rest = whole(rest, &["AttachedManagedPolicies", "GroupList"]);
        format!(
            "<member><Path>/</Path><UserName>{name}</UserName><UserId>A</UserId><Arn>{}</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate>{rest}</member>",
            arn("user", name)
        )
    }

    fn in_group(group: &str) -> String {
        format!("<GroupList><member>{group}</member></GroupList>")
    }

    fn group(name: &str, rest: &str) -> String {
        let rest = whole(rest, &["AttachedManagedPolicies", "GroupPolicyList"]);
        format!(
            "<member><Path>/</Path><GroupName>{name}</GroupName><GroupId>A</GroupId><Arn>{}</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate>{rest}</member>",
            arn("group", name)
        )
    }

    fn role(path: &str, name: &str, trust: &str, rest: &str) -> String {
        let rest = whole(rest, &["AttachedManagedPolicies", "RolePolicyList"]);
        format!(
            "<member><Path>{path}</Path><RoleName>{name}</RoleName><RoleId>A</RoleId><Arn>arn:aws:iam::123456789012:role{path}{name}</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument>{rest}</member>",
            encoded(trust)
        )
    }

    fn policy(arn: &str, document: &str, attachments: u32) -> String {
        let name = arn.rsplit('/').next().unwrap();
        format!(
            "<member><PolicyName>{name}</PolicyName><PolicyId>A</PolicyId><Arn>{arn}</Arn><Path>/</Path><DefaultVersionId>v2</DefaultVersionId><AttachmentCount>{attachments}</AttachmentCount><PermissionsBoundaryUsageCount>0</PermissionsBoundaryUsageCount><IsAttachable>true</IsAttachable><PolicyVersionList><member><Document>{}</Document><VersionId>v1</VersionId><IsDefaultVersion>false</IsDefaultVersion></member><member><Document>{}</Document><VersionId>v2</VersionId><IsDefaultVersion>true</IsDefaultVersion></member></PolicyVersionList></member>",
            // An earlier version is not in effect.
            encoded(if document == ADMIN { READ } else { ADMIN }),
            encoded(document)
        )
    }

    fn totals(entries: &[(&str, usize)]) -> String {
        let entry = |(key, value): &(&str, usize)| {
            format!("<entry><key>{key}</key><value>{value}</value></entry>")
        };
        format!("<SummaryMap>{}</SummaryMap>", entries.iter().map(entry).collect::<String>())
    }

    /// With a summary that does not contradict, and an empty report.
    fn trusted(fake: Fake) -> Fake {
        fake.xml("GetAccountSummary", &totals(&[("Providers", 0)])).xml_error(
            "GenerateCredentialReport",
            403,
            "AccessDenied",
            "not of interest here",
        )
    }

    fn every(kind: Kind) -> Vec<FactId> {
        kind.facts().iter().map(|fact| FactId { kind, name: fact.name }).collect()
    }

    async fn read(fake: &Fake, kinds: &[Kind]) -> Scope {
        let facts: Vec<FactId> = kinds.iter().flat_map(|kind| every(*kind)).collect();
        fake.collect(&Wanted::of(&facts, &[])).await
    }

    fn gap(scope: &Scope, gap: Option<GapId>) -> &Gap {
        scope.gap(gap.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn what_the_details_say() {
        let read_arn = arn("policy", "read");
        let answer = Answer {
            users: user(
                "ann",
                &format!(
                    "<UserPolicyList>{}</UserPolicyList>{}{}",
                    embedded("own", READ),
                    in_group("devs"),
                    attached(&read_arn)
                ),
            ),
            groups: group("devs", "") + &group("empty", ""),
            roles: role(
                "/",
                "app",
                EC2,
                &format!(
                    "{}<RoleLastUsed><LastUsedDate>2026-11-01T00:00:00Z</LastUsedDate><Region>eu-west-1</Region></RoleLastUsed>",
                    attached("arn:aws:iam::aws:policy/AWSSupportAccess")
                ),
            ) + &role(
                "/aws-service-role/x.amazonaws.com/",
                "linked",
                EC2,
                "<RoleLastUsed/>",
            ) + &role("/aws-reserved/sso.amazonaws.com/", "sso", EC2, ""),
            policies: policy(&read_arn, READ, 1)
                + &policy("arn:aws:iam::aws:policy/AWSSupportAccess", READ, 1)
                + &policy("arn:aws:iam::aws:policy/Unused", ADMIN, 0),
            marker: None,
        };
        let fake = trusted(answer.fake());
        let scope = read(&fake, &[Kind::User, Kind::Group, Kind::Role, Kind::Policy]).await;

        let [ann] = &scope.users.items[..] else { panic!("{:?}", scope.users) };
        assert_eq!((ann.id.as_str(), ann.name.as_str()), (arn("user", "ann").as_str(), "ann"));
        assert_eq!(ann.created, Known("2024-01-01T00:00:00Z".parse().unwrap()));
        assert_eq!(ann.groups, Known(vec!["devs".to_owned()]));
        assert_eq!(ann.direct_policies, Known(vec![read_arn.clone(), "own".to_owned()]));
        // The report was refused, and only what it alone knows is missing.
        assert_eq!(gap(&scope, ann.mfa.gap()).action, "iam:GenerateCredentialReport");

        let members: Vec<_> = scope.groups.items.iter().map(|group| &group.members).collect();
        assert_eq!(members, [&Known(1), &Known(0)]);

        let [app, sso, linked] = &scope.roles.items[..] else { panic!("{:?}", scope.roles) };
        assert_eq!(app.service_linked, Known(false));
        assert_eq!((&linked.service_linked, &sso.service_linked), (&Known(true), &Known(false)));
        assert_eq!(app.last_used, Known(Some("2026-11-01T00:00:00Z".parse().unwrap())));
        assert_eq!((&linked.last_used, &sso.last_used), (&Known(None), &Known(None)));
        let support = "arn:aws:iam::aws:policy/AWSSupportAccess".to_owned();
        assert_eq!(app.attached_policies, Known(vec![support.clone()]));

        let [mine, theirs] = &scope.policies.items[..] else { panic!("{:?}", scope.policies) };
        assert_eq!((mine.id.as_str(), &mine.customer_managed), (read_arn.as_str(), &Known(true)));
        assert_eq!(
            (theirs.id.as_str(), &theirs.customer_managed),
            (support.as_str(), &Known(false))
        );
        assert_eq!(mine.attachments, Known(1));
        for listing in [scope.users.gaps, scope.groups.gaps, scope.roles.gaps, scope.policies.gaps]
        {
            assert!(listing.is_empty());
        }
    }

    #[tokio::test]
    async fn only_what_is_wanted_is_asked_for() {
        let filters = async |wanted: Wanted| {
            let fake = trusted(Answer::default().fake());
            fake.collect(&wanted).await;
            let seen = fake.seen();
            let request = seen.iter().find(|request| request.action == ACTION).unwrap();
            assert!(request.body.contains("MaxItems=1000"));
            let parts = request.body.split('&').filter(|part| part.starts_with("Filter"));
            let mut kinds: Vec<String> =
                parts.filter_map(|part| Some(part.split_once('=')?.1.to_owned())).collect();
            kinds.sort();
            kinds
        };
        assert_eq!(filters(Wanted::of(&[User::MFA], &[])).await, ["User"]);
        assert_eq!(filters(Wanted::of(&[Group::MEMBERS], &[])).await, ["Group", "User"]);
        assert_eq!(filters(Wanted::of(&[Role::LAST_USED], &[])).await, ["Role"]);
        assert_eq!(
            filters(Wanted::of(&[User::FULL_ADMIN], &[])).await,
            ["AWSManagedPolicy", "Group", "LocalManagedPolicy", "User"]
        );
        assert_eq!(
            filters(Wanted::of(&[], &[Kind::Policy])).await,
            ["AWSManagedPolicy", "LocalManagedPolicy"]
        );
    }

    #[tokio::test]
    async fn what_was_not_asked_for_is_not_collected() {
        let fake = trusted(
            Answer {
                users: user("ann", &in_group("g")),
                groups: group("g", ""),
                ..Answer::default()
            }
            .fake(),
        );
        let scope = fake.collect(&Wanted::of(&[Group::MEMBERS], &[])).await;
        assert_eq!(scope.groups.items[0].members, Known(1));
        assert!(!scope.users.is_collected() && !scope.roles.is_collected());
        assert!(scope.groups.items[0].full_admin.is_not_collected());
        assert_eq!(fake.count("GenerateCredentialReport"), 0);
    }

    #[tokio::test]
    async fn pages_are_followed_to_the_end_and_a_cut_is_noted() {
        let first = Answer { users: user("a", ""), marker: Some("next"), ..Answer::default() };
        let last = Answer { users: user("b", ""), ..Answer::default() };
        let wanted = Wanted::of(&[Group::MEMBERS], &[Kind::User]);

        let fake = trusted(first.fake().xml(ACTION, &last.xml()));
        let scope = fake.collect(&wanted).await;
        assert_eq!(scope.users.items.len(), 2);
        assert!(scope.users.is_complete());
        assert!(fake.seen().iter().any(|request| request.body.contains("Marker=next")));

        // The second page is refused: what the first held stays, and the listings say why they end.
        let fake = trusted(first.fake().xml_error(ACTION, 403, "AccessDenied", "no"));
        let scope = fake.collect(&wanted).await;
        assert_eq!(scope.users.items.len(), 1);
        assert_eq!(gap(&scope, scope.users.gaps.first().copied()).reason, Reason::Denied);
        assert!(!scope.groups.is_complete());

        // Cut, without a place to go on from.
        let nowhere = Answer { marker: Some(""), ..first.clone() };
        let scope = trusted(nowhere.fake()).collect(&wanted).await;
        assert_eq!(scope.users.items.len(), 1);
        assert_eq!(gap(&scope, scope.users.gaps.first().copied()).reason, Reason::Malformed);

        // Cut, and going round in a circle.
        let scope = trusted(first.fake()).collect(&wanted).await;
        assert_eq!(gap(&scope, scope.users.gaps.first().copied()).reason, Reason::Malformed);
    }

    #[tokio::test]
    async fn refused_altogether() {
        for (status, code, reason) in [
            (403, "AccessDenied", Reason::Denied),
            (400, "Throttling", Reason::Throttled),
            (500, "ServiceFailure", Reason::ServerError),
        ] {
            let fake = trusted(Fake::default().xml_error(ACTION, status, code, "no"));
            let scope = read(&fake, &[Kind::User, Kind::Group, Kind::Role, Kind::Policy]).await;
            for gaps in
                [&scope.users.gaps, &scope.groups.gaps, &scope.roles.gaps, &scope.policies.gaps]
            {
                assert_eq!(gap(&scope, gaps.first().copied()).reason, reason);
            }
        }
        let fake = trusted(Fake::default().answer(ACTION, 200, "<nonsense"));
        let scope = read(&fake, &[Kind::User]).await;
        assert_eq!(gap(&scope, scope.users.gaps.first().copied()).reason, Reason::Malformed);
    }

    #[tokio::test]
    async fn the_accounts_own_count_decides() {
        let answer = Answer {
            users: user("a", ""),
            policies: policy(&arn("policy", "p"), READ, 0)
                + &policy("arn:aws:iam::aws:policy/x", READ, 1),
            ..Answer::default()
        };
        let counted = |users, policies| {
            answer
                .fake()
                .xml("GetAccountSummary", &totals(&[("Users", users), ("Policies", policies)]))
                .xml_error("GenerateCredentialReport", 403, "AccessDenied", "")
        };
        // AWS's own policies are not counted.
        let scope = read(&counted(1, 1), &[Kind::User, Kind::Policy]).await;
        assert!(scope.users.is_complete() && scope.policies.is_complete());
        let scope = read(&counted(2, 1), &[Kind::User, Kind::Policy]).await;
        let missing = gap(&scope, scope.users.gaps.first().copied());
        assert_eq!(missing.reason, Reason::Incomplete);
        assert_eq!(missing.detail.as_deref(), Some("1 users listed, the account has 2"));
        assert!(scope.policies.is_complete());

        // No count, no proof.
        let fake = answer.fake().xml_error("GetAccountSummary", 403, "AccessDenied", "").xml_error(
            "GenerateCredentialReport",
            403,
            "AccessDenied",
            "",
        );
        let scope = read(&fake, &[Kind::User]).await;
        let missing = gap(&scope, scope.users.gaps.first().copied());
        assert_eq!(missing.action, "iam:GetAccountSummary");
    }

    #[tokio::test]
    async fn items_that_lack_something() {
        let none = "<AttachedManagedPolicies/><GroupList/>";
        let undated = format!("<member><Arn>{}</Arn>{none}</member>", arn("user", "y"));
        for arn in ["", "<Arn></Arn>"] {
            let nameless = format!("<member><UserName>x</UserName>{arn}{none}</member>");
            let answer = Answer { users: nameless + &undated, ..Answer::default() };
            let scope = read(&trusted(answer.fake()), &[Kind::User]).await;
            let [y] = &scope.users.items[..] else { panic!() };
            assert_eq!(y.name, "y");
            assert_eq!(gap(&scope, y.created.gap()).reason, Reason::Malformed);
            assert_eq!(gap(&scope, scope.users.gaps.first().copied()).reason, Reason::Malformed);
        }
    }

    #[tokio::test]
    async fn a_list_of_policies_that_is_missing_or_no_list_is_not_an_empty_one() {
        let admin = arn("policy", "admin");
        let whole = Answer {
            groups: group("g", &attached(&admin)),
            policies: policy(&admin, ADMIN, 1),
            ..Answer::default()
        };
        let damaged = |list: &str| {
            let groups = whole.groups.replace(&attached(&admin), list);
            Answer { groups, ..whole.clone() }
        };
        let facts = [Group::FULL_ADMIN];
        let scope = rights(&whole, &facts).await;
        assert_eq!(scope.groups.items[0].full_admin.any(), Known(true));
        for list in [
            "",
            "<attachedmanagedpolicies/>",
            "<AttachedManagedPolicies>text</AttachedManagedPolicies>",
            "<AttachedManagedPolicies><member/></AttachedManagedPolicies>",
            "<AttachedManagedPolicies><other/></AttachedManagedPolicies>",
        ] {
            let scope = rights(&damaged(list), &facts).await;
            assert!(scope.groups.items.is_empty(), "{list}");
            let why = gap(&scope, scope.groups.gaps.first().copied());
            assert_eq!(why.reason, Reason::Malformed, "{list}");
        }

        let facts = [User::FULL_ADMIN];
        let member = Answer { users: user("u", &in_group("g")), ..whole.clone() };
        assert_eq!(rights(&member, &facts).await.users.items[0].full_admin.any(), Known(true));
        for list in ["", "<GroupList>g</GroupList>", "<GroupList><member/></GroupList>"] {
            let users = member.users.replace(&in_group("g"), list);
            let scope = rights(&Answer { users, ..member.clone() }, &facts).await;
            assert!(scope.users.items.is_empty(), "{list}");
            let why = gap(&scope, scope.users.gaps.first().copied());
            assert_eq!(why.reason, Reason::Malformed, "{list}");
        }
    }

    const BROKEN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps"}]}"#;
    const POWER: &str = "arn:aws:iam::aws:policy/Power";

    fn embeds(document: &str) -> String {
        format!("<UserPolicyList>{}</UserPolicyList>", embedded("own", document))
    }

    async fn rights(answer: &Answer, facts: &[FactId]) -> Scope {
        trusted(answer.fake()).collect(&Wanted::of(facts, &[])).await
    }

    fn user_named<'s>(scope: &'s Scope, name: &str) -> &'s User {
        scope.users.items.iter().find(|user| user.name == name).unwrap()
    }

    #[tokio::test]
    async fn rights_come_by_every_road() {
        let power = || attached(POWER);
        let answer = Answer {
            users: [
                user("embedded", &embeds(ADMIN)),
                user("attached", &power()),
                user("member", &in_group("ops")),
                user("nobody", &embeds(READ)),
                user("bounded", &(power() + &boundary(&arn("policy", "read")))),
                user("widely-bounded", &(power() + &boundary(POWER))),
            ]
            .concat(),
            groups: group("ops", &power()),
            policies: policy(POWER, ADMIN, 3) + &policy(&arn("policy", "read"), READ, 0),
            ..Answer::default()
        };
        let scope = rights(&answer, &[User::FULL_ADMIN, Group::FULL_ADMIN]).await;
        for (name, through) in [
            ("embedded", "inline policy `own`"),
            ("attached", "policy `Power`"),
            ("member", "policy `Power` of group `ops`"),
            ("widely-bounded", "policy `Power`"),
        ] {
            let found = user_named(&scope, name).full_admin.known().unwrap();
            assert!(found.iter().any(|line| line.contains(through)), "{name}: {found:?}");
        }
        for name in ["nobody", "bounded"] {
            assert_eq!(user_named(&scope, name).full_admin, Known(Vec::new()), "{name}");
        }
        assert!(!scope.groups.items[0].full_admin.known().unwrap().is_empty());
        // These were not requested.
        assert!(scope.users.items.iter().all(|user| user.escalation_paths.is_not_collected()));
    }

    #[tokio::test]
    async fn a_document_that_is_not_known_leaves_the_rights_open() {
        let answer = Answer {
            users: [
                user("fine", &embeds(READ)),
                user("broken", &embeds(BROKEN)),
                // An administrator by what is known, yet what is not known might forbid it.
                user("both", &(embeds(ADMIN) + &attached(&arn("policy", "broken")))),
                user("unlisted", &attached(&arn("policy", "gone"))),
                user("groupless", &in_group("gone")),
                user("boundless", &(embeds(READ) + &boundary(&arn("policy", "gone")))),
            ]
            .concat(),
            policies: policy(&arn("policy", "broken"), BROKEN, 1),
            ..Answer::default()
        };
        let facts = [User::FULL_ADMIN, User::ESCALATION_PATHS, User::DIRECT_POLICIES];
        let scope = rights(&answer, &facts).await;
        for (name, reason, target) in [
            ("broken", Reason::Malformed, arn("user", "broken")),
            ("both", Reason::Malformed, arn("policy", "broken")),
            ("unlisted", Reason::Incomplete, arn("policy", "gone")),
            ("groupless", Reason::Incomplete, arn("user", "groupless")),
            ("boundless", Reason::Incomplete, arn("policy", "gone")),
        ] {
            let user = user_named(&scope, name);
            for undecided in [user.full_admin.gap(), user.escalation_paths.gap()] {
                let gap = gap(&scope, undecided);
                assert_eq!((gap.reason, &gap.target), (reason, &target), "{name}");
                assert_eq!(gap.action, AUTHORIZATION.name);
            }
            assert!(user.direct_policies.is_known() && user.created.is_known());
        }
        assert_eq!(user_named(&scope, "fine").full_admin, Known(Vec::new()));
        assert!(scope.users.is_complete());
    }

    #[tokio::test]
    async fn the_reason_of_a_cut_walk_is_the_reason_of_missing_rights() {
        let answer = Answer {
            users: user("a", &attached(POWER)),
            marker: Some("next"),
            ..Answer::default()
        };
        let fake = trusted(answer.fake().xml_error(ACTION, 403, "AccessDenied", "no"));
        let scope = fake.collect(&Wanted::of(&[User::FULL_ADMIN], &[])).await;
        assert_eq!(gap(&scope, scope.users.items[0].full_admin.gap()).reason, Reason::Denied);
    }

    #[tokio::test]
    async fn embedded_policies_that_decrypt_with_every_key() {
        let decrypt = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}]}"#;
        let answer = Answer {
            users: user("a", &embeds(decrypt))
                + &user("b", &attached(POWER))
                + &user("c", &(embeds(decrypt) + &boundary(&arn("policy", "read")))),
            roles: role(
                "/",
                "r",
                EC2,
                &format!("<RolePolicyList>{}</RolePolicyList>", embedded("own", decrypt)),
            ),
            policies: policy(POWER, ADMIN, 1) + &policy(&arn("policy", "read"), READ, 0),
            ..Answer::default()
        };
        let facts = [User::DECRYPTS_ANY_KEY, Role::DECRYPTS_ANY_KEY];
        let scope = rights(&answer, &facts).await;
        let found = user_named(&scope, "a").decrypts_any_key.known().unwrap();
        assert!(found.iter().any(|line| line.contains("inline policy `own`")), "{found:?}");
        // Attached policies are judged separately, and a boundary limits.
        assert_eq!(user_named(&scope, "b").decrypts_any_key, Known(Vec::new()));
        assert_eq!(user_named(&scope, "c").decrypts_any_key, Known(Vec::new()));
        assert_eq!(scope.roles.items[0].decrypts_any_key.known().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn policies_by_themselves() {
        let service = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sqs:SendMessage"],"Resource":"*"}]}"#;
        let answer = Answer {
            policies: policy(&arn("policy", "a"), ADMIN, 1)
                + &policy(&arn("policy", "b"), service, 1)
                + &policy(&arn("policy", "c"), BROKEN, 1),
            ..Answer::default()
        };
        let facts = [Policy::FULL_ADMIN, Policy::WILDCARD_SERVICES, Policy::DECRYPTS_ANY_KEY];
        let scope = rights(&answer, &facts).await;
        let [a, b, c] = &scope.policies.items[..] else { panic!() };
        assert!(!a.full_admin.known().unwrap().is_empty());
        assert!(!a.decrypts_any_key.known().unwrap().is_empty());
        assert_eq!(b.full_admin, Known(Vec::new()));
        assert_eq!(b.wildcard_services, Known(Entries::from(["s3"])));
        assert_eq!(gap(&scope, c.full_admin.gap()).reason, Reason::Malformed);
        assert_eq!(c.attachments, Known(1));
    }

    #[tokio::test]
    async fn who_may_assume_a_role() {
        let trust = |principal: &str, action: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:{action}"}}]}}"#
            )
        };
        let cluster = r#"{"Federated":"arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"}"#;
        let profile = "<InstanceProfileList><member><Path>/</Path><InstanceProfileName>p</InstanceProfileName><InstanceProfileId>A</InstanceProfileId><Arn>arn:aws:iam::123456789012:instance-profile/p</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate><Roles/></member></InstanceProfileList>";
        let other = r#"{"AWS":"arn:aws:iam::111111111111:root"}"#;
        let answer = Answer {
            roles: [
                role("/", "anyone", &trust(r#""*""#, "AssumeRole"), ""),
                role("/", "broken", BROKEN, ""),
                role("/", "cluster", &trust(cluster, "AssumeRoleWithWebIdentity"), ""),
                role("/", "instance", &trust(other, "AssumeRole"), profile),
                role("/", "other", &trust(other, "AssumeRole"), ""),
                role("/", "server", EC2, ""),
            ]
            .concat(),
            ..Answer::default()
        };
        let facts = [
            Role::WORKLOAD,
            Role::TRUSTS_ANYONE,
            Role::TRUSTS_ACCOUNTS,
            Role::TRUSTS_ACCOUNTS_UNCONDITIONALLY,
            Role::TRUSTS_FEDERATION_WITHOUT_AUDIENCE,
            Role::TRUSTS_FEDERATION_WITHOUT_SUBJECT,
            Role::TRUSTS_SERVICES_WITHOUT_SOURCE,
        ];
        let scope = rights(&answer, &facts).await;
        let [anyone, broken, cluster, instance, other, server] = &scope.roles.items[..] else {
            panic!()
        };
        let some = |fact: &Fact<Entries>| fact.any() == Known(true);
        assert!(some(&anyone.trusts_anyone));
        assert!(!some(&other.trusts_anyone) && !some(&server.trusts_anyone));
        assert_eq!(anyone.trusts_accounts, Known(Entries::from(["everyone"])));
        assert_eq!(other.trusts_accounts, Known(Entries::from(["111111111111"])));
        assert_eq!(other.trusts_accounts_unconditionally, other.trusts_accounts);
        assert!(some(&cluster.trusts_federation_without_subject));
        assert!(some(&cluster.trusts_federation_without_audience));
        assert_eq!(server.trusts_federation_without_audience, Known(Entries::none()));
        assert_eq!(server.trusts_accounts, Known(Entries::none()));
        for (role, workload) in [(cluster, true), (instance, true), (server, true), (other, false)]
        {
            assert_eq!(role.workload, Known(workload), "{}", role.name);
        }
        for fact in [&broken.trusts_anyone, &broken.trusts_accounts] {
            assert_eq!(gap(&scope, fact.gap()).target, broken.id);
        }
        assert_eq!(gap(&scope, broken.workload.gap()).reason, Reason::Malformed);
    }

    /// The trust of the whole account.
    const ROOT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}]}"#;

    fn allows(action: &str, resource: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{action},"Resource":"{resource}"}}]}}"#
        )
    }

    const PATHS: &[FactId] = &[
        User::FULL_ADMIN,
        User::ADMIN_PATHS,
        User::ESCALATION_PATHS,
        Role::ADMIN_PATHS,
        Group::ESCALATION_PATHS,
        Policy::ESCALATION_PATHS,
    ];

    fn chain() -> Answer {
        let assume = |name: &str| allows(r#""sts:AssumeRole""#, &arn("role", name));
        let own = |document: &str| {
            format!("<RolePolicyList>{}</RolePolicyList>", embedded("own", document))
        };
        let of_group = format!(
            "<GroupPolicyList>{}</GroupPolicyList>",
            embedded("own", &allows(r#""iam:PutGroupPolicy""#, "*"))
        );
        Answer {
            users: user("ann", &embeds(&assume("first")))
                + &user("bob", &embeds(READ))
                + &user("eve", &in_group("empty-but-one")),
            groups: group("empty-but-one", "") + &group("writers", &of_group),
            roles: role("/", "first", ROOT, &own(&assume("second")))
                + &role("/", "second", ROOT, &own(ADMIN)),
            policies: policy(
                &arn("policy", "unused"),
                &allows(r#"["iam:PassRole","ec2:RunInstances"]"#, "*"),
                0,
            ) + &policy("arn:aws:iam::aws:policy/Power", ADMIN, 1),
            marker: None,
        }
    }

    #[tokio::test]
    async fn the_path_to_an_administrator_is_shown_step_by_step() {
        let scope = rights(&chain(), PATHS).await;
        let ann = user_named(&scope, "ann");
        let path = "assume role `first` (sts:AssumeRole) → assume role `second` (sts:AssumeRole) → full administration by \
                    inline policy `own`, statement 1";
        assert_eq!(ann.full_admin, Known(Vec::new()));
        assert_eq!(ann.admin_paths, Known(vec![path.to_owned()]));
        assert_eq!(ann.escalation_paths, Known(Entries::from([path])));
        for name in ["bob", "eve"] {
            let user = user_named(&scope, name);
            assert_eq!(user.admin_paths, Known(Vec::new()), "{name}");
            assert_eq!(user.escalation_paths, Known(Entries::none()), "{name}");
        }
        let [first, second] = &scope.roles.items[..] else { panic!() };
        assert_eq!(first.admin_paths.known().unwrap().len(), 1);
        assert_eq!(second.admin_paths, Known(Vec::new()));
        let [empty, writers] = &scope.groups.items[..] else { panic!() };
        assert_eq!(empty.escalation_paths, Known(Entries::none()));
        assert_eq!(writers.escalation_paths, Known(Entries::from(["iam:PutGroupPolicy"])));
        let unused = scope.policies.items.iter().find(|policy| policy.name == "unused").unwrap();
        assert_eq!(
            unused.escalation_paths,
            Known(Entries::from(["iam:PassRole + ec2:RunInstances"]))
        );
        let theirs = scope.policies.items.iter().find(|policy| policy.name == "Power").unwrap();
        assert_eq!(theirs.escalation_paths, Fact::NotOffered);
    }

    #[tokio::test]
    async fn what_was_left_out_may_be_a_step_of_a_path() {
        // A page is missing.
        let cut = Answer { marker: Some("next"), ..chain() };
        let fake = trusted(cut.fake().xml_error(ACTION, 403, "AccessDenied", "no"));
        let scope = fake.collect(&Wanted::of(PATHS, &[])).await;
        let ann = user_named(&scope, "ann");
        assert_eq!(ann.admin_paths.known().unwrap().len(), 1, "what is certain stays so");
        for missing in [
            user_named(&scope, "bob").admin_paths.gap(),
            user_named(&scope, "bob").escalation_paths.gap(),
            scope.groups.items[0].escalation_paths.gap(),
            // A path that is certain says nothing of others.
            ann.escalation_paths.known().unwrap().undecided(),
        ] {
            assert_eq!(gap(&scope, missing).reason, Reason::Denied);
        }
        // The account counts more roles than were listed.
        let fake = chain().fake().xml("GetAccountSummary", &totals(&[("Roles", 3)])).xml_error(
            "GenerateCredentialReport",
            403,
            "AccessDenied",
            "",
        );
        let scope = fake.collect(&Wanted::of(PATHS, &[])).await;
        assert_eq!(user_named(&scope, "ann").admin_paths.known().unwrap().len(), 1);
        let missing = gap(&scope, user_named(&scope, "bob").admin_paths.gap());
        assert_eq!(missing.reason, Reason::Incomplete);
        // The trust policy of a role, or its rights, cannot be read.
        for broken in [
            role(
                "/",
                "r",
                BROKEN,
                &format!("<RolePolicyList>{}</RolePolicyList>", embedded("own", ADMIN)),
            ),
            role(
                "/",
                "r",
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}"#,
                &attached(&arn("policy", "gone")),
            ),
        ] {
            let answer =
                Answer { users: user("bob", &embeds(READ)), roles: broken, ..Answer::default() };
            let scope = rights(&answer, PATHS).await;
            let fact = &user_named(&scope, "bob").admin_paths;
            assert_eq!(gap(&scope, fact.gap()).reason, Reason::Undetermined);
        }
    }

    #[tokio::test]
    async fn a_boundary_that_its_holder_can_remove_is_none() {
        let limit = |document: &str| {
            let answer = Answer {
                users: user("ann", &(embeds(ADMIN) + &boundary(&arn("policy", "limit")))),
                policies: policy(&arn("policy", "limit"), document, 0),
                ..Answer::default()
            };
            async move {
                let scope = rights(&answer, PATHS).await;
                scope.users.items[0].full_admin.clone()
            }
        };
        assert_eq!(limit(&allows(r#""s3:*""#, "*")).await, Known(Vec::new()));
        let found = limit(&allows(r#"["s3:*","iam:DeleteUserPermissionsBoundary"]"#, "*")).await;
        let found = found.known().unwrap();
        assert!(found[0].contains("iam:DeleteUserPermissionsBoundary"), "{found:?}");
        let version = allows(r#""iam:CreatePolicyVersion""#, &arn("policy", "limit"));
        assert!(!limit(&version).await.known().unwrap().is_empty());
    }

    /// A condition that the policies do not decide.
    const PERHAPS: &str = r#""Condition":{"StringEquals":{"new:Key":"x"}}"#;

    #[tokio::test]
    async fn a_certain_path_or_service_does_not_hide_one_that_is_not_decided() {
        let both = |certain: &str, perhaps: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{certain}","Resource":"*"}},{perhaps}]}}"#
            )
        };
        let path = format!(
            r#"{{"Effect":"Allow","Action":"iam:AttachUserPolicy","Resource":"*",{PERHAPS}}}"#
        );
        let service = format!(
            r#"{{"Effect":"Allow","Action":"sqs:*","Resource":"*"}},{{"Effect":"Deny","Action":"sqs:*","Resource":"*",{PERHAPS}}}"#
        );
        let answer = Answer {
            users: user("path", &embeds(&both("iam:PutUserPolicy", &path)))
                + &user("service", &embeds(&both("s3:*", &service))),
            ..Answer::default()
        };
        let facts = [User::ESCALATION_PATHS, User::WILDCARD_SERVICES];
        let scope = rights(&answer, &facts).await;
        let entries = user_named(&scope, "path").escalation_paths.known().unwrap();
        assert_eq!(entries.evidence(), "iam:PutUserPolicy");
        let why = gap(&scope, entries.undecided());
        assert_eq!(why.reason, Reason::Undetermined);
        assert!(why.detail.as_ref().unwrap().contains("iam:AttachUserPolicy"), "{why:?}");
        let entries = user_named(&scope, "service").wildcard_services.known().unwrap();
        assert!(entries.evidence().starts_with("s3 ("), "{entries:?}");
        let why = gap(&scope, entries.undecided());
        assert!(why.detail.as_ref().unwrap().contains("sqs ("), "{why:?}");
    }

    #[tokio::test]
    async fn embedded_policies_that_give_every_action_of_a_service() {
        let answer = Answer {
            users: user("a", &embeds(&allows(r#"["s3:*","sqs:SendMessage"]"#, "*")))
                + &user("b", &attached(POWER)),
            groups: group(
                "g",
                &format!(
                    "<GroupPolicyList>{}</GroupPolicyList>",
                    embedded("own", &allows(r#""sns:*""#, "*"))
                ),
            ),
            roles: role(
                "/",
                "r",
                EC2,
                &format!(
                    "<RolePolicyList>{}</RolePolicyList>",
                    embedded("own", &allows(r#""sqs:*""#, "*"))
                ),
            ),
            policies: policy(POWER, ADMIN, 1),
            ..Answer::default()
        };
        let facts = [User::WILDCARD_SERVICES, Group::WILDCARD_SERVICES, Role::WILDCARD_SERVICES];
        let scope = rights(&answer, &facts).await;
        let by = |service: &str| {
            Known(Entries::from([&*format!("{service} (inline policy `own`, statement 1)")]))
        };
        assert_eq!(user_named(&scope, "a").wildcard_services, by("s3"));
        // Attached policies are judged separately.
        assert_eq!(user_named(&scope, "b").wildcard_services, Known(Entries::none()));
        assert_eq!(scope.groups.items[0].wildcard_services, by("sns"));
        assert_eq!(scope.roles.items[0].wildcard_services, by("sqs"));
    }

    #[tokio::test]
    async fn conflicting_duties_are_those_of_users_and_roles() {
        let three =
            allows(r#"["iam:PutRolePolicy", "kms:PutKeyPolicy", "cloudtrail:StopLogging"]"#, "*");
        let two = allows(r#"["iam:*", "kms:*"]"#, "*");
        let answer = |broken: &str| Answer {
            users: [
                user("ann", &embeds(&three)),
                user("bob", &in_group("ops")),
                user("cid", &embeds(&two)),
                user("dan", &(embeds(&three) + &boundary(&arn("policy", "read")))),
                broken.to_owned(),
            ]
            .concat(),
            groups: group("ops", &attached(POWER)),
            roles: role("/", "app", EC2, "")
                + &role("/", "deploy", EC2, &attached(POWER))
                + &role("/aws-service-role/x.amazonaws.com/", "linked", EC2, &attached(POWER)),
            policies: policy(POWER, ADMIN, 3) + &policy(&arn("policy", "read"), READ, 0),
            marker: None,
        };
        let both = [arn("role", "deploy"), arn("user", "ann"), arn("user", "bob")];
        let wanted = [Account::CONFLICTING_DUTIES];
        let scope = rights(&answer(""), &wanted).await;
        let certain = Entries::from(both.to_vec());
        assert_eq!(scope.account.conflicting_duties, Known(certain));
        // They are read for this alone.
        assert!(!scope.users.is_collected());

        // One that is not known may have them too.
        let scope = rights(&answer(&user("eve", &embeds(BROKEN))), &wanted).await;
        let duties = scope.account.conflicting_duties.known().unwrap();
        assert_eq!(gap(&scope, duties.undecided()).reason, Reason::Malformed);
        assert!(rights(&Answer::default(), &wanted).await.account.conflicting_duties.is_known());
        let short = Answer { marker: Some("next"), ..answer("") };
        let fake = trusted(short.fake().xml_error(ACTION, 403, "AccessDenied", "no"));
        let scope = fake.collect(&Wanted::of(&wanted, &[])).await;
        let duties = scope.account.conflicting_duties.known().unwrap();
        assert_eq!(gap(&scope, duties.undecided()).reason, Reason::Denied);
        // The account has more users than the list.
        let fake = answer("").fake().xml("GetAccountSummary", &totals(&[("Users", 9)]));
        let scope = fake.collect(&Wanted::of(&wanted, &[])).await;
        let duties = scope.account.conflicting_duties.known().unwrap();
        assert_eq!(gap(&scope, duties.undecided()).reason, Reason::Incomplete);
        let fake = Fake::default().xml_error(ACTION, 403, "AccessDenied", "no");
        let scope = fake.collect(&Wanted::of(&wanted, &[])).await;
        assert_eq!(gap(&scope, scope.account.conflicting_duties.gap()).reason, Reason::Denied);
    }

    #[test]
    fn what_is_certain_is_known_and_what_may_be_is_a_gap() {
        let maybe =
            |what: &str| crate::policy::Maybe { what: what.to_owned(), why: "x".to_owned() };
        let found = |certain: &[&str], undecided: &[&str]| Found {
            certain: certain.iter().map(|line| (*line).to_owned()).collect(),
            undecided: undecided.iter().map(|what| maybe(what)).collect(),
        };
        let ask = crate::fake::asker();
        let fact = |found| listed(&ask, (AUTHORIZATION.name, "arn"), &Known(None), &found);
        assert_eq!(fact(found(&[], &[])), Known(Entries::none()));
        assert_eq!(
            fact(found(&["a"], &["b"])),
            Known(Entries::new(vec!["a".to_owned()], fact(found(&[], &["b"])).gap()))
        );
        let open = fact(found(&[], &["b", "c"])).gap().unwrap();
        let gap = ask.into_gaps().swap_remove(open.index());
        assert_eq!((gap.reason, gap.target.as_str()), (Reason::Undetermined, "arn"));
        assert_eq!(gap.detail.as_deref(), Some("b (x); c (x)"));
    }

    #[tokio::test]
    async fn tags_are_read_where_an_exception_is_chosen_by_them() {
        let tagged = "<Tags><member><Key>team</Key><Value>web</Value></member></Tags>";
        let account = || {
            let users = user("anna", tagged) + &user("bert", "");
            let roles = role("/", "app", EC2, tagged);
            trusted(Answer { users, roles, ..Answer::default() }.fake())
        };
        let wanted = Wanted::of(&[User::TAGS, Role::TAGS], &[]);
        let fake = account();
        let scope = fake.collect(&wanted).await;
        let web = || Known(BTreeMap::from([("team".to_owned(), "web".to_owned())]));
        let [anna, bert] = scope.users.items.as_slice() else { panic!("{:?}", scope.gaps) };
        assert_eq!((&anna.tags, &bert.tags), (&web(), &Known(BTreeMap::new())));
        assert_eq!(scope.roles.items[0].tags, web());
        let scope = account().collect(&Wanted::of(&[User::CREATED], &[])).await;
        assert!(scope.users.items[0].tags.is_not_collected());
    }
}
