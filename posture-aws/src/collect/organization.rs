//! The organization above the account.
//!
//! An account that is in none has no settings of one: those facts are not offered. What only the management account or
//! an account that it delegated to may call is a gap when read from any other member.

use aws_sdk_iam::types::FeatureType;
use futures::stream::{self, StreamExt};
use posture_model::dated::Dated;
use posture_model::fact::{Fact, Known, NotOffered};
use posture_model::gap::GapId;
use posture_model::part::Part;
use posture_model::resource::{AccessPoint, Account, Bucket, Key, LogPolicy, Organization, Role};
use serde_json::Value;

use super::context::Audit;
use crate::ask::{ApiClient, CallError};
use crate::entry::{Action, Holds, Per};
use crate::peers::Peers;
use crate::wire::services::ORGANIZATIONS;
use crate::wire::{Client, Constant, Operation, answers};

/// Only where the account is in an organization.
const IN_ORGANIZATION: Per = Per::ONCE.at_most();

/// Policies of an organization that AWS did not write: as many as one may have without asking for more.
const GUARDRAILS: Per = Per::times(50).at_most();

pub(crate) const ORGANIZATION: Action = Action {
    name: "organizations:DescribeOrganization",
    per: Per::ONCE,
    own: Holds::all(&["Organization.Id", "Organization.MasterAccountId"]),
    lists: &[],
    fills: &[
        Account::ORGANIZATION,
        // Who is outside depends on which organization is the own one.
        AccessPoint::EXTERNAL_ACCOUNTS,
        Bucket::EXTERNAL_ACCOUNTS,
        Key::EXTERNAL_ACCOUNTS,
        LogPolicy::EXTERNAL_ACCOUNTS,
        Role::TRUSTS_ACCOUNTS,
        Role::TRUSTS_ACCOUNTS_UNCONDITIONALLY,
    ],
    command: "aws organizations describe-organization",
};

pub(crate) const FEATURES: Action = Action {
    name: "iam:ListOrganizationsFeatures",
    per: IN_ORGANIZATION,
    own: Holds::any(&["EnabledFeatures", "@OrganizationId"]),
    lists: &[],
    fills: &[Account::CENTRAL_ROOT_CREDENTIALS],
    command: "aws iam list-organizations-features",
};

pub(crate) const POLICIES: Action = Action {
    name: "organizations:ListPolicies",
    per: Per::times(2).at_most(),
    own: Holds::all(&["Policies"]),
    lists: &[],
    fills: &[Account::GUARDRAIL_POLICIES],
    command: "aws organizations list-policies --filter SERVICE_CONTROL_POLICY",
};

pub(crate) const POLICY_TARGETS: Action = Action {
    name: "organizations:ListTargetsForPolicy",
    per: GUARDRAILS,
    own: Holds::all(&["Targets"]),
    lists: &[],
    fills: &[Account::GUARDRAIL_POLICIES],
    command: "aws organizations list-targets-for-policy --policy-id <policy>",
};

pub(crate) const DELEGATION_POLICY: Action = Action {
    name: "organizations:DescribeResourcePolicy",
    per: IN_ORGANIZATION,
    own: Holds::all(&["ResourcePolicy.Content"]),
    lists: &[],
    fills: &[Account::POLICY_DELEGATION],
    command: "aws organizations describe-resource-policy",
};

pub(crate) const ADMINISTRATORS: Action = Action {
    name: "organizations:ListDelegatedAdministrators",
    per: IN_ORGANIZATION,
    own: Holds::all(&["DelegatedAdministrators"]),
    lists: &[],
    fills: &[Account::DELEGATED_ADMINISTRATORS],
    command: "aws organizations list-delegated-administrators",
};

answers! {
    ListDelegatedAdministrators {
        administrators: "DelegatedAdministrators" optional counted,
    }

    DescribeResourcePolicy {
        policy: "ResourcePolicy" optional record(ResourcePolicy),
    }

    ResourcePolicy {
        content: "Content" optional text,
    }

    DescribeOrganization {
        organization: "Organization" optional record(Described),
    }

    Described {
        id: "Id" optional text,
        management_account: "MasterAccountId" optional text,
    }

    ListPolicies {
        policies: "Policies" optional records(PolicySummary),
    }

    PolicySummary {
        id: "Id" optional text,
        aws_managed: "AwsManaged" optional flag,
    }

    ListTargetsForPolicy {
        targets: "Targets" optional counted,
    }
}

