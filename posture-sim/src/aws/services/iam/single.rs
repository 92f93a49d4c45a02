//! What other tools read one by one: lists of each kind, and each object by its name.

use serde_json::{Value, json};

use super::{LONG_AGO, details, list, no_such};
use crate::aws::server::Ask;
use crate::aws::services::{document, encode};
use crate::aws::wire::Failure;
use crate::aws::world::{Group, Policy, Role, User};

type Found = Result<Value, Failure>;

/// Answers a call about a single object or a list of one kind; none if it is not such a call.
pub(super) fn answer(ask: &Ask<'_>) -> Option<Found> {
    Some(match ask.call.operation.as_str() {
        "ListUsers" => lists(ask, "Users", &ask.account.users, |it| plain_user(ask, it)),
        "GetUser" => user(ask).map(|it| json!({ "User": plain_user(ask, it) })),
        "GetLoginProfile" => user(ask).and_then(|it| match &it.password {
            Some(password) => Ok(json!({ "LoginProfile": {
                "UserName": it.name, "PasswordResetRequired": false,
                "CreateDate": password.changed.as_deref().unwrap_or(LONG_AGO),
            } })),
            None => Err(no_such("login profile")),
        }),
        "ListAccessKeys" => user(ask).and_then(|it| {
            let keys: Vec<Value> = it.keys.iter().enumerate().map(|(n, key)| json!({
                "UserName": it.name, "AccessKeyId": details::unique_id("AKIA", &format!("{}{n}", it.name)),
                "Status": if key.inactive { "Inactive" } else { "Active" },
                "CreateDate": key.created.as_deref().or(it.created.as_deref()).unwrap_or(LONG_AGO),
            })).collect();
            list(ask, "AccessKeyMetadata", &keys)
        }),
        "ListMFADevices" => user(ask).and_then(|it| {
            let device = json!({
                "UserName": it.name, "EnableDate": LONG_AGO,
                "SerialNumber": format!("arn:aws:iam::{}:mfa/{}", ask.account.id, it.name),
            });
            list(ask, "MFADevices", &Vec::from_iter(it.mfa.then_some(device)))
        }),
        "ListGroupsForUser" => user(ask).and_then(|it| {
            let of = ask.account.groups.iter().filter(|group| it.groups.contains(&group.name));
            let groups: Vec<Value> = of.map(|group| plain_group(ask, group)).collect();
            list(ask, "Groups", &groups)
        }),
        "ListUserTags" => user(ask).and_then(|it| list(ask, "Tags", &details::tags(&it.tags))),
        "ListUserPolicies" => user(ask).and_then(|it| names(ask, &it.policies)),
        "ListAttachedUserPolicies" => {
            user(ask).and_then(|it| list(ask, "AttachedPolicies", &details::attached(&it.attached)))
        }
        "GetUserPolicy" => user(ask).and_then(|it| embedded(ask, "UserName", &it.name, &it.policies)),
        "ListGroups" => lists(ask, "Groups", &ask.account.groups, |it| plain_group(ask, it)),
        "GetGroup" => group(ask).and_then(|it| {
            let of = ask.account.users.iter().filter(|user| user.groups.contains(&it.name));
            let users: Vec<Value> = of.map(|user| plain_user(ask, user)).collect();
            let mut page = list(ask, "Users", &users)?;
            page["Group"] = plain_group(ask, it);
            Ok(page)
        }),
        "ListGroupPolicies" => group(ask).and_then(|it| names(ask, &it.policies)),
        "ListAttachedGroupPolicies" => {
            group(ask).and_then(|it| list(ask, "AttachedPolicies", &details::attached(&it.attached)))
        }
        "GetGroupPolicy" => {
            group(ask).and_then(|it| embedded(ask, "GroupName", &it.name, &it.policies))
        }
        "ListRoles" => {
            lists(ask, "Roles", &ask.account.roles, |it| details::bare_role(ask.account, it))
        }
        "GetRole" => role(ask).map(|it| {
            let mut role = details::bare_role(ask.account, it);
            role["Tags"] = details::tags(&it.tags).into();
            if let Some(used) = &it.used {
                role["RoleLastUsed"] = json!({ "LastUsedDate": used, "Region": "us-east-1" });
            }
            json!({ "Role": role })
        }),
        "ListRoleTags" => role(ask).and_then(|it| list(ask, "Tags", &details::tags(&it.tags))),
        "ListRolePolicies" => role(ask).and_then(|it| names(ask, &it.policies)),
        "ListAttachedRolePolicies" => {
            role(ask).and_then(|it| list(ask, "AttachedPolicies", &details::attached(&it.attached)))
        }
        "GetRolePolicy" => role(ask).and_then(|it| embedded(ask, "RoleName", &it.name, &it.policies)),
        "ListPolicies" => {
            let scope = ask.call.argument("Scope");
            let wanted = |policy: &&Policy| match scope {
                "Local" => policy.arn.is_none(),
                "AWS" => policy.arn.is_some(),
                _ => true,
            };
            let of = ask.account.policies.iter().filter(wanted);
            let all: Vec<Value> = of.map(|it| details::bare_policy(ask.account, it)).collect();
            list(ask, "Policies", &all)
        }
        "GetPolicy" => {
            policy(ask).map(|it| json!({ "Policy": details::bare_policy(ask.account, it) }))
        }
        "GetPolicyVersion" => policy(ask).map(|it| json!({ "PolicyVersion": details::version(it) })),
        "ListPolicyVersions" => {
            policy(ask).and_then(|it| list(ask, "Versions", &[details::version(it)]))
        }
        "ListEntitiesForPolicy" => policy(ask).map(|it| {
            let arn = details::policy_arn(ask.account, it);
            let holds = |attached: &[String]| attached.contains(&arn);
            let name = |key: &str, name: &str| json!({ key: name });
            let account = ask.account;
            let users = account.users.iter().filter(|user| holds(&user.attached));
            let groups = account.groups.iter().filter(|group| holds(&group.attached));
            let roles = account.roles.iter().filter(|role| holds(&role.attached));
            json!({
                "PolicyUsers": users.map(|it| name("UserName", &it.name)).collect::<Vec<_>>(),
                "PolicyGroups": groups.map(|it| name("GroupName", &it.name)).collect::<Vec<_>>(),
                "PolicyRoles": roles.map(|it| name("RoleName", &it.name)).collect::<Vec<_>>(),
                "IsTruncated": false,
            })
        }),
        _ => return None,
    })
}

