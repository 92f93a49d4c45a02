//! The resource policies of CloudWatch Logs that apply to every log group of a region.

use posture_model::fact::Known;
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Kind, LogPolicy};

use super::context::Audit;
use super::regional;
use super::regions;
use super::resource_policy::{self, ResourcePolicy};
use crate::ask::CallError;
use crate::entry::{Action, Holds, Per};
use crate::wire::services::LOGS;
use crate::wire::{Constant, Operation, answers};

pub(crate) const LOG_POLICIES: Action = Action {
    name: "logs:DescribeResourcePolicies",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["resourcePolicies"]),
    lists: &[Kind::LogPolicy],
    fills: &[
        LogPolicy::POLICY_PUBLIC,
        LogPolicy::EXTERNAL_ACCOUNTS,
        LogPolicy::SERVICES_WITHOUT_SOURCE,
    ],
    command: "aws logs describe-resource-policies --policy-scope ACCOUNT --region {region}",
};

answers! {
    /// A page of policies.
    DescribeResourcePolicies {
        policies: "resourcePolicies" optional records(ListedPolicy),
    }

    ListedPolicy {
        name: "policyName" optional text,
        document: "policyDocument" optional text,
    }
}

/// The policies with account scope, of which a region has
/// [at most ten](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html). That of a
/// single log group has another scope: whether one call lists all of those is not documented.
pub(crate) static DESCRIBE_POLICIES: Operation<0, DescribeResourcePolicies<'_>> =
    Operation::new(&LOGS, LOG_POLICIES.name, "DescribeResourcePolicies")
        .given(&[("limit", Constant::Whole(50)), ("policyScope", Constant::Text("ACCOUNT"))])
        .pages("nextToken", "nextToken");

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    regions::listing(audit, &LOG_POLICIES, "logs", |region| policies_of(audit, region)).await.into()
}

async fn policies_of(audit: &Audit<'_>, region: &str) -> Listing<LogPolicy> {
    let client = audit.session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(&client, &DESCRIBE_POLICIES, region, []).await;
    let listed = || pages.iter().flat_map(|page| page.read().policies());
    let nameless = listed().any(|policy| policy.name().is_none_or(str::is_empty));
    let refused = CallError::or_nameless(refused, nameless, DESCRIBE_POLICIES.spec.action, region);
    let mut items = Vec::new();
    for listed in listed() {
        let Some(name) = listed.name().filter(|name| !name.is_empty()) else { continue };
        items.push(policy(audit, region, name, listed.document()).await);
    }
    audit.ask.listing(items, refused)
}

async fn policy(audit: &Audit<'_>, region: &str, name: &str, document: Option<&str>) -> LogPolicy {
    // It has no ARN.
    let id = regional::id(audit, "logs", region, &format!("resource-policy:{name}"));
    let (ask, action) = (audit.ask, DESCRIBE_POLICIES.spec.action);
    let text = match document {
        Some(text) => Known(Some(text.to_owned())),
        None => ask.malformed(action, &id, "the policy comes without its document"),
    };
    let policy = ResourcePolicy {
        ask,
        action,
        target: &id,
        account: audit.session.account(),
        text: &text,
        organization: audit.organization().await,
    };
    LogPolicy::unread_on(Provider::Aws, id.clone(), name, Some(region))
        .policy_public(policy.public(resource_policy::ANY))
        .external_accounts(policy.external_accounts())
        .services_without_source(policy.services_without_source())
}

#[cfg(test)]
mod tests {
    use posture_model::entries::Entries;
    use posture_model::gap::Reason;
    use posture_model::resource::Resource;
    use posture_model::scope::Scope;
    use posture_model::wanted::Wanted;
    use serde_json::{Value, json};

    use super::*;
    use crate::fake::Fake;

    const CALL: &str = "DescribeResourcePolicies";

    fn everything() -> Wanted {
        Wanted::of(&Kind::LogPolicy.fact_ids().collect::<Vec<_>>(), &[Kind::LogPolicy])
    }

