//! Regions, as other tools request them.

use serde_json::{Value, json};

use super::unknown_operation;
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Output};

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    if ask.call.operation != "DescribeRegions" {
        return Err(unknown_operation(ask.call));
    }
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
    Ok(Output::Members(json!({ "regionInfo": regions })))
}
