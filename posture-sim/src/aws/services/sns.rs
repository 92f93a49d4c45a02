//! Topics and who listens to them.

use serde_json::{Map, Value, json};

use super::{arn, filled, gone, text, unknown_operation};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};

/// How many items a page has; callers cannot request fewer.
const PAGE: usize = 100;

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let token = ask.call.argument("NextToken");
    let members = match ask.call.operation.as_str() {
        "ListTopics" => {
            let topics = topics(ask);
            let (page, next) = ask.page(&topics, token, PAGE, &bad_token)?;
            let topic = |(arn, _): &(String, _)| json!({ "TopicArn": arn });
            json!({ "Topics": page.iter().map(topic).collect::<Vec<Value>>(), "NextToken": next })
        }
        "ListSubscriptionsByTopic" => {
            let (topic, body) = topic(ask)?;
            let all = body.get("Subscriptions").and_then(Value::as_array);
            let all: Vec<(usize, &Value)> = all.into_iter().flatten().enumerate().collect();
            let (page, next) = ask.page(&all, token, PAGE, &bad_token)?;
            let listed = page.iter().map(|(number, subscription)| {
                let defaults = json!({
                    "SubscriptionArn": format!("{topic}:00000000-0000-4000-8000-{number:012x}"),
                    "Owner": ask.account.id, "Protocol": "email", "Endpoint": "ops@example.com",
                    "TopicArn": topic,
                });
                filled((*subscription).clone(), defaults)
            });
            json!({ "Subscriptions": listed.collect::<Vec<Value>>(), "NextToken": next })
        }
        _ => return Err(unknown_operation(ask.call)),
    };
    Ok(Output::Members(members))
}

fn bad_token() -> Failure {
    Failure::new(400, "InvalidParameter", "Invalid parameter: NextToken")
}

/// The topics of the call's region, with their ARNs.
fn topics<'a>(ask: &Ask<'a>) -> Vec<(String, &'a Map<String, Value>)> {
    let topic = |item: &'a crate::aws::world::Item| {
        let body = &item.body;
        match text(body, "TopicArn") {
            "" => (arn(ask, "sns", text(body, "Name")), body),
            named => (named.to_owned(), body),
        }
    };
    ask.here(&ask.account.topics).into_iter().map(topic).collect()
}

fn topic<'a>(ask: &Ask<'a>) -> Result<(String, &'a Map<String, Value>), Failure> {
    let wanted = ask.call.argument("TopicArn");
    let [_, _, "sns", region, account, _] = wanted.splitn(6, ':').collect::<Vec<_>>()[..] else {
        return Err(Failure::new(400, "InvalidParameter", "Invalid parameter: TopicArn"));
    };
    if region != ask.call.region {
        return Err(Failure::new(400, "InvalidParameter", "Invalid parameter: TopicArn"));
    }
    if account != ask.account.id {
        let message = format!(
            "User: {} is not authorized to perform: SNS:ListSubscriptionsByTopic on resource: {wanted}",
            ask.arn
        );
        return Err(Failure::new(403, "AuthorizationError", message));
    }
    topics(ask).into_iter().find(|(arn, _)| arn == wanted).ok_or_else(|| gone(ask.call))
}
