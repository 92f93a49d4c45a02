//! Known vulnerabilities: records in the [OSV schema](https://ossf.github.io/osv-schema/), matched with packages.

pub mod audit;
pub mod database;
pub mod ecosystem;
pub mod matching;
pub mod module;
pub mod record;
pub mod records;
pub mod severity;

pub use audit::{Audited, Vulnerability, audit, audited};
pub use database::{Builder, Database};
pub use matching::Verdict;
pub use record::Record;
pub use records::{Records, Source};
