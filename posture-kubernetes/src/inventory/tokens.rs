//! The tokens of service accounts that pods have.

use std::collections::BTreeMap;

use posture_model::entries::Entries;
use posture_model::fact::Fact;
use posture_model::gap::{Gap, GapId};

use super::View;
use super::objects::id;
use super::shown::Shown;

/// The tokens that nobody asked for.
pub(super) fn unrequested(
    shown: &Shown,
    namespace: &str,
    view: &View<'_>,
    accounts: &BTreeMap<(String, String), Option<bool>>,
) -> Fact<Entries> {
    let mut entries = Vec::new();
    let mut open: Option<GapId> = None;
    for token in shown.undecided_tokens.iter().filter(|token| token.mounted != Some(false)) {
        let account = &token.account;
        match accounts.get(&(namespace.to_owned(), account.clone())) {
            // The account decides, either way.
            Some(Some(_)) => {}
            Some(None) => entries.push(format!("token of service account {account}")),
            None => {
                let gap = view.missing.of_in(["ServiceAccount"], namespace).first().copied();
                let detail = "it was not read whether the service account mounts its token";
                let target =
                    id("ServiceAccount", Some(namespace).filter(|n| !n.is_empty()), account);
                let note = || {
                    view.gaps.note(Gap::undetermined(
                        view.action("ServiceAccount"),
                        &target,
                        detail,
                    ))
                };
                open = open.or_else(|| Some(gap.unwrap_or_else(note)));
            }
        }
    }
    entries.dedup();
    Entries::new(entries, open).into_fact()
}
