//! What of object storage belongs to the account: its block of public access, and access points.

use serde_json::{Value, json};

use super::s3::form::control;
use super::s3::{no_block, switches};
use super::{LONG_AGO, arn, document, unknown_operation};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure};
use crate::aws::world::{AccessPoint, Block, HOME};

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    match ask.call.named_account.as_deref() {
        None => {
            let message = "Missing required header for this request: x-amz-account-id";
            return Err(Failure::new(400, "InvalidRequest", message));
        }
        Some(named) if named != ask.account.id => {
            return Err(Failure::new(403, "AccessDenied", "Access Denied"));
        }
        Some(_) => {}
    }
    match ask.call.operation.as_str() {
        "GetPublicAccessBlock" => match ask.account.public_access_block {
            Some(block) => Ok(control("PublicAccessBlockConfiguration", &switches(block))),
            None => Err(no_block()),
        },
        "ListAccessPoints" => list(ask),
        "GetAccessPoint" => {
            let point = point(ask)?;
            let all = Block { all: true, ..Block::default() };
            let mut shown = described(ask, point);
            shown["PublicAccessBlockConfiguration"] =
                switches(point.public_access_block.unwrap_or(all));
            shown["CreationDate"] = json!(LONG_AGO);
            Ok(control("GetAccessPointResult", &shown))
        }
        "GetAccessPointPolicy" => {
            let missing = || {
                let message = "The specified accesspoint policy does not exist";
                Failure::new(404, "NoSuchAccessPointPolicy", message)
            };
            let policy = point(ask)?.policy.as_ref().ok_or_else(missing)?;
            Ok(control("GetAccessPointPolicyResult", &json!({ "Policy": document(policy) })))
        }
        _ => Err(unknown_operation(ask.call)),
    }
}

fn region(point: &AccessPoint) -> &str {
    point.region.as_deref().unwrap_or(HOME)
}

fn point<'a>(ask: &Ask<'a>) -> Result<&'a AccessPoint, Failure> {
    let name = ask.call.word(2);
    let is = |point: &&AccessPoint| point.name == name && region(point) == ask.call.region;
    let missing =
        || Failure::new(404, "NoSuchAccessPoint", "The specified accesspoint does not exist");
    ask.account.access_points.iter().find(is).ok_or_else(missing)
}

fn described(ask: &Ask<'_>, point: &AccessPoint) -> Value {
    json!({
        "Name": point.name,
        "Bucket": point.bucket,
        "BucketAccountId": point.bucket_account.as_ref().unwrap_or(&ask.account.id),
        "AccessPointArn": arn(ask, "s3", &format!("accesspoint/{}", point.name)),
        "Alias": format!("{}-s3alias", point.name),
        "NetworkOrigin": if point.vpc.is_some() { "VPC" } else { "Internet" },
        "VpcConfiguration": point.vpc.as_ref().map(|vpc| json!({ "VpcId": vpc })),
    })
}

fn list(ask: &Ask<'_>) -> Answer {
    let bucket = ask.call.argument("bucket");
    let points: Vec<&AccessPoint> = ask
        .account
        .access_points
        .iter()
        .filter(|point| region(point) == ask.call.region)
        .filter(|point| bucket.is_empty() || point.bucket == bucket)
        .collect();
    let size = ask.call.number("maxResults").unwrap_or(1_000).clamp(1, 1_000);
    let invalid = || Failure::new(400, "InvalidRequest", "The continuation token is incorrect");
    let (page, next) = ask.page(&points, ask.call.argument("nextToken"), size, &invalid)?;
    let listed: Vec<Value> = page.iter().map(|point| described(ask, point)).collect();
    let members = json!({ "AccessPointList": { "AccessPoint": listed }, "NextToken": next });
    Ok(control("ListAccessPointsResult", &members))
}
