//! Resource Graph: the resources of many subscriptions in few calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use posture_model::gap::{Gap, Reason};
use posture_model::text;
use posture_model::wanted::Wanted;
use serde_json::Value;

use super::body::{View, note, senseless, word};
use crate::client::{ApiClient, Items};
use crate::entry::{FACT_ROWS, RESOURCE_GRAPH, ROWS};

/// The most rows that are held at once, and those of one page.
const BATCH: u64 = 1000;

/// The most subscriptions of one query.
const SUBSCRIPTIONS: usize = 200;

/// A subscription of the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The values that the list returns.
    pub(crate) value: Value,
}

/// The rows of some subscriptions.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// By subscription and type in small letters.
    rows: BTreeMap<(String, String), Vec<Value>>,
    /// The subscriptions, in small letters, that have more rows than came, and why that is known.
    short: BTreeMap<String, Gap>,
    /// Why any of the subscriptions may have more.
    gap: Option<Gap>,
}

impl Rows {
    /// The rows of one type in a subscription, where they are all there are.
    pub(crate) fn of(&self, subscription: &str, kind: &str) -> Result<Vec<Value>, Gap> {
        let subscription = subscription.to_ascii_lowercase();
        if let Some(gap) = self.gap.as_ref().or_else(|| self.short.get(&subscription)) {
            return Err(gap.clone());
        }
        Ok(self.rows.get(&(subscription, kind.to_owned())).cloned().unwrap_or_default())
    }

    /// The rows of one type in every subscription.
    pub(crate) fn of_type(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.rows.iter().filter(move |((_, of), _)| of == kind).flat_map(|(_, rows)| rows)
    }

    /// How many rows came of a subscription in small letters.
    fn count(&self, subscription: &str) -> u64 {
        let of = self.rows.iter().filter(|((own, _), _)| own == subscription);
        of.map(|(_, rows)| rows.len() as u64).sum()
    }
}

/// The types that the wanted facts require, in lowercase.
pub(crate) fn types(wanted: &Wanted) -> Vec<&'static str> {
    let kinds = ROWS.iter().filter(|(kind, _)| wanted.kind(*kind)).map(|(_, types)| *types);
    let facts = FACT_ROWS.iter().filter(|(fact, _)| wanted.fact(*fact)).map(|(_, types)| *types);
    let mut types: Vec<&str> = kinds.chain(facts).flatten().copied().collect();
    // Two kinds may be made from the same type.
    types.sort_unstable();
    types.dedup();
    types
}

fn quoted(types: &[&str]) -> String {
    types.iter().map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ")
}

/// Some subscriptions whose rows are read together.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) subscriptions: Vec<Listed>,
    /// How many rows they have.
    pub(crate) rows: u64,
    /// How many rows each has, by its ID in lowercase; none if they could not be counted.
    counts: Option<BTreeMap<String, u64>>,
}

/// Counts the rows of each subscription, and puts them together so that a batch fills a page. Where they cannot be
/// counted, every batch is assumed to be full.
pub(crate) async fn batches(ask: &ApiClient, all: &[Listed], types: &[&str]) -> Vec<Batch> {
    let counts =
        if types.is_empty() { Some(BTreeMap::new()) } else { counts(ask, all, types).await };
    let mut batches: Vec<Batch> = Vec::new();
    for subscription in all {
        let rows = match &counts {
            Some(counts) => counts.get(&subscription.id.to_ascii_lowercase()).copied().unwrap_or(0),
            None => 0,
        };
        let fits = |batch: &&mut Batch| {
            let most = if counts.is_some() { SUBSCRIPTIONS } else { 10 };
            batch.subscriptions.len() < most && batch.rows + rows <= BATCH
        };
        let counted = counts.as_ref().map(|_| (subscription.id.to_ascii_lowercase(), rows));
        match batches.last_mut().filter(fits) {
            Some(batch) => {
                batch.subscriptions.push(subscription.clone());
                batch.rows += rows;
                if let Some(known) = &mut batch.counts {
                    known.extend(counted);
                }
            }
            None => batches.push(Batch {
                subscriptions: vec![subscription.clone()],
                rows,
                counts: counted.map(|counted| BTreeMap::from([counted])),
            }),
        }
    }
    batches
}

