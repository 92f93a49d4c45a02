//! Buckets.

pub(super) mod form;

use serde_json::{Value, json};

use super::{LONG_AGO, document, unknown_operation};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};
use crate::aws::world::{Block, Bucket, HOME};
use form::storage;

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    if ask.call.operation == "ListBuckets" {
        return buckets(ask);
    }
    let bucket = bucket(ask)?;
    let answer = match ask.call.operation.as_str() {
        "GetBucketLocation" => match bucket.region() {
            HOME => storage("LocationConstraint", &Value::Null),
            region => storage("LocationConstraint", &json!(region)),
        },
        "GetBucketAcl" => acl(ask, bucket),
        "GetBucketPolicy" => Output::Text("application/json", document(policy(bucket)?)),
        "GetBucketPolicyStatus" => {
            storage("PolicyStatus", &json!({ "IsPublic": lets_anyone_in(policy(bucket)?) }))
        }
        "GetPublicAccessBlock" => match bucket.public_access_block {
            Some(block) => storage("PublicAccessBlockConfiguration", &switches(block)),
            None => return Err(no_block()),
        },
        "GetBucketOwnershipControls" => match &bucket.ownership {
            Some(ownership) => {
                storage("OwnershipControls", &json!({ "Rule": [{ "ObjectOwnership": ownership }] }))
            }
            None => {
                let message = "The bucket ownership controls were not found";
                return Err(Failure::new(404, "OwnershipControlsNotFoundError", message));
            }
        },
        "GetBucketEncryption" => encryption(bucket)?,
        "GetBucketVersioning" => versioning(bucket),
        "GetObjectLockConfiguration" => lock(bucket)?,
        "GetBucketLogging" => {
            let to = bucket.log_to.as_ref();
            let to = to.map(|to| json!({ "TargetBucket": to, "TargetPrefix": "" }));
            storage("BucketLoggingStatus", &json!({ "LoggingEnabled": to }))
        }
        "GetBucketLifecycleConfiguration" => lifecycle(bucket)?,
        "GetBucketReplication" => replication(ask, bucket)?,
        "GetBucketTagging" if bucket.tags.is_empty() => {
            return Err(Failure::new(404, "NoSuchTagSet", "The TagSet does not exist"));
        }
        "GetBucketTagging" => {
            let tag = |(key, value)| json!({ "Key": key, "Value": value });
            let tags: Vec<Value> = bucket.tags.iter().map(tag).collect();
            storage("Tagging", &json!({ "TagSet": { "Tag": tags } }))
        }
        "GetBucketAccelerateConfiguration" => storage("AccelerateConfiguration", &Value::Null),
        "GetBucketCors" => {
            let message = "The CORS configuration does not exist";
            return Err(Failure::new(404, "NoSuchCORSConfiguration", message));
        }
        "GetBucketWebsite" => {
            let message = "The specified bucket does not have a website configuration";
            return Err(Failure::new(404, "NoSuchWebsiteConfiguration", message));
        }
        "GetBucketNotificationConfiguration" => storage("NotificationConfiguration", &Value::Null),
        "GetBucketRequestPayment" => {
            storage("RequestPaymentConfiguration", &json!({ "Payer": "BucketOwner" }))
        }
        "ListBucketIntelligentTieringConfigurations" => storage(
            "ListBucketIntelligentTieringConfigurationsOutput",
            &json!({ "IsTruncated": false }),
        ),
        _ => return Err(unknown_operation(ask.call)),
    };
    Ok(answer)
}

/// [ListBuckets](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html), which returns regions only where
/// an argument is given.
fn buckets(ask: &Ask<'_>) -> Answer {
    let call = ask.call;
    let (prefix, region) = (call.argument("prefix"), call.argument("bucket-region"));
    let mut named: Vec<&Bucket> = ask
        .account
        .buckets
        .iter()
        .filter(|bucket| bucket.name.starts_with(prefix))
        .filter(|bucket| region.is_empty() || bucket.region() == region)
        .collect();
    named.sort_by(|a, b| a.name.cmp(&b.name));
    let asked = ["max-buckets", "prefix", "continuation-token", "bucket-region"];
    let asked = asked.iter().any(|name| !call.argument(name).is_empty());
    let size = call.number("max-buckets").unwrap_or(10_000).clamp(1, 10_000);
    let invalid =
        || Failure::new(400, "InvalidArgument", "The continuation token provided is incorrect");
    let (page, next) = ask.page(&named, call.argument("continuation-token"), size, &invalid)?;
    let buckets = page.iter().map(|bucket| {
        json!({
            "Name": bucket.name,
            "CreationDate": bucket.created.as_deref().unwrap_or(LONG_AGO),
            "BucketRegion": (asked && !bucket.region_untold).then(|| bucket.region()),
        })
    });
    let buckets: Vec<Value> = buckets.collect();
    let members = json!({
        "Owner": { "ID": canonical(&ask.account.id) },
        "Buckets": { "Bucket": buckets },
        "ContinuationToken": next,
        "Prefix": (!prefix.is_empty()).then_some(prefix),
    });
    Ok(storage("ListAllMyBucketsResult", &members))
}

