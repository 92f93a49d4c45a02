//! Resource Graph: the resources of many subscriptions in few calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use posture_core::gap::Gap;
use posture_core::wanted::Wanted;
use serde_json::Value;

use super::body::word;
use super::subscription::Listed;
use crate::action::{FACT_ROWS, ROWS};
use crate::client::{Asker, Items};

/// The most rows that are held at once, and those of one page.
const BATCH: u64 = 1000;

/// The most subscriptions of one query.
const SUBSCRIPTIONS: usize = 200;

/// The rows of some subscriptions, by subscription and type in small letters.
#[derive(Debug, Default)]
pub(crate) struct Rows(BTreeMap<(String, String), Vec<Value>>);

impl Rows {
    pub(crate) fn of(&self, subscription: &str, kind: &str) -> Vec<Value> {
        let key = (subscription.to_ascii_lowercase(), kind.to_owned());
        self.0.get(&key).cloned().unwrap_or_default()
    }

    /// The rows of one type in every subscription.
    pub(crate) fn of_type(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(move |((_, of), _)| of == kind).flat_map(|(_, rows)| rows)
    }
}

/// The types that what is wanted takes, in small letters.
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
}

/// Counts the rows of each subscription, and puts them together so that a batch fills a page. Where they cannot be
/// counted, every batch is taken to be full.
pub(crate) async fn batches(ask: &Asker, all: &[Listed], types: &[&str]) -> Vec<Batch> {
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
        match batches.last_mut().filter(fits) {
            Some(batch) => {
                batch.subscriptions.push(subscription.clone());
                batch.rows += rows;
            }
            None => batches.push(Batch { subscriptions: vec![subscription.clone()], rows }),
        }
    }
    batches
}

async fn counts(ask: &Asker, all: &[Listed], types: &[&str]) -> Option<BTreeMap<String, u64>> {
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
            let id = word(row, "subscriptionId")?.to_ascii_lowercase();
            counts.insert(id, row.get("rows")?.as_u64()?);
        }
    }
    Some(counts)
}

/// Reads the rows of a batch.
pub(crate) async fn rows(ask: &Asker, batch: &Batch, types: &[&str]) -> Arc<Result<Rows, Gap>> {
    let mut rows = Rows::default();
    if types.is_empty() {
        return Arc::new(Ok(rows));
    }
    let query = format!(
        "resources | where type in~ ({}) | project id, name, type, location, kind, sku, tags, properties | order by id asc",
        quoted(types)
    );
    let ids: Vec<String> = batch.subscriptions.iter().map(|s| s.id.clone()).collect();
    let Items { items, refused } = ask.query(&ids, &query).await;
    if let Some(refused) = refused {
        return Arc::new(Err(refused.gap));
    }
    for item in items {
        let id = word(&item, "id").unwrap_or_default().to_ascii_lowercase();
        let subscription =
            id.strip_prefix("/subscriptions/").and_then(|rest| rest.split('/').next());
        let kind = word(&item, "type").unwrap_or_default().to_ascii_lowercase();
        let key = (subscription.unwrap_or_default().to_owned(), kind);
        rows.0.entry(key).or_default().push(item);
    }
    Arc::new(Ok(rows))
}
