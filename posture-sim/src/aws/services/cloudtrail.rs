//! Trails, and event data stores of CloudTrail Lake.

use serde_json::{Map, Value, json};

use super::{LONG_AGO, arn, filled, gone, tags_of, text, unknown_operation, without};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};
use crate::aws::world::{Account, Item};

/// What is beside the description of a trail.
const BESIDE: &[&str] =
    &["Status", "EventSelectors", "AdvancedEventSelectors", "InsightSelectors", "Tags"];

/// A trail as it is seen from somewhere.
struct Trail<'a> {
    owner: &'a Account,
    item: &'a Item,
}

impl<'a> Trail<'a> {
    fn body(&self) -> &'a Map<String, Value> {
        &self.item.body
    }

    fn home(&self) -> &'a str {
        match text(self.body(), "HomeRegion") {
            "" => self.item.region(),
            home => home,
        }
    }

    fn arn(&self) -> String {
        match text(self.body(), "TrailARN") {
            "" => {
                let name = text(self.body(), "Name");
                format!("arn:aws:cloudtrail:{}:{}:trail/{name}", self.home(), self.owner.id)
            }
            arn => arn.to_owned(),
        }
    }

    fn says(&self, name: &str) -> bool {
        self.body().get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Whether it is another region's.
    fn is_shadow(&self, ask: &Ask<'_>) -> bool {
        self.home() != ask.call.region
    }
}

/// The trails of the account and of its organization, wherever they are.
fn trails<'a>(ask: &Ask<'a>) -> Vec<Trail<'a>> {
    let mut trails: Vec<Trail<'a>> =
        ask.account.trails.iter().map(|item| Trail { owner: ask.account, item }).collect();
    let management = ask.organization().and_then(|organization| {
        let place = *ask.state.by_id.get(&organization.management_account)?;
        ask.state.world.accounts.get(place).filter(|_| place != ask.place)
    });
    if let Some(owner) = management {
        let all = owner.trails.iter().map(|item| Trail { owner, item });
        trails.extend(all.filter(|trail| trail.says("IsOrganizationTrail")));
    }
    trails
}

/// Those of the call's region, where one of several regions has a
/// [shadow](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html).
fn here<'a>(ask: &Ask<'a>) -> Vec<Trail<'a>> {
    let is_here = |trail: &Trail<'_>| !trail.is_shadow(ask) || trail.says("IsMultiRegionTrail");
    trails(ask).into_iter().filter(is_here).collect()
}

/// The trail of a name or an ARN. A name is one of this account and region; what has its home elsewhere goes by its
/// ARN.
fn trail<'a>(ask: &Ask<'a>, wanted: &str) -> Result<Trail<'a>, Failure> {
    let is = |trail: &Trail<'_>| {
        trail.arn() == wanted
            || text(trail.body(), "Name") == wanted
                && !trail.is_shadow(ask)
                && trail.owner.id == ask.account.id
    };
    let message = || format!("Unknown trail: {wanted} for the user: {}", ask.account.id);
    here(ask)
        .into_iter()
        .find(is)
        .ok_or_else(|| Failure::new(400, "TrailNotFoundException", message()))
}

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let call = ask.call;
    let members = match call.operation.as_str() {
        "DescribeTrails" => describe(ask),
        "GetTrailStatus" => {
            let trail = trail(ask, call.argument("Name"))?;
            let status = trail.body().get("Status").cloned();
            // A trail records nothing until it is started.
            filled(status.unwrap_or_else(|| json!({})), json!({ "IsLogging": false }))
        }
        "GetEventSelectors" => {
            let trail = trail(ask, call.argument("TrailName"))?;
            let advanced = trail.body().get("AdvancedEventSelectors");
            let basic = trail.body().get("EventSelectors").cloned();
            let basic = basic.or_else(|| advanced.is_none().then(default_selectors));
            json!({
                "TrailARN": trail.arn(), "EventSelectors": basic, "AdvancedEventSelectors": advanced,
            })
        }
        "GetInsightSelectors" => {
            let trail = trail(ask, call.argument("TrailName"))?;
            let Some(selectors) = selectors(&trail, "InsightSelectors") else {
                let name = text(trail.body(), "Name");
                let message = format!("Trail {name} does not have Insights enabled.");
                return Err(Failure::new(400, "InsightNotEnabledException", message));
            };
            json!({ "TrailARN": trail.arn(), "InsightSelectors": selectors })
        }
        "ListTags" => {
            let tags = |wanted: &&str| {
                let trail = trail(ask, wanted)?;
                let tags: Vec<Value> = tags_of(trail.body(), "Tags")
                    .map(|(key, value)| json!({ "Key": key, "Value": value }))
                    .collect();
                Ok(json!({ "ResourceId": trail.arn(), "TagsList": tags }))
            };
            let wanted = call.list("ResourceIdList");
            json!({ "ResourceTagList": wanted.iter().map(tags).collect::<Result<Vec<_>, _>>()? })
        }
        "ListTrails" => {
            let trails = trails(ask);
            let (page, next) = ask.page(&trails, call.argument("NextToken"), 100, &bad_token)?;
            let listed = page.iter().map(|trail| {
                json!({
                    "TrailARN": trail.arn(), "Name": trail.body().get("Name"),
                    "HomeRegion": trail.home(),
                })
            });
            json!({ "Trails": listed.collect::<Vec<Value>>(), "NextToken": next })
        }
        "ListEventDataStores" => {
            let stores = stores(ask);
            let size = call.number("MaxResults").unwrap_or(1_000).clamp(1, 1_000);
            let (page, next) = ask.page(&stores, call.argument("NextToken"), size, &bad_token)?;
            let listed = page
                .iter()
                .map(|(arn, body)| json!({ "EventDataStoreArn": arn, "Name": body.get("Name") }));
            json!({ "EventDataStores": listed.collect::<Vec<Value>>(), "NextToken": next })
        }
        "GetEventDataStore" => {
            let wanted = call.argument("EventDataStore");
            let is = |(arn, _): &(String, &Map<String, Value>)| {
                arn == wanted || arn.rsplit('/').next() == Some(wanted)
            };
            let (arn, body) = stores(ask).into_iter().find(is).ok_or_else(|| gone(call))?;
            filled(Value::Object(body.clone()), store_defaults(&arn))
        }
        _ => return Err(unknown_operation(call)),
    };
    Ok(Output::Members(members))
}

