//! Alarms.

use serde_json::{Map, Value, json};

use super::{LONG_AGO, arn, filled, text, unknown_operation};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    if ask.call.operation != "DescribeAlarms" {
        return Err(unknown_operation(ask.call));
    }
    let call = ask.call;
    let mut types = call.list("AlarmTypes");
    // Composite alarms are only returned if they are requested by type.
    if types.is_empty() {
        types.push("MetricAlarm");
    }
    let (names, prefix) = (call.list("AlarmNames"), call.argument("AlarmNamePrefix"));
    let mut alarms: Vec<&Map<String, Value>> = ask
        .here(&ask.account.alarms)
        .into_iter()
        .map(|item| &item.body)
        .filter(|alarm| types.contains(&kind(alarm)))
        .filter(|alarm| {
            let name = text(alarm, "AlarmName");
            name.starts_with(prefix) && (names.is_empty() || names.contains(&name))
        })
        .collect();
    alarms.sort_by_key(|alarm| (kind(alarm), text(alarm, "AlarmName")));
    let size = call.number("MaxRecords").unwrap_or(50).clamp(1, 100);
    let invalid = || Failure::new(400, "InvalidNextToken", "The token is invalid.");
    let (page, next) = ask.page(&alarms, call.argument("NextToken"), size, &invalid)?;
    let of = |wanted: &str| -> Vec<Value> {
        let these = page.iter().filter(|alarm| kind(alarm) == wanted);
        these.map(|alarm| described(ask, alarm)).collect()
    };
    Ok(Output::Members(json!({
        "CompositeAlarms": of("CompositeAlarm"), "MetricAlarms": of("MetricAlarm"), "NextToken": next,
    })))
}

fn kind(alarm: &Map<String, Value>) -> &'static str {
    if alarm.contains_key("AlarmRule") { "CompositeAlarm" } else { "MetricAlarm" }
}

fn described(ask: &Ask<'_>, alarm: &Map<String, Value>) -> Value {
    let mut alarm = alarm.clone();
    // CBOR distinguishes whole numbers from others, and a threshold is one of the others.
    if let Some(threshold) = alarm.get("Threshold").and_then(Value::as_f64) {
        alarm.insert("Threshold".to_owned(), json!(threshold));
    }
    let name = text(&alarm, "AlarmName").to_owned();
    let defaults = json!({
        "AlarmArn": arn(ask, "cloudwatch", &format!("alarm:{name}")), "ActionsEnabled": true,
        "AlarmActions": [], "OKActions": [], "InsufficientDataActions": [], "StateValue": "OK",
        "StateUpdatedTimestamp": LONG_AGO, "AlarmConfigurationUpdatedTimestamp": LONG_AGO,
    });
    let alarm = filled(Value::Object(alarm), defaults);
    if alarm.get("AlarmRule").is_some() || alarm.get("Metrics").is_some() {
        return alarm;
    }
    filled(alarm, json!({ "Dimensions": [], "EvaluationPeriods": 1, "Period": 300 }))
}
