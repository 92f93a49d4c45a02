//! Finding IDs as people type them: the shortest beginning that no other finding of the report shares.

use std::collections::HashMap;

use posture_core::judge::{Finding, Findings};

/// The fewest characters. Commands accept fewer, and these stay unique for longer.
const LEAST: usize = 6;

/// The short form of every finding's ID.
pub(crate) struct ShortIds(HashMap<String, usize>);

impl ShortIds {
    pub(crate) fn new(findings: &Findings<'_>) -> Self {
        Self::of(findings.everything().map(|finding| finding.id()).collect())
    }

    fn of(mut ids: Vec<String>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        // In order, an ID shares most with one of its neighbors.
        let shared =
            |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
        let lengths: Vec<usize> = (0..ids.len())
            .map(|at| {
                let before = at.checked_sub(1).map_or(0, |other| shared(&ids[at], &ids[other]));
                let after = ids.get(at + 1).map_or(0, |other| shared(&ids[at], other));
                (before.max(after) + 1).max(LEAST).min(ids[at].len())
            })
            .collect();
        Self(ids.into_iter().zip(lengths).collect())
    }

    pub(crate) fn get(&self, finding: &Finding<'_>) -> String {
        let mut id = finding.id();
        id.truncate(self.0.get(&id).copied().unwrap_or(id.len()));
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_id_is_as_long_as_it_has_to_be() {
        let ids = ["abcdef12", "abcdef34", "ffffff00", "abcdef345"].map(str::to_owned);
        let short = ShortIds::of(ids.to_vec());
        let of = |id: &'static str| &id[..short.0[id]];
        assert_eq!(of("abcdef12"), "abcdef1");
        assert_eq!(of("ffffff00"), "ffffff");
        assert_eq!(of("abcdef345"), "abcdef345");
        // One that begins another is given in full.
        assert_eq!(of("abcdef34"), "abcdef34");
    }
}
