//! What controls of exported records have in common.

use std::collections::BTreeSet;

use crate::prelude::*;

/// Judges whether all kinds of records that are needed are among those exported, without regard to case.
pub(crate) fn holds(
    fact: FactId,
    exported: &Fact<BTreeSet<String>>,
    needed: &[&str],
) -> CheckResult {
    let exported = exported.known()?;
    let is_missing = |kind: &&&str| !exported.iter().any(|own| own.eq_ignore_ascii_case(kind));
    let missing: Vec<&str> = needed.iter().filter(is_missing).copied().collect();
    if missing.is_empty() {
        return pass();
    }
    fail(fact, format!("without {}", missing.join(", ")), needed.join(", "))
}

/// Kinds of records by name.
pub(crate) fn kinds(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