pub(crate) static DELEGATED: Operation<0, ListDelegatedAdministrators<'_>> =
    Operation::new(&ORGANIZATIONS, ADMINISTRATORS.name, "ListDelegatedAdministrators")
        .pages("NextToken", "NextToken");

pub(crate) static DELEGATION: Operation<0, DescribeResourcePolicy<'_>> =
    Operation::new(&ORGANIZATIONS, DELEGATION_POLICY.name, "DescribeResourcePolicy");

pub(crate) static DESCRIBE: Operation<0, DescribeOrganization<'_>> =
    Operation::new(&ORGANIZATIONS, ORGANIZATION.name, "DescribeOrganization");

pub(crate) static SERVICE_POLICIES: Operation<0, ListPolicies<'_>> =
    Operation::new(&ORGANIZATIONS, POLICIES.name, "ListPolicies")
        .given(&[("Filter", Constant::Text("SERVICE_CONTROL_POLICY"))])
        .pages("NextToken", "NextToken");

pub(crate) static RESOURCE_POLICIES: Operation<0, ListPolicies<'_>> =
    Operation::new(&ORGANIZATIONS, POLICIES.name, "ListPolicies")
        .given(&[("Filter", Constant::Text("RESOURCE_CONTROL_POLICY"))])
        .pages("NextToken", "NextToken");

pub(crate) static TARGETS: Operation<1, ListTargetsForPolicy<'_>> =
    Operation::new(&ORGANIZATIONS, POLICY_TARGETS.name, "ListTargetsForPolicy")
        .takes(&["PolicyId"])
        .pages("NextToken", "NextToken");

/// The account is in no organization. IAM has a different code for it.
const IN_NONE: &[&str] =
    &["AWSOrganizationsNotInUseException", "OrganizationNotFound", "OrganizationNotFoundException"];

/// [Central management of root credentials](https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html)
/// needs an organization with all features, which trusts IAM: without either it is off.
const CANNOT_BE_ON: &[&str] = &[
    "OrganizationNotInAllFeaturesMode",
    "OrganizationNotInAllFeaturesModeException",
    "ServiceAccessNotEnabled",
    "ServiceAccessNotEnabledException",
];

/// What an account is asked about the organization above it. Where the run reads the management account, that answers for all.
pub(crate) const ABOVE: &[&Action] =
    &[&FEATURES, &POLICIES, &POLICY_TARGETS, &DELEGATION_POLICY, &ADMINISTRATORS];

/// Whether an account is asked about the organization above it, given the other accounts of the run.
pub(crate) fn is_asked(organization: &Fact<Option<Organization>>, peers: &Peers) -> bool {
    match organization {
        Known(None) => false,
        Known(Some(found)) => found.is_management || !peers.has(&found.management_account),
        NotOffered | Fact::Gap(_) => true,
    }
}

/// What is known of the organization.
struct OrganizationFacts {
    organization: Fact<Option<Organization>>,
    central_root_credentials: Fact<bool>,
    guardrail_policies: Fact<u32>,
    policy_delegation: Fact<bool>,
    delegated_administrators: Fact<u32>,
}

/// Reads the wanted facts of the organization.
pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    let above = audit.observed("organizations", "", above(audit)).await;
    Part::account(|account| {
        account
            .organization(above.organization)
            .central_root_credentials(above.central_root_credentials)
            .guardrail_policies(above.guardrail_policies)
            .policy_delegation(above.policy_delegation)
            .delegated_administrators(above.delegated_administrators)
    })
}

async fn above(audit: &Audit<'_>) -> OrganizationFacts {
    let client = &audit.session.client(audit.session.home_region(), audit.meter);
    let organization = audit.organization().await.clone();
    if !is_asked(&organization, &audit.options.peers) {
        return OrganizationFacts {
            organization,
            central_root_credentials: none(audit, &FEATURES),
            guardrail_policies: none(audit, &POLICIES),
            policy_delegation: none(audit, &DELEGATION_POLICY),
            delegated_administrators: none(audit, &ADMINISTRATORS),
        };
    }
    let (central_root_credentials, guardrail_policies, policy_delegation, delegated_administrators) = futures::join!(
        central_root_credentials(audit),
        guardrail_policies(audit, client),
        policy_delegation(audit, client),
        delegated_administrators(audit, client),
    );
    OrganizationFacts {
        organization,
        central_root_credentials,
        guardrail_policies,
        policy_delegation,
        delegated_administrators,
    }
}

