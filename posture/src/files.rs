//! What targets that are read from files have in common.

use std::fmt::Display;

use posture_core::provider::Provider;
use posture_core::wanted::Wanted;

use crate::{Event, Settings};

/// The most objects that are named one by one.
const NAMED: usize = 20;

/// Reads files beside the calls to clouds, which they would block.
pub(crate) async fn read<T: Send + 'static>(
    provider: Provider,
    settings: &Settings,
    read: impl FnOnce(&Wanted) -> T + Send + 'static,
) -> T {
    Event::Found { provider, accounts: 1 }.tell(settings.observer.as_ref());
    let wanted = settings.wanted(provider);
    match tokio::task::spawn_blocking(move || read(&wanted)).await {
        Ok(tree) => tree,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

/// Notes what the files hold that is not judged; `more` says what those are that are only counted.
pub(crate) fn note_others(settings: &Settings, others: &[impl Display], more: &str) {
    for other in others.iter().take(NAMED) {
        settings.note(&format!("not judged: {other}"));
    }
    if let Some(count @ 1..) = others.len().checked_sub(NAMED) {
        settings.note(&format!("not judged: {count} {more}"));
    }
}