    /// An account of one region and no organization.
    fn region() -> Fake {
        Fake::default()
            .answer(
                "POST /listRegions",
                200,
                r#"{"Regions":[{"RegionName":"eu-central-1","RegionOptStatus":"ENABLED"}]}"#,
            )
            .json_error("DescribeOrganization", 400, "AWSOrganizationsNotInUseException", "none")
    }

    /// A policy with one statement.
    fn policy(name: &str, principal: &Value, condition: &Value) -> Value {
        let document = json!({ "Version": "2012-10-17", "Statement": [{
            "Sid": "write", "Effect": "Allow", "Principal": principal,
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "arn:aws:logs:eu-central-1:123456789012:log-group:*", "Condition": condition,
        }] });
        json!({ "policyName": name, "policyDocument": document.to_string(), "lastUpdatedTime": 1 })
    }

    fn service(condition: &Value) -> Value {
        policy("delivery", &json!({ "Service": "delivery.logs.amazonaws.com" }), condition)
    }

    async fn read(policies: &[Value]) -> Scope {
        let answer = json!({ "resourcePolicies": policies }).to_string();
        region().answer(CALL, 200, answer).collect(&everything()).await
    }

    async fn only(listed: Value) -> (LogPolicy, Scope) {
        let scope = read(&[listed]).await;
        let [policy] = &scope.log_policies.items[..] else { panic!("{:?}", scope.gaps) };
        (policy.clone(), scope.clone())
    }

    #[tokio::test]
    async fn a_service_for_this_account_only_is_not_a_stranger() {
        let own = json!({ "StringEquals": { "aws:SourceAccount": "123456789012" } });
        let (policy, scope) = only(service(&own)).await;
        assert_eq!(policy.id, "arn:aws:logs:eu-central-1:123456789012:resource-policy:delivery");
        assert_eq!(
            (policy.name.as_str(), policy.region.as_deref()),
            ("delivery", Some("eu-central-1"))
        );
        for fact in
            [&policy.policy_public, &policy.external_accounts, &policy.services_without_source]
        {
            assert_eq!(*fact, Known(Entries::none()));
        }
        assert!(scope.log_policies.is_complete());
    }

    #[tokio::test]
    async fn a_service_that_may_act_for_anyone_is_not_everyone() {
        let (policy, _) = only(service(&json!({}))).await;
        assert_eq!(policy.policy_public, Known(Entries::none()));
        let services = policy.services_without_source.known().unwrap();
        assert_eq!(services.evidence(), "delivery.logs.amazonaws.com");
    }

    #[tokio::test]
    async fn everyone_and_other_accounts_are_distinguished() {
        let (open, _) = only(policy("open", &json!("*"), &json!({}))).await;
        assert_eq!(open.policy_public, Known(Entries::from(["statement `write`"])));
        let other = json!({ "StringEquals": { "aws:SourceAccount": "999999999999" } });
        for listed in [
            service(&other),
            policy("named", &json!({ "AWS": "arn:aws:iam::999999999999:root" }), &json!({})),
        ] {
            let (policy, _) = only(listed).await;
            assert_eq!(policy.external_accounts, Known(Entries::from(["999999999999"])));
            assert_eq!(policy.policy_public, Known(Entries::none()));
        }
    }

    #[tokio::test]
    async fn a_region_without_policies_has_none_of_them() {
        let scope = read(&[]).await;
        assert!(scope.log_policies.items.is_empty() && scope.log_policies.is_complete());
    }

