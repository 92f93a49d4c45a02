//! What the laws of damaged answers have in common, whichever provider gives the answers: which damages are tried, and what none of
//! them may do.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};

use super::{Of, Outcomes, cases, proved};

/// How many cases are tried where nothing else is set; there are some thousands of AWS, and some tens of thousands of Azure.
const FEW: usize = 400;

/// How many are tried at once.
const AT_ONCE: usize = 8;

/// One answer with one damage.
pub(super) trait Case: Send + 'static {
    /// What no other case has. It decides which cases are tried first.
    fn mark(&self) -> String;

    /// Where the damage is, and which, in words.
    fn label(&self) -> String;

    /// The results without the damage, and those with it; none where these show nothing: not even the login succeeded, or the service
    /// documents what the damaged answer means.
    fn run(&self) -> impl Future<Output = Option<(&Outcomes, Outcomes)>> + Send;
}

/// Tries as many cases as are asked for. None may reverse a result or lose a row.
pub(super) async fn prove<C: Case>(provider: &str, answers: usize, mut all: Vec<C>) {
    let number = all.len();
    // Which are tried says the seed; all of them where as many are asked for.
    all.sort_by_cached_key(|case| shuffle(&case.mark()));
    all.truncate(cases(FEW));
    let tried = all.len();
    let each = |case: C| async {
        let run = async move {
            let Some((before, after)) = case.run().await else { return Vec::new() };
            let label = case.label();
            broken(before, &after).into_iter().map(|what| format!("{label}: {what}")).collect()
        };
        tokio::spawn(run).await.unwrap()
    };
    let found: Vec<Vec<String>> =
        stream::iter(all).map(each).buffer_unordered(AT_ONCE).collect().await;
    let broken: BTreeSet<String> = found.into_iter().flatten().collect();
    let list: String = broken.iter().take(300).map(|line| format!("{line}\n")).collect();
    assert!(broken.is_empty(), "{} broken of {tried} of {number}:\n{list}", broken.len());
    proved(&format!(
        "{provider} damage: {answers} answers, {number} damages, {tried} tried, none reversed"
    ));
}

/// A number that looks like chance and is always the same for a text.
fn shuffle(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(17)
    })
}

/// What a damage must not do.
fn broken(before: &Outcomes, after: &Outcomes) -> Vec<String> {
    let mut broken = Vec::new();
    let listing_unknown = |of: &Of| {
        let listing = after.get(&(of.0, of.1.clone(), None));
        listing.is_some_and(|verdict| verdict.word == "unknown")
    };
    for (of, was) in before {
        match after.get(of) {
            Some(now) if now.word == "unknown" || now.word == was.word => {}
            Some(now) => {
                broken.push(format!("{} {:?} was {} and is {}", of.0, of.2, was.word, now.word))
            }
            None if listing_unknown(of) || of.2.is_none() => {}
            None => broken.push(format!("{} {:?} was {} and is lost", of.0, of.2, was.word)),
        }
    }
    for (of, now) in after {
        if !before.contains_key(of) && matches!(now.word, "pass" | "fail") {
            broken.push(format!("{} {:?} is new and is {}", of.0, of.2, now.word));
        }
    }
    broken
}