fn bad_token() -> Failure {
    Failure::new(400, "InvalidNextTokenException", "The token is invalid or expired.")
}

fn describe(ask: &Ask<'_>) -> Value {
    let wanted = ask.call.list("trailNameList");
    // AWS returns shadow trails by default.
    let shadows = ask.call.body.get("includeShadowTrails").and_then(Value::as_bool);
    let listed = here(ask)
        .into_iter()
        .filter(|trail| shadows.unwrap_or(true) || !trail.is_shadow(ask))
        .filter(|trail| {
            let names = [text(trail.body(), "Name"), &trail.arn()];
            wanted.is_empty() || wanted.iter().any(|wanted| names.contains(wanted))
        })
        .map(|trail| {
            let defaults = json!({
                "TrailARN": trail.arn(), "HomeRegion": trail.home(), "IsMultiRegionTrail": false,
                "IsOrganizationTrail": false, "IncludeGlobalServiceEvents": true,
                "LogFileValidationEnabled": false,
                "HasCustomEventSelectors": selectors(&trail, "EventSelectors").is_some()
                    || selectors(&trail, "AdvancedEventSelectors").is_some(),
                "HasInsightSelectors": selectors(&trail, "InsightSelectors").is_some(),
            });
            filled(without(trail.body(), BESIDE), defaults)
        });
    json!({ "trailList": listed.collect::<Vec<Value>>() })
}

/// Selectors of one kind, where there are any.
fn selectors<'a>(trail: &Trail<'a>, name: &str) -> Option<&'a Vec<Value>> {
    trail.body().get(name).and_then(Value::as_array).filter(|selectors| !selectors.is_empty())
}

/// What a trail records without configured selectors: every management event.
fn default_selectors() -> Value {
    json!([{
        "ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [],
        "ExcludeManagementEventSources": [],
    }])
}

/// The event data stores of the call's region, with their ARNs.
fn stores<'a>(ask: &Ask<'a>) -> Vec<(String, &'a Map<String, Value>)> {
    let here = ask.here(&ask.account.event_stores).into_iter().enumerate();
    here.map(|(number, item)| {
        let arn = match text(&item.body, "EventDataStoreArn") {
            "" => arn(
                ask,
                "cloudtrail",
                &format!("eventdatastore/00000000-0000-4000-8000-{number:012x}"),
            ),
            named => named.to_owned(),
        };
        (arn, &item.body)
    })
    .collect()
}

/// What [CreateEventDataStore](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateEventDataStore.html)
/// sets by default.
fn store_defaults(arn: &str) -> Value {
    json!({
        "EventDataStoreArn": arn, "Status": "ENABLED", "MultiRegionEnabled": true,
        "OrganizationEnabled": false, "BillingMode": "EXTENDABLE_RETENTION_PRICING",
        "RetentionPeriod": 366, "TerminationProtectionEnabled": true,
        "CreatedTimestamp": LONG_AGO, "UpdatedTimestamp": LONG_AGO,
        "AdvancedEventSelectors": [{
            "Name": "Default management events",
            "FieldSelectors": [{ "Field": "eventCategory", "Equals": ["Management"] }],
        }],
    })
}
