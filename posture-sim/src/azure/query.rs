//! Azure Resource Graph: the shapes of query that the client sends, and no others.
//!
//! It leaves out what the client may not read, without a word, as the real service does.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::arm::{Arm, allowed, subscription_of, text};
use super::reply::{Reply, page};
use super::scenario::Scenario;

/// `resources | where type in~ ('a', 'b') | project x, y | order by id asc`, or with
/// `summarize rows = count() by subscriptionId | order by subscriptionId asc` how many there are.
struct Query {
    types: Vec<String>,
    /// None if rows are only counted.
    columns: Option<Vec<String>>,
}

pub(crate) fn answer(arm: &Arm, scenario: &Scenario, body: &Value) -> Reply {
    let bad = |message: &str| Reply::error(400, "BadRequest", message);
    if !allowed(scenario, None, "Microsoft.ResourceGraph/resources/read") {
        return Reply::error(
            403,
            "Forbidden",
            "Access to Microsoft.ResourceGraph/resources/read is denied.",
        );
    }
    let Some(query) = body.get("query").and_then(Value::as_str).and_then(parse) else {
        return bad(
            "Query is invalid. Please refer to the documentation for the Azure Resource Graph service.",
        );
    };
    let Some(subscriptions) = body.get("subscriptions").and_then(Value::as_array) else {
        return bad("Please provide valid subscriptions.");
    };
    let option = |name: &str| body.get("options").and_then(|options| options.get(name));
    if option("resultFormat").and_then(Value::as_str) != Some("objectArray") {
        return bad("This simulator answers with objectArray only.");
    }
    let top = option("$top").and_then(Value::as_u64).unwrap_or(100);
    if top == 0 || top > 1000 {
        return bad("$top must lie between 1 and 1000.");
    }
    let start = match option("$skipToken").and_then(Value::as_str) {
        None => 0,
        Some(token) => match token.strip_prefix("page-").and_then(|start| start.parse().ok()) {
            Some(start) => start,
            None => return bad("The skip token is not valid."),
        },
    };
    let mut rows: Vec<Value> = Vec::new();
    for id in subscriptions.iter().filter_map(Value::as_str) {
        let Some(subscription) =
            scenario.subscriptions.iter().find(|s| s.id.eq_ignore_ascii_case(id))
        else {
            continue;
        };
        for resource in arm.of_subscription(id) {
            let kind = text(resource, "type");
            let namespace = kind.split('/').next().unwrap_or_default();
            let registered =
                !subscription.unregistered.iter().any(|name| name.eq_ignore_ascii_case(namespace));
            if query.wants(kind)
                && registered
                && allowed(scenario, Some(subscription), &format!("{kind}/read"))
            {
                rows.push(query.row(resource));
            }
        }
    }
    if query.columns.is_none() {
        rows = count(&rows);
    }
    rows.sort_by_key(|row| {
        let id = row.get("id").or_else(|| row.get("subscriptionId")).and_then(Value::as_str);
        id.unwrap_or_default().to_ascii_lowercase()
    });
    let total = rows.len();
    let size = scenario.page_size.min(usize::try_from(top).unwrap_or(1000));
    let (data, next) = page(rows, start, size);
    let mut answer = json!({
        "totalRecords": total, "count": data.len(), "data": data, "facets": [], "resultTruncated": "false",
    });
    if let (Some(next), Some(answer)) = (next, answer.as_object_mut()) {
        answer.insert("$skipToken".to_owned(), json!(format!("page-{next}")));
    }
    Reply::ok(answer)
        .with("x-ms-user-quota-remaining", 14)
        .with("x-ms-user-quota-resets-after", "00:00:05")
}

/// How many rows each subscription has.
fn count(rows: &[Value]) -> Vec<Value> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows {
        let id = text(row, "id").to_ascii_lowercase();
        *counts.entry(subscription_of(&id).unwrap_or_default().to_owned()).or_default() += 1;
    }
    let row = |(id, rows)| json!({ "subscriptionId": id, "rows": rows });
    counts.into_iter().map(row).collect()
}

impl Query {
    fn wants(&self, kind: &str) -> bool {
        self.types.iter().any(|wanted| wanted.eq_ignore_ascii_case(kind))
    }

    /// The type is in lowercase, as Resource Graph returns it.
    fn row(&self, resource: &Value) -> Value {
        let mut row = Map::new();
        let id = ["id".to_owned()];
        for column in self.columns.as_deref().unwrap_or(&id) {
            let value = match resource.get(column) {
                Some(Value::String(kind)) if column == "type" => json!(kind.to_ascii_lowercase()),
                Some(value) => value.clone(),
                None => Value::Null,
            };
            row.insert(column.clone(), value);
        }
        Value::Object(row)
    }
}

fn parse(query: &str) -> Option<Query> {
    let parts: Vec<&str> = query.split('|').map(str::trim).collect();
    let ["resources", filter, project, order] = parts.as_slice() else { return None };
    let list = filter.strip_prefix("where type in~ (")?.strip_suffix(')')?;
    let types: Option<Vec<String>> = list
        .split(',')
        .map(|word| word.trim().strip_prefix('\'')?.strip_suffix('\'').map(str::to_owned))
        .collect();
    let types = types?;
    match (*project, *order) {
        ("summarize rows = count() by subscriptionId", "order by subscriptionId asc") => {
            Some(Query { types, columns: None })
        }
        (project, "order by id asc") => {
            let columns = project.strip_prefix("project ")?.split(',');
            let columns: Vec<String> = columns.map(|column| column.trim().to_owned()).collect();
            columns.contains(&"id".to_owned()).then_some(Query { types, columns: Some(columns) })
        }
        _ => None,
    }
}
