//! Route 53: hosted zones, their records and query logs, as a world lists them.

use serde_json::{Value, json};

use super::s3::form::control;
use super::unknown_operation;
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure};

/// The most items of a page.
const MOST: usize = 100;

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let all = ask.account.lists.get(&ask.call.action).map_or(&[][..], Vec::as_slice);
    let all: Vec<Value> = all.iter().map(|item| Value::Object(item.body.clone())).collect();
    let page = |size: &str, token: &str| {
        let size = ask.call.number(size).unwrap_or(MOST).clamp(1, MOST);
        let invalid = || Failure::new(400, "InvalidInput", "The marker is not valid.");
        let (page, next) = ask.page(&all, ask.call.argument(token), size, &invalid)?;
        Ok::<_, Failure>((page.to_vec(), next, size.to_string()))
    };
    match ask.call.operation.as_str() {
        "ListHostedZones" => {
            let (zones, next, size) = page("maxitems", "marker")?;
            let members = json!({
                "HostedZones": { "HostedZone": zones }, "Marker": ask.call.argument("marker"),
                "IsTruncated": next.is_some(), "NextMarker": next, "MaxItems": size,
            });
            Ok(control("ListHostedZonesResponse", &members))
        }
        "ListResourceRecordSets" => records(ask),
        "ListQueryLoggingConfigs" => {
            let (configs, next, _) = page("maxresults", "nexttoken")?;
            let members = json!({ "QueryLoggingConfigs": { "QueryLoggingConfig": configs }, "NextToken": next });
            Ok(control("ListQueryLoggingConfigsResponse", &members))
        }
        _ => Err(unknown_operation(ask.call)),
    }
}

/// The member of a record in a world that names its zone.
const ZONE: &str = "Zone";

/// The records of a zone. A page begins at a record that its name, its type and its identifier name together, where it has one: a
/// part of these names another one.
fn records(ask: &Ask<'_>) -> Answer {
    let zone = ask.call.path.split('/').nth_back(1).unwrap_or_default();
    let text = |record: &Value, name: &str| record[name].as_str().unwrap_or_default().to_owned();
    let is_zone = |item: &crate::aws::world::Item| {
        let id = item.body.get("Id").and_then(Value::as_str).unwrap_or_default();
        id.trim_start_matches("/hostedzone/") == zone
    };
    let zones = ask.account.lists.get("route53:ListHostedZones").map_or(&[][..], Vec::as_slice);
    let Some(listed) = zones.iter().find(|item| is_zone(item)) else {
        let message = format!("No hosted zone found with ID: {zone}");
        return Err(Failure::new(404, "NoSuchHostedZone", message));
    };
    let all = ask.account.lists.get(&ask.call.action).map_or(&[][..], Vec::as_slice);
    // Every zone has one that no one can delete, and a world need not name it.
    let all: Vec<Value> = std::iter::once(authority(listed.body.get("Name")))
        .chain(
            all.iter()
                .filter(|item| item.body.get(ZONE).and_then(Value::as_str) == Some(zone))
                .map(|item| super::without(&item.body, &[ZONE])),
        )
        .collect();
    let key = |record: &Value| {
        [text(record, "Name"), text(record, "Type"), text(record, "SetIdentifier")]
    };
    let named = ["name", "type", "identifier"].map(|name| ask.call.argument(name).to_owned());
    let start = match named[0].as_str() {
        "" => 0,
        _ => {
            let invalid = || Failure::new(400, "InvalidInput", "There is no such record.");
            all.iter().position(|record| key(record) == named).ok_or_else(invalid)?
        }
    };
    let size = ask.call.number("maxitems").unwrap_or(MOST_RECORDS).clamp(1, MOST_RECORDS);
    let size = ask.state.world.page_size.map_or(size, |most| most.min(size)).max(1);
    let end = (start + size).min(all.len());
    let next = if ask.endless { all.get(start) } else { all.get(end) };
    let mut members = json!({
        "ResourceRecordSets": { "ResourceRecordSet": all.get(start..end).unwrap_or(&[]) },
        "IsTruncated": next.is_some(), "MaxItems": size.to_string(),
    });
    if let Some([name, kind, identifier]) = next.map(key) {
        members["NextRecordName"] = name.into();
        members["NextRecordType"] = kind.into();
        members["NextRecordIdentifier"] = Some(identifier).filter(|text| !text.is_empty()).into();
    }
    Ok(control("ListResourceRecordSetsResponse", &members))
}

/// The SOA record that Route 53 [makes](https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html) for a zone.
fn authority(zone: Option<&Value>) -> Value {
    let value = "ns-1.awsdns-01.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400";
    json!({
        "Name": zone, "Type": "SOA", "TTL": 900, "ResourceRecords": { "ResourceRecord": [{ "Value": value }] },
    })
}

/// The most records of a page.
const MOST_RECORDS: usize = 300;
