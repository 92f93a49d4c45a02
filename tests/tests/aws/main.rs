//! Audits of simulated AWS accounts, by the program itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod accounts;
mod denied;
mod faults;
mod output;
mod public;
mod readme;
mod several;