    #[tokio::test]
    async fn what_is_not_a_policy_is_a_gap() {
        let without = json!({ "policyName": "x" });
        let null = json!({ "policyName": "x", "policyDocument": null });
        let broken = json!({ "policyName": "x", "policyDocument": "{" });
        let empty = json!({ "policyName": "x", "policyDocument": "" });
        for listed in [without, null, broken, empty] {
            let (policy, scope) = only(listed.clone()).await;
            for fact in LogPolicy::FACTS {
                let gap =
                    policy.gap(fact.name).unwrap_or_else(|| panic!("{listed}: {}", fact.name));
                let gap = scope.gap(gap).unwrap();
                assert_eq!(
                    (gap.action.as_str(), gap.reason),
                    (LOG_POLICIES.name, Reason::Malformed)
                );
            }
        }
        let undecided = json!({ "StringEquals": { "new:Key": "x" } });
        let (policy, scope) = only(policy("maybe", &json!("*"), &undecided)).await;
        let gap = scope.gap(policy.policy_public.gap().unwrap()).unwrap();
        assert_eq!(gap.reason, Reason::Undetermined);
    }

    #[tokio::test]
    async fn a_list_that_is_refused_or_no_list_is_incomplete() {
        let named = service(&json!({}));
        let cases = [
            (400, json!({ "__type": "AccessDeniedException", "message": "no" }), Reason::Denied),
            (400, json!({ "__type": "ThrottlingException", "message": "slow" }), Reason::Throttled),
            (200, json!({}), Reason::Malformed),
            (200, json!({ "resourcePolicies": null }), Reason::Malformed),
            (200, json!({ "resourcePolicies": "none" }), Reason::Malformed),
            (200, json!({ "resourcePolicies": [{ "policyDocument": "{}" }] }), Reason::Malformed),
            (200, json!({ "resourcePolicies": [{ "policyName": "" }] }), Reason::Malformed),
            (200, json!({ "resourcePolicies": [named, "x"] }), Reason::Malformed),
        ];
        for (status, body, reason) in cases {
            let fake = region().answer(CALL, status, body.to_string());
            let scope = fake.collect(&everything()).await;
            let [gap] = scope.log_policies.gaps[..] else { panic!("{body}: {:?}", scope.gaps) };
            let gap = scope.gap(gap).unwrap();
            assert_eq!((gap.action.as_str(), gap.reason), (LOG_POLICIES.name, reason), "{body}");
            assert_eq!(scope.log_policies.items, [], "{body}");
        }
        let cut = region().answer(CALL, 200, r#"{"resourcePolicies":[{"policyNa"#);
        let scope = cut.collect(&everything()).await;
        assert_eq!(scope.gap(scope.log_policies.gaps[0]).unwrap().reason, Reason::Malformed);
    }

    #[tokio::test]
    async fn every_page_is_read_and_a_lost_one_is_missed() {
        let page = |name: &str, next: Option<&str>| {
            let listed = policy(name, &json!("*"), &json!({}));
            json!({ "resourcePolicies": [listed], "nextToken": next }).to_string()
        };
        let first = || region().answer(CALL, 200, page("a", Some("t")));
        let fake = first().answer(CALL, 200, page("b", None));
        let scope = fake.collect(&everything()).await;
        assert_eq!(scope.log_policies.items.len(), 2);
        assert!(scope.log_policies.is_complete());
        let asked: Vec<String> = fake
            .seen()
            .into_iter()
            .filter(|request| request.action == CALL)
            .map(|request| request.body)
            .collect();
        assert!(asked.iter().all(|body| body.contains(r#""policyScope":"ACCOUNT""#)), "{asked:?}");
        assert!(asked[1].contains(r#""nextToken":"t""#), "{asked:?}");
        let lost = first().json_error(CALL, 400, "AccessDeniedException", "no");
        let scope = lost.collect(&everything()).await;
        assert_eq!((scope.log_policies.items.len(), scope.log_policies.gaps.len()), (1, 1));
    }

    #[tokio::test]
    async fn what_is_not_wanted_is_not_asked() {
        let fake = region();
        let scope = fake.collect(&Wanted::of(&[], &[])).await;
        assert!(!scope.log_policies.is_collected());
        assert_eq!(fake.count(CALL), 0);
    }
}
