//! The caller, and sessions of roles.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::unknown_operation;
use crate::aws::server::{Ask, Session};
use crate::aws::wire::{Answer, Failure, Output};

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    match ask.call.operation.as_str() {
        "GetCallerIdentity" => Ok(Output::Members(json!({
            "Arn": ask.arn, "UserId": "AIDASIMULATED0000000", "Account": ask.account.id,
        }))),
        "AssumeRole" => assume_role(ask),
        _ => Err(unknown_operation(ask.call)),
    }
}

/// [AssumeRole](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html): the role's trust policy names
/// the account of the caller or everyone, and the external ID is given if one is required.
fn assume_role(ask: &Ask<'_>) -> Answer {
    let (arn, name) = (ask.call.argument("RoleArn"), ask.call.argument("RoleSessionName"));
    let refused = || {
        let message = format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}",
            ask.arn
        );
        Failure::new(403, "AccessDenied", message)
    };
    if name.len() < 2 {
        return Err(Failure::new(400, "ValidationError", "RoleSessionName is too short."));
    }
    let id = arn.split(':').nth(4).unwrap_or_default();
    let role_name = arn.rsplit('/').next().unwrap_or_default();
    let place = *ask.state.by_id.get(id).ok_or_else(refused)?;
    let account = ask.state.world.accounts.get(place).ok_or_else(refused)?;
    let role = account.roles.iter().find(|role| role.name == role_name).ok_or_else(refused)?;
    let given = ask.call.argument("ExternalId");
    let wanted = role.external_id.as_deref();
    if !trusts(&role.trust, &ask.account.id) || wanted.is_some_and(|wanted| wanted != given) {
        return Err(refused());
    }
    let number = ask.state.assumed.fetch_add(1, Ordering::Relaxed);
    let key = format!("ASIASIM{number:013X}");
    let token = format!("simulated-token-{id}-{number}");
    let session = Session {
        account: place,
        token: token.clone(),
        arn: format!("arn:aws:sts::{id}:assumed-role/{role_name}/{name}"),
        allow: role.allow.clone(),
    };
    let answer = json!({
        "Credentials": {
            "AccessKeyId": key, "SecretAccessKey": "simulated-secret", "SessionToken": token,
            "Expiration": "2099-01-01T00:00:00Z",
        },
        "AssumedRoleUser": { "AssumedRoleId": format!("AROASIM:{name}"), "Arn": session.arn },
    });
    ask.state.sessions.write().unwrap_or_else(PoisonError::into_inner).insert(key, session);
    Ok(Output::Members(answer))
}

/// Whether a trust policy admits an account. A role without one admits every account of the world.
fn trusts(policy: &Value, account: &str) -> bool {
    if policy.is_null() {
        return true;
    }
    let one = |principal: &Value| {
        let name = principal.as_str().unwrap_or_default();
        name == "*" || name == account || name.contains(&format!("::{account}:"))
    };
    let names = |principal: &Value| match principal.get("AWS").unwrap_or(principal) {
        Value::Array(all) => all.iter().any(one),
        single => one(single),
    };
    let statements = match policy.get("Statement") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    statements.iter().any(|statement| {
        statement.get("Effect").and_then(Value::as_str) == Some("Allow")
            && statement.get("Principal").is_some_and(names)
    })
}