/// The result of this action about an organization, if there is none or its management account answers.
fn none<T>(audit: &Audit<'_>, action: &Action) -> Fact<T> {
    if audit.calls(action) { NotOffered } else { Fact::not_collected() }
}

/// A fact that only organizations have.
fn offered<T>(ask: &ApiClient, answer: Result<T, CallError>) -> Fact<T> {
    match answer {
        Err(refused) if refused.is(IN_NONE) => NotOffered,
        answer => ask.fact(answer),
    }
}

/// Which organization the account is in, if any.
pub(super) async fn describe(audit: &Audit<'_>) -> Fact<Option<Organization>> {
    if !audit.calls(&ORGANIZATION) {
        return Fact::not_collected();
    }
    let client = audit.session.client(audit.session.home_region(), audit.meter);
    let ask = audit.ask;
    let answer = ask.read(&client, &DESCRIBE, "", "", []).await;
    let found = ask.fact_or(answer.map(Some), IN_NONE, None);
    found.and_then(|found| {
        let Some(answer) = found else { return Known(None) };
        let found = answer.read().organization();
        let Some((id, management)) = found.and_then(|o| o.id().zip(o.management_account())) else {
            let why = "the response lacks the ID or the management account of the organization";
            return ask.malformed(DESCRIBE.spec.action, "", why);
        };
        Known(Some(Organization {
            id: id.to_owned(),
            management_account: management.to_owned(),
            is_management: management == audit.session.account(),
        }))
    })
}

async fn central_root_credentials(audit: &Audit<'_>) -> Fact<bool> {
    if !audit.calls(&FEATURES) {
        return Fact::not_collected();
    }
    let client = audit.session.iam(audit.session.home_region(), audit.meter);
    let answer =
        audit.ask.ask(FEATURES.name, "", "", client.list_organizations_features().send()).await;
    match answer {
        Err(refused) if refused.is(CANNOT_BE_ON) => Known(false),
        answer => offered(audit.ask, answer).map(|output| {
            output.enabled_features().contains(&FeatureType::RootCredentialsManagement)
        }),
    }
}

/// For how many policies the attachments are read. An organization may have
/// [ten thousand](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html), and all of its
/// accounts live off the same small quota of calls; beyond this many, the number of those in force is a lower bound.
const MOST_POLICIES: usize = 50;

/// How many policies that the customer wrote are attached: an unattached policy restricts nothing.
async fn guardrail_policies(audit: &Audit<'_>, client: &Client) -> Fact<u32> {
    if !audit.calls(&POLICIES) {
        return Fact::not_collected();
    }
    let (service, resource) = futures::join!(
        policies(audit.ask, client, &SERVICE_POLICIES),
        policies(audit.ask, client, &RESOURCE_POLICIES),
    );
    let ids = match (service, resource) {
        (Known(service), Known(resource)) => service.into_iter().chain(resource),
        (NotOffered, _) | (_, NotOffered) => return NotOffered,
        (Fact::Gap(gap), _) | (_, Fact::Gap(gap)) => return Fact::Gap(gap),
    };
    let ids: Vec<String> = ids.collect();
    let total = ids.len();
    let attached = stream::iter(ids.into_iter().take(MOST_POLICIES))
        .map(|id| async move { is_attached(audit, client, &id).await })
        .buffered(8)
        .collect::<Vec<Result<bool, GapId>>>()
        .await;
    let mut count = 0;
    for attached in attached {
        match attached {
            Ok(attached) => count += u32::from(attached),
            Err(gap) => return Fact::Gap(gap),
        }
    }
    if count == 0 && total > MOST_POLICIES {
        let detail = format!("{MOST_POLICIES} of {total} policies are not attached");
        return audit.ask.undetermined(TARGETS.spec.action, "", detail);
    }
    Known(count)
}

