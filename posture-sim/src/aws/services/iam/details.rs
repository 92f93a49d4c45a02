//! [GetAccountAuthorizationDetails](https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html):
//! everyone, with every permission.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{LONG_AGO, PAGE, bad_marker};
use crate::aws::server::Ask;
use crate::aws::services::{document, encode};
use crate::aws::wire::Failure;
use crate::aws::world::{Account, Group, Policy, Role, User};

/// Something of the walk, in the list of its kind.
enum Detail<'a> {
    User(&'a User),
    Group(&'a Group),
    Role(&'a Role),
    Policy(&'a Policy),
}

pub(super) fn page(ask: &Ask<'_>) -> Result<Value, Failure> {
    let account = ask.account;
    let filter = ask.call.list("Filter");
    let wants = |kind: &str| filter.is_empty() || filter.contains(&kind);
    let mut all: Vec<Detail<'_>> = Vec::new();
    if wants("User") {
        all.extend(account.users.iter().map(Detail::User));
    }
    if wants("Group") {
        all.extend(account.groups.iter().map(Detail::Group));
    }
    if wants("Role") {
        all.extend(account.roles.iter().map(Detail::Role));
    }
    let policies = account.policies.iter().filter(|policy| match policy.arn {
        None => wants("LocalManagedPolicy"),
        Some(_) => wants("AWSManagedPolicy"),
    });
    all.extend(policies.map(Detail::Policy));
    let size = ask.call.number("MaxItems").unwrap_or(100).clamp(1, PAGE);
    let (page, next) = ask.page(&all, ask.call.argument("Marker"), size, &bad_marker)?;
    let (mut users, mut groups, mut roles, mut policies) = (vec![], vec![], vec![], vec![]);
    for detail in page {
        match detail {
            Detail::User(it) => users.push(user(account, it)),
            Detail::Group(it) => groups.push(group(account, it)),
            Detail::Role(it) => roles.push(role(account, it)),
            Detail::Policy(it) => policies.push(policy(account, it)),
        }
    }
    Ok(json!({
        "UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": roles,
        "Policies": policies, "IsTruncated": next.is_some(), "Marker": next,
    }))
}

/// The unchanging id of an entity, which follows from its name.
pub(super) fn unique_id(prefix: &str, name: &str) -> String {
    let sum = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{prefix}{sum:016X}0")
}

fn arn(account: &Account, kind: &str, path: Option<&str>, name: &str) -> String {
    format!("arn:aws:iam::{}:{kind}{}{name}", account.id, path.unwrap_or("/"))
}

pub(super) fn user_arn(account: &Account, user: &User) -> String {
    arn(account, "user", user.path.as_deref(), &user.name)
}

pub(super) fn role_arn(account: &Account, role: &Role) -> String {
    arn(account, "role", role.path.as_deref(), &role.name)
}

pub(super) fn group_arn(account: &Account, group: &Group) -> String {
    arn(account, "group", None, &group.name)
}

pub(super) fn policy_arn(account: &Account, policy: &Policy) -> String {
    policy
        .arn
        .clone()
        .unwrap_or_else(|| arn(account, "policy", policy.path.as_deref(), &policy.name))
}

fn embedded(policies: &BTreeMap<String, Value>) -> Vec<Value> {
    let one = |(name, policy): (&String, &Value)| json!({ "PolicyName": name, "PolicyDocument": encode(&document(policy)) });
    policies.iter().map(one).collect()
}

pub(super) fn attached(arns: &[String]) -> Vec<Value> {
    let one = |arn: &String| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        json!({ "PolicyName": name, "PolicyArn": arn })
    };
    arns.iter().map(one).collect()
}

pub(super) fn tags(tags: &BTreeMap<String, String>) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

fn boundary(arn: Option<&String>) -> Option<Value> {
    arn.map(|arn| json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn }))
}

