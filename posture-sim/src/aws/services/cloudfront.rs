//! CloudFront: distributions, as a world lists them.

use serde_json::{Value, json};

use super::s3::form::control;
use super::unknown_operation;
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure};

/// The most items of a page.
const MOST: usize = 100;

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    if ask.call.operation != "ListDistributions" {
        return Err(unknown_operation(ask.call));
    }
    let all = ask.account.lists.get(&ask.call.action).map_or(&[][..], Vec::as_slice);
    let size = ask.call.number("MaxItems").unwrap_or(MOST).clamp(1, MOST);
    let invalid = || Failure::new(400, "InvalidArgument", "The marker is not valid.");
    let (page, next) = ask.page(all, ask.call.argument("Marker"), size, &invalid)?;
    let items: Vec<Value> = page.iter().map(|item| Value::Object(item.body.clone())).collect();
    let members = json!({
        "Marker": ask.call.argument("Marker"), "NextMarker": next, "MaxItems": size,
        "IsTruncated": next.is_some(), "Quantity": items.len(),
        "Items": { "DistributionSummary": items },
    });
    Ok(control("DistributionList", &members))
}