/// The requested bucket. Its location can be requested anywhere; all else
/// [where it is](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html): the first region, through which
/// names of buckets lead to where they are, blames the signature, another one sends on.
fn bucket<'a>(ask: &Ask<'a>) -> Result<&'a Bucket, Failure> {
    let missing = || Failure::new(404, "NoSuchBucket", "The specified bucket does not exist");
    let (place, number) = *ask.state.buckets.get(&ask.call.bucket).ok_or_else(missing)?;
    let account = ask.state.world.accounts.get(place).ok_or_else(missing)?;
    let bucket = account.buckets.get(number).ok_or_else(missing)?;
    let (asked, region) = (ask.call.region.as_str(), bucket.region());
    if asked != region && ask.call.operation != "GetBucketLocation" {
        if asked == HOME {
            let message = format!(
                "The authorization header is malformed; the region '{asked}' is wrong; expecting '{region}'"
            );
            return Err(Failure::new(400, "AuthorizationHeaderMalformed", message));
        }
        let message = "The bucket you are attempting to access must be addressed using the specified endpoint. \
            Please send all future requests to this endpoint.";
        return Err(Failure::new(301, "PermanentRedirect", message));
    }
    if place != ask.place {
        return Err(Failure::new(403, "AccessDenied", "Access Denied"));
    }
    Ok(bucket)
}

/// The [canonical id](https://docs.aws.amazon.com/AmazonS3/latest/userguide/finding-canonical-user-id.html) of an
/// account.
fn canonical(account: &str) -> String {
    format!("{account:0>64}")
}

fn acl(ask: &Ask<'_>, bucket: &Bucket) -> Output {
    let owner = canonical(&ask.account.id);
    let user = |id: &str| json!({ "xsi:type": "CanonicalUser", "ID": id });
    let group = |name: &str| json!({ "xsi:type": "Group", "URI": format!("http://acs.amazonaws.com/groups/global/{name}") });
    let mut grants = vec![json!({ "Grantee": user(&owner), "Permission": "FULL_CONTROL" })];
    // If lists are disabled, only the owner is returned, whatever they contained before.
    if bucket.ownership.as_deref() != Some("BucketOwnerEnforced") {
        grants.extend(bucket.acl.iter().map(|(who, what)| {
            let grantee = match who.as_str() {
                "everyone" => group("AllUsers"),
                "authenticated" => group("AuthenticatedUsers"),
                account => user(&canonical(account)),
            };
            json!({ "Grantee": grantee, "Permission": what })
        }));
    }
    storage(
        "AccessControlPolicy",
        &json!({ "Owner": { "ID": owner }, "AccessControlList": { "Grant": grants } }),
    )
}

fn policy(bucket: &Bucket) -> Result<&Value, Failure> {
    let missing = || Failure::new(404, "NoSuchBucketPolicy", "The bucket policy does not exist");
    bucket.policy.as_ref().ok_or_else(missing)
}

/// Whether a policy is [public](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status),
/// nearly: a principal that is admitted under a condition counts as named.
fn lets_anyone_in(policy: &Value) -> bool {
    let read = policy.as_str().and_then(|text| serde_json::from_str(text).ok());
    let policy: &Value = read.as_ref().unwrap_or(policy);
    let statements = match policy.get("Statement") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let anyone = |principal: &Value| match principal.get("AWS").unwrap_or(principal) {
        Value::Array(all) => all.iter().any(|one| one == "*"),
        one => one == "*",
    };
    statements.iter().any(|statement| {
        statement.get("Effect").is_some_and(|effect| effect == "Allow")
            && statement.get("Condition").is_none()
            && statement.get("Principal").is_some_and(anyone)
    })
}

/// A block of public access.
pub(super) fn switches(block: Block) -> Value {
    json!({
        "BlockPublicAcls": block.all || block.acls,
        "IgnorePublicAcls": block.all || block.ignore_acls,
        "BlockPublicPolicy": block.all || block.policy,
        "RestrictPublicBuckets": block.all || block.restrict,
    })
}

