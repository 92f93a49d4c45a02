//! Analyzers of access.

use serde_json::{Value, json};

use super::{LONG_AGO, arn, filled, text, unknown_operation, without};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    if ask.call.operation != "ListAnalyzers" {
        return Err(unknown_operation(ask.call));
    }
    let wanted = ask.call.argument("type");
    let analyzers =
        ask.here(&ask.account.analyzers).into_iter().enumerate().map(|(number, item)| {
            let name = match text(&item.body, "name") {
                "" => format!("analyzer-{number}"),
                name => name.to_owned(),
            };
            let defaults = json!({
                "arn": arn(ask, "access-analyzer", &format!("analyzer/{name}")), "name": name,
                "type": "ACCOUNT", "status": "ACTIVE", "createdAt": LONG_AGO,
            });
            filled(without(&item.body, &[]), defaults)
        });
    let analyzers: Vec<Value> =
        analyzers.filter(|analyzer| wanted.is_empty() || analyzer["type"] == wanted).collect();
    let size = ask.call.number("maxResults").unwrap_or(100).clamp(1, 100);
    let invalid = || Failure::new(400, "ValidationException", "The token is invalid.");
    let (page, next) = ask.page(&analyzers, ask.call.argument("nextToken"), size, &invalid)?;
    Ok(Output::Members(json!({ "analyzers": page, "nextToken": next })))
}