async fn counts(ask: &ApiClient, all: &[Listed], types: &[&str]) -> Option<BTreeMap<String, u64>> {
    let query = format!(
        "resources | where type in~ ({}) | summarize rows = count() by subscriptionId | order by subscriptionId asc",
        quoted(types)
    );
    let mut counts = BTreeMap::new();
    for part in all.chunks(1000) {
        let ids: Vec<String> = part.iter().map(|subscription| subscription.id.clone()).collect();
        let Items { items, refused } = ask.query(&ids, &query).await;
        if refused.is_some() {
            return None;
        }
        for row in &items {
            let row = View(row);
            let id = row.need("subscriptionId", View::text).ok()?.to_ascii_lowercase();
            counts.insert(id, u64::from(row.need("rows", View::number).ok()?));
        }
    }
    Some(counts)
}

/// Reads the rows of a batch.
pub(crate) async fn rows(ask: &ApiClient, batch: &Batch, types: &[&str]) -> Arc<Result<Rows, Gap>> {
    let mut rows = Rows::default();
    if types.is_empty() {
        return Arc::new(Ok(rows));
    }
    let query = format!(
        "resources | where type in~ ({}) | project id, name, type, location, kind, sku, identity, tags, properties | order by id asc",
        quoted(types)
    );
    let ids: Vec<String> = batch.subscriptions.iter().map(|s| s.id.clone()).collect();
    let Items { items, refused } = ask.query(&ids, &query).await;
    if let Some(refused) = refused {
        return Arc::new(Err(refused.gap));
    }
    let asked: BTreeSet<String> = ids.iter().map(|id| id.to_ascii_lowercase()).collect();
    let mut seen = BTreeSet::new();
    for item in items {
        let Some((id, key)) = place_of(&item, &asked, types) else {
            // It may be anything that was asked for, of any of the subscriptions.
            let id = word(&item, "id").unwrap_or_default();
            note(&mut rows.gap, &senseless(RESOURCE_GRAPH, id));
            continue;
        };
        // A row that comes twice is one.
        if seen.insert(id) {
            rows.rows.entry(key).or_default().push(item);
        }
    }
    let short = |rows: &Rows, counts: &BTreeMap<String, u64>| -> BTreeMap<String, Gap> {
        let short = counts.iter().filter(|(id, counted)| rows.count(id) < **counted);
        short.map(|(id, counted)| (id.clone(), fewer(id, *counted, rows.count(id)))).collect()
    };
    if let Some(counts) = &batch.counts
        && !short(&rows, counts).is_empty()
    {
        // Something may have been deleted since they were counted: then as many are counted again as came.
        let again = self::counts(ask, &batch.subscriptions, types).await.unwrap_or_default();
        let mut found = short(&rows, counts);
        found.retain(|id, _| again.get(id) != Some(&rows.count(id)));
        rows.short = found;
    }
    Arc::new(Ok(rows))
}

/// The ID of a row in lowercase, with its subscription and type; none if it is not one of the requested ones.
fn place_of(
    row: &Value,
    subscriptions: &BTreeSet<String>,
    types: &[&str],
) -> Option<(String, (String, String))> {
    let row = View(row);
    let id = row.need("id", View::text).ok()?.to_ascii_lowercase();
    let kind = row.need("type", View::text).ok()?.to_ascii_lowercase();
    let subscription = id.strip_prefix("/subscriptions/")?.split('/').next()?.to_owned();
    let asked = subscriptions.contains(&subscription) && types.contains(&kind.as_str());
    asked.then_some((id, (subscription, kind)))
}

/// The gap of a subscription for which fewer rows came than were counted.
fn fewer(subscription: &str, counted: u64, came: u64) -> Gap {
    let mut gap =
        Gap::new(RESOURCE_GRAPH, format!("/subscriptions/{subscription}"), Reason::Incomplete);
    let resources = text::counted(counted, "resource was counted", "resources were counted");
    gap.detail = Some(format!("{resources}, and {came} received"));
    gap
}

#[cfg(test)]
mod tests;