fn lists<T>(ask: &Ask<'_>, name: &str, items: &[T], form: impl Fn(&T) -> Value) -> Found {
    let all: Vec<Value> = items.iter().map(form).collect();
    list(ask, name, &all)
}

fn user<'a>(ask: &Ask<'a>) -> Result<&'a User, Failure> {
    let name = ask.call.argument("UserName");
    ask.account.users.iter().find(|it| it.name == name).ok_or_else(|| no_such("user"))
}

fn group<'a>(ask: &Ask<'a>) -> Result<&'a Group, Failure> {
    let name = ask.call.argument("GroupName");
    ask.account.groups.iter().find(|it| it.name == name).ok_or_else(|| no_such("group"))
}

fn role<'a>(ask: &Ask<'a>) -> Result<&'a Role, Failure> {
    let name = ask.call.argument("RoleName");
    ask.account.roles.iter().find(|it| it.name == name).ok_or_else(|| no_such("role"))
}

fn policy<'a>(ask: &Ask<'a>) -> Result<&'a Policy, Failure> {
    let arn = ask.call.argument("PolicyArn");
    let is = |it: &&Policy| details::policy_arn(ask.account, it) == arn;
    ask.account.policies.iter().find(is).ok_or_else(|| no_such("policy"))
}

fn plain_user(ask: &Ask<'_>, user: &User) -> Value {
    json!({
        "Path": user.path.as_deref().unwrap_or("/"), "UserName": user.name,
        "UserId": details::unique_id("AIDA", &user.name),
        "Arn": details::user_arn(ask.account, user),
        "CreateDate": user.created.as_deref().unwrap_or(LONG_AGO),
        "PasswordLastUsed": user.password.as_ref().and_then(|password| password.used.as_deref()),
    })
}

fn plain_group(ask: &Ask<'_>, group: &Group) -> Value {
    json!({
        "Path": "/", "GroupName": group.name, "GroupId": details::unique_id("AGPA", &group.name),
        "Arn": details::group_arn(ask.account, group), "CreateDate": LONG_AGO,
    })
}

fn names(ask: &Ask<'_>, policies: &std::collections::BTreeMap<String, Value>) -> Found {
    let names: Vec<&String> = policies.keys().collect();
    list(ask, "PolicyNames", &names)
}

fn embedded(
    ask: &Ask<'_>,
    holder: &str,
    name: &str,
    policies: &std::collections::BTreeMap<String, Value>,
) -> Found {
    let policy_name = ask.call.argument("PolicyName");
    let policy = policies.get(policy_name).ok_or_else(|| no_such("policy"))?;
    Ok(json!({
        holder: name, "PolicyName": policy_name, "PolicyDocument": encode(&document(policy)),
    }))
}
