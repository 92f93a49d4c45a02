//! Detectors of threats.

use serde_json::{Map, Value, json};

use super::{LONG_AGO, filled, text, unknown_operation, without};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};

/// The name of a detector in a scenario, which is not part of its response.
const ID: &str = "detectorId";

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let here: Vec<(String, &Map<String, Value>)> = ask
        .here(&ask.account.detectors)
        .into_iter()
        .enumerate()
        .map(|(number, item)| (id(number, &item.body), &item.body))
        .collect();
    let refused = |message: &str| Failure::new(400, "BadRequestException", message);
    let members = match ask.call.operation.as_str() {
        "ListDetectors" => {
            let size = ask.call.number("maxResults").unwrap_or(50).clamp(1, 50);
            let message =
                "The request is rejected because an invalid or out-of-range value is specified.";
            let invalid = || refused(message);
            let (page, next) = ask.page(&here, ask.call.argument("nextToken"), size, &invalid)?;
            let ids: Vec<&String> = page.iter().map(|(id, _)| id).collect();
            json!({ "detectorIds": ids, "nextToken": next })
        }
        "GetDetector" => {
            let wanted = ask.call.word(1);
            let found = here.into_iter().find(|(id, _)| id == wanted);
            let message = "The request is rejected because the input detectorId is not owned by the current account.";
            let (_, body) = found.ok_or_else(|| refused(message))?;
            let role = format!(
                "arn:aws:iam::{}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty",
                ask.account.id
            );
            let defaults = json!({
                "status": "ENABLED", "serviceRole": role, "createdAt": LONG_AGO,
                "updatedAt": LONG_AGO, "findingPublishingFrequency": "SIX_HOURS",
                "features": BASE.map(base), "tags": {},
            });
            filled(without(body, &[ID]), defaults)
        }
        _ => return Err(unknown_operation(ask.call)),
    };
    Ok(Output::Members(members))
}

/// The features that every detector has, see
/// <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_data-sources.html>.
const BASE: [&str; 3] = ["CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS"];

fn base(name: &str) -> Value {
    json!({ "name": name, "status": "ENABLED" })
}

fn id(number: usize, body: &Map<String, Value>) -> String {
    match text(body, ID) {
        "" => format!("{:032x}", number + 1),
        id => id.to_owned(),
    }
}
