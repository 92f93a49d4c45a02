//! The organization and its accounts.

use serde_json::{Map, Value, json};

use super::{LONG_AGO, document, filled, gone, text, unknown_operation, without};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};
use crate::aws::world::{HOME, Organization};

/// How many items a page has at most.
const PAGE: usize = 20;

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    // The service has one [endpoint](https://docs.aws.amazon.com/general/latest/gr/ao.html) for all regions.
    if ask.call.region != HOME {
        let message =
            format!("Credential should be scoped to a valid region, not '{}'.", ask.call.region);
        return Err(Failure::new(400, "InvalidSignatureException", message));
    }
    let in_none = || {
        let message = "Your account is not a member of an organization.";
        Failure::new(400, "AWSOrganizationsNotInUseException", message)
    };
    let organization = ask.organization().ok_or_else(in_none)?;
    let members = match ask.call.operation.as_str() {
        "DescribeOrganization" => json!({ "Organization": described(organization) }),
        _ if !may_look(ask, organization) => {
            let message = "You don't have permissions to access this resource.";
            return Err(Failure::new(400, "AccessDeniedException", message));
        }
        "ListAccounts" => {
            let (page, next) = page(ask, &accounts(ask, organization))?;
            json!({ "Accounts": page, "NextToken": next })
        }
        "ListDelegatedAdministrators" => {
            let is = |account: &Value| {
                let administrators = &organization.delegated_administrators;
                administrators.iter().any(|id| account["Id"] == **id)
            };
            let mut all = accounts(ask, organization);
            all.retain(is);
            for administrator in &mut all {
                administrator["DelegationEnabledDate"] = json!(LONG_AGO);
            }
            let (page, next) = page(ask, &all)?;
            json!({ "DelegatedAdministrators": page, "NextToken": next })
        }
        "ListPolicies" => policies(ask, organization)?,
        "ListTargetsForPolicy" => targets(ask, organization)?,
        "DescribeResourcePolicy" => {
            let missing = || {
                let message = "We can't find a resource policy request with the parameter that you specified.";
                Failure::new(400, "ResourcePolicyNotFoundException", message)
            };
            let policy = organization.resource_policy.as_ref().ok_or_else(missing)?;
            let id = "rp-simulated01";
            let summary = json!({ "Id": id, "Arn": arn(organization, "resourcepolicy", id) });
            json!({ "ResourcePolicy": { "ResourcePolicySummary": summary, "Content": document(policy) } })
        }
        _ => return Err(unknown_operation(ask.call)),
    };
    Ok(Output::Members(members))
}

/// Whether the account [may look](https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-delegated.html)
/// at more than the organization's name.
fn may_look(ask: &Ask<'_>, organization: &Organization) -> bool {
    let id = &ask.account.id;
    *id == organization.management_account || organization.delegated_administrators.contains(id)
}

/// The ARN of something of the organization.
fn arn(organization: &Organization, folder: &str, id: &str) -> String {
    let (account, own) = (&organization.management_account, &organization.id);
    format!("arn:aws:organizations::{account}:{folder}/{own}/{id}")
}

fn page(ask: &Ask<'_>, items: &[Value]) -> Result<(Vec<Value>, Option<String>), Failure> {
    let message =
        "You provided a value that does not match the required pattern: INVALID_NEXT_TOKEN";
    let invalid = || Failure::new(400, "InvalidInputException", message);
    let size = ask.call.number("MaxResults").unwrap_or(PAGE).clamp(1, PAGE);
    let (page, next) = ask.page(items, ask.call.argument("NextToken"), size, &invalid)?;
    Ok((page.to_vec(), next))
}

fn described(organization: &Organization) -> Value {
    let management = &organization.management_account;
    json!({
        "Id": organization.id,
        "Arn": format!("arn:aws:organizations::{management}:organization/{}", organization.id),
        "FeatureSet": organization.feature_set.as_deref().unwrap_or("ALL"),
        "MasterAccountId": management,
        "MasterAccountArn": arn(organization, "account", management),
        "MasterAccountEmail": format!("{management}@example.com"),
        "AvailablePolicyTypes": [{ "Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED" }],
    })
}

/// The accounts of the world that set nothing else, and those that are not in it.
fn accounts(ask: &Ask<'_>, organization: &Organization) -> Vec<Value> {
    let here =
        ask.state.world.accounts.iter().filter(|account| !account.standalone).map(|account| {
            let name = account.alias.as_ref().unwrap_or(&account.id);
            json!({ "Id": account.id, "Name": name })
        });
    let others = organization.others.iter().map(|other| Value::Object(other.clone()));
    let listed = here.chain(others).map(|account| {
        let id = account["Id"].as_str().unwrap_or_default().to_owned();
        // Status is the older word for State, see
        // https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
        let state = account["State"].as_str().or(account["Status"].as_str()).unwrap_or("ACTIVE");
        let defaults = json!({
            "Arn": arn(organization, "account", &id), "Name": id,
            "Email": format!("{id}@example.com"), "State": state, "Status": state,
            "JoinedMethod": "CREATED", "JoinedTimestamp": LONG_AGO,
        });
        filled(account, defaults)
    });
    listed.collect()
}

/// The [policies](https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html) of the type that
/// is requested.
fn policies(ask: &Ask<'_>, organization: &Organization) -> Result<Value, Failure> {
    let filter = ask.call.argument("Filter");
    if filter.is_empty() {
        let message =
            "You provided invalid values for one or more of the request parameters: Filter";
        return Err(Failure::new(400, "InvalidInputException", message));
    }
    let all = organization.policies.iter().map(|policy| {
        let (kind, id) = (kind(policy), text(policy, "Id"));
        let folder = kind.to_lowercase();
        let defaults = json!({
            "Arn": arn(organization, "policy", &format!("{folder}/{id}")), "Name": id,
            "Description": "", "Type": kind, "AwsManaged": false,
        });
        filled(without(policy, &["Targets"]), defaults)
    });
    let (page, next) =
        page(ask, &all.filter(|policy| policy["Type"] == filter).collect::<Vec<_>>())?;
    Ok(json!({ "Policies": page, "NextToken": next }))
}

fn kind(policy: &Map<String, Value>) -> &str {
    match text(policy, "Type") {
        "" => "SERVICE_CONTROL_POLICY",
        kind => kind,
    }
}

fn targets(ask: &Ask<'_>, organization: &Organization) -> Result<Value, Failure> {
    let wanted = ask.call.argument("PolicyId");
    let found = organization.policies.iter().find(|policy| text(policy, "Id") == wanted);
    let policy = found.ok_or_else(|| gone(ask.call))?;
    let ids = policy.get("Targets").and_then(Value::as_array);
    let all = ids.into_iter().flatten().filter_map(Value::as_str).map(|id| {
        let (kind, folder) = match id.split('-').next() {
            Some("r") => ("ROOT", "root"),
            Some("ou") => ("ORGANIZATIONAL_UNIT", "ou"),
            _ => ("ACCOUNT", "account"),
        };
        let arn = arn(organization, folder, id);
        json!({ "TargetId": id, "Arn": arn, "Name": id, "Type": kind })
    });
    let (page, next) = page(ask, &all.collect::<Vec<_>>())?;
    Ok(json!({ "Targets": page, "NextToken": next }))
}