/// For how many policies an audit would ask for the attachments; none if they cannot be listed, so that it would not.
pub(crate) async fn planned_policies(ask: &ApiClient, client: &Client) -> usize {
    let (service, resource) = futures::join!(
        policies(ask, client, &SERVICE_POLICIES),
        policies(ask, client, &RESOURCE_POLICIES),
    );
    match (service, resource) {
        (Known(service), Known(resource)) => (service.len() + resource.len()).min(MOST_POLICIES),
        _ => 0,
    }
}

/// The ids of the policies of one type that the provider did not write.
async fn policies(
    ask: &ApiClient,
    client: &Client,
    operation: &'static Operation<0, ListPolicies<'static>>,
) -> Fact<Vec<String>> {
    let (pages, refused) = ask.list(client, operation, "", []).await;
    let all = || pages.iter().flat_map(|page| page.read().policies());
    let own = || all().filter(|policy| policy.aws_managed() != Some(true));
    let nameless = own().any(|policy| policy.id().is_none());
    let refused = CallError::or_nameless(refused, nameless, operation.spec.action, "");
    offered(ask, refused.map_or(Ok(()), Err))
        .map(|()| own().filter_map(|policy| policy.id().map(str::to_owned)).collect())
}

async fn is_attached(audit: &Audit<'_>, client: &Client, policy: &str) -> Result<bool, GapId> {
    let (pages, refused) = audit.ask.list(client, &TARGETS, "", [policy]).await;
    if pages.iter().any(|page| page.read().targets() > 0) {
        return Ok(true);
    }
    match refused {
        None => Ok(false),
        Some(refused) => Err(audit.ask.gap(refused.into_gap())),
    }
}

async fn policy_delegation(audit: &Audit<'_>, client: &Client) -> Fact<bool> {
    if !audit.calls(&DELEGATION_POLICY) {
        return Fact::not_collected();
    }
    let ask = audit.ask;
    let policy = match ask.read(client, &DELEGATION, "", "", []).await {
        Err(refused) if refused.is(&["ResourcePolicyNotFoundException"]) => return Known(false),
        answer => offered(ask, answer).map(|answer| {
            let content = answer.read().policy().and_then(ResourcePolicy::content);
            content.unwrap_or_default().to_owned()
        }),
    };
    policy.and_then(|text| delegates(ask, text))
}

async fn delegated_administrators(audit: &Audit<'_>, client: &Client) -> Fact<u32> {
    if !audit.calls(&ADMINISTRATORS) {
        return Fact::not_collected();
    }
    let (pages, refused) = audit.ask.list(client, &DELEGATED, "", []).await;
    offered(audit.ask, refused.map_or(Ok(()), Err)).map(|()| {
        let count: usize = pages.iter().map(|page| page.read().administrators()).sum();
        u32::try_from(count).unwrap_or(u32::MAX)
    })
}

/// The actions that change the policies of an organization or put them into effect.
static ADMINISTERS: Dated<&str> = Dated::new(
    &["https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html"],
    "2026-11-23",
    &[
        "organizations:attachpolicy",
        "organizations:createpolicy",
        "organizations:deletepolicy",
        "organizations:detachpolicy",
        "organizations:disablepolicytype",
        "organizations:enablepolicytype",
        "organizations:updatepolicy",
    ],
);

/// Whether the organization's
/// [delegation policy](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html) allows another
/// account administer policies, and not only look at them.
fn delegates(ask: &ApiClient, text: &str) -> Fact<bool> {
    let Ok(document) = serde_json::from_str::<Value>(text) else {
        return ask.malformed(DELEGATION.spec.action, "", "the policy is not JSON");
    };
    if document.get("Statement").is_none() {
        return ask.malformed(DELEGATION.spec.action, "", "the policy has no statement");
    }
    let mut denies = false;
    let mut allows = false;
    for statement in each(&document["Statement"]) {
        match statement["Effect"].as_str() {
            Some("Allow") if statement.get("Action").is_some() => {
                allows |= each(&statement["Action"])
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|pattern| ADMINISTERS.iter().any(|action| covers(pattern, action)));
            }
            Some("Deny") => denies = true,
            _ => {
                return ask.undetermined(
                    DELEGATION.spec.action,
                    "",
                    "a statement has an unknown format",
                );
            }
        }
    }
    if allows && denies {
        return ask.undetermined(DELEGATION.spec.action, "", "the policy both allows and denies");
    }
    Known(allows)
}

