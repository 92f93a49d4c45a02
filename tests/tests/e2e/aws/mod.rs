//! AWS accounts, on a third-party server.

mod accounts;
mod denied;
mod faults;
mod output;
mod public;
mod same;
mod several;
