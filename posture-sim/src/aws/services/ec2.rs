//! What EC2 answers that is not a list: regions, as peers ask for them, and what is blocked of public access.

use serde_json::{Value, json};

use super::unknown_operation;
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Output};

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    match ask.call.operation.as_str() {
        "DescribeRegions" => Ok(regions(ask)),
        "DescribeVpcBlockPublicAccessOptions" => Ok(block(ask)),
        _ => Err(unknown_operation(ask.call)),
    }
}

/// What a world says of it, by the action; nothing is blocked where it says nothing.
fn block(ask: &Ask<'_>) -> Output {
    let mut options = json!({
        "awsAccountId": ask.account.id, "awsRegion": ask.call.region,
        "state": "default-state", "internetGatewayBlockMode": "off",
    });
    let blocks = ask.account.lists.get(&ask.call.action).map_or(&[][..], Vec::as_slice);
    for (name, value) in ask.here(blocks).into_iter().flat_map(|item| &item.body) {
        options[name] = value.clone();
    }
    Output::Members(json!({ "vpcBlockPublicAccessOptions": options }))
}

fn regions(ask: &Ask<'_>) -> Output {
    let all = ask.call.argument("AllRegions") == "true";
    let region = |(name, status): (&str, &str)| {
        let opt_in = match status {
            "ENABLED_BY_DEFAULT" => "opt-in-not-required",
            "ENABLED" => "opted-in",
            _ => "not-opted-in",
        };
        json!({
            "regionName": name, "regionEndpoint": format!("ec2.{name}.amazonaws.com"),
            "optInStatus": opt_in,
        })
    };
    let regions: Vec<Value> = super::account::regions(ask.account)
        .into_iter()
        .filter(|(_, status)| all || status.starts_with("ENABLED"))
        .map(region)
        .collect();
    Output::Members(json!({ "regionInfo": regions }))
}