fn user(account: &Account, user: &User) -> Value {
    json!({
        "Path": user.path.as_deref().unwrap_or("/"), "UserName": user.name,
        "UserId": unique_id("AIDA", &user.name), "Arn": user_arn(account, user),
        "CreateDate": user.created.as_deref().unwrap_or(LONG_AGO),
        "UserPolicyList": embedded(&user.policies), "GroupList": user.groups,
        "AttachedManagedPolicies": attached(&user.attached),
        "PermissionsBoundary": boundary(user.boundary.as_ref()), "Tags": tags(&user.tags),
    })
}

fn group(account: &Account, group: &Group) -> Value {
    json!({
        "Path": "/", "GroupName": group.name, "GroupId": unique_id("AGPA", &group.name),
        "Arn": group_arn(account, group), "CreateDate": LONG_AGO,
        "GroupPolicyList": embedded(&group.policies),
        "AttachedManagedPolicies": attached(&group.attached),
    })
}

/// A role as it is in lists.
pub(super) fn bare_role(account: &Account, role: &Role) -> Value {
    json!({
        "Path": role.path.as_deref().unwrap_or("/"), "RoleName": role.name,
        "RoleId": unique_id("AROA", &role.name), "Arn": role_arn(account, role),
        "CreateDate": role.created.as_deref().unwrap_or(LONG_AGO),
        "AssumeRolePolicyDocument": encode(&document(&role.trust)),
    })
}

fn role(account: &Account, role: &Role) -> Value {
    let mut detail = bare_role(account, role);
    let profile = |name: &String| {
        json!({
            "Path": "/", "InstanceProfileName": name, "InstanceProfileId": unique_id("AIPA", name),
            "Arn": arn(account, "instance-profile", None, name), "CreateDate": LONG_AGO,
            "Roles": [bare_role(account, role)],
        })
    };
    detail["InstanceProfileList"] = role.instance_profiles.iter().map(profile).collect();
    detail["RolePolicyList"] = embedded(&role.policies).into();
    detail["AttachedManagedPolicies"] = attached(&role.attached).into();
    detail["PermissionsBoundary"] = boundary(role.boundary.as_ref()).unwrap_or(Value::Null);
    detail["Tags"] = tags(&role.tags).into();
    detail["RoleLastUsed"] = match &role.used {
        Some(used) => json!({ "LastUsedDate": used, "Region": "us-east-1" }),
        None => json!({}),
    };
    detail
}

/// To how many identities a policy is attached, and of how many it is the boundary.
fn uses(account: &Account, arn: &str) -> (usize, usize) {
    let lists = (account.users.iter().map(|user| &user.attached))
        .chain(account.groups.iter().map(|group| &group.attached))
        .chain(account.roles.iter().map(|role| &role.attached));
    let bounds = (account.users.iter().map(|user| &user.boundary))
        .chain(account.roles.iter().map(|role| &role.boundary));
    (
        lists.filter(|list| list.iter().any(|held| held == arn)).count(),
        bounds.filter(|bound| bound.as_deref() == Some(arn)).count(),
    )
}

/// A policy as it is in lists.
pub(super) fn bare_policy(account: &Account, policy: &Policy) -> Value {
    let arn = policy_arn(account, policy);
    let (attached, bounds) = uses(account, &arn);
    json!({
        "PolicyName": policy.name, "PolicyId": unique_id("ANPA", &policy.name), "Arn": arn,
        "Path": policy.path.as_deref().unwrap_or("/"), "DefaultVersionId": "v1",
        "AttachmentCount": attached, "PermissionsBoundaryUsageCount": bounds,
        "IsAttachable": true, "CreateDate": LONG_AGO, "UpdateDate": LONG_AGO,
    })
}

/// The only version of a policy.
pub(super) fn version(policy: &Policy) -> Value {
    json!({
        "Document": encode(&document(&policy.document)), "VersionId": "v1",
        "IsDefaultVersion": true, "CreateDate": LONG_AGO,
    })
}

fn policy(account: &Account, policy: &Policy) -> Value {
    let mut detail = bare_policy(account, policy);
    detail["PolicyVersionList"] = json!([version(policy)]);
    detail
}
