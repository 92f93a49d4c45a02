//! Route 53: hosted zones and query logs, as a world lists them.

use serde_json::{Value, json};

use super::s3::form::control;
use super::unknown_operation;
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure};

/// The most items of a page.
const MOST: usize = 100;

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let all = ask.account.lists.get(&ask.call.action).map_or(&[][..], Vec::as_slice);
    let all: Vec<Value> = all.iter().map(|item| Value::Object(item.body.clone())).collect();
    let page = |size: &str, token: &str| {
        let size = ask.call.number(size).unwrap_or(MOST).clamp(1, MOST);
        let invalid = || Failure::new(400, "InvalidInput", "The marker is not valid.");
        let (page, next) = ask.page(&all, ask.call.argument(token), size, &invalid)?;
        Ok::<_, Failure>((page.to_vec(), next, size.to_string()))
    };
    match ask.call.operation.as_str() {
        "ListHostedZones" => {
            let (zones, next, size) = page("maxitems", "marker")?;
            let members = json!({
                "HostedZones": { "HostedZone": zones }, "Marker": ask.call.argument("marker"),
                "IsTruncated": next.is_some(), "NextMarker": next, "MaxItems": size,
            });
            Ok(control("ListHostedZonesResponse", &members))
        }
        "ListQueryLoggingConfigs" => {
            let (configs, next, _) = page("maxresults", "nexttoken")?;
            let members = json!({ "QueryLoggingConfigs": { "QueryLoggingConfig": configs }, "NextToken": next });
            Ok(control("ListQueryLoggingConfigsResponse", &members))
        }
        _ => Err(unknown_operation(ask.call)),
    }
}
