//! Log groups and their metric filters.

use serde_json::{Map, Value, json};

use super::{LONG_AGO, arn, filled, tags_of, text, unknown_operation, without};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};
use crate::time;

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let members = match ask.call.operation.as_str() {
        "DescribeLogGroups" => groups(ask)?,
        "ListTagsForResource" => tags(ask)?,
        "DescribeMetricFilters" => filters(ask)?,
        _ => return Err(unknown_operation(ask.call)),
    };
    Ok(Output::Members(in_milliseconds(members)))
}

/// This service counts milliseconds where others count seconds.
fn in_milliseconds(value: Value) -> Value {
    match value {
        Value::String(text) if time::looks_like_a_time(&text) => match time::seconds(&text) {
            Some(seconds) => json!((seconds * 1000.0) as i64),
            None => Value::String(text),
        },
        Value::Array(all) => Value::Array(all.into_iter().map(in_milliseconds).collect()),
        Value::Object(all) => Value::Object(
            all.into_iter().map(|(key, value)| (key, in_milliseconds(value))).collect(),
        ),
        other => other,
    }
}

/// The log groups of the call's region, by name.
fn all<'a>(ask: &Ask<'a>) -> Vec<&'a Map<String, Value>> {
    let here = ask.here(&ask.account.log_groups).into_iter();
    let mut groups: Vec<&Map<String, Value>> = here.map(|item| &item.body).collect();
    groups.sort_by_key(|group| text(group, "logGroupName"));
    groups
}

/// One page of at most fifty, as both lists have it.
fn page<'t, T>(ask: &Ask<'_>, items: &'t [T]) -> Result<(&'t [T], Option<String>), Failure> {
    let message = "The specified nextToken is invalid.";
    let invalid = || Failure::new(400, "InvalidParameterException", message);
    let size = ask.call.number("limit").unwrap_or(50).clamp(1, 50);
    ask.page(items, ask.call.argument("nextToken"), size, &invalid)
}

fn filters_of(group: &Map<String, Value>) -> &[Value] {
    group.get("metricFilters").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn groups(ask: &Ask<'_>) -> Result<Value, Failure> {
    let prefix = ask.call.argument("logGroupNamePrefix");
    let mut groups = all(ask);
    groups.retain(|group| text(group, "logGroupName").starts_with(prefix));
    let (page, next) = page(ask, &groups)?;
    let listed = page.iter().map(|group| {
        let arn = arn(ask, "logs", &format!("log-group:{}", text(group, "logGroupName")));
        let defaults = json!({
            "arn": format!("{arn}:*"), "logGroupArn": arn, "creationTime": LONG_AGO,
            "metricFilterCount": filters_of(group).len(), "storedBytes": 0,
            "logGroupClass": "STANDARD",
        });
        filled(without(group, &["metricFilters", "tags"]), defaults)
    });
    Ok(json!({ "logGroups": listed.collect::<Vec<Value>>(), "nextToken": next }))
}

/// The tags of a log group, whose ARN is the one without `:*`.
fn tags(ask: &Ask<'_>) -> Result<Value, Failure> {
    let wanted = ask.call.argument("resourceArn");
    let is = |group: &&&Map<String, Value>| {
        arn(ask, "logs", &format!("log-group:{}", text(group, "logGroupName"))) == wanted
    };
    let groups = all(ask);
    let Some(group) = groups.iter().find(is) else {
        let message = "The specified resource does not exist.";
        return Err(Failure::new(400, "ResourceNotFoundException", message));
    };
    let tags: Map<String, Value> =
        tags_of(group, "tags").map(|(key, value)| (key.clone(), value.clone())).collect();
    Ok(json!({ "tags": tags }))
}

fn filters(ask: &Ask<'_>) -> Result<Value, Failure> {
    let (wanted, prefix) =
        (ask.call.argument("logGroupName"), ask.call.argument("filterNamePrefix"));
    let mut groups = all(ask);
    groups.retain(|group| wanted.is_empty() || text(group, "logGroupName") == wanted);
    if groups.is_empty() && !wanted.is_empty() {
        let message = "The specified log group does not exist.";
        return Err(Failure::new(400, "ResourceNotFoundException", message));
    }
    let filters: Vec<(&str, &Value)> = groups
        .into_iter()
        .flat_map(|group| {
            let name = text(group, "logGroupName");
            filters_of(group).iter().map(move |filter| (name, filter))
        })
        .filter(|(_, filter)| filter["filterName"].as_str().unwrap_or_default().starts_with(prefix))
        .collect();
    let (page, next) = page(ask, &filters)?;
    let listed = page.iter().map(|(group, filter)| {
        let defaults = json!({
            "logGroupName": group, "creationTime": LONG_AGO, "filterPattern": "",
            "metricTransformations": [], "applyOnTransformedLogs": false,
        });
        filled((*filter).clone(), defaults)
    });
    Ok(json!({ "metricFilters": listed.collect::<Vec<Value>>(), "nextToken": next }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_milliseconds() {
        let times =
            in_milliseconds(json!([{ "creationTime": "2026-01-01T00:00:00Z", "a": "now" }]));
        assert_eq!(times, json!([{ "creationTime": 1_767_225_600_000_i64, "a": "now" }]));
        assert!(times[0]["creationTime"].is_i64());
    }
}
