//! Keys.

use serde_json::{Map, Value, json};

use super::{LONG_AGO, arn, document, filled, tags_of, text, unknown_operation, without};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};

/// What is beside the description of a key.
const BESIDE: &[&str] = &["Policy", "KeyRotationEnabled", "RotationPeriodInDays", "Tags", "Grants"];

/// How often a key rotates by default.
const DAYS: u64 = 365;

/// A key, with its id and ARN.
struct Key<'a> {
    id: String,
    arn: String,
    body: &'a Map<String, Value>,
}

/// The keys of the call's region. One that names neither id nor ARN has a number for an id.
fn keys<'a>(ask: &Ask<'a>) -> Vec<Key<'a>> {
    let key = |(number, body): (usize, &'a Map<String, Value>)| {
        let (id, named) = (text(body, "KeyId"), text(body, "Arn"));
        let id = match (id, named.rsplit_once('/')) {
            ("", Some((_, id))) => id.to_owned(),
            ("", None) => format!("00000000-0000-4000-8000-{number:012x}"),
            (id, _) => id.to_owned(),
        };
        let arn = match named {
            "" => arn(ask, "kms", &format!("key/{id}")),
            named => named.to_owned(),
        };
        Key { id, arn, body }
    };
    ask.here(&ask.account.keys).into_iter().map(|item| &item.body).enumerate().map(key).collect()
}

fn key<'a>(ask: &Ask<'a>) -> Result<Key<'a>, Failure> {
    let wanted = ask.call.argument("KeyId");
    let found = keys(ask).into_iter().find(|key| key.arn == wanted || key.id == wanted);
    found.ok_or_else(|| {
        let (kind, id) =
            if wanted.contains("alias/") { ("Alias", "alias") } else { ("Key", "key") };
        let message = match wanted.starts_with("arn:") {
            true => format!("{kind} '{wanted}' does not exist"),
            false => {
                format!("{kind} '{}' does not exist", arn(ask, "kms", &format!("{id}/{wanted}")))
            }
        };
        Failure::new(400, "NotFoundException", message)
    })
}

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let members = match ask.call.operation.as_str() {
        "ListKeys" => {
            let keys = keys(ask);
            let size = ask.call.number("Limit").unwrap_or(100).clamp(1, 1_000);
            let invalid = || Failure::new(400, "InvalidMarkerException", "Invalid marker.");
            let (page, next) = ask.page(&keys, ask.call.argument("Marker"), size, &invalid)?;
            let listed: Vec<Value> =
                page.iter().map(|key| json!({ "KeyId": key.id, "KeyArn": key.arn })).collect();
            json!({ "Keys": listed, "Truncated": next.is_some(), "NextMarker": next })
        }
        "DescribeKey" => json!({ "KeyMetadata": described(ask, &key(ask)?) }),
        "GetKeyPolicy" => {
            let key = key(ask)?;
            let name = ask.call.argument("PolicyName");
            if !matches!(name, "" | "default") {
                let message = format!("No such policy exists: {name}");
                return Err(Failure::new(400, "NotFoundException", message));
            }
            let policy = key.body.get("Policy").map_or_else(|| default_policy(ask), document);
            json!({ "Policy": policy, "PolicyName": "default" })
        }
        "ListResourceTags" => {
            let key = key(ask)?;
            let tags: Vec<Value> = tags_of(key.body, "Tags")
                .map(|(key, value)| json!({ "TagKey": key, "TagValue": value }))
                .collect();
            let size = ask.call.number("Limit").unwrap_or(50).clamp(1, 50);
            let invalid = || Failure::new(400, "InvalidMarkerException", "Invalid marker.");
            let (page, next) = ask.page(&tags, ask.call.argument("Marker"), size, &invalid)?;
            json!({ "Tags": page, "Truncated": next.is_some(), "NextMarker": next })
        }
        "ListGrants" => {
            let key = key(ask)?;
            let grants = key.body.get("Grants").and_then(Value::as_array);
            let grants: &[Value] = grants.map_or(&[], Vec::as_slice);
            let size = ask.call.number("Limit").unwrap_or(50).clamp(1, 100);
            let invalid = || Failure::new(400, "InvalidMarkerException", "Invalid marker.");
            let (page, next) = ask.page(grants, ask.call.argument("Marker"), size, &invalid)?;
            json!({ "Grants": page, "Truncated": next.is_some(), "NextMarker": next })
        }
        "GetKeyRotationStatus" => rotation(ask, &key(ask)?)?,
        _ => return Err(unknown_operation(ask.call)),
    };
    Ok(Output::Members(members))
}

/// The [policy of a key](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html) that was given
/// none: its account decides.
fn default_policy(ask: &Ask<'_>) -> String {
    json!({
        "Version": "2012-10-17", "Id": "key-default-1",
        "Statement": [{
            "Sid": "Enable IAM User Permissions", "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{}:root", ask.account.id) },
            "Action": "kms:*", "Resource": "*",
        }],
    })
    .to_string()
}

fn described(ask: &Ask<'_>, key: &Key<'_>) -> Value {
    let state = match text(key.body, "KeyState") {
        "" => "Enabled",
        state => state,
    };
    let spec = match text(key.body, "KeySpec") {
        "" => "SYMMETRIC_DEFAULT",
        spec => spec,
    };
    let defaults = json!({
        "AWSAccountId": ask.account.id, "KeyId": key.id, "Arn": key.arn, "KeyState": state,
        "Enabled": state == "Enabled", "Origin": "AWS_KMS", "KeySpec": spec,
        "CustomerMasterKeySpec": spec, "KeyManager": "CUSTOMER", "KeyUsage": "ENCRYPT_DECRYPT",
        "CreationDate": LONG_AGO, "Description": "", "MultiRegion": false,
    });
    filled(without(key.body, BESIDE), defaults)
}

/// [GetKeyRotationStatus](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html): keys that
/// from elsewhere have none.
fn rotation(ask: &Ask<'_>, key: &Key<'_>) -> Result<Value, Failure> {
    let metadata = described(ask, key);
    if metadata["Origin"] != "AWS_KMS" {
        let origin = metadata["Origin"].as_str().unwrap_or_default();
        let message =
            format!("{} origin is {origin} which is not valid for this operation.", key.arn);
        return Err(Failure::new(400, "UnsupportedOperationException", message));
    }
    let declared = key.body.get("KeyRotationEnabled").and_then(Value::as_bool).unwrap_or(false);
    let rotates = declared
        && metadata["KeySpec"] == "SYMMETRIC_DEFAULT"
        && metadata["KeyState"] != "PendingDeletion";
    let days = key.body.get("RotationPeriodInDays").and_then(Value::as_u64).unwrap_or(DAYS);
    Ok(json!({
        "KeyId": key.arn, "KeyRotationEnabled": rotates,
        "RotationPeriodInDays": rotates.then_some(days),
    }))
}
