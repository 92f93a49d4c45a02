//! Shield: an account with a list of protections has a subscription.

use serde_json::{Value, json};

use super::unknown_operation;
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};

/// The most items of a page.
const MOST: usize = 1_000;

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let all = ask.account.lists.get("shield:ListProtections").map(Vec::as_slice);
    match (ask.call.operation.as_str(), all) {
        ("GetSubscriptionState", Some(_)) => {
            Ok(Output::Members(json!({ "SubscriptionState": "ACTIVE" })))
        }
        ("GetSubscriptionState", None) => {
            Ok(Output::Members(json!({ "SubscriptionState": "INACTIVE" })))
        }
        ("ListProtections", Some(all)) => {
            let size = ask.call.number("MaxResults").unwrap_or(MOST).clamp(1, MOST);
            let message = "The token is not valid.";
            let invalid = || Failure::new(400, "InvalidPaginationTokenException", message);
            let (page, next) = ask.page(all, ask.call.argument("NextToken"), size, &invalid)?;
            let items = page.iter().map(|item| Value::Object(item.body.clone()));
            let items: Vec<Value> = items.collect();
            Ok(Output::Members(json!({ "Protections": items, "NextToken": next })))
        }
        ("ListProtections", None) => {
            let message = "The subscription does not exist.";
            Err(Failure::new(400, "ResourceNotFoundException", message))
        }
        _ => Err(unknown_operation(ask.call)),
    }
}
