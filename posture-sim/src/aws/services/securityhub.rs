//! The hub of findings.

use serde_json::json;

use super::{LONG_AGO, arn, filled, unknown_operation, without};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    if ask.call.operation != "DescribeHub" {
        return Err(unknown_operation(ask.call));
    }
    let here = ask.here(&ask.account.hubs).into_iter().next();
    let hub = here.ok_or_else(|| {
        let message = format!("Account {} is not subscribed to AWS Security Hub", ask.account.id);
        Failure::new(401, "InvalidAccessException", message)
    })?;
    let hub_arn = arn(ask, "securityhub", "hub/default");
    let wanted = ask.call.argument("HubArn");
    let defaults = json!({
        "HubArn": hub_arn, "SubscribedAt": LONG_AGO, "AutoEnableControls": true,
        "ControlFindingGenerator": "SECURITY_CONTROL",
    });
    let hub = filled(without(&hub.body, &[]), defaults);
    if !wanted.is_empty() && hub["HubArn"] != wanted {
        let message = format!("Hub {wanted} was not found");
        return Err(Failure::new(404, "ResourceNotFoundException", message));
    }
    Ok(Output::Members(hub))
}
