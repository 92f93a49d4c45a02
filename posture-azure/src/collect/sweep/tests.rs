//! Rows of Resource Graph from recorded answers, whole and cut.

use serde_json::json;
use tokio::sync::watch;

use super::*;
use crate::collect::answers::{Answers, ID, id, session};

const PATH: &str = "/providers/Microsoft.ResourceGraph/resources";
const TYPE: &str = "microsoft.storage/storageaccounts";

/// A response that counts and lists at once: each row has the number of rows of its subscription.
fn answer(rows: &[Value]) -> Answers {
    let count = rows.len();
    Answers::new().with(
        PATH,
        json!({ "totalRecords": count, "count": count, "resultTruncated": "false", "data": rows }),
    )
}

fn row(name: &str, counted: u64) -> Value {
    json!({ "id": id(TYPE, name), "type": TYPE, "subscriptionId": ID.to_uppercase(), "rows": counted })
}

fn listed(many: usize) -> Vec<Listed> {
    let one = |n: usize| Listed {
        id: format!("bbbbbbbb-0000-4000-8000-{n:012}"),
        name: String::new(),
        value: Value::Null,
    };
    (0..many).map(one).collect()
}

async fn with<T>(answers: &Answers, work: impl AsyncFnOnce(&ApiClient) -> T) -> T {
    let session = session(answers).await;
    let (_tell, stop) = watch::channel(false);
    work(&ApiClient::new(&session.client, stop)).await
}

fn own() -> Listed {
    Listed { id: ID.to_owned(), name: String::new(), value: Value::Null }
}

#[tokio::test]
async fn a_batch_fills_a_page() {
    let counted = |n: usize, rows: u64| json!({ "subscriptionId": format!("BBBBBBBB-0000-4000-8000-{n:012}"), "rows": rows });
    for (rows, expected) in [
        (vec![counted(0, 400), counted(1, 600), counted(2, 1)], vec![(2, 1000), (1, 1)]),
        (vec![counted(0, 400), counted(1, 601), counted(2, 1)], vec![(1, 400), (2, 602)]),
        (vec![counted(0, 1), counted(1, 5000)], vec![(1, 1), (1, 5000), (1, 0)]),
        (vec![], vec![(3, 0)]),
    ] {
        let batches =
            with(&answer(&rows), async |ask| batches(ask, &listed(3), &[TYPE]).await).await;
        let sizes: Vec<(usize, u64)> =
            batches.iter().map(|batch| (batch.subscriptions.len(), batch.rows)).collect();
        assert_eq!(sizes, expected);
        assert!(batches.iter().all(|batch| batch.counts.is_some()));
    }
    let of = async |answers: &Answers, many: usize| {
        let batches = with(answers, async |ask| batches(ask, &listed(many), &[TYPE]).await).await;
        let counted = batches.iter().all(|batch| batch.counts.is_some());
        (batches.iter().map(|batch| batch.subscriptions.len()).collect::<Vec<_>>(), counted)
    };
    assert_eq!(of(&answer(&[]), SUBSCRIPTIONS + 1).await, (vec![SUBSCRIPTIONS, 1], true));
    // Where they cannot be counted, each is taken to be large.
    let refused = Answers::new().refused(PATH, 403, "AuthorizationFailed");
    assert_eq!(of(&refused, 25).await, (vec![10, 10, 5], false));
    let odd = answer(&[json!({ "subscriptionId": ID })]);
    assert_eq!(of(&odd, 11).await, (vec![10, 1], false));
}

#[tokio::test]
async fn fewer_rows_than_were_counted_are_a_gap() {
    for (rows, counted, whole) in [
        (vec![row("a", 1)], Some(1), true),
        // More may have come since.
        (vec![row("a", 1), row("b", 1)], Some(1), true),
        // Fewer are all of them only where a second count agrees.
        (vec![row("a", 1)], Some(2), true),
        (vec![row("a", 2)], Some(2), false),
        (vec![], Some(1), false),
        (vec![row("a", 9)], None, true),
    ] {
        let counts = counted.map(|counted| BTreeMap::from([(ID.to_owned(), counted)]));
        let batch = Batch { subscriptions: vec![own()], rows: 0, counts };
        let read = with(&answer(&rows), async |ask| self::rows(ask, &batch, &[TYPE]).await).await;
        let read = read.as_ref().as_ref().unwrap().of(ID, TYPE);
        match read {
            Ok(found) => assert!(whole && found.len() == rows.len(), "{rows:?} of {counted:?}"),
            Err(gap) => {
                assert!(!whole && gap.reason == Reason::Incomplete, "{rows:?} of {counted:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_row_that_was_not_asked_for_may_be_any() {
    let batch = Batch { subscriptions: vec![own()], rows: 0, counts: None };
    let other = "microsoft.web/sites";
    let elsewhere = json!({
        "id": format!("/subscriptions/cccccccc-0000-4000-8000-000000000001/providers/{TYPE}/a"), "type": TYPE,
    });
    for odd in [
        json!({ "id": id(other, "a"), "type": other }),
        elsewhere,
        json!({ "type": TYPE }),
        json!(7),
    ] {
        let answers = answer(&[row("a", 1), odd.clone()]);
        let read = with(&answers, async |ask| rows(ask, &batch, &[TYPE]).await).await;
        let gap = read.as_ref().as_ref().unwrap().of(ID, TYPE).unwrap_err();
        assert_eq!(gap.reason, Reason::Malformed, "{odd}");
    }
    // One that comes twice is one, and each type is separate.
    let mixed = [row("a", 1), row("a", 1), json!({ "id": id(other, "b"), "type": other })];
    let read = with(&answer(&mixed), async |ask| rows(ask, &batch, &[TYPE, other]).await).await;
    let read = read.as_ref().as_ref().unwrap();
    assert_eq!(read.of(ID, TYPE).unwrap().len(), 1);
    assert_eq!([TYPE, other, "x"].map(|kind| read.of_type(kind).count()), [1, 1, 0]);
    // Nothing is asked where nothing is wanted.
    let answers = answer(&[row("a", 1)]);
    let none = with(&answers, async |ask| rows(ask, &batch, &[]).await).await;
    assert!(none.as_ref().as_ref().unwrap().of(ID, TYPE).unwrap().is_empty());
    assert_eq!(answers.count(PATH), 0);
}
