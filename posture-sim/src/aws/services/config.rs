//! Recorders of configuration, and where they deliver to.

use serde_json::{Map, Value, json};

use super::{arn, filled, text, unknown_operation, without};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let members = match ask.call.operation.as_str() {
        "DescribeConfigurationRecorders" => {
            json!({ "ConfigurationRecorders": each(ask, described)? })
        }
        "DescribeConfigurationRecorderStatus" => {
            json!({ "ConfigurationRecordersStatus": each(ask, status)? })
        }
        "DescribeDeliveryChannels" => {
            let here = ask.here(&ask.account.recorders).into_iter();
            let channels = here.filter_map(|item| item.body.get("deliveryChannel"));
            let channel = |channel: &Value| filled(channel.clone(), json!({ "name": "default" }));
            let channels: Vec<Value> = channels.map(channel).collect();
            let missing =
                |wanted: &&str| channels.iter().all(|channel| channel["name"] != **wanted);
            let wanted = ask.call.list("DeliveryChannelNames");
            if let Some(name) = wanted.iter().find(|wanted| missing(wanted)) {
                let message = format!("Cannot find delivery channel with specified name '{name}'.");
                return Err(Failure::new(400, "NoSuchDeliveryChannelException", message));
            }
            json!({ "DeliveryChannels": channels })
        }
        _ => return Err(unknown_operation(ask.call)),
    };
    Ok(Output::Members(members))
}

/// The response for each requested recorder, or for all of the region.
fn each(
    ask: &Ask<'_>,
    response: fn(&Ask<'_>, &Map<String, Value>) -> Value,
) -> Result<Vec<Value>, Failure> {
    let wanted = ask.call.list("ConfigurationRecorderNames");
    let recorders: Vec<&Map<String, Value>> =
        ask.here(&ask.account.recorders).into_iter().map(|item| &item.body).collect();
    let missing = |wanted: &&str| recorders.iter().all(|recorder| name(recorder) != *wanted);
    if let Some(name) = wanted.iter().find(|wanted| missing(wanted)) {
        let message =
            format!("Cannot find configuration recorder with the specified name '{name}'.");
        return Err(Failure::new(400, "NoSuchConfigurationRecorderException", message));
    }
    let asked =
        |recorder: &&Map<String, Value>| wanted.is_empty() || wanted.contains(&name(recorder));
    Ok(recorders.into_iter().filter(asked).map(|recorder| response(ask, recorder)).collect())
}

fn name(recorder: &Map<String, Value>) -> &str {
    match text(recorder, "name") {
        "" => "default",
        name => name,
    }
}

/// A recorder without a recording group [records](https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html)
/// every type except the global ones.
fn described(ask: &Ask<'_>, recorder: &Map<String, Value>) -> Value {
    let name = name(recorder);
    let defaults = json!({
        "name": name, "arn": arn(ask, "config", &format!("configuration-recorder/{name}")),
        "recordingGroup": {
            "allSupported": true, "includeGlobalResourceTypes": false, "resourceTypes": [],
        },
        "recordingScope": "PAID",
    });
    filled(without(recorder, &["status", "deliveryChannel"]), defaults)
}

/// A recorder records nothing until it is started.
fn status(ask: &Ask<'_>, recorder: &Map<String, Value>) -> Value {
    let name = name(recorder);
    let defaults = json!({
        "name": name, "arn": arn(ask, "config", &format!("configuration-recorder/{name}")),
        "recording": false,
    });
    filled(recorder.get("status").cloned().unwrap_or_else(|| json!({})), defaults)
}
