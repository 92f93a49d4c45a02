//! How much laws try. The crates include this file in their tests.
#![allow(clippy::panic, reason = "a test that panics fails")]

use std::str::FromStr;

/// How many cases a law tries: few, unless `POSTURE_CASES` says how many.
///
/// # Panics
/// If `POSTURE_CASES` is not a number: a user who asks for many must not believe that they were tried.
pub(crate) fn cases<N: FromStr>(few: N) -> N {
    std::env::var("POSTURE_CASES").map_or(few, |number| {
        number.parse().unwrap_or_else(|_| panic!("POSTURE_CASES is not a number: {number}"))
    })
}