pub(super) fn no_block() -> Failure {
    let message = "The public access block configuration was not found";
    Failure::new(404, "NoSuchPublicAccessBlockConfiguration", message)
}

/// [Every bucket is encrypted](https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html), unless the
/// scenario sets that it is as before that.
fn encryption(bucket: &Bucket) -> Answer {
    if bucket.encryption.as_deref() == Some("none") {
        let message = "The server side encryption configuration was not found";
        return Err(Failure::new(404, "ServerSideEncryptionConfigurationNotFoundError", message));
    }
    let default = match bucket.key.is_some() {
        true => "aws:kms",
        false => "AES256",
    };
    let rule = json!({
        "ApplyServerSideEncryptionByDefault": {
            "SSEAlgorithm": bucket.encryption.as_deref().unwrap_or(default),
            "KMSMasterKeyID": bucket.key,
        },
        "BucketKeyEnabled": bucket.key.is_some(),
    });
    Ok(storage("ServerSideEncryptionConfiguration", &json!({ "Rule": [rule] })))
}

/// Objects can be locked only where versions are kept.
fn versioning(bucket: &Bucket) -> Output {
    let status = bucket.versioning.as_deref().or(bucket.object_lock.then_some("Enabled"));
    // It is [only returned](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html) if it was ever set.
    let mfa_delete = bucket.mfa_delete.then_some("Enabled");
    storage("VersioningConfiguration", &json!({ "Status": status, "MfaDelete": mfa_delete }))
}

fn lock(bucket: &Bucket) -> Answer {
    if !bucket.object_lock {
        let message = "Object Lock configuration does not exist for this bucket";
        return Err(Failure::new(404, "ObjectLockConfigurationNotFoundError", message));
    }
    let days = bucket.lock_days;
    let rule =
        days.map(|days| json!({ "DefaultRetention": { "Mode": "COMPLIANCE", "Days": days } }));
    Ok(storage("ObjectLockConfiguration", &json!({ "ObjectLockEnabled": "Enabled", "Rule": rule })))
}

fn lifecycle(bucket: &Bucket) -> Answer {
    if bucket.lifecycle.is_empty() {
        let message = "The lifecycle configuration does not exist";
        return Err(Failure::new(404, "NoSuchLifecycleConfiguration", message));
    }
    let rule = |id: &String| {
        json!({
            "ID": id, "Status": "Enabled", "Filter": { "Prefix": "" }, "Expiration": { "Days": 365 },
        })
    };
    let rules: Vec<Value> = bucket.lifecycle.iter().map(rule).collect();
    Ok(storage("LifecycleConfiguration", &json!({ "Rule": rules })))
}

fn replication(ask: &Ask<'_>, bucket: &Bucket) -> Answer {
    if bucket.replicates_to.is_empty() {
        let message = "The replication configuration was not found";
        return Err(Failure::new(404, "ReplicationConfigurationNotFoundError", message));
    }
    let rule = |(number, to): (usize, &String)| {
        json!({
            "ID": format!("copy-{number}"), "Priority": number, "Status": "Enabled",
            "Filter": { "Prefix": "" }, "Destination": { "Bucket": to },
            "DeleteMarkerReplication": { "Status": "Disabled" },
        })
    };
    let rules: Vec<Value> = bucket.replicates_to.iter().enumerate().map(rule).collect();
    let role = format!("arn:aws:iam::{}:role/replication", ask.account.id);
    Ok(storage("ReplicationConfiguration", &json!({ "Role": role, "Rule": rules })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_public_where_anyone_is_let_in_without_a_condition() {
        let policy = |principal: Value, effect: &str| json!({ "Statement": [{ "Effect": effect, "Principal": principal, "Action": "s3:GetObject" }] });
        assert!(lets_anyone_in(&policy(json!("*"), "Allow")));
        assert!(lets_anyone_in(&json!(policy(json!({ "AWS": ["*"] }), "Allow").to_string())));
        assert!(!lets_anyone_in(&policy(json!("*"), "Deny")));
        assert!(!lets_anyone_in(&policy(json!({ "AWS": "111111111111" }), "Allow")));
    }

    #[test]
    fn buckets_that_lock_keep_versions() {
        let bucket = Bucket { object_lock: true, ..Bucket::default() };
        let Output::Text(_, text) = versioning(&bucket) else { panic!("no text") };
        assert!(text.contains("<Status>Enabled</Status>"), "{text}");
        let Output::Text(_, text) = versioning(&Bucket::default()) else { panic!("no text") };
        assert!(!text.contains("Status>") && !text.contains("MfaDelete"), "{text}");
    }
}