/// One value or several.
fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// Whether a pattern with `*` and `?` covers an action, whose name is in lower case.
fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase().into_bytes(), action.as_bytes());
    let (mut p, mut a) = (0, 0);
    // Where the last star was, and how much of the action it swallows so far.
    let mut star = None;
    while a < action.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, a));
                p += 1;
            }
            Some(&c) if c == b'?' || c == action[a] => {
                p += 1;
                a += 1;
            }
            _ => match &mut star {
                Some((place, swallowed)) => {
                    *swallowed += 1;
                    (p, a) = (*place + 1, *swallowed);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use posture_model::gap::Reason;
    use posture_model::resource::Account;
    use posture_model::wanted::Wanted;

    use super::*;
    use crate::fake::Fake;

    const NOT_IN_USE: &str = "AWSOrganizationsNotInUseException";

    fn wanted() -> Wanted {
        let facts = [
            Account::ORGANIZATION,
            Account::CENTRAL_ROOT_CREDENTIALS,
            Account::GUARDRAIL_POLICIES,
            Account::POLICY_DELEGATION,
            Account::DELEGATED_ADMINISTRATORS,
        ];
        Wanted::of(&facts, &[])
    }

    fn management() -> Fake {
        Fake::default()
            .answer(
                "DescribeOrganization",
                200,
                r#"{"Organization":{"Id":"o-abcdefghij","MasterAccountId":"123456789012"}}"#,
            )
            .xml(
                "ListOrganizationsFeatures",
                "<OrganizationId>o-abcdefghij</OrganizationId><EnabledFeatures><member>RootCredentialsManagement</member></EnabledFeatures>",
            )
    }

    #[tokio::test]
    async fn the_management_account_sees_everything() {
        let fake = management()
            .answer("ListPolicies", 200, r#"{"Policies":[{"Id":"p-FullAWSAccess","AwsManaged":true}],"NextToken":"t"}"#)
            .answer("ListPolicies", 200, r#"{"Policies":[{"Id":"p-1","AwsManaged":false},{"Id":"p-2","AwsManaged":false}]}"#)
            .answer("ListTargetsForPolicy", 200, r#"{"Targets":[{"TargetId":"r-1","Type":"ROOT"}]}"#)
            .answer("ListTargetsForPolicy", 200, r#"{"Targets":[]}"#)
            .answer(
                "DescribeResourcePolicy",
                200,
                r#"{"ResourcePolicy":{"Content":"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111111111111\"},\"Action\":[\"organizations:Describe*\",\"organizations:CreatePolicy\"],\"Resource\":\"*\"}}"}}"#,
            )
            .answer("ListDelegatedAdministrators", 200, r#"{"DelegatedAdministrators":[{"Id":"1"},{"Id":"2"}]}"#);
        let account = fake.collect(&wanted()).await.account;
        let organization = account.organization.known().unwrap().clone().unwrap();
        assert!(organization.is_management);
        assert_eq!(organization.id, "o-abcdefghij");
        assert_eq!(account.central_root_credentials, Known(true));
        // Two of each type were listed, the first of which was attached.
        assert_eq!(account.guardrail_policies, Known(1));
        assert_eq!(account.policy_delegation, Known(true));
        assert_eq!(account.delegated_administrators, Known(2));
    }

    #[tokio::test]
    async fn an_account_in_no_organization_is_offered_none_of_it() {
        let mut fake = Fake::default().xml_error(
            "ListOrganizationsFeatures",
            404,
            "OrganizationNotFoundException",
            "none",
        );
        for action in [
            "DescribeOrganization",
            "ListPolicies",
            "DescribeResourcePolicy",
            "ListDelegatedAdministrators",
        ] {
            fake = fake.json_error(action, 400, NOT_IN_USE, "Your account is not a member");
        }
        let account = fake.collect(&wanted()).await.account;
        assert_eq!(account.organization, Known(None));
        // That is known from the first answer.
        assert_eq!(fake.count("ListPolicies") + fake.count("ListOrganizationsFeatures"), 0);
        assert_eq!(account.central_root_credentials, NotOffered);
        assert_eq!(account.guardrail_policies, NotOffered);
        assert_eq!(account.policy_delegation, NotOffered);
        assert_eq!(account.delegated_administrators, NotOffered);

        // The organization itself is not wanted: each says so for itself.
        let facts = [
            Account::CENTRAL_ROOT_CREDENTIALS,
            Account::GUARDRAIL_POLICIES,
            Account::POLICY_DELEGATION,
            Account::DELEGATED_ADMINISTRATORS,
        ];
        let account = fake.collect(&Wanted::of(&facts, &[])).await.account;
        assert_eq!(fake.count("ListPolicies"), 2);
        assert!(account.organization.is_not_collected());
        assert_eq!(account.central_root_credentials, NotOffered);
        assert_eq!(account.guardrail_policies, NotOffered);
        assert_eq!(account.policy_delegation, NotOffered);
        assert_eq!(account.delegated_administrators, NotOffered);
    }

    #[tokio::test]
    async fn a_member_is_denied_what_only_the_management_account_may_ask() {
        let mut fake = Fake::default()
            .answer(
                "DescribeOrganization",
                200,
                r#"{"Organization":{"Id":"o-abcdefghij","MasterAccountId":"999999999999"}}"#,
            )
            .xml_error(
                "ListOrganizationsFeatures",
                400,
                "AccountNotManagementOrDelegatedAdministratorException",
                "The account is not the management account.",
            );
        for action in ["ListPolicies", "DescribeResourcePolicy", "ListDelegatedAdministrators"] {
            fake =
                fake.json_error(action, 400, "AccessDeniedException", "You don't have permissions");
        }
        let scope = fake.collect(&wanted()).await;
        let account = &scope.account;
        assert!(!account.organization.known().unwrap().as_ref().unwrap().is_management);
        for gap in [
            account.central_root_credentials.gap(),
            account.guardrail_policies.gap(),
            account.policy_delegation.gap(),
            account.delegated_administrators.gap(),
        ] {
            assert_eq!(scope.gap(gap.unwrap()).unwrap().reason, Reason::Denied);
        }
    }

    #[tokio::test]
    async fn policies_attached_nowhere_restrict_no_principal() {
        let wanted = Wanted::of(&[Account::GUARDRAIL_POLICIES], &[]);
        let list = r#"{"Policies":[{"Id":"p-1","AwsManaged":false}]}"#;
        let fake = Fake::default().answer("ListPolicies", 200, list).answer(
            "ListTargetsForPolicy",
            200,
            r#"{"Targets":[]}"#,
        );
        assert_eq!(fake.collect(&wanted).await.account.guardrail_policies, Known(0));
        let fake = Fake::default().answer("ListPolicies", 200, list).json_error(
            "ListTargetsForPolicy",
            400,
            "AccessDeniedException",
            "no",
        );
        let scope = fake.collect(&wanted).await;
        let gap = scope.gap(scope.account.guardrail_policies.gap().unwrap()).unwrap();
        assert_eq!((gap.reason, gap.action.as_str()), (Reason::Denied, TARGETS.spec.action));
    }

    #[tokio::test]
    async fn root_is_not_managed_centrally_where_iam_is_not_trusted() {
        let fake = Fake::default().xml_error(
            "ListOrganizationsFeatures",
            400,
            "ServiceAccessNotEnabledException",
            "Trusted access is not enabled.",
        );
        let wanted = Wanted::of(&[Account::CENTRAL_ROOT_CREDENTIALS], &[]);
        let account = fake.collect(&wanted).await.account;
        assert_eq!(account.central_root_credentials, Known(false));
    }

    #[tokio::test]
    async fn a_delegation_to_look_is_none_and_a_hostile_one_is_a_gap() {
        let ask = crate::fake::asker();
        let policy = |effect: &str, action: &str| {
            format!(r#"{{"Statement":[{{"Effect":"{effect}","Principal":"*","{action}"}}]}}"#)
        };
        let allow =
            |action: &str| delegates(&ask, &policy("Allow", &format!(r#"Action":"{action}"#)));
        assert_eq!(allow("organizations:List*"), Known(false));
        for action in
            ["*", "Organizations:*", "organizations:?pdatePolicy", "organizations:*Policy*"]
        {
            assert_eq!(allow(action), Known(true), "{action}");
        }
        assert!(delegates(&ask, &policy("Allow", r#"NotAction":"iam:*"#)).gap().is_some());
        for hostile in ["", "[", "[]", "null", "3"] {
            assert!(delegates(&ask, hostile).gap().is_some(), "{hostile}");
        }
    }
}
